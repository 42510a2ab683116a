"""Simulated worlds: how odd the real readings are, and when the odds will settle.

Belongs here: drawing worlds from the predictions and scoring them (docs/method.md, 4.4, 5.6 and 6). Not here: formulas
of the predictions; where the readings at hand come from. Every function takes a seed: the same seed, the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.combining import by_scenario, group_weights, hypothesis_prior, posterior
from signposts.scoring.families import FAMILIES
from signposts.scoring.information import entropy_bits
from signposts.scoring.model import Model
from signposts.scoring.outcomes import Outcomes, Prospects, cell_of, prospects_at, tabulate

LEAST_MASS = 1e-300
_EVENT = FAMILIES.index("event")


@dataclass(frozen=True)
class Correlation:
    """Shares of variance that all indicators, and those of one group beyond that, have in common."""

    everywhere: float
    group: float


def draw_uniforms(
    generator: np.random.Generator, draws: int, group: Integers, orientation: Integers, correlation: Correlation
) -> Floats:
    """Return correlated uniforms of a Gaussian copula, shape (draws, I) (docs/method.md, 4.1).

    ``orientation`` (I,) is -1 where a later cell is less cooperation, so that a world is lucky or unlucky as a whole.
    """
    common = generator.standard_normal((draws, 1))
    shared = generator.standard_normal((draws, int(group.max()) + 1))[:, group]
    own = generator.standard_normal((draws, len(group)))
    left = 1 - correlation.everywhere - correlation.group
    mixed = np.sqrt(correlation.everywhere) * common + np.sqrt(correlation.group) * shared + np.sqrt(left) * own
    result: Floats = ndtr(mixed * np.where(orientation < 0, -1, 1))
    return result


def cooperative_orientation(model: Model, indicator: Integers) -> Integers:
    """Return -1 where a later cell of outcomes.py is less cooperation, else 1, shape (I,).

    An event's cells run from early to late, so that of an event whose coming is cooperation a later cell is less of it.
    """
    later_is_less = np.where(model.family[indicator] == _EVENT, 1, -1)
    result: Integers = np.where(model.cooperative[indicator] == later_is_less, -1, 1)
    return result


def draw_cells(outcomes: Outcomes, prospect: int, hypothesis: Integers, uniform: Floats) -> Integers:
    """Return the cell that each world's reading of a prospect falls in, shape (draws,)."""
    cumulative = np.cumsum(outcomes.mass[prospect], axis=0)
    cells = np.zeros(len(hypothesis), dtype=np.int64)
    for chosen in np.unique(hypothesis):
        rows = np.flatnonzero(hypothesis == chosen)
        column = cumulative[:, chosen]
        cells[rows] = np.searchsorted(column, uniform[rows] * column[-1])
    return np.minimum(cells, len(cumulative) - 1)


def cell_log_ratios(outcomes: Outcomes, reliability: Floats) -> Floats:
    """Return l = ln(r Lambda + 1 - r) of every cell and hypothesis, shape (P, C, H); 0 for `other`."""
    mass = np.maximum(outcomes.mass, LEAST_MASS)
    ratio = mass / mass[:, :, -1:]
    share = reliability[:, None, None]
    result: Floats = np.log(share * ratio + (1 - share))
    return result


@dataclass(frozen=True)
class Worlds:
    """Simulated worlds read at one date: N worlds, H hypotheses, W ways of weighting the indicators."""

    hypothesis: Integers
    """(N,) the hypothesis that holds in each world."""
    evidence: Floats
    """(W, N, H) weighted sum of the log ratios, not yet tempered."""


