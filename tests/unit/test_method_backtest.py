"""The backtest's scores against closed forms of an independent library and against hand-made series (invented)."""

import math

import numpy as np
import pytest
import scoringrules

from signposts.scoring.backtest import normal_crps, rolling_scores


def test_crps_equals_that_of_an_independent_library():
    observed, mean, sd = np.array([0.0, 1.3, -2.0]), np.array([0.1, 1.0, 3.0]), np.array([0.5, 2.0, 0.2])
    assert normal_crps(observed, mean, sd) == pytest.approx(scoringrules.crps_normal(observed, mean, sd), abs=1e-12)


def scores(values, **changes):
    arguments = {"sigma": 0.2, "drift_sd": 0.0, "obs_sd": 0.01, "horizons": (1,)} | changes
    rows = rolling_scores(range(2000, 2000 + len(values)), values, **arguments)
    return {row.forecast: row for row in rows}


def test_a_series_that_grows_by_the_same_share_is_forecast_best_by_drift():
    rows = scores([math.exp(0.3 * year) for year in range(10)])
    assert rows["drift"].crps < rows["fan"].crps
    assert rows["drift"].coverage_80 == 1.0


def test_a_constant_series_lies_in_every_band():
    rows = scores([5.0] * 8)
    assert {row.coverage_80 for row in rows.values()} == {1.0}


def test_a_fan_that_is_too_narrow_loses_coverage_and_log_score():
    generator = np.random.default_rng(7)
    values = np.exp(np.cumsum(generator.normal(0, 0.3, 200)))
    narrow, right = scores(values, sigma=0.05)["fan"], scores(values, sigma=0.3)["fan"]
    assert narrow.coverage_80 < 0.4 < 0.75 < right.coverage_80 < 0.86
    assert narrow.log_score < right.log_score


def test_forecasts_are_made_only_where_the_outcome_is_known_and_four_values_stand_before():
    rows = scores([1.0, 1.1, 1.2, 1.3, 1.4])
    assert {row.n_forecasts for row in rows.values()} == {1}


def test_a_gap_in_the_years_is_neither_a_growth_rate_nor_an_outcome():
    rows = rolling_scores(
        [2000, 2001, 2002, 2003, 2005], [1.0, 1.1, 1.2, 1.3, 9.0], sigma=0.2, drift_sd=0, obs_sd=0.01, horizons=(1, 2)
    )
    assert {(row.horizon_years, row.n_forecasts) for row in rows} == {(2, 1)}


def test_values_that_are_not_positive_have_no_logarithm_and_are_left_out():
    assert rolling_scores([1, 2, 3, 4, 5], [0.0, 1, 1, 1, 1], sigma=0.2, drift_sd=0, obs_sd=0.01) == []
