"""The one key that decides whether a run would make anything new.

Belongs here: what a run without the network depends on, and the note of the last run that ended. Not here: heavy
imports: the key is asked before Dagster, DuckDB and pandas are loaded.

The key is a digest of the catalogue's bytes, every file under the home that no run makes, the settings of the
environment, the as-of date, what was asked for, and the code: what is left out is named, so that a new input counts by
itself. The note stands only while the release that it names is the one shown, whole.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from signposts.files import write_atomically
from signposts.settings import Settings, code_version, package_folder

DATABASE = "signposts.duckdb"
# What stands under the home because a run made it or held it open.
MADE = ("published", "cache", "dagster", "trackers", "alive", "warehouse.duckdb*", "last_run.json", "*.lock")
# No run is made otherwise by these: what folders hold counts itself, an analyst signs ledgers, a password opens doors.
UNREAD_SETTINGS = frozenset(
    f"SIGNPOSTS_{name}" for name in ("HOME", "CATALOGUE", "PROJECT", "ANALYST", "PG_USER", "PG_PASSWORD")
)


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of_files(root: Path, paths: Iterable[Path]) -> str:
    """Return a digest over the names, relative to root, and bytes of files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(root)}\0{digest_of_file(path)}\n".encode())
    return digest.hexdigest()


def digest_of_folder(root: Path) -> str:
    """Return a digest over the names and bytes of all a folder's files; names that begin with a dot are left out."""
    files = (path for path in root.rglob("*") if path.is_file())
    return digest_of_files(
        root, (path for path in files if not any(part.startswith(".") for part in path.relative_to(root).parts))
    )


def code_digest() -> str:
    """Return a digest of the package's code, statements, checks and pages, but for what Python makes of them."""
    digest = hashlib.sha256()
    for folder in (Path(__file__).parent, *(package_folder(name) for name in ("assets", "checks", "docs", "sql"))):
        files = (path for path in folder.rglob("*") if "__pycache__" not in path.parts and path.is_file())
        digest.update(digest_of_files(folder, files).encode())
    return digest.hexdigest()


def code_identity() -> str:
    """Return the package's version, and after a plus the first digits of the digest of its code."""
    return f"{code_version()}+{code_digest()[:8]}"


def run_key(settings: Settings, as_of: str, *request: object) -> str:
    """Return the key of a run that asks no publisher: equal only if it would make the same again."""
    chosen = {name: value for name, value in os.environ.items() if name.startswith("SIGNPOSTS_")}
    parts = [
        code_digest(),
        digest_of_folder(settings.catalogue_root),
        *sorted(_state_of_home(settings.home)),
        *(f"{name}={chosen[name]}" for name in sorted(chosen.keys() - UNREAD_SETTINGS)),
        as_of,
        *map(str, request),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _state_of_home(home: Path) -> Iterator[str]:
    """Yield each file that no run makes with its size and the time of its change, which no copy carries over.

    A folder may be a link to another disk. Names that begin with a dot are left out: their files are not whole yet.
    Bytes are not read, since logs may be long.
    """
    for folder, folders, names in os.walk(home, followlinks=True):
        made = MADE if Path(folder) == home else ()
        folders[:], files = (
            [name for name in entries if name[0] != "." and not any(fnmatch(name, pattern) for pattern in made)]
            for entries in (folders, names)
        )
        for path in (Path(folder, name) for name in files):
            try:
                status = path.stat()
            except FileNotFoundError:  # taken away meanwhile
                continue
            yield f"{path.relative_to(home)} {status.st_size} {status.st_ctime_ns}"


def note_run(settings: Settings, key: str) -> None:
    """Note the key of a run that has published, beside the checksums of what it published."""
    note = {"key": key, "shown": _shown(settings)}
    write_atomically(settings.last_run, json.dumps(note).encode())


def is_standing(settings: Settings, key: str) -> bool:
    """Return whether the last run had this key and what it published is still shown, whole."""
    try:
        note = json.loads(settings.last_run.read_bytes())
    except (OSError, ValueError):
        return False
    return bool(note == {"key": key, "shown": _shown(settings)})


def _shown(settings: Settings) -> str:
    """Return a digest of what readers see; empty if a file of the shown release is not what its checksum says."""
    latest = settings.published / "latest"
    try:
        sums = (latest / "SHA256SUMS").read_text(encoding="utf-8")
        listed = [line.split("  ", maxsplit=1) for line in sums.splitlines()]
        if any(digest_of_file(latest / name) != content for content, name in listed):
            return ""
        parts = [str(latest.readlink()), sums, digest_of_file(settings.published / DATABASE)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()
    except (OSError, ValueError):
        return ""
