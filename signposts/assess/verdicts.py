"""Verdicts: the status word of every cell, and the growth still needed.

Belongs here: calling the method for words and thresholds and shaping its answers into rows. Not here: odds.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from signposts.assess.models import TrackerModel, observations_of, scoreable_rows
from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.families import FAMILIES
from signposts.scoring.information import diagnosticity, needed_growth
from signposts.scoring.status import Readings, status

if TYPE_CHECKING:
    import pandas as pd

READING_KEYS = ["tracker_id", "as_of", "indicator_id"]


def status_words(
    trackers: Iterable[TrackerModel], readings: "pd.DataFrame", pooled: "pd.DataFrame"
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Return rows of status_word and of required_growth for every as-of date, predicted indicator and scenario."""
    import pandas as pd

    words, growth = [], []
    for tracker in trackers:
        in_model = readings["indicator_id"].isin(tracker.model.indicator_ids)
        tracker_readings = readings[(readings["tracker_id"] == tracker.tracker_id) & in_model].reset_index(drop=True)
        observations = pooled[pooled["tracker_id"] == tracker.tracker_id]
        part = _tracker_words(tracker, tracker_readings, observations)
        words.append(part)
        growth.append(_tracker_growth(tracker, tracker_readings))
    return pd.concat(words, ignore_index=True), pd.concat(growth, ignore_index=True)


def _tracker_words(tracker: TrackerModel, readings: "pd.DataFrame", pooled: "pd.DataFrame") -> "pd.DataFrame":
    """Return the status words of one tracker."""
    import pandas as pd

    model, prior = tracker.model, named_prior(tracker)
    spoken = pooled.merge(readings[READING_KEYS].assign(reading=readings.index), on=READING_KEYS, how="inner")
    spoken = scoreable_rows(tracker, spoken)
    observations = observations_of(tracker, spoken)
    # what lies before t0 or before a start of its predictions is history
    starts = model.parameters["start_time"][observations.indicator]
    latest = np.where(np.isnan(starts), -np.inf, starts).max(axis=1, initial=-np.inf)
    last_day = np.where(np.isnan(observations.happened_to), observations.time, observations.happened_to)
    assessed = (last_day > 0) & (last_day > latest)
    spoken, observations = spoken[assessed], observations.take(np.flatnonzero(assessed))
    indicator = model.indicator_index(readings["indicator_id"].to_numpy(dtype=object))
    newest = np.full(len(readings), -np.inf)
    np.maximum.at(newest, spoken["reading"].to_numpy(), observations.time)
    time = np.where(np.isfinite(newest), newest, np.nan)
    bits = _bits(tracker, prior, indicator, time, readings["trials"].to_numpy(dtype=np.float64, na_value=np.nan))
    # weights that sum to 1 over what is assessed
    total = spoken.groupby("reading")["pool_weight"].transform("sum")
    statuses = status(
        model,
        observations,
        Readings(
            indicator=indicator,
            time=time,
            bits=bits,
            of_observation=spoken["reading"].to_numpy(dtype=np.int64),
            pool_weight=(spoken["pool_weight"] / total).to_numpy(dtype=np.float64),
        ),
        tracker.settings["thresholds"],
    )
    n_named = model.n_scenarios
    return pd.DataFrame(
        {name: np.repeat(readings[name].to_numpy(), n_named) for name in READING_KEYS}
        | {
            "scenario_id": np.tile(np.array(model.scenario_ids, dtype=object), len(readings)),
            "status": statuses.word.ravel(),
            "fit": statuses.fit.ravel(),
            "bits": np.repeat(bits, n_named),
        }
    )


def named_prior(tracker: TrackerModel) -> Floats:
    """Return the headline prior of the named scenarios, in the model's order."""
    return np.array([tracker.priors[name] for name in tracker.model.scenario_ids])


def _bits(tracker: TrackerModel, prior: Floats, indicator: Integers, time: Floats, votes: Floats) -> Floats:
    """Return the information each reading's indicator carries at its date; NaN without a reading.

    ``votes`` is n where the reading is k of n, else NaN.

    Computed once for each different pair of indicator and date: most as-of dates see the same readings.
    """
    result = np.full(len(indicator), np.nan)
    rows = np.flatnonzero(~np.isnan(time) & tracker.model.speaks[indicator].any(axis=1))
    if len(rows):
        key = np.stack([indicator[rows], time[rows], np.nan_to_num(votes[rows])])
        pairs, inverse = np.unique(key, axis=1, return_inverse=True)
        trials = np.where(pairs[2] > 0, pairs[2], np.nan)
        bits = diagnosticity(tracker.model, prior, pairs[0].astype(np.int64), pairs[1], trials)
        result[rows] = bits[inverse.ravel()]
    return result


def _tracker_growth(tracker: TrackerModel, readings: "pd.DataFrame") -> "pd.DataFrame":
    """Return the growth still needed from each numeric reading, one row per reading and scenario that has a target."""
    import pandas as pd

    from signposts.scoring.observations import years_of_dates

    value = readings["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    time = years_of_dates(tracker.t0, readings["scored_at"].to_numpy(dtype="datetime64[D]"))
    indicator = tracker.model.indicator_index(readings["indicator_id"].to_numpy(dtype=object))
    numeric = (tracker.model.family[indicator] == FAMILIES.index("lognormal")) & (value > 0) & ~np.isnan(time)
    rows = np.flatnonzero(numeric)
    central = tracker.settings["thresholds"]["central"]
    needed = needed_growth(tracker.model, indicator[rows], time[rows], value[rows], central)
    n_named = tracker.model.n_scenarios
    frame = pd.DataFrame(
        {name: np.repeat(readings[name].to_numpy()[rows], n_named) for name in READING_KEYS}
        | {
            "scenario_id": np.tile(np.array(tracker.model.scenario_ids, dtype=object), len(rows)),
            "needed_growth": needed.ravel(),
        }
    )
    return frame[frame["needed_growth"].notna()]
