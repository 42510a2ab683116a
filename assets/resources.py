"""What every asset needs to know of its run: where state lives, which date, which scope, with or without network.

Belongs here: the resource that carries a run's scope and holds the writer's lock while it lasts. Not here: work.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import PrivateAttr

from signposts.errors import InputError
from signposts.files import UNFINISHED, write_atomically
from signposts.settings import Settings, load_settings

if TYPE_CHECKING:
    from signposts.warehouse import Warehouse

# 1: the state of 24 November 2026, which says nothing of its version. 2: releases name the trackers they hold back.
SCHEMA_VERSION = 2
KEEP_RUNS = timedelta(days=90)
KEEP_CACHE = timedelta(days=60)
KEEP_SCRAPS = timedelta(days=1)
KEEP_DAMAGED = timedelta(days=60)
RUNS_A_BATCH = 50
# The tag of jobs that never acquire the writer's lock.
NOT_THE_WRITER = "signposts/not_the_writer"
ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def clock_after_last_release(settings: Settings, now: datetime) -> datetime:
    """Return the run's clock: now, or a second after the last release if the machine's clock went back within the day.

    Raises:
        InputError: the clock is a day or more behind the last release, so that dates would be wrong.
    """
    from signposts.release import latest

    release = latest(settings)
    if release is None:
        return now
    (row,) = release.rows("select max(created_at) as made, max(as_of) as as_of from release")
    made: datetime = row["made"].replace(tzinfo=UTC)
    if now > made:
        return now
    if now.date() < row["as_of"]:
        raise InputError(
            f"the clock says {now:%Y-%m-%d %H:%M} UTC, but the last release was made on {made:%Y-%m-%d %H:%M}: set the "
            f"clock; if it was wrong then, move {settings.published} aside and run again"
        )
    return made + timedelta(seconds=1)


@contextmanager
def hold_run_lock(file: Path) -> Iterator[None]:
    """Hold an operating-system lock on a file of the run's own: the kernel releases it when the process dies."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as handle:
        fcntl.flock(handle.fileno(), fcntl.LOCK_EX)
        try:
            yield
        finally:
            file.unlink(missing_ok=True)


def is_run_alive(file: Path) -> bool:
    """Return whether a living process holds the lock on a run's file."""
    try:
        with file.open("r") as handle:
            fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def fail_orphaned_runs(instance: dg.DagsterInstance, own_run_id: str, locks: Path) -> list[str]:
    """Mark every other started run whose process is gone as failed; return their ids.

    A run that waits for the writer's lock is alive; jobs that never acquire it are left alone.
    """
    failed = []
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        file = locks / run.run_id
        if run.run_id != own_run_id and NOT_THE_WRITER not in run.tags and not is_run_alive(file):
            instance.report_run_failed(run, f"its process died; marked by run {own_run_id}")
            file.unlink(missing_ok=True)
            failed.append(run.run_id)
    return failed


def delete_old_runs(instance: dg.DagsterInstance, now: datetime) -> int:
    """Delete a batch of the runs older than KEEP_RUNS, with events and logs; return how many.

    Dagster itself keeps runs without limit.
    """
    old = instance.get_run_records(
        filters=dg.RunsFilter(created_before=now - KEEP_RUNS, statuses=ENDED), limit=RUNS_A_BATCH, ascending=True
    )
    for record in old:
        run_id = record.dagster_run.run_id
        instance.delete_run(run_id)
        root = Path(instance.root_directory)
        shutil.rmtree(root / "storage" / run_id, ignore_errors=True)
        for path in (root / "history" / "runs").glob(f"{run_id}.db*"):
            path.unlink(missing_ok=True)
    return len(old)


def hold_schema_version(settings: Settings) -> None:
    """Write the version of the state, which tables and folders follow; refuse state that a newer program has written.

    Raises:
        InputError: the state is of a newer version than this program's.
    """
    path = settings.home / "schema_version"
    text = path.read_text(encoding="utf-8").strip() if path.exists() else "1"
    if not text.isdecimal() or int(text) > SCHEMA_VERSION:
        raise InputError(
            f"{path} says {text!r}, this program writes version {SCHEMA_VERSION}: install the newer program again, or "
            "bring back the state of before the upgrade"
        )
    if text != str(SCHEMA_VERSION) or not path.exists():
        write_atomically(path, f"{SCHEMA_VERSION}\n".encode())


