"""Rules between the files of a tracker: names that must exist, dates within the clock, predictions that fit together.

Belongs here: what no single entry can know. Not here: rules about ledgers (ledger_rules.py) or within one entry
(models.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from signposts.catalogue.documents import Document
from signposts.catalogue.faults import FaultList, nearest
from signposts.catalogue.models import Indicator, Project, Scenario, Source, Statement, TrackerSettings
from signposts.catalogue.predictions import (
    FAMILY_OF_TYPE,
    DriftPrediction,
    EventPrediction,
    OrdinalPrediction,
    PathPrediction,
    Prediction,
    PredictionBase,
    RangePrediction,
    RatePrediction,
    SharePrediction,
    SilentPrediction,
)
from signposts.catalogue.trackers import OTHER
from signposts.catalogue.watch import LeadFeed, WatchNames
from signposts.scoring.spreads import SPREADS

DEFINING_MOST, DEFINING_RATIO = 0.10, 5.0
"""An event defines a scenario if every other one gives it at most so much, and this one so many times that."""
# A yearly change beyond it is asked about: percent may have been written for a share.
HUGE_CHANGE = 1.0
HUGE_SPREAD = 10.0
"""Times the usual spread of its type; beyond it a spread was written in another unit than the scale's."""
# What the scaffold writes where only the author can know.
PLACEHOLDER = "REPLACE"


@dataclass(frozen=True, slots=True)
class Draft:
    """A tracker whose entries were read and whose rules are still to be validated."""

    folder: Path
    settings: TrackerSettings
    scenarios: Mapping[str, Scenario]
    indicators: Mapping[str, Indicator]
    indicator_names: frozenset[str]
    projects: Mapping[str, Project]
    coverage: tuple[Statement, ...]
    sources: Mapping[str, Source]
    documents: Mapping[str, Document]

    def names_in(self, file: str) -> list[str]:
        """Return the identifiers a file writes, whether or not their entries have faults of their own."""
        document = self.documents.get(file)
        return [str(key) for key in document.data] if document and isinstance(document.data, dict) else []

    def refuse(self, faults: FaultList, file: str, location: Iterable[object], why: str, mend: str) -> None:
        """Refuse a place in one of the tracker's files."""
        document, parts = self.documents[file], tuple(location)
        what = ".".join(str(part) for part in parts) or Path(file).name
        faults.refuse(document.path, document.line(*parts), what, why, mend)


def validate_tracker(draft: Draft, faults: FaultList) -> None:
    """Validate everything but the ledgers."""
    validate_settings(draft, faults)
    validate_scenarios(draft, faults)
    for indicator_id, indicator in draft.indicators.items():
        validate_indicator(f"indicators/{indicator_id}.yaml", indicator, draft, faults)
    validate_coverage(draft, faults)


def validate_placeholders(draft: Draft, faults: FaultList) -> None:
    """Refuse what the scaffold left to be written; a draft is only warned of it."""
    for document in draft.documents.values():
        for location, text in texts_of(document.data):
            if PLACEHOLDER in text:
                what = ".".join(map(str, location))
                say = faults.warn if draft.settings.draft else faults.refuse
                say(document.path, document.line(*location), what, "still a placeholder", "write it, or remove the key")


def texts_of(data: Any, location: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], str]]:
    """Yield every text of a document with the keys that lead to it."""
    if isinstance(data, str):
        yield location, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from texts_of(value, (*location, key))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from texts_of(value, (*location, place))


