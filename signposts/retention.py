"""How long an installation keeps what only grows: its logs, by age; and how a log is made shorter.

Belongs here: the ages, and taking lines out of a log so that a crash leaves it whole. Not here: which lines of a log
nothing refers to any more (with each log), or files that can be made again (assets/resources.py).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from signposts.files import read_lines, write_atomically

# More than a year, so that each time of the year can still be compared with the one before.
KEEP_LINES = timedelta(days=400)


def oldest_kept(now: datetime) -> datetime:
    """Return the moment before which a line may go, in UTC without a zone."""
    return (now - KEEP_LINES).replace(tzinfo=None)


def shorten(path: Path, kept: Iterable[bytes]) -> int:
    """Put a log's kept lines in its place, if they are fewer; return how many went. The log's lock must be held."""
    lines = list(kept)
    gone = len(read_lines(path)) - len(lines)
    if gone > 0:
        write_atomically(path, b"".join(line + b"\n" for line in lines))
    return max(gone, 0)
