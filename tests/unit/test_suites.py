"""Each expectation of each suite is shown a frame that it must reject. All rows are invented."""

import shutil
from dataclasses import replace

import pandas as pd
import pytest

from signposts.dictionary import load_dictionary
from signposts.validation import Suite, load_suites, validate
from tests.paths import CHECKOUT

SUITES = load_suites()
RAW = sorted(table for table in SUITES if table.startswith("raw_") and table != "raw_ledger")

GOOD = {
    "raw_ledger": pd.DataFrame(
        {
            "tracker_id": ["ferry", "ferry"],
            "claim_id": ["a-001", "a-002"],
            "published_on": ["2026-01-01", "2026-01-02"],
            "sha256": ["0" * 64, "f" * 64],
            "source_url": ["https://example.org/a", "https://example.org/b"],
        }
    ),
    "claim": pd.DataFrame(
        {
            "tracker_id": ["ferry", "ferry"],
            "claim_id": ["a-001", "a-002"],
            "kind": ["value", "interval"],
            "status": ["reported", "final"],
            "reliability_value": [0.5, 0.9],
            "published_on": ["2026-01-01", "2026-01-02"],
            "recorded_at": ["2026-01-01", "2026-01-02"],
            "value_low": [float("nan"), 1.0],
            "value_high": [float("nan"), 2.0],
            "period_start": pd.to_datetime(["2025-01-01", None]),
            "period_end": pd.to_datetime(["2025-12-31", None]),
            "held_reason": [None, None],
            "held": [False, False],
            "unit": ["share", "pieces"],
            "value": [0.4, 7.0],
        }
    ),
    "reading": pd.DataFrame(
        {
            "tracker_id": ["ferry", "ferry"],
            "as_of": pd.to_datetime(["2026-01-31", "2026-01-31"]),
            "indicator_id": ["a", "b"],
            "missing_reason": [None, "not_in_ledger"],
            "scored": [True, False],
            "reliability": [0.5, None],
            "exposure_end": pd.to_datetime(["2026-01-31", None]),
            "completeness": [0.7, None],
            "log_sd": [0.1, None],
        }
    ),
    "recognition": pd.DataFrame(
        {
            "tracker_id": ["ferry", "ferry"],
            "scenario_id": ["more", "more"],
            "onset": [0.0, 0.0],
            "coverage": ["full", "full"],
            "year": [2030, 2030],
            "of_scenario": ["more", "less"],
            "posterior": [0.9, 0.1],
        }
    ),
    "scenario_probability": pd.DataFrame(
        {
            "tracker_id": ["ferry", "ferry"],
            "as_of": pd.to_datetime(["2026-01-31", "2026-01-31"]),
            "variant": ["headline", "headline"],
            "scenario_id": ["more", "less"],
            "posterior": [0.4, 0.6],
            "prior": [0.5, 0.5],
        }
    ),
}

# For each expectation of each suite, in its order: the column to break and the values that break it.
ROWS = "no rows"
BAD = {
    "recognition": (("posterior", [0.9, 1.1]),),
    "raw_ledger": (
        ROWS,
        ("claim_id", [None, "a-002"]),
        ("claim_id", ["a-001", "a-001"]),
        ("published_on", [None, "2026-01-02"]),
        ("sha256", ["0" * 64, "not a digest"]),
        ("source_url", [None, "https://example.org/b"]),
    ),
    "claim": (
        ROWS,
        ("claim_id", ["a-001", "a-001"]),
        ("kind", ["value", "rumour"]),
        ("status", ["reported", "maybe"]),
        ("reliability_value", [0.5, 1.2]),
        ("published_on", [None, "2026-01-02"]),
        ("recorded_at", [None, "2026-01-02"]),
        ("value_high", [float("nan"), 0.5]),
        ("period_end", pd.to_datetime(["2024-12-31", None])),
        ("held_reason", [None, "4800 against 4.8 said of the same period"]),
        ("value", [40.0, 7.0]),
        ("status", ["reported", "withdrawn"]),
    ),
    "reading": (
        ROWS,
        ("indicator_id", ["a", "a"]),
        ("missing_reason", [None, "forgotten"]),
        ("scored", [None, False]),
        ("reliability", [-0.1, None]),
        ("exposure_end", pd.to_datetime(["2026-02-28", None])),
        ("completeness", [1.4, None]),
        ("log_sd", [2.0, None]),
    ),
    "scenario_probability": (
        ROWS,
        ("scenario_id", ["more", "more"]),
        ("posterior", [None, 0.6]),
        ("posterior", [1.4, -0.4]),
        ("prior", [1.4, -0.4]),
    ),
}


# What every publisher's rows look like, and for each kind of expectation on a column a value that breaks it.
RAW_ROW = {
    "document": "prices",
    "series": "bread",
    "sha256": "a" * 64,
    "fetched_at": pd.Timestamp("2026-03-01"),
    "url": "https://example.org/prices",
    "row_number": 1,
    "period_start": pd.Timestamp("2026-01-01"),
    "period_end": pd.Timestamp("2026-01-31"),
    "value": 4.0,
    "value_low": 3.0,
    "value_high": 5.0,
    "trials": 9,
    "quad_class": 2,
    "goldstein": -1.5,
    "order_year": 2020,
}
RAW_BAD = {
    "sha256": "no digest",
    "document": None,
    "fetched_at": pd.NaT,
    "row_number": 0,
    "period_end": pd.Timestamp("2025-12-31"),
    "quad_class": 7,
    "goldstein": 11.0,
    "value_high": 2.0,
    "trials": 3,
    "order_year": 1066,
}


