"""When things run: the job, its schedule, and what a run tells while it goes.

Belongs here: jobs, schedules, sensors, freshness policies, log lines. Not here: work, which the stages do.
"""

import json
import logging
from datetime import UTC, datetime

import dagster as dg

# Retries are at one layer each: the session retries seconds, the next schedule retries everything else.
monitor = dg.define_asset_job(
    "monitor",
    selection=dg.AssetSelection.all(),
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


JOBS = [monitor]
SCHEDULES = [daily_monitoring]
LOGGERS = {"lines": lines}
