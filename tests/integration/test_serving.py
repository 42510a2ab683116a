"""`signposts serve` as somebody starts and stops it: pages and daemon come up on loopback, and both end with it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = str(Path(sys.executable).parent / "signposts")
LOADED = """{
  shouldShowNux
  repositoriesOrError { ... on RepositoryConnection { nodes {
    schedules { name scheduleState { status } } sensors { name sensorState { status } } } } }
  instance { daemonHealth { allDaemonStatuses { daemonType healthy } } }
}"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def asked(port: int) -> dict:
    return requests.post(f"http://127.0.0.1:{port}/graphql", json={"query": LOADED}, timeout=10).json()["data"]


def wait_until(condition, seconds: float = 300):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            found = condition()
        except (requests.RequestException, KeyError, TypeError):
            found = None
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError("it did not happen in time")


def listening_beyond_loopback(port: int) -> list[str]:
    """Return the addresses, as the kernel writes them, on which something listens at a port other than loopback's."""
    lines = [*Path("/proc/net/tcp").read_text().splitlines()[1:], *Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    sockets = [line.split() for line in lines]
    local = [fields[1].split(":") for fields in sockets if fields[3] == "0A"]
    return [address for address, at in local if int(at, 16) == port and address != "0100007F"]


def descendants(pid: int) -> set[int]:
    """Return the processes that a process started, and those that they started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found, waiting = set(), {pid}
    while waiting:
        waiting = {child for child, parent in parents.items() if parent in waiting} - found
        found |= waiting
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_busy_port_is_said_before_anything_is_started(tmp_path):
    environment = os.environ | {
        "SIGNPOSTS_HOME": str(tmp_path / "home"),
        "SIGNPOSTS_CATALOGUE": str(ROOT / "tests" / "trackers"),
    }
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [PROGRAM, "serve", "--port", str(port)]
        outcome = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert outcome.returncode == 2
    assert f"127.0.0.1:{port} cannot be had" in outcome.stderr
    assert "--port" in outcome.stderr


@contextmanager
def serving(folder: Path, port: int, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Serve an invented tracker's installation, with its words in a file; whatever is left at the end is killed."""
    environment = os.environ | {
        "SIGNPOSTS_HOME": str(folder / "home"),
        "SIGNPOSTS_CATALOGUE": str(ROOT / "tests" / "trackers"),
        "SIGNPOSTS_NOTIFY_URL": "",
    }
    with (folder / "log").open("w", encoding="utf-8") as log:
        served = subprocess.Popen(
            [PROGRAM, "serve", "--port", str(port), *words], env=environment, stdout=log, stderr=log
        )
        try:
            yield served
        finally:
            for pid in descendants(served.pid):
                os.kill(pid, signal.SIGKILL)
            served.kill()
            served.wait()


def first_run_goes_on(folder: Path) -> bool:
    """Return whether the run of a new installation holds the writer's lock: its process is then of the unit."""
    lock = folder / "home" / "writer.lock"
    return lock.exists() and "process" in lock.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [(), ("--dev",)], ids=["serve", "serve --dev"])
@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_a_serve_that_is_ended_leaves_no_process_behind_not_even_a_run(kind, words, tmp_path):
    """SIGKILL gives it no time to stop what it started."""
    port = free_port()
    with serving(tmp_path, port, *words) as served:
        wait_until(lambda: asked(port)["repositoriesOrError"]["nodes"])
        wait_until(lambda: first_run_goes_on(tmp_path))
        started = descendants(served.pid)
        assert len(started) >= 5, "guard, code server, pages, daemon, and the run"
        served.send_signal(kind)
        assert served.wait(timeout=60) == (0 if kind is signal.SIGTERM else -signal.SIGKILL)
        wait_until(lambda: not any(is_alive(pid) for pid in started), seconds=20)


@pytest.mark.parametrize("words", [(), ("--dev",)], ids=["serve", "serve --dev"])
def test_pages_and_daemon_come_up_on_loopback_with_the_schedules(words, tmp_path):
    port = free_port()
    with serving(tmp_path, port, *words):
        data = wait_until(lambda: asked(port))
        (node,) = data["repositoriesOrError"]["nodes"]
        schedules = {one["name"]: one["scheduleState"]["status"] for one in node["schedules"]}
        assert schedules["daily_monitoring"] == "RUNNING"
        assert {one["name"] for one in node["sensors"]} >= {"ledger_changed", "inbox_changed", "run_failed"}
        wait_until(
            lambda: {
                one["daemonType"]: one["healthy"]
                for one in asked(port)["instance"]["daemonHealth"]["allDaemonStatuses"]
            }.get("SCHEDULER")
        )
        assert listening_beyond_loopback(port) == []
        assert data["shouldShowNux"] is False, "nobody is asked for an e-mail address"
    if not words:
        said = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
        assert len(said) <= 6, said
