"""Walk and noise read off a history: both are found again in series drawn from known ones (invented)."""

import numpy as np
import pytest

from signposts.scoring.history import spread_from_history


def drawn(walk, noise, n=4000, seed=5):
    generator = np.random.default_rng(seed)
    level = np.cumsum(generator.normal(0.01, walk, n))
    return np.arange(n, dtype=float), level + generator.normal(0, noise, n)


@pytest.mark.parametrize(("walk", "noise"), [(0.1, 0.0), (0.08, 0.1), (0.1, 0.1)])
def test_walk_and_noise_are_told_apart(walk, noise):
    years, level = drawn(walk, noise)
    found = spread_from_history(years, np.exp(level - level.max()), "log")
    assert found.walk == pytest.approx(walk, rel=0.1)
    assert found.noise == pytest.approx(noise, abs=0.02)


def test_at_least_a_tenth_of_a_steps_change_is_walk():
    years, level = drawn(0.0, 0.2)
    found = spread_from_history(years, level, "linear")
    assert found.walk**2 == pytest.approx(0.1 * 2 * 0.2**2, rel=0.1)


def test_a_quantity_that_can_be_negative_is_read_on_its_own_scale():
    years, level = drawn(0.1, 0.05, n=400)
    found = spread_from_history(years, level, "linear")
    assert level.min() < 0
    assert found.walk == pytest.approx(0.1, rel=0.25)
    assert found.floor == 0.0


def test_the_unit_does_not_matter_on_a_log_scale():
    years, level = drawn(0.1, 0.05, n=40)
    one, other = (spread_from_history(years, scale * np.exp(level), "log") for scale in (1.0, 1000.0))
    assert one.walk == pytest.approx(other.walk, rel=1e-9)


def test_twenty_values_are_less_than_four_independent_spans():
    years, level = drawn(0.1, 0.0, n=20)
    found = spread_from_history(years, np.exp(level), "log")
    assert (found.changes, found.lag, found.degrees) == (19, 5, 3.8)


@pytest.mark.parametrize(
    ("years", "values", "word"),
    [
        ([1, 2, 3], [1, 2, 3], "at least 6"),
        ([1, 2, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6], "do not rise"),
        (range(6), [1, 2, 3, 0, 5, 6], "linear scale"),
    ],
)
def test_what_cannot_be_read_says_why(years, values, word):
    with pytest.raises(ValueError, match=word):
        spread_from_history(list(years), values, "log")
