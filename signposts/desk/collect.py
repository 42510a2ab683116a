"""Reading the feeds side by side, each with its own outcome, and keeping what matches as leads.

Belongs here: asking, archiving, matching, the order of it. Not here: formats (feeds.py), the log of leads (leads.py).

A feed's bytes are archived before they are read. Leads are added from the archived bytes, also when nothing changed, so
that a run killed between the two loses nothing: adding twice adds once.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from signposts.catalogue import Catalogue
from signposts.catalogue.watch import LeadFeed
from signposts.desk.feeds import Item, Items, pack_items, read_doc_list, read_dropped, read_feed, read_json, read_minute
from signposts.desk.leads import FoundLead, Lead, LeadLog
from signposts.desk.matching import WITHOUT_ACT, Matcher, tracker_matcher
from signposts.desk.reads import GOOD, FeedRead, all_reads, covered_days, reads_by_feed, record_read, unbroken_since
from signposts.errors import ArchiveCorrupt, SignpostsError, SourceChanged, SourceError
from signposts.files import write_atomically
from signposts.settings import Settings, source_base_url
from signposts.sources.archive import Archive, Attempt, last_good, open_archive
from signposts.sources.http import Absent, Clock, HttpRequest, HttpResponse, Limits, OutOfTime, Session, without_secrets

logger = logging.getLogger(__name__)

SIDE_BY_SIDE = 8
FEED_LIMITS = Limits(requests=1, seconds=1.0, timeout_seconds=20.0, max_body_bytes=10_000_000, attempts=2)
MINUTE_LIMITS = Limits(requests=10, seconds=1.0, timeout_seconds=20.0, max_body_bytes=50_000_000, attempts=2)
DOC_LIMITS = Limits(requests=1, seconds=6.0, timeout_seconds=30.0, max_body_bytes=5_000_000, attempts=1)
FIRST_LOOK_BACK = timedelta(days=1)
LONGEST_LOOK_BACK = timedelta(days=2)
MINUTES_BEHIND = 20
LONGEST_SILENCE = timedelta(hours=1)
DOC_SPAN = timedelta(days=7)
REFUSALS_THAT_END = 2
RETHINK_DAYS = 30
INBOX = "inbox"
INBOX_FEED = LeadFeed(
    publisher="dropped by hand",
    address="https://inbox.invalid/",
    format="rss",
    languages=("all",),
    reliability="F",
    since=date(2000, 1, 1),
    terms="as the file says",
)


@dataclass(slots=True)
class Collection:
    """One collection: what it may do, and what it has found so far."""

    settings: Settings
    catalogue: Catalogue
    now: datetime
    clock: Clock
    archive: Archive
    matchers: Mapping[str, Matcher]
    before: Mapping[str, Sequence[FeedRead]] = field(default_factory=dict)
    leads: list[FoundLead] = field(default_factory=list)
    reads: list[FeedRead] = field(default_factory=list)


def open_collection(settings: Settings, catalogue: Catalogue, now: datetime, budget_seconds: float = 0.0) -> Collection:
    """Return a collection that has found nothing yet; a budget of nought has no end."""
    matchers = {tracker.tracker_id: tracker_matcher(tracker) for tracker in catalogue.trackers}
    return Collection(settings, catalogue, now, Clock(budget_seconds), open_archive(settings), matchers)


def collect_leads(
    settings: Settings,
    catalogue: Catalogue,
    now: datetime,
    *,
    offline: bool = False,
    named: Sequence[str] = (),
    budget_seconds: float = 0.0,
) -> list[FeedRead]:
    """Read every feed, or those named; return what came of each. One that fails touches no other."""
    work = open_collection(settings, catalogue, now, budget_seconds)
    work.before = reads_by_feed(all_reads(settings))
    rethink(work)
    read_inbox(work)
    feeds = [
        (feed_id, feed)
        for feed_id, feed in catalogue.lead_feeds.items()
        if feed.read and not offline and (not named or feed_id in named)
    ]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for leads, reads in pool.map(lambda entry: _ask(work, *entry), feeds):
            work.leads += leads
            work.reads += reads
    new = add_leads(work)
    for read in work.reads:
        record_read(settings, read)
    logger.info("%s reads, %s new leads", len(work.reads), new)
    return work.reads


def add_leads(work: Collection) -> int:
    """Add the found leads to the log; return how many are new."""
    new = LeadLog(work.settings).add(work.leads)
    work.leads = []
    return new


def _ask(work: Collection, feed_id: str, feed: LeadFeed) -> tuple[list[FoundLead], list[FeedRead]]:
    """Return what one feed brought and what was read of it; whatever goes wrong is its outcome."""
    parts = urlsplit(feed.address)
    origin = f"{parts.scheme}://{parts.netloc}"
    asker, limits = ASKERS[feed.format]
    session = Session(source_base_url(f"feed_{feed_id}", origin), limits, work.clock)
    path = feed.address.removeprefix(origin)
    try:
        return asker(work, feed_id, feed, session, path)
    except SignpostsError as error:
        outcome, message = "missed" if isinstance(error, OutOfTime) else "failed", str(error)
    except Exception as error:
        logger.exception("feed %s", feed_id)
        outcome, message = "failed", f"this program failed on it: {type(error).__name__}: {error}"
    finally:
        session.close()
    word = "miss" if outcome == "missed" else "failure"
    address = without_secrets(feed.address)
    work.archive.record(Attempt(f"feed_{feed_id}", "feed", address, work.now.isoformat(), word, message=message))
    return [], [FeedRead(feed_id, work.now.isoformat(), outcome, message=message)]


def _keep(work: Collection, attempt: Attempt, payload: bytes, more: Mapping[str, object]) -> str:
    """Keep a document with what was asked, note the attempt, and return the document's SHA-256."""
    origin = {"source_id": attempt.source_id, "document": attempt.document, "fetched_at": attempt.fetched_at}
    sha256 = work.archive.store(payload, {**origin, **more})
    work.archive.record(replace(attempt, sha256=sha256, bytes=len(payload)))
    return sha256


