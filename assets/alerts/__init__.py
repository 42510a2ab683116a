"""Alerts: what somebody must hear of, told once.

Belongs here: the Dagster skin: the table made before the release, the telling after it. Not here: the rules
(sql/alerts), the journal, the messages.
"""

import dagster as dg

from assets.resources import MonitoringRun
from assets.unchanged import PUBLISHED_STATE, folder_digest, once, state_key

GROUP = "publish"


@dg.asset(
    deps=["scenario_probability", "assessment", "surprise", "change", "freshness", "fetch"],
    group_name=GROUP,
    kinds={"duckdb"},
)
def alert(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """One row per alert that this release raises; none that an earlier one has raised."""
    from assets.alerts.raising import write_alerts

    warehouse, settings = run.warehouse(), run.settings
    key = state_key(warehouse, PUBLISHED_STATE, run.as_of_date(), folder_digest(settings.catalogue_root))

    def write() -> None:
        _, lapsed = write_alerts(warehouse, settings, run.as_of_date(), run.now())
        for line in lapsed:
            context.log.warning("no longer accepted: %s", line)

    once(warehouse, "alert", key, write)
    return dg.MaterializeResult(metadata={"dagster/row_count": warehouse.count("alert")})


@dg.asset(deps=["release"], group_name=GROUP, kinds={"apprise"})
def telling(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """Who is named in SIGNPOSTS_NOTIFY_URL hears of the release's alerts; an offline run leaves it to the next one."""
    if run.offline:
        return dg.MaterializeResult(metadata={"told": 0, "why": "offline"})
    from assets.alerts.delivery import deliver

    outcomes = deliver(run.settings, run.now())
    for each in outcomes:
        context.log.info("alert %s: %s: %s", each.delivery, each.alert_key, each.message)
    if any(each.delivery == "failed" for each in outcomes):
        context.log.warning("alerts could not be told; they are tried again (`signposts alerts --test` shows why)")
    return dg.MaterializeResult(metadata={"told": sum(each.delivery == "sent" for each in outcomes)})
