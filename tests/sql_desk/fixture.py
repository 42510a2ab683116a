"""Two invented trackers, a bakery and an orchard, small enough to work out every answer on paper.

Belongs here: invented rows for a warehouse. Nothing here is a fact about anything. Probabilities are not typed in but
follow from the log ratios below: factors of 2 and 3 after their weights, so that sums can be done by head.
"""

import json
from datetime import date, datetime
from math import exp, log, log10
from typing import Any

from signposts.warehouse import Warehouse
from tests.tabular import under

Rows = list[dict[str, Any]]

JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
RECORDED = datetime(2026, 3, 31, 9, 0)
PRIOR = {
    "bakery": {"grows": 0.5, "shrinks": 0.4, "other": 0.1},
    "orchard": {"blooms": 0.6, "withers": 0.3, "other": 0.1},
}
UNIFORM = {"bakery": {"grows": 0.45, "shrinks": 0.45, "other": 0.1}}
TEMPER = {"bakery": 0.5, "orchard": 1.0}
ONSETS = {"shrinks": ((0.0, 0.5), (1.0, 0.5))}
GROUP = {"loaves": "trade", "shop_opened": "trade", "flour": "prices", "apples": "harvest"}
TWO, THREE = log(2), log(3)
# tracker, as_of -> indicator -> (weight, log ratio by scenario and onset); what is not written is 0.
EVIDENCE: dict[tuple[str, date], dict[str, tuple[float, dict[tuple[str, float], float]]]] = {
    ("bakery", JANUARY): {"flour": (1.0, {("shrinks", 0.0): 2 * TWO})},
    ("bakery", FEBRUARY): {
        "flour": (1.0, {("shrinks", 0.0): 2 * TWO}),
        "loaves": (1.0, {("grows", 0.0): 2 * THREE, ("shrinks", 0.0): -2 * TWO}),
    },
    ("bakery", MARCH): {
        "flour": (1.0, {("shrinks", 0.0): 2 * TWO}),
        "loaves": (0.5, {("grows", 0.0): 4 * TWO, ("shrinks", 0.0): -4 * TWO}),
        "shop_opened": (0.5, {("grows", 0.0): 4 * THREE}),
    },
    ("orchard", FEBRUARY): {"apples": (1.0, {("blooms", 0.0): -TWO, ("withers", 0.0): TWO})},
    ("orchard", MARCH): {"apples": (1.0, {("blooms", 0.0): -TWO, ("withers", 0.0): TWO})},
}
STATUS = {
    ("flour", "grows"): "on track",
    ("flour", "shrinks"): "on track",
    ("loaves", "grows"): "on track",
    ("loaves", "shrinks"): "contradicted",
    ("shop_opened", "grows"): "fulfilled",
    ("shop_opened", "shrinks"): "no prediction",
    ("staff", "grows"): "no data",
    ("staff", "shrinks"): "no data",
    ("apples", "blooms"): "behind",
    ("apples", "withers"): "on track",
}


def fill(warehouse: Warehouse) -> None:
    """Fill every table of the dictionary that the fixture has rows for; the others are empty."""
    with warehouse.connect():
        warehouse.ensure_tables()
        for table, rows in tables().items():
            warehouse.write_rows(table, rows)


def tables() -> dict[str, Rows]:
    """Return the invented rows of every table that has any."""
    return {
        **_catalogue(),
        **_gathered(),
        **_claims(),
        **_readings(),
        **_odds(),
        **_verdicts(),
        **_outlook(),
        **_record(),
        **_leads(),
    }


def onsets(scenario: str) -> tuple[tuple[float, float], ...]:
    """Return the onsets of a scenario with their weights."""
    return ONSETS.get(scenario, ((0.0, 1.0),))


def posterior(
    tracker: str,
    evidence: dict[str, tuple[float, dict[tuple[str, float], float]]],
    prior: dict[str, float],
    temper: float,
) -> dict[str, tuple[float, float]]:
    """Return each scenario's probability and decibans: the method's sum over onsets, written out."""
    factor = {
        scenario: sum(
            share * exp(temper * sum(weight * ratio.get((scenario, onset), 0.0) for weight, ratio in evidence.values()))
            for onset, share in onsets(scenario)
        )
        for scenario in PRIOR[tracker]
    }
    total = sum(prior[scenario] * factor[scenario] for scenario in prior)
    return {key: (prior[key] * factor[key] / total, 10 * log10(factor[key])) for key in prior}


