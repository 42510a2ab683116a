"""Answers given by a second Python process, which imports what is slow to import while this one does something else.

Belongs here: starting such a process, asking it, and its end. Not here: what it is asked; the module that asks names a
function of its own.

It reads questions from its standard input, so it ends with the process that started it, however that one ends.
"""

import atexit
import gc
import os
import pickle
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STARTED = "import sys; sys.path.insert(0, sys.argv[1]); from assets.side_process import serve; serve(*sys.argv[2:])"


class SideProcess:
    """A process that has called a module's function `ready` and then answers calls of that module's functions."""

    def __init__(self, module: str, ready: str) -> None:
        command = [sys.executable, "-c", STARTED, str(ROOT), module, ready]
        self._running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - this very interpreter, fixed words
        atexit.register(self.end)

    def ask(self, function: str, *arguments: Any) -> None:
        """Send a call; the answer is fetched by `answer`, one for each call.

        Raises:
            ConnectionError: if the process is gone.
        """
        assert self._running.stdin is not None
        if self._running.stdin.closed:
            raise ConnectionError("the side process was ended")
        pickle.dump((function, arguments), self._running.stdin)
        self._running.stdin.flush()

    def answer(self) -> Any:
        """Wait for the answer to the call before, and return it or raise what it raised.

        Raises:
            ConnectionError: if the process ended without an answer.
        """
        assert self._running.stdout is not None
        try:
            good, value = pickle.load(self._running.stdout)  # noqa: S301 - our own process wrote it
        except EOFError as error:
            raise ConnectionError("the side process ended without an answer") from error
        if not good:
            raise value
        return value

    def end(self) -> None:
        """End the process, which holds nothing that could be lost; may be called twice."""
        atexit.unregister(self.end)
        self._running.kill()
        with self._running:
            pass


def worth_starting() -> bool:
    """Return whether a second process can work beside this one."""
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) > 1


def serve(module: str, ready: str) -> None:
    """Answer calls until standard input ends; what libraries print goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        asked = import_module(module)
        getattr(asked, ready)()
        # What was imported stays; the collector need not look through it again.
        gc.freeze()
        while True:
            try:
                function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 - the process that started us wrote it
            except EOFError:
                return
            try:
                reply = (True, getattr(asked, function)(*arguments))
            except Exception as error:  # noqa: BLE001 - raised again where the question was asked
                reply = (False, error)
            pickle.dump(reply, answers)
            answers.flush()
