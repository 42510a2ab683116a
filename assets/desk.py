"""Dagster's assets of the desk: collecting leads on their own schedule, and the desk's tables in a monitoring run.

Collecting takes no writer's lock and never blocks the monitor: it writes the archive and the log of leads, which the
next monitoring run reads.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from signposts.catalogue import load_catalogue
from signposts.desk.tables import GATHERED, MADE, write_desk_tables, write_found_leads
from signposts.release.withholding import load_sound_catalogue
from signposts.settings import load_settings

from .resources import NOT_THE_WRITER, MonitoringRun
from .table_specs import table_spec

COLLECT_GROUP = "collect"
BUDGET_SECONDS = 1500.0


@dg.asset(group_name=COLLECT_GROUP, kinds={"rss"})
def collected_leads(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Read feeds, article lists and the inbox; each has its own outcome, and what matches becomes a lead."""
    from signposts.desk.collect import collect_leads
    from signposts.desk.reads import GOOD

    settings = load_settings()
    reads = collect_leads(
        settings, load_catalogue(settings.catalogue_root), datetime.now(UTC), budget_seconds=BUDGET_SECONDS
    )
    failed = [read for read in reads if read.outcome not in GOOD]
    for read in failed:
        context.log.warning("feed %s: %s: %s", read.feed_id, read.outcome, read.message)
    return dg.MaterializeResult(
        metadata={"reads": len(reads), "failed": len(failed), "bear on an indicator": sum(read.new for read in reads)}
    )


@dg.asset_check(asset=collected_leads)
def feeds_answer() -> dg.AssetCheckResult:
    """Warn of feeds that failed or went stale at the last read; it is an error if none answered."""
    from signposts.desk.reads import all_reads, feed_health

    settings = load_settings()
    health = feed_health(load_catalogue(settings.catalogue_root).lead_feeds, all_reads(settings), datetime.now(UTC))
    asked = [row for row in health if row["verdict"] not in ("not_configured", "unknown")]
    faults = [row for row in asked if row["verdict"] != "fresh"]
    none_answered = bool(asked) and all(row["verdict"] == "failed" for row in asked)
    return dg.AssetCheckResult(
        passed=not faults,
        severity=dg.AssetCheckSeverity.ERROR if none_answered else dg.AssetCheckSeverity.WARN,
        metadata={
            "feeds": len(asked),
            "faults": "\n".join(f"{row['feed_id']}: {row['verdict']}: {row['message']}" for row in faults),
        },
    )


collect_leads_job = dg.define_asset_job(
    "collect_leads",
    selection=dg.AssetSelection.groups(COLLECT_GROUP),
    executor_def=dg.in_process_executor,
    tags={NOT_THE_WRITER: "leads"},
    description="Read the feeds for leads, before the monitor; partial failure per feed.",
)


@dg.schedule(
    job=collect_leads_job,
    cron_schedule="30 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once a day at 04:30 UTC, an hour before the monitor.",
)
def daily_collection(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Ask for the day's collection; the key keeps a second one of the same day away."""
    return dg.RunRequest(run_key=f"leads-{context.scheduled_execution_time.date()}")


@dg.multi_asset(
    name="found_leads",
    specs=[table_spec(name, group="gather", deps=["indicator"]) for name in GATHERED],
)
def found_leads(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """The leads on file with their decisions, what is watched, and the health of the feeds."""
    warehouse = run.warehouse()
    with warehouse.connect():
        catalogue, _ = load_sound_catalogue(run.settings.catalogue_root, run.trackers)
        write_found_leads(warehouse, run.settings, catalogue, run.now())
        yield from run.made(*GATHERED)


@dg.multi_asset(
    name="desk_tables",
    specs=[table_spec(name, group="assess", deps=["found_lead", "watch_setting"]) for name in MADE],
)
def desk_tables(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Leads ranked by what they could move, their stories, and how far each indicator was looked for."""
    warehouse = run.warehouse()
    with warehouse.connect():
        write_desk_tables(warehouse, run.as_of_date())
        yield from run.made(*MADE)
