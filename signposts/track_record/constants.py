"""The constants of the method tried on the resolved sets: one at a time, and two together with a family left out.

Belongs here: which values are tried, and the probabilities under each, from the same likelihoods as a run's. Not here:
the choice, which a person writes into the catalogue (settings.yaml) and which docs/method.md gives reasons for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.assess.models import TrackerModel, observations_of
from signposts.assess.scoring import evidence_of
from signposts.scoring import resolved
from signposts.scoring.arrays import Floats
from signposts.scoring.combining import (
    by_scenario,
    evidence_weights,
    hypothesis_prior,
    log_joint,
    posterior,
    shared_luck,
)
from signposts.scoring.families.base import Likelihood
from signposts.scoring.model import Model
from signposts.scoring.predictive import likelihood
from signposts.scoring.resolved import ResolvedSet

if TYPE_CHECKING:
    import pandas as pd

SEED = 20250117


@dataclass(frozen=True, slots=True)
class Constants:
    """Numbers of the method that the resolved sets can speak about."""

    evidence_weight: float
    """Kappa."""
    contamination: float
    """Epsilon."""
    yardstick_spread: float
    reliability: float
    """Of every report."""
    rho: float
    """Luck that the indicators of a set share."""
    degrees: float
    """Of freedom of the fans; 0 for each history's own."""
    other_mass: float
    """Prior of `other`."""


NORMAL = 1e6
"""So many degrees of freedom that a fan is normal."""
TRIED: Mapping[str, tuple[float, ...]] = {
    "evidence_weight": (0.15, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0),
    "contamination": (0.05, 0.2, 0.35, 0.5, 0.7, 0.9),
    "yardstick_spread": (2.0, 3.0, 4.0, 6.0),
    "reliability": (0.75, 0.85, 0.913, 0.98),
    "rho": (0.0, 0.1, 0.3, 0.5),
    "degrees": (0.0, 10.0, NORMAL),
    "other_mass": (0.02, 0.05, 0.1, 0.2, 0.3),
}
TOGETHER = ("evidence_weight", "contamination")
CHOSEN, ALONE, TOGETHER_WITH, LEFT_OUT = "chosen", "alone", "together", "family_left_out"


@dataclass(frozen=True)
class Readings:
    """The scored observations of one set."""

    tracker: TrackerModel
    resolved_set: ResolvedSet
    rows: "pd.DataFrame"


def chosen_constants(all_readings: Sequence[Readings]) -> Constants:
    """Return the constants that the sets' own catalogue gives."""
    tracker, rows = all_readings[0].tracker, all_readings[0].rows
    return Constants(
        evidence_weight=tracker.evidence_weight,
        contamination=tracker.model.contamination,
        yardstick_spread=tracker.model.yardstick_spread,
        reliability=float(rows["reliability"].iloc[0]),
        rho=max(tracker.rho.values()),
        degrees=0.0,
        other_mass=float(tracker.model.prior[-1]),
    )


def tried_model(readings: Readings, constants: Constants) -> Model:
    """Return a set's model under other constants."""
    model = readings.tracker.model
    named = model.prior[:-1] / model.prior[:-1].sum() * (1 - constants.other_mass)
    model = replace(
        model,
        contamination=constants.contamination,
        yardstick_spread=constants.yardstick_spread,
        prior=np.append(named, constants.other_mass),
    )
    if constants.degrees:
        own_degrees = np.full(model.parameters["degrees"].shape, constants.degrees)
        model = replace(model, parameters={**model.parameters, "degrees": own_degrees})
    return model


