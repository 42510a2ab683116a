"""Scoring: the likelihood ratio of every observation, and what the readings made of them say of every hypothesis.

Belongs here: calling the method on whole tables and shaping its answers into rows. Not here: formulas, sums over
indicators (sql/assess).
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.assess.models import TrackerModel, observations_of
from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.combining import Pool, luck_scores, pooled_places, pooled_ratios
from signposts.scoring.families.base import Likelihood
from signposts.scoring.model import Model, stated_only, with_trigger_shares
from signposts.scoring.predictive import likelihood

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["tracker_id", "as_of", "indicator_id", "observation_id", "position"]
SAID = [
    "indicator_id",
    "kind",
    "value",
    "value_low",
    "value_high",
    "category",
    "scored_at",
    "log_sd",
    "trials",
    "exposure_start",
    "exposure_end",
    "happened_from",
    "happened_to",
]
"""What two observations must share to have one likelihood; most as-of dates see the same ones."""


def score_readings(
    trackers: Iterable[TrackerModel], observations: "pd.DataFrame", nodes: "pd.DataFrame"
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Return rows of observation_ratio and reading_evidence, for all predictions and for each other subset.

    ``observations`` are the scored rows of observation at position 1 and older links of chains at 2 and more;
    ``nodes`` those of list_completeness.
    """
    import pandas as pd

    ratios, evidence = [], []
    for tracker in trackers:
        tracker_rows = observations[observations["tracker_id"] == tracker.tracker_id]
        tracker_rows = tracker_rows[tracker_rows["indicator_id"].isin(tracker.scored)].reset_index(drop=True)
        if tracker_rows.empty:
            continue
        for subset, model in _subsets(tracker):
            spoken = tracker_rows[tracker_rows["indicator_id"].isin(speaking(model))].reset_index(drop=True)
            if spoken.empty:
                continue
            likelihoods = _distinct_likelihood(tracker, model, spoken, nodes)
            ratios.append(_ratio_rows(model, spoken, likelihoods, subset))
            evidence.append(_evidence_rows(tracker, model, spoken, likelihoods, subset))
    return (
        pd.concat(ratios, ignore_index=True) if ratios else _no_rows("observation_ratio"),
        pd.concat(evidence, ignore_index=True) if evidence else _no_rows("reading_evidence"),
    )


def _no_rows(table: str) -> "pd.DataFrame":
    """Return a frame without rows that has the table's columns."""
    import pandas as pd

    from signposts.warehouse import dictionary_columns

    return pd.DataFrame(columns=list(dictionary_columns()[table]))


def _subsets(tracker: TrackerModel) -> Iterator[tuple[str, Model]]:
    """Yield the predictions that variants listen to: all, the stated alone, all with other shares of the triggers."""
    yield "all", tracker.model
    yield "stated", stated_only(tracker.model)
    for factor in tracker.settings["variants"].get("trigger_factor", ()):
        yield f"trigger_factor:{factor:g}", with_trigger_shares(tracker.model, factor)


def speaking(model: Model) -> list[str]:
    """Return the indicators on which at least one scenario speaks."""
    return [model.indicator_ids[index] for index in np.flatnonzero(model.speaks.any(axis=1))]


def scored_places(tracker: TrackerModel) -> Integers:
    """Return the places in the model of the scored indicators on which a scenario speaks."""
    return np.sort(tracker.model.indicator_index([name for name in speaking(tracker.model) if name in tracker.scored]))


def _distinct_likelihood(
    tracker: TrackerModel, model: Model, rows: "pd.DataFrame", nodes: "pd.DataFrame"
) -> Likelihood:
    """Return the likelihood of every row, computed once for each different observation."""
    quantiles, weights = completeness_of(tracker, model, rows, nodes)
    said = rows[SAID].assign(mean_completeness=(quantiles * weights).sum(axis=1).round(12))
    code = said.groupby(list(said.columns), dropna=False, sort=False).ngroup().to_numpy()
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    distinct = observations_of(tracker, rows.iloc[first], (quantiles[first], weights[first]))
    likelihoods = likelihood(model, distinct)
    return Likelihood(**{name: values[inverse] for name, values in vars(likelihoods).items()})


def completeness_of(
    tracker: TrackerModel, model: Model, rows: "pd.DataFrame", nodes: "pd.DataFrame"
) -> tuple[Floats, Floats]:
    """Return nodes and weights of the completeness of each row's list, each (n, K); even where there are none."""
    from signposts.scoring.observations import even_completeness

    values, weights = (part.copy() for part in even_completeness(len(rows), *model.open_list_coverage))
    tracker_nodes = nodes[nodes["tracker_id"] == tracker.tracker_id]
    groups = dict(list(tracker_nodes.groupby(["as_of", "indicator_id"])))
    for row, key in enumerate(zip(rows["as_of"], rows["indicator_id"], strict=True)):
        if key in groups:
            group = groups[key]
            values[row], weights[row] = 1.0, 0.0
            values[row, : len(group)], weights[row, : len(group)] = group["q"], group["weight"]
    return values, weights


