"""When the fleet runs: its three jobs, the schedule that begins a pass, and the sensor that carries it on.

Belongs here: jobs, tags, the schedule, the sensor. Not here: work.

Two jobs write what all trackers share, and hold the installation's lock from their first write to their last: they
are one process each. The job of one tracker runs wherever SIGNPOSTS_EXECUTOR says, beside as many others as the run
queue lets through.
"""

from collections.abc import Iterator

import dagster as dg

from assets.executors import chosen_executor
from assets.fleet.passes import Pass, is_published, missing_parts, newest_pass
from assets.fleet.steps import fleet_hand_over, fleet_release, tracker_part
from assets.resources import NOT_THE_WRITER
from assets.settings import load_settings, runs_as_fleet

# What the limits of a run queue go by (deploy/postgres/dagster.yaml).
WRITES = "signposts/writes"
THE_RELEASE = {WRITES: "release"}
ONE_TRACKER = {WRITES: "tracker", NOT_THE_WRITER: "tracker"}

gather_fleet = dg.define_asset_job(
    "gather_fleet",
    selection=dg.AssetSelection.groups("catalogue", "gather") | dg.AssetSelection.assets("claim", fleet_hand_over),
    executor_def=dg.in_process_executor,
    tags=THE_RELEASE,
    description="Begin a pass: gather, merge the claims, hand over to the trackers' runs.",
)
assess_trackers = dg.define_asset_job(
    "assess_trackers",
    selection=dg.AssetSelection.assets(tracker_part),
    executor_def=chosen_executor(),
    tags=ONE_TRACKER,
    description="One tracker's part of the newest pass.",
)
publish_fleet = dg.define_asset_job(
    "publish_fleet",
    selection=dg.AssetSelection.assets(fleet_release),
    executor_def=dg.in_process_executor,
    tags=THE_RELEASE,
    description="End a pass: one release of all parts, checked and told as ever.",
)


@dg.schedule(
    job=gather_fleet,
    cron_schedule="30 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="One pass a day where SIGNPOSTS_FLEET is yes; else the job monitor has this hour.",
)
def daily_fleet(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for the day's pass."""
    if not runs_as_fleet():
        return dg.SkipReason("SIGNPOSTS_FLEET is not yes; the job monitor runs")
    return dg.RunRequest(run_key=f"daily-{context.scheduled_execution_time.date()}")


@dg.sensor(
    jobs=[assess_trackers, publish_fleet],
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Carry the newest pass on: a run a tracker, then, when every part is there, the release.",
)
def carry_fleet_on(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Ask for what the newest pass wants next, once; a run that failed is for its retry or for a person."""
    settings = load_settings()
    passed = newest_pass(settings)
    if passed is None:
        return dg.SensorResult(skip_reason="no pass has begun")
    if is_published(settings, passed):
        return dg.SensorResult(skip_reason=f"pass {passed.number} is published", cursor=context.cursor)
    missing = missing_parts(settings, passed)
    step = f"{passed.name}:{'parts' if missing else 'release'}"
    if context.cursor == step:
        waits_for = f"{len(missing)} of {len(passed.trackers)} parts" if missing else "its release"
        return dg.SensorResult(skip_reason=f"pass {passed.number} waits for {waits_for}", cursor=step)
    return dg.SensorResult(run_requests=list(next_runs(passed, missing)), cursor=step)


def next_runs(passed: Pass, missing: list[str]) -> Iterator[dg.RunRequest]:
    """Yield a run for each missing part, or the one that publishes."""
    if not missing:
        yield dg.RunRequest(run_key=f"release-{passed.name}", job_name=publish_fleet.name)
    for tracker_id in missing:
        yield dg.RunRequest(
            run_key=f"part-{passed.name}-{tracker_id}", job_name=assess_trackers.name, partition_key=tracker_id
        )


ASSETS = [fleet_hand_over, tracker_part, fleet_release]
JOBS = [gather_fleet, assess_trackers, publish_fleet]
SCHEDULES = [daily_fleet]
SENSORS = [carry_fleet_on]
