"""Readings drawn from first principles: what a hypothesis says happens, step by step, with no distribution function.

Belongs here: growth step by step, gamma-Poisson counts, hazards spent, votes cast; calibration.py holds the predictive
distributions against them. Not here: any density or distribution function of predictive.py.

Every function draws one reading a row.
"""

from dataclasses import dataclass

import numpy as np

from signposts.scoring.model import FAMILIES, TYPES, Booleans, Floats, Integers, Model

STEPS = 40
"""Steps in which a growth path is walked."""
_PATH, _RANGE = TYPES.index("path"), TYPES.index("range")


@dataclass(frozen=True)
class Truths:
    """What holds in each drawn world, and which reading is taken; every array (n,)."""

    indicator: Integers
    hypothesis: Integers
    scenario: Integers
    onset: Floats
    """Years after t0; 0 where the prediction does not wait."""
    time: Floats

    def take(self, rows: Integers) -> "Truths":
        """Return the chosen rows."""
        return Truths(**{name: column[rows] for name, column in vars(self).items()})


def draw_truths(model: Model, generator: np.random.Generator, size: int, latest: float) -> Truths:
    """Return random pairs of prediction and onset that speak, read at random dates up to ``latest``.

    Onsets before which the baseline says nothing are left out: there is nothing to draw from.
    """
    spoken = np.argwhere(model.speaks)
    indicator, scenario = spoken[generator.integers(len(spoken), size=size)].T
    hypothesis = np.zeros(size, dtype=np.int64)
    for chosen in range(model.n_scenarios):
        rows = np.flatnonzero(scenario == chosen)
        own = np.flatnonzero(model.hypothesis_scenario == chosen)
        hypothesis[rows] = generator.choice(own, size=len(rows), p=model.onset_weight[own])
    baseline = model.baseline[scenario]
    kind = model.type[indicator, scenario]
    waits = model.delayed[scenario, kind] & (baseline >= 0)
    known = model.type[indicator, np.maximum(baseline, 0)] > 0
    onset = np.where(waits, model.hypothesis_onset[hypothesis], 0.0)
    kept = (onset == 0) | known
    time = generator.uniform(0.3, latest, size=size)
    return Truths(indicator, hypothesis, scenario, onset, time).take(np.flatnonzero(kept))


