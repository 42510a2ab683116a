"""Simulated worlds: their correlation, their readings, how odd readings are, when the odds settle."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest

from signposts.scoring.families import FAMILIES
from signposts.scoring.observations import blank_observations
from signposts.scoring.outcomes import cell_evidence, cell_of, reading_design_at, tabulate
from signposts.scoring.predictive import log_lambda
from signposts.scoring.simulation import (
    Correlation,
    Designs,
    draw_cells,
    draw_hypotheses,
    draw_uniforms,
    outlook,
    simulate_worlds,
    surprise,
    world_probabilities,
)
from tests.invented_model import PREDICTIONS, PRIOR, invented_model

MODEL = invented_model()
NAMES = list(PREDICTIONS)
EVERY = np.arange(len(NAMES))
GROUP = np.array([0, 0, 1, 2, 2, 3, 3, 4, 4, 5])
RHO = np.array([0.7, 0.5, 0.5, 0.5, 0.5, 0.5])
WEIGHT = np.full(len(NAMES), 0.3)


def designs(readings, time=4.0, reliability=0.9):
    """Return one report a reading: (indicator, value)."""
    size = len(readings)
    index = np.array([NAMES.index(name) for name, _ in readings])
    return Designs(
        design=reading_design_at(MODEL, index, time),
        observed=np.array([value for _, value in readings]),
        reading=np.arange(size),
        pool_weight=np.ones(size),
        reliability=np.full(size, reliability),
        weight=WEIGHT[index],
    )


# ---- drawing


def test_uniforms_are_uniform_and_as_correlated_as_asked():
    """Normal scores share .2 everywhere and .4 more in a group; turned round where more is less cooperation."""
    orientation = np.array([1, 1, 1, -1])
    drawn = draw_uniforms(np.random.default_rng(1), 40000, np.array([0, 0, 1, 1]), orientation, Correlation(0.2, 0.4))
    for column in drawn.T:
        assert kstest(column, "uniform").pvalue > 0.001
    from scipy.special import ndtri

    found = np.corrcoef(ndtri(drawn).T)
    expected = [[1, 0.6, 0.2, -0.2], [0.6, 1, 0.2, -0.2], [0.2, 0.2, 1, -0.6], [-0.2, -0.2, -0.6, 1]]
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_an_event_that_is_cooperation_is_lucky_when_it_comes_early():
    """Seen to fail with the indicator's own direction, which makes good worlds wait longest for good events."""
    found = dict(zip(NAMES, MODEL.luck_orientation(EVERY).tolist(), strict=True))
    assert (found["trade"], found["opening"], found["pact"]) == (1, -1, -1)
    assert found["incidents"] == -1
    harmful = replace(MODEL, cooperative=np.full(len(NAMES), -1))
    assert harmful.luck_orientation(np.array([NAMES.index("opening"), NAMES.index("trade")])).tolist() == [
        1,
        -1,
    ]
    neither = replace(MODEL, cooperative=np.zeros(len(NAMES), dtype=np.int64))
    events = MODEL.family == FAMILIES.index("event")
    assert (neither.luck_orientation(EVERY) == np.where(events, -1, 1)).all()


def test_cells_are_drawn_as_often_as_their_mass_says():
    outcomes = tabulate(MODEL, reading_design_at(MODEL, np.array([NAMES.index("mood")]), 4.0))
    generator = np.random.default_rng(2)
    hypothesis = np.repeat(np.arange(MODEL.n_hypotheses), 20000)
    drawn = draw_cells(outcomes, 0, hypothesis, generator.random(len(hypothesis)))
    for chosen in range(MODEL.n_hypotheses):
        share = np.bincount(drawn[hypothesis == chosen], minlength=outcomes.mass.shape[1]) / 20000
        np.testing.assert_allclose(share, outcomes.mass[0, :, chosen], atol=0.015)


def test_a_cell_s_log_ratio_is_that_of_a_reading_in_it():
    """ln(r Lambda + 1 - r), r = .8, against predictive.py for a count; `other` has 0."""
    row = NAMES.index("visits")
    outcomes = tabulate(MODEL, reading_design_at(MODEL, np.array([row]), 4.0))
    ratios = cell_evidence(MODEL, outcomes, 0, np.array([0.8])).log_ratio
    reports = blank_observations(
        np.array([row]), 3, np.array([4.0]), value=np.array([5.0]), exposure_end=np.array([4.0])
    )
    expected = np.log(0.8 * np.exp(log_lambda(MODEL, reports)[0]) + 0.2)
    np.testing.assert_allclose(ratios[5], expected, rtol=1e-9, atol=1e-12)
    assert (ratios[:, -1] == 0).all()


