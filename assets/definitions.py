"""The composition root: assets, checks, jobs and resources in one Definitions, which workspace.yaml names.

Belongs here: joining. Not here: any of the parts.
"""

import dagster as dg

from assets import alerts, automation, gather, observe
from assets.assess import steps
from assets.fleet import jobs as fleet
from assets.publish import publication
from assets.resources import MonitoringRun
from checks.asset_checks import ASSET_CHECKS


def build_definitions(run: MonitoringRun | None = None) -> dg.Definitions:
    """Return fresh definitions; tests give a run of their own."""
    return dg.Definitions(
        assets=[
            *automation.with_freshness(dg.load_assets_from_modules([gather, observe, steps, alerts, publication])),
            *fleet.ASSETS,
        ],
        asset_checks=ASSET_CHECKS,
        jobs=automation.JOBS,
        schedules=automation.SCHEDULES,
        sensors=automation.SENSORS,
        loggers=automation.LOGGERS,
        resources={"run": run or MonitoringRun()},
        executor=dg.in_process_executor,
    )


defs = build_definitions()
