"""Dagster's assets of the stage observe."""

from collections.abc import Iterator
from datetime import datetime

import dagster as dg

from signposts import observe
from signposts.errors import InputError
from signposts.release.withholding import isolate_faults, withhold_at_fault
from signposts.warehouse import Warehouse

from .resources import MonitoringRun
from .table_specs import table_spec

GROUP = "observe"
# In the order in which they depend on each other, as Dagster wants them reported.
READINGS = ("as_of_date", "list_completeness", "observation", "chain_link", "reading_claim", "reading")


@dg.multi_asset(name="claim", specs=[table_spec(name, group=GROUP) for name in ("claim", "kept_value")])
def claim(context: dg.AssetExecutionContext, run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Append the versions of claims that ledgers and publishers bring, and derive those that follow by formula."""
    warehouse = run.warehouse()
    with warehouse.connect():
        warehouse.ensure_tables()
        if run.from_archive:
            warehouse.write_rows("claim_version", [])
        kept = warehouse.count("claim_version")
        gone = _write_claims(warehouse, run.now())
        for claim_id in gone:
            context.log.warning("%s is no longer in its ledger; what was recorded stays", claim_id)
        counted = {
            "dagster/row_count": warehouse.count("claim"),
            "new versions": warehouse.count("claim_version") - kept,
        }
        yield dg.MaterializeResult(asset_key="claim", metadata=counted)
        yield from run.made("kept_value")


def _write_claims(warehouse: Warehouse, now: datetime) -> list[str]:
    """Write the claims; return those whose ledger rows are gone. A tracker of which a row was edited is held back."""
    try:
        return observe.write_claims(warehouse, now)[1]
    except InputError as error:
        edited = warehouse.rows("select distinct tracker_id from ledger_fault where fault = 'edited'")
        if not edited or not withhold_at_fault(warehouse, {row["tracker_id"]: str(error) for row in edited}):
            raise
        return observe.write_claims(warehouse, now)[1]


@dg.multi_asset(name="coverage", specs=[table_spec("coverage", group=GROUP)])
def coverage(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Say of each indicator what feeds it, how often, and whether its publishers have answered."""
    warehouse = run.warehouse()
    with warehouse.connect():
        warehouse.build_table("observe/last_fetch")
        warehouse.build_table("observe/coverage")
        yield from run.made("coverage")


@dg.multi_asset(name="derived_part", specs=[table_spec("derived_part", group=GROUP)])
def derived_part(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Name the claims that each derived claim was computed from."""
    run.warehouse().build_table("observe/derived_part")
    yield from run.made("derived_part")


@dg.multi_asset(name="milestone", specs=[table_spec("milestone", group=GROUP)])
def milestone(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Put each project's stages in order, with the slip from each plan to the next."""
    run.warehouse().build_table("observe/milestone", as_of=run.as_of_date())
    yield from run.made("milestone")


@dg.multi_asset(name="readings", specs=[table_spec(name, group=GROUP) for name in READINGS])
def readings(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Read what each indicator says at each as-of date, and pool the claims behind it."""
    warehouse = run.warehouse()

    def work() -> None:
        observe.read_claims(warehouse, run.as_of_date(), run.now())
        observe.read_claims_of_last_release(warehouse, run.settings.released_database, run.as_of_date(), run.now())

    with warehouse.connect():
        isolate_faults(warehouse, "reading", work)
        yield from run.made(*READINGS)


@dg.multi_asset(name="freshness", specs=[table_spec("freshness", group=GROUP)])
def freshness(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Say of each source and indicator when we last looked, and the newest period there is."""
    warehouse = run.warehouse()
    with warehouse.connect():
        warehouse.build_table("observe/last_fetch")
        warehouse.build_table("observe/freshness", as_of=run.as_of_date())
    yield from run.made("freshness")
