"""The Dagster skin of the fleet: the hand-over, a part a tracker, and the release of all parts.

Belongs here: the three assets and carrying out the stages' own assets within them. Not here: what stands in a part.

The claims are merged before the hand-over, once for all trackers: a document may feed several of them, and the
versions of claims, which are only appended to, stay in one place. Everything after them is made anew from them.
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from assets import alerts, observe
from assets.assess import steps
from assets.errors import InputError, TrackerFailed
from assets.fleet.passes import (
    Pass,
    gather_parts,
    hand_over,
    made_by_trackers,
    mark_published,
    newest_pass,
    pass_folder,
    refuse_mixture,
    take_over,
    tracker_settings,
    write_part,
)
from assets.publish import publication
from assets.resources import MonitoringRun
from assets.settings import Settings, load_settings
from checks.asset_checks import check_table
from checks.suites import SUITES

GROUP = "fleet"
TRACKERS = dg.DynamicPartitionsDefinition(name="tracker")
BY_TRACKER = (observe.milestone, observe.readings, steps.odds, steps.verdicts, steps.foresight, steps.backtest)
OF_ALL = (observe.freshness, steps.change, alerts.alert, publication.publication, alerts.telling)
# How long a tracker's run waits for another of the same tracker.
WAIT_SECONDS = 600.0


class TrackerRun(MonitoringRun):
    """A run of one tracker, in a home of its own."""

    _own: Any = PrivateAttr(default=None)

    @property
    def settings(self) -> Settings:
        """Where the tracker's state lives."""
        own: Settings = self._own
        return own


def carry_out(run: MonitoringRun, assets: Sequence[Any]) -> dict[str, float]:
    """Make the stages' own assets within a run that has begun; return the seconds of each step.

    Dagster's storage does not remember the steps within: the asset around them tells what they made.
    """
    silent = {"loggers": {"console": {"config": {"log_level": "WARNING"}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        begun = dg.ResourceDefinition.hardcoded_resource(run)
        result = dg.materialize(list(assets), resources={"run": begun}, instance=instance, run_config=silent)
    return {
        str(event.step_key): round(event.step_success_data.duration_ms / 1000, 2)
        for event in result.all_events
        if event.is_step_success
    }


@dg.asset(deps=["claim"], group_name=GROUP, kinds={"duckdb", "parquet"})
def fleet_hand_over(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """What was gathered and merged, as Parquet for the trackers' runs; a partition a tracker of the catalogue."""
    passed = hand_over(run.warehouse(), run.settings, run.as_of_date(), run.now(), offline=run.offline)
    keep_partitions(context.instance, passed.trackers)
    return dg.MaterializeResult(metadata={"pass": passed.number, "trackers": len(passed.trackers)})


def keep_partitions(instance: dg.DagsterInstance, trackers: Sequence[str]) -> None:
    """Make the dynamic partitions equal to the trackers."""
    name = str(TRACKERS.name)
    present = set(instance.get_dynamic_partitions(name))
    for gone in sorted(present - set(trackers)):
        instance.delete_dynamic_partition(name, gone)
    instance.add_dynamic_partitions(name, [tracker for tracker in trackers if tracker not in present])


@dg.asset(partitions_def=TRACKERS, deps=[fleet_hand_over], group_name=GROUP, kinds={"duckdb", "parquet"})
def tracker_part(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """What the newest pass says of one tracker: readings, odds, verdicts, foresight."""
    settings, tracker_id = load_settings(), context.partition_key
    passed = newest_pass(settings)
    if passed is None or tracker_id not in passed.trackers:
        raise InputError(f"no pass holds tracker {tracker_id!r}; run gather_fleet first")
    try:
        rows, seconds = assess_tracker(settings, passed, tracker_id)
    except Exception as error:
        raise TrackerFailed(f"tracker {tracker_id}: {error}") from error
    return dg.MaterializeResult(metadata={"pass": passed.number, "rows": sum(rows.values()), "seconds": seconds})


def assess_tracker(
    settings: Settings, passed: Pass, tracker_id: str, wait_seconds: float = WAIT_SECONDS
) -> tuple[dict[str, int], dict[str, float]]:
    """Make a tracker's part of a pass under the tracker's own lock; return its rows by table and seconds by step."""
    from assets.warehouse import Warehouse, single_writer

    own = tracker_settings(settings, passed, tracker_id)
    warehouse = Warehouse(own.warehouse)
    run = TrackerRun(as_of=passed.as_of, started_at=passed.started_at)
    run._own, run._warehouse = own, warehouse
    purpose = f"tracker {tracker_id}, pass {passed.number}"
    with single_writer(own.lock, wait_seconds=wait_seconds, purpose=purpose), warehouse.connect():
        take_over(warehouse, pass_folder(settings, passed.name), tracker_id)
        seconds = carry_out(run, BY_TRACKER)
        return write_part(warehouse, settings, passed, tracker_id), seconds


@dg.asset(deps=[tracker_part], group_name=GROUP, kinds={"duckdb", "parquet", "html"})
def fleet_release(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """All parts of the newest pass as one release: the same checks, alerts, files and report as of any other."""
    passed = newest_pass(run.settings)
    if passed is None:
        raise InputError("there is no pass to publish; run gather_fleet first")
    warehouse = run.warehouse()
    refuse_mixture(warehouse, run.settings, passed)
    rows = gather_parts(warehouse, run.settings, passed)
    for table in SUITES:
        if table in made_by_trackers():
            for verdict in check_table(warehouse, table):
                if not verdict.passed:
                    context.log.warning("%s: %s: %s", verdict.severity, verdict.check_name, verdict.detail)
    begun = run.model_copy(update={"as_of": passed.as_of, "started_at": passed.started_at, "offline": passed.offline})
    begun._warehouse = warehouse
    seconds = carry_out(begun, OF_ALL)
    (newest,) = warehouse.rows("select max_by(release_id, created_at) as release_id from release")
    release_id = str(newest["release_id"])
    mark_published(run.settings, passed, release_id)
    return dg.MaterializeResult(
        metadata={"release": release_id, "pass": passed.number, "rows": sum(rows.values()), "seconds": seconds}
    )
