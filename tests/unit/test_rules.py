"""Each SQL rule is shown rows that it must reject, beside rows that it must accept. All rows are invented."""

from datetime import date, datetime

import pytest

from signposts.validation import apply_rule, load_rules, read_rule
from signposts.warehouse import Warehouse

DAY, LATER = date(2026, 1, 31), date(2026, 2, 28)
KEY = {"tracker_id": "ferry", "as_of": DAY}
TRACKER = {"tracker_id": "ferry", "evidence_weight": 0.3, "other_mass": 0.4}
GROUPED = {
    "indicator": [{"tracker_id": "ferry", "indicator_id": "rides", "group_id": "traffic"}],
    "evidence_group": [{"tracker_id": "ferry", "group_id": "traffic", "rho": 0.5}],
}
SCENARIOS = [
    {"tracker_id": "ferry", "scenario_id": "more", "prior": 0.6},
    {"tracker_id": "ferry", "scenario_id": "other", "prior": 0.4},
]
HYPOTHESES = [
    {"tracker_id": "ferry", "scenario_id": name, "onset": 0.0, "onset_weight": 1.0} for name in ("more", "other")
]
HEADLINE = KEY | {"variant": "headline"}
CLAIM = {"tracker_id": "ferry", "indicator_id": "rides", "status": "reported", "held": False}

CHAIR = {
    "tracker_id": "ferry",
    "indicator_id": "chair",
    "source_id": "wikidata",
    "document": "chair",
    "series": "holder",
}
PARTS = [
    {"tracker_id": "ferry", "indicator_id": "rides", "side": "of", "part_indicator_id": name}
    for name in ("out", "home")
]
CLOCK = {"tracker_id": "ferry", "t0": date(2025, 1, 17), "horizon_end": date(2035, 12, 31)}
OWN_PATH = {"tracker_id": "ferry", "scenario_id": "more", "onset": 0.0, "coverage": "full", "year": 2030} | {
    "of_scenario": "more"
}

# For each rule: tables that it must accept, and tables that it must reject.
CASES = {
    "readings_keep_their_magnitude": (
        {
            "indicator_setting": [{"tracker_id": "ferry", "indicator_id": "rides", "magnitude": 5.0}],
            "reading": [
                KEY | {"indicator_id": "rides", "kind": "value", "value": 100.0},
                KEY | {"as_of": LATER, "indicator_id": "rides", "kind": "value", "value": 400.0},
            ],
        },
        {
            "indicator_setting": [{"tracker_id": "ferry", "indicator_id": "rides", "magnitude": 5.0}],
            "reading": [
                KEY | {"indicator_id": "rides", "kind": "value", "value": 100.0},
                KEY | {"as_of": LATER, "indicator_id": "rides", "kind": "value", "value": 600.0},
            ],
        },
    ),
    "recorded_claims_stay_in_their_ledgers": (
        {"ledger_fault": []},
        {"ledger_fault": [{"tracker_id": "ferry", "claim_id": "rides-1", "fault": "gone"}]},
    ),
    "every_scenario_can_be_recognised": (
        {"tracker": [CLOCK], "recognition": [OWN_PATH | {"posterior": 0.9}]},
        {"tracker": [CLOCK], "recognition": [OWN_PATH | {"posterior": 0.5}]},
    ),
    "probabilities_sum_to_one": (
        {
            "scenario_probability": [
                HEADLINE | {"scenario_id": "more", "posterior": 0.6},
                HEADLINE | {"scenario_id": "other", "posterior": 0.4},
            ]
        },
        {"scenario_probability": [HEADLINE | {"scenario_id": "more", "posterior": 0.6}]},
    ),
    "probabilities_follow_from_log_ratios": (
        {
            "tracker": [TRACKER],
            "scenario": SCENARIOS,
            "hypothesis": HYPOTHESES,
            "as_of_date": [KEY],
            "scenario_probability": [
                HEADLINE | {"scenario_id": "more", "posterior": 0.6},
                HEADLINE | {"scenario_id": "other", "posterior": 0.4},
            ],
        },
        {
            "tracker": [TRACKER],
            "scenario": SCENARIOS,
            "hypothesis": HYPOTHESES,
            "as_of_date": [KEY],
            "log_ratio": [
                KEY
                | {
                    "indicator_id": "rides",
                    "scenario_id": "more",
                    "onset": 0.0,
                    "log_ratio": 1.0,
                    "log_ratio_contaminated": 0.0,
                    "weight": 1.0,
                }
            ],
            **GROUPED,
            "scenario_probability": [
                HEADLINE | {"scenario_id": "more", "posterior": 0.6},
                HEADLINE | {"scenario_id": "other", "posterior": 0.4},
            ],
        },
    ),
    "pool_weights_sum_to_one": (
        {"reading_claim": [KEY | {"indicator_id": "rides", "claim_id": "rides-1", "pool_weight": 1.0}]},
        {"reading_claim": [KEY | {"indicator_id": "rides", "claim_id": "rides-1", "pool_weight": 0.9}]},
    ),
    "readings_use_only_what_was_known": (
        {
            "reading_claim": [KEY | {"indicator_id": "rides", "claim_id": "rides-1"}],
            "claim": [CLAIM | {"claim_id": "rides-1", "published_on": DAY}],
        },
        {
            "reading_claim": [KEY | {"indicator_id": "rides", "claim_id": "rides-1"}],
            "claim": [CLAIM | {"claim_id": "rides-1", "published_on": LATER}],
        },
    ),
    "readings_are_not_dated_after_their_as_of_date": (
        {
            "reading": [
                KEY | {"indicator_id": "rides", "kind": "nowcast", "reading_date": DAY, "scored_at": LATER},
                KEY | {"indicator_id": "ship", "kind": "value", "reading_date": DAY, "scored_at": DAY},
            ]
        },
        {"reading": [KEY | {"indicator_id": "rides", "kind": "nowcast", "reading_date": LATER, "scored_at": LATER}]},
    ),
    "readings_have_a_value_or_a_reason": (
        {
            "reading": [
                KEY | {"indicator_id": "rides", "kind": "value"},
                KEY | {"indicator_id": "ship", "missing_reason": "not_in_ledger"},
                KEY | {"indicator_id": "sunk", "kind": "none_seen"},
            ]
        },
        {"reading": [KEY | {"indicator_id": "rides"}]},
    ),
    "supersession_names_a_claim": (
        {
            "claim": [
                CLAIM | {"claim_id": "rides-1", "superseded_by": "rides-2", "recorded_at": datetime(2026, 1, 1)},
                CLAIM | {"claim_id": "rides-2", "recorded_at": datetime(2026, 1, 2)},
            ]
        },
        {"claim": [CLAIM | {"claim_id": "rides-1", "superseded_by": "nothing", "recorded_at": datetime(2026, 1, 1)}]},
    ),
    "scored_indicators_have_claims": (
        {
            "indicator": [{"tracker_id": "ferry", "indicator_id": "rides", "scored": True}],
            "claim": [CLAIM | {"claim_id": "rides-1"}],
        },
        {"indicator": [{"tracker_id": "ferry", "indicator_id": "rides", "scored": True}]},
    ),
    "publishers_report_no_change_unrecorded": (
        {
            "raw_wikidata": [{"document": "chair/label", "series": "holder", "holds": False, "detail": "another"}],
            "feed": [CHAIR],
            "claim": [CLAIM | {"claim_id": "chair-1", "indicator_id": "chair", "kind": "event"}],
        },
        {
            "raw_wikidata": [{"document": "chair/label", "series": "holder", "holds": False, "detail": "another"}],
            "feed": [CHAIR],
        },
    ),
    "derived_readings_have_their_parts": (
        {
            "derivation": PARTS,
            "claim": [
                CLAIM | {"claim_id": "out-1", "indicator_id": "out", "kind": "value"},
                CLAIM | {"claim_id": "home-1", "indicator_id": "home", "kind": "value"},
                CLAIM | {"claim_id": "rides-1", "kind": "value", "scope": "derived/sum"},
            ],
        },
        {"derivation": PARTS, "claim": [CLAIM | {"claim_id": "out-1", "indicator_id": "out", "kind": "value"}]},
    ),
    "no_indicator_carries_the_headline_alone": (
        {"influence": [{"tracker_id": "ferry", "left_out": "indicator:rides", "scenario_id": "more", "move": 0.04}]},
        {"influence": [{"tracker_id": "ferry", "left_out": "indicator:rides", "scenario_id": "more", "move": -0.06}]},
    ),
}
RULES = {rule.check_name: rule for rule in load_rules()}


