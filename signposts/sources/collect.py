"""All publishers side by side, under one clock.

Belongs here: which module serves which source, the threads, the budget, who is not asked and why. Not here: Dagster,
tables, or any one publisher.
"""

import os
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from signposts.catalogue.models import Source
from signposts.settings import source_base_url
from signposts.sources.archive import Archive
from signposts.sources.http import Clock, Limits, OutOfTime, Session, Unreachable
from signposts.sources.options import asks_of
from signposts.sources.publishers import publisher
from signposts.sources.source_run import SourceRun

NOBODY_ANSWERED_SECONDS = 12.0
# A run that was given no budget still ends: the schedule's next one takes up what is missing.
LONGEST_SECONDS = 2 * 3600.0
STOPPING_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a collection may do and what it starts from.

    ``live`` is the version of each document in the warehouse, and what it was parsed as; ``accepted`` are the versions
    that were held back and let through.
    """

    archive: Archive
    now: datetime
    inbox: Path
    budget_seconds: float = 0.0
    offline: bool = False
    from_archive: bool = False
    named: Collection[str] = ()
    live: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    accepted: Collection[str] = ()


def collect(sources: Mapping[str, Source], plan: Plan, family: type[SourceRun] = SourceRun) -> dict[str, SourceRun]:
    """Ask every source, or those named, side by side, in runs of a family; return what came of each.

    Everything that has come in when the budget ends is kept; the rest is a miss that the next run takes up.
    """
    runs = {
        source_id: _prepare(source_id, source, plan, family)
        for source_id, source in sources.items()
        if not plan.named or source_id in plan.named
    }
    clock = Clock(plan.budget_seconds or LONGEST_SECONDS)
    threads = {}
    for source_id, run in runs.items():
        if run.live and not run.history:
            run.record_failure(f"the archive {plan.archive.folder} has no log of it: was it moved, or deleted?")
        _replay(run, everything=plan.from_archive or not run.live)
        if plan.from_archive:
            continue
        if reason := _reason_to_skip(run, plan):
            run.record_skip(reason)
            continue
        # Daemons, so that a name look-up that hangs cannot keep the program from ending.
        threads[source_id] = threading.Thread(target=_ask, args=(run, clock), name=source_id, daemon=True)
    for thread in threads.values():
        thread.start()
    _wait(threads, clock, plan)
    for source_id, thread in threads.items():
        if thread.is_alive():
            runs[source_id].close("not back in time; the next run takes it up", "miss")
    return runs


def run_source_with(source_id: str, source: Source, plan: Plan, gather: Callable[[SourceRun], None]) -> SourceRun:
    """Run one source with a way of gathering of one's own, in this thread."""
    run = _prepare(source_id, source, plan)
    if plan.offline:
        run.record_skip("offline: the archive serves")
    else:
        _ask(run, Clock(plan.budget_seconds), gather)
    return run


def _prepare(source_id: str, source: Source, plan: Plan, family: type[SourceRun] = SourceRun) -> SourceRun:
    """Return the run of a source, not begun."""
    return family(
        source_id,
        source,
        plan.archive,
        publisher(source_id).read,
        asks_of(source_id, source),
        plan.now,
        inbox=plan.inbox,
        live=plan.live.get(source_id, {}),
        accepted=plan.accepted,
    )


def _replay(run: SourceRun, everything: bool) -> None:
    """Read from the archive what the warehouse lacks; whatever goes wrong is said and touches no other source."""
    try:
        run.replay_archive(everything)
    except Exception as error:  # noqa: BLE001 - the boundary of one source
        run.record_failure(f"from the archive: {run.describe(error)}")


def _reason_to_skip(run: SourceRun, plan: Plan) -> str:
    """Return why a source is not asked in this run; nothing if it is."""
    source, named = run.source, run.source_id in plan.named
    if source.inbox:
        files = run.inbox_files(source.inbox)
        return "" if files else f"no file named {source.inbox} in the inbox folder"
    if plan.offline:
        return "offline: the archive serves"
    if source.secret and not os.environ.get(source.secret):
        return f"needs a key in the environment variable {source.secret}"
    if source.bulk and plan.budget_seconds > 0 and not named:
        return f"large or slow: comes with the schedule or with --source {run.source_id}"
    looked = run.looked_at()
    if source.look_every_days and looked and not named:
        due = looked + timedelta(days=source.look_every_days)
        if plan.now < due:
            return f"looked at on {looked:%Y-%m-%d}; next on {due:%Y-%m-%d}"
    return ""


def _limits(source: Source) -> Limits:
    rate = source.rate
    return Limits(
        requests=rate.requests if rate else 1,
        seconds=rate.seconds if rate else 1.0,
        timeout_seconds=source.timeout_seconds,
        max_body_bytes=int((source.max_body_megabytes or 20.0) * 1_000_000),
        wait_after_429_seconds=source.wait_after_429_seconds,
    )


def _ask(run: SourceRun, clock: Clock, gather: Callable[[SourceRun], None] | None = None) -> None:
    """Gather all of one publisher's documents, or as one says; what goes wrong is said and touches no other source."""
    base_url = source_base_url(run.source_id, publisher(run.source_id).BASE_URL)
    run.session = Session(base_url, _limits(run.source), clock)
    try:
        if gather is None:
            publisher(run.source_id).gather(run, run.now.date())
        else:
            gather(run)
    except OutOfTime as error:
        run.record_failure(str(error), "miss")
    except Exception as error:  # noqa: BLE001 - the boundary of one source
        run.record_failure(run.describe(error))
    finally:
        run.session.close()


def _wait(threads: Mapping[str, threading.Thread], clock: Clock, plan: Plan) -> None:
    """Wait until all are back, the budget ends, or it is clear that there is no network."""
    began = time.monotonic()
    while any(thread.is_alive() for thread in threads.values()):
        if clock.seconds_left() <= 0:
            clock.stop()
            break
        silent = not clock.answered.is_set() and time.monotonic() - began > NOBODY_ANSWERED_SECONDS
        if silent and plan.budget_seconds > 0 and len(threads) > 3:
            clock.stop(Unreachable("no publisher has answered; is there a network?"))
            break
        time.sleep(0.02)
    ends = time.monotonic() + STOPPING_SECONDS
    for thread in threads.values():
        thread.join(max(0.0, ends - time.monotonic()))
