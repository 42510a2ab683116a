"""Writing files so that a crash leaves the old one, the new one or none, never half of one.

Belongs here: the atomic rename and the log that grows by whole lines. Not here: what the files hold.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

UNFINISHED = ".new-"


def write_atomically(path: Path, fill: Callable[[IO[bytes]], object] | bytes) -> None:
    """Fill a temporary file beside the path, flush it to disk and rename it to the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(fill, bytes):
                file.write(fill)
            else:
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


def append_line(path: Path, line: bytes) -> None:
    """Add a line to a log, on disk before this returns; half a line that a crash left is ended first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        if file.tell() and _last_byte(file) != b"\n":
            file.write(b"\n")
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> list[bytes]:
    """Return the lines of a log; none if there is no log."""
    return path.read_bytes().splitlines() if path.exists() else []


def _last_byte(file: IO[bytes]) -> bytes:
    """Return the last byte of an open file that has one; writing goes on at its end."""
    file.seek(-1, os.SEEK_END)
    return file.read(1)