# ---------------------------------------------------------------------- catalogue


def _catalogue() -> dict[str, Rows]:
    indicators = under(
        "tracker_id indicator_id title domain role unit frequency scored why_not_scored",
        ("bakery", "loaves", "Loaves sold a year", "trade", "outcome", "thousand loaves", "annual", True, None),
        ("bakery", "shop_opened", "The second shop opens", "trade", "outcome", "event", "event", True, None),
        ("bakery", "flour", "Price of flour", "prices", "condition", "crowns", "annual", True, None),
        ("bakery", "staff", "Number of bakers", "trade", "outcome", "people", "annual", True, None),
        ("bakery", "weather", "Rainy days", "town", "context", "days", "monthly", False, "Context is never scored."),
        ("orchard", "apples", "Apples picked a year", "harvest", "outcome", "tonnes", "annual", True, None),
        max_age_days=120,
        sources="ledger",
    )
    return {
        "tracker": [
            {
                "tracker_id": tracker,
                "title": title,
                "t0": date(2025, 1, 1),
                "horizon_end": date(2030, 12, 31),
                "registered_on": date(2026, 2, 1),
                "evidence_weight": TEMPER[tracker],
                "defining_weight": TEMPER[tracker],
                "contamination": 0.2,
                "shared_sd": True,
                "other_mass": 0.1,
                "prior_set": "plain",
                "scenario_version": version,
                "catalogue_sha256": digit * 64,
            }
            for tracker, title, version, digit in (
                ("bakery", "The bakery (invented, for tests)", "1.0.0", "a"),
                ("orchard", "The orchard (invented, for tests)", "2.1.0", "b"),
            )
        ],
        "scenario": [
            {
                "tracker_id": tracker,
                "scenario_id": scenario,
                "title": f"It {scenario}",
                "prior": prior,
                "sort_order": order,
            }
            for tracker, priors in PRIOR.items()
            for order, (scenario, prior) in enumerate(priors.items(), start=1)
        ],
        "hypothesis": [
            {"tracker_id": tracker, "scenario_id": scenario, "onset": onset, "onset_weight": share}
            for tracker, priors in PRIOR.items()
            for scenario in priors
            for onset, share in onsets(scenario)
        ],
        "evidence_group": [
            {"tracker_id": "bakery", "group_id": "trade", "title": "Trade", "rho": 1.0},
            {"tracker_id": "bakery", "group_id": "prices", "title": "Prices", "rho": 0.5},
            {"tracker_id": "orchard", "group_id": "harvest", "title": "Harvest", "rho": 0.5},
        ],
        "indicator": [
            {
                **row,
                "meaning": f"{row['title']}, invented.",
                "group_id": GROUP.get(row["indicator_id"]),
                "usage_warning": "=SUM(1): two offices count differently." if row["indicator_id"] == "loaves" else None,
            }
            for row in indicators
        ],
        "prediction": [
            {**row, "brief_ref": "page 1", "parameters": json.dumps(row["parameters"])}
            for row in under(
                "tracker_id indicator_id scenario_id type basis claim parameters",
                ("bakery", "loaves", "grows", "path", "stated", "Loaves double by 2030.", {"target": 200}),
                ("bakery", "loaves", "shrinks", "drift", "operationalised", "Loaves fall by a tenth a year.", {}),
                ("bakery", "shop_opened", "grows", "event_by", "stated", "A second shop by 2027.", {"p": 0.8}),
                ("bakery", "shop_opened", "shrinks", "silent", "operationalised", "Nothing is said.", {}),
                ("bakery", "flour", "grows", "range", "stated", "Flour stays as it is.", {}),
                ("bakery", "flour", "shrinks", "drift", "stated", "Flour dearer each year.", {}),
                ("bakery", "staff", "grows", "path", "operationalised", "Staff double.", {"target": 8}),
                ("bakery", "staff", "shrinks", "path", "operationalised", "Staff halve.", {"target": 2}),
                ("orchard", "apples", "blooms", "path", "stated", "Apples double by 2030.", {"target": 20}),
                ("orchard", "apples", "withers", "path", "stated", "Apples halve by 2030.", {"target": 5}),
            )
        ],
        "project": [
            {"tracker_id": "bakery", "project_id": "oven", "title": "A new oven", "meaning": "An oven, invented."},
            {"tracker_id": "bakery", "project_id": "second_shop", "title": "The second shop", "meaning": "A shop."},
        ],
        "source": [
            {"source_id": "ledger", "title": "The ledger", "max_age_days": 120},
            {"source_id": "guild", "title": "The guild", "homepage": "https://example.org/guild", "max_age_days": 60},
        ],
    }


