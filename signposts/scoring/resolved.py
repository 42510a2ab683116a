"""Scores of probabilities on scenario sets whose end is known, beside two plain rules, averaged over families.

Belongs here: proper scores, the baselines, the bootstrap, the reliability curve. Not here: how the probabilities came
about, or which sets there are (track_record.py). Probabilities are (D, S + 1): dates, named scenarios, `other` last.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from signposts.scoring.arrays import Booleans, Floats, Integers

SCORED_SHARE = 0.8
"""Of the time from publication to the last reading: what is said later is shown, not scored."""
LEAST_PROBABILITY = 1e-9
BOOTSTRAP_DRAWS = 4000
INTERVAL = (0.05, 0.95)
BINS = 10


@dataclass(frozen=True)
class ResolvedSet:
    """One set as its dates went by."""

    set_id: str
    family: str
    days: Integers
    """(D,) as-of dates as ordinals."""
    published: int
    """Day of publication as an ordinal."""
    probability: Floats
    """(D, S + 1)."""
    distance: Floats
    """(D, S) mean distance of each scenario from the readings of the date; NaN before the first."""
    closest: int
    """Index of the scenario that came closest."""
    ended_outside: bool
    """Whether what happened lay outside every scenario."""
    reading_gain: Floats
    """(D,) log density of new readings under the odds before them, less that under equal odds; NaN where none came."""

    @property
    def scored(self) -> Booleans:
        """Return which dates are scored: the first one always is."""
        last = self.published + SCORED_SHARE * (int(self.days[-1]) - self.published)
        is_scored: Booleans = self.days <= max(last, float(self.days[0]))
        return is_scored

    @property
    def n_named(self) -> int:
        """Return the number of named scenarios."""
        return int(self.probability.shape[1]) - 1


def equal_odds(resolved_set: ResolvedSet) -> Floats:
    """Return 1 / S for every named scenario at every date, and nothing for `other`."""
    result = np.full(resolved_set.probability.shape, 1 / resolved_set.n_named)
    result[:, -1] = 0.0
    return result


def nearest_by_last_value(resolved_set: ResolvedSet, share: float) -> Floats:
    """Return `share` for the scenario nearest to the date's readings, the rest shared out; equal odds before any."""
    result = equal_odds(resolved_set)
    measured = ~np.isnan(resolved_set.distance).any(axis=1)
    result[measured, :-1] = (1 - share) / max(resolved_set.n_named - 1, 1)
    result[measured, np.argmin(resolved_set.distance[measured], axis=1)] = share
    return result


def log_score(resolved_set: ResolvedSet, probability: Floats) -> float:
    """Return the mean ln P(closest) over the scored dates."""
    said = probability[resolved_set.scored, resolved_set.closest]
    return float(np.log(np.maximum(said, LEAST_PROBABILITY)).mean())


def end_log_score(resolved_set: ResolvedSet, probability: Floats) -> float:
    """Return the mean ln P of what came: of `other` where the set ended outside every scenario."""
    said = probability[resolved_set.scored, -1 if resolved_set.ended_outside else resolved_set.closest]
    return float(np.log(np.maximum(said, LEAST_PROBABILITY)).mean())


def brier(resolved_set: ResolvedSet, probability: Floats) -> float:
    """Return the mean over the scored dates of sum (P(s) - [s is the closest])^2 over the scenarios and `other`."""
    came = np.zeros(resolved_set.n_named + 1)
    came[resolved_set.closest] = 1.0
    return float(((probability[resolved_set.scored] - came) ** 2).sum(axis=1).mean())


def hit(resolved_set: ResolvedSet, probability: Floats) -> float:
    """Return the share of scored dates on which the most probable scenario is the closest; a tie counts in part."""
    said = probability[resolved_set.scored]
    best = said >= said.max(axis=1, keepdims=True) - 1e-12
    return float((best[:, resolved_set.closest] / best.sum(axis=1)).mean())


def next_reading(resolved_set: ResolvedSet) -> float:
    """Return the mean gain in log density of new readings over equal odds; it knows no closest scenario."""
    return float(np.nanmean(resolved_set.reading_gain)) if not np.isnan(resolved_set.reading_gain).all() else 0.0


def time_to_lead(resolved_set: ResolvedSet) -> float:
    """Return the share of the window after which the closest scenario leads for good; NaN where it does not."""
    leads = resolved_set.probability[:, :-1].argmax(axis=1) == resolved_set.closest
    if not leads[-1]:
        return math.nan
    lost = np.flatnonzero(~leads)
    first = int(lost[-1]) + 1 if len(lost) else 0
    return float((resolved_set.days[first] - resolved_set.published) / (resolved_set.days[-1] - resolved_set.published))


def by_family(sets: Sequence[ResolvedSet], values: Sequence[float]) -> dict[str, float]:
    """Return the mean of each family's sets: sets of one publication are nearly one observation."""
    grouped: dict[str, list[float]] = {}
    for resolved_set, value in zip(sets, values, strict=True):
        grouped.setdefault(resolved_set.family, []).append(value)
    return {family: float(np.mean(scores)) for family, scores in grouped.items()}


def bootstrap_interval(families: Mapping[str, float], seed: int) -> tuple[float, float, float]:
    """Return the mean over families and its 90 % bootstrap interval; families are drawn, not dates."""
    values = np.array(list(families.values()))
    generator = np.random.Generator(np.random.PCG64(seed))
    means = values[generator.integers(0, len(values), (BOOTSTRAP_DRAWS, len(values)))].mean(axis=1)
    low, high = np.quantile(means, INTERVAL)
    return float(values.mean()), float(low), float(high)


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """What was said between two probabilities, and how often it was right."""

    low: float
    n: int
    n_sets: int
    said: float
    came: float
    came_low: float
    """5th percentile of `came` over families drawn anew."""
    came_high: float


def reliability_curve(
    sets: Sequence[ResolvedSet], probabilities: Sequence[Floats], seed: int = 0
) -> list[ReliabilityBin]:
    """Return the bins of the reliability curve over scored dates and scenarios, `other` included."""
    set_families = [resolved_set.family for resolved_set in sets]
    families = sorted(set(set_families))
    counts, hits, sums = (np.zeros((len(sets), BINS)) for _ in range(3))
    for row, (resolved_set, probability) in enumerate(zip(sets, probabilities, strict=True)):
        said = probability[resolved_set.scored]
        right = np.zeros(said.shape)
        right[:, resolved_set.closest] = 1.0
        place = np.minimum((said * BINS).astype(int), BINS - 1).ravel()
        for into, weight in ((counts, None), (hits, right.ravel()), (sums, said.ravel())):
            into[row] = np.bincount(place, weights=weight, minlength=BINS)
    member = np.array([[name == family for name in set_families] for family in families], dtype=np.float64)
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = generator.integers(0, len(families), (BOOTSTRAP_DRAWS, len(families)))
    n_drawn, hits_drawn = ((member @ part)[drawn].sum(axis=1) for part in (counts, hits))
    bins = []
    for number in np.flatnonzero(counts.sum(axis=0)):
        some = n_drawn[:, number] > 0
        low, high = np.quantile(hits_drawn[some, number] / n_drawn[some, number], INTERVAL)
        n = counts[:, number].sum()
        bins.append(
            ReliabilityBin(
                low=number / BINS,
                n=int(n),
                n_sets=int((counts[:, number] > 0).sum()),
                said=float(sums[:, number].sum() / n),
                came=float(hits[:, number].sum() / n),
                came_low=float(low),
                came_high=float(high),
            )
        )
    return bins