def raw_frame(table: str, **changes: object) -> pd.DataFrame:
    columns = load_dictionary().working[table].columns
    rows = [{name: RAW_ROW.get(name) for name in columns} | more for more in ({}, {"row_number": 2} | changes)]
    return pd.DataFrame(rows, columns=list(columns))


def raw_breakage(expectation: dict) -> dict[str, object]:
    """Return the column and value that an expectation on a publisher's rows must reject."""
    arguments = expectation["kwargs"]
    column = arguments.get("column") or arguments["column_A"]
    if column == "value":
        return {"value": None if expectation["type"].endswith("not_be_null") else -1.0}
    return {column: RAW_BAD[column]}


CASES = [(table, position) for table in BAD for position in range(len(SUITES[table].expectations))]
RAW_CASES = [(table, position) for table in RAW for position in range(len(SUITES[table].expectations))]


def only(table: str, position: int) -> Suite:
    return replace(SUITES[table], expectations=(SUITES[table].expectations[position],))


@pytest.mark.parametrize("table", BAD)
def test_a_suite_accepts_good_rows(table):
    assert all(verdict.passed for verdict in validate(GOOD[table], SUITES[table]))


@pytest.mark.parametrize(("table", "position"), CASES, ids=lambda part: str(part))
def test_each_expectation_rejects_the_rows_it_is_there_for(table, position):
    broken = BAD[table][position]
    frame = GOOD[table].head(0) if broken == ROWS else GOOD[table].assign(**{broken[0]: broken[1]})
    (verdict,) = validate(frame, only(table, position))
    assert not verdict.passed
    assert verdict.failing_rows >= 1


@pytest.mark.parametrize("table", RAW)
def test_a_publishers_suite_accepts_good_rows(table):
    assert all(verdict.passed for verdict in validate(raw_frame(table), SUITES[table]))


@pytest.mark.parametrize(("table", "position"), RAW_CASES, ids=lambda part: str(part))
def test_each_expectation_on_a_publishers_rows_rejects_one_row_and_names_it(table, position):
    broken = raw_breakage(SUITES[table].expectations[position])
    (verdict,) = validate(raw_frame(table, **broken), only(table, position))
    assert (verdict.passed, verdict.failing_rows, verdict.severity) == (False, 1, "warning")
    (row,) = verdict.first_rows
    assert {"document", "series", "row_number"} <= set(row)


def test_every_publisher_has_a_suite_and_every_expectation_has_rows_that_it_must_reject():
    assert {f"raw_{path.name}" for path in (CHECKOUT / "signposts" / "sources").iterdir() if is_publisher(path)} == set(
        RAW
    )
    assert {table: len(rows) for table, rows in BAD.items()} == {
        table: len(suite.expectations) for table, suite in SUITES.items() if table not in RAW
    }


def is_publisher(path) -> bool:
    return path.is_dir() and (path / "__init__.py").exists()


def test_a_failure_names_its_tracker_its_table_and_its_first_rows_key():
    frame = GOOD["scenario_probability"].assign(posterior=[1.4, 0.6])
    (verdict,) = [found for found in validate(frame, SUITES["scenario_probability"]) if not found.passed]
    assert verdict.trackers == ("ferry",)
    assert verdict.sentence == (
        "table scenario_probability, column_values_to_be_between:posterior: Every probability lies between 0 and 1. "
        "1 row fails, the first tracker_id ferry, as_of 2026-01-31, variant headline, scenario_id more, "
        "posterior 1.4."
    )


def test_at_most_ten_failing_rows_are_kept_and_all_are_counted():
    frame = pd.concat([raw_frame("raw_world_bank", sha256="no digest")] * 20, ignore_index=True)
    (verdict,) = validate(frame, only("raw_world_bank", 0))
    assert (verdict.failing_rows, len(verdict.first_rows)) == (20, 10)


def test_great_expectations_itself_reads_every_suite_file_whole(tmp_path):
    import great_expectations as gx

    context = gx.get_context(mode="file", project_root_dir=str(tmp_path))
    folder = tmp_path / "gx" / "expectations"
    for path in (CHECKOUT / "checks" / "suites").glob("*.json"):
        shutil.copy(path, folder)
    read = {suite.name: suite for suite in context.suites.all()}
    assert {name: len(suite.expectations) for name, suite in read.items()} == {
        table: len(suite.expectations) for table, suite in SUITES.items()
    }
    assert all(expectation.description for suite in read.values() for expectation in suite.expectations)


@pytest.mark.parametrize("typo", [{"type": "expect_column_values_to_be_betwixt"}, {"severity": "fatal"}], ids=str)
def test_a_misspelt_expectation_is_refused_rather_than_dropped(typo):
    misspelt = replace(SUITES["claim"], expectations=(dict(SUITES["claim"].expectations[1]) | typo,))
    with pytest.raises(ValueError, match="dropped"):
        validate(GOOD["claim"], misspelt)


def test_an_empty_suite_is_refused_since_it_passes_on_any_data():
    with pytest.raises(ValueError, match="empty"):
        validate(GOOD["claim"], replace(SUITES["claim"], expectations=()))
