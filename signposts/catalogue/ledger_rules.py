"""Rules of the ledgers: identifiers, corrections, units, and claims that their indicator can use.

Belongs here: what a claim must keep beside its own columns. Not here: columns and kinds (claims.py).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from signposts.catalogue.claims import Claim
from signposts.catalogue.documents import CsvRow
from signposts.catalogue.entries import build_row
from signposts.catalogue.faults import FaultList, nearest
from signposts.catalogue.models import Indicator, TrackerSettings
from signposts.catalogue.rules import Draft
from signposts.catalogue.trackers import Ledger, LedgerRow, Tracker

PERCENT = "percent"

# What a reading of each family can be made of; plans are never scored and fit everywhere.
KINDS_OF_FAMILY: dict[str, frozenset[str]] = {
    "lognormal": frozenset({"value", "interval", "growth"}),
    "share": frozenset({"value", "interval", "count"}),
    "event": frozenset({"event", "none_seen"}),
    "rate": frozenset({"count", "none_seen"}),
    "ordinal": frozenset({"category"}),
    "trajectory": frozenset({"value", "interval"}),
}

FaultWords = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What a claim about an indicator may name."""

    indicator_id: str
    units: Collection[str]
    projects: Collection[str]


def validate_ledger(ledger: Ledger, draft: Draft, today: date, faults: FaultList) -> None:
    """Validate the claims of one ledger."""
    if ledger.indicator_id not in draft.indicator_names:
        why = f"claims about an indicator that does not exist: there is no indicators/{ledger.indicator_id}.yaml"
        faults.refuse(ledger.path, 1, ledger.indicator_id, why, nearest(ledger.indicator_id, draft.indicator_names))
        return
    indicator = draft.indicators.get(ledger.indicator_id)
    names = KnownNames(ledger.indicator_id, draft.settings.units, draft.names_in("projects.yaml"))
    validate_claims(ledger, ledger.rows, indicator, draft.settings, names, today, faults)
    for row in ledger.rows:
        for what, why, mend in claim_warnings(row.claim, indicator) if indicator is not None else ():
            faults.warn(ledger.path, row.line, f"{row.claim.claim_id} {what}", why, mend)


def validate_claims(
    ledger: Ledger,
    new: Iterable[LedgerRow],
    indicator: Indicator | None,
    settings: TrackerSettings,
    names: KnownNames,
    today: date,
    faults: FaultList,
) -> None:
    """Validate a ledger as a whole, then each row that is new."""
    validate_versions(ledger, faults)
    validate_repetitions(ledger, faults)
    if indicator is not None and indicator.family == "rate":
        validate_silence_on_counts(ledger, indicator.exposure_start or settings.first_day_counted, faults)
    for row in new:
        if why := row.claim.clock_fault(today):
            faults.refuse(ledger.path, row.line, row.claim.claim_id, why, "correct the date, or the machine's clock")
        for what, why, mend in claim_faults(row.claim, indicator, names):
            faults.refuse(ledger.path, row.line, f"{row.claim.claim_id} {what}", why, mend)


def validate_versions(ledger: Ledger, faults: FaultList) -> None:
    """Validate that identifiers are used once and that each correction names an earlier row, once."""
    seen: dict[str, int] = {}
    corrected: dict[str, str] = {}
    for row in ledger.rows:
        claim = row.claim
        if claim.claim_id in seen:
            why = f"the identifier stands already on line {seen[claim.claim_id]}"
            faults.refuse(ledger.path, row.line, f"{claim.claim_id} claim_id", why, "take the next free number")
        elif claim.corrects is not None and claim.corrects not in seen:
            why = f"no row above it is {claim.corrects!r}"
            mend = f"name an earlier claim about {ledger.indicator_id}; {nearest(claim.corrects, seen)}"
            faults.refuse(ledger.path, row.line, f"{claim.claim_id} corrects", why, mend)
        elif claim.corrects is not None and claim.corrects in corrected:
            newer = corrected[claim.corrects]
            why = f"{claim.corrects} is corrected already by {newer}"
            faults.refuse(ledger.path, row.line, f"{claim.claim_id} corrects", why, f"correct {newer} instead")
        elif claim.corrects is not None:
            corrected[claim.corrects] = claim.claim_id
        seen.setdefault(claim.claim_id, row.line)


