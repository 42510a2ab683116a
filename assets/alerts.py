"""Dagster's assets around alerts: the table made before the release, the sending after it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from .resources import MonitoringRun
from .table_specs import table_spec

GROUP = "publish"


@dg.multi_asset(
    name="alert",
    specs=[
        table_spec(
            "alert",
            group=GROUP,
            deps=(
                *("scenario_probability", "assessment", "surprise", "change", "freshness", "fetch_attempt"),
                *("tracker_setting", "scenario", "indicator", "reading", "source"),
            ),
        )
    ],
)
def alert(context: dg.AssetExecutionContext, run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """One row per alert that this release raises; none that an earlier one has raised."""
    from signposts.alerts.raising import write_alerts

    _, lapsed = write_alerts(run.warehouse(), run.settings, run.as_of_date(), run.now())
    for line in lapsed:
        context.log.warning("no longer accepted: %s", line)
    yield from run.made("alert")


@dg.asset(
    deps=["release"],
    group_name=GROUP,
    kinds={"apprise"},
    description="The release's alerts, sent once to each address; then the heartbeat and the metrics file.",
)
def send_alerts(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """Who is named in SIGNPOSTS_NOTIFY_URL hears of the release's alerts; an offline run leaves it to the next one."""
    from signposts.alerts.delivery import deliver
    from signposts.alerts.vital_signs import send_heartbeat, write_metrics

    outcomes = [] if run.offline else deliver(run.settings, run.now())
    for outcome in outcomes:
        context.log.info("alert %s: %s: %s", outcome.delivery, outcome.alert_key, outcome.message)
    if any(outcome.delivery == "failed" for outcome in outcomes):
        context.log.warning("alerts could not be sent; they are tried again (`signposts alerts --test` shows why)")
    record = context.instance.get_run_record_by_id(context.run.run_id)
    began = record.start_time if record is not None else None
    write_metrics(run.settings, datetime.now(UTC), time.time() - began if began else None)
    if not run.offline and not send_heartbeat():
        context.log.warning("the heartbeat of SIGNPOSTS_HEARTBEAT_URL was not taken; the next run sends another")
    return dg.MaterializeResult(
        metadata={"sent": sum(outcome.delivery == "sent" for outcome in outcomes), "offline": run.offline}
    )
