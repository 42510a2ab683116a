"""The desk's tables in a release, worked out on paper, and the asset that collects on its own schedule."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from signposts.assets import desk as assets
from signposts.assets.definitions import defs
from signposts.catalogue import load_catalogue
from signposts.desk.state import open_desk
from signposts.desk.tables import write_desk_tables, write_found_leads
from signposts.desk.triage import decide
from signposts.settings import load_settings
from signposts.warehouse import Warehouse, load_sql
from tests.desk.loopback import Answer, FeedServer, desk_catalogue, feed_server, rss

pytestmark = pytest.mark.slow
NOW = datetime.now(UTC)
TODAY = NOW.date()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    with feed_server() as running:
        root = desk_catalogue(tmp_path / "catalogue", running.url, ("mid_en", "irna_en"))
        monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(root))
        monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path / "home"))
        title = "Lavrov, Araghchi hold phone call"
        running.pages["/mid_en"] = Answer(rss([("https://m.example/1", title, "", TODAY)]))
        running.pages["/irna_en"] = Answer(
            rss(
                [
                    ("https://i.example/1", title, "", TODAY),
                    ("https://i.example/2", "Russian warship arrives at Bandar Abbas", "", TODAY),
                ]
            )
        )
        yield running


def collect() -> dg.ExecuteInProcessResult:
    return defs.resolve_job_def("collect_leads").execute_in_process()


def test_collecting_is_a_job_of_its_own_before_the_monitor_and_never_its_part() -> None:
    assert assets.daily_collection.cron_schedule == "30 4 * * *"
    monitor = defs.resolve_job_def("monitor")
    assert dg.AssetKey("collected_leads") not in monitor.asset_layer.executable_asset_keys
    assert dg.AssetKey("lead") in monitor.asset_layer.executable_asset_keys


def test_one_failing_feed_is_a_warning_and_all_of_them_an_error(server: FeedServer) -> None:
    assert collect().success
    assert assets.feeds_answer().passed
    server.pages["/mid_en"] = Answer(status=404)
    assert collect().success
    found = assets.feeds_answer()
    assert not found.passed
    assert found.severity == dg.AssetCheckSeverity.WARN
    assert "mid_en: failed: HTTP 404" in str(found.metadata["faults"].value)
    server.pages["/irna_en"] = Answer(status=404)
    collect()
    assert assets.feeds_answer().severity == dg.AssetCheckSeverity.ERROR


def test_leads_stories_and_what_is_watched_stand_in_tables(server: FeedServer, tmp_path: Path) -> None:
    collect()
    state = open_desk(load_settings())
    warship = next(lead for lead in state.leads() if "warship" in lead.title)
    decide(state.tracker, [warship], "dismiss", NOW, reason="does_not_count")
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    catalogue = load_catalogue(load_settings().catalogue_root)
    with warehouse.connect():
        warehouse.ensure_tables()
        warehouse.write_rows(
            "collection_priority",
            [{"tracker_id": "russia_iran", "indicator_id": "leader_contacts", "rank": 1, "priority": 0.49}],
        )
        warehouse.write_rows(
            "influence",
            [
                {
                    "tracker_id": "russia_iran",
                    "left_out": "indicator:leader_contacts",
                    "scenario_id": "x",
                    "move": -0.5,
                },
                {"tracker_id": "russia_iran", "left_out": "group:g", "scenario_id": "x", "move": 0.9},
            ],
        )
        write_found_leads(warehouse, load_settings(), catalogue, NOW)
        write_desk_tables(warehouse, TODAY)
        calls = warehouse.rows("from lead where indicator_id = 'leader_contacts' order by rank")
        # (0.01 + 0.49 + 0.5) times the grade of an official on its own acts, A: 1, then an agency's, B: 0.9.
        assert [(row["source_name"], round(row["score"], 6), row["rank"]) for row in calls] == [
            ("Russian foreign ministry", 1.0, 1),
            ("IRNA", 0.9, 2),
        ]
        (decided,) = warehouse.rows("from lead where indicator_id = 'warship_port_visits'")
        assert (decided["decision"], decided["reason"], decided["rank"], decided["is_open"]) == (
            "dismiss",
            "does_not_count",
            None,
            False,
        )
        told = [
            (row["rank"], row["source_name"], row["n_open"]) for row in warehouse.rows(load_sql("alerts/week_leads"))
        ]
        assert told == [(1, "Russian foreign ministry", 2), (2, "IRNA", 2)], "the digest's leads: open ones only"
        (story,) = warehouse.rows("from story where n_outlets = 2")
        assert (story["outlets"], story["n_open"]) == ("IRNA, Russian foreign ministry", 2)
        (watch,) = warehouse.rows("from watch where indicator_id = 'leader_contacts'")
        assert (watch["leads_waiting"], watch["cadence_days"]) == (2, 7)
        assert 0 < watch["recall_found"] <= watch["recall_tried"]
        verdicts = {row["feed_id"]: row["verdict"] for row in warehouse.rows("from lead_feed")}
        assert (verdicts["mid_en"], verdicts["tass_en"]) == ("fresh", "not_configured")
