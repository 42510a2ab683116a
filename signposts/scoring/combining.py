"""From likelihood ratios to probabilities: pooling, chains, shared luck, `other`, posterior, decibans.

Belongs here: everything that weighs evidence. Not here: where a likelihood ratio comes from (predictive.py). The run
computes the same with sql/assess; these functions are what it is tested against, and what simulation uses.
Leading axes (dates, worlds, draws) broadcast: `...` below. I indicators, H hypotheses with `other` last, N = H - 1
named ones, G groups, S scenarios.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from signposts.scoring.arrays import Booleans, Floats, Integers

DECIBANS_PER_NAT = 10 / math.log(10)
PLACE_EDGE = 1e-9
"""A place in the fan is read as this close to the edge: its normal quantile stays finite."""


# ---- one reading


@dataclass(frozen=True)
class Pool:
    """How n observations make R readings; each array (n,).

    A reading is a chain of links, the newest first; the observations of one link are pooled. What a link leaves
    unbelieved falls to the link before it.
    """

    reading: Integers
    position: Integers
    """1 for the newest link."""
    weight: Floats
    """Share in its link; sums to 1."""
    reliability: Floats
    falls_back: Booleans
    """Whether what is left unbelieved falls to the older link; if not, it says nothing."""


def pooled_ratios(log_lambda: Floats, pool: Pool, n_readings: int) -> Floats:
    """Return l = ln v_1 of every reading, shape (R, H); log_lambda is (n, H).

    v_j = sum_k omega_k (r_k Lambda_k + (1 - r_k) v_older), with 1 for v_older where there is no older link.
    """
    result: Floats = np.log(_chained(np.exp(log_lambda), pool, n_readings, 1.0))
    return result


def pooled_places(place: Floats, pool: Pool, n_readings: int) -> Floats:
    """Return u of every reading, shape (R, H): the same chain, with a half where nothing is believed."""
    return _chained(place, pool, n_readings, 0.5)


def _chained(values: Floats, pool: Pool, n_readings: int, unbelieved: float) -> Floats:
    """Return the value of each reading's chain, shape (R, columns), from the oldest link to the newest."""
    chain = np.full((n_readings, values.shape[1]), unbelieved)
    for position in range(int(pool.position.max(initial=1)), 0, -1):
        rows = np.flatnonzero(pool.position == position)
        if not len(rows):
            continue
        reading = pool.reading[rows]
        older = np.where(pool.falls_back[rows, None], chain[reading], unbelieved)
        reliability = pool.reliability[rows, None]
        parts = pool.weight[rows, None] * (reliability * values[rows] + (1 - reliability) * older)
        total = np.zeros_like(chain)
        np.add.at(total, reading, parts)
        spoken = np.bincount(reading, minlength=n_readings) > 0
        chain = np.where(spoken[:, None], total, chain)
    return chain


def plain_pool(reading: Integers, weight: Floats, reliability: Floats) -> Pool:
    """Return the pool of observations that are one link each reading."""
    size = len(reading)
    return Pool(reading, np.ones(size, dtype=np.int64), weight, reliability, np.zeros(size, dtype=np.bool_))


def luck_scores(place: Floats, orientation: Floats | Integers) -> Floats:
    """Return z = o Phi^-1(u), of any shape; ``orientation`` broadcasts against ``place``.

    o is 1 where a higher place is more cooperation, else -1.
    """
    result: Floats = orientation * ndtri(np.clip(place, PLACE_EDGE, 1 - PLACE_EDGE))
    return result


# ---- all readings


