"""`signposts serve`: Dagster's code server, pages and daemon, as processes that live and end together.

Belongs here: starting and stopping them. Not here: schedules, which the definitions hold.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from signposts.errors import InputError, SignpostsError
from signposts.settings import load_settings, prepare_home

MODULE = "signposts.assets.definitions"
POLL_SECONDS = 0.5
STARTING_SECONDS = 180.0
STOPPING_SECONDS = 10.0
# Leads the process group of everything that is started, and kills it once the other end of its input is closed, which
# the kernel does however this process dies. Dagster's code server by itself takes over a minute to end, and leaves the
# processes of its runs behind.
GUARD = ("sh", "-c", "trap '' TERM INT HUP; read _; kill -KILL 0")
WORKSPACE = "load_from:\n  - grpc_server: {{socket: {socket}, host: localhost, location_name: signposts}}\n"


def serve_dagster(host: str, port: int, dev: bool) -> int:
    """Run until one process ends or a signal asks for the end; return the exit code of the first that ended."""
    prepare_home(load_settings())
    refuse_busy_port(host, port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = Path(tempfile.mkdtemp(prefix="signposts-"))
    guard = subprocess.Popen(GUARD, stdin=subprocess.PIPE, process_group=0)  # noqa: S603 - our own words
    children: list[subprocess.Popen[bytes]] = []
    try:
        if dev:
            children.append(start(["dagster", "dev", "-m", MODULE, "-h", host, "-p", str(port)], guard.pid))
        else:
            start_all(children, guard.pid, folder, host, port)
        print(f"Dagster's pages: http://{host}:{port} (stop with Ctrl-C)", file=sys.stderr, flush=True)
        return wait_for_first(children)
    except KeyboardInterrupt:
        return 0
    finally:
        stop(children, guard.pid)
        shutil.rmtree(folder, ignore_errors=True)


def refuse_busy_port(host: str, port: int) -> None:
    """Raise InputError, before anything is started, if something listens at the address or it cannot be had."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise InputError(f"{host}:{port} cannot be had ({error.strerror}): choose another with --port") from error


def start_all(children: list[subprocess.Popen[bytes]], group: int, folder: Path, host: str, port: int) -> None:
    """Start the code server, wait until it answers, then the pages and the daemon, which both ask it."""
    path = folder / "code.sock"
    workspace = folder / "workspace.yaml"
    workspace.write_text(WORKSPACE.format(socket=path), encoding="utf-8")
    quiet = ["--log-level", "warning"]
    children.append(start(["dagster", "api", "grpc", "-m", MODULE, "--socket", str(path), *quiet], group))
    wait_for_socket(path, children)
    asking = ["-w", str(workspace), *quiet]
    children.append(start(["dagster-webserver", *asking, "-h", host, "-p", str(port)], group))
    children.append(start(["dagster-daemon", "run", *asking], group))


def start(command: Sequence[str], group: int) -> subprocess.Popen[bytes]:
    """Start a program of this environment in a process group."""
    program = Path(sys.executable).with_name(command[0])
    environment = os.environ | {"DAGSTER_DISABLE_TELEMETRY": "1"}
    return subprocess.Popen([program, *command[1:]], env=environment, process_group=group)  # noqa: S603 - our own command lines


def wait_for_socket(path: Path, children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Return once the code server answers; raise if it ends before."""
    ends = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < ends:
        if any(child.poll() is not None for child in children):
            raise SignpostsError("Dagster's code server ended before it answered; its words stand above")
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                return
        time.sleep(POLL_SECONDS)
    raise SignpostsError(f"Dagster's code server did not answer within {STARTING_SECONDS:.0f} s; is the machine busy?")


def wait_for_first(children: Sequence[subprocess.Popen[bytes]]) -> int:
    """Return the exit code of the first child to end; one that ended well all the same is a fault of the unit: 1."""
    while True:
        for child in children:
            code = child.poll()
            if code is not None:
                return code or 1
        time.sleep(POLL_SECONDS)


def stop(children: Sequence[subprocess.Popen[bytes]], group: int) -> None:
    """Ask pages and daemon to end, then kill the group: a run under way goes with it, and the next one heals it."""
    asked = children[1:] or children
    for child in asked:
        child.terminate()
    ends = time.monotonic() + STOPPING_SECONDS
    while time.monotonic() < ends and any(child.poll() is None for child in asked):
        time.sleep(0.1)
    os.killpg(group, signal.SIGKILL)
