"""Probabilities if a reading were another: what-if, and the smallest single reading that would change the lead.

Belongs here: replacing one indicator's evidence and recomputing the probabilities exactly. Not here: which readings are
at hand.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.combining import (
    by_scenario,
    evidence_weights,
    hypothesis_prior,
    log_joint,
    luck_of_sums,
    posterior,
    shared_luck,
)
from signposts.scoring.model import Model
from signposts.scoring.outcomes import CellEvidence, Outcomes, cell_evidence, reading_design_at, tabulate


@dataclass(frozen=True)
class WhatIfInputs:
    """All scored indicators of a tracker at one as-of date: I indicators, H hypotheses with `other` last."""

    indicator: Integers
    """(I,) index into the model's indicators."""
    log_ratios: Floats
    """(I, H) l of each reading; 0 where there is none."""
    contaminated: Floats
    """(I, H) l with a share of the readings from nowhere; 0 where there is none."""
    z: Floats
    """(I, H) luck of each reading; NaN where it does not share its storyline's."""
    has_reading: Booleans
    """(I,)"""
    is_defining: Booleans
    """(I,) whether it is an event that defines a scenario and has happened."""
    group: Integers
    """(I,) index into rho."""
    rho: Floats
    prior: Floats
    """(S + 1,) with `other` last."""
    evidence_weight: float
    defining_weight: float

    @property
    def weights(self) -> Floats:
        """Return f of each reading, shape (I,); 0 where there is none."""
        return evidence_weights(self.is_defining, self.has_reading, self.evidence_weight, self.defining_weight)

    @property
    def shares_luck(self) -> Booleans:
        """Return which readings share the luck of their storyline, shape (I,)."""
        return self.has_reading & ~np.isnan(self.z[:, 0])

    @property
    def luck(self) -> Floats:
        """Return c of each storyline and named hypothesis, shape (G, H - 1)."""
        return shared_luck(np.nan_to_num(self.z[:, :-1]), self.shares_luck, self.group, self.rho)


def hypothesis_probabilities(model: Model, evidence: WhatIfInputs) -> Floats:
    """Return P(s, onset | D), shape (H,)."""
    weights = evidence.weights
    luck = evidence.evidence_weight * evidence.luck.sum(axis=0)
    plain = weights @ evidence.log_ratios[:, :-1] + luck
    contaminated = weights @ evidence.contaminated[:, :-1] + luck
    return posterior(log_joint(_log_prior(model, evidence), plain, contaminated))


def probabilities(model: Model, evidence: WhatIfInputs) -> Floats:
    """Return P(s | D), shape (S + 1,), with `other` last."""
    return by_scenario(hypothesis_probabilities(model, evidence), model.hypothesis_scenario, model.n_scenarios)


def _log_prior(model: Model, evidence: WhatIfInputs) -> Floats:
    return hypothesis_prior(evidence.prior, model.hypothesis_scenario, model.onset_weight)


def with_reading(evidence: WhatIfInputs, position: int, reading: CellEvidence) -> WhatIfInputs:
    """Return the evidence with one indicator's reading replaced; ``reading`` is one row."""
    changed = {
        name: column.copy()
        for name, column in vars(evidence).items()
        if name in ("log_ratios", "contaminated", "z", "has_reading", "is_defining")
    }
    changed["log_ratios"][position] = reading.log_ratio[0]
    changed["contaminated"][position] = reading.contaminated[0]
    changed["z"][position] = reading.z[0]
    changed["has_reading"][position] = True
    changed["is_defining"][position] = reading.is_defining[0]
    return replace(evidence, **changed)


def without_reading(evidence: WhatIfInputs, position: int) -> WhatIfInputs:
    """Return the evidence without one indicator's reading."""
    has_reading = evidence.has_reading.copy()
    has_reading[position] = False
    return replace(evidence, has_reading=has_reading)


