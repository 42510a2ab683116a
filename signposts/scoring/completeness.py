"""Completeness of a list: the share of the events that a search would have found, estimated by recapture.

Belongs here: the distribution of that share as nodes and weights. Not here: which search stands (observe), or what a
count then says (predictive.py).
"""

import math
from dataclasses import dataclass

import numpy as np

from signposts.scoring.arrays import Floats

LEGENDRE_POINTS = math.sqrt(0.6) * np.array([-1.0, 0.0, 1.0])
LEGENDRE_WEIGHTS = np.array([5.0, 8.0, 5.0]) / 18
NODES = 12
"""Two each for the list's and the search's share, three for the reach."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Nodes q and weights, both of shape (12,); the weights sum to 1."""

    q: Floats
    weight: Floats

    @property
    def mean(self) -> float:
        """Return the expected share."""
        return float(self.weight @ self.q)


def list_completeness(n_known: int, n_found: int, n_both: int, reach: tuple[float, float]) -> Completeness:
    """Return the distribution of q = c (1 - (1 - p1)(1 - p2)) after one recapture (method2.md, M5.3 and M5.4).

    n_known events stood on the list before, n_found were found by a search that did not ask for them by name, n_both
    are both. p1 ~ Beta(1 + n_both, 1 + n_found - n_both) is the list's share, p2 ~ Beta(1 + n_both, 1 + n_known -
    n_both) the search's, c ~ U(reach) the share that neither could see. Averages over the 12 nodes (Gauss-Jacobi for
    p1 and p2, Gauss-Legendre for c) are exact for the mean of q.
    """
    p1, w1 = _beta_nodes(1 + n_both, 1 + n_found - n_both)
    p2, w2 = _beta_nodes(1 + n_both, 1 + n_known - n_both)
    low, high = reach
    c, wc = (low + high) / 2 + (high - low) / 2 * LEGENDRE_POINTS, LEGENDRE_WEIGHTS
    union = 1 - np.multiply.outer(1 - p1, 1 - p2)
    q = np.multiply.outer(union, c).ravel()
    weight = np.multiply.outer(np.multiply.outer(w1, w2), wc).ravel()
    return Completeness(q, weight)


def _beta_nodes(a: float, b: float) -> tuple[Floats, Floats]:
    """Return the two Gauss-Jacobi nodes on (0, 1) and their weights, for averages over Beta(a, b).

    Two nodes that keep the first three moments: with mean m, standard deviation s and skewness 2 g they lie at
    m + s (g -+ h), h = sqrt(1 + g^2). Written out, it spares the import of scipy.linalg, a tenth of a second.
    """
    sd = math.sqrt(a * b / (a + b + 1)) / (a + b)
    half_skew = (b - a) * math.sqrt(a + b + 1) / ((a + b + 2) * math.sqrt(a * b))
    height = math.hypot(1, half_skew)
    sides = np.array([-1.0, 1.0])
    return a / (a + b) + sd * (half_skew + sides * height), (1 - sides * half_skew / height) / 2
