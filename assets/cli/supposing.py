"""`signposts what-if`: the odds if readings were others than they are.

Belongs here: reading the words, and printing the odds now and then. Not here: the arithmetic (method/suppose.py).
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from assets.assess.foresight import AT_DATE, CONFIRMED, Present, present_states
from assets.assess.models import tracker_models
from assets.cli.published import nearest_name, only_tracker, open_release
from assets.cli.words import percent
from assets.errors import InputError
from assets.method.combining import indicator_log_ratio
from assets.method.model import FAMILIES, Floats, make_reports
from assets.method.predictive import log_lambda
from assets.method.suppose import odds, with_reading

NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
INTERVAL = re.compile(rf"({NUMBER})\.\.({NUMBER})$")
VOTES = re.compile(r"(\d+)/(\d+)$")


def suppose(readings: Sequence[str], tracker: str, on: str) -> None:
    """Print each scenario's odds now and with all the supposed readings together."""
    release = open_release()
    tracker = tracker or only_tracker(release)
    present = _present(release, tracker)
    when = _day(on) if on else present.as_of
    evidence = present.evidence
    for words in readings:
        name, equals, value = words.partition("=")
        if not equals:
            raise InputError(f"{words!r} is not understood; write INDICATOR=VALUE")
        if name not in present.scored:
            raise InputError(f"no scored indicator {name!r}{nearest_name(name, present.scored)}")
        evidence = with_reading(evidence, present.scored.index(name), _log_ratio(present, name, value, when))
    model = present.tracker.model
    titles = {
        row["scenario_id"]: row["title"] for row in release.rows("from scenario where tracker_id = $t", t=tracker)
    }
    table = Table(title=f"If {', '.join(readings)} ({when}, confirmed)", title_justify="left")
    for heading in ("scenario", "now", "then", "move"):
        table.add_column(heading, justify="left" if heading == "scenario" else "right")
    names = (*model.scenario_ids, "other")
    for name, now, then in zip(names, odds(model, present.evidence), odds(model, evidence), strict=True):
        table.add_row(titles[name], percent(now), percent(then), f"{100 * (then - now):+.1f} points")
    Console(highlight=False).print(table)


def _present(release: Any, tracker: str) -> Present:
    """Return the tracker's state in the newest release."""
    models = [model for model in tracker_models(release) if model.tracker_id == tracker]
    if not models:
        raise InputError(f"no tracker {tracker!r} in the newest release")
    as_of = release.rows("select max(as_of) as day from as_of_date where is_latest")[0]["day"]
    frames = (release.query(f"from {name} where as_of = $as_of", as_of=as_of) for name in AT_DATE)
    return present_states(models, as_of, *frames)[0]


def _day(text: str) -> date:
    """Return an ISO day, or say how to write it."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is not a day; write it as YYYY-MM-DD") from error


def _log_ratio(present: Present, name: str, value: str, when: date) -> Floats:
    """Return l of one supposed reading that nobody doubts, shape (H,)."""
    model = present.tracker.model
    family = FAMILIES[model.family[model.indicator_index([name])[0]]]
    years = present.tracker.years
    columns = _READERS[family](name, value, when, years)
    columns |= {"indicator_id": [name], "reading_date": [years(when)]}
    reports = make_reports(model, columns)
    one = np.ones(1)
    return indicator_log_ratio(log_lambda(model, reports), one, one * CONFIRMED)


def _number(name: str, text: str) -> float:
    """Return a number, or say what was expected of the indicator."""
    if not re.fullmatch(NUMBER, text):
        raise InputError(f"{name}={text}: a number was expected, or LOW..HIGH")
    return float(text)


def _value_columns(name: str, value: str, _when: date, _years: Any) -> dict[str, Any]:
    """Read a value, an interval LOW..HIGH, or K/N votes."""
    if found := INTERVAL.match(value):
        return {"kind": ["interval"], "value_low": [float(found[1])], "value_high": [float(found[2])]}
    if found := VOTES.match(value):
        return {"kind": ["share_count"], "value": [float(found[1])], "trials": [float(found[2])]}
    return {"kind": ["value"], "value": [_number(name, value)]}


def _count_columns(name: str, value: str, when: date, years: Any) -> dict[str, Any]:
    """Read a number of events, the list closed at the date."""
    count = 0.0 if value == "none" else _number(name, value)
    return {"kind": ["count"], "value": [count], "exposure_end": [years(when)]}


def _event_columns(name: str, value: str, when: date, years: Any) -> dict[str, Any]:
    """Read the day it happened, `yes` for the date itself, or `none`: nothing seen by the date."""
    if value == "none":
        return {"kind": ["none_seen"]}
    day = when if value == "yes" else _day(value)
    if day > datetime.now(UTC).date() and day > when:
        raise InputError(f"{name}={value}: it cannot have happened after {when}; give a later --on")
    return {"kind": ["event"], "happened_from": [years(day)], "happened_to": [years(day)]}


def _category_columns(_name: str, value: str, _when: date, _years: Any) -> dict[str, Any]:
    """Read a category by its name."""
    return {"kind": ["category"], "category": [value]}


_READERS = {
    "lognormal": _value_columns,
    "beta": _value_columns,
    "rate": _count_columns,
    "event": _event_columns,
    "ordinal": _category_columns,
}
