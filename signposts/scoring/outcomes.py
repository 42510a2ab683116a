"""What a reading may turn out to be: cells for each indicator and date, with every hypothesis's mass in each.

Belongs here: cutting the possible readings into cells, so that expectations over readings are sums and simulated
readings are look-ups. Not here: what is made of them (information.py, simulation.py).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from signposts.scoring.model import FAMILIES, KINDS, Booleans, Floats, Integers, Model, Reports
from signposts.scoring.predictive import COLUMNS, blank_reports, log_density, predictive_cdf

Cells = tuple[Floats, Floats, Floats]
"""Masses (P, C, H), lower ends (P, C), upper ends (P, C)."""

LOG_NORMAL_CELLS = 96
SHARE_CELLS = 200
EVENT_CELLS = 96
MOST_COUNTS = 240
REACH = 4.5
"""Log-normal cells reach this many standard deviations beyond the outermost mean; the rest is in two open cells."""
_OPEN = KINDS.index("open_count")
_VALUE, _COUNT, _NONE_SEEN = KINDS.index("value"), KINDS.index("count"), KINDS.index("none_seen")
_EVENT, _CATEGORY, _SHARE_COUNT = KINDS.index("event"), KINDS.index("category"), KINDS.index("share_count")


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
    family = np.array(FAMILIES)[model.family[prospects.indicator]]
    parts = [
        (rows, *_TABLES[name](model, prospects.take(rows))) for name, rows in _prospect_kinds(family, prospects.trials)
    ]
    return _joined(model, prospects.indicator, prospects.time, parts)


def _prospect_kinds(family: np.ndarray, votes: Floats) -> list[tuple[str, Integers]]:
    """Return the rows of each way of cutting cells."""
    kinds = np.where((family == "beta") & ~np.isnan(votes), "votes", family)
    return [(str(kind), np.flatnonzero(kinds == kind)) for kind in dict.fromkeys(kinds.tolist()) if kind != "none"]


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


def _fill_silent(shares: Floats) -> Floats:
    """Return the shares with a silent scenario's replaced by those of the reference, the last hypothesis."""
    return np.where(np.isnan(shares), shares[..., -1:], shares)


def _cells_of_values(model: Model, prospects: Prospects, edges: Floats) -> Floats:
    """Return the mass between consecutive edges (P, E), with an open cell below and above: (P, E + 1, H)."""
    n_prospects, n_edges = edges.shape
    reports = blank_reports(
        np.repeat(prospects.indicator, n_edges),
        _VALUE,
        np.repeat(prospects.time, n_edges),
        value=edges.ravel().astype(np.float64),
        log_sd=np.repeat(prospects.log_sd, n_edges),
    )
    cdf = _fill_silent(predictive_cdf(model, reports)).reshape(n_prospects, n_edges, -1)
    ends = np.zeros((n_prospects, 1, cdf.shape[2]))
    return np.maximum(np.diff(np.concatenate([ends, cdf, ends + 1], axis=1), axis=1), 0.0)


def _log_normal(model: Model, prospects: Prospects) -> Cells:
    """Cut the log scale evenly over all hypotheses' reach."""
    ones = np.ones(len(prospects.indicator))
    probe = blank_reports(prospects.indicator, _VALUE, prospects.time, value=ones, log_sd=prospects.log_sd)
    columns = COLUMNS["lognormal"](model, probe)
    least = np.nanmin(columns.first - REACH * columns.second, axis=1)
    most = np.nanmax(columns.first + REACH * columns.second, axis=1)
    edges = np.exp(np.linspace(least, most, LOG_NORMAL_CELLS + 1, axis=1))
    mass = _cells_of_values(model, prospects, edges)
    zeros, infinite = np.zeros((len(edges), 1)), np.full((len(edges), 1), np.inf)
    return mass, np.concatenate([zeros, edges], axis=1), np.concatenate([edges, infinite], axis=1)


def _shares(model: Model, prospects: Prospects) -> Cells:
    """Cut the shares from 0 to 1 evenly."""
    grid = np.linspace(0, 1, SHARE_CELLS + 1)
    size = len(prospects.indicator)
    edges = np.broadcast_to(grid[1:-1], (size, SHARE_CELLS - 1))
    mass = _cells_of_values(model, prospects, edges)
    low = np.broadcast_to(grid[:-1], (size, SHARE_CELLS))
    return mass, low, np.broadcast_to(grid[1:], low.shape)


def _masses(model: Model, reports: Reports, n_prospects: int) -> Floats:
    """Return the probabilities of reports listed prospect by prospect, shape (P, C, H)."""
    return np.exp(log_density(model, reports)).reshape(n_prospects, -1, model.n_hypotheses)


