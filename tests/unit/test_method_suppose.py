"""What-if: odds recomputed with one reading replaced, and the smallest reading that changes the leading scenario."""

import math
from dataclasses import replace

import numpy as np
import pytest

from signposts.scoring.observations import KINDS, blank_observations
from signposts.scoring.outcomes import cell_evidence, reading_design_at, tabulate
from signposts.scoring.predictive import single_evidence
from signposts.scoring.what_if import (
    WhatIfInputs,
    hypothesis_probabilities,
    probabilities,
    probabilities_by_cell,
    smallest_overturn,
    with_reading,
)
from tests.invented_model import PREDICTIONS, PRIOR, invented_model

MODEL = invented_model()
NAMES = list(PREDICTIONS)
TIME = 5.0
GROUP = np.array([0, 0, 1, 2, 2, 3, 3, 4, 4, 5])
RHO = np.array([0.7, 0.5, 0.5, 0.5, 0.5, 0.5])


def reading(name, kind, value, reliability=0.98, time=TIME):
    """Return what one report says through predictive.py."""
    index, at = MODEL.indicator_index([name]), np.array([time])
    columns = {"value": np.array([value]), "exposure_end": at}
    if kind == "event":
        columns = {"happened_from": np.array([value]), "happened_to": np.array([value])}
    if kind == "category":
        columns = {"category": np.array([value])}
    return single_evidence(MODEL, blank_observations(index, KINDS.index(kind), at, **columns), reliability)


def evidence(readings=(), prior=PRIOR, weight=0.3):
    shape = (len(NAMES), MODEL.n_hypotheses)
    found = WhatIfInputs(
        indicator=np.arange(len(NAMES)),
        log_ratios=np.zeros(shape),
        contaminated=np.zeros(shape),
        z=np.full(shape, np.nan),
        has_reading=np.zeros(len(NAMES), dtype=bool),
        is_defining=np.zeros(len(NAMES), dtype=bool),
        group=GROUP,
        rho=RHO,
        prior=prior,
        evidence_weight=weight,
        defining_weight=0.8,
    )
    for name, kind, value in readings:
        found = with_reading(found, NAMES.index(name), reading(name, kind, value))
    return found


READINGS = (("trade", "value", 4.6), ("visits", "count", 19.0), ("share", "value", 0.6), ("mood", "category", 1))


def by_hand(given):
    """Bayes' rule written out with loops: prior x onset weight x exp(sum of f l + shared luck), other as a mixture."""
    joint = np.zeros(MODEL.n_scenarios + 1)
    for column in range(MODEL.n_hypotheses - 1):
        plain = mixed = 0.0
        for row in range(len(NAMES)):
            if given.has_reading[row]:
                plain += given.evidence_weight * given.log_ratios[row, column]
                mixed += given.evidence_weight * given.contaminated[row, column]
        for group, rho in enumerate(RHO):
            z = [
                given.z[row, column]
                for row in range(len(NAMES))
                if GROUP[row] == group and given.has_reading[row] and not math.isnan(given.z[row, 0])
            ]
            if len(z) == 2:
                quadratic = (z[0] ** 2 - 2 * rho * z[0] * z[1] + z[1] ** 2) / (1 - rho**2) - z[0] ** 2 - z[1] ** 2
                luck = given.evidence_weight * (-0.5 * math.log(1 - rho**2) - 0.5 * quadratic)
                plain, mixed = plain + luck, mixed + luck
        scenario = MODEL.hypothesis_scenario[column]
        share = given.prior[scenario] * MODEL.onset_weight[column]
        joint[scenario] += share * math.exp(plain)
        joint[-1] += given.prior[-1] / (1 - given.prior[-1]) * share * math.exp(mixed)
    return joint / joint.sum()


@pytest.mark.parametrize("readings", [(), READINGS[:1], READINGS, (*READINGS, ("transit", "value", 3.0))])
def test_the_odds_are_those_of_bayes_rule_written_out(readings):
    given = evidence(readings)
    np.testing.assert_allclose(probabilities(MODEL, given), by_hand(given), atol=1e-12)
    assert hypothesis_probabilities(MODEL, given).sum() == pytest.approx(1.0)


def test_a_supposed_reading_replaces_the_one_at_hand_and_leaves_the_rest():
    given = evidence(READINGS)
    row = NAMES.index("mood")
    supposed = with_reading(given, row, reading("mood", "category", 0))
    assert probabilities(MODEL, supposed)[2] > probabilities(MODEL, given)[2]
    assert (given.log_ratios[row] == evidence(READINGS).log_ratios[row]).all()
    assert (np.delete(supposed.log_ratios, row, axis=0) == np.delete(given.log_ratios, row, axis=0)).all()