def simulate_worlds(
    model: Model,
    outcomes: Outcomes,
    weights: Floats,
    *,
    prior: Floats,
    reliability: Floats,
    uniforms: Floats,
    generator: np.random.Generator,
) -> Worlds:
    """Return worlds drawn from the prior (S + 1,), each of I prospects read once with reliability r (I,).

    ``weights`` (W, I), ``uniforms`` (N, I). A observation is accurate with probability r and otherwise drawn from the
    reference, as the score supposes.
    """
    draws = len(uniforms)
    shares = np.exp(hypothesis_prior(prior, model.hypothesis_scenario, model.onset_weight))
    hypothesis = generator.choice(model.n_hypotheses, size=draws, p=shares / shares.sum())
    ratios = cell_log_ratios(outcomes, reliability)
    accurate = generator.random(uniforms.shape) < reliability
    evidence = np.zeros((len(weights), draws, model.n_hypotheses))
    for position in range(len(outcomes.indicator)):
        source = np.where(accurate[:, position], hypothesis, model.n_hypotheses - 1)
        found = ratios[position, draw_cells(outcomes, position, source, uniforms[:, position])]
        evidence += weights[:, position, None, None] * found
    return Worlds(hypothesis, evidence)


def world_odds(model: Model, evidence: Floats, prior: Floats, temper: float) -> Floats:
    """Return P(s | D) of every world, shape (N, S + 1), from untempered evidence (N, H)."""
    log_prior = hypothesis_prior(prior, model.hypothesis_scenario, model.onset_weight)
    return by_scenario(posterior(log_prior, temper * evidence), model.hypothesis_scenario, model.n_scenarios)


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

    Worlds are drawn from the prior and correlated; every scored indicator is read at each date. All dates use the same
    random numbers, so that they differ by what the date does.
    """
    rows = []
    weights = group_weights(group, rho, np.ones(len(group), dtype=np.bool_))[None]
    for time in times:
        generator = np.random.default_rng(seed)
        uniforms = draw_uniforms(generator, draws, group, cooperative_orientation(model, indicator), correlation)
        outcomes = tabulate(model, prospects_at(model, indicator, time))
        worlds = simulate_worlds(
            model, outcomes, weights, prior=prior, reliability=reliability, uniforms=uniforms, generator=generator
        )
        odds = world_odds(model, worlds.evidence[0], prior, temper)
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
    """The observations at hand, as designs that a simulated world can fill again: K observations of N readings."""

    prospects: Prospects
    """(K,)"""
    observed: Floats
    """(K,) what was reported: a value, a count, a category's index, a date; inf for `not yet`."""
    reading: Integers
    """(K,) reading of each observation."""
    pool_weight: Floats
    """(K,)"""
    reliability: Floats
    """(K,)"""
    weight: Floats
    """(N,) group weight of each reading."""


def surprise(model: Model, designs: Designs, *, draws: int, seed: int) -> Floats:
    """Return u_s = P(L_rep <= L_obs | s) of each named scenario, shape (S,) (docs/method.md, 4.4).

    L is the weighted sum over readings of the log of the pooled, reliability-mixed absolute probability of the cell
    that a observation falls in; replicas are drawn from the scenario, onset and reliability included.
    """
    outcomes = tabulate(model, designs.prospects)
    observed_cells = cell_of(outcomes, np.arange(len(designs.observed)), designs.observed)
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


def _replica_cells(
    outcomes: Outcomes, designs: Designs, hypothesis: Integers, generator: np.random.Generator, other: int
) -> Integers:
    """Return the cells of the observations in every replica, shape (draws, K).

    Accurate observations of one reading tell of the same truth, so they share its random number.
    """
    draws, n_reports = len(hypothesis), len(designs.reading)
    truth = generator.random((draws, len(designs.weight)))[:, designs.reading]
    mistaken = generator.random((draws, n_reports))
    accurate = generator.random((draws, n_reports)) < designs.reliability
    uniforms = np.where(accurate, truth, mistaken)
    columns = [
        draw_cells(outcomes, position, np.where(accurate[:, position], hypothesis, other), uniforms[:, position])
        for position in range(n_reports)
    ]
    return np.stack(columns, axis=1)


def _pooled_score(designs: Designs, probability: Floats) -> Floats:
    """Return L of every row of observation probabilities (M, K), shape (M,)."""
    pooled = np.zeros((len(probability), len(designs.weight)))
    weighted = designs.pool_weight * np.maximum(probability, LEAST_MASS)
    for position, reading in enumerate(designs.reading):
        pooled[:, reading] += weighted[:, position]
    result: Floats = np.log(pooled) @ designs.weight
    return result
