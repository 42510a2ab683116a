"""`signposts preview`: what publishing now would change against the last release, without writing anything.

Belongs here: observing and assessing in a copy of the working database, and printing the differences. Not here: how
a table is made. Neither Dagster nor Great Expectations is loaded: what a release must satisfy is checked by `run`.
"""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typer

from signposts.catalogue import Catalogue, Tracker, load_catalogue
from signposts.cli.formatting import number, percent, span
from signposts.errors import WriterBusy
from signposts.release.latest import latest
from signposts.settings import load_settings
from signposts.warehouse import Warehouse, current_writer

Row = Mapping[str, Any]
LEAST_BITS = 0.02
PROBABILITIES = """
select tracker_id, scenario_id, posterior from scenario_probability
where variant = 'headline' and as_of = (select max(as_of) from scenario_probability)
"""
READINGS = """
select
    tracker_id, indicator_id, kind, scored, why_not_scored, value, value_low, value_high, trials, category,
    reading_date, missing_reason
from reading where as_of = (select max(as_of) from reading)
"""
CLAIMS = """
select tracker_id, indicator_id, claim_id, held and superseded_by is null as held, held_reason from claim
"""


def preview(trackers: Sequence[str] = ()) -> int:
    """Print moves, readings and claims that differ from the last release; return the exit code.

    Raises:
        CatalogueError: the catalogue has faults; all of them are listed.
        WriterBusy: a run is writing the working database.
    """
    settings = load_settings()
    catalogue = load_catalogue(settings.catalogue_root, trackers)
    writer = current_writer(settings.lock)
    if writer:
        raise WriterBusy(f"a run is writing ({writer}); preview again when it has ended")
    with tempfile.TemporaryDirectory(prefix="signposts-preview-") as folder:
        copy = Path(folder) / "warehouse.duckdb"
        if settings.warehouse.exists():
            shutil.copyfile(settings.warehouse, copy)
        warehouse = Warehouse(copy)
        with warehouse.connect() as connection:
            # Tables this small cost more to hand out to threads than to read: 1.4 instead of 1.6 s.
            connection.execute("set threads = 1")
            # The copy is thrown away, so nothing need be written back into it.
            connection.execute("pragma disable_checkpoint_on_shutdown")
            assess_catalogue(warehouse, catalogue, datetime.now(UTC))
            released = latest(settings)
            with released.connect() if released else nullcontext():
                print_preview(warehouse, released, catalogue)
    for warning in catalogue.warnings:
        typer.echo(f"warning: {warning}")
    return 0


def assess_catalogue(warehouse: Warehouse, catalogue: Catalogue, now: datetime) -> None:
    """Make claims, readings and probabilities of today from a catalogue and what the database holds of publishers."""
    from signposts import gather, observe
    from signposts.assess.tables import OF_THE_ODDS, write_probabilities

    warehouse.ensure_tables()
    gather.write_catalogue(warehouse, catalogue)
    observe.write_claims(warehouse, now)
    # Only the run's own date is shown, so the month ends before it are left out.
    warehouse.build_table("observe/as_of_date", as_of=now.date())
    warehouse.write_rows("as_of_date", warehouse.rows("from as_of_date where is_latest"))
    observe.make_readings(warehouse, now)
    write_probabilities(warehouse, OF_THE_ODDS)


def print_preview(warehouse: Warehouse, released: Warehouse | None, catalogue: Catalogue) -> None:
    """Print what differs from the last release, tracker by tracker."""
    for tracker in catalogue.trackers:
        rows = {
            name: (_of(released, statement, tracker.tracker_id), _of(warehouse, statement, tracker.tracker_id))
            for name, statement in (("probability", PROBABILITIES), ("reading", READINGS), ("claim", CLAIMS))
        }
        draft = " (a draft, never released)" if tracker.settings.draft else ""
        typer.echo(f"{tracker.settings.title}{draft}")
        titles = {name: scenario.title for name, scenario in tracker.scenarios.items()} | {"other": "None of the above"}
        for line in probability_lines(*rows["probability"], titles):
            typer.echo(f"  {line}")
        if tracker.settings.draft:
            for line in diagnosticity_lines(warehouse, tracker):
                typer.echo(f"  {line}")
        readings = reading_lines(*rows["reading"], {name: one.title for name, one in tracker.indicators.items()})
        for line in readings or ["no reading differs from the last release"]:
            typer.echo(f"  {line}")
        for line in claim_lines(*rows["claim"]) + idle_lines(rows["reading"][1], rows["claim"][1], tracker):
            typer.echo(f"  {line}")