def draw_readings(model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
    """Return one reading a row: a value, a share, a date of an event (years since t0), a count, a category's index."""
    readings = np.full(len(truths.indicator), np.nan)
    family = model.family[truths.indicator]
    for name, draw in _DRAWS.items():
        rows = np.flatnonzero(family == FAMILIES.index(name))
        if len(rows):
            readings[rows] = draw(model, truths.take(rows), generator)
    return readings


def _own(model: Model, truths: Truths, name: str) -> Floats:
    """Return a parameter of each row's own prediction."""
    return model.parameters[name][truths.indicator, truths.scenario]


def _before(model: Model, truths: Truths, name: str) -> Floats:
    """Return a parameter of the prediction that holds before the onset: the row's own where it does not wait."""
    return model.parameters[name][truths.indicator, _path_before(model, truths)]


def _path_before(model: Model, truths: Truths) -> Integers:
    """Return the scenario whose prediction holds before the onset."""
    return np.where(truths.onset > 0, model.baseline[truths.scenario], truths.scenario)


def _waiting(model: Model, truths: Truths) -> Booleans:
    """Return where the onset has not come by the date."""
    return np.asarray((truths.onset > 0) & (truths.time <= truths.onset))


def _growth(model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
    """Walk the logarithm in steps: trend or pull, a luck of its own in the slope, and a shock each step."""
    own_path = (model.type[truths.indicator, truths.scenario] == _PATH) & (truths.time > truths.onset)
    unmoved = (truths.onset == 0) | own_path
    first = np.where(unmoved, truths.scenario, _path_before(model, truths))
    start = model.parameters["start_time"][truths.indicator, first]
    change = np.where(unmoved, truths.time, np.minimum(truths.onset, truths.time))
    level = model.parameters["log_start"][truths.indicator, first].copy()
    level = _walk(model, truths.indicator, first, level, np.maximum(change - start, 0.0), generator)
    level = _walk(model, truths.indicator, truths.scenario, level, truths.time - np.maximum(change, start), generator)
    start_sd = model.parameters["start_sd"][truths.indicator, first]
    error = generator.standard_normal((2, len(level)))
    result: Floats = np.exp(level + start_sd * error[0] + model.obs_sd * error[1])
    return result


def _walk(
    model: Model, indicator: Integers, scenario: Integers, level: Floats, years: Floats, generator: np.random.Generator
) -> Floats:
    """Return the log level after so many years of one scenario's motion."""
    value = {
        name: model.parameters[name][indicator, scenario]
        for name in ("slope", "length", "sigma", "drift_sd", "reversion", "long_run_mean", "long_run_variance")
    }
    reverts = model.type[indicator, scenario] == _RANGE
    years = np.maximum(years, 0.0)
    step = years / STEPS
    luck = np.nan_to_num(value["drift_sd"]) * generator.standard_normal(len(level))
    for number in range(STEPS):
        shock = generator.standard_normal(len(level))
        trending = np.clip(value["length"] - number * step, 0.0, step)
        moved = level + value["slope"] * trending + luck * step + value["sigma"] * np.sqrt(step) * shock
        keep = np.exp(-np.where(reverts, value["reversion"], 0.0) * step)
        pull = np.where(reverts, value["long_run_mean"], 0.0)
        spread = np.sqrt(np.where(reverts, value["long_run_variance"], 0.0) * (1 - keep**2))
        level = np.where(reverts, pull + (level - pull) * keep + spread * shock, moved)
    return level


def _share(model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
    """Draw the share as one gamma variable's part of two."""
    waits = _waiting(model, truths)
    first = generator.gamma(np.where(waits, _before(model, truths, "beta_a"), _own(model, truths, "beta_a")))
    second = generator.gamma(np.where(waits, _before(model, truths, "beta_b"), _own(model, truths, "beta_b")))
    return first / (first + second)


def _event(model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
    """Spend an exponential ration of hazard: first the baseline's up to the onset, then the row's own."""
    ration = generator.exponential(size=len(truths.indicator))
    earliest = np.maximum(_own(model, truths, "earliest"), truths.onset)
    early = _spend(model, truths, _path_before(model, truths), ration, _before(model, truths, "earliest"))
    cumulative, span, shape = (_before(model, truths, name) for name in ("cumulative", "span", "shape"))
    elapsed = np.maximum(truths.onset - _before(model, truths, "earliest"), 0.0)
    left = ration - cumulative * (elapsed / span) ** shape
    late = _spend(model, truths, truths.scenario, np.maximum(left, 0.0), earliest)
    return np.where((truths.onset > 0) & (early > truths.onset), late, early)


def _spend(model: Model, truths: Truths, scenario: Integers, ration: Floats, start: Floats) -> Floats:
    """Return the date at which a scenario's hazard from the start on has used up the ration."""
    cumulative, span, shape = (
        model.parameters[name][truths.indicator, scenario] for name in ("cumulative", "span", "shape")
    )
    return start + span * (ration / cumulative) ** (1 / shape)


def _count(model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
    """Draw a rate from a gamma distribution and count at it; before the onset at the baseline's, in proportion."""
    start = model.exposure_start[truths.indicator]
    years = np.maximum(truths.time - start, 1e-6)
    share = np.where(truths.onset > 0, np.clip((truths.onset - start) / years, 0.0, 1.0), 0.0)
    mean, spread = (
        share * _before(model, truths, name) + (1 - share) * _own(model, truths, name)
        for name in ("rate_mean", "rate_cv")
    )
    rate = generator.gamma(spread**-2, mean * spread**2)
    return generator.poisson(rate * years).astype(np.float64)


def _category(model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
    """Draw a category by its probability."""
    scenario = np.where(_waiting(model, truths), _path_before(model, truths), truths.scenario)
    shares = model.probabilities[truths.indicator, scenario]
    upto = np.cumsum(shares, axis=1)
    chance = generator.random((len(shares), 1)) * upto[:, -1:]
    drawn: Floats = (upto < chance).sum(axis=1).astype(np.float64)
    return drawn


_DRAWS = {"lognormal": _growth, "beta": _share, "event": _event, "rate": _count, "ordinal": _category}