def standing_rows(ledger: Ledger) -> list[LedgerRow]:
    """Return the claims that no later row corrects or takes back."""
    replaced = {row.claim.corrects for row in ledger.rows}
    return [row for row in ledger.rows if row.claim.claim_id not in replaced and row.claim.status != "withdrawn"]


def validate_repetitions(ledger: Ledger, faults: FaultList) -> None:
    """Refuse an event that one speaker or address lists twice, and ask about what looks like one thing said twice.

    A second source of an event shares its event key, and is not counted again.
    """
    standing = standing_rows(ledger)
    first: dict[str, str] = {}
    for row in ledger.rows:
        first[row.claim.claim_id] = first.get(row.claim.corrects or "", row.claim.claim_id)
    for place, row in enumerate(standing):
        claim = row.claim
        for earlier_row in standing[:place]:
            earlier = earlier_row.claim
            if said_of(earlier) != said_of(claim):
                continue
            key = earlier.event_key or first[earlier.claim_id]
            same_event = claim.kind == "count" and key == (claim.event_key or first[claim.claim_id])
            if from_one_source(earlier, claim) and same_text(earlier.category, claim.category):
                why = f"says what {earlier.claim_id} on line {earlier_row.line} says, from the same speaker or address"
                mend = f"withdraw it, or let it correct {earlier.claim_id}"
                say = faults.refuse if claim.kind == "count" and not same_event else faults.warn
                say(ledger.path, row.line, claim.claim_id, why, mend)
            elif claim.kind == "count" and not same_event:
                why = f"an event of the same day as {earlier.claim_id} on line {earlier_row.line}"
                faults.warn(
                    ledger.path, row.line, claim.claim_id, why, f"if it is the same event, write event_key {key}"
                )
            else:
                continue
            break


def said_of(claim: Claim) -> tuple[object, ...]:
    """Return what two reports of one thing have in common: kind, days, numbers."""
    days = (claim.happened_from or claim.period_start, claim.happened_to or claim.period_end)
    return (claim.kind, *days, claim.searched_until, claim.planned_for, claim.value, claim.value_low, claim.value_high)


def from_one_source(one: Claim, other: Claim) -> bool:
    """Return whether two claims come from the same speaker or address."""
    same_address = one.source_url is not None and one.source_url == other.source_url
    return same_address or same_text(one.speaker, other.speaker)


def same_text(one: str | None, other: str | None) -> bool:
    """Return whether two texts differ in no more than case and blanks."""
    return " ".join((one or "").lower().split()) == " ".join((other or "").lower().split())


def validate_silence_on_counts(ledger: Ledger, exposure_start: date, faults: FaultList) -> None:
    """Refuse a `none seen` on a count that does not cover its exposure, or that listed events contradict."""
    standing = standing_rows(ledger)
    events = [row.claim for row in standing if row.claim.kind == "count"]
    for row in standing:
        claim = row.claim
        if claim.kind != "none_seen" or claim.searched_until is None:
            continue
        if claim.period_start is not None and claim.period_start > exposure_start:
            why = f"looked from {claim.period_start} only, but counting begins on {exposure_start}"
            mend = "write the search into searches.csv; a list is denied only by a search that covers it"
            faults.refuse(ledger.path, row.line, claim.claim_id, why, mend)
            continue
        for event in events:
            last_day = event.happened_to or event.period_end
            if last_day is not None and exposure_start <= last_day <= claim.searched_until:
                why = f"denies all events up to {claim.searched_until}, but {event.claim_id} lists one"
                mend = f"withdraw it, or {event.claim_id}; a list is closed by a search"
                faults.refuse(ledger.path, row.line, claim.claim_id, why, mend)
                break


def claim_faults(claim: Claim, indicator: Indicator | None, names: KnownNames) -> Iterable[FaultWords]:
    """Yield what a claim says that its indicator or its tracker does not know."""
    if claim.claim_id.rpartition("-")[0] != names.indicator_id:
        yield "claim_id", f"does not begin with {names.indicator_id}-", "name it after its indicator, or move the row"
    if (claim.project_id is None) != (claim.stage is None):
        yield "stage", "project_id and stage belong together", "fill in both or neither"
    if claim.project_id is not None and claim.project_id not in names.projects:
        why = f"no project {claim.project_id!r} in projects.yaml"
        yield "project_id", why, nearest(claim.project_id, names.projects)
    if claim.kind == "plan" and claim.value is not None and claim.unit not in names.units:
        why = f"{claim.unit!r} is not among the units of tracker.yaml"
        yield "unit", why, nearest(claim.unit, names.units)
    if indicator is not None and claim.status != "withdrawn":
        yield from measure_faults(claim, indicator)