def validate_settings(draft: Draft, faults: FaultList) -> None:
    """Validate clock, priors and thresholds of tracker.yaml."""
    settings, file = draft.settings, "tracker.yaml"
    if settings.horizon_end <= settings.t0:
        mend = "correct one of the two dates"
        draft.refuse(faults, file, ("horizon_end",), f"{settings.horizon_end} is not after t0 {settings.t0}", mend)
    priors = settings.priors
    if priors.headline not in priors.sets:
        draft.refuse(faults, file, ("priors", "headline"), "no such set", nearest(priors.headline, priors.sets))
    words = {scenario.likelihood_word for scenario in draft.scenarios.values()}
    for name, prior_set in priors.sets.items():
        for word in sorted(words - set(prior_set.words)):
            why = f"the set gives the word {word!r} no probability, and a scenario uses it"
            draft.refuse(faults, file, ("priors", "sets", name, "words"), why, f"add `{word}:` and its probability")
        if prior_set.words and max(prior_set.words.values()) > 1:
            draft.refuse(faults, file, ("priors", "sets", name, "words"), "a probability above 1", "correct it")
    thresholds = settings.thresholds
    ordered = (
        ("event_contradicted", thresholds.event_contradicted, "event_behind", thresholds.event_behind),
        ("event_behind", thresholds.event_behind, "too_early_survival", thresholds.too_early_survival),
        ("category_contradicted", thresholds.category_contradicted, "category_behind", thresholds.category_behind),
    )
    for low_name, low, high_name, high in ordered:
        if low >= high:
            why = f"{low} is not below {high_name} {high}"
            draft.refuse(faults, file, ("thresholds", low_name), why, "correct one of the two")


def validate_scenarios(draft: Draft, faults: FaultList) -> None:
    """Validate names, ranks and baselines of scenarios.yaml."""
    file, names = "scenarios.yaml", draft.names_in("scenarios.yaml")
    if OTHER in names:
        draft.refuse(faults, file, (OTHER,), "'none of the above' is derived", "remove it or choose another identifier")
    if file in draft.documents and len(names) < 2:
        draft.refuse(faults, file, (), "one scenario has nothing to be measured against", "write at least two")
    ranks: dict[int, str] = {}
    for name, scenario in draft.scenarios.items():
        rank = scenario.cooperative_rank
        if rank in ranks:
            why = f"{ranks[rank]} has rank {rank} as well"
            draft.refuse(faults, file, (name, "cooperative_rank"), why, "give each scenario its own rank")
        ranks.setdefault(rank, name)
        if scenario.baseline is not None:
            validate_baseline(name, scenario.baseline, draft, faults)


def validate_baseline(name: str, baseline: str, draft: Draft, faults: FaultList) -> None:
    """Validate the scenario that is the path before another one's onset."""
    place = (name, "baseline")
    others = [other for other in draft.names_in("scenarios.yaml") if other != name]
    if baseline not in others:
        draft.refuse(faults, "scenarios.yaml", place, f"no other scenario {baseline!r}", nearest(baseline, others))
    elif baseline in draft.scenarios and draft.scenarios[baseline].onset:
        why = f"{baseline} has an onset of its own"
        draft.refuse(faults, "scenarios.yaml", place, why, "name a scenario without an onset")


def validate_indicator(file: str, indicator: Indicator, draft: Draft, faults: FaultList) -> None:
    """Validate one indicator against tracker.yaml, sources.yaml and scenarios.yaml."""
    settings = draft.settings
    validate_name(draft, faults, file, "domain", indicator.domain, settings.domains)
    validate_name(draft, faults, file, "unit", indicator.unit, settings.units)
    if indicator.group is not None:
        validate_name(draft, faults, file, "group", indicator.group, settings.groups)
    for place, source in enumerate(indicator.sources):
        if source not in draft.sources:
            draft.refuse(faults, file, ("sources", place), f"no source {source!r}", nearest(source, draft.sources))
    for source in sorted(feeding_sources(draft.folder.name, Path(file).stem, draft.sources) - set(indicator.sources)):
        why = f"{source} feeds it by sources.yaml, and `sources` does not name it"
        draft.refuse(faults, file, ("sources",), why, f"add {source} to `sources`")
    for location, why, mend in shape_faults(indicator):
        draft.refuse(faults, file, location, why, mend)
    if indicator.role != "context":
        validate_predictions(file, indicator, draft, faults)


def feeding_sources(tracker_id: str, indicator_id: str, sources: Mapping[str, Source]) -> set[str]:
    """Return the publishers with a series that feeds an indicator directly."""
    return {
        source_id
        for source_id, source in sources.items()
        for document in source.documents
        for feed in document.feeds
        if (feed.tracker, feed.indicator) == (tracker_id, indicator_id)
    }


