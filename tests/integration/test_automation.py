"""When things run: a year of ticks under a moving clock, sensors, old runs, and what Dagster is told about sources."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import dagster as dg
import pytest
import yaml

# The arithmetic by which Dagster's daemon finds its ticks; there is no public name for it.
from dagster._utils.schedules import schedule_execution_time_iterator

from signposts.alerts.journal import read_journal
from signposts.assets import automation
from signposts.assets.definitions import defs
from signposts.assets.failures import failures_of_events
from signposts.assets.resources import KEEP_RUNS, RUNS_A_BATCH, delete_old_runs
from signposts.cli import diagnosing
from signposts.settings import Settings, load_settings
from signposts.sources.publishers import PUBLISHERS
from tests.ferry import copy_ferry
from tests.paths import CHECKOUT
from tests.publishers.catalogue import real_sources
from tests.publishers.server import loopback_publishers
from tests.sources.home import hasten

LONG_AGO = time.time() - 3600


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    catalogue = copy_ferry(tmp_path / "catalogue")
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(catalogue))
    made = load_settings()
    made.inbox.mkdir(parents=True)
    for path in catalogue.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    return made


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def write(path: Path, text: str, seconds_ago: float = 60) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time.time() - seconds_ago, time.time() - seconds_ago))


# ---------------------------------------------------------------------- schedules


def ticks(schedule: dg.ScheduleDefinition, first: datetime, last: datetime) -> list[datetime]:
    found = []
    times = schedule_execution_time_iterator(first.timestamp(), schedule.cron_schedule, schedule.execution_timezone)
    for moment in times:
        if moment > last:
            return found
        found.append(moment)
    raise AssertionError("the daemon's clock ended")


@pytest.fixture(params=["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone of the machine's clock, which no schedule may depend on."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_a_simulated_leap_year_has_one_run_a_day_with_no_gap_and_no_double(machine_zone):
    first, last = datetime(2027, 12, 25, tzinfo=UTC), datetime(2029, 1, 5, 23, 59, tzinfo=UTC)
    days, keys = [], set()
    for moment in ticks(automation.daily_monitoring, first, last):
        request = automation.daily_monitoring(dg.build_schedule_context(scheduled_execution_time=moment))
        assert isinstance(request, dg.RunRequest)
        keys.add(request.run_key)
        days.append(moment.astimezone(UTC).date())
    expected = [first.date() + timedelta(days=number) for number in range((last.date() - first.date()).days + 1)]
    assert days == expected
    assert date(2028, 2, 29) in days
    assert len(keys) == len(days), "each day has a key of its own"


def test_the_same_day_asked_twice_has_one_key_so_that_the_daemon_runs_it_once(instance):
    moment = datetime(2028, 2, 29, 5, 30, tzinfo=UTC)
    keys = {
        automation.daily_monitoring.evaluate_tick(
            dg.build_schedule_context(instance=instance, scheduled_execution_time=moment)
        )
        .run_requests[0]
        .run_key
        for _ in range(2)
    }
    assert keys == {"daily-2028-02-29"}


def test_the_digest_comes_every_monday_of_the_year(machine_zone):
    found = ticks(
        automation.weekly_digest_schedule,
        datetime(2028, 1, 1, tzinfo=UTC),
        datetime(2028, 12, 31, 23, 59, tzinfo=UTC),
    )
    assert {moment.weekday() for moment in found} == {0}
    assert {(later - earlier).days for earlier, later in zip(found, found[1:], strict=False)} == {7}
    assert len(found) == 52


def test_a_weekly_probe_in_which_a_publisher_failed_fails_and_says_which_so_that_the_doctor_names_it(
    settings, instance, monkeypatch
):
    chosen = {name: source for name, source in real_sources().items() if name in {"world_bank", "rial_market"}}
    told = {name: source.model_dump(mode="json", exclude_defaults=True) for name, source in chosen.items()}
    (settings.catalogue_root / "sources.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    hasten(monkeypatch)
    probe = defs.resolve_job_def("weekly_probe")
    with loopback_publishers() as server, received() as (address, messages):
        monkeypatch.setenv("SIGNPOSTS_NOTIFY_URL", address)
        for name in chosen:
            monkeypatch.setenv(f"SIGNPOSTS_{name.upper()}_URL", server.url(name))
        assert probe.execute_in_process(instance=instance).success
        assert messages == []
        server.spoil["world_bank"] = lambda content: content.replace(b'"value"', b'"worth"')
        result = probe.execute_in_process(instance=instance, raise_on_error=False)
    said = "world_bank gdp: answered, not understood: a row lacks the field 'value'"
    assert not result.success
    assert [failure.text.endswith(said) for failure in failures_of_events(result.all_events)] == [True]
    (message,) = messages
    assert said in message
    assert "1 of 2 documents failed the weekly probe" in message
    assert not settings.archive.exists(), "nothing was stored"
    (line,) = [line for line in diagnosing._last_runs(instance, datetime.now(UTC)) if "weekly_probe" in line.text]
    assert (line.verdict, line.remedy) == ("last run failed", "run `signposts probe` and mend what it names")


@contextmanager
def received() -> Iterator[tuple[str, list[str]]]:
    """Yield an address to which messages can be sent, and those that came."""
    messages: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            messages.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"json://127.0.0.1:{server.server_port}/told", messages
        server.shutdown()


# ---------------------------------------------------------------------- sensors


def evaluate(sensor: dg.SensorDefinition, instance: dg.DagsterInstance, cursor: str | None):
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    return sensor.evaluate_tick(context)


WATCHED = {
    "ledger": (automation.ledger_changed, "catalogue/island_ferry/ledger/passengers.csv"),
    "catalogue": (automation.catalogue_changed, "catalogue/island_ferry/scenarios.yaml"),
    "inbox": (automation.inbox_changed, "home/inbox/votes.csv"),
}


@pytest.mark.parametrize("what", WATCHED)
def test_each_change_asks_for_one_run_also_when_it_is_taken_back(what, settings, instance, tmp_path):
    sensor, name = WATCHED[what]
    path = tmp_path / name
    if not path.exists():
        write(path, "one\n")
    original = path.read_text(encoding="utf-8")
    cursor = evaluate(sensor, instance, None).cursor
    keys = []
    for text in (original + "# more\n", original, original + "# more\n", original):
        write(path, text)
        asked = evaluate(sensor, instance, cursor)
        again = evaluate(sensor, instance, asked.cursor)
        assert len(asked.run_requests) == 1
        assert again.run_requests == []
        keys.append(asked.run_requests[0].run_key)
        cursor = asked.cursor
    assert len(set(keys)) == 4


@pytest.mark.parametrize("what", WATCHED)
def test_the_first_tick_takes_note_and_asks_for_nothing(what, settings, instance):
    sensor, _ = WATCHED[what]
    result = evaluate(sensor, instance, None)
    assert result.run_requests == []
    assert result.cursor


@pytest.mark.parametrize("what", WATCHED)
def test_a_file_that_is_being_written_waits(what, settings, instance, tmp_path):
    sensor, name = WATCHED[what]
    cursor = evaluate(sensor, instance, None).cursor
    write(tmp_path / name, "half a file\n", seconds_ago=0)
    waiting = evaluate(sensor, instance, cursor)
    assert waiting.run_requests == []
    assert "being written" in waiting.skip_message
    os.utime(tmp_path / name, (LONG_AGO, LONG_AGO))
    assert len(evaluate(sensor, instance, waiting.cursor).run_requests) == 1


def test_a_file_from_the_future_does_not_wait_for_ever(settings, instance, tmp_path):
    sensor, name = WATCHED["ledger"]
    cursor = evaluate(sensor, instance, None).cursor
    write(tmp_path / name, "from tomorrow\n", seconds_ago=-86400)
    assert len(evaluate(sensor, instance, cursor).run_requests) == 1


def test_the_ledger_and_the_catalogue_each_have_their_own_sensor(settings, instance, tmp_path):
    cursors = {what: evaluate(sensor, instance, None).cursor for what, (sensor, _) in WATCHED.items()}
    write(tmp_path / WATCHED["ledger"][1], "changed\n")
    asked = {what: len(evaluate(sensor, instance, cursors[what]).run_requests) for what, (sensor, _) in WATCHED.items()}
    assert asked == {"ledger": 1, "catalogue": 0, "inbox": 0}


def test_a_changed_ledger_leaves_publishers_alone_and_a_changed_catalogue_asks_them(settings, instance, tmp_path):
    config = {}
    for what in ("ledger", "catalogue"):
        sensor, name = WATCHED[what]
        cursor = evaluate(sensor, instance, None).cursor
        path = tmp_path / name
        write(path, path.read_text(encoding="utf-8") + "# more\n")
        config[what] = evaluate(sensor, instance, cursor).run_requests[0].run_config
    assert config["ledger"]["resources"]["run"]["config"] == {"ask_publishers": False}
    assert config["catalogue"] == {}


def test_a_year_of_ticks_asks_once_for_each_day_on_which_the_ledger_changed(settings, instance, tmp_path):
    sensor, name = WATCHED["ledger"]
    path = tmp_path / name
    text = path.read_text(encoding="utf-8")
    cursor = evaluate(sensor, instance, None).cursor
    asked, changes = [], 0
    for day in range(366):
        if day % 9 == 4:
            changes += 1
            write(path, f"{text}# entry {day}\n")
        for _ in range(2):
            result = evaluate(sensor, instance, cursor)
            cursor = result.cursor
            asked += [request.run_key for request in result.run_requests]
    assert len(asked) == len(set(asked)) == changes


def test_a_new_installation_asks_for_its_first_run_once(settings, instance):
    first = evaluate(automation.nothing_published_yet, instance, None)
    assert [request.run_key for request in first.run_requests] == ["first-run"]
    settings.released_database.parent.mkdir(parents=True)
    settings.released_database.touch()
    assert evaluate(automation.nothing_published_yet, instance, None).run_requests == []


# ---------------------------------------------------------------------- a run that failed


@dg.op
def fails():
    raise ValueError("the harbour is closed (invented)")


@dg.job(executor_def=dg.in_process_executor)
def failing():
    fails()


def failed_run(instance: dg.DagsterInstance) -> dg.RunFailureSensorContext:
    result = failing.execute_in_process(instance=instance, raise_on_error=False)
    (event,) = [event for event in result.all_events if event.event_type == dg.DagsterEventType.RUN_FAILURE]
    return dg.build_run_status_sensor_context(
        sensor_name="run_failed", dagster_event=event, dagster_instance=instance, dagster_run=result.dagster_run
    ).for_run_failure()


def test_a_failed_run_is_told_once_for_its_cause_with_the_causes_own_words(settings, instance):
    assert automation.run_failed(failed_run(instance)) is None
    told_before = automation.run_failed(failed_run(instance))
    assert isinstance(told_before, dg.SkipReason)
    (alert,) = read_journal(settings.alert_journal).values()
    assert (alert.kind, alert.severity) == ("withheld", "critical")
    assert "the harbour is closed (invented)" in alert.message


def test_a_failed_run_that_a_later_one_has_made_good_is_not_told(settings, instance):
    context = failed_run(instance)
    settings.released_database.parent.mkdir(parents=True)
    settings.released_database.touch()
    os.utime(settings.released_database, (time.time() + 60, time.time() + 60))
    assert isinstance(automation.run_failed(context), dg.SkipReason)
    assert not settings.alert_journal.exists()


# ---------------------------------------------------------------------- the standing order


def test_every_schedule_and_sensor_is_on_without_a_click():
    assert {schedule.default_status for schedule in automation.SCHEDULES} == {dg.DefaultScheduleStatus.RUNNING}
    assert {sensor.default_status for sensor in automation.SENSORS} == {dg.DefaultSensorStatus.RUNNING}


def test_every_source_has_a_freshness_policy_and_nothing_else_has():
    graph = defs.resolve_asset_graph()
    with_policy = {
        key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).freshness_policy is not None
    }
    assert with_policy == {"raw_ledger", *(f"raw_{source_id}" for source_id in PUBLISHERS)}


def test_the_daily_run_makes_everything_but_the_backfill_and_what_the_desk_collects():
    selected = {key.to_user_string() for key in defs.resolve_job_def("monitor").asset_layer.selected_asset_keys}
    made = {
        key.to_user_string()
        for key in defs.resolve_asset_graph().get_all_asset_keys()
        if defs.resolve_asset_graph().get(key).is_materializable
    }
    assert made - selected == {"gdelt_export_day", "collected_leads"}


def test_the_release_waits_for_the_alerts_and_sending_them_for_the_release():
    graph = defs.resolve_asset_graph()
    assert dg.AssetKey("alert") in graph.get(dg.AssetKey("release")).parent_keys
    assert dg.AssetKey("release") in graph.get(dg.AssetKey("send_alerts")).parent_keys


def test_dagster_is_configured_for_one_run_at_a_time_no_telemetry_no_second_layer_of_retries():
    told = yaml.safe_load((CHECKOUT / "assets" / "dagster.yaml").read_text(encoding="utf-8"))
    assert told["run_queue"]["max_concurrent_runs"] == 1
    assert told["telemetry"]["enabled"] is False
    assert told["run_monitoring"]["enabled"] is True
    assert told["run_retries"]["enabled"] is False
    assert "concurrency" not in told, "a pool slot outlives a killed process"


# ---------------------------------------------------------------------- old runs


@dg.job(executor_def=dg.in_process_executor)
def nothing():
    pass


def test_runs_older_than_a_quarter_are_forgotten_with_their_files_and_younger_ones_stay(tmp_path):
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        old = [nothing.execute_in_process(instance=instance).run_id for _ in range(3)]
        root = Path(instance.root_directory)
        (root / "storage" / old[0]).mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC)
        assert delete_old_runs(instance, now) == 0
        assert delete_old_runs(instance, now + KEEP_RUNS + timedelta(minutes=1)) == len(old) <= RUNS_A_BATCH
        assert instance.get_runs() == []
        assert not (root / "storage" / old[0]).exists()
        assert not any(root.glob(f"history/runs/{old[0]}*"))
        young = nothing.execute_in_process(instance=instance).run_id
        assert [run.run_id for run in instance.get_runs()] == [young]


# ---------------------------------------------------------------------- lines


def test_a_log_line_names_time_level_run_and_what_happened_and_is_json_on_demand(capfd, instance):
    @dg.op
    def speaks(context: dg.OpExecutionContext) -> None:
        context.log.warning("the tide is late (invented)")

    for as_json in (False, True):

        @dg.job(logger_defs={"lines": automation.lines}, executor_def=dg.in_process_executor)
        def spoken():
            speaks()

        config = {"loggers": {"lines": {"config": {"level": "INFO", "json": as_json}}}}
        run_id = spoken.execute_in_process(instance=instance, run_config=config).run_id
        said = [line for line in capfd.readouterr().err.splitlines() if "tide" in line]
        assert len(said) == 1
        assert run_id[:8] in said[0]
        if as_json:
            read = json.loads(said[0])
            assert read["level"] == "warning"
            assert read["text"] == "the tide is late (invented)"
