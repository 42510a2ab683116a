"""Trackers in processes of their own, under Dagster's daemon on PostgreSQL, publish what one process publishes.

`signposts serve` runs as an operator runs it. In each pass a tracker's process is killed; Dagster tries it again.
"""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import pytest

from signposts.catalogue.claims import LEDGER_COLUMNS
from tests.nightly import postgres
from tests.nightly.installation import differing_tables
from tests.nightly.many_trackers import write_trackers
from tests.paths import CHECKOUT

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1800)]

COUNT = 6
# What the daily run leaves out.
BY_HAND = ("backfill", "collect")
PROGRAM = str(Path(sys.executable).parent / "signposts")
T = TypeVar("T")

RUNS = "{ runsOrError(limit: 100) { ... on Runs { results { status startTime endTime tags { key value } } } } }"
SENSORS = "{ sensorsOrError(repositorySelector: %s) { ... on Sensors { results { name id } } } }"
SELECTOR = '{repositoryName: "__repository__", repositoryLocationName: "signposts"}'
STOP = 'mutation { stopSensor(id: "%s") { __typename } }'
ASSETS = "{ assetNodes { assetKey { path } isMaterializable groupName } }"
LAUNCH = """
mutation launch($assets: [AssetKeyInput!]) {
  launchPartitionBackfill(backfillParams: {assetSelection: $assets, allPartitions: true}) {
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}
"""
BACKFILL = '{ partitionBackfillOrError(backfillId: "%s") { ... on PartitionBackfill { status } } }'


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of an installation whose Dagster keeps its storage in a PostgreSQL of the test's own."""
    if reason := postgres.why_not():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("dagster_postgres")
    # Dagster's libraries are numbered sixteen minor versions behind it.
    _, minor, patch = version("dagster").split(".")[:3]
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--target", folder]
    wanted = [*pip, f"dagster-postgres==0.{int(minor) + 16}.{patch}", "psycopg2-binary"]
    installed = subprocess.run(wanted, capture_output=True, text=True)
    if installed.returncode:
        pytest.skip(f"dagster-postgres cannot be installed here: {installed.stderr.strip().splitlines()[-1]}")
    with postgres.postgres() as environment:
        yield environment | {"PYTHONPATH": str(folder)}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "catalogue"
    write_trackers(folder, COUNT)
    return folder


class Served:
    """An installation under `signposts serve`, asked as Dagster's pages ask it."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.address = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query: str, **variables: Any) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self.address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["data"]

    def runs(self) -> list[dict[str, Any]]:
        """Return all runs, the newest first, each with its tracker or None."""
        found: list[dict[str, Any]] = self.ask(RUNS)["runsOrError"]["results"]
        for run in found:
            tags = {tag["key"]: tag["value"] for tag in run.pop("tags")}
            run["tracker"] = tags.get("dagster/partition")
        return found

    def is_idle(self) -> bool:
        return all(run["status"] in ("SUCCESS", "FAILURE", "CANCELED") for run in self.runs())

    def release(self) -> Path | None:
        link = self.home / "published" / "latest"
        return link.readlink() if link.is_symlink() else None

    def kill_a_tracker(self) -> str:
        """Kill the process of a tracker, a second after it took its lock; return the tracker."""

        def working() -> tuple[str, int] | None:
            for lock in (self.home / "trackers").glob("*/writer.lock"):
                held = re.match(r"process (\d+), tracker", lock.read_text())
                if held:
                    return lock.parent.name, int(held[1])
            return None

        tracker, process = wait_for(working, 300)
        time.sleep(1)
        os.kill(process, signal.SIGKILL)
        return tracker


def wait_for(wanted: Callable[[], T | None], seconds: float) -> T:
    """Return what is wanted once it is there."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = wanted()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds:.0f} s")