def validate_name(draft: Draft, faults: FaultList, file: str, key: str, name: str, names: Mapping[str, Any]) -> None:
    """Refuse a name that tracker.yaml does not list."""
    if name not in names:
        where = {"domain": "domains", "unit": "units", "group": "groups"}[key]
        why = f"{name!r} is not among the {where} of tracker.yaml"
        draft.refuse(faults, file, (key,), why, f"{nearest(name, names)} Else add it to {where}")


PlacedFault = tuple[tuple[object, ...], str, str]


def shape_faults(indicator: Indicator) -> Iterable[PlacedFault]:
    """Yield what is missing or too much in an indicator, given its role, family and frequency."""
    context, family = indicator.role == "context", indicator.family
    if not indicator.scored and indicator.why_not_scored is None:
        yield ("scored",), "not scored, and no reason is written", "add `why_not_scored:`"
    if indicator.scored and indicator.why_not_scored is not None:
        yield ("why_not_scored",), "a reason, though the indicator is scored", "remove it, or set scored to false"
    if context and (indicator.scored or indicator.predictions):
        yield ("role",), "context is never scored and predicts nothing", "choose another role, or remove predictions"
    if not context and indicator.group is None:
        yield (), "no group", "add `group:`; without it the indicator would count on its own"
    if not context and indicator.cooperative_reason is None:
        yield ("cooperative",), "no cooperative_reason", "say which way is more cooperation and why, or why none is"
    if indicator.scored and family is None:
        yield ("scored",), "scored, and every scenario is silent", "write a prediction, or set scored to false"
    yield from period_faults(indicator)
    yield from family_faults(indicator)
    yield from quantity_faults(indicator)


def period_faults(indicator: Indicator) -> Iterable[PlacedFault]:
    """Yield what is wrong with the usual period, given the frequency."""
    if indicator.frequency == "event":
        if indicator.usual_period_months is not None:
            yield ("usual_period_months",), "an event has no period", "remove it, or correct frequency"
    elif indicator.period_months is None and indicator.family in ("lognormal", "trajectory"):
        mend = "add it: the months that a usual figure covers, 12 for a year"
        yield ("frequency",), f"{indicator.frequency}, and no usual_period_months", mend


def family_faults(indicator: Indicator) -> Iterable[PlacedFault]:
    """Yield keys that the family of the predictions does not know or does need, and mixed families."""
    types = {prediction.type for prediction in indicator.predictions.values()}
    families = {FAMILY_OF_TYPE[name] for name in types if name in FAMILY_OF_TYPE}
    if len(families) > 1:
        why = f"predictions of different families: {', '.join(sorted(families))}"
        yield ("predictions",), why, "predict one quantity in one way; the others may be silent"
    unit = {"event": "event", "ordinal": "category", "share": "share"}.get(indicator.family or "", indicator.unit)
    if indicator.unit != unit:
        why = f"{indicator.unit!r}, but the predictions are of {'an' if unit == 'event' else 'a'} {unit}"
        yield ("unit",), why, f"write `unit: {unit}`, and list it among the units of tracker.yaml"
    if indicator.detect_prob is not None and "event" not in families:
        yield ("detect_prob",), "only events have one", "remove it"
    for key in ("exposure_start", "reach"):
        if getattr(indicator, key) is not None and "rate" not in families:
            yield (key,), "only counts have one", "remove it"
    if (indicator.reach is None) != (indicator.reach_reason is None):
        yield ("reach",), "reach and reach_reason belong together", "say how much a search can see, and why"
    if "ordinal" in families and len(set(indicator.categories)) < max(2, len(indicator.categories)):
        yield (
            ("categories",),
            "ordinal predictions need categories, each once",
            "list them, the least cooperative first",
        )
    if "share" in families and indicator.frequency == "event":
        yield ("frequency",), "a share is no event", "correct frequency or the predictions"


