"""Bringing the release that readers see here to readers elsewhere: files first, a small pointer last.

Belongs here: what stands in such a place, in which order it is written, and what is removed. Not here: how a place
keeps files (storage), and the release's place in this machine's folder (placing).

SIGNPOSTS_PUBLISHED/
    latest.json              the pointer: the release's name, its prefix, each file's bytes and SHA-256
    releases/<release_id>/   one prefix a release; SHA256SUMS is written last, so a prefix without it is not whole

Whoever follows the pointer finds a whole release: it is written when every file that it names is there.
"""

import json
from pathlib import Path
from typing import Any

from assets.errors import InputError, StorageFailed
from assets.publish.exporting import CHECKSUMS, sha256_of
from assets.publish.placing import DATABASE, RELEASES, shown_release
from assets.settings import Settings
from assets.storage import FolderStore, Store, open_store

POINTER = "latest.json"


def deliver(settings: Settings, keep: int) -> None:
    """Bring the release that readers see to where SIGNPOSTS_PUBLISHED and SIGNPOSTS_LAKE say; neither: nothing to do.

    Raises StorageFailed, with the last pointer still in place, if the place does not take it.
    """
    release_id = shown_release(settings.published)
    if release_id is None:
        return
    if settings.published_url:
        _deliver_files(settings, release_id, keep)
    if settings.lake:
        from assets.publish.lake import copy_to_lake

        copy_to_lake(settings.published / RELEASES / release_id / DATABASE, settings.lake, settings.lake_data)


def _deliver_files(settings: Settings, release_id: str, keep: int) -> None:
    """Put the release's files where SIGNPOSTS_PUBLISHED says, point to them, and remove the oldest."""
    store = open_store(settings.published_url, settings.published)
    if isinstance(store, FolderStore) and store.folder.resolve() == settings.published.resolve():
        raise InputError("SIGNPOSTS_PUBLISHED names the folder of this installation itself; unset it or name another")
    try:
        put_release(store, settings.published / RELEASES / release_id)
        drop_old(store, release_id, keep)
    except StorageFailed as error:
        raise StorageFailed(
            f"release {release_id} stands here but was not delivered, so readers elsewhere keep the last one: {error}; "
            "the next run tries again"
        ) from None


def put_release(store: Store, folder: Path) -> None:
    """Put a release's files in a place and then point to them; what an earlier try left whole is not sent again."""
    prefix = f"{RELEASES}/{folder.name}/"
    files = described_files(folder)
    pointer = json.dumps({"release_id": folder.name, "prefix": prefix, "files": files}, indent=1).encode() + b"\n"
    lacking = lacking_files(store, prefix, files)
    if lacking:
        store.upload({prefix + name: folder / name for name in lacking if name != CHECKSUMS})
        store.upload({prefix + CHECKSUMS: folder / CHECKSUMS})
        lacking = lacking_files(store, prefix, files)
        if lacking:
            raise StorageFailed(f"{store.place(prefix + lacking[0])} is not there as it was sent")
    if read_pointer(store) != pointer:
        store.write(POINTER, pointer)


def described_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the bytes and SHA-256 of every file of a release, as its SHA256SUMS lists them."""
    listed = folder / CHECKSUMS
    lines = (line.split("  ", 1) for line in listed.read_text(encoding="utf-8").splitlines())
    digests = {name: digest for digest, name in lines} | {CHECKSUMS: sha256_of(listed)}
    return {
        name: {"bytes": (folder / name).stat().st_size, "sha256": digest} for name, digest in sorted(digests.items())
    }


def lacking_files(store: Store, prefix: str, files: dict[str, dict[str, Any]]) -> list[str]:
    """Return the files that a place lacks or has in another length."""
    there = store.sizes(prefix)
    return [name for name, entry in files.items() if there.get(prefix + name) != entry["bytes"]]


def read_pointer(store: Store) -> bytes:
    """Return the pointer's bytes; none before the first release."""
    try:
        return store.read(POINTER)
    except FileNotFoundError:
        return b""


def drop_old(store: Store, pointed: str, keep: int) -> None:
    """Remove all but the newest whole releases, never the one that is pointed to, and what killed runs left."""
    names: dict[str, list[str]] = {}
    for name in sorted(store.sizes(f"{RELEASES}/")):
        names.setdefault(name.split("/")[1], []).append(name)
    whole = [release_id for release_id, files in names.items() if f"{RELEASES}/{release_id}/{CHECKSUMS}" in files]
    for release_id in names.keys() - {*whole[-keep:], pointed}:
        # Without its checksums a prefix is a scrap: if this is cut short, the next run goes on.
        mark = f"{RELEASES}/{release_id}/{CHECKSUMS}"
        store.remove([mark])
        store.remove([name for name in names[release_id] if name != mark])
