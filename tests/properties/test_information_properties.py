"""Properties of what looks ahead (docs/method.md, 5), each seen to fail on the planted error its docstring names."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signposts.scoring.information import (
    contradiction_bounds,
    diagnosticity,
    entropy_bits,
    needed_growth,
    silence_dates,
    staleness,
)
from signposts.scoring.outcomes import reading_design_at, tabulate
from tests.invented_model import SCENARIOS, START, invented_model


def numbers(low, high):
    return st.floats(low, high, allow_nan=False)


def drift(change, sigma):
    return "drift", {"start": START, "annual_change": change, "sigma": sigma, "drift_sd": 0.02}


def band(low, high):
    return "range", {"start": START, "lo": 4 * low, "hi": 4 * high, "coverage": 0.8, "reach_by": "2028-12-31"}


def event(p, shape, year):
    return "event_by", {"by": f"{year}-12-31", "p": p, "shape": shape}


def share(mean, concentration):
    return "share", {"mean": mean, "concentration": concentration}


def rate(mean, spread):
    return "rate", {"mean": mean, "cv": spread}


def ordinal(first, second, third):
    total = first + second + third
    return "ordinal", {"probs": {"low": first / total, "middle": second / total, "high": third / total}}


WEIGHT = numbers(0.05, 1.0)
FAMILIES = {
    "lognormal": st.one_of(
        st.builds(drift, numbers(-0.3, 0.4), numbers(0.05, 0.4)),
        st.builds(band, numbers(0.4, 0.95), numbers(1.05, 2.5)),
    ),
    "beta": st.builds(share, numbers(0.1, 0.9), numbers(4, 60)),
    "event": st.builds(event, numbers(0.05, 0.95), numbers(0.7, 3.0), st.integers(2027, 2035)),
    "rate": st.builds(rate, numbers(0.3, 12), numbers(0.2, 1.2)),
    "ordinal": st.builds(ordinal, WEIGHT, WEIGHT, WEIGHT),
}
CELLS = st.sampled_from(sorted(FAMILIES)).flatmap(
    lambda family: st.fixed_dictionaries(dict.fromkeys(SCENARIOS, FAMILIES[family]))
)
PRIORS = st.tuples(WEIGHT, WEIGHT, WEIGHT).map(lambda parts: np.array(parts) / sum(parts))
TIMES = numbers(0.2, 10.0)
FIRST = np.zeros(1, dtype=np.int64)


def bits(cells, prior, time, scale=1.0):
    return float(diagnosticity(invented_model({"only": cells}, scale=scale), prior, FIRST, np.array([time]))[0])


@settings(max_examples=80, deadline=None)
@given(CELLS, TIMES)
def test_cells_hold_the_whole_of_every_hypothesis(cells, time):
    """Planted: the cell above the last edge left out."""
    model = invented_model({"only": cells})
    found = tabulate(model, reading_design_at(model, FIRST, time))
    np.testing.assert_allclose(found.mass.sum(axis=1), 1.0, atol=1e-9)
    used = ~np.isnan(found.low[0])
    assert (np.diff(found.low[0, used]) >= 0).all()
    assert (found.mass[0, ~used] == 0).all()


@settings(max_examples=80, deadline=None)
@given(CELLS, PRIORS, TIMES)
def test_a_reading_tells_at_least_nothing_and_at_most_all(cells, prior, time):
    """Planted: entropy with natural logarithms, of which more can be left than there is in bits."""
    found = bits(cells, prior, time)
    assert -1e-12 <= found <= entropy_bits(prior) + 1e-12
    assert entropy_bits(np.full(4, 0.25)) == pytest.approx(2.0)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["beta", "ordinal", "rate"]), st.data(), PRIORS, TIMES)
def test_identical_predictions_tell_nothing(family, data, prior, time):
    """Planted: the last scenario's column taken for `other`'s."""
    same = data.draw(FAMILIES[family])
    # of these families an onset makes no new process out of the same prediction
    assert bits(dict.fromkeys(SCENARIOS, same), prior, time) == pytest.approx(0.0, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(SCENARIOS, FAMILIES["lognormal"])), PRIORS, TIMES, numbers(-6, 6))
def test_information_has_no_unit(cells, prior, time, power):
    """Planted: cells cut evenly over values instead of their logarithms."""
    assert bits(cells, prior, time, scale=10.0**power) == pytest.approx(bits(cells, prior, time), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(CELLS, PRIORS, TIMES)
def test_only_the_ratios_of_the_prior_count_and_a_certainty_leaves_nothing_to_tell(cells, prior, time):
    """Planted: the prior used as it is given, not made to sum to one."""
    assert bits(cells, prior, time) == pytest.approx(bits(cells, 7 * prior, time), abs=1e-12)
    alone = np.array([0.0, 1.0, 0.0])
    assert bits(cells, alone, time) == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(SCENARIOS, FAMILIES["event"])), numbers(0.02, 0.5))
def test_the_longer_the_silence_the_lower_the_level_it_reaches(cells, level):
    """Planted: the bracket halved the wrong way."""
    model = invented_model({"only": cells})
    first = silence_dates(model, FIRST, level, 60.0)[0]
    later = silence_dates(model, FIRST, level / 2, 60.0)[0]
    both = np.isfinite(first) & np.isfinite(later)
    assert (later[both] > first[both]).all()
    assert not (np.isfinite(later) & ~np.isfinite(first)).any()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["lognormal", "beta", "rate"]).flatmap(
        lambda family: st.fixed_dictionaries(dict.fromkeys(SCENARIOS, FAMILIES[family]))
    ),
    TIMES,
)
def test_a_milder_rule_contradicts_sooner(cells, time):
    """Planted: lower and upper tail exchanged."""
    model = invented_model({"only": cells})
    strict = contradiction_bounds(model, FIRST, np.array([time]), 0.005)
    mild = contradiction_bounds(model, FIRST, np.array([time]), 0.1)
    assert (strict[0] <= mild[0]).all()
    assert (strict[1] >= mild[1]).all()
    assert (strict[0] <= strict[1]).all()


@settings(max_examples=60, deadline=None)
@given(st.builds(band, numbers(0.4, 0.95), numbers(1.05, 2.5)), numbers(0.5, 3.0), numbers(1.0, 30.0))
def test_what_grows_as_needed_arrives_at_the_edge_of_the_fan(cells, time, value):
    """Planted: growth of the whole way instead of a year."""
    model = invented_model({"only": {"stay": cells}})
    growth = needed_growth(model, FIRST, np.array([time]), np.array([value]), 0.8)[0, 1]
    due = model.parameters["due"][0, 1]
    arrived = value * (1 + growth) ** (due - time)
    again = needed_growth(model, FIRST, np.array([due - 1e-6]), np.array([arrived]), 0.8)[0, 1]
    assert again * 1e-6 == pytest.approx(0.0, abs=1e-9)


@given(numbers(0, 5000), numbers(0, 5000), numbers(1, 2000))
def test_readings_stale_with_age_and_never_wholly(age, more, limit):
    """Planted: age over limit without the half-life."""
    young, old, missing = staleness(np.array([age, age + more, np.nan]), np.full(3, limit))
    assert 0 <= young <= old <= missing == 1
