"""Why `none of the above` rises or does not, and what other makings of it would cost on the resolved sets.

Belongs here: the most that `other` could say of a set that ended outside every scenario, and other makings of it, from
the same likelihoods as a run's. Not here: the constants in force and one change of each (constants.py), the words.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from signposts.assess.models import observations_of
from signposts.scoring import resolved
from signposts.scoring.arrays import Floats
from signposts.scoring.families.base import LOG_FLOOR, Likelihood
from signposts.scoring.fans import fan_quantiles
from signposts.scoring.model import Model
from signposts.scoring.observations import Observations
from signposts.scoring.predictive import likelihood, log_density
from signposts.track_record.constants import (
    SEED,
    Constants,
    Readings,
    chosen_constants,
    other_at_end,
    posteriors,
    summed_evidence,
    tried_model,
)

SURPRISES, NOWHERE, NO_CHANGE = "surprises", "nowhere", "no change"
"""Worlds that `other` may be made of: a scenario holds but some readings come from nowhere; all of them do; the series
walks on from its last value before publication, as its history did."""
NEAREST_SHARE = 0.8
World = Callable[[Model, Observations, Likelihood], Floats]


@dataclass(frozen=True, slots=True)
class Making:
    """One making of `other`: its prior, the shares of its worlds, and the spread of the yardstick."""

    other_mass: float
    worlds: Mapping[str, float]
    yardstick_spread: float = 2.0


TRIED: tuple[Making, ...] = (
    *(Making(mass, {SURPRISES: 1.0}) for mass in (0.05, 0.1, 0.2, 0.3)),
    *(Making(mass, {NOWHERE: 1.0}) for mass in (0.05, 0.1, 0.2)),
    *(Making(mass, {NO_CHANGE: 1.0}) for mass in (0.05, 0.1, 0.2)),
    *(Making(mass, {NOWHERE: 0.5, NO_CHANGE: 0.5}) for mass in (0.05, 0.1, 0.2)),
    *(Making(mass, {NOWHERE: 0.2, NO_CHANGE: 0.8}, 4.0) for mass in (0.03, 0.05, 0.07, 0.1)),
)


def _no_change(model: Model, observations: Observations, likelihoods: Likelihood) -> Floats:
    """Return the ratio of a walk from the start, with the spread of the paths."""
    start = np.broadcast_to(model.waypoints[:, :, :1, 1], model.waypoints.shape[:3])
    held = replace(model, waypoints=np.stack([model.waypoints[..., 0], start], axis=-1))
    density = log_density(held, observations)[:, 0]
    return np.broadcast_to(_against_reference(density, likelihoods), likelihoods.log_ratio.shape)


def _foreknown(model: Model, observations: Observations, likelihoods: Likelihood) -> Floats:
    """Return the greatest ratio that a fan of the paths' spread can have: its middle lies on the reading."""
    middle = fan_quantiles(model, observations.indicator, observations.time, np.array([0.5]))[:, 0, 0]
    peak = log_density(model, replace(observations, value=middle))[:, 0]
    return np.broadcast_to(_against_reference(peak, likelihoods), likelihoods.log_ratio.shape)


def _against_reference(density: Floats, likelihoods: Likelihood) -> Floats:
    """Return ln of a density over the reference's, (n, 1)."""
    ratio: Floats = np.maximum(density - likelihoods.log_reference, LOG_FLOOR)[:, None]
    return ratio


WORLDS: Mapping[str, World] = {
    SURPRISES: lambda _model, _observations, likelihoods: likelihoods.log_ratio_contaminated,
    # the yardstick's ratio, whichever hypothesis
    NOWHERE: lambda _model, _observations, likelihoods: np.broadcast_to(
        likelihoods.log_wide[:, None], likelihoods.log_ratio.shape
    ),
    NO_CHANGE: _no_change,
}


def probabilities_of(readings: Readings, constants: Constants, shares: Mapping[World, float]) -> Floats:
    """Return P(s | D) of every date, shape (D, S + 1), where `other` is a mixture of worlds."""
    model = tried_model(readings, constants)
    observations = observations_of(readings.tracker, readings.rows)
    likelihoods = likelihood(model, observations)
    parts = []
    for world, share in shares.items():
        told = replace(likelihoods, log_ratio_contaminated=world(model, observations, likelihoods))
        plain, contaminated = summed_evidence(readings, constants, model, told)
        parts.append(np.log(share) + contaminated)
    return posteriors(model, plain, np.logaddexp.reduce(parts, axis=0))


