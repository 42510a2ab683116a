"""Predictives, onsets and the reference, against the formulas of docs/method.md written out again with scipy.stats."""

from datetime import date

import numpy as np
import pytest
from scipy import stats

from signposts.errors import InputError
from signposts.scoring import fans, monotone
from signposts.scoring.model import (
    build_model,
    make_observations,
    stack,
    stated_only,
    with_one_later_onset,
    with_settings,
)
from signposts.scoring.observations import KINDS, blank_observations
from signposts.scoring.predictive import log_density, log_lambda, predictive_cdf, survival

T0 = date(2025, 1, 1)
START = {"date": "2025-01-01", "value": 4.0}
YEAR_5 = (date(2030, 1, 1) - T0).days / 365.25
ALL_TYPES = "rate,share,threshold,ordinal,event_by,drift,range"
OBS = 0.03
LOG_START = np.log(4)


def world(predictions, *, shared=False, delayed=ALL_TYPES, settings=None, basis=None, **indicator):
    """Return a model of one indicator `x`: new (onsets 0 and 2, baseline mid), mid, old."""
    return build_model(
        t0=T0,
        scenarios=[
            {"scenario_id": "new", "baseline_id": "mid", "delayed_types": delayed, "cooperative_rank": 3},
            {"scenario_id": "mid", "cooperative_rank": 2},
            {"scenario_id": "old", "cooperative_rank": 1},
        ],
        hypotheses=[
            {"scenario_id": "new", "onset": 0, "onset_weight": 0.5},
            {"scenario_id": "new", "onset": 2, "onset_weight": 0.5},
            {"scenario_id": "mid", "onset": 0, "onset_weight": 1},
            {"scenario_id": "old", "onset": 0, "onset_weight": 1},
        ],
        indicators=[{"indicator_id": "x", **indicator}],
        predictions=[
            {
                "indicator_id": "x",
                "scenario_id": scenario,
                "type": kind,
                "basis": (basis or {}).get(scenario, "stated"),
                "parameters": parameters,
            }
            for scenario, (kind, parameters) in predictions.items()
        ],
        scoring={"shared_sd": shared, "obs_sd": OBS, "open_list_coverage": [0.4, 1.0]},
        indicator_settings={"x": settings or {}},
    )


def density(model, kind, time, **columns):
    given = {name: np.array([value], dtype=float) for name, value in columns.items()}
    reports = blank_observations(np.zeros(1, dtype=int), KINDS.index(kind), np.array([time]), **given)
    return np.exp(log_density(model, reports)[0])


DRIFT = ("drift", {"start": START, "annual_change": 0.1, "sigma": 0.2, "drift_sd": 0.05})
RANGE = ("range", {"start": START, "lo": 5.0, "hi": 6.0, "coverage": 0.8, "reach_by": "2027-01-01"})
FALL = ("drift", {"start": START, "annual_change": -0.1, "sigma": 0.1, "drift_sd": 0.0})
REACH = (date(2027, 1, 1) - T0).days / 365.25
M_INF = 0.5 * np.log(30)
V_INF = (np.log(6 / 5) / (2 * stats.norm.ppf(0.9))) ** 2


def drift_moments(change, sigma, drift_sd, years, mean=LOG_START, variance=OBS**2):
    return mean + np.log1p(change) * years, variance + sigma**2 * years + drift_sd**2 * years**2


def range_moments(years, mean=LOG_START, variance=0.0):
    decay = np.exp(-3 / REACH * years)
    return M_INF + (mean - M_INF) * decay, variance * decay**2 + V_INF * (1 - decay**2) + OBS**2


def test_a_drift_leaves_its_baseline_at_the_onset_with_the_baseline_spread():
    """Mean mu2(2) + ln 1.1 x 1, variance v2(2) + sigma^2 + drift_sd^2 at year 3; p2 before the onset."""
    model = world({"new": DRIFT, "mid": RANGE, "old": FALL})
    mean2, variance2 = range_moments(2.0)
    mean, variance = drift_moments(0.1, 0.2, 0.05, 1.0, mean2, variance2)
    found = density(model, "value", 3.0, value=5.0)
    assert found[1] == pytest.approx(stats.norm.pdf(np.log(5), mean, np.sqrt(variance)))
    assert found[0] == pytest.approx(stats.norm.pdf(np.log(5), *_sd(drift_moments(0.1, 0.2, 0.05, 3.0))))
    early = density(model, "value", 1.5, value=5.0)
    assert early[1] == pytest.approx(early[2]) == pytest.approx(stats.norm.pdf(np.log(5), *_sd(range_moments(1.5))))


