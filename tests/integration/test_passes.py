"""The joints of a pass with trackers side by side: what a partition begins from, and which parts a release takes."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from signposts.assets import by_tracker
from signposts.assets.resources import MonitoringRun
from signposts.errors import ReleaseWithheld
from signposts.run_key import code_digest
from signposts.settings import load_settings

# Invented: a run of the tracker that dies after it has written, before DuckDB has put its log into the file.
DYING = """
import os, signal, sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("create or replace table tracker as select 'half' as tracker_id")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MonitoringRun:
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path))
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(tmp_path))
    run = MonitoringRun(started_at="2026-11-24T06:00:00+00:00")
    warehouse = run.warehouse()
    warehouse.write_rows("tracker", [{"tracker_id": "one"}, {"tracker_id": "two"}])
    warehouse.write_rows("this_pass", [{"as_of": "2026-11-24", "started_at": "06:00", "code": code_digest()}])
    warehouse.write_copy(by_tracker.handed_over(load_settings()))
    return run


def test_a_tracker_begins_from_what_was_gathered_whatever_a_killed_run_left(run: MonitoringRun) -> None:
    own = by_tracker.tracker_warehouse(load_settings(), "one")
    own.path.parent.mkdir()
    by_tracker.copy_tracker(load_settings(), own, "one")
    killed = subprocess.run([sys.executable, "-c", DYING, own.path], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert own.path.with_name("warehouse.duckdb.wal").exists()
    by_tracker.copy_tracker(load_settings(), own, "one")
    assert own.rows("select tracker_id from tracker") == [{"tracker_id": "one"}]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"as_of": "2026-11-23"}, "another day"),
        ({"code": "another"}, "other code"),
        ({}, "tracker one was not assessed"),
    ],
)
def test_parts_are_refused_that_were_not_made_today_by_this_code_in_this_pass(
    run: MonitoringRun, changed: dict[str, str], words: str
) -> None:
    warehouse = run.warehouse()
    (row,) = warehouse.rows("from this_pass")
    warehouse.write_rows("this_pass", [row | changed])
    with pytest.raises(ReleaseWithheld, match=words):
        by_tracker.parts(run=run)
