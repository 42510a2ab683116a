"""The likelihood ratio of every observation against the reference, for every hypothesis: all families at once.

Belongs here: sharing the rows out to their families, chunk by chunk. Not here: formulas (families/, densities.py),
pooling, weights and probabilities (combining.py), words (status.py). Shapes: n observations, H hypotheses with `other`
last. See docs/method.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.combining import luck_scores
from signposts.scoring.families import FAMILIES, REGISTRY
from signposts.scoring.families.base import LOG_FLOOR, Family, Likelihood
from signposts.scoring.model import Model
from signposts.scoring.observations import KIND, Observations, blank_observations
from signposts.scoring.outcomes import CellEvidence

CHUNK_ROWS = 4096
"""Rows computed together: their columns fit the processor's cache."""


def likelihood(model: Model, observations: Observations) -> Likelihood:
    """Return the ratios against the reference, plain and contaminated, and the place in each fan, rows as given.

    An observation on which no scenario speaks says nothing: ratio 1, no place.
    """
    shape = (len(observations), model.n_hypotheses)
    result = Likelihood(
        np.zeros(shape[0]), np.zeros(shape), np.zeros(shape), np.zeros(shape[0]), np.full(shape, math.nan)
    )
    for family, rows in _chunks(model, observations):
        part = family.likelihood(model, observations.take(rows))
        for name, whole in vars(result).items():
            whole[rows] = getattr(part, name)
    return result


def single_evidence(model: Model, observations: Observations, reliability: float) -> CellEvidence:
    """Return what each observation alone would say of its indicator, a row each."""
    likelihoods = likelihood(model, observations)
    indicator = observations.indicator
    happened = observations.kind == KIND["event"]
    is_defining = happened & (model.defines[indicator] >= 0)
    place = reliability * likelihoods.place + (1 - reliability) / 2
    z = luck_scores(place, model.luck_orientation(indicator)[:, None])
    z[~model.speaks[indicator].all(axis=1) | is_defining] = math.nan
    log_ratio, contaminated = (
        np.log(reliability * np.exp(ratio) + 1 - reliability)
        for ratio in (likelihoods.log_ratio, likelihoods.log_ratio_contaminated)
    )
    return CellEvidence(log_ratio, contaminated, z, is_defining)


def log_lambda(model: Model, observations: Observations) -> Floats:
    """Return ln p(y | h) / p_ref(y) of every observation and hypothesis, shape (n, H).

    0 for `other`; never below LOG_FLOOR. An observation that is impossible under the reference too says nothing: 0.
    """
    return likelihood(model, observations).log_ratio


def log_density(model: Model, observations: Observations) -> Floats:
    """Return the absolute ln p(y | h), shape (n, H).

    Log-normal densities are those of ln y, so that units do not matter; intervals, counts, categories and `none_seen`
    have probabilities.
    """
    likelihoods = likelihood(model, observations)
    return np.maximum(likelihoods.log_reference[:, None] + likelihoods.log_ratio, LOG_FLOOR)


def predictive_cdf(model: Model, observations: Observations) -> Floats:
    """Return u = F_h(y) of every observation and hypothesis, shape (n, H).

    Mid-PIT for counts, votes and categories; the mean of F(low) and F(high) for an interval; for an event
    F(date) = 1 - S(date). A silent scenario has NaN.
    """
    result = np.full((len(observations), model.n_hypotheses), math.nan)
    for family, rows in _chunks(model, observations):
        result[rows] = family.cdf(model, observations.take(rows))
    return result


def survival(model: Model, indicator: Integers, time: Floats) -> Floats:
    """Return S_h(t) = P_h(event not yet by t), detection left aside, shape (n, H)."""
    return 1 - predictive_cdf(model, blank_observations(indicator, KIND["none_seen"], time))


def _chunks(model: Model, observations: Observations) -> Iterator[tuple[Family, Integers]]:
    """Yield each family with rows of its own, few enough to be computed together."""
    code = model.family[observations.indicator]
    for name, family in REGISTRY.items():
        rows = np.flatnonzero(code == FAMILIES.index(name))
        for at in range(0, len(rows), CHUNK_ROWS):
            yield family, rows[at : at + CHUNK_ROWS]
