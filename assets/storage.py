"""Places to keep files by name: a folder of this machine, or anything that fsspec reaches by a URL.

Belongs here: reading, writing, listing and removing named bytes, and telling faults without secrets. Not here: what
the bytes are, and which place an installation uses (settings).

An object store keeps each object whole or not at all, but cannot add to one. A log is therefore a file in a folder, and
in an object store a folder of segments, one for each process that wrote to it, the old ones folded into one object.
"""

import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import unquote, urlsplit

from assets.errors import InputError, StorageFailed

UNFINISHED = ".new-"
FOLDER_SCHEMES = ("file", "local")
# Environment variables whose names hold one of these words hold a secret; a short value is no secret worth hiding.
SECRET_WORDS = ("KEY", "SECRET", "TOKEN", "PASSWORD", "CREDENTIAL")
SHORTEST_SECRET = 6
# A log of more objects than this is folded; segments of runs that may still be writing are left alone.
MOST_SEGMENTS = 60
LONGEST_RUN = timedelta(days=2)
FOLD = "fold-"


class Store(Protocol):
    """A place that keeps bytes under names such as ``objects/ab/cd.zst``."""

    def place(self, name: str) -> str:
        """Return where a name is, for a message."""

    def read(self, name: str) -> bytes:
        """Return the bytes; FileNotFoundError if there are none, OSError or StorageFailed if they cannot be had."""

    def write(self, name: str, payload: bytes) -> None:
        """Put the bytes there, over whatever stood there."""

    def upload(self, files: Mapping[str, Path]) -> None:
        """Put files of this machine there, each under its name."""

    def sizes(self, prefix: str) -> dict[str, int]:
        """Return the bytes of every name under a folder's name; nothing if there is no such folder."""

    def remove(self, names: Sequence[str]) -> None:
        """Remove what stands under these names; what is gone already is no fault."""

    def append(self, name: str, line: bytes) -> None:
        """Add a line to a log, kept before this returns."""

    def lines(self, name: str) -> list[bytes]:
        """Return the lines of a log, those of one writer in their order; none if there is no log."""


def open_store(url: str, folder: Path) -> Store:
    """Return the place that a URL names; without one, or with one of this machine's files, a folder."""
    if not url:
        return FolderStore(folder)
    parts = urlsplit(url)
    if parts.scheme in FOLDER_SCHEMES:
        return FolderStore(Path(unquote(parts.path)))
    return ObjectStore(url)


class FolderStore:
    """A folder: each file is written aside, flushed to disk and renamed to its name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, name: str) -> str:
        """Return the path."""
        return str(self.folder / name)

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        return (self.folder / name).read_bytes()

    def write(self, name: str, payload: bytes) -> None:
        """Write a file so that a crash leaves the old one, the new one or none, never half of one."""
        write_aside(self.folder / name, lambda file: file.write(payload))

    def upload(self, files: Mapping[str, Path]) -> None:
        """Copy files into the folder, each whole or not at all."""
        for name, path in files.items():
            with path.open("rb") as original:
                write_aside(self.folder / name, lambda file, original=original: shutil.copyfileobj(original, file))  # type: ignore[misc]

    def sizes(self, prefix: str) -> dict[str, int]:
        """Return the size of every file under a folder, scraps of killed writers left out."""
        return {
            path.relative_to(self.folder).as_posix(): path.stat().st_size
            for path in sorted((self.folder / prefix).rglob("*"))
            if path.is_file() and not path.name.startswith(UNFINISHED)
        }

    def remove(self, names: Sequence[str]) -> None:
        """Remove files, and the folders that this leaves empty."""
        for name in names:
            path = self.folder / name
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == self.folder or not parent.is_dir() or any(parent.iterdir()):
                    break
                parent.rmdir()

    def append(self, name: str, line: bytes) -> None:
        """Add a line to a file, on disk before this returns."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            if file.tell() and _last_byte(file) != b"\n":
                # A crash left half a line: end it, so that it spoils itself alone.
                file.write(b"\n")
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def lines(self, name: str) -> list[bytes]:
        """Return the lines of a file."""
        path = self.folder / name
        return path.read_bytes().splitlines() if path.exists() else []


