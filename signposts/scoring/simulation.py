"""Simulated worlds: how odd the real readings are, and when the probabilities will settle.

Belongs here: drawing worlds from the predictions and scoring them (docs/method.md, 4.4, 5.6 and 6). Not here: formulas
of the predictions; where the readings at hand come from. Every function takes a seed: the same seed, the same answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.combining import by_scenario, hypothesis_prior, log_joint, luck_of_sums, posterior
from signposts.scoring.information import entropy_bits
from signposts.scoring.model import Model, with_one_later_onset
from signposts.scoring.outcomes import (
    LEAST_MASS,
    Outcomes,
    ReadingDesign,
    cell_evidence,
    cell_of,
    reading_design_at,
    tabulate,
)

Sources = Callable[[int], Integers]
"""Hypothesis that draws the readings of each planned, shape (N,)."""


@dataclass(frozen=True)
class Correlation:
    """Shares of variance that all indicators, and those of one group beyond that, have in common."""

    everywhere: float
    group: float


def draw_uniforms(
    generator: np.random.Generator, draws: int, group: Integers, orientation: Floats, correlation: Correlation
) -> Floats:
    """Return correlated uniforms of a Gaussian copula, shape (draws, I) (docs/method.md, 4.1).

    ``orientation`` (I,) is -1 where a later cell is less cooperation, so that a world is lucky or unlucky as a whole.
    """
    common = generator.standard_normal((draws, 1))
    shared = generator.standard_normal((draws, int(group.max()) + 1))[:, group]
    specific = generator.standard_normal((draws, len(group)))
    rest = 1 - correlation.everywhere - correlation.group
    mixed = np.sqrt(correlation.everywhere) * common + np.sqrt(correlation.group) * shared + np.sqrt(rest) * specific
    result: Floats = ndtr(mixed * np.where(orientation < 0, -1, 1))
    return result


def draw_cells(outcomes: Outcomes, planned: int, hypothesis: Integers, uniform: Floats) -> Integers:
    """Return the cell that each world's reading of a planned falls in, shape (draws,).

    ``hypothesis`` (draws,) indexes the model's hypotheses; one more than the last stands for p_wide.
    """
    masses = np.concatenate([outcomes.mass[planned], outcomes.wide[planned][:, None]], axis=1)
    cumulative = np.cumsum(masses, axis=0)
    cells = np.zeros(len(hypothesis), dtype=np.int64)
    for chosen in np.unique(hypothesis):
        rows = np.flatnonzero(hypothesis == chosen)
        column = cumulative[:, chosen]
        cells[rows] = np.searchsorted(column, uniform[rows] * column[-1])
    return np.minimum(cells, len(cumulative) - 1)


@dataclass(frozen=True)
class Worlds:
    """Simulated worlds read at one date: N worlds, H - 1 named hypotheses; sums over readings, not yet weighed."""

    hypothesis: Integers
    """(N,) the hypothesis that holds in each world."""
    ordinary: Floats
    """(N, H - 1) sum of l of ordinary readings."""
    ordinary_contaminated: Floats
    defining: Floats
    """(N, H - 1) sum of l of defining events that happened."""
    defining_contaminated: Floats
    luck: Floats
    """(N, H - 1) sum of c over storylines."""
    head_count: Floats
    """(N, H - 1) sum of l divided by 1 + (n - 1) rho of its group: how readings were weighed before."""


def draw_hypotheses(model: Model, prior: Floats, draws: int, generator: np.random.Generator) -> Integers:
    """Return the hypothesis that holds in each world, drawn from the prior (S + 1,), shape (draws,)."""
    shares = np.exp(hypothesis_prior(prior, model.hypothesis_scenario, model.onset_weight))
    return generator.choice(model.n_hypotheses, size=draws, p=shares / shares.sum())


def simulate_worlds(
    model: Model,
    outcomes: Outcomes,
    *,
    hypothesis: Integers,
    reliability: Floats,
    group: Integers,
    rho: Floats,
    uniforms: Floats,
    generator: np.random.Generator,
    truth: Outcomes | None = None,
    source: Sources | None = None,
) -> Worlds:
    """Return worlds in which each of I design is read once with reliability r (I,).

    ``hypothesis`` (N,) holds; ``uniforms`` (N, I). An observation is accurate with probability r and otherwise drawn
    from the reference, as the score supposes. ``truth`` gives the cells that readings really fall in, where those that
    score them differ (fans that are wrong); ``source`` says who draws each reading, where it is not the hypothesis.
    """
    draws, n_named = len(uniforms), model.n_hypotheses - 1
    accurate = generator.random(uniforms.shape) < reliability
    plain, contaminated, defining, defining_contaminated, counted = (np.zeros((draws, n_named)) for _ in range(5))
    size = np.bincount(group, minlength=len(rho))
    head_weight = (1 / (1 + np.maximum(size - 1, 0) * rho))[group]
    n, total, squares = np.zeros((len(rho), draws, 1)), *(np.zeros((len(rho), draws, n_named)) for _ in range(2))
    for position in range(len(outcomes.indicator)):
        holds = hypothesis if source is None else source(position)
        drawn = np.where(accurate[:, position], holds, model.n_hypotheses - 1)
        cell = draw_cells(truth or outcomes, position, drawn, uniforms[:, position])
        if truth is not None:
            cell = cell_of(outcomes, np.full(draws, position), _middle(truth, position, cell))
        evidence = cell_evidence(model, outcomes, position, reliability)
        # of each of the few cells first, then looked up for the many worlds
        ratio, mixed = evidence.log_ratio[:, :-1], evidence.contaminated[:, :-1]
        counted += (head_weight[position] * ratio)[cell]
        if evidence.is_defining.any():
            decisive = evidence.is_defining[:, None]
            defining += np.where(decisive, ratio, 0.0)[cell]
            defining_contaminated += np.where(decisive, mixed, 0.0)[cell]
            ratio, mixed = np.where(decisive, 0.0, ratio), np.where(decisive, 0.0, mixed)
        plain += ratio[cell]
        contaminated += mixed[cell]
        shares = ~np.isnan(evidence.z[:, :1])
        if shares.any():
            z = np.where(shares, evidence.z[:, :-1], 0.0)
            n[group[position]] += shares[cell]
            total[group[position]] += z[cell]
            squares[group[position]] += (z**2)[cell]
    luck = luck_of_sums(n, total, squares, rho[:, None, None]).sum(axis=0)
    return Worlds(hypothesis, plain, contaminated, defining, defining_contaminated, luck, counted)


def _middle(outcomes: Outcomes, planned: int, cell: Integers) -> Floats:
    """Return a value inside each cell: its middle, or its closed end where the other is open."""
    low, high = outcomes.low[planned][cell], outcomes.high[planned][cell]
    middle: Floats = np.where(np.isfinite(high), (low + high) / 2, np.where(low > 0, low * (1 + 1e-9), low))
    return middle


def world_probabilities(
    model: Model, worlds: Worlds, prior: Floats, evidence_weight: float, defining_weight: float
) -> Floats:
    """Return P(s | D) of every world, shape (N, S + 1)."""
    luck = evidence_weight * worlds.luck
    plain = evidence_weight * worlds.ordinary + defining_weight * worlds.defining + luck
    contaminated = (
        evidence_weight * worlds.ordinary_contaminated + defining_weight * worlds.defining_contaminated + luck
    )
    log_prior = hypothesis_prior(prior, model.hypothesis_scenario, model.onset_weight)
    by_hypothesis = posterior(log_joint(log_prior, plain, contaminated))
    return by_scenario(by_hypothesis, model.hypothesis_scenario, model.n_scenarios)


@dataclass(frozen=True, slots=True)
class YearOutlook:
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
    evidence_weight: float,
    defining_weight: float,
    correlation: Correlation,
    settled: float,
    draws: int,
    seed: int,
) -> list[YearOutlook]:
    """Return when we will know: expected entropy, and the chance that a scenario has passed ``settled`` (5.6).

    Worlds are drawn from the prior and correlated; every scored indicator is read at each date. All dates use the same
    random numbers, so that they differ by what the date does.
    """
    rows = []
    for time in times:
        told_apart = with_one_later_onset(model, time)
        generator = np.random.default_rng(seed)
        uniforms = draw_uniforms(generator, draws, group, told_apart.luck_orientation(indicator), correlation)
        outcomes = tabulate(told_apart, reading_design_at(told_apart, indicator, time))
        worlds = simulate_worlds(
            told_apart,
            outcomes,
            hypothesis=draw_hypotheses(told_apart, prior, draws, generator),
            reliability=reliability,
            group=group,
            rho=rho,
            uniforms=uniforms,
            generator=generator,
        )
        probabilities = world_probabilities(told_apart, worlds, prior, evidence_weight, defining_weight)
        leading = probabilities.argmax(axis=1)
        passed = probabilities.max(axis=1) >= settled
        right = leading == told_apart.hypothesis_scenario[worlds.hypothesis]
        rows.append(
            YearOutlook(
                time=time,
                expected_entropy=float(entropy_bits(probabilities).mean()),
                p_settled_right=float((passed & right).mean()),
                p_settled_wrong=float((passed & ~right).mean()),
            )
        )
    return rows


@dataclass(frozen=True)
class Designs:
    """The observations at hand, as designs that a simulated world can fill again: K observations of N readings."""

    design: ReadingDesign
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
    """(N,) weight of each reading."""


def surprise(model: Model, designs: Designs, *, draws: int, seed: int) -> Floats:
    """Return u_s = P(L_rep <= L_obs | s) of each named scenario, shape (S,) (docs/method.md, 4.4).

    L is the weighted sum over readings of the log of the pooled, reliability-mixed absolute probability of the cell
    that an observation falls in; replicas are drawn from the scenario, onset and reliability included.
    """
    model = with_one_later_onset(model, float(designs.design.time.max(initial=0.0)))
    outcomes = tabulate(model, designs.design)
    observed_cells = cell_of(outcomes, np.arange(len(designs.observed)), designs.observed)
    result = np.empty(model.n_scenarios)
    for scenario in range(model.n_scenarios):
        generator = np.random.default_rng([seed, scenario])
        hypotheses = np.flatnonzero(model.hypothesis_scenario == scenario)
        weight = model.onset_weight[hypotheses]
        marginal = outcomes.mass[:, :, hypotheses] @ weight
        mixed = designs.reliability[:, None] * marginal + (1 - designs.reliability[:, None]) * outcomes.mass[:, :, -1]
        hypothesis = generator.choice(hypotheses, size=draws, p=weight / weight.sum())
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
