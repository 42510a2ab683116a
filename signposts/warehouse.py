"""The working database and the published file: the only module that imports duckdb.

Belongs here: connections, typed tables by the data dictionary, running the files of sql/, the single writer's lock.
Not here: which tables a stage makes, and any statement longer than a line.
"""

import fcntl
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signposts.errors import InputError, ReleaseDamaged, WarehouseDamaged, WriterBusy
from signposts.settings import Settings, sql_root

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

POLL_SECONDS = 0.2
SMALLEST_BLOCK = 16384


@cache
def load_sql(name: str) -> str:
    """Return the text of ``sql/<name>.sql``, for example ``load_sql("assess/log_ratio")``."""
    return (sql_root() / name).with_suffix(".sql").read_text(encoding="utf-8")


@cache
def dictionary_columns() -> Mapping[str, Mapping[str, str]]:
    """Return the columns of every published and working table with their types, in order, release_id left out."""
    import yaml

    text = (sql_root() / "dictionary.yaml").read_text(encoding="utf-8")
    sections = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    tables = sections["tables"] | sections["working"]
    return {
        table: {column: entry["type"] for column, entry in described["columns"].items()}
        for table, described in tables.items()
    }


class Warehouse:
    """One DuckDB file, opened for the shortest time that does the job.

    A connection opened inside another of the same object is the same one, so that a stage may hold it while it works.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._open: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def connect(self, *, read_only: bool = False) -> Iterator["duckdb.DuckDBPyConnection"]:
        """Yield a connection and close it whatever happens inside the block."""
        if self._open is not None:
            with self._damage_reported(self.read_only):
                yield self._open
            return
        read_only = read_only or self.read_only
        self._open = self._connection(read_only)
        try:
            with self._damage_reported(read_only):
                self._open.execute("set timezone = 'UTC'")
                yield self._open
        finally:
            self._close()

    @contextmanager
    def _damage_reported(self, read_only: bool) -> Iterator[None]:
        """Move the file away if the block finds it damaged, and say so; a reader leaves it where it is."""
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            if not is_damage(error):
                raise
            self._close()
            self._refuse_damage(read_only, error)
            kept = set_aside(self.path)
            raise WarehouseDamaged(
                f"the working database was damaged ({_first_line(error)}); it is kept as {kept.name}, and the next run "
                "builds it anew from the archive and the ledger"
            ) from error

    def _connection(self, read_only: bool) -> "duckdb.DuckDBPyConnection":
        """Return an open connection; a working file that is no database is moved away and begun anew."""
        import duckdb

        try:
            return duckdb.connect(str(self.path), read_only=read_only)
        except duckdb.Error as error:
            if "set lock" in str(error):
                raise WriterBusy(
                    f"{self.path} is open in another program; close it and run again: {_first_line(error)}"
                ) from error
            if not is_damage(error):
                raise
            self._refuse_damage(read_only, error)
            kept = set_aside(self.path)
            logging.getLogger(__name__).warning(
                "the working database was damaged (%s); it is kept as %s, and this run builds it anew from the archive "
                "and the ledger",
                _first_line(error),
                kept.name,
            )
            return duckdb.connect(str(self.path))

    def _refuse_damage(self, read_only: bool, error: Exception) -> None:
        """Name a damaged file that is only read, so that no other file is blamed for it."""
        if read_only:
            raise ReleaseDamaged(
                f"{self.path} is damaged ({_first_line(error)}): `signposts run` restores it from the other copy or "
                "from the release before"
            ) from error

    def _close(self) -> None:
        """Close the connection if one is open."""
        if self._open is not None:
            self._open.close()
            self._open = None

    @contextmanager
    def aside(self, schema: str) -> Iterator[None]:
        """Make the block's tables in a schema of their own, which is dropped at its end.

        Reading still falls back to the tables that stand, so that the same statements give another state beside them.
        """
        with self.connect() as connection:
            before = connection.execute("select current_setting('search_path')").fetchall()[0][0] or "main"
            connection.execute(f"drop schema if exists {quoted_name(schema)} cascade")
            connection.execute(f"create schema {quoted_name(schema)}")
            connection.execute(f"set search_path = '{schema},{before}'")
            try:
                yield
            finally:
                connection.execute(f"set search_path = '{before}'")
                connection.execute(f"drop schema {quoted_name(schema)} cascade")

    @contextmanager
    def attached(self, path: Path, name: str, storage_version: str) -> Iterator["duckdb.DuckDBPyConnection"]:
        """Yield the connection with a fresh file of an older storage version attached, in use inside a transaction.

        Its blocks are the smallest there are: with many small tables the file is a tenth of the size. The file is whole
        once the block has ended. A disk that is full or refuses is an OSError.
        """
        with self.connect() as connection, disk_faults():
            database = str(connection.execute("select current_database()").fetchall()[0][0])
            shape = f"storage_version {quoted_text(storage_version)}, block_size {SMALLEST_BLOCK}"
            connection.execute(f"attach {quoted_text(str(path))} as {quoted_name(name)} ({shape})")
            try:
                connection.execute(f"use {quoted_name(name)}")
                connection.begin()
                yield connection
                connection.commit()
                connection.execute(f"checkpoint {quoted_name(name)}")
            except BaseException:
                with suppress(Exception):
                    connection.rollback()
                raise
            finally:
                connection.execute(f"use {quoted_name(database)}")
                connection.execute(f"detach {quoted_name(name)}")

    def write_copy(self, path: Path) -> None:
        """Write a copy of the whole database beside the path and rename it to the path."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".new-{path.name}")
        partial.unlink(missing_ok=True)
        with self.connect() as connection, disk_faults():
            (row,) = connection.execute("select current_database()").fetchall()
            connection.execute(f"attach {quoted_text(str(partial))} as copied")
            try:
                connection.execute(f"copy from database {quoted_name(str(row[0]))} to copied")
            finally:
                connection.execute("detach copied")
        partial.replace(path)

    @contextmanager
    def beside(self, path: Path, name: str) -> Iterator["duckdb.DuckDBPyConnection"]:
        """Yield the connection with another database attached under a name, for reading only."""
        with self.connect() as connection:
            connection.execute(f"attach {quoted_text(str(path))} as {quoted_name(name)} (read_only)")
            try:
                yield connection
            finally:
                connection.execute(f"detach {quoted_name(name)}")

    def copy_out(self, select: str, path: Path, options: str) -> None:
        """Write a statement's rows to a file, in the format that DuckDB's COPY options name."""
        with self.connect() as connection, disk_faults():
            connection.execute(f"copy ({select}) to {quoted_text(str(path))} ({options})")

    # ---- reading

    def query(self, statement: str, **parameters: Any) -> "pd.DataFrame":
        """Return the rows of a statement as a frame; values go in by name."""
        with self.connect() as connection:
            return connection.execute(statement, parameters or None).df()

    def rows(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of a statement as mappings, without pandas."""
        with self.connect() as connection:
            cursor = connection.execute(statement, parameters or None)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def has_table(self, table: str) -> bool:
        """Return whether there is a table: a file of an older version may lack it."""
        return bool(self.rows("select 1 from duckdb_tables() where table_name = $table", table=table))

    def read_frame(self, table: str) -> "pd.DataFrame":
        """Return a whole table."""
        return self.query(f"from {quoted_name(table)}")

    def count(self, table: str) -> int:
        """Return a table's number of rows."""
        return int(self.rows(f"select count(*) as n from {quoted_name(table)}")[0]["n"])

    def fingerprint(self, table: str) -> str:
        """Return a digest of a table's rows, whatever their order, in memory that does not grow with the table.

        It is their number, and the sums of the two halves of each row's MD5.
        """
        line = "cast(t as varchar)"
        statement = (
            f"select concat_ws('-', count(*), sum(md5_number_lower({line})), sum(md5_number_upper({line}))) as digest "
            f"from {quoted_name(table)} as t"
        )
        return str(self.rows(statement)[0]["digest"])

    # ---- writing

    def build_table(self, sql_name: str, **parameters: Any) -> int:
        """Make the table named like the file from ``sql/<sql_name>.sql`` and return its number of rows.

        A table of the dictionary gets exactly its columns and types; a missing or surplus column is an error.
        """
        table = sql_name.rsplit("/", 1)[-1]
        return self._create(table, load_sql(sql_name), parameters)

    def read_parquet(self, table: str, folder: Path) -> int:
        """Replace a table by the rows of a folder's Parquet files and return their number."""
        return self._create(table, "from read_parquet($files)", {"files": f"{folder}/*.parquet"})

    def write_frame(self, table: str, frame: "pd.DataFrame") -> int:
        """Replace a table by a frame's rows, matched by column name, and return their number."""
        with self.connect() as connection:
            connection.register("incoming_frame", frame)
            try:
                return self._create(table, "from incoming_frame", {}, optional=True)
            finally:
                connection.unregister("incoming_frame")

    def write_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """Replace a table of the dictionary by rows; a column that a row lacks is null."""
        columns = dictionary_columns()[table]
        surplus = {name for row in rows for name in row} - set(columns)
        if surplus:
            raise InputError(f"table {table} has no column {sorted(surplus)[0]!r}: add it to sql/dictionary.yaml")
        with self.connect() as connection:
            connection.execute(f"create or replace table {quoted_name(table)} ({_definition(columns)})")
            self._insert(connection, table, columns, rows)
        return len(rows)

    def replace_rows(self, table: str, rows: Sequence[Mapping[str, Any]], **where: Any) -> None:
        """Replace the rows of a dictionary's table whose columns equal ``where``; the others stay."""
        columns = dictionary_columns()[table]
        condition = " and ".join(f"{quoted_name(name)} = ${name}" for name in where)
        with self.connect() as connection:
            self.ensure_table(table)
            with self.transaction():
                connection.execute(f"delete from {quoted_name(table)} where {condition}", where)
                self._insert(connection, table, columns, rows)

    def append_table(self, table: str, incoming: str) -> int:
        """Add the rows of another table to a table of the dictionary, matched by column name; return how many."""
        with self.connect() as connection:
            self.ensure_table(table)
            connection.execute(f"insert into {quoted_name(table)} by name from {quoted_name(incoming)}")
        return self.count(incoming)

    def append_made(self, table: str, sql_name: str, **parameters: Any) -> None:
        """Add what ``sql/<sql_name>.sql`` gives to a table of the dictionary, matched by column name."""
        with self.connect() as connection:
            self.ensure_table(table)
            connection.execute(f"insert into {quoted_name(table)} by name {load_sql(sql_name)}", parameters or None)

    def rename_indicator(self, tracker_id: str, old: str, new: str) -> None:
        """Rename an indicator, its claims (old-001) and their keys (old|…) in every table of a tracker."""
        with self.transaction(), self.connect() as connection:
            columns = connection.execute(
                "select table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' and not internal "
                "and column_name in ('indicator_id', 'claim_id', 'first_claim_id', 'claim_key', 'corrects', "
                "'superseded_by', 'event_key') and table_name in "
                "(select table_name from duckdb_columns() where column_name = 'tracker_id') and table_name in "
                "(select table_name from duckdb_tables())"
            ).fetchall()
            for table, column in columns:
                name = quoted_name(column)
                connection.execute(
                    f"update {quoted_name(table)} set {name} = $new || substr({name}, $length) "
                    f"where tracker_id = $tracker and regexp_full_match({name}, $pattern)",
                    {"new": new, "length": len(old) + 1, "tracker": tracker_id, "pattern": rf"{old}(-\d+|\|.*)?"},
                )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all of the block's writing or none of it."""
        with self.connect() as connection:
            connection.begin()
            try:
                yield
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def ensure_table(self, table: str) -> None:
        """Make a table of the dictionary, empty, if it does not exist yet; an older one gets the columns it lacks."""
        columns = dictionary_columns()[table]
        with self.connect() as connection:
            connection.execute(f"create table if not exists {quoted_name(table)} ({_definition(columns)})")
            described = connection.execute(f"select column_name from (describe {quoted_name(table)})").fetchall()
            for name in [name for name in columns if (name,) not in described]:
                connection.execute(f"alter table {quoted_name(table)} add column {quoted_name(name)} {columns[name]}")

    def ensure_tables(self) -> None:
        """Make every table of the dictionary that does not exist yet, empty."""
        present: dict[str, set[str]] = {}
        statement = "select table_name, column_name from duckdb_columns() where schema_name = 'main' and not internal"
        for row in self.rows(statement):
            present.setdefault(row["table_name"], set()).add(row["column_name"])
        with self.transaction():
            for table, columns in dictionary_columns().items():
                if not present.get(table, set()).issuperset(columns):
                    self.ensure_table(table)

    @staticmethod
    def _insert(
        connection: "duckdb.DuckDBPyConnection",
        table: str,
        columns: Mapping[str, str],
        rows: Sequence[Mapping[str, Any]],
    ) -> None:
        """Insert rows by name, a column at a time: some eighteen times as fast as a row at a time."""
        if rows:
            chosen = ", ".join(f"unnest(cast(${name} as {kind}[]))" for name, kind in columns.items())
            connection.execute(
                f"insert into {quoted_name(table)} ({', '.join(map(quoted_name, columns))}) select {chosen}",
                {name: [row.get(name) for row in rows] for name in columns},
            )

    def _create(self, table: str, select: str, parameters: Mapping[str, Any], *, optional: bool = False) -> int:
        """Create or replace a table from a select, held to the dictionary where it knows the table."""
        with self.connect() as connection:
            chosen = "*"
            if table in dictionary_columns():
                columns = [row[0] for row in connection.execute(f"describe {select}", parameters or None).fetchall()]
                chosen = _chosen(table, columns, optional)
            made = f"create or replace table {quoted_name(table)} as select {chosen} from ({select}) as incoming"
            ((count,),) = connection.execute(made, parameters or None).fetchall()
            return int(count)


def recorded_claim_ids(settings: Settings, tracker_id: str, indicator_id: str) -> set[str]:
    """Return the claims of an indicator's ledger that working database or release know, as far as they can be read."""
    claim_ids: set[str] = set()
    for path, table in ((settings.warehouse, "claim_version"), (settings.released_database, "claim")):
        kept = Warehouse(path, read_only=True)
        statement = (
            f"select claim_id from {table} where source_id = 'ledger' and tracker_id = $tracker "
            "and indicator_id = $indicator"
        )
        try:
            if path.is_file() and kept.has_table(table):
                rows = kept.rows(statement, tracker=tracker_id, indicator=indicator_id)
                claim_ids |= {str(row["claim_id"]) for row in rows}
        except (WriterBusy, WarehouseDamaged):
            continue
    return claim_ids


def quoted_name(name: str) -> str:
    """Return a table's or column's name, quoted; one that is not a plain word is refused."""
    if not name.replace("_", "").isalnum():
        raise InputError(f"{name!r} is not a plain table or column name")
    return f'"{name}"'


def _definition(columns: Mapping[str, str]) -> str:
    """Return the column definitions of a table."""
    return ", ".join(f"{quoted_name(name)} {kind}" for name, kind in columns.items())


def _chosen(table: str, names: Sequence[str], optional: bool) -> str:
    """Return the select list that holds found columns to the dictionary."""
    columns = dictionary_columns()[table]
    surplus = [name for name in names if name not in columns]
    missing = [name for name in columns if name not in names]
    if surplus or (missing and not optional):
        fault = f"has no column {surplus[0]!r}" if surplus else f"lacks column {missing[0]!r}"
        raise InputError(f"table {table} {fault}: the statement and sql/dictionary.yaml differ")
    return ", ".join(
        f"cast({quoted_name(name) if name in names else 'null'} as {kind}) as {quoted_name(name)}"
        for name, kind in columns.items()
    )


def quoted_text(text: str) -> str:
    """Return a text quoted as SQL writes it, for the places that take no parameter."""
    return "'" + text.replace("'", "''") + "'"


# DuckDB's words for a file that is not what it wrote; it has no class of error for them.
DAMAGE = (
    "not a valid DuckDB database file",
    "Could not read enough bytes",
    "Corrupt database file",
    "replaying WAL",
    "Failed to deserialize",
)


def is_damage(error: Exception) -> bool:
    """Return whether an error of DuckDB says that the file's bytes are damaged."""
    return any(words in str(error) for words in DAMAGE)


def set_aside(path: Path) -> Path:
    """Move a damaged database, with its write-ahead log, out of the way; return where it is kept."""
    kept = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    path.replace(kept)
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        log.replace(kept.with_name(f"{kept.name}.wal"))
    return kept


def _first_line(error: Exception) -> str:
    """Return the first line of an error's words."""
    return str(error).strip().splitlines()[0]


@contextmanager
def disk_faults() -> Iterator[None]:
    """Turn DuckDB's word for a file that cannot be written into Python's."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
        raise OSError(str(error).splitlines()[0]) from error


@contextmanager
def open_locked(database: Path) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Yield a connection that can read one file and nothing else: no other file, network, extension or setting.

    What a statement does wrong is an InputError with DuckDB's own words.
    """
    import duckdb

    shut: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }
    try:
        connection = duckdb.connect(str(database), read_only=True, config=shut)
        try:
            connection.execute("set timezone = 'UTC'")
            connection.execute("set lock_configuration = true")
            yield connection
        finally:
            connection.close()
    except duckdb.Error as error:
        raise InputError(str(error).strip()) from error