class ObjectStore:
    """A bucket, a container or a share that fsspec reaches; credentials come from the environment alone.

    It must put each object whole or not at all, as S3, Google's and Azure's stores do.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._segment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
        self._written: dict[str, bytes] = {}
        self._read: dict[tuple[str, int], bytes] = {}
        with self._told("be reached"):
            self._files, self._root = _open(self.url)

    def place(self, name: str) -> str:
        """Return the URL."""
        return f"{self.url}/{name}"

    def read(self, name: str) -> bytes:
        """Return the bytes of an object."""
        with self._told("be read", name, absent_is_no_fault=True):
            return bytes(self._files.cat_file(self._path(name)))

    def write(self, name: str, payload: bytes) -> None:
        """Put an object, over the one that stands there."""
        with self._told("be written", name):
            self._files.pipe_file(self._path(name), payload)

    def upload(self, files: Mapping[str, Path]) -> None:
        """Put files, side by side where the store can."""
        with self._told("be written"):
            self._files.put([str(path) for path in files.values()], [self._path(name) for name in files])

    def sizes(self, prefix: str) -> dict[str, int]:
        """Return the size of every object under a prefix."""
        try:
            with self._told("be listed", prefix, absent_is_no_fault=True):
                found = self._files.find(self._path(prefix), detail=True)
        except FileNotFoundError:
            return {}
        return {name.removeprefix(self._root).lstrip("/"): int(entry["size"]) for name, entry in found.items()}

    def remove(self, names: Sequence[str]) -> None:
        """Remove objects."""
        with self._told("be removed"):
            for name in names:
                try:
                    self._files.rm_file(self._path(name))
                except FileNotFoundError:
                    continue

    def append(self, name: str, line: bytes) -> None:
        """Put this process's segment of a log again, a line longer; old segments are folded before its first line."""
        if name not in self._written:
            self._fold(name)
        self._written[name] = self._written.get(name, b"") + line + b"\n"
        self.write(f"{name}/{self._segment}.jsonl", self._written[name])

    def lines(self, name: str) -> list[bytes]:
        """Return the lines of all segments of a log, oldest segment first."""
        segments = _segments(self._objects(name))
        return [line for segment in sorted(segments) for line in segments[segment].encode().splitlines()]

    def _objects(self, name: str) -> dict[str, bytes]:
        """Return the objects of a log; each is fetched again only where it has grown."""
        sizes = self.sizes(f"{name}/")
        wanted = {self._path(each): (each, size) for each, size in sizes.items()}
        new = [path for path, version in wanted.items() if version not in self._read]
        if new:
            with self._told("be read", name):
                fetched = self._files.cat(new)
            found = fetched if isinstance(fetched, dict) else {new[0]: fetched}
            self._read.update({wanted[path]: bytes(payload) for path, payload in found.items()})
        return {each: self._read[each, size] for each, size in sizes.items()}

    def _fold(self, name: str) -> None:
        """Put many old segments of a log together in one object, then remove them; cut short anywhere, no line is lost.

        A fold names the segments that it holds, so that one which stands there as well is not counted twice.
        """
        objects = self._objects(name)
        if len(objects) <= MOST_SEGMENTS:
            return
        ended = f"{datetime.now(UTC) - LONGEST_RUN:%Y%m%dT%H%M%SZ}"
        old = {each: payload for each, payload in objects.items() if _is_fold(each) or Path(each).name < ended}
        if len(old) < 2:
            return
        fold, payload = f"{name}/{FOLD}{uuid.uuid4().hex}.json", json.dumps(_segments(old), sort_keys=True).encode()
        self.write(fold, payload)
        if self.read(fold) == payload:
            self.remove(sorted(old))

    def _path(self, name: str) -> str:
        """Return a name as fsspec's file system knows it."""
        return f"{self._root}/{name}"

    @contextmanager
    def _told(self, what: str, name: str = "", *, absent_is_no_fault: bool = False) -> Iterator[None]:
        """Turn whatever the libraries raise into one line that holds no secret.

        The cause is cut off: its text, which Dagster would keep with the run, is the libraries' own.
        """
        try:
            yield
        except FileNotFoundError as error:
            if absent_is_no_fault:
                raise FileNotFoundError(self.place(name)) from None
            raise StorageFailed(f"{self.place(name)} cannot {what}: {_plain(error)}") from None
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001 - each library behind fsspec has errors of its own
            raise StorageFailed(f"{self.place(name)} cannot {what}: {_plain(error)}") from None


def _is_fold(name: str) -> bool:
    """Return whether an object of a log is a fold."""
    return Path(name).name.startswith(FOLD)


def _segments(objects: Mapping[str, bytes]) -> dict[str, str]:
    """Return the text of every segment, whether it stands alone or in folds; where it stands twice, the longer one."""
    found: dict[str, str] = {}
    for name, payload in objects.items():
        held = json.loads(payload) if _is_fold(name) else {Path(name).name: payload.decode(errors="replace")}
        found.update({each: text for each, text in held.items() if len(text) > len(found.get(each, ""))})
    return found


def _open(url: str) -> tuple[Any, str]:
    """Return fsspec's file system for a URL, and the path in it; what is not installed is named."""
    try:
        import fsspec

        # Another run may have written since: what a listing said before does not count.
        files, root = fsspec.url_to_fs(url, skip_instance_cache=True, use_listings_cache=False)
    except ImportError as error:
        raise InputError(
            f"{urlsplit(url).scheme}:// needs a library that is not here ({error}); pip install -e '.[remote]'"
        ) from error
    except ValueError as error:
        raise InputError(f"{urlsplit(url).scheme}:// is no kind of place that fsspec knows") from error
    return files, str(root).rstrip("/")


def _plain(error: Exception) -> str:
    """Return the first line of an error with the value of every secret in the environment left out."""
    text = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
    for variable, value in os.environ.items():
        if len(value) >= SHORTEST_SECRET and any(word in variable.upper() for word in SECRET_WORDS):
            text = text.replace(value, "***")
    return text


def write_aside(path: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """Have a file filled aside, flushed and renamed, so that a crash leaves the old one, the new one or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _last_byte(file: IO[bytes]) -> bytes:
    """Return the last byte of an open file that has one; writing goes on at its end."""
    file.seek(-1, os.SEEK_END)
    return file.read(1)