def quantity_faults(indicator: Indicator) -> Iterable[PlacedFault]:
    """Yield what is wrong with the bounds and the kind of quantity of an indicator's values."""
    family = indicator.family
    if indicator.plausible is not None and not indicator.plausible[0] < indicator.plausible[1]:
        yield ("plausible",), f"{list(indicator.plausible)} is no interval", "write the lower bound first"
    if family not in (None, "lognormal", "trajectory", "share") and indicator.quantity is not None:
        yield ("quantity",), "events, counts and categories have none", "remove it"
    if family == "share" and indicator.quantity not in (None, "share"):
        yield ("quantity",), "the predictions are of a share", "write `quantity: share`"


def validate_predictions(file: str, indicator: Indicator, draft: Draft, faults: FaultList) -> None:
    """Validate that every scenario speaks, of known categories, within the clock, and in a monotone order."""
    names = draft.names_in("scenarios.yaml")
    for name in names:
        if name not in indicator.predictions:
            why = f"no prediction for the scenario {name}"
            draft.refuse(faults, file, ("predictions",), why, f"add `{name}:`; `type: silent` if it says nothing")
    for name, prediction in indicator.predictions.items():
        place = ("predictions", name)
        if name not in names:
            draft.refuse(faults, file, place, f"no scenario {name!r}", nearest(name, names))
        if isinstance(prediction, OrdinalPrediction):
            validate_categories(file, (*place, "probs"), prediction, indicator, draft, faults)
        if isinstance(prediction, DriftPrediction) and prediction.annual_change > HUGE_CHANGE:
            document, what = draft.documents[file], f"{name}.annual_change"
            why = f"{prediction.annual_change:.0%} more every year; is that meant?"
            faults.warn(document.path, document.line(*place, "annual_change"), what, why, "write 20 percent as 0.20")
        validate_clock(file, place, prediction, draft, faults)
        validate_spread(file, place, prediction, draft, faults)
    validate_triggers(file, indicator, draft, faults)
    validate_defining(file, indicator, draft, faults)
    reason = monotone_fault(indicator, draft.scenarios)
    if reason and indicator.monotone_waiver is None:
        mend = "correct the numbers or `cooperative`, or write the reason as `monotone_waiver:`"
        draft.refuse(faults, file, ("predictions",), reason, mend)


def validate_spread(
    file: str, place: tuple[object, ...], prediction: Prediction, draft: Draft, faults: FaultList
) -> None:
    """Refuse a spread where no draw moves a number, one without a reason, and one in another unit than the scale's."""
    if prediction.spread is None:
        return
    where = (*place, "spread")
    if prediction.type not in SPREADS:
        why = f"the interval moves no number of type {prediction.type}"
        draft.refuse(faults, file, where, why, "remove it")
        return
    ((number, usual),) = SPREADS[prediction.type].items()
    if prediction.spread > HUGE_SPREAD * usual:
        why = f"{prediction.spread:g} is more than {HUGE_SPREAD:g} times the usual {usual:g}"
        draft.refuse(faults, file, where, why, "write it on the scale of docs/method.md, 9, not in percent")
    elif prediction.note is None:
        why = f"nobody can see why {number} is not as doubtful as the usual {usual:g}"
        draft.refuse(faults, file, where, why, "write the reason as `note:`, or remove it and the usual one holds")


def validate_triggers(file: str, indicator: Indicator, draft: Draft, faults: FaultList) -> None:
    """Refuse a trigger of a scenario without onsets for events, or one whose baseline says nothing of the event."""
    for name, prediction in indicator.predictions.items():
        scenario = draft.scenarios.get(name)
        if not isinstance(prediction, EventPrediction) or prediction.trigger_share is None or scenario is None:
            continue
        place = ("predictions", name, "trigger_share")
        if "event_by" not in scenario.delayed_types:
            why = f"{name} has no onset that events wait for, so none of them announces it"
            draft.refuse(faults, file, place, why, "remove it, or give the scenario an onset and delay event_by")
        elif isinstance(indicator.predictions.get(scenario.baseline or ""), SilentPrediction):
            why = f"the baseline {scenario.baseline} says nothing of the event"
            draft.refuse(faults, file, place, why, "let the baseline predict it, or remove the trigger")


