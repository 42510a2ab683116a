"""The checksums of a release: written last, and asked before anything in it is believed.

Belongs here: SHA256SUMS. Not here: what stands in the files.
"""

from pathlib import Path

from signposts.run_key import CHECKSUMS, digest_of_file


def write_checksums(folder: Path) -> None:
    """Write SHA256SUMS over every other file of the folder, in the form that `sha256sum --check` reads."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    lines = [f"{digest_of_file(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")
