"""What the YAML files of a catalogue may say, as pydantic models.

Belongs here: keys, types and what can be judged within one entry. Not here: rules between files (rules.py), the
ledger's rows (claims.py), or anything computed from the entries.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints, model_validator

PROBABILITY_TOLERANCE = 1e-6

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]
InnerProbability = Annotated[float, Field(gt=0, lt=1)]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+\S*$")]
Letter = Literal["A", "B", "C", "D", "E", "F"]
Number = Literal["1", "2", "3", "4", "5", "6"]
Direction = Literal["up", "down"]
ClaimStatus = Literal["reported", "estimated", "preliminary", "final", "disputed", "unverified", "withdrawn"]
PredictionType = Literal["path", "drift", "range", "threshold", "share", "event_by", "rate", "ordinal", "silent"]


def number_as_text(value: Any) -> Any:
    """Return an Admiralty number as text: YAML reads it as an integer."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


AdmiraltyNumber = Annotated[Number, BeforeValidator(number_as_text)]


class Entry(BaseModel):
    """Base of all entries: unknown keys, infinite numbers and silent conversions are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


# ---- tracker.yaml


class Brief(Entry):
    """The analysis that is tracked."""

    title: Text
    published_on: date | None = None
    statements: Text = "coverage.yaml"


class StructuralBreak(Entry):
    """A date marked on every chart."""

    date: date
    label: Text


class PriorSet(Entry):
    """Probabilities of likelihood words, and where they come from."""

    words: dict[str, Positive]
    origin: Text


class Priors(Entry):
    """Mass of 'none of the above' and the sets of word probabilities."""

    other_mass: InnerProbability
    headline: str
    sets: Annotated[dict[str, PriorSet], Field(min_length=1)]


class Reliability(Entry):
    """Probability that a report is accurate, by Admiralty letter and number."""

    letter: dict[Letter, Probability]
    number: dict[AdmiraltyNumber, Probability]
    unverified_cap: Probability

    @model_validator(mode="after")
    def every_grade_has_a_number(self) -> Self:
        """Refuse a scale with gaps: a claim could carry the missing grade."""
        missing = sorted(set("ABCDEF") - set(self.letter)) + sorted(set("123456") - set(self.number))
        if missing:
            raise ValueError(f"no probability for {', '.join(missing)}|give every letter A to F and number 1 to 6 one")
        return self


class EvidenceGroup(Entry):
    """Indicators that tell one storyline."""

    title: Text
    rho: Probability


class Nowcast(Entry):
    """Spreads of an annual figure computed from part of its year, on the log scale."""

    base_sd: NotNegative
    rest_sd: Positive
    rest_sd_without_part: Positive
    least_months: Annotated[int, Field(ge=1, le=12)]


class Scoring(Entry):
    """Numbers of the scoring method that are the catalogue's to choose."""

    temper: Annotated[float, Field(gt=0, le=1)]
    shared_sd: bool
    obs_sd: Positive
    open_list_coverage: Annotated[tuple[Positive, Positive], Strict(False)]
    trailing_months: Annotated[int, Field(ge=1)]
    nowcast: Nowcast

    @model_validator(mode="after")
    def coverage_is_an_interval(self) -> Self:
        """Refuse an open list's coverage that is no interval within (0, 1]."""
        low, high = self.open_list_coverage
        if not low < high <= 1:
            raise ValueError(f"open_list_coverage {low} to {high} is no interval within 0 and 1|write it as [0.4, 1.0]")
        return self


class Thresholds(Entry):
    """Where one status word ends and the next begins."""

    central: InnerProbability
    contradicted_tail: InnerProbability
    event_contradicted: InnerProbability
    event_behind: InnerProbability
    too_early_bits: NotNegative
    too_early_survival: InnerProbability
    too_early_survival_unexpected: InnerProbability
    category_contradicted: InnerProbability
    category_behind: InnerProbability
    settled: InnerProbability
    alarm_other: InnerProbability
    alarm_surprise: InnerProbability


