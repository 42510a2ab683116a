"""Rules of the ledgers: identifiers, corrections, units, and claims that their indicator can use.

Belongs here: what a claim must keep beside its own columns. Not here: columns and kinds (claims.py).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from signposts.catalogue.claims import Claim
from signposts.catalogue.documents import CsvRow
from signposts.catalogue.entries import refuse_detail
from signposts.catalogue.faults import FaultList, nearest
from signposts.catalogue.models import Indicator
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

Finding = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What a claim about an indicator may name."""

    indicator_id: str
    units: Collection[str]
    projects: Collection[str]


def judge_ledger(ledger: Ledger, draft: Draft, faults: FaultList) -> None:
    """Judge the claims of one ledger."""
    if ledger.indicator_id not in draft.indicator_names:
        why = f"claims about an indicator that does not exist: there is no indicators/{ledger.indicator_id}.yaml"
        faults.refuse(ledger.path, 1, ledger.indicator_id, why, nearest(ledger.indicator_id, draft.indicator_names))
        return
    judge_versions(ledger, faults)
    indicator = draft.indicators.get(ledger.indicator_id)
    known = KnownNames(ledger.indicator_id, draft.settings.units, draft.names_in("projects.yaml"))
    for row in ledger.rows:
        for what, why, mend in claim_faults(row.claim, indicator, known):
            faults.refuse(ledger.path, row.line, f"{row.claim.claim_id} {what}", why, mend)
        if indicator is not None:
            for what, why, mend in claim_warnings(row.claim, indicator):
                faults.warn(ledger.path, row.line, f"{row.claim.claim_id} {what}", why, mend)


def judge_versions(ledger: Ledger, faults: FaultList) -> None:
    """Judge that identifiers are used once and that each correction names an earlier row, once."""
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


def claim_faults(claim: Claim, indicator: Indicator | None, known: KnownNames) -> Iterable[Finding]:
    """Yield what a claim says that its indicator or its tracker does not know."""
    if claim.claim_id.rpartition("-")[0] != known.indicator_id:
        yield "claim_id", f"does not begin with {known.indicator_id}-", "name it after its indicator, or move the row"
    if (claim.project_id is None) != (claim.stage is None):
        yield "stage", "project_id and stage belong together", "fill in both or neither"
    if claim.project_id is not None and claim.project_id not in known.projects:
        why = f"no project {claim.project_id!r} in projects.yaml"
        yield "project_id", why, nearest(claim.project_id, known.projects)
    if claim.kind == "plan" and claim.value is not None and claim.unit not in known.units:
        why = f"{claim.unit!r} is not among the units of tracker.yaml"
        yield "unit", why, nearest(claim.unit, known.units)
    if indicator is not None and claim.status != "withdrawn":
        yield from measure_faults(claim, indicator)


def measure_faults(claim: Claim, indicator: Indicator) -> Iterable[Finding]:
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
        if family == "share" and (min(numbers) < 0 or max(numbers) > 1):
            yield "value", "a share lies between 0 and 1", "write 96 percent as 0.96"


def count_faults(claim: Claim, family: str) -> Iterable[Finding]:
    """Yield counts that are neither one dated event nor votes out of trials."""
    if family == "rate" and (claim.trials is not None or claim.value != 1):
        yield "value", "a count is one dated event", "write a row for each event, value 1, no trials"
    if family == "share" and claim.trials is None:
        yield "trials", "votes or statements need their number", "write trials 1 and value 0 or 1 for each"


def claim_warnings(claim: Claim, indicator: Indicator) -> Iterable[Finding]:
    """Yield what can be shown but not scored, and what cannot be looked up."""
    family = indicator.family
    if indicator.scored and family and claim.kind != "plan" and claim.kind not in KINDS_OF_FAMILY[family]:
        yield (
            "kind",
            f"a claim of kind {claim.kind} is shown, never scored, on a prediction of this type",
            "check the kind",
        )
    if claim.source_url is None:
        yield "source_url", "nobody can look it up", "add the address of the page"


def check_claim(tracker: Tracker, indicator_id: str, fields: Mapping[str, str]) -> list[str]:
    """Return why a claim could not be appended to a ledger, one line each; none if it could."""
    faults = FaultList()
    ledger = tracker.ledgers.get(indicator_id)
    path = ledger.path if ledger else tracker.folder / "ledger" / f"{indicator_id}.csv"
    line = ledger.rows[-1].line + 1 if ledger and ledger.rows else 2
    row = CsvRow(line, {name: value for name, value in fields.items() if value})
    judge_new_claim(tracker, indicator_id, path, row, ledger, faults)
    return [f"{fault.what}: {fault.why}: {fault.mend}" for fault in sorted(faults.faults)]


def judge_new_claim(
    tracker: Tracker, indicator_id: str, path: Path, row: CsvRow, ledger: Ledger | None, faults: FaultList
) -> None:
    """Judge a claim as the next row of a ledger."""
    try:
        claim = Claim.model_validate(row.fields)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            refuse_detail(Claim, detail, (row.fields.get("claim_id", "claim"),), path, row.line, faults)
        return
    earlier = ledger.rows if ledger else ()
    extended = Ledger(indicator_id, path, "", (*earlier, LedgerRow(row.line, row.fields, claim)))
    judge_versions(extended, faults)
    known = KnownNames(indicator_id, tracker.settings.units, tracker.projects)
    for what, why, mend in claim_faults(claim, tracker.indicators.get(indicator_id), known):
        faults.refuse(path, row.line, f"{claim.claim_id} {what}", why, mend)
