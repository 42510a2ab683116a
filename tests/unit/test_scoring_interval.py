"""Every invented number moved at once: the golden draws, what moves and what stays, on the invented model."""

import math

import numpy as np
import pytest

from signposts.scoring.interval import Moves, moved_model, percentiles, standard_normals
from tests.invented_model import PREDICTIONS, invented_model

SEED = 20250117


def rows(**changes):
    return [
        {"indicator_id": indicator_id, "scenario_id": scenario_id, "type": kind, "parameters": given | changes}
        for indicator_id, predictions in PREDICTIONS.items()
        for scenario_id, (kind, given) in predictions.items()
    ]


def moved(draws=3, **changes):
    model = invented_model()
    return model, moved_model(model, rows(**changes), Moves(SEED, draws))


def test_the_first_three_draws_of_a_deal_are_the_golden_ones():
    z = Moves(SEED, 3).of_scenario("us_iran_deal", "pragmatic")
    p = 1 / (1 + np.exp(-(math.log(0.25 / 0.75) + 0.5 * z)))
    assert p == pytest.approx([0.3474, 0.2153, 0.2613], abs=5e-5)


def test_a_new_number_moves_no_other_draw():
    assert standard_normals(SEED, "trade", 5).tolist() == standard_normals(SEED, "trade", 9)[:5].tolist()
    assert not np.allclose(standard_normals(SEED, "trade", 5), standard_normals(SEED, "trade|rise", 5))


def test_without_spread_every_draw_is_the_headline():
    model, many = moved(spread=0.0)
    step = len(model.indicator_ids)
    for name, column in model.parameters.items():
        for draw in range(3):
            same = np.allclose(
                many.parameters[name][draw * step : (draw + 1) * step], column, equal_nan=True, atol=1e-9
            )
            assert same, name


def test_shapes_spreads_and_dates_are_not_moved():
    model, many = moved()
    for name in ("sigma", "drift_sd", "shape", "by", "earliest", "rate_cv", "reversion", "long_run_variance", "due"):
        assert np.allclose(many.parameters[name], np.tile(model.parameters[name], (3, 1)), equal_nan=True), name


def test_both_ends_of_a_range_move_together_and_shares_keep_their_concentration():
    model, many = moved(draws=200)
    step = len(model.indicator_ids)
    share = model.indicator_ids.index("share") + step * np.arange(200)
    concentration = many.parameters["beta_a"][share] + many.parameters["beta_b"][share]
    assert np.allclose(concentration, concentration[0])
    trade = model.indicator_ids.index("trade")
    stay = model.scenario_ids.index("stay")
    centre = many.parameters["long_run_mean"][trade + step * np.arange(200), stay]
    assert float(np.std(centre)) == pytest.approx(0.12, rel=0.15)


def test_the_scenarios_of_one_indicator_are_misjudged_together():
    draws = Moves(SEED, 4000)
    pair = np.corrcoef(draws.of_scenario("trade", "rise"), draws.of_scenario("trade", "fall"))
    assert float(pair[0, 1]) == pytest.approx(0.7, abs=0.05)


def test_categories_still_sum_to_one():
    _, many = moved(draws=20)
    total = many.probabilities.sum(axis=2)
    assert np.all(np.isclose(total, 1) | (total == 0))


def test_percentiles_are_linear_and_the_leader_is_counted():
    probability = np.array([[0.6, 0.4], [0.7, 0.3], [0.2, 0.8]])
    found, leads = percentiles(probability)
    assert found[1].tolist() == [0.6, 0.4]
    assert leads.tolist() == pytest.approx([2 / 3, 1 / 3])
