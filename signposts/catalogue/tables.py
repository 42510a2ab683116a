"""The catalogue as rows: every table of stage `catalogue`, and the ledgers as claims.

Belongs here: what a row says, priors included. Not here: reading files, or writing to the warehouse.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from signposts.catalogue.claims import reliability_value
from signposts.catalogue.elicitation import pooled_parameters
from signposts.catalogue.models import PriorSet, Scenario
from signposts.catalogue.trackers import LEDGER_SOURCE, OTHER, Catalogue, Tracker

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A scenario that leaves its baseline at an onset, in years after t0."""

    scenario_id: str
    onset: float
    onset_weight: float


def tables(catalogue: Catalogue) -> dict[str, list[Row]]:
    """Return the rows of every table of stage `catalogue`, by table."""
    rows: dict[str, list[Row]] = {"source": source_rows(catalogue)}
    makers = {
        "tracker": tracker_rows,
        "structural_break": structural_break_rows,
        "scenario": scenario_rows,
        "hypothesis": hypothesis_rows,
        "prior_set": prior_set_rows,
        "evidence_group": evidence_group_rows,
        "indicator": indicator_rows,
        "prediction": prediction_rows,
        "project": project_rows,
        "place": place_rows,
        "search": search_rows,
    }
    for table, maker in makers.items():
        rows[table] = [
            {"tracker_id": tracker.tracker_id, **row} for tracker in catalogue.trackers for row in maker(tracker)
        ]
    return rows


def prior_probabilities(scenarios: Mapping[str, Scenario], prior_set: PriorSet, other_mass: float) -> dict[str, float]:
    """Return the prior of each scenario, other last: (1 - other_mass) q(word) / sum of q (method.md 2)."""
    weights = {name: prior_set.words[scenario.likelihood_word] for name, scenario in scenarios.items()}
    total = sum(weights.values())
    return {**{name: (1 - other_mass) * weight / total for name, weight in weights.items()}, OTHER: other_mass}


def headline_priors(tracker: Tracker) -> dict[str, float]:
    """Return the headline prior of each scenario, other included."""
    priors = tracker.settings.priors
    return prior_probabilities(tracker.scenarios, priors.sets[priors.headline], priors.other_mass)


def hypotheses(tracker: Tracker) -> list[Hypothesis]:
    """Return every scenario and onset, in order of display; a scenario without onset, and other, have onset 0."""
    of_scenarios = []
    for name, scenario in tracker.scenarios.items():
        onsets = [(onset.years, onset.weight) for onset in scenario.onset] or [(0.0, 1.0)]
        of_scenarios += [Hypothesis(name, years, weight) for years, weight in onsets]
    return [*of_scenarios, Hypothesis(OTHER, 0.0, 1.0)]


def tracker_rows(tracker: Tracker) -> list[Row]:
    """Return the tracker's own row."""
    settings = tracker.settings
    copied_columns = ("title", "t0", "horizon_end", "registered_on", "scenario_version")
    of_scoring = ("evidence_weight", "defining_weight", "contamination", "shared_sd")
    return [
        {
            **{column: getattr(settings, column) for column in copied_columns},
            **{column: getattr(settings.scoring, column) for column in of_scoring},
            "temper": None,
            "other_mass": settings.priors.other_mass,
            "prior_set": settings.priors.headline,
            "catalogue_sha256": tracker.catalogue_sha256,
        }
    ]


def structural_break_rows(tracker: Tracker) -> list[Row]:
    """Return the dates marked on every chart."""
    return [{"date": mark.date, "label": mark.label} for mark in tracker.settings.structural_breaks]


def scenario_rows(tracker: Tracker) -> list[Row]:
    """Return the scenarios with their headline priors, other last."""
    priors = headline_priors(tracker)
    copied_columns = ("title", "story", "likelihood_word", "cooperative_rank", "brief_ref")
    rows: list[Row] = [
        {
            "scenario_id": name,
            **{column: getattr(scenario, column) for column in copied_columns},
            "prior": priors[name],
            "baseline_id": scenario.baseline,
            "delayed_types": ",".join(scenario.delayed_types) or None,
            "sort_order": order,
        }
        for order, (name, scenario) in enumerate(tracker.scenarios.items(), start=1)
    ]
    rows.append(
        {
            **dict.fromkeys(rows[0]),
            "scenario_id": OTHER,
            "title": "None of the above",
            "story": "What happens is described by none of the named scenarios, or by a mixture of them.",
            "prior": priors[OTHER],
            "sort_order": len(rows) + 1,
        }
    )
    return rows


def hypothesis_rows(tracker: Tracker) -> list[Row]:
    """Return every scenario and onset."""
    return [
        {"scenario_id": hypothesis.scenario_id, "onset": hypothesis.onset, "onset_weight": hypothesis.onset_weight}
        for hypothesis in hypotheses(tracker)
    ]


