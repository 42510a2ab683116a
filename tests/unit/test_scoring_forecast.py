"""Forecasts from a last reading, and the scores of those that fell due: golden values and laws of probability."""

import math

import numpy as np
import pytest
import scoringrules
from scipy.special import ndtr

from signposts.scoring.densities import negative_binomial_log_mass
from signposts.scoring.families.mixtures import bisect
from signposts.scoring.forecast import (
    Moments,
    Process,
    carried_on,
    count_crps,
    covariance,
    event_probability,
    normal_mixture_crps,
)


def array(*numbers):
    return np.array(numbers, dtype=np.float64)


LEARNED_SHAPE = array(0.3**-2 + 20)
LEARNED_MEAN = LEARNED_SHAPE / (0.3**-2 / 12 + 1.195)


def test_an_unseen_event_still_has_the_hazard_that_is_left():
    found = event_probability(array(0.2, 0.7, 0.1), array(0.9, 0.97, 0.6), array(0.5, 0.8, 0.2), np.float64(0.9))
    assert float(found) == pytest.approx(0.2824, abs=5e-5)


def test_a_worthless_report_leaves_the_forecast_at_the_prior_of_each_hypothesis():
    weight, then = array(0.4, 0.6), array(0.5, 0.9)
    found = event_probability(weight, array(0.7, 0.95), then, np.float64(0.0))
    assert float(found) == pytest.approx(1 - float(weight @ then), abs=1e-12)


def path_moments(years_now, years_then, total=6.0):
    """A path from 4.8 to 10 in six years, as the golden value gives it."""
    process = Process(array(0.22), array(0.03), array(0.04), array(math.nan), array(math.nan))
    slope = math.log(10 / 4.8) / total

    def at(years):
        variance = 0.22**2 * years + (0.03 * years) ** 2 + 0.04**2 + 0.03**2
        return array(math.log(4.8) + slope * years), array(variance)

    now, then = at(years_now), at(years_then)
    shared = covariance(process, array(years_now), array(years_then))
    return Moments(now[0], now[1], then[0], then[1], shared)


def test_a_path_goes_on_from_its_last_reading():
    mean, variance = carried_on(path_moments(1.0, 2.0), array(math.log(5.19)))
    assert (float(mean[0]), float(variance[0])) == pytest.approx((1.7691, 0.0511), abs=5e-5)


def test_going_on_from_a_drawn_reading_gives_back_the_fan():
    moments = path_moments(1.0, 3.0)
    generator = np.random.default_rng(3)
    now = moments.mean_now + np.sqrt(moments.variance_now) * generator.standard_normal(200_000)
    mean, variance = carried_on(moments, now)
    then = mean + np.sqrt(variance) * generator.standard_normal(len(now))
    assert then.mean() == pytest.approx(float(moments.mean_then[0]), abs=0.005)
    assert then.var() == pytest.approx(float(moments.variance_then[0]), rel=0.02)


def test_a_range_forgets_its_reading_in_time():
    process = Process(array(0.0), array(0.0), array(0.0), array(1.5), array(0.01))
    near, far = (float(covariance(process, array(1.0), array(then))[0]) for then in (1.1, 9.0))
    assert far < 1e-6 < near < 0.01


def test_a_count_learns_its_rate_from_what_was_listed():
    """Of Gamma(11.1, 11.1 / 12) and 20 events in 1.195 years follows NegBin with shape 31.1 and mean 14.7 a year."""
    found = negative_binomial_log_mass(array(12.0), LEARNED_MEAN, LEARNED_SHAPE)
    assert float(np.exp(found[0])) == pytest.approx(0.0811, abs=5e-5)


def test_crps_of_a_mixture_is_the_golden_value_and_that_of_an_independent_library():
    weight, mean, sd = array(0.3, 0.7), array(1.5, 1.7), array(0.1, 0.2)
    found = normal_mixture_crps(1.6, weight, mean, sd**2)
    assert found == pytest.approx(0.0485, abs=5e-5)
    independent = scoringrules.crps_mixnorm(np.array([1.6]), mean[None], sd[None], weight[None])
    assert found == pytest.approx(float(np.ravel(independent)[0]), abs=1e-9)


def test_crps_of_a_count_is_least_where_the_mass_is():
    distribution = np.cumsum(np.exp(negative_binomial_log_mass(np.arange(100.0), LEARNED_MEAN, LEARNED_SHAPE)))
    scores = [count_crps(count, distribution) for count in (0, 15, 60)]
    assert scores[1] < min(scores[0], scores[2])


def test_quantiles_of_a_mixture_invert_its_distribution():
    weight, mean, sd = array(0.3, 0.7), array(1.5, 1.7), array(0.1, 0.2)
    shares = array(0.05, 0.5, 0.95)

    def cdf(x):
        return (weight * ndtr((x[:, None] - mean) / sd)).sum(axis=1)

    found = bisect(np.full(3, -5.0), np.full(3, 8.0), shares, cdf)
    assert cdf(found) == pytest.approx(shares, abs=1e-9)
