"""The composition root: assets, checks, jobs and resources in one Definitions, which workspace.yaml names."""

import dagster as dg

from . import alerts, assess, automation, gather, observe, publish
from .checks import ASSET_CHECKS
from .resources import MonitoringRun


def build_definitions(run: MonitoringRun | None = None) -> dg.Definitions:
    """Return fresh definitions; tests give a run of their own."""
    return dg.Definitions(
        assets=automation.with_freshness(
            [*dg.load_assets_from_modules([gather, observe, assess, alerts, publish]), *gather.RAW_ASSETS]
        ),
        asset_checks=ASSET_CHECKS,
        jobs=automation.JOBS,
        schedules=automation.SCHEDULES,
        sensors=automation.SENSORS,
        loggers=automation.LOGGERS,
        resources={"run": run or MonitoringRun()},
        executor=dg.in_process_executor,
    )


defs = build_definitions()
