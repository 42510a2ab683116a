"""Numbers that several analysts give for the same prediction: which ones there are, and their files.

Belongs here: elicitation/<who>.csv, its columns, what may be asked and answered. Not here: asking (cli/eliciting.py),
or pooling and moving the numbers (scoring/interval.py).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from signposts.catalogue.predictions import (
    DriftPrediction,
    EventPrediction,
    OrdinalPrediction,
    PathPrediction,
    PredictionBase,
    RangePrediction,
    RatePrediction,
    SharePrediction,
    ThresholdPrediction,
)
from signposts.catalogue.trackers import Tracker
from signposts.errors import InputError

COLUMNS = ("indicator", "scenario", "number", "value")
Bounds = tuple[float, float]
POSITIVE: Bounds = (0.0, float("inf"))
INNER: Bounds = (0.0, 1.0)
CHANGE: Bounds = (-1.0, float("inf"))


@dataclass(frozen=True, slots=True)
class NumberAsked:
    """A number that an analyst may give: where it stands, the question, and the open interval it must lie in."""

    indicator: str
    scenario: str
    number: str
    question: str
    bounds: Bounds

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what names the number within its tracker."""
        return self.indicator, self.scenario, self.number


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of elicitation/<who>.csv."""

    indicator: str
    scenario: str
    number: str
    value: float


def numbers_asked(tracker: Tracker) -> Iterator[NumberAsked]:
    """Yield every number of every prediction that speaks, by indicator and scenario in the catalogue's order."""
    for indicator_id, indicator in tracker.indicators.items():
        for scenario_id in tracker.scenarios:
            prediction = indicator.predictions.get(scenario_id)
            for number, question, bounds in _numbers(prediction, indicator.unit):
                yield NumberAsked(indicator_id, scenario_id, number, question, bounds)


def _numbers(prediction: PredictionBase | None, unit: str) -> Iterator[tuple[str, str, Bounds]]:
    """Yield the numbers of one prediction: name, question, bounds."""
    if isinstance(prediction, PathPrediction):
        yield "target", f"the level on {prediction.target.date}, in {unit}", POSITIVE
    elif isinstance(prediction, DriftPrediction):
        yield "annual_change", "the change a year, as a share (0.1 is ten percent more)", CHANGE
    elif isinstance(prediction, RangePrediction):
        share = f"that holds {100 * prediction.coverage:.0f} percent of readings from {prediction.reach_by} on"
        yield "lo", f"the lower end of the band {share}, in {unit}", POSITIVE
        yield "hi", f"the upper end of that band, in {unit}", POSITIVE
    elif isinstance(prediction, ThresholdPrediction):
        side = "at least" if prediction.op == ">=" else "at most"
        yield "p_beyond", f"the probability that it is {side} {prediction.value:g}", INNER
    elif isinstance(prediction, SharePrediction):
        yield "mean", "the mean share, from 0 to 1", INNER
    elif isinstance(prediction, EventPrediction):
        yield "p", f"the probability that it happens by {prediction.by}", INNER
    elif isinstance(prediction, RatePrediction):
        yield "mean", "the mean number a year", POSITIVE
    elif isinstance(prediction, OrdinalPrediction):
        for category in prediction.probs:
            yield f"probs.{category}", f"the probability of `{category}`", INNER


def fault(asked: NumberAsked, text: str) -> str:
    """Return what is wrong with an answer; empty if nothing is."""
    low, high = asked.bounds
    try:
        value = float(text)
    except ValueError:
        return f"{text!r} is no number; write it with a point, as 0.25"
    if not low < value < high:
        return f"{text} does not lie between {low:g} and {high:g}"
    return ""


def read_answers(path: Path) -> list[Answer]:
    """Return the answers of one analyst; an InputError names the line that cannot be read."""
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise InputError(f"{path}:1: the columns are not {', '.join(COLUMNS)}; restore the first line")
        answers = []
        for row in reader:
            try:
                value = float(row["value"])
            except (TypeError, ValueError):
                raise InputError(f"{path}:{reader.line_num}: {row['value']!r} is no number; correct it") from None
            answers.append(Answer(row["indicator"], row["scenario"], row["number"], value))
    return answers
