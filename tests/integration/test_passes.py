"""The joints of a pass by trackers: what a partition begins from, what is asked for when, what a release takes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from signposts.assets import by_tracker
from signposts.assets.definitions import build_definitions
from signposts.assets.resources import MonitoringRun
from signposts.errors import ReleaseWithheld
from signposts.run_key import code_digest
from signposts.settings import load_settings
from signposts.warehouse import Warehouse

# Invented: a run of the tracker that dies after it has written, before DuckDB has put its log into the file.
DYING = """
import os, signal, sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("insert into tracker (tracker_id) values ('made')")
os.kill(os.getpid(), signal.SIGKILL)
"""

# The steps of one run of all that follows the trackers which wait for `parts`.
STEPS = """
import dagster as dg
from signposts.assets.by_tracker import AFTER
from signposts.assets.definitions import defs

job = dg.define_asset_job("after", selection=dg.AssetSelection.assets("parts") | AFTER)
plan = dg.Definitions(defs.assets, jobs=[job], resources=defs.resources).resolve_job_def("after").graph
waiting, found = ["parts"], set()
while waiting:
    for handles in plan.dependency_structure.output_to_downstream_inputs_for_node(waiting.pop()).values():
        new = {handle.node_name for handle in handles} - found
        found |= new
        waiting += new
print(*sorted(found))
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


@pytest.fixture
def killed(run: MonitoringRun) -> Warehouse:
    """The working database of tracker one, whose run was killed after its first step."""
    own = by_tracker.tracker_warehouse(load_settings(), "one")
    own.path.parent.mkdir()
    by_tracker.set_out(load_settings(), own, "one")
    assert own.rows("select tracker_id from tracker") == [{"tracker_id": "one"}]
    dead = subprocess.run([sys.executable, "-c", DYING, own.path], check=False)
    assert dead.returncode == -signal.SIGKILL
    assert own.path.with_name("warehouse.duckdb.wal").exists()
    return own


def test_a_run_that_was_killed_goes_on_from_the_steps_it_had_finished(killed: Warehouse) -> None:
    by_tracker.set_out(load_settings(), killed, "one")
    assert killed.rows("select tracker_id from tracker order by all") == [{"tracker_id": "made"}, {"tracker_id": "one"}]


def test_a_new_pass_begins_from_what_was_gathered_whatever_a_killed_run_left(
    run: MonitoringRun, killed: Warehouse
) -> None:
    warehouse = run.warehouse()
    (row,) = warehouse.rows("from this_pass")
    warehouse.write_rows("this_pass", [row | {"started_at": "07:00"}])
    warehouse.write_copy(by_tracker.handed_over(load_settings()))
    by_tracker.set_out(load_settings(), killed, "one")
    assert killed.rows("select tracker_id from tracker") == [{"tracker_id": "one"}]
    assert killed.rows("select started_at from this_pass") == [{"started_at": "07:00"}]


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


def test_a_new_table_made_from_what_publishers_sent_is_made_before_a_pass_with_all_that_it_needs() -> None:
    def made(name: str, *deps: str) -> dg.AssetsDefinition:
        spec = dg.AssetSpec(name, deps=[*deps], group_name="observe")
        return dg.multi_asset(specs=[spec], name=name)(lambda: None)

    assets = [
        made("claim", "raw_fatf", "tracker"),
        made("freshness", "kept_value", "raw_fatf"),
        made("kept_value", "accepted"),
        made("reading", "claim", "fetch_attempt"),
    ]
    assert by_tracker.made_before(assets) == {"claim", "freshness", "kept_value"}


def test_what_a_pass_begins_with_needs_nothing_that_is_made_a_tracker_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIGNPOSTS_BY_TRACKER", "yes")
    graph = build_definitions().resolve_asset_graph()
    first = by_tracker.FIRST.resolve(graph)
    assert {dg.AssetKey(name) for name in ("claim", "kept_value", "freshness", "trackers")} < first
    for key in first:
        assert graph.get(key).partitions_def is None
        assert graph.get_ancestor_asset_keys(key) <= first | graph.external_asset_keys, key


class Ticks:
    """What Dagster's conditions ask for, over assets that are only said to be made."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.definitions = build_definitions()
        self.graph = self.definitions.resolve_asset_graph()
        names = self.graph.get_all_asset_keys()
        self.of_trackers = {key for key in names if self.graph.get(key).partitions_def is by_tracker.TRACKERS}
        self.instance = instance
        self.instance.add_dynamic_partitions("tracker", ["one", "two"])
        self.cursor: Any = None

    def make(self, keys: Iterable[dg.AssetKey], tracker_id: str | None = None) -> None:
        for key in keys:
            self.instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=tracker_id))

    def begin(self) -> None:
        self.make(by_tracker.FIRST.resolve(self.graph))

    def asked(self) -> dict[str, int]:
        """Return the assets asked for since the look before, and for how many trackers."""
        found = dg.evaluate_automation_conditions(self.definitions, self.instance, cursor=self.cursor)
        self.cursor = found.cursor
        numbers = {key.to_user_string(): found.get_num_requested(key) for key in self.graph.get_all_asset_keys()}
        return {name: number for name, number in numbers.items() if number}


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ticks]:
    monkeypatch.setenv("SIGNPOSTS_BY_TRACKER", "yes")
    with dg.DagsterInstance.ephemeral() as instance:
        made = Ticks(instance)
        assert made.asked() == {}
        yield made


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Parameter `include_sources`")
def test_a_pass_asks_for_every_tracker_then_for_parts_and_release_once_all_of_each_is_made(ticks: Ticks) -> None:
    after = {key.to_user_string() for key in by_tracker.AFTER.resolve(ticks.graph)}
    release = dict.fromkeys(["parts", *after], 1)
    for _ in range(2):
        ticks.begin()
        assert ticks.asked() == {key.to_user_string(): 2 for key in ticks.of_trackers}
        ticks.make(ticks.of_trackers, "one")
        assert ticks.asked() == {}
        failed = dg.AssetKey("recognition")
        ticks.make(ticks.of_trackers - {failed}, "two")
        assert ticks.asked() == {}
        ticks.make([failed], "two")
        assert ticks.asked() == release
        ticks.make(map(dg.AssetKey, release))
        assert ticks.asked() == {}


def test_within_one_run_the_release_waits_for_the_parts() -> None:
    """Dagster orders the steps of a run by what an asset's function was given, not by what was mapped onto its spec."""
    environment = os.environ | {"SIGNPOSTS_BY_TRACKER": "yes"}
    before = subprocess.run([sys.executable, "-c", STEPS], env=environment, capture_output=True, text=True, check=True)
    assert before.stdout.split() == ["alert", "change", "delivered", "publication", "send_alerts"]