def delete_old_files(settings: Settings, now: datetime) -> int:
    """Delete what can be made again and is old, scraps of killed processes, and damage long set aside; return how many.

    The cache's files are made again when they are needed; a scrap is a file that a killed process never renamed.
    """
    kept = (
        (settings.cache.rglob("*"), KEEP_CACHE),
        (settings.home.rglob(f"{UNFINISHED}*"), KEEP_SCRAPS),
        (settings.catalogue_root.rglob(f"{UNFINISHED}*"), KEEP_SCRAPS),
        (settings.home.glob("warehouse.duckdb.damaged-*"), KEEP_DAMAGED),
    )
    old = [
        path
        for paths, limit in kept
        for path in paths
        if path.is_file() and now - datetime.fromtimestamp(path.stat().st_mtime, UTC) > limit
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def forget_old_lines(settings: Settings, now: datetime) -> int:
    """Take out of the logs the old lines to which nothing refers any more; return how many went."""
    from signposts.alerts import journal
    from signposts.alerts.delivery import LOCK_SECONDS
    from signposts.desk.reads import forget_old_reads
    from signposts.desk.triage import forget_old_leads
    from signposts.sources.archive import open_archive
    from signposts.warehouse import single_writer

    archive = open_archive(settings)
    gone = sum(archive.forget_old(source_id, now) for source_id in archive.sources())
    with single_writer(settings.alert_lock, wait_seconds=LOCK_SECONDS, purpose="shortening the journal of alerts"):
        gone += journal.forget_old(settings.alert_journal, now)
    return gone + forget_old_reads(settings, now) + forget_old_leads(settings, now)


class MonitoringRun(dg.ConfigurableResource["MonitoringRun"]):
    """Scope of one monitoring run. Empty strings and lists mean: today, every tracker, every source that is due."""

    as_of: str = ""
    started_at: str = ""
    offline: bool = False
    ask_publishers: bool = True
    from_archive: bool = False
    trackers: list[str] = []
    sources: list[str] = []
    budget_seconds: float = 0.0
    wait_seconds: float = 600.0
    _warehouse: Any = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["MonitoringRun"]:
        """Hold the writer's lock and one clock from the run's first write to its release."""
        from signposts.release.latest import mend_release
        from signposts.warehouse import Warehouse, single_writer

        run_id = context.run.run_id if context.run is not None else ""
        kept = Warehouse(self.settings.warehouse)
        purpose = f"run {run_id or 'without an id'}"
        locks = self.settings.home / "alive"
        with (
            hold_run_lock(locks / (run_id or f"process-{os.getpid()}")),
            single_writer(self.settings.lock, wait_seconds=self.wait_seconds, purpose=purpose),
            kept.connect(),
        ):
            if context.instance is not None and run_id:
                fail_orphaned_runs(context.instance, run_id, locks)
                delete_old_runs(context.instance, self.now())
            hold_schema_version(self.settings)
            delete_old_files(self.settings, datetime.now(UTC))
            forget_old_lines(self.settings, self.now())
            for line in mend_release(self.settings):
                if context.log is not None:
                    context.log.warning(line)
            moment = self.now() if self.as_of else clock_after_last_release(self.settings, self.now())
            begun = self.model_copy(update={"started_at": moment.isoformat()})
            begun._warehouse = kept
            yield begun

    @property
    def settings(self) -> Settings:
        """Where state lives, read from the environment when asked."""
        return load_settings()

    def warehouse(self) -> "Warehouse":
        """Return the working database: the run's one open connection, or outside a run one opened while it works."""
        from signposts.warehouse import Warehouse

        return self._warehouse or Warehouse(self.settings.warehouse)

    def made(self, *tables: str) -> Iterator[dg.MaterializeResult[None]]:
        """Yield that tables were made, each with its number of rows."""
        warehouse = self.warehouse()
        for name in tables:
            yield dg.MaterializeResult(asset_key=name, metadata={"dagster/row_count": warehouse.count(name)})

    def now(self) -> datetime:
        """Return the run's clock in UTC: fixed once the run has begun, or by ``started_at``."""
        return datetime.fromisoformat(self.started_at) if self.started_at else datetime.now(UTC)

    def as_of_date(self) -> date:
        """Return the run's own as-of date: today in UTC unless another was asked for.

        Raises:
            InputError: the day that was asked for has not come.
        """
        today = self.now().date()
        as_of = date.fromisoformat(self.as_of) if self.as_of else today
        if as_of > today:
            raise InputError(f"as_of {as_of} lies ahead of today, {today}; name a day that has come, or leave it out")
        return as_of
