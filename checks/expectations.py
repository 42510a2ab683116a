"""Run a suite of Great Expectations on a frame, and refuse the two ways in which it passes by saying nothing.

Belongs here: the only import of Great Expectations. Not here: what is expected of which table (suites/).
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from assets.side_process import SideProcess, worth_starting

if TYPE_CHECKING:
    import pandas as pd

Expectation: TypeAlias = Mapping[str, Any]

SEVERITIES = ("critical", "warning", "info")

_aside: list[SideProcess] = []


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of one check: a row of the table check_result."""

    check_name: str
    target: str
    severity: str
    passed: bool
    failing_rows: int
    detail: str
    carried_over: bool = False


def library_version() -> str:
    """Return the installed version of Great Expectations without importing it: the import costs seconds."""
    from importlib.metadata import version

    return version("great_expectations")


def validate(frame: "pd.DataFrame", table: str, expectations: Sequence[Expectation]) -> list[Verdict]:
    """Return one verdict for each expectation on the frame.

    Raises:
        ValueError: if the suite is empty or Great Expectations dropped an expectation that it cannot read; both would
            otherwise pass on any data.
    """
    if not expectations:
        raise ValueError(f"suite {table!r} is empty, and an empty suite passes on any data")
    verdicts = _ask_aside(frame, table, expectations) if _aside else evaluate(frame, table, expectations)
    if len(verdicts) != len(expectations):
        raise ValueError(f"suite {table!r}: Great Expectations dropped an expectation that it cannot read")
    return verdicts


def get_ready() -> None:
    """Start a process that imports Great Expectations, so that the next `validate` does not wait for all of it."""
    if not _aside and worth_starting():
        _aside.append(SideProcess(__name__, "import_library"))


def import_library() -> None:
    """Import Great Expectations and let it judge one number, which imports the rest."""
    import pandas as pd

    never_missing = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "number"}}
    evaluate(pd.DataFrame({"number": [1]}), "number", [never_missing])


def _ask_aside(frame: "pd.DataFrame", table: str, expectations: Sequence[Expectation]) -> list[Verdict]:
    """Return the side process's verdicts; if it is gone, they are made here, and from then on."""
    try:
        _aside[0].ask(evaluate.__name__, frame, table, expectations)
        found: list[Verdict] = _aside[0].answer()
    except ConnectionError:
        _aside.pop().end()
        return evaluate(frame, table, expectations)
    return found


def evaluate(frame: "pd.DataFrame", table: str, expectations: Sequence[Expectation]) -> list[Verdict]:
    """Return the verdicts of those expectations of a suite that Great Expectations can read."""
    return [_verdict(table, result) for result in _evaluate(frame, table, expectations)]


def _evaluate(frame: "pd.DataFrame", table: str, expectations: Sequence[Expectation]) -> list[Any]:
    """Return Great Expectations' own results for the suite."""
    with without_spark():
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("memory").add_dataframe_asset(table)
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name=table, expectations=[dict(expectation) for expectation in expectations])
    return list(batch.validate(suite, result_format="SUMMARY").results)


@contextmanager
def without_spark() -> Iterator[None]:
    """Hide PySpark while the block imports: frames are judged without it.

    Great Expectations imports it where it is installed, and its Connect part then ends any process that was started as
    Dagster's code server starts the processes of runs (it takes them for its own doctests).
    """
    loaded = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "pyspark"}
    # None is Python's word for a module that cannot be imported.
    sys.modules["pyspark"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["pyspark"]
        sys.modules.update(loaded)


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
