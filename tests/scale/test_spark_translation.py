"""Each statement of sql/observe in Spark's SQL: that there is one, and what is said otherwise than sqlglot would.

No Spark runs here; that the rows are equal is shown by test_spark_rows.py.
"""

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

pytest.importorskip("sqlglot", reason="sqlglot is missing: pip install -e .[spark]")

import sqlglot

from assets.engines.translation import Table, carried, spark_columns, spark_type, tables_read, translate
from assets.errors import InputError
from assets.settings import CHECKOUT, SQL_ROOT, heavy_engine, load_settings, prepare_home, spark_master
from assets.warehouse import Warehouse, load_sql
from tests.sql.test_statements import PARAMETERS, build, reads

STATEMENTS = sorted(str(path.relative_to(SQL_ROOT).with_suffix("")) for path in (SQL_ROOT / "observe").rglob("*.sql"))
NOTHING_GIVEN = Path("no such case")
COLUMNS = {Table("t"): {"x": "double", "n": "integer", "d": "date", "e": "date", "w": "varchar", "m": "timestamp"}}


@pytest.fixture(scope="module")
def columns() -> dict[str, dict[str, str]]:
    """The columns of every table that a statement reads, as an empty warehouse has them."""
    warehouse = Warehouse(Path(":memory:"))
    found: dict[str, dict[str, str]] = {}
    with warehouse.connect():
        made: set[str] = set()
        for path in sorted((SQL_ROOT / "observe").glob("*.sql")):
            if path.stem not in made:
                build(warehouse, path.stem, NOTHING_GIVEN, made)
        warehouse.write_rows("released_claim", [])
        every = "select table_name, column_name, data_type from duckdb_columns() where not internal"
        for row in warehouse.rows(every):
            found.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
    return found


def in_spark(expression: str, **parameters: object) -> str:
    """Return an expression over the columns of table t in Spark's SQL, on one line."""
    text = plain(translate(f"select {expression} as found from t", COLUMNS, parameters))
    return text.removeprefix("SELECT ").removesuffix(" AS found FROM t AS t")


def plain(text: str) -> str:
    """Return a statement on one line, without quotes around names."""
    return " ".join(text.replace("`", "").split()).replace("( ", "(").replace(" )", ")")


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_of_observe_translates(name, columns):
    text = load_sql(name)
    tables = {table: columns[table.name] for table in tables_read(text)}
    translated = translate(text, tables, PARAMETERS)
    assert sqlglot.parse(translated, dialect="spark")
    assert "$" not in translated.replace("'$.", "'")
    assert "QUALIFY" not in translated


@pytest.mark.parametrize("name", STATEMENTS)
def test_what_a_statement_reads_is_what_its_header_says(name):
    if "/before/" in name:
        pytest.skip("its tables are those of the schema beside it")
    assert {table.name for table in tables_read(load_sql(name))} == set(reads(name.removeprefix("observe/")))


def test_a_table_of_a_named_schema_has_a_view_of_its_own():
    (table,) = tables_read("select * from main.claim where claim.held")
    assert (table, table.view) == (Table("claim", "main"), "main__claim")


def test_a_recursive_expression_is_no_table():
    text = "with recursive r as (select 1 as n union all select n + 1 from r where n < 3) select * from r, t"
    assert tables_read(text) == (Table("t"),)


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("x || ' days'", "DOUBLE_AS_TEXT(CAST(t.x AS DOUBLE)) || ' days'"),
        ("n || ' days'", "CAST(t.n AS STRING) || ' days'"),
        ("cast(x as varchar)", "DOUBLE_AS_TEXT(CAST(t.x AS DOUBLE))"),
        ("cast(n as hugeint)", "CAST(t.n AS DECIMAL(38, 0))"),
        ("cast(m as varchar)", "CAST(t.m AS STRING)"),
        ("cast(x as integer)", "CAST(RINT(t.x) AS INT)"),
        ("date_trunc('month', d)", "TRUNC(t.d, 'MONTH')"),
        ("date_trunc('month', m)", "DATE_TRUNC('MONTH', t.m)"),
        ("d - e", "CAST(DATEDIFF(t.d, t.e) AS BIGINT)"),
        ("d - 1", "t.d - 1"),
        ("x / 2", "t.x / 2"),
        ("x / n", "(IF((t.n) = 0, (t.x) * CAST('Infinity' AS DOUBLE), (t.x) / (t.n)))"),
        ("d + to_months(n) + to_days(n)", "t.d + MAKE_YM_INTERVAL(0, t.n) + MAKE_DT_INTERVAL(t.n)"),
        ("max_by(w, x)", "MAX_BY(t.w, t.x) FILTER(WHERE NOT t.w IS NULL)"),
        ("min_by(w, x) filter (where n > 1)", "MIN_BY(t.w, t.x) FILTER(WHERE t.n > 1 AND NOT t.w IS NULL)"),
        ("any_value(w)", "ANY_VALUE(t.w) IGNORE NULLS"),
        ("n // 2", "t.n DIV 2"),
    ],
)
def test_what_spark_would_take_differently_is_said_otherwise(duckdb, spark):
    assert in_spark(duckdb) == spark


def test_a_double_is_rounded_after_it_was_shifted():
    assert in_spark("round(x, 1)") == "ROUND((t.x) * CAST(10 AS DOUBLE)) / CAST(10 AS DOUBLE)"


