"""What failed in a run, in the cause's own words: one line a failure, from Dagster's events alone.

Belongs here: finding the first cause of a failed step or check. Not here: who hears of it (alerts), exit codes (cli).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import dagster as dg

from signposts import errors

# The class of the error by which Dagster ends a step whose blocking check failed.
BLOCKED = "DagsterAssetCheckFailedError"
INTERRUPTED = {"KeyboardInterrupt", "DagsterExecutionInterruptedError"}


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure: the step or check, what it says, and the class of its first cause."""

    step: str
    text: str
    cause: str = ""

    @property
    def line(self) -> str:
        """Return step and words on one line."""
        return f"{self.step}: {self.text}"

    @property
    def is_interruption(self) -> bool:
        """Return whether somebody stopped the run."""
        return self.cause in INTERRUPTED

    @property
    def is_emergency(self) -> bool:
        """Return whether anybody must hear of it: not of a run that somebody stopped, or that found another writing."""
        return not self.is_interruption and self.cause != errors.WriterBusy.__name__


def failures_of_events(events: Iterable[dg.DagsterEvent]) -> list[Failure]:
    """Return the failures of a run's events: failed steps, then blocking checks, then what kept it from beginning."""
    found = list(events)
    failures = [*_failed_steps(found), *_failed_checks(found)]
    return failures or list(_failed_run(found))


def _failed_steps(events: Iterable[dg.DagsterEvent]) -> Iterator[Failure]:
    """Yield a failure for each step that raised; one whose blocking check failed is left to the check's own words."""
    for event in events:
        if event.is_step_failure:
            failure = _from_error(str(event.step_key), event.step_failure_data.error)
            if failure.cause != BLOCKED:
                yield failure


def _failed_checks(events: Iterable[dg.DagsterEvent]) -> Iterator[Failure]:
    """Yield a failure for each check that stopped the run, in the words of the expectations that failed."""
    for event in events:
        if event.event_type != dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            continue
        evaluation = event.asset_check_evaluation_data
        if not evaluation.passed and evaluation.blocking:
            yield Failure(evaluation.asset_key.to_user_string(), evaluation.description or evaluation.check_name)


def _failed_run(events: Iterable[dg.DagsterEvent]) -> Iterator[Failure]:
    """Yield what kept the run from beginning or from going on."""
    for event in events:
        if event.is_job_failure and event.job_failure_data.error is not None:
            yield _from_error("run", event.job_failure_data.error)


def _from_error(step: str, error: Any) -> Failure:
    """Return the failure of an error as Dagster stores it: what it began with, without the name of its class.

    Our own errors speak for what lies below them.
    """
    if error is None:
        return Failure(step, "failed")
    while error.cause is not None and error.cls_name not in vars(errors):
        error = error.cause
    message = str(error.message).strip()
    text = message.partition(f"{error.cls_name}: ")[2] or message
    return Failure(step, (text.splitlines() or ["failed"])[0], str(error.cls_name))
