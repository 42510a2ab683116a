"""What two installations must agree on.

Belongs here: reading the published tables for a comparison. Not here: making them.
"""

import re
from pathlib import Path

import duckdb

# What differs between any two runs: names and clocks of releases, and the tables of what each run did.
OF_THE_RUN = ("release_id", "of_release", "created_at", "frozen_at", "raised_at")
CLOCK = re.compile(r"\d\d:\d\d UTC")
TABLES_OF_THE_RUN = ("release", "fetch_attempt", "fetch")


def differing_tables(one: Path, other: Path) -> set[str]:
    """Return the published tables of which two installations have different rows."""
    first, second = published_rows(one), published_rows(other)
    return {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}


def published_rows(home: Path) -> dict[str, list[str]]:
    """Return the rows of every published table that two runs over the same claims must share."""
    with duckdb.connect(str(home / "published" / "signposts.duckdb"), read_only=True) as connection:
        columns: dict[str, list[str]] = {}
        statement = "select table_name, column_name from duckdb_columns() where not internal"
        for table, column in connection.execute(statement).fetchall():
            if table not in TABLES_OF_THE_RUN and column not in OF_THE_RUN:
                columns.setdefault(table, []).append(f'"{column}"')
        return {
            table: [
                # A message may name a folder of the installation, or the clock of the release before.
                CLOCK.sub("CLOCK", str(row).replace(str(home), "HOME"))
                for row in connection.execute(f'select {", ".join(names)} from "{table}" order by all').fetchall()
            ]
            for table, names in columns.items()
        }
