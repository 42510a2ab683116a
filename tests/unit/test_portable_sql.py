"""SQL keeps to what another engine reads where that costs nothing: three rules, and the statements they leave out.

What publishers sent is the one thing that may outgrow a machine, so its statements have no exceptions; from claims on
everything stays in DuckDB (docs/adr/0006-sql-files-are-the-portable-part.md).
"""

import pytest
import sqlglot
from sqlglot import exp

from tests.paths import CHECKOUT

SQL = CHECKOUT / "sql"
# From claims on: as decimals sums of probabilities would lose digits, and columns named in a union or under a star buy
# nothing in DuckDB. Nothing else joins these without a reason.
EXCEPTIONS = {
    "alerts/alert_mover",
    "alerts/source",
    "assess/assessment",
    "assess/begun",
    "assess/group_evidence",
    "assess/hypothesis_probability",
    "assess/influence",
    "assess/reading_claim_ratio",
    "assess/scenario_probability",
    "assess/scored_observation",
    "explain/arithmetic",
    "published_macros/claims_as_of",
    "observe/bucket_observation",
    "observe/candidate",
    "observe/chain_link",
    "observe/counted_claim",
    "observe/derived_claim",
    "observe/derived_state",
    "observe/earlier_observation",
    "observe/event_observation",
    "observe/freshness",
    "observe/ledger_fault",
    "observe/list_observation",
    "observe/milestone",
    "observe/newest_version",
    "observe/observation",
    "observe/publisher_version",
    "observe/reading",
    "observe/vote_observation",
    "publish/release",
    "report/ratios",
}
ON_WHAT_PUBLISHERS_SENT = ("observe/gdelt_event_day", "observe/rows_")


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


def test_every_statement_keeps_the_three_rules_but_for_those_that_are_named() -> None:
    found = {
        path.relative_to(SQL).with_suffix("").as_posix()
        for path in SQL.rglob("*.sql")
        if breaches(path.read_text(encoding="utf-8"))
    }
    assert found == EXCEPTIONS
    assert not [name for name in found if name.startswith(ON_WHAT_PUBLISHERS_SENT)]


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