def _gathered() -> dict[str, Rows]:
    return {
        "fetch_attempt": [
            {
                "source_id": "guild",
                "document": "yearbook",
                "url": "https://example.org/guild/yearbook",
                "fetched_at": datetime(2026, 3, 31, 8, 0),
                "outcome": "failure",
                "http_status": 503,
                "message": "the publisher answered 503",
            }
        ],
        "quarantine": [
            {
                "tracker_id": "bakery",
                "source_id": "guild",
                "sha256": "c" * 64,
                "row_number": 7,
                "reason": "value is not a number",
                "raw": json.dumps({"value": "many"}),
                "indicator_id": "loaves",
                "quarantined_at": datetime(2026, 3, 1, 8, 0),
            }
        ],
        "freshness": under(
            "tracker_id subject last_looked newest_period age_days max_age_days verdict detail",
            (None, "source:ledger", RECORDED, MARCH, 0, 120, "fresh", "looked today"),
            (None, "source:guild", None, None, None, 60, "failed", "never answered"),
            ("bakery", "indicator:loaves", RECORDED, date(2025, 12, 31), 90, 120, "fresh", "within its time"),
            ("bakery", "indicator:shop_opened", RECORDED, date(2026, 3, 5), 26, 120, "fresh", "within its time"),
            ("bakery", "indicator:flour", RECORDED, date(2025, 9, 30), 182, 120, "stale", "older than 120 days"),
            ("bakery", "indicator:staff", None, None, None, 120, "unknown", "nobody has reported it"),
            ("bakery", "indicator:weather", RECORDED, MARCH, 0, 120, "fresh", "within its time"),
            ("orchard", "indicator:apples", RECORDED, date(2025, 12, 31), 90, 120, "fresh", "within its time"),
        ),
    }


# ---------------------------------------------------------------------- claims and readings


def _claim(tracker: str, claim_id: str, published_on: date, **fields: Any) -> dict[str, Any]:
    year = published_on.year - 1
    return {
        "tracker_id": tracker,
        "claim_id": claim_id,
        "indicator_id": claim_id.rsplit("-", 1)[0],
        "kind": "value",
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "source_id": "ledger",
        "source_name": "The baker, in the Town Post",
        "speaker": "Baker",
        "source_url": f"https://example.org/{claim_id}",
        "reliability": "B",
        "credibility": "2",
        "reliability_value": 0.875,
        "status": "reported",
        "published_on": published_on,
        "published_on_inferred": False,
        "recorded_at": datetime(published_on.year, published_on.month, published_on.day, 12, 0),
        "first_claim_id": claim_id,
        "version": 1,
        "held": False,
        "sha256": "d" * 64,
        **fields,
    }


GUILD = {"speaker": "Guild", "source_id": "guild", "source_name": "Guild", "reliability": "D", "credibility": "4"}


