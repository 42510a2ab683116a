"""The golden case: a tracker of two scenarios and three indicators whose odds are worked out on paper."""

from datetime import date

import numpy as np
import pytest

from signposts.scoring import combining
from signposts.scoring.model import build_model, make_observations
from signposts.scoring.predictive import log_lambda

T0 = date(2025, 1, 1)
TWO_YEARS = "2027-01-01"  # 730 days
START = {"date": "2025-01-01", "value": 1.0}


def golden_model():
    span = 730 / 365.25
    growth = {"high": float(np.exp(0.2) - 1), "low": float(np.exp(-0.2) - 1)}
    return build_model(
        t0=T0,
        scenarios=[{"scenario_id": "high"}, {"scenario_id": "low"}],
        hypotheses=[
            {"scenario_id": "high", "onset": 0, "onset_weight": 1},
            {"scenario_id": "low", "onset": 0, "onset_weight": 1},
        ],
        indicators=[{"indicator_id": name} for name in ("opening", "visits", "volume")],
        predictions=[
            _prediction("opening", "high", "event_by", by=TWO_YEARS, p=0.75, shape=1.0),
            _prediction("opening", "low", "event_by", by=TWO_YEARS, p=0.50, shape=1.0),
            _prediction("visits", "high", "rate", mean=2.0, cv=1.0),
            _prediction("visits", "low", "rate", mean=0.5, cv=1.0),
            _prediction("volume", "high", "drift", start=START, annual_change=growth["high"], sigma=0.2, drift_sd=0.0),
            _prediction("volume", "low", "drift", start=START, annual_change=growth["low"], sigma=0.2, drift_sd=0.0),
        ],
        scoring={"shared_sd": True, "obs_sd": 0.0, "open_list_coverage": [0.4, 1.0]},
    ), span


def _prediction(indicator, scenario, kind, **parameters):
    return {"indicator_id": indicator, "scenario_id": scenario, "type": kind, "parameters": parameters}


def test_the_golden_case_gives_the_odds_worked_out_on_paper():
    """Follow the arithmetic by hand, with prior .6, .3 and .1 for other, temper .5, no onsets.

    opening (event, group g, r = 1), nothing seen when `by` is reached: S_high = 1 - .75 = .25, S_low = .5; the wide
    reference has p = .5 by the same date, so p(S0) = (.25 + .5) / 4 + .5 / 2 = .4375.
        l_high = ln(.25 / .4375) = -.559616, l_low = ln(.5 / .4375) = .133531
    visits (rate, group g, r = .8), none in one year: a = 1 / cv^2 = 1, so P(0) = 1 / (1 + mean): 1/3 and 2/3. Wide:
    mean sqrt(2 x .5) = 1, a = 1 / 1.5^2 = 4/9, P(0) = (a / (a + 1))^a = (4/13)^(4/9) = .592238.
    p(S0) = (1/3 + 2/3) / 4 + .592238 / 2 = .546119.
        l_high = ln(.8 x .333333 / .546119 + .2) = -.373539, l_low = ln(.8 x .666667 / .546119 + .2) = .162619
    volume (drift, group k, r = .5), reading e^.2 after one year: means +-.2, sd .2, so z = 0 and 2. Densities of ln y
    .398942 / .2 = 1.994711 and 1.994711 e^-2 = .269953. Wide: mean 0, sd 2 sqrt(.04 + .04) = .565685, density
    .398942 / .565685 x e^(-.0625) = .662509. p(S0) = (1.994711 + .269953) / 4 + .662509 / 2 = .897421.
        l_high = ln(.5 x 1.994711 / .897421 + .5) = .477077, l_low = ln(.5 x .269953 / .897421 + .5) = -.430159
    Weights: two indicators in g with rho .5: 1 / 1.5 = 2/3 each; one in k: 1.
        high: .5 [2/3 (-.559616 - .373539) + .477077] = -.072513
        low:  .5 [2/3 ( .133531 + .162619) - .430159] = -.116363
    Shares: .6 e^-.072513 = .558032, .3 e^-.116363 = .267046, .1; their sum .925078 gives
        high .603227, low .288674, other .108099.
    """
    model, span = golden_model()
    columns = {
        "indicator_id": ["opening", "visits", "volume"],
        "kind": ["none_seen", "count", "value"],
        "value": [np.nan, 0.0, np.exp(0.2)],
        "reading_date": [span, 1.0, 1.0],
        "exposure_start": [np.nan, 0.0, np.nan],
        "exposure_end": [np.nan, 1.0, np.nan],
    }
    ratios = combining.indicator_log_ratio(
        log_lambda(model, make_observations(model, columns))[:, None, :],
        np.ones((3, 1)),
        np.array([[1.0], [0.8], [0.5]]),
    )
    paper = [[-0.559616, 0.133531, 0], [-0.373539, 0.162619, 0], [0.477077, -0.430159, 0]]
    np.testing.assert_allclose(ratios, paper, atol=1e-6)
    weights = combining.group_weights(np.array([0, 0, 1]), np.array([0.5, 0.5]), np.ones(3, dtype=bool))
    np.testing.assert_allclose(weights, [2 / 3, 2 / 3, 1])
    evidence = combining.weighted_evidence(ratios, weights, 0.5)
    prior = combining.hypothesis_prior(np.array([0.6, 0.3, 0.1]), model.hypothesis_scenario, model.onset_weight)
    np.testing.assert_allclose(combining.posterior(prior, evidence), [0.603227, 0.288674, 0.108099], atol=1e-6)


