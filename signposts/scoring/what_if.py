"""Odds if a reading were another: what-if, and the smallest single reading that would change the leading scenario.

Belongs here: replacing one indicator's evidence and recomputing the odds exactly. Not here: which readings are at hand.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.combining import (
    by_scenario,
    group_weights,
    hypothesis_prior,
    posterior,
    weighted_evidence,
)
from signposts.scoring.model import Model
from signposts.scoring.outcomes import Outcomes, prospects_at, tabulate
from signposts.scoring.simulation import cell_log_ratios


@dataclass(frozen=True)
class Evidence:
    """All scored indicators of a tracker at one as-of date: I indicators, H hypotheses."""

    indicator: Integers
    """(I,) index into the model's indicators."""
    log_ratios: Floats
    """(I, H) l of each reading; 0 where there is none."""
    has_reading: Booleans
    """(I,)"""
    group: Integers
    """(I,) index into rho."""
    rho: Floats
    prior: Floats
    """(S + 1,) with `other` last."""
    temper: float


def odds(model: Model, evidence: Evidence) -> Floats:
    """Return P(s | D), shape (S + 1,), with `other` last."""
    result: Floats = odds_of_many(model, evidence, evidence.log_ratios[None], evidence.has_reading[None])[0]
    return result


def odds_of_many(model: Model, evidence: Evidence, log_ratios: Floats, has_reading: Booleans) -> Floats:
    """Return P(s | D) of many states of the evidence, (N, I, H) and (N, I), shape (N, S + 1)."""
    found = _hypothesis_odds(model, evidence, log_ratios, has_reading)
    return by_scenario(found, model.hypothesis_scenario, model.n_scenarios)


def hypothesis_odds(model: Model, evidence: Evidence) -> Floats:
    """Return P(s, onset | D), shape (H,)."""
    result: Floats = _hypothesis_odds(model, evidence, evidence.log_ratios[None], evidence.has_reading[None])[0]
    return result


def _hypothesis_odds(model: Model, evidence: Evidence, log_ratios: Floats, has_reading: Booleans) -> Floats:
    """Return P(s, onset | D) of many states of the evidence, shape (N, H)."""
    weights = group_weights(evidence.group, evidence.rho, has_reading)
    tempered = weighted_evidence(log_ratios, weights, evidence.temper)
    return posterior(hypothesis_prior(evidence.prior, model.hypothesis_scenario, model.onset_weight), tempered)


def with_reading(evidence: Evidence, position: int, log_ratio: Floats) -> Evidence:
    """Return the evidence with one indicator's reading replaced; ``log_ratio`` is (H,)."""
    log_ratios, has_reading = evidence.log_ratios.copy(), evidence.has_reading.copy()
    log_ratios[position], has_reading[position] = log_ratio, True
    return replace(evidence, log_ratios=log_ratios, has_reading=has_reading)


def odds_by_cell(
    model: Model, evidence: Evidence, position: int, outcomes: Outcomes, prospect: int, reliability: float
) -> Floats:
    """Return P(s | D) for every cell that one indicator's reading could fall in, shape (C, S + 1)."""
    ratios = cell_log_ratios(outcomes, np.full(len(outcomes.indicator), reliability))[prospect]
    log_ratios = np.repeat(evidence.log_ratios[None], len(ratios), axis=0)
    log_ratios[:, position] = ratios
    has_reading = np.repeat(evidence.has_reading[None], len(ratios), axis=0)
    has_reading[:, position] = True
    return odds_of_many(model, evidence, log_ratios, has_reading)


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
    model: Model, evidence: Evidence, time: float, reliability: float, least: Floats | None = None
) -> Overturn | None:
    """Return the least unlikely single reading at the date that changes the leading scenario, or nothing.

    For each indicator, the cells that would change the lead are added up under the present odds; the indicator with the
    largest sum is named, with that of its cells that is most likely (docs/method.md, 5.4). ``least`` (I,) is the lowest
    reading that what is known leaves possible: an event's last day of searching, the number counted so far; NaN for
    any, inf for none. Chances are those of what is left.
    """
    leader = int(odds(model, evidence)[:-1].argmax())
    best: Overturn | None = None
    for position, outcomes, expected, after in _supposed(model, evidence, time, reliability, least):
        changed = (after[:, :-1].argmax(axis=1) != leader) & (expected > 0)
        chance = float(expected[changed].sum())
        if chance > 0 and (best is None or chance > best.chance):
            cell = int(np.flatnonzero(changed)[expected[changed].argmax()])
            best = _overturn(outcomes, position, cell, chance, after)
    return best


def strongest_reading(
    model: Model, evidence: Evidence, time: float, reliability: float, chance: float, least: Floats | None = None
) -> Overturn | None:
    """Return the single reading that would take most from the leading scenario among those with at least a chance.

    Of each indicator, the readings that hurt the leader at least as much have together at least that chance under the
    present odds. ``least`` as in smallest_overturn.
    """
    leader = int(odds(model, evidence)[:-1].argmax())
    best: Overturn | None = None
    lowest = np.inf
    for position, outcomes, expected, after in _supposed(model, evidence, time, reliability, least):
        order = np.argsort(after[:, leader], kind="stable")
        reached = np.cumsum(expected[order])
        cell = int(order[np.searchsorted(reached, chance)]) if reached[-1] >= chance else int(order[-1])
        if after[cell, leader] < lowest:
            lowest = float(after[cell, leader])
            best = _overturn(outcomes, position, cell, float(reached[order.tolist().index(cell)]), after)
    return best


def _supposed(
    model: Model, evidence: Evidence, time: float, reliability: float, least: Floats | None
) -> Iterator[tuple[int, Outcomes, Floats, Floats]]:
    """Yield each indicator's position, its cells, their present chances (C,), and the odds after each (C, S + 1)."""
    outcomes = tabulate(model, prospects_at(model, evidence.indicator, time))
    share = hypothesis_odds(model, evidence)
    known = np.full(len(evidence.indicator), math.nan) if least is None else least
    for position in range(len(evidence.indicator)):
        expected = outcomes.mass[position] @ share
        expected[outcomes.low[position] < known[position]] = 0.0
        if expected.sum() > 0:
            after = odds_by_cell(model, evidence, position, outcomes, position, reliability)
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