def _votes(model: Model, prospects: Prospects) -> Cells:
    """List k = 0 … n votes; prospects with fewer votes than the widest leave the rest empty."""
    indicator, time, votes = prospects.indicator, prospects.time, prospects.trials
    top = int(votes.max())
    counts = np.broadcast_to(np.arange(top + 1.0), (len(indicator), top + 1))
    inside = counts <= votes[:, None]
    reports = blank_reports(
        np.repeat(indicator, top + 1),
        _SHARE_COUNT,
        np.repeat(time, top + 1),
        value=np.where(inside, counts, 0.0).ravel(),
        trials=np.repeat(votes, top + 1),
    )
    mass = np.where(inside[:, :, None], _masses(model, reports, len(indicator)), 0.0)
    return mass, counts, counts


def _counts(model: Model, prospects: Prospects) -> Cells:
    """List counts from 0 to beyond what any hypothesis expects, and one open cell above."""
    indicator, time, start = prospects.indicator, prospects.time, prospects.exposure_start
    probe = blank_reports(indicator, _COUNT, time, value=np.zeros(len(indicator)), exposure_start=start)
    columns = COLUMNS["rate"](model, probe)
    spread = np.sqrt(columns.first + columns.first**2 / columns.second)
    top = int(min(MOST_COUNTS, math.ceil(np.nanmax(columns.first + 6 * spread)) + 4))
    counts = np.broadcast_to(np.arange(top + 1.0), (len(indicator), top + 1))
    reports = blank_reports(
        np.repeat(indicator, top + 1),
        np.repeat(np.where(prospects.open_list, _OPEN, _COUNT), top + 1),
        np.repeat(time, top + 1),
        value=counts.ravel(),
        exposure_start=np.repeat(start, top + 1),
        exposure_end=np.repeat(time, top + 1),
    )
    mass = _masses(model, reports, len(indicator))
    rest = np.maximum(1 - mass.sum(axis=1, keepdims=True), 0.0)
    low = np.concatenate([counts, np.full((len(indicator), 1), top + 1.0)], axis=1)
    high = np.concatenate([counts, np.full((len(indicator), 1), np.inf)], axis=1)
    return np.concatenate([mass, rest], axis=1), low, high


def _events(model: Model, prospects: Prospects) -> Cells:
    """Cut the time from t0 to the date evenly, and add `not yet`, last; one never seen counts as not yet."""
    indicator, time = prospects.indicator, prospects.time
    edges = np.linspace(np.zeros(len(indicator)), np.maximum(time, 1e-6), EVENT_CELLS + 1, axis=1)
    n_edges = edges.shape[1]
    reports = blank_reports(np.repeat(indicator, n_edges), _NONE_SEEN, edges.ravel())
    cdf = _fill_silent(predictive_cdf(model, reports)).reshape(len(indicator), n_edges, -1)
    seen = model.detect_prob[indicator][:, None, None] * np.maximum(np.diff(cdf, axis=1), 0.0)
    rest = np.maximum(1 - seen.sum(axis=1, keepdims=True), 0.0)
    infinite = np.full((len(indicator), 1), np.inf)
    low = np.concatenate([edges[:, :-1], edges[:, -1:]], axis=1)
    return np.concatenate([seen, rest], axis=1), low, np.concatenate([edges[:, 1:], infinite], axis=1)


def _categories(model: Model, prospects: Prospects) -> Cells:
    """List the categories in their order."""
    indicator, time = prospects.indicator, prospects.time
    sizes = np.array([len(model.categories[index]) for index in indicator])
    top = int(sizes.max())
    codes = np.broadcast_to(np.arange(top), (len(indicator), top))
    inside = codes < sizes[:, None]
    reports = blank_reports(
        np.repeat(indicator, top), _CATEGORY, np.repeat(time, top), category=np.where(inside, codes, 0).ravel()
    )
    mass = np.where(inside[:, :, None], _masses(model, reports, len(indicator)), 0.0)
    return mass, codes.astype(np.float64), codes.astype(np.float64)


_TABLES: dict[str, Callable[[Model, Prospects], Cells]] = {
    "lognormal": _log_normal,
    "beta": _shares,
    "votes": _votes,
    "rate": _counts,
    "event": _events,
    "ordinal": _categories,
}


def cell_of(outcomes: Outcomes, prospect: Integers, value: Floats) -> Integers:
    """Return the cell of each value, shape (n,): the last one whose lower end does not exceed it; `inf` is the last."""
    low = outcomes.low[prospect]
    reached = (low <= np.asarray(value)[:, None]) & ~np.isnan(low)
    found: Integers = np.maximum(reached.sum(axis=1) - 1, 0)
    return found
