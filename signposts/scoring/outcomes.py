"""What a reading may turn out to be: cells for each indicator and date, with every hypothesis's mass in each.

Belongs here: cutting the possible readings into cells, so that expectations over readings are sums and simulated
readings are look-ups. Not here: what is made of them (information.py, simulation.py).
"""

import math
from dataclasses import dataclass

import numpy as np

from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.families import FAMILIES, REGISTRY
from signposts.scoring.model import Model


@dataclass(frozen=True)
class Outcomes:
    """Cells of possible readings: P prospects (an indicator at a date), C cells, H hypotheses with `other` last.

    Cells of one prospect run from low to high readings; of an event, from the earliest date to `not yet`. Cells that a
    prospect does not use have mass 0. A cell's ends are values, counts, category indices or years since t0.
    """

    indicator: Integers
    """(P,)"""
    time: Floats
    """(P,) years since t0."""
    mass: Floats
    """(P, C, H) probability of each cell; sums to 1 over cells."""
    low: Floats
    """(P, C)"""
    high: Floats
    """(P, C)"""


@dataclass(frozen=True)
class Prospects:
    """Readings to come, or the designs of readings at hand; every array (P,), times in years since t0."""

    indicator: Integers
    time: Floats
    exposure_start: Floats
    """Counts: first day counted."""
    trials: Floats
    """Number of votes where a share is read as k of n; else NaN."""
    log_sd: Floats
    """Spread of a nowcast on the log scale; else 0."""
    open_list: Booleans
    """Counts: whether the list is incomplete by an unknown share."""

    def take(self, rows: Integers) -> "Prospects":
        """Return the chosen rows."""
        return Prospects(**{name: column[rows] for name, column in vars(self).items()})


def prospects_at(model: Model, indicator: Integers, time: Floats | float) -> Prospects:
    """Return plain prospects: exact readings at the dates, counts closed and from their usual start."""
    indicator = np.asarray(indicator, dtype=np.int64)
    size = len(indicator)
    return Prospects(
        indicator=indicator,
        time=np.broadcast_to(np.asarray(time, dtype=np.float64), (size,)),
        exposure_start=model.exposure_start[indicator],
        trials=np.full(size, math.nan),
        log_sd=np.zeros(size),
        open_list=np.zeros(size, dtype=np.bool_),
    )


def tabulate(model: Model, prospects: Prospects) -> Outcomes:
    """Return the cells of every prospect."""
    parts = [
        (rows, *REGISTRY[name].cells(model, prospects.take(rows)))
        for name in REGISTRY
        for votes in (False, True)
        if len(rows := _rows(model, prospects, name, votes))
    ]
    return _joined(model, prospects.indicator, prospects.time, parts)


def _rows(model: Model, prospects: Prospects, family: str, votes: bool) -> Integers:
    """Return a family's prospects that are k of n votes, or those that are not."""
    own = model.family[prospects.indicator] == FAMILIES.index(family)
    return np.flatnonzero(own & (np.isnan(prospects.trials) != votes))


def _joined(
    model: Model, indicator: Integers, time: Floats, parts: list[tuple[Integers, Floats, Floats, Floats]]
) -> Outcomes:
    """Return the tables of all families as one, padded with cells of no mass."""
    widest = max((mass.shape[1] for _, mass, _, _ in parts), default=1)
    shape = (len(indicator), widest)
    mass, low, high = np.zeros((*shape, model.n_hypotheses)), np.full(shape, np.nan), np.full(shape, np.nan)
    for rows, part, part_low, part_high in parts:
        mass[rows, : part.shape[1]] = part
        low[rows, : part.shape[1]], high[rows, : part.shape[1]] = part_low, part_high
    return Outcomes(indicator, time, mass, low, high)


def cell_of(outcomes: Outcomes, prospect: Integers, value: Floats) -> Integers:
    """Return the cell of each value, shape (n,): the last one whose lower end does not exceed it; `inf` is the last."""
    low = outcomes.low[prospect]
    reached = (low <= np.asarray(value)[:, None]) & ~np.isnan(low)
    found: Integers = np.maximum(reached.sum(axis=1) - 1, 0)
    return found
