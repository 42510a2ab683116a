"""An invented tracker with every family, an onset that waits, and silent scenarios: for tests of what looks ahead."""

from datetime import date

import numpy as np

from signposts.scoring.model import build_model

T0 = date(2025, 1, 17)
SCENARIOS = ("rise", "stay", "fall")
ONSETS = {"rise": {0.0: 0.2, 1.0: 0.8}, "stay": {0.0: 1.0}, "fall": {0.5: 0.7, 2.5: 0.1, 4.5: 0.2}}
PRIOR = np.array([0.35, 0.45, 0.15, 0.05])
START = {"date": "2024-12-31", "value": 4.0}
TARGET = {"date": "2030-12-31", "value": 9.0}
BAND = {"start": START, "lo": 3.6, "hi": 4.8, "coverage": 0.8, "reach_by": "2026-12-31"}
DECLINE = {"start": START, "annual_change": -0.15, "sigma": 0.2, "drift_sd": 0.04}
PREDICTIONS = {
    "trade": {
        "rise": ("path", {"start": START, "target": TARGET, "sigma": 0.2, "drift_sd": 0.03, "toward": "up"}),
        "stay": ("range", BAND),
        "fall": ("drift", DECLINE),
    },
    "transit": {"rise": ("drift", DECLINE | {"annual_change": 0.2}), "fall": ("drift", DECLINE)},
    "share": {
        "rise": ("share", {"mean": 0.8, "concentration": 30}),
        "stay": ("threshold", {"op": ">=", "value": 0.6, "p_beyond": 0.6, "concentration": 25}),
        "fall": ("share", {"mean": 0.3, "concentration": 12}),
    },
    "opening": {
        "rise": ("event_by", {"by": "2030-12-31", "p": 0.9, "shape": 2.0, "earliest": "2026-01-01"}),
        "stay": ("event_by", {"by": "2032-12-31", "p": 0.3, "shape": 1.0}),
        "fall": ("event_by", {"by": "2032-12-31", "p": 0.05, "shape": 1.0}),
    },
    "pact": {
        "rise": ("event_by", {"by": "2030-12-31", "p": 0.6, "shape": 1.0}),
        "fall": ("event_by", {"by": "2030-12-31", "p": 0.1, "shape": 1.0}),
    },
    "visits": {
        "rise": ("rate", {"mean": 8.0, "cv": 0.4}),
        "stay": ("rate", {"mean": 4.0, "cv": 0.4}),
        "fall": ("rate", {"mean": 1.0, "cv": 0.8}),
    },
    "incidents": {"rise": ("rate", {"mean": 0.5, "cv": 1.0}), "fall": ("rate", {"mean": 3.0, "cv": 0.6})},
    "mood": {
        "rise": ("ordinal", {"probs": {"bad": 0.05, "fair": 0.25, "good": 0.7}}),
        "stay": ("ordinal", {"probs": {"bad": 0.2, "fair": 0.6, "good": 0.2}}),
        "fall": ("ordinal", {"probs": {"bad": 0.8, "fair": 0.15, "good": 0.05}}),
    },
    "ferry": {
        "rise": ("ordinal", {"probs": {"no": 0.3, "yes": 0.7}}),
        "fall": ("ordinal", {"probs": {"no": 0.9, "yes": 0.1}}),
    },
    "weather": {name: ("share", {"mean": 0.5, "concentration": 10}) for name in SCENARIOS},
}
SETTINGS = {"opening": {"detect_prob": 0.8}, "mood": {"categories": ["bad", "fair", "good"]}}
THRESHOLDS = {
    "central": 0.80,
    "contradicted_tail": 0.005,
    "event_contradicted": 0.01,
    "event_behind": 0.10,
    "too_early_bits": 0.10,
    "too_early_survival": 0.80,
    "too_early_survival_unexpected": 0.95,
    "category_contradicted": 0.05,
    "category_behind": 0.20,
}
DOWN = ("incidents",)
DELAYED = {
    "rise": ["rate", "share", "threshold", "ordinal"],
    "fall": ["rate", "share", "threshold", "ordinal", "event_by", "drift"],
}


def invented_model(predictions=None, *, scale=1.0, shared_sd=True):
    """Return the model; ``scale`` multiplies every quantity with a unit, as a change of unit would."""
    chosen = predictions or PREDICTIONS
    return build_model(
        t0=T0,
        scenarios=[
            {
                "scenario_id": name,
                "cooperative_rank": 3 - rank,
                "baseline_id": "stay" if name in DELAYED else None,
                "delayed_types": DELAYED.get(name, []),
            }
            for rank, name in enumerate(SCENARIOS)
        ],
        hypotheses=[
            {"scenario_id": name, "onset": onset, "onset_weight": weight}
            for name, onsets in ONSETS.items()
            for onset, weight in onsets.items()
        ],
        indicators=[{"indicator_id": name, "cooperative": "down" if name in DOWN else "up"} for name in chosen],
        predictions=[
            {"indicator_id": name, "scenario_id": scenario, "type": kind, "parameters": _rescaled(parameters, scale)}
            for name, cells in chosen.items()
            for scenario, (kind, parameters) in cells.items()
        ],
        scoring={"shared_sd": shared_sd, "obs_sd": 0.03, "open_list_coverage": [0.4, 1.0]},
        indicator_settings={name: SETTINGS.get(name, {}) for name in chosen},
    )


def _rescaled(parameters, scale):
    """Return the parameters in another unit: levels, not rates, shares or growth."""
    changed = dict(parameters)
    for key in ("start", "target"):
        if key in changed:
            changed[key] = changed[key] | {"value": changed[key]["value"] * scale}
    for key in ("lo", "hi"):
        if key in changed:
            changed[key] *= scale
    return changed
