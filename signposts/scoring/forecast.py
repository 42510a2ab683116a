"""Forecasts of single indicators given what was last read of them, and the scores of forecasts that have fallen due.

Belongs here: how a hypothesis goes on from a reading, mixtures over hypotheses, quantiles, proper scores. Not here:
which forecasts are made and when they are frozen (assess/forecasts.py), or how hypotheses are weighed (combining.py).
Mixtures have weights (..., C) that sum to 1; C components are the hypotheses and, for `other`, the yardstick.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from signposts.scoring.arrays import Floats

LEAST_PROBABILITY = 1e-12
"""Log scores are taken of at least this much."""


def event_probability(weight: Floats, survival_now: Floats, survival_then: Floats, reliability: Floats) -> Floats:
    """Return P(the event happens by T), shape (...), given that a report of this reliability saw none by t.

    1 - sum_h P(h|D) S_h(T) [r / S_h(t) + 1 - r]: where the report is right the rest of the hazard is left, where it is
    wrong nothing is known. weight, survival_now (at t) and survival_then (at T) are (..., C), reliability (...).
    """
    factor = reliability[..., None] / np.maximum(survival_now, LEAST_PROBABILITY) + 1 - reliability[..., None]
    missed: Floats = (weight * np.minimum(survival_then * factor, 1.0)).sum(axis=-1)
    return np.clip(1 - missed, 0.0, 1.0)


@dataclass(frozen=True)
class Moments:
    """Mean and variance of the logarithm at a reading and at a later date, and their covariance; broadcastable."""

    mean_now: Floats
    variance_now: Floats
    mean_then: Floats
    variance_then: Floats
    covariance: Floats


def carried_on(moments: Moments, log_value: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of the logarithm at the later date, given the reading (normal conditioning)."""
    slope = moments.covariance / moments.variance_now
    mean = moments.mean_then + slope * (log_value - moments.mean_now)
    return mean, moments.variance_then - slope * moments.covariance


@dataclass(frozen=True)
class Process:
    """What moves the logarithm from the start: a walk with an uncertain drift, or a pull towards a range."""

    sigma: Floats
    drift_sd: Floats
    start_sd: Floats
    reversion: Floats
    """Per year; NaN where nothing pulls."""
    long_run_variance: Floats


def covariance(process: Process, years_now: Floats, years_then: Floats) -> Floats:
    """Return the covariance of the logarithm after so many years with that at a later date, observation error apart.

    sigma^2 D1 + drift_sd^2 D1 D2 + start_sd^2; of a range v e^(-k (D2 - D1)) (1 - e^(-2 k D1)) + start_sd^2.
    """
    walked = process.sigma**2 * years_now + process.drift_sd**2 * years_now * years_then
    reversion = np.nan_to_num(process.reversion)
    kept = np.exp(-reversion * (years_then - years_now)) * -np.expm1(-2 * reversion * years_now)
    pulled = np.nan_to_num(process.long_run_variance) * kept
    return np.where(np.isnan(process.reversion), walked, pulled) + process.start_sd**2


# ------------------------------------------------------------------ scores


def brier_score(probability: Floats, came_true: Floats) -> Floats:
    """Return (p - o)^2 of an event's probability; 0 is best."""
    result: Floats = (probability - came_true) ** 2
    return result


def log_score(probability: Floats) -> Floats:
    """Return ln of what was said of what came; 0 is best."""
    return np.log(np.maximum(probability, LEAST_PROBABILITY))


def normal_mixture_crps(x: float, weight: Floats, mean: Floats, variance: Floats) -> float:
    """Return the CRPS of a mixture of normals at x: sum w A(x - m, s^2) - half of sum w w' A(m - m', s^2 + s'^2).

    weight, mean and variance (C,). Grimit et al. 2006.
    """
    apart = mean[:, None] - mean[None, :]
    spread = variance[:, None] + variance[None, :]
    between = (weight[:, None] * weight[None, :] * _absolute_mean(apart, spread)).sum()
    return float((weight * _absolute_mean(x - mean, variance)).sum() - between / 2)


def _absolute_mean(mean: Floats, variance: Floats) -> Floats:
    """Return E|X| of N(mean, variance)."""
    sd = np.sqrt(variance)
    z = mean / sd
    density = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    result: Floats = 2 * sd * density + mean * (2 * ndtr(z) - 1)
    return result


def count_crps(count: int, distribution: Floats) -> float:
    """Return sum over k of (F(k) - [count <= k])^2 of a distribution function F(0), F(1), … given far enough."""
    steps = np.arange(len(distribution)) >= count
    return float(((distribution - steps) ** 2).sum())
