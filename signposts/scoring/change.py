"""What changed: the move of each scenario's probability split exactly over the pieces of evidence that moved.

Belongs here: the split of one move over pieces (docs/method.md, 5.5). Not here: which pieces there are and what caused
them.
"""

import numpy as np

from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.combining import hypothesis_prior
from signposts.scoring.model import Model

NODES = 24
LARGEST_STEP = 2.0
"""Evidence is walked in legs of at most this much on the log scale, so that the quadrature is exact to rounding."""


def scenario_shares(log_joint: Floats, scenario: Integers, n_scenarios: int) -> Floats:
    """Return P(s) from the hypotheses' log joint probabilities, shape (H,) to (S,)."""
    share = np.exp(log_joint - log_joint.max())
    totals: Floats = np.bincount(scenario, weights=share / share.sum(), minlength=n_scenarios).astype(np.float64)
    return totals


def strand_scenarios(model: Model) -> Integers:
    """Return the scenario of each strand, shape (2 N,): N named hypotheses, and again as what `other` is made of."""
    named = model.hypothesis_scenario[:-1]
    return np.concatenate([named, np.full(len(named), model.n_scenarios)])


def strand_priors(model: Model, prior: Floats) -> Floats:
    """Return the log prior of each strand, shape (2 N,); prior (S + 1,), `other` last."""
    named = hypothesis_prior(prior, model.hypothesis_scenario, model.onset_weight)[:-1]
    return np.concatenate([named, named + np.log(prior[-1]) - np.log1p(-prior[-1])])


def split_move(start: Floats, moves: Floats, scenario: Integers, n_scenarios: int) -> Floats:
    """Return each piece's part of each scenario's move, shape (K, S); the parts of a scenario add up to its move.

    ``start`` (H,) is the log joint before, ``moves`` (K, H) what each piece adds to it. The part of a piece is the
    integral of its own effect along the straight way from before to after (Aumann and Shapley 1974), which depends on
    no order of the pieces; a rounding remainder goes to the pieces in proportion to their size.
    """
    if len(moves) == 0:
        return np.zeros((0, n_scenarios))
    legs = max(1, int(np.ceil(np.ptp(moves.sum(axis=0)) / LARGEST_STEP)))
    points, weights = np.polynomial.legendre.leggauss(NODES)
    total = moves.sum(axis=0)
    membership = np.eye(n_scenarios)[scenario]
    parts = np.zeros((len(moves), n_scenarios))
    for leg in range(legs):
        for point, weight in zip(points, weights, strict=True):
            position = (leg + (point + 1) / 2) / legs
            log_joint = start + position * total
            share = np.exp(log_joint - log_joint.max())
            share /= share.sum()
            gradient = share[:, None] * (membership - share @ membership)
            parts += weight / 2 / legs * (moves @ gradient)
    return _exact(parts, start, total, scenario, n_scenarios)


def _exact(parts: Floats, start: Floats, total: Floats, scenario: Integers, n_scenarios: int) -> Floats:
    """Return the parts with the rounding remainder handed out, so that they add up to the move."""
    move = scenario_shares(start + total, scenario, n_scenarios) - scenario_shares(start, scenario, n_scenarios)
    size = np.abs(parts)
    scale = size.sum(axis=0)
    remainder = move - parts.sum(axis=0)
    exact: Floats = parts + np.divide(size, scale, out=np.zeros_like(size), where=scale > 0) * remainder
    return exact
