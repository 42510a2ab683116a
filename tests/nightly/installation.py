"""What two installations must agree on.

Belongs here: reading the published tables for a comparison. Not here: making them.
"""

from pathlib import Path

import duckdb

# What differs between any two runs: clock times, and the table of what each run did.
CLOCKS = {"alert": ", raised_at"}
OF_THE_RUN = ("release", "fetch_attempt")


def published_tables(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every published table that two runs over the same claims must share."""
    with duckdb.connect(str(home / "published" / "signposts.duckdb"), read_only=True) as connection:
        names = [row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()]
        return {
            name: connection.execute(
                f'select * exclude (release_id{CLOCKS.get(name, "")}) from "{name}" order by all'
            ).fetchall()
            for name in names
            if name not in OF_THE_RUN
        }
