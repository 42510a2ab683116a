"""`signposts run`: the job `monitor` in this process, with progress, ending in a table.

Belongs here: turning the command's words into a run of the job, and its outcome into words. Not here: what it does.
"""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signposts.cli.ledger_memory import vanished_lines
from signposts.cli.run_summary import print_run_summary
from signposts.errors import InputError, ReleaseWithheld
from signposts.run_key import is_standing, note_run, run_key
from signposts.settings import Settings, load_settings, prepare_home

if TYPE_CHECKING:
    import dagster as dg

    from signposts.assets.failures import Failure
    from signposts.catalogue import Tracker

DEFAULT_BUDGET_SECONDS = 60.0
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What the command's words ask for."""

    as_of: str = ""
    offline: bool = False
    trackers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    from_archive: bool = False
    strict: bool = False
    wait_seconds: float = 600.0
    verbose: bool = False
    as_json: bool = False


def run_monitor(request: RunRequest) -> int:
    """Run the job and print how things stand; return the exit code."""
    settings = load_settings()
    as_of = str(parse_day(request.as_of, "--as-of") if request.as_of else datetime.now(UTC).date())
    prepare_home(settings)
    key = run_key(settings, as_of, request.trackers, request.sources)
    # A run that asks publishers learns only by asking whether there is anything new.
    stands = request.offline and not request.from_archive and is_standing(settings, key)
    if not stands:
        _validate(request, settings)
        result = _execute(request)
        if not result.success:
            return _report_failures(failures(result), settings, request.offline)
    held_back, failed_sources = print_run_summary(settings, request.as_of)
    for line in vanished_lines(settings):
        print(f"warning: {line}")
    if stands:
        print("Nothing is new since this release was made; it stands.")
    elif not held_back:
        note_run(settings, run_key(settings, as_of, request.trackers, request.sources))
    return 1 if held_back or (request.strict and failed_sources) else 0


def publish_quietly(request: RunRequest) -> Path:
    """Run the job without words and return the page it published; ReleaseWithheld says why there is none.

    Dagster's storage does not keep such a run: writing each event to disk takes longer than many a step. The release
    and the archive's log do.
    """
    settings = load_settings()
    # Nothing is validated twice: the first step refuses a broken catalogue before anything is written.
    result = _execute(request, quiet=True)
    if not result.success:
        raise ReleaseWithheld("; ".join(failure.line for failure in failures(result)) or "the run failed")
    return settings.published / "report" / "index.html"


def failures(result: "dg.ExecuteInProcessResult") -> "list[Failure]":
    """Return what failed in a run, the cause first."""
    from signposts.assets.failures import failures_of_events

    failed: list[Failure] = failures_of_events(result.all_events)
    return failed


def _report_failures(failed: "list[Failure]", settings: Settings, offline: bool) -> int:
    """Print why nothing was published, raise the alert unless nobody needs one, and return the exit code."""
    for failure in failed:
        if failure.is_interruption:
            print("signposts: stopped by you; the last release stays in place", file=sys.stderr)
            return INTERRUPTED
        print(f"signposts: {failure.line}", file=sys.stderr)
    print("signposts: release withheld; the last one stays in place", file=sys.stderr)
    if all(failure.is_emergency for failure in failed):
        from signposts.alerts.withheld import raise_withheld

        try:
            raise_withheld(settings, [failure.line for failure in failed], datetime.now(UTC), offline=offline)
        except OSError as error:
            # A disk that takes no more cannot hold the alert either.
            print(f"signposts: the alert could not be raised: {error}", file=sys.stderr)
    return 1


def _validate(request: RunRequest, settings: Settings) -> None:
    """Refuse wrong words, and a catalogue of which no tracker can be used, before anything is written."""
    from signposts.release.withholding import load_sound_catalogue

    catalogue, _ = load_sound_catalogue(settings.catalogue_root, request.trackers)
    unknown = set(request.sources) - set(catalogue.sources)
    if unknown:
        raise InputError(f"no source {sorted(unknown)[0]!r}; known are {', '.join(sorted(catalogue.sources))}")
    if request.as_of:
        refuse_impossible_day(date.fromisoformat(request.as_of), datetime.now(UTC).date(), catalogue.trackers)


def refuse_impossible_day(as_of: date, today: date, trackers: "Iterable[Tracker]") -> None:
    """Refuse to assess a day that has not come, or one before a tracker's clock starts.

    Raises:
        InputError: names the day, and the remedy.
    """
    if as_of > today:
        raise InputError(f"--as-of {as_of} lies ahead of today, {today}; name a day that has come, or leave it out")
    for tracker in trackers:
        if as_of < tracker.settings.t0:
            raise InputError(
                f"--as-of {as_of} is before the clock of {tracker.tracker_id} starts, {tracker.settings.t0}; "
                "name a later day, or another tracker with --tracker"
            )


def parse_day(text: str, option: str) -> date:
    """Return the ISO day that an option names, or refuse it by name."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option} {text!r} is not a day; write it as YYYY-MM-DD") from error


def _execute(request: RunRequest, *, quiet: bool = False) -> "dg.ExecuteInProcessResult":
    """Run the job in this process, against the installation's own Dagster storage unless nothing is to be printed."""
    import dagster as dg
    from sqlalchemy.exc import DBAPIError

    from signposts.assets.definitions import defs

    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    config = run_config(request)
    if quiet:
        config["loggers"] = {"lines": {"config": {"level": "CRITICAL"}}}
    try:
        with dg.DagsterInstance.ephemeral() if quiet else dg.DagsterInstance.get() as instance:
            job: dg.JobDefinition = defs.resolve_job_def("monitor")
            return job.execute_in_process(instance=instance, run_config=config, raise_on_error=False)
    except (DBAPIError, OSError) as error:
        home = load_settings().home
        reason = getattr(error, "orig", None) or error
        raise ReleaseWithheld(
            f"state under {home} could not be written ({reason}); make room or make it writable, and run again; the "
            "last release stays in place"
        ) from error


def run_config(request: RunRequest) -> dict[str, Any]:
    """Return the job's configuration for a request."""
    return {
        "resources": {
            "run": {
                "config": {
                    "as_of": request.as_of,
                    "offline": request.offline,
                    "from_archive": request.from_archive,
                    "trackers": list(request.trackers),
                    "sources": list(request.sources),
                    "budget_seconds": DEFAULT_BUDGET_SECONDS,
                    "wait_seconds": request.wait_seconds,
                }
            }
        },
        "loggers": {"lines": {"config": {"level": "DEBUG", "json": request.as_json}}}
        if request.verbose or request.as_json
        else {"progress": {"config": {}}},
    }