def shared_luck(z: Floats, member: Booleans, group: Integers, rho: Floats) -> Floats:
    """Return c_g(h), shape (..., G, N), of z (..., I, N); only members count, fewer than two have none.

    c = -1/2 [(n-1) ln(1-rho) + ln(1+(n-1) rho)] - 1/2 rho/(1-rho) [Q - T^2 / (1+(n-1) rho)], T the sum of the z, Q that
    of their squares: the log density of a Gaussian copula with one correlation.
    """
    inside = (group[:, None] == np.arange(len(rho))[None, :]).astype(np.float64)
    counted = np.where(member[..., None], z, 0.0)
    n = member.astype(np.float64) @ inside
    total = np.einsum("...in,ig->...gn", counted, inside)
    squares = np.einsum("...in,ig->...gn", counted**2, inside)
    return luck_of_sums(n[..., None], total, squares, rho[:, None])


def luck_of_sums(n: Floats, total: Floats, squares: Floats, rho: Floats) -> Floats:
    """Return c from the number of members, the sum of their z and of its squares; all broadcast."""
    spread = 1 + (n - 1) * rho
    size = (n - 1) * np.log1p(-rho) + np.log(np.where(n > 1, spread, 1.0))
    luck = -0.5 * size - 0.5 * rho / (1 - rho) * (squares - total**2 / np.where(n > 1, spread, 1.0))
    return np.where(n > 1, luck, 0.0)


def evidence_weights(decisive: Booleans, has_reading: Booleans, ordinary: float, defining: float) -> Floats:
    """Return f_i of any shape: ``defining`` for a defining event that has happened; 0 without a reading."""
    return np.where(has_reading, np.where(decisive, defining, ordinary), 0.0)


def hypothesis_prior(prior: Floats, hypothesis_scenario: Integers, onset_weight: Floats) -> Floats:
    """Return ln pi_s + ln omega(tau | s), shape (..., H); prior (..., S + 1) with `other` last."""
    with np.errstate(divide="ignore"):
        return np.log(np.asarray(prior, dtype=np.float64)[..., hypothesis_scenario]) + np.log(onset_weight)


def log_joint(log_prior: Floats, evidence: Floats, contaminated: Floats) -> Floats:
    """Return ln P(h, D) up to a constant, shape (..., H), `other` last.

    log_prior (..., H); evidence and contaminated (..., N): sum f_i l_i + kappa sum c_g, of plain and of contaminated
    ratios. `other` is a world in which a named hypothesis holds, but a share of the readings comes from nowhere:
    pi_0 sum_h (pi_h / (1 - pi_0)) exp(contaminated_h).
    """
    named = log_prior[..., :-1]
    with np.errstate(invalid="ignore"):
        mixture = np.logaddexp.reduce(named + contaminated, axis=-1) - np.logaddexp.reduce(named, axis=-1)
    other = (log_prior[..., -1] + mixture)[..., None]
    return np.concatenate([named + evidence, np.broadcast_to(other, (*evidence.shape[:-1], 1))], axis=-1)


def posterior(joint: Floats) -> Floats:
    """Return P(h | D), shape (..., H), from ln P(h, D)."""
    share = np.exp(joint - joint.max(axis=-1, keepdims=True))
    result: Floats = share / share.sum(axis=-1, keepdims=True)
    return result


def by_scenario(hypothesis_probability: Floats, hypothesis_scenario: Integers, n_scenarios: int) -> Floats:
    """Return P(s | D) = sum over onsets, shape (..., S + 1) with `other` last."""
    member = hypothesis_scenario[:, None] == np.arange(n_scenarios + 1)[None, :]
    result: Floats = hypothesis_probability @ member.astype(np.float64)
    return result


def scenario_log_likelihood(
    log_ratio: Floats, hypothesis_scenario: Integers, onset_weight: Floats, n_scenarios: int
) -> Floats:
    """Return ln sum_tau omega(tau | s) e^l(s, tau), shape (..., S + 1): evidence with the onset summed out."""
    log_weight = np.log(onset_weight)
    columns = [
        np.logaddexp.reduce((log_ratio + log_weight)[..., hypothesis_scenario == scenario], axis=-1)
        for scenario in range(n_scenarios + 1)
    ]
    return np.stack(columns, axis=-1)
