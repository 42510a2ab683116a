"""The asset specs of tables: what the dictionary and the statements say of each, so that it is written once.

Belongs here: description, columns, tags and upstream tables of an asset that is a table. Not here: how a table is made.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import dagster as dg

from signposts.dictionary import load_dictionary, published_columns
from signposts.settings import sql_root
from signposts.sources.publishers import PUBLISHERS

# The names of a header's line go on below where a line ends with a comma.
READS = re.compile(r"^-- Reads: (?P<names>[^\n]*(?:(?<=,)\n--[^\n]*)*)", re.MULTILINE)
# Tables that several statements add to; every other table is made by the statement of its name.
APPENDED = {
    "claim": ("derived_claim",),
    "claim_version": ("ledger_version", "publisher_version"),
    "publisher_row": tuple(
        f"rows_{source_id}" if (sql_root() / "observe" / f"rows_{source_id}.sql").exists() else f"raw_{source_id}"
        for source_id in PUBLISHERS
    ),
}


def statement_file(table: str) -> Path | None:
    """Return the file of sql/ that makes a table; None where no statement makes it."""
    files = (sql_root() / stage / f"{table}.sql" for stage in ("observe", "assess", "desk"))
    return next((path for path in files if path.exists()), None)


def statement_reads(table: str) -> tuple[str, ...]:
    """Return the tables that the statement of a table reads, by its header; none where no statement makes it."""
    path = statement_file(table)
    match = READS.search(path.read_text(encoding="utf-8")) if path else None
    return tuple(re.findall(r"[a-z][a-z0-9_]*", re.sub(r"\([^)]*\)", "", match["names"]))) if match else ()


def upstream_assets(table: str, assets: Iterable[str]) -> list[str]:
    """Return the assets that a table is made from: what its statement reads, through all tables that are no assets."""
    names, seen, upstream = set(assets), {table}, set()
    waiting = [table]
    while waiting:
        table_read = waiting.pop()
        for name in (*APPENDED.get(table_read, ()), *statement_reads(table_read)):
            if name in names and name != table:
                upstream.add(name)
            elif name not in seen:
                seen.add(name)
                waiting.append(name)
    return sorted(upstream)


def table_spec(name: str, *, group: str, deps: Iterable[str] = (), kinds: Iterable[str] = ("duckdb",)) -> dg.AssetSpec:
    """Return the spec of an asset that is a table of the dictionary."""
    dictionary = load_dictionary()
    published = name in dictionary.tables
    table = dictionary.tables[name] if published else dictionary.working[name]
    columns = published_columns(name, table) if published else table.columns
    metadata: dict[str, object] = {
        "dagster/column_schema": dg.TableSchema(
            [dg.TableColumn(column_name, column.type, column.comment) for column_name, column in columns.items()]
        ),
        "dagster/table_name": f"main.{name}",
    }
    path = statement_file(name)
    if path is not None:
        text = path.read_text(encoding="utf-8")
        metadata["statement"] = dg.MetadataValue.md(f"sql/{path.parent.name}/{path.name}\n```sql\n{text}```")
    return dg.AssetSpec(
        name,
        deps=sorted({*deps, *upstream_assets(name, ASSETS)}),
        group_name=group,
        description=table.comment,
        kinds=set(kinds),
        owners=["team:signposts"],
        tags={"signposts/stage": table.stage, "signposts/published": "yes" if published else "no"},
        metadata=metadata,
    )


RAW_TABLES = tuple(f"raw_{source_id}" for source_id in PUBLISHERS)
# Every table that is an asset: the published ones, what publishers and ledgers brought, and what the catalogue sets.
ASSETS = tuple(
    dict.fromkeys(
        (*load_dictionary().tables, *RAW_TABLES, "raw_ledger", "gdelt_event_day", "feed", "accepted", "variant_setting")
    )
)
