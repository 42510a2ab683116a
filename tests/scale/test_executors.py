"""Where the steps of a tracker's run are carried out: each word of SIGNPOSTS_EXECUTOR, and Celery for real."""

import builtins
import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from assets.errors import InputError
from assets.executors import EXECUTORS, celery_settings, chosen_executor
from assets.settings import CHECKOUT
from tests.scale.conftest import CODE, STARTED_AT, Installation, differences
from tests.scale.many_trackers import write_trackers

PACKAGES = {"kubernetes": "dagster_k8s", "celery": "dagster_celery"}
SUCCEEDED = re.compile(r"Task execute_plan\[([0-9a-f-]+)\] succeeded")
NAMES = {"in_process": "in_process", "multiprocess": "multiprocess", "kubernetes": "k8s", "celery": "celery"}


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SIGNPOSTS_EXECUTOR", "SIGNPOSTS_CELERY_CONFIG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("word", EXECUTORS)
def test_each_word_gives_an_executor_where_its_package_is_installed(word, monkeypatch):
    if word in PACKAGES:
        pytest.importorskip(PACKAGES[word], reason=f"pip install -e .[{word}]")
    monkeypatch.setenv("SIGNPOSTS_EXECUTOR", word)
    assert chosen_executor().name == NAMES[word]


def test_without_a_word_a_run_stays_in_its_own_process():
    assert chosen_executor() is dg.in_process_executor


def test_an_unknown_word_is_refused_with_those_that_are_known(monkeypatch):
    monkeypatch.setenv("SIGNPOSTS_EXECUTOR", "kubernets")
    with pytest.raises(InputError, match=r"'kubernets'; set it to one of in_process, multiprocess, kubernetes, celery"):
        chosen_executor()


@pytest.mark.parametrize("word", PACKAGES)
def test_a_missing_extra_is_named(word, monkeypatch):
    imported = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == PACKAGES[word]:
            raise ImportError(name)
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setenv("SIGNPOSTS_EXECUTOR", word)
    with pytest.raises(InputError, match=rf"pip install -e \.\[{word}\]"):
        chosen_executor()


def test_the_executor_and_the_workers_read_the_same_file(monkeypatch):
    pytest.importorskip("dagster_celery", reason="pip install -e .[celery]")
    path = CHECKOUT / "deploy" / "postgres" / "celery.yaml"
    assert celery_settings(path) == {
        "broker": {"env": "SIGNPOSTS_CELERY_BROKER"},
        "backend": {"env": "SIGNPOSTS_CELERY_BACKEND"},
    }
    monkeypatch.setenv("SIGNPOSTS_EXECUTOR", "celery")
    monkeypatch.setenv("SIGNPOSTS_CELERY_CONFIG", str(path))
    assert chosen_executor().name == "celery"


@pytest.mark.parametrize("text", ["", "execution: 3", "execution: {}", "execution: ["])
def test_a_file_that_says_nothing_of_a_broker_is_refused_by_its_name(text, tmp_path):
    path = tmp_path / "workers.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"workers\.yaml"):
        celery_settings(path)


HEAVY = ("dagster_postgres", "psycopg2", "dagster_k8s", "kubernetes", "dagster_celery", "celery", "pyspark")


def test_the_default_loads_none_of_this_and_installs_none_of_it():
    code = f"import sys, assets.definitions\nprint(sorted(set({HEAVY!r}) & set(sys.modules)))"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SIGNPOSTS_")}
    outcome = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=CHECKOUT, env=clean, check=False
    )
    assert outcome.stdout == "[]\n", outcome.stderr
    written = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    named = {re.split(r"[^a-z0-9_]", name.replace("-", "_"))[0] for name in written}
    assert not named & set(HEAVY)


# ---------------------------------------------------------------------- for real


@pytest.fixture
def two_trackers(tmp_path: Path) -> Path:
    write_trackers(tmp_path / "catalogue", 2)
    return tmp_path / "catalogue"


@pytest.fixture
def workers(tmp_path: Path) -> dict[str, str]:
    """One Celery worker that takes its tasks from files: no broker has to run for it. Returns the environment."""
    pytest.importorskip("dagster_celery", reason="pip install -e .[celery]")
    for name in ("queue", "processed", "results", "control"):
        (tmp_path / name).mkdir()
    transport = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "processed_folder": str(tmp_path / "processed"),
        "control_folder": str(tmp_path / "control"),
        "store_processed": True,
    }
    path = tmp_path / "celery.yaml"
    settings = {
        "broker": "filesystem://",
        "backend": f"file://{tmp_path / 'results'}",
        "config_source": {"broker_transport_options": transport},
    }
    path.write_text(yaml.safe_dump({"execution": {"config": settings}}), encoding="utf-8")
    # dagster-celery looks for celery's command on the path.
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"SIGNPOSTS_EXECUTOR": "celery", "SIGNPOSTS_CELERY_CONFIG": str(path), "PATH": programs}


@contextmanager
def worker(made: Installation, log: Path) -> Iterator[None]:
    """Have a worker, started with Dagster's own command, while the block lasts."""
    command = [
        *(str(Path(sys.executable).parent / "dagster-celery"), "worker", "start", "-A", "dagster_celery.app"),
        *("-y", made.environment["SIGNPOSTS_CELERY_CONFIG"], "--", "--pool", "solo", "--without-gossip"),
    ]
    with log.open("wb") as told:
        process = subprocess.Popen(
            command, env=made.environment, cwd=CHECKOUT, stdout=told, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=60)


def execute(made: Installation, job: str, *more: str, started_at: str = "") -> None:
    """Execute a job by Dagster's command."""
    outcome = made.dagster("job", "execute", *CODE, "-j", job, *more, started_at=started_at)
    assert outcome.returncode == 0, outcome.stderr[-4000:]


@pytest.mark.scale
@pytest.mark.timeout(600)
@pytest.mark.parametrize("word", ["multiprocess", "celery"])
def test_the_release_is_the_same_whoever_carries_the_steps_out(word, two_trackers, workers, tmp_path):
    alone = Installation(tmp_path / "alone", two_trackers)
    alone.prepare()
    execute(alone, "monitor", started_at=STARTED_AT)
    made = Installation(tmp_path / "home", two_trackers, **(workers | {"SIGNPOSTS_EXECUTOR": word}))
    made.prepare()
    execute(made, "gather_fleet", started_at=STARTED_AT)
    with worker(made, tmp_path / "worker.log") if word == "celery" else nullcontext():
        for tracker in ("invented_000", "invented_001"):
            execute(made, "assess_trackers", "--tags", json.dumps({"dagster/partition": tracker}))
    execute(made, "publish_fleet", started_at=STARTED_AT)
    assert differences(alone.tables(), made.tables()) == {}
    if word == "celery":
        told = (tmp_path / "worker.log").read_text(encoding="utf-8")
        assert len(set(SUCCEEDED.findall(told))) == 2, "the worker carried out a task a tracker"