# ---- one asker a format


def ask_feed(
    work: Collection, feed_id: str, feed: LeadFeed, session: Session, path: str
) -> tuple[list[FoundLead], list[FeedRead]]:
    """Read a feed whole: ask only if it has changed, archive, then read the archived bytes."""
    source_id = f"feed_{feed_id}"
    good = last_good(work.archive.attempts(source_id)).get("feed")
    whole = good is not None and work.archive.holds(str(good.sha256))
    conditions = _conditions(good) if good and whole else {}
    answer = session.get(HttpRequest("feed", path), conditions)
    if answer.status == 304 and good:
        payload, sha256, word = work.archive.load(str(good.sha256)), str(good.sha256), "unchanged"
    else:
        payload, word = answer.body, "hit"
        sha256 = work.archive.store(payload, _sidecar(source_id, feed, answer, work.now))
    items = read_document(feed, payload, work.now.date(), answer.headers.get("Content-Type", ""))
    refuse_sudden_silence(work, feed_id, items)
    # What was left out as secret does not make another place.
    came_from, asked = (without_secrets(url).rstrip("/") for url in (answer.came_from, session.base_url + path))
    moved = "" if came_from == asked else f"moved to {answer.came_from}; "
    message = moved + describe(items)
    work.archive.record(
        Attempt(
            source_id,
            "feed",
            answer.url,
            work.now.isoformat(),
            "unchanged" if good and good.sha256 == sha256 else word,
            answer.status,
            sha256,
            len(payload),
            message,
            answer.headers.get("ETag") or (good.etag if good and answer.status == 304 else None),
            answer.headers.get("Last-Modified") or (good.last_modified if good and answer.status == 304 else None),
        )
    )
    leads = list(matching_items(work.matchers, items.items, feed_id, feed, sha256, work.now))
    shown_before = None
    if good and whole:
        old = read_document(feed, work.archive.load(str(good.sha256)), work.now.date())
        shown_before = {item.url for item in old.items}
    return leads, [good_read(work, feed_id, feed, items, len(leads), shown_before, message, sha256)]