@contextmanager
def serve(home: Path, environment: dict[str, str]) -> Iterator[Served]:
    port = postgres.free_port()
    with (home / "serve.log").open("w") as log:
        command = [PROGRAM, "serve", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield Served(home, port)
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture(scope="module")
def served(database: dict[str, str], catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("served")
    environment = (
        os.environ
        | database
        | {
            "SIGNPOSTS_HOME": str(home),
            "SIGNPOSTS_CATALOGUE": str(catalogue),
            "SIGNPOSTS_BY_TRACKER": "yes",
            "SIGNPOSTS_DAGSTER_CONFIG": str(CHECKOUT / "deploy" / "postgres" / "dagster.yaml"),
            "SIGNPOSTS_CONCURRENT_RUNS": "4",
        }
    )
    with serve(home, environment) as served:
        yield served


@pytest.fixture(scope="module")
def in_one_process(catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Return what makes one more release in one process, and says where its state lies."""
    home = tmp_path_factory.mktemp("whole")

    def publish() -> Path:
        own = os.environ | {"SIGNPOSTS_HOME": str(home), "SIGNPOSTS_CATALOGUE": str(catalogue)}
        run = subprocess.run([PROGRAM, "run", "--offline"], env=own, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return home

    return publish


def most_at_once(runs: list[dict[str, Any]]) -> int:
    """Return how many runs were going on at the moment with the most."""
    return max(sum(run["startTime"] <= each["startTime"] < run["endTime"] for run in runs) for each in runs)


def test_a_new_installation_publishes_by_itself_though_a_trackers_process_is_killed(
    served: Served, in_one_process: Callable[[], Path]
) -> None:
    killed = served.kill_a_tracker()
    wait_for(served.release, 600)
    wait_for(served.is_idle, 300)
    runs = [run for run in served.runs() if run["tracker"]]
    assert [run["status"] for run in runs if run["tracker"] == killed][:2] == ["SUCCESS", "FAILURE"]
    assert {run["tracker"] for run in runs if run["status"] == "SUCCESS"} == {f"invented_{n:03d}" for n in range(COUNT)}
    print(runs)
    assert most_at_once(runs) == 4
    assert differing_tables(in_one_process(), served.home) == set()


def test_a_backfill_of_everything_publishes_the_next_release_though_a_trackers_process_is_killed(
    served: Served, in_one_process: Callable[[], Path], catalogue: Path
) -> None:
    for sensor in served.ask(SENSORS % SELECTOR)["sensorsOrError"]["results"]:
        served.ask(STOP % sensor["id"])
    before = served.release()
    postpone_a_plan(catalogue)
    nodes = served.ask(ASSETS)["assetNodes"]
    daily = [node["assetKey"] for node in nodes if node["isMaterializable"] and node["groupName"] not in BY_HAND]
    launched = served.ask(LAUNCH, assets=daily)["launchPartitionBackfill"]
    killed = served.kill_a_tracker()
    backfill = BACKFILL % launched["backfillId"]

    def ended() -> str | None:
        status = str(served.ask(backfill)["partitionBackfillOrError"]["status"])
        return None if status == "REQUESTED" else status

    assert wait_for(ended, 600) == "COMPLETED_SUCCESS"
    assert served.release() != before
    runs = [run for run in served.runs() if run["tracker"] == killed]
    assert [run["status"] for run in runs][:2] == ["SUCCESS", "FAILURE"]
    assert differing_tables(in_one_process(), served.home) == set()


def postpone_a_plan(catalogue: Path) -> None:
    """Append an invented claim to the first ledger of plans: the hall is to open in 2028."""
    path = next(iter(sorted(catalogue.glob("*/ledger/hall_opened.csv"))))
    with path.open(newline="", encoding="utf-8") as file:
        plan = next(csv.DictReader(file))
    later = {"claim_id": "hall_opened-9", "published_on": "2026-05-01", "recorded_at": "2026-05-02T06:00:00Z"}
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, LEDGER_COLUMNS, lineterminator="\n").writerow(plan | later | {"planned_for": "2028-03-01"})
