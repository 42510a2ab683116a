"""The release's other formats: Parquet, CSV, the Frictionless description and the checksums.

Belongs here: files beside the published database, made from it alone. Not here: the database.
"""

import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from signposts.dictionary import Column, Dictionary, Table, published_columns
from signposts.release.query import FORMULA_START
from signposts.run_key import digest_of_file
from signposts.warehouse import Warehouse, quoted_name

# What people open in a spreadsheet; the rest is in Parquet.
CSV_TABLES = (
    "tracker",
    "scenario",
    "indicator",
    "prediction",
    "source",
    "claim",
    "milestone",
    "reading",
    "scenario_probability",
    "assessment",
    "change",
    "deadline",
    "freshness",
    "alert",
    "check_result",
    "release",
)
# Frictionless reads a nullable integer of a Parquet file as a number with a fraction, so both are typed number.
FIELD_TYPES = {
    "varchar": "string",
    "json": "string",
    "date": "date",
    "double": "number",
    "boolean": "boolean",
    "integer": "number",
    "bigint": "number",
    "timestamp": "datetime",
}


def export(database: Warehouse, folder: Path, dictionary: Dictionary) -> None:
    """Write every table as Parquet and the main ones as CSV, in folders of those names."""
    for name in ("parquet", "csv"):
        (folder / name).mkdir()
    with database.connect():
        for name, table in dictionary.tables.items():
            columns = published_columns(name, table)
            select = f"select {_plain(columns)} from {quoted_name(name)}"  # noqa: S608 - names of our own dictionary
            database.copy_out(select, folder / "parquet" / f"{name}.parquet", "format parquet, compression zstd")
            if name in CSV_TABLES:
                bare, target = folder / "csv" / f"{name}.bare", folder / "csv" / f"{name}.csv"
                database.copy_out(f"select {_harmless(columns)} from {quoted_name(name)}", bare, "format csv, header")  # noqa: S608 - names of our own dictionary
                with target.open("wb") as whole, bare.open("rb") as rest:
                    # the mark by which spreadsheets know the encoding for UTF-8
                    whole.write(b"\xef\xbb\xbf")
                    shutil.copyfileobj(rest, whole)
                bare.unlink()


def _plain(columns: Mapping[str, Column]) -> str:
    """Return the select list with JSON as text, which every reader of Parquet understands."""
    return ", ".join(
        f"cast({quoted_name(name)} as varchar) as {quoted_name(name)}" if column.type == "json" else quoted_name(name)
        for name, column in columns.items()
    )


def _harmless(columns: Mapping[str, Column]) -> str:
    """Return the select list with an apostrophe before each text that a spreadsheet would run as a formula."""
    return ", ".join(
        f"regexp_replace(cast({quoted_name(name)} as varchar), '({FORMULA_START})', '''\\1') as {quoted_name(name)}"
        if column.type in ("varchar", "json")
        else quoted_name(name)
        for name, column in columns.items()
    )


def describe(
    folder: Path, dictionary: Dictionary, release_id: str, created_at: datetime, sources: list[dict[str, Any]]
) -> None:
    """Write datapackage.json: the Parquet files with fields, types, meanings and hashes, and the sources."""
    package = {
        "name": "signposts",
        "id": release_id,
        "title": "Signposts: scenarios, dated claims, and the odds that follow",
        "created": created_at.isoformat(timespec="seconds") + "Z",
        "version": release_id,
        "sources": [
            {"title": source["title"]} | ({"path": source["homepage"]} if source["homepage"] else {})
            for source in sources
        ],
        "resources": [_resource(folder, name, table) for name, table in dictionary.tables.items()],
    }
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    (folder / "datapackage.json").write_text(text, encoding="utf-8")


def _resource(folder: Path, name: str, table: Table) -> dict[str, Any]:
    """Return the description of one table."""
    path = folder / "parquet" / f"{name}.parquet"
    return {
        "name": name,
        "type": "table",
        "path": f"parquet/{name}.parquet",
        "description": table.comment,
        "scheme": "file",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "hash": f"sha256:{digest_of_file(path)}",
        "schema": {
            "fields": [
                {"name": column, "type": FIELD_TYPES[entry.type], "description": entry.comment}
                for column, entry in published_columns(name, table).items()
            ]
        },
    }
