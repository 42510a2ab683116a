"""Scores on resolved sets: hand-made probabilities (invented) whose scores are known."""

import math

import numpy as np
import pytest

from signposts.scoring.resolved import (
    ResolvedSet,
    bootstrap_interval,
    brier,
    by_family,
    end_log_score,
    equal_odds,
    hit,
    log_score,
    nearest_by_last_value,
    reliability_curve,
    time_to_lead,
)


def invented_set(probability, *, family="one", closest=0, outside=False, distance=None):
    probability = np.array(probability, dtype=float)
    n_dates, n_columns = probability.shape
    return ResolvedSet(
        set_id="invented",
        family=family,
        days=np.arange(1, n_dates + 1) * 100,
        published=0,
        probability=probability,
        distance=np.array(distance if distance is not None else [[0.1, 0.2]] * n_dates, dtype=float),
        closest=closest,
        ended_outside=outside,
        reading_gain=np.zeros(n_dates),
    )


STEADY = [[0.6, 0.3, 0.1]] * 5


def test_only_the_first_four_fifths_of_the_time_are_scored():
    late = invented_set([*STEADY[:4], [0.01, 0.9, 0.09]])
    assert late.scored.tolist() == [True, True, True, True, False]
    assert log_score(late, late.probability) == pytest.approx(math.log(0.6))


def test_a_perfect_forecast_scores_nothing_and_a_lost_one_a_lot():
    sure = invented_set([[1.0, 0.0, 0.0]] * 5)
    assert (log_score(sure, sure.probability), brier(sure, sure.probability)) == (0.0, 0.0)
    assert brier(sure, sure.probability[:, [1, 0, 2]]) == 2.0


def test_where_nothing_fits_the_end_is_none_of_the_above():
    outside = invented_set(STEADY, outside=True)
    assert end_log_score(outside, outside.probability) == pytest.approx(math.log(0.1))


def test_the_nearest_rule_follows_the_last_values_and_knows_nothing_before_the_first():
    each = invented_set(STEADY, distance=[[math.nan, math.nan], *[[0.3, 0.1]] * 4])
    assert nearest_by_last_value(each, 0.8)[:2].tolist() == pytest.approx(np.array([[0.5, 0.5, 0.0], [0.2, 0.8, 0.0]]))


def test_a_tie_is_half_a_hit():
    each = invented_set(STEADY)
    assert hit(each, equal_odds(each)) == 0.5


def test_the_closest_leads_for_good_after_its_last_loss():
    each = invented_set([[0.6, 0.3, 0.1], [0.3, 0.6, 0.1], *[[0.6, 0.3, 0.1]] * 2])
    assert time_to_lead(each) == pytest.approx(0.75)
    assert math.isnan(time_to_lead(invented_set([[0.3, 0.6, 0.1]])))


def test_sets_of_one_family_count_as_one():
    sets = [invented_set(STEADY, family="one"), invented_set(STEADY, family="one"), invented_set(STEADY, family="two")]
    assert by_family(sets, [1.0, 3.0, 10.0]) == {"one": 2.0, "two": 10.0}


def test_the_bootstrap_draws_families_and_is_the_same_every_time():
    families = {"one": 0.1, "two": 0.2, "three": 0.3}
    mean, low, high = bootstrap_interval(families, 7)
    assert mean == pytest.approx(0.2)
    assert 0.1 <= low < mean < high <= 0.3
    assert bootstrap_interval(families, 7) == (mean, low, high)


def test_the_reliability_curve_compares_what_was_said_with_what_came():
    each = invented_set(STEADY)
    found = {part.low: part for part in reliability_curve([each], [each.probability])}
    assert (found[0.6].said, found[0.6].came, found[0.6].n) == (pytest.approx(0.6), 1.0, 4)
    assert found[0.3].came == 0.0


def test_the_reliability_curve_says_how_far_families_drawn_anew_would_move_it():
    right = invented_set(STEADY, family="one")
    wrong = invented_set(STEADY, family="two", closest=1)
    (said_most,) = (
        part for part in reliability_curve([right, wrong], [right.probability, wrong.probability]) if part.low == 0.6
    )
    assert (said_most.came_low, said_most.came, said_most.came_high) == (0.0, 0.5, 1.0)
    (alone,) = (part for part in reliability_curve([right], [right.probability]) if part.low == 0.6)
    assert alone.came_low == alone.came_high == 1.0
