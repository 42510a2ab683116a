"""Whether the method is right about itself: its probabilities against simulated worlds in which the truth is known.

Belongs here: the checks of docs/method.md with their bounds, and weights in correlated worlds. Not here: the worlds
(simulation.py), readings drawn step by step (sampling.py), the page that shows them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.combining import by_scenario, hypothesis_prior, posterior
from signposts.scoring.families import FAMILIES
from signposts.scoring.fans import quantiles
from signposts.scoring.interval import Moves, moved_model
from signposts.scoring.model import Model, with_settings
from signposts.scoring.observations import KINDS, Observations, blank_observations
from signposts.scoring.outcomes import reading_design_at, tabulate
from signposts.scoring.predictive import log_density, log_lambda, predictive_cdf
from signposts.scoring.sampling import draw_readings, draw_truths
from signposts.scoring.simulation import (
    Correlation,
    Sources,
    Worlds,
    YearOutlook,
    draw_hypotheses,
    draw_uniforms,
    outlook,
    simulate_worlds,
    world_probabilities,
)

BINS = 10
WEIGHTS = (0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
HEAD_COUNT_TEMPER = 0.5
WRONG_MODELS = 16
"""Sets of moved numbers that worlds with wrong fans are drawn from."""
OUTSIDE = ("inside", "nothing holds", "a fifth from nowhere", "each storyline its own")
PIT_ROWS = 40000
GOOD_DRAWS = 4000
NO_CORRELATION = Correlation(0.0, 0.0)
_REPORT_KIND = {
    "lognormal": "value",
    "beta": "value",
    "event": "event",
    "rate": "count",
    "ordinal": "category",
    "trajectory": "value",
}
_DISCRETE = ("rate", "ordinal")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What must hold (docs/method.md, 6)."""

    mean_gap: float = 0.01
    better_than_head_count: bool = True
    """Whether the method must score better than dividing by the readings of a group: on a whole tracker it must."""
    calibration_error: float = 0.01
    accuracy: float = 0.92
    standard_errors: float = 4.0
    pit_p_value: float = 0.001
    correlated_log_score: float = -0.57
    correlated_error: float = 0.035
    false_alarm: float = 0.03


@dataclass(frozen=True)
class Design:
    """What is simulated: I scored indicators of one tracker, S + 1 scenarios with `other` last."""

    indicator: Integers
    group: Integers
    rho: Floats
    prior: Floats
    evidence_weight: float
    defining_weight: float
    alarm_other: float
    predictions: Sequence[Mapping[str, Any]]
    """Rows with indicator_id, scenario_id, type and parameters: what is moved where fans are wrong."""
    bounded_time: float
    """Date at which the bounds on correlated and outside worlds must hold."""
    reliability: float
    correlation: Correlation
    settled: float
    times: Sequence[float]
    """Years since t0 at which the worlds are read."""
    middle_time: float
    """One of them: by then all indicators together must tell the scenarios apart; Good's identity is tested there."""


@dataclass(frozen=True)
class Recovery:
    """Independent worlds, perfectly reported, read at one date."""

    time: float
    mean_posterior: Floats
    """(S + 1,) to be compared with the share of worlds in which each scenario holds."""
    share_of_worlds: Floats
    calibration_error: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Identity:
    """Good's identity of one indicator and hypothesis: the mean likelihood ratio when the reference is true."""

    indicator_id: str
    scenario_id: str
    onset: float
    time: float
    mean: float
    standard_errors: float
    """Distance of the mean from 1."""


@dataclass(frozen=True, slots=True)
class Uniformity:
    """Randomised probability integral transforms of one family, compared with uniform by Kolmogorov and Smirnov."""

    family: str
    readings: int
    distance: float
    p_value: float


@dataclass(frozen=True, slots=True)
class WeightScore:
    """Correlated worlds scored with one weight of evidence at one date."""

    time: float
    weighting: str
    """`luck`: the method in force; `head count`: its predecessor, which divided by the readings of a group."""
    evidence_weight: float
    log_score: float
    standard_error: float
    """Of the log score, from the number of worlds."""
    calibration_error: float


@dataclass(frozen=True, slots=True)
class Outside:
    """Worlds that the scenarios do not hold, read at the last bounded date."""

    worlds: str
    """`inside`, `nothing holds`, `a fifth from nowhere` or `each storyline its own`."""
    independent: bool
    """Whether indicators share no causes."""
    found: float
    """Share of worlds in which `other` passes its alarm."""
    median_other: float
    """Median probability of `other`."""


