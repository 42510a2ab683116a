"""A standalone Spark cluster on loopback: one master and two workers, started and stopped by the test that uses it.

Belongs here: processes, ports and settings of the cluster. Not here: what runs on it.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

WORKERS = 2
START_SECONDS = 60
STOP_SECONDS = 20
# Small: the tables are.
DEFAULTS = """\
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.memory 700m
spark.executor.memory 700m
spark.sql.shuffle.partitions 3
spark.ui.enabled false
"""


def require_spark() -> None:
    """Skip the test, with the reason, where Spark cannot run."""
    pytest.importorskip("py4j", reason="pyspark is missing: pip install -e .[spark]")
    if shutil.which("java") is None:
        pytest.skip("Java is missing: apt-get install openjdk-17-jre-headless")


def spark_home() -> Path:
    """Return the folder of the pyspark package, found without importing it."""
    from importlib.util import find_spec

    found = find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def free_port() -> int:
    """Return a port of loopback that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """One master and its workers; each is a process group of its own, so that its executors die with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.page = free_port()
        self.address = f"spark://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        (folder / "conf").mkdir(parents=True)
        (folder / "conf" / "spark-defaults.conf").write_text(DEFAULTS, encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to run the heavy statements on the cluster."""
        return {
            "SIGNPOSTS_ENGINE": "spark",
            "SIGNPOSTS_SPARK_MASTER": self.address,
            "SPARK_CONF_DIR": str(self.folder / "conf"),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": sys.executable,
        }

    def start(self, name: str, *words: str) -> None:
        """Start one of Spark's daemons in the foreground of a process group of its own."""
        command = [str(spark_home() / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1"]
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            self.processes[f"{name}{len(self.processes)}"] = subprocess.Popen(
                [*command, *words],
                env=os.environ | self.environment | {"SPARK_DAEMON_MEMORY": "256m", "SPARK_NO_DAEMONIZE": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start_worker(self) -> None:
        """Start a worker of one core."""
        work = self.folder / f"work{len(self.processes)}"
        self.start(
            *("worker.Worker", "--cores", "1", "--memory", "1g", "--work-dir", str(work)),
            *("--webui-port", str(free_port()), self.address),
        )

    def state(self) -> dict[str, Any]:
        """Return what the master says of itself; empty while it does not answer, or answers with its front page.

        It serves that page to every address until it has set up the others.
        """
        address = f"http://127.0.0.1:{self.page}/json/"
        with suppress(OSError, json.JSONDecodeError), urllib.request.urlopen(address, timeout=5) as answer:
            said: dict[str, Any] = json.load(answer)
            return said
        return {}

    def wait_for_workers(self, number: int) -> None:
        """Return once so many workers are alive."""
        deadline = time.monotonic() + START_SECONDS
        while self.state().get("aliveworkers") != number:
            assert time.monotonic() < deadline, "\n".join(
                path.read_text(encoding="utf-8", errors="replace")[-2000:] for path in self.folder.glob("*.log")
            )
            time.sleep(0.2)

    def kill_worker(self) -> None:
        """Kill a worker and its executors at once, as a machine that loses power does."""
        name = next(name for name, process in self.processes.items() if "Worker" in name and process.poll() is None)
        process = self.processes[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP_SECONDS)

    def stop(self) -> None:
        """End every process, the workers first."""
        for process in reversed(self.processes.values()):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(STOP_SECONDS)


@contextmanager
def cluster_in(folder: Path) -> Iterator[Cluster]:
    """Yield a running cluster and end it whatever happens."""
    require_spark()
    cluster = Cluster(folder)
    begun = time.monotonic()
    try:
        cluster.start("master.Master", "--port", str(cluster.port), "--webui-port", str(cluster.page))
        for _ in range(WORKERS):
            cluster.start_worker()
        cluster.wait_for_workers(WORKERS)
        print(f"cluster of {WORKERS} workers: {time.monotonic() - begun:.1f} s to start")
        yield cluster
    finally:
        cluster.stop()
