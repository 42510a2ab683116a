"""What the YAML files of a catalogue may say, as pydantic models.

Belongs here: keys, types and what can be validated within one entry. Not here: rules between files (rules.py), the
ledger's rows (claims.py), or anything computed from the entries.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, Strict, StringConstraints, WithJsonSchema, field_validator, model_validator

from signposts.catalogue.derivations import Derivation
from signposts.catalogue.fields import (
    PROBABILITY_TOLERANCE,
    AdmiraltyNumber,
    ClaimStatus,
    Direction,
    Entry,
    Identifier,
    InnerProbability,
    Letter,
    NotNegative,
    Positive,
    PredictionType,
    Probability,
    Text,
    UnitWords,
    WebAddress,
)
from signposts.catalogue.predictions import FAMILY_OF_TYPE, Family, Prediction
from signposts.catalogue.watch import Watch

ReachShare = Annotated[float, Field(gt=0, le=1)]


def is_reach(reach: tuple[float, float]) -> tuple[float, float]:
    """Refuse a reach whose lower end is above its upper one."""
    if reach[0] > reach[1]:
        raise ValueError(f"reach {reach[0]:g} to {reach[1]:g} is no interval|write the lower share first")
    return reach


Reach = Annotated[tuple[ReachShare, ReachShare], Strict(False), AfterValidator(is_reach)]
"""Share of events that a search in the usual places can see at all, as an interval."""

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
    rho: Annotated[float, Field(ge=0, lt=1)]


class Nowcast(Entry):
    """Spreads of an annual figure computed from part of its year, on the log scale."""

    base_sd: NotNegative
    rest_sd: Positive
    rest_sd_without_part: Positive
    least_months: Annotated[int, Field(ge=1, le=12)]


class Scoring(Entry):
    """Numbers of the scoring method that are the catalogue's to choose."""

    evidence_weight: Annotated[float, Field(gt=0, le=1)]
    defining_weight: Annotated[float, Field(gt=0, le=1)]
    contamination: Annotated[float, Field(gt=0, lt=1)]
    shared_sd: bool
    obs_sd: Positive
    yardstick_spread: Positive = 2.0
    open_list_coverage: Annotated[tuple[Positive, Positive], Strict(False)]
    reach: Reach = (0.7, 1.0)
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
    alarm_contradicted: Annotated[int, Field(ge=1)]
    alarm_reliability: Probability


class Variants(Entry):
    """What the sensitivity variants put in the headline's place: each field is a family, a variant for each number."""

    other_mass: Annotated[tuple[InnerProbability, ...], Strict(False)]
    evidence_weight: Annotated[tuple[Annotated[float, Field(gt=0, le=1)], ...], Strict(False)]
    trigger_factor: Annotated[tuple[Positive, ...], Strict(False)] = ()


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
    """Share by which a revision may differ, and how many times a figure may differ from others, before it is held."""

    default_band: Positive
    magnitude: Annotated[float, Field(gt=1)] = 5.0


class TrackerSettings(Entry):
    """tracker.yaml: title, clock and every number the method takes from the catalogue."""

    title: Text
    draft: bool = False
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

    @property
    def first_day_counted(self) -> date:
        """Return the first day of exposure of a count that names none: the first of January of t0's year."""
        return self.t0.replace(month=1, day=1)


# ---- scenarios.yaml, projects.yaml, coverage.yaml


class Onset(Entry):
    """A time at which a scenario may leave its baseline, in years after t0."""

    years: NotNegative
    weight: Probability


class OnsetGrid(Entry):
    """Equally likely onsets, evenly spaced: years after t0 of the first, the step, and how many."""

    first: NotNegative
    step: Positive
    count: Annotated[int, Field(ge=2)]

    def onsets(self) -> tuple[Onset, ...]:
        """Return the onsets one by one."""
        return tuple(Onset(years=self.first + self.step * index, weight=1 / self.count) for index in range(self.count))


# What an editor accepts for a scenario's onset: a list, or a grid that stands for one.
ONSETS_SCHEMA = {
    "anyOf": [{"type": "array", "items": Onset.model_json_schema()}, OnsetGrid.model_json_schema()],
    "default": [],
}


