"""Cells of possible readings: their masses are the predictive's own, whatever the family."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from signposts.scoring.families import FAMILIES
from signposts.scoring.model import make_observations
from signposts.scoring.observations import KINDS, blank_observations, even_completeness
from signposts.scoring.outcomes import cell_of, reading_design_at, tabulate
from signposts.scoring.predictive import log_density, predictive_cdf, survival
from tests.invented_model import PREDICTIONS, invented_model

MODEL = invented_model()
EVERY = np.arange(len(PREDICTIONS))
TIMES = (0.3, 1.7, 4.0, 9.0)


def position(name):
    return list(PREDICTIONS).index(name)


def table(name, time, **changes):
    design = reading_design_at(MODEL, np.array([position(name)]), time)
    return tabulate(MODEL, replace(design, **{key: np.array([value]) for key, value in changes.items()}))


def densities(name, kind, time, **columns):
    size = len(next(iter(columns.values())))
    reports = blank_observations(np.full(size, position(name)), KINDS.index(kind), np.full(size, time), **columns)
    return np.exp(log_density(MODEL, reports))


@pytest.mark.parametrize("time", TIMES)
def test_the_masses_of_every_indicator_and_hypothesis_sum_to_one(time):
    found = tabulate(MODEL, reading_design_at(MODEL, EVERY, time))
    assert found.mass.shape == (len(EVERY), found.mass.shape[1], MODEL.n_hypotheses)
    np.testing.assert_allclose(found.mass.sum(axis=1), 1.0, atol=1e-12)
    assert (found.mass >= 0).all()


def test_every_family_of_the_method_is_cut():
    assert {FAMILIES[code] for code in MODEL.family} == set(FAMILIES) - {"none", "trajectory"}


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("name", ["visits", "incidents"])
def test_a_count_has_its_probability_and_the_rest_lies_in_the_last_cell(name, time):
    found = table(name, time)
    counts = np.arange(6.0)
    ends = np.full(6, time)
    np.testing.assert_allclose(
        found.mass[0, :6], densities(name, "count", time, value=counts, exposure_end=ends), rtol=1e-9
    )
    assert found.mass[0, -1].max() < 5e-3
    assert np.isinf(found.high[0, -1])


def test_an_open_list_has_the_probabilities_of_an_incomplete_count():
    nodes, weights = even_completeness(1, 0.4, 1.0)
    found = table("visits", 2.0, completeness=nodes[0], completeness_weight=weights[0])
    columns = {
        "indicator": np.full(9, list(PREDICTIONS).index("visits")),
        "kind": ["open_count"] * 9,
        "value": np.arange(9.0),
    }
    listed = make_observations(MODEL, columns | {"reading_date": np.full(9, 2.0), "exposure_end": np.full(9, 2.0)})
    np.testing.assert_allclose(found.mass[0, :9], np.exp(log_density(MODEL, listed)), rtol=1e-9)
    assert not np.allclose(found.mass[0, :9], table("visits", 2.0).mass[0, :9], rtol=1e-2)


def test_a_count_from_a_later_day_expects_less():
    late = table("visits", 2.0, exposure_start=1.5)
    ends = np.full(4, 2.0)
    expected = densities(
        "visits", "count", 2.0, value=np.arange(4.0), exposure_start=np.full(4, 1.5), exposure_end=ends
    )
    np.testing.assert_allclose(late.mass[0, :4], expected, rtol=1e-9)


@pytest.mark.parametrize("time", TIMES)
def test_votes_have_the_probabilities_of_k_of_n(time):
    found = table("share", time, trials=7.0)
    expected = densities("share", "share_count", time, value=np.arange(8.0), trials=np.full(8, 7.0))
    np.testing.assert_allclose(found.mass[0, :8], expected, rtol=1e-9)


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize(("name", "size"), [("mood", 3), ("ferry", 2)])
def test_a_category_has_its_probability(name, size, time):
    found = tabulate(MODEL, reading_design_at(MODEL, np.array([position("mood"), position("ferry")]), time))
    row = 0 if name == "mood" else 1
    expected = densities(name, "category", time, category=np.arange(size))
    np.testing.assert_allclose(found.mass[row, :size], expected, rtol=1e-9)
    assert (found.mass[row, size:] == 0).all()


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("name", ["trade", "transit", "share"])
def test_a_cell_of_values_has_the_mass_of_the_interval(name, time):
    found = table(name, time)
    used = np.flatnonzero(np.isfinite(found.high[0]) & (found.low[0] > 0))[::7]
    expected = densities(name, "interval", time, value_low=found.low[0, used], value_high=found.high[0, used])
    np.testing.assert_allclose(found.mass[0, used], expected, rtol=1e-6, atol=1e-12)


def test_a_nowcast_s_spread_widens_the_cells_masses():
    found = table("trade", 1.0, log_sd=0.5)
    indicator, edges = np.full(20, position("trade")), found.low[0, 1:21]
    reports = blank_observations(indicator, KINDS.index("value"), np.ones(20), value=edges, log_sd=np.full(20, 0.5))
    below = np.cumsum(found.mass[0], axis=0)[:20]
    np.testing.assert_allclose(below, predictive_cdf(MODEL, reports), atol=1e-9)


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("name", ["opening", "pact"])
def test_an_event_not_yet_seen_has_the_probability_of_none_seen(name, time):
    found = table(name, time)
    expected = densities(name, "none_seen", time, value=np.zeros(1))[0]
    np.testing.assert_allclose(last(found), expected, rtol=1e-9)


def last(found):
    return found.mass[0, np.flatnonzero(~np.isnan(found.low[0]))[-1]]


def test_an_event_within_a_cell_has_the_probability_of_that_interval():
    found = table("opening", 6.0)
    ends = {"happened_from": found.low[0, 20:96:9], "happened_to": found.high[0, 20:96:9]}
    expected = densities("opening", "event", 6.0, **ends)
    np.testing.assert_allclose(found.mass[0, 20:96:9], expected, rtol=1e-6)


def test_what_is_never_noticed_counts_as_not_yet():
    """Of an event seen four times in five, `not yet` keeps a fifth of what has happened."""
    found = table("opening", 6.0)
    survives = survival(MODEL, np.array([position("opening")]), np.array([6.0]))[0]
    np.testing.assert_allclose(last(found), survives + 0.2 * (1 - survives), rtol=1e-9)


def test_before_its_onset_a_scenario_shares_the_cells_of_its_baseline():
    found = table("visits", 0.3)
    fall_late = np.flatnonzero((MODEL.hypothesis_scenario == 2) & (MODEL.hypothesis_onset == 4.5))[0]
    stay = np.flatnonzero(MODEL.hypothesis_scenario == 1)[0]
    np.testing.assert_allclose(found.mass[0, :, fall_late], found.mass[0, :, stay], atol=1e-12)
    after = table("visits", 9.0)
    assert np.abs(after.mass[0, :, fall_late] - after.mass[0, :, stay]).sum() > 0.3


@pytest.mark.parametrize("name", ["transit", "pact", "incidents", "ferry"])
def test_a_silent_scenario_has_the_cells_of_those_that_speak_mixed(name):
    found = table(name, 4.0)
    stay = np.flatnonzero(MODEL.hypothesis_scenario == 1)[0]
    spoken = np.append(MODEL.speaks[list(PREDICTIONS).index(name)], True)[MODEL.hypothesis_scenario]
    weight = np.where(spoken, MODEL.hypothesis_weight, 0.0)
    np.testing.assert_allclose(found.mass[0, :, stay], found.mass[0] @ weight / weight.sum(), atol=1e-9)


def test_the_cells_of_a_log_normal_are_those_of_its_mean_and_spread():
    """Independent of predictive.py: one drift, ln y ~ N(ln 4 + t ln 1.2, .2^2 t + .04^2 t^2 + .03^2)."""
    drift = PREDICTIONS["transit"]["rise"]
    model = invented_model({"only": {"rise": drift}})
    found = tabulate(model, reading_design_at(model, np.array([0]), 3.0))
    years = 3.0 + 17 / 365.25
    sd = np.sqrt(0.04 * years + 0.0016 * years**2 + 0.0009)
    expected = np.diff(norm.cdf(np.log(found.high[0, :-1]), np.log(4) + years * np.log(1.2), sd))
    np.testing.assert_allclose(found.mass[0, 1:-1, 0], expected, atol=1e-10)


@pytest.mark.parametrize(
    ("name", "value", "low", "high"),
    [
        ("visits", 3.0, 3.0, 3.0),
        ("mood", 2.0, 2.0, 2.0),
        ("opening", np.inf, 6.0, np.inf),
        ("trade", 1e9, None, np.inf),
    ],
)
def test_a_value_lies_in_the_cell_that_holds_it(name, value, low, high):
    found = table(name, 6.0)
    cell = cell_of(found, np.array([0]), np.array([value]))[0]
    assert found.high[0, cell] == high
    assert low is None or found.low[0, cell] == low


def test_every_value_lies_between_the_ends_of_its_cell():
    found = table("trade", 2.0)
    values = np.array([0.5, 2.0, 3.99, 4.0, 5.5, 30.0])
    cells = cell_of(found, np.zeros(6, dtype=np.int64), values)
    assert (found.low[0, cells] <= values).all()
    assert (values < found.high[0, cells]).all()