def diagnosticity_lines(warehouse: Warehouse, tracker: Tracker) -> list[str]:
    """Return a line for each scored indicator: the bits that a reading tells now and later, the least last."""
    from signposts.assess.models import tracker_models
    from signposts.assess.static_tables import diagnosticity_rows

    (model,) = (model for model in tracker_models(warehouse) if model.tracker_id == tracker.tracker_id)
    bits: dict[str, list[float]] = {}
    for row in diagnosticity_rows(model, datetime.now(UTC).date(), {}):
        bits.setdefault(row["indicator_id"], []).append(row["bits"])
    years = ", ".join(f"{year:g}" for year in tracker.settings.diagnosticity_years)
    lines = [
        f"{tracker.indicators[name].title}: {', '.join(f'{value:.2f}' for value in values)}"
        + (": tells the scenarios hardly apart" if max(values) < LEAST_BITS else "")
        for name, values in sorted(bits.items(), key=lambda item: -max(item[1]))
    ]
    return [f"bits that a reading tells in {years} years:", *(f"  {line}" for line in lines)] if lines else []


def _of(warehouse: Warehouse | None, statement: str, tracker_id: str) -> list[Row]:
    """Return a tracker's rows of a statement; none where there is no release."""
    return [row for row in warehouse.rows(statement) if row["tracker_id"] == tracker_id] if warehouse else []


def probability_lines(before: Sequence[Row], now: Sequence[Row], titles: Mapping[str, str]) -> list[str]:
    """Return a line a scenario: its probability now and the move since the last release, in points."""
    earlier = {row["scenario_id"]: row["posterior"] for row in before}
    places = {name: place for place, name in enumerate(titles)}
    lines = []
    for row in sorted(now, key=lambda row: places.get(row["scenario_id"], len(places))):
        scenario_id, share = row["scenario_id"], row["posterior"]
        moved = "not released yet"
        if scenario_id in earlier:
            # Adding nought turns the -0.0 of a rounding error into 0.0.
            moved = f"{round(100 * (share - earlier[scenario_id]), 1) + 0.0:+.1f} points"
        lines.append(f"{titles.get(scenario_id, scenario_id):<40} {percent(share):>7}  {moved}")
    return lines


def reading_lines(before: Sequence[Row], now: Sequence[Row], titles: Mapping[str, str]) -> list[str]:
    """Return a line for each indicator whose reading differs."""
    earlier = {row["indicator_id"]: reading_words(row) for row in before}
    lines, unscored = [], 0
    for row in now:
        name = row["indicator_id"]
        was, words = earlier.get(name, "not in the release"), reading_words(row)
        if was == words or (name not in earlier and row["missing_reason"]):
            continue
        if row["scored"] or name in earlier:
            lines.append(f"{titles.get(name, name)}: {was} → {words}")
        else:
            unscored += 1
    return lines + ([f"and {unscored} new readings that are shown, not scored"] if unscored else [])


def idle_lines(readings: Sequence[Row], claims: Sequence[Row], tracker: Tracker) -> list[str]:
    """Return a line for each scored indicator that has claims and no scored reading, with the reason."""
    claimed = {row["indicator_id"] for row in claims}
    return [
        f"not scored: {tracker.indicators[row['indicator_id']].title}: {row['why_not_scored']}"
        for row in readings
        if row["indicator_id"] in claimed and not row["scored"] and tracker.indicators[row["indicator_id"]].scored
    ]


def reading_words(row: Row) -> str:
    """Return a reading in words: its value, bounds or category with its date, or why there is none."""
    day: date | None = row["reading_date"]
    if row["missing_reason"] or day is None:
        return f"no reading ({row['missing_reason'] or 'no date'})"
    if row["category"]:
        what = str(row["category"])
    elif row["value"] is not None:
        what = number(row["value"]) + (f" of {row['trials']}" if row["trials"] else "")
    elif row["value_low"] is not None or row["value_high"] is not None:
        what = span(row["value_low"], row["value_high"])
    else:
        what = "nothing seen" if row["kind"] == "none_seen" else "it happened"
    return f"{what} ({day}{'' if row['scored'] else ', shown, not scored'})"


def claim_lines(before: Sequence[Row], now: Sequence[Row]) -> list[str]:
    """Return a line on the new claims, and one for each that is held newly, with its reason and the command."""
    earlier_claims = {row["claim_id"] for row in before}
    new = [row for row in now if row["claim_id"] not in earlier_claims]
    lines = [f"{len(new)} new claims: {', '.join(row['claim_id'] for row in new[:5])}{' …' if len(new) > 5 else ''}"]
    lines += [
        f"held: {row['claim_id']}: {row['held_reason']}; right? `signposts accept {row['claim_id']} --reason …`"
        for row in new
        if row["held"]
    ]
    return lines if new else []
