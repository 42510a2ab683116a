"""The composition root: assets, checks, jobs and resources in one Definitions, which workspace.yaml names."""

import dagster as dg

from . import alerts, assess, automation, by_tracker, desk, gather, observe, publish
from .checks import ASSET_CHECKS
from .resources import MonitoringRun


def build_definitions(run: MonitoringRun | None = None) -> dg.Definitions:
    """Return fresh definitions; tests give a run of their own."""
    modules = [gather, observe, assess, alerts, publish, desk]
    assets = automation.with_freshness(
        [
            *dg.load_assets_from_modules(modules),
            *gather.with_publishers(gather.RAW_ASSETS),
            *publish.TRACK_RECORD_ASSETS,
        ]
    )
    side_by_side = by_tracker.is_by_tracker()
    return dg.Definitions(
        assets=by_tracker.partitioned(assets) if side_by_side else assets,
        asset_checks=[*ASSET_CHECKS, desk.feeds_answer],
        jobs=[*automation.JOBS, desk.collect_leads_job],
        schedules=[*automation.SCHEDULES, desk.daily_collection],
        sensors=[*automation.SENSORS, *([by_tracker.FOLLOW_PASS] if side_by_side else [])],
        loggers=automation.LOGGERS,
        resources={"run": run or (by_tracker.PartitionedRun() if side_by_side else MonitoringRun())},
        executor=dg.in_process_executor,
    )


defs = build_definitions()
