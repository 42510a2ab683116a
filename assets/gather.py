"""The stage gather: the catalogue's tables, and what the publishers sent, typed and with its provenance.

Belongs here: the Dagster assets of the stage and writing their tables. Not here: asking or reading publishers
(sources/), what a catalogue may say (catalogue/), or turning rows into claims (observe).

A raw table holds the rows of the newest accepted version of each document. After ``--from-archive``, or into an empty
warehouse, it holds every version, so that the claims' history can be built again; the next run keeps only the newest.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.catalogue import Catalogue, Source, ledger_rows, load_catalogue, tables
from assets.catalogue.accepted import accepted_rows
from assets.catalogue.documents import read_document
from assets.catalogue.faults import FaultList
from assets.catalogue.loading import load_sources
from assets.catalogue.working import working_tables
from assets.resources import MonitoringRun
from assets.sources import gdelt_events
from assets.sources.archive import open_archive
from assets.sources.collect import PUBLISHERS, Plan, collect, visit_with
from assets.sources.visit import Delivery, Visit
from assets.unchanged import folder_digest, key_of, once

if TYPE_CHECKING:
    from assets.warehouse import Warehouse

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
)
SETTING_TABLES = ("tracker_setting", "indicator_setting", "variant_setting")
BACKFILL_GROUP = "backfill"


@dg.multi_asset(
    specs=[
        *(dg.AssetSpec(name, group_name="catalogue") for name in (*CATALOGUE_TABLES, *SETTING_TABLES)),
        dg.AssetSpec("feed", group_name="catalogue"),
        dg.AssetSpec("raw_ledger", group_name="gather"),
        dg.AssetSpec("accepted", group_name="gather"),
    ],
    name="catalogue_tables",
)
def catalogue_tables(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Write what the catalogue says, which series feed which indicator, and the ledgers' rows."""
    warehouse = run.warehouse()
    root = run.settings.catalogue_root
    with warehouse.connect():
        once(
            warehouse,
            "catalogue_tables",
            key_of(folder_digest(root), run.trackers),
            lambda: write_catalogue(warehouse, load_catalogue(root, run.trackers)),
        )
        for name in (*CATALOGUE_TABLES, *SETTING_TABLES, "feed", "raw_ledger", "accepted"):
            yield dg.MaterializeResult(asset_key=name, metadata={"rows": warehouse.count(name)})


def write_catalogue(warehouse: "Warehouse", catalogue: Catalogue) -> None:
    """Write the tables of a catalogue."""
    rows = {
        **tables(catalogue),
        **working_tables(catalogue),
        "feed": feed_rows(catalogue),
        "raw_ledger": [row for tracker in catalogue.trackers for row in ledger_rows(tracker)],
        "accepted": [
            row for tracker in catalogue.trackers for row in accepted_rows(tracker.tracker_id, tracker.folder)
        ],
    }
    for name in (*CATALOGUE_TABLES, *SETTING_TABLES, "feed", "raw_ledger", "accepted"):
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


