"""A process that has loaded everything and forks a run for each line it reads, under the clock that the line names.

Belongs here: starting runs fast and killing them at an instant. Not here: what a run must leave. Started as a program;
a line is {"at": moment, "kill_after": seconds or null, "keep_events": whether Dagster keeps the run}, the answer
{"code": exit code or minus the signal, "seconds": how long}.
"""

import importlib
import json
import os
import pkgutil
import signal
import sys
import time
from typing import Any

import dagster as dg
import pytest

import signposts
from signposts.assets.definitions import defs
from signposts.settings import load_settings, prepare_home
from tests.sources.home import hasten


def main() -> None:
    """Answer line after line."""
    for name in ("great_expectations", "pyarrow", "scipy.stats"):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(signposts.__path__, "signposts."):
        if not module.name.startswith("signposts.assets.") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    hasten(pytest.MonkeyPatch())
    for line in sys.stdin:
        request = json.loads(line)
        begun = time.monotonic()
        child = os.fork()
        if child == 0:
            os._exit(run(request))
        print(json.dumps({"code": wait(child, request["kill_after"]), "seconds": time.monotonic() - begun}), flush=True)


def run(request: dict[str, Any]) -> int:
    """Run the job `monitor` as the schedule does it; return 0 if it succeeded."""
    log = os.open("run.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    prepare_home(load_settings())
    scope = {"as_of": "", "started_at": request["at"], "budget_seconds": 60.0}
    config = {"resources": {"run": {"config": scope}}}
    with dg.DagsterInstance.get() if request["keep_events"] else dg.DagsterInstance.ephemeral() as instance:
        job = defs.resolve_job_def("monitor")
        done = job.execute_in_process(instance=instance, run_config=config, raise_on_error=False)
    return 0 if done.success else 1


def wait(child: int, kill_after: float | None) -> int:
    """Wait for a run, or kill it after so many seconds; return its exit code, negative if a signal ended it."""
    if kill_after is not None:
        ends = time.monotonic() + kill_after
        while time.monotonic() < ends:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
