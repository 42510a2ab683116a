"""Dagster's assets of the stage gather.

The raw tables are assets that this code does not make but hears of: the step `publishers` reports a materialisation
where bytes were read or said to be unchanged, and an observation, with the reason, where they were not.
"""

import os
import shlex
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg

from signposts import gather
from signposts.catalogue.accepted import accepted_documents
from signposts.errors import SignpostsError
from signposts.release.withholding import begin_run, load_sound_catalogue
from signposts.settings import load_settings
from signposts.sources.archive import open_archive
from signposts.sources.collect import Plan, collect, run_source_with
from signposts.sources.gdelt_events import client as gdelt_events
from signposts.sources.publishers import PUBLISHERS
from signposts.sources.source_run import SourceRun

from .resources import MonitoringRun
from .table_specs import RAW_TABLES, statement_file, table_spec

BACKFILL_GROUP = "backfill"
LEDGER_TABLES = ("raw_ledger", "accepted")


@dg.multi_asset(
    specs=[
        table_spec(name, group="catalogue" if name not in LEDGER_TABLES else "gather", kinds=("yaml", "duckdb"))
        for name in gather.INPUT_TABLES
    ],
    name="catalogue_tables",
)
def catalogue_tables(context: dg.AssetExecutionContext, run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Write what the catalogue says, which series feed which indicator, and the ledgers' rows."""
    warehouse = run.warehouse()
    catalogue, faults = load_sound_catalogue(run.settings.catalogue_root, run.trackers)
    for tracker_id, fault in faults.items():
        context.log.error("tracker %s is held back: %s", tracker_id, fault)
    with warehouse.connect():
        gather.write_catalogue(warehouse, catalogue)
        begin_run(warehouse, faults)
        yield from run.made(*gather.INPUT_TABLES)


# What publishers brought: reported by the step `publishers`, so that nothing of a publisher that failed looks made.
RAW_ASSETS = [table_spec(name, group="gather", deps=("source",), kinds=("http", "duckdb")) for name in RAW_TABLES]


def with_publishers(assets: Iterable[Any]) -> list[Any]:
    """Return the assets with what sources.yaml says of each publisher on its table; a faulty file says nothing here."""
    try:
        sources = gather.load_publishers(load_settings().catalogue_root)
    except SignpostsError:
        sources = {}

    def describe(spec: dg.AssetSpec) -> dg.AssetSpec:
        source = sources.get(spec.key.to_user_string().removeprefix("raw_"))
        if source is None:
            return spec
        said: dict[str, Any] = {"publisher": source.title, "cadence": source.cadence, "licence": source.licence}
        if source.homepage:
            said["homepage"] = dg.MetadataValue.url(str(source.homepage))
        owners = [source.owner] if source.owner else spec.owners
        tags = {**spec.tags, "signposts/comes": "when_named" if source.bulk else "daily"}
        return spec.replace_attributes(metadata={**spec.metadata, **said}, tags=tags, owners=owners)

    return list(dg.map_asset_specs(describe, list(assets)))


@dg.multi_asset(
    specs=[
        table_spec("fetch_attempt", group="gather", deps=("source", "feed")),
        table_spec("quarantine", group="gather", deps=RAW_TABLES),
    ],
    name="publishers",
)
def publishers(context: dg.AssetExecutionContext, run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Ask the publishers side by side and write what is new; one that fails leaves its last good rows in place."""
    sources = {
        source_id: source
        for source_id, source in gather.load_publishers(run.settings.catalogue_root).items()
        if source_id in PUBLISHERS
    }
    warehouse = run.warehouse()
    warehouse.ensure_tables()
    source_runs = collect(sources, plan_of(run, gather.live_versions(warehouse)))
    gather.write_source_runs(warehouse, source_runs.values(), run.from_archive)
    for complaint in gather.complaints(source_runs.values()):
        context.log.warning(complaint)
    for source_run in source_runs.values():
        report_source(context, source_run)
    yield from run.made("fetch_attempt", "quarantine")


def report_source(context: dg.AssetExecutionContext, source_run: SourceRun) -> None:
    """Report a raw table as made if bytes were read or said to be unchanged, and else as looked at, with the reason."""
    table, counted = f"raw_{source_run.source_id}", gather.summary(source_run)
    complaints = "; ".join(gather.complaints([source_run]))
    if counted.get("hit") or counted.get("unchanged"):
        context.log_event(dg.AssetMaterialization(table, metadata={**counted, "not read": complaints}))
        return
    why = complaints or "; ".join(attempt.message for attempt in source_run.attempts) or "nothing was due"
    context.log_event(dg.AssetObservation(table, metadata={**counted, "why nothing came": why}))


# The step `publishers` writes the raw table, which Dagster only hears of: the attempts order the two.
@dg.multi_asset(specs=[table_spec("gdelt_event_day", group="gather", deps=("fetch_attempt",))], name="gdelt_event_day")
def gdelt_event_day(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """Add the events up by day: in DuckDB, or on the Spark that the command in SIGNPOSTS_SPARK_SUBMIT starts."""
    warehouse, command = run.warehouse(), shlex.split(os.environ.get("SIGNPOSTS_SPARK_SUBMIT", ""))
    if not command:
        return dg.MaterializeResult(metadata={"dagster/row_count": warehouse.build_table("observe/gdelt_event_day")})
    with TemporaryDirectory(dir=run.settings.cache) as folder:
        raw, target = Path(folder) / "raw_gdelt_events.parquet", Path(folder) / "gdelt_event_day"
        warehouse.copy_out("from raw_gdelt_events", raw, "format parquet")
        statement, reads = str(statement_file("gdelt_event_day")), {"raw_gdelt_events": str(raw)}
        extras = {"statement": statement, "reads": reads, "target": str(target)}
        try:
            made = dg.PipesSubprocessClient().run(command=command, context=context, extras=extras)
        except Exception as error:
            raise SignpostsError(
                f"{error}; the table of before stands: run again, or unset SIGNPOSTS_SPARK_SUBMIT to use DuckDB"
            ) from error
        warehouse.read_parquet("gdelt_event_day", target)
        return made.get_materialize_result()


def plan_of(run: MonitoringRun, live: Mapping[str, Mapping[str, tuple[str, str]]]) -> Plan:
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
        accepted=accepted_documents(run.settings.catalogue_root),
    )


def _gather_export_days(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """Gather the event files of days long past; a backfill of many days is one run.

    The days that came are materialised one by one. If others did not, the step fails and names them, so that "failed
    and missing" offers them again.
    """
    window = context.partition_time_window
    days = gather.days_between(window.start, window.end)
    source = gather.load_publishers(run.settings.catalogue_root)["gdelt_events"]
    warehouse = run.warehouse()
    warehouse.ensure_tables()
    plan = plan_of(run, gather.live_versions(warehouse))
    source_run = run_source_with(
        "gdelt_events", source, plan, lambda source_run: gdelt_events.gather_days(source_run, days)
    )
    gather.write_source_runs(warehouse, [source_run], from_archive=False)
    missing = gather.days_not_read(source_run, days)
    if not missing:
        return dg.MaterializeResult(metadata={"days": len(days), **gather.summary(source_run)})
    for day in days:
        if day not in missing:
            context.log_event(dg.AssetMaterialization("gdelt_export_day", partition=day.isoformat()))
    named = ", ".join(day.isoformat() for day in sorted(missing)[:10])
    raise dg.Failure(
        f"{len(missing)} of {len(days)} days did not come: {named}: {'; '.join(gather.complaints([source_run]))}",
        allow_retries=False,
    )


with warnings.catch_warnings():
    # Dagster calls backfill policies beta; nothing else of it does a whole backfill in one run.
    warnings.simplefilter("ignore", dg.BetaWarning)
    gdelt_export_day = dg.asset(
        partitions_def=dg.DailyPartitionsDefinition(start_date=gdelt_events.FIRST_DAY.isoformat()),
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name=BACKFILL_GROUP,
        name="gdelt_export_day",
        deps=["raw_gdelt_events"],
        description="The event files of one day long past; not part of the daily run, backfilled by hand.",
    )(_gather_export_days)
