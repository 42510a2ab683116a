"""The stage gather as Dagster runs it, against publishers on loopback: what is in the tables afterwards."""

import dataclasses
import json
import shutil
import socket
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from signposts import gather
from signposts.assets import gather as assets
from signposts.assets import observe as observe_assets
from signposts.assets.resources import MonitoringRun
from signposts.catalogue import LEDGER_COLUMNS, load_catalogue
from signposts.settings import load_settings, prepare_home
from signposts.sources import collect as collecting
from signposts.sources import http
from signposts.sources.archive import Attempt, open_archive
from signposts.sources.docs_page import sources_page
from signposts.sources.publishers import PUBLISHERS
from signposts.warehouse import Warehouse, dictionary_columns
from tests.paths import CHECKOUT
from tests.publishers.catalogue import real_sources, without_ledger
from tests.publishers.documents import PUBLISHERS as SPOKEN_FOR
from tests.publishers.documents import un_general_assembly
from tests.publishers.server import LoopbackPublishers, Reply, loopback_publishers

# What a candidate says of its own; identifier, worth, succession and holding come with the merge.
SAID = set(LEDGER_COLUMNS) - {"claim_id", "event_key", "recorded_by", "correction_reason"} | {
    *("tracker_id", "indicator_id", "source_id", "row_number", "scope", "looked_before")
}


def hasten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the waiting out of rate limits and retries."""
    limits = collecting._limits
    monkeypatch.setattr(http.Clock, "wait", lambda clock, seconds: clock.check())
    monkeypatch.setattr(
        collecting, "_limits", lambda source: dataclasses.replace(limits(source), requests=100_000, seconds=0.1)
    )


def run_gather(day: str, **scope: Any) -> Warehouse:
    run = MonitoringRun(started_at=f"{day}T06:00:00+00:00", **scope)
    stages = [assets.catalogue_tables, assets.publishers, assets.gdelt_event_day, observe_assets.claim]
    result = dg.materialize(stages, resources={"run": run})
    assert result.success
    return run.warehouse()


def outcomes(warehouse: Warehouse, day: str) -> dict[str, set[str]]:
    rows = warehouse.rows(
        "select distinct source_id, outcome from fetch_attempt where fetched_at::date = $day", day=day
    )
    return {name: {row["outcome"] for row in rows if row["source_id"] == name} for name in PUBLISHERS}


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, LoopbackPublishers]]:
    """A home in which every source was gathered on two days; on the second the World Bank's figures were revised."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as monkeypatch, loopback_publishers() as server:
        hasten(monkeypatch)
        monkeypatch.setenv("SIGNPOSTS_HOME", str(home))
        monkeypatch.setenv("DAGSTER_HOME", "")
        monkeypatch.setenv("UCDP_ACCESS_TOKEN", "invented")
        for source_id in SPOKEN_FOR:
            monkeypatch.setenv(f"SIGNPOSTS_{source_id.upper()}_URL", server.url(source_id))
        monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(without_ledger(home)))
        prepare_home(load_settings())
        (load_settings().inbox / "2026_02_06_ga_voting.csv").write_bytes(un_general_assembly())
        first = run_gather("2026-11-23")
        assert outcomes(first, "2026-11-23") == {name: {"hit"} for name in PUBLISHERS}
        server.spoil["world_bank"] = lambda content: content.replace(b"2174000000000.0", b"2175500000000.0")
        run_gather("2026-11-24")
        server.spoil.clear()
        yield home, server


@pytest.fixture
def home(
    gathered: tuple[Path, LoopbackPublishers], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, LoopbackPublishers]:
    """A copy of that home for one test to change."""
    origin, server = gathered
    shutil.copytree(origin, tmp_path / "home")
    hasten(monkeypatch)
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(tmp_path / "home" / "catalogue"))
    monkeypatch.setenv("UCDP_ACCESS_TOKEN", "invented")
    for source_id in SPOKEN_FOR:
        monkeypatch.setenv(f"SIGNPOSTS_{source_id.upper()}_URL", server.url(source_id))
    server.spoil.clear()
    server.faults.clear()
    return tmp_path / "home", server


def test_one_run_gathers_every_publisher_and_each_feeds_its_indicators(
    home: tuple[Path, LoopbackPublishers],
) -> None:
    warehouse = MonitoringRun().warehouse()
    fed = {row["source_id"]: set() for row in warehouse.rows("select distinct source_id from feed")}
    for row in warehouse.rows("select source_id, indicator_id from feed"):
        fed[row["source_id"]].add(row["indicator_id"])
    everything = warehouse.read_frame("candidate")
    assert set(everything.columns) == SAID
    for source_id in PUBLISHERS:
        candidates = everything[everything["source_id"] == source_id]
        # Changes of the sanctions list need an older snapshot, and a month of events needs twenty days of files.
        late = {name for name in fed[source_id] if "additions" in name or "removals" in name or "events" in name}
        assert set(candidates["indicator_id"]) == fed[source_id] - late, source_id
        assert not candidates.duplicated(["indicator_id", "scope", "period_start", "period_end", "recorded_at"]).any()
        assert candidates.loc[candidates["kind"] == "value", "value"].notna().all()
        assert (candidates["published_on"].astype("datetime64[ns]") <= candidates["recorded_at"]).all()


