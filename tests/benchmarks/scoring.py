"""Log ratios for 1,000 trackers of 66 drifting indicators, 14 hypotheses (13 and `other`) and 24 as-of dates."""

import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from signposts.assess.intervals import write_intervals
from signposts.scoring.model import Model, build_model, stack
from signposts.scoring.observations import KINDS, blank_observations
from signposts.scoring.predictive import log_lambda
from signposts.warehouse import Warehouse
from tests.benchmarks.commands import CASES, NOTHING_NEW
from tests.benchmarks.harness import peak_memory, process, row, seconds

TRACKERS, INDICATORS, DATES, SCENARIOS = 1000, 66, 24, 13
REPEATS = 3


def measure() -> list[dict[str, Any]]:
    """Return cells a second of stacked trackers, and the largest difference from one tracker scored alone."""
    single = one_model()
    model = stack([single] * TRACKERS, [str(number) for number in range(TRACKERS)])
    per_tracker = INDICATORS * DATES
    rng = np.random.default_rng(7)
    own = np.repeat(np.arange(INDICATORS), DATES)
    indicator = (np.arange(TRACKERS)[:, None] * INDICATORS + own).reshape(-1)
    value = rng.lognormal(2, 0.5, TRACKERS * per_tracker)
    when = np.tile(np.linspace(0.1, 3.0, DATES), TRACKERS * INDICATORS)
    reports = blank_observations(indicator, KINDS.index("value"), when, value=value)
    found = log_lambda(model, reports)
    alone = log_lambda(
        single, blank_observations(own, KINDS.index("value"), when[:per_tracker], value=value[:per_tracker])
    )
    speeds = [found.size / seconds(lambda: log_lambda(model, reports)) / 1e6 for _ in range(REPEATS)]
    peak = peak_memory()
    return [
        row(f"{found.shape[0]:,} reports x {found.shape[1]} hypotheses", speeds, "million cells/s", ">= 20"),
        row("largest difference from one tracker alone", [float(np.abs(found[:per_tracker] - alone).max())], "nat"),
        row("peak memory of the process", [float(peak)], "GiB"),
    ]


def measure_interval() -> list[dict[str, Any]]:
    """Return the seconds of the real tracker's intervals: every invented number moved 250 times, all dates."""
    with tempfile.TemporaryDirectory() as folder:
        process(CASES[NOTHING_NEW], os.environ | {"SIGNPOSTS_HOME": folder, "SIGNPOSTS_NOTIFY_URL": ""})
        warehouse = Warehouse(Path(folder) / "warehouse.duckdb")
        dates = len({row["as_of"] for row in warehouse.rows("select as_of from probability_interval")})
        taken = [seconds(lambda: write_intervals(warehouse)) for _ in range(REPEATS)]
    return [row(f"250 draws of every invented number at {dates} dates", taken, "s", "< 2")]


def one_model() -> Model:
    """Return a tracker of 66 indicators on which each of 13 scenarios states a drift of its own."""
    names = [f"s{number}" for number in range(SCENARIOS)]
    own = [f"i{number}" for number in range(INDICATORS)]
    start = {"date": "2025-01-01", "value": 4.0}
    return build_model(
        t0=date(2025, 1, 1),
        scenarios=[{"scenario_id": name, "cooperative_rank": rank} for rank, name in enumerate(names)],
        hypotheses=[{"scenario_id": name, "onset": 0, "onset_weight": 1} for name in names],
        indicators=[{"indicator_id": name} for name in own],
        predictions=[
            {
                "indicator_id": name,
                "scenario_id": scenario,
                "type": "drift",
                "basis": "stated",
                "parameters": {"start": start, "annual_change": rank / 50 - 0.1, "sigma": 0.2, "drift_sd": 0.05},
            }
            for name in own
            for rank, scenario in enumerate(names)
        ],
        scoring={"shared_sd": False, "obs_sd": 0.03, "open_list_coverage": [0.4, 1.0]},
        indicator_settings={name: {} for name in own},
    )
