"""Decisions on leads: accept, dismiss, duplicate, later, and back again.

Belongs here: what a decision writes, all of it or none. Not here: columns and reading (catalogue/triage.py), the page.

Every decision is a row of the tracker's triage.csv. Accepting writes the ledger row beside it through a redo log, so
that both are there or neither. The folder's lock is held from looking whether the lead is still open to writing, so
that a second desk sees the first one's decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from signposts.catalogue import Tracker
from signposts.catalogue.faults import FaultList, nearest
from signposts.catalogue.triage import (
    DISMISSALS,
    TRIAGE_COLUMNS,
    TriageRow,
    newest_decisions,
    read_triage,
    triage_path,
)
from signposts.catalogue.writing import NewRow, analyst, append_rows, ledger_row, tracker_lock
from signposts.desk.claims import correction, find_claim, indicator_of, new_claim, with_ledger_of_now, withdrawal
from signposts.desk.importing import known_twin
from signposts.desk.leads import Lead, LeadLog
from signposts.errors import InputError, SourceError
from signposts.settings import Settings, load_settings, source_base_url

if TYPE_CHECKING:
    from signposts.sources.cited_page import KeptPage


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision did: the word, the leads it covers, and the claim it made or names."""

    decision: str
    lead_ids: tuple[str, ...]
    claim_id: str = ""


def decisions_now(folder: Path) -> dict[str, TriageRow]:
    """Return the decision that counts for each lead, as the file in a tracker's folder says now.

    Raises:
        CatalogueError: a row cannot be read; the message says file and line.
    """
    faults = FaultList()
    decisions = newest_decisions(read_triage(folder, faults))
    faults.raise_if_any()
    return decisions


def forget_old_leads(settings: Settings, now: datetime) -> int:
    """Take old leads out of the log that every tracker they may bear on has dismissed; return how many lines went."""

    @cache
    def decided(tracker_id: str) -> dict[str, TriageRow]:
        return newest_decisions(read_triage(settings.catalogue_root / tracker_id, FaultList()))

    def dismissed(lead: Lead) -> bool:
        decisions = [decided(name).get(lead.lead_id) for name in {match.partition("/")[0] for match in lead.matches}]
        return bool(decisions) and all(row is not None and row.decision == "dismiss" for row in decisions)

    return LeadLog(settings).forget_old(dismissed, now)


def decide(
    tracker: Tracker,
    leads: Sequence[Lead],
    decision: str,
    now: datetime,
    *,
    reason: str = "",
    until: str = "",
    claim_id: str = "",
) -> Decided:
    """Dismiss leads, call them duplicates of a claim, or put them off; the first is decided on, the others with it.

    Raises:
        InputError: the decision lacks something, or a lead was decided meanwhile.
    """
    if decision == "dismiss" and reason not in DISMISSALS:
        raise InputError(f"{reason!r} is no reason to dismiss; {nearest(reason, DISMISSALS)}")
    if decision == "later":
        until = future_day(until, now.date())
    with tracker_lock(tracker.folder):
        refuse_decided(tracker, leads)
        if decision == "duplicate":
            find_claim(with_ledger_of_now(tracker, indicator_of(claim_id)), claim_id)
        values = {"reason": reason, "later_until": until, "claim_id": claim_id}
        append_rows(tracker.folder, [_joined(tracker, leads, decision, now, values)])
    return Decided(decision, tuple(lead.lead_id for lead in leads), claim_id)


def accept(
    tracker: Tracker,
    leads: Sequence[Lead],
    indicator: str,
    fields: Mapping[str, str],
    now: datetime,
    *,
    keep_page: bool = True,
    corroborates: str = "",
) -> Decided:
    """Turn a lead into a claim of the ledger; further leads of its story are decided with it.

    The page is archived first, and one that is gone, a gate, a consent wall, or next to empty is refused. Where
    ``corroborates`` names a known event, no second event is counted: its credibility rises by one step.

    Raises:
        InputError: the claim or the page is refused, the page names another day than the one on which the lead was
            seen, the event is known, or the lead was decided meanwhile.
    """
    head = leads[0]
    if not corroborates:
        # A claim that the ledger refuses anyway asks nothing of the network.
        new_claim(with_ledger_of_now(tracker, indicator), indicator, {"source_url": head.url, **fields}, now)
    page = _kept_page(head, now) if keep_page else None
    if page and not corroborates:
        fields = _with_day_of_page(fields, page, head)
    with tracker_lock(tracker.folder):
        refuse_decided(tracker, leads)
        tracker_now = with_ledger_of_now(tracker, indicator)
        if corroborates:
            row, claim_id = _corroboration(tracker_now, corroborates, head, now)
        else:
            claim = new_claim(tracker_now, indicator, {"source_url": head.url, **fields}, now)
            twin = known_twin(tracker_now, indicator, claim)
            if twin:
                raise InputError(f"{twin} says the same from the same place: call the lead a duplicate of it")
            claim["sha256"] = page.sha256 if page else ""
            row, claim_id = ledger_row(tracker_now, indicator, claim), claim["claim_id"]
        values = {"indicator_id": indicator, "claim_id": claim_id}
        append_rows(tracker.folder, [row, _joined(tracker, leads, "accept", now, values)])
    return Decided("accept", tuple(lead.lead_id for lead in leads), claim_id)


