"""Dagster's asset checks: one an expectation or rule of checks/, two a source, and one a table that may stop a run.

Belongs here: turning verdicts into check results with their failing rows, and what a failure stops. Not here: what is
expected (checks/), or applying it (signposts/validation.py).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from signposts.release.withholding import withhold_at_fault
from signposts.sources.publishers import PUBLISHERS
from signposts.validation import Check, Verdict, checks_of, load_suites, validate_table
from signposts.warehouse import Warehouse, load_sql

from .resources import MonitoringRun
from .table_specs import RAW_TABLES

GATED = tuple(table for table in load_suites() if table not in RAW_TABLES)


def spec_name(check: Check | Verdict) -> str:
    """Return a check's name in the letters that Dagster allows."""
    return re.sub(r"[^a-z0-9]+", "_", check.check_name.lower()).strip("_")


def check_spec(check: Check, *after: str) -> dg.AssetCheckSpec:
    """Return the spec of a check."""
    return dg.AssetCheckSpec(spec_name(check), asset=check.target, description=check.description, additional_deps=after)


def check_result(verdict: Verdict) -> dg.AssetCheckResult:
    """Return a verdict as Dagster's result: at most ten failing rows with their keys as a table."""
    metadata: dict[str, Any] = {"failing rows": verdict.failing_rows}
    if verdict.trackers:
        metadata["trackers"] = ", ".join(verdict.trackers)
    if verdict.first_rows:
        metadata["first failing rows"] = dg.MetadataValue.table(
            records=[dg.TableRecord({name: str(value) for name, value in row.items()}) for row in verdict.first_rows],
            schema=dg.TableSchema([dg.TableColumn(name, "string") for name in verdict.first_rows[0]]),
        )
    return dg.AssetCheckResult(
        asset_key=verdict.target,
        check_name=spec_name(verdict),
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity.ERROR if verdict.severity == "critical" else dg.AssetCheckSeverity.WARN,
        description=verdict.detail if verdict.passed else verdict.sentence,
        metadata=metadata,
    )


# ---- tables of the run


def gate_name(table: str) -> str:
    """Return the name of the check that stops a run at a table."""
    return f"{table}_leaves_something_to_release"


def table_checks(table: str) -> dg.AssetChecksDefinition:
    """Return the checks of a table, and the one that stops the run if no tracker is left after them."""
    gate = dg.AssetCheckSpec(
        gate_name(table),
        asset=table,
        blocking=True,
        description="A critical failure holds back the trackers whose rows fail; the run stops if none is left.",
    )

    @dg.multi_asset_check(name=f"{table}_checks", specs=[*map(check_spec, checks_of(table)), gate])
    def check(run: MonitoringRun) -> Iterator[dg.AssetCheckResult]:
        warehouse = run.warehouse()
        with warehouse.connect():
            verdicts = validate_table(warehouse, table)
            yield from map(check_result, verdicts)
            yield gate_result(warehouse, table, verdicts)

    return check


def gate_result(warehouse: Warehouse, table: str, verdicts: Sequence[Verdict]) -> dg.AssetCheckResult:
    """Hold back the trackers that failed critical checks; fail if a failure belongs to none or leaves none."""
    failed = [verdict for verdict in verdicts if not verdict.passed and verdict.severity == "critical"]
    reasons = {name: verdict.sentence for verdict in reversed(failed) for name in verdict.trackers}
    passed = not failed or (all(verdict.trackers for verdict in failed) and withhold_at_fault(warehouse, reasons))
    said = "; ".join(verdict.sentence for verdict in failed) or "Nothing critical failed."
    return dg.AssetCheckResult(
        asset_key=table,
        check_name=gate_name(table),
        passed=passed,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"Held back: {', '.join(reasons)}. {said}" if failed and passed else said,
        metadata={"failed": said},
    )


# ---- publishers


@dg.multi_asset_check(
    name="publisher_checks",
    specs=[check_spec(check, "fetch_attempt") for table in RAW_TABLES for check in checks_of(table)],
    can_subset=True,
)
def publisher_checks(context: dg.AssetCheckExecutionContext, run: MonitoringRun) -> Iterator[dg.AssetCheckResult]:
    """Hold each publisher's raw rows to its suite; a table without rows has nothing to check and no result."""
    chosen = context.selected_asset_check_keys
    warehouse = run.warehouse()
    with warehouse.connect():
        for table in RAW_TABLES:
            for verdict in validate_table(warehouse, table) if table in load_suites() else ():
                result = check_result(verdict)
                if dg.AssetCheckKey(dg.AssetKey(table), spec_name(verdict)) in chosen:
                    yield result


OF_SOURCE = {
    "answered": "The publisher answered when it was last asked, and what it sent could be read.",
    "current": "The newest period of the publisher is no older than its age limit in sources.yaml.",
}


@dg.multi_asset_check(
    name="source_checks",
    specs=[
        dg.AssetCheckSpec(name, asset=table, additional_deps=["freshness"], description=description)
        for table in RAW_TABLES
        for name, description in OF_SOURCE.items()
    ],
)
def source_checks(run: MonitoringRun) -> Iterator[dg.AssetCheckResult]:
    """Say of each source whether it answered and whether it is current; what is unknown is neither."""
    rows = {row["source_id"]: row for row in run.warehouse().rows(load_sql("observe/source_state"))}
    for source_id in PUBLISHERS:
        row = rows.get(source_id)
        for name in OF_SOURCE:
            yield dg.AssetCheckResult(
                asset_key=f"raw_{source_id}",
                check_name=name,
                passed=bool(row and row[name]),
                severity=dg.AssetCheckSeverity.WARN,
                description=str(row[f"{name}_detail"]) if row else "sources.yaml has no entry for it",
                metadata={"last good": str(row["answered_at"] or "never"), "newest period": str(row["newest_period"])}
                if row
                else {},
            )


ASSET_CHECKS = [*(table_checks(table) for table in GATED), publisher_checks, source_checks]
