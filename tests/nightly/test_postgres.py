"""Dagster's daemon on PostgreSQL: four trackers in four processes, one killed, give the tables of one run."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import dagster as dg
import duckdb
import pytest

from signposts.settings import load_settings, prepare_home
from tests.nightly.installation import differing_tables
from tests.nightly.many_trackers import write_trackers
from tests.nightly.postgres import free_port, postgres, why_not
from tests.paths import CHECKOUT

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.timeout(2400),
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]

COUNT = 4
PROGRAMS = Path(sys.executable).parent
# Between the daemon's looks lie up to 30 s, and a pass takes five of them; a busy machine takes a multiple of that.
PATIENCE = 1800.0
FINISHED_BEFORE_THE_KILL = "readings"
PARTITION, PARENT = "dagster/partition", "dagster/parent_run_id"
Found = TypeVar("Found")


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of dagster-postgres and its driver, which the default installation does not carry."""
    folder = tmp_path_factory.mktemp("postgres") / "environment"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    _, minor, patch = version("dagster").split(".")
    # Dagster's own libraries are numbered sixteen minor versions ahead of it.
    wanted = [f"dagster-postgres==0.{int(minor) + 16}.{patch}", "psycopg2-binary"]
    install = [folder / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    installed = subprocess.run([*install, *wanted], capture_output=True, text=True)
    if installed.returncode:
        pytest.skip(f"dagster-postgres cannot be installed here: {installed.stderr.strip().splitlines()[-1]}")
    (found,) = folder.glob("lib/*/site-packages")
    return found


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "catalogue"
    write_trackers(folder, COUNT)
    return folder


class Pass:
    """A pass that the daemon carries: what Dagster's storage says of its runs."""

    def __init__(self, instance: dg.DagsterInstance, served: "subprocess.Popen[bytes]") -> None:
        self.instance, self.served = instance, served
        self.killed = ""
        self.ends = time.monotonic() + PATIENCE

    def wait_for(self, look: Callable[[], Found | None]) -> Found:
        """Return what a look finds, once it finds something; a run that failed unless it was killed ends the wait."""
        while time.monotonic() < self.ends:
            assert self.served.poll() is None, "`signposts serve` ended"
            for run in self.instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE])):
                assert run.run_id == self.killed, f"run {run.run_id} of {run.tags.get(PARTITION, 'all')} failed"
            found = look()
            if found is not None:
                return found
            time.sleep(1)
        raise AssertionError(
            f"not within {PATIENCE} s; runs: {[(r.job_name, r.status) for r in self.instance.get_runs()]}"
        )

    def events(self, run_id: str, kind: dg.DagsterEventType) -> list[dg.DagsterEvent]:
        logs = self.instance.all_logs(run_id, of_type=kind)
        return [entry.dagster_event for entry in logs if entry.dagster_event is not None]

    def steps(self, run_id: str) -> list[str | None]:
        return [event.step_key for event in self.events(run_id, dg.DagsterEventType.STEP_SUCCESS)]

    def of_trackers(self) -> list[dg.DagsterRun]:
        return [run for run in self.instance.get_runs() if PARTITION in run.tags]

    def process(self, run_id: str) -> int | None:
        return self.events(run_id, dg.DagsterEventType.RUN_START)[0].pid

    def kill_one(self) -> str | None:
        """Kill the process of a tracker that has its readings and nothing after them; return its run."""
        for run in self.of_trackers():
            if run.status == dg.DagsterRunStatus.STARTED and FINISHED_BEFORE_THE_KILL in self.steps(run.run_id):
                process = self.process(run.run_id)
                assert process is not None
                os.kill(process, signal.SIGKILL)
                self.killed = run.run_id
                return run.run_id
        return None

    def released(self) -> bool | None:
        ended = self.instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS]))
        return any(dg.AssetKey("release") in (run.asset_selection or ()) for run in ended) or None


@contextmanager
def serve(home: Path, catalogue: Path, driver: Path) -> Iterator[Pass]:
    """Serve an empty installation with its runs in PostgreSQL: it begins a pass by itself."""
    with postgres() as address, pytest.MonkeyPatch.context() as patch, (home.parent / "serve.log").open("wb") as log:
        settings = {
            "SIGNPOSTS_HOME": str(home),
            "SIGNPOSTS_CATALOGUE": str(catalogue),
            "SIGNPOSTS_BY_TRACKER": "yes",
            "SIGNPOSTS_CONCURRENT_RUNS": str(COUNT),
            "SIGNPOSTS_DAGSTER_CONFIG": str(CHECKOUT / "deploy" / "postgres" / "dagster.yaml"),
            "DAGSTER_HOME": str(home / "dagster"),
            "PYTHONPATH": str(driver),
        }
        for name, value in (address | settings).items():
            patch.setenv(name, value)
        patch.syspath_prepend(str(driver))
        prepare_home(load_settings())
        command = [PROGRAMS / "signposts", "serve", "--port", str(free_port())]
        with dg.DagsterInstance.get() as instance:
            served = subprocess.Popen(command, stdout=log, stderr=log)
            try:
                yield Pass(instance, served)
            finally:
                served.terminate()
                served.wait()


def test_four_processes_on_postgresql_give_the_tables_of_one_run_though_one_was_killed(
    driver: Path, catalogue: Path, tmp_path: Path
) -> None:
    home = tmp_path / "parts"
    with serve(home, catalogue, driver) as carried:
        killed = carried.wait_for(carried.kill_one)
        had = set(carried.steps(killed))
        carried.wait_for(carried.released)
        runs = carried.of_trackers()
        (again,) = (run for run in runs if run.tags.get(PARENT) == killed)
        assert not had & set(carried.steps(again.run_id)), "a step was made twice"
        assert len({carried.process(run.run_id) for run in runs}) == len(runs) == COUNT + 1
        assert most_at_once(carried.instance) > 1
    with duckdb.connect(str(home / "published" / "signposts.duckdb"), read_only=True) as connection:
        ((as_of,),) = connection.execute("select max(as_of) from release").fetchall()
    whole = tmp_path / "whole"
    environment = os.environ | {"SIGNPOSTS_HOME": str(whole), "SIGNPOSTS_CATALOGUE": str(catalogue)}
    command = [PROGRAMS / "signposts", "run", "--offline", "--as-of", str(as_of)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert differing_tables(whole, home) == set()


def most_at_once(instance: dg.DagsterInstance) -> int:
    """Return how many runs of trackers were under way at one moment."""
    records = [record for record in instance.get_run_records() if PARTITION in record.dagster_run.tags]
    spans = [(record.start_time, record.end_time) for record in records if record.start_time and record.end_time]
    return max(sum(begun <= moment < ended for begun, ended in spans) for moment, _ in spans)
