"""Status words: one case a cell of the table in docs/method.md 3.4, first matching row first."""

from datetime import date

import numpy as np
import pytest

from signposts.scoring import status
from signposts.scoring.model import build_model
from signposts.scoring.observations import KINDS, blank_observations
from tests.invented_model import THRESHOLDS

START = {"date": "2025-01-01", "value": 1.0}
PREDICTIONS = {
    "path_up": ("path", {"start": START, "target": {"date": "2030-01-01", "value": 2.0}, "sigma": 0.1, "toward": "up"}),
    "drift_down": ("drift", {"start": START, "annual_change": 0.0, "sigma": 0.1, "drift_sd": 0.0, "toward": "down"}),
    "band": ("range", {"start": START, "lo": 0.9, "hi": 1.1, "coverage": 0.8, "reach_by": "2030-01-01"}),
    "calls": ("rate", {"mean": 10.0, "cv": 0.2}),
    "part": ("share", {"mean": 0.5, "concentration": 50}),
    "likely": ("event_by", {"by": "2030-01-01", "p": 0.9, "shape": 1.0}),
    "sure": ("event_by", {"by": "2030-01-01", "p": 0.9999, "shape": 1.0}),
    "unlikely": ("event_by", {"by": "2030-01-01", "p": 0.3, "shape": 1.0}),
    "rare": ("event_by", {"by": "2030-01-01", "p": 0.01, "shape": 1.0}),
    "mood": ("ordinal", {"probs": {"bad": 0.04, "fair": 0.16, "good": 0.8}}),
    "mute": ("silent", {}),
}
BY = (date(2030, 1, 1) - date(2025, 1, 1)).days / 365.25


def only_scenario():
    return build_model(
        t0=date(2025, 1, 1),
        scenarios=[{"scenario_id": "one"}],
        hypotheses=[{"scenario_id": "one", "onset": 0, "onset_weight": 1}],
        indicators=[{"indicator_id": name} for name in PREDICTIONS],
        predictions=[
            {"indicator_id": name, "scenario_id": "one", "type": kind, "parameters": parameters}
            for name, (kind, parameters) in PREDICTIONS.items()
        ],
        scoring={"shared_sd": True, "obs_sd": 0.0, "open_list_coverage": [0.4, 1.0]},
    )


def word_of(indicator, kind, time, bits=0.5, **columns):
    model = only_scenario()
    index = model.indicator_index([indicator])
    given = {name: np.array([value]) for name, value in columns.items()}
    reports = blank_observations(index, KINDS.index(kind), np.array([time]), **given)
    readings = status.Readings(index, np.array([time]), np.array([bits]), np.array([0]), np.array([1.0]))
    return status.status(model, reports, readings, THRESHOLDS).word[0, 0]


@pytest.mark.parametrize(
    ("indicator", "value", "time", "bits", "expected"),
    [
        ("path_up", 1.15, 1.0, 0.5, "on track"),
        ("path_up", 1.15, 1.0, 0.05, "too early to tell"),
        ("path_up", 0.98, 1.0, 0.5, "behind"),
        ("path_up", 0.98, 1.0, 0.05, "behind"),
        ("path_up", 1.35, 1.0, 0.5, "ahead"),
        ("path_up", 0.80, 1.0, 0.5, "contradicted"),
        ("path_up", 1.60, 1.0, 0.5, "contradicted"),
        ("path_up", 2.00, BY, 0.5, "fulfilled"),
        ("path_up", 1.00, BY, 0.5, "missed"),
        ("drift_down", 1.16, 1.0, 0.5, "behind"),
        ("drift_down", 0.86, 1.0, 0.5, "ahead"),
        ("drift_down", 1.00, 20.0, 0.5, "on track"),
        ("band", 1.20, 3.0, 0.5, "above"),
        ("band", 0.85, 3.0, 0.5, "below"),
        ("band", 1.00, BY, 0.5, "fulfilled"),
        ("band", 1.20, BY, 0.5, "missed"),
        ("part", 0.62, 1.0, 0.5, "above"),
        ("part", 0.38, 1.0, 0.5, "below"),
        ("part", 0.50, 1.0, 0.5, "on track"),
        ("part", 0.90, 1.0, 0.5, "contradicted"),
    ],
)
def test_a_value_gets_the_first_word_that_matches(indicator, value, time, bits, expected):
    assert word_of(indicator, "value", time, bits, value=value) == expected