def test_headline_priors_are_those_of_the_specification():
    """(1 - .05) x (.50, .80, .15) / 1.45 = .327586, .524138, .098276."""
    found = combining.headline_prior(np.array([0.50, 0.80, 0.15]), 0.05)
    np.testing.assert_allclose(found, [0.327586, 0.524138, 0.098276, 0.05], atol=1e-6)


def test_all_variants_and_dates_at_once_equal_each_alone():
    generator = np.random.default_rng(3)
    n_variants, n_dates, n_indicators = 4, 5, 6
    ratios = generator.normal(size=(1, n_dates, n_indicators, 3))
    included = generator.random((n_variants, n_dates, n_indicators)) > 0.3
    group, rho = np.array([0, 0, 1, 1, 1, 2]), np.array([0.7, 0.5, 0.3])
    prior = np.log(generator.dirichlet([1, 1, 1], size=n_variants))
    temper = np.array([0.35, 0.5, 0.7, 1.0])
    together = combining.variant_posterior(ratios, included, group, rho, prior, temper)
    for variant in range(n_variants):
        for day in range(n_dates):
            weights = combining.group_weights(group, rho, included[variant, day])
            evidence = combining.weighted_evidence(ratios[0, day], weights, temper[variant])
            alone = combining.posterior(prior[variant], evidence)
            np.testing.assert_allclose(together[variant, day], alone, atol=1e-12)


def test_pooling_many_readings_at_once_equals_pooling_each():
    generator = np.random.default_rng(5)
    log_lambdas = generator.normal(size=(7, 4)) * 30
    reading = np.array([2, 0, 2, 1, 2, 0, 4])
    reliability = generator.uniform(0.1, 1.0, 7)
    weight = reliability / np.bincount(reading, weights=reliability)[reading]
    together = combining.pooled_log_ratios(log_lambdas, weight, reliability, reading, 5)
    for number in range(5):
        rows = reading == number
        if rows.any():
            alone = combining.indicator_log_ratio(log_lambdas[rows], weight[rows], reliability[rows])
            np.testing.assert_allclose(together[number], alone, atol=1e-12)
    assert (together[3] == 0).all()


def test_decibans_of_the_matrix_are_relative_to_the_best_scenario():
    """Onset summed out: .5 e^0 + .5 e^(ln 3) = 2 against e^(ln 4) = 4, so D = 10 log10(1/2) and 0."""
    scenario, weight = np.array([0, 0, 1, 2]), np.array([0.5, 0.5, 1.0, 1.0])
    found = combining.matrix_decibans(np.array([0.0, np.log(3), np.log(4), 0.0]), scenario, weight, 2)
    np.testing.assert_allclose(found, [10 * np.log10(0.5), 0.0])
    evidence = combining.decibans(np.array([0.0, np.log(3), np.log(4), 0.0]), scenario, weight, 2)
    np.testing.assert_allclose(evidence, [10 * np.log10(2), 10 * np.log10(4), 0.0])


@pytest.mark.parametrize("size", [800.0, -800.0])
def test_a_huge_ratio_does_not_overflow(size):
    found = combining.indicator_log_ratio(np.array([[size, 0.0]]), np.array([1.0]), np.array([0.9]))
    assert np.isfinite(found).all()
