"""Each verdict of the doctor is the next thing to do once its cause is there, and is not given without it.

The installation is a small invented one; what is wrong with it is done to its files as life would do it.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

# What the daemon writes each half minute; there is no public name for it.
from dagster._daemon.types import DaemonHeartbeat

from signposts.alerts.journal import Alert, note
from signposts.cli.diagnosing import VERDICTS, examine
from signposts.cli.run_summary import print_run_summary
from signposts.desk.reads import FeedRead, record_read
from signposts.settings import prepare_home
from signposts.sources.archive import Attempt, open_archive
from tests.ferry import copy_ferry
from tests.invented_town import Town

pytestmark = pytest.mark.slow

LOCATION = "signposts.assets.definitions"
KEPT = {"indicator_id": "loaves", "claim_id": "loaves-1", "source_id": "guild", "document": "list"}
KEPT |= {"rows_set_aside": 2, "reason": "day '2O26' is none"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A sound installation: one release of today, a sound catalogue, Dagster's files without a run."""
    made = Town(tmp_path_factory.mktemp("sound") / "town")
    copy_ferry(made.settings.catalogue_root)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DAGSTER_HOME", "")
        prepare_home(made.settings)
    made.day = datetime.now(UTC).date() - timedelta(days=1)
    made.assess(source=(made.day, 1))
    return made


