"""The checksums of a release: written last, and asked before anything in it is believed.

Belongs here: SHA256SUMS. Not here: what stands in the files.
"""

from pathlib import Path

from signposts.run_key import digest_of_file

CHECKSUMS = "SHA256SUMS"


def write_checksums(folder: Path) -> None:
    """Write SHA256SUMS over every other file of the folder, in the form that `sha256sum --check` reads."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    lines = [f"{digest_of_file(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def is_whole(folder: Path) -> bool:
    """Return whether every file of a release is there and has the bytes that its SHA256SUMS says."""
    try:
        lines = [line.split("  ", 1) for line in (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()]
        return all(digest_of_file(folder / name) == digest for digest, name in lines)
    except (OSError, ValueError):
        return False
