"""Hypotheses with an onset, and the columns in which a family computes them.

Belongs here: which column belongs to which hypothesis, which predictions wait for their onset. Not here: densities.

A family is computed in columns: the S named scenarios without onset, the wide reference p_wide, and one for each
(scenario, onset > 0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.observations import Observations

if TYPE_CHECKING:
    from signposts.scoring.model import Model


@dataclass(frozen=True)
class Delayed:
    """The pairs (observation, onset column) in which a prediction waits for its onset; flat arrays of equal length."""

    row: Integers
    column: Integers
    scenario: Integers
    baseline: Integers
    onset: Floats
    baseline_speaks: Booleans


def reference_mean(values: Floats, speaks: Booleans) -> Floats:
    """Return half the mean over speaking scenarios + half the wide column, shape (n,), of values (n, >= S + 1)."""
    n_named = speaks.shape[1]
    count = np.maximum(speaks.sum(axis=1), 1)
    mean: Floats = 0.5 * np.where(speaks, values[:, :n_named], 0.0).sum(axis=1) / count + 0.5 * values[:, n_named]
    return mean


def hypothesis_columns(model: Model) -> tuple[Integers, Booleans]:
    """Return the column of each hypothesis, shape (H,), and which one is `other`."""
    n_named = model.n_scenarios
    is_other = model.hypothesis_scenario == n_named
    late = (model.hypothesis_onset > 0) & ~is_other
    column = model.hypothesis_scenario.copy()
    column[late] = n_named + 1 + np.arange(late.sum())
    return column, is_other


def onset_columns(model: Model) -> tuple[Integers, Floats]:
    """Return scenario and onset of the columns after the wide one."""
    late = (model.hypothesis_onset > 0) & (model.hypothesis_scenario < model.n_scenarios)
    return model.hypothesis_scenario[late], model.hypothesis_onset[late]


def delayed_pairs(model: Model, observations: Observations) -> Delayed:
    """Return the pairs in which a prediction waits for its onset (docs/method.md, 4.3)."""
    scenario, onset = onset_columns(model)
    kind = model.type[:, scenario]
    waiting = model.delayed[scenario[None, :], kind] & (kind > 0) & (model.baseline[scenario] >= 0)[None, :]
    waits = waiting[observations.indicator]
    row, late = np.nonzero(waits)
    baseline = model.baseline[scenario[late]]
    speaks = model.type[observations.indicator[row], baseline] > 0
    return Delayed(row, model.n_scenarios + 1 + late, scenario[late], baseline, onset[late], speaks)


def spread_columns(model: Model, columns: Floats) -> Floats:
    """Return (n, C) from the (n, S + 1) columns without onset: an onset column starts as its scenario's own."""
    scenario, _ = onset_columns(model)
    return np.concatenate([columns, columns[:, scenario]], axis=1)


def gather(model: Model, observations: Observations, name: str) -> Floats:
    """Return a parameter of every scenario at each observation, shape (n, S)."""
    return model.parameters[name][observations.indicator]


def before_or_after(model: Model, observations: Observations, columns: Floats) -> Floats:
    """Return (n, C): the baseline's value before the onset, the scenario's own after (4.3, share and ordinal)."""
    result = spread_columns(model, columns)
    pairs = delayed_pairs(model, observations)
    early = pairs.baseline_speaks & (observations.time[pairs.row] <= pairs.onset)
    result[pairs.row[early], pairs.column[early]] = columns[pairs.row[early], pairs.baseline[early]]
    return result
