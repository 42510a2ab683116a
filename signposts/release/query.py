"""Asking a published file: one statement, read-only, with nothing else in reach; the answer in four formats.

Belongs here: running a statement on a release and writing its rows. Not here: the command's words, the cookbook.
"""

import csv
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from signposts.errors import InputError
from signposts.release.cookbook import Value, load_cookbook
from signposts.warehouse import open_locked

FORMATS = ("table", "csv", "json", "parquet")
WIDEST_CELL = 60
# A spreadsheet runs a cell that begins with one of these as a formula (OWASP: CSV injection).
FORMULA_START = r"^[=+\-@\t\r\n＝＋－＠]"


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The rows of a statement with the names of their columns."""

    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]


def run_query(database: Path, query: str, parameters: Mapping[str, str] | None = None, output: str = "table") -> bytes:
    """Return the answer to a statement or to a cookbook query's name, in one of FORMATS.

    Raises InputError for an unknown format, name or parameter, and for whatever DuckDB refuses.
    """
    if output not in FORMATS:
        raise InputError(f"no format {output!r}; choose one of {', '.join(FORMATS)}")
    statement, values = resolve(query, parameters or {})
    if output == "parquet":
        return _as_parquet(database, statement, values)
    answer = ask(database, statement, values)
    written = {"table": as_table, "csv": as_csv, "json": as_json}[output](answer)
    return written.encode()


def resolve(query: str, parameters: Mapping[str, str]) -> tuple[str, dict[str, Value]]:
    """Return the statement and values that a command's words ask for: one word is a cookbook name."""
    if not re.fullmatch(r"\w+", query.strip()):
        return query, dict(parameters)
    recipe = load_cookbook().get(query.strip())
    if recipe is None:
        import difflib

        close = difflib.get_close_matches(query.strip(), load_cookbook(), n=1)
        hint = f"did you mean {close[0]!r}?" if close else "`signposts sql --list` shows them all"
        raise InputError(f"no cookbook query {query.strip()!r}; {hint}")
    return recipe.statement, recipe.values(parameters)


def ask(database: Path, statement: str, values: Mapping[str, Value] | None = None) -> QueryResult:
    """Return the rows of a statement on a published file that can see nothing but that file."""
    with open_locked(database) as connection:
        cursor = connection.execute(statement, dict(values) if values else None)
        return QueryResult([column[0] for column in cursor.description or ()], cursor.fetchall())


def as_table(answer: QueryResult) -> str:
    """Return the rows as aligned text: numbers to the right, nothing for null, long texts cut."""
    cells = [[_cell(value) for value in row] for row in answer.rows]
    widths = [max(map(len, column)) for column in zip(answer.columns, *cells, strict=True)]
    right = [
        all(value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in column)
        for column in zip(*answer.rows, strict=True)
    ] or [False] * len(widths)
    shown = [list(answer.columns), ["-" * width for width in widths], *cells]
    lines = [
        "  ".join(
            f"{text:{'>' if flush else '<'}{width}}" for text, width, flush in zip(row, widths, right, strict=True)
        )
        for row in shown
    ]
    count = f"({len(answer.rows)} row{'' if len(answer.rows) == 1 else 's'})"
    return "\n".join([*(line.rstrip() for line in lines), count, ""])


def _cell(value: Any) -> str:
    """Return a value as one line of a table: six significant digits, control characters and long texts cut."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    text = "".join(letter if letter.isprintable() else " " for letter in str(value))
    return text if len(text) <= WIDEST_CELL else text[: WIDEST_CELL - 1] + "…"


def as_csv(answer: QueryResult) -> str:
    """Return the rows as CSV; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_harmless(value) for value in row] for row in answer.rows)
    return target.getvalue()


def _harmless(value: Any) -> Any:
    """Return a text that no spreadsheet runs; other values as they are."""
    return f"'{value}" if isinstance(value, str) and re.match(FORMULA_START, value) else value


def as_json(answer: QueryResult) -> str:
    """Return the rows as a JSON list of objects; days and times in ISO form, null for what is no number."""
    rows = [dict(zip(answer.columns, map(_plain, row), strict=True)) for row in answer.rows]
    return json.dumps(rows, ensure_ascii=False, indent=1, default=str) + "\n"


def _plain(value: Any) -> Any:
    """Return a value that JSON can write."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _as_parquet(database: Path, statement: str, values: Mapping[str, Value]) -> bytes:
    """Return the rows as a Parquet file."""
    import pyarrow.parquet

    with open_locked(database) as connection:
        table = connection.sql(statement, params=dict(values) or None).to_arrow_table()
    target = io.BytesIO()
    pyarrow.parquet.write_table(table, target)
    return target.getvalue()
