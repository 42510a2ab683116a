"""Dagster's assets of the stage gather."""

import warnings
from collections.abc import Iterator, Mapping

import dagster as dg

from signposts import gather
from signposts.catalogue import load_catalogue
from signposts.sources.archive import open_archive
from signposts.sources.collect import Plan, collect, run_source_with
from signposts.sources.gdelt_events import client as gdelt_events
from signposts.sources.publishers import PUBLISHERS

from .resources import MonitoringRun

BACKFILL_GROUP = "backfill"


@dg.multi_asset(
    specs=[
        *(dg.AssetSpec(name, group_name="catalogue") for name in (*gather.CATALOGUE_TABLES, *gather.SETTING_TABLES)),
        dg.AssetSpec("feed", group_name="catalogue"),
        dg.AssetSpec("raw_ledger", group_name="gather"),
        dg.AssetSpec("accepted", group_name="gather"),
    ],
    name="catalogue_tables",
)
def catalogue_tables(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Write what the catalogue says, which series feed which indicator, and the ledgers' rows."""
    warehouse = run.warehouse()
    with warehouse.connect():
        gather.write_catalogue(warehouse, load_catalogue(run.settings.catalogue_root, run.trackers, drafts=False))
        for name in gather.INPUT_TABLES:
            yield dg.MaterializeResult(asset_key=name, metadata={"rows": warehouse.count(name)})


@dg.multi_asset(
    specs=[
        *(dg.AssetSpec(f"raw_{source_id}", group_name="gather", deps=["feed"]) for source_id in PUBLISHERS),
        dg.AssetSpec("gdelt_event_day", group_name="gather", deps=["feed"]),
        dg.AssetSpec("fetch_attempt", group_name="gather", deps=["feed"]),
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
        for source_id, source in gather.load_publishers(run.settings.catalogue_root).items()
        if f"raw_{source_id}" in selected
    }
    warehouse = run.warehouse()
    warehouse.ensure_tables()
    source_runs = collect(sources, plan_of(run, gather.live_versions(warehouse)))
    gather.write_source_runs(warehouse, source_runs.values(), run.from_archive)
    for complaint in gather.complaints(source_runs.values()):
        context.log.warning(complaint)
    for name in sorted(selected):
        yield dg.MaterializeResult(asset_key=name, metadata=gather.summary(source_runs.get(name.removeprefix("raw_"))))


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
    )


def _gather_export_days(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """Gather the event files of days long past; a backfill of many days is one run."""
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
    return dg.MaterializeResult(metadata={"days": len(days), **gather.summary(source_run)})


with warnings.catch_warnings():
    # Dagster calls backfill policies beta; nothing else of it does a whole backfill in one run.
    warnings.simplefilter("ignore", dg.BetaWarning)
    gdelt_export_day = dg.asset(
        partitions_def=dg.DailyPartitionsDefinition(start_date=gdelt_events.FIRST_DAY.isoformat()),
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name=BACKFILL_GROUP,
        name="gdelt_export_day",
    )(_gather_export_days)