class Scenario(Entry):
    """One named scenario; 'none of the above' is derived and never written."""

    title: Text
    story: Text
    likelihood_word: Text
    brief_ref: Text
    cooperative_rank: int
    baseline: str | None = None
    delayed_types: Annotated[tuple[PredictionType, ...], Strict(False)] = ()
    onset: Annotated[tuple[Onset, ...], Strict(False), WithJsonSchema(ONSETS_SCHEMA)] = ()

    @field_validator("onset", mode="before")
    @classmethod
    def spread_evenly(cls, given: Any) -> Any:
        """Accept a grid in the place of a list of onsets."""
        return OnsetGrid.model_validate(given).onsets() if isinstance(given, dict) else given

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


class Place(Entry):
    """A place on the map of the projects."""

    name: Text
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class Project(Entry):
    """A project followed on the milestone ladder; its first place is where it stands, further ones are its route."""

    title: Text
    meaning: Text
    places: Annotated[tuple[Place, ...], Strict(False)] = ()


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


MONTHS_OF_FREQUENCY = {"annual": 12, "quarterly": 3, "monthly": 1}


class Indicator(Entry):
    """indicators/<id>.yaml: what is measured, and what each scenario predicts of it."""

    title: Text
    meaning: Text
    domain: str
    role: Literal["condition", "outcome", "provision", "challenge", "context"]
    unit: Text
    words: UnitWords | None = None
    frequency: Literal["annual", "quarterly", "monthly", "irregular", "event"]
    usual_period_months: Annotated[int, Field(ge=1)] | None = None
    quantity: Literal["flow", "level", "share"] | None = None
    plausible: Annotated[tuple[float, float], Strict(False)] | None = None
    group: str | None = None
    scored: bool
    why_not_scored: Text | None = None
    cooperative: Direction | None = None
    cooperative_reason: Text | None = None
    defines: str | None = None
    sources: Annotated[tuple[str, ...], Strict(False), Field(min_length=1)]
    max_age_days: Annotated[int, Field(ge=1)]
    usage_warning: Text | None = None
    caution: Text | None = None
    detect_prob: Annotated[float, Field(gt=0, le=1)] | None = None
    exposure_start: date | None = None
    reach: Reach | None = None
    reach_reason: Text | None = None
    categories: Annotated[tuple[str, ...], Strict(False)] = ()
    monotone_waiver: Text | None = None
    derive: Derivation | None = None
    revision_band: Positive | None = None
    watch: Watch | None = None
    predictions: dict[str, Prediction] = Field(default_factory=dict)

    @property
    def period_months(self) -> int | None:
        """Length of the period that a full reading covers: the usual one, else what the frequency says."""
        return self.usual_period_months or MONTHS_OF_FREQUENCY.get(self.frequency)

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
    combine: Literal["mean", "sum"] = "mean"


class SourceDocument(Entry):
    """One document, or family of documents, to ask a publisher for; ``ask`` is read by the source's own module."""

    name: Identifier
    ask: dict[str, Any]
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
    # Who answers for it in Dagster's pages: an e-mail address or team:<name>.
    owner: Annotated[str, StringConstraints(pattern=r"^(team:[\w-]+|[^@\s]+@[^@\s]+\.[^@\s]+)$")] | None = None
    admiralty: AdmiraltyGrade | None = None
    status: ClaimStatus = "reported"
    timeout_seconds: Positive = 30.0
    rate: Rate | None = None
    wait_after_429_seconds: Positive | None = None
    look_every_days: Annotated[int, Field(ge=1)] | None = None
    max_body_megabytes: Positive = 20.0
    secret: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    empty: Literal["expected"] | None = None
    bulk: bool = False
    inbox: Text | None = None
    # Share of bad rows, and of values of the version before that are missing, beyond which a document is refused.
    quarantine_share: Probability = 0.05
    missing_share: Probability = 0.1
    documents: Annotated[tuple[SourceDocument, ...], Strict(False)] = ()
