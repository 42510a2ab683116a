"""Statements of sql/observe, sql/desk and the evidence matrix against cases to read: given tables, expected rows.

A case is a folder ``tests/sql/<file>/<rule in words>/`` with ``given/<table>.csv`` and ``expected.csv``, which names
the columns that matter. What a statement reads and the case does not give is made by its own statement, as the header's
``Reads`` says, or stands in ``tests/sql/given``, or is empty. Columns left out take the values of ``defaults.yaml``.
All of it is invented.
"""

import csv
import math
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from signposts import observe
from signposts.warehouse import Warehouse, dictionary_columns, load_sql
from tests.paths import SQL_ROOT

CASES = Path(__file__).parent
STATEMENTS = {
    path.stem: f"{room}/{path.stem}" for room in ("observe", "desk") for path in (SQL_ROOT / room).glob("*.sql")
} | {"assessment": "assess/assessment"}
"""Table to the name of its statement."""
DEFAULTS: dict[str, dict[str, Any]] = yaml.safe_load((CASES / "defaults.yaml").read_text(encoding="utf-8"))
PARAMETERS = {
    "as_of": date(2026, 6, 30),
    "now": datetime(2026, 12, 31),
    "turn": 1,
    "created_at": datetime(2026, 5, 1),
}


def cases() -> Iterator[Any]:
    """Yield each case with a name that states its rule."""
    for folder in sorted(CASES.glob("*/*/")):
        if (folder / "expected.csv").exists():
            yield pytest.param(folder.parent.name, folder, id=f"{folder.parent.name}:{folder.name}")


def rows_of(path: Path) -> list[dict[str, str | None]]:
    """Return the rows of a CSV, empty fields as None."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)]


def reads(table: str) -> list[str]:
    """Return the tables that a statement's header says it reads."""
    header = re.search(r"-- Reads: ((?:.+,\n-- )*.+)", load_sql(STATEMENTS[table]))
    assert header, f"sql/{STATEMENTS[table]}.sql has no header '-- Reads:'"
    return [name.strip(" -\n") for name in header[1].split(",")]


def filled(table: str, row: dict[str, str | None]) -> dict[str, str | None]:
    """Return a row with what every row of its table says unless it says otherwise."""
    columns = dictionary_columns().get(table, {})
    usual = {name: value for name, value in DEFAULTS.get(table, {}).items() if name in columns}
    full = {**usual, **{name: value for name, value in row.items() if value is not None}}
    if "version" in columns:
        full = {"first_claim_id": full.get("claim_id"), "version": "1", **full}
    return full


def make(warehouse: Warehouse, table: str, folder: Path, made: set[str]) -> None:
    """Make a table: as given, by its statement from what that reads, as always, or empty."""
    if table in made:
        return
    made.add(table)
    given = next((path for path in (folder / "given" / f"{table}.csv",) if path.exists()), None)
    always = CASES / "given" / f"{table}.csv"
    if given is None and table == "nowcast":
        make(warehouse, "growth_claim", folder, made)
        make(warehouse, "tracker_setting", folder, made)
        warehouse.write_frame("nowcast", observe.nowcasts(warehouse))
    elif given is None and table == "list_completeness":
        make(warehouse, "list_search", folder, made)
        make(warehouse, "observation", folder, made)
        warehouse.write_frame(table, observe.completeness_of_lists(warehouse))
    elif given and table not in dictionary_columns():
        warehouse.write_frame(table, pd.read_csv(given, parse_dates=["as_of"]))
    elif given is None and not always.exists() and table in STATEMENTS:
        build(warehouse, table, folder, made)
    else:
        path = given or always
        rows = [filled(table, row) for row in rows_of(path)] if path.exists() else []
        warehouse.write_rows(table, rows)


def build(warehouse: Warehouse, table: str, folder: Path, made: set[str]) -> None:
    """Make what a statement reads, then its own table."""
    for name in reads(table):
        make(warehouse, name, folder, made)
    if table == "held_version":
        observe.hold_versions(warehouse)
        return
    text = load_sql(STATEMENTS[table])
    own = folder / "parameters.yaml"
    known = {**PARAMETERS, **(yaml.safe_load(own.read_text(encoding="utf-8")) if own.exists() else {})}
    warehouse.build_table(STATEMENTS[table], **{name: value for name, value in known.items() if f"${name}" in text})


def same(found: Any, expected: str | None) -> bool:
    """Return whether a value is the one written down."""
    if found is None or expected is None:
        return found is None and expected is None
    if isinstance(found, bool):
        return str(found).lower() == expected
    if isinstance(found, int | float):
        return math.isclose(found, float(expected), rel_tol=1e-6)
    return str(found) == expected


@pytest.mark.parametrize(("table", "folder"), list(cases()))
def test_statement_gives_what_the_rule_says(table: str, folder: Path) -> None:
    expected = rows_of(folder / "expected.csv")
    with (folder / "expected.csv").open(encoding="utf-8") as file:
        columns = file.readline().strip().split(",")
    warehouse = Warehouse(Path(":memory:"))
    with warehouse.connect():
        build(warehouse, table, folder, set())
        found = warehouse.rows(f"select {', '.join(columns)} from {table} order by all nulls first")
    expected.sort(key=lambda row: [(row[name] is not None, row[name] or "") for name in columns])
    found.sort(key=lambda row: [(row[name] is not None, as_written(row[name])) for name in columns])
    shown = "\n".join(",".join(as_written(row[name]) for name in columns) for row in found)
    assert len(found) == len(expected), shown
    for row, wanted in zip(found, expected, strict=True):
        assert all(same(row[name], wanted[name]) for name in columns), shown


def as_written(value: Any) -> str:
    """Return a value as the CSV would write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None else str(value)


def statements() -> list[str]:
    """Return the statements that need a case here; a publisher's own are tested with their publisher."""
    return sorted(table for table in STATEMENTS if not table.startswith(("rows_", "gdelt_")))


@pytest.mark.parametrize("table", statements())
def test_every_statement_has_a_case(table: str) -> None:
    assert any((CASES / table).glob("*/expected.csv")), f"write a case in tests/sql/{table}/<rule>/"