def probabilities_by_cell(model: Model, evidence: WhatIfInputs, position: int, cells: CellEvidence) -> Floats:
    """Return P(s | D) for every cell that one indicator's reading could fall in, shape (C, S + 1)."""
    rest = without_reading(evidence, position)
    weights, group = rest.weights, rest.group[position]
    member = rest.shares_luck & (rest.group == group)
    mates = np.where(member[:, None], rest.z[:, :-1], 0.0)
    z = np.nan_to_num(cells.z[:, :-1])
    n = member.sum() + (~np.isnan(cells.z[:, :1])).astype(np.float64)
    group_luck = luck_of_sums(n, mates.sum(axis=0) + z, (mates**2).sum(axis=0) + z**2, rest.rho[group])
    others = np.delete(rest.luck, group, axis=0).sum(axis=0)
    luck = evidence.evidence_weight * (group_luck + others)
    weight = np.where(cells.is_defining, evidence.defining_weight, evidence.evidence_weight)[:, None]
    plain = weights @ rest.log_ratios[:, :-1] + weight * cells.log_ratio[:, :-1] + luck
    contaminated = weights @ rest.contaminated[:, :-1] + weight * cells.contaminated[:, :-1] + luck
    by_hypothesis = posterior(log_joint(_log_prior(model, evidence), plain, contaminated))
    return by_scenario(by_hypothesis, model.hypothesis_scenario, model.n_scenarios)


@dataclass(frozen=True, slots=True)
class Overturn:
    """A single reading after which another scenario leads."""

    position: int
    low: float
    high: float
    is_last_cell: bool
    chance: float
    leading: int
    probability: float


def smallest_overturn(
    model: Model, evidence: WhatIfInputs, time: float, reliability: float, least: Floats | None = None
) -> Overturn | None:
    """Return the least unlikely single reading at the date that changes the leading scenario, or nothing.

    For each indicator, the cells that would change the lead are added up under the present probabilities; the indicator
    with the largest sum is named, with that of its cells that is most likely. ``least`` (I,) is the lowest reading that
    what is known leaves possible: an event's last day of searching, the number counted so far; NaN for any, inf for
    none. Chances are those of what is left.
    """
    leader = int(probabilities(model, evidence)[:-1].argmax())
    best: Overturn | None = None
    for position, outcomes, expected, after in _outcomes_of_each(model, evidence, time, reliability, least):
        changes = (after[:, :-1].argmax(axis=1) != leader) & (expected > 0)
        chance = float(expected[changes].sum())
        if chance > (best.chance if best else 0.0):
            cell = int(np.flatnonzero(changes)[expected[changes].argmax()])
            best = _overturn(outcomes, position, cell, chance, after)
    return best


def strongest_reading(
    model: Model, evidence: WhatIfInputs, time: float, reliability: float, chance: float, least: Floats | None = None
) -> Overturn | None:
    """Return the single reading that would take most from the leading scenario among those with at least a chance.

    Of each indicator, the readings that hurt the leader at least as much have together at least that chance under the
    present probabilities. ``least`` as in smallest_overturn.
    """
    leader = int(probabilities(model, evidence)[:-1].argmax())
    best: Overturn | None = None
    lowest = np.inf
    for position, outcomes, expected, after in _outcomes_of_each(model, evidence, time, reliability, least):
        order = np.argsort(after[:, leader], kind="stable")
        reached = np.cumsum(expected[order])
        cell = int(order[np.searchsorted(reached, chance)]) if reached[-1] >= chance else int(order[-1])
        if after[cell, leader] < lowest:
            lowest = float(after[cell, leader])
            best = _overturn(outcomes, position, cell, float(reached[order.tolist().index(cell)]), after)
    return best


def _outcomes_of_each(
    model: Model, evidence: WhatIfInputs, time: float, reliability: float, least: Floats | None
) -> Iterator[tuple[int, Outcomes, Floats, Floats]]:
    """Yield each indicator's position, cells, their present chances (C,), and the probabilities after, (C, S + 1)."""
    outcomes = tabulate(model, reading_design_at(model, evidence.indicator, time))
    share = hypothesis_probabilities(model, evidence)
    trusted = np.full(len(evidence.indicator), reliability)
    bound = np.full(len(evidence.indicator), math.nan) if least is None else least
    for position in range(len(evidence.indicator)):
        expected = outcomes.mass[position] @ share
        expected[outcomes.low[position] < bound[position]] = 0.0
        if expected.sum() > 0:
            after = probabilities_by_cell(model, evidence, position, cell_evidence(model, outcomes, position, trusted))
            yield position, outcomes, expected / expected.sum(), after


def _overturn(outcomes: Outcomes, position: int, cell: int, chance: float, after: Floats) -> Overturn:
    """Return a cell as the reading that it stands for, with what would lead then."""
    return Overturn(
        position=position,
        low=float(outcomes.low[position, cell]),
        high=float(outcomes.high[position, cell]),
        is_last_cell=bool(np.isinf(outcomes.high[position, cell])),
        chance=chance,
        leading=int(after[cell, :-1].argmax()),
        probability=float(after[cell, :-1].max()),
    )