def test_an_impossible_cell_of_a_perfect_report_is_very_unlikely_not_an_error():
    model = invented_model({"only": {"stay": ("ordinal", {"probs": {"a": 1.0, "b": 0.0}})}})
    outcomes = tabulate(model, reading_design_at(model, np.array([0]), 1.0))
    ratios = cell_evidence(model, outcomes, 0, np.array([1.0])).log_ratio
    stay = np.flatnonzero(model.hypothesis_scenario == 1)[0]
    assert np.isfinite(ratios).all()
    assert ratios[1, stay] < -500


def worlds_of(model, draws, *, reliability=0.9, seed=3, time=4.0):
    generator = np.random.default_rng(seed)
    size = len(model.indicator_ids)
    hypothesis = draw_hypotheses(model, PRIOR, draws, generator)
    outcomes = tabulate(model, reading_design_at(model, np.arange(size), time))
    return simulate_worlds(
        model,
        outcomes,
        hypothesis=hypothesis,
        reliability=np.full(size, reliability),
        group=GROUP[:size],
        rho=RHO,
        uniforms=generator.random((draws, size)),
        generator=generator,
    )


def test_the_evidence_of_a_world_is_the_sum_over_its_readings():
    """Two categories: the sum over two perfect readings takes one of four values, worked out from the masses."""
    sure = {name: ("ordinal", {"probs": {"a": p, "b": 1 - p}}) for name, p in (("rise", 0.9), ("fall", 0.4))}
    model = invented_model({"one": sure, "two": sure})
    worlds = worlds_of(model, 400, reliability=1.0, time=9.0)
    mass = tabulate(model, reading_design_at(model, np.array([0]), 9.0)).mass[0]
    ratio = np.log(mass[:, 0] / mass[:, -1])
    possible = {round(float(ratio[i] + ratio[j]), 9) for i in (0, 1) for j in (0, 1)}
    assert {round(float(value), 9) for value in worlds.ordinary[:, 0]} == possible
    assert (worlds.defining == 0).all()


def test_two_readings_of_a_storyline_share_their_luck_in_a_world():
    twins = dict.fromkeys(("one", "two"), PREDICTIONS["trade"])
    worlds = worlds_of(invented_model(twins), 50)
    assert np.abs(worlds.luck).max() > 0.01


def test_without_evidence_a_world_has_the_prior():
    found = world_probabilities(MODEL, worlds_of(MODEL, 3), PRIOR, 0.0, 0.0)
    np.testing.assert_allclose(found, np.tile(PRIOR, (3, 1)), atol=1e-12)


# ---- surprise


def replicas(scenario, n_sets, seed, reliability):
    """Return data sets drawn from a scenario, onset and mistaken reports included: cells' lower ends, (n_sets, I)."""
    generator = np.random.default_rng(seed)
    outcomes = tabulate(MODEL, reading_design_at(MODEL, EVERY, 4.0))
    own = np.flatnonzero(MODEL.hypothesis_scenario == scenario)
    hypothesis = generator.choice(own, size=n_sets, p=MODEL.onset_weight[own])
    accurate = generator.random((n_sets, len(EVERY))) < reliability
    columns = []
    for row in range(len(EVERY)):
        source = np.where(accurate[:, row], hypothesis, MODEL.n_hypotheses - 1)
        cells = draw_cells(outcomes, row, source, generator.random(n_sets))
        columns.append(outcomes.low[row, cells])
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("scenario", [0, 1, 2])
def test_readings_of_a_scenario_surprise_it_as_often_as_they_should(scenario):
    """The share is about uniform if the scenario holds: below .05 in 5 % of worlds, and half the worlds below .5."""
    shares = []
    for number, values in enumerate(replicas(scenario, 100, 4, 0.9)):
        at_hand = designs([(name, values[row]) for row, name in enumerate(NAMES)])
        shares.append(surprise(MODEL, at_hand, draws=200, seed=number)[scenario])
    below = float(np.mean(np.array(shares) < 0.05))
    assert 0.01 <= below <= 0.11
    assert kstest(shares, "uniform").pvalue > 0.001


