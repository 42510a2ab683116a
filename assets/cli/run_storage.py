"""Dagster's SQLite storage with its connections kept open while one process runs the job.

Belongs here: how long a connection to Dagster's own files lives. Not here: what is stored, which stays Dagster's, in
the same files that its pages and its daemon read.

As it comes, Dagster makes an engine, opens the file and closes it again for each of the thousand things that a run asks
or writes, which took 2 of a run's 12 seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event

from assets.settings import Settings

# How long a writer waits for another process's write.
BUSY_SECONDS = 60


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """Return the installation's own Dagster instance: with the storage its dagster.yaml names, or Dagster's files.

    The files are given connections that last.
    """
    base = str(settings.dagster_home)
    if names_storage(settings.dagster_home / "dagster.yaml"):
        return dg.DagsterInstance.from_ref(InstanceRef.from_dir(base))
    kept = {
        "module": __name__,
        "class": KeptStorage.__name__,
        "config": {"base_dir": base},
    }
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(base, overrides={"storage": {"custom": kept}}))


def names_storage(dagster_yaml: Path) -> bool:
    """Return whether an installation's dagster.yaml keeps runs and events elsewhere than in Dagster's own files."""
    return "storage" in (yaml.safe_load(dagster_yaml.read_text(encoding="utf-8")) or {})


def kept_engine(address: str) -> Engine:
    """Return an engine that keeps its connection; a commit survives the process, a power cut may cost the last ones."""
    engine = create_engine(address, pool_size=1, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def leave_flushing_to_the_checkpoint(connection: Any, _: object) -> None:
        connection.execute("pragma synchronous = normal")

    return engine


class KeptEventLogStorage(SqliteEventLogStorage):
    """The event log, one file a run and one index, each opened once."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """Yield a connection to one file inside a transaction."""
        with self._db_lock:
            if shard not in self._engines:
                self._engines[shard] = kept_engine(self.conn_string_for_shard(shard))
                self._initdb(self._engines[shard])
            with self._engines[shard].connect() as connection, connection.begin():
                yield connection

    def dispose(self) -> None:
        """Close what is open."""
        for engine in self._engines.values():
            engine.dispose()
        super().dispose()


class KeptRunStorage(SqliteRunStorage):
    """The list of runs, opened once."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engine = kept_engine(conn_string)
        super().__init__(conn_string, inst_data)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Yield a connection inside a transaction."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    def dispose(self) -> None:
        """Close what is open."""
        self._engine.dispose()
        super().dispose()


class KeptStorage(DagsterSqliteStorage):
    """Dagster's three stores in its own folder, the two that a run writes kept open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        # Not DagsterSqliteStorage's own: it would open, and check the version of, every file a second time.
        super(DagsterSqliteStorage, self).__init__()  # type: ignore[no-untyped-call]  # Dagster has no types there
        self.base_dir = base_dir
        self._inst_data = inst_data
        self._event_log_storage = KeptEventLogStorage(f"{base_dir}/history/runs/")
        self._run_storage = KeptRunStorage.from_local(f"{base_dir}/history/")
        self._schedule_storage = SqliteScheduleStorage.from_local(f"{base_dir}/schedules/")

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "KeptStorage":
        """Return the storage that a configuration names."""
        return cls(config_value["base_dir"], inst_data)
