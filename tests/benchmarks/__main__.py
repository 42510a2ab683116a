"""`make bench`: how long the commands take against the floor of their imports; medians of paired, repeated runs.

Belongs here: measuring. Not here: asserting a time, which no test does, since machines differ.
"""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
FLOOR = "import dagster, great_expectations, duckdb, pandas, altair, scipy.stats"
REPEATS = 5
CASES: dict[str, tuple[str, ...]] = {
    "floor: imports alone": (sys.executable, "-c", FLOOR),
    "run, nothing new": (str(BIN / "signposts"), "run", "--offline"),
    "signposts --help": (str(BIN / "signposts"), "--help"),
    "signposts sql": (str(BIN / "signposts"), "sql", "select 1"),
    "signposts explain": (str(BIN / "signposts"), "explain", "trade_total_usd"),
}


def measure(command: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    """Return wall and processor seconds of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a table of medians and write it with the machine's facts to docs/performance.json."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"SIGNPOSTS_HOME": home}
        first = measure(CASES["run, nothing new"], environment)
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in CASES}
        for _ in range(REPEATS):
            for name, command in CASES.items():
                times[name].append(measure(command, environment))
    rows = {"first run, nothing rendered yet": [first], **times}
    found = {
        name: {
            "wall_median": statistics.median(wall for wall, _ in runs),
            "wall_min": min(wall for wall, _ in runs),
            "wall_max": max(wall for wall, _ in runs),
            "processor_median": statistics.median(processor for _, processor in runs),
            "repeats": len(runs),
        }
        for name, runs in rows.items()
    }
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    path = ROOT / "docs" / "performance.json"
    path.write_text(json.dumps({"machine": machine, "measured": found}, indent=2) + "\n", encoding="utf-8")
    print(f"{'what':<34} {'median s':>9} {'min':>7} {'max':>7} {'processor':>10}")
    for name, row in found.items():
        numbers = (row["wall_median"], row["wall_min"], row["wall_max"])
        print(f"{name:<34} {numbers[0]:>9.2f} {numbers[1]:>7.2f} {numbers[2]:>7.2f} {row['processor_median']:>10.2f}")


if __name__ == "__main__":
    main()
