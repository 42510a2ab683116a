"""Every question of the cookbook, asked of a release of two invented trackers, against rows worked out on paper.

The rows stand in <question>/expected.csv: empty is null, * is anything, numbers agree to six digits. The sums behind
them are short: see the factors of 2 and 3 in fixture.py.
"""

import csv
import fnmatch
import math
import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from signposts.dictionary import load_dictionary
from signposts.errors import InputError
from signposts.release.cookbook import load_cookbook
from signposts.release.database import load_macros, load_views
from signposts.release.publish import publish_release
from signposts.release.query import FORMATS, ask, resolve, run_query
from signposts.settings import Settings
from signposts.warehouse import Warehouse
from tests.sql_desk.fixture import MARCH, fill

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("desk")
    settings = Settings(home, home)
    warehouse = Warehouse(settings.warehouse)
    fill(warehouse)
    publish_release(warehouse, settings, as_of=MARCH, now=datetime(2026, 3, 31, 10, tzinfo=UTC), with_report=False)
    return settings.published_database


def expected_rows(name: str) -> list[list[str]]:
    with (HERE / name / "expected.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


def agrees(value: Any, expected: str) -> bool:
    if value is None or expected == "":
        return value is None and expected == ""
    if isinstance(value, float):
        return math.isclose(value, float(expected), rel_tol=1e-6, abs_tol=1e-9)
    return fnmatch.fnmatchcase(str(value), expected)


def test_there_are_at_least_25_questions() -> None:
    assert len(load_cookbook()) >= 25


@pytest.mark.parametrize("name", sorted(load_cookbook()))
def test_answer_is_what_was_worked_out_on_paper(database: Path, name: str) -> None:
    recipe = load_cookbook()[name]
    answer = ask(database, recipe.statement, recipe.values({}))
    columns, *rows = expected_rows(name)
    assert list(answer.columns) == columns == list(recipe.columns)
    assert rows, "an expectation without rows tests nothing"
    wrong = [
        (found, wanted) for found, wanted in zip(answer.rows, rows, strict=True) if not all(map(agrees, found, wanted))
    ]
    assert not wrong


@pytest.mark.parametrize("name", sorted(load_cookbook()))
def test_pasted_into_any_client_it_gives_the_same_answer(database: Path, name: str) -> None:
    recipe = load_cookbook()[name]
    pasted, asked = ask(database, recipe.pasteable).rows, ask(database, recipe.statement, recipe.values({})).rows
    assert [rounded(row) for row in pasted] == [rounded(row) for row in asked]


def rounded(row: Sequence[object]) -> list[object]:
    """Return a row without the last digits of its numbers, which depend on the order a client adds them up in."""
    return [round(value, 12) if isinstance(value, float) else value for value in row]


def test_every_question_answers_within_a_tenth_of_a_second(database: Path) -> None:
    slow = {}
    for name, recipe in load_cookbook().items():
        quickest = min(elapsed(database, recipe.pasteable) for _ in range(3))
        if quickest > 0.1:
            slow[name] = quickest
    assert not slow


def elapsed(database: Path, statement: str) -> float:
    begin = time.process_time()
    ask(database, statement)
    return time.process_time() - begin


def test_every_question_is_one_sentence_and_one_select() -> None:
    for name, recipe in load_cookbook().items():
        assert recipe.question.endswith("?"), name
        assert recipe.question.count("?") == 1, name
        assert re.match(r"(select|with)\b", recipe.statement), name
        assert ";" not in recipe.statement, name


def test_questions_read_published_tables_views_and_macros_only() -> None:
    import sqlglot
    from sqlglot import expressions

    known = {*load_dictionary().tables, *load_views(), *(macro.name for macro in load_macros())}
    for name, recipe in load_cookbook().items():
        parsed = sqlglot.parse_one(recipe.pasteable, dialect="duckdb")
        own = {cte.alias for cte in parsed.find_all(expressions.CTE)}
        read = {table.name or table.this.name for table in parsed.find_all(expressions.Table)} - own
        assert read, name
        assert read <= known, (name, read - known)


def test_every_expectation_belongs_to_a_question() -> None:
    assert {path.parent.name for path in HERE.glob("*/expected.csv")} == set(load_cookbook())


def test_fixture_odds_follow_from_its_log_ratios(database: Path) -> None:
    rule = (HERE.parents[1] / "checks" / "sql" / "probabilities_follow_from_log_ratios.sql").read_text(encoding="utf-8")
    assert ask(database, rule).rows == []


# ---------------------------------------------------------------------- macros

NEWEST_ON = "(select max(d.as_of) from as_of_date as d where d.tracker_id = t.tracker_id and d.as_of <= date '{day}')"
MACROS = {
    "readings_as_of('2026-03-01')": f"select t.* from reading t where t.as_of = {NEWEST_ON.format(day='2026-03-01')}",
    "readings_as_of(date '2026-02-27')": "select t.* from reading t where t.as_of = date '2026-01-31'",
    "probability_as_of('2026-03-30')": """
        from scenario_probability where as_of = date '2026-02-28' and variant = 'headline'""",
    "claims_as_of('2026-03-19')": """select * from claim where claim_id in (
        'loaves-1', 'loaves-2', 'loaves-3', 'flour-1', 'shop_opened-1', 'shop_opened-2', 'apples-1')""",
    "claims_as_of('2026-03-31')": """select * from claim where claim_id in (
        'loaves-1', 'loaves-3', 'loaves-4', 'flour-1', 'shop_opened-1', 'shop_opened-2', 'apples-1', 'weather-1')""",
    "compare('2026-02-01', '2026-03-31')": """
        select a.tracker_id, a.scenario_id, a.as_of, b.as_of, a.posterior, b.posterior, b.posterior - a.posterior,
            a.decibans, b.decibans
        from scenario_probability a, scenario_probability b
        where a.variant = 'headline' and b.variant = 'headline' and a.as_of = date '2026-01-31'
            and b.as_of = date '2026-03-31' and a.tracker_id = b.tracker_id and a.scenario_id = b.scenario_id""",
    "why('loaves')": """
        select r.tracker_id, r.indicator_id, r.as_of, r.reading_date, r.value, r.category, r.missing_reason, p.claim_id,
            c.speaker, c.source_url, c.published_on, c.reliability || c.credibility, p.pool_weight, a.scenario_id,
            a.status, a.decibans, a.contribution
        from reading r, reading_claim p, claim c, assessment a
        where r.as_of = date '2026-03-31' and r.indicator_id = 'loaves' and p.as_of = r.as_of and a.as_of = r.as_of
            and p.indicator_id = 'loaves' and a.indicator_id = 'loaves' and c.claim_id = p.claim_id""",
    "why('staff')": """
        select r.tracker_id, r.indicator_id, r.as_of, r.reading_date, r.value, r.category, r.missing_reason, null, null,
            null, null, null, null, a.scenario_id, a.status, a.decibans, a.contribution
        from reading r, assessment a
        where r.as_of = date '2026-03-31' and r.indicator_id = 'staff' and a.as_of = r.as_of
            and a.indicator_id = 'staff'""",
    "path('grows', 'loaves')": """
        select tracker_id, date, p05, p10, p50, p90, p95,
            case when date = date '2025-12-31' then date '2025-12-31' end,
            case when date = date '2025-12-31' then 133.2::double end
        from fan where scenario_id = 'grows' and indicator_id = 'loaves'""",
}


@pytest.mark.parametrize("call", MACROS)
def test_macro_equals_the_query_it_abbreviates(database: Path, call: str) -> None:
    by_macro = ask(database, f"from {call} order by all").rows
    by_tables = ask(database, f"from ({MACROS[call]}) order by all").rows
    assert by_macro
    assert by_macro == by_tables


def test_every_macro_is_tested() -> None:
    assert {call.split("(")[0] for call in MACROS} == {macro.name for macro in load_macros()}


def test_latest_views_are_the_rows_of_the_newest_date(database: Path) -> None:
    for view in load_views():
        table = view.removeprefix("latest_")
        expected = ask(database, f"select * from {table} where as_of = date '2026-03-31' order by all").rows
        assert ask(database, f"from {view} order by all").rows == expected
        assert len(expected) < len(ask(database, f"from {table}").rows) or table not in ("reading", "log_ratio")


def test_every_table_with_an_as_of_date_has_a_latest_view() -> None:
    dated = {
        name
        for name, table in load_dictionary().tables.items()
        if "as_of" in table.columns and name not in ("as_of_date", "release", "release_note", "resolved_curve")
    }
    assert {view.removeprefix("latest_") for view in load_views()} == dated


# ---------------------------------------------------------------------- asking


def test_given_parameters_replace_the_defaults(database: Path) -> None:
    statement, values = resolve("odds_then_and_now", {"day": "2026-02-01"})
    rows = ask(database, statement, values).rows
    assert {str(row[2]) for row in rows} == {"2026-01-31"}


@pytest.mark.parametrize(
    ("query", "given", "said"),
    [
        ("odds_nov", {}, "did you mean 'odds_now'"),
        ("xyzzy", {}, "--list"),
        ("odds_then_and_now", {"dya": "2026-02-01"}, "its parameters are: day"),
        ("odds_then_and_now", {"day": "yesterday"}, "write it like 2026-03-01"),
        ("select nonsense from nowhere", {}, "nowhere"),
    ],
)
def test_wrong_words_are_refused_with_the_remedy(database: Path, query: str, given: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        run_query(database, query, given)


def test_an_unknown_format_is_refused(database: Path) -> None:
    with pytest.raises(InputError, match="table, csv, json, parquet"):
        run_query(database, "odds_now", output="xml")


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('/etc/hostname')",
        "copy (select 1) to '/tmp/signposts_must_not_exist.csv'",
        "attach ':memory:' as elsewhere; attach '/tmp/signposts_must_not_exist.duckdb' as other",
        "create table more as select 1",
        "delete from claim",
        "set enable_external_access = true",
        "install httpfs",
        "select * from rows_of_this_test",
    ],
)
def test_a_statement_reaches_nothing_but_the_file(database: Path, statement: str) -> None:
    rows_of_this_test: Iterator[int] = iter([1])
    with pytest.raises(InputError):
        run_query(database, statement)
    assert list(rows_of_this_test) == [1]
    assert not Path("/tmp/signposts_must_not_exist.csv").exists()


