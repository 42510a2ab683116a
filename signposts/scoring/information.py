"""What evidence is worth: diagnosticity, what it would take, what to look at next.

Belongs here: expectations and thresholds that follow from the predictions alone (docs/method.md, 5.2 to 5.4).
Not here: which readings there are, or their odds.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.families import FAMILIES, TYPES
from signposts.scoring.fans import fan_quantiles, quantiles
from signposts.scoring.model import Model
from signposts.scoring.observations import KINDS, blank_observations
from signposts.scoring.outcomes import Outcomes, reading_design_at, tabulate
from signposts.scoring.predictive import predictive_cdf, survival

LOG_TYPES = ("path", "range", "drift")
MONTH = 1 / 12
_EVENT_BY = TYPES.index("event_by")
_RATE, _COUNT = FAMILIES.index("rate"), KINDS.index("count")


def entropy_bits(probability: Floats) -> Floats:
    """Return the entropy over the last axis, in bits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(probability > 0, probability * np.log2(probability), 0.0)
    result: Floats = -terms.sum(axis=-1)
    return result


def scenario_masses(model: Model, outcomes: Outcomes) -> Floats:
    """Return each named scenario's probability of each cell, onset summed out, shape (P, C, S)."""
    member = model.hypothesis_scenario[:, None] == np.arange(model.n_scenarios)[None, :]
    result: Floats = outcomes.mass @ (member * model.onset_weight[:, None])
    return result


def diagnosticity(
    model: Model, prior: Floats, indicator: Integers, time: Floats, votes: Floats | None = None
) -> Floats:
    """Return I = H(s) - E[H(s | y)] of a reading at each date over the named scenarios, in bits, shape (P,).

    ``prior`` (S,) need not sum to 1. ``votes`` (P,) is the number of votes where a share is read as k of n, else NaN:
    few votes tell less than the share itself would. Expectations are sums over the cells of outcomes.py: no random
    numbers.
    """
    design = reading_design_at(model, indicator, time)
    if votes is not None:
        is_share = model.family[design.indicator] == FAMILIES.index("beta")
        design = replace(design, trials=np.where(is_share, np.round(votes), np.nan))
    masses = scenario_masses(model, tabulate(model, design))
    share = prior / prior.sum()
    joint = masses * share
    cell = joint.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        posterior = np.where(cell[..., None] > 0, joint / cell[..., None], 0.0)
    expected = (cell * entropy_bits(posterior)).sum(axis=-1)
    result: Floats = np.maximum(entropy_bits(share) - expected, 0.0)
    return result


def needed_growth(model: Model, indicator: Integers, time: Floats, value: Floats, central: float) -> Floats:
    """Return the growth per year still needed to lie inside each fan when its prediction is due, shape (n, S) (5.4).

    Towards the nearer edge: the lower edge of the central band for a prediction that expects a rise, the upper one for
    a fall. NaN where nothing is due or the due date has passed.
    """
    due = model.parameters["due"][indicator]
    numeric = np.isin(model.type[indicator], [TYPES.index(name) for name in LOG_TYPES]) & model.speaks[indicator]
    years = due - np.asarray(time)[:, None]
    rows, columns = np.nonzero(numeric & (years > 0) & ~np.isnan(np.asarray(value))[:, None])
    result = np.full(due.shape, math.nan)
    if not len(rows):
        return result
    edges = fan_quantiles(model, indicator[rows], due[rows, columns], np.array([(1 - central) / 2, (1 + central) / 2]))
    rising = model.parameters["toward"][indicator[rows], columns] >= 0
    edge = np.where(rising, edges[np.arange(len(rows)), columns, 0], edges[np.arange(len(rows)), columns, 1])
    result[rows, columns] = (edge / np.asarray(value)[rows]) ** (1 / years[rows, columns]) - 1
    return result


def contradiction_bounds(model: Model, indicator: Integers, time: Floats, tail: float) -> tuple[Floats, Floats]:
    """Return the readings below and above which each scenario would be contradicted, each (n, S) (5.4 with 3.4).

    At the onset that fits best, so the widest over the scenario's onsets; of a count, the least and greatest that would
    not be contradicted. NaN where the scenario is silent.
    """
    n_rows, n_hypotheses = len(indicator), model.n_hypotheses - 1
    repeated = np.repeat(indicator, n_hypotheses)
    hypothesis = np.tile(np.arange(n_hypotheses), n_rows)
    when = np.repeat(time, n_hypotheses)
    ends = [
        quantiles(model, repeated, hypothesis, when, np.full(len(repeated), share)).reshape(n_rows, n_hypotheses)
        for share in (tail, 1 - tail)
    ]
    ends = _counts_within(model, repeated, when, ends, tail)
    member = model.hypothesis_scenario[:n_hypotheses][None, :, None] == np.arange(model.n_scenarios)
    spoken = member & ~np.isnan(ends[0])[:, :, None]
    low = np.where(spoken, ends[0][:, :, None], np.inf).min(axis=1)
    high = np.where(spoken, ends[1][:, :, None], -np.inf).max(axis=1)
    silent = ~spoken.any(axis=1)
    return np.where(silent, np.nan, low), np.where(silent, np.nan, high)


def _counts_within(model: Model, indicator: Integers, time: Floats, ends: list[Floats], tail: float) -> list[Floats]:
    """Return the bounds (n, H) with those of counts moved inwards where half of their own mass puts them beyond."""
    rows = np.flatnonzero(model.family[indicator] == _RATE)
    if not len(rows):
        return ends
    hypothesis = rows % ends[0].shape[1]
    moved = []
    for end, inwards in zip(ends, (1, -1), strict=True):
        flat = end.ravel().copy()
        counted = blank_observations(indicator[rows], _COUNT, time[rows], value=flat[rows], exposure_end=time[rows])
        below = predictive_cdf(model, counted)[np.arange(len(rows)), hypothesis]
        flat[rows] += inwards * (np.minimum(below, 1 - below) < tail)
        moved.append(flat.reshape(end.shape))
    return moved


def silence_dates(model: Model, indicator: Integers, level: float, latest: float) -> Floats:
    """Return when S = P(not yet) falls to ``level`` at the onset that fits best, shape (n, S), years since t0 (5.4).

    To a hundredth of a month; NaN for what is not an event, does not speak, or stays above the level until ``latest``.
    """
    low = np.zeros((len(indicator), model.n_scenarios))
    high = np.full(low.shape, latest)
    spoken = (model.type[indicator] == _EVENT_BY) & model.speaks[indicator]
    reachable = spoken & (_best_survival(model, indicator, high) <= level)
    for _ in range(math.ceil(math.log2(latest / (MONTH / 100)))):
        middle = (low + high) / 2
        above = _best_survival(model, indicator, middle) > level
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(reachable, high, np.nan)


def _best_survival(model: Model, indicator: Integers, time: Floats) -> Floats:
    """Return the largest S over a scenario's onsets at a date of its own, shape (n, S)."""
    best = np.full(time.shape, np.nan)
    for scenario in range(model.n_scenarios):
        hypotheses = np.flatnonzero(model.hypothesis_scenario == scenario)
        best[:, scenario] = survival(model, indicator, time[:, scenario])[:, hypotheses].max(axis=1)
    return best


def staleness(age_days: NDArray[np.float64], max_age_days: NDArray[np.float64]) -> Floats:
    """Return 0 for a reading of today, .5 at the age at which it counts as stale, 1 for one that is missing (NaN)."""
    return np.where(np.isnan(age_days), 1.0, 1 - 0.5 ** (np.maximum(age_days, 0.0) / max_age_days))
