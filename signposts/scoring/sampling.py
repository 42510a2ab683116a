"""Readings drawn from first principles: what a hypothesis says happens, step by step, with no distribution function.

Belongs here: growth step by step, gamma-Poisson counts, hazards spent, votes cast; calibration.py holds the predictive
distributions against them. Not here: any density or distribution function of predictive.py.

Every function draws one reading a row.
"""

import numpy as np

from signposts.scoring.arrays import Floats
from signposts.scoring.families import FAMILIES, REGISTRY
from signposts.scoring.families.truths import Truths
from signposts.scoring.model import Model


def draw_truths(model: Model, generator: np.random.Generator, size: int, latest: float) -> Truths:
    """Return random pairs of prediction and onset that speak, read at random dates up to ``latest``.

    Onsets before which the baseline says nothing are left out: there is nothing to draw from.
    """
    spoken = np.argwhere(model.speaks)
    indicator, scenario = spoken[generator.integers(len(spoken), size=size)].T
    hypothesis = np.zeros(size, dtype=np.int64)
    for chosen in range(model.n_scenarios):
        rows = np.flatnonzero(scenario == chosen)
        hypotheses = np.flatnonzero(model.hypothesis_scenario == chosen)
        hypothesis[rows] = generator.choice(hypotheses, size=len(rows), p=model.onset_weight[hypotheses])
    baseline = model.baseline[scenario]
    kind = model.type[indicator, scenario]
    waits = model.delayed[scenario, kind] & (baseline >= 0)
    baseline_speaks = model.type[indicator, np.maximum(baseline, 0)] > 0
    onset = np.where(waits, model.hypothesis_onset[hypothesis], 0.0)
    kept = (onset == 0) | baseline_speaks
    time = generator.uniform(0.3, latest, size=size)
    return Truths(indicator, hypothesis, scenario, onset, time).take(np.flatnonzero(kept))


def draw_readings(model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
    """Return one reading a row: a value, a share, a date of an event (years since t0), a count, a category's index."""
    readings = np.full(len(truths.indicator), np.nan)
    family = model.family[truths.indicator]
    for name, drawn in REGISTRY.items():
        rows = np.flatnonzero(family == FAMILIES.index(name))
        if len(rows):
            readings[rows] = drawn.sample(model, truths.take(rows), generator)
    return readings
