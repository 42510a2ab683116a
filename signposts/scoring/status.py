"""Words for numbers: status words, cells of the evidence matrix, strength of evidence, probability words.

Belongs here: every place where a number becomes a word (docs/method.md, 3.4 and 5.1). Not here: the numbers. A word is
never turned back into a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.families import FAMILIES, REGISTRY
from signposts.scoring.families.words import ON_TRACK, Cases
from signposts.scoring.model import Model, with_one_later_onset
from signposts.scoring.observations import KINDS, Observations, latest_date
from signposts.scoring.predictive import log_density, predictive_cdf

Words = NDArray[np.object_]

NO_DATA, NO_PREDICTION = "no data", "no prediction"


_EVENT, _ORDINAL = FAMILIES.index("event"), FAMILIES.index("ordinal")
_HAPPENED = KINDS.index("event")


@dataclass(frozen=True)
class Status:
    """Status word and fit of R readings under S named scenarios, both (R, S).

    fit is u = F(reading) at the onset that fits best; for an event that has not happened, the chance of not yet; NaN
    where there is no reading or no prediction.
    """

    word: Words
    fit: Floats


@dataclass(frozen=True)
class Readings:
    """R readings, and which reading each of n observations is pooled into."""

    indicator: Integers
    """(R,)"""
    time: Floats
    """(R,) date of the reading in years since t0: the newest of its observations; NaN where there is none."""
    bits: Floats
    """(R,) information the indicator carries at that date (5.2)."""
    of_observation: Integers
    """(n,) index of the reading."""
    pool_weight: Floats
    """(n,) share of the observation in the pool; sums to 1 per reading."""


def status(model: Model, observations: Observations, readings: Readings, thresholds: Mapping[str, float]) -> Status:
    """Return the status word of every reading under every named scenario (docs/method.md, 3.4).

    thresholds is the mapping of tracker.yaml. An event counts as happened where observations with at least half of the
    pool's weight say so.
    """
    n_readings, n_named = len(readings.indicator), model.n_scenarios
    family = model.family[readings.indicator]
    has_observations = np.bincount(readings.of_observation, minlength=n_readings) > 0
    said_happened = _pooled(readings, (observations.kind == _HAPPENED).astype(np.float64)[:, None], n_readings)[:, 0]
    happened = (family == _EVENT) & (said_happened >= 0.5)
    # of an event, only the observations that agree with the reading say how well it fits
    agrees = (family[readings.of_observation] != _EVENT) | (
        (observations.kind == _HAPPENED) == happened[readings.of_observation]
    )
    model = with_one_later_onset(model, latest_date(observations))
    below = predictive_cdf(model, observations)
    u = _pooled(readings, below, n_readings, agrees)
    p = _pooled(readings, np.exp(log_density(model, observations)), n_readings, agrees)

    is_event, is_ordinal = (family == _EVENT)[:, None], (family == _ORDINAL)[:, None]
    two_sided = np.minimum(u, 1 - u)
    closeness = np.where(is_ordinal, p, np.where(is_event, np.where(happened[:, None], u, 1 - u), two_sided))
    ranked = np.where(np.isnan(closeness), -np.inf, closeness)
    onsets = [np.flatnonzero(model.hypothesis_scenario == scenario) for scenario in range(n_named)]
    best = np.stack([hypotheses[np.argmax(ranked[:, hypotheses], axis=1)] for hypotheses in onsets], axis=1)
    u = np.take_along_axis(u, best, axis=1)
    p = np.take_along_axis(p, best, axis=1)
    fit = np.where(is_event & ~happened[:, None], 1 - u, u)

    speaks = model.speaks[readings.indicator]
    shown = has_observations[:, None] & speaks
    cases = Cases(model, readings.indicator, readings.time, readings.bits, u, p, happened, dict(thresholds))
    word = np.full((n_readings, n_named), ON_TRACK, dtype=object)
    for name, registered in REGISTRY.items():
        table = registered.words(cases)
        family_word = np.select([condition for condition, _ in table], [said for _, said in table], default=ON_TRACK)
        word = np.where((family == FAMILIES.index(name))[:, None], family_word, word)
    word = np.where(has_observations[:, None], word, NO_DATA)
    word = np.where(speaks, word, NO_PREDICTION)
    return Status(word.astype(object), np.where(shown, fit, np.nan))


def _pooled(readings: Readings, values: Floats, n_readings: int, counts: Booleans | None = None) -> Floats:
    """Return the pool-weighted mean of the observations' values that count, shape (R, columns); NaN where none does."""
    weight = readings.pool_weight if counts is None else np.where(counts, readings.pool_weight, 0.0)
    total = np.zeros((n_readings, values.shape[1]))
    np.add.at(total, readings.of_observation, weight[:, None] * values)
    size = np.bincount(readings.of_observation, weights=weight, minlength=n_readings)[:, None]
    with np.errstate(invalid="ignore"):
        result: Floats = np.where(size > 0, total / np.where(size > 0, size, 1.0), np.nan)
    return result
