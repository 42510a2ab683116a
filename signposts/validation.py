"""Validation: the suites of Great Expectations and the SQL rules of checks/, applied to the tables.

Belongs here: the only import of Great Expectations, and the rows of check_result. Not here: what is expected of which
table (checks/), and what a failure stops (assets/, release/withholding.py).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from signposts.settings import package_folder
from signposts.warehouse import Warehouse

if TYPE_CHECKING:
    import pandas as pd

Expectation: TypeAlias = Mapping[str, Any]
Row: TypeAlias = Mapping[str, Any]

SEVERITIES = ("critical", "warning", "info")
FIRST_ROWS = 10
VERDICT_COLUMNS = ("check_name", "target", "severity", "passed", "failing_rows", "checked_rows", "detail")

HEADER = re.compile(r"^-- (?P<key>Severity|Target|Rule): (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation or one SQL rule: its name, the table it holds, how grave a failure is, and what it expects."""

    check_name: str
    target: str
    severity: str
    description: str


@dataclass(frozen=True, slots=True)
class Rule(Check):
    """One SQL statement that returns the rows that break it."""

    statement: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of one check: a row of the table check_result.

    ``first_rows`` are at most ten failing rows with their keys; ``trackers`` are all whose rows fail, empty where the
    failure belongs to no tracker.
    """

    check_name: str
    target: str
    severity: str
    passed: bool
    failing_rows: int
    detail: str
    first_rows: tuple[Row, ...] = ()
    trackers: tuple[str, ...] = ()
    checked_rows: int | None = None

    @property
    def sentence(self) -> str:
        """Return what failed as a person reads it: table, expectation, how many rows, the first row's key."""
        named = [f"{name} {value}" for row in self.first_rows[:1] for name, value in row.items() if value is not None]
        first = f", the first {', '.join(named)}" if self.first_rows else ""
        rows = f" {self.failing_rows} {'row fails' if self.failing_rows == 1 else 'rows fail'}{first}."
        return f"table {self.target}, {self.check_name}: {self.detail}{rows}"


@dataclass(frozen=True, slots=True)
class Suite:
    """The expectations on one table, and the columns that name a row of it."""

    table: str
    key: tuple[str, ...]
    expectations: tuple[Expectation, ...]


# ---- Great Expectations


def validate(frame: "pd.DataFrame", suite: Suite) -> list[Verdict]:
    """Return one verdict for each expectation of a suite on the frame.

    Raises:
        ValueError: if the suite is empty or Great Expectations dropped an expectation that it cannot read; both would
            otherwise pass on any data.
    """
    if not suite.expectations:
        raise ValueError(f"suite {suite.table!r} is empty, and an empty suite passes on any data")
    verdicts = [_verdict(suite, result) for result in _evaluate(frame, suite)]
    if len(verdicts) != len(suite.expectations):
        raise ValueError(f"suite {suite.table!r}: Great Expectations dropped an expectation that it cannot read")
    return verdicts


def _evaluate(frame: "pd.DataFrame", suite: Suite) -> list[Any]:
    """Return Great Expectations' own results for the suite, with the keys of every failing row."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("memory").add_dataframe_asset(suite.table)
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    expected = gx.ExpectationSuite(name=suite.table, expectations=list(map(dict, suite.expectations)))
    key = [name for name in suite.key if name in frame.columns]
    form = {"result_format": "COMPLETE", "unexpected_index_column_names": key}
    return list(batch.validate(expected, result_format=form).results)


def _verdict(suite: Suite, result: Any) -> Verdict:
    """Return the verdict that one result of Great Expectations amounts to."""
    configuration = result.expectation_config
    measured = result.result or {}
    rows = [_plain(row, suite.key) for row in measured.get("unexpected_index_list") or () if isinstance(row, dict)]
    failing = int(measured.get("unexpected_count") or (0 if result.success else 1))
    seen = measured.get("observed_value")
    detail = configuration.description or f"expected {configuration.kwargs}"
    if not result.success and not rows and seen is not None:
        detail += f" Seen: {seen}."
    check = expectation_check(suite.table, configuration.to_json_dict())
    return Verdict(
        check_name=check.check_name,
        target=suite.table,
        severity=check.severity,
        passed=bool(result.success),
        failing_rows=0 if result.success else failing,
        detail=detail,
        first_rows=() if result.success else tuple(rows[:FIRST_ROWS]),
        trackers=() if result.success else trackers_of(rows),
    )


def _plain(row: Row, key: Sequence[str] = ()) -> dict[str, Any]:
    """Return a failing row, its key first, with days and times as text and nothing where a value is missing."""
    import pandas as pd

    names = [*(name for name in key if name in row), *(name for name in row if name not in key)]
    return {
        name: None
        if pd.isna(row[name])
        else row[name]
        if isinstance(row[name], bool | int | float | str)
        else str(row[name]).removesuffix(" 00:00:00")
        for name in names
    }


def trackers_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the trackers that failing rows belong to; none if any row belongs to no tracker."""
    trackers = {row.get("tracker_id") for row in rows}
    return tuple(sorted(map(str, trackers))) if rows and None not in trackers else ()