def read_document(feed: LeadFeed, payload: bytes, today: date, content_type: str = "") -> Items:
    """Return the items of a feed's document."""
    if feed.format in ("gdelt_minutes", "gdelt_doc"):
        return read_minute(payload, today)
    reader = read_json if feed.format == "json" else read_feed
    return reader(payload, feed.publisher, today, content_type)


def refuse_sudden_silence(work: Collection, feed_id: str, items: Items) -> None:
    """Refuse the second empty read in a row of a feed that had items before."""
    if items.items:
        return
    before = work.before.get(feed_id, ())
    if before and before[-1].outcome == "empty" and any(read.items for read in before):
        raise SourceChanged("is empty for the second time, and never was before")


def describe(items: Items) -> str:
    """Return in words what a document held."""
    days = [item.published_on for item in items.items if item.published_on]
    words = [f"{len(items.items)} items"]
    if items.items and len(days) < len(items.items):
        words.append(f"{len(items.items) - len(days)} without a day")
    if items.set_aside:
        words.append(f"{len(items.set_aside)} set aside or mended, for example {items.set_aside[0]}")
    if items.truncated:
        words.append("cut short, so that some may be missing")
    return "; ".join(words)


def good_read(
    work: Collection,
    feed_id: str,
    feed: LeadFeed,
    items: Items,
    n_found: int,
    shown_before: set[str] | None,
    message: str,
    sha256: str,
) -> FeedRead:
    """Return the record of a read, with the days that it covers and how much of it the read before did not hold."""
    days = [item.published_on for item in items.items if item.published_on]
    unseen = None if shown_before is None else sum(item.url not in shown_before for item in items.items)
    last = next((read for read in reversed(work.before.get(feed_id, ())) if read.sha256), None)
    is_joined = unseen is not None and (unseen < len(items.items) or not items.items)
    since = unbroken_since(items, work.now.date(), last if is_joined and last and last.outcome in GOOD else None)
    covers = covered_days(items, feed, work.now.date(), since)
    return FeedRead(
        feed_id,
        work.now.isoformat(),
        items.outcome,
        len(items.items),
        len(days),
        n_found,
        unseen,
        max(days).isoformat() if days else None,
        covers[0].isoformat() if covers else None,
        covers[1].isoformat() if covers else None,
        message,
        sha256,
        unbroken_from=since.isoformat(),
    )