def _sd(moments):
    return moments[0], np.sqrt(moments[1])


def test_a_range_forgets_its_baseline_after_the_onset_and_keeps_the_error_of_observation_outside():
    model = world({"new": RANGE, "mid": DRIFT, "old": FALL})
    mean2, variance2 = drift_moments(0.1, 0.2, 0.05, 2.0)
    mean, variance = range_moments(1.5, mean2, variance2 - OBS**2)
    found = density(model, "value", 3.5, value=5.0)
    assert found[1] == pytest.approx(stats.norm.pdf(np.log(5), mean, np.sqrt(variance)))


def test_with_a_shared_spread_every_scenario_has_the_mean_variance_and_other_twice_it():
    model = world({"new": DRIFT, "mid": RANGE, "old": FALL}, shared=True)
    moments = [drift_moments(0.1, 0.2, 0.05, 3.0), range_moments(3.0), drift_moments(-0.1, 0.1, 0.0, 3.0)]
    variance = np.mean([v for _, v in moments])
    means = np.array([m for m, _ in moments])
    densities = stats.norm.pdf(np.log(5), means, np.sqrt(variance))
    wide = stats.norm.pdf(np.log(5), means.mean(), 2 * np.sqrt(variance + means.var()))
    found = density(model, "value", 3.0, value=5.0)
    assert found[[0, 2, 3]] == pytest.approx(densities)
    assert found[4] == pytest.approx(densities.mean() / 2 + wide / 2)
    onset_mean = range_moments(2.0)[0] + np.log(1.1)
    assert found[1] == pytest.approx(stats.norm.pdf(np.log(5), onset_mean, np.sqrt(variance)))


def test_a_path_stops_at_its_target_and_its_uncertainty_does_not():
    path = ("path", {"start": START, "target": {"date": "2030-01-01", "value": 8.0}, "sigma": 0.2, "drift_sd": 0.03})
    model = world({"new": path, "mid": RANGE, "old": FALL})
    variance = 0.04 * 7 + 0.03**2 * 49 + OBS**2
    assert density(model, "value", 7.0, value=8.0)[0] == pytest.approx(stats.norm.pdf(0, 0, np.sqrt(variance)))


def test_an_uncertain_start_widens_a_value_and_not_a_nowcast():
    start = {**START, "start_sd": 0.2}
    model = world({name: ("drift", {**DRIFT[1], "start": start}) for name in ("new", "mid", "old")})
    mean, variance = drift_moments(0.1, 0.2, 0.05, 1.0)
    value = density(model, "value", 1.0, value=5.0)[0]
    nowcast = density(model, "nowcast", 1.0, value=5.0, log_sd=0.07)[0]
    assert value == pytest.approx(stats.norm.pdf(np.log(5), mean, np.sqrt(variance + 0.04)))
    assert nowcast == pytest.approx(stats.norm.pdf(np.log(5), mean, np.sqrt(variance + 0.07**2)))


def test_an_interval_has_the_mass_between_its_ends_also_far_out():
    model = world({"new": DRIFT, "mid": RANGE, "old": FALL})
    mean, sd = _sd(drift_moments(-0.1, 0.1, 0.0, 1.0))
    found = density(model, "interval", 1.0, value_low=9.0, value_high=10.0)[3]
    assert found == pytest.approx(stats.norm.sf(np.log(9), mean, sd) - stats.norm.sf(np.log(10), mean, sd))
    open_ended = density(model, "interval", 1.0, value_low=9.0)[3]
    assert open_ended == pytest.approx(stats.norm.sf(np.log(9), mean, sd))