def _claims() -> dict[str, Rows]:
    claims = [
        _claim("bakery", "loaves-1", date(2025, 2, 1), value=100.0),
        _claim(
            "bakery",
            "loaves-2",
            date(2026, 2, 10),
            value=120.0,
            status="preliminary",
            superseded_by="loaves-4",
            superseded_at=datetime(2026, 3, 20, 12, 0),
        ),
        _claim(
            "bakery", "loaves-3", date(2026, 2, 20), value=150.0, **GUILD, reliability_value=0.375, note="-1+2 hearsay"
        ),
        _claim(
            "bakery",
            "loaves-4",
            date(2026, 3, 20),
            value=126.0,
            corrects="loaves-2",
            first_claim_id="loaves-2",
            version=2,
            revision_share=0.05,
        ),
        _claim(
            "bakery",
            "loaves-5",
            date(2026, 3, 25),
            value=400.0,
            **GUILD,
            reliability_value=0.375,
            corrects="loaves-3",
            first_claim_id="loaves-3",
            version=2,
            revision_share=5 / 3,
            held=True,
        ),
        _claim(
            "bakery",
            "flour-1",
            date(2025, 10, 20),
            kind="growth",
            value=10.0,
            base_value=50.0,
            period_start=date(2025, 1, 1),
            period_end=date(2025, 9, 30),
            status="disputed",
            reliability="E",
            credibility="3",
            reliability_value=0.4,
        ),
        _claim(
            "bakery",
            "shop_opened-1",
            date(2026, 1, 20),
            kind="none_seen",
            searched_until=date(2026, 1, 15),
            period_start=None,
            period_end=None,
        ),
        _claim(
            "bakery",
            "shop_opened-2",
            date(2026, 3, 10),
            kind="event",
            happened_from=date(2026, 3, 5),
            happened_to=date(2026, 3, 5),
            period_start=None,
            period_end=None,
            speaker="Town Post",
            project_id="second_shop",
            stage="operating",
        ),
        _claim("bakery", "weather-1", date(2026, 3, 31), value=9.0, period_start=date(2026, 3, 1), period_end=MARCH),
        _claim(
            "orchard", "apples-1", date(2026, 2, 15), kind="interval", value_low=6.0, value_high=8.0, speaker="Picker"
        ),
        _claim(
            "orchard",
            "apples-2",
            date(2026, 3, 15),
            value=30.0,
            speaker="Rumour",
            status="withdrawn",
            reliability="F",
            credibility="5",
            reliability_value=0.22,
        ),
    ]
    milestones = [
        ("oven", "announced", date(2025, 4, 1), None, None, date(2025, 4, 2), "loaves-1"),
        ("oven", "delivered", None, date(2025, 12, 1), None, date(2025, 4, 2), "loaves-1"),
        ("oven", "delivered", None, date(2026, 6, 29), 210, date(2026, 2, 20), "loaves-3"),
        ("second_shop", "signed", date(2025, 6, 1), None, None, date(2025, 6, 2), "loaves-1"),
        ("second_shop", "operating", None, date(2026, 2, 1), None, date(2025, 6, 2), "loaves-1"),
        ("second_shop", "operating", None, date(2026, 3, 3), 30, date(2026, 1, 20), "shop_opened-1"),
        ("second_shop", "operating", date(2026, 3, 5), None, None, date(2026, 3, 10), "shop_opened-2"),
    ]
    return {
        "claim": claims,
        "milestone": under(
            "project_id stage happened_on planned_for slip_days published_on claim_id", *milestones, tracker_id="bakery"
        ),
    }


LOOKED = date(2026, 1, 15)
# tracker, as_of, indicator, kind, value, low, high, reading date, scored, reports, sources, r, missing reason
READINGS: tuple[tuple[Any, ...], ...] = (
    ("bakery", JANUARY, "flour", "nowcast", 55.0, 55.0, 55.0, date(2025, 12, 31), True, 1, 1, 0.4, None),
    ("bakery", JANUARY, "loaves", "value", 100.0, 100.0, 100.0, date(2024, 12, 31), False, 1, 1, 0.875, None),
    ("bakery", JANUARY, "shop_opened", "none_seen", None, None, None, LOOKED, False, 1, 1, 0.875, "none_seen"),
    ("bakery", JANUARY, "staff", None, None, None, None, None, False, 0, 0, None, "not_due"),
    ("bakery", FEBRUARY, "flour", "nowcast", 55.0, 55.0, 55.0, date(2025, 12, 31), True, 1, 1, 0.4, None),
    ("bakery", FEBRUARY, "loaves", "value", 129.0, 120.0, 150.0, date(2025, 12, 31), True, 2, 2, 0.725, None),
    ("bakery", FEBRUARY, "shop_opened", "none_seen", None, None, None, LOOKED, False, 1, 1, 0.875, "none_seen"),
    ("bakery", FEBRUARY, "staff", None, None, None, None, None, False, 0, 0, None, "not_in_ledger"),
    ("bakery", MARCH, "flour", "nowcast", 55.0, 55.0, 55.0, date(2025, 12, 31), True, 1, 1, 0.4, None),
    ("bakery", MARCH, "loaves", "value", 133.2, 126.0, 150.0, date(2025, 12, 31), True, 2, 2, 0.725, None),
    ("bakery", MARCH, "shop_opened", "event", 1.0, None, None, date(2026, 3, 5), True, 1, 1, 0.875, None),
    ("bakery", MARCH, "staff", None, None, None, None, None, False, 0, 0, None, "not_in_ledger"),
    ("bakery", MARCH, "weather", "value", 9.0, 9.0, 9.0, MARCH, False, 1, 1, 0.875, None),
    ("orchard", FEBRUARY, "apples", "interval", 7.0, 6.0, 8.0, date(2025, 12, 31), True, 1, 1, 0.875, None),
    ("orchard", MARCH, "apples", "interval", 7.0, 6.0, 8.0, date(2025, 12, 31), True, 1, 1, 0.875, None),
)
# tracker, as_of, claim, share in the pool, r
POOLED: tuple[tuple[Any, ...], ...] = (
    ("bakery", JANUARY, "flour-1", 1.0, 0.4),
    ("bakery", JANUARY, "loaves-1", 1.0, 0.875),
    ("bakery", JANUARY, "shop_opened-1", 1.0, 0.875),
    ("bakery", FEBRUARY, "flour-1", 1.0, 0.4),
    ("bakery", FEBRUARY, "loaves-2", 0.7, 0.875),
    ("bakery", FEBRUARY, "loaves-3", 0.3, 0.375),
    ("bakery", FEBRUARY, "shop_opened-1", 1.0, 0.875),
    ("bakery", MARCH, "flour-1", 1.0, 0.4),
    ("bakery", MARCH, "loaves-3", 0.3, 0.375),
    ("bakery", MARCH, "loaves-4", 0.7, 0.875),
    ("bakery", MARCH, "shop_opened-2", 1.0, 0.875),
    ("bakery", MARCH, "weather-1", 1.0, 0.875),
    ("orchard", FEBRUARY, "apples-1", 1.0, 0.875),
    ("orchard", MARCH, "apples-1", 1.0, 0.875),
)


