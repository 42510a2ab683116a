"""What evidence is worth and what it would take: against paper, against brute force, against the status words."""

from datetime import date

import numpy as np
import pytest

from signposts.scoring.combining import scenario_log_likelihood
from signposts.scoring.families import FAMILIES
from signposts.scoring.fans import quantiles
from signposts.scoring.information import (
    contradiction_bounds,
    diagnosticity,
    entropy_bits,
    needed_growth,
    silence_dates,
    staleness,
)
from signposts.scoring.observations import KINDS, blank_observations, years_since
from signposts.scoring.predictive import log_density, survival
from signposts.scoring.status import Readings, status
from tests.invented_model import DECLINE, PREDICTIONS, PRIOR, START, T0, TARGET, THRESHOLDS, invented_model

MODEL = invented_model()
NAMED = PRIOR[:3]
NAMES = list(PREDICTIONS)


def bits(model, name, time, prior=NAMED):
    return float(diagnosticity(model, prior, model.indicator_index([name]), np.array([time]))[0])


def only(kind, parameters):
    """Return a model of one indicator about which `stay` and `rise` speak; no onset changes them."""
    return invented_model({"only": {"rise": (kind, parameters[0]), "stay": (kind, parameters[1])}})


# ---- diagnosticity


def test_a_fair_coin_is_one_bit_and_a_certainty_none():
    assert entropy_bits(np.array([[0.5, 0.5], [1.0, 0.0]])).tolist() == [1.0, 0.0]


def test_the_information_of_a_category_is_that_worked_out_on_paper():
    """Two scenarios, even prior: yes .7 against .1; P(yes) = .4.

    H(s | yes) = H(.875) = .543564, H(s | no) = H(.25) = .811278: I = 1 - .4 x .543564 - .6 x .811278 = .295807.
    """
    model = only("ordinal", [{"probs": {"yes": 0.7, "no": 0.3}}, {"probs": {"yes": 0.1, "no": 0.9}}])
    # `rise` waits a year where nothing else is known: read after that
    assert bits(model, "only", 2.0, np.array([0.5, 0.5, 0.0])) == pytest.approx(0.295807, abs=1e-6)


def test_the_information_of_an_event_at_its_deadline_is_that_worked_out_on_paper():
    """One has p = .75, the other almost 0, both by 2027-01-17 (two years) with shape 1; even prior.

    Whenever the event comes it tells the same: P(seen) = .375, H(s | seen) = 0. Not yet: .625, P(first | not yet) = .2,
    H = .721928. I = 1 - .625 x .721928 = .548795.
    """
    ends = {"by": "2027-01-17", "shape": 1.0}
    model = only("event_by", [ends | {"p": 0.75}, ends | {"p": 1e-9}])
    assert bits(model, "only", 730 / 365.25, np.array([0.5, 0.5, 0.0])) == pytest.approx(0.548795, abs=1e-6)


@pytest.mark.parametrize("name", ["trade", "transit", "share", "opening", "pact", "visits", "incidents", "mood"])
def test_diagnosticity_agrees_with_brute_force(name):
    """Draw scenario, onset and reading; average the entropy of the posterior of the densities themselves."""
    time, draws = 5.0, 20000
    generator = np.random.default_rng(20250117)
    indicator = np.full(draws, NAMES.index(name))
    weights = np.append((NAMED / NAMED.sum())[MODEL.hypothesis_scenario[:-1]] * MODEL.onset_weight[:-1], 0.0)
    hypothesis = generator.choice(MODEL.n_hypotheses, size=draws, p=weights)
    # a silent scenario's reading is that of those who speak, and of other, by the headline prior
    spoken = np.append(MODEL.speaks[NAMES.index(name)], True)[MODEL.hypothesis_scenario]
    mixed = np.where(spoken, MODEL.hypothesis_weight, 0.0)
    instead = generator.choice(MODEL.n_hypotheses, size=draws, p=mixed / mixed.sum())
    source = np.where(spoken[hypothesis], hypothesis, instead)
    drawn = quantiles(MODEL, indicator, source, np.full(draws, time), generator.random(draws))
    reports = observations_of(name, indicator, time, drawn, generator.random(draws))
    logs = scenario_log_likelihood(
        log_density(MODEL, reports), MODEL.hypothesis_scenario, MODEL.onset_weight, MODEL.n_scenarios
    )[:, :-1]
    joint = NAMED * np.exp(logs - logs.max(axis=1, keepdims=True))
    left = entropy_bits(joint / joint.sum(axis=1, keepdims=True))
    expected = float(entropy_bits(NAMED / NAMED.sum()) - left.mean())
    error = float(left.std() / np.sqrt(draws))
    # cells lose a little of what a reading says, never gain
    assert bits(MODEL, name, time) == pytest.approx(expected, abs=4 * error + 0.004)