def test_an_ordered_sum_adds_in_its_order_and_nulls_of_the_key_come_last():
    text = in_spark("sum(x order by w)")
    assert "SORT_ARRAY(COLLECT_LIST(STRUCT(t.w IS NULL AS absent_0, t.w AS key_0" in text
    assert "(so_far, summand) -> so_far + summand" in text


def test_a_descending_order_inside_an_aggregate_is_refused():
    with pytest.raises(InputError, match="descending order cannot be translated"):
        in_spark("sum(x order by w desc)")


def test_a_list_becomes_rows_by_a_lateral_view():
    text = translate("select unnest([1, 2]) + 1 as k from t", COLUMNS, {})
    assert "LATERAL VIEW" in text
    assert "of_entry_0.entry_0 + 1 AS k" in plain(text)


def test_a_series_that_runs_backwards_is_empty_and_no_error():
    text = translate("select unnest(generate_series(d, e, interval 1 month)) as k from t", COLUMNS, {})
    assert "WHEN t.d <= t.e" in plain(text)


def test_qualify_becomes_a_select_around_it_even_over_a_column_of_the_table():
    text = translate("select w from t qualify n = max(n) over (partition by w)", COLUMNS, {})
    inner, outer = plain(text).split(") AS judged ")
    assert inner.endswith("MAX(t.n) OVER (PARTITION BY t.w) AS judged_0, t.n AS judged_1 FROM t AS t")
    assert outer == "WHERE judged_1 = judged_0"


def test_a_union_by_name_sets_columns_in_one_order_and_fills_those_that_lack():
    text = translate("select w, n from t union all by name select x, w from t", COLUMNS, {})
    first, second = plain(text).split(" UNION ALL ")
    assert first.startswith("SELECT t.w AS w, t.n AS n, NULL AS x")
    assert second.startswith("SELECT t.w AS w, NULL AS n, t.x AS x")


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (date(2026, 1, 2), "CAST('2026-01-02' AS DATE)"),
        (datetime(2026, 1, 2, 3, 4, 5), "CAST('2026-01-02 03:04:05' AS TIMESTAMP_NTZ)"),
        (7, "7"),
        ("it's", "'it\\'s'"),
        (None, "NULL"),
    ],
)
def test_a_parameter_becomes_a_literal_of_its_type(value, literal):
    assert in_spark("$given", given=value) == literal


def test_a_parameter_of_another_type_is_refused():
    with pytest.raises(InputError, match="a parameter of type bytes cannot go to Spark"):
        in_spark("$given", given=b"")


def test_a_function_that_no_rule_knows_is_refused_by_name():
    with pytest.raises(InputError, match="function list_cosine_similarity cannot be translated"):
        in_spark("list_cosine_similarity([x], [x])")


def test_a_column_that_no_table_has_is_refused():
    with pytest.raises(InputError, match="missing_column"):
        in_spark("missing_column")


def test_lists_structs_decimals_and_times_keep_their_types():
    assert spark_type("VARCHAR[]") == "ARRAY<STRING>"
    assert spark_type("STRUCT(a INTEGER, b TIMESTAMP[])") == "STRUCT<a: INT, b: ARRAY<TIMESTAMP_NTZ>>"
    assert spark_type("DECIMAL(18,3)") == "DECIMAL(18, 3)"
    assert spark_type("TIMESTAMP WITH TIME ZONE") == "TIMESTAMP"
    assert spark_columns({"n": "HUGEINT", "j": "JSON"}) == "`n` DECIMAL(38, 0), `j` STRING"


def test_a_number_too_wide_for_parquet_goes_over_as_a_decimal():
    assert carried("HUGEINT") == "DECIMAL(38,0)"
    assert carried("DOUBLE") == "DOUBLE"


@pytest.mark.parametrize("kind", ["INTERVAL", "TIME", "STRUCT(a TIME)"])
def test_a_type_that_spark_lacks_is_refused_by_name(kind):
    with pytest.raises(InputError, match="Spark holds no column of type"):
        spark_type(kind)


def test_duckdb_is_the_engine_where_nothing_is_said(monkeypatch):
    monkeypatch.delenv("SIGNPOSTS_ENGINE", raising=False)
    monkeypatch.delenv("SIGNPOSTS_SPARK_MASTER", raising=False)
    assert (heavy_engine(), spark_master()) == ("duckdb", "local[*]")


def test_a_wrong_engine_is_refused_before_any_work(monkeypatch, tmp_path):
    monkeypatch.setenv("SIGNPOSTS_ENGINE", "sparc")
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path / "home"))
    with pytest.raises(InputError, match="SIGNPOSTS_ENGINE is 'sparc'; set it to duckdb or spark"):
        prepare_home(load_settings())
    assert not (tmp_path / "home").exists()


def test_the_default_engine_loads_neither_spark_nor_its_translator():
    code = (
        "import sys; from pathlib import Path; from assets.warehouse import Warehouse, dictionary_columns; "
        "w = Warehouse(Path(':memory:')); c = w.connect(); c.__enter__(); w.write_rows('fetch', []); "
        "w.build_table('observe/last_fetch'); print(sorted({'pyspark', 'py4j', 'sqlglot'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