def test_a_revision_replaces_the_document_and_an_unchanged_one_stays(home: tuple[Path, LoopbackPublishers]) -> None:
    warehouse = MonitoringRun().warehouse()
    assert outcomes(warehouse, "2026-11-24")["world_bank"] == {"hit"}
    assert outcomes(warehouse, "2026-11-24")["rial_market"] == {"unchanged"}
    revised = warehouse.rows("select day(fetched_at) as day from raw_world_bank where value = 2175500000000.0")
    assert {row["day"] for row in revised} == {24}
    assert warehouse.rows("select count(distinct sha256) as n from raw_world_bank") == [{"n": 1}]


def test_a_failing_publisher_leaves_its_last_good_rows(home: tuple[Path, LoopbackPublishers]) -> None:
    _, server = home
    before = MonitoringRun().warehouse().fingerprint("raw_world_bank")
    server.faults["world_bank"] = lambda path, attempt, good: Reply(200, {}, b"<html>Maintenance</html>")
    warehouse = run_gather("2026-11-25", sources=["world_bank"])
    assert warehouse.fingerprint("raw_world_bank") == before
    (row,) = warehouse.rows("select * from fetch_attempt where fetched_at::date = $day", day="2026-11-25")
    assert (row["outcome"], row["source_id"], len(row["sha256"])) == ("failure", "world_bank", 64)
    assert "web page" in row["message"]


def test_a_rebuild_from_the_archive_gives_the_same_rows(home: tuple[Path, LoopbackPublishers]) -> None:
    folder, server = home
    server.requests.clear()
    kept = MonitoringRun().warehouse()
    tables = [f"raw_{source_id}" for source_id in PUBLISHERS] + [
        "gdelt_event_day",
        "fetch_attempt",
        "quarantine",
        "claim",
    ]
    before = {table: kept.fingerprint(table) for table in tables}
    (folder / "warehouse.duckdb").unlink()
    rebuilt = run_gather("2026-11-26", from_archive=True)
    assert not server.requests
    versions = rebuilt.rows("select distinct fetched_at, sha256 from raw_world_bank order by fetched_at")
    assert len(versions) == 2
    assert rebuilt.fingerprint("fetch_attempt") == before["fetch_attempt"]
    assert rebuilt.fingerprint("claim") == before["claim"]
    assert rebuilt.rows(
        "select count(*) as n from claim where superseded_by is not null and source_id = 'world_bank'"
    ) != [{"n": 0}]
    run_gather("2026-11-27", offline=True)
    del before["fetch_attempt"]
    assert {table: rebuilt.fingerprint(table) for table in before} == before


def test_a_lost_warehouse_is_filled_from_the_archive_even_offline(home: tuple[Path, LoopbackPublishers]) -> None:
    folder, server = home
    (folder / "warehouse.duckdb").unlink()
    server.requests.clear()
    warehouse = run_gather("2026-11-26", offline=True)
    assert not server.requests
    assert all(warehouse.count(f"raw_{source_id}") > 0 for source_id in PUBLISHERS)


def test_a_crash_between_archive_and_warehouse_loses_no_row(home: tuple[Path, LoopbackPublishers]) -> None:
    warehouse = MonitoringRun().warehouse()
    before = warehouse.fingerprint("raw_rial_market")
    with warehouse.connect() as connection:
        connection.execute("delete from raw_imf_imts where document = 'iran_russia_annual'")
        connection.execute("delete from raw_rial_market")
    run_gather("2026-11-25", sources=["imf_imts", "rial_market"])
    assert warehouse.fingerprint("raw_rial_market") == before
    assert warehouse.rows("select count(*) as n from raw_imf_imts where document = 'iran_russia_annual'")[0]["n"] > 0


def test_a_row_set_aside_is_kept_with_its_bytes_its_place_and_the_reason(
    home: tuple[Path, LoopbackPublishers],
) -> None:
    _, server = home
    server.spoil["rial_market"] = lambda content: content.replace(b'"2026/09/05"', b'"2026/09/55"')
    warehouse = run_gather("2026-11-25", sources=["rial_market"])
    rows = warehouse.rows("select * from quarantine where source_id = 'rial_market'")
    assert rows
    assert {row["reason"] for row in rows} == {"date '2026/09/55' is no day"}
    assert all(json.loads(row["raw"])[0] == "2026/09/55" and row["row_number"] > 0 for row in rows)
    stored = warehouse.rows("select distinct sha256 from raw_rial_market")
    assert [{"sha256": name} for name in {row["sha256"] for row in rows}] == stored