def ask_minutes(
    work: Collection, feed_id: str, feed: LeadFeed, session: Session, path: str
) -> tuple[list[FoundLead], list[FeedRead]]:
    """Read GDELT's minute files since the last one read; keep matches and each file's checksum, note those missing."""
    until = work.now.astimezone(UTC).replace(second=0, microsecond=0) - timedelta(minutes=MINUTES_BEHIND)
    unbroken_from = start = until - FIRST_LOOK_BACK
    if before := next((read for read in reversed(work.before.get(feed_id, ())) if read.query), None):
        following = datetime.fromisoformat(before.query) + timedelta(minutes=1)
        unbroken_from = start = max(following, until - LONGEST_LOOK_BACK)
        if start == following:
            unbroken_from = datetime.fromisoformat(before.unbroken_from or before.query)
    leads: list[FoundLead] = []
    sums: dict[str, str] = {}
    kept: list[Item] = []
    ended = ""
    minute = start
    while minute <= until:
        name = f"{minute:%Y%m%d%H%M}00"
        try:
            answer = session.get(HttpRequest(name, f"{path}/{name}.gal.json.gz"))
            items = read_minute(answer.body, work.now.date()).items
            sums[name] = hashlib.sha256(answer.body).hexdigest()
            matched = list(matching_items(work.matchers, items, feed_id, feed, "", work.now))
            leads += matched
            kept += [lead.item for lead in matched]
        except Absent:
            sums[name] = "missing"
        except SourceError as error:
            ended = f"stopped at {name}: {error}"
            break
        minute += timedelta(minutes=1)
    if minute == start and ended:
        raise SourceChanged(ended)
    read_count = sum(value != "missing" for value in sums.values())
    message = f"{read_count} minute files, {len(sums) - read_count} missing, {len(kept)} matches" + (
        f"; {ended}" if ended else ""
    )
    at = work.now.isoformat()
    attempt = Attempt(f"feed_{feed_id}", "minutes", feed.address, at, "hit", 200, message=message)
    more = {"url": feed.address, "licence": feed.terms, "files": sums}
    sha256 = _keep(work, attempt, pack_items(kept), more)
    last = minute - timedelta(minutes=1)
    # The files come in clusters, four an hour; none at all for longer is no quiet hour.
    is_silent = not read_count and minute - start >= LONGEST_SILENCE
    outcome = "items" if read_count else "failed" if is_silent else "empty"
    # Whole days only: those after the day on which reading without a break began, and before that of the next minute.
    first_day = unbroken_from.date() + timedelta(days=1)
    last_day = minute.date() - timedelta(days=1)
    covers = (first_day.isoformat(), last_day.isoformat()) if first_day <= last_day else (None, None)
    read = FeedRead(
        feed_id, work.now.isoformat(), outcome, read_count, 0, len(kept), None, last.date().isoformat(),
        covers[0], covers[1], message, sha256, last.isoformat(), unbroken_from.isoformat(),
    )  # fmt: skip
    return [
        FoundLead(lead.item, feed_id, lead.reliability, sha256, lead.seen_at, True, lead.matches) for lead in leads
    ], [read]


def ask_doc(
    work: Collection, feed_id: str, feed: LeadFeed, session: Session, path: str
) -> tuple[list[FoundLead], list[FeedRead]]:
    """Ask GDELT the queries of every indicator, those asked longest ago first, until time or its patience is up."""
    last_asked = {
        read.query: datetime.fromisoformat(read.at) for read in work.before.get(feed_id, ()) if read.outcome in GOOD
    }
    queries = {
        f"{tracker.tracker_id}/{indicator_id}/{name}": query
        for tracker in work.catalogue.trackers
        for indicator_id, entry in tracker.indicators.items()
        if entry.watch
        for name, query in entry.watch.queries.items()
    }
    leads: list[FoundLead] = []
    reads: list[FeedRead] = []
    refusals = 0
    long_ago = work.now - DOC_SPAN
    for key in sorted(queries, key=lambda key: (last_asked.get(key, long_ago), key)):
        last = last_asked.get(key, long_ago - DOC_SPAN)
        if last.date() == work.now.date():
            continue
        start = max(last, long_ago)
        try:
            items, sha256 = _ask_query(work, feed_id, feed, session, path, queries[key], start)
        except OutOfTime as error:
            reads.append(FeedRead(feed_id, work.now.isoformat(), "missed", message=str(error), query=key))
            break
        except SourceError as error:
            reads.append(FeedRead(feed_id, work.now.isoformat(), "failed", message=str(error), query=key))
            refusals += "refused the query" not in str(error)
            if refusals >= REFUSALS_THAT_END:
                break
            continue
        besides = {key.rpartition("/")[0]: WITHOUT_ACT}
        query_leads = list(matching_items(work.matchers, items.items, feed_id, feed, sha256, work.now, besides))
        leads += query_leads
        # A day is covered if it was asked from its beginning to its end, by this read or the one before.
        first_day = start.date() if start == last else start.date() + timedelta(days=1)
        reads.append(
            FeedRead(
                feed_id,
                work.now.isoformat(),
                items.outcome,
                len(items.items),
                new=len(query_leads),
                message=describe(items),
                covers_from=first_day.isoformat(),
                covers_to=(work.now.date() - timedelta(days=1)).isoformat(),
                sha256=sha256,
                query=key,
            )  # fmt: skip
        )
    if not reads:
        reads.append(FeedRead(feed_id, work.now.isoformat(), "empty", message="every query was asked today"))
    return leads, reads


