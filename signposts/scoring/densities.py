"""Densities and distribution functions of the predictive families, on plain arrays.

Belongs here: one formula a function, broadcasting, natural logs. Not here: scenarios, onsets or the reference
(predictive.py).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc, betaln, gammaln, log_ndtr, logsumexp, ndtr

Floats = NDArray[np.float64]

LOG_ROOT_TWO_PI = 0.5 * math.log(2 * math.pi)
SHARE_EDGE = 1e-4
"""A share of exactly 0 or 1 is read as this close to the edge, where a beta density may be 0 or infinite."""


def normal_log_density(x: Floats, mean: Floats, sd: Floats) -> Floats:
    """Return the log density of N(mean, sd^2) at x: that of a log-normal reading on the log scale (3.2)."""
    z = (x - mean) / sd
    return -0.5 * z * z - np.log(sd) - LOG_ROOT_TWO_PI


def normal_log_mass(low: Floats, high: Floats, mean: Floats, sd: Floats) -> Floats:
    """Return ln(F(high) - F(low)) of N(mean, sd^2), exact in both tails; ends may be infinite (3.1, interval)."""
    a, b = (low - mean) / sd, (high - mean) / sd
    upper = a > 0  # above the mean the mirrored interval keeps the digits
    a, b = np.where(upper, -b, a), np.where(upper, -a, b)
    log_b = log_ndtr(b)
    return log_b + log_one_minus_exp(log_b - log_ndtr(a))


def log_one_minus_exp(x: Floats) -> Floats:
    """Return ln(1 - e^-x) for x >= 0 without loss of digits; -inf at 0."""
    with np.errstate(divide="ignore"):
        return np.where(x < math.log(2), np.log(-np.expm1(-x)), np.log1p(-np.exp(-x)))


def beta_log_density(y: Floats, a: Floats, b: Floats) -> Floats:
    """Return the log density of Beta(a, b) at a share y; 0 and 1 are read as SHARE_EDGE from the edge (3.2)."""
    y = np.clip(y, SHARE_EDGE, 1 - SHARE_EDGE)
    return (a - 1) * np.log(y) + (b - 1) * np.log1p(-y) - betaln(a, b)


def beta_log_mass(low: Floats, high: Floats, a: Floats, b: Floats) -> Floats:
    """Return ln(F(high) - F(low)) of Beta(a, b) over a share interval, exact in both tails."""
    low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
    under = betainc(a, b, low)
    mass = betainc(a, b, high) - under
    upper = under > 0.5
    if upper.any():
        parts = np.broadcast_arrays(low, high, a, b)
        low, high, a, b = (part[upper] for part in parts)
        mass[upper] = betaincc(a, b, low) - betaincc(a, b, high)
    with np.errstate(divide="ignore"):
        result: Floats = np.log(np.maximum(mass, 0.0))
    return result


def beta_binomial_log_mass(k: Floats, n: Floats, a: Floats, b: Floats) -> Floats:
    """Return ln P(k of n) under BetaBinomial(n, a, b)."""
    result: Floats = -np.log1p(n) - betaln(n - k + 1, k + 1) + betaln(k + a, n - k + b) - betaln(a, b)
    return result


def negative_binomial_log_mass(count: Floats, mean: Floats, shape: Floats) -> Floats:
    """Return ln P(N = count) for a Gamma-Poisson count with the given mean and shape a = 1 / cv^2.

    With mean = mu E this is NegBin(a, b / (b + E)), b = a / mu (3.2, rate).
    """
    return _log_ways(count, shape) + _log_chance(count, mean, shape)


def thinned_negative_binomial_log_mass(
    count: Floats, mean: Floats, shape: Floats, nodes: Floats, weights: Floats
) -> Floats:
    """Return ln P(N = count) where a list holds a share of what happened; that share has nodes and weights (n, K)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.log(weights).T[:, :, None] + _log_chance(count, nodes.T[:, :, None] * mean, shape)
        result: Floats = _log_ways(count, shape) + logsumexp(parts, axis=0)
    return result


def _log_ways(count: Floats, shape: Floats) -> Floats:
    return gammaln(count + shape) - gammaln(shape) - gammaln(count + 1)


def _log_chance(count: Floats, mean: Floats, shape: Floats) -> Floats:
    # 0 ln 0 is 0: no events are certain where none are expected
    power = np.where(count > 0, count * np.log(np.maximum(mean / (shape + mean), 1e-300)), 0.0)
    return shape * np.log(shape / (shape + mean)) + power


def negative_binomial_cdf(count: Floats, mean: Floats, shape: Floats) -> Floats:
    """Return P(N <= count) of the same count; 0 below 0."""
    at = np.floor(count)
    inside = betainc(shape, np.maximum(at, 0.0) + 1, shape / (shape + mean))
    return np.where(at < 0, 0.0, inside)


def negative_binomial_log_interval(low: Floats, high: Floats, mean: Floats, shape: Floats) -> Floats:
    """Return ln P(low <= N <= high) over whole numbers."""
    first = np.ceil(low) - 1
    upper = betaincc(shape, np.maximum(first, 0.0) + 1, shape / (shape + mean))
    above = np.where(first < 0, 1.0, upper)
    at = np.where(np.isfinite(high), np.floor(high), 0.0)
    beyond = np.where(np.isfinite(high), betaincc(shape, np.maximum(at, 0.0) + 1, shape / (shape + mean)), 0.0)
    with np.errstate(divide="ignore"):
        result: Floats = np.log(np.maximum(above - beyond, 0.0))
    return result


def cumulative_hazard(time: Floats, cumulative: Floats, start: Floats, span: Floats, shape: Floats) -> Floats:
    """Return H(t) = cumulative ((t - start)+ / span)^shape, cumulative = -ln(1 - p) (3.2, event_by)."""
    return cumulative * (np.maximum(time - start, 0.0) / span) ** shape


def log_hazard(time: Floats, cumulative: Floats, start: Floats, span: Floats, shape: Floats) -> Floats:
    """Return ln H'(t); -inf before the start."""
    since = (time - start) / span
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.log(cumulative * shape / span) + np.where(shape == 1, 0.0, (shape - 1) * np.log(since))
    return np.where(since < 0, -np.inf, inside)


def normal_cdf(x: Floats, mean: Floats, sd: Floats) -> Floats:
    """Return F(x) of N(mean, sd^2)."""
    result: Floats = ndtr((x - mean) / sd)
    return result


def solve_threshold_mean(value: float, p_beyond: float, concentration: float, op: str = ">=") -> float:
    """Return m such that Y ~ Beta(m n, (1 - m) n) lies beyond `value` with probability p_beyond (3.2, threshold)."""
    if op not in (">=", ">", "<=", "<"):
        raise ValueError(f"op {op!r} is not one of >=, >, <=, <")
    above = p_beyond if op.startswith(">") else 1 - p_beyond

    low, high = 0.0, 1.0
    # Bisection: the probability above rises with the mean, and 53 halvings reach the last bit.
    for _ in range(53):
        mean = (low + high) / 2
        if betaincc(mean * concentration, (1 - mean) * concentration, value) < above:
            low = mean
        else:
            high = mean
    return (low + high) / 2