@contextmanager
def single_writer(lock: Path, *, wait_seconds: float, purpose: str) -> Iterator[None]:
    """Hold the operating system's lock that makes this process the single writer; it dies with the process.

    Waits with a message that names the holder, up to ``wait_seconds``, then raises WriterBusy.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+", encoding="utf-8") as handle:
        _acquire(handle.fileno(), lock, wait_seconds)
        handle.truncate(0)
        handle.write(f"process {os.getpid()}, {purpose}, since {datetime.now(UTC).isoformat(timespec='seconds')}\n")
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)
            fcntl.flock(handle.fileno(), fcntl.LOCK_UN)


def _acquire(descriptor: int, lock: Path, wait_seconds: float) -> None:
    """Take the lock, or raise WriterBusy with the holder's name once the time is up."""
    deadline = time.monotonic() + wait_seconds
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = lock_holder(lock)
            if time.monotonic() >= deadline:
                raise WriterBusy(f"another run is writing ({holder}); try again when it has ended") from None
            if not told:
                print(f"waiting for {holder}, up to {wait_seconds:.0f} s", flush=True)
                told = True
            time.sleep(POLL_SECONDS)
        else:
            return


def current_writer(lock: Path) -> str:
    """Return who is writing now, in words; empty if nobody is."""
    if not lock.exists():
        return ""
    with lock.open("r", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return lock_holder(lock)
    return ""


def lock_holder(lock: Path) -> str:
    """Return who holds the lock, in words; empty if nobody has written a name into it."""
    try:
        return lock.read_text(encoding="utf-8").strip() or "a run that has just begun"
    except FileNotFoundError:
        return ""
