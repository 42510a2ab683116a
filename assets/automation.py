"""When things run: the job, its schedule, and what a run tells while it goes.

Belongs here: jobs, schedules, sensors, freshness policies, log lines. Not here: work, which the stages do.
"""

import json
import logging
import sys
from datetime import UTC, datetime

import dagster as dg

# Retries are at one layer each: the session retries seconds, the next schedule retries everything else.
monitor = dg.define_asset_job(
    "monitor",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("backfill"),
    executor_def=dg.in_process_executor,
    description="One monitoring run: gather, observe, assess, publish.",
)

daily_monitoring = dg.ScheduleDefinition(
    name="daily_monitoring",
    job=monitor,
    cron_schedule="30 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


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


@dg.logger(
    {"level": dg.Field(str, default_value="INFO"), "json": dg.Field(bool, default_value=False)},
    description="One line an event on standard error, with the run's id in each.",
)
def lines(context: dg.InitLoggerContext) -> logging.Logger:
    """Return the logger that writes one line an event to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter(as_json=bool(context.logger_config["json"])))
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


JOBS = [monitor]
SCHEDULES = [daily_monitoring]
LOGGERS = {"lines": lines, "progress": progress}