def most_that_other_could_say(readings: Readings, constants: Constants) -> float:
    """Return P(other) at the end if no reading fitted any scenario at all: what reliability and contamination allow."""
    model = tried_model(readings, constants)
    likelihoods = likelihood(model, observations_of(readings.tracker, readings.rows))
    nothing = np.full_like(likelihoods.log_ratio, LOG_FLOOR)
    surprised = np.full_like(likelihoods.log_ratio, np.log(2 * constants.contamination))
    hopeless = replace(likelihoods, log_ratio=nothing, log_ratio_contaminated=surprised)
    return float(posteriors(model, *summed_evidence(readings, constants, model, hopeless))[-1, -1])


def outside_rows(all_readings: Sequence[Readings]) -> Iterator[dict[str, Any]]:
    """Yield for each set that ended outside every scenario what `other` said at the end, and the most it could say."""
    constants = chosen_constants(all_readings)
    for readings in all_readings:
        if not readings.resolved_set.ended_outside:
            continue
        end = readings.rows[readings.rows["as_of"] == readings.rows["as_of"].max()].reset_index(drop=True)
        observations = observations_of(readings.tracker, end)
        middle = fan_quantiles(readings.tracker.model, observations.indicator, observations.time, np.array([0.1, 0.9]))
        inside = (middle[..., 0] <= observations.value[:, None]) & (observations.value[:, None] <= middle[..., 1])
        foreknown = probabilities_of(readings, constants, {_foreknown: 1.0})
        yield {
            "set_id": readings.resolved_set.set_id,
            "n_readings": len(end),
            "n_inside": int(inside[:, readings.resolved_set.closest].sum()),
            "said": float(readings.resolved_set.probability[-1, -1]),
            "if_nothing_fitted": most_that_other_could_say(readings, constants),
            "if_foreknown": float(foreknown[-1, -1]),
        }


def chosen_without(rows: Sequence[Mapping[str, Any]], families: Mapping[str, str], measure: str) -> tuple[float, int]:
    """Return the mean log score and the outside sets seen, where the other families choose the making by a measure.

    ``families`` gives the family of each set that ended outside every scenario.
    """
    scores, seen = [], 0
    for family in rows[0]["by_family"][measure]:
        best = max(
            rows,
            key=lambda row: sum(value for name, value in row["by_family"][measure].items() if name != family),
        )
        scores.append(best["by_family"]["log_score"][family])
        seen += sum(value > 0.5 for name, value in best["other"].items() if families[name] == family)
    return float(np.mean(scores)), seen


def making_rows(all_readings: Sequence[Readings]) -> Iterator[dict[str, Any]]:
    """Yield for each making of `other` what it would have said and scored."""
    chosen = chosen_constants(all_readings)
    sets = [readings.resolved_set for readings in all_readings]
    equal = resolved.by_family(sets, list(map(resolved.log_score, sets, map(resolved.equal_odds, sets))))
    rule = [resolved.nearest_by_last_value(resolved_set, NEAREST_SHARE) for resolved_set in sets]
    nearest = resolved.by_family(sets, list(map(resolved.log_score, sets, rule)))
    for making in TRIED:
        constants = replace(chosen, other_mass=making.other_mass, yardstick_spread=making.yardstick_spread)
        shares = {WORLDS[name]: share for name, share in making.worlds.items()}
        said = [probabilities_of(readings, constants, shares) for readings in all_readings]
        score = resolved.by_family(sets, list(map(resolved.log_score, sets, said)))
        end = resolved.by_family(sets, list(map(resolved.end_log_score, sets, said)))
        gain = {family: score[family] - equal[family] for family in score}
        yield {
            "making": making,
            "by_family": {"log_score": score, "log_score_of_end": end},
            "log_score": float(np.mean(list(score.values()))),
            "least_gain": resolved.bootstrap_interval(gain, SEED)[1],
            "better_than_nearest": sum(score[family] > nearest[family] for family in score),
            "log_score_of_end": float(np.mean(list(end.values()))),
            "other": other_at_end(sets, said),
            "false": sum(
                float(probability[:, -1].max()) > 0.5
                for resolved_set, probability in zip(sets, said, strict=True)
                if not resolved_set.ended_outside
            ),
        }