def test_a_threshold_puts_the_stated_share_beyond_its_value():
    model = world(
        {
            "new": ("threshold", {"op": ">=", "value": 0.95, "p_beyond": 0.9, "concentration": 120}),
            "mid": ("threshold", {"op": "<=", "value": 0.5, "p_beyond": 0.7, "concentration": 20}),
            "old": ("share", {"mean": 0.8, "concentration": 8}),
        }
    )
    reports = blank_observations(np.zeros(2, dtype=int), KINDS.index("value"), np.ones(2), value=np.array([0.95, 0.5]))
    cdf = predictive_cdf(model, reports)
    assert cdf[0, 0] == pytest.approx(0.1)
    assert cdf[1, 2] == pytest.approx(0.7)
    assert density(model, "value", 1.0, value=0.9)[3] == pytest.approx(stats.beta.pdf(0.9, 6.4, 1.6))
    before, after = density(model, "value", 1.5, value=0.9), density(model, "value", 2.5, value=0.9)
    assert before[1] == before[2]
    assert after[1] == after[0]
    other = density(model, "share_count", 1.0, value=6, trials=6)
    named = [stats.betabinom.pmf(6, 6, a, b) for a, b in _shapes(model)]
    assert other[4] == pytest.approx(np.mean(named) / 2 + 1 / 14)


def _shapes(model):
    return zip(model.parameters["beta_a"][0], model.parameters["beta_b"][0], strict=True)


EVENT = ("event_by", {"by": "2030-01-01", "p": 0.8, "shape": 1.5, "earliest": "2026-01-01"})
SLOW = ("event_by", {"by": "2033-01-01", "p": 0.3, "shape": 1.0})
RARE = ("event_by", {"by": "2030-01-01", "p": 0.05, "shape": 1.0})
YEAR_1, YEAR_8 = (date(2026, 1, 1) - T0).days / 365.25, (date(2033, 1, 1) - T0).days / 365.25


def test_an_event_follows_its_baseline_until_the_onset_and_its_own_hazard_after():
    """H(4) = H2(2) + H3(4), H3 as long as by - earliest and starting at max(earliest, onset) = 2."""
    model = world({"new": EVENT, "mid": SLOW, "old": RARE})
    slow = -np.log(0.7) / YEAR_8
    length = YEAR_5 - YEAR_1
    own = -np.log(0.2) * (2 / length) ** 1.5
    found = survival(model, np.zeros(2, dtype=int), np.array([4.0, 1.5]))
    assert found[0, 1] == pytest.approx(np.exp(-slow * 2 - own))
    assert found[1, 1] == pytest.approx(np.exp(-slow * 1.5))
    assert found[0, 0] == pytest.approx(np.exp(np.log(0.2) * ((4 - YEAR_1) / length) ** 1.5))
    rate = -np.log(0.2) * 1.5 / length * (2 / length) ** 0.5
    happened = density(model, "event", 4.0, happened_from=4.0, happened_to=4.0)
    assert happened[1] == pytest.approx(rate * np.exp(-slow * 2 - own))
    within = density(model, "event", 4.0, happened_from=1.0, happened_to=4.0)
    assert within[1] == pytest.approx(np.exp(-slow) - np.exp(-slow * 2 - own))


def test_other_expects_an_event_evenly_with_p_one_half_by_the_latest_date():
    model = world({"new": EVENT, "mid": SLOW, "old": RARE}, settings={"detect_prob": 0.9})
    time = 3.0
    survives = survival(model, np.zeros(1, dtype=int), np.array([time]))[0]
    wide = 0.5 ** (time / YEAR_8)
    assert survives[4] == pytest.approx(survives[[0, 2, 3]].mean() / 2 + wide / 2)
    seen = density(model, "none_seen", time)
    assert seen[3] == pytest.approx(survives[3] + (1 - survives[3]) * 0.1)
    assert seen[4] == pytest.approx(survives[4] + (1 - survives[4]) * 0.1)


