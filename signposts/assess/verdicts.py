"""Verdicts: the status word of every cell, and the growth still needed.

Belongs here: calling the method for words and thresholds and shaping its answers into rows. Not here: odds.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from signposts.assess.models import TrackerModel, observations_of
from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.families import FAMILIES
from signposts.scoring.information import diagnosticity, needed_growth
from signposts.scoring.model import scoreable
from signposts.scoring.observations import Observations
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
        own = readings[readings["tracker_id"] == tracker.tracker_id]
        own = own[own["indicator_id"].isin(tracker.model.indicator_ids)].reset_index(drop=True)
        observations = pooled[pooled["tracker_id"] == tracker.tracker_id]
        part = _tracker_words(tracker, own, observations)
        words.append(part)
        growth.append(_tracker_growth(tracker, own))
    return pd.concat(words, ignore_index=True), pd.concat(growth, ignore_index=True)


def _tracker_words(tracker: TrackerModel, own: "pd.DataFrame", pooled: "pd.DataFrame") -> "pd.DataFrame":
    """Return the status words of one tracker."""
    import pandas as pd

    model, prior = tracker.model, named_prior(tracker)
    spoken = pooled.merge(own[READING_KEYS].assign(reading=own.index), on=READING_KEYS, how="inner")
    observations = observations_of(tracker, _scoreable_rows(tracker, spoken))
    spoken = _scoreable_rows(tracker, spoken)
    assessed = _is_assessed(tracker, observations)
    spoken, observations = spoken[assessed], observations.take(np.flatnonzero(assessed))
    indicator = model.indicator_index(own["indicator_id"].to_numpy(dtype=object))
    time = _newest(observations.time, spoken["reading"].to_numpy(), len(own))
    bits = _bits(tracker, prior, indicator, time, own["trials"].to_numpy(dtype=np.float64, na_value=np.nan))
    found = status(
        model,
        observations,
        Readings(
            indicator=indicator,
            time=time,
            bits=bits,
            of_observation=spoken["reading"].to_numpy(dtype=np.int64),
            pool_weight=_share_of_assessed(spoken),
        ),
        tracker.settings["thresholds"],
    )
    n_named = model.n_scenarios
    return pd.DataFrame(
        {name: np.repeat(own[name].to_numpy(), n_named) for name in READING_KEYS}
        | {
            "scenario_id": np.tile(np.array(model.scenario_ids, dtype=object), len(own)),
            "status": found.word.ravel(),
            "fit": found.fit.ravel(),
            "bits": np.repeat(bits, n_named),
        }
    )


def _scoreable_rows(tracker: TrackerModel, spoken: "pd.DataFrame") -> "pd.DataFrame":
    """Return the observations whose kind the indicator's predictions can be compared with."""
    from signposts.scoring.observations import KINDS

    codes = np.array([KINDS.index(kind) for kind in spoken["kind"]], dtype=np.int64)
    indicator = tracker.model.indicator_index(spoken["indicator_id"].to_numpy(dtype=object))
    return spoken[scoreable(tracker.model, indicator, codes)] if len(spoken) else spoken


def _is_assessed(tracker: TrackerModel, observations: Observations) -> Booleans:
    """Return which observations lie after t0 and after every start of their predictions: earlier ones are history."""
    starts = tracker.model.parameters["start_time"][observations.indicator]
    latest = np.where(np.isnan(starts), -np.inf, starts).max(axis=1, initial=-np.inf)
    last_day = np.where(np.isnan(observations.happened_to), observations.time, observations.happened_to)
    result: Booleans = (last_day > 0) & (last_day > latest)
    return result


def _newest(time: Floats, reading: Integers, n_readings: int) -> Floats:
    """Return the newest observation's date of each reading; NaN where there is none."""
    newest = np.full(n_readings, -np.inf)
    np.maximum.at(newest, reading, time)
    return np.where(np.isfinite(newest), newest, np.nan)


def _share_of_assessed(spoken: "pd.DataFrame") -> Floats:
    """Return pool weights that sum to 1 per reading over the observations that are assessed."""
    total = spoken.groupby("reading")["pool_weight"].transform("sum")
    shares: Floats = (spoken["pool_weight"] / total).to_numpy(dtype=np.float64)
    return shares


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
        found = diagnosticity(tracker.model, prior, pairs[0].astype(np.int64), pairs[1], trials)
        result[rows] = found[inverse.ravel()]
    return result


def _tracker_growth(tracker: TrackerModel, own: "pd.DataFrame") -> "pd.DataFrame":
    """Return the growth still needed from each numeric reading, one row per reading and scenario that has a target."""
    import pandas as pd

    from signposts.scoring.observations import years_of_dates

    value = own["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    time = years_of_dates(tracker.t0, own["scored_at"].to_numpy(dtype="datetime64[D]"))
    indicator = tracker.model.indicator_index(own["indicator_id"].to_numpy(dtype=object))
    numeric = (tracker.model.family[indicator] == FAMILIES.index("lognormal")) & (value > 0) & ~np.isnan(time)
    rows = np.flatnonzero(numeric)
    central = tracker.settings["thresholds"]["central"]
    needed = needed_growth(tracker.model, indicator[rows], time[rows], value[rows], central)
    n_named = tracker.model.n_scenarios
    frame = pd.DataFrame(
        {name: np.repeat(own[name].to_numpy()[rows], n_named) for name in READING_KEYS}
        | {
            "scenario_id": np.tile(np.array(tracker.model.scenario_ids, dtype=object), len(rows)),
            "needed_growth": needed.ravel(),
        }
    )
    return frame[frame["needed_growth"].notna()]
