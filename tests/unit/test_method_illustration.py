"""The draft's worked illustration: 18 readings at the end of 2025, from the test tracker draft_illustration."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

from signposts.catalogue import load_catalogue, reliability_value, tables
from signposts.scoring import combining
from signposts.scoring.model import build_model, make_observations, with_settings
from signposts.scoring.observations import years_since
from signposts.scoring.predictive import log_lambda

TRACKERS = Path(__file__).parents[1] / "trackers"
T0 = date(2025, 1, 17)
AS_OF = years_since(T0, date(2025, 12, 31))
READINGS = {
    "trade_total_usd": ("value", {"value": 5.19}, "B2"),
    "national_currency_share": ("interval", {"value_low": 0.96, "value_high": 0.9999}, "B3"),
    "joint_exercises": ("count", {"value": 3}, "A2"),
    "implementing_agreements": ("count", {"value": 4}, "B2"),
    "iran_satellites_by_russia": ("count", {"value": 2}, "A1"),
    "russia_china_trade": ("value", {"value": 228.1}, "A1"),
    "unsc_iaea_support": ("share_count", {"value": 6, "trials": 6}, "A1"),
    "leader_contacts": ("count", {"value": 13}, "A2"),
    "gas_first_flow": ("none_seen", {}, "A2"),
    "gas_pipeline_construction_start": ("none_seen", {}, "A2"),
    "energy_project_abandoned": ("none_seen", {}, "A2"),
    "rasht_astara_construction_start": ("none_seen", {}, "A2"),
    "bushehr2_grid": ("none_seen", {}, "A1"),
    "us_iran_deal": ("none_seen", {}, "A1"),
    "sanctions_relief_major": ("none_seen", {}, "A1"),
    "leadership_change_iran": ("none_seen", {}, "A1"),
    "s400_delivered": ("none_seen", {}, "B2"),
    "su35_delivered": ("none_seen", {}, "B2"),
}


def posterior(shared_sd):
    catalogue = load_catalogue(TRACKERS, ["draft_illustration"])
    rows = tables(catalogue)
    settings = yaml.safe_load((TRACKERS / "draft_illustration" / "tracker.yaml").read_text(encoding="utf-8"))
    model = build_model(
        t0=T0,
        scenarios=rows["scenario"],
        hypotheses=rows["hypothesis"],
        indicators=rows["indicator"],
        predictions=rows["prediction"],
        scoring=settings["scoring"],
        indicator_settings={
            name: {"detect_prob": indicator.detect_prob}
            for name, indicator in catalogue.tracker("draft_illustration").indicators.items()
        },
    )
    model = with_settings(model, shared_sd=shared_sd)
    names = list(READINGS)
    columns = {
        "indicator_id": names,
        "kind": [READINGS[name][0] for name in names],
        "reading_date": np.full(len(names), AS_OF),
        "exposure_start": np.full(len(names), years_since(T0, date(2025, 1, 1))),
        "exposure_end": np.full(len(names), AS_OF),
    }
    for column in ("value", "value_low", "value_high", "trials"):
        columns[column] = [READINGS[name][1].get(column, np.nan) for name in names]
    scale = catalogue.tracker("draft_illustration").settings.reliability
    reliability = np.array([reliability_value(scale, *READINGS[name][2]) for name in names])
    ratios = combining.indicator_log_ratio(
        log_lambda(model, make_observations(model, columns))[:, None, :], np.ones((len(names), 1)), reliability[:, None]
    )
    rho = {row["group_id"]: row["rho"] for row in rows["evidence_group"]}
    group_of = {row["indicator_id"]: row["group_id"] for row in rows["indicator"]}
    weights = combining.group_weights(
        np.array([list(rho).index(group_of[name]) for name in names]),
        np.array(list(rho.values())),
        np.ones(len(names), dtype=bool),
    )
    priors = {row["scenario_id"]: row["prior"] for row in rows["scenario"]}
    prior = combining.hypothesis_prior(
        np.array([priors[name] for name in (*model.scenario_ids, "other")]),
        model.hypothesis_scenario,
        model.onset_weight,
    )
    evidence = combining.weighted_evidence(ratios, weights, settings["scoring"]["temper"])
    found = combining.posterior(prior, evidence)
    shares = combining.by_scenario(found, model.hypothesis_scenario, model.n_scenarios)
    return dict(zip((*model.scenario_ids, "other"), shares, strict=True))


@pytest.mark.parametrize(
    ("shared_sd", "expected"),
    [
        (True, {"deepened": 0.278, "pragmatic": 0.611, "fragmented": 0.103, "other": 0.009}),
        (False, {"deepened": 0.243, "pragmatic": 0.641, "fragmented": 0.108, "other": 0.008}),
    ],
)
def test_the_draft_readings_give_the_odds_of_its_illustration(shared_sd, expected):
    assert posterior(shared_sd) == pytest.approx(expected, abs=0.002)
