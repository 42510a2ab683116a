"""Simulated worlds: how odd the real readings are, and when the odds will settle.

Belongs here: drawing worlds from the predictions and scoring them (docs/method.md, 4.4, 5.6 and 6). Not here: formulas
of the predictions; where the readings at hand come from. Every function takes a seed: the same seed, the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from assets.method.combining import by_scenario, group_weights, hypothesis_prior, posterior
from assets.method.information import entropy_bits
from assets.method.model import Floats, Integers, Model
from assets.method.outcomes import Outcomes, Prospects, prospects_at, tabulate

LEAST_MASS = 1e-300


@dataclass(frozen=True)
class Correlation:
    """Shares of variance that all indicators, and those of one group beyond that, have in common."""

    everywhere: float
    group: float


def draw_uniforms(
    generator: np.random.Generator, draws: int, group: Integers, orientation: Integers, correlation: Correlation
) -> Floats:
    """Return correlated uniforms of a Gaussian copula, shape (draws, I) (docs/method.md, 4.1).

    ``orientation`` (I,) is -1 where a higher reading is less cooperation, so that worlds are luckier or unluckier as a
    whole.
    """
    common = generator.standard_normal((draws, 1))
    shared = generator.standard_normal((draws, int(group.max()) + 1))[:, group]
    own = generator.standard_normal((draws, len(group)))
    left = 1 - correlation.everywhere - correlation.group
    mixed = np.sqrt(correlation.everywhere) * common + np.sqrt(correlation.group) * shared + np.sqrt(left) * own
    result: Floats = ndtr(mixed * np.where(orientation < 0, -1, 1))
    return result


def draw_cells(outcomes: Outcomes, prospect: int, hypothesis: Integers, uniform: Floats) -> Integers:
    """Return the cell that each world's reading of a prospect falls in, shape (draws,)."""
    cumulative = np.cumsum(outcomes.mass[prospect], axis=0)
    reached = cumulative[:, hypothesis] < uniform[None, :] * cumulative[-1, hypothesis]
    cells: Integers = np.minimum(reached.sum(axis=0), len(cumulative) - 1)
    return cells


def cell_log_ratios(outcomes: Outcomes, reliability: Floats) -> Floats:
    """Return l = ln(r Lambda + 1 - r) of every cell and hypothesis, shape (P, C, H); 0 for `other`."""
    mass = np.maximum(outcomes.mass, LEAST_MASS)
    ratio = mass / mass[:, :, -1:]
    share = reliability[:, None, None]
    result: Floats = np.log(share * ratio + 1 - share)
    return result


@dataclass(frozen=True)
class Worlds:
    """Simulated worlds read at one date: N worlds, I indicators, H hypotheses."""

    hypothesis: Integers
    """(N,) the hypothesis that holds in each world."""
    log_ratios: Floats
    """(N, I, H)"""


def simulate_worlds(
    model: Model,
    indicator: Integers,
    time: float,
    *,
    prior: Floats,
    reliability: Floats,
    uniforms: Floats,
    generator: np.random.Generator,
) -> Worlds:
    """Return worlds drawn from the prior (S + 1,), each indicator read once at the date with reliability r (I,).

    A report is accurate with probability r and otherwise drawn from the reference, as the score supposes.
    """
    draws = len(uniforms)
    weights = np.exp(hypothesis_prior(prior, model.hypothesis_scenario, model.onset_weight))
    hypothesis = generator.choice(model.n_hypotheses, size=draws, p=weights / weights.sum())
    outcomes = tabulate(model, prospects_at(model, indicator, time))
    ratios = cell_log_ratios(outcomes, reliability)
    accurate = generator.random((draws, len(indicator))) < reliability
    found = np.empty((draws, len(indicator), model.n_hypotheses))
    for position in range(len(indicator)):
        source = np.where(accurate[:, position], hypothesis, model.n_hypotheses - 1)
        cells = draw_cells(outcomes, position, source, uniforms[:, position])
        found[:, position] = ratios[position, cells]
    return Worlds(hypothesis, found)