def test_formats_carry_the_same_rows(database: Path, tmp_path: Path) -> None:
    import json

    query = "select claim_id, value, published_on, held, note from claim order by claim_id"
    rows = ask(database, query).rows
    as_json = json.loads(run_query(database, query, output="json"))
    assert [tuple(row.values()) for row in as_json] == [(a, b, c.isoformat(), d, e) for a, b, c, d, e in rows]
    as_csv = list(csv.reader(run_query(database, query, output="csv").decode().splitlines()))
    assert len(as_csv) == len(rows) + 1
    assert ["loaves-3", "150.0", "2026-02-20", "False", "'-1+2 hearsay"] in as_csv
    (tmp_path / "answer.parquet").write_bytes(run_query(database, query, output="parquet"))
    with Warehouse(tmp_path / "empty.duckdb").connect() as connection:
        found = connection.execute("from read_parquet($path)", {"path": str(tmp_path / "answer.parquet")}).fetchall()
    assert found == rows
    table = run_query(database, query).decode().splitlines()
    assert table[0].split() == ["claim_id", "value", "published_on", "held", "note"]
    assert table[-1] == f"({len(rows)} rows)"


def test_an_empty_answer_is_a_table_with_a_head(database: Path) -> None:
    assert run_query(database, "select claim_id from claim where false").decode() == "claim_id\n--------\n(0 rows)\n"


def test_every_format_is_offered() -> None:
    assert FORMATS == ("table", "csv", "json", "parquet")