def _repeated(model: Model, rows: "pd.DataFrame", columns: list[str], subset: str) -> dict[str, Any]:
    """Return the rows' own columns once for each hypothesis, with the hypothesis beside them."""
    import pandas as pd

    n_rows, n_hypotheses = len(rows), model.n_hypotheses
    scenario = pd.array(model.hypothesis_scenario_ids(), dtype="str")
    return {name: rows[name].array.repeat(n_hypotheses) for name in columns} | {
        "subset": subset,
        "scenario_id": scenario.take(np.tile(np.arange(n_hypotheses), n_rows)),
        "onset": np.tile(model.hypothesis_onset, n_rows),
    }


def _ratio_rows(model: Model, rows: "pd.DataFrame", likelihoods: Likelihood, subset: str) -> "pd.DataFrame":
    """Return rows of observation_ratio, a row's hypotheses together."""
    import pandas as pd

    return pd.DataFrame(
        _repeated(model, rows, KEYS, subset)
        | {
            "log_lambda": likelihoods.log_ratio.ravel(),
            "log_lambda_contaminated": likelihoods.log_ratio_contaminated.ravel(),
            "place": likelihoods.place.ravel(),
        }
    )


def _evidence_rows(
    tracker: TrackerModel, model: Model, rows: "pd.DataFrame", likelihoods: Likelihood, subset: str
) -> "pd.DataFrame":
    """Return rows of reading_evidence: pooled, chained, and with the luck that the storyline shares."""
    import pandas as pd

    keys = ["tracker_id", "as_of", "indicator_id"]
    reading = rows.groupby(keys, sort=False).ngroup().to_numpy()
    readings = rows.drop_duplicates(keys)[keys].reset_index(drop=True)
    said = evidence_of(model, rows, likelihoods, reading, len(readings))
    frame = readings.assign(group_id=[tracker.groups[name] for name in readings["indicator_id"]])
    return pd.DataFrame(
        _repeated(model, frame, [*keys, "group_id"], subset)
        | {
            "log_ratio": said["log_ratio"].ravel(),
            "log_ratio_contaminated": said["log_ratio_contaminated"].ravel(),
            "z": said["z"].ravel(),
            "is_defining": np.repeat(said["is_defining"], model.n_hypotheses),
        }
    )


def evidence_of(
    model: Model, rows: "pd.DataFrame", likelihoods: Likelihood, reading: Any, n_readings: int
) -> dict[str, Any]:
    """Return l, contaminated l and z of readings, each (R, H), and which are defining events that happened, (R,).

    z is NaN where a reading does not share the luck of its storyline: some scenario is silent on it, or it is such an
    event; and for `other`.
    """
    pool, indicator, is_defining = pool_of(model, rows, reading, n_readings)
    shares = model.speaks[indicator].all(axis=1) & ~is_defining
    z = luck_scores(pooled_places(likelihoods.place, pool, n_readings), model.luck_orientation(indicator)[:, None])
    z[~shares] = np.nan
    z[:, -1] = np.nan
    return {
        "log_ratio": pooled_ratios(likelihoods.log_ratio, pool, n_readings),
        "log_ratio_contaminated": pooled_ratios(likelihoods.log_ratio_contaminated, pool, n_readings),
        "z": z,
        "is_defining": is_defining,
    }


def pool_of(model: Model, rows: "pd.DataFrame", reading: Any, n_readings: int) -> tuple[Pool, Integers, Booleans]:
    """Return how observations make R readings, the indicator of each, and which are defining events that happened."""
    indicator = np.zeros(n_readings, dtype=np.int64)
    indicator[reading] = model.indicator_index(rows["indicator_id"].to_numpy(dtype=object))
    is_event = np.asarray(rows["kind"].to_numpy(dtype=object) == "event")
    pool = Pool(
        reading=reading,
        position=rows["position"].to_numpy(dtype=np.int64),
        weight=rows["pool_weight"].to_numpy(dtype=np.float64),
        reliability=rows["reliability"].to_numpy(dtype=np.float64),
        falls_back=~is_event,
    )
    happened = np.bincount(reading, pool.weight * is_event * (pool.position == 1), minlength=n_readings)
    return pool, indicator, (happened >= 0.5) & (model.defines[indicator] >= 0)
