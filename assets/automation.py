"""When things run: jobs, schedules, sensors, freshness policies, and what a run prints while it goes.

Belongs here: what starts a run and what it prints. Not here: work, which the stages do.
"""

import json
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from signposts.run_key import digest_of_files
from signposts.settings import load_settings

from . import by_tracker
from .failures import failures_of_events
from .resources import NOT_THE_WRITER

# Retries are at one layer each: the session retries seconds, the next schedule retries everything else.
monitor = dg.define_asset_job(
    "monitor",
    selection=by_tracker.FIRST
    if by_tracker.is_by_tracker()
    else (dg.AssetSelection.all() - dg.AssetSelection.groups("backfill", "collect"))
    | (dg.AssetSelection.all_asset_checks() - dg.AssetSelection.checks_for_assets("collected_leads")),
    executor_def=dg.in_process_executor,
    tags={"dagster/max_runtime": 7200},
    description="One monitoring run: gather, observe, assess, publish, send alerts.",
)


@dg.schedule(
    job=monitor,
    cron_schedule="30 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="One run a day, in UTC: no hour is skipped or doubled when clocks change.",
)
def daily_monitoring(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Ask for the day's run; the key keeps a second one of the same day away."""
    return dg.RunRequest(run_key=f"daily-{context.scheduled_execution_time.date()}")


# ---- messages to people


@dg.op(description="Send what the week brought to whoever SIGNPOSTS_NOTIFY_URL names, or log it if it names nobody.")
def send_digest(context: dg.OpExecutionContext) -> None:
    """Send the weekly digest."""
    from signposts.alerts.delivery import addresses, send
    from signposts.alerts.digest import weekly_digest

    title, text = weekly_digest(load_settings(), datetime.now(UTC))
    context.log.info("%s\n%s", title, text)
    if addresses():
        send(title, text)


@dg.job(
    executor_def=dg.in_process_executor,
    tags={NOT_THE_WRITER: "digest"},
    description="The week in one message: odds, alerts, sources. It is also the sign that the machine still runs.",
)
def weekly_digest() -> None:
    """Send the weekly digest."""
    send_digest()


weekly_digest_schedule = dg.ScheduleDefinition(
    name="weekly_digest",
    job=weekly_digest,
    cron_schedule="30 6 * * 1",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


@dg.op(description="Send the alerts that waited for the quiet hours' end or could not be handed over.")
def send_waiting(context: dg.OpExecutionContext) -> None:
    """Send what waits."""
    from signposts.alerts.delivery import deliver

    for alert in deliver(load_settings(), datetime.now(UTC)):
        context.log.info("alert %s: %s", alert.delivery, alert.alert_key)


@dg.job(executor_def=dg.in_process_executor, tags={NOT_THE_WRITER: "alerts"})
def send_waiting_alerts() -> None:
    """Send the alerts that wait."""
    send_waiting()


@dg.op(description="Ask every publisher once for each document, store nothing, and send what failed, if anything did.")
def ask_publishers_once(context: dg.OpExecutionContext) -> None:
    """Probe every publisher.

    Raises:
        Failure: a document did not come or is not understood, so that the doctor names the job.
    """
    from signposts.alerts.delivery import addresses, send
    from signposts.gather import load_publishers
    from signposts.sources.probe import probe

    settings = load_settings()
    sources = {name: source for name, source in load_publishers(settings.catalogue_root).items() if source.documents}
    rows = probe(sources, settings.archive, settings.inbox, datetime.now(UTC))
    for row in rows:
        (context.log.warning if row.failed else context.log.info)(row.sentence())
    failed = [row.sentence() for row in rows if row.failed]
    if failed:
        title = f"Signposts: {len(failed)} of {sum(row.asked for row in rows)} documents failed the weekly probe"
        if addresses():
            send(title, "\n".join(failed), "warning")
        raise dg.Failure(f"{title}: {failed[0]}", allow_retries=False)


@dg.job(
    executor_def=dg.in_process_executor,
    tags={NOT_THE_WRITER: "probe"},
    description="Does each publisher still answer, and is it still understood?",
)
def weekly_probe() -> None:
    """Probe every publisher."""
    ask_publishers_once()


weekly_probe_schedule = dg.ScheduleDefinition(
    name="weekly_probe",
    job=weekly_probe,
    cron_schedule="30 2 * * 0",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


# ---- what starts a run when it happens

SETTLE = timedelta(seconds=5)
REASSESS = {"resources": {"run": {"config": {"ask_publishers": False}}}}


def watch_for_changes(
    context: dg.SensorEvaluationContext, root: Path, files: Iterable[Path], what: str, config: dict[str, Any]
) -> dg.SensorResult:
    """Ask for one run when the files differ from those of the last tick; the first tick only takes note.

    Half a file is not assessed, so nothing may have been written within the last seconds. The key counts the changes,
    since Dagster refuses a key for ever and files may change back.
    """
    now, files = datetime.now(UTC), list(files)
    try:
        written = [datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in files]
        if any(abs(now - moment) < SETTLE for moment in written):
            return dg.SensorResult(skip_reason=f"{what} is being written", cursor=context.cursor)
        digest = digest_of_files(root, files)[:16]
    except FileNotFoundError:
        return dg.SensorResult(skip_reason=f"{what} is changing", cursor=context.cursor)
    number, _, seen = (context.cursor or "0:").partition(":")
    if digest == seen:
        return dg.SensorResult(skip_reason=f"{what} is unchanged", cursor=context.cursor)
    if not seen:
        return dg.SensorResult(skip_reason=f"{what} noted", cursor=f"0:{digest}")
    request = dg.RunRequest(
        run_key=f"{what}-{int(number) + 1}-{digest}",
        run_config=config,
        tags={"signposts/because": f"{what} changed"},
    )
    return dg.SensorResult(run_requests=[request], cursor=f"{int(number) + 1}:{digest}")


@dg.sensor(job=monitor, minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def ledger_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Assess again when a ledger changes; publishers are left alone."""
    root = load_settings().catalogue_root
    return watch_for_changes(context, root, root.glob("*/ledger/*.csv"), "ledger", REASSESS)


@dg.sensor(job=monitor, minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def catalogue_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Assess again when the catalogue changes; a new source or document is asked at once."""
    root = load_settings().catalogue_root
    return watch_for_changes(context, root, [*root.rglob("*.yaml"), *root.glob("*/*.csv")], "catalogue", {})


@dg.sensor(job=monitor, minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def inbox_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Take in what is dropped into the inbox; publishers are left alone."""
    root = load_settings().inbox
    dropped = (path for path in root.glob("*") if path.is_file() and not path.name.startswith("."))
    return watch_for_changes(context, root, dropped, "inbox", REASSESS)


@dg.sensor(job=monitor, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def nothing_published_yet(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Ask for the first run of a new installation at once, not at the next scheduled hour."""
    if load_settings().released_database.exists():
        return dg.SensorResult(skip_reason="there is a release")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key="first-run")])


@dg.sensor(job=send_waiting_alerts, minimum_interval_seconds=600, default_status=dg.DefaultSensorStatus.RUNNING)
def alerts_wait(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Once an hour at most, send the alerts that waited for quiet hours to end or could not be handed over."""
    from signposts.alerts.delivery import waiting

    now = datetime.now(UTC)
    if not waiting(load_settings(), now):
        return dg.SensorResult(skip_reason="no alert waits")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"alerts-{now:%Y-%m-%dT%H}")])


@dg.run_failure_sensor(monitored_jobs=[monitor], default_status=dg.DefaultSensorStatus.RUNNING)
def run_failed(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """Send an alert that a run published nothing, once for each cause, unless a later run has published."""
    from signposts.alerts.withheld import raise_withheld

    if context.dagster_run.tags.get("dagster/will_retry") == "true":
        return dg.SkipReason("it is tried again")
    settings = load_settings()
    record = context.instance.get_run_record_by_id(context.dagster_run.run_id)
    target = settings.released_database
    if record is not None and target.exists() and target.stat().st_mtime > record.create_timestamp.timestamp():
        return dg.SkipReason("a later run has published")
    events = (entry.dagster_event for entry in context.instance.all_logs(context.dagster_run.run_id))
    failures = failures_of_events(event for event in events if event is not None)
    if failures and not all(failure.is_emergency for failure in failures):
        return dg.SkipReason("somebody stopped it, or another run was writing")
    reasons = [failure.line for failure in failures] or [context.failure_event.message or "the run failed"]
    raised = raise_withheld(settings, reasons, datetime.now(UTC))
    return None if raised else dg.SkipReason("raised before")


# ---- how old a source's table may be

# The schedule looks at every source once a day; one missed day is a warning, two are a failure. How old what the
# publisher has may be is another clock: table freshness, from max_age_days.
LOOKED_AT = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=50), warn_window=timedelta(hours=26))


def with_freshness(assets: Iterable[Any]) -> list[Any]:
    """Return the assets with a freshness policy on every source's table."""

    def with_policy(spec: dg.AssetSpec) -> dg.AssetSpec:
        of_source = spec.key.to_user_string().startswith("raw_")
        return spec.replace_attributes(freshness_policy=LOOKED_AT) if of_source else spec

    return list(dg.map_asset_specs(with_policy, list(assets)))


# ---- what a run prints


class LineFormatter(logging.Formatter):
    """One line an event: time, level, run, step, what; or the same as JSON."""

    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        meta = getattr(record, "dagster_meta", {}) or {}
        event = meta.get("dagster_event")
        parts = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds"),
            "level": record.levelname.lower(),
            "run": str(meta.get("run_id") or "")[:8],
            "step": meta.get("step_key") or "",
            "event": event.event_type_value.lower() if event else "message",
            "text": str(meta.get("orig_message") or record.getMessage()).splitlines()[0],
        }
        return json.dumps(parts) if self.as_json else " ".join(value for value in parts.values() if value)


LOGGED_EVENTS = {
    "PIPELINE_START",
    "PIPELINE_SUCCESS",
    "PIPELINE_FAILURE",
    "STEP_START",
    "STEP_SUCCESS",
    "STEP_FAILURE",
    "ASSET_CHECK_EVALUATION",
}


def should_log(record: logging.LogRecord) -> bool:
    """Return whether a record is worth a line: what a step logs, and the events that say how far the run has come."""
    event = (getattr(record, "dagster_meta", {}) or {}).get("dagster_event")
    return record.levelno >= logging.INFO if event is None else event.event_type_value in LOGGED_EVENTS


@dg.logger(
    {"level": dg.Field(str, default_value="INFO"), "json": dg.Field(bool, default_value=False)},
    description="One line an event on standard error, with the run's id in each.",
)
def lines(context: dg.InitLoggerContext) -> logging.Logger:
    """Return the logger that writes one line an event to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter(as_json=bool(context.logger_config["json"])))
    handler.addFilter(should_log)
    logger = logging.Logger("signposts", level=str(context.logger_config["level"]).upper())
    logger.addHandler(handler)
    return logger


class ProgressHandler(logging.Handler):
    """Say on standard error what each step has done, as it is done: one line a step, with its time."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line for a finished or failed step, and for warnings that a step logs."""
        meta = getattr(record, "dagster_meta", {}) or {}
        event = meta.get("dagster_event")
        if event is not None and event.event_type_value == "STEP_SUCCESS":
            seconds = event.event_specific_data.duration_ms / 1000
            sys.stderr.write(f"  {event.step_key:<34} {seconds:6.2f} s\n")
        elif event is not None and event.event_type_value == "STEP_FAILURE":
            sys.stderr.write(f"  {event.step_key:<34} failed\n")
        elif event is None and record.levelno >= logging.WARNING:
            sys.stderr.write(f"  {meta.get('orig_message') or record.getMessage()}\n")


@dg.logger({}, description="What each step has done, one line a step, for a person who waits.")
def progress(context: dg.InitLoggerContext) -> logging.Logger:
    """Return the logger that shows progress on standard error."""
    logger = logging.Logger("signposts", level=logging.DEBUG)
    logger.addHandler(ProgressHandler())
    return logger


JOBS: list[Any] = [monitor, weekly_digest, weekly_probe, send_waiting_alerts]
SCHEDULES = [daily_monitoring, weekly_digest_schedule, weekly_probe_schedule]
SENSORS = [
    ledger_changed,
    catalogue_changed,
    inbox_changed,
    nothing_published_yet,
    alerts_wait,
    run_failed,
]
LOGGERS = {"lines": lines, "progress": progress}
