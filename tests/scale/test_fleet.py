"""The fleet without its daemon: what goes over, what comes back, who writes which file, and what is refused by name."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import dagster as dg
import pytest

from assets.catalogue import load_catalogue
from assets.definitions import defs
from assets.errors import InputError, ReleaseWithheld, TrackerFailed, WriterBusy
from assets.fleet import jobs, passes, steps
from assets.gather import write_catalogue
from assets.observe import append_versions
from assets.settings import CHECKOUT, Settings, dagster_settings, load_settings, prepare_home
from assets.warehouse import Warehouse
from tests.scale.conftest import STARTED_AT
from tests.scale.many_trackers import write_trackers

pytestmark = pytest.mark.slow

BOTH = ("invented_000", "invented_001")
NOW = steps.MonitoringRun(started_at=STARTED_AT).now()
FULL = {"reading", "log_ratio", "scenario_probability", "assessment", "fan", "deadline"}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two invented trackers, and a home in which nothing has been made."""
    write_trackers(tmp_path / "catalogue", 2)
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(tmp_path / "catalogue"))
    for name in ("SIGNPOSTS_FLEET", "SIGNPOSTS_DAGSTER_CONFIG", "SIGNPOSTS_NOTIFY_URL"):
        monkeypatch.delenv(name, raising=False)
    made = load_settings()
    prepare_home(made)
    return made


@pytest.fixture
def shared(settings: Settings) -> Warehouse:
    """The installation's warehouse with catalogue and claims, as the job gather_fleet leaves it."""
    warehouse = Warehouse(settings.warehouse)
    with warehouse.connect():
        warehouse.ensure_tables()
        write_catalogue(warehouse, load_catalogue(settings.catalogue_root))
        append_versions(warehouse)
        warehouse.build_table("observe/claim")
    return warehouse


@pytest.fixture
def begun(shared: Warehouse, settings: Settings) -> passes.Pass:
    """A pass that has been handed over."""
    return passes.hand_over(shared, settings, NOW.date(), NOW, offline=True)


def finish(settings: Settings, begun: passes.Pass) -> None:
    for tracker_id in begun.trackers:
        steps.assess_tracker(settings, begun, tracker_id)


# ---------------------------------------------------------------------- over and back


def test_a_pass_names_its_trackers_its_clock_and_the_release_it_compares_with(begun, settings):
    assert passes.newest_pass(settings) == begun
    assert (begun.number, begun.trackers, begun.started_at) == (1, BOTH, STARTED_AT)
    assert begun.last_release == ""
    assert passes.missing_parts(settings, begun) == list(BOTH)


def test_a_tracker_takes_over_its_own_rows_and_nobody_elses(begun, settings, tmp_path):
    own = Warehouse(tmp_path / "own.duckdb")
    passes.take_over(own, passes.pass_folder(settings, begun.name), "invented_001")
    assert own.rows("select distinct tracker_id from claim union select tracker_id from tracker") == [
        {"tracker_id": "invented_001"}
    ]
    assert own.count("source") == 1, "what belongs to no tracker goes to all"


def test_the_parts_together_are_what_one_process_makes_of_all_trackers_at_once(begun, shared, settings):
    finish(settings, begun)
    run = steps.MonitoringRun(started_at=STARTED_AT)
    run._warehouse = shared
    with shared.connect():
        steps.carry_out(run, steps.BY_TRACKER)
        at_once = {name: shared.rows(f"from {name} order by all") for name in passes.made_by_trackers()}
        passes.gather_parts(shared, settings, begun)
        together = {name: shared.rows(f"from {name} order by all") for name in passes.made_by_trackers()}
    assert together == at_once
    assert {name for name, rows in together.items() if rows} >= FULL


def test_gathered_parts_are_not_mistaken_for_what_the_shared_warehouse_made_itself(begun, shared, settings):
    """Else a run would pass over its readings under a key that speaks of tables which the parts replaced."""
    finish(settings, begun)
    shared.remember("readings", "a key of the job monitor", "")
    passes.gather_parts(shared, settings, begun)
    assert shared.recall("readings", "a key of the job monitor") is None


