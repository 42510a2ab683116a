"""`signposts record` and `signposts accept`: what a person adds to a tracker by hand.

Belongs here: asking for what is missing, judging before writing, and adding one row without touching the others.
Not here: the rules of a ledger (catalogue).
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import typer

from signposts.catalogue import LEDGER_COLUMNS, Indicator
from signposts.catalogue.accepted import COLUMNS as ACCEPTED_COLUMNS
from signposts.catalogue.accepted import DOCUMENT_COLUMNS, accepted_documents, accepted_path, accepted_rows
from signposts.catalogue.claims import OPEN_ENDS, REQUIRED_BY_KIND
from signposts.catalogue.writing import NewRow, append_rows, ledger_row, tracker_lock, with_defaults
from signposts.cli.desk_claims import chosen_tracker
from signposts.cli.published import nearest_name
from signposts.desk.claims import find_claim, new_claim
from signposts.errors import InputError, SourceError
from signposts.release import require_latest
from signposts.settings import load_settings, source_base_url
from signposts.warehouse import load_sql

OWN = ("claim_id", "recorded_at", "sha256")
"""Fields that the command fills itself."""
OFFERED = tuple(name for name in LEDGER_COLUMNS if name not in OWN)
ALWAYS = ("source_name", "speaker", "source_url", "reliability", "credibility", "published_on")
WITHOUT_ANSWER = ("source_url", *OPEN_ENDS)
"""Asked for, and may be left empty."""
MEANING = {
    "kind": f"kind of claim: {', '.join(REQUIRED_BY_KIND)}",
    "period_start": "first day the claim speaks about (YYYY-MM-DD)",
    "period_end": "last day the claim speaks about (YYYY-MM-DD)",
    "value": "value, in the indicator's unit; percent for growth",
    "value_low": "lower end of the interval; empty if it has none",
    "value_high": "upper end of the interval; empty if it has none",
    "category": "category",
    "happened_from": "first day on which it can have happened (YYYY-MM-DD)",
    "happened_to": "last day on which it can have happened (YYYY-MM-DD)",
    "searched_until": "somebody looked up to this day (YYYY-MM-DD)",
    "planned_for": "date announced (YYYY-MM-DD)",
    "corrects": "claim_id of the claim that is taken back",
    "source_name": "who says it, and the outlet that carries it",
    "speaker": "who says it: the person or agency alone",
    "source_url": "address of the page",
    "reliability": "how reliable the source is, A (best) to F",
    "credibility": "how credible the statement is, 1 (best) to 6",
    "published_on": "day it was published (YYYY-MM-DD)",
}


def record_claim(indicator: str, fields: Sequence[str], tracker: str, archive_page: bool) -> None:
    """Add one claim to the indicator's ledger, judged first; on any fault nothing is written."""
    owner = chosen_tracker(tracker)
    if indicator not in owner.indicators:
        names = list(owner.indicators)
        raise InputError(f"no indicator {indicator!r} in tracker {owner.tracker_id!r}{nearest_name(indicator, names)}")
    row = completed(owner.indicators[indicator], given_fields(fields))
    if archive_page and not row.get("source_url"):
        raise InputError("--archive-page needs the page's address: add source_url=ADDRESS")
    with tracker_lock(owner.folder):
        owner = chosen_tracker(owner.tracker_id)
        row = new_claim(owner, indicator, row, datetime.now(UTC))
        if archive_page:
            row["sha256"] = _archived(row["source_url"])
        addition = ledger_row(owner, indicator, row)
        append_rows(owner.folder, [addition])
    typer.echo(f"{row['claim_id']} recorded in {addition.path}")


def given_fields(words: Sequence[str]) -> dict[str, str]:
    """Return FIELD=VALUE words as a row; the last word about a field counts."""
    row: dict[str, str] = {}
    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if not equals:
            raise InputError(f"{word!r} is not understood; write FIELD=VALUE")
        if name in OWN:
            raise InputError(f"{name} is filled in by the command; leave it out")
        if name not in OFFERED:
            raise InputError(f"no field {name!r}{nearest_name(name, OFFERED)}")
        row[name] = value
    return row


