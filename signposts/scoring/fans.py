"""Quantiles of what is expected: of one hypothesis (for quadrature and simulation) and of a scenario (for its fan).

Belongs here: asking each family for the inverse of its distribution function, onset summed out or not. Not here: the
inverses (families/), scoring. Values are in the indicator's unit; of a rate, the number counted from the start of
exposure to the date; of an event, its date in years since t0; of an ordinal indicator, the category's index.
"""

from __future__ import annotations

import math

import numpy as np

from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.families import FAMILIES, REGISTRY
from signposts.scoring.model import Model
from signposts.scoring.observations import KIND, Observations, blank_observations


def quantiles(model: Model, indicator: Integers, hypothesis: Integers, time: Floats, share: Floats) -> Floats:
    """Return y with F_h(y) = share, row by row, shape (n,): indicator, hypothesis, date and share are (n,).

    `hypothesis` indexes the model's H hypotheses, `other` included. Counts and categories: the least one whose
    distribution function reaches the share; an event: the date by which it has happened with that probability.
    A silent scenario has NaN. For quantile midpoints (docs/method.md, 5.2) and for draws in simulation.
    """
    hypothesis, share = np.asarray(hypothesis), np.asarray(share, dtype=np.float64)
    result = np.full(len(hypothesis), math.nan)
    for name, rows, observations in _by_family(model, indicator, time):
        for chosen in np.unique(hypothesis[rows]):
            inside = np.flatnonzero(hypothesis[rows] == chosen)
            part = observations.take(inside)
            weight = np.eye(model.n_hypotheses)[chosen]
            result[rows[inside]] = REGISTRY[name].quantiles(model, part, weight, share[rows[inside], None])[:, 0]
    return result


def fan_quantiles(model: Model, indicator: Integers, time: Floats, shares: Floats) -> Floats:
    """Return each named scenario's quantiles with the onset summed out, shape (n, S, Q) (docs/method.md, 4.3).

    indicator and time (n,), shares (Q,). NaN where a scenario is silent, and for events and categories.
    """
    result = np.full((len(indicator), model.n_scenarios, len(shares)), math.nan)
    for name, rows, observations in _by_family(model, indicator, time):
        if REGISTRY[name].figure != "fan":
            continue
        share = np.broadcast_to(np.asarray(shares, dtype=np.float64), (len(rows), len(shares)))
        for scenario in range(model.n_scenarios):
            onsets = np.where(model.hypothesis_scenario == scenario, model.onset_weight, 0.0)
            result[rows, scenario] = REGISTRY[name].quantiles(model, observations, onsets, share)
    return result


def _by_family(model: Model, indicator: Integers, time: Floats) -> list[tuple[str, Integers, Observations]]:
    indicator, time = np.asarray(indicator, dtype=np.int64), np.asarray(time, dtype=np.float64)
    parts = []
    for name, family in REGISTRY.items():
        rows = np.flatnonzero(model.family[indicator] == FAMILIES.index(name))
        if len(rows):
            at = time[rows]
            observations = blank_observations(
                indicator[rows], KIND[family.probe], at, exposure_end=at, category=np.zeros(len(at))
            )
            parts.append((name, rows, observations))
    return parts