def verdict(name, tables, folder):
    warehouse = Warehouse(folder / "invented.duckdb")
    warehouse.ensure_tables()
    for table, rows in tables.items():
        warehouse.write_rows(table, rows)
    return apply_rule(warehouse, RULES[name])


@pytest.mark.parametrize("name", RULES)
def test_a_rule_accepts_sound_rows(name, tmp_path):
    assert verdict(name, CASES[name][0], tmp_path).passed


@pytest.mark.parametrize("name", RULES)
def test_a_rule_rejects_the_rows_it_is_there_for(name, tmp_path):
    found = verdict(name, CASES[name][1], tmp_path)
    assert not found.passed
    assert found.failing_rows >= 1
    assert found.first_rows
    assert found.trackers == ("ferry",)


@pytest.mark.parametrize(
    "change",
    [{"held": True}, {"status": "withdrawn"}],
    ids=["held", "withdrawn"],
)
def test_a_reading_that_rests_on_a_held_or_withdrawn_claim_is_rejected(change, tmp_path):
    tables = {
        "reading_claim": [KEY | {"indicator_id": "rides", "claim_id": "rides-1"}],
        "claim": [CLAIM | {"claim_id": "rides-1", "published_on": DAY} | change],
    }
    assert not verdict("readings_use_only_what_was_known", tables, tmp_path).passed


def test_a_reason_beside_a_scored_value_is_rejected(tmp_path):
    reading = KEY | {"indicator_id": "rides", "kind": "value", "scored": True, "missing_reason": "not_in_ledger"}
    tables = {"reading": [reading]}
    assert not verdict("readings_have_a_value_or_a_reason", tables, tmp_path).passed


def test_every_rule_has_rows_that_it_must_reject():
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize(
    ("line", "slip"), [("Severity: critical", "Severity: crtical"), ("Target: claim", "Target: clam")]
)
def test_a_rule_whose_header_has_a_slip_is_refused_since_it_would_hold_nothing_back(tmp_path, line, slip):
    header = "-- Severity: critical\n-- Target: claim\n-- Rule: an invented rule\n"
    rule = tmp_path / "invented.sql"
    rule.write_text(f"{header}select 1\n", encoding="utf-8")
    assert read_rule(rule).severity == "critical"
    rule.write_text(f"{header.replace(line, slip)}select 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=f"invented.sql.*{slip.split()[1]}"):
        read_rule(rule)
