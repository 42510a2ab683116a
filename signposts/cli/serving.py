"""`signposts serve`: Dagster's code server, pages and daemon, as processes that live and end together.

Belongs here: starting and stopping them. Not here: schedules, which the definitions hold.
"""

import ctypes
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
STOPPING_SECONDS = 30.0
# Linux: the signal that a process gets when the one that started it dies, however it dies.
PR_SET_PDEATHSIG = 1
WORKSPACE = "load_from:\n  - grpc_server: {{socket: {socket}, host: localhost, location_name: signposts}}\n"


def serve_dagster(host: str, port: int, dev: bool) -> int:
    """Run until one process ends or a signal asks for the end; return the exit code of the first that ended."""
    prepare_home(load_settings())
    refuse_busy_port(host, port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = Path(tempfile.mkdtemp(prefix="signposts-"))
    children: list[subprocess.Popen[bytes]] = []
    try:
        if dev:
            children.append(start([_program("dagster"), "dev", "-m", MODULE, "-h", host, "-p", str(port)]))
        else:
            start_all(children, folder, host, port)
        print(f"Dagster's pages: http://{host}:{port} (stop with Ctrl-C)", file=sys.stderr, flush=True)
        return wait_for_first(children)
    except KeyboardInterrupt:
        return 0
    finally:
        stop(children)
        shutil.rmtree(folder, ignore_errors=True)


def refuse_busy_port(host: str, port: int) -> None:
    """Raise InputError, before anything is started, if something listens at the address or it cannot be had."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise InputError(f"{host}:{port} cannot be had ({error.strerror}): choose another with --port") from error


def start_all(children: list[subprocess.Popen[bytes]], folder: Path, host: str, port: int) -> None:
    """Start the code server, wait until it answers, then the pages and the daemon, which both ask it."""
    path = folder / "code.sock"
    workspace = folder / "workspace.yaml"
    workspace.write_text(WORKSPACE.format(socket=path), encoding="utf-8")
    children.append(
        start([_program("dagster"), "api", "grpc", "-m", MODULE, "--socket", str(path), "--log-level", "warning"])
    )
    wait_for_socket(path, children)
    pages = [_program("dagster-webserver"), "-w", str(workspace), "-h", host, "-p", str(port), "--log-level", "warning"]
    children.append(start(pages))
    children.append(start([_program("dagster-daemon"), "run", "-w", str(workspace), "--log-level", "warning"]))


def _program(name: str) -> str:
    """Return the path of a program of this environment."""
    return str(Path(sys.executable).parent / name)


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a process that ends when this one does."""
    environment = os.environ | {"DAGSTER_DISABLE_TELEMETRY": "1"}
    return subprocess.Popen(command, env=environment, preexec_fn=_end_with_parent)  # noqa: S603 - our own command lines


def _end_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies; without Linux that is left to the supervisor."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


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


def stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask every child to end, the last started first, and kill what does not."""
    for child in reversed(children):
        if child.poll() is None:
            child.terminate()
    ends = time.monotonic() + STOPPING_SECONDS
    for child in reversed(children):
        try:
            child.wait(timeout=max(0.1, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
