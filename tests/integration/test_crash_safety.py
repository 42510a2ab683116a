"""What machines do to a run: killed at any instant, no disk, a clock gone back, rivals, damage, no folder.

Each case asserts three things: what readers see is a whole release, nothing of the archive or the ledger is lost, and
the next run ends in the same tables as one that nobody disturbed. The runs are real processes on the second tracker
(invented).
"""

import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from signposts.release.checksums import write_checksums
from tests.ferry import copy_ferry
from tests.paths import CHECKOUT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PROGRAM = str(Path(sys.executable).parent / "signposts")
STABLE = ("claim", "reading", "reading_claim", "log_ratio", "scenario_probability", "assessment", "fan", "deadline")


class Installation:
    """The second tracker with a home of its own."""

    def __init__(self, home: Path, catalogue: Path) -> None:
        self.home = home
        self.catalogue = catalogue
        self.database = home / "published" / "signposts.duckdb"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "SIGNPOSTS_HOME": str(self.home),
            "SIGNPOSTS_CATALOGUE": str(self.catalogue),
            "SIGNPOSTS_NOTIFY_URL": "",
            "SIGNPOSTS_KEEP_RELEASES": "5",
            "COLUMNS": "200",
        }

    def forget(self) -> None:
        """Have the next run make everything again, though nothing is new: it knows of no run before it."""
        (self.home / "last_run.json").unlink(missing_ok=True)

    def run(self, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
        command = [PROGRAM, "run", "--offline", *words]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=240, check=False, **more
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [PROGRAM, "run", "--offline", *words]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def tables(self) -> dict[str, list[tuple[object, ...]]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return {
                name: connection.execute(f"select * exclude (release_id) from {name} order by all").fetchall()
                for name in STABLE
            }

    def releases(self) -> list[str]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return [row[0] for row in connection.execute("select release_id from release order by all").fetchall()]

    def assert_whole(self) -> None:
        """What readers see is one release: every file has its checksum, and no scrap stands among the releases."""
        shown = self.home / "published" / "latest"
        for line in (shown / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
            digest, name = line.split("  ", 1)
            assert hashlib.sha256((shown / name).read_bytes()).hexdigest() == digest, name
        with duckdb.connect(str(self.database), read_only=True) as connection:
            for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall():
                connection.execute(f'select count(*) from "{name}"').fetchall()
            (release_id,) = connection.execute("select any_value(release_id) from tracker").fetchall()[0]
        kept = {path.name for path in (self.home / "published" / "releases").iterdir()}
        assert release_id in kept
        for name in kept:
            assert (self.home / "published" / "releases" / name / "SHA256SUMS").exists(), f"{name} is half a release"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation after one good run, of which each test takes a copy."""
    folder = tmp_path_factory.mktemp("undisturbed")
    made = Installation(folder / "home", copy_ferry(folder / "catalogue"))
    outcome = made.run()
    assert outcome.returncode == 0, outcome.stderr
    return made


@pytest.fixture
def ferry(undisturbed: Installation, tmp_path: Path) -> Installation:
    return copy_of(undisturbed, tmp_path / "home")


def copy_of(undisturbed: Installation, home: Path) -> Installation:
    """Return an installation with a copy of all state, whose next run makes every step again."""
    shutil.copytree(undisturbed.home, home, symlinks=True)
    made = Installation(home, undisturbed.catalogue)
    made.forget()
    return made


def assert_heals(ferry: Installation, undisturbed: Installation) -> subprocess.CompletedProcess[str]:
    """The next run publishes the same tables as a run that nobody disturbed."""
    outcome = ferry.run()
    assert outcome.returncode == 0, outcome.stderr
    ferry.assert_whole()
    assert ferry.tables() == undisturbed.tables()
    return outcome


# ---------------------------------------------------------------------- kill -9


# Loads the libraries first and says so, so that kills fall into the run itself and not into Python's imports.
WARM_RUN = """
import sys, signposts.assets.definitions, signposts.report, signposts.release.publish, scipy.stats, pandas, duckdb
from signposts.cli.running import RunRequest, run_monitor
print("ready", flush=True)
sys.exit(run_monitor(RunRequest(offline=True)))
"""


class WarmRun:
    """A run whose process is ready to begin it; standard error goes to a file, so that it can be read afterwards."""

    def __init__(self, ferry: Installation) -> None:
        self.log = ferry.home / "warm-run.log"
        ferry.forget()
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", WARM_RUN],
                env=ferry.environment,
                cwd=CHECKOUT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        while self.process.stdout.readline() not in ("ready\n", ""):
            pass
        self.began = time.monotonic()

    def finish(self) -> float:
        """Let it end well; return how long it took."""
        self.process.communicate(timeout=240)
        assert self.process.returncode == 0, self.log.read_text(encoding="utf-8")
        return time.monotonic() - self.began

    def kill_after(self, seconds: float) -> str:
        """Kill it once it has run for so long; return what became of it."""
        time.sleep(max(0.0, self.began + seconds - time.monotonic()))
        self.process.kill()
        self.process.communicate()
        code = self.process.returncode
        return "killed" if code == -signal.SIGKILL else f"ended {code}: {self.log.read_text(encoding='utf-8')}"


def kill_at_random(ferry: Installation, undisturbed: Installation, kills: int, seed: int) -> list[str]:
    """Kill runs at instants spread evenly over a run's length, one in each of ``kills`` slices; return what they hit.

    Every killed run starts from what the one before left; after each tenth kill a run must heal it all.
    """
    length = min(WarmRun(ferry).finish() for _ in range(2))
    dice = random.Random(seed)
    order = list(range(kills))
    dice.shuffle(order)
    killed = []
    for number, place in enumerate(order, start=1):
        instant = length * (place + dice.random()) / kills
        killed.append(WarmRun(ferry).kill_after(instant))
        if killed[-1].startswith("ended 0"):
            # Faster than the one that was timed: once more, earlier.
            killed.append(WarmRun(ferry).kill_after(0.7 * instant))
        ferry.assert_whole()
        if number % 10 == 0 or number == kills:
            WarmRun(ferry).finish()
            ferry.assert_whole()
            assert ferry.tables() == undisturbed.tables()
            assert not list((ferry.home / "published").glob(".unfinished-*")), "the next run sweeps scraps away"
    return killed


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_runs_killed_at_random_instants_leave_a_whole_release_and_the_next_run_heals(ferry, undisturbed):
    killed = kill_at_random(ferry, undisturbed, kills=6, seed=7)
    assert killed.count("killed") >= 5
    assert [word for word in killed if not word.startswith(("killed", "ended 0"))] == [], "no run after a kill may fail"


@pytest.mark.nightly
@pytest.mark.timeout(5400)
def test_two_hundred_and_twenty_kills_lose_nothing_and_publish_no_half(ferry, undisturbed):
    killed = kill_at_random(ferry, undisturbed, kills=220, seed=11)
    assert killed.count("killed") >= 200
    assert [word for word in killed if not word.startswith(("killed", "ended 0"))] == []


def test_a_killed_run_is_marked_failed_by_the_next_and_one_that_waits_is_not(ferry):
    import dagster as dg

    killed = ferry.start()
    wait_for(lambda: "process" in (ferry.home / "writer.lock").read_text(encoding="utf-8"))
    time.sleep(0.5)
    killed.kill()
    killed.communicate()
    first = ferry.start()
    wait_for(lambda: f"process {first.pid}" in (ferry.home / "writer.lock").read_text(encoding="utf-8"))
    second = ferry.start()
    assert first.communicate(timeout=120)[1] is not None
    said, _ = second.communicate(timeout=120)
    assert (first.returncode, second.returncode) == (0, 0)
    os.environ["DAGSTER_HOME"] = str(ferry.home / "dagster")
    try:
        with dg.DagsterInstance.get() as instance:
            ended = [record.dagster_run.status.value for record in instance.get_run_records(limit=3)]
    finally:
        del os.environ["DAGSTER_HOME"]
    assert sorted(ended) == ["FAILURE", "SUCCESS", "SUCCESS"]


def wait_for(condition: Any, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


# ---------------------------------------------------------------------- rivals


def test_of_two_runs_at_once_one_waits_names_the_holder_and_runs_after_it(ferry, undisturbed):
    before = len(ferry.releases())
    first = ferry.start()
    wait_for(lambda: f"process {first.pid}" in (ferry.home / "writer.lock").read_text(encoding="utf-8"))
    second = ferry.run()
    first.communicate(timeout=120)
    assert (first.returncode, second.returncode) == (0, 0)
    assert f"waiting for process {first.pid}" in second.stdout + second.stderr
    assert len(ferry.releases()) == before + 2
    ferry.assert_whole()
    assert ferry.tables() == undisturbed.tables()


def test_a_run_that_may_not_wait_ends_by_name_and_changes_nothing(ferry):
    before = ferry.releases()
    first = ferry.start()
    wait_for(lambda: f"process {first.pid}" in (ferry.home / "writer.lock").read_text(encoding="utf-8"))
    second = ferry.run("--wait", "0")
    assert second.returncode == 1
    assert "another run is writing" in second.stderr
    assert "Traceback" not in second.stderr
    first.communicate(timeout=120)
    assert len(ferry.releases()) == len(before) + 1


def test_a_reader_that_holds_the_published_file_goes_on_reading_the_old_release(ferry, undisturbed):
    with duckdb.connect(str(ferry.database), read_only=True) as reader:
        before = reader.execute("select release_id from tracker").fetchall()
        assert_heals(ferry, undisturbed)
        assert reader.execute("select release_id from tracker").fetchall() == before
    assert ferry.releases()[-1] != before[0][0]


def test_a_program_that_holds_the_working_database_is_named_and_the_release_stays(ferry, undisturbed):
    before = ferry.releases()
    with duckdb.connect(str(ferry.home / "warehouse.duckdb")):
        outcome = ferry.run()
    assert outcome.returncode == 1
    assert "open in another program" in outcome.stderr
    assert str(os.getpid()) in outcome.stderr
    assert ferry.releases() == before
    ferry.assert_whole()
    assert_heals(ferry, undisturbed)


# ---------------------------------------------------------------------- disk


def mounted(folder: Path, options: str) -> bool:
    """Mount memory on a folder; False where this machine does not let us."""
    folder.mkdir(exist_ok=True)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True)
    return made.returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    if not mounted(folder, "size=160m"):
        pytest.skip("needs the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize(
    "left_kilobytes",
    [
        pytest.param(0, marks=pytest.mark.slow),
        pytest.param(200, marks=pytest.mark.slow),
        2000,
        pytest.param(6000, marks=pytest.mark.slow),
    ],
)
def test_a_full_disk_withholds_the_release_says_so_and_heals_once_there_is_room(
    left_kilobytes, small_disk, undisturbed
):
    ferry = copy_of(undisturbed, small_disk / "home")
    before = ferry.releases()
    free = shutil.disk_usage(small_disk).free
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * max(0, free - left_kilobytes * 1000))
    outcome = ferry.run()
    if outcome.returncode != 0:
        assert outcome.returncode in (1, 2), outcome.stderr
        said = outcome.stderr.lower()
        assert "no space left" in said or "disk" in said or "database or disk is full" in said
        assert "Traceback" not in outcome.stderr
        assert ferry.releases() == before
    ferry.assert_whole()
    ballast.unlink()
    assert_heals(ferry, undisturbed)


def test_a_file_that_may_not_grow_withholds_the_release(ferry, undisturbed):
    before = ferry.releases()

    def no_large_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    outcome = ferry.run(preexec_fn=no_large_files)
    assert outcome.returncode in (1, 2)
    assert ferry.releases() == before
    ferry.assert_whole()
    assert_heals(ferry, undisturbed)


def test_a_read_only_state_folder_is_named_with_the_remedy(small_disk, undisturbed):
    ferry = copy_of(undisturbed, small_disk / "home")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    outcome = ferry.run()
    assert outcome.returncode in (1, 2)
    assert str(ferry.home) in outcome.stderr
    assert "Read-only file system" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    ferry.assert_whole()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert_heals(ferry, undisturbed)


def test_a_state_folder_that_cannot_be_made_is_named_with_the_remedy(tmp_path, undisturbed):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    outcome = Installation(tmp_path / "file" / "home", undisturbed.catalogue).run()
    assert outcome.returncode == 2
    assert "SIGNPOSTS_HOME" in outcome.stderr
    assert len(outcome.stderr.strip().splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["archive", "published", "dagster", "inbox", "cache", "warehouse.duckdb"])
def test_whatever_is_missing_is_made_again(name, ferry, undisturbed):
    path = ferry.home / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert_heals(ferry, undisturbed)


# ---------------------------------------------------------------------- damage


@pytest.mark.parametrize(
    "where",
    [
        "all of it",
        "middle",
        pytest.param("head", marks=pytest.mark.slow),
        pytest.param("cut off", marks=pytest.mark.slow),
        pytest.param("empty", marks=pytest.mark.slow),
    ],
)
def test_a_damaged_warehouse_is_set_aside_with_a_message_and_built_anew(where, ferry, undisturbed):
    path = ferry.home / "warehouse.duckdb"
    size = path.stat().st_size
    with path.open("r+b") as file:
        if where == "all of it":
            file.write(os.urandom(size))
        elif where == "head":
            file.write(os.urandom(4096))
        elif where == "middle":
            for place in range(1, 200):
                file.seek(size * place // 200)
                file.write(os.urandom(3000))
        elif where == "cut off":
            file.truncate(size // 2)
        else:
            file.truncate(0)
    outcome = ferry.run()
    said = outcome.stdout + outcome.stderr
    assert "damaged" in said
    assert "the archive and the ledger" in " ".join(said.split())
    ferry.assert_whole()
    assert len(list(ferry.home.glob("warehouse.duckdb.damaged-*"))) == 1
    assert_heals(ferry, undisturbed)


def harm(path: Path) -> None:
    """Overwrite a file's head and middle."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        for place in (0, size // 2):
            file.seek(place)
            file.write(os.urandom(3000))


@pytest.mark.parametrize("harmed", [("latest",), ("copy",), ("latest", "copy"), ("link",)], ids="+".join)
def test_a_damaged_release_is_restored_from_what_is_whole_and_the_working_database_is_not_blamed(
    harmed, ferry, undisturbed
):
    """The file in releases/ and the copy heal each other; where both are lost, the release before is shown."""
    ferry.forget()
    assert ferry.run().returncode == 0
    before = ferry.releases()
    published = ferry.home / "published"
    for what in harmed:
        if what == "link":
            (published / "latest").unlink()
        else:
            harm(published / "latest" / "signposts.duckdb" if what == "latest" else ferry.database)
    ferry.forget()
    outcome = ferry.run()
    said = outcome.stdout + outcome.stderr
    assert outcome.returncode == 0, said
    assert not list(ferry.home.glob("warehouse.duckdb.damaged-*")), "a healthy working database is left alone"
    assert "restored" in said or "is shown" in said
    assert set(ferry.releases()) >= set(before[:-1] if len(harmed) == 2 else before)
    ferry.assert_whole()
    assert ferry.tables() == undisturbed.tables()


def test_whoever_opens_the_copy_for_writing_stops_no_run_and_no_command(ferry):
    with duckdb.connect(str(ferry.database)) as held:
        held.execute("create table scratch as select 1 as n")
        assert ferry.run().returncode == 0
        for words in (["sql", "odds_now"], ["alerts"], ["digest"], ["doctor"]):
            said = subprocess.run([PROGRAM, *words], env=ferry.environment, capture_output=True, text=True, timeout=120)
            assert "lock" not in (said.stdout + said.stderr).lower(), (words, said)
            assert "Traceback" not in said.stderr, said


def test_a_half_written_release_and_a_half_written_archive_object_are_swept_or_passed_over(ferry, undisturbed):
    scrap = ferry.home / "published" / ".unfinished-20200101T000000Z-00000000"
    scrap.mkdir()
    (scrap / "signposts.duckdb").write_bytes(b"half")
    half = ferry.home / "archive" / "objects" / "ab" / ".new-half"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    assert_heals(ferry, undisturbed)
    assert not scrap.exists()


# ---------------------------------------------------------------------- clock


def move_last_release(ferry: Installation, ahead: str) -> None:
    """Make the last release one of the future: to the next run the machine's clock has gone back."""
    published = ferry.home / "published"
    with duckdb.connect(str(published / "latest" / "signposts.duckdb")) as connection:
        connection.execute(
            f"update release set created_at = created_at + interval {ahead}, as_of = as_of + interval {ahead}"
        )
    write_checksums(published / "latest")
    shutil.copy(published / "latest" / "signposts.duckdb", ferry.database)


def test_a_clock_gone_back_within_the_day_publishes_after_the_last_release(ferry, undisturbed):
    move_last_release(ferry, "'20 minutes'")
    with duckdb.connect(str(ferry.database), read_only=True) as connection:
        (last,) = connection.execute("select max(created_at) from release").fetchone()
    assert_heals(ferry, undisturbed)
    with duckdb.connect(str(ferry.database), read_only=True) as connection:
        assert connection.execute("select max(created_at) > $last from release", {"last": last}).fetchone() == (True,)


def test_a_clock_gone_back_by_days_is_said_with_the_remedy_and_the_release_stays(ferry):
    move_last_release(ferry, "'40 days'")
    before = ferry.releases()
    outcome = ferry.run()
    assert outcome.returncode in (1, 2)
    assert "the clock says" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert ferry.releases() == before