def test_a_rate_mixes_baseline_and_own_years_after_the_onset():
    """Counting starts half a year before t0 and lasts four: x = 2 + .5, f = .625."""
    model = world(
        {name: ("rate", {"mean": m, "cv": v}) for name, m, v in (("new", 6, 0.4), ("mid", 2, 0.5), ("old", 1, 0.8))}
    )
    found = density(model, "count", 3.5, value=9, exposure_start=-0.5, exposure_end=3.5)
    fraction = 2.5 / 4
    mean, cv = 2 * fraction + 6 * (1 - fraction), 0.5 * fraction + 0.4 * (1 - fraction)
    assert found[1] == pytest.approx(_count(9, mean * 4, cv))
    named = [_count(9, m * 4, v) for m, v in ((6, 0.4), (2, 0.5), (1, 0.8))]
    assert found[[0, 2, 3]] == pytest.approx(named)
    assert found[4] == pytest.approx(np.mean(named) / 2 + _count(9, 12 ** (1 / 3) * 4, 1.5) / 2)
    early = density(model, "count", 1.0, value=9, exposure_start=-0.5, exposure_end=1.0)
    assert early[1] == pytest.approx(early[2])


def _count(n, mean, cv):
    shape = 1 / cv**2
    return stats.nbinom.pmf(n, shape, shape / (shape + mean))


def test_an_open_list_is_averaged_over_the_share_it_may_hold():
    model = world({name: ("rate", {"mean": m, "cv": 0.5}) for name, m in (("new", 6), ("mid", 2), ("old", 1))})
    columns = {"indicator": [0], "kind": ["open_count"], "value": [30.0], "reading_date": [2.0]}
    listed = make_observations(model, columns | {"exposure_start": [0.0], "exposure_end": [2.0]})
    found = np.exp(log_density(model, listed)[0])
    shares = np.linspace(0.4, 1.0, 4001)
    masses = [np.trapezoid(_count(30, q_mean * shares * 2, 0.5), shares) / 0.6 for q_mean in (6, 2, 1)]
    assert found[[0, 2, 3]] == pytest.approx(masses, rel=1e-6)


def test_nothing_seen_of_a_count_is_a_report_of_none():
    model = world({name: ("rate", {"mean": 2, "cv": 0.5}) for name in ("new", "mid", "old")})
    silence = density(model, "none_seen", 1.0, exposure_start=0.0, exposure_end=1.0)
    none = density(model, "count", 1.0, value=0, exposure_start=0.0, exposure_end=1.0)
    assert silence == pytest.approx(none)


def test_an_interval_of_counts_has_their_mass():
    model = world({name: ("rate", {"mean": 3, "cv": 0.5}) for name in ("new", "mid", "old")})
    found = density(model, "interval", 1.0, value_low=2, value_high=4, exposure_start=0.0, exposure_end=1.0)
    assert found[0] == pytest.approx(sum(_count(n, 3, 0.5) for n in (2, 3, 4)))


def test_categories_have_their_probabilities_and_other_half_uniform():
    probs = {"new": {"down": 0.1, "up": 0.9}, "mid": {"down": 0.5, "up": 0.5}, "old": {"down": 0.8, "up": 0.2}}
    model = world(
        {name: ("ordinal", {"probs": values}) for name, values in probs.items()},
        settings={"categories": ["down", "up"]},
    )
    columns = {"indicator_id": ["x"], "kind": ["category"], "category": ["up"], "reading_date": [3.0]}
    found = np.exp(log_density(model, make_observations(model, columns))[0])
    assert found == pytest.approx([0.9, 0.9, 0.5, 0.2, (1.6 / 3) / 2 + 0.25])


def test_a_silent_scenario_neither_gains_nor_loses():
    model = world({"new": DRIFT, "mid": ("silent", {}), "old": FALL})
    reports = blank_observations(np.zeros(1, dtype=int), KINDS.index("value"), np.array([3.0]), value=np.array([9.0]))
    found = log_lambda(model, reports)[0]
    speaking = [0, 1, 3, 4]
    weight = model.hypothesis_weight[speaking]
    assert np.exp(found[2]) == pytest.approx(weight @ np.exp(found[speaking]) / weight.sum())
    assert found[4] == 0
    assert (found[[0, 3]] != 0).all()