def validate_defining(file: str, indicator: Indicator, draft: Draft, faults: FaultList) -> None:
    """Refuse `defines` unless the event all but decides for the scenario: rare elsewhere, five times likelier there."""
    name = indicator.defines
    if name is None:
        return
    event = indicator.predictions.get(name)
    if not isinstance(event, EventPrediction):
        why = f"{name!r} has no event_by prediction here that could define it"
        draft.refuse(faults, file, ("defines",), why, "name a scenario that predicts the event, or remove it")
        return
    for other, prediction in indicator.predictions.items():
        if other == name:
            continue
        chance = prediction.p if isinstance(prediction, EventPrediction) else None
        if chance is None or chance > DEFINING_MOST or event.p < DEFINING_RATIO * chance:
            said = "says nothing of it" if chance is None else f"gives it {chance:g}"
            why = f"{other} {said}, so the event does not define {name} ({event.p:g})"
            mend = f"others must give it at most {DEFINING_MOST:g} and {name} five times as much; or remove `defines`"
            draft.refuse(faults, file, ("defines",), why, mend)


def validate_categories(
    file: str,
    place: tuple[object, ...],
    prediction: OrdinalPrediction,
    indicator: Indicator,
    draft: Draft,
    faults: FaultList,
) -> None:
    """Refuse categories that are not the indicator's."""
    for category in prediction.probs:
        if category not in indicator.categories:
            why = f"{category!r} is not among the indicator's categories"
            draft.refuse(faults, file, (*place, category), why, nearest(category, indicator.categories))
    for category in indicator.categories:
        if category not in prediction.probs:
            draft.refuse(faults, file, place, f"no probability for {category!r}", f"add `{category}:`, 0 if need be")


def validate_clock(
    file: str, place: tuple[object, ...], prediction: PredictionBase, draft: Draft, faults: FaultList
) -> None:
    """Refuse deadlines that lie before the clock starts or after the horizon ends."""
    deadlines: dict[tuple[object, ...], date] = {}
    if isinstance(prediction, PathPrediction):
        deadlines[(*place, "target", "date")] = prediction.target.date
    elif isinstance(prediction, RangePrediction):
        deadlines[(*place, "reach_by")] = prediction.reach_by
    elif isinstance(prediction, EventPrediction):
        deadlines[(*place, "by")] = prediction.by
    t0, end = draft.settings.t0, draft.settings.horizon_end
    for location, deadline in deadlines.items():
        if deadline <= t0:
            draft.refuse(faults, file, location, f"{deadline} is not after t0 {t0}", "correct the date")
        elif deadline > end:
            why = f"{deadline} is after the horizon {end}, so it can never be resolved"
            draft.refuse(faults, file, location, why, "correct the date or horizon_end")


def monotone_fault(indicator: Indicator, scenarios: Mapping[str, Scenario]) -> str | None:
    """Return why a more cooperative reading could favour a less cooperative scenario, as far as order alone shows it.

    Judged here where the order of the parameters decides it: means of rates and shares, chances of events with one
    deadline, ratios of categories. The full check of method.md 3.3 needs the predictive distributions.
    """
    if indicator.cooperative is None or any(name not in scenarios for name in indicator.predictions):
        return None
    ranked = sorted(indicator.predictions, key=lambda name: scenarios[name].cooperative_rank)
    speaking = [(name, indicator.predictions[name]) for name in ranked if indicator.predictions[name].type != "silent"]
    sign = 1 if indicator.cooperative == "up" else -1
    for (low_name, low), (high_name, high) in pairwise(speaking):
        if order_is_broken(low, high, sign, indicator):
            return f"{high_name} is more cooperative than {low_name}, but its prediction lies the other way"
    return None


def order_is_broken(low: PredictionBase, high: PredictionBase, sign: int, indicator: Indicator) -> bool:
    """Return whether the prediction of the more cooperative scenario lies on the less cooperative side."""
    if isinstance(low, RatePrediction | SharePrediction) and isinstance(high, RatePrediction | SharePrediction):
        return sign * (high.mean - low.mean) < 0
    if isinstance(low, EventPrediction) and isinstance(high, EventPrediction) and low.by == high.by:
        return sign * (high.p - low.p) < 0
    if isinstance(low, OrdinalPrediction) and isinstance(high, OrdinalPrediction):
        return not ratios_rise(low.probs, high.probs, indicator.categories[::sign])
    return False