@pytest.mark.parametrize(("name", "kind"), [("visits", "count"), ("mood", "category")])
def test_the_odds_of_a_cell_are_those_of_putting_its_reading_in(name, kind):
    given, row = evidence(READINGS), NAMES.index(name)
    outcomes = tabulate(MODEL, reading_design_at(MODEL, np.array([row]), TIME))
    found = probabilities_by_cell(MODEL, given, row, cell_evidence(MODEL, outcomes, 0, np.array([0.98])))
    for value in (0, 2):
        expected = probabilities(MODEL, with_reading(given, row, reading(name, kind, value)))
        np.testing.assert_allclose(found[value], expected, atol=1e-9)


def put_in(given, found, reliability=0.98):
    """Return the odds with the named reading reported as an analyst would report it."""
    name = NAMES[found.position]
    kinds = {"opening": "event", "pact": "event", "mood": "category", "ferry": "category"}
    kind = kinds.get(name, "count" if name in ("visits", "incidents") else "value")
    if kind == "event" and found.is_last_cell:
        kind = "none_seen"
    value = found.low if kind in ("count", "category", "none_seen") else (found.low + min(found.high, TIME)) / 2
    if kind == "value":
        value = (found.low + found.high) / 2
    return probabilities(MODEL, with_reading(given, found.position, reading(name, kind, value, reliability)))


@pytest.mark.parametrize(
    "readings",
    [READINGS, READINGS[:2], (("trade", "value", 8.0),), (("opening", "event", 3.0), ("visits", "count", 30.0))],
)
def test_the_smallest_overturning_reading_changes_the_leading_scenario_when_put_in(readings):
    given = evidence(readings)
    before = int(probabilities(MODEL, given)[:-1].argmax())
    found = smallest_overturn(MODEL, given, TIME, 0.98)
    assert found is not None
    after = put_in(given, found)
    assert int(after[:-1].argmax()) == found.leading != before
    assert after[found.leading] == pytest.approx(found.probability, abs=0.02)
    assert 0 < found.chance <= 1


@pytest.mark.parametrize("readings", [READINGS, (("mood", "category", 2), ("trade", "value", 4.3)), READINGS[:1]])
def test_no_single_other_indicator_overturns_with_a_larger_chance(readings):
    """Seen to fail when the first indicator that overturns is named instead of the likeliest."""
    given = evidence(readings)
    found = smallest_overturn(MODEL, given, TIME, 0.98)
    share = hypothesis_probabilities(MODEL, given)
    outcomes = tabulate(MODEL, reading_design_at(MODEL, given.indicator, TIME))
    leader = int(probabilities(MODEL, given)[:-1].argmax())
    chances = []
    for row in range(len(NAMES)):
        trusted = np.full(len(NAMES), 0.98)
        after = probabilities_by_cell(MODEL, given, row, cell_evidence(MODEL, outcomes, row, trusted))
        changed = after[:, :-1].argmax(axis=1) != leader
        chances.append(float((outcomes.mass[row] @ share)[changed].sum()))
    assert found.chance == pytest.approx(max(chances), rel=1e-9)
    assert found.position == int(np.argmax(chances))


def test_no_overturning_reading_is_named_where_none_exists():
    sure = np.array([0.9999999, 4e-8, 3e-8, 3e-8])
    given = evidence(prior=sure, weight=0.2)
    assert smallest_overturn(MODEL, given, TIME, 0.6) is None
    # the bound is what it takes: a reliable report of the same indicators against an even prior does overturn
    assert smallest_overturn(MODEL, evidence(prior=PRIOR), TIME, 0.98) is not None


def test_what_cannot_change_any_more_overturns_nothing():
    given = evidence(READINGS)
    free = smallest_overturn(MODEL, given, TIME, 0.98)
    least = np.full(len(NAMES), np.nan)
    least[free.position] = np.inf
    barred = smallest_overturn(MODEL, given, TIME, 0.98, least)
    assert barred is None or barred.position != free.position


def only_visits(least):
    """Return the overturn by visits alone, nothing else being able to change, with so many counted already."""
    known = np.full(len(NAMES), np.inf)
    known[NAMES.index("visits")] = least
    return smallest_overturn(MODEL, evidence(prior=np.array([0.4, 0.42, 0.13, 0.05])), TIME, 0.98, known)


def test_a_count_cannot_fall_below_what_was_counted():
    assert only_visits(np.nan).position == NAMES.index("visits")
    assert only_visits(np.nan).low < 40 <= only_visits(40.0).low


def test_chances_are_those_of_what_is_left_possible():
    """With 40 counted already, a count that overturns is certain; from nothing it is not."""
    assert only_visits(40.0).chance == pytest.approx(1.0, abs=1e-3)
    assert only_visits(np.nan).chance < 0.9


def test_without_evidence_no_weight_changes_who_leads():
    assert probabilities(MODEL, replace(evidence(), evidence_weight=1.0)) == pytest.approx(PRIOR)
