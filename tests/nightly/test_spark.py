"""Spark through Dagster Pipes gives DuckDB's table and release; killed in the middle, it leaves both as they were."""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signposts.warehouse import Warehouse
from tests.nightly.installation import differing_tables, published_rows
from tests.paths import CHECKOUT

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1500)]

TODAY = datetime.now(UTC).date()
YESTERDAY = str(TODAY - timedelta(days=1))
# Invented: events of two pairs, spread over a number of days, with what a client would have written of their files.
EVENTS = """
insert into raw_gdelt_events by name
select
    'exports/invented-' || (n % $days) as document,
    sha256('invented-' || (n % $days)) as sha256,
    timestamp '2026-01-01 06:00:00' + interval 1 day * (1 + n % $days) as fetched_at,
    'https://events.example' as url,
    n + 1 as row_number,
    if(n % 7 = 0, 'russia_turkey', 'russia_iran') as series,
    n as event_id,
    date '2026-01-01' + cast(n % $days as integer) as added_on,
    n % 3 = 0 as is_root,
    1 + n % 4 as quad_class,
    (n % 201 - 100) / 10.0 as goldstein,
    1 + n % 9 as mentions
from range($events) as numbers (n)
"""
READ = """
insert into parsed_version by name
select 'gdelt_events' as source_id, document, sha256, 'invented' as parsed_as, count(*) as n_rows
from raw_gdelt_events
group by document, sha256
"""


@pytest.fixture(scope="module")
def spark_submit(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The command for SIGNPOSTS_SPARK_SUBMIT, of an environment of its own."""
    if shutil.which("java") is None:
        pytest.skip("no java here; Debian has it in the package openjdk-17-jre-headless")
    folder = tmp_path_factory.mktemp("spark") / "environment"
    python = folder / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    wanted = [
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "pyspark>=4",
        "sqlglot",
        "dagster-pipes",
    ]
    installed = subprocess.run(wanted, capture_output=True, text=True)
    if installed.returncode:
        pytest.skip(f"Spark cannot be installed here: {installed.stderr.strip().splitlines()[-1]}")
    submit = f"{folder / 'bin' / 'spark-submit'} --master local[2] {CHECKOUT / 'deploy' / 'spark' / 'roll_up.py'}"
    # The shell writes the number of the process that Spark's driver becomes.
    return f"sh -c 'echo $$ > $SPARK_PROCESS; SPARK_LOCAL_IP=127.0.0.1 PYSPARK_PYTHON={python} exec {submit}'"


class Installation:
    """State of its own over the catalogue of the checkout."""

    def __init__(self, home: Path, spark_submit: str = "") -> None:
        self.home = home
        self.process = home / "spark.pid"
        self.environment = os.environ | {
            "SIGNPOSTS_HOME": str(home),
            "SIGNPOSTS_CATALOGUE": str(CHECKOUT / "catalogue"),
            "SIGNPOSTS_SPARK_SUBMIT": spark_submit,
            "SPARK_PROCESS": str(self.process),
        }
        self.warehouse = Warehouse(home / "warehouse.duckdb")
        home.mkdir()

    def receive(self, events: int, days: int) -> None:
        """Put events into the raw table in place of those there, as if their files had been read."""
        with self.warehouse.connect() as connection:
            self.warehouse.ensure_tables()
            connection.execute("delete from raw_gdelt_events")
            connection.execute("delete from parsed_version")
            connection.execute(EVENTS, {"events": events, "days": days})
            connection.execute(READ)

    def run(self, *words: str) -> "subprocess.Popen[str]":
        command = [str(Path(sys.executable).parent / "signposts"), "run", "--offline", *words]
        return subprocess.Popen(
            command, env=self.environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )

    def succeed(self, *words: str) -> None:
        run = self.run(*words)
        _, said = run.communicate()
        assert run.returncode == 0, said[-3000:]

    def days(self) -> str:
        return self.warehouse.fingerprint("gdelt_event_day")


@pytest.fixture(scope="module")
def in_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("duckdb") / "home")
    made.receive(events=200_000, days=90)
    made.succeed("--as-of", YESTERDAY)
    return made


@pytest.fixture(scope="module")
def on_spark(tmp_path_factory: pytest.TempPathFactory, spark_submit: str) -> Installation:
    made = Installation(tmp_path_factory.mktemp("on_spark") / "home", spark_submit)
    made.receive(events=200_000, days=90)
    made.succeed("--as-of", YESTERDAY)
    assert made.process.exists(), "Spark was not started"
    return made


def test_spark_gives_every_published_table_that_duckdb_gives(in_duckdb: Installation, on_spark: Installation) -> None:
    assert in_duckdb.warehouse.count("gdelt_event_day") == 90 * 4 * 2
    assert on_spark.days() == in_duckdb.days()
    assert any("'gdelt_events'" in row for row in published_rows(in_duckdb.home)["claim"])
    assert differing_tables(in_duckdb.home, on_spark.home) == set()


def test_spark_killed_in_the_middle_leaves_table_and_release_and_the_next_run_makes_both(
    in_duckdb: Installation, on_spark: Installation
) -> None:
    days, shown = on_spark.days(), (on_spark.home / "published" / "latest").readlink()
    on_spark.process.unlink()
    for installation in (in_duckdb, on_spark):
        installation.receive(events=2_000_000, days=120)
    run = on_spark.run()
    # Spark has begun to write once the folder of its unfinished files is there.
    while run.poll() is None and not list(on_spark.home.glob("cache/*/gdelt_event_day/_temporary")):
        time.sleep(0.02)
    os.kill(int(on_spark.process.read_text()), signal.SIGKILL)
    _, said = run.communicate()
    assert run.returncode == 1
    assert "signposts: gdelt_event_day: External execution process failed with code -9; the table of before" in said
    assert on_spark.days() == days
    assert (on_spark.home / "published" / "latest").readlink() == shown
    in_duckdb.succeed()
    on_spark.succeed()
    assert on_spark.days() == in_duckdb.days() != days
    # Of all tables one remembers the run that was killed: it was told of.
    assert differing_tables(in_duckdb.home, on_spark.home) == {"alert"}
    untroubled, troubled = (set(published_rows(each.home)["alert"]) for each in (in_duckdb, on_spark))
    (told,) = untroubled ^ troubled
    assert "'withheld'" in told
    assert "gdelt_event_day: External execution process failed with code -9" in told
