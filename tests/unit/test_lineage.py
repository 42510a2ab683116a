"""The asset graph says what the statements say: deps, descriptions and columns are those of sql/ and its dictionary."""

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
import sqlglot
import yaml
from sqlglot import exp

from signposts.assets import publish
from signposts.assets.definitions import build_definitions, defs
from signposts.assets.table_specs import ASSETS, RAW_TABLES, statement_file, statement_reads, upstream_assets
from signposts.dictionary import load_dictionary
from tests.paths import CHECKOUT, SQL_ROOT

GRAPH = defs.resolve_asset_graph()
TABLES = sorted(
    key.to_user_string() for key in GRAPH.get_all_asset_keys() if key.to_user_string() in {*ASSETS, *RAW_TABLES}
)
STATEMENTS = sorted(path.stem for stage in ("observe", "assess") for path in (SQL_ROOT / stage).glob("*.sql"))


def tables_read(text: str) -> set[str]:
    """Return the tables in the FROM clauses of a statement, its own CTEs left out."""
    parsed = sqlglot.parse_one(text, dialect="duckdb")
    ctes = {cte.alias for cte in parsed.find_all(exp.CTE)}
    return {table.name for table in parsed.find_all(exp.Table) if table.name} - ctes


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statements_header_names_the_tables_of_its_from_clauses(name):
    path = statement_file(name)
    assert path is not None
    known = {*load_dictionary().tables, *load_dictionary().working, *STATEMENTS}
    read = tables_read(path.read_text(encoding="utf-8")) & known
    assert read - set(statement_reads(name)) == set(), "the header -- Reads: leaves out a table"


@pytest.mark.parametrize("table", TABLES)
def test_an_asset_has_every_upstream_that_its_statement_reads(table):
    parents = {key.to_user_string() for key in GRAPH.get(dg.AssetKey(table)).parent_keys}
    assert set(upstream_assets(table, ASSETS)) <= parents


@pytest.mark.parametrize("table", RAW_TABLES)
def test_every_raw_table_leads_to_the_claims_and_on_to_the_release(table):
    seen, waiting = set(), {dg.AssetKey(table)}
    while waiting:
        waiting = {child for key in waiting for child in GRAPH.get(key).child_keys} - seen
        seen |= waiting
    assert {"claim", "reading", "scenario_probability", "release"} <= {key.to_user_string() for key in seen}


@pytest.mark.parametrize("table", TABLES)
def test_an_asset_has_its_own_description_columns_and_table_name(table):
    dictionary = load_dictionary()
    entry = dictionary.tables.get(table) or dictionary.working[table]
    node = GRAPH.get(dg.AssetKey(table))
    assert node.description == entry.comment
    named = {column.name for column in node.metadata["dagster/column_schema"].columns}
    assert named >= set(entry.columns)
    assert node.metadata["dagster/table_name"] == f"main.{table}"
    assert node.owners
    assert node.group_name


def test_a_publishers_table_says_what_sources_yaml_says_of_it_and_who_answers_for_it(tmp_path, monkeypatch):
    entry = {
        "title": "Guild",
        "homepage": "https://guild.example",
        "licence": "CC0",
        "terms": "none",
        "cadence": "Daily.",
    }
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(tmp_path))
    for owner, owners in (("anna@guild.example", ["anna@guild.example"]), (None, ["team:signposts"])):
        text = yaml.safe_dump({"world_bank": entry | ({"owner": owner} if owner else {})})
        (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
        table = build_definitions().resolve_asset_graph().get(dg.AssetKey("raw_world_bank"))
        assert table.owners == owners
        assert table.metadata["publisher"] == "Guild"
        assert table.metadata["homepage"] == dg.MetadataValue.url("https://guild.example")
    (tmp_path / "sources.yaml").write_text("not: [a list", encoding="utf-8")
    assert "publisher" not in build_definitions().resolve_asset_graph().get(dg.AssetKey("raw_world_bank")).metadata


def test_every_table_is_made_by_a_step_or_says_who_brings_it():
    brought = {*RAW_TABLES, *(spec.key.to_user_string() for spec in publish.TRACK_RECORD_ASSETS)}
    unmade = {key.to_user_string() for key in GRAPH.get_all_asset_keys() if not GRAPH.get(key).is_materializable}
    assert unmade == brought


def test_backfilled_event_days_and_the_desks_leads_stand_apart_and_all_else_is_in_the_daily_run():
    selected = {key.to_user_string() for key in defs.resolve_job_def("monitor").asset_layer.selected_asset_keys}
    made = {key.to_user_string() for key in GRAPH.get_all_asset_keys() if GRAPH.get(key).is_materializable}
    assert made - selected == {"gdelt_export_day", "collected_leads"}
    assert GRAPH.get(dg.AssetKey("gdelt_export_day")).group_name == "backfill"


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    ["dagster definitions validate -m signposts.assets.definitions", "dg check defs", "dg list defs --json"],
)
def test_the_definitions_load_for_dagsters_own_commands(command, tmp_path):
    program, *words = command.split()
    outcome = subprocess.run(
        [Path(sys.executable).parent / program, *words],
        cwd=CHECKOUT,
        env=os.environ | {"DAGSTER_DISABLE_TELEMETRY": "1", "DAGSTER_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert outcome.returncode == 0, outcome.stderr
    if "list" in words:
        listed = {asset["asset_key"] for asset in json.loads(outcome.stdout)["assets"]}
        assert listed == {key.to_user_string() for key in GRAPH.get_all_asset_keys()}
