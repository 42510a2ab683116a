"""What a supposed reading would say: its words read as an observation, and a grid of them for the page of what-if.

Belongs here: reading INDICATOR=VALUE, one reader a family, and the readings that the report lets people suppose. Not
here: the probabilities that follow (scoring/what_if.py), printing (cli/what_if.py).
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.assess.models import TrackerModel
from signposts.errors import InputError
from signposts.scoring.families import FAMILIES
from signposts.scoring.fans import fan_quantiles
from signposts.scoring.model import make_observations
from signposts.scoring.outcomes import CellEvidence
from signposts.scoring.predictive import single_evidence

if TYPE_CHECKING:
    from signposts.assess.standing import Standing

NUMBER = r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?"
INTERVAL = re.compile(rf"(?=.*\d)({NUMBER})?\.\.({NUMBER})?")
VOTES = re.compile(r"(\d+)/(\d+)")
COUNT = re.compile(r"(\d+)(?: events?)?")

Columns = dict[str, Any]
STEPS = 9
"""Values of a number that can be supposed on the page."""
BACK = (0, 91, 182, 365)
"""Days before the as-of date on which an event can be supposed to have happened."""

Rows = list[dict[str, Any]]


def reading_of(tracker: TrackerModel, name: str, value: str, when: date, reliability: float) -> CellEvidence:
    """Return what one supposed observation alone would say, one row.

    Raises:
        InputError: it cannot be read or scored.
    """
    supposed = _columns_of(tracker, name, value, when)
    return single_evidence(tracker.model, make_observations(tracker.model, supposed), reliability)


def _columns_of(tracker: TrackerModel, name: str, value: str, when: date) -> Columns:
    """Return one supposed observation as columns, or refuse it."""
    model = tracker.model
    (index,) = model.indicator_index([name])
    family = FAMILIES[model.family[index]]
    columns: Columns = {"indicator_id": [name], "reading_date": [tracker.years(when)]} | READERS[family](
        name, value, when, tracker
    )
    start = model.parameters["start_time"][index]
    if family in ("lognormal", "trajectory") and columns["reading_date"][0] <= np.nanmax(start):
        raise InputError(f"{name}: {when} is not later than the start of its predictions; give a later day with --on")
    if min(columns["reading_date"][0], columns.get("happened_from", [0.0])[0]) < 0:
        raise InputError(f"{name}: that is before {tracker.t0}, when the clock starts; give a later day")
    return columns


# ---- words as observations: one reader a family


def _value(name: str, text: str, _when: date, _tracker: TrackerModel) -> Columns:
    """Read a value above 0, or an interval LOW..HIGH."""
    numbers = _numbers(name, text, "a number, or LOW..HIGH")
    if numbers[-1] <= 0 or numbers[0] < 0 or (len(numbers) == 1 and numbers[0] == 0):
        raise InputError(f"{name}={text}: its predictions are on a log scale; write a number above 0")
    return _value_columns(numbers)


def _share(name: str, text: str, _when: date, _tracker: TrackerModel) -> Columns:
    """Read a share, an interval of shares, or K/N votes."""
    if votes := VOTES.fullmatch(text):
        hits, trials = int(votes[1]), int(votes[2])
        if not trials or hits > trials:
            raise InputError(f"{name}={text}: K of N votes have K at most N, and N at least 1")
        return {"kind": ["share_count"], "value": [float(hits)], "trials": [float(trials)]}
    numbers = _numbers(name, text, "a share between 0 and 1, LOW..HIGH, or K/N votes")
    if numbers[0] < 0 or numbers[-1] > 1:
        raise InputError(f"{name}={text}: a share lies between 0 and 1; write 96 percent as 0.96")
    return _value_columns(numbers)


def _numbers(name: str, text: str, expected: str) -> list[float]:
    """Return one number, or the two ends of an interval in order; an open end is NaN."""
    if interval := INTERVAL.fullmatch(text):
        low, high = (float(end or "nan") for end in interval.groups())
        if low >= high:
            raise InputError(f"{name}={text}: {low:g} is not below {high:g}; write LOW..HIGH")
        return [low, high]
    if not re.fullmatch(NUMBER, text):
        raise InputError(f"{name}={text}: expected {expected}")
    return [float(text)]


def _value_columns(numbers: Sequence[float]) -> Columns:
    """Return a value, or an interval, as columns of an observation."""
    if len(numbers) == 1:
        return {"kind": ["value"], "value": [numbers[0]]}
    return {"kind": ["interval"], "value_low": [numbers[0]], "value_high": [numbers[1]]}


def _count(name: str, text: str, when: date, tracker: TrackerModel) -> Columns:
    """Read a number of events from the first day counted to the date, the list closed; `none` is 0."""
    count = COUNT.fullmatch("0" if text == "none" else text)
    if not count:
        raise InputError(f"{name}={text}: expected a whole number of events up to {when}, or none")
    (index,) = tracker.model.indicator_index([name])
    end = tracker.years(when)
    if end <= tracker.model.exposure_start[index]:
        raise InputError(f"{name}: counting starts after {when}; give a later day with --on")
    return {"kind": ["count"], "value": [float(count[1])], "exposure_end": [end]}


def _event(name: str, text: str, when: date, tracker: TrackerModel) -> Columns:
    """Read the day it happened, FIRST..LAST possible day, or `none`: nothing seen by the date."""
    if text == "none":
        return {"kind": ["none_seen"]}
    first, _, last = text.partition("..")
    days = [day_of(part, name) for part in (first, last or first)]
    if days[0] > days[1]:
        raise InputError(f"{name}={text}: {days[0]} is after {days[1]}; write FIRST..LAST")
    if days[1] > when:
        raise InputError(f"{name}={text}: by {when} it cannot have happened; add --on {days[1]}, or a later day")
    start, end = (tracker.years(day) for day in days)
    return {"kind": ["event"], "happened_from": [start], "happened_to": [end], "reading_date": [end]}


def _level(name: str, text: str, _when: date, tracker: TrackerModel) -> Columns:
    """Read a value or an interval; on a linear scale it may be negative."""
    (index,) = tracker.model.indicator_index([name])
    if np.nanmax(tracker.model.parameters["linear"][index]) == 0:
        return _value(name, text, _when, tracker)
    return _value_columns(_numbers(name, text, "a number, or LOW..HIGH"))


def _category(name: str, text: str, _when: date, tracker: TrackerModel) -> Columns:
    """Read a category by its name."""
    (index,) = tracker.model.indicator_index([name])
    categories = tracker.model.categories[index]
    if text not in categories:
        raise InputError(f"{name}={text}: expected one of {', '.join(categories)}")
    return {"kind": ["category"], "category": [text]}


READERS: Mapping[str, Callable[[str, str, date, TrackerModel], Columns]] = {
    "lognormal": _value,
    "trajectory": _level,
    "beta": _share,
    "rate": _count,
    "event": _event,
    "ordinal": _category,
}


def day_of(text: str, what: str) -> date:
    """Return an ISO day, or say how to write it."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{what}: {text!r} is not a day; write it as YYYY-MM-DD") from error


