"""Each expectation of each suite is shown a frame that it must reject. All rows are invented."""

from pathlib import Path

import pandas as pd
import pytest

from signposts.validation import load_suites, validate

ROOT = Path(__file__).resolve().parents[2]

SUITES = load_suites()

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
    ),
    "reading": (
        ROWS,
        ("indicator_id", ["a", "a"]),
        ("missing_reason", [None, "forgotten"]),
        ("scored", [None, False]),
        ("reliability", [-0.1, None]),
        ("exposure_end", pd.to_datetime(["2026-02-28", None])),
    ),
    "scenario_probability": (
        ROWS,
        ("scenario_id", ["more", "more"]),
        ("posterior", [None, 0.6]),
        ("posterior", [1.4, -0.4]),
        ("prior", [1.4, -0.4]),
    ),
}
CASES = [(table, position) for table, expectations in SUITES.items() for position in range(len(expectations))]


@pytest.mark.parametrize("table", load_suites())
def test_a_suite_accepts_good_rows(table):
    assert all(verdict.passed for verdict in validate(GOOD[table], table, SUITES[table]))


@pytest.mark.parametrize(("table", "position"), CASES, ids=lambda part: str(part))
def test_each_expectation_rejects_the_rows_it_is_there_for(table, position):
    broken = BAD[table][position]
    frame = GOOD[table].head(0) if broken == ROWS else GOOD[table].assign(**{broken[0]: broken[1]})
    (verdict,) = validate(frame, table, [SUITES[table][position]])
    assert not verdict.passed
    assert verdict.failing_rows >= 1


def test_every_expectation_has_rows_that_it_must_reject():
    assert {table: len(rows) for table, rows in BAD.items()} == {table: len(suite) for table, suite in SUITES.items()}


@pytest.mark.parametrize("typo", [{"type": "expect_column_values_to_be_betwixt"}, {"severity": "fatal"}], ids=str)
def test_a_misspelt_expectation_is_refused_rather_than_dropped(typo):
    with pytest.raises(ValueError, match="dropped"):
        validate(GOOD["claim"], "claim", [dict(SUITES["claim"][1]) | typo])


def test_an_empty_suite_is_refused_since_it_passes_on_any_data():
    with pytest.raises(ValueError, match="empty"):
        validate(GOOD["claim"], "claim", [])
