"""Closing a search: that somebody read everything about an indicator up to a day becomes a row of searches.csv.

Belongs here: what must hold, which days the feeds covered, the numbers of the recapture. Not here: what follows for a
reading (observe), or the columns (catalogue/searches.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from signposts.catalogue import Claim, Tracker
from signposts.catalogue.searches import SEARCH_COLUMNS, searches_path
from signposts.catalogue.triage import TriageRow, is_open
from signposts.catalogue.watch import LeadFeed
from signposts.catalogue.writing import NewRow, analyst, append_rows, tracker_lock
from signposts.desk.claims import all_claims, superseded_by, with_ledger_of_now
from signposts.desk.leads import Lead
from signposts.desk.matching import ledger_recall
from signposts.desk.reads import FeedRead, days_between, union_of_days
from signposts.desk.triage import decisions_now
from signposts.errors import InputError

USUAL_REACH = (0.7, 1.0)
THIN_REACH = (0.4, 1.0)
"""Reach where fewer than three sources were read, or the watch finds less than half of the known pages."""


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """What closing a search would write, and what keeps it from being closed."""

    indicator_id: str
    window_from: date
    asked_until: date
    looked_until: date | None
    n_known: int
    n_found: int
    n_both: int
    reach: tuple[float, float]
    feeds: tuple[str, ...]
    queries: tuple[str, ...]
    gaps: tuple[str, ...]
    leads_read: int
    undecided: tuple[str, ...]
    reasons: tuple[str, ...] = field(default=())


def last_search(tracker: Tracker, indicator: str) -> date | None:
    """Return until when the indicator was looked for, by its searches."""
    days = [row.search.looked_until for row in tracker.searches if row.search.indicator_id == indicator]
    return max(days, default=None)


def plan_search(
    tracker: Tracker,
    indicator: str,
    until: date,
    leads: Iterable[Lead],
    decisions: Mapping[str, TriageRow],
    reads: Sequence[FeedRead],
    lead_feeds: Mapping[str, LeadFeed],
    now: datetime,
    *,
    since: date | None = None,
    without: Sequence[str] = (),
) -> SearchPlan:
    """Return what closing the indicator's search up to a day would say; ``without`` names feeds that are left out.

    Queries count where their feed is read; GDELT's article list covers the days on which they were not answered.

    Raises:
        InputError: there is no such indicator, it is not watched, or the window cannot be.
    """
    entry = tracker.indicators.get(indicator)
    if entry is None or entry.watch is None:
        raise InputError(
            f"{indicator} has no `watch:`; nothing says what a search of it would read: write one, or write the search "
            "that you made by hand as a row of searches.csv (docs/authors.md)"
        )
    if until >= now.date():
        raise InputError(f"{until} is not over; a search is closed to a day before today")
    before = last_search(tracker, indicator)
    start = since or (before + timedelta(days=1) if before else entry.exposure_start or tracker.settings.t0)
    if start > until:
        raise InputError(f"{indicator} was looked for until {before} already; name a later day, or --from")
    unknown = [name for name in without if name not in entry.watch.feeds and name not in lead_feeds]
    if unknown:
        raise InputError(f"{unknown[0]} is no feed of {indicator}: {', '.join(entry.watch.feeds)}")
    feeds = tuple(name for name in entry.watch.feeds if name not in without)
    leads = [lead for lead in leads if indicator in lead.indicators(tracker.tracker_id) and start <= lead.day <= until]
    undecided = tuple(lead.lead_id for lead in leads if is_open(decisions.get(lead.lead_id), now.date()))
    put_off = [lead.lead_id for lead in leads if (made := decisions.get(lead.lead_id)) and made.decision == "later"]
    days = {name: union_of_days(read for read in reads if read.feed_id == name) for name in feeds}
    beside = {name: feed.format for name, feed in lead_feeds.items() if feed.read and name not in without}
    in_lists = union_of_days(read for read in reads if beside.get(read.feed_id) == "gdelt_minutes")
    answered = {
        name: union_of_days(read for read in reads if read.query == f"{tracker.tracker_id}/{indicator}/{name}")
        for name in entry.watch.queries
    }
    if "gdelt_doc" in beside.values():
        days |= {f"query {name}": own_days | in_lists for name, own_days in answered.items()}
    gaps, looked_until = feed_gaps(days, start, until)
    gaps += [f"{name}: left out" for name in without]
    n_known, n_found, n_both = recapture(tracker, indicator, leads, decisions, start, until)
    hits, tried = ledger_recall(tracker).get(indicator, (0, 0))
    is_thin = len(feeds) < 3 or (tried > 0 and hits < tried / 2)
    window = set(days_between(start, looked_until or start))
    asked = tuple(f"{name}: {query}" for name, query in entry.watch.queries.items() if window <= answered[name])
    if window <= in_lists:
        feeds += tuple(name for name, written in beside.items() if written == "gdelt_minutes")
    reasons = []
    if undecided or put_off:
        reasons.append(f"{len({*undecided, *put_off})} leads up to {until} are undecided")
    if not feeds:
        reasons.append("no feed is left")
    elif looked_until is None:
        reasons.append(f"no day from {start} on was covered by every feed: {'; '.join(gaps[:4])}")
    return SearchPlan(
        indicator, start, until, looked_until, n_known, n_found, n_both, THIN_REACH if is_thin else USUAL_REACH, feeds,
        asked,
        tuple(gaps), len(leads), tuple({*undecided, *put_off}), tuple(reasons),
    )  # fmt: skip


def feed_gaps(covered: Mapping[str, set[date]], start: date, until: date) -> tuple[list[str], date | None]:
    """Return the days not covered, in words a feed or query, and the last day before all of them; None if none."""
    gaps, last = [], until
    for name, days in covered.items():
        missing = [day for day in days_between(start, until) if day not in days]
        if not missing:
            continue
        gaps.append(f"{name}: {in_spans(missing)}")
        last = min(last, missing[0] - timedelta(days=1))
    return gaps, last if last >= start else None


def in_spans(days: Sequence[date]) -> str:
    """Return days as spans, as 2026-03-01 to 2026-03-04, 2026-03-09."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][-1] == timedelta(days=1):
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(f"{span[0]} to {span[-1]}" if len(span) > 1 else f"{span[0]}" for span in spans)