def measure_faults(claim: Claim, indicator: Indicator) -> Iterable[FaultWords]:
    """Yield units, categories and numbers that cannot be a measurement of the indicator."""
    if claim.kind in ("value", "interval") and claim.unit != indicator.unit:
        yield "unit", f"{claim.unit!r} is not the indicator's unit", f"convert the claim to {indicator.unit!r}"
    if claim.kind == "growth" and claim.unit != PERCENT:
        yield "unit", f"growth is in percent, not in {claim.unit!r}", f"write {PERCENT}, and the value in percent"
    if claim.kind == "category" and indicator.categories and claim.category not in indicator.categories:
        why = f"{claim.category!r} is not among the indicator's categories"
        yield "category", why, nearest(claim.category, indicator.categories)
    family = indicator.family
    if claim.kind == "count" and family in ("rate", "share"):
        yield from count_faults(claim, family)
    numbers = [number for number in (claim.value, claim.value_low, claim.value_high) if number is not None]
    if claim.kind in ("value", "interval") and numbers:
        if family == "lognormal" and (
            min(numbers) < 0 or max(numbers) <= 0 or (claim.value is not None and claim.value <= 0)
        ):
            yield "value", "the predictions are on a log scale, where nothing is 0 or less", "correct the number"
        if family == "share" and claim.trials is not None:
            yield "kind", "votes are counted", "write kind count: value of them out of trials"
        elif family == "share" and (min(numbers) < 0 or max(numbers) > 1):
            yield "value", "a share lies between 0 and 1", "write 96 percent as 0.96"


def count_faults(claim: Claim, family: str) -> Iterable[FaultWords]:
    """Yield counts that are neither one dated event nor votes out of trials."""
    if family == "rate" and (claim.trials is not None or claim.value != 1):
        yield "value", "a count is one dated event", "write a row for each event, value 1, no trials"
    if family == "share" and claim.trials is None:
        yield "trials", "votes or statements need their number", "write trials 1 and value 0 or 1 for each"


def claim_warnings(claim: Claim, indicator: Indicator) -> Iterable[FaultWords]:
    """Yield what can be shown but not scored, and what cannot be looked up."""
    family = indicator.family
    if indicator.scored and family and claim.kind != "plan" and claim.kind not in KINDS_OF_FAMILY[family]:
        kinds = " or ".join(sorted(KINDS_OF_FAMILY[family]))
        yield "kind", f"{claim.kind} is shown, never scored: the predictions read {kinds}", f"write kind {kinds}"
    if claim.source_url is None:
        yield "source_url", "nobody can look it up", "add the address of the page"


def check_claim(tracker: Tracker, indicator_id: str, fields: Mapping[str, str]) -> list[str]:
    """Return why a claim could not be appended to a ledger, one line each; none if it could."""
    faults = FaultList()
    ledger = tracker.ledgers.get(indicator_id)
    path = ledger.path if ledger else tracker.folder / "ledger" / f"{indicator_id}.csv"
    line = ledger.rows[-1].line + 1 if ledger and ledger.rows else 2
    row = CsvRow(line, {name: value for name, value in fields.items() if value})
    claim = build_row(Claim, path, row, fields.get("claim_id", "claim"), faults)
    if claim is not None:
        new = LedgerRow(row.line, row.fields, claim)
        extended = Ledger(indicator_id, path, "", (*(ledger.rows if ledger else ()), new))
        names = KnownNames(indicator_id, tracker.settings.units, tracker.projects)
        indicator, today = tracker.indicators.get(indicator_id), datetime.now(UTC).date()
        validate_claims(extended, [new], indicator, tracker.settings, names, today, faults)
    return [f"{fault.what}: {fault.why}: {fault.mend}" for fault in sorted(faults.faults)]