@pytest.mark.parametrize(
    ("predictions", "kind", "columns"),
    [
        ({"new": DRIFT, "old": FALL}, "value", {"value": 9.0}),
        ({"new": EVENT, "old": RARE}, "none_seen", {}),
        ({"new": EVENT, "old": RARE}, "event", {"happened_from": 1.6, "happened_to": 1.6}),
        (
            {"new": ("share", {"mean": 0.9, "concentration": 9}), "old": ("share", {"mean": 0.2, "concentration": 9})},
            "value",
            {"value": 0.3},
        ),
        (
            {"new": ("rate", {"mean": 3, "cv": 0.5}), "old": ("rate", {"mean": 1, "cv": 0.5})},
            "count",
            {"value": 2.0, "exposure_start": 0.0, "exposure_end": 1.6},
        ),
    ],
)
def test_before_the_onset_a_silent_baseline_says_nothing(predictions, kind, columns):
    model = world({**predictions, "mid": ("silent", {})})
    given = {name: np.array([value]) for name, value in columns.items()}
    reports = blank_observations(np.zeros(1, dtype=int), KINDS.index(kind), np.array([1.6]), **given)
    found = log_lambda(model, reports)[0]
    assert found[1] == pytest.approx(0, abs=1e-12)
    assert found[0] != 0


def test_an_event_with_a_silent_baseline_keeps_the_reference_survival_to_the_onset():
    model = world({"new": EVENT, "mid": ("silent", {}), "old": RARE})
    found = survival(model, np.zeros(2, dtype=int), np.array([2.0, 4.0]))
    own = -np.log(0.2) * (2 / (YEAR_5 - YEAR_1)) ** 1.5
    assert found[1, 1] == pytest.approx(found[0, 4] * np.exp(-own))


def test_types_that_do_not_wait_keep_their_dates():
    model = world({"new": EVENT, "mid": SLOW, "old": RARE}, delayed="rate")
    found = survival(model, np.zeros(1, dtype=int), np.array([4.0]))[0]
    assert found[0] == found[1]


def test_stated_only_silences_the_rest_and_keeps_their_baseline():
    model = world({"new": DRIFT, "mid": RANGE, "old": FALL}, basis={"mid": "operationalised"})
    stated = stated_only(model)
    reports = blank_observations(np.zeros(1, dtype=int), KINDS.index("value"), np.array([1.5]), value=np.array([5.0]))
    found = log_lambda(stated, reports)[0]
    speaking = [0, 1, 3, 4]
    weight = stated.hypothesis_weight[speaking]
    assert np.exp(found[2]) == pytest.approx(weight @ np.exp(found[speaking]) / weight.sum())
    baseline = stats.norm.pdf(np.log(5), *_sd(range_moments(1.5)))
    reference = np.exp(log_density(stated, reports)[0, 4])
    assert found[1] == pytest.approx(np.log(baseline / reference))


def test_a_report_that_no_hypothesis_allows_says_nothing():
    model = world({"new": EVENT, "mid": SLOW, "old": RARE})
    reports = blank_observations(
        np.zeros(1, dtype=int),
        KINDS.index("event"),
        np.array([-1.0]),
        happened_from=np.array([-1.0]),
        happened_to=np.array([-1.0]),
    )
    assert (log_lambda(model, reports) == 0).all()


def test_ratios_stay_finite_where_a_scenario_is_impossible():
    model = world({"new": EVENT, "mid": SLOW, "old": RARE})
    reports = blank_observations(
        np.zeros(1, dtype=int),
        KINDS.index("event"),
        np.array([0.5]),
        happened_from=np.array([0.5]),
        happened_to=np.array([0.5]),
    )
    found = log_lambda(model, reports)[0]
    assert found[0] == -700
    assert np.isfinite(found).all()


def test_many_trackers_in_one_pass_equal_each_alone():
    one = world({"new": DRIFT, "mid": RANGE, "old": FALL})
    two = world({name: ("ordinal", {"probs": {"a": 0.2, "b": 0.8}}) for name in ("new", "mid", "old")})
    both = stack([one, two], ["one", "two"])
    assert both.indicator_ids == ("one/x", "two/x")
    columns = {
        "indicator_id": ["one/x", "two/x"],
        "kind": ["value", "category"],
        "value": [5.0, np.nan],
        "category": [None, "b"],
        "reading_date": [3.0, 3.0],
    }
    together = log_lambda(both, make_observations(both, columns))
    alone = {name: [column[0]] for name, column in columns.items() if name != "indicator_id"} | {"indicator_id": ["x"]}
    np.testing.assert_array_equal(together[0], log_lambda(one, make_observations(one, alone))[0])


