"""Trajectories: where they lie between waypoints, how wide they are, and that draws fall as the fan says (invented)."""

import json
import math
from datetime import date

import numpy as np
import pytest
from scipy.stats import kstest
from scipy.stats import t as student

from signposts.scoring.fans import fan_quantiles
from signposts.scoring.model import build_model, make_observations
from signposts.scoring.predictive import log_density, predictive_cdf
from signposts.scoring.sampling import draw_readings, draw_truths

T0 = date(2020, 1, 1)
SIGMA = {"from": "history", "walk": 0.1, "noise": 0.05, "floor": 0.005, "degrees": 4.0}
START = {"date": "2020-01-01", "value": 100.0}
PATHS = {
    "low": {"2025-01-01": 80.0, "2030-01-01": 80.0},
    "high": {"2025-01-01": 150.0, "2030-01-01": 200.0},
}


def model(paths=PATHS, **changes):
    """Return a model with one indicator, `output`, that every scenario has a trajectory for."""
    predictions = [
        {
            "indicator_id": "output",
            "scenario_id": name,
            "type": "trajectory",
            "basis": "stated",
            "parameters": json.dumps({"start": START, "waypoints": points, "sigma": SIGMA} | changes),
        }
        for name, points in paths.items()
    ]
    return build_model(
        t0=T0,
        scenarios=[{"scenario_id": name, "cooperative_rank": rank} for rank, name in enumerate(paths)],
        hypotheses=[{"scenario_id": name, "onset": 0.0, "onset_weight": 1.0} for name in paths],
        indicators=[{"indicator_id": "output"}],
        predictions=predictions,
        scoring={"shared_sd": True, "obs_sd": 0.03, "open_list_coverage": (0.4, 1.0)},
    )


def medians(found, *times):
    return fan_quantiles(found, np.zeros(len(times), dtype=int), np.array(times), np.array([0.5]))[:, :, 0]


def test_a_path_is_straight_in_logs_between_waypoints_and_held_after_the_last():
    middle, end, later = medians(model(), 2.5, 10.0, 25.0)
    assert middle[1] == pytest.approx(math.sqrt(100 * 150), rel=1e-3)
    assert (end[1], later[1]) == pytest.approx((200.0, 200.0), rel=1e-3)


def test_a_linear_scale_takes_what_is_negative():
    found = model(
        {"low": {"2030-01-01": -50.0}, "high": {"2030-01-01": 50.0}}, scale="linear", start=START | {"value": 0.0}
    )
    assert medians(found, 5.0)[0] == pytest.approx((-25.0, 25.0), abs=0.02)


def test_rebasing_keeps_the_shape_and_moves_the_level():
    points = {"2015-01-01": 10.0, "2025-01-01": 20.0, "2030-01-01": 40.0}
    found = model({"low": points, "high": points}, rebase=True)
    five, ten = medians(found, 5.0, 10.0)[:, 0]
    assert ten / five == pytest.approx(2.0, rel=1e-3)
    assert five == pytest.approx(100 * 20 / math.sqrt(10 * 20), rel=2e-3)


def test_the_density_is_students_t_with_the_variance_of_walk_and_twice_the_noise():
    found = model()
    reports = make_observations(
        found, {"indicator_id": ["output"], "kind": ["value"], "reading_date": [4.0], "value": [90.0]}
    )
    sd = math.sqrt(0.1**2 * 4 + 2 * 0.05**2 + 0.005**2)
    location = math.log(100) + math.log(0.8) * 4 / 5.0
    z = (math.log(90) - location) / sd
    assert float(log_density(found, reports)[0, 0]) == pytest.approx(student.logpdf(z, 4.0) - math.log(sd), abs=2e-3)
    assert float(predictive_cdf(found, reports)[0, 0]) == pytest.approx(student.cdf(z, 4.0), abs=2e-3)


def test_an_interval_has_the_mass_between_its_ends():
    found = model()
    given = {
        "indicator_id": ["output"],
        "kind": ["interval"],
        "reading_date": [4.0],
        "value_low": [80.0],
        "value_high": [95.0],
    }
    mass = np.exp(log_density(found, make_observations(found, given))[0, 0])
    ends = [
        predictive_cdf(
            found,
            make_observations(
                found, {"indicator_id": ["output"], "kind": ["value"], "reading_date": [4.0], "value": [end]}
            ),
        )
        for end in (80.0, 95.0)
    ]
    assert float(mass) == pytest.approx(float(ends[1][0, 0] - ends[0][0, 0]), abs=1e-9)


def test_drawn_readings_fall_evenly_over_the_fan():
    found = model()
    generator = np.random.default_rng(11)
    truths = draw_truths(found, generator, 20_000, 9.0)
    names = np.full(len(truths.time), "output", dtype=object)
    columns = {"indicator_id": names, "kind": ["value"] * len(names), "reading_date": truths.time}
    reports = make_observations(found, columns | {"value": draw_readings(found, truths, generator)})
    u = predictive_cdf(found, reports)[np.arange(len(names)), truths.hypothesis]
    assert kstest(u, "uniform").pvalue > 0.001
