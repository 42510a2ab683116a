"""The same three tables and four tests by dbt, by plain pandas, and by what the product is built of, side by side.

Belongs here: the invented input, the processes, and the proof that all make the same tables. Not here: the models
(peer_dbt/) and the scripts (peer_pandas.py, peer_expectations.py).
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from tests.benchmarks.harness import ROOT, process, row

HERE = Path(__file__).resolve().parent
DBT = ("dbt-core>=1.10,<1.11", "dbt-duckdb>=1.11,<1.12")
TABLES = {"reading": "indicator_id", "log_ratio": "indicator_id, scenario_id", "probability": "scenario_id"}
INDICATORS, PERIODS, REPEATS = 66, 300, 5
ALIKE = 1e-9


def write_input(folder: Path) -> None:
    """Write seeded, invented claims, predictions and priors."""
    made = np.random.default_rng(7)
    names = [f"invented-{number:02}" for number in range(INDICATORS)]
    claim = pd.DataFrame(
        [
            (name, f"{2000 + period // 12}-{period % 12 + 1:02}-28", version)
            for name in names
            for period in range(PERIODS)
            for version in (1, 2)
        ],
        columns=["indicator_id", "period_end", "version"],
    )
    claim["value"] = made.normal(size=len(claim))
    prediction = pd.DataFrame(
        [
            (name, scenario, mean)
            for name in names
            for scenario, mean in (("low", -0.2), ("middle", 0.0), ("high", 0.2))
        ],
        columns=["indicator_id", "scenario_id", "mean"],
    ).assign(deviation=1.5)
    prior = pd.DataFrame({"scenario_id": ["low", "middle", "high"], "probability": [0.3, 0.5, 0.2]})
    for name, table in (("claim", claim), ("prediction", prediction), ("prior", prior)):
        table.to_parquet(folder / f"{name}.parquet", index=False)


def dbt_environment(folder: Path) -> Path:
    """Make an environment with dbt alone, whose libraries must not mix with ours; return its command."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    installed = subprocess.run([str(folder / "bin" / "pip"), "install", "-q", *DBT], capture_output=True, text=True)
    if installed.returncode:
        raise RuntimeError(f"dbt could not be installed: {installed.stderr.strip().splitlines()[-1]}")
    return folder / "bin" / "dbt"


def tables_of_dbt(database: Path) -> dict[str, pd.DataFrame]:
    """Return the three tables as dbt left them."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return {name: connection.sql(f"from {name} order by {order}").df() for name, order in TABLES.items()}


def tables_in(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the three tables that a script wrote as Parquet."""
    return {name: duckdb.sql(f"from '{folder}/{name}.parquet' order by {order}").df() for name, order in TABLES.items()}


def largest_difference(one: Mapping[str, pd.DataFrame], other: Mapping[str, pd.DataFrame]) -> float:
    """Return the largest difference between two makers' numbers; names must be equal."""
    largest = 0.0
    for name, order in TABLES.items():
        keys = order.split(", ")
        if one[name][keys].values.tolist() != other[name][keys].values.tolist():
            raise ValueError(f"{name} has other rows")
        (column,) = set(one[name].columns) - set(keys)
        largest = max(largest, float((one[name][column] - other[name][column]).abs().max()))
    return largest


def measure() -> list[dict[str, Any]]:
    """Return wall and processor seconds of whole processes, taken in turn, and how far their tables lie apart."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        given, by_pandas, by_expectations = (folder / name for name in ("given", "by_pandas", "by_expectations"))
        for made in (given, by_pandas, by_expectations):
            made.mkdir()
        write_input(given)
        project, database = str(HERE / "peer_dbt"), folder / "peer.duckdb"
        sides = {
            "dbt build": (
                str(dbt_environment(folder / "environment")),
                *("--quiet", "build", "--project-dir", project, "--profiles-dir", project),
                *("--target-path", str(folder / "target"), "--log-path", str(folder / "log")),
            ),
            "plain pandas": (sys.executable, str(HERE / "peer_pandas.py"), str(given), str(by_pandas)),
            "DuckDB and Great Expectations": (
                sys.executable,
                "-m",
                "tests.benchmarks.peer_expectations",
                str(given),
                str(by_expectations),
            ),
        }
        environment = os.environ | {
            "PEER_INPUT": str(given),
            "PEER_DATABASE": str(database),
            "DO_NOT_TRACK": "1",
            "PYTHONPATH": str(ROOT),
        }
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        for _ in range(REPEATS):
            for name, command in sides.items():
                times[name].append(process(command, environment))
        found = tables_of_dbt(database)
        apart = max(largest_difference(found, tables_in(made)) for made in (by_pandas, by_expectations))
    if apart > ALIKE:
        raise ValueError(f"the sides' tables differ by {apart}")
    rows = []
    for name, runs in times.items():
        rows.append(row(f"three models, four tests: {name}", [wall for wall, _ in runs], "s"))
        rows.append(row(f"three models, four tests: {name}: processor", [used for _, used in runs], "s"))
    return [*rows, row("largest difference between the sides' tables", [apart], "")]