@dataclass(frozen=True)
class Calibration:
    """All results, and the bounds that are broken as sentences."""

    recovery: list[Recovery]
    identities: list[Identity]
    uniformity: list[Uniformity]
    weights: list[WeightScore]
    wrong: list[WeightScore]
    """At the bounded date, in worlds drawn from other numbers than those that score them."""
    outside: list[Outside]
    outlook: list[YearOutlook]
    broken: list[str] = field(default_factory=list)


def calibrate(model: Model, design: Design, *, draws: int, seed: int, bounds: Bounds | None = None) -> Calibration:
    """Return every check of docs/method.md, 6, by simulation: the same seed, the same answer."""
    limits = bounds or Bounds()
    result = Calibration(
        recovery=[recover(model, design, time, draws=draws, seed=seed) for time in design.times],
        identities=good_identities(model, design, draws=GOOD_DRAWS, seed=seed),
        uniformity=uniformity(model, size=PIT_ROWS, latest=max(design.times), seed=seed),
        weights=weight_scores(model, design, draws=draws, seed=seed),
        wrong=wrong_fans(model, design, draws=draws, seed=seed),
        outside=[
            row
            for independent in (False, True)
            for row in outside_worlds(model, design, draws=draws, seed=seed, independent=independent)
        ],
        outlook=_outlook(model, design, draws=draws, seed=seed),
    )
    result.broken.extend(broken_bounds(result, design, limits))
    return result


# ---- scores of probabilities against known truths


def calibration_error(odds: Floats, truth: Integers) -> float:
    """Return the ten-bin calibration error averaged over the scenarios: odds (N, S + 1), truth (N,) (4.1).

    Of each scenario: the mean over worlds of the distance between a bin's mean probability and its share of hits.
    """
    errors = []
    for scenario in range(odds.shape[1]):
        column, hit = odds[:, scenario], (truth == scenario).astype(np.float64)
        place = np.minimum((column * BINS).astype(np.int64), BINS - 1)
        gap = np.bincount(place, weights=column - hit, minlength=BINS)
        errors.append(np.abs(gap).sum() / len(column))
    return float(np.mean(errors))


def log_score(odds: Floats, truth: Integers) -> float:
    """Return the mean log of the probability given to the true scenario; higher is better."""
    return float(_log_given(odds, truth).mean())


def _log_given(odds: Floats, truth: Integers) -> Floats:
    """Return the log of the probability given to the true scenario of each world."""
    given: Floats = np.log(np.maximum(odds[np.arange(len(truth)), truth], 1e-300))
    return given


def weight_score(time: float, weighting: str, weight: float, odds: Floats, truth: Integers) -> WeightScore:
    """Return how probabilities (N, S + 1) scored in worlds whose truth (N,) is known."""
    given = _log_given(odds, truth)
    error = float(given.std(ddof=1) / math.sqrt(len(given)))
    return WeightScore(time, weighting, weight, float(given.mean()), error, calibration_error(odds, truth))


# ---- worlds


def _worlds(
    model: Model,
    design: Design,
    time: float,
    *,
    hypothesis: Integers,
    correlation: Correlation,
    reliability: float,
    generator: np.random.Generator,
    source: Sources | None = None,
) -> Worlds:
    """Return worlds in which every indicator is read once at the date."""
    orientation = model.luck_orientation(design.indicator)
    uniforms = draw_uniforms(generator, len(hypothesis), design.group, orientation, correlation)
    return simulate_worlds(
        model,
        tabulate(model, reading_design_at(model, design.indicator, time)),
        hypothesis=hypothesis,
        reliability=np.full(len(design.indicator), reliability),
        group=design.group,
        rho=design.rho,
        uniforms=uniforms,
        generator=generator,
        source=source,
    )


def outside_sources(model: Model, hypothesis: Integers, generator: np.random.Generator) -> Sources:
    """Return who draws each reading where `other` is a scenario with surprises: p_wide draws its share of them."""
    other = model.n_hypotheses - 1
    named = np.arange(other)
    weight = model.hypothesis_weight[:-1]
    inner = generator.choice(named, size=len(hypothesis), p=weight / weight.sum())

    def source(_position: int) -> Integers:
        surprised = generator.random(len(hypothesis)) < model.contamination
        return np.where(hypothesis == other, np.where(surprised, other + 1, inner), hypothesis)

    return source


def named_hypotheses(model: Model, draws: int, generator: np.random.Generator) -> Integers:
    """Return a named hypothesis for each world, drawn from the headline prior, shape (draws,)."""
    weight = model.hypothesis_weight[:-1]
    return generator.choice(len(weight), size=draws, p=weight / weight.sum())


