"""The interval of the probabilities: every invented number moved by its spread, all at once, many times over.

Belongs here: the draws, the moved predictions, the probabilities under each. Not here: which readings there are, or the
table (assess/intervals.py). K draws, I indicators, S scenarios, H hypotheses with `other` last.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import betaincc, expit, logit

from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.combining import (
    Pool,
    by_scenario,
    evidence_weights,
    hypothesis_prior,
    log_joint,
    luck_scores,
    pooled_places,
    pooled_ratios,
    posterior,
    shared_luck,
)
from signposts.scoring.families.mixtures import bisect
from signposts.scoring.model import Model, with_one_later_onset
from signposts.scoring.observations import Observations, latest_date
from signposts.scoring.predictive import likelihood
from signposts.scoring.spreads import SPREADS

DRAWS = 250
SHARED = 0.7
"""Of the variance of a number, the part that the scenarios of one indicator have in common."""
TRIGGER_SPREAD = 0.5
LEAST_CHANGE = -0.99
LEAST = 1e-9


def standard_normals(seed: int, key: str, draws: int) -> Floats:
    """Return the draws of one number, shape (K,): the key's own stream, so that a new number moves no other draw."""
    stream = np.random.Generator(np.random.PCG64([seed, zlib.crc32(key.encode("utf-8"))]))
    return stream.standard_normal(draws)


@dataclass(frozen=True)
class Moves:
    """The draws of one tracker's numbers."""

    seed: int
    draws: int

    def of_scenario(self, indicator_id: str, scenario_id: str) -> Floats:
        """Return the draws of a prediction's number: most of it is shared by the indicator's scenarios."""
        common = standard_normals(self.seed, indicator_id, self.draws)
        specific = standard_normals(self.seed, f"{indicator_id}|{scenario_id}", self.draws)
        result: Floats = math.sqrt(SHARED) * common + math.sqrt(1 - SHARED) * specific
        return result

    def of_detail(self, indicator_id: str, scenario_id: str, detail: str) -> Floats:
        """Return the draws of a trigger's share or a category's probability, which have their own."""
        return standard_normals(self.seed, f"{indicator_id}|{scenario_id}|{detail}", self.draws)


def moved_model(model: Model, predictions: Sequence[Mapping[str, Any]], moves: Moves) -> Model:
    """Return one model that holds every indicator K times, each time with its numbers moved: indicator i + k I.

    predictions: rows with indicator_id, scenario_id, type and `parameters` as a mapping.
    """
    draws = moves.draws
    parameters = {name: np.tile(column, (draws, 1)) for name, column in model.parameters.items()}
    probabilities = np.tile(model.probabilities, (draws, 1, 1))
    step = len(model.indicator_ids)
    for row in predictions:
        if row["indicator_id"] not in model.indicator_ids or row["type"] not in SPREADS:
            continue
        indicator = model.indicator_ids.index(row["indicator_id"])
        scenario = model.scenario_ids.index(row["scenario_id"])
        rows = indicator + step * np.arange(draws)
        z = moves.of_scenario(row["indicator_id"], row["scenario_id"]) * spread_of(row["type"], row["parameters"])
        if row["type"] == "ordinal":
            weights = probabilities[rows, scenario]
            for place, category in enumerate(model.categories[indicator]):
                detail = moves.of_detail(row["indicator_id"], row["scenario_id"], category)
                weights[:, place] *= np.exp(spread_of("ordinal", row["parameters"]) * detail)
            probabilities[rows, scenario] = weights / weights.sum(axis=1, keepdims=True)
            continue
        base = {name: float(column[indicator, scenario]) for name, column in model.parameters.items()}
        moved = _moved(row["type"], base, row["parameters"], z)
        if base.get("trigger_share", 0.0) > 0:
            own_draws = moves.of_detail(row["indicator_id"], row["scenario_id"], "trigger")
            moved["trigger_share"] = expit(logit(base["trigger_share"]) + TRIGGER_SPREAD * own_draws)
        for name, values in moved.items():
            parameters[name][rows, scenario] = values
    repeated: dict[str, Any] = {
        name: np.tile(getattr(model, name), (draws, 1)) for name in ("type", "speaks", "stated")
    } | {
        name: np.tile(getattr(model, name), draws)
        for name in ("family", "detect_prob", "exposure_start", "cooperative", "defines")
    }
    return replace(
        model,
        indicator_ids=tuple(f"{draw}/{name}" for draw in range(draws) for name in model.indicator_ids),
        parameters=parameters,
        probabilities=probabilities,
        categories=model.categories * draws,
        waypoints=np.tile(model.waypoints, (draws, 1, 1, 1)),
        **repeated,
    )


def spread_of(kind: str, given: Mapping[str, Any]) -> float:
    """Return the spread of a prediction's moved number: its own, or the type's."""
    (default,) = SPREADS[kind].values()
    return float(given.get("spread", default))


def _moved(kind: str, base: Mapping[str, float], given: Mapping[str, Any], z: Floats) -> dict[str, Floats]:
    """Return the moved parameters of one prediction, each (K,)."""
    if kind == "path":
        return {"slope": base["slope"] + z / base["length"]}
    if kind == "range":
        return {"long_run_mean": base["long_run_mean"] + z}
    if kind == "drift":
        return {"slope": np.log1p(np.maximum(np.expm1(base["slope"]) + z, LEAST_CHANGE))}
    if kind == "event_by":
        p = expit(logit(base["p"]) + z)
        return {"p": p, "cumulative": -np.log1p(-p)}
    if kind == "rate":
        return {"rate_mean": base["rate_mean"] * np.exp(z)}
    concentration = base["beta_a"] + base["beta_b"]
    if kind == "share":
        mean = expit(logit(base["beta_a"] / concentration) + z)
    else:
        p_beyond = expit(logit(float(given["p_beyond"])) + z)
        above = p_beyond if str(given.get("op", ">=")).startswith(">") else 1 - p_beyond
        mean = _threshold_mean(float(given["value"]), above, concentration)
    return {"beta_a": mean * concentration, "beta_b": (1 - mean) * concentration}


