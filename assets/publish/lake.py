"""A release's tables in a DuckLake, for teams that ask many releases at once with a catalogue in PostgreSQL.

Belongs here: copying the tables of one release there in one transaction. Not here: the release itself, which is a file.
"""

import re
from pathlib import Path

from assets.errors import InputError
from assets.warehouse import Warehouse, disk_faults

LAKE = re.compile(r"ducklake:\S.*")
SECRET = re.compile(r"password|passfile|secret|://[^/]*@", re.IGNORECASE)


def copy_to_lake(release: Path, lake: str, data: str = "") -> dict[str, int]:
    """Replace the tables of a DuckLake by those of a release; return each one's number of rows.

    ``lake`` is what DuckDB attaches, such as ``ducklake:postgres:dbname=signposts host=db``; ``data`` is where a new
    lake keeps its Parquet. Raises InputError, with the lake as it was, where DuckDB's extension cannot be loaded.
    """
    if not LAKE.fullmatch(lake) or SECRET.search(lake):
        raise InputError(
            "a DuckLake is named like ducklake:postgres:dbname=signposts host=db, and its password by PGPASSWORD"
        )
    memory = Warehouse(Path(":memory:"))
    with memory.connect():
        for extension in ("ducklake", "postgres") if lake.startswith("ducklake:postgres:") else ("ducklake",):
            memory.load_extension(extension)
        return copy_tables(memory, release, lake, f"(data_path {_quoted(data)})" if data else "")


def copy_tables(memory: Warehouse, release: Path, target: str, options: str = "") -> dict[str, int]:
    """Replace the tables of whatever DuckDB attaches as a target by those of a release, all or none of them."""
    with disk_faults(), memory.connect() as connection:
        connection.execute(f"attach {_quoted(str(release))} as release (read_only)")
        connection.execute(f"attach {_quoted(target)} as lake {options}")
        found = connection.execute("select table_name from duckdb_tables() where database_name = 'release' order by 1")
        names = [str(row[0]) for row in found.fetchall()]
        with memory.transaction():
            for name in names:
                connection.execute(f'create or replace table lake."{name}" as from release."{name}"')
        counted = {name: connection.execute(f'select count(*) from lake."{name}"').fetchone() for name in names}  # noqa: S608 - names of our own dictionary
        connection.execute("detach lake")
    return {name: int(row[0]) if row else 0 for name, row in counted.items()}


def _quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