def recover(model: Model, design: Design, time: float, *, draws: int, seed: int) -> Recovery:
    """Return how well evidence in full, without shared luck, recovers the truth in independent worlds."""
    generator = np.random.default_rng(seed + 1)
    hypothesis = draw_hypotheses(model, design.prior, draws, generator)
    source = outside_sources(model, hypothesis, generator)
    worlds = _worlds(
        model,
        design,
        time,
        hypothesis=hypothesis,
        correlation=NO_CORRELATION,
        reliability=1.0,
        generator=generator,
        source=source,
    )
    probabilities = world_probabilities(model, replace(worlds, luck=np.zeros_like(worlds.luck)), design.prior, 1.0, 1.0)
    truth = model.hypothesis_scenario[hypothesis]
    share = np.bincount(truth, minlength=model.n_scenarios + 1) / draws
    return Recovery(
        time=time,
        mean_posterior=probabilities.mean(axis=0),
        share_of_worlds=share,
        calibration_error=calibration_error(probabilities, truth),
        accuracy=float((probabilities.argmax(axis=1) == truth).mean()),
    )


def weight_scores(model: Model, design: Design, *, draws: int, seed: int) -> list[WeightScore]:
    """Return log score and calibration error of several weights, and of the head count, in correlated worlds.

    A named scenario holds in each: worlds of `other` are looked at apart.
    """
    rows = []
    for time in design.times:
        generator = np.random.default_rng(seed + 2)
        hypothesis = named_hypotheses(model, draws, generator)
        worlds = _worlds(
            model,
            design,
            time,
            hypothesis=hypothesis,
            correlation=design.correlation,
            reliability=design.reliability,
            generator=generator,
        )
        truth = model.hypothesis_scenario[hypothesis]
        posteriors = {
            ("luck", weight): world_probabilities(model, worlds, design.prior, weight, design.defining_weight)
            for weight in sorted({*WEIGHTS, design.evidence_weight})
        }
        log_prior = hypothesis_prior(design.prior, model.hypothesis_scenario, model.onset_weight)
        zero = np.zeros((draws, 1))
        counted = posterior(log_prior + HEAD_COUNT_TEMPER * np.concatenate([worlds.head_count, zero], axis=1))
        posteriors["head count", HEAD_COUNT_TEMPER] = by_scenario(counted, model.hypothesis_scenario, model.n_scenarios)
        rows += [weight_score(time, weighting, weight, odds, truth) for (weighting, weight), odds in posteriors.items()]
    return rows


