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
from signposts.desk.leads import LeadLog, read_log_lines
from signposts.files import append_line, oldest_kept, shorten
from signposts.settings import Settings

GOOD = ("items", "empty")
LARGEST_PAUSE = timedelta(days=14)
"""A pause between two items longer than this ends what a feed shows: what lies before is pinned, not current."""


@dataclass(frozen=True, slots=True)
class FeedRead:
    """One read of one feed, or one query: outcome, numbers, and the whole days it covers if it was good.

    ``new`` counts what bears on an indicator, ``unseen`` what the read before did not hold; ``unbroken_from`` is when
    reading without a break began, ``query`` the query that was asked, or the last minute file that was read.
    """

    feed_id: str
    at: str
    outcome: str
    items: int = 0
    dated: int = 0
    new: int = 0
    unseen: int | None = None
    newest: str | None = None
    covers_from: str | None = None
    covers_to: str | None = None
    message: str = ""
    sha256: str | None = None
    query: str = ""
    unbroken_from: str | None = None

    @property
    def day(self) -> date:
        """Return the day of the read."""
        return datetime.fromisoformat(self.at).date()


def record_read(settings: Settings, read: FeedRead) -> None:
    """Add a read to the log."""
    with LeadLog(settings).lock():
        append_line(settings.desk / "reads.jsonl", _line_of(read))


def forget_old_reads(settings: Settings, now: datetime) -> int:
    """Take old reads out of the log, but for the last of each feed; return how many went."""
    path = settings.desk / "reads.jsonl"
    if not path.exists():
        return 0
    with LeadLog(settings).lock():
        reads, before = all_reads(settings), oldest_kept(now).date()
        newest = {read.feed_id: read for read in reads}
        return shorten(path, [_line_of(read) for read in reads if read.day >= before or newest[read.feed_id] is read])


def _line_of(read: FeedRead) -> bytes:
    return json.dumps(asdict(read), ensure_ascii=False).encode()


def all_reads(settings: Settings) -> list[FeedRead]:
    """Return every read, in the order of the log."""
    reads = []
    for entry in read_log_lines(settings.desk / "reads.jsonl"):
        try:
            reads.append(FeedRead(**entry))
        except TypeError:
            continue
    return reads


def reads_by_feed(reads: Iterable[FeedRead]) -> dict[str, list[FeedRead]]:
    """Return the reads of each feed, in the order of the log."""
    by_feed: dict[str, list[FeedRead]] = {}
    for read in reads:
        by_feed.setdefault(read.feed_id, []).append(read)
    return by_feed


def unbroken_since(items: Items, on: date, before: FeedRead | None) -> date:
    """Return the day from which on nothing of a feed can be missing but on that day itself.

    ``before`` is the good read before this one, if one of its items is still shown: then nothing was missed between
    the two. Else it is the day of the oldest item that is not pinned, or the day of the read where none has a day.
    """
    days = sorted({item.published_on for item in items.items if item.published_on and item.published_on <= on})
    first = days[-1] if days else on
    for day in reversed(days):
        if first - day > LARGEST_PAUSE:
            break
        first = day
    return min(first, date.fromisoformat(before.unbroken_from)) if before and before.unbroken_from else first


def covered_days(items: Items, feed: LeadFeed, on: date, since: date) -> tuple[date, date] | None:
    """Return the first and last whole day that a good read covers; nothing for one that was cut short.

    The day of the read is not over and never covered; a feed gone stale covers nothing after its newest item.
    """
    newest = max((item.published_on for item in items.items if item.published_on), default=on)
    is_stale = (on - newest).days > feed.stale_after_days
    last = newest if is_stale else on - timedelta(days=1)
    first = since + timedelta(days=1)
    return None if items.truncated or first > last else (first, last)


def union_of_days(reads: Iterable[FeedRead]) -> set[date]:
    """Return the days that good reads cover together."""
    latest: dict[str, str] = {}
    for read in reads:
        if read.outcome in GOOD and read.covers_from and read.covers_to:
            latest[read.covers_from] = max(read.covers_to, latest.get(read.covers_from, ""))
    spans = (days_between(date.fromisoformat(first), date.fromisoformat(last)) for first, last in latest.items())
    return {day for span in spans for day in span}


def days_between(first: date, last: date) -> list[date]:
    """Return the days from the first to the last."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def feed_health(feeds: Mapping[str, LeadFeed], reads: Sequence[FeedRead], now: datetime) -> list[dict[str, Any]]:
    """Return a row a feed: when it was read, what came, and a verdict in the words of the table freshness."""
    by_feed = reads_by_feed(reads)
    rows = []
    for feed_id, feed in feeds.items():
        feed_reads = by_feed.get(feed_id, [])
        last = feed_reads[-1] if feed_reads else None
        good = next((read for read in reversed(feed_reads) if read.outcome in GOOD), None)
        newest = max((read.newest for read in feed_reads if read.newest), default=None)
        verdict, message = _verdict(feed, last, newest, now.date())
        rows.append(
            {
                "feed_id": feed_id,
                "publisher": feed.publisher,
                "address": feed.address,
                "languages": ",".join(feed.languages),
                "since": feed.since,
                "last_read": datetime.fromisoformat(last.at).replace(tzinfo=None) if last else None,
                "last_good_read": datetime.fromisoformat(good.at).replace(tzinfo=None) if good else None,
                "items": good.items if good else None,
                "dated_share": good.dated / good.items if good and good.items else None,
                "unseen_share": good.unseen / good.items if good and good.items and good.unseen is not None else None,
                "new_items": good.new if good else None,
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
