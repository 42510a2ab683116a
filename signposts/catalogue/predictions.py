"""What a scenario may predict of an indicator: one model a type (method.md 3.2).

Belongs here: parameters and what can be validated within one prediction. Not here: densities, which are the method's.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from signposts.catalogue.fields import (
    PROBABILITY_TOLERANCE,
    Direction,
    Entry,
    InnerProbability,
    NotNegative,
    Positive,
    Probability,
    Text,
)


class Start(Entry):
    """Level a prediction starts from; start_sd on the log scale."""

    date: date
    value: Positive
    start_sd: NotNegative = 0.0


class Target(Entry):
    """Level a path leads to."""

    date: date
    value: Positive


class PredictionBase(Entry):
    """What every prediction carries beside its parameters."""

    basis: Literal["stated", "operationalised"]
    claim: Text
    brief_ref: Text
    note: Text | None = None
    spread: NotNegative | None = None

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the type as JSON-ready values."""
        shared = {"type", "basis", "claim", "brief_ref", "note"}
        return self.model_dump(mode="json", exclude=shared, exclude_none=True, by_alias=True)


class PathPrediction(PredictionBase):
    """From a level to a target, log-normal."""

    type: Literal["path"]
    start: Start
    target: Target
    sigma: Positive
    drift_sd: NotNegative
    toward: Direction

    @model_validator(mode="after")
    def leads_forward(self) -> Self:
        """Refuse a target that is not after the start, or a direction that the target contradicts."""
        if self.target.date <= self.start.date:
            raise ValueError(f"the target {self.target.date} is not after the start {self.start.date}|correct a date")
        if self.target.value != self.start.value and (self.target.value > self.start.value) != (self.toward == "up"):
            raise ValueError(f"toward is {self.toward}, the target lies the other way|correct toward or target")
        return self


class DriftPrediction(PredictionBase):
    """A constant change a year, log-normal."""

    type: Literal["drift"]
    start: Start
    annual_change: Annotated[float, Field(gt=-1)]
    sigma: Positive
    drift_sd: NotNegative
    toward: Direction

    @model_validator(mode="after")
    def goes_its_way(self) -> Self:
        """Refuse a direction that the yearly change contradicts."""
        if self.annual_change and (self.annual_change > 0) != (self.toward == "up"):
            raise ValueError(f"toward is {self.toward}, annual_change goes the other way|correct one of the two")
        return self


class RangePrediction(PredictionBase):
    """Settles between two levels, log-normal."""

    type: Literal["range"]
    start: Start
    lo: Positive
    hi: Positive
    coverage: InnerProbability
    reach_by: date
    toward: Direction

    @model_validator(mode="after")
    def is_a_range(self) -> Self:
        """Refuse a range whose ends are out of order, or one that is reached before it starts."""
        if self.lo >= self.hi:
            raise ValueError(f"lo {self.lo} is not below hi {self.hi}|correct one of the two")
        if self.reach_by <= self.start.date:
            raise ValueError(f"reach_by {self.reach_by} is not after the start {self.start.date}|correct a date")
        return self


class ThresholdPrediction(PredictionBase):
    """A share that lies beyond a value with a given probability."""

    type: Literal["threshold"]
    op: Literal[">=", "<="]
    value: InnerProbability
    p_beyond: InnerProbability
    concentration: Positive


class SharePrediction(PredictionBase):
    """A share, or k of n, around a mean."""

    type: Literal["share"]
    mean: InnerProbability
    concentration: Positive


class EventPrediction(PredictionBase):
    """Something that happens by a date with a given probability."""

    type: Literal["event_by"]
    by: date
    p: InnerProbability
    shape: Positive
    earliest: date | None = None
    trigger_share: Annotated[float, Field(gt=0, lt=1)] | None = None
    trigger_lag: Positive | None = None
    after_onset: Literal["baseline", "own"] | None = None

    @model_validator(mode="after")
    def has_time(self) -> Self:
        """Refuse an event that may begin only after its deadline."""
        if self.earliest is not None and self.earliest >= self.by:
            raise ValueError(f"earliest {self.earliest} is not before by {self.by}|correct a date")
        return self

    @model_validator(mode="after")
    def trigger_is_whole(self) -> Self:
        """Refuse what follows an onset without the share of onsets that the event announces."""
        if self.trigger_share is None and (self.trigger_lag is not None or self.after_onset is not None):
            raise ValueError("trigger_lag and after_onset say nothing without trigger_share|give it, or leave them out")
        if self.trigger_share is not None and self.after_onset is None:
            raise ValueError(
                "trigger_share has no after_onset|write `baseline` if the event then comes as the baseline has it, "
                "`own` if as predicted here"
            )
        return self


class RatePrediction(PredictionBase):
    """Events a year."""

    type: Literal["rate"]
    mean: Positive
    cv: Positive


class OrdinalPrediction(PredictionBase):
    """A probability for each category."""

    type: Literal["ordinal"]
    probs: Annotated[dict[str, Probability], Field(min_length=2)]

    @model_validator(mode="after")
    def sums_to_one(self) -> Self:
        """Refuse probabilities that do not sum to 1."""
        total = sum(self.probs.values())
        if abs(total - 1) > PROBABILITY_TOLERANCE:
            raise ValueError(f"the probabilities sum to {total:.6g}, not to 1|correct probs")
        return self


class Level(Entry):
    """Level of a series on a date; it may be negative on a linear scale."""

    date: date
    value: float


class HistorySigma(Entry):
    """Spread read off the series' history by `signposts suggest-sigma`, with the numbers that it found."""

    origin: Annotated[Literal["history"], Field(alias="from")]
    walk: Positive
    noise: NotNegative
    floor: NotNegative
    degrees: Positive


class TrajectoryPrediction(PredictionBase):
    """A published path through dated points, on a log or a linear scale."""

    type: Literal["trajectory"]
    start: Level
    waypoints: Annotated[dict[date, float], Field(min_length=1)]
    scale: Literal["log", "linear"] = "log"
    rebase: bool = False
    sigma: HistorySigma

    @model_validator(mode="after")
    def can_be_followed(self) -> Self:
        """Refuse a path with nothing after its start, one without a logarithm, and a start that rebasing cannot use."""
        days = sorted(self.waypoints)
        if days[-1] <= self.start.date:
            raise ValueError(f"no waypoint is after the start {self.start.date}|add one, or correct the start")
        if self.scale == "log" and min(self.start.value, *self.waypoints.values()) <= 0:
            raise ValueError("a level of 0 or less has no logarithm|write `scale: linear`, or correct it")
        if self.rebase and days[0] > self.start.date:
            raise ValueError(f"rebase needs a waypoint no later than the start {self.start.date}|add it")
        return self


class SilentPrediction(PredictionBase):
    """The scenario says nothing about the indicator."""

    type: Literal["silent"]


Prediction = Annotated[
    PathPrediction
    | DriftPrediction
    | RangePrediction
    | ThresholdPrediction
    | SharePrediction
    | EventPrediction
    | RatePrediction
    | OrdinalPrediction
    | TrajectoryPrediction
    | SilentPrediction,
    Field(discriminator="type"),
]

Family = Literal["lognormal", "share", "event", "rate", "ordinal", "trajectory"]
FAMILY_OF_TYPE: dict[str, Family] = {
    "path": "lognormal",
    "drift": "lognormal",
    "range": "lognormal",
    "threshold": "share",
    "share": "share",
    "event_by": "event",
    "rate": "rate",
    "ordinal": "ordinal",
    "trajectory": "trajectory",
}