def summed_evidence(
    readings: Readings, constants: Constants, model: Model, likelihoods: Likelihood
) -> tuple[Floats, Floats]:
    """Return the evidence of every date, plain and contaminated, each (D, N): weighed ratios and shared luck."""
    rows = readings.rows.assign(reliability=constants.reliability)
    keys = ["as_of", "indicator_id"]
    reading = rows.groupby(keys, sort=False).ngroup().to_numpy()
    at = rows.drop_duplicates(keys)
    said = evidence_of(model, rows, likelihoods, reading, len(at))
    group = np.zeros(len(at), dtype=np.int64)
    day = at["as_of"].dt.date.map(lambda when: when.toordinal()).to_numpy()
    plain, contaminated = (np.empty((len(readings.resolved_set.days), model.n_hypotheses - 1)) for _ in range(2))
    for place, when in enumerate(readings.resolved_set.days):
        index = np.flatnonzero(day == when)
        weights = evidence_weights(
            said["is_defining"][index], np.ones(len(index), dtype=bool), constants.evidence_weight, 1.0
        )
        z = np.nan_to_num(said["z"][index, :-1])
        member = ~np.isnan(said["z"][index, 0])
        luck = constants.evidence_weight * shared_luck(z, member, group[index], np.array([constants.rho])).sum(axis=0)
        plain[place] = weights @ said["log_ratio"][index, :-1] + luck
        contaminated[place] = weights @ said["log_ratio_contaminated"][index, :-1] + luck
    return plain, contaminated


def posteriors(model: Model, plain: Floats, contaminated: Floats) -> Floats:
    """Return P(s | D) of every date, shape (D, S + 1), from its evidence."""
    prior = hypothesis_prior(model.prior, model.hypothesis_scenario, model.onset_weight)
    joint = posterior(log_joint(prior, plain, contaminated))
    return by_scenario(joint, model.hypothesis_scenario, model.n_scenarios)


def probabilities(readings: Readings, constants: Constants) -> Floats:
    """Return P(s | D) of every date under other constants, shape (D, S + 1)."""
    model = tried_model(readings, constants)
    likelihoods = likelihood(model, observations_of(readings.tracker, readings.rows))
    return posteriors(model, *summed_evidence(readings, constants, model, likelihoods))


def family_scores(all_readings: Sequence[Readings], constants: Constants) -> tuple[dict[str, float], dict[str, float]]:
    """Return each family's mean log score, and P(other) at the end of each set that ended outside every scenario."""
    sets = [readings.resolved_set for readings in all_readings]
    said = [probabilities(readings, constants) for readings in all_readings]
    return resolved.by_family(sets, list(map(resolved.log_score, sets, said))), other_at_end(sets, said)


def other_at_end(sets: Sequence[ResolvedSet], said: Sequence[Floats]) -> dict[str, float]:
    """Return P(other) at the end of each set that ended outside every scenario."""
    return {
        resolved_set.set_id: float(probability[-1, -1])
        for resolved_set, probability in zip(sets, said, strict=True)
        if resolved_set.ended_outside
    }


def constant_rows(all_readings: Sequence[Readings]) -> Iterator[dict[str, Any]]:
    """Yield the rows of table resolved_constant."""
    chosen = chosen_constants(all_readings)
    yield _row(CHOSEN, chosen, "", *family_scores(all_readings, chosen))
    for name, values in TRIED.items():
        for value in values:
            tried = replace(chosen, **{name: value})
            yield _row(ALONE, tried, name, *family_scores(all_readings, tried))
    grid = {
        pair: family_scores(all_readings, replace(chosen, **dict(zip(TOGETHER, pair, strict=True))))
        for pair in product(*(TRIED[name] for name in TOGETHER))
    }
    for pair, scores in grid.items():
        yield _row(TOGETHER_WITH, replace(chosen, **dict(zip(TOGETHER, pair, strict=True))), "", *scores)
    # for each family what the others would have chosen, and how the family fares with it
    families = list(next(iter(grid.values()))[0])
    for family in families if len(families) > 1 else ():
        others = [name for name in families if name != family]
        best = max(grid, key=lambda pair: float(np.mean([grid[pair][0][name] for name in others])))
        tried = replace(chosen, **dict(zip(TOGETHER, best, strict=True)))
        yield _row(LEFT_OUT, tried, family, {family: grid[best][0][family]}, {})


def _row(
    kind: str, constants: Constants, about: str, scores: Mapping[str, float], other: Mapping[str, float]
) -> dict[str, Any]:
    """Return one row of table resolved_constant."""
    mean, low, high = resolved.bootstrap_interval(scores, SEED)
    return {
        "kind": kind,
        "about": about,
        **{field.name: getattr(constants, field.name) for field in fields(constants)},
        "log_score": mean,
        "low": low,
        "high": high,
        "outside_seen": sum(value > 0.5 for value in other.values()) if other else None,
    }
