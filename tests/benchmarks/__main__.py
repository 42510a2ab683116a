"""`python -m tests.benchmarks [names]`: run the cases, print the table, write docs/performance.json.

Belongs here: the list of cases and their time limit. Not here: asserting a time, which no test does.
Each case is a process of its own, so that one that fails or hangs is a row that says so and the others still run.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import JSON, PAGE, ROOT, machine, page, table

CASES = {
    "commands": "commands:measure",
    "clone": "commands:measure_clone",
    "report": "report:measure",
    "desk": "desk:measure",
    "leads": "desk:measure_archive",
    "interval": "scoring:measure_interval",
    "scoring": "scoring:measure",
    "trackers": "trackers:measure",
    "releases": "releases:measure",
    "claims": "claims:measure",
    "claims-10": "claims:measure_ten",
    "events": "events:measure",
    "peers": "peers:measure",
    "release": "release:measure",
    "claims-50": "claims:measure_large",
}
LARGE = ("release", "claims-50")
LIMIT, LARGE_LIMIT = 880.0, 900.0
ONE = "--one"


def attempt(name: str, limit: float) -> dict[str, Any]:
    """Return a case's rows, or why there are none."""
    if limit <= 0:
        return {"failure": "the time for all cases was used up"}
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        command = [sys.executable, "-m", "tests.benchmarks", ONE, name, str(answer)]
        running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
        try:
            _, told = running.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
            return {"failure": f"stopped after {limit:.0f} s"}
        if running.returncode:
            return {"failure": (told.strip().splitlines() or ["no message"])[-1][:200].replace("|", "/")}
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return found


def measure_one(name: str, answer: str) -> None:
    """Measure one case in this process and write its rows."""
    module, function = CASES[name].split(":")
    rows = getattr(importlib.import_module(f"tests.benchmarks.{module}"), function)()
    Path(answer).write_text(json.dumps({"machine": machine(), "rows": rows}), encoding="utf-8")


def main(names: list[str]) -> None:
    """Measure the named cases, all but the large ones where none is named; what was measured before stays."""
    chosen = names or [name for name in CASES if name not in LARGE]
    unknown = set(chosen) - set(CASES)
    if unknown:
        raise SystemExit(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    kept = json.loads(JSON.read_text(encoding="utf-8"))["cases"] if JSON.exists() else {}
    found = {name: kept.get(name, {"failure": "not run"}) for name in CASES}
    end = time.monotonic() + (LARGE_LIMIT if set(chosen) & set(LARGE) else LIMIT)
    for name in chosen:
        found[name] = attempt(name, end - time.monotonic())
        JSON.write_text(json.dumps({"cases": found}, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), {"cases": found}), encoding="utf-8")
    print(table({"cases": found}))


if __name__ == "__main__":
    if sys.argv[1:2] == [ONE]:
        measure_one(sys.argv[2], sys.argv[3])
    else:
        main(sys.argv[1:])