def ratios_rise(low: Mapping[str, float], high: Mapping[str, float], categories: Iterable[str]) -> bool:
    """Return whether high over low never falls from one category to the next."""
    # Products instead of ratios: a probability of 0 is allowed.
    shared = [category for category in categories if category in low and category in high]
    return all(high[one] * low[two] <= high[two] * low[one] + 1e-12 for one, two in pairwise(shared))


def validate_coverage(draft: Draft, faults: FaultList) -> None:
    """Validate that every statement names indicators that exist, or a heading of decisions.md."""
    decisions = draft.folder / "decisions.md"
    text = decisions.read_text(encoding="utf-8", errors="replace") if decisions.is_file() else ""
    headings = [heading.strip() for heading in re.findall(r"^#+\s+(.+?)\s*#*$", text, flags=re.MULTILINE)]
    document = draft.documents.get("coverage.yaml")
    items = document.data if document and isinstance(document.data, list) else []
    places: dict[str, list[int]] = {}
    for order, item in enumerate(items):
        places.setdefault(str(item.get("id") if isinstance(item, dict) else item).strip(), []).append(order)
    seen: set[str] = set()
    for statement in draft.coverage:
        place = places[statement.id].pop(0)
        if statement.id in seen:
            draft.refuse(faults, "coverage.yaml", (place, "id"), f"{statement.id!r} stands twice", "give it its own id")
        seen.add(statement.id)
        for order, name in enumerate(statement.indicators):
            if name not in draft.indicator_names:
                mend = nearest(name, draft.indicator_names)
                draft.refuse(faults, "coverage.yaml", (place, "indicators", order), f"no indicator {name!r}", mend)
        if statement.ruling is not None and statement.ruling not in headings:
            why = f"decisions.md has no heading {statement.ruling!r}"
            draft.refuse(faults, "coverage.yaml", (place, "ruling"), why, nearest(statement.ruling, headings))


def validate_feeds(
    document: Document, sources: Mapping[str, Source], trackers: Mapping[str, Any], faults: FaultList
) -> None:
    """Refuse feeds of indicators that their tracker does not have, and two series of one source for one indicator.

    Trackers that were not loaded are not validated.
    """
    for source_id, source in sources.items():
        fed: set[tuple[str, str]] = set()
        for order, entry in enumerate(source.documents):
            for place, feed in enumerate(entry.feeds):
                location = (source_id, "documents", order, "feeds", place, "indicator")
                what = f"{source_id}.{entry.name}.feeds"
                if (feed.tracker, feed.indicator) in fed:
                    why = f"{feed.indicator!r} is fed by another series of the source as well"
                    mend = "give each series an indicator of its own, and derive their sum or mean from them"
                    faults.refuse(document.path, document.line(*location), what, why, mend)
                fed.add((feed.tracker, feed.indicator))
                names = trackers.get(feed.tracker)
                if names is not None and feed.indicator not in names:
                    why = f"{feed.tracker} has no indicator {feed.indicator!r}"
                    faults.refuse(document.path, document.line(*location), what, why, nearest(feed.indicator, names))


def validate_watch(draft: Draft, feeds: Mapping[str, LeadFeed], names: WatchNames, faults: FaultList) -> None:
    """Validate that each `watch:` names feeds of feeds.yaml and names of watch.yaml."""
    for indicator_id, indicator in draft.indicators.items():
        if indicator.watch is None:
            continue
        file = f"indicators/{indicator_id}.yaml"
        for feed in indicator.watch.feeds:
            if feed not in feeds:
                draft.refuse(faults, file, ("watch", "feeds"), f"no feed {feed!r} in feeds.yaml", nearest(feed, feeds))
        for name in (*indicator.watch.names.all, *indicator.watch.names.any):
            if name not in names.names:
                mend = nearest(name, names.names)
                draft.refuse(faults, file, ("watch", "names"), f"no name {name!r} in watch.yaml", mend)