def test_models_with_other_settings_are_not_stacked():
    one = world({"new": DRIFT, "mid": RANGE, "old": FALL})
    with pytest.raises(InputError, match="stacked"):
        stack([one, with_settings(one, obs_sd=0.1)], ["one", "two"])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"indicator_id": ["y"], "kind": ["value"]}, "unknown indicator 'y'"),
        ({"indicator_id": ["x"], "kind": ["guess"]}, "unknown kind 'guess'"),
        ({"indicator_id": ["x"], "kind": ["count"]}, "cannot be scored by lognormal"),
    ],
)
def test_reports_that_cannot_be_scored_are_refused_by_name(columns, message):
    model = world({"new": DRIFT, "mid": RANGE, "old": FALL})
    with pytest.raises(InputError, match=message):
        make_observations(model, {**columns, "reading_date": [1.0]})


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        ({"new": DRIFT, "mid": SLOW}, "different families"),
        ({"new": ("drift", {"start": START})}, "new about x.*cannot be used"),
        ({"new": ("guess", {})}, "unknown type"),
        ({"new": ("event_by", {"by": "2024-01-01", "p": 0.5})}, "not after"),
    ],
)
def test_predictions_that_cannot_be_used_are_refused_by_name(predictions, message):
    with pytest.raises(InputError, match=message):
        world(predictions)


def test_chunks_change_nothing():
    model = world({"new": DRIFT, "mid": RANGE, "old": FALL})
    n_rows = 9000
    values = np.exp(np.random.default_rng(2).normal(1.5, 0.5, n_rows))
    reports = blank_observations(
        np.zeros(n_rows, dtype=int), KINDS.index("value"), np.linspace(0.1, 9, n_rows), value=values
    )
    together = log_lambda(model, reports)
    np.testing.assert_array_equal(together[8000:8001], log_lambda(model, reports.take(slice(8000, 8001))))


def test_a_fan_sums_the_onset_out():
    """At year 3 the new scenario is half its own drift and half a drift that left the range at year 2."""
    model = world({"new": DRIFT, "mid": RANGE, "old": FALL})
    found = fans.fan_quantiles(model, np.zeros(1, dtype=int), np.array([3.0]), np.array([0.05, 0.5, 0.95]))[0]
    own = _sd(drift_moments(0.1, 0.2, 0.05, 3.0))
    late = _sd(drift_moments(0.1, 0.2, 0.05, 1.0, *range_moments(2.0)))
    shares = [0.5 * stats.norm.cdf(np.log(x), *own) + 0.5 * stats.norm.cdf(np.log(x), *late) for x in found[0]]
    assert shares == pytest.approx([0.05, 0.5, 0.95])
    assert found[2] == pytest.approx(np.exp(stats.norm.ppf([0.05, 0.5, 0.95], *_sd(drift_moments(-0.1, 0.1, 0, 3.0)))))


def test_a_fan_of_counts_is_of_whole_numbers_from_the_start_of_exposure():
    model = world(
        {name: ("rate", {"mean": 3, "cv": 0.5}) for name in ("new", "mid", "old")},
        settings={"exposure_start": "2025-01-01"},
    )
    found = fans.fan_quantiles(model, np.zeros(1, dtype=int), np.array([2.0]), np.array([0.1, 0.9]))[0, 2]
    assert list(found) == [stats.nbinom.ppf(q, 4, 4 / (4 + 6)) for q in (0.1, 0.9)]


def test_a_silent_scenario_draws_no_fan():
    model = world({"new": DRIFT, "old": FALL})
    found = fans.fan_quantiles(model, np.zeros(1, dtype=int), np.array([3.0]), np.array([0.5]))[0]
    assert np.isnan(found[1, 0])
    assert not np.isnan(found[[0, 2], 0]).any()


def coop(model, direction):
    return with_settings(model, cooperative=np.array([direction]))


FLAT = ("drift", {**FALL[1], "annual_change": 0.0})
SOON = ("event_by", {"by": "2030-01-01", "p": 0.8, "shape": 1.0})


