"""Quantiles of mixtures of a family's columns.

Belongs here: halving a bracket, and the bracket itself. Not here: the distribution functions of the families.
"""

import math
from collections.abc import Callable

import numpy as np

from signposts.scoring.arrays import Floats

STEPS = 55
"""Halvings of a bracket at most."""
EXACT = 1e-14
"""Relative width at which a bracket is narrow enough."""


def bisect(low: Floats, high: Floats, share: Floats, cdf: Callable[[Floats], Floats], steps: int = STEPS) -> Floats:
    """Return x with cdf(x) = share between low and high, all of one shape."""
    for _ in range(steps):
        if not (high - low > EXACT * np.abs(high)).any():
            break
        middle = (low + high) / 2
        under = cdf(middle) < share
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return high


def between(single: Callable[[Floats, int], Floats], weights: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Return the least and greatest quantile among the parts of a mixture: its own lies between, (n, Q)."""
    low, high = np.full(share.shape, np.inf), np.full(share.shape, -np.inf)
    for column in np.flatnonzero((weights > 0).any(axis=0)):
        counts = weights[:, column, None] > 0
        quantile = single(share, int(column))
        low = np.where(counts, np.minimum(low, quantile), low)
        high = np.where(counts, np.maximum(high, quantile), high)
    silent = low > high
    return np.where(silent, math.nan, low), np.where(silent, math.nan, high)


def mixed(weights: Floats, single: Callable[[Floats, int], Floats], x: Floats) -> Floats:
    """Return the mixture's distribution function at x (n, Q)."""
    total = np.zeros(x.shape)
    for column in np.flatnonzero((weights > 0).any(axis=0)):
        part = weights[:, column, None]
        total += np.where(part > 0, part * single(x, int(column)), 0.0)
    return total
