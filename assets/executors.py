"""Where the steps of a tracker's run are carried out: this process, processes beside it, Kubernetes, Celery.

Belongs here: the executors that SIGNPOSTS_EXECUTOR chooses from. Not here: how many runs go side by side, which the
run queue's limits say (deploy/postgres/dagster.yaml).
"""

import os
from collections.abc import Callable
from pathlib import Path

import dagster as dg

from assets.errors import InputError

DEFAULT = "in_process"


def in_process() -> dg.ExecutorDefinition:
    """Return the executor that stays in the run's own process."""
    return dg.in_process_executor


def multiprocess() -> dg.ExecutorDefinition:
    """Return the executor that gives each step a process beside the run's."""
    return dg.multiprocess_executor


def kubernetes() -> dg.ExecutorDefinition:
    """Return the executor that gives each step a pod; namespace and image are those of the run's own pod."""
    try:
        from dagster_k8s import k8s_job_executor
    except ImportError as error:
        raise InputError("SIGNPOSTS_EXECUTOR is kubernetes: pip install -e .[kubernetes]") from error
    found: dg.ExecutorDefinition = k8s_job_executor
    return found


def celery() -> dg.ExecutorDefinition:
    """Return the executor that hands each step to Celery's workers.

    Broker and result backend stand in the file that SIGNPOSTS_CELERY_CONFIG names, the one the workers are started with
    (`dagster-celery worker start -y`); without it Dagster's own defaults hold.
    """
    try:
        from dagster_celery import celery_executor
    except ImportError as error:
        raise InputError("SIGNPOSTS_EXECUTOR is celery: pip install -e .[celery]") from error
    path = os.environ.get("SIGNPOSTS_CELERY_CONFIG")
    found: dg.ExecutorDefinition = celery_executor
    return found.configured(celery_settings(Path(path)), name="celery") if path else found


def celery_settings(path: Path) -> dict[str, object]:
    """Return the part of a workers' file that the executor understands: what stands under execution, config."""
    import yaml

    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        settings: dict[str, object] = dict(written["execution"]["config"])
    except (OSError, TypeError, KeyError, ValueError, yaml.YAMLError) as error:
        raise InputError(
            f"SIGNPOSTS_CELERY_CONFIG names {path}, which cannot be used ({error}); write broker and backend under "
            "execution: config:, as in deploy/postgres/celery.yaml"
        ) from error
    return settings


EXECUTORS: dict[str, Callable[[], dg.ExecutorDefinition]] = {
    "in_process": in_process,
    "multiprocess": multiprocess,
    "kubernetes": kubernetes,
    "celery": celery,
}


def chosen_executor() -> dg.ExecutorDefinition:
    """Return the executor that SIGNPOSTS_EXECUTOR names, in_process unless set.

    Raises:
        InputError: the word is unknown, or its packages are not installed.
    """
    word = os.environ.get("SIGNPOSTS_EXECUTOR") or DEFAULT
    if word not in EXECUTORS:
        raise InputError(f"SIGNPOSTS_EXECUTOR is {word!r}; set it to one of {', '.join(EXECUTORS)}")
    return EXECUTORS[word]()
