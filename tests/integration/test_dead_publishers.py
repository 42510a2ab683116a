"""A whole run against publishers that are all dead: nothing of theirs looks good, and the run says that it lives."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import dagster as dg
import duckdb
import pytest
import yaml

from signposts.alerts.journal import read_journal
from signposts.sources.publishers import PUBLISHERS
from tests.paths import CHECKOUT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PROGRAM = Path(sys.executable).parent / "signposts"
# Nothing listens at the port that the protocol sets aside to discard what comes.
DEAD = "http://127.0.0.1:9"


class Monitor(BaseHTTPRequestHandler):
    """A monitor elsewhere, which hears the heartbeat."""

    heard: list[str]

    def do_GET(self) -> None:
        self.heard.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class Deserted:
    """The second tracker (invented) with every publisher of the catalogue, each asked for its own documents."""

    def __init__(self, folder: Path, heartbeat: str) -> None:
        self.home = folder / "home"
        catalogue = folder / "catalogue"
        shutil.copytree(CHECKOUT / "tests" / "trackers" / "island_ferry", catalogue / "island_ferry")
        sources = yaml.safe_load((CHECKOUT / "catalogue" / "sources.yaml").read_text(encoding="utf-8"))
        for source in sources.values():
            source["documents"] = [each | {"feeds": []} for each in source.get("documents", [])[:1]]
        (catalogue / "sources.yaml").write_text(yaml.safe_dump(sources, allow_unicode=True), encoding="utf-8")
        self.environment = os.environ | {
            **{f"SIGNPOSTS_{source_id.upper()}_URL": DEAD for source_id in PUBLISHERS},
            "SIGNPOSTS_HOME": str(self.home),
            "SIGNPOSTS_CATALOGUE": str(catalogue),
            "SIGNPOSTS_HEARTBEAT_URL": heartbeat,
            "SIGNPOSTS_NOTIFY_URL": "",
            "UCDP_ACCESS_TOKEN": "invented",
        }

    def run(self, *words: str) -> str:
        command = [PROGRAM, "run", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def metrics(self) -> dict[str, float]:
        text = (self.home / "published" / "metrics.prom").read_text(encoding="utf-8")
        return {name: float(value) for name, value in re.findall(r"^(signposts_\S+) (\S+)$", text, re.MULTILINE)}


@pytest.fixture(scope="module")
def heard() -> Iterator[tuple[list[str], str]]:
    """What the monitor elsewhere has heard, and its address."""
    monitor = type("OwnMonitor", (Monitor,), {"heard": []})
    server = HTTPServer(("127.0.0.1", 0), monitor)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield monitor.heard, f"http://127.0.0.1:{server.server_port}/ping/4711"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def deserted(tmp_path_factory: pytest.TempPathFactory, heard: tuple[list[str], str]) -> Deserted:
    made = Deserted(tmp_path_factory.mktemp("deserted"), heard[1])
    made.run()
    return made


def test_nothing_of_a_dead_publisher_is_green_in_dagsters_pages(deserted: Deserted) -> None:
    config = (CHECKOUT / "assets" / "dagster.yaml").read_text(encoding="utf-8")
    assert (deserted.home / "dagster" / "dagster.yaml").read_text(encoding="utf-8") == config
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DAGSTER_HOME", str(deserted.home / "dagster"))
        with dg.DagsterInstance.get() as instance:
            (run,) = instance.get_runs()
            assert run.status is dg.DagsterRunStatus.SUCCESS
            events = [entry.dagster_event for entry in instance.all_logs(run.run_id) if entry.dagster_event]
    raw = {f"raw_{source_id}" for source_id in PUBLISHERS}
    made = {str(event.asset_key.to_user_string()) for event in events if event.is_step_materialization}
    assert made & raw == set(), "what did not come was not made"
    seen = {
        event.asset_key.to_user_string(): event.asset_observation_data.asset_observation.metadata
        for event in events
        if event.event_type is dg.DagsterEventType.ASSET_OBSERVATION
    }
    assert set(seen) == raw
    assert all(metadata["why nothing came"].text for metadata in seen.values())
    checks = [
        event.asset_check_evaluation_data
        for event in events
        if event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ]
    of_theirs = [check for check in checks if check.asset_key.to_user_string() in raw]
    assert {(check.asset_key.to_user_string(), check.check_name) for check in of_theirs} == {
        (table, name) for table in raw for name in ("answered", "current")
    }
    assert {(check.passed, check.severity) for check in of_theirs} == {(False, dg.AssetCheckSeverity.WARN)}


def test_a_run_ends_with_one_heartbeat_and_an_offline_run_sends_none(
    deserted: Deserted, heard: tuple[list[str], str]
) -> None:
    assert heard[0] == ["/ping/4711"]
    deserted.run("--offline", "--from-archive")
    assert heard[0] == ["/ping/4711"]


def test_the_metrics_say_what_the_release_of_the_run_says(deserted: Deserted) -> None:
    with duckdb.connect(str(deserted.home / "published" / "signposts.duckdb"), read_only=True) as release:
        sources = "from freshness where subject like 'source:%'"
        verdicts = dict(release.execute(f"select verdict, count(*) {sources} group by verdict").fetchall())
        fresh = release.execute(f"select subject {sources} and verdict = 'fresh'").fetchall()
        (made,) = release.execute("select max(epoch(created_at)) from release").fetchone()
    assert verdicts["failed"] > 5
    assert fresh in ([], [("source:ledger",)]), "nobody answered"
    metrics = deserted.metrics
    assert {name: metrics[f'signposts_sources{{verdict="{name}"}}'] for name in verdicts} == verdicts
    for name in ("claims_held", "leads_waiting", "trackers_held_back"):
        assert metrics[f"signposts_{name}"] == 0
    assert metrics["signposts_run_seconds"] > 0
    assert metrics["signposts_release_timestamp_seconds"] == pytest.approx(made, abs=1)
    assert 0 <= metrics["signposts_release_age_seconds"] < 600
    assert metrics["signposts_alerts_unsent"] == len(read_journal(deserted.home / "alerts.jsonl"))
