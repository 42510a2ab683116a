"""`signposts what-if`: the odds if readings were others than they are.

Belongs here: reading the words, and printing the odds now and then. Not here: the arithmetic (method/suppose.py).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from signposts.assess.foresight import AT_DATE, CONFIRMED, Present, present_states
from signposts.assess.models import TrackerModel, tracker_models
from signposts.cli.explaining import describe_reading
from signposts.cli.formatting import percent
from signposts.cli.published import nearest_name, only_tracker, open_release
from signposts.errors import InputError
from signposts.scoring.arrays import Floats
from signposts.scoring.families import FAMILIES
from signposts.scoring.model import make_observations
from signposts.scoring.outcomes import CellEvidence
from signposts.scoring.predictive import single_evidence
from signposts.scoring.what_if import Evidence, probabilities, with_reading
from signposts.warehouse import Warehouse

NUMBER = r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?"
INTERVAL = re.compile(rf"({NUMBER})\.\.({NUMBER})")
VOTES = re.compile(r"(\d+)/(\d+)")
COUNT = re.compile(r"(\d+)(?: events?)?")

Columns = dict[str, Any]
READING = (
    "from reading where tracker_id = $tracker and indicator_id = $indicator and as_of = $as_of"  # one row, or none
)


def print_what_if(readings: Sequence[str], tracker: str, on: str, reliability: float = CONFIRMED) -> None:
    """Print each scenario's odds now and with all the supposed readings together."""
    if not 0 < reliability <= 1:
        raise InputError(f"--reliability {reliability:g} is no probability; write a number above 0, at most 1")
    release = open_release()
    present = present_state(release, tracker or only_tracker(release))
    when = day_of(on, "--on") if on else present.as_of
    asked = read_words(readings)
    then = probabilities(present.tracker.model, supposed_evidence(present, asked, when, reliability))
    console = Console(highlight=False)
    for name, value in asked.items():
        said = _said_now(release, present, name)
        console.print(f"{name}: now {said}; supposed {value}, as of {when}", soft_wrap=True, markup=False)
    console.print(f"Reliability of what is supposed: {reliability:g}. The other readings stay as they are.\n")
    console.print(_table(release, present, then))


def read_words(words: Sequence[str]) -> dict[str, str]:
    """Return INDICATOR=VALUE words as a mapping; a word without `=` and an indicator named twice are refused."""
    asked: dict[str, str] = {}
    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if not equals or not name or not value:
            raise InputError(f"{word!r} is not understood; write INDICATOR=VALUE")
        if name in asked:
            raise InputError(f"{name} is named twice; an indicator has one reading")
        asked[name] = value
    return asked


def present_state(release: Warehouse, tracker: str) -> Present:
    """Return a tracker's state in a release, at the release's own date."""
    models = tracker_models(release)
    names = [model.tracker_id for model in models]
    if tracker not in names:
        raise InputError(f"no tracker {tracker!r} in the newest release{nearest_name(tracker, names)}")
    (newest,) = release.rows(
        "select max(as_of) as day from as_of_date where is_latest and tracker_id = $tracker", tracker=tracker
    )
    frames = (release.query(f"from {name} where as_of = $as_of", as_of=newest["day"]) for name in AT_DATE)
    own = [model for model in models if model.tracker_id == tracker]
    return present_states(own, newest["day"], *frames)[0]


def supposed_evidence(present: Present, asked: Mapping[str, str], when: date, reliability: float) -> Evidence:
    """Return the evidence in which each named indicator has one report alone: what is supposed of it."""
    evidence = present.evidence
    for name, value in asked.items():
        if name not in present.scored:
            raise InputError(_why_not(present.tracker, name, present.scored))
        found = reading_of(present.tracker, name, value, when, reliability)
        evidence = with_reading(evidence, present.scored.index(name), found)
    return evidence


def _why_not(tracker: TrackerModel, name: str, scored: Sequence[str]) -> str:
    """Return why an indicator cannot move the odds."""
    if name in tracker.model.indicator_ids:
        return f"{name} is not scored, so no reading of it moves the odds; `signposts explain {name}` says why"
    return f"no scored indicator {name!r} in tracker {tracker.tracker_id!r}{nearest_name(name, scored)}"


