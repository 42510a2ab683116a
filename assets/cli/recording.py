"""`signposts record` and `signposts accept`: what a person adds to a tracker by hand.

Belongs here: asking for what is missing, judging before writing, and adding one row without touching the others.
Not here: the rules of a ledger (catalogue).
"""

import csv
import io
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer

from assets.catalogue import LEDGER_COLUMNS, Catalogue, Tracker, check_claim, load_catalogue
from assets.catalogue.accepted import COLUMNS as ACCEPTED_COLUMNS
from assets.catalogue.accepted import accepted_path
from assets.catalogue.claims import REQUIRED_BY_KIND
from assets.cli.published import nearest_name, open_release
from assets.errors import InputError
from assets.settings import load_settings

ALWAYS = ("kind", "source_name", "speaker", "reliability", "credibility", "published_on")
OWN = ("claim_id", "recorded_at", "sha256")
"""Fields that the command fills itself."""


def record_claim(indicator: str, fields: Sequence[str], tracker: str, archive_page: bool) -> None:
    """Add one claim to the indicator's ledger, judged first; on any fault nothing is written."""
    catalogue = load_catalogue(load_settings().catalogue_root)
    owner = _tracker(catalogue, tracker)
    if indicator not in owner.indicators:
        raise InputError(
            f"no indicator {indicator!r} in {owner.tracker_id}{nearest_name(indicator, list(owner.indicators))}"
        )
    row = _given(fields)
    row = _completed(owner, indicator, row)
    faults = check_claim(owner, indicator, row)
    if faults:
        raise InputError("the claim was not recorded:\n  " + "\n  ".join(faults))
    if archive_page:
        row["sha256"] = _archived(row)
    path = owner.folder / "ledger" / f"{indicator}.csv"
    append_row(path, LEDGER_COLUMNS, [row.get(name, "") for name in LEDGER_COLUMNS])
    typer.echo(f"{row['claim_id']} recorded in {path}")


def _tracker(catalogue: Catalogue, tracker: str) -> Tracker:
    """Return the named tracker, or the only one."""
    names = [known.tracker_id for known in catalogue.trackers]
    if tracker:
        if tracker not in names:
            raise InputError(f"no tracker {tracker!r}{nearest_name(tracker, names)}")
        return catalogue.tracker(tracker)
    if len(names) != 1:
        raise InputError(f"there are {len(names)} trackers; name one with --tracker: {', '.join(names)}")
    return catalogue.trackers[0]


def _given(words: Sequence[str]) -> dict[str, str]:
    """Return FIELD=VALUE words as a row."""
    row: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise InputError(f"{word!r} is not understood; write FIELD=VALUE")
        if name not in LEDGER_COLUMNS or name in OWN:
            raise InputError(
                f"no field {name!r} to fill{nearest_name(name, [n for n in LEDGER_COLUMNS if n not in OWN])}"
            )
        row[name] = value
    return row


def _completed(tracker: Tracker, indicator: str, row: dict[str, str]) -> dict[str, str]:
    """Return the row with identifier and time; what is missing is asked for, or named where nobody is there to ask."""
    needed = [*ALWAYS, *REQUIRED_BY_KIND.get(row.get("kind", ""), ())]
    if "kind" not in row and sys.stdin.isatty():
        row["kind"] = typer.prompt(f"kind ({', '.join(REQUIRED_BY_KIND)})")
        needed = [*ALWAYS, *REQUIRED_BY_KIND.get(row["kind"], ())]
    missing = [name for name in needed if not row.get(name)]
    if missing and not sys.stdin.isatty():
        raise InputError(f"missing {', '.join(missing)}; give each as FIELD=VALUE")
    for name in missing:
        row[name] = typer.prompt(name)
    if row["kind"] in ("value", "interval") and not row.get("unit"):
        row["unit"] = tracker.indicators[indicator].unit
    row.setdefault("status", "reported")
    row["claim_id"] = next_claim_id(tracker, indicator)
    row["recorded_at"] = datetime.now(UTC).replace(microsecond=0).isoformat()
    return row


def next_claim_id(tracker: Tracker, indicator: str) -> str:
    """Return the identifier after the highest one used, which is never used again."""
    ledger = tracker.ledgers.get(indicator)
    used = [int(row.claim.claim_id.rsplit("-", 1)[1]) for row in ledger.rows] if ledger else []
    return f"{indicator}-{max(used, default=0) + 1:03d}"


def _archived(row: Mapping[str, str]) -> str:
    """Return the SHA-256 of the cited page, kept in the archive; a page that is junk or gone is refused."""
    from assets.sources.archive import Archive
    from assets.sources.cited_page import store_page

    if not row.get("source_url"):
        raise InputError("--archive-page needs source_url=ADDRESS")
    return store_page(row["source_url"], Archive(load_settings().archive), datetime.now(UTC))


def append_row(path: Path, columns: Sequence[str], values: Sequence[str]) -> None:
    """Add a row to a CSV file, whole or not at all, the other rows as they are: written beside and renamed."""
    before = path.read_text(encoding="utf-8") if path.exists() else ",".join(columns) + "\n"
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(before + ("" if before.endswith("\n") else "\n") + line.getvalue(), encoding="utf-8")
    partial.replace(path)


def accept_claim(claim: str, reason: str, tracker: str) -> None:
    """Let a held revision through from the next run on, with the reason beside it."""
    owner = _tracker(load_catalogue(load_settings().catalogue_root), tracker)
    held = {
        row["claim_id"]
        for row in open_release().rows("select claim_id from claim where held and tracker_id = $t", t=owner.tracker_id)
    }
    if claim not in held:
        known = f"held are {', '.join(sorted(held))}" if held else "none is held"
        raise InputError(f"claim {claim!r} is not held in the newest release; {known}")
    if not reason.strip():
        raise InputError("an accepted revision needs a reason; give one with --reason")
    today = datetime.now(UTC).date().isoformat()
    append_row(accepted_path(owner.folder), ACCEPTED_COLUMNS, [claim, reason, today])
    typer.echo(f"{claim} accepted; the next run uses it")