# ---- the grid of the page


def what_if_rows(present: "Standing", reliability: float) -> Rows:
    """Return every reading that the page lets people suppose as of today, a row a hypothesis that has a name."""
    tracker, model = present.tracker, present.tracker.model
    supposed: list[tuple[str, int, str, Columns]] = []
    for name in present.scored:
        for position, text in enumerate(_grid(present, name), start=1):
            with suppress(InputError):  # the predictions of this indicator do not speak of today
                supposed.append((name, position, text, _columns_of(tracker, name, text, present.as_of)))
    if not supposed:
        return []
    names = {column for *_, columns in supposed for column in columns}
    joined = {column: [columns.get(column, [math.nan])[0] for *_, columns in supposed] for column in names}
    evidence = single_evidence(model, make_observations(model, joined), reliability)
    return [
        {
            "tracker_id": tracker.tracker_id,
            "indicator_id": name,
            "position": position,
            "supposed": text,
            "scenario_id": scenario,
            "onset": float(model.hypothesis_onset[place]),
            "log_ratio": float(evidence.log_ratio[row, place]),
            "log_ratio_contaminated": float(evidence.contaminated[row, place]),
            "z": None if math.isnan(evidence.z[row, place]) else float(evidence.z[row, place]),
            "weight": tracker.defining_weight if evidence.is_defining[row] else tracker.evidence_weight,
        }
        for row, (name, position, text, _) in enumerate(supposed)
        for place, scenario in enumerate(model.hypothesis_scenario_ids()[:-1])
    ]


def _grid(present: "Standing", name: str) -> list[str]:
    """Return the readings of one indicator to choose from, in the words of the command."""
    model = present.tracker.model
    (index,) = model.indicator_index([name])
    family = FAMILIES[model.family[index]]
    if family == "event":
        days = [present.as_of - timedelta(days=back) for back in BACK]
        return ["none", *(day.isoformat() for day in days if day >= present.tracker.t0)]
    if family == "ordinal":
        return list(model.categories[index])
    if family == "beta":
        return [f"{share / 10:g}" for share in range(11)]
    quantiles = fan_quantiles(model, np.array([index]), np.array([present.now]), np.array([0.02, 0.98]))
    low, high = float(np.nanmin(quantiles)), float(np.nanmax(quantiles))
    if family == "rate":
        top = max(4, math.ceil(high))
        return [str(count) for count in sorted({round(top * step / (STEPS + 2)) for step in range(STEPS + 3)})]
    if not (math.isfinite(low) and math.isfinite(high)) or low >= high:
        return []
    if low > 0:
        levels = [low * (high / low) ** (step / (STEPS - 1)) for step in range(STEPS)]
    else:
        levels = [low + (high - low) * step / (STEPS - 1) for step in range(STEPS)]
    return list(dict.fromkeys(f"{float(f'{level:.2g}'):.10g}" for level in levels))
