"""Whether the method is right about itself: its odds against simulated worlds in which the truth is known.

Belongs here: the checks of docs/method.md, 6, with their bounds, and the choice of the temper. Not here: the worlds
(simulation.py), readings drawn step by step (sampling.py), the page that observations them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.combining import group_weights
from signposts.scoring.families import FAMILIES
from signposts.scoring.families.truths import Truths
from signposts.scoring.fans import quantiles
from signposts.scoring.model import Model, with_settings
from signposts.scoring.observations import KINDS, Observations, blank_observations
from signposts.scoring.outcomes import prospects_at, tabulate
from signposts.scoring.predictive import log_density, log_lambda, predictive_cdf
from signposts.scoring.sampling import draw_readings, draw_truths
from signposts.scoring.simulation import (
    Correlation,
    Prospect,
    Worlds,
    cooperative_orientation,
    draw_uniforms,
    outlook,
    simulate_worlds,
    world_odds,
)

BINS = 10
TEMPERS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
WEIGHTINGS = ("alone", "grouped")
"""Each indicator counted whole, or with its group's weight."""
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
    calibration_error: float = 0.01
    accuracy: float = 0.95
    standard_errors: float = 4.0
    pit_p_value: float = 0.001
    log_score_slack: float = 0.02
    """A temper is admitted whose log score is within this of the best."""
    calibration_slack: float = 0.002
    """Calibration errors closer than this differ by the luck of the draws: then the better log score decides."""


@dataclass(frozen=True)
class Design:
    """What is simulated: I scored indicators of one tracker, S + 1 scenarios with `other` last."""

    indicator: Integers
    group: Integers
    rho: Floats
    prior: Floats
    temper: float
    """The one in force."""
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
    """(S + 1,) to be compared with the prior."""
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
class TemperScore:
    """Correlated worlds scored with one temper at one date."""

    time: float
    weighting: str
    temper: float
    log_score: float
    calibration_error: float


@dataclass(frozen=True)
class Calibration:
    """All results, and the bounds that are broken as sentences."""

    recovery: list[Recovery]
    identities: list[Identity]
    uniformity: list[Uniformity]
    tempers: list[TemperScore]
    chosen_temper: float
    outlook: list[Prospect]
    broken: list[str] = field(default_factory=list)


def calibrate(model: Model, design: Design, *, draws: int, seed: int, bounds: Bounds | None = None) -> Calibration:
    """Return every check of docs/method.md, 6, by simulation: the same seed, the same answer."""
    limits = bounds or Bounds()
    tempers = temper_scores(model, design, draws=draws, seed=seed)
    result = Calibration(
        recovery=[recover(model, design, time, draws=draws, seed=seed) for time in design.times],
        identities=good_identities(model, design, draws=GOOD_DRAWS, seed=seed),
        uniformity=uniformity(model, size=PIT_ROWS, latest=max(design.times), seed=seed),
        tempers=tempers,
        chosen_temper=choose_temper(tempers, limits),
        outlook=_outlook(model, design, draws=draws, seed=seed),
    )
    result.broken.extend(broken_bounds(result, design, limits))
    return result


# ---- scores of odds against known truths


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
    return float(np.log(np.maximum(odds[np.arange(len(truth)), truth], 1e-300)).mean())


# ---- worlds


def _worlds(
    model: Model,
    design: Design,
    time: float,
    weights: Floats,
    *,
    correlation: Correlation,
    reliability: float,
    draws: int,
    seed: int,
) -> Worlds:
    """Return worlds in which every indicator is read once at the date."""
    generator = np.random.default_rng(seed)
    orientation = cooperative_orientation(model, design.indicator)
    uniforms = draw_uniforms(generator, draws, design.group, orientation, correlation)
    outcomes = tabulate(model, prospects_at(model, design.indicator, time))
    reliable = np.full(len(design.indicator), reliability)
    return simulate_worlds(
        model, outcomes, weights, prior=design.prior, reliability=reliable, uniforms=uniforms, generator=generator
    )


def recover(model: Model, design: Design, time: float, *, draws: int, seed: int) -> Recovery:
    """Return how well the method without weights and temper recovers the truth in independent worlds."""
    whole = np.ones((1, len(design.indicator)))
    worlds = _worlds(
        model, design, time, whole, correlation=NO_CORRELATION, reliability=1.0, draws=draws, seed=seed + 1
    )
    odds = world_odds(model, worlds.evidence[0], design.prior, 1.0)
    truth = model.hypothesis_scenario[worlds.hypothesis]
    return Recovery(
        time=time,
        mean_posterior=odds.mean(axis=0),
        calibration_error=calibration_error(odds, truth),
        accuracy=float((odds.argmax(axis=1) == truth).mean()),
    )