def observations_of(name, indicator, time, drawn, noticed):
    family = FAMILIES[MODEL.family[NAMES.index(name)]]
    at = np.full(len(drawn), time)
    if family == "event":
        seen = (drawn <= time) & (noticed < MODEL.detect_prob[indicator])
        when = np.where(seen, drawn, np.nan)
        kind = np.where(seen, KINDS.index("event"), KINDS.index("none_seen"))
        return blank_observations(indicator, kind, at, happened_from=when, happened_to=when)
    if family == "ordinal":
        return blank_observations(indicator, KINDS.index("category"), at, category=drawn)
    kind = KINDS.index("count" if family == "rate" else "value")
    return blank_observations(indicator, kind, at, value=drawn, exposure_end=at)


def test_predictions_that_agree_carry_no_information():
    assert bits(MODEL, "weather", 4.0) == pytest.approx(0.0, abs=1e-12)


def test_before_any_onset_a_scenario_is_not_told_from_its_baseline():
    assert bits(MODEL, "visits", 0.3, np.array([0.0, 0.5, 0.5])) == pytest.approx(0.0, abs=1e-12)
    assert bits(MODEL, "visits", 6.0, np.array([0.0, 0.5, 0.5])) > 0.15


@pytest.mark.parametrize("name", ["trade", "transit"])
def test_a_change_of_unit_leaves_the_information(name):
    assert bits(invented_model(scale=1000.0), name, 4.0) == pytest.approx(bits(MODEL, name, 4.0), abs=1e-9)


# ---- what it would take


def test_the_growth_still_needed_is_that_worked_out_on_paper():
    """Rise from 4 to 9 by the end of 2030: ln y ~ N(ln 9, .2^2 L + .03^2 L^2 + .03^2), L = 2190 / 365.25 = 5.9959.

    sd = .5247; lower end of the central 80 %: 9 e^(-1.28155 x .5247) = 4.594. At 3.0 three years before the date:
    (4.594 / 3)^(1/3) - 1 = .1526 a year. Falling 5 % a year from 4, the upper end of 4 x .95^6 e^(1.28155 x .4990).
    """
    length = (date(2030, 12, 31) - date(2024, 12, 31)).days / 365.25
    target = {"date": "2030-12-31", "value": 2.0}
    model = invented_model(
        {
            "up": {"rise": ("path", {"start": START, "target": TARGET, "sigma": 0.2, "drift_sd": 0.03})},
            "down": {"rise": ("path", {"start": START, "target": target, "sigma": 0.2, "drift_sd": 0.03})},
        }
    )
    due = years_since(T0, date(2030, 12, 31))
    found = needed_growth(model, np.array([0, 1]), np.full(2, due - 3), np.array([3.0, 3.0]), 0.8)
    sd = np.sqrt(0.04 * length + 0.0009 * length**2 + 0.0009)
    assert found[0, 0] == pytest.approx((9 * np.exp(-1.2815516 * sd) / 3) ** (1 / 3) - 1, rel=1e-6)
    assert found[1, 0] == pytest.approx((2 * np.exp(1.2815516 * sd) / 3) ** (1 / 3) - 1, rel=1e-6)
    assert found[1, 0] > 0 > found[1, 0] - 0.2


def test_no_growth_is_needed_of_what_is_silent_overdue_or_unread():
    trade = np.array([NAMES.index("trade")] * 3 + [NAMES.index("visits")])
    found = needed_growth(MODEL, trade, np.array([1.0, 7.0, 1.0, 1.0]), np.array([5.0, 5.0, np.nan, 5.0]), 0.8)
    assert np.isfinite(found[0]).tolist() == [True, True, False]  # a drift has no date
    assert np.isnan(found[1:]).all()


def word(name, time, value):
    index = MODEL.indicator_index([name])
    at = np.array([time])
    family = FAMILIES[MODEL.family[index[0]]]
    kind = KINDS.index("count" if family == "rate" else "value")
    reports = blank_observations(index, kind, at, value=np.array([value]), exposure_end=at)
    readings = Readings(index, at, np.array([1.0]), np.array([0]), np.array([1.0]))
    return status(MODEL, reports, readings, THRESHOLDS).word[0].tolist()