def _threshold_mean(value: float, above: Floats, concentration: float) -> Floats:
    """Return m, shape (K,), such that Beta(m n, (1 - m) n) lies above `value` with probability `above`."""

    def beyond(mean: Floats) -> Floats:
        return np.asarray(betaincc(mean * concentration, (1 - mean) * concentration, value), dtype=np.float64)

    return bisect(np.full(above.shape, LEAST), np.full(above.shape, 1 - LEAST), above, beyond)


# ------------------------------------------------------------------ readings under every draw


@dataclass(frozen=True)
class DrawnReadings:
    """R distinct readings under every draw: arrays (K, R, H), and what does not depend on the draw, (R,)."""

    model: Model
    """The H hypotheses that these readings can tell apart."""
    log_ratio: Floats
    contaminated: Floats
    z: Floats
    indicator: Integers
    is_defining: Booleans
    shares_luck: Booleans


def drawn_readings(
    model: Model,
    predictions: Sequence[Mapping[str, Any]],
    observations: Observations,
    pool: Pool,
    readings: tuple[Integers, Booleans],
    moves: Moves,
) -> DrawnReadings:
    """Return l, contaminated l and z of R distinct readings under every draw.

    observations (n,) with ``pool`` that makes R readings of them; ``readings`` are the indicator of each, (R,), and
    whether it is a defining event that has happened.
    """
    indicator, is_defining = readings
    n_readings, n_rows, draws = len(indicator), len(observations), moves.draws
    model = with_one_later_onset(model, latest_date(observations))
    moved = moved_model(model, predictions, moves)
    offset = np.repeat(np.arange(draws), n_rows) * len(model.indicator_ids)
    many = observations.take(np.tile(np.arange(n_rows), draws))
    many = replace(many, indicator=many.indicator + offset)
    likelihoods = likelihood(moved, many)
    whole = Pool(
        reading=np.tile(pool.reading, draws) + np.repeat(np.arange(draws), n_rows) * n_readings,
        position=np.tile(pool.position, draws),
        weight=np.tile(pool.weight, draws),
        reliability=np.tile(pool.reliability, draws),
        falls_back=np.tile(pool.falls_back, draws),
    )
    size = draws * n_readings
    orientation = np.tile(model.luck_orientation(indicator), draws)[:, None]
    shape = (draws, n_readings, model.n_hypotheses)
    z = luck_scores(pooled_places(np.nan_to_num(likelihoods.place, nan=0.5), whole, size), orientation)
    return DrawnReadings(
        model=model,
        log_ratio=pooled_ratios(likelihoods.log_ratio, whole, size).reshape(shape),
        contaminated=pooled_ratios(likelihoods.log_ratio_contaminated, whole, size).reshape(shape),
        z=z.reshape(shape),
        indicator=indicator,
        is_defining=is_defining,
        shares_luck=model.speaks[indicator].all(axis=1) & ~is_defining,
    )


@dataclass(frozen=True)
class Weighing:
    """How a tracker weighs its evidence: group of each indicator (I,), rho (G,), prior (S + 1,), kappa and gamma."""

    group: Integers
    rho: Floats
    prior: Floats
    evidence_weight: float
    defining_weight: float


def drawn_probabilities(drawn: DrawnReadings, chosen: Integers, weighing: Weighing) -> Floats:
    """Return P(s | D) under every draw, shape (K, S + 1), of the readings at one date: indices into R."""
    model = drawn.model
    weights = evidence_weights(
        drawn.is_defining[chosen],
        np.ones(len(chosen), dtype=np.bool_),
        weighing.evidence_weight,
        weighing.defining_weight,
    )
    group = weighing.group[drawn.indicator[chosen]]
    member = drawn.shares_luck[chosen]
    luck = shared_luck(
        drawn.z[:, chosen, :-1], np.broadcast_to(member, (drawn.z.shape[0], len(chosen))), group, weighing.rho
    )
    shared = weighing.evidence_weight * luck.sum(axis=1)
    plain = np.einsum("i,kih->kh", weights, drawn.log_ratio[:, chosen, :-1]) + shared
    contaminated = np.einsum("i,kih->kh", weights, drawn.contaminated[:, chosen, :-1]) + shared
    prior = hypothesis_prior(weighing.prior, model.hypothesis_scenario, model.onset_weight)
    joint = log_joint(np.broadcast_to(prior, (len(plain), len(prior))), plain, contaminated)
    return by_scenario(posterior(joint), model.hypothesis_scenario, model.n_scenarios)


def percentiles(probability: Floats) -> tuple[Floats, Floats]:
    """Return the 5th, 50th and 95th percentile of each scenario, (3, S + 1), and the share of draws in which it leads.

    Percentiles are linear between the draws; the share is (S + 1,).
    """
    leads = np.bincount(probability.argmax(axis=1), minlength=probability.shape[1]) / len(probability)
    return np.percentile(probability, (5, 50, 95), axis=0), leads
