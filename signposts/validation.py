"""Validation: the suites of Great Expectations and the SQL rules of checks/, applied to the tables.

Belongs here: the only import of Great Expectations, and the rows of check_result. Not here: what is expected of which
table (checks/), and which check blocks which asset (assets/).
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from signposts.settings import package_folder
from signposts.warehouse import Warehouse

if TYPE_CHECKING:
    import pandas as pd

Expectation: TypeAlias = Mapping[str, Any]

SEVERITIES = ("critical", "warning", "info")

HEADER = re.compile(r"^-- (?P<key>Severity|Target|Rule): (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of one check: a row of the table check_result."""

    check_name: str
    target: str
    severity: str
    passed: bool
    failing_rows: int
    detail: str


def validate(frame: "pd.DataFrame", table: str, expectations: Sequence[Expectation]) -> list[Verdict]:
    """Return one verdict for each expectation on the frame.

    Raises:
        ValueError: if the suite is empty or Great Expectations dropped an expectation that it cannot read; both would
            otherwise pass on any data.
    """
    if not expectations:
        raise ValueError(f"suite {table!r} is empty, and an empty suite passes on any data")
    verdicts = [_verdict(table, result) for result in _evaluate(frame, table, expectations)]
    if len(verdicts) != len(expectations):
        raise ValueError(f"suite {table!r}: Great Expectations dropped an expectation that it cannot read")
    return verdicts


def _evaluate(frame: "pd.DataFrame", table: str, expectations: Sequence[Expectation]) -> list[Any]:
    """Return Great Expectations' own results for the suite."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("memory").add_dataframe_asset(table)
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name=table, expectations=[dict(expectation) for expectation in expectations])
    return list(batch.validate(suite, result_format="SUMMARY").results)


def _verdict(table: str, result: Any) -> Verdict:
    """Return the verdict that one result of Great Expectations amounts to."""
    configuration = result.expectation_config
    arguments = {key: value for key, value in configuration.kwargs.items() if key != "batch_id"}
    subject = arguments.get("column") or ",".join(arguments.get("column_list", ())) or "table"
    measured = result.result or {}
    failing = int(measured.get("unexpected_count") or (0 if result.success else 1))
    seen = measured.get("observed_value", measured.get("partial_unexpected_list", ""))
    return Verdict(
        check_name=f"{configuration.type.removeprefix('expect_')}:{subject}",
        target=table,
        severity=str(getattr(configuration.severity, "value", configuration.severity) or "critical"),
        passed=bool(result.success),
        failing_rows=0 if result.success else failing,
        detail=f"expected {arguments}" + ("" if result.success else f"; seen {seen}"),
    )


@cache
def load_suites() -> Mapping[str, tuple[Expectation, ...]]:
    """Return the expectations of every suite of checks/suites, by table."""
    suites = {}
    for path in sorted((package_folder("checks") / "suites").glob("*.json")):
        suites[path.stem] = tuple(json.loads(path.read_text(encoding="utf-8"))["expectations"])
    return suites


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
    """Return every rule of checks/sql; its header names severity, target and rule, or it is refused."""
    rules = []
    for path in sorted((package_folder("checks") / "sql").glob("*.sql")):
        statement = path.read_text(encoding="utf-8")
        header = {match["key"].lower(): match["text"] for match in HEADER.finditer(statement)}
        rules.append(Rule(path.stem, header["severity"], header["target"], header["rule"], statement))
    return tuple(rules)


def apply_rule(warehouse: Warehouse, rule: Rule) -> Verdict:
    """Return the verdict of one SQL rule, with the first offending rows in its detail."""
    offending = warehouse.rows(rule.statement)
    detail = rule.rule
    if offending:
        detail += " Broken by: " + "; ".join(map(str, offending[:5]))
    return Verdict(rule.name, rule.target, rule.severity, not offending, len(offending), detail)


def validate_table(warehouse: Warehouse, table: str) -> list[Verdict]:
    """Apply the suite and the SQL rules of one table and replace its verdicts in check_result."""
    verdicts = validate(warehouse.read_frame(table), table, load_suites()[table])
    verdicts += [apply_rule(warehouse, rule) for rule in load_rules() if rule.target == table]
    record(warehouse, table, verdicts)
    return verdicts


def record(warehouse: Warehouse, target: str, verdicts: Iterable[Verdict]) -> None:
    """Replace the verdicts on one table in check_result."""
    rows = [{name: getattr(verdict, name) for name in verdict.__slots__} for verdict in verdicts]
    warehouse.replace_rows("check_result", rows, target=target)