def world_posteriors(
    model: Model, worlds: Worlds, *, prior: Floats, group: Integers, rho: Floats, temper: float
) -> Floats:
    """Return P(s | D) of every world, shape (N, S + 1), all indicators having a reading."""
    weights = group_weights(group, rho, np.ones(len(group), dtype=np.bool_))
    evidence = temper * np.einsum("nih,i->nh", worlds.log_ratios, weights)
    log_prior = hypothesis_prior(prior, model.hypothesis_scenario, model.onset_weight)
    return by_scenario(posterior(log_prior, evidence), model.hypothesis_scenario, model.n_scenarios)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the end of one year is expected to bring."""

    time: float
    expected_entropy: float
    p_settled_right: float
    p_settled_wrong: float


def outlook(
    model: Model,
    indicator: Integers,
    times: Sequence[float],
    *,
    prior: Floats,
    reliability: Floats,
    group: Integers,
    rho: Floats,
    temper: float,
    correlation: Correlation,
    settled: float,
    draws: int,
    seed: int,
) -> list[Prospect]:
    """Return when we will know: expected entropy, and the chance that a scenario has passed ``settled`` (5.6).

    Worlds are drawn from the prior and correlated; every scored indicator is read at each date.
    """
    rows = []
    for time in times:
        generator = np.random.default_rng([seed, round(time * 1000)])
        uniforms = draw_uniforms(generator, draws, group, model.cooperative[indicator], correlation)
        worlds = simulate_worlds(
            model, indicator, time, prior=prior, reliability=reliability, uniforms=uniforms, generator=generator
        )
        odds = world_posteriors(model, worlds, prior=prior, group=group, rho=rho, temper=temper)
        leading = odds.argmax(axis=1)
        passed = odds.max(axis=1) >= settled
        right = leading == model.hypothesis_scenario[worlds.hypothesis]
        rows.append(
            Prospect(
                time=time,
                expected_entropy=float(entropy_bits(odds).mean()),
                p_settled_right=float((passed & right).mean()),
                p_settled_wrong=float((passed & ~right).mean()),
            )
        )
    return rows


@dataclass(frozen=True)
class Designs:
    """The reports at hand, as designs that a simulated world can fill again: K reports of N readings."""

    prospects: Prospects
    """(K,)"""
    observed: Floats
    """(K,) what was reported: a value, a count, a category's index, a date; inf for `not yet`."""
    reading: Integers
    """(K,) reading of each report."""
    pool_weight: Floats
    """(K,)"""
    reliability: Floats
    """(K,)"""
    weight: Floats
    """(N,) group weight of each reading."""


def surprise(model: Model, designs: Designs, *, draws: int, seed: int) -> Floats:
    """Return u_s = P(L_rep <= L_obs | s) of each named scenario, shape (S,) (docs/method.md, 4.4).

    L is the weighted sum over readings of the log of the pooled, reliability-mixed absolute probability of the cell
    that a report falls in; replicas are drawn from the scenario, onset and reliability included.
    """
    outcomes = tabulate(model, designs.prospects)
    observed_cells = _observed_cells(outcomes, designs.observed)
    result = np.empty(model.n_scenarios)
    for scenario in range(model.n_scenarios):
        generator = np.random.default_rng([seed, scenario])
        own = np.flatnonzero(model.hypothesis_scenario == scenario)
        marginal = outcomes.mass[:, :, own] @ model.onset_weight[own]
        mixed = designs.reliability[:, None] * marginal + (1 - designs.reliability[:, None]) * outcomes.mass[:, :, -1]
        hypothesis = generator.choice(own, size=draws, p=model.onset_weight[own] / model.onset_weight[own].sum())
        replicas = _replica_cells(outcomes, designs, hypothesis, generator, model.n_hypotheses - 1)
        cells = np.concatenate([replicas, observed_cells[None, :]])
        score = _pooled_score(designs, mixed[np.arange(len(observed_cells)), cells])
        result[scenario] = np.mean(score[:-1] <= score[-1] + 1e-12)
    return result


def _observed_cells(outcomes: Outcomes, observed: Floats) -> Integers:
    """Return the cell of each report at hand, shape (K,)."""
    reached = (outcomes.low <= observed[:, None]) & ~np.isnan(outcomes.low)
    found: Integers = np.maximum(reached.sum(axis=1) - 1, 0)
    return found


def _replica_cells(
    outcomes: Outcomes, designs: Designs, hypothesis: Integers, generator: np.random.Generator, other: int
) -> Integers:
    """Return the cells of the reports in every replica, shape (draws, K)."""
    draws, n_reports = len(hypothesis), len(designs.reading)
    uniforms = generator.random((draws, n_reports))
    accurate = generator.random((draws, n_reports)) < designs.reliability
    columns = [
        draw_cells(outcomes, position, np.where(accurate[:, position], hypothesis, other), uniforms[:, position])
        for position in range(n_reports)
    ]
    return np.stack(columns, axis=1)


def _pooled_score(designs: Designs, probability: Floats) -> Floats:
    """Return L of every row of report probabilities (M, K), shape (M,)."""
    pooled = np.zeros((len(probability), len(designs.weight)))
    weighted = designs.pool_weight * np.maximum(probability, LEAST_MASS)
    for position, reading in enumerate(designs.reading):
        pooled[:, reading] += weighted[:, position]
    result: Floats = np.log(pooled) @ designs.weight
    return result