def _readings() -> dict[str, Rows]:
    readings = under(
        "tracker_id as_of indicator_id kind value value_low value_high reading_date "
        "scored n_reports n_sources reliability missing_reason",
        *READINGS,
        log_sd=0.0,
    )
    readings = [row | {"scored_at": row["reading_date"]} for row in readings]
    for reading in readings:
        if not reading["scored"]:
            reading["why_not_scored"] = "there is no reading" if reading["kind"] is None else "shown only"
    pooled = [
        {**row, "indicator_id": row["claim_id"].rsplit("-", 1)[0], "observation_id": row["claim_id"]}
        for row in under("tracker_id as_of claim_id pool_weight reliability", *POOLED)
    ]
    return {
        "as_of_date": [
            {"tracker_id": tracker, "as_of": as_of, "is_latest": as_of == MARCH, "retrospective": as_of == JANUARY}
            for tracker, as_of in EVIDENCE
        ],
        "reading": readings,
        "reading_claim": pooled,
        "observation": [
            {key: row[key] for key in ("tracker_id", "as_of", "indicator_id", "observation_id", "pool_weight")}
            for row in pooled
        ],
    }


# ---------------------------------------------------------------------- odds


def _variants() -> list[tuple[str, str, str, dict[str, Any], dict[str, float], float, str | None]]:
    """Return tracker, variant, family, evidence in March, prior, temper, and what is left out."""
    bakery, orchard = EVIDENCE["bakery", MARCH], EVIDENCE["orchard", MARCH]
    variants: list[tuple[str, str, str, dict[str, Any], dict[str, float], float, str | None]] = [
        ("bakery", "headline", "headline", bakery, PRIOR["bakery"], 0.5, None),
        ("bakery", "prior:uniform", "prior", bakery, UNIFORM["bakery"], 0.5, None),
        ("bakery", "evidence_weight:1.0", "evidence_weight", bakery, PRIOR["bakery"], 1.0, None),
        ("orchard", "headline", "headline", orchard, PRIOR["orchard"], 1.0, None),
        ("orchard", "without:apples", "without", {}, PRIOR["orchard"], 1.0, "apples"),
    ]
    for key in bakery:
        rest = {name: (1.0, ratio) for name, (weight, ratio) in bakery.items() if name != key}
        if key == "flour":
            rest = {name: entry for name, entry in bakery.items() if name != key}
        variants.append(("bakery", f"without:{key}", "without", rest, PRIOR["bakery"], 0.5, key))
    return variants