def completed(indicator: Indicator, given: Mapping[str, str]) -> dict[str, str]:
    """Return the row with what follows from it filled in; the rest is asked for, or named where nobody is there."""
    row = dict(given)
    asking = sys.stdin.isatty()
    if asking and not row.get("kind"):
        row["kind"] = typer.prompt(MEANING["kind"])
    row = with_defaults(indicator, row)
    missing = [name for name in needed_fields(row) if not row.get(name) and (asking or name not in WITHOUT_ANSWER)]
    if missing and not asking:
        said = "; ".join(f"{name} ({MEANING[name]})" for name in missing)
        raise InputError(f"the claim lacks {said}: give each as FIELD=VALUE")
    for name in missing:
        row[name] = typer.prompt(MEANING[name], default="" if name in WITHOUT_ANSWER else None, show_default=False)
        row = with_defaults(indicator, row)
    return row


def needed_fields(row: Mapping[str, str]) -> list[str]:
    """Return the fields that a claim of the row's kind cannot do without; a withdrawal names what it takes back."""
    kind = row.get("kind", "")
    if row.get("status") == "withdrawn":
        kind_fields: tuple[str, ...] = ("corrects",)
    elif kind == "plan":
        kind_fields = () if row.get("value") else ("planned_for",)
    else:
        kind_fields = REQUIRED_BY_KIND.get(kind, ())
    return ["kind", *kind_fields, *ALWAYS]


def _archived(url: str) -> str:
    """Return the SHA-256 of the cited page, kept in the archive; a page that is junk or gone is refused."""
    from signposts.sources.archive import open_archive
    from signposts.sources.cited_page import SOURCE_ID, store_page

    archive = open_archive(load_settings())
    try:
        return store_page(url, archive, datetime.now(UTC), trusted=source_base_url(SOURCE_ID, "")).sha256
    except SourceError as error:
        raise InputError(
            f"the claim was not recorded, since its page cannot be kept: {error}; "
            "cite a page that opens, or leave --archive-page out"
        ) from error


def _acceptance(what: str, reason: str) -> list[str]:
    """Return the row that lets something through: what, why, and today."""
    if not reason.strip():
        raise InputError("what is accepted needs a reason; give one with --reason")
    return [what, " ".join(reason.split()), datetime.now(UTC).date().isoformat()]


def accept_document(held: str, reason: str) -> None:
    """Let the newest version of a publisher's document through, which is held, with the reason beside it."""
    from signposts.sources.archive import open_archive
    from signposts.sources.source_run import HELD

    settings = load_settings()
    root, archive = settings.catalogue_root, open_archive(settings)
    source_id, _, document = held.partition("/")
    attempts = archive.attempts(source_id) if source_id in archive.sources() else []
    last = {attempt.document: attempt for attempt in attempts if attempt.sha256}
    waiting = [name for name, attempt in last.items() if attempt.outcome == "failure" and HELD in attempt.message]
    if document not in waiting:
        named = f"held are {', '.join(f'{source_id}/{name}' for name in waiting)}" if waiting else "none of it is held"
        raise InputError(f"document {held!r} is not held; {named}")
    values = _acceptance(str(last[document].sha256), reason)
    with tracker_lock(root):
        if values[0] in accepted_documents(root):
            raise InputError(f"{held} is accepted already; the next `signposts run` uses it")
        append_rows(root, [NewRow(accepted_path(root), DOCUMENT_COLUMNS, values)])
    typer.echo(f"{held} accepted; the next run that asks for it uses it")


def accept_claim(claim: str, reason: str, tracker: str) -> None:
    """Let a held revision through from the next run on, with the reason beside it."""
    values = _acceptance(claim, reason)
    owner = chosen_tracker(tracker)
    if owner.settings.draft:
        # A draft is never released: what is held in it is said by its preview alone.
        find_claim(owner, claim)
    else:
        rows = require_latest(load_settings()).rows(load_sql("run_summary/held_claims"))
        held = [row["claim_id"] for row in rows if row["tracker_id"] == owner.tracker_id]
        if claim not in held:
            named = f"held are {', '.join(held)}" if held else "none is held"
            raise InputError(f"claim {claim!r} is not held in the newest release; {named}")
    with tracker_lock(owner.folder):
        earlier = {str(row["claim_id"]) for row in accepted_rows(owner.tracker_id, owner.folder)}
        if claim in earlier:
            raise InputError(f"{claim} is accepted already; the next `signposts run` uses it")
        append_rows(owner.folder, [NewRow(accepted_path(owner.folder), ACCEPTED_COLUMNS, values)])
    typer.echo(f"{claim} accepted; the next run uses it")
