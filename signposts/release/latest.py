"""The newest release, for our own reading, and its repair where its bytes were harmed.

Belongs here: the one door through which own code opens a release, and which copy heals which. Not here: making one.
"""

import shutil
from pathlib import Path

from signposts.errors import InputError, SignpostsError
from signposts.release.checksums import CHECKSUMS, is_whole
from signposts.release.directory import (
    DATABASE,
    LATEST,
    RELEASES,
    copy_over,
    kept_releases,
    show_release,
    shown_release,
)
from signposts.run_key import digest_of_file
from signposts.settings import Settings
from signposts.warehouse import Warehouse


def latest(settings: Settings) -> Warehouse | None:
    """Return the newest release, open for reading only; None before the first.

    It is the file in releases/, not the copy in published/ that people open and may lock.
    """
    path = settings.released_database
    return Warehouse(path, read_only=True) if path.is_file() else None


def require_latest(settings: Settings) -> Warehouse:
    """Return the newest release, or say how to make one."""
    release = latest(settings)
    if release is None:
        raise InputError(f"nothing published yet at {settings.published_database}: run `signposts run` first")
    return release


def release_faults(settings: Settings) -> list[str]:
    """Return a line for each thing that readers see and that is not as its checksum says; none before the first."""
    published = settings.published
    if not (published / LATEST).is_symlink():
        kept = kept_releases(published)
        return [f"{published / LATEST} is gone, though {len(kept)} releases are kept"] if kept else []
    folder = published / LATEST
    faults = [] if is_whole(folder) else [f"the release {shown_release(published)} is damaged: {folder}"]
    copy = published / DATABASE
    if not copy.is_file() or digest_of_file(copy) != _listed(folder):
        faults.append(f"the copy for readers is damaged or changed: {copy}")
    return faults


def mend_release(settings: Settings) -> list[str]:
    """Restore what readers see from what is whole; return a line for each thing done.

    The release's file and the copy for readers heal each other. A release of which more is harmed is set aside under
    published/, and the newest whole one before it is shown. Nothing else is touched.
    """
    if not release_faults(settings):
        return []
    published = settings.published
    done = []
    folder, copy = published / LATEST, published / DATABASE
    if folder.is_dir() and not is_whole(folder) and copy.is_file() and digest_of_file(copy) == _listed(folder):
        copy_over(copy, folder.resolve() / DATABASE)
        done.append(f"{folder / DATABASE} was damaged and is restored from {copy}")
    for name in _candidates(published):
        if is_whole(published / RELEASES / name):
            if name != shown_release(published):
                done.append(f"release {name} is shown, the newest that is whole")
            elif not done:
                done.append(f"{copy} was damaged or changed and is restored from release {name}")
            show_release(published, name)
            break
        aside = published / f"damaged-{name}"
        shutil.rmtree(aside, ignore_errors=True)
        (published / RELEASES / name).rename(aside)
        done.append(f"release {name} is damaged and set aside as {aside}")
    else:
        for name in (DATABASE, LATEST):
            (published / name).unlink(missing_ok=True)
        done.append("no release is whole; the next one is made anew from the warehouse")
    return done


def _candidates(published: Path) -> list[str]:
    """Return the releases that may be shown, the newest first: none after the shown one, none that looks back."""
    shown = shown_release(published)
    kept = [name for name in reversed(kept_releases(published)) if shown is None or name <= shown]
    return [name for name in kept if name == shown or not _looks_back(published / RELEASES / name / DATABASE)]


def _looks_back(database: Path) -> bool:
    """Return whether a release is of an earlier as-of date than one made before it; False if it cannot be read."""
    statement = "select arg_max(as_of, release_id) < max(as_of) as looks_back from release"
    try:
        (row,) = Warehouse(database, read_only=True).rows(statement)
    except SignpostsError:
        return False
    return bool(row["looks_back"])


def _listed(folder: Path) -> str:
    """Return the checksum that a release's list gives for its database; empty if there is no such list."""
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return next((line.split("  ", 1)[0] for line in lines if line.endswith(f"  {DATABASE}")), "")