def _ask_query(
    work: Collection, feed_id: str, feed: LeadFeed, session: Session, path: str, query: str, start: datetime
) -> tuple[Items, str]:
    """Return a query's articles and their SHA-256; where the list is full the span is halved, three times at most."""
    spans, items = 1, Items(())
    while spans <= 8:
        step = (work.now - start) / spans
        parts, payloads = [], []
        for number in range(spans):
            first, end = start + number * step, start + (number + 1) * step
            parameters = {
                "query": query, "mode": "ArtList", "format": "json", "maxrecords": "250", "sort": "DateDesc",
                "startdatetime": f"{first:%Y%m%d%H%M%S}", "enddatetime": f"{end:%Y%m%d%H%M%S}",
            }  # fmt: skip
            answer = session.get(HttpRequest("query", path, parameters))
            parts.append(read_doc_list(answer.body, work.now.date()))
            payloads.append(answer.body)
        items = Items(
            tuple({item.url: item for part in parts for item in part.items}.values()),
            tuple(words for part in parts for words in part.set_aside),
            any(part.truncated for part in parts),
        )
        if not items.truncated:
            break
        spans *= 2
    at = work.now.isoformat()
    attempt = Attempt(f"feed_{feed_id}", query, feed.address, at, "hit", 200, message=describe(items))
    return items, _keep(work, attempt, pack_items(items.items), {"url": feed.address, "licence": feed.terms})


Asker = Callable[[Collection, str, LeadFeed, Session, str], tuple[list[FoundLead], list[FeedRead]]]
ASKERS: Mapping[str, tuple[Asker, Limits]] = {
    "rss": (ask_feed, FEED_LIMITS),
    "atom": (ask_feed, FEED_LIMITS),
    "json": (ask_feed, FEED_LIMITS),
    "gdelt_minutes": (ask_minutes, MINUTE_LIMITS),
    "gdelt_doc": (ask_doc, DOC_LIMITS),
}


# ---- from items to leads


def matching_items(
    matchers: Mapping[str, Matcher],
    items: Iterable[Item],
    feed_id: str,
    feed: LeadFeed,
    sha256: str,
    seen_at: datetime,
    besides: Mapping[str, float] | None = None,
) -> Iterator[FoundLead]:
    """Yield the items that may bear on an indicator of any tracker; ``besides`` are indicators a query named."""
    is_seen_day = feed.format in ("gdelt_minutes", "gdelt_doc")
    for item in items:
        matches = dict(besides or {})
        for name, strength in _matches(matchers, item, feed.country):
            matches[name] = max(strength, matches.get(name, 0.0))
        if matches:
            yield FoundLead(item, feed_id, feed.reliability, sha256, seen_at, is_seen_day, matches)


def _matches(matchers: Mapping[str, Matcher], item: Item | Lead, country: str | None) -> Iterator[tuple[str, float]]:
    """Yield what an item or a lead matches by the present terms: tracker/indicator, and how strongly."""
    for tracker_id, matcher in matchers.items():
        for indicator, strength in matcher.match(item.title, item.summary, country, item.url).items():
            yield f"{tracker_id}/{indicator}", strength


def read_inbox(work: Collection) -> None:
    """Read the files of inbox/leads that were not read before; each has its own outcome."""
    folder = work.settings.inbox / "leads"
    if not folder.is_dir():
        return
    read_before = {attempt.sha256 for attempt in work.archive.attempts(f"feed_{INBOX}") if attempt.outcome == "hit"}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_file() or path.is_symlink():
            continue
        payload = path.read_bytes()
        sha256 = hashlib.sha256(payload).hexdigest()
        if sha256 in read_before:
            continue
        try:
            items = read_dropped(path.name, payload, work.now.date())
        except SourceError as error:
            work.reads.append(FeedRead(INBOX, work.now.isoformat(), "failed", message=f"{path.name}: {error}"))
            continue
        leads = list(matching_items(work.matchers, items.items, INBOX, INBOX_FEED, sha256, work.now))
        work.leads += leads
        message = f"{path.name}: {describe(items)}; {len(items.items) - len(leads)} bear on no indicator"
        at = work.now.isoformat()
        _keep(work, Attempt(f"feed_{INBOX}", path.name, path.name, at, "hit", message=message), payload, {})
        work.reads.append(FeedRead(INBOX, at, "items", len(items.items), 0, len(leads), message=message))


