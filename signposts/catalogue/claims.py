"""A ledger row as a claim, and how much it is worth.

Belongs here: columns, types, what each kind requires, and the Admiralty arithmetic. Not here: rules that need the
indicator or the tracker (rules.py), or reading the file (documents.py).
"""

import math
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from signposts.catalogue.fields import ClaimStatus, Letter, Number, WebAddress
from signposts.catalogue.models import Reliability

REQUIRED_BY_KIND: dict[str, tuple[str, ...]] = {
    "value": ("period_start", "period_end", "value"),
    "interval": ("period_start", "period_end", "value_low", "value_high"),
    "growth": ("period_start", "period_end", "value"),
    "count": ("period_end", "value"),
    "event": ("happened_from", "happened_to"),
    "none_seen": ("searched_until",),
    "category": ("period_start", "period_end", "category"),
    "plan": (),
}

OPEN_ENDS = ("value_low", "value_high")
"""An interval may leave one of them empty: "over 900" has no upper end."""


def iso_date(text: Any) -> Any:
    """Return the date of a text written 2026-11-23, and nothing that merely looks like one."""
    if not isinstance(text, str):
        return text
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise ValueError(f"{text!r} is no date|write it as 2026-11-23")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no day of the calendar|write a day that exists, as 2026-11-23") from error


def utc_time(text: Any) -> Any:
    """Return the time of an ISO text in UTC, without its zone; a text without a zone is UTC."""
    if not isinstance(text, str):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time|write it as 2026-11-23T05:30:00Z") from error
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def yes_or_empty(text: Any) -> Any:
    """Return True for yes; an empty field is False by default."""
    if text == "yes":
        return True
    if isinstance(text, str):
        raise ValueError(f"{text!r} is not understood|write yes or leave it empty")
    return text


Day = Annotated[date, BeforeValidator(iso_date)]
Moment = Annotated[datetime, BeforeValidator(utc_time)]
YesOrEmpty = Annotated[bool, BeforeValidator(yes_or_empty)]