def test_fans_that_differ_in_location_alone_are_monotone():
    model = world({"new": DRIFT, "mid": FLAT, "old": FALL}, shared=True)
    assert monotone.monotone_violations(coop(model, 1)) == []


def test_a_wider_fan_a_wrong_way_and_a_late_start_are_violations():
    wide = ("drift", {**FALL[1], "sigma": 0.6})
    model = coop(world({"new": DRIFT, "mid": FLAT, "old": wide}), 1)
    found = monotone.monotone_violations(model)
    assert ("mid", "old") in {(row.more_cooperative, row.less_cooperative) for row in found}
    turned = coop(world({"new": DRIFT, "mid": FLAT, "old": FALL}, shared=True), -1)
    assert len(monotone.monotone_violations(turned)) == 2
    late = monotone.monotone_violations(coop(world({"new": EVENT, "mid": SLOW, "old": RARE}), 1))
    assert [(row.more_cooperative, row.time) for row in late] == [("new", 1.0)]


@pytest.mark.parametrize(("direction", "expected"), [(1, 0), (-1, 2)])
def test_events_counts_and_categories_are_checked_too(direction, expected):
    probs = {"new": [0.1, 0.2, 0.7], "mid": [0.2, 0.4, 0.4], "old": [0.6, 0.3, 0.1]}
    rates = {"new": 6, "mid": 3, "old": 1}
    families = [
        {"new": SOON, "mid": SLOW, "old": RARE},
        {name: ("rate", {"mean": mean, "cv": 0.5}) for name, mean in rates.items()},
        {name: ("share", {"mean": p[2], "concentration": 20}) for name, p in probs.items()},
    ]
    for predictions in families:
        assert len(monotone.monotone_violations(coop(world(predictions), direction))) == expected
    named = {name: ("ordinal", {"probs": dict(zip("abc", p, strict=True))}) for name, p in probs.items()}
    backwards = {name: ("ordinal", {"probs": dict(zip("abc", p[::-1], strict=True))}) for name, p in probs.items()}
    model = coop(world(named if direction > 0 else backwards, settings={"categories": list("abc")}), direction)
    assert len(monotone.monotone_violations(model)) == expected


LEADING = ("event_by", {"by": "2030-01-01", "p": 0.2, "shape": 1.0, "trigger_share": 0.4, "trigger_lag": 1.0})


@pytest.mark.parametrize(
    ("predictions", "kind", "columns", "n_onsets"),
    [
        ({"new": DRIFT, "mid": RANGE, "old": FALL}, "value", {"value": 5.0}, 3),
        ({"new": EVENT, "mid": SLOW, "old": RARE}, "none_seen", {}, 3),
        # what announces an onset is seen a year before it
        ({"new": LEADING, "mid": SLOW, "old": RARE}, "none_seen", {}, 4),
        ({"new": LEADING, "mid": SLOW, "old": RARE}, "event", {"happened_from": 2.8, "happened_to": 2.8}, 4),
    ],
)
def test_onsets_that_no_reading_can_tell_apart_are_one_and_predict_the_same(predictions, kind, columns, n_onsets):
    onsets = np.array([0.0, 2.0, 3.2, 4.2, 5.5, 0.0, 0.0, 0.0])
    weight = np.array([0.4, 0.3, 0.1, 0.1, 0.1, 1.0, 1.0, 1.0])
    scenario = np.array([0, 0, 0, 0, 0, 1, 2, 3])
    model = with_settings(
        world(predictions), hypothesis_scenario=scenario, hypothesis_onset=onsets, onset_weight=weight
    )
    one = with_one_later_onset(model, 3.0)
    at = {name: np.array([value]) for name, value in columns.items()}
    reading = blank_observations(np.zeros(1, dtype=int), KINDS.index(kind), np.array([3.0]), **at)
    assert one.hypothesis_onset[:-3].tolist() == onsets[:n_onsets].tolist()
    kept = np.searchsorted(one.hypothesis_onset[:-3], onsets[:5], side="right") - 1
    assert log_lambda(model, reading)[0, :5] == pytest.approx(log_lambda(one, reading)[0, kept], rel=1e-12)
    assert np.bincount(kept, weights=weight[:5]) == pytest.approx(one.onset_weight[:-3])
