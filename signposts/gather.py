"""Gather: the catalogue's tables, and what the publishers sent, typed and with its provenance.

Belongs here: writing the tables of the stage. Not here: asking or reading publishers (sources/), what a catalogue may
say (catalogue/), or turning rows into claims (observe).

A raw table holds the rows of the newest accepted version of each document. After ``--from-archive``, or into an empty
warehouse, it holds every version, so that the claims' history can be built again; the next run keeps only the newest.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signposts.catalogue import Catalogue, Source, ledger_rows, tables
from signposts.catalogue.accepted import accepted_rows
from signposts.catalogue.documents import read_document
from signposts.catalogue.faults import FaultList
from signposts.catalogue.feeding import feeding_rows
from signposts.catalogue.loading import load_sources
from signposts.catalogue.settings_rows import working_tables
from signposts.errors import WarehouseDamaged
from signposts.files import oldest_kept
from signposts.sources.options import validate_asks
from signposts.sources.publishers import PUBLISHERS
from signposts.sources.strict import fit
from signposts.warehouse import Warehouse

if TYPE_CHECKING:
    from signposts.sources.source_run import Delivery, SourceRun

Row = dict[str, Any]

CATALOGUE_TABLES = (
    "source",
    "tracker",
    "structural_break",
    "scenario",
    "hypothesis",
    "prior_set",
    "evidence_group",
    "indicator",
    "prediction",
    "project",
    "place",
    "search",
)
SETTING_TABLES = (
    "tracker_setting",
    "indicator_setting",
    "variant_setting",
    "derivation",
    "derivation_anchor",
    "feeding",
)
INPUT_TABLES = (*CATALOGUE_TABLES, *SETTING_TABLES, "feed", "raw_ledger", "accepted")


def write_catalogue(warehouse: Warehouse, catalogue: Catalogue) -> None:
    """Write the tables of a catalogue."""
    rows = {
        **tables(catalogue),
        **working_tables(catalogue),
        "feed": feed_rows(catalogue),
        "feeding": [row for tracker in catalogue.trackers for row in feeding_rows(tracker, catalogue.sources)],
        "raw_ledger": [row for tracker in catalogue.trackers for row in ledger_rows(tracker)],
        "accepted": [
            row for tracker in catalogue.trackers for row in accepted_rows(tracker.tracker_id, tracker.folder)
        ],
    }
    for name in INPUT_TABLES:
        warehouse.write_rows(name, rows[name])


def feed_rows(catalogue: Catalogue) -> list[Row]:
    """Return a row a series that feeds an indicator of a loaded tracker."""
    units = {
        (tracker.tracker_id, indicator_id): indicator.unit
        for tracker in catalogue.trackers
        for indicator_id, indicator in tracker.indicators.items()
    }
    return [
        {
            "source_id": source_id,
            "document": document.name,
            "series": feed.series,
            "tracker_id": feed.tracker,
            "indicator_id": feed.indicator,
            "scale": feed.scale,
            "period": feed.period,
            "combine": feed.combine,
            "unit": units[feed.tracker, feed.indicator],
            "source_name": source.title,
            "reliability": source.admiralty.reliability if source.admiralty else "F",
            "credibility": source.admiralty.credibility if source.admiralty else "6",
            "status": source.status,
        }
        for source_id, source in catalogue.sources.items()
        for document in source.documents
        for feed in document.feeds
        if (feed.tracker, feed.indicator) in units
    ]


def complaints(runs: Iterable["SourceRun"]) -> list[str]:
    """Return a line a source and reason for what did not come, with the documents it holds for."""
    documents: dict[tuple[str, str], list[str]] = {}
    for attempt in (attempt for run in runs for attempt in run.attempts):
        if attempt.outcome in {"miss", "failure"}:
            documents.setdefault((attempt.source_id, attempt.message), []).append(attempt.document or "all of it")
    return [f"{source_id}: {', '.join(names)}: {message}" for (source_id, message), names in documents.items()]


def load_publishers(root: Path) -> dict[str, Source]:
    """Return the entries of sources.yaml alone, each ask held to its publisher's form.

    The rest of the catalogue was loaded and validated at the run's start.
    """
    faults = FaultList()
    document = read_document(root / "sources.yaml", faults)
    sources = load_sources(document, faults)
    if document is not None:
        validate_asks(document, sources, PUBLISHERS, faults)
    faults.raise_if_any()
    return sources


def live_versions(warehouse: Warehouse) -> dict[str, dict[str, tuple[str, str]]]:
    """Return by source and document the newest version in the raw tables, and what it was parsed as.

    A version without rows is live too; one whose rows are gone is not.
    """
    parsed: dict[str, dict[str, tuple[str, str]]] = {source_id: {} for source_id in PUBLISHERS}
    with warehouse.connect():
        stored = {
            (source_id, row["document"], row["sha256"])
            for source_id in PUBLISHERS
            for row in warehouse.rows(f"select distinct document, sha256 from raw_{source_id}")  # noqa: S608 - our own names
        }
        for row in warehouse.rows("from parsed_version"):
            if row["n_rows"] == 0 or (row["source_id"], row["document"], row["sha256"]) in stored:
                parsed.setdefault(row["source_id"], {})[row["document"]] = (row["sha256"], row["parsed_as"])
    return parsed


def write_source_runs(warehouse: Warehouse, runs: Iterable["SourceRun"], from_archive: bool) -> None:
    """Write what all runs brought. What cannot be written of one source is its own failure."""
    with warehouse.connect():
        for run in runs:
            try:
                write_source_run(warehouse, run, rebuilt=from_archive or not run.live)
            except (OSError, WarehouseDamaged):
                raise
            except Exception as error:  # noqa: BLE001 - the boundary of one source
                run.close(f"its rows cannot be written: {run.describe(error)}", "failure")
            write_attempts(warehouse, run, rebuilt=from_archive or not run.live)


def write_attempts(warehouse: Warehouse, run: "SourceRun", rebuilt: bool) -> None:
    """Write what came of each attempt: of this run, or of all runs if the source is rebuilt."""
    if rebuilt:
        rows = [attempt.row() for attempt in run.archive.attempts(run.source_id) if attempt not in run.set_aside]
        warehouse.replace_rows("fetch_attempt", rows, source_id=run.source_id)
        return
    if run.set_aside:
        with warehouse.connect() as connection:
            values = {"source": run.source_id, "now": run.now.replace(tzinfo=None)}
            connection.execute("delete from fetch_attempt where source_id = $source and fetched_at > $now", values)
    rows = [attempt.row() for attempt in run.attempts]
    warehouse.replace_rows("fetch_attempt", rows, source_id=run.source_id, fetched_at=run.now.replace(tzinfo=None))
    counted = "select count(*) as n from fetch_attempt where source_id = $source"
    if warehouse.rows(counted, source=run.source_id)[0]["n"] > len(run.history) + len(run.attempts):
        # Old attempts have left the log since.
        write_attempts(warehouse, run, rebuilt=True)


def write_source_run(warehouse: Warehouse, run: "SourceRun", rebuilt: bool) -> None:
    """Write the rows that one source brought; a rebuilt source is written anew with all that its archive holds."""
    table = f"raw_{run.source_id}"
    if rebuilt:
        warehouse.write_rows(table, [row for delivery in run.deliveries for row in delivered_rows(delivery)])
        warehouse.replace_rows("quarantine", quarantined_rows(run, run.deliveries), source_id=run.source_id)
        newest = {delivery.document: delivery for delivery in run.deliveries}
        rows = [parsed_row(run, delivery) for delivery in newest.values()]
        warehouse.replace_rows("parsed_version", rows, source_id=run.source_id)
        return
    with warehouse.connect() as connection:
        # A rebuild left versions beside the newest one of each document.
        connection.execute(
            f"delete from {table} where (document, sha256) not in "  # noqa: S608 - our own names
            f"(select (document, max_by(sha256, fetched_at)) from {table} group by document)"
        )
        # Rows set aside long ago from versions that newer ones have replaced go as well.
        connection.execute(
            "delete from quarantine where source_id = $source and quarantined_at < $before "
            "and sha256 not in (select sha256 from parsed_version where source_id = $source)",
            {"source": run.source_id, "before": oldest_kept(run.now)},
        )
    for delivery in run.deliveries:
        warehouse.replace_rows(table, delivered_rows(delivery), document=delivery.document)
        rejected = quarantined_rows(run, [delivery])
        warehouse.replace_rows("quarantine", rejected, source_id=run.source_id, sha256=delivery.sha256)
        parsed = [parsed_row(run, delivery)]
        warehouse.replace_rows("parsed_version", parsed, source_id=run.source_id, document=delivery.document)


def parsed_row(run: "SourceRun", delivery: "Delivery") -> Row:
    """Return the row that says which bytes of a document are in the warehouse, and what they were parsed as."""
    return {
        "source_id": run.source_id,
        "document": delivery.document,
        "sha256": delivery.sha256,
        "parsed_as": delivery.parsed_as,
        "n_rows": len(delivery.rows),
    }


def delivered_rows(delivery: "Delivery") -> list[Row]:
    """Return a delivery's rows with where they come from."""
    origin = {
        "document": delivery.document,
        "sha256": delivery.sha256,
        "fetched_at": delivery.fetched_at,
        "url": delivery.url,
    }
    return [{**origin, **row} for row in delivery.rows]