def test_a_second_pass_passes_over_what_is_unchanged_and_makes_the_same_part(begun, shared, settings):
    _, first = steps.assess_tracker(settings, begun, BOTH[0])
    again = passes.hand_over(shared, settings, NOW.date(), NOW, offline=True)
    assert again.number == begun.number + 1
    steps.assess_tracker(settings, again, BOTH[0])
    folders = [passes.part_folder(settings, BOTH[0], each.name) for each in (begun, again)]
    for name in passes.made_by_trackers():
        one, other = (folder / f"{name}.parquet" for folder in folders)
        assert one.read_bytes() == other.read_bytes(), name


def test_two_passes_are_kept_and_older_ones_swept_away(begun, shared, settings):
    for _ in range(3):
        last = passes.hand_over(shared, settings, NOW.date(), NOW, offline=True)
    kept = sorted(path.name for path in (settings.home / "fleet" / "passes").iterdir())
    assert kept == [f"{last.number - 1:08d}", f"{last.number:08d}"]


# ---------------------------------------------------------------------- one writer a file

HOLDER = """
import sys, time
from assets.fleet import passes, steps
from assets.settings import load_settings
from assets.warehouse import single_writer
settings = load_settings()
own = passes.tracker_settings(settings, passes.newest_pass(settings), "invented_000")
with single_writer(own.lock, wait_seconds=0, purpose="tracker invented_000, pass 1"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_trackers_files_have_one_writer_while_the_next_tracker_is_free(begun, settings):
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True, env=environment) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WriterBusy, match=rf"process {holder.pid}, tracker invented_000, pass 1"):
            steps.assess_tracker(settings, begun, "invented_000", wait_seconds=0.3)
        steps.assess_tracker(settings, begun, "invented_001", wait_seconds=0)
        holder.kill()
    assert passes.missing_parts(settings, begun) == ["invented_000"]
    steps.assess_tracker(settings, begun, "invented_000", wait_seconds=5)
    assert passes.missing_parts(settings, begun) == []


def test_two_trackers_share_no_file_that_either_writes(begun, settings):
    before = {path for path in settings.home.rglob("*") if path.is_file()}
    finish(settings, begun)
    written = {path for path in settings.home.rglob("*") if path.is_file()} - before
    shares = {path.relative_to(settings.home).parts[:3] for path in written}
    assert shares == {("fleet", "trackers", tracker_id) for tracker_id in BOTH}


def test_a_part_that_was_not_finished_is_no_part_and_is_swept_away_by_the_next_try(begun, settings):
    folder = passes.part_folder(settings, BOTH[0], begun.name)
    with suppress(KeyboardInterrupt), passes.made_whole(folder) as making:
        (making / "part.json").write_text("{}", encoding="utf-8")
        raise KeyboardInterrupt
    assert BOTH[0] in passes.missing_parts(settings, begun)
    steps.assess_tracker(settings, begun, BOTH[0])
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


# ---------------------------------------------------------------------- refused by name


def test_a_pass_that_lacks_a_part_is_not_published_and_the_tracker_is_named(begun, shared, settings):
    steps.assess_tracker(settings, begun, BOTH[0])
    with pytest.raises(ReleaseWithheld, match="lacks the parts of 1 trackers: invented_001"):
        passes.refuse_mixture(shared, settings, begun)


def test_a_whole_pass_is_not_refused(begun, shared, settings):
    finish(settings, begun)
    passes.refuse_mixture(shared, settings, begun)


def test_parts_of_another_version_of_the_code_are_refused(begun, shared, settings):
    finish(settings, begun)
    part = passes.part_folder(settings, BOTH[1], begun.name) / "part.json"
    part.write_text(json.dumps({"code": "older", "process": 1}), encoding="utf-8")
    with pytest.raises(ReleaseWithheld, match="different versions of the code"):
        passes.refuse_mixture(shared, settings, begun)


def test_a_warehouse_that_another_run_has_written_since_is_refused(begun, shared, settings):
    finish(settings, begun)
    shared.write_rows("project", [])
    with pytest.raises(ReleaseWithheld, match="another run has written since pass 1 began"):
        passes.refuse_mixture(shared, settings, begun)


def test_a_tracker_that_fails_is_named_with_its_cause(begun, settings):
    (passes.pass_folder(settings, begun.name) / "claim.parquet").write_bytes(b"no Parquet")
    with dg.DagsterInstance.ephemeral() as instance:
        steps.keep_partitions(instance, begun.trackers)
        job = defs.resolve_job_def("assess_trackers")
        with pytest.raises(TrackerFailed, match="tracker invented_000: .*claim.parquet"):
            job.execute_in_process(instance=instance, partition_key="invented_000")


def test_a_tracker_of_no_pass_is_refused(begun, settings):
    with dg.DagsterInstance.ephemeral() as instance:
        steps.keep_partitions(instance, ["invented_007"])
        job = defs.resolve_job_def("assess_trackers")
        with pytest.raises(InputError, match="no pass holds tracker 'invented_007'"):
            job.execute_in_process(instance=instance, partition_key="invented_007")


# ---------------------------------------------------------------------- what runs when


def test_the_partitions_are_the_trackers_of_the_catalogue():
    with dg.DagsterInstance.ephemeral() as instance:
        steps.keep_partitions(instance, ["one", "two"])
        steps.keep_partitions(instance, ["two", "three"])
        assert set(instance.get_dynamic_partitions("tracker")) == {"two", "three"}


def tick(instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult:
    context = dg.build_sensor_context(instance=instance, cursor=cursor, definitions=defs)
    result = jobs.carry_fleet_on(context)
    assert isinstance(result, dg.SensorResult)
    return result


def test_a_pass_is_carried_on_tracker_by_tracker_then_published_and_each_is_asked_once(begun, settings):
    with dg.DagsterInstance.ephemeral() as instance:
        steps.keep_partitions(instance, begun.trackers)
        first = tick(instance, None)
        assert [(run.job_name, run.partition_key) for run in first.run_requests or []] == [
            ("assess_trackers", tracker_id) for tracker_id in BOTH
        ]
        steps.assess_tracker(settings, begun, BOTH[0])
        waiting = tick(instance, first.cursor)
        assert not waiting.run_requests
        assert "waits for 1 of 2 parts" in str(waiting.skip_reason)
        steps.assess_tracker(settings, begun, BOTH[1])
        last = tick(instance, waiting.cursor)
        assert [run.job_name for run in last.run_requests or []] == ["publish_fleet"]
        assert not tick(instance, last.cursor).run_requests
        passes.mark_published(settings, begun, "a release")
        assert "is published" in str(tick(instance, last.cursor).skip_reason)


def test_before_the_first_pass_there_is_nothing_to_carry_on(settings):
    with dg.DagsterInstance.ephemeral() as instance:
        assert tick(instance, None).skip_reason is not None


@pytest.mark.parametrize(("word", "job"), [("", "monitor"), ("no", "monitor"), ("yes", "gather_fleet")])
def test_one_setting_says_which_job_begins_a_release(word, job, settings, monkeypatch):
    from assets import automation

    monkeypatch.setenv("SIGNPOSTS_FLEET", word)
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, definitions=defs)
        (request,) = automation.nothing_published_yet.evaluate_tick(context).run_requests
        assert request.job_name == job
        moment = dg.build_schedule_context(instance=instance, scheduled_execution_time=NOW)
        asked = {
            schedule.job_name: len(schedule.evaluate_tick(moment).run_requests)
            for schedule in (automation.daily_monitoring, jobs.daily_fleet)
        }
    assert asked == {"monitor": int(job == "monitor"), "gather_fleet": int(job == "gather_fleet")}


def test_another_word_for_the_setting_is_refused(monkeypatch):
    from assets.settings import runs_as_fleet

    monkeypatch.setenv("SIGNPOSTS_FLEET", "maybe")
    with pytest.raises(InputError, match="set it to yes or no"):
        runs_as_fleet()


def test_another_dagster_yaml_is_copied_where_one_is_named_and_a_missing_one_refused(settings, monkeypatch, tmp_path):
    copied = settings.dagster_home / "dagster.yaml"
    assert copied.read_bytes() == (CHECKOUT / "dagster.yaml").read_bytes()
    named = CHECKOUT / "deploy" / "postgres" / "dagster.yaml"
    monkeypatch.setenv("SIGNPOSTS_DAGSTER_CONFIG", str(named))
    prepare_home(settings)
    assert copied.read_bytes() == named.read_bytes()
    monkeypatch.setenv("SIGNPOSTS_DAGSTER_CONFIG", str(tmp_path / "nowhere.yaml"))
    with pytest.raises(InputError, match=r"nowhere\.yaml, which is no file"):
        dagster_settings()
