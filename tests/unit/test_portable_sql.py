"""Statements on what publishers sent, the one thing that may outgrow a machine, keep to what another engine reads.

From claims on everything stays in DuckDB (docs/adr/0006-sql-files-are-the-portable-part.md).
"""

import pytest
import sqlglot
from sqlglot import exp

from tests.paths import CHECKOUT

OBSERVE = CHECKOUT / "sql" / "observe"
RAW = sorted(path.stem for path in [OBSERVE / "gdelt_event_day.sql", *OBSERVE.glob("rows_*.sql")])


def breaches(text: str) -> set[str]:
    tree = sqlglot.parse_one(text, dialect="duckdb")
    (translated,) = sqlglot.transpile(text, read="duckdb", write="spark")
    sqlglot.parse_one(translated, dialect="spark")
    found = {
        "an ordered sum: let it go through decimal": [
            each for each in tree.find_all(exp.Sum, exp.Avg) if each.find(exp.Order)
        ],
        "qualify under a star: name the columns, or filter one step later": [
            each for each in tree.find_all(exp.Select) if each.args.get("qualify") and each.is_star
        ],
        "union by name: name the columns": [each for each in tree.find_all(exp.Union) if each.args.get("by_name")],
        "to_months and its like: write interval 1 month * n": [
            each for each in tree.find_all(exp.Anonymous) if each.name.startswith("to_")
        ],
    }
    return {rule for rule, places in found.items() if places}


@pytest.mark.parametrize("name", RAW)
def test_a_statement_on_what_publishers_sent_keeps_the_three_rules(name: str) -> None:
    assert breaches((OBSERVE / f"{name}.sql").read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "text",
    [
        "select sum(value order by day) from raw",
        "select * from raw qualify row_number() over (partition by day) = 1",
        "select 1 as a union all by name select 2 as a",
        "select day + to_months(n) from raw",
    ],
)
def test_each_rule_refuses_what_it_is_for(text: str) -> None:
    assert len(breaches(text)) == 1
