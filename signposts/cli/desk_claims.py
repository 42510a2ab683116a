"""`signposts claims`, `correct`, `withdraw` and `import`: the ledger by hand.

Belongs here: words in, lines out. Not here: the rows themselves (desk/claims.py, desk/importing.py).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer

from signposts.catalogue import LEDGER_COLUMNS, Tracker, load_catalogue
from signposts.catalogue.claims import OPEN_ENDS
from signposts.catalogue.faults import nearest
from signposts.desk.claims import all_claims, correct_claim, superseded_by, withdraw_claim
from signposts.desk.state import sole_tracker
from signposts.errors import InputError
from signposts.settings import load_settings


def chosen_tracker(name: str) -> Tracker:
    """Return the named tracker, or the only one."""
    return sole_tracker(load_catalogue(load_settings().catalogue_root, [name] if name else ()))


def field_changes(words: Sequence[str]) -> dict[str, str]:
    """Return FIELD=VALUE words as a mapping; FIELD= empties a field."""
    changes = {}
    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if not equals or not name:
            raise InputError(f"{word!r} is not understood; write FIELD=VALUE")
        changes[name] = value
    return changes


def print_claims(indicator: str, contains: str, tracker: str, everything: bool) -> None:
    """Print the claims of an indicator, or of all, that hold a text; superseded ones with --all."""
    owner = chosen_tracker(tracker)
    if indicator and indicator not in owner.indicators:
        raise InputError(
            f"no indicator {indicator!r} in tracker {owner.tracker_id!r}; {nearest(indicator, owner.indicators)}"
        )
    newer = superseded_by(owner)
    shown = 0
    for indicator_id, row in all_claims(owner):
        fields = row.fields
        gone = newer.get(row.claim.claim_id, "")
        if indicator and indicator_id != indicator:
            continue
        if (gone or row.claim.status == "withdrawn") and not everything:
            continue
        if contains and contains.lower() not in " ".join(fields.values()).lower():
            continue
        shown += 1
        typer.echo(_line(fields, gone))
    typer.echo(f"{shown} claims" + ("" if everything else "; superseded and withdrawn ones with --all"))


def _line(fields: Mapping[str, str], superseded: str) -> str:
    """Return a claim in one line: what, when, by whom, how good, where."""
    when = fields.get("happened_from") or fields.get("searched_until") or fields.get("period_end") or ""
    interval = "..".join(fields.get(name, "") for name in OPEN_ENDS).strip(".")
    what = fields.get("category") or fields.get("value") or interval
    state = f"  superseded by {superseded}" if superseded else ""
    state = "  withdrawn" if fields.get("status") == "withdrawn" else state
    grade = fields.get("reliability", "") + fields.get("credibility", "")
    return (
        f"{fields['claim_id']}  {fields.get('kind', '')}  {when}  {what}  {grade}  {fields.get('source_name', '')}  "
        f"{fields.get('source_url', '')}{state}"
    )


def correct(claim: str, words: Sequence[str], reason: str, tracker: str) -> None:
    """Correct a claim by a new row."""
    owner = chosen_tracker(tracker)
    new_id = correct_claim(owner, claim, field_changes(words), reason, datetime.now(UTC))
    typer.echo(f"{new_id} corrects {claim}; the next run uses it")


def withdraw(claim: str, reason: str, on: str, tracker: str) -> None:
    """Take a claim back by a new row."""
    owner = chosen_tracker(tracker)
    in_ledger = any(row.claim.claim_id == claim for _, row in all_claims(owner))
    vanished = None if in_ledger else released_row(owner, claim)
    new_id = withdraw_claim(owner, claim, reason, datetime.now(UTC), on, vanished)
    typer.echo(f"{new_id} withdraws {claim}; the next run leaves it out")


def released_row(tracker: Tracker, claim_id: str) -> dict[str, str] | None:
    """Return the row of a claim that has left its ledger, as the newest release keeps it; None if it knows none."""
    from signposts.release import latest

    release = latest(load_settings())
    if release is None or claim_id.rpartition("-")[0] not in tracker.indicators:
        return None
    rows = release.rows(
        "from claim where tracker_id = $tracker and claim_id = $claim and source_id = 'ledger'",
        tracker=tracker.tracker_id,
        claim=claim_id,
    )
    if not rows:
        return None
    # The release's sha256 is that of the file the row stood in, page_sha256 what the row itself said.
    said = {**rows[0], "sha256": rows[0].get("page_sha256")}
    row = {name: _as_written(said.get(name)) for name in LEDGER_COLUMNS}
    return {name: value for name, value in row.items() if value}


def _as_written(value: object) -> str:
    """Return a value of the release as the ledger writes it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat()
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def import_file(file: Path, indicator: str, mapping: Sequence[str], dry_run: bool, tracker: str) -> int:
    """Import the rows of a file; print what became of each; 1 if any was refused."""
    from signposts.desk.importing import import_rows

    outcomes = import_rows(chosen_tracker(tracker), file, indicator, field_changes(mapping), datetime.now(UTC), dry_run)
    for outcome in outcomes:
        typer.echo(f"{file.name}:{outcome.row_number}: {outcome.outcome}: {outcome.detail}")
    counts = Counter(outcome.outcome for outcome in outcomes)
    said = ", ".join(f"{counts[word]} {word}" for word in ("accepted", "already known", "refused"))
    typer.echo(said + ("; nothing written" if dry_run else ""))
    return 1 if counts["refused"] else 0