def temper_scores(model: Model, design: Design, *, draws: int, seed: int) -> list[TemperScore]:
    """Return log score and calibration error of every temper, date and weighting in correlated worlds (4.1)."""
    every = np.ones(len(design.indicator), dtype=np.bool_)
    weights = np.stack([every.astype(np.float64), group_weights(design.group, design.rho, every)])
    rows = []
    for time in design.times:
        worlds = _worlds(
            model,
            design,
            time,
            weights,
            correlation=design.correlation,
            reliability=design.reliability,
            draws=draws,
            seed=seed + 2,
        )
        truth = model.hypothesis_scenario[worlds.hypothesis]
        for weighting, evidence in zip(WEIGHTINGS, worlds.evidence, strict=True):
            for temper in sorted({*TEMPERS, design.temper}):
                odds = world_odds(model, evidence, design.prior, temper)
                rows.append(
                    TemperScore(time, weighting, temper, log_score(odds, truth), calibration_error(odds, truth))
                )
    return rows


def choose_temper(rows: Sequence[TemperScore], limits: Bounds) -> float:
    """Return the grouped temper of least calibration error among those within the slack of the best log score (4.1).

    Both are means over the dates.
    """
    good = _good_tempers(rows, limits)
    return max(good, key=lambda temper: good[temper])


def _good_tempers(rows: Sequence[TemperScore], limits: Bounds) -> dict[float, float]:
    """Return the mean log score of each grouped temper that is admitted and has the least calibration error."""
    grouped = [row for row in rows if row.weighting == "grouped"]
    scores = {
        temper: (
            float(np.mean([row.log_score for row in grouped if row.temper == temper])),
            float(np.mean([row.calibration_error for row in grouped if row.temper == temper])),
        )
        for temper in sorted({row.temper for row in grouped})
    }
    best = max(score for score, _ in scores.values())
    admitted = {key: pair for key, pair in scores.items() if pair[0] >= best - limits.log_score_slack}
    least = min(error for _, error in admitted.values())
    return {key: score for key, (score, error) in admitted.items() if error <= least + limits.calibration_slack}


def _outlook(model: Model, design: Design, *, draws: int, seed: int) -> list[Prospect]:
    """Return when we will know, with the temper in force."""
    return outlook(
        model,
        design.indicator,
        design.times,
        prior=design.prior,
        reliability=np.full(len(design.indicator), design.reliability),
        group=design.group,
        rho=design.rho,
        temper=design.temper,
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
        own = np.flatnonzero(family == code)
        found = _transforms(plain, FAMILIES[code], truths.take(own), readings[own], generator)
        test = kstest(found, "uniform")
        rows.append(Uniformity(FAMILIES[code], len(own), float(test.statistic), float(test.pvalue)))
    return rows


def _transforms(model: Model, family: str, truths: Truths, readings: Floats, generator: np.random.Generator) -> Floats:
    """Return F(reading) under the hypothesis it was drawn from, spread evenly over the jump of a discrete one."""
    observations = _observations(family, truths.indicator, truths.time, readings)
    at = np.arange(len(readings)), truths.hypothesis
    middle: Floats = predictive_cdf(model, observations)[at]
    if family not in _DISCRETE:
        return middle
    return middle + (generator.random(len(readings)) - 0.5) * np.exp(log_density(model, observations)[at])


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
        *_broken_temper(result.tempers, design, limits),
    ]


def _broken_recovery(rows: Sequence[Recovery], design: Design, limits: Bounds) -> list[str]:
    """Return what recovery in independent worlds breaks."""
    found = []
    for row in rows:
        gap = float(np.abs(row.mean_posterior - design.prior).max())
        if gap > limits.mean_gap:
            found.append(f"recovery at year {row.time:.1f}: mean posterior is {gap:.4f} from the prior")
        if row.calibration_error > limits.calibration_error:
            found.append(f"recovery at year {row.time:.1f}: calibration error is {row.calibration_error:.4f}")
        if row.time == design.middle_time and row.accuracy < limits.accuracy:
            found.append(f"recovery at year {row.time:.1f}: the true scenario leads in {row.accuracy:.3f} of worlds")
    return found


def _broken_temper(rows: Sequence[TemperScore], design: Design, limits: Bounds) -> list[str]:
    """Return a sentence if the temper in force is worse than the one the simulation chooses."""
    good = _good_tempers(rows, limits)
    if design.temper in good:
        return []
    return [f"temper: {design.temper:g} is in force, and the simulation finds {', '.join(f'{x:g}' for x in good)}"]
