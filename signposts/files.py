"""Writing files so that a crash leaves the old one, the new one or none, never half of one.

Belongs here: the atomic rename, the log that grows by whole lines, and how long its lines are kept. Not here: what the
files hold, or which lines of a log something still refers to.
"""

import os
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

UNFINISHED = ".new-"
# More than a year, so that each time of the year can still be compared with the one before.
KEEP_LINES = timedelta(days=400)


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
        if file.tell():
            file.seek(-1, os.SEEK_END)
            # Writing goes on at the end, wherever was read.
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> list[bytes]:
    """Return the lines of a log; none if there is no log."""
    return path.read_bytes().splitlines() if path.exists() else []


def oldest_kept(now: datetime) -> datetime:
    """Return the moment before which a line of a log may go, in UTC without a zone."""
    return (now - KEEP_LINES).replace(tzinfo=None)


def shorten(path: Path, kept: Iterable[bytes]) -> int:
    """Put a log's kept lines in its place, if they are fewer; return how many went. The log's lock must be held."""
    lines = list(kept)
    gone = len(read_lines(path)) - len(lines)
    if gone > 0:
        write_atomically(path, b"".join(line + b"\n" for line in lines))
    return max(gone, 0)