def _corroboration(tracker: Tracker, claim_id: str, lead: Lead, now: datetime) -> tuple[NewRow, str]:
    """Return the row that raises a known claim's credibility by one step, with the further source in its note."""
    _, original = find_claim(tracker, claim_id)
    step = str(max(1, int(original.claim.credibility) - 1))
    said = f"reported again by {lead.outlet} on {lead.day}: {lead.url}"
    note = f"{original.fields.get('note', '')}; {said}".strip("; ")
    changes = {"note": note} if step == original.claim.credibility else {"credibility": step}
    return correction(tracker, claim_id, changes, said, now)


def undo(tracker: Tracker, lead: Lead, now: datetime) -> Decided:
    """Open a lead again, with those decided with it; a claim made by accepting it is withdrawn in the same write."""
    with tracker_lock(tracker.folder):
        decisions = decisions_now(tracker.folder)
        made = decisions.get(lead.lead_id)
        if made is None:
            raise InputError(f"lead {lead.lead_id} is open; there is nothing to undo")
        head = made.decided_with or lead.lead_id
        covered = [row for row in decisions.values() if head in (row.lead_id, row.decided_with)]
        rows = []
        if made.decision == "accept" and made.claim_id:
            tracker_now = with_ledger_of_now(tracker, indicator_of(made.claim_id))
            rows.append(_taken_back(tracker_now, made.claim_id, now))
        at = now.astimezone(UTC).isoformat(timespec="microseconds")
        reopened = [
            [row.lead_id, "reopen", "", "undone", "", row.claim_id or "", "", analyst(), at, row.url] for row in covered
        ]
        rows += [NewRow(triage_path(tracker.folder), TRIAGE_COLUMNS, values) for values in reopened]
        append_rows(tracker.folder, _one_a_file(rows))
    return Decided("reopen", tuple(row.lead_id for row in covered), made.claim_id or "")


def _taken_back(tracker: Tracker, claim_id: str, now: datetime) -> NewRow:
    """Return the row that takes back what accepting a lead wrote: the new claim, or the step of a known one's grade."""
    _, claim_row = find_claim(tracker, claim_id)
    if claim_row.claim.corrects is None:
        return withdrawal(tracker, claim_id, "the lead was accepted by a slip", now)[0]
    before = next(
        row for row in tracker.ledgers[indicator_of(claim_id)].rows if row.claim.claim_id == claim_row.claim.corrects
    )
    changes = {name: before.fields.get(name, "") for name in ("credibility", "note")}
    return correction(tracker, claim_id, changes, "the further report was added by a slip", now)[0]


def _joined(tracker: Tracker, leads: Sequence[Lead], decision: str, now: datetime, values: Mapping[str, str]) -> NewRow:
    """Return the decision on several leads as one addition: a row each, those after the first name the first."""
    at = now.astimezone(UTC).isoformat(timespec="microseconds")
    rows = []
    for lead in leads:
        filled = {
            **values,
            "lead_id": lead.lead_id,
            "decision": decision,
            "decided_with": "" if lead is leads[0] else leads[0].lead_id,
            "decided_by": analyst(),
            "decided_at": at,
            "url": lead.url,
        }
        rows.append([filled.get(column, "") for column in TRIAGE_COLUMNS])
    return NewRow(triage_path(tracker.folder), TRIAGE_COLUMNS, rows[0], tuple(rows[1:]))


def _one_a_file(rows: Sequence[NewRow]) -> list[NewRow]:
    """Return rows with those of one file joined into one addition."""
    joined: dict[str, NewRow] = {}
    for row in rows:
        addition = joined.get(str(row.path))
        more = (*addition.more, row.values) if addition else ()
        joined[str(row.path)] = NewRow(row.path, row.columns, addition.values if addition else row.values, more)
    return list(joined.values())


def refuse_decided(tracker: Tracker, leads: Sequence[Lead]) -> None:
    """Refuse leads that somebody decided meanwhile, with who, what and when; those put off may be decided."""
    decisions = decisions_now(tracker.folder)
    for lead in leads:
        made = decisions.get(lead.lead_id)
        if made is not None and made.decision != "later":
            claim = f" as {made.claim_id}" if made.claim_id else ""
            raise InputError(
                f"lead {lead.lead_id} was decided already: {made.decision}{claim} by {made.decided_by} at "
                f"{made.decided_at:%Y-%m-%d %H:%M}; undo that first"
            )


def future_day(text: str, today: date) -> str:
    """Return a day after today as YYYY-MM-DD."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no day; write it as YYYY-MM-DD") from error
    if day <= today:
        raise InputError(f"{day} is not after today; a lead is put off to a day to come")
    return day.isoformat()


def _with_day_of_page(fields: Mapping[str, str], page: "KeptPage", lead: Lead) -> dict[str, str]:
    """Return the fields; a day of publication that was only inferred must be the one that the page names, if any."""
    named = page.published_on
    if not fields.get("published_on_inferred") or named is None or named > lead.seen_at.date():
        return dict(fields)
    if fields.get("published_on") != named.isoformat():
        raise InputError(
            f"the page says that it was published on {named}; the form has {fields.get('published_on')}, the day on "
            f"which it was seen: set published_on={named}, or leave published_on_inferred empty to keep yours"
        )
    return {**fields, "published_on_inferred": ""}


def _kept_page(lead: Lead, now: datetime) -> "KeptPage":
    """Return the lead's page, archived."""
    from signposts.sources.archive import open_archive
    from signposts.sources.cited_page import SOURCE_ID, store_page

    try:
        trusted = source_base_url(SOURCE_ID, "")
        return store_page(lead.url, open_archive(load_settings()), now, trusted=trusted, title=lead.title)
    except SourceError as error:
        raise InputError(
            f"the lead was not accepted, since its page cannot be kept: {error}; "
            "accept it without the page, or dismiss it"
        ) from error
