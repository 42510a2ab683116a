"""A second process answers for this one, and this one does without it where it is gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from assets.report import drawing
from assets.side_process import ROOT, SideProcess
from checks import expectations

NEVER_MISSING = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "number"}}
STARTS_ONE = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from assets.side_process import SideProcess
process = SideProcess("tests.unit.test_side_process", "be_ready")
process.ask("number_of_process")
print(process.answer(), flush=True)
sys.stdin.read()
"""
calls: list[str] = []


def be_ready() -> None:
    calls.append("ready")


def calls_until_now(more: str) -> list[str]:
    calls.append(more)
    return calls


def number_of_process() -> int:
    print("what a library prints is not taken for an answer")
    return os.getpid()


def refuse(why: str) -> None:
    raise ValueError(why)


def vanish() -> None:
    os._exit(9)


@pytest.fixture
def process():
    started = SideProcess(__name__, be_ready.__name__)
    yield started
    started.end()


def test_it_makes_ready_first_and_then_answers_call_after_call(process):
    answers = []
    for more in ("one", "two"):
        process.ask(calls_until_now.__name__, more)
        answers.append(process.answer())
    assert answers == [["ready", "one"], ["ready", "one", "two"]]


def test_the_answer_comes_from_another_process_whatever_is_printed_there(process):
    process.ask(number_of_process.__name__)
    assert process.answer() != os.getpid()


def test_what_is_raised_there_is_raised_here_and_the_next_call_is_answered(process):
    process.ask(refuse.__name__, "no such suite")
    with pytest.raises(ValueError, match="no such suite"):
        process.answer()
    process.ask(calls_until_now.__name__, "after")
    assert process.answer()[-1] == "after"


def test_a_process_that_is_gone_is_said_to_be_gone(process):
    process.ask(vanish.__name__)
    with pytest.raises(ConnectionError, match="ended without an answer"):
        process.answer()


def test_it_ends_with_the_process_that_started_it_also_when_that_one_is_killed():
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        number = int(starter.stdout.readline())
        starter.send_signal(signal.SIGKILL)
    for _ in range(100):
        if not is_running(number):
            return
        time.sleep(0.1)
    pytest.fail(f"process {number} outlived the one that it answered")


def is_running(number: int) -> bool:
    """Return whether a process runs; one that ended and whose end nobody asked for does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_suite_is_judged_aside_as_here_and_here_once_the_process_is_gone(monkeypatch):
    monkeypatch.setattr(expectations, "_aside", [])
    monkeypatch.setattr(expectations, "worth_starting", lambda: True)
    frame = pd.DataFrame({"number": [1.0, None]})
    here = expectations.validate(frame, "number", [NEVER_MISSING])
    expectations.get_ready()
    (started,) = expectations._aside
    assert expectations.validate(frame, "number", [NEVER_MISSING]) == here
    assert not here[0].passed
    started.end()
    assert expectations.validate(frame, "number", [NEVER_MISSING]) == here
    assert expectations._aside == []


def test_charts_are_drawn_aside_as_here_and_here_once_the_processes_are_gone(monkeypatch, tmp_path):
    monkeypatch.setattr(drawing, "_aside", [])
    monkeypatch.setattr(drawing, "worth_starting", lambda: True)
    here = drawing.draw(asked(), tmp_path / "here")
    drawing.get_ready()
    started = list(drawing._aside)
    assert len(started) == drawing.ASIDE
    assert drawing.draw(asked(), tmp_path / "aside") == here
    for process in started:
        process.end()
    assert drawing.draw(asked(), tmp_path / "gone") == here
    assert drawing._aside == []


def asked() -> dict[str, drawing.Request]:
    """Return three small charts, invented for this test."""
    rows = [{"label": "2026", "now": 0.2, "before": 0.1, "words": "a fifth"}]
    data = {"rows": rows, "x_title": "year", "title": "probability", "top": 1, "color": "#333"}
    return {f"of height {height}": drawing.Request("columns", data, height) for height in (100, 120, 140)}
