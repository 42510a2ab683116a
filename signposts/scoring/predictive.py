"""The likelihood ratio of every observation against the reference, for every hypothesis: all families at once.

Belongs here: sharing the rows out to their families, chunk by chunk. Not here: formulas (families/, densities.py),
pooling, weights and probabilities (combining.py), words (status.py). Shapes: n observations, H hypotheses with `other`
last. See docs/method.md.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.families import FAMILIES, NONE, REGISTRY
from signposts.scoring.families.base import Family
from signposts.scoring.model import Model
from signposts.scoring.observations import KIND, Observations, blank_observations

CHUNK_ROWS = 4096
"""Rows computed together: their columns fit the processor's cache."""


def log_lambda(model: Model, observations: Observations, threads: int = 1) -> Floats:
    """Return ln p(y | h) / p_ref(y) of every observation and hypothesis, shape (n, H).

    0 for `other` and for a scenario that is silent; never below LOG_FLOOR. An observation that is impossible under the
    reference too says nothing: 0.
    """
    return _by_family(
        model, observations, lambda family, part: family.log_ratios(model, part)[1], unspoken=0.0, threads=threads
    )


def log_density(model: Model, observations: Observations, threads: int = 1) -> Floats:
    """Return the absolute ln p(y | h), shape (n, H); a silent scenario has the density of the reference.

    Log-normal densities are those of ln y, so that units do not matter; intervals, counts, categories and `none_seen`
    have probabilities.
    """
    return _by_family(
        model, observations, lambda family, part: family.log_density(model, part), unspoken=0.0, threads=threads
    )


def predictive_cdf(model: Model, observations: Observations) -> Floats:
    """Return u = F_h(y) of every observation and hypothesis, shape (n, H).

    Mid-PIT for counts, votes and categories; the mean of F(low) and F(high) for an interval; for an event
    F(date) = 1 - S(date). A silent scenario has NaN.
    """
    return _by_family(
        model, observations, lambda family, part: family.cdf(model, part), unspoken=float("nan"), threads=1
    )


def survival(model: Model, indicator: Integers, time: Floats) -> Floats:
    """Return S_h(t) = P_h(event not yet by t), detection left aside, shape (n, H)."""
    return 1 - predictive_cdf(model, blank_observations(indicator, KIND["none_seen"], time))


def _by_family(
    model: Model,
    observations: Observations,
    compute: Callable[[Family, Observations], Floats],
    *,
    unspoken: float,
    threads: int,
) -> Floats:
    """Return what each row's family computes, shape (n, H); ``unspoken`` where no scenario speaks."""
    result = np.full((len(observations), model.n_hypotheses), unspoken)
    code = model.family[observations.indicator]

    def fill(rows: Integers) -> None:
        result[rows] = compute(REGISTRY[FAMILIES[code[rows[0]]]], observations.take(rows))

    chunks = [
        rows[at : at + CHUNK_ROWS]
        for rows in (np.flatnonzero(code == FAMILIES.index(name)) for name in FAMILIES if name != NONE)
        for at in range(0, len(rows), CHUNK_ROWS)
    ]
    if threads > 1 and len(chunks) > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, chunks))
    else:
        for chunk in chunks:
            fill(chunk)
    return result
