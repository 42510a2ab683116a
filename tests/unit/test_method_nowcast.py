"""Nowcast of an annual figure from part-year growth (docs/method.md, 3.5)."""

import numpy as np
import pytest

from signposts.scoring.nowcast import nowcast, rounding_half_width

SETTINGS = {"base_sd": 0.02, "rest_sd": 0.20, "rest_sd_without_part": 0.30}


def of(base, part, growth, months, half_width=0.0):
    columns = (np.atleast_1d(np.asarray(column, dtype=float)) for column in (base, part, growth, months))
    return nowcast(
        *columns, half_width=np.broadcast_to(np.asarray(half_width), np.shape(np.atleast_1d(base))), **SETTINGS
    )


def test_the_specified_case_gives_its_median_spread_and_band():
    found = of(4.8, 3.3, 0.08, 9, 0.005)
    assert found.median[0] == pytest.approx(5.19, abs=0.005)
    assert 0.065 <= found.log_sd[0] <= 0.066
    assert found.p05[0] == pytest.approx(4.70, abs=0.005)
    assert found.p95[0] == pytest.approx(5.84, abs=0.005)


def test_quadrature_agrees_with_random_draws():
    """Two million draws give the quantiles to about .0003 on the log scale."""
    draw = np.random.default_rng(1)
    n_draws = 2_000_000
    rest = np.exp(0.30 * draw.standard_normal(n_draws))
    growth = 0.10 + draw.uniform(-0.005, 0.005, n_draws)
    known = 7 / 12
    year = np.exp(0.02 * draw.standard_normal(n_draws)) * 2.0 * (1 + growth) * (known + (1 - known) * rest)
    found = of(2.0, np.nan, 0.10, 7, 0.005)
    expected = np.quantile(year, [0.05, 0.5, 0.95])
    np.testing.assert_allclose([found.p05[0], found.median[0], found.p95[0]], expected, rtol=1e-3)


def test_without_the_part_the_months_stand_for_it_and_the_spread_is_wider():
    known, unknown = of([4.8, 4.8], [3.6, np.nan], [0.08, 0.08], [9, 9]).log_sd
    assert unknown > known


def test_a_full_year_leaves_only_the_error_of_the_base():
    found = of(4.8, 4.8, 0.08, 12)
    assert found.median[0] == pytest.approx(4.8 * 1.08, rel=1e-9)
    assert found.log_sd[0] == pytest.approx(0.02, rel=1e-6)


def test_scale_of_the_unit_passes_through():
    small, large = of(4.8, 3.3, 0.08, 9), of(4800.0, 3300.0, 0.08, 9)
    assert large.median[0] == pytest.approx(1000 * small.median[0])
    assert large.log_sd[0] == pytest.approx(small.log_sd[0])


@pytest.mark.parametrize(
    ("percent", "half"), [(8, 0.005), (8.5, 0.0005), (13.25, 0.00005), (-3.5, 0.0005), (22, 0.005), (0, 0.005)]
)
def test_rounding_follows_the_decimals_given(percent, half):
    assert rounding_half_width(np.array([percent]))[0] == pytest.approx(half)
