"""What was read of each feed, when, and which days a read covers: the record on which a search is closed.

Belongs here: the log ``desk/reads.jsonl``, days covered, a feed's health. Not here: asking (collect.py), closing
(searches.py).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from signposts.catalogue.watch import LeadFeed
from signposts.desk.feeds import Items
from signposts.desk.leads import desk_folder, read_log_lines
from signposts.files import append_line
from signposts.settings import Settings

GOOD = ("items", "empty")
LARGEST_PAUSE = timedelta(days=14)
"""A pause between two items longer than this ends what a read covers: what lies before is pinned, not current."""


@dataclass(frozen=True, slots=True)
class FeedRead:
    """One read of one feed, or one query: outcome, numbers, and the days it covers if it was good."""

    feed_id: str
    at: str
    outcome: str
    items: int = 0
    dated: int = 0
    new: int = 0
    newest: str | None = None
    covers_from: str | None = None
    covers_to: str | None = None
    message: str = ""
    sha256: str | None = None
    query: str = ""

    @property
    def day(self) -> date:
        """Return the day of the read."""
        return datetime.fromisoformat(self.at).date()


def record_read(settings: Settings, read: FeedRead) -> None:
    """Add a read to the log."""
    append_line(desk_folder(settings) / "reads.jsonl", json.dumps(asdict(read), ensure_ascii=False).encode())


def all_reads(settings: Settings) -> list[FeedRead]:
    """Return every read, in the order of the log."""
    reads = []
    for entry in read_log_lines(desk_folder(settings) / "reads.jsonl"):
        try:
            reads.append(FeedRead(**entry))
        except TypeError:
            continue
    return reads


def covered_days(items: Items, feed: LeadFeed, on: date) -> tuple[date, date] | None:
    """Return the first and last day that a good read covers; nothing for one that was cut short.

    A feed shows its newest items: from the day after the oldest of them on, nothing is missing. Pinned items are not
    counted, and a feed whose newest item is old covers nothing after it.
    """
    if items.truncated:
        return None
    days = sorted({item.published_on for item in items.items if item.published_on}, reverse=True)
    days = [day for day in days if day <= on]
    if not days:
        return (on, on) if not items.items else None
    first = days[0]
    for day in days[1:]:
        if first - day > LARGEST_PAUSE:
            break
        first = day
    last = min(on, days[0] + timedelta(days=feed.stale_after_days))
    start = first + timedelta(days=1) if first < on else on
    return (min(start, last), last)


def union_of_days(reads: Iterable[FeedRead]) -> set[date]:
    """Return the days that good reads cover together."""
    days: set[date] = set()
    for read in reads:
        if read.outcome in GOOD and read.covers_from and read.covers_to:
            first, last = date.fromisoformat(read.covers_from), date.fromisoformat(read.covers_to)
            days.update(first + timedelta(days=step) for step in range((last - first).days + 1))
    return days


def feed_health(feeds: Mapping[str, LeadFeed], reads: Sequence[FeedRead], now: datetime) -> list[dict[str, Any]]:
    """Return a row a feed: when it was read, what came, and a verdict in the words of the table freshness."""
    by_feed: dict[str, list[FeedRead]] = {}
    for read in reads:
        by_feed.setdefault(read.feed_id, []).append(read)
    rows = []
    for feed_id, feed in feeds.items():
        own = by_feed.get(feed_id, [])
        last = own[-1] if own else None
        good = [read for read in own if read.outcome in GOOD]
        newest = max((read.newest for read in own if read.newest), default=None)
        verdict, message = _verdict(feed, last, newest, now.date())
        rows.append(
            {
                "feed_id": feed_id,
                "publisher": feed.publisher,
                "address": feed.address,
                "languages": ",".join(feed.languages),
                "since": feed.since,
                "last_read": datetime.fromisoformat(last.at).replace(tzinfo=None) if last else None,
                "last_good_read": datetime.fromisoformat(good[-1].at).replace(tzinfo=None) if good else None,
                "items": good[-1].items if good else None,
                "dated_share": good[-1].dated / good[-1].items if good and good[-1].items else None,
                "new_items": good[-1].new if good else None,
                "newest_item": date.fromisoformat(newest) if newest else None,
                "verdict": verdict,
                "message": message,
            }
        )
    return rows


def _verdict(feed: LeadFeed, last: FeedRead | None, newest: str | None, today: date) -> tuple[str, str]:
    """Return fresh, stale, failed, unknown or not_configured for a feed, and why."""
    if not feed.read:
        return "not_configured", feed.note or feed.tested or "read: false in feeds.yaml"
    if last is None:
        return "unknown", "never read"
    if last.outcome not in GOOD:
        return "failed", last.message
    if newest and (today - date.fromisoformat(newest)).days > feed.stale_after_days:
        return "stale", f"answers, but its newest item is of {newest}"
    if (today - last.day).days > feed.stale_after_days:
        return "stale", f"last read on {last.day}"
    return "fresh", last.message
