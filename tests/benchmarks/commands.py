"""Whole processes: the run over the floor of its imports, the run with nothing new, and the start of commands."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import process, row

BIN = Path(sys.executable).parent
FLOOR = "import dagster, great_expectations, duckdb, pandas, altair, scipy.stats"
REPEATS = 5
NOTHING_NEW = "run, nothing new"
CASES: dict[str, tuple[str, ...]] = {
    "floor: imports alone": (sys.executable, "-c", FLOOR),
    NOTHING_NEW: (str(BIN / "signposts"), "run", "--offline"),
    "signposts --help": (str(BIN / "signposts"), "--help"),
    "signposts sql": (str(BIN / "signposts"), "sql", "select 1"),
    "signposts explain": (str(BIN / "signposts"), "explain", "trade_total_usd"),
}
TARGETS = {"signposts --help": "< 0.4", "signposts sql": "< 0.4", "signposts explain": "< 1.5"}


def measure() -> list[dict[str, Any]]:
    """Return wall and processor seconds, the commands taken in turn so that a slow minute hits all alike."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"SIGNPOSTS_HOME": home}
        first = process(CASES[NOTHING_NEW], environment)
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in CASES}
        for _ in range(REPEATS):
            for name, command in CASES.items():
                times[name].append(process(command, environment))
    rows = [row("first run, nothing rendered yet", [first[0]], "s")]
    for name, runs in times.items():
        rows.append(row(name, [wall for wall, _ in runs], "s", TARGETS.get(name, "")))
        rows.append(row(f"{name}: processor", [used for _, used in runs], "s"))
    pairs = zip(times[NOTHING_NEW], times["floor: imports alone"], strict=True)
    rows.append(row("nothing new over floor", [run[0] / floor[0] for run, floor in pairs], "ratio", "<= 0.6"))
    return rows