def reading_of(tracker: TrackerModel, name: str, value: str, when: date, reliability: float) -> CellEvidence:
    """Return what one supposed report alone would say, one row; one that cannot be read or scored is an InputError."""
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
    return single_evidence(model, make_observations(model, columns), reliability)


# ---- words as reports: one reader a family


def _value(name: str, text: str, _when: date, _tracker: TrackerModel) -> Columns:
    """Read a value above 0, or an interval LOW..HIGH."""
    numbers = _numbers(name, text, "a number, or LOW..HIGH")
    if numbers[-1] <= 0 or numbers[0] < 0 or (len(numbers) == 1 and numbers[0] == 0):
        raise InputError(f"{name}={text}: its predictions are on a log scale; write a number above 0")
    return _value_columns(numbers)


def _share(name: str, text: str, _when: date, _tracker: TrackerModel) -> Columns:
    """Read a share, an interval of shares, or K/N votes."""
    if found := VOTES.fullmatch(text):
        hits, trials = int(found[1]), int(found[2])
        if not trials or hits > trials:
            raise InputError(f"{name}={text}: K of N votes have K at most N, and N at least 1")
        return {"kind": ["share_count"], "value": [float(hits)], "trials": [float(trials)]}
    numbers = _numbers(name, text, "a share between 0 and 1, LOW..HIGH, or K/N votes")
    if numbers[0] < 0 or numbers[-1] > 1:
        raise InputError(f"{name}={text}: a share lies between 0 and 1; write 96 percent as 0.96")
    return _value_columns(numbers)


def _numbers(name: str, text: str, expected: str) -> list[float]:
    """Return one number, or the two ends of an interval in order."""
    if found := INTERVAL.fullmatch(text):
        low, high = float(found[1]), float(found[2])
        if low >= high:
            raise InputError(f"{name}={text}: {low:g} is not below {high:g}; write LOW..HIGH")
        return [low, high]
    if not re.fullmatch(NUMBER, text):
        raise InputError(f"{name}={text}: expected {expected}")
    return [float(text)]


def _value_columns(numbers: Sequence[float]) -> Columns:
    """Return a value, or an interval, as columns of a report."""
    if len(numbers) == 1:
        return {"kind": ["value"], "value": [numbers[0]]}
    return {"kind": ["interval"], "value_low": [numbers[0]], "value_high": [numbers[1]]}


def _count(name: str, text: str, when: date, tracker: TrackerModel) -> Columns:
    """Read a number of events from the first day counted to the date, the list closed; `none` is 0."""
    found = COUNT.fullmatch("0" if text == "none" else text)
    if not found:
        raise InputError(f"{name}={text}: expected a whole number of events up to {when}, or none")
    (index,) = tracker.model.indicator_index([name])
    end = tracker.years(when)
    if end <= tracker.model.exposure_start[index]:
        raise InputError(f"{name}: counting starts after {when}; give a later day with --on")
    return {"kind": ["count"], "value": [float(found[1])], "exposure_end": [end]}


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
    known = tracker.model.categories[index]
    if text not in known:
        raise InputError(f"{name}={text}: expected one of {', '.join(known)}")
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


# ---- printing


def _said_now(release: Warehouse, present: Present, name: str) -> str:
    """Return the indicator's reading in the release, in words."""
    rows = release.rows(READING, tracker=present.tracker.tracker_id, indicator=name, as_of=present.as_of)
    return describe_reading(rows[0]) if rows else "none"


def _table(release: Warehouse, present: Present, then: Floats) -> Table:
    """Return the odds now, then, and the move between them."""
    own = present.tracker
    titles = {
        row["scenario_id"]: row["title"]
        for row in release.rows("from scenario where tracker_id = $tracker", tracker=own.tracker_id)
    }
    table = Table(title=f"Odds as of {present.as_of}", title_justify="left")
    table.add_column("scenario")
    for heading in ("now", "then", "move"):
        table.add_column(heading, justify="right")
    now = probabilities(own.model, present.evidence)
    for name, before, after in zip((*own.model.scenario_ids, "other"), now, then, strict=True):
        table.add_row(titles[name], percent(before), percent(after), f"{100 * (after - before):+.1f} points")
    return table
