"""What failed in a run, in the cause's own words: one line a failure, from Dagster's events alone.

Belongs here: finding the first cause of a failed step or check. Not here: who hears of it (alerts), exit codes (cli).
"""

from collections.abc import Iterable
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
    events = list(events)
    steps = (
        _from_error(str(event.step_key), event.step_failure_data.error) for event in events if event.is_step_failure
    )
    # A step whose blocking check failed is left to the check's own words.
    failures = [failure for failure in steps if failure.cause != BLOCKED]
    kind = dg.DagsterEventType.ASSET_CHECK_EVALUATION
    for check in (event.asset_check_evaluation_data for event in events if event.event_type == kind):
        if not check.passed and check.blocking:
            failures.append(Failure(check.asset_key.to_user_string(), check.description or check.check_name))
    whole = (event.job_failure_data.error for event in events if event.is_job_failure)
    return failures or [_from_error("run", error) for error in whole if error is not None]


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
