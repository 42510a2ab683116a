"""The monotone-likelihood-ratio check: a more cooperative reading never favours the less cooperative scenario.

Belongs here: docs/method.md, 3.3. Not here: waivers, which stand in the indicators' files and are judged by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from signposts.scoring.arrays import Booleans, Floats
from signposts.scoring.combining import DECIBANS_PER_NAT, scenario_log_likelihood
from signposts.scoring.families import FAMILIES
from signposts.scoring.fans import fan_quantiles
from signposts.scoring.model import Model
from signposts.scoring.observations import KINDS, Observations, blank_observations
from signposts.scoring.predictive import log_density

CENTRAL = 0.99
POINTS = 201
TOLERANCE = 1e-6
"""Nats by which a ratio may fall between two neighbouring readings: rounding, not a fault."""


@dataclass(frozen=True)
class Violation:
    """One pair of scenarios whose likelihood ratio falls although the reading becomes more cooperative."""

    indicator_id: str
    more_cooperative: str
    less_cooperative: str
    time: float
    """Date, in years since t0, at which the fall is largest."""
    reading: float
    """Where the fall is steepest: a value, a count, a category's index; for an event 1 (happened)."""
    decibans: float
    """Size of the whole fall within the central 99 % of the pooled predictive."""


def monotone_violations(model: Model, times: Sequence[float] = (1.0, 2.0, 4.0, 7.0, 10.0)) -> list[Violation]:
    """Return the worst violation of each indicator and pair of neighbouring scenarios (docs/method.md, 3.3).

    Scenarios are taken as published, onset summed out, in the order of cooperative_rank; readings within the central
    99 % of the mean of the speaking scenarios' predictives, at the given dates. Indicators for which no way is more
    cooperation are left out.
    """
    violations: dict[tuple[int, int, int], Violation] = {}
    order = [int(s) for s in np.argsort(model.cooperative_rank) if not np.isnan(model.cooperative_rank[s])]
    for indicator in np.flatnonzero((model.cooperative != 0) & (model.speaks.sum(axis=1) > 1)):
        speaking = [scenario for scenario in order if model.speaks[indicator, scenario]]
        for time in times:
            readings, logs, inside = _likelihoods(model, int(indicator), time)
            for less, more in zip(speaking, speaking[1:], strict=False):
                worst = _fall(logs[:, more] - logs[:, less], inside)
                key = (int(indicator), less, more)
                if worst is None or (key in violations and violations[key].decibans >= worst[0]):
                    continue
                names = model.scenario_ids[more], model.scenario_ids[less]
                where = float(readings[worst[1]])
                violations[key] = Violation(model.indicator_ids[indicator], *names, time, where, worst[0])
    return list(violations.values())


def _fall(log_ratio: Floats, inside: Booleans) -> tuple[float, int] | None:
    """Return total fall in decibans and the place of the steepest step; None if the ratio never falls."""
    rows = np.flatnonzero(inside)
    if len(rows) < 2:
        return None
    steps = np.diff(log_ratio[rows])
    falls = np.where(steps < -TOLERANCE, -steps, 0.0)
    if not falls.any():
        return None
    return float(falls.sum() * DECIBANS_PER_NAT), int(rows[1:][np.argmax(falls)])


def _likelihoods(model: Model, indicator: int, time: float) -> tuple[Floats, Floats, Booleans]:
    """Return readings from less to more cooperative, ln p per scenario (n, S), and which lie in the central part."""
    readings, observations = _grid(model, indicator, time)
    logs = scenario_log_likelihood(
        log_density(model, observations), model.hypothesis_scenario, model.onset_weight, model.n_scenarios
    )[:, :-1]
    mass = np.exp(logs[:, model.speaks[indicator]]).mean(axis=1) * _width(model, indicator, readings)
    below = np.cumsum(mass) / mass.sum()
    tail = (1 - CENTRAL) / 2
    inside = (below >= tail) & (below - mass / mass.sum() <= 1 - tail)
    if model.cooperative[indicator] < 0 and model.family[indicator] != FAMILIES.index("ordinal"):
        return readings[::-1], logs[::-1], inside[::-1]
    return readings, logs, inside


def _width(model: Model, indicator: int, readings: Floats) -> Floats:
    family = FAMILIES[model.family[indicator]]
    if family == "lognormal":
        return np.gradient(np.log(readings))
    return np.gradient(readings) if family == "beta" else np.ones_like(readings)


def _grid(model: Model, indicator: int, time: float) -> tuple[Floats, Observations]:
    """Return readings over the fans' whole reach, and an observation of each."""
    family = FAMILIES[model.family[indicator]]
    if family == "event":
        rows = np.full(2, indicator)
        kind = np.array([KINDS.index("none_seen"), KINDS.index("event")])
        ends = {"happened_from": np.array([np.nan, 0.0]), "happened_to": np.array([np.nan, time])}
        return np.array([0.0, 1.0]), blank_observations(
            rows, kind, np.full(2, time), happened_from=ends["happened_from"], happened_to=ends["happened_to"]
        )
    if family == "ordinal":
        readings = np.arange(len(model.categories[indicator]), dtype=np.float64)
        kind_name, column = "category", "category"
    else:
        ends_found = fan_quantiles(model, np.array([indicator]), np.array([time]), np.array([1e-4, 1 - 1e-4]))
        low, high = np.nanmin(ends_found), np.nanmax(ends_found)
        column = "value"
        kind_name = "count" if family == "rate" else "value"
        readings = np.arange(low, high + 1) if family == "rate" else np.linspace(low, high, POINTS)
        if family == "lognormal":
            readings = np.exp(np.linspace(np.log(low), np.log(high), POINTS))
    rows = np.full(len(readings), indicator)
    at = np.full(len(readings), time)
    kind_code = KINDS.index(kind_name)
    if column == "category":
        return readings, blank_observations(rows, kind_code, at, category=readings)
    return readings, blank_observations(rows, kind_code, at, value=readings, exposure_end=at)