def recapture(
    tracker: Tracker,
    indicator: str,
    leads: Sequence[Lead],
    decisions: Mapping[str, TriageRow],
    start: date,
    until: date,
) -> tuple[int, int, int]:
    """Return n1, n2 and m of two searches: events known before, found by this one, and found by both.

    An event is known before if its claim stands and was not made by accepting a lead of this search; it is found again
    if a lead was called a duplicate of it, or corroborated it.
    """
    newer = superseded_by(tracker)
    first = {newer_id: old for old, newer_id in newer.items()}

    def origin(claim_id: str) -> str:
        while claim_id in first:
            claim_id = first[claim_id]
        return claim_id

    standing = {
        origin(row.claim.claim_id): row.claim
        for about, row in all_claims(tracker)
        if about == indicator and row.claim.claim_id not in newer and row.claim.status != "withdrawn"
        and row.claim.kind in ("count", "event") and start <= event_day(row.claim, start) <= until
    }  # fmt: skip
    made = [decisions[lead.lead_id] for lead in leads if lead.lead_id in decisions]
    named = {origin(row.claim_id) for row in made if row.claim_id and row.decision in ("accept", "duplicate")}
    accepted = {row.claim_id for row in made if row.decision == "accept" and row.claim_id}
    fresh = {claim_id for claim_id in accepted if origin(claim_id) == claim_id}
    events_before = {claim_id for claim_id in standing if claim_id not in fresh}
    events_found = {claim_id for claim_id in named if claim_id in standing}
    return len(events_before), len(events_found), len(events_before & events_found)


def event_day(claim: Claim, otherwise: date) -> date:
    """Return the first day on which a claim's event can have happened."""
    return claim.happened_from or claim.period_end or otherwise


def close_search(tracker: Tracker, plan: SearchPlan, sentence: str, now: datetime) -> date:
    """Write the row of a search; return until when it says that somebody looked.

    Raises:
        InputError: something is undecided, nothing was covered, a sentence of judgement is missing, or another desk
            decided or closed meanwhile.
    """
    if plan.reasons or plan.looked_until is None:
        raise InputError(f"the search of {plan.indicator_id} stays open: {'; '.join(plan.reasons)}")
    if not sentence.strip():
        raise InputError("closing a search asks for one sentence of judgement: what was found, and how sure it is")
    values = {
        "indicator_id": plan.indicator_id,
        "searched_on": now.date().isoformat(),
        "window_from": plan.window_from.isoformat(),
        "looked_until": plan.looked_until.isoformat(),
        "n_known": str(plan.n_known),
        "n_found": str(plan.n_found),
        "n_both": str(plan.n_both),
        "reach_low": f"{plan.reach[0]:g}",
        "reach_high": f"{plan.reach[1]:g}",
        "queries": "|".join(plan.queries) or "the terms of its watch, on titles and summaries",
        "feeds": "|".join(plan.feeds),
        "gaps": "; ".join(plan.gaps),
        "leads_read": str(plan.leads_read),
        "searched_by": analyst(),
        "note": " ".join(sentence.split()),
    }
    with tracker_lock(tracker.folder):
        decisions = decisions_now(tracker.folder)
        reopened = [lead_id for lead_id in plan.undecided if is_open(decisions.get(lead_id), now.date())]
        if reopened:
            raise InputError(f"lead {reopened[0]} is open again; decide it first")
        with_ledger_of_now(tracker, plan.indicator_id)
        row = NewRow(searches_path(tracker.folder), SEARCH_COLUMNS, [values[name] for name in SEARCH_COLUMNS])
        append_rows(tracker.folder, [row])
    return plan.looked_until
