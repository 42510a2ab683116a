"""Trackers as partitions of the same assets give the tables that one run gives; a part of another pass is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nightly.installation import differing_tables
from tests.nightly.many_trackers import write_trackers

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1500)]

COUNT = 4
# Steps of one pass as Dagster's queue would carry them: the scheduled job, a run a tracker, the release.
PASS = """
import sys
import dagster as dg
from signposts.assets.by_tracker import AFTER, TRACKERS
from signposts.assets.definitions import defs
from signposts.settings import load_settings, prepare_home

prepare_home(load_settings())
graph = defs.resolve_asset_graph()
names = [key for key in graph.get_all_asset_keys()]
parted = dg.AssetSelection.assets(*(key for key in names if graph.get(key).partitions_def is TRACKERS))
config = {"resources": {"run": {"config": {"offline": True}}}}
wanted = sys.argv[1:]
with dg.DagsterInstance.get() as instance:
    if "gather" in wanted:
        job = defs.resolve_job_def("monitor")
        assert job.execute_in_process(instance=instance, run_config=config).success
    for tracker in instance.get_dynamic_partitions("tracker"):
        if tracker in wanted or "all" in wanted:
            job = dg.define_asset_job("one_tracker", selection=parted)
            built = dg.Definitions(assets=defs.assets, asset_checks=defs.asset_checks, jobs=[job],
                                   resources=defs.resources, executor=dg.in_process_executor)
            done = built.resolve_job_def("one_tracker").execute_in_process(
                instance=instance, run_config=config, partition_key=tracker)
            assert done.success
    if "release" in wanted:
        job = dg.define_asset_job("release_all", selection=dg.AssetSelection.assets("parts") | AFTER)
        built = dg.Definitions(assets=defs.assets, asset_checks=defs.asset_checks, jobs=[job],
                               resources=defs.resources, executor=dg.in_process_executor)
        done = built.resolve_job_def("release_all").execute_in_process(
            instance=instance, run_config=config, raise_on_error=False)
        for event in done.all_events:
            if event.is_step_success:
                print(event.step_key)
            if event.is_step_failure:
                error = event.step_failure_data.error
                while error.cause is not None:
                    error = error.cause
                print(error.message, file=sys.stderr)
        sys.exit(0 if done.success else 1)
"""


class Installation:
    """State of its own over a shared invented catalogue."""

    def __init__(self, home: Path, catalogue: Path, by_tracker: str) -> None:
        self.home = home
        self.environment = os.environ | {
            "SIGNPOSTS_HOME": str(home),
            "SIGNPOSTS_CATALOGUE": str(catalogue),
            "SIGNPOSTS_BY_TRACKER": by_tracker,
            "DAGSTER_DISABLE_TELEMETRY": "1",
        }

    def carry(self, *steps: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", PASS, *steps]
        return subprocess.run(
            command, env=self.environment | {"DAGSTER_HOME": str(self.home / "dagster")}, capture_output=True, text=True
        )


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "catalogue"
    write_trackers(folder, COUNT)
    return folder


@pytest.fixture(scope="module")
def side_by_side(tmp_path_factory: pytest.TempPathFactory, catalogue: Path) -> Installation:
    made = Installation(tmp_path_factory.mktemp("parts"), catalogue, "yes")
    (made.home / "dagster").mkdir()
    begun = made.carry("gather", "all", "release")
    assert begun.returncode == 0, begun.stderr[-3000:]
    return made


def test_partitions_publish_the_tables_of_one_run(side_by_side: Installation, catalogue: Path, tmp_path: Path) -> None:
    whole = Installation(tmp_path / "whole", catalogue, "no")
    command = [str(Path(sys.executable).parent / "signposts"), "run", "--offline"]
    run = subprocess.run(command, env=whole.environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert differing_tables(whole.home, side_by_side.home) == set()


def test_a_part_of_another_pass_withholds_the_release_and_names_the_tracker(side_by_side: Installation) -> None:
    before = (side_by_side.home / "published" / "latest").readlink()
    assert side_by_side.carry("gather", "invented_000", "invented_001", "invented_002").returncode == 0
    refused = side_by_side.carry("release")
    assert refused.returncode == 1
    assert "tracker invented_003 was not assessed in this pass" in refused.stderr
    assert refused.stdout == "", "a step went on without the parts"
    assert (side_by_side.home / "published" / "latest").readlink() == before
    mended = side_by_side.carry("invented_003", "release")
    assert mended.returncode == 0, mended.stderr[-3000:]
