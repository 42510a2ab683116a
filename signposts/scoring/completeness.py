"""Completeness of a list: the share of the events that a search would have found, estimated by recapture.

Belongs here: the distribution of that share as nodes and weights. Not here: which search stands (observe), or what a
count then says (predictive.py).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from signposts.scoring.arrays import Floats

RECAPTURE_NODES = 2
REACH_NODES = 3
NODES = RECAPTURE_NODES * RECAPTURE_NODES * REACH_NODES


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
    points, weights = special.roots_legendre(REACH_NODES)
    low, high = reach
    c, wc = low + (high - low) * (points + 1) / 2, weights / 2
    found = 1 - np.multiply.outer(1 - p1, 1 - p2)
    q = np.multiply.outer(found, c).ravel()
    weight = np.multiply.outer(np.multiply.outer(w1, w2), wc).ravel()
    return Completeness(q, weight)


def _beta_nodes(a: float, b: float) -> tuple[Floats, Floats]:
    """Return Gauss-Jacobi nodes on (0, 1) and weights that sum to 1, for averages over Beta(a, b)."""
    points, weights = special.roots_jacobi(RECAPTURE_NODES, b - 1, a - 1)
    return (points + 1) / 2, weights / weights.sum()
