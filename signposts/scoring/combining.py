"""From likelihood ratios to odds: pooling, group weights, temper, posterior, decibans, variants.

Belongs here: everything that weighs evidence. Not here: where a likelihood ratio comes from (predictive.py). The run
computes the same with sql/assess; these functions are what it is tested against, and what simulation uses.
Leading axes (dates, worlds, variants) broadcast: `...` below. I indicators, H hypotheses, G groups.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

DECIBANS_PER_NAT = 10 / math.log(10)


def indicator_log_ratio(log_lambda: Floats, pool_weight: Floats, reliability: Floats) -> Floats:
    """Return l = ln sum_k omega_k (r_k Lambda_k + 1 - r_k), shape (..., H) (docs/method.md, 1).

    log_lambda (..., k, H), pool_weight and reliability (..., k); weights of a reading's k observations sum
    to 1. Stable for any size of Lambda.
    """
    with np.errstate(divide="ignore"):
        agrees = np.log(pool_weight * reliability)[..., None] + log_lambda
        doubts = np.log(pool_weight * (1 - reliability))[..., None]
    result: Floats = np.logaddexp.reduce(np.logaddexp(agrees, doubts), axis=-2)
    return result


def pooled_log_ratios(
    log_lambda: Floats, pool_weight: Floats, reliability: Floats, reading: Integers, n_readings: int
) -> Floats:
    """Return l of many readings at once, shape (n_readings, H): row k of log_lambda belongs to reading[k].

    log_lambda (n, H); pool_weight, reliability, reading (n,). A reading without observations gets 0.
    """
    with np.errstate(divide="ignore"):
        agrees = np.log(pool_weight * reliability)[:, None] + log_lambda
        doubts = np.log(pool_weight * (1 - reliability))[:, None]
    parts = np.logaddexp(agrees, doubts)
    top = np.full((n_readings, log_lambda.shape[1]), -np.inf)
    np.maximum.at(top, reading, parts)
    top = np.where(np.isfinite(top), top, 0.0)
    total = np.zeros_like(top)
    np.add.at(total, reading, np.exp(parts - top[reading]))
    spoken = np.bincount(reading, minlength=n_readings) > 0
    result: Floats = np.where(spoken[:, None], top + np.log(np.where(spoken[:, None], total, 1.0)), 0.0)
    return result


def group_weights(group: Integers, rho: Floats, has_reading: Booleans) -> Floats:
    """Return w_i = 1 / (1 + (n_g - 1) rho_g), shape (..., I); 0 where there is no reading (docs/method.md, 4.1).

    group (I,) index into rho (G,); has_reading (..., I): scored indicators that have a reading.
    """
    member = group[:, None] == np.arange(len(rho))[None, :]
    n_group = has_reading.astype(np.float64) @ member.astype(np.float64)
    weights = 1 / (1 + (np.maximum(n_group, 1) - 1) * rho)
    return np.where(has_reading, weights[..., group], 0.0)


def weighted_evidence(log_ratios: Floats, weights: Floats, temper: Floats | float) -> Floats:
    """Return beta sum_i w_i l_i(h), shape (..., H), from log_ratios (..., I, H) and weights (..., I)."""
    result: Floats = np.asarray(temper)[..., None] * np.einsum("...ih,...i->...h", log_ratios, weights)
    return result


def hypothesis_prior(prior: Floats, hypothesis_scenario: Integers, onset_weight: Floats) -> Floats:
    """Return ln pi_s + ln omega(tau | s), shape (..., H); prior (..., S + 1) with `other` last."""
    with np.errstate(divide="ignore"):
        return np.log(np.asarray(prior, dtype=np.float64)[..., hypothesis_scenario]) + np.log(onset_weight)


def posterior(log_prior: Floats, evidence: Floats) -> Floats:
    """Return P(h | D), shape (..., H), from log prior and weighted evidence of the hypotheses (docs/method.md, 1)."""
    joint = log_prior + evidence
    top = joint.max(axis=-1, keepdims=True)
    share = np.exp(joint - top)
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


def decibans(evidence: Floats, hypothesis_scenario: Integers, onset_weight: Floats, n_scenarios: int) -> Floats:
    """Return the prior-free evidence for each scenario against `other`, shape (..., S + 1), in decibans.

    10 log10 of posterior odds over prior odds, from the weighted and tempered evidence (docs/method.md, 2).
    """
    found = scenario_log_likelihood(evidence, hypothesis_scenario, onset_weight, n_scenarios)
    return (found - found[..., -1:]) * DECIBANS_PER_NAT


def matrix_decibans(log_ratio: Floats, hypothesis_scenario: Integers, onset_weight: Floats, n_scenarios: int) -> Floats:
    """Return D of the evidence matrix, shape (..., S): each named scenario against the best of them (5.1)."""
    found = scenario_log_likelihood(log_ratio, hypothesis_scenario, onset_weight, n_scenarios)[..., :-1]
    result: Floats = (found - found.max(axis=-1, keepdims=True)) * DECIBANS_PER_NAT
    return result


def variant_posterior(
    log_ratios: Floats,
    included: Booleans,
    group: Integers,
    rho: Floats,
    log_prior: Floats,
    temper: Floats,
) -> Floats:
    """Return P(h | D) of all variants and dates at once, shape (V, D, H) (docs/method.md, 4.2).

    log_ratios (V or 1, D, I, H); included (V, D, I): indicators with a reading that the variant listens to; log_prior
    (V, H); temper (V,). Group weights are recomputed over what each variant includes.
    """
    weights = group_weights(group, rho, included)
    evidence = weighted_evidence(log_ratios, weights, temper[:, None])
    return posterior(log_prior[:, None, :], evidence)


def headline_prior(words: Floats, other_mass: float) -> Floats:
    """Return pi_s = (1 - pi_0) q(word_s) / sum q, shape (S + 1,), `other` last (docs/method.md, 2)."""
    return np.append((1 - other_mass) * words / words.sum(), other_mass)
