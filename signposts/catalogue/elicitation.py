"""Numbers that several analysts give for the same prediction: which ones there are, and their files.

Belongs here: elicitation/<who>.csv, its columns, what may be asked and answered, and the mean of several answers. Not
here: asking (cli/eliciting.py), or moving the numbers (scoring/interval.py).
"""

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signposts.catalogue.faults import FaultList
from signposts.catalogue.models import Indicator
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
from signposts.errors import InputError
from signposts.scoring.spreads import SPREADS

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
class ElicitedNumber:
    """One row of elicitation/<who>.csv."""

    indicator: str
    scenario: str
    number: str
    value: float


def numbers_asked(indicators: Mapping[str, Indicator], scenarios: Iterable[str]) -> Iterator[NumberAsked]:
    """Yield every number of every prediction that speaks, by indicator and scenario in the catalogue's order."""
    names = list(scenarios)
    for indicator_id, indicator in indicators.items():
        for scenario_id in names:
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


def read_answers(path: Path) -> list[ElicitedNumber]:
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
            answers.append(ElicitedNumber(row["indicator"], row["scenario"], row["number"], value))
    return answers


Answers = Mapping[tuple[str, str, str], Sequence[float]]


def read_elicited(
    folder: Path, indicators: Mapping[str, Indicator], scenarios: Iterable[str], faults: FaultList
) -> dict[tuple[str, str, str], list[float]]:
    """Return the answers of all analysts by number; what names no number of the catalogue, or cannot be, is a fault."""
    asked = {question.key: question for question in numbers_asked(indicators, scenarios)}
    values: dict[tuple[str, str, str], list[float]] = {}
    for path in sorted((folder / "elicitation").glob("*.csv")):
        try:
            answers = read_answers(path)
        except InputError as error:
            faults.refuse(path, 1, path.name, str(error), "mend the file")
            continue
        for line, answer in enumerate(answers, start=2):
            key = (answer.indicator, answer.scenario, answer.number)
            if key not in asked:
                why = f"no prediction of {answer.scenario!r} about {answer.indicator!r} has a number {answer.number!r}"
                faults.refuse(path, line, answer.indicator, why, "correct the name, or remove the row")
            elif wrong := fault(asked[key], f"{answer.value:g}"):
                faults.refuse(path, line, answer.indicator, wrong, "correct the number")
            else:
                values.setdefault(key, []).append(answer.value)
    return values


def pooled_parameters(
    prediction: PredictionBase, indicator_id: str, scenario_id: str, answers: Answers
) -> dict[str, Any]:
    """Return a prediction's parameters with each answered number at the analysts' mean, and its spread widened.

    The catalogue's own number counts as one analyst's. Of K numbers the mean is taken on the number's scale, and the
    spread is s sqrt(1 + 1 / K), s^2 = (3 sigma^2 + sum (x - mean)^2) / (K + 2), sigma the spread of one analyst's.
    """
    given = prediction.parameters()
    kind = str(getattr(prediction, "type", ""))
    if kind not in SPREADS:
        return given
    (default,) = SPREADS[kind].values()
    sigma = float(given.get("spread", default))
    for number, scale in _NUMBERS_OF_TYPE.get(kind, {}).items():
        said = answers.get((indicator_id, scenario_id, number), ())
        if said:
            to, back = _SCALES[scale]
            values = [to(float(given["target"]["value"] if number == "target" else given[number])), *map(to, said)]
            mean = math.fsum(values) / len(values)
            apart = math.fsum((value - mean) ** 2 for value in values)
            moved = back(mean)
            given[number] = {**given["target"], "value": moved} if number == "target" else moved
            given["spread"] = math.sqrt((3 * sigma**2 + apart) / (len(values) + 2) * (1 + 1 / len(values)))
            given["analysts"] = len(values)
    if kind == "ordinal":
        given |= _pooled_categories(given, indicator_id, scenario_id, answers)
    return given


def _pooled_categories(
    given: Mapping[str, Any], indicator_id: str, scenario_id: str, answers: Answers
) -> dict[str, Any]:
    """Return the categories' probabilities at the analysts' geometric mean, summing to 1 again."""
    probs, most = dict(given["probs"]), 1
    for category, share in probs.items():
        said = answers.get((indicator_id, scenario_id, f"probs.{category}"), ())
        if said and share > 0:
            most = max(most, 1 + len(said))
            probs[category] = math.exp(math.fsum(map(math.log, (share, *said))) / (1 + len(said)))
    if most == 1:
        return {}
    total = math.fsum(probs.values())
    return {"probs": {category: share / total for category, share in probs.items()}, "analysts": most}


Scale = tuple[Callable[[float], float], Callable[[float], float]]
_SCALES: dict[str, Scale] = {
    "log": (math.log, math.exp),
    "logit": (lambda p: math.log(p / (1 - p)), lambda x: 1 / (1 + math.exp(-x))),
    "plain": (float, float),
}
_NUMBERS_OF_TYPE = {
    "path": {"target": "log"},
    "drift": {"annual_change": "plain"},
    "range": {"lo": "log", "hi": "log"},
    "threshold": {"p_beyond": "logit"},
    "share": {"mean": "logit"},
    "event_by": {"p": "logit"},
    "rate": {"mean": "log"},
}
