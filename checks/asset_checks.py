"""Turn suites and SQL rules into blocking Dagster asset checks that leave their verdicts in the table check_result.

Belongs here: which check runs on which asset, carrying a verdict over when nothing changed. Not here: the rules.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from assets.resources import MonitoringRun
from checks.expectations import Verdict, library_version, validate
from checks.suites import SUITES

if TYPE_CHECKING:
    from assets.warehouse import Warehouse

RULES_ROOT = Path(__file__).resolve().parent / "sql"
HEADER = re.compile(r"^-- (?P<key>Severity|Target|Rule): (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One SQL statement that returns the rows that break it."""

    name: str
    severity: str
    target: str
    rule: str
    statement: str


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return every rule of checks/sql, each with its header's severity, target and sentence."""
    return tuple(_read_rule(path) for path in sorted(RULES_ROOT.glob("*.sql")))


def _read_rule(path: Path) -> Rule:
    """Return the rule of one file; its header names severity, target and rule, or it is refused."""
    statement = path.read_text(encoding="utf-8")
    header = {match["key"].lower(): match["text"] for match in HEADER.finditer(statement)}
    return Rule(path.stem, header["severity"], header["target"], header["rule"], statement)


def apply_rule(warehouse: "Warehouse", rule: Rule) -> Verdict:
    """Return the verdict of one SQL rule, with the first offending rows in its detail."""
    offending = warehouse.rows(rule.statement)
    detail = rule.rule
    if offending:
        detail += " Broken by: " + "; ".join(map(str, offending[:5]))
    return Verdict(rule.name, rule.target, rule.severity, not offending, len(offending), detail)


def apply_suite(warehouse: "Warehouse", table: str) -> list[Verdict]:
    """Return the verdicts of a table's suite, carried over if table, suite and library are the ones last checked."""
    expectations = SUITES[table]
    key = _suite_key(warehouse.fingerprint(table), table)
    remembered = warehouse.recall(f"suite:{table}", key)
    if remembered is not None:
        return [replace(Verdict(**verdict), carried_over=True) for verdict in json.loads(remembered)]
    verdicts = validate(warehouse.read_frame(table), table, expectations)
    warehouse.remember(
        f"suite:{table}",
        key,
        json.dumps([{name: getattr(verdict, name) for name in verdict.__slots__} for verdict in verdicts]),
    )
    return verdicts


def _suite_key(fingerprint: str, table: str) -> str:
    """Return what must be equal for a verdict to hold again: the rows, the suite, the library."""
    suite = json.dumps(SUITES[table], sort_keys=True)
    return hashlib.sha256(f"{fingerprint}\n{suite}\n{library_version()}".encode()).hexdigest()


def record(warehouse: "Warehouse", target: str, verdicts: Iterable[Verdict]) -> None:
    """Replace the verdicts on one table in check_result."""
    rows = [{name: getattr(verdict, name) for name in verdict.__slots__} for verdict in verdicts]
    warehouse.replace_rows("check_result", rows, target=target)


def check_table(warehouse: "Warehouse", table: str) -> list[Verdict]:
    """Run and record the suite and the SQL rules of one table."""
    verdicts = apply_suite(warehouse, table)
    verdicts += [apply_rule(warehouse, rule) for rule in load_rules() if rule.target == table]
    record(warehouse, table, verdicts)
    return verdicts


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
        return summarise(check_table(run.warehouse(), table))

    return check


ASSET_CHECKS = [table_check(table) for table in SUITES]
