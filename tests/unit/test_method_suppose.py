"""What-if: odds recomputed with one reading replaced, and the smallest reading that changes the leading scenario."""

import math
from dataclasses import replace

import numpy as np
import pytest

from signposts.scoring.observations import KINDS, blank_observations
from signposts.scoring.outcomes import prospects_at, tabulate
from signposts.scoring.predictive import log_lambda
from signposts.scoring.what_if import (
    Evidence,
    hypothesis_odds,
    odds,
    odds_by_cell,
    smallest_overturn,
    with_reading,
)
from tests.invented_model import PREDICTIONS, PRIOR, invented_model

MODEL = invented_model()
NAMES = list(PREDICTIONS)
TIME = 5.0
GROUP = np.array([0, 0, 1, 2, 2, 3, 3, 4, 4, 5])
RHO = np.array([0.7, 0.5, 0.5, 0.5, 0.5, 0.5])


def log_ratio(name, kind, value, reliability=0.98, time=TIME):
    """Return l of one report through predictive.py."""
    index, at = MODEL.indicator_index([name]), np.array([time])
    columns = {"value": np.array([value]), "exposure_end": at}
    if kind == "event":
        columns = {"happened_from": np.array([value]), "happened_to": np.array([value])}
    if kind == "category":
        columns = {"category": np.array([value])}
    reports = blank_observations(index, KINDS.index(kind), at, **columns)
    return np.log(reliability * np.exp(log_lambda(MODEL, reports)[0]) + 1 - reliability)


def evidence(readings=(), prior=PRIOR, temper=0.5):
    empty = Evidence(
        indicator=np.arange(len(NAMES)),
        log_ratios=np.zeros((len(NAMES), MODEL.n_hypotheses)),
        has_reading=np.zeros(len(NAMES), dtype=bool),
        group=GROUP,
        rho=RHO,
        prior=prior,
        temper=temper,
    )
    for name, kind, value in readings:
        empty = with_reading(empty, NAMES.index(name), log_ratio(name, kind, value))
    return empty


READINGS = (("trade", "value", 4.6), ("visits", "count", 19.0), ("share", "value", 0.6), ("mood", "category", 1))


def by_hand(given):
    """Bayes' rule written out with loops: prior x onset weight x exp(temper x sum of w l)."""
    joint = np.zeros(MODEL.n_scenarios + 1)
    for column in range(MODEL.n_hypotheses):
        total = 0.0
        for row in range(len(NAMES)):
            if given.has_reading[row]:
                members = sum(given.has_reading[other] and GROUP[other] == GROUP[row] for other in range(len(NAMES)))
                total += given.log_ratios[row, column] / (1 + (members - 1) * RHO[GROUP[row]])
        scenario = MODEL.hypothesis_scenario[column]
        joint[scenario] += given.prior[scenario] * MODEL.onset_weight[column] * math.exp(given.temper * total)
    return joint / joint.sum()


@pytest.mark.parametrize("readings", [(), READINGS[:1], READINGS, (*READINGS, ("transit", "value", 3.0))])
def test_the_odds_are_those_of_bayes_rule_written_out(readings):
    given = evidence(readings)
    np.testing.assert_allclose(odds(MODEL, given), by_hand(given), atol=1e-12)
    assert hypothesis_odds(MODEL, given).sum() == pytest.approx(1.0)


def test_a_supposed_reading_replaces_the_one_at_hand_and_leaves_the_rest():
    given = evidence(READINGS)
    row = NAMES.index("mood")
    supposed = with_reading(given, row, log_ratio("mood", "category", 0))
    assert odds(MODEL, supposed)[2] > odds(MODEL, given)[2]
    assert (given.log_ratios[row] == evidence(READINGS).log_ratios[row]).all()
    assert (np.delete(supposed.log_ratios, row, axis=0) == np.delete(given.log_ratios, row, axis=0)).all()


def test_a_supposed_first_reading_shares_its_group_s_weight():
    given = evidence([("trade", "value", 4.6)])
    supposed = with_reading(given, NAMES.index("transit"), np.zeros(MODEL.n_hypotheses))
    # a reading that says nothing halves what its group's other says, so the odds move towards the prior
    moved, before = np.abs(odds(MODEL, supposed) - PRIOR).sum(), np.abs(odds(MODEL, given) - PRIOR).sum()
    assert moved < before


@pytest.mark.parametrize(("name", "kind"), [("visits", "count"), ("mood", "category")])
def test_the_odds_of_a_cell_are_those_of_putting_its_reading_in(name, kind):
    given, row = evidence(READINGS), NAMES.index(name)
    outcomes = tabulate(MODEL, prospects_at(MODEL, np.array([row]), TIME))
    found = odds_by_cell(MODEL, given, row, outcomes, 0, 0.98)
    for value in (0, 2):
        expected = odds(MODEL, with_reading(given, row, log_ratio(name, kind, value)))
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
    return odds(MODEL, with_reading(given, found.position, log_ratio(name, kind, value, reliability)))


@pytest.mark.parametrize(
    "readings",
    [READINGS, READINGS[:2], (("trade", "value", 8.0),), (("opening", "event", 3.0), ("visits", "count", 30.0))],
)
def test_the_smallest_overturning_reading_changes_the_leading_scenario_when_put_in(readings):
    given = evidence(readings)
    before = int(odds(MODEL, given)[:-1].argmax())
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
    share = hypothesis_odds(MODEL, given)
    outcomes = tabulate(MODEL, prospects_at(MODEL, given.indicator, TIME))
    leader = int(odds(MODEL, given)[:-1].argmax())
    chances = []
    for row in range(len(NAMES)):
        after = odds_by_cell(MODEL, given, row, outcomes, row, 0.98)
        changed = after[:, :-1].argmax(axis=1) != leader
        chances.append(float((outcomes.mass[row] @ share)[changed].sum()))
    assert found.chance == pytest.approx(max(chances), rel=1e-9)
    assert found.position == int(np.argmax(chances))


def test_no_overturning_reading_is_named_where_none_exists():
    sure = np.array([0.9999999, 4e-8, 3e-8, 3e-8])
    given = evidence(prior=sure, temper=0.2)
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


def test_a_heavier_temper_never_changes_who_leads_without_evidence():
    assert odds(MODEL, replace(evidence(), temper=1.0)) == pytest.approx(PRIOR)
