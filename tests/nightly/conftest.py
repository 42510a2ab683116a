"""Fifty invented trackers, and the release that one process makes of them: what every other way must equal.

The job runs by Dagster's own command, in a process of its own, at a fixed hour.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from signposts.settings import CHECKOUT, Settings, prepare_home
from tests.nightly.many_trackers import write_trackers

TRACKERS = 50
# How Dagster's commands are told where the definitions are: in this process, or in a code server.
CODE = ("-f", str(CHECKOUT / "assets" / "definitions.py"), "-d", str(CHECKOUT), "-a", "defs")
WORKSPACE = ("-w", str(CHECKOUT / "workspace.yaml"))
STARTED_AT = "2026-11-23T06:00:00+00:00"

Tables = dict[str, list[tuple[Any, ...]]]


class Installation:
    """A home of its own for one catalogue, and the environment of its processes."""

    def __init__(self, home: Path, catalogue: Path, **environment: str) -> None:
        self.settings = Settings(home, catalogue)
        self.environment = os.environ | {
            "SIGNPOSTS_HOME": str(home),
            "SIGNPOSTS_CATALOGUE": str(catalogue),
            "SIGNPOSTS_NOTIFY_URL": "",
            "DAGSTER_HOME": str(self.settings.dagster_home),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            **environment,
        }

    def prepare(self) -> None:
        """Make the folders, with the dagster.yaml that the environment names."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            prepare_home(self.settings)

    def dagster(self, *words: str, started_at: str = "") -> subprocess.CompletedProcess[str]:
        """Run one of Dagster's commands; with a clock it is a job's, fixed and without network."""
        command = [sys.executable, "-m", "dagster", *words]
        if started_at:
            config = {"resources": {"run": {"config": {"started_at": started_at, "offline": True}}}}
            file = self.settings.home / "run.yaml"
            file.write_text(json.dumps(config), encoding="utf-8")
            command += ["-c", str(file)]
        return subprocess.run(
            command, env=self.environment, cwd=CHECKOUT, capture_output=True, text=True, timeout=1500, check=False
        )

    def tables(self) -> Tables:
        """Return every published table's rows, in order, without the name of the release."""
        with duckdb.connect(str(self.settings.released_database), read_only=True) as connection:
            names = connection.execute("select table_name from duckdb_tables() order by table_name").fetchall()
            return {
                name: connection.execute(f'select * exclude (release_id) from "{name}" order by all').fetchall()
                for (name,) in names
            }


def differences(one: Mapping[str, list[tuple[Any, ...]]], other: Mapping[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    """Return for each table that is not the same row for row the first rows that differ."""
    assert one.keys() == other.keys()
    return {
        name: [pair for pair in zip(rows, other[name], strict=False) if pair[0] != pair[1]][:2]
        or (len(rows), len(other[name]))
        for name, rows in one.items()
        if rows != other[name]
    }


@pytest.fixture(scope="session")
def fifty_trackers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of fifty invented trackers."""
    root = tmp_path_factory.mktemp("fifty") / "catalogue"
    write_trackers(root, TRACKERS)
    return root


@pytest.fixture(scope="session")
def one_process(fifty_trackers: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """What the job `monitor` makes of them with DuckDB in one process; its charts are there for the other ways."""
    made = Installation(tmp_path_factory.mktemp("one_process") / "home", fifty_trackers)
    made.prepare()
    begun = time.monotonic()
    outcome = made.dagster("job", "execute", *CODE, "-j", "monitor", started_at=STARTED_AT)
    assert outcome.returncode == 0, outcome.stderr[-4000:]
    print(f"one process: {time.monotonic() - begun:.0f} s for {TRACKERS} trackers")
    return made
