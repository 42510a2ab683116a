"""Putting a finished release where people read: a folder made aside, flushed to disk, then renamed into place.

Belongs here: folders, links, renames, the number of releases kept. Not here: what stands in a release.

published/
    releases/<release_id>/   one folder a release, never changed again
    latest                   link to the newest of them
    parquet, csv, report …   links through `latest`, so that one rename moves them all
    signposts.duckdb         a copy of the newest file, for programs that do not follow links; whoever opens it for
                             writing changes and locks nothing that stands in releases/
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

DATABASE = "signposts.duckdb"
LATEST = "latest"
RELEASES = "releases"
THROUGH_LATEST = ("parquet", "csv", "report", "datapackage.json", "SHA256SUMS")
# Names that begin so are scraps of a release that was not finished; the next one sweeps them away.
SCRAP = ".unfinished-"


@contextmanager
def folder_in_making(published: Path, release_id: str) -> Iterator[Path]:
    """Yield an empty folder for a release and sweep it away if the block fails; scraps of killed runs go first."""
    (published / RELEASES).mkdir(parents=True, exist_ok=True)
    sweep(published)
    folder = published / f"{SCRAP}{release_id}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(published: Path) -> None:
    """Remove what a killed run left unfinished."""
    for scrap in published.glob(f"{SCRAP}*"):
        if scrap.is_dir() and not scrap.is_symlink():
            shutil.rmtree(scrap)
        else:
            scrap.unlink()


def keep_release(folder: Path, published: Path, release_id: str) -> Path:
    """Flush a finished folder to disk and rename it to its place among the releases; readers do not see it yet."""
    for path in sorted(folder.rglob("*")):
        _flush(path)
    _flush(folder)
    kept = published / RELEASES / release_id
    folder.rename(kept)
    _flush(kept.parent)
    return kept


def show_release(published: Path, release_id: str) -> None:
    """Make a kept release the one that readers see; each name changes in one rename, the database first."""
    kept = published / RELEASES / release_id
    copy_over(kept / DATABASE, published / DATABASE)
    _rename_over(published / LATEST, partial(_link, Path(RELEASES) / release_id))
    for name in THROUGH_LATEST:
        target = Path(LATEST) / name
        link = published / name
        if not (kept / name).exists():
            link.unlink(missing_ok=True)
        elif not link.is_symlink() or link.readlink() != target:
            _rename_over(link, partial(_link, target))
    _flush(published)


def shown_release(published: Path) -> str | None:
    """Return the release that readers see, or nothing before the first."""
    link = published / LATEST
    return link.readlink().name if link.is_symlink() else None


def kept_releases(published: Path) -> list[str]:
    """Return the releases that are kept, oldest first: their names sort by time."""
    folder = published / RELEASES
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def drop_oldest(published: Path, keep: int) -> list[str]:
    """Remove all but the newest releases, never the one that is shown; return the names of those removed."""
    shown = shown_release(published)
    dropped = [name for name in kept_releases(published)[:-keep] if name != shown]
    for name in dropped:
        scrap = published / f"{SCRAP}{name}"
        (published / RELEASES / name).rename(scrap)
        shutil.rmtree(scrap)
    return dropped


def copy_over(original: Path, name: Path) -> None:
    """Let a copy of a file take a name in one rename, whatever bore it before."""
    _rename_over(name, partial(_copy, original))


def _rename_over(name: Path, make: Callable[[Path], object]) -> None:
    """Make something under a name of no account, then let it take the place of whatever has the name."""
    scrap = name.with_name(f"{SCRAP}{name.name}")
    make(scrap)
    if name.is_dir() and not name.is_symlink():
        raise NotADirectoryError(f"{name} is a folder where a link must stand; move it away")
    scrap.replace(name)


def _link(target: Path, name: Path) -> None:
    """Make a link to a target that is relative to the link's own folder."""
    name.symlink_to(target)


def _copy(original: Path, name: Path) -> None:
    """Copy a file, down to the disk."""
    shutil.copyfile(original, name)
    _flush(name)


def _flush(path: Path) -> None:
    """Have the operating system write a file or folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