class Claim(BaseModel):
    """One dated statement by one source about one indicator and period."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    claim_id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*-\d+$")]
    kind: Literal["value", "interval", "growth", "count", "event", "none_seen", "category", "plan"]
    period_start: Day | None = None
    period_end: Day | None = None
    value: float | None = None
    value_low: float | None = None
    value_high: float | None = None
    category: str | None = None
    happened_from: Day | None = None
    happened_to: Day | None = None
    trials: Annotated[int, Field(ge=1)] | None = None
    searched_until: Day | None = None
    base_value: Annotated[float, Field(gt=0)] | None = None
    base_part: Annotated[float, Field(gt=0)] | None = None
    base_published_on: Day | None = None
    planned_for: Day | None = None
    unit: str | None = None
    source_name: str
    speaker: str
    source_url: WebAddress | None = None
    reliability: Letter
    credibility: Number
    status: ClaimStatus
    published_on: Day
    published_on_inferred: YesOrEmpty = False
    recorded_at: Moment
    corrects: str | None = None
    project_id: str | None = None
    stage: (
        Literal["announced", "signed", "financed", "started", "delivered", "operating", "suspended", "abandoned"] | None
    ) = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    note: str | None = None
    event_key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]*$")] | None = None
    recorded_by: str | None = None
    correction_reason: str | None = None

    @model_validator(mode="after")
    def is_complete(self) -> Self:
        """Refuse a claim that lacks what its kind needs; a withdrawal needs nothing but the claim it takes back."""
        if self.status == "withdrawn":
            if self.corrects is None:
                raise ValueError("a withdrawal names no claim|fill corrects with the claim it takes back")
            return self
        if self.correction_reason is not None and self.corrects is None:
            raise ValueError("correction_reason stands without corrects|fill in the claim that this one corrects")
        missing = [column for column in REQUIRED_BY_KIND[self.kind] if getattr(self, column) is None]
        if self.kind == "interval":
            missing = [column for column in missing if column not in OPEN_ENDS]
        if missing:
            raise ValueError(f"kind {self.kind} lacks {', '.join(missing)}|fill it in, or choose another kind")
        if self.kind == "interval" and self.value_low is None and self.value_high is None:
            raise ValueError("kind interval lacks value_low and value_high|fill in the end that is known, or both")
        if self.kind == "plan" and self.planned_for is None and self.value is None:
            raise ValueError("kind plan lacks planned_for|fill in the date announced, or the value planned")
        return self

    @model_validator(mode="after")
    def dates_can_be(self) -> Self:
        """Refuse dates that cannot be: ends before starts, things known before they happened."""
        for earlier, later, grace in DATE_ORDER:
            first, last = getattr(self, earlier), getattr(self, later)
            if first is not None and last is not None and (first - last).days > grace:
                raise ValueError(f"{earlier} {first} is after {later} {last}|correct one of the two dates")
        recorded_on = self.recorded_at.date()
        if (self.published_on - recorded_on).days > GRACE_DAYS:
            raise ValueError(
                f"published_on {self.published_on} is after recorded_at {recorded_on}|correct one of the two dates"
            )
        if self.searched_until is not None:
            known_on = self.published_on if self.kind == "none_seen" else max(self.published_on, recorded_on)
            if (self.searched_until - known_on).days > GRACE_DAYS:
                raise ValueError(
                    f"searched_until {self.searched_until} is after the claim of {known_on}|nobody can have looked yet"
                )
        return self

    @model_validator(mode="after")
    def is_no_plan(self) -> Self:
        """Refuse what is said of a period that had not begun when it was said."""
        if self.kind not in KINDS_OF_PERIODS or self.period_start is None or self.status == "withdrawn":
            return self
        if (self.period_start - self.published_on).days > GRACE_DAYS:
            raise ValueError(
                f"the period begins on {self.period_start}, after published_on {self.published_on}|"
                "enter it as a plan: kind plan, planned_for its last day"
            )
        return self

    def clock_fault(self, today: date) -> str | None:
        """Return which of the claim's own dates lies ahead of today by more than the day of grace, if one does."""
        for name, day in (("recorded_at", self.recorded_at.date()), ("published_on", self.published_on)):
            if (day - today).days > GRACE_DAYS:
                return f"{name} {day} lies ahead of today, {today}"
        return None

    @model_validator(mode="after")
    def numbers_can_be(self) -> Self:
        """Refuse an empty interval, more hits than trials, impossible growth, and half a growth base."""
        if self.value_low is not None and self.value_high is not None and self.value_low >= self.value_high:
            raise ValueError(
                f"value_low {self.value_low:g} is not below value_high {self.value_high:g}|correct one of them"
            )
        if self.trials is not None and self.value is not None and not 0 <= self.value <= self.trials:
            raise ValueError(f"value {self.value:g} of {self.trials} trials cannot be|correct value or trials")
        if self.kind == "growth":
            self.refuse_impossible_growth()
        return self

    def refuse_impossible_growth(self) -> None:
        """Refuse a fall of more than all, a part above the whole, and a base that nobody published."""
        if self.value is not None and self.value <= -100:
            raise ValueError(
                f"growth of {self.value:g} percent leaves nothing|growth is written in percent, above -100"
            )
        if self.base_value is None and self.base_part is not None:
            raise ValueError("base_part stands without base_value|fill in the full-year level as well")
        if self.base_value is not None and self.base_published_on is None:
            raise ValueError("base_value has no base_published_on|fill in when the base could be known")
        if self.base_value is not None and self.base_part is not None and self.base_part >= self.base_value:
            raise ValueError("base_part is not below base_value|the part is the same months of the base year")


LEDGER_COLUMNS = tuple(Claim.model_fields)
EARLIER_WIDTHS = (31, 33)
"""So many columns a ledger had before the later ones came: a file, or a row of one, may end there."""
GRACE_DAYS = 1
"""It is the next day already elsewhere: so far two dates of two places may stand the wrong way round."""
DATE_ORDER = (
    ("period_start", "period_end", 0),
    ("happened_from", "happened_to", 0),
    ("happened_to", "published_on", GRACE_DAYS),
)
KINDS_OF_PERIODS = ("value", "interval", "growth", "category")


def reliability_value(scale: Reliability, letter: Letter, number: Number, status: str = "reported") -> float:
    """Return r, the probability that a report is accurate: root of letter times number, capped if unverified (§3.1)."""
    value = math.sqrt(scale.letter[letter] * scale.number[number])
    return min(value, scale.unverified_cap) if status == "unverified" else value