class Variants(Entry):
    """What the sensitivity variants put in the headline's place."""

    other_mass: Annotated[tuple[InnerProbability, ...], Strict(False)]
    temper: Annotated[tuple[Annotated[float, Field(gt=0, le=1)], ...], Strict(False)]


class Simulation(Entry):
    """Simulated worlds: how many, from which seed, how alike."""

    draws: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)]
    global_correlation: Probability
    group_correlation: Probability


class Alerts(Entry):
    """When somebody is told."""

    probability_threshold: Annotated[tuple[InnerProbability, ...], Strict(False)]
    move: InnerProbability


class RevisionGate(Entry):
    """Share by which a revision may differ before it is held."""

    default_band: Positive


class TrackerSettings(Entry):
    """tracker.yaml: title, clock and every number the method takes from the catalogue."""

    title: Text
    t0: date
    horizon_end: date
    registered_on: date
    scenario_version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    brief: Brief
    structural_breaks: Annotated[tuple[StructuralBreak, ...], Strict(False)] = ()
    domains: Annotated[dict[Identifier, Text], Field(min_length=1)]
    units: Annotated[dict[str, Text], Field(min_length=1)]
    priors: Priors
    reliability: Reliability
    groups: Annotated[dict[Identifier, EvidenceGroup], Field(min_length=1)]
    scoring: Scoring
    thresholds: Thresholds
    variants: Variants
    simulation: Simulation
    diagnosticity_years: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Strict(False)]
    alerts: Alerts
    revision_gate: RevisionGate


# ---- scenarios.yaml, projects.yaml, coverage.yaml


class Onset(Entry):
    """A time at which a scenario may leave its baseline, in years after t0."""

    years: NotNegative
    weight: Probability


class Scenario(Entry):
    """One named scenario; 'none of the above' is derived and never written."""

    title: Text
    story: Text
    likelihood_word: Text
    brief_ref: Text
    cooperative_rank: int
    baseline: str | None = None
    delayed_types: Annotated[tuple[PredictionType, ...], Strict(False)] = ()
    onset: Annotated[tuple[Onset, ...], Strict(False)] = ()

    @model_validator(mode="after")
    def onset_is_whole(self) -> Self:
        """Refuse an onset without its baseline or delayed types, with weights off 1, or out of order."""
        if bool(self.onset) != bool(self.baseline) or bool(self.onset) != bool(self.delayed_types):
            raise ValueError("baseline, delayed_types and onset belong together|write all three or none of them")
        total = sum(onset.weight for onset in self.onset)
        if self.onset and abs(total - 1) > PROBABILITY_TOLERANCE:
            raise ValueError(f"the onset weights sum to {total:.6g}, not to 1|correct the weights")
        years = [onset.years for onset in self.onset]
        if years != sorted(set(years)):
            raise ValueError("the onsets are not in order of years, each once|sort them by years")
        return self


class Project(Entry):
    """A project followed on the milestone ladder."""

    title: Text
    meaning: Text


class Statement(Entry):
    """One testable statement of the brief, and the indicators or the ruling that answer it."""

    id: Text
    brief_ref: Text
    statement: Text
    indicators: Annotated[tuple[str, ...], Strict(False)] = ()
    ruling: Text | None = None

    @model_validator(mode="after")
    def has_one_answer(self) -> Self:
        """Refuse a statement with neither indicators nor a ruling, or with both."""
        if bool(self.indicators) == bool(self.ruling):
            raise ValueError(
                "a statement needs indicators or a ruling, one of the two|name what measures it, or why not"
            )
        return self


