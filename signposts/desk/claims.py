"""Claims of the ledger as the desk shows, corrects and withdraws them.

Belongs here: finding a claim, the row that corrects it, the row that takes it back. Not here: the rules a row must keep
(catalogue), or adding several rows at once (import.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from signposts.catalogue import LEDGER_COLUMNS, Claim, Ledger, LedgerRow, Tracker, check_claim
from signposts.catalogue.faults import FaultList, nearest
from signposts.catalogue.loading import read_ledger
from signposts.catalogue.writing import (
    NewRow,
    analyst,
    append_rows,
    ledger_row,
    next_claim_id,
    tracker_lock,
    with_defaults,
)
from signposts.errors import InputError
from signposts.settings import load_settings
from signposts.warehouse import recorded_claim_ids

OWN_FIELDS = ("claim_id", "recorded_at", "sha256", "corrects", "correction_reason")
NOT_CARRIED_OVER = (*OWN_FIELDS, "recorded_by")


def with_ledger_of_now(tracker: Tracker, indicator: str) -> Tracker:
    """Return the tracker with one ledger as its file says now: a second desk may have added to it.

    Raises:
        CatalogueError: the file has faults.
    """
    path = tracker.folder / "ledger" / f"{indicator}.csv"
    if not path.exists():
        return tracker
    faults = FaultList()
    ledger = read_ledger(path, faults)
    faults.raise_if_any()
    return replace(tracker, ledgers={**tracker.ledgers, indicator: ledger}) if ledger else tracker


def indicator_of(claim_id: str) -> str:
    """Return the indicator that a claim's identifier begins with."""
    return claim_id.rpartition("-")[0]


def all_claims(tracker: Tracker) -> Iterator[tuple[str, LedgerRow]]:
    """Yield every claim with its indicator, by indicator and line."""
    for indicator_id, ledger in tracker.ledgers.items():
        for row in ledger.rows:
            yield indicator_id, row


def superseded_by(tracker: Tracker) -> dict[str, str]:
    """Return which claim corrects or withdraws which."""
    return {row.claim.corrects: row.claim.claim_id for _, row in all_claims(tracker) if row.claim.corrects}


def find_claim(tracker: Tracker, claim_id: str) -> tuple[str, LedgerRow]:
    """Return a claim with its indicator.

    Raises:
        InputError: there is none, or a newer row has taken its place.
    """
    claims = {row.claim.claim_id: (indicator_id, row) for indicator_id, row in all_claims(tracker)}
    if claim_id not in claims:
        raise InputError(f"no claim {claim_id!r} in the ledger of {tracker.tracker_id}; {nearest(claim_id, claims)}")
    newer = superseded_by(tracker).get(claim_id)
    if newer:
        raise InputError(f"{claim_id} is corrected already by {newer}; correct or withdraw that one")
    if claims[claim_id][1].claim.status == "withdrawn":
        raise InputError(f"{claim_id} is a withdrawal; record the claim anew if it holds after all")
    return claims[claim_id]