def _odds() -> dict[str, Rows]:
    probabilities, ratios, influences = [], [], []
    for (tracker, as_of), evidence in EVIDENCE.items():
        for key, (weight, ratio) in evidence.items():
            ratios += [
                {
                    "tracker_id": tracker,
                    "as_of": as_of,
                    "indicator_id": key,
                    "scenario_id": scenario,
                    "onset": onset,
                    "log_ratio": ratio.get((scenario, onset), 0.0),
                    "log_ratio_contaminated": 0.0,
                    "z": None,
                    "weight": weight * TEMPER[tracker],
                }
                for scenario in PRIOR[tracker]
                for onset, _share in onsets(scenario)
            ]
        if as_of != MARCH:
            found = posterior(tracker, evidence, PRIOR[tracker], TEMPER[tracker])
            probabilities += _probability_rows(tracker, as_of, "headline", PRIOR[tracker], found)
    for tracker, variant, family, evidence, prior, temper, left_out in _variants():
        found = posterior(tracker, evidence, prior, temper)
        probabilities += _probability_rows(tracker, MARCH, variant, prior, found)
        if family == "without":
            headline = posterior(tracker, EVIDENCE[tracker, MARCH], prior, temper)
            held = {name: entry for name, entry in EVIDENCE[tracker, MARCH].items() if name != left_out}
            held_odds = posterior(tracker, held, prior, temper)
            influences += [
                {
                    "tracker_id": tracker,
                    "left_out": f"indicator:{left_out}",
                    "scenario_id": scenario,
                    "posterior": found[scenario][0],
                    "move": found[scenario][0] - headline[scenario][0],
                    "move_held_weights": held_odds[scenario][0] - headline[scenario][0],
                }
                for scenario in prior
            ]
    return {
        "log_ratio": ratios,
        "variant": [
            {
                "tracker_id": tracker,
                "variant": variant,
                "family": family,
                "evidence_weight": temper,
                "left_out": left_out,
            }
            for tracker, variant, family, _evidence, _prior, temper, left_out in _variants()
        ],
        "scenario_probability": probabilities,
        "influence": influences,
    }


def _probability_rows(
    tracker: str, as_of: date, variant: str, prior: dict[str, float], found: dict[str, tuple[float, float]]
) -> Rows:
    return [
        {
            "tracker_id": tracker,
            "as_of": as_of,
            "variant": variant,
            "scenario_id": scenario,
            "prior": prior[scenario],
            "posterior": share,
            "decibans": decibans,
        }
        for scenario, (share, decibans) in found.items()
    ]


# ---------------------------------------------------------------------- verdicts and outlook


def _verdicts() -> dict[str, Rows]:
    rows: Rows = []
    for tracker, as_of in EVIDENCE:
        evidence = EVIDENCE[tracker, as_of]
        for key, scenario in STATUS:
            if (key == "apples") != (tracker == "orchard"):
                continue
            cell = decibans = contribution = None
            if key in evidence:
                weight, ratio = evidence[key]
                likelihood = {
                    name: sum(share * exp(ratio.get((name, onset), 0.0)) for onset, share in onsets(name))
                    for name in PRIOR[tracker]
                    if name != "other"
                }
                decibans = 10 * log10(likelihood[scenario] / max(likelihood.values()))
                contribution = decibans * weight * TEMPER[tracker]
                cell = "C" if decibans > -1 else "N" if decibans > -3 else "I" if decibans >= -10 else "II"
            rows.append(
                {
                    "tracker_id": tracker,
                    "as_of": as_of,
                    "indicator_id": key,
                    "scenario_id": scenario,
                    "status": STATUS[key, scenario] if key in evidence else "no data",
                    "fit": {"contradicted": 0.996, "behind": 0.05}.get(STATUS[key, scenario], 0.5)
                    if key in evidence
                    else None,
                    "decibans": decibans,
                    "contribution": contribution,
                    "cell": cell,
                    "bits": 0.25,
                    "needed_growth": {("loaves", "grows"): 0.08, ("apples", "blooms"): 0.2}.get((key, scenario)),
                }
            )
    fan = [
        ("loaves", "grows", date(2025, 12, 31), 90.0, 95.0, 112.0, 132.0, 140.0),
        ("loaves", "grows", date(2026, 12, 31), 95.0, 100.0, 126.0, 155.0, 165.0),
        ("loaves", "shrinks", date(2025, 12, 31), 70.0, 75.0, 90.0, 105.0, 110.0),
        ("loaves", "shrinks", date(2026, 12, 31), 60.0, 65.0, 81.0, 100.0, 108.0),
    ]
    return {
        "assessment": rows,
        "fan": under("indicator_id scenario_id date p05 p10 p50 p90 p95", *fan, tracker_id="bakery"),
    }


