"""Dagster's assets of the stage observe."""

from collections.abc import Iterator

import dagster as dg

from signposts import observe

from .resources import MonitoringRun

GROUP = "observe"
READINGS = ("as_of_date", "reading", "pooled_report", "reading_claim", "list_completeness", "chain_link")


@dg.asset(
    deps=["raw_ledger", "feed", "fetch_attempt", "derivation", "derivation_anchor"], group_name=GROUP, kinds={"duckdb"}
)
def claim(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """One row per version of a claim; kept between runs and only appended to."""
    warehouse = run.warehouse()
    with warehouse.connect():
        warehouse.ensure_tables()
        if run.from_archive:
            warehouse.write_rows("claim_version", [])
        kept = warehouse.count("claim_version")
        rows, gone = observe.write_claims(warehouse, run.now())
        for claim_id in gone:
            context.log.warning("%s is no longer in its ledger; what was recorded stays", claim_id)
        appended = warehouse.count("claim_version") - kept
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "new versions": appended})


@dg.asset(deps=["claim"], group_name=GROUP, kinds={"duckdb"})
def derived_part(run: MonitoringRun) -> dg.MaterializeResult[None]:
    """One row per derived claim and claim that it was computed from."""
    rows = run.warehouse().build_table("observe/derived_part")
    return dg.MaterializeResult(metadata={"dagster/row_count": rows})


@dg.asset(deps=["claim"], group_name=GROUP, kinds={"duckdb"})
def milestone(run: MonitoringRun) -> dg.MaterializeResult[None]:
    """One row per project, stage and claim, with the slip from each plan to the next."""
    rows = run.warehouse().build_table("observe/milestone", as_of=run.as_of_date())
    return dg.MaterializeResult(metadata={"dagster/row_count": rows})


@dg.multi_asset(
    name="readings",
    specs=[dg.AssetSpec(name, deps=["claim", "indicator"], group_name=GROUP, kinds={"duckdb"}) for name in READINGS],
)
def readings(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """What each indicator says at each as-of date, and the claims pooled into it."""
    warehouse = run.warehouse()
    with warehouse.connect():
        observe.read_claims(warehouse, run.as_of_date(), run.now())
        observe.read_claims_of_last_release(warehouse, run.settings.released_database, run.as_of_date(), run.now())
        for name in READINGS:
            yield dg.MaterializeResult(asset_key=name, metadata={"dagster/row_count": warehouse.count(name)})


@dg.asset(deps=["claim", "fetch_attempt", "source", "indicator"], group_name=GROUP, kinds={"duckdb"})
def freshness(run: MonitoringRun) -> dg.MaterializeResult[None]:
    """One row per source and per indicator: when we last looked, and the newest period there is."""
    warehouse = run.warehouse()
    with warehouse.connect():
        warehouse.build_table("observe/last_fetch")
        rows = warehouse.build_table("observe/freshness", as_of=run.as_of_date())
    return dg.MaterializeResult(metadata={"dagster/row_count": rows})
