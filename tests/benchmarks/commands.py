"""Whole processes: the run over the floor of its imports, with and without news, watching, the start of commands.

The news is an invented claim, appended to a copy of the catalogue that is thrown away.
"""

import csv
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import ROOT, process, row

BIN = Path(sys.executable).parent
# Where PySpark is installed, Great Expectations would import it too, and its Connect part can end the process.
FLOOR = """
import sys
sys.modules["pyspark"] = None
import dagster, great_expectations, duckdb, pandas, scipy.stats
print("imported")
"""
REPEATS = 3
NOTHING_NEW = "run, nothing new"
NEWS = "run, one new claim"
NEWS_IN = Path("russia_iran") / "ledger" / "trade_total_usd.csv"
CASES: dict[str, tuple[str, ...]] = {
    "floor: imports alone": (sys.executable, "-c", FLOOR),
    NOTHING_NEW: (str(BIN / "signposts"), "run", "--offline"),
    "signposts --help": (str(BIN / "signposts"), "--help"),
    "signposts sql": (str(BIN / "signposts"), "sql", "select 1"),
    "signposts explain": (str(BIN / "signposts"), "explain", "trade_total_usd"),
    "signposts what-if": (str(BIN / "signposts"), "what-if", "us_iran_deal=none"),
    "signposts claims": (str(BIN / "signposts"), "claims", "trade_total_usd"),
    "signposts leads": (str(BIN / "signposts"), "leads"),
    "signposts preview": (str(BIN / "signposts"), "preview"),
}
TARGETS = {
    NOTHING_NEW: "< 1",
    "signposts --help": "< 0.4",
    "signposts sql": "< 0.4",
    "signposts explain": "< 0.6",
    "signposts what-if": "< 0.6",
    "signposts claims": "< 0.6",
    "signposts leads": "< 0.6",
    "signposts preview": "< 2",
}


def measure() -> list[dict[str, Any]]:
    """Return wall and processor seconds, the commands taken in turn so that a slow minute hits all alike."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder) / "catalogue"
        shutil.copytree(ROOT / "catalogue", catalogue)
        environment = os.environ | {
            "SIGNPOSTS_HOME": str(Path(folder) / "home"),
            "SIGNPOSTS_CATALOGUE": str(catalogue),
            "SIGNPOSTS_NOTIFY_URL": "",
        }
        first = process(CASES[NOTHING_NEW], environment)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**10
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in (NEWS, *CASES)}
        for number in range(REPEATS):
            append_news(catalogue, number)
            times[NEWS].append(process(CASES[NOTHING_NEW], environment))
            for name, command in CASES.items():
                times[name].append(process(command, environment))
        told, watched = watch(catalogue, environment)
    rows = [
        row("first run, nothing rendered yet", [first[0]], "s"),
        row("first run: peak memory", [memory], "MiB", "< 400"),
    ]
    for name, runs in times.items():
        rows.append(row(name, [wall for wall, _ in runs], "s", TARGETS.get(name, "")))
        rows.append(row(f"{name}: processor", [used for _, used in runs], "s"))
    pairs = zip(times[NEWS], times["floor: imports alone"], strict=True)
    rows.append(row("one new claim over floor", [run[0] / floor[0] for run, floor in pairs], "ratio", "<= 2.5"))
    rows.append(row("watch: from saving a ledger to the new odds", told, "s"))
    rows.append(row("watch: from saving a ledger to the new report", watched, "s", "< 2.5"))
    return rows


def measure_clone() -> list[dict[str, Any]]:
    """Return the seconds of `make run` on a clean clone, set-up included, and how long it was ever silent."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(("git", "clone", "-q", str(ROOT), str(clone)), check=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SIGNPOSTS_")}
        began = said = time.perf_counter()
        silence = 0.0
        running = subprocess.Popen(
            ("make", "run"), cwd=clone, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in running.stdout or ():
            silence, said = max(silence, time.perf_counter() - said), time.perf_counter()
        if running.wait():
            raise RuntimeError(f"make run ended with {running.returncode}")
        taken = time.perf_counter() - began
    return [
        row("`make run` on a clean clone, set-up included", [taken], "s", "< 75"),
        row("longest silence on the way", [silence], "s"),
    ]


def append_news(catalogue: Path, number: int) -> None:
    """Append an invented claim to a ledger of the copy: its last row as another source's word, with another value."""
    ledger = catalogue / NEWS_IN
    *_, last = csv.DictReader(ledger.read_text(encoding="utf-8").splitlines())
    news = last | {
        "claim_id": f"trade_total_usd-{900 + number}",
        "value": str(float(last["value"]) + 0.1),
        "source_name": f"invented for measurement {number}",
        "source_url": f"https://example.org/{number}",
        "corrects": "",
        "correction_reason": "",
        "note": "invented",
    }
    with ledger.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, news, lineterminator="\n").writerow(news)


def watch(catalogue: Path, environment: dict[str, str]) -> tuple[list[float], list[float]]:
    """Return the seconds from saving a ledger until `signposts watch` says the new odds, and until it has a report."""
    told, found = [], []
    running = subprocess.Popen(
        (str(BIN / "signposts"), "watch"), env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert running.stdout is not None
    try:
        running.stdout.readline()
        for number in range(REPEATS):
            time.sleep(1)
            append_news(catalogue, 50 + number)
            started = time.perf_counter()
            for words, seconds in ((r": previewed in ", told), (r": published in ", found)):
                said = next((line for line in running.stdout if re.search(rf"{words}|: not published", line)), "")
                if not re.search(words, said):
                    raise RuntimeError(said)
                seconds.append(time.perf_counter() - started)
    finally:
        running.kill()
        running.communicate()
    # The first one still imports what only a publication needs.
    return told[1:], found[1:]