def _outlook() -> dict[str, Rows]:
    return {
        "diagnosticity": under(
            "tracker_id indicator_id date years_ahead bits",
            ("bakery", "loaves", MARCH, 0, 0.25),
            ("bakery", "loaves", date(2028, 3, 31), 2, 0.60),
            ("bakery", "flour", MARCH, 0, 0.05),
            ("bakery", "flour", date(2028, 3, 31), 2, 0.10),
            ("orchard", "apples", MARCH, 0, 0.30),
        ),
        "collection_priority": under(
            "tracker_id rank indicator_id next_due obtainable_bits staleness unreliability priority reason",
            ("bakery", 1, "staff", date(2026, 12, 31), 0.4, 1.0, 1.0, 0.4, "Nobody has reported it."),
            ("bakery", 2, "flour", date(2026, 12, 31), 0.1, 0.5, 0.6, 0.03, "Old, and from a weak source."),
            ("orchard", 1, "apples", date(2026, 12, 31), 0.3, 0.2, 0.1, 0.006, "Due at the year's end."),
        ),
        "deadline": under(
            "tracker_id indicator_id scenario_id date becomes if_what threshold",
            ("bakery", "staff", "grows", date(2026, 6, 29), "behind", "staff below 5", 5.0),
            ("bakery", "loaves", "shrinks", date(2026, 6, 30), "contradicted", "loaves above 160", 160.0),
            ("orchard", "apples", "blooms", date(2026, 4, 1), "contradicted", "apples below 5", 5.0),
            ("orchard", "apples", "withers", date(2026, 3, 1), "behind", "apples above 9", 9.0),
        ),
        "overturn": under(
            "tracker_id leading_scenario_id indicator_id reading value date "
            "new_leading_scenario_id new_posterior detail",
            ("bakery", "grows", "loaves", "40 thousand loaves", 40.0, date(2026, 12, 31), "shrinks", 0.6, "Far below."),
            ("orchard", "withers", None, None, None, None, None, None, "No single reading would do."),
        ),
        "outlook": under(
            "tracker_id year expected_entropy p_settled_right p_settled_wrong draws",
            ("bakery", 2026, 0.9, 0.40, 0.02, 200),
            ("bakery", 2027, 0.5, 0.75, 0.03, 200),
            ("orchard", 2026, 1.1, 0.20, 0.05, 200),
        ),
        "surprise": under(
            "tracker_id as_of scenario_id surprise draws alarm",
            ("bakery", MARCH, "grows", 0.5, 200, False),
            ("bakery", MARCH, "shrinks", 0.03, 200, False),
            ("orchard", MARCH, "blooms", 0.01, 200, True),
            ("orchard", MARCH, "withers", 0.04, 200, True),
        ),
        "change": under(
            "tracker_id previous_release_id scenario_id cause indicator_id move",
            ("bakery", "20260228T053000Z-00000000", "grows", "new_reading", "shop_opened", 0.12),
            ("bakery", "20260228T053000Z-00000000", "grows", "revised_reading", "loaves", -0.01),
            ("bakery", "20260228T053000Z-00000000", "grows", "time", None, -0.002857142857142857),
            ("bakery", "20260228T053000Z-00000000", "shrinks", "new_reading", "shop_opened", -0.085714285714285714),
        ),
        "alert": under(
            "tracker_id kind severity message indicator_id scenario_id alert_key raised_at delivery",
            ("bakery", "move", "warning", "grows moved by 11 points", None, "grows", "move-1", RECORDED, "dry_run"),
            ("orchard", "no_scenario_fits", "critical", "no scenario fits", None, None, "fits-1", RECORDED, "sent"),
        ),
        "check_result": under(
            "check_name target severity passed failing_rows detail",
            ("probabilities_sum_to_one", "scenario_probability", "critical", True, 0, "They do."),
            ("scored_indicators_have_claims", "claim", "warning", False, 1, "staff has none."),
        ),
    }