# ---- indicators/<id>.yaml


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

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the type as JSON-ready values."""
        shared = {"type", "basis", "claim", "brief_ref", "note"}
        return self.model_dump(mode="json", exclude=shared, exclude_none=True)


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

    @model_validator(mode="after")
    def has_time(self) -> Self:
        """Refuse an event that may begin only after its deadline."""
        if self.earliest is not None and self.earliest >= self.by:
            raise ValueError(f"earliest {self.earliest} is not before by {self.by}|correct a date")
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
    | SilentPrediction,
    Field(discriminator="type"),
]

Family = Literal["lognormal", "share", "event", "rate", "ordinal"]
FAMILY_OF_TYPE: dict[str, Family] = {
    "path": "lognormal",
    "drift": "lognormal",
    "range": "lognormal",
    "threshold": "share",
    "share": "share",
    "event_by": "event",
    "rate": "rate",
    "ordinal": "ordinal",
}


class Indicator(Entry):
    """indicators/<id>.yaml: what is measured, and what each scenario predicts of it."""

    title: Text
    meaning: Text
    domain: str
    role: Literal["condition", "outcome", "provision", "challenge", "context"]
    unit: Text
    frequency: Literal["annual", "quarterly", "monthly", "irregular", "event"]
    usual_period_months: Annotated[int, Field(ge=1)] | None = None
    group: str | None = None
    scored: bool
    why_not_scored: Text | None = None
    cooperative: Direction | None = None
    cooperative_reason: Text | None = None
    sources: Annotated[tuple[str, ...], Strict(False), Field(min_length=1)]
    max_age_days: Annotated[int, Field(ge=1)]
    usage_warning: Text | None = None
    caution: Text | None = None
    detect_prob: Annotated[float, Field(gt=0, le=1)] | None = None
    exposure_start: date | None = None
    categories: Annotated[tuple[str, ...], Strict(False)] = ()
    monotone_waiver: Text | None = None
    revision_band: Positive | None = None
    predictions: dict[str, Prediction] = Field(default_factory=dict)

    @property
    def family(self) -> Family | None:
        """Family of the predictions that speak; None if none does."""
        families = (FAMILY_OF_TYPE.get(prediction.type) for prediction in self.predictions.values())
        return next((family for family in families if family), None)


# ---- sources.yaml


class AdmiraltyGrade(Entry):
    """Grade of the claims a source feeds."""

    reliability: Letter
    credibility: AdmiraltyNumber


class Rate(Entry):
    """Requests allowed in a span of time."""

    requests: Annotated[int, Field(ge=1)]
    seconds: Positive


class Feed(Entry):
    """Joins a series of a publisher's document to the indicator that it feeds."""

    tracker: Identifier
    indicator: Identifier
    series: Text
    scale: Positive = 1.0
    period: Literal["month"] | None = None


class SourceDocument(Entry):
    """One document, or family of documents, to ask a publisher for; ``ask`` is read by the source's own module."""

    name: Identifier
    ask: dict[str, Any]
    feeds: Annotated[tuple[Feed, ...], Strict(False)] = ()


class Feed(Entry):
    """A series of a document that feeds an indicator; ``scale`` turns its unit into the indicator's."""

    tracker: Identifier
    indicator: Identifier
    series: Text
    scale: Positive = 1.0
    period: Text | None = None


class SourceDocument(Entry):
    """One thing a source is asked for; what ``ask`` means is its own module's to know."""

    name: Identifier
    ask: dict[str, Any] = Field(default_factory=dict)
    feeds: Annotated[tuple[Feed, ...], Strict(False)] = ()


class Source(Entry):
    """sources.yaml: one publisher, its terms, and how it is asked."""

    title: Text
    homepage: WebAddress | None = None
    licence: Text
    terms: Text
    cadence: Text
    fetched: Text | None = None
    max_age_days: Annotated[int, Field(ge=1)] | None = None
    admiralty: AdmiraltyGrade | None = None
    status: ClaimStatus = "reported"
    timeout_seconds: Positive = 30.0
    rate: Rate | None = None
    wait_after_429_seconds: Positive | None = None
    look_every_days: Annotated[int, Field(ge=1)] | None = None
    max_body_megabytes: Positive | None = None
    max_unpacked_megabytes: Positive | None = None
    secret: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    empty: Literal["expected"] | None = None
    bulk: bool = False
    inbox: Text | None = None
    quarantine_share: Probability = 0.05
    documents: Annotated[tuple[SourceDocument, ...], Strict(False)] = ()