def wrong_fans(model: Model, design: Design, *, draws: int, seed: int) -> list[WeightScore]:
    """Return the scores where every invented number is wrong by its spread; the worlds come from moved models."""
    moved = moved_model(model, design.predictions, Moves(seed + 8, WRONG_MODELS))
    outcomes = tabulate(model, reading_design_at(model, design.indicator, design.bounded_time))
    generator = np.random.default_rng(seed + 8)
    size = max(draws // WRONG_MODELS, 1)
    luck, counted, truths = [], [], []
    log_prior = hypothesis_prior(design.prior, model.hypothesis_scenario, model.onset_weight)
    for number in range(WRONG_MODELS):
        hypothesis = named_hypotheses(model, size, generator)
        there = design.indicator + number * len(model.indicator_ids)
        worlds = simulate_worlds(
            model,
            outcomes,
            hypothesis=hypothesis,
            reliability=np.full(len(design.indicator), design.reliability),
            group=design.group,
            rho=design.rho,
            uniforms=draw_uniforms(
                generator, size, design.group, model.luck_orientation(design.indicator), design.correlation
            ),
            generator=generator,
            truth=tabulate(moved, reading_design_at(moved, there, design.bounded_time)),
        )
        luck.append(world_probabilities(model, worlds, design.prior, design.evidence_weight, design.defining_weight))
        heads = np.concatenate([worlds.head_count, np.zeros((size, 1))], axis=1)
        by_hypothesis = posterior(log_prior + HEAD_COUNT_TEMPER * heads)
        counted.append(by_scenario(by_hypothesis, model.hypothesis_scenario, model.n_scenarios))
        truths.append(model.hypothesis_scenario[hypothesis])
    truth = np.concatenate(truths)
    return [
        weight_score(design.bounded_time, name, weight, odds, truth)
        for name, weight, odds in (
            ("luck", design.evidence_weight, np.concatenate(luck)),
            ("head count", HEAD_COUNT_TEMPER, np.concatenate(counted)),
        )
    ]


def outside_worlds(model: Model, design: Design, *, draws: int, seed: int, independent: bool = False) -> list[Outside]:
    """Return how often `other` is found where a scenario holds, nothing does, a part does, or storylines differ.

    Where indicators share causes, readings from outside agree by luck and are excused in part; ``independent`` ones are
    what the bounds of the method's specification were measured on.
    """
    other = model.n_hypotheses - 1
    named = model.hypothesis_weight[:-1] / model.hypothesis_weight[:-1].sum()
    rows = []
    for name in OUTSIDE:
        generator = np.random.default_rng(seed + 6)
        hypothesis = generator.choice(other, size=draws, p=named)
        of_group = generator.choice(other, size=(len(design.rho), draws), p=named)
        nothing = np.full(draws, other)

        def source(
            position: int,
            name: str = name,
            hypothesis: Integers = hypothesis,
            of_group: Integers = of_group,
            nothing: Integers = nothing,
            generator: np.random.Generator = generator,
        ) -> Integers:
            if name == "nothing holds":
                return nothing
            if name == "a fifth from nowhere":
                return np.where(generator.random(len(hypothesis)) < model.contamination, other + 1, hypothesis)
            return hypothesis if name == "inside" else of_group[design.group[position]]

        worlds = _worlds(
            model,
            design,
            design.bounded_time,
            hypothesis=hypothesis,
            correlation=NO_CORRELATION if independent else design.correlation,
            reliability=design.reliability,
            generator=generator,
            source=source,
        )
        other_found = world_probabilities(model, worlds, design.prior, design.evidence_weight, design.defining_weight)[
            :, -1
        ]
        alarms = float((other_found > design.alarm_other).mean())
        rows.append(Outside(name, independent, alarms, float(np.median(other_found))))
    return rows


def _outlook(model: Model, design: Design, *, draws: int, seed: int) -> list[YearOutlook]:
    """Return when we will know, with the temper in force."""
    return outlook(
        model,
        design.indicator,
        design.times,
        prior=design.prior,
        reliability=np.full(len(design.indicator), design.reliability),
        group=design.group,
        rho=design.rho,
        evidence_weight=design.evidence_weight,
        defining_weight=design.defining_weight,
        correlation=design.correlation,
        settled=design.settled,
        draws=draws,
        seed=seed + 3,
    )


# ---- predictive distributions against readings drawn from them


def good_identities(model: Model, design: Design, *, draws: int, seed: int) -> list[Identity]:
    """Return Good's identity E[p_h / p_S0] = 1 under S0 for every indicator and hypothesis, at the middle date."""
    generator = np.random.default_rng(seed + 4)
    names, rows = model.hypothesis_scenario_ids(), []
    for indicator in design.indicator.tolist():
        observations = _reference_observations(model, indicator, design.middle_time, draws, generator)
        ratios = np.exp(log_lambda(model, observations))
        mean, spread = ratios.mean(axis=0), ratios.std(axis=0, ddof=1) / math.sqrt(draws)
        # a silent scenario's ratio is 1 without spread
        distance = np.abs(mean - 1) / np.maximum(spread, 1e-9)
        rows += [
            Identity(
                indicator_id=model.indicator_ids[indicator],
                scenario_id=names[position],
                onset=float(model.hypothesis_onset[position]),
                time=design.middle_time,
                mean=float(mean[position]),
                standard_errors=float(distance[position]),
            )
            for position in range(model.n_hypotheses)
        ]
    return rows


def _reference_observations(
    model: Model, indicator: int, time: float, draws: int, generator: np.random.Generator
) -> Observations:
    """Return observations of one indicator at a date as the reference would have them."""
    rows, at = np.full(draws, indicator), np.full(draws, time)
    other = np.full(draws, model.n_hypotheses - 1)
    readings = quantiles(model, rows, other, at, generator.random(draws))
    family = FAMILIES[model.family[indicator]]
    if family != "event":
        return _observations(family, rows, at, readings)
    detected = generator.random(draws) < model.detect_prob[indicator]
    seen = (readings <= time) & detected
    date = np.where(seen, readings, np.nan)
    kind = np.where(seen, KINDS.index("event"), KINDS.index("none_seen"))
    return blank_observations(rows, kind, at, happened_from=date, happened_to=date)


def _observations(family: str, indicator: Integers, time: Floats, readings: Floats) -> Observations:
    """Return exact observations of one family's readings; an event's is its date."""
    kind = KINDS.index(_REPORT_KIND[family])
    if family == "event":
        return blank_observations(indicator, kind, readings, happened_from=readings, happened_to=readings)
    if family == "ordinal":
        return blank_observations(indicator, kind, time, category=readings)
    return blank_observations(indicator, kind, time, value=readings, exposure_end=time)


def uniformity(model: Model, *, size: int, latest: float, seed: int) -> list[Uniformity]:
    """Return for each family how uniform the transforms of readings drawn from first principles are.

    Each fan with its own spread: the shared one is an average that no single prediction draws from.
    """
    from scipy.stats import kstest

    generator = np.random.default_rng(seed + 5)
    plain = with_settings(model, shared_sd=False)
    truths = draw_truths(plain, generator, size, latest)
    readings = draw_readings(plain, truths, generator)
    family = plain.family[truths.indicator]
    rows = []
    for code in np.unique(family).tolist():
        members = np.flatnonzero(family == code)
        part, family_name = truths.take(members), FAMILIES[code]
        observations = _observations(family_name, part.indicator, part.time, readings[members])
        at = np.arange(len(members)), part.hypothesis
        transforms = predictive_cdf(plain, observations)[at]
        if family_name in _DISCRETE:
            # spread evenly over the jump of a discrete reading
            jump = np.exp(log_density(plain, observations)[at])
            transforms += (generator.random(len(members)) - 0.5) * jump
        test = kstest(transforms, "uniform")
        rows.append(Uniformity(FAMILIES[code], len(members), float(test.statistic), float(test.pvalue)))
    return rows


# ---- bounds


def broken_bounds(result: Calibration, design: Design, limits: Bounds) -> list[str]:
    """Return one sentence for each bound of docs/method.md, 6, that does not hold."""
    return [
        *_broken_recovery(result.recovery, design, limits),
        *(
            f"Good's identity: {row.indicator_id} under {row.scenario_id} from year {row.onset:g} has mean ratio "
            f"{row.mean:.4f}, {row.standard_errors:.1f} standard errors from 1"
            for row in result.identities
            if row.standard_errors > limits.standard_errors
        ),
        *(
            f"probability integral transform: {row.family} is not uniform (p = {row.p_value:.2g})"
            for row in result.uniformity
            if row.p_value < limits.pit_p_value
        ),
        *_broken_weights(result, design, limits),
    ]


def _broken_recovery(rows: Sequence[Recovery], design: Design, limits: Bounds) -> list[str]:
    """Return what recovery in independent worlds breaks."""
    breaches = []
    for row in rows:
        gap = float(np.abs(row.mean_posterior - row.share_of_worlds).max())
        if gap > limits.mean_gap:
            breaches.append(f"recovery at year {row.time:.1f}: mean posterior is {gap:.4f} from the truth")
        if row.calibration_error > limits.calibration_error:
            breaches.append(f"recovery at year {row.time:.1f}: calibration error is {row.calibration_error:.4f}")
        if row.time == design.middle_time and row.accuracy < limits.accuracy:
            breaches.append(f"recovery at year {row.time:.1f}: the true scenario leads in {row.accuracy:.3f} of worlds")
    return breaches


def _broken_weights(result: Calibration, design: Design, limits: Bounds) -> list[str]:
    """Return what correlated worlds and worlds from outside break at the bounded date."""
    rows = {(row.weighting, row.evidence_weight): row for row in result.weights if row.time == design.bounded_time}
    force, before = rows["luck", design.evidence_weight], rows["head count", HEAD_COUNT_TEMPER]
    alarms = max(row.found for row in result.outside if row.worlds == "inside")
    breaches = []
    if force.log_score < limits.correlated_log_score:
        breaches.append(f"correlated worlds: log score {force.log_score:.3f}, bound {limits.correlated_log_score:g}")
    if force.calibration_error > limits.correlated_error:
        breaches.append(f"correlated worlds: calibration error {force.calibration_error:.3f}")
    wrong = {row.weighting: row for row in result.wrong}
    if limits.better_than_head_count and wrong["luck"].log_score < wrong["head count"].log_score:
        breaches.append(f"worlds with wrong fans: the head count scores better, {wrong['head count'].log_score:.3f}")
    if limits.better_than_head_count and force.log_score < before.log_score:
        breaches.append(f"correlated worlds: the head count scores better, {before.log_score:.3f}")
    if alarms > limits.false_alarm:
        breaches.append(f"worlds inside the scenarios: other is announced in {alarms:.3f} of them")
    return breaches
