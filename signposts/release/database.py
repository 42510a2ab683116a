"""The published file: the dictionary's tables, their comments, the views of the newest date, and the macros.

Belongs here: what stands inside a release's database. Not here: its name, its other formats, where it is put.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from signposts.dictionary import Dictionary, Table, published_columns
from signposts.release.sql_files import PARAMETER, header, statement
from signposts.settings import sql_root
from signposts.warehouse import Warehouse, load_sql, quoted_name, quoted_text

# The oldest format that DuckDB 2 writes: every client since 1.1 opens it.
STORAGE_VERSION = "v1.0.0"

# What a published table was called, and what it shows of the table; kept for a release. DuckDB 2 takes an unquoted
# fetch for a word of SQL; an observation was called a report, which is the site.
OLD_NAMES = {
    "fetch": ("fetch_attempt", "*"),
    "pooled_report": ("observation", "* exclude (observation_id), observation_id as report_id"),
}


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro of the published file: its parameters and the query that it abbreviates."""

    name: str
    parameters: tuple[str, ...]
    grain: str
    example: str
    query: str

    @property
    def definition(self) -> str:
        """Return the statement that makes it; without CTEs, which DuckDB 1.4 cannot read in a stored macro."""
        body = PARAMETER.sub(lambda match: match["name"], self.query)
        return f"create macro {self.name}({', '.join(self.parameters)}) as table {body}"


def load_macros() -> list[Macro]:
    """Return the macros of sql/published_macros, by name."""
    macros = []
    for path in sorted((sql_root() / "published_macros").glob("*.sql")):
        text = load_sql(f"published_macros/{path.stem}")
        described = header(text)
        parameters = tuple(name.strip() for name in described["parameters"].split(","))
        macros.append(Macro(path.stem, parameters, described["grain"], described["for example"], statement(text)))
    return macros


def load_views() -> dict[str, str]:
    """Return the text of each view of the newest as-of date, by name."""
    paths = sorted((sql_root() / "publish").glob("latest_*.sql"))
    return {path.stem: load_sql(f"publish/{path.stem}") for path in paths}


def assemble(warehouse: Warehouse, target: Path, release_id: str, dictionary: Dictionary) -> dict[str, int]:
    """Write the published file anew from the warehouse's tables; return each table's number of rows.

    Rows are sorted by every column, so that equal tables are equal row for row. Raises OSError if the disk refuses.
    """
    with warehouse.connect() as reader:
        database = str(reader.execute("select current_database()").fetchall()[0][0])
        present: dict[str, set[str]] = {}
        listed = "select table_name, column_name from duckdb_columns() where database_name = $database"
        for row in warehouse.rows(listed, database=database):
            present.setdefault(row["table_name"], set()).add(row["column_name"])
        with warehouse.attached(target, "release_file", STORAGE_VERSION) as connection:
            rows = {}
            for name, table in dictionary.tables.items():
                # no keys, which old clients refuse
                columns = ", ".join(
                    f"{quoted_name(column)} {entry.type}" for column, entry in published_columns(name, table).items()
                )
                connection.execute(f"create table {quoted_name(name)} ({columns})")
                filled, parameters = _filling(database, name, table, present[name], release_id)
                rows[name] = int(connection.execute(filled, parameters).fetchall()[0][0])
            for text in _comments(dictionary):
                connection.execute(text)
            for text in _views_and_macros(dictionary):
                connection.execute(text)
    return rows


def _filling(
    database: str, name: str, table: Table, present: set[str], release_id: str
) -> tuple[str, dict[str, str] | None]:
    """Return the statement that fills a published table, and its parameters; a column that is not there is null."""
    columns = [quoted_name(column) for column in table.columns if column in present]
    stamp = name != "release"
    chosen = ", ".join(["cast($release_id as varchar) as release_id"] * stamp + columns)
    target, source = quoted_name(name), f"{quoted_name(database)}.main.{quoted_name(name)}"
    select = f"insert into {target} by name select {chosen} from {source} order by all"  # noqa: S608 - names of the dictionary
    return select, {"release_id": release_id} if stamp else None


def _comments(dictionary: Dictionary) -> Iterator[str]:
    """Yield a comment for every table and every column."""
    for name, table in dictionary.tables.items():
        yield f"comment on table {quoted_name(name)} is {quoted_text(table.comment)}"
        for column, entry in published_columns(name, table).items():
            yield f"comment on column {quoted_name(name)}.{quoted_name(column)} is {quoted_text(entry.comment)}"


def _views_and_macros(dictionary: Dictionary) -> Iterator[str]:
    """Yield the views of the newest as-of date and the macros, each with its comments."""
    for name, text in load_views().items():
        yield f"create view {quoted_name(name)} as {statement(text)}"
        yield f"comment on view {quoted_name(name)} is {quoted_text(_sentence(header(text)['grain']))}"
        table = name.removeprefix("latest_")
        for column, entry in published_columns(table, dictionary.tables[table]).items():
            yield f"comment on column {quoted_name(name)}.{quoted_name(column)} is {quoted_text(entry.comment)}"
    for old, (name, columns) in OLD_NAMES.items():
        yield f"create view {quoted_name(old)} as select {columns} from {name}"  # noqa: S608 - our own names
        told = f"{name} by its name before 0.2; it goes with the next release."
        yield f"comment on view {quoted_name(old)} is {quoted_text(told)}"
    for macro in load_macros():
        yield macro.definition
        told = f"{_sentence(macro.grain)} Example: {macro.example}"
        yield f"comment on macro table {macro.name} is {quoted_text(told)}"


def _sentence(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return f"{text[:1].upper()}{text[1:]}"