def new_claim(tracker: Tracker, indicator: str, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Return a row with identifier and time, ready for the ledger; the folder is locked.

    Raises:
        InputError: the ledger's rules refuse it; the message says every fault.
    """
    entry = tracker.indicators.get(indicator)
    if entry is None:
        raise InputError(f"no indicator {indicator!r}; {nearest(indicator, tracker.indicators)}")
    unknown = [name for name in fields if name not in LEDGER_COLUMNS]
    if unknown:
        raise InputError(f"no field {unknown[0]!r}; {nearest(unknown[0], LEDGER_COLUMNS)}")
    row = with_defaults(entry, {name: value.strip() for name, value in fields.items() if value.strip()})
    recorded = recorded_claim_ids(load_settings(), tracker.tracker_id, indicator)
    row["claim_id"] = next_claim_id(tracker, indicator, recorded)
    row.setdefault("recorded_by", analyst())
    row["recorded_at"] = now.astimezone(UTC).replace(microsecond=0).isoformat()
    faults = check_claim(tracker, indicator, row)
    if faults:
        raise InputError("the claim was not recorded:\n  " + "\n  ".join(faults))
    return row


def correction(
    tracker: Tracker, claim_id: str, changes: Mapping[str, str], reason: str, now: datetime
) -> tuple[NewRow, str]:
    """Return the row that corrects a claim, and its identifier: the claim's own fields but for the changes."""
    indicator, original = find_claim(tracker, claim_id)
    if not reason.strip():
        raise InputError("a correction needs a reason; give one with --reason")
    fields = {name: value for name, value in original.fields.items() if name not in NOT_CARRIED_OVER}
    changed = {name: value for name, value in changes.items() if fields.get(name, "") != value.strip()}
    if not changed:
        raise InputError(f"{claim_id} says that already; name a field that changes, as value=4.8")
    refused_fields = [name for name in changed if name in OWN_FIELDS]
    if refused_fields:
        raise InputError(f"{refused_fields[0]} is filled in by the command; leave it out")
    own_fields = {"corrects": claim_id, "correction_reason": " ".join(reason.split())}
    row = new_claim(tracker, indicator, {**fields, **changed, **own_fields}, now)
    return ledger_row(tracker, indicator, row), row["claim_id"]


def withdrawal(tracker: Tracker, claim_id: str, reason: str, now: datetime, on: str = "") -> tuple[NewRow, str]:
    """Return the row that takes a claim back, and its identifier."""
    indicator, original = find_claim(tracker, claim_id)
    if not reason.strip():
        raise InputError("a withdrawal needs a reason; give one with --reason")
    fields = {name: value for name, value in original.fields.items() if name not in NOT_CARRIED_OVER}
    own_fields = {"corrects": claim_id, "correction_reason": " ".join(reason.split())}
    taken_back = {**fields, "status": "withdrawn", **own_fields}
    if on:
        taken_back["published_on"] = on
    row = new_claim(tracker, indicator, taken_back, now)
    return ledger_row(tracker, indicator, row), row["claim_id"]


def correct_claim(tracker: Tracker, claim_id: str, changes: Mapping[str, str], reason: str, now: datetime) -> str:
    """Add the row that corrects a claim; return its identifier. Nothing is edited away."""
    with tracker_lock(tracker.folder):
        row, new_id = correction(with_ledger_of_now(tracker, indicator_of(claim_id)), claim_id, changes, reason, now)
        append_rows(tracker.folder, [row])
    return new_id


def withdraw_claim(
    tracker: Tracker,
    claim_id: str,
    reason: str,
    now: datetime,
    on: str = "",
    vanished: Mapping[str, str] | None = None,
) -> str:
    """Add the row that takes a claim back; return its identifier. ``on`` is the day the source itself took it back.

    A claim that has left its ledger by hand is given as ``vanished``, the row as it was recorded: it is put back and
    withdrawn in one write.
    """
    with tracker_lock(tracker.folder):
        tracker_now = with_ledger_of_now(tracker, indicator_of(claim_id))
        if vanished is None:
            row, new_id = withdrawal(tracker_now, claim_id, reason, now, on)
        else:
            indicator = indicator_of(claim_id)
            back = LedgerRow(0, vanished, Claim.model_validate(dict(vanished)))
            path = tracker_now.folder / "ledger" / f"{indicator}.csv"
            ledger = tracker_now.ledgers.get(indicator) or Ledger(indicator, path, "", ())
            ledgers = {**tracker_now.ledgers, indicator: replace(ledger, rows=(*ledger.rows, back))}
            taken, new_id = withdrawal(replace(tracker_now, ledgers=ledgers), claim_id, reason, now, on)
            row = replace(ledger_row(tracker_now, indicator, vanished), more=(taken.values,))
        append_rows(tracker.folder, [row])
    return new_id
