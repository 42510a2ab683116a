"""The job `monitor` with its heavy statements on a Spark cluster: the same release as DuckDB alone, whatever dies."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assets.engines import spark
from assets.errors import EngineFailed
from assets.settings import CHECKOUT
from assets.warehouse import Warehouse
from tests.scale.conftest import CODE, STARTED_AT, Installation, differences
from tests.scale.spark_cluster import Cluster, cluster_in, free_port, require_spark

pytestmark = [pytest.mark.scale, pytest.mark.timeout(1800)]

PATIENCE_SECONDS = 900
MONITOR = ("job", "execute", *CODE, "-j", "monitor")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster that the jobs of this module use, each from a process of its own."""
    with cluster_in(tmp_path_factory.mktemp("cluster")) as running:
        yield running


def on_spark(like: Installation, home: Path, cluster: Cluster) -> Installation:
    """Return an installation for the same catalogue whose engine is the cluster, with the charts that are there."""
    made = Installation(home, like.settings.catalogue_root, **cluster.environment)
    made.prepare()
    shutil.copytree(like.settings.cache, made.settings.cache, dirs_exist_ok=True)
    return made


def monitor(made: Installation, name: str) -> None:
    """Run the job; print how long it took."""
    begun = time.monotonic()
    outcome = made.dagster(*MONITOR, started_at=STARTED_AT)
    assert outcome.returncode == 0, outcome.stderr[-6000:]
    print(f"{name}: {time.monotonic() - begun:.0f} s")


def test_the_real_catalogue_gives_the_same_release(cluster, tmp_path):
    alone = Installation(tmp_path / "alone", CHECKOUT / "catalogue")
    alone.prepare()
    monitor(alone, "real catalogue, DuckDB")
    made = on_spark(alone, tmp_path / "home", cluster)
    monitor(made, "real catalogue, Spark")
    assert cluster.state()["completedapps"], "no application came to the cluster"
    assert differences(alone.tables(), made.tables()) == {}


def test_fifty_trackers_give_the_same_release(one_process, cluster, tmp_path):
    made = on_spark(one_process, tmp_path / "home", cluster)
    monitor(made, "fifty trackers, Spark")
    assert differences(one_process.tables(), made.tables()) == {}


def test_a_worker_killed_in_the_middle_loses_nothing(one_process, tmp_path):
    with cluster_in(tmp_path / "cluster") as cluster:
        made = on_spark(one_process, tmp_path / "home", cluster)
        # As a run leaves it that was killed before.
        left = made.settings.warehouse.with_name("warehouse.duckdb.exchange") / "made" / "as_of_date"
        left.mkdir(parents=True)
        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(made.dagster, *MONITOR, started_at=STARTED_AT)
            wait_for_work(made, "known_claim")
            cluster.kill_worker()
            outcome = job.result()
        cluster.wait_for_workers(1)
        print(f"a worker killed in the middle: the run {'failed' if outcome.returncode else 'completed'}")
        if outcome.returncode != 0:
            assert "EngineFailed" in outcome.stderr
            outcome = made.dagster(*MONITOR, started_at=STARTED_AT)
        assert outcome.returncode == 0, outcome.stderr[-6000:]
        assert differences(one_process.tables(), made.tables()) == {}
        assert not list(made.settings.home.glob("*.exchange"))


def wait_for_work(made: Installation, table: str) -> None:
    """Return once Spark has begun to write a table."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not list(made.settings.home.glob(f"*.exchange/made/{table}")):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    """A warehouse with one fetch, for statements that this process itself has run; its session ends with the test."""
    require_spark()
    from pyspark.sql import SparkSession

    monkeypatch.setenv("SIGNPOSTS_ENGINE", "spark")
    warehouse = Warehouse(Path(":memory:"))
    with warehouse.connect():
        warehouse.write_rows("fetch", [{"source_id": "a", "fetched_at": "2026-01-01", "outcome": "hit"}])
        yield warehouse
    session = SparkSession.getActiveSession()
    if session is not None:
        session.stop()


def test_without_workers_a_statement_fails_by_name_and_succeeds_once_there_is_one(fetched, tmp_path, monkeypatch):
    with cluster_in(tmp_path / "cluster") as cluster:
        for name, value in cluster.environment.items():
            monkeypatch.setenv(name, value)
        assert fetched.build_table("observe/last_fetch") == 1
        cluster.kill_worker()
        cluster.kill_worker()
        monkeypatch.setattr(spark, "PATIENCE_SECONDS", 4.0)
        with pytest.raises(EngineFailed, match=r"has had no executor for 4 s: start its workers and run again"):
            fetched.build_table("observe/last_fetch")
        assert fetched.count("last_fetch") == 1
        monkeypatch.setattr(spark, "PATIENCE_SECONDS", 120.0)
        cluster.start_worker()
        assert fetched.build_table("observe/last_fetch") == 1


def test_a_master_that_does_not_answer_is_named(fetched, monkeypatch):
    address = f"spark://127.0.0.1:{free_port()}"
    monkeypatch.setenv("SIGNPOSTS_SPARK_MASTER", address)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    with pytest.raises(EngineFailed, match=address):
        fetched.build_table("observe/last_fetch")


def test_a_missing_java_is_named(tmp_path):
    pytest.importorskip("pyspark", reason="pyspark is missing: pip install -e .[spark]")
    code = (
        "from pathlib import Path; from assets.warehouse import Warehouse; w = Warehouse(Path(':memory:')); "
        "c = w.connect(); c.__enter__(); w.write_rows('fetch', []); w.build_table('observe/last_fetch')"
    )
    environment = os.environ | {"SIGNPOSTS_ENGINE": "spark", "JAVA_HOME": str(tmp_path), "SIGNPOSTS_SPARK_MASTER": ""}
    told = subprocess.run([sys.executable, "-c", code], env=environment, cwd=CHECKOUT, capture_output=True, text=True)
    assert "EngineFailed: no Spark session at local[*]: [JAVA_GATEWAY_EXITED]" in told.stderr
    assert "is Java 17 here, and the master up?" in told.stderr
