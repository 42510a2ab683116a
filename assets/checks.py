"""Blocking Dagster asset checks that hold each table to its suite and its SQL rules."""

import dagster as dg

from signposts.validation import Verdict, load_suites, validate_table

from .resources import MonitoringRun


def summarise(verdicts: list[Verdict]) -> dg.AssetCheckResult:
    """Return one blocking result: an error if a critical check failed, a warning if another did."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    critical = any(verdict.severity == "critical" for verdict in failed)
    return dg.AssetCheckResult(
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if critical else dg.AssetCheckSeverity.WARN,
        metadata={
            "checks": len(verdicts),
            "failed": "\n".join(f"{verdict.severity}: {verdict.check_name}: {verdict.detail}" for verdict in failed),
        },
    )


def table_check(table: str) -> dg.AssetChecksDefinition:
    """Return the blocking check that holds a table to its suite and its rules."""

    @dg.asset_check(asset=table, name=f"{table}_is_sound", blocking=True)
    def check(run: MonitoringRun) -> dg.AssetCheckResult:
        return summarise(validate_table(run.warehouse(), table))

    return check


ASSET_CHECKS = [table_check(table) for table in load_suites()]