def test_a_run_takes_old_lines_out_of_log_and_table_and_no_claim_moves(home: tuple[Path, LoopbackPublishers]) -> None:
    warehouse, archive = MonitoringRun().warehouse(), open_archive(load_settings())
    for day in range(1, 22):
        old = Attempt("rial_market", None, None, f"2024-01-{day:02}T06:00:00+00:00", "failure", message="HTTP 503")
        archive.record(old)
    logged = [attempt.row() for attempt in archive.attempts("rial_market")]
    warehouse.replace_rows("fetch_attempt", logged, source_id="rial_market")
    set_aside = {"source_id": "rial_market", "reason": "no number", "quarantined_at": datetime(2024, 1, 1)}
    warehouse.replace_rows("quarantine", [{**set_aside, "sha256": "ab" * 32}], sha256="ab" * 32)
    before = warehouse.fingerprint("claim")
    run_gather("2026-11-25", offline=True)
    (table,) = warehouse.rows("select count(*) as n from fetch_attempt where source_id = 'rial_market'")
    failures = [attempt for attempt in archive.attempts("rial_market") if attempt.outcome == "failure"]
    assert [attempt.fetched_at[:10] for attempt in failures] == ["2024-01-01", "2024-01-21"]
    assert table["n"] == len(archive.attempts("rial_market"))
    assert warehouse.rows("from quarantine where year(quarantined_at) = 2024") == []
    assert warehouse.fingerprint("claim") == before


def test_days_long_past_are_gathered_a_file_missing_being_a_gap(home: tuple[Path, LoopbackPublishers]) -> None:
    _, server = home
    published = {"20260105000000", "20260105120000"}
    server.faults["gdelt_events"] = lambda path, attempt, good: (
        good if path.rsplit("/", 1)[1][:14] in published else Reply(404)
    )
    run = MonitoringRun(started_at="2026-11-25T06:00:00+00:00")
    result = dg.materialize([assets.gdelt_export_day], partition_key="2026-01-05", resources={"run": run})
    assert result.success
    assert dg.materialize([assets.gdelt_event_day], resources={"run": run}).success
    warehouse = run.warehouse()
    asked = warehouse.rows(
        "select outcome, count(*) as n from fetch_attempt where fetched_at::date = $day group by all", day="2026-11-25"
    )
    assert {row["outcome"]: row["n"] for row in asked} == {"hit": 2, "skipped": 94}
    days = warehouse.rows("select * from gdelt_event_day where day = $day and series = 'russia_iran'", day="2026-01-05")
    assert sum(row["events"] for row in days) == 4
    assert {row["files"] for row in days} == {2}
    assert sum(row["goldstein_sum"] for row in days) == pytest.approx(4 * 1.9)


def test_a_backfill_of_many_days_is_one_run() -> None:
    assert assets.gdelt_export_day.backfill_policy == dg.BackfillPolicy.single_run()


def test_without_a_network_the_run_ends_soon_and_every_source_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path))
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(without_ledger(tmp_path)))
    monkeypatch.setenv("UCDP_ACCESS_TOKEN", "invented")
    prepare_home(load_settings())
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        for source_id in SPOKEN_FOR:
            monkeypatch.setenv(f"SIGNPOSTS_{source_id.upper()}_URL", f"http://127.0.0.1:{unused.getsockname()[1]}")
        began = time.monotonic()
        warehouse = run_gather("2026-11-23", budget_seconds=60)
    assert time.monotonic() - began < 20
    sources = real_sources()
    found = outcomes(warehouse, "2026-11-23")
    assert {name for name in found if found[name] == {"failure"}} == {
        name for name in PUBLISHERS if not sources[name].bulk and not sources[name].inbox
    }
    assert not any({"hit", "unchanged"} & each for each in found.values())


def test_tables_of_gather_are_those_that_the_assets_name(tmp_path: Path) -> None:
    catalogue = load_catalogue(without_ledger(tmp_path))
    named = {key.to_user_string() for key in assets.catalogue_tables.keys | assets.publishers.keys}
    assert set(gather.tables(catalogue)) == set(gather.CATALOGUE_TABLES)
    assert {*gather.working_tables(catalogue), "feeding"} == set(gather.SETTING_TABLES)
    assert named <= set(dictionary_columns())
    assert {source for source, entry in catalogue.sources.items() if entry.documents} == set(PUBLISHERS)


def test_every_feed_names_an_indicator_that_names_the_source(tmp_path: Path) -> None:
    catalogue = load_catalogue(without_ledger(tmp_path))
    for row in gather.feed_rows(catalogue):
        indicator = catalogue.tracker(row["tracker_id"]).indicators[row["indicator_id"]]
        assert row["source_id"] in indicator.sources
    feeds = [feed for source in catalogue.sources.values() for document in source.documents for feed in document.feeds]
    assert len(gather.feed_rows(catalogue)) == len(feeds)


def test_the_page_of_sources_is_the_one_written_from_the_catalogue() -> None:
    page = sources_page(real_sources())
    assert (CHECKOUT / "docs" / "sources.md").read_text(encoding="utf-8") == page
