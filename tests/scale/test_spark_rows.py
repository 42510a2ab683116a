"""Every statement of sql/observe gives the same rows and types on DuckDB and on a Spark cluster, from the same Parquet.

The cases are those of tests/sql; what feeds from publishers is shown the documents of tests/publishers.
"""

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets import observe
from assets.settings import SQL_ROOT, load_settings, prepare_home
from assets.warehouse import Warehouse, load_sql
from tests.integration.test_gather import hasten, run_gather
from tests.publishers.catalogue import without_ledger
from tests.publishers.documents import PUBLISHERS as SPOKEN_FOR
from tests.publishers.documents import un_general_assembly
from tests.publishers.server import loopback_publishers
from tests.scale.spark_cluster import Cluster, cluster_in
from tests.sql.test_statements import PARAMETERS, build, cases

pytestmark = [pytest.mark.scale, pytest.mark.timeout(900)]

# What the publishers' documents flow through before they are claims.
FROM_DOCUMENTS = (
    "gdelt_event_day",
    *sorted(path.stem for path in (SQL_ROOT / "observe").glob("candidate_*.sql")),
    "publisher_candidate",
    "document_turn",
    "newest_version",
    "usable_version",
    "publisher_version",
    "last_fetch",
    "freshness",
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster that this process's own session uses."""
    with cluster_in(tmp_path_factory.mktemp("cluster")) as running, pytest.MonkeyPatch.context() as patch:
        for name, value in running.environment.items():
            patch.setenv(name, value)
        patch.delenv("SIGNPOSTS_ENGINE")
        yield running
        from pyspark.sql import SparkSession

        session = SparkSession.getActiveSession()
        if session is not None:
            session.stop()


def rows_and_types(warehouse: Warehouse, table: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Return a table's rows, written so that every digit shows, and its columns with their types."""
    columns = warehouse.rows(
        "select column_name, data_type from duckdb_columns() where table_name = $table and not internal", table=table
    )
    return sorted(repr(tuple(row.values())) for row in warehouse.rows(f'from "{table}"')), columns


def both_ways(warehouse: Warehouse, table: str, monkeypatch: pytest.MonkeyPatch, **parameters: Any) -> int:
    """Hold a statement's table by Spark to its table by DuckDB; return the number of rows."""
    wanted = {name: value for name, value in parameters.items() if f"${name}" in load_sql(f"observe/{table}")}
    warehouse.build_table(f"observe/{table}", **wanted)
    by_duckdb = rows_and_types(warehouse, table)
    with monkeypatch.context() as patch:
        patch.setenv("SIGNPOSTS_ENGINE", "spark")
        warehouse.build_table(f"observe/{table}", **wanted)
    assert rows_and_types(warehouse, table) == by_duckdb
    return len(by_duckdb[0])


@pytest.mark.parametrize(("table", "folder"), list(cases()))
def test_both_engines_give_equal_rows(table, folder, cluster, monkeypatch):
    warehouse = Warehouse(Path(":memory:"))
    with warehouse.connect():
        build(warehouse, table, folder, set())
        own = folder / "parameters.yaml"
        known = yaml.safe_load(own.read_text(encoding="utf-8")) if own.exists() else {}
        both_ways(warehouse, table, monkeypatch, **PARAMETERS | known)


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The tables after every publisher was gathered once; the claims of its documents are not made yet."""
    home = tmp_path_factory.mktemp("gathered")
    with pytest.MonkeyPatch.context() as patch, loopback_publishers() as server:
        hasten(patch)
        patch.setenv("SIGNPOSTS_HOME", str(home))
        patch.setenv("SIGNPOSTS_CATALOGUE", str(without_ledger(home)))
        patch.setenv("DAGSTER_HOME", "")
        patch.setenv("UCDP_ACCESS_TOKEN", "invented")
        for source_id in SPOKEN_FOR:
            patch.setenv(f"SIGNPOSTS_{source_id.upper()}_URL", server.url(source_id))
        prepare_home(load_settings())
        (load_settings().inbox / "2026_02_06_ga_voting.csv").write_bytes(un_general_assembly())
        warehouse = run_gather("2026-11-23")
        with warehouse.connect():
            warehouse.write_rows("claim_version", [])
            for source_id in observe.publishers():
                warehouse.append_table("candidate", f"candidate_{source_id}")
            yield warehouse


@pytest.mark.parametrize("table", FROM_DOCUMENTS)
def test_both_engines_read_the_same_from_the_publishers_documents(table, gathered, cluster, monkeypatch):
    rows = both_ways(gathered, table, monkeypatch, as_of=date(2026, 11, 23), turn=1)
    assert rows or table in ("candidate_gdelt_events", "newest_version", "usable_version")


def test_a_month_of_events_adds_up_to_the_same_last_digit(cluster, monkeypatch):
    warehouse = Warehouse(Path(":memory:"))
    with warehouse.connect():
        warehouse.write_rows("raw_gdelt_events", list(invented_events()))
        warehouse.write_rows("feed", [INVENTED_FEED])
        assert both_ways(warehouse, "gdelt_event_day", monkeypatch) == 2 * 28 * 4
        assert both_ways(warehouse, "candidate_gdelt_events", monkeypatch) == 1


INVENTED_FEED = {
    "source_id": "gdelt_events",
    "document": "exports",
    "series": "first_pair",
    "tracker_id": "invented",
    "indicator_id": "events",
    "scale": 1 / 3,
}


def invented_events() -> Iterator[dict[str, Any]]:
    """Yield the events of two pairs on the days of one month; their scores are no sums of halves."""
    for number in range(3000):
        day = date(2026, 2, 1) + timedelta(days=number % 28)
        yield {
            "document": f"file_{number % 28:02d}",
            "series": ("first_pair", "second_pair")[number % 2],
            "sha256": f"{number % 28:064x}",
            "fetched_at": datetime(2026, 3, 5, 6),
            "row_number": number,
            "event_id": number,
            "added_on": day,
            "is_root": number % 3 == 0,
            "quad_class": 1 + number % 4,
            "goldstein": round(10 * math.sin(number), 1),
            "mentions": number % 7,
        }


AWKWARD = """
create table awkward as select * from (values
    (1, 0.1, 3.0, 'b', timestamp '2026-03-29 01:30:00.123456', date '1970-01-01', [1, null, 3], 170141183460469231731),
    (2, 1e-05, 0.0, 'a', timestamp '1969-12-31 23:59:59', date '2026-11-23', [], -1),
    (3, 1e16, -0.5, null, timestamp '2026-10-25 02:30:00', date '2024-02-29', null, null),
    (4, 12345678.9, 7.0, 'ä', null, null, [2], 0),
    (5, 8.95, 1e300, 'B', timestamp '2026-01-01', date '1999-12-31', [5], 5),
    (6, null, null, '', timestamp '2026-01-01', date '2001-01-31', [6], 6)
) as given (id, x, y, word, moment, day, list, wide)
"""
AWKWARD_ROWS = """
select
    id, x, list, moment, wide,
    cast(wide as hugeint) as huge,
    cast(least(x, 1000) as decimal(18, 6)) as exact,
    struct_pack(first := id, second := moment) as pair,
    x || ' and ' || y as written,
    cast(moment as varchar) as moment_written,
    round(x, 1) as rounded,
    x / y as quotient,
    day - date '2000-01-01' as days,
    date_trunc('month', day) as month_start,
    day + to_months(1) + to_days(id) as later,
    row_number() over (order by word, id) as place,
    row_number() over (order by word desc, id) as place_from_behind
from awkward
"""
AWKWARD_TOTALS = """
select
    id % 2 as parity,
    sum(x order by word) as total,
    avg(x / 3 order by word, id) as mean,
    max_by(word, x) as of_greatest,
    sum(x) filter (where id > 90) as nothing,
    avg(x order by id) as plain_mean,
    string_agg(word, '; ' order by id) as words,
    bool_or(x is null) as lacks
from awkward
group by id % 2
"""


@pytest.mark.parametrize("statement", [AWKWARD_ROWS, AWKWARD_TOTALS], ids=["rows", "totals"])
def test_awkward_values_come_back_to_the_last_digit(statement, cluster):
    warehouse = Warehouse(Path(":memory:"))
    with warehouse.connect() as connection:
        connection.execute(AWKWARD)
        connection.execute("alter table awkward alter wide type hugeint")
        connection.execute("alter table awkward alter x type double")
        connection.execute("alter table awkward alter y type double")
        warehouse._create("awkward_made", statement, {})
        by_duckdb = rows_and_types(warehouse, "awkward_made")
        warehouse._build_by_spark("awkward_made", statement, {})
        assert rows_and_types(warehouse, "awkward_made") == by_duckdb
