"""`python peer_expectations.py input output`: the models of peer_dbt by DuckDB, its tests by Great Expectations.

What the product is built of, for the same little work, without Dagster. It reads the models from peer_dbt itself.
"""

import re
import sys
from pathlib import Path

import duckdb

from signposts.validation import Suite, validate

MODELS = Path(__file__).resolve().parent / "peer_dbt" / "models"
SUITES = {
    "reading": (
        {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "indicator_id"}},
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "value"}},
    ),
    "log_ratio": (),
    "probability": (
        {
            "type": "expect_column_values_to_be_in_set",
            "kwargs": {"column": "scenario_id", "value_set": ["low", "middle", "high"]},
        },
        {
            "type": "expect_column_sum_to_be_between",
            "kwargs": {"column": "probability", "min_value": 1 - 1e-9, "max_value": 1 + 1e-9},
        },
    ),
}


def statement(name: str, given: Path) -> str:
    """Return a model of peer_dbt without its templates."""
    text = (MODELS / f"{name}.sql").read_text(encoding="utf-8")
    text = text.replace('{{ env_var("PEER_INPUT") }}', str(given))
    return re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", text)


def main(given: Path, made: Path) -> None:
    """Make the three tables, hold them to the four tests, and write them as Parquet."""
    with duckdb.connect(str(made / "peer.duckdb")) as connection:
        for name, suite in SUITES.items():
            connection.execute(f"create or replace table {name} as {statement(name, given)}")
            if suite:
                failed = [
                    one for one in validate(connection.table(name).df(), Suite(name, (), suite)) if not one.passed
                ]
                if failed:
                    raise SystemExit(f"{name}: {failed}")
            connection.execute(f"copy {name} to '{made / name}.parquet'")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
