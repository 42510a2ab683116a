"""Fifty trackers by Dagster's daemon on PostgreSQL, four processes at a time, one of them killed in the middle."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from assets.fleet.passes import is_published, missing_parts, newest_pass
from assets.settings import CHECKOUT
from tests.scale.conftest import STARTED_AT, TRACKERS, WORKSPACE, Installation, differences
from tests.scale.many_trackers import write_trackers
from tests.scale.postgres import postgres, why_not

pytestmark = [
    pytest.mark.scale,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "PostgreSQL can be started"),
]
pytest.importorskip("dagster_postgres", reason="pip install -e .[postgres]")

PROCESSES = 4
PATIENCE_SECONDS = 1200
HOLDER = re.compile(r"process (\d+), tracker (\w+)")


@dataclass(frozen=True)
class Ended:
    """A fleet's installation after its first release, and what was done to it on the way."""

    installation: Installation
    killed_tracker: str
    runs: list[dg.RunRecord]
    seconds: float


@pytest.fixture(scope="module")
def fleet(one_process: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """The same trackers, as an operator would have them run; the process of one tracker is killed on the way."""
    folder = tmp_path_factory.mktemp("fleet")
    with postgres() as database:
        made = Installation(
            folder / "home",
            one_process.settings.catalogue_root,
            **database,
            SIGNPOSTS_FLEET="yes",
            SIGNPOSTS_CONCURRENT_RUNS=str(PROCESSES),
            SIGNPOSTS_DAGSTER_CONFIG=str(CHECKOUT / "deploy" / "postgres" / "dagster.yaml"),
        )
        made.prepare()
        shutil.copytree(one_process.settings.cache, made.settings.cache, dirs_exist_ok=True)
        # It would begin a first pass at once, at the hour of the day.
        stopped = made.dagster("sensor", "stop", *WORKSPACE, "nothing_published_yet")
        assert stopped.returncode == 0, stopped.stderr[-4000:]
        begun = time.monotonic()
        with daemon(made, folder / "daemon.log") as log:
            launched = made.dagster("job", "launch", *WORKSPACE, "-j", "gather_fleet", started_at=STARTED_AT)
            assert launched.returncode == 0, launched.stderr[-4000:]
            killed = kill_one(made, log)
            wait_for_release(made, log)
            seconds = time.monotonic() - begun
            print(f"{PROCESSES} processes on PostgreSQL: {seconds:.0f} s for {TRACKERS} trackers, one of them twice")
            yield Ended(made, killed, records(made), seconds)


@contextmanager
def daemon(made: Installation, log: Path) -> Iterator[Path]:
    """Have Dagster's daemon while the block lasts; yields where it writes."""
    command = [str(Path(sys.executable).parent / "dagster-daemon"), "run", *WORKSPACE]
    with log.open("wb") as told:
        process = subprocess.Popen(
            command, env=made.environment, cwd=CHECKOUT, stdout=told, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            yield log
        finally:
            # The daemon ends its code server with itself.
            process.terminate()
            try:
                process.wait(timeout=60)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def kill_one(made: Installation, log: Path) -> str:
    """Kill the process of the first tracker that is seen to write, once some parts are there; return the tracker."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        passed = newest_pass(made.settings)
        if passed is not None and len(missing_parts(made.settings, passed)) < TRACKERS - 5:
            for lock in sorted(made.settings.home.glob("fleet/trackers/*/writer.lock")):
                holder = HOLDER.match(lock.read_text(encoding="utf-8"))
                if holder is not None:
                    os.kill(int(holder[1]), signal.SIGKILL)
                    return holder[2]
        time.sleep(0.02)
    raise AssertionError(log.read_text(encoding="utf-8")[-4000:])


def wait_for_release(made: Installation, log: Path) -> None:
    """Wait until the pass is published."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        passed = newest_pass(made.settings)
        if passed is not None and is_published(made.settings, passed):
            return
        time.sleep(1)
    raise AssertionError(log.read_text(encoding="utf-8")[-4000:])


def records(made: Installation) -> list[dg.RunRecord]:
    """Return every run that PostgreSQL remembers."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in made.environment.items():
            patch.setenv(name, value)
        with dg.DagsterInstance.get() as instance:
            assert "Postgres" in type(instance.run_storage).__name__
            return list(instance.get_run_records())


def of_trackers(ended: Ended) -> list[dg.RunRecord]:
    return [record for record in ended.runs if record.dagster_run.job_name == "assess_trackers"]


def test_the_published_tables_are_those_of_one_process(fleet: Ended, one_process: Installation):
    assert differences(one_process.tables(), fleet.installation.tables()) == {}


def test_the_tables_compared_are_not_empty(one_process: Installation):
    filled = {name for name, rows in one_process.tables().items() if rows}
    assert {"claim", "reading", "log_ratio", "scenario_probability", "assessment", "fan", "backtest", "alert"} <= filled
    assert len(one_process.tables()["tracker"]) == TRACKERS


def test_a_killed_process_fails_by_name_and_its_tracker_succeeds_at_the_next_try(fleet: Ended):
    tries = [
        record.dagster_run
        for record in sorted(of_trackers(fleet), key=lambda record: record.create_timestamp)
        if record.dagster_run.tags["dagster/partition"] == fleet.killed_tracker
    ]
    assert [run.status for run in tries] == [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS]
    assert tries[1].tags["dagster/parent_run_id"] == tries[0].run_id


def test_every_other_tracker_ran_once_and_succeeded(fleet: Ended):
    others = [run for run in of_trackers(fleet) if run.dagster_run.tags["dagster/partition"] != fleet.killed_tracker]
    assert len(others) == TRACKERS - 1
    assert {record.dagster_run.status for record in others} == {dg.DagsterRunStatus.SUCCESS}


def test_four_processes_ran_at_a_time_and_never_more(fleet: Ended):
    edges = sorted(
        edge for record in of_trackers(fleet) for edge in ((record.start_time or 0, 1), (record.end_time or 0, -1))
    )
    at_once, most = 0, 0
    for _, step in edges:
        at_once += step
        most = max(most, at_once)
    assert most == PROCESSES


def test_each_part_was_written_by_a_process_of_its_own(fleet: Ended):
    parts = fleet.installation.settings.home.glob("fleet/trackers/*/parts/*/part.json")
    processes = [json.loads(part.read_text(encoding="utf-8"))["process"] for part in parts]
    assert len(set(processes)) == len(processes) == TRACKERS


def test_the_command_keeps_its_runs_in_postgresql_too(tmp_path: Path):
    write_trackers(tmp_path / "catalogue", 1)
    with postgres() as database:
        made = Installation(
            tmp_path / "home",
            tmp_path / "catalogue",
            **database,
            SIGNPOSTS_CONCURRENT_RUNS="1",
            SIGNPOSTS_DAGSTER_CONFIG=str(CHECKOUT / "deploy" / "postgres" / "dagster.yaml"),
        )
        command = [str(Path(sys.executable).parent / "signposts"), "run", "--offline"]
        outcome = subprocess.run(
            command, env=made.environment, capture_output=True, text=True, timeout=600, check=False
        )
        assert outcome.returncode == 0, outcome.stderr[-4000:]
        assert [record.dagster_run.job_name for record in records(made)] == ["monitor"]
    assert not (made.settings.dagster_home / "history").exists()