@dg.multi_asset(
    specs=[
        *(dg.AssetSpec(f"raw_{source_id}", group_name="gather", deps=["feed"]) for source_id in PUBLISHERS),
        dg.AssetSpec("gdelt_event_day", group_name="gather", deps=["feed"]),
        dg.AssetSpec("fetch", group_name="gather", deps=["feed"]),
        dg.AssetSpec("quarantine", group_name="gather", deps=["feed"]),
    ],
    name="publishers",
    can_subset=True,
)
def publishers(context: dg.AssetExecutionContext, run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Ask the publishers side by side and write what is new; one that fails leaves its last good rows in place."""
    selected = {key.to_user_string() for key in context.selected_asset_keys}
    sources = {
        source_id: source
        for source_id, source in load_publishers(run.settings.catalogue_root).items()
        if f"raw_{source_id}" in selected
    }
    warehouse = run.warehouse()
    warehouse.ensure_tables()
    visits = collect(sources, plan_of(run, live_versions(warehouse)))
    write_visits(warehouse, visits.values(), run.from_archive)
    for complaint in complaints(visits.values()):
        context.log.warning(complaint)
    for name in sorted(selected):
        yield dg.MaterializeResult(asset_key=name, metadata=summary(visits.get(name.removeprefix("raw_"))))


def complaints(visits: Iterable[Visit]) -> list[str]:
    """Return a line a source and reason for what did not come, with the documents it holds for."""
    found: dict[tuple[str, str], list[str]] = {}
    for attempt in (attempt for visit in visits for attempt in visit.attempts):
        if attempt.outcome in {"miss", "failure"}:
            found.setdefault((attempt.source_id, attempt.message), []).append(attempt.document or "all of it")
    return [f"{source_id}: {', '.join(names)}: {message}" for (source_id, message), names in found.items()]


def load_publishers(root: Path) -> dict[str, Source]:
    """Return the entries of sources.yaml alone: the rest of the catalogue was loaded and judged at the run's start."""
    faults = FaultList()
    sources = load_sources(read_document(root / "sources.yaml", faults), faults)
    faults.raise_if_any()
    return sources


def plan_of(run: MonitoringRun, live: Mapping[str, Mapping[str, str]]) -> Plan:
    """Return what this run may ask for."""
    return Plan(
        open_archive(run.settings),
        run.now(),
        run.settings.inbox,
        budget_seconds=run.budget_seconds,
        offline=run.offline or not run.ask_publishers,
        from_archive=run.from_archive,
        named=tuple(run.sources),
        live={} if run.from_archive else live,
    )


def live_versions(warehouse: "Warehouse") -> dict[str, dict[str, str]]:
    """Return the newest version of each document in the raw tables, by source and document."""
    live = {}
    with warehouse.connect():
        for source_id in PUBLISHERS:
            newest = warehouse.rows(
                f"select document, max_by(sha256, fetched_at) as sha256 from raw_{source_id} group by all"  # noqa: S608 - our own names
            )
            live[source_id] = {row["document"]: row["sha256"] for row in newest}
    return live


def write_visits(warehouse: "Warehouse", visits: Iterable[Visit], from_archive: bool) -> None:
    """Write what all visits brought, and add up the events."""
    with warehouse.connect():
        for visit in visits:
            write_visit(warehouse, visit, rebuilt=from_archive or not visit.live)
        warehouse.build_table("observe/gdelt_event_day")


def write_visit(warehouse: "Warehouse", visit: Visit, rebuilt: bool) -> None:
    """Write what one visit brought; a rebuilt source is written anew with all that its archive holds."""
    table = f"raw_{visit.source_id}"
    if rebuilt:
        warehouse.write_rows(table, [row for delivery in visit.deliveries for row in delivered_rows(delivery)])
        attempts = visit.archive.attempts(visit.source_id)
        warehouse.replace_rows("fetch", [attempt.row() for attempt in attempts], source_id=visit.source_id)
        warehouse.replace_rows("quarantine", quarantined_rows(visit, visit.deliveries), source_id=visit.source_id)
        return
    keep_newest_versions(warehouse, table)
    for delivery in visit.deliveries:
        warehouse.replace_rows(table, delivered_rows(delivery), document=delivery.document)
        rejected = quarantined_rows(visit, [delivery])
        warehouse.replace_rows("quarantine", rejected, source_id=visit.source_id, sha256=delivery.sha256)
    rows = [attempt.row() for attempt in visit.attempts]
    warehouse.replace_rows("fetch", rows, source_id=visit.source_id, fetched_at=visit.now.replace(tzinfo=None))


def keep_newest_versions(warehouse: "Warehouse", table: str) -> None:
    """Drop the versions that a rebuild left beside the newest one of each document."""
    with warehouse.connect() as connection:
        connection.execute(
            f"delete from {table} where (document, sha256) not in "  # noqa: S608 - our own names
            f"(select (document, max_by(sha256, fetched_at)) from {table} group by document)"
        )


def delivered_rows(delivery: Delivery) -> list[Row]:
    """Return a delivery's rows with where they come from."""
    origin = {
        "document": delivery.document,
        "sha256": delivery.sha256,
        "fetched_at": delivery.fetched_at,
        "url": delivery.url,
    }
    return [{**origin, **row} for row in delivery.rows]


def quarantined_rows(visit: Visit, deliveries: Iterable[Delivery]) -> list[Row]:
    """Return the rows that were set aside, as rows of the table quarantine."""
    return [
        {
            "tracker_id": None,
            "source_id": visit.source_id,
            "sha256": delivery.sha256,
            "row_number": rejected.row_number,
            "reason": rejected.reason,
            "raw": as_json(rejected.raw),
            "indicator_id": None,
            "quarantined_at": delivery.fetched_at,
        }
        for delivery in deliveries
        for rejected in delivery.rejected
    ]


def as_json(raw: object) -> str:
    """Return a rejected row as JSON text, whatever it is made of."""
    import json

    return json.dumps(raw, default=str, ensure_ascii=False)


def summary(visit: Visit | None) -> dict[str, int]:
    """Return how many of a visit's attempts came to which outcome, and how many rows are new."""
    if visit is None:
        return {}
    counted: dict[str, int] = {}
    for attempt in visit.attempts:
        counted[attempt.outcome] = counted.get(attempt.outcome, 0) + 1
    return {**counted, "new rows": sum(len(delivery.rows) for delivery in visit.deliveries)}


def _gather_export_days(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """Gather the event files of days long past; a backfill of many days is one run."""
    window = context.partition_time_window
    days = days_between(window.start, window.end)
    source = load_publishers(run.settings.catalogue_root)["gdelt_events"]
    warehouse = run.warehouse()
    warehouse.ensure_tables()
    plan = plan_of(run, live_versions(warehouse))
    visit = visit_with("gdelt_events", source, plan, lambda visit: gdelt_events.gather_days(visit, days))
    write_visits(warehouse, [visit], from_archive=False)
    return dg.MaterializeResult(metadata={"days": len(days), **summary(visit)})


with warnings.catch_warnings():
    # Dagster calls backfill policies beta; nothing else of it does a whole backfill in one run.
    warnings.simplefilter("ignore", dg.BetaWarning)
    gdelt_export_day = dg.asset(
        partitions_def=dg.DailyPartitionsDefinition(start_date=gdelt_events.FIRST_DAY.isoformat()),
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name=BACKFILL_GROUP,
        name="gdelt_export_day",
    )(_gather_export_days)


def days_between(start: datetime, end: datetime) -> Sequence[date]:
    """Return the days from start up to, but without, end."""
    return [start.date() + timedelta(days=number) for number in range((end.date() - start.date()).days)]
