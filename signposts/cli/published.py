"""Reading the newest release for a command, without pandas: a command that only shows rows must start quickly.

Belongs here: opening the published file and small look-ups in it. Not here: writing, and the words that are printed.
"""

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from signposts.errors import InputError
from signposts.release import require_latest
from signposts.settings import load_settings
from signposts.warehouse import Warehouse, load_sql


@contextmanager
def open_release() -> Iterator[Warehouse]:
    """Yield the newest release, opened once for all that the block asks of it, or say how to make one."""
    release = require_latest(load_settings())
    with release.connect():
        yield release


def published_rows(release: Warehouse, statement: str, **parameters: str | date) -> list[dict[str, Any]]:
    """Return the rows of a file of sql/ on the release."""
    return release.rows(load_sql(statement), **parameters)


def only_tracker(release: Warehouse) -> str:
    """Return the release's tracker if there is one; with several, ask for --tracker."""
    trackers = [row["tracker_id"] for row in release.rows("select tracker_id from tracker order by tracker_id")]
    if len(trackers) != 1:
        raise InputError(f"there are {len(trackers)} trackers; name one with --tracker: {', '.join(trackers)}")
    return str(trackers[0])


def nearest_name(name: str, names: Sequence[str]) -> str:
    """Return a hint that names the nearest known name, or how to see them all."""
    close = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(names[:8])} …"