def expectation_check(table: str, expectation: Expectation) -> Check:
    """Return the check that one expectation of a suite is."""
    arguments = expectation["kwargs"]
    subject = arguments.get("column") or arguments.get("column_A") or ",".join(arguments.get("column_list", ()))
    name = f"{str(expectation['type']).removeprefix('expect_')}:{subject or 'table'}"
    return Check(name, table, str(expectation.get("severity") or "critical"), str(expectation.get("description") or ""))


@cache
def load_suites() -> Mapping[str, Suite]:
    """Return every suite of checks/suites, by table; the files are such that Great Expectations itself reads them."""
    suites = {}
    for path in sorted((package_folder("checks") / "suites").glob("*.json")):
        text = json.loads(path.read_text(encoding="utf-8"))
        suites[path.stem] = Suite(path.stem, tuple(text["meta"]["key"]), tuple(text["expectations"]))
    return suites


# ---- rules in SQL


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return every rule of checks/sql."""
    return tuple(read_rule(path) for path in sorted((package_folder("checks") / "sql").glob("*.sql")))


def read_rule(path: Path) -> Rule:
    """Return a rule whose header names severity, target and rule.

    Raises:
        ValueError: the header has a slip, with which the rule would hold nothing back or never be applied.
    """
    statement = path.read_text(encoding="utf-8")
    header = {match["key"].lower(): match["text"] for match in HEADER.finditer(statement)}
    for key, known_words in (("severity", SEVERITIES), ("target", load_suites())):
        if header.get(key) not in known_words:
            raise ValueError(f"{path.name}: {key} {header.get(key)!r} is none of {', '.join(known_words)}")
    return Rule(path.stem, header["target"], header["severity"], header["rule"], statement)


def apply_rule(warehouse: Warehouse, rule: Rule) -> Verdict:
    """Return the verdict of one SQL rule."""
    offending = [_plain(row) for row in warehouse.rows(rule.statement)]
    return Verdict(
        rule.check_name,
        rule.target,
        rule.severity,
        not offending,
        len(offending),
        f"{rule.description[:1].upper()}{rule.description[1:]}",
        tuple(offending[:FIRST_ROWS]),
        trackers_of(offending),
    )


# ---- both


@cache
def checks_of(table: str) -> tuple[Check, ...]:
    """Return every check on a table: the expectations of its suite, then its rules."""
    suites = load_suites()
    expectations = suites[table].expectations if table in suites else ()
    rules = (rule for rule in load_rules() if rule.target == table)
    return (*(expectation_check(table, expectation) for expectation in expectations), *rules)


def validate_table(warehouse: Warehouse, table: str) -> list[Verdict]:
    """Apply the suite and the SQL rules of one table and replace its verdicts in check_result.

    An empty table of a publisher has nothing to check and no verdict: a check that passes on no rows says nothing.
    """
    verdicts = []
    if not (table.startswith("raw_") and table != "raw_ledger" and warehouse.count(table) == 0):
        frame = warehouse.read_frame(table)
        verdicts = validate(frame, load_suites()[table])
        verdicts += [apply_rule(warehouse, rule) for rule in load_rules() if rule.target == table]
        verdicts = [replace(verdict, checked_rows=len(frame)) for verdict in verdicts]
    rows = [
        {
            **{name: getattr(verdict, name) for name in VERDICT_COLUMNS},
            "first_rows": json.dumps(verdict.first_rows, default=str, ensure_ascii=False),
            "trackers": ", ".join(verdict.trackers),
        }
        for verdict in verdicts
    ]
    warehouse.replace_rows("check_result", rows, target=table)
    return verdicts
