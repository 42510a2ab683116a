"""What a reading may turn out to be: cells for each indicator and date, with every hypothesis's mass in each.

Belongs here: cutting the possible readings into cells, so that expectations over readings are sums and simulated
readings are look-ups. Not here: what is made of them (information.py, simulation.py).
"""

import math
from dataclasses import dataclass

import numpy as np

from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.combining import luck_scores
from signposts.scoring.families import FAMILIES, REGISTRY
from signposts.scoring.model import Model

LEAST_MASS = 1e-300


@dataclass(frozen=True)
class Outcomes:
    """Cells of possible readings: P design (an indicator at a date), C cells, H hypotheses with `other` last.

    Cells of one planned run from low to high readings; of an event, from the earliest date to `not yet`. Cells that a
    planned does not use have mass 0. A cell's ends are values, counts, category indices or years since t0.
    """

    indicator: Integers
    """(P,)"""
    time: Floats
    """(P,) years since t0."""
    mass: Floats
    """(P, C, H) probability of each cell; sums to 1 over cells."""
    wide: Floats
    """(P, C) probability of each cell under p_wide: for readings from nowhere."""
    low: Floats
    """(P, C)"""
    high: Floats
    """(P, C)"""


@dataclass(frozen=True)
class ReadingDesign:
    """Readings to come, or the designs of readings at hand; arrays (P,) but for two, times in years since t0."""

    indicator: Integers
    time: Floats
    exposure_start: Floats
    """Counts: first day counted."""
    trials: Floats
    """Number of votes where a share is read as k of n; else NaN."""
    log_sd: Floats
    """Spread of a nowcast on the log scale; else 0."""
    completeness: Floats
    """(P, K) nodes of the share of all events that a count's list holds; one node, 1, where it holds all."""
    completeness_weight: Floats
    """(P, K) weights of the nodes."""

    @property
    def is_open(self) -> Booleans:
        """Return which counts are lists that may be incomplete."""
        return np.asarray((self.completeness != 1).any(axis=1))

    def take(self, rows: Integers) -> "ReadingDesign":
        """Return the chosen rows."""
        return ReadingDesign(**{name: column[rows] for name, column in vars(self).items()})


def reading_design_at(model: Model, indicator: Integers, time: Floats | float) -> ReadingDesign:
    """Return plain design: exact readings at the dates, counts closed and from their usual start."""
    indicator = np.asarray(indicator, dtype=np.int64)
    size = len(indicator)
    return ReadingDesign(
        indicator=indicator,
        time=np.broadcast_to(np.asarray(time, dtype=np.float64), (size,)),
        exposure_start=model.exposure_start[indicator],
        trials=np.full(size, math.nan),
        log_sd=np.zeros(size),
        completeness=np.ones((size, 1)),
        completeness_weight=np.ones((size, 1)),
    )


def tabulate(model: Model, design: ReadingDesign) -> Outcomes:
    """Return the cells of every planned."""
    parts = [
        (rows, *REGISTRY[name].cells(model, design.take(rows)))
        for name in REGISTRY
        for votes in (False, True)
        if len(rows := _rows(model, design, name, votes))
    ]
    return _joined(model, design.indicator, design.time, parts)


def _rows(model: Model, design: ReadingDesign, family: str, votes: bool) -> Integers:
    """Return a family's design that are k of n votes, or those that are not."""
    in_family = model.family[design.indicator] == FAMILIES.index(family)
    return np.flatnonzero(in_family & (np.isnan(design.trials) != votes))


def _joined(
    model: Model, indicator: Integers, time: Floats, parts: list[tuple[Integers, Floats, Floats, Floats]]
) -> Outcomes:
    """Return the tables of all families as one, padded with cells of no mass."""
    widest = max((mass.shape[1] for _, mass, _, _ in parts), default=1)
    shape = (len(indicator), widest)
    mass, low, high = np.zeros((*shape, model.n_hypotheses + 1)), np.full(shape, np.nan), np.full(shape, np.nan)
    for rows, part, part_low, part_high in parts:
        mass[rows, : part.shape[1]] = part
        low[rows, : part.shape[1]], high[rows, : part.shape[1]] = part_low, part_high
    return Outcomes(indicator, time, mass[:, :, :-1], mass[:, :, -1], low, high)


def cell_of(outcomes: Outcomes, planned: Integers, value: Floats) -> Integers:
    """Return the cell of each value, shape (n,): the last one whose lower end does not exceed it; `inf` is the last."""
    low = outcomes.low[planned]
    reached = (low <= np.asarray(value)[:, None]) & ~np.isnan(low)
    cell: Integers = np.maximum(reached.sum(axis=1) - 1, 0)
    return cell


@dataclass(frozen=True)
class CellEvidence:
    """What a reading in each of C cells would say, as method.md pools a single observation."""

    log_ratio: Floats
    """(C, H)"""
    contaminated: Floats
    """(C, H)"""
    z: Floats
    """(C, H) luck; NaN where it is not shared."""
    is_defining: Booleans
    """(C,) an event that defines a scenario and has happened."""


def cell_evidence(model: Model, outcomes: Outcomes, planned: int, reliability: Floats) -> CellEvidence:
    """Return the evidence of every cell of one planned, read once with its reliability, (P,)."""
    indicator, r = outcomes.indicator[planned], float(reliability[planned])
    mass = outcomes.mass[planned]
    reference = np.maximum(mass[:, -1:], LEAST_MASS)
    ratio = np.maximum(mass, LEAST_MASS) / reference
    wide = np.maximum(outcomes.wide[planned][:, None], LEAST_MASS) / reference
    contaminated = (1 - model.contamination) * ratio + model.contamination * wide
    spoken = np.append(model.speaks[indicator], True)[model.hypothesis_scenario]
    weight = np.where(spoken, model.hypothesis_weight, 0.0)
    contaminated[:, -1] = 1.0
    contaminated = np.where(spoken, contaminated, (contaminated @ weight / weight.sum())[:, None])
    happened = (model.family[indicator] == FAMILIES.index("event")) & np.isfinite(outcomes.high[planned])
    is_defining = happened & (model.defines[indicator] >= 0)
    place = np.cumsum(mass, axis=0) - mass / 2
    z = luck_scores(r * place + (1 - r) / 2, model.luck_orientation(np.array([indicator])))
    if not model.speaks[indicator].all():
        z[:] = np.nan
    z[is_defining] = np.nan
    z[:, -1] = np.nan
    plain, mixed = (np.log(np.maximum(r * part + 1 - r, LEAST_MASS)) for part in (ratio, contaminated))
    return CellEvidence(plain, mixed, z, is_defining)