def prior_set_rows(tracker: Tracker) -> list[Row]:
    """Return the priors of every set at the headline mass of other."""
    priors = tracker.settings.priors
    return [
        {"prior_set": name, "scenario_id": scenario_id, "prior": prior, "origin": prior_set.origin}
        for name, prior_set in priors.sets.items()
        for scenario_id, prior in prior_probabilities(tracker.scenarios, prior_set, priors.other_mass).items()
    ]


def evidence_group_rows(tracker: Tracker) -> list[Row]:
    """Return the groups of indicators."""
    return [
        {"group_id": group_id, "title": group.title, "rho": group.rho}
        for group_id, group in tracker.settings.groups.items()
    ]


def indicator_rows(tracker: Tracker) -> list[Row]:
    """Return the indicators."""
    copied_columns = (
        *("title", "meaning", "domain", "role", "unit", "words", "frequency", "cooperative", "scored"),
        *("why_not_scored", "max_age_days", "usage_warning", "caution"),
    )
    return [
        {
            "indicator_id": indicator_id,
            **{column: getattr(indicator, column) for column in copied_columns},
            "domain_title": tracker.settings.domains.get(indicator.domain),
            "usual_period_months": indicator.period_months,
            "quantity": indicator.quantity or {"share": "share", "lognormal": "flow"}.get(indicator.family or ""),
            "group_id": indicator.group,
            "sources": ",".join(indicator.sources),
            "detect_prob": indicator.detect_prob or (1.0 if indicator.family == "event" else None),
            "exposure_start": indicator.exposure_start
            or (tracker.settings.first_day_counted if indicator.family == "rate" else None),
            "categories": ",".join(indicator.categories) or None,
        }
        for indicator_id, indicator in tracker.indicators.items()
    ]


def prediction_rows(tracker: Tracker) -> list[Row]:
    """Return what each scenario predicts of each indicator, in order of display."""
    return [
        {
            "indicator_id": indicator_id,
            "scenario_id": scenario_id,
            **{column: getattr(prediction, column) for column in ("type", "basis", "claim", "brief_ref", "note")},
            "parameters": json.dumps(
                pooled_parameters(prediction, indicator_id, scenario_id, tracker.answers),
                sort_keys=True,
                ensure_ascii=False,
            ),
        }
        for indicator_id, indicator in tracker.indicators.items()
        for scenario_id in tracker.scenarios
        if (prediction := indicator.predictions.get(scenario_id)) is not None
    ]


def project_rows(tracker: Tracker) -> list[Row]:
    """Return the projects followed on the milestone ladder."""
    return [
        {"project_id": project_id, "title": project.title, "meaning": project.meaning}
        for project_id, project in tracker.projects.items()
    ]


def place_rows(tracker: Tracker) -> list[Row]:
    """Return the places of the projects, each project's in the order of its route."""
    return [
        {"project_id": project_id, "position": position, **place.model_dump()}
        for project_id, project in tracker.projects.items()
        for position, place in enumerate(project.places, start=1)
    ]


def search_rows(tracker: Tracker) -> list[Row]:
    """Return the searches; a reach that a row leaves out is the indicator's, else the tracker's."""
    rows: list[Row] = []
    for row in tracker.searches:
        indicator = tracker.indicators.get(row.search.indicator_id)
        usual = (indicator.reach if indicator else None) or tracker.settings.scoring.reach
        low, high = (row.search.reach_low or usual[0], row.search.reach_high or usual[1])
        reach = {"reach_low": low, "reach_high": high, "reach": (low + high) / 2}
        rows.append({**dict(row.search), **reach, "row_number": row.line})
    return rows


def source_rows(catalogue: Catalogue) -> list[Row]:
    """Return the sources, the ledger among them."""
    columns = ("title", "homepage", "licence", "terms", "cadence", "max_age_days", "secret")
    return [
        {"source_id": source_id, **{column: getattr(source, column) for column in columns}}
        for source_id, source in catalogue.sources.items()
    ]


def ledger_rows(tracker: Tracker) -> list[Row]:
    """Return the tracker's claims as typed rows: the claim columns that do not depend on later versions."""
    scale = tracker.settings.reliability
    return [
        {
            **dict(row.claim),
            "tracker_id": tracker.tracker_id,
            "indicator_id": indicator_id,
            "source_id": LEDGER_SOURCE,
            "reliability_value": reliability_value(
                scale, row.claim.reliability, row.claim.credibility, row.claim.status
            ),
            "sha256": row.claim.sha256 or ledger.sha256,
            "page_sha256": row.claim.sha256,
            "row_number": row.line,
            "scope": f"ledger/{indicator_id}.csv",
        }
        for indicator_id, ledger in tracker.ledgers.items()
        for row in ledger.rows
    ]