def test_absurd_readings_surprise_every_scenario():
    absurd = [("trade", 4000.0), ("transit", 0.001), ("visits", 400.0), ("share", 0.001)]
    assert surprise(MODEL, designs(absurd, reliability=0.98), draws=2000, seed=1).max() < 0.02


def test_what_suits_one_scenario_surprises_the_other():
    falling = [("trade", 2.4), ("transit", 2.2), ("visits", 6.0), ("share", 0.2), ("mood", 0.0)]
    found = surprise(MODEL, designs(falling, time=4.0, reliability=0.98), draws=2000, seed=1)
    assert found[2] > 0.2
    assert found[0] < 0.05


def test_two_accurate_reports_of_one_reading_tell_of_one_truth():
    """Two agreeing reports of one reading are no odder than one; seen to fail when each is drawn by itself."""
    value = ("trade", 2.0)
    one = designs([value], reliability=0.999999)
    two = replace(
        designs([value, value], reliability=0.999999),
        reading=np.zeros(2, dtype=np.int64),
        pool_weight=np.full(2, 0.5),
        weight=one.weight,
    )
    single, double = (surprise(MODEL, given, draws=20000, seed=5) for given in (one, two))
    np.testing.assert_allclose(double, single, atol=0.015)
    assert 0.002 < single[1] < 0.5


def test_the_surprise_of_one_category_is_the_mass_of_what_is_no_likelier():
    """`stay` gives bad .2, fair .6, good .2: of bad, .4 is no likelier; of fair, all."""
    for value, expected in ((0.0, 0.4), (1.0, 1.0)):
        found = surprise(MODEL, designs([("mood", value)], reliability=1.0), draws=20000, seed=6)
        assert found[1] == pytest.approx(expected, abs=0.015)


def test_the_same_seed_gives_the_same_surprise():
    given = designs([("trade", 5.0), ("visits", 9.0)])
    first, again = (surprise(MODEL, given, draws=500, seed=9) for _ in range(2))
    assert (first == again).all()
    assert (surprise(MODEL, given, draws=500, seed=10) != first).any()


# ---- outlook


SHARED = Correlation(0.2, 0.4)


def prospects(times, *, draws=2000, seed=7, weight=0.3, correlation=SHARED):
    return outlook(
        MODEL,
        EVERY,
        times,
        prior=PRIOR,
        reliability=np.full(len(NAMES), 0.9),
        group=GROUP,
        rho=RHO,
        evidence_weight=weight,
        defining_weight=0.8,
        correlation=correlation,
        settled=0.9,
        draws=draws,
        seed=seed,
    )


def test_uncertainty_falls_as_the_years_go_by():
    found = [row.expected_entropy for row in prospects([1.0, 3.0, 5.0, 8.0])]
    assert found == sorted(found, reverse=True)
    assert found[0] - found[-1] > 0.2


def test_the_chances_of_having_settled_are_chances_and_grow():
    found = prospects([1.0, 8.0], weight=1.0)
    assert 0 <= found[0].p_settled_right < found[1].p_settled_right <= 1 - found[1].p_settled_wrong
    assert found[1].p_settled_right > found[1].p_settled_wrong


def test_the_same_seed_gives_the_same_outlook_whatever_other_dates_are_asked():
    assert prospects([5.0])[0] == prospects([1.0, 5.0])[1]
    assert prospects([5.0], seed=8)[0] != prospects([5.0])[0]


def test_evidence_that_shares_causes_settles_less_often_right():
    alone = prospects([8.0], weight=1.0, correlation=Correlation(0.0, 0.0))[0]
    shared = prospects([8.0], weight=1.0, correlation=Correlation(0.4, 0.5))[0]
    assert shared.p_settled_wrong > alone.p_settled_wrong


def test_an_observed_value_is_put_in_its_own_cell():
    given = designs([("visits", 3.0), ("opening", np.inf)])
    outcomes = tabulate(MODEL, given.design)
    cells = cell_of(outcomes, np.arange(2), given.observed)
    assert outcomes.low[0, cells[0]] == 3
    assert np.isinf(outcomes.high[1, cells[1]])