@pytest.mark.parametrize(("count", "expected"), [(10, "on track"), (17, "above"), (4, "below"), (40, "contradicted")])
def test_a_count_is_above_or_below(count, expected):
    assert word_of("calls", "count", 1.0, value=float(count), exposure_start=0.0, exposure_end=1.0) == expected


@pytest.mark.parametrize(
    ("indicator", "years", "expected"),
    [
        ("likely", 0.4, "too early to tell"),
        ("likely", 2.0, "open"),
        ("sure", 1.5, "behind"),
        ("sure", 4.0, "contradicted"),
        ("likely", BY, "missed"),
        ("unlikely", 0.5, "too early to tell"),
        ("unlikely", 3.0, "on track"),
        ("unlikely", BY, "fulfilled"),
    ],
)
def test_an_event_that_has_not_come_gets_its_word(indicator, years, expected):
    assert word_of(indicator, "none_seen", years) == expected


@pytest.mark.parametrize(
    ("indicator", "years", "expected"),
    [
        ("likely", 0.1, "fulfilled"),
        ("likely", BY + 1, "fulfilled"),
        ("unlikely", 4.0, "on track"),
        ("unlikely", 1.0, "unexpectedly happened"),
        ("rare", 1.0, "contradicted"),
    ],
)
def test_an_event_that_came_gets_its_word(indicator, years, expected):
    assert word_of(indicator, "event", years, happened_from=years, happened_to=years) == expected


@pytest.mark.parametrize(
    ("category", "bits", "expected"),
    [(0, 0.5, "contradicted"), (1, 0.5, "behind"), (2, 0.5, "on track"), (2, 0.01, "too early to tell")],
)
def test_a_category_goes_by_its_probability(category, bits, expected):
    assert word_of("mood", "category", 1.0, bits, category=category) == expected


def test_a_silent_scenario_reads_no_prediction_and_a_missing_reading_no_data():
    assert word_of("mute", "value", 1.0, value=1.0) == "no prediction"
    model = only_scenario()
    index = model.indicator_index(["calls"])
    empty = blank_observations(index[:0], KINDS.index("count"), np.empty(0))
    none = np.empty(0)
    readings = status.Readings(index, np.array([np.nan]), np.array([0.5]), none.astype(int), none)
    found = status.status(model, empty, readings, THRESHOLDS)
    assert found.word[0, 0] == "no data"
    assert np.isnan(found.fit[0, 0])


def test_pooled_reports_are_judged_by_their_weighted_mean():
    model = only_scenario()
    index = model.indicator_index(["part", "part"])
    reports = blank_observations(index, KINDS.index("value"), np.ones(2), value=np.array([0.5, 0.9]))
    weights = np.array([0.75, 0.25])
    readings = status.Readings(index[:1], np.ones(1), np.ones(1), np.zeros(2, dtype=int), weights)
    assert status.status(model, reports, readings, THRESHOLDS).fit[0, 0] == pytest.approx(
        0.75 * 0.5 + 0.25 * 1.0, abs=1e-6
    )


def test_the_onset_that_fits_best_speaks_for_the_scenario():
    model = build_model(
        t0=date(2025, 1, 1),
        scenarios=[{"scenario_id": "new", "baseline_id": "old", "delayed_types": "share"}, {"scenario_id": "old"}],
        hypotheses=[
            {"scenario_id": "new", "onset": 0, "onset_weight": 0.5},
            {"scenario_id": "new", "onset": 5, "onset_weight": 0.5},
            {"scenario_id": "old", "onset": 0, "onset_weight": 1},
        ],
        indicators=[{"indicator_id": "part"}],
        predictions=[
            {
                "indicator_id": "part",
                "scenario_id": name,
                "type": "share",
                "parameters": {"mean": m, "concentration": 50},
            }
            for name, m in (("new", 0.9), ("old", 0.5))
        ],
        scoring={"shared_sd": True, "obs_sd": 0.0, "open_list_coverage": [0.4, 1.0]},
    )
    index = np.zeros(1, dtype=int)
    reports = blank_observations(index, KINDS.index("value"), np.ones(1), value=np.array([0.5]))
    readings = status.Readings(index, np.ones(1), np.ones(1), index, np.ones(1))
    found = status.status(model, reports, readings, THRESHOLDS)
    assert list(found.word[0]) == ["on track", "on track"]
