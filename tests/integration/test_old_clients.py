"""A release opens in DuckDB 1.1, 1.4 and the locked version: tables, views, macros and the cookbook.

Each version is installed beside this one by pip, from whatever registry pip is set to; without one the test is skipped.
"""

import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signposts.dictionary import load_dictionary, published_columns
from signposts.release.cookbook import load_cookbook
from signposts.release.database import load_views
from signposts.release.publish import publish_release
from signposts.release.query import ask
from signposts.settings import Settings
from signposts.warehouse import Warehouse
from tests.sql_desk.fixture import MARCH, fill
from tests.sql_desk.test_cookbook import MACROS

pytestmark = pytest.mark.slow

LOOK = """
import json, sys
import duckdb
asked = json.load(sys.stdin)


def answers(connection):
    found = {text: connection.execute(text).fetchall() for text in asked["texts"]}
    connection.close()
    plain = lambda value: value if isinstance(value, float) else str(value)
    return {text: [[plain(value) for value in row] for row in rows] for text, rows in found.items()}


opened = answers(duckdb.connect(asked["database"], read_only=True))
attaching = duckdb.connect()
attaching.execute("attach '" + asked["database"] + "' as signposts (read_only)")
attaching.execute("use signposts")
print(json.dumps({"version": duckdb.__version__, "opened": opened, "attached": answers(attaching)}))
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("old")
    settings = Settings(home, home)
    fill(Warehouse(settings.warehouse))
    now = datetime(2026, 3, 31, 10, tzinfo=UTC)
    publish_release(Warehouse(settings.warehouse), settings, as_of=MARCH, now=now, with_report=False)
    return settings.published_database


def install(version: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder), f"duckdb=={version}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"pip has no duckdb {version} here: {done.stderr.strip().splitlines()[-1:]}")


def agree(told: list[list[object]], expected: Sequence[tuple[object, ...]]) -> bool:
    """Return whether rows are equal, numbers to twelve digits: sums are taken in no fixed order."""
    return len(told) == len(expected) and all(
        math.isclose(left, right, rel_tol=1e-12, abs_tol=1e-12)
        if isinstance(left, float) and isinstance(right, float)
        else left == str(right)
        for told_row, row in zip(told, expected, strict=True)
        for left, right in zip(told_row, row, strict=True)
    )


@pytest.mark.parametrize("version", ["1.1.3", "1.4.0", "1.4.4"])
def test_old_clients_give_the_same_answers(database: Path, tmp_path: Path, version: str) -> None:
    install(version, tmp_path)
    texts = [f'select * from "{name}" order by all' for name in [*load_dictionary().tables, *load_views()]]
    texts += [f"select * from {call} order by all" for call in MACROS]
    texts += [recipe.pasteable for recipe in load_cookbook().values()]
    texts.append("select table_name, column_name, comment from duckdb_columns() where not internal order by all")
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        input=json.dumps({"database": str(database), "texts": texts}),
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["version"] == version
    for text in texts[:-1]:
        expected = ask(database, text).rows
        assert agree(told["opened"][text], expected), text
        assert agree(told["attached"][text], expected), text
    comments = {(table, column): comment for table, column, comment in told["opened"][texts[-1]]}
    for name, table in load_dictionary().tables.items():
        for column, entry in published_columns(name, table).items():
            assert comments[name, column] == entry.comment