def _record() -> dict[str, Rows]:
    """Return forecasts, what became of them, and the scores of two invented sets of the past."""
    year_end = date(2026, 12, 31)
    return {
        "forecast": under(
            "tracker_id frozen_on indicator_id date forecaster quantity value",
            ("bakery", date(2026, 2, 28), "shop_opened", year_end, "method", "probability", 0.1),
            ("bakery", MARCH, "shop_opened", year_end, "method", "probability", 0.3),
            ("bakery", MARCH, "shop_opened", year_end, "prior", "probability", 0.2),
            ("bakery", MARCH, "loaves", year_end, "method", "p50", 120.0),
            ("bakery", MARCH, "loaves", year_end, "as_last_year", "p50", 110.0),
        ),
        "resolved_forecast": under(
            "tracker_id indicator_id date forecaster frozen_on outcome brier log_score",
            ("bakery", "shop_opened", date(2026, 3, 1), "method", date(2026, 2, 1), "came_true", 0.25, log(0.5)),
            ("bakery", "shop_opened", date(2026, 3, 1), "method", date(2026, 2, 8), "came_true", 0.09, log(0.7)),
            ("bakery", "loaves", year_end, "method", date(2026, 2, 1), "pending", None, None),
            ("bakery", "staff", date(2023, 12, 31), "prior", date(2023, 2, 1), "void", None, None),
        ),
        "resolved_set": under(
            "set_id family published_on closest verdict p_closest_at_end p_other_at_end",
            ("mill_1990", "mill", date(1990, 1, 1), "grinds", "clear", 0.9, 0.02),
            ("well_2000", "well", date(2000, 1, 1), "dries", "none", 0.3, 0.6),
        ),
        "resolved_score": under(
            "set_id family rule measure value low high",
            ("mill_1990", "mill", "method", "log_score", -0.2, None, None),
            ("mill_1990", "mill", "equal", "log_score", -0.7, None, None),
            ("mill_1990", "mill", "nearest_80", "log_score", -0.4, None, None),
            ("well_2000", "well", "method", "log_score", -1.0, None, None),
            ("well_2000", "well", "equal", "log_score", -0.7, None, None),
            ("well_2000", "well", "nearest_80", "log_score", -1.6, None, None),
            ("all", "all", "method", "log_score", -0.6, -1.0, -0.2),
            ("all", "all", "equal", "log_score", -0.7, -0.7, -0.7),
            ("all", "all", "equal", "log_score:gain_over", 0.1, -0.3, 0.5),
            ("all", "all", "equal", "log_score:families_better", 1.0, None, None),
        ),
    }


# ---------------------------------------------------------------------- the desk


def _leads() -> dict[str, Rows]:
    seen = datetime(2026, 3, 30, 5)

    def lead(name: str, story: str, rank: int | None, outlet: str, decision: str | None = None) -> dict[str, Any]:
        return {
            "tracker_id": "bakery",
            "lead_id": name,
            "indicator_id": "loaves",
            "story_id": story,
            "title": f"Title of {name}",
            "url": f"https://news.example/{name}",
            "source_name": outlet,
            "published_on": date(2026, 3, 29),
            "seen_at": seen,
            "strength": 1.0,
            "score": None if decision else 0.5,
            "rank": rank,
            "is_open": decision is None,
            "decision": decision,
        }

    story = {"tracker_id": "bakery", "first_day": date(2026, 3, 29), "last_day": date(2026, 3, 29)}
    return {
        "lead": [lead("a", "a", 1, "Gazette"), lead("b", "a", 2, "Post"), lead("c", "c", None, "Post", "dismiss")],
        "story": [
            {**story, "story_id": "a", "title": "Title of a", "n_leads": 2, "n_outlets": 2, "outlets": "Gazette, Post",
             "indicators": "loaves", "n_open": 2},
            {**story, "story_id": "c", "title": "Title of c", "n_leads": 1, "n_outlets": 1, "outlets": "Post",
             "indicators": "loaves", "n_open": 0},
        ],
        "watch": [
            {"tracker_id": "bakery", "indicator_id": "loaves", "look_for": "a new oven", "cadence_days": 7,
             "cap_per_week": 30, "leads_waiting": 2, "leads_found": 3, "recall_found": 1, "recall_tried": 2,
             "looked_until": date(2026, 3, 1)},
            {"tracker_id": "bakery", "indicator_id": "flour", "look_for": "prices", "cadence_days": 30,
             "cap_per_week": 30, "leads_waiting": 0, "leads_found": 0, "recall_found": 0, "recall_tried": 0,
             "looked_until": None},
        ],
    }  # fmt: skip
