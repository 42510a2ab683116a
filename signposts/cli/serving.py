"""`signposts serve`: Dagster's pages and its daemon, as two processes that live and end together.

Belongs here: starting and stopping them. Not here: schedules, which the definitions hold.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from signposts.settings import load_settings, prepare_home

POLL_SECONDS = 1.0


def commands(host: str, port: int, dev: bool) -> list[list[str]]:
    """Return the command lines of the processes to start."""
    programs = Path(sys.executable).parent
    workspace = ["-m", "signposts.assets.definitions"]
    if dev:
        return [[str(programs / "dagster"), "dev", *workspace, "-h", host, "-p", str(port)]]
    return [
        [str(programs / "dagster-webserver"), *workspace, "-h", host, "-p", str(port)],
        [str(programs / "dagster-daemon"), "run", *workspace],
    ]


def serve_dagster(host: str, port: int, dev: bool) -> int:
    """Run until one process ends or a signal asks for the end; return the exit code of the first that ended."""
    prepare_home(load_settings())
    environment = os.environ | {"DAGSTER_DISABLE_TELEMETRY": "1"}
    children = [
        subprocess.Popen(command, env=environment)  # noqa: S603 - our own command lines
        for command in commands(host, port, dev)
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"Dagster's pages: http://{host}:{port} (stop with Ctrl-C)", file=sys.stderr)
    try:
        return _wait_for_first(children)
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(children)


def _wait_for_first(children: list[subprocess.Popen[bytes]]) -> int:
    """Return the exit code of the first child to end."""
    while True:
        for child in children:
            code = child.poll()
            if code is not None:
                return code
        time.sleep(POLL_SECONDS)


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask every child to end and wait for it."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        child.wait(timeout=30)