@pytest.fixture
def town(sound: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A copy of it for one test to harm."""
    made = sound.copy_to(tmp_path / "town")
    for name in ("SIGNPOSTS_NOTIFY_URL", "SIGNPOSTS_KEEP_RELEASES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIGNPOSTS_HOME", str(made.settings.home))
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(made.settings.catalogue_root))
    monkeypatch.setenv("DAGSTER_HOME", str(made.settings.dagster_home))
    return made


def verdicts(town: Town, now: datetime | None = None) -> list[str]:
    """Return the verdicts on an installation an hour after its last release, the most urgent first."""
    found = [line.verdict for line in examine(town.settings, now or town.now + timedelta(hours=1)) if line.verdict]
    return sorted(found, key=VERDICTS.index)


def test_run_and_doctor_say_how_many_values_are_kept_and_why(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    said = "2 values of guild are kept from before, shown as stale: 2 rows of its newest documents cannot be read"
    town.publish_with("kept_value", KEPT, KEPT | {"claim_id": "loaves-2"})
    print_run_summary(town.settings)
    assert f"{said} (list: day '2O26' is none)." in capsys.readouterr().out
    assert any(line.text.startswith(said) for line in examine(town.settings, town.now))


# ---------------------------------------------------------------------- what goes wrong, by the verdict it must have


def state_folder(town: Town) -> list[str]:
    town.settings.home.rename(town.settings.home.with_name("elsewhere"))
    town.settings.home.write_text("a file where the folder stood", encoding="utf-8")
    return verdicts(town)


def catalogue(town: Town) -> list[str]:
    (town.settings.catalogue_root / "island_ferry" / "scenarios.yaml").write_text("not: [a list\n", encoding="utf-8")
    return verdicts(town)


def not_examined(town: Town) -> list[str]:
    town.settings.alert_journal.mkdir()
    return verdicts(town)


def never_run(town: Town) -> list[str]:
    shutil.rmtree(town.settings.published)
    return verdicts(town)


def published_file(town: Town) -> list[str]:
    with town.settings.published_database.open("ab") as file:
        file.write(b"changed")
    return verdicts(town)


def archive_gone(town: Town) -> list[str]:
    town.assess(attempt={"sha256": "0" * 64})
    return verdicts(town)


def disk(town: Town) -> list[str]:
    small = town.settings.home / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", small], capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    try:
        moved = Town(small)
        shutil.copytree(town.settings.catalogue_root, moved.settings.catalogue_root, dirs_exist_ok=True)
        moved.day = town.day
        moved.assess()
        return verdicts(moved)
    finally:
        subprocess.run(["umount", "-l", small], check=True)


def failed_check(town: Town, severity: str = "critical") -> list[str]:
    row = {"check_name": "unique:claim_id", "target": "claim", "severity": severity, "passed": False}
    town.write("check_result", row | {"failing_rows": 1, "detail": "Names differ."}, tracker=None)
    return verdicts(town)


def tracker_held_back(town: Town) -> list[str]:
    town.publish_with("withheld_tracker", {"title": "Bakery", "reason": "two claims have no source"})
    return verdicts(town)


def last_run_failed(town: Town) -> list[str]:
    """A tracker's run failed and another tracker's was good."""

    @dg.op
    def bakes(context: dg.OpExecutionContext) -> None:
        if context.run_tags["dagster/partition"] == "bakery":
            raise ValueError("the oven is cold (invented)")

    @dg.job(executor_def=dg.in_process_executor)
    def assess() -> None:
        bakes()

    with dg.DagsterInstance.get() as instance:
        for tracker in ("bakery", "brewery"):
            tags = {"dagster/partition": tracker}
            assess.execute_in_process(instance=instance, tags=tags, raise_on_error=False)
    return verdicts(town)


def run_too_long(town: Town) -> list[str]:
    """Asked while the run is going on, three hours later by the clock."""
    found: list[str] = []

    @dg.op
    def waits() -> None:
        found.extend(verdicts(town, datetime.now(UTC) + timedelta(hours=3)))

    @dg.job(executor_def=dg.in_process_executor)
    def waiting() -> None:
        waits()

    with dg.DagsterInstance.get() as instance:
        waiting.execute_in_process(instance=instance)
    return found


def old_release(town: Town) -> list[str]:
    return verdicts(town, town.now + timedelta(hours=31))


def nothing_runs(town: Town) -> list[str]:
    long_ago = (town.now - timedelta(hours=1)).timestamp()
    with dg.DagsterInstance.get() as instance:
        instance.add_daemon_heartbeat(DaemonHeartbeat(long_ago, "SENSOR", "one", []))
    return verdicts(town)


def schedule_off(town: Town) -> list[str]:
    command = [Path(sys.executable).parent / "dagster", "schedule", "stop", "daily_monitoring", "-m", LOCATION]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return verdicts(town)


def source_verdict(town: Town, verdict: str) -> list[str]:
    row = {"subject": "source:guild", "verdict": verdict, "newest_period": date(2026, 1, 1), "max_age_days": 60}
    town.publish_with("freshness", row | {"detail": "HTTP 503"}, tracker=None)
    return verdicts(town)


def clock(town: Town) -> list[str]:
    attempt = Attempt("guild", "list", "https://guild.example/", "2099-01-01T00:00:00+00:00", "failure")
    open_archive(town.settings).record(attempt)
    return verdicts(town)


def claims_held(town: Town) -> list[str]:
    town.publish_with("claim", {"indicator_id": "loaves", "claim_id": "loaves-1", "held": True, "status": "reported"})
    return verdicts(town)


def values_kept(town: Town) -> list[str]:
    town.publish_with("kept_value", KEPT)
    return verdicts(town)


def rows_vanished(town: Town) -> list[str]:
    recorded = {"source_id": "ledger", "indicator_id": "passengers", "claim_id": "passengers-999"}
    town.write("claim_version", recorded | {"status": "reported"}, tracker="island_ferry")
    return verdicts(town)


def alerts_not_sent(town: Town) -> list[str]:
    raised = town.now.replace(tzinfo=None).isoformat()
    note(town.settings.alert_journal, Alert("source", "warning", "Guild is stale", "source:guild", raised), "failed")
    return verdicts(town)


def accept(town: Town, kind: str, subject: str, until: date) -> None:
    entry = f"- {{kind: {kind}, subject: '{subject}', owner: A. Baker, reason: known, expires_on: {until}}}\n"
    (town.settings.catalogue_root / "accepted_problems.yaml").write_text(entry, encoding="utf-8")


def acceptance_expired(town: Town) -> list[str]:
    accept(town, "source", "source:guild", town.day - timedelta(days=1))
    return verdicts(town)


def feeds_failed(town: Town) -> list[str]:
    feed = {"publisher": "Guild", "address": "https://guild.example/feed", "format": "rss", "languages": "[en]"}
    feed |= {"reliability": "B", "since": "2026-01-01", "terms": "unknown"}
    lines = "".join(f"  {name}: {value}\n" for name, value in feed.items())
    (town.settings.catalogue_root / "feeds.yaml").write_text(f"guild:\n{lines}", encoding="utf-8")
    record_read(town.settings, FeedRead("guild", town.now.isoformat(), "failure", message="HTTP 403"))
    return verdicts(town)


def too_few_releases_kept(town: Town) -> list[str]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SIGNPOSTS_KEEP_RELEASES", "1")
        return verdicts(town)


def damaged_files_kept(town: Town) -> list[str]:
    (town.settings.home / "warehouse.duckdb.damaged-20260302T053000Z").touch()
    return verdicts(town)


CAUSES: dict[str, Callable[[Town], list[str]]] = {
    "state folder": state_folder,
    "catalogue": catalogue,
    "not examined": not_examined,
    "never run": never_run,
    "published file": published_file,
    "archive gone": archive_gone,
    "disk": disk,
    "failed check": failed_check,
    "tracker held back": tracker_held_back,
    "last run failed": last_run_failed,
    "run too long": run_too_long,
    "old release": old_release,
    "nothing runs": nothing_runs,
    "schedule off": schedule_off,
    "source failed": lambda town: source_verdict(town, "failed"),
    "clock": clock,
    "claims held": claims_held,
    "values kept": values_kept,
    "rows vanished": rows_vanished,
    "alerts not sent": alerts_not_sent,
    "acceptance expired": acceptance_expired,
    "source stale": lambda town: source_verdict(town, "stale"),
    "source unknown": lambda town: source_verdict(town, "unknown"),
    "feeds failed": feeds_failed,
    "check warning": lambda town: failed_check(town, "warning"),
    "too few releases kept": too_few_releases_kept,
    "damaged files kept": damaged_files_kept,
}
# What a cause brings along: where nothing can be read, nothing was published.
ALONG = {"state folder": ["catalogue", "not examined", "never run"]}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_verdict_is_the_next_thing_to_do_once_its_cause_is_there(verdict: str, town: Town) -> None:
    found = CAUSES[verdict](town)
    assert found[:1] == [verdict]
    assert set(found) <= {verdict, *ALONG.get(verdict, ())}, "what has no cause is not said"


def test_without_a_cause_no_verdict_is_given(town: Town) -> None:
    assert verdicts(town) == []