def quarantined_rows(run: "SourceRun", deliveries: Iterable["Delivery"]) -> list[Row]:
    """Return the rows that were set aside, as rows of the table quarantine."""
    return [
        {
            "tracker_id": None,
            "source_id": run.source_id,
            "sha256": delivery.sha256,
            "row_number": rejected.row_number,
            "reason": fit(rejected.reason),
            "series": rejected.about[0] if rejected.about else None,
            "period_start": rejected.about[1] if rejected.about else None,
            "raw": fit(json.dumps(rejected.raw, default=str, ensure_ascii=False)),
            "indicator_id": None,
            "quarantined_at": delivery.fetched_at,
        }
        for delivery in deliveries
        for rejected in delivery.rejected
    ]


def summary(run: "SourceRun | None") -> dict[str, int]:
    """Return how many of a run's attempts came to which outcome, and how many rows are new."""
    if run is None:
        return {}
    counted = Counter(attempt.outcome for attempt in run.attempts)
    return {**counted, "new rows": sum(len(delivery.rows) for delivery in run.deliveries)}


def days_not_read(run: "SourceRun", days: Iterable[date]) -> set[date]:
    """Return the days of which an export file failed, or, where the source as a whole gave nothing, none was read."""
    stamps: dict[bool, set[str]] = {True: set(), False: set()}
    for attempt in run.attempts:
        if attempt.document is not None:
            stamps[attempt.outcome not in {"failure", "miss"}].add(attempt.document.partition("/")[2][:8])
    whole = any(attempt.document is None for attempt in run.attempts)
    read = stamps[True] | {document.partition("/")[2][:8] for document in run.live}
    failed = stamps[False]
    return {day for day in days if f"{day:%Y%m%d}" in failed or (whole and f"{day:%Y%m%d}" not in read)}


def days_between(start: datetime, end: datetime) -> Sequence[date]:
    """Return the days from start up to, but without, end."""
    return [start.date() + timedelta(days=number) for number in range((end.date() - start.date()).days)]
