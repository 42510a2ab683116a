"""Dagster's assets around alerts: the table made before the release, the sending after it."""

from collections.abc import Iterator

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

    warehouse = run.warehouse()
    _, lapsed = write_alerts(warehouse, run.settings, run.as_of_date(), run.now())
    for line in lapsed:
        context.log.warning("no longer accepted: %s", line)
    yield dg.MaterializeResult(asset_key="alert", metadata={"dagster/row_count": warehouse.count("alert")})


@dg.asset(deps=["release"], group_name=GROUP, kinds={"apprise"})
def send_alerts(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """Who is named in SIGNPOSTS_NOTIFY_URL hears of the release's alerts; an offline run leaves it to the next one."""
    if run.offline:
        return dg.MaterializeResult(metadata={"sent": 0, "why": "offline"})
    from signposts.alerts.delivery import deliver

    outcomes = deliver(run.settings, run.now())
    for outcome in outcomes:
        context.log.info("alert %s: %s: %s", outcome.delivery, outcome.alert_key, outcome.message)
    if any(outcome.delivery == "failed" for outcome in outcomes):
        context.log.warning("alerts could not be sent; they are tried again (`signposts alerts --test` shows why)")
    return dg.MaterializeResult(metadata={"sent": sum(outcome.delivery == "sent" for outcome in outcomes)})