# ---- the archive again


def archived_items(
    work: Collection, since: datetime | None = None
) -> Iterator[tuple[str, LeadFeed, Sequence[Item], str, datetime]]:
    """Yield the items of every archived document: feed, its entry, items, SHA-256, when it was fetched."""
    entries: dict[str, LeadFeed] = {**work.catalogue.lead_feeds, INBOX: INBOX_FEED}
    for feed_id, feed in entries.items():
        for attempt in work.archive.attempts(f"feed_{feed_id}"):
            fetched_at = datetime.fromisoformat(attempt.fetched_at)
            if attempt.outcome != "hit" or (since and fetched_at < since):
                continue
            try:
                payload = work.archive.load(str(attempt.sha256))
                if feed_id == INBOX:
                    items = read_dropped(str(attempt.document), payload, fetched_at.date())
                else:
                    items = read_document(feed, payload, fetched_at.date())
            except (SourceError, ArchiveCorrupt):
                continue
            yield feed_id, feed, items.items, str(attempt.sha256), fetched_at


def rebuild_leads(settings: Settings, catalogue: Catalogue, now: datetime, since: datetime | None = None) -> int:
    """Make the log of leads again from the archive; return how many are new. Decisions are not touched."""
    work = open_collection(settings, catalogue, now)
    if since is None:
        LeadLog(settings).clear()
    _find_again(work, since)
    return add_leads(work)


def _find_again(work: Collection, since: datetime | None) -> None:
    """Match the archived documents anew, the oldest first."""
    documents = sorted(archived_items(work, since), key=lambda document: (document[4], document[0]))
    for feed_id, feed, items, sha256, fetched_at in documents:
        work.leads += matching_items(work.matchers, items, feed_id, feed, sha256, fetched_at)


def rethink(work: Collection) -> None:
    """Match leads and the last month's documents anew if what is looked for has changed."""
    note = work.settings.desk / "watch.sha256"
    terms = {
        f"{tracker.tracker_id}/{name}": entry.watch.model_dump_json()
        for tracker in work.catalogue.trackers
        for name, entry in tracker.indicators.items()
        if entry.watch
    }
    names = [tracker.watch_names.model_dump_json() for tracker in work.catalogue.trackers]
    digest = hashlib.sha256(json.dumps([terms, names], sort_keys=True).encode()).hexdigest()
    if note.exists() and note.read_text(encoding="utf-8") == digest:
        return
    log = LeadLog(work.settings)
    leads = log.leads()
    if leads:
        country = {feed_id: feed.country for feed_id, feed in work.catalogue.lead_feeds.items()}
        log.rematch(
            {lead_id: dict(_matches(work.matchers, lead, country.get(lead.feed_id))) for lead_id, lead in leads.items()}
        )
        _find_again(work, work.now - timedelta(days=RETHINK_DAYS))
        add_leads(work)
    write_atomically(note, digest.encode())


def _conditions(good: Attempt) -> dict[str, str]:
    """Return the headers that ask for a feed only if it has changed."""
    asked = {"If-None-Match": good.etag, "If-Modified-Since": good.last_modified}
    return {name: value for name, value in asked.items() if value}


def _sidecar(source_id: str, feed: LeadFeed, answer: HttpResponse, now: datetime) -> dict[str, object]:
    """Return what is kept beside a feed's bytes."""
    return {
        "source_id": source_id,
        "document": "feed",
        "url": answer.url,
        "fetched_at": now.isoformat(),
        "status": answer.status,
        "headers": dict(answer.headers),
        "licence": feed.terms,
    }