@pytest.mark.parametrize("time", [0.8, 1.6, 5.5])
@pytest.mark.parametrize("name", ["trade", "transit", "share"])
def test_a_value_just_beyond_its_bound_is_contradicted_and_just_inside_is_not(name, time):
    index = MODEL.indicator_index([name])
    low, high = contradiction_bounds(MODEL, index, np.array([time]), 0.005)
    judged = [column for column in range(3) if MODEL.speaks[index[0], column]]
    for column in judged:
        if MODEL.parameters["due"][index[0], column] <= time:
            continue  # fulfilled or missed, once due
        assert word(name, time, low[0, column] * 0.999)[column] == "contradicted"
        assert word(name, time, low[0, column] * 1.001)[column] != "contradicted"
        beyond = high[0, column] + 1e-3 * min(1.0, 1 - high[0, column]) if name == "share" else high[0, column] * 1.001
        inside = high[0, column] - 1e-3 if name == "share" else high[0, column] * 0.999
        assert word(name, time, beyond)[column] == "contradicted"
        assert word(name, time, inside)[column] != "contradicted"


@pytest.mark.parametrize("time", [0.4, 0.8, 1.1, 1.6, 2.3, 3.0, 4.4, 5.5, 9.0])
@pytest.mark.parametrize("name", ["visits", "incidents"])
def test_a_count_beyond_its_bound_is_contradicted_and_the_bound_itself_is_not(name, time):
    """Seen to fail with plain quantiles as bounds, which leave out that a count's own mass counts half."""
    index = MODEL.indicator_index([name])
    low, high = contradiction_bounds(MODEL, index, np.array([time]), 0.005)
    for column in (column for column in range(3) if MODEL.speaks[index[0], column]):
        assert word(name, time, high[0, column] + 1)[column] == "contradicted"
        assert word(name, time, high[0, column])[column] != "contradicted"
        assert word(name, time, low[0, column])[column] != "contradicted"
        if low[0, column] > 0:
            assert word(name, time, low[0, column] - 1)[column] == "contradicted"


def test_a_silent_scenario_has_no_bounds():
    low, high = contradiction_bounds(MODEL, MODEL.indicator_index(["transit", "incidents"]), np.full(2, 3.0), 0.005)
    assert np.isnan(low[:, 1]).all()
    assert np.isnan(high[:, 1]).all()
    assert np.isfinite(low[:, [0, 2]]).all()


@pytest.mark.parametrize("level", [0.1, 0.5])
def test_on_the_date_of_silence_the_chance_of_not_yet_is_the_level(level):
    index = MODEL.indicator_index(["opening", "pact"])
    when = silence_dates(MODEL, index, level, 40.0)
    reached = 0
    for row, column in zip(*np.nonzero(np.isfinite(when)), strict=True):
        own = MODEL.hypothesis_scenario == column
        found = survival(MODEL, index[row : row + 1], when[row : row + 1, column])[0, own].max()
        assert found == pytest.approx(level, abs=2e-3)
        reached += 1
    assert reached >= 2


def test_silence_never_refutes_what_is_not_an_event_or_silent_or_stays_likely():
    found = silence_dates(MODEL, MODEL.indicator_index(["visits", "pact", "opening"]), 0.1, 10.0)
    assert np.isnan(found[0]).all()
    assert np.isnan(found[1, 1])  # silent
    assert np.isnan(found[2, 2])  # unlikely anyway
    assert np.isfinite(found[2, 0])


def test_silence_waits_for_the_onset_that_fits_best():
    """`fall` may begin 4.5 years late, so its growing hazard speaks only then."""
    late = ("event_by", {"by": "2027-01-17", "p": 0.95, "shape": 1.0})
    calm = ("event_by", {"by": "2030-12-31", "p": 0.01, "shape": 1.0})
    model = invented_model({"only": {"stay": calm, "fall": late}})
    assert silence_dates(model, np.array([0]), 0.1, 40.0)[0, 2] > 4.5


def test_a_reading_stales_by_half_at_its_age_and_a_missing_one_wholly():
    found = staleness(np.array([0.0, 100.0, 200.0, np.nan, -3.0]), np.full(5, 100.0))
    assert found.tolist() == [0.0, 0.5, 0.75, 1.0, 0.0]


def test_a_drift_that_falls_needs_no_growth():
    model = invented_model({"only": {"fall": ("drift", DECLINE)}})
    assert np.isnan(needed_growth(model, np.array([0]), np.array([1.0]), np.array([4.0]), 0.8)).all()
