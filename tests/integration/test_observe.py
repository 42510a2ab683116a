"""The stage observe on the invented ferry: numbers worked out by hand, rebuilds, vintages, and Dagster's view of it."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from signposts import observe
from signposts.assets import observe as assets
from signposts.assets.resources import MonitoringRun
from signposts.catalogue import ledger_rows, load_catalogue, tables
from signposts.catalogue.settings_rows import working_tables
from signposts.errors import InputError
from signposts.validation import load_rules
from signposts.warehouse import Warehouse
from tests.paths import CHECKOUT

TRACKERS = CHECKOUT / "tests" / "trackers"
AS_OF = date(2026, 6, 30)
SEARCHED = date(2026, 2, 28)
NOW = datetime(2026, 11, 23, 12)
OBSERVED = ("claim", "milestone", "as_of_date", "reading", "observation", "reading_claim", "freshness")


def load(warehouse: Warehouse, root: Path, *trackers: str) -> None:
    """Write what a catalogue says and its ledgers."""
    catalogue = load_catalogue(root, trackers)
    warehouse.ensure_tables()
    claims = [row for tracker in catalogue.trackers for row in ledger_rows(tracker)]
    for name, rows in {**tables(catalogue), **working_tables(catalogue), "raw_ledger": claims}.items():
        warehouse.write_rows(name, rows)


def look(warehouse: Warehouse) -> None:
    """Make every table of the stage."""
    observe.append_versions(warehouse)
    observe.hold_versions(warehouse)
    warehouse.build_table("observe/claim")
    warehouse.build_table("observe/milestone", as_of=AS_OF)
    observe.read_claims(warehouse, AS_OF, NOW)
    warehouse.build_table("observe/freshness", as_of=AS_OF)


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    warehouse = Warehouse(tmp_path_factory.mktemp("ferry") / "warehouse.duckdb")
    with warehouse.connect():
        load(warehouse, TRACKERS, "island_ferry")
        look(warehouse)
        yield warehouse


def reading(warehouse: Warehouse, indicator_id: str, as_of: date = AS_OF) -> dict[str, Any]:
    (row,) = warehouse.rows(
        "select * from reading where indicator_id = $indicator and as_of = $as_of", indicator=indicator_id, as_of=as_of
    )
    return row


def test_a_value_and_an_interval_are_pooled_by_reliability(ferry: Warehouse) -> None:
    pooled = reading(ferry, "passengers")
    assert pooled["value"] == pytest.approx((0.9 * 109 + 0.8 * 110) / 1.7)
    assert (pooled["kind"], pooled["n_reports"], pooled["n_sources"]) == ("mixed", 2, 2)
    assert (pooled["value_low"], pooled["value_high"]) == (105, 115)
    assert pooled["reliability"] == pytest.approx((0.9 * 0.9 + 0.8 * 0.8) / 1.7)


def test_before_the_year_is_over_growth_makes_the_reading(ferry: Warehouse) -> None:
    pooled = reading(ferry, "passengers", date(2025, 11, 30))
    assert (pooled["kind"], pooled["scored_at"], pooled["scored"]) == ("nowcast", date(2025, 12, 31), True)
    assert pooled["reading_date"] == date(2025, 9, 30), "the day up to which it speaks"
    assert pooled["value"] == pytest.approx(110, rel=0.01)
    assert 0.03 < pooled["log_sd"] < 0.08


def test_a_correction_does_not_reach_back_behind_its_publication(ferry: Warehouse) -> None:
    before = ferry.rows(
        "select observation_id from observation where indicator_id = 'passengers' and as_of = date '2026-01-31'"
    )
    after = ferry.rows(
        "select observation_id from observation where indicator_id = 'passengers' and as_of = date '2026-02-28'"
    )
    assert {row["observation_id"] for row in before} == {"passengers-3", "passengers-4"}
    assert {row["observation_id"] for row in after} == {"passengers-4", "passengers-5"}


def test_a_claim_taken_back_is_read_until_then(ferry: Warehouse) -> None:
    assert reading(ferry, "freight", date(2026, 2, 28))["n_reports"] == 2
    assert reading(ferry, "freight", date(2026, 3, 31))["n_reports"] == 1


def test_a_closed_list_a_searched_list_and_votes(ferry: Warehouse) -> None:
    storms, inspections, votes = (
        reading(ferry, name) for name in ("storm_cancellations", "inspections", "council_votes")
    )
    assert (storms["value"], storms["list_closed"], storms["exposure_end"]) == (3, True, date(2025, 12, 31))
    assert (inspections["value"], inspections["list_closed"], inspections["exposure_end"]) == (2, False, SEARCHED)
    assert (inspections["looked_until"], inspections["scored"]) == (SEARCHED, True)
    assert inspections["completeness"] == pytest.approx(0.85 * (1 - 1 / 3 * 1 / 2))
    assert (votes["kind"], votes["value"], votes["trials"]) == ("share_count", 3, 4)


def test_a_list_that_nobody_has_searched_is_shown_not_scored(ferry: Warehouse) -> None:
    before = reading(ferry, "inspections", date(2025, 12, 31))
    assert (before["value"], before["scored"], before["missing_reason"]) == (2, False, "list_not_searched")
    assert "nobody has searched" in before["why_not_scored"]


def test_an_event_is_read_from_the_day_it_was_reported(ferry: Warehouse) -> None:
    assert reading(ferry, "second_ship_ordered", date(2026, 4, 30))["kind"] == "none_seen"
    assert reading(ferry, "second_ship_ordered", date(2026, 5, 31))["kind"] == "event"
    assert reading(ferry, "ship_sold")["reading_date"] == date(2026, 5, 31)


def test_the_pier_slips_by_a_year(ferry: Warehouse) -> None:
    plans = ferry.rows("select planned_for, slip_days from milestone where planned_for is not null order by all")
    assert [row["slip_days"] for row in plans] == [None, 365]


def test_every_indicator_has_one_row_at_every_date(ferry: Warehouse) -> None:
    (counts,) = ferry.rows(
        "select (select count(*) from reading) as readings, "
        "(select count(*) from as_of_date) * (select count(*) from indicator) as wanted"
    )
    assert counts["readings"] == counts["wanted"] == 18 * ferry.count("indicator")


@pytest.mark.parametrize(
    "rule", [rule for rule in load_rules() if rule.target in {"claim", "reading"}], ids=lambda rule: rule.check_name
)
def test_the_published_rules_hold(ferry: Warehouse, rule: Any) -> None:
    assert ferry.rows(rule.statement) == []


def test_a_second_run_brings_nothing_and_a_rebuild_the_same_rows(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    with warehouse.connect():
        load(warehouse, TRACKERS, "island_ferry")
        look(warehouse)
        first = {name: warehouse.fingerprint(name) for name in OBSERVED}
        kept = warehouse.count("claim_version")
        observe.append_versions(warehouse)
        assert warehouse.count("claim_version") == kept
        look(warehouse)
        assert {name: warehouse.fingerprint(name) for name in OBSERVED} == first
        warehouse.write_rows("claim_version", [])
        look(warehouse)
        assert {name: warehouse.fingerprint(name) for name in OBSERVED} == first


def test_a_ledger_row_that_vanishes_stays_and_is_told(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    with warehouse.connect():
        load(warehouse, TRACKERS, "island_ferry")
        look(warehouse)
        warehouse.rows("delete from raw_ledger where claim_id = 'inspections-2'")
        look(warehouse)
        assert observe.validate_kept_rows(warehouse) == ["inspections-2"]
        assert reading(warehouse, "inspections")["value"] == 2


def test_a_ledger_row_that_was_edited_stops_the_run(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    with warehouse.connect():
        load(warehouse, TRACKERS, "island_ferry")
        look(warehouse)
        warehouse.rows("update raw_ledger set value = 130 where claim_id = 'passengers-3'")
        with pytest.raises(InputError, match=r"ledger/passengers.csv:4: passengers-3.*signposts correct"):
            observe.validate_kept_rows(warehouse)


# ---- vintages of a publisher's document

FEED = {
    "source_id": "world_bank",
    "document": "ferries",
    "series": "SKARN",
    "tracker_id": "island_ferry",
    "indicator_id": "passengers",
    "scale": 1.0,
    "unit": "thousand passengers",
    "source_name": "Bureau of ferries (invented)",
    "reliability": "A",
    "credibility": "1",
    "status": "reported",
}


def vintage(day: int, values: dict[int, float]) -> list[dict[str, Any]]:
    """Return the rows of one version of the document, which came on a day of March 2026."""
    return [
        {
            "document": "ferries",
            "series": "SKARN",
            "sha256": f"{day:064d}",
            "fetched_at": datetime(2026, 3, day),
            "url": "https://bureau.example/ferries",
            "row_number": number,
            "period_start": date(year, 1, 1),
            "period_end": date(year, 12, 31),
            "value": value,
            "published_on": date(2026, 3, day),
        }
        for number, (year, value) in enumerate(values.items(), start=1)
    ]


VINTAGES = [
    vintage(1, {2024: 100.0, 2025: 110.0}),
    vintage(2, {2024: 100.00000001, 2025: 112.0}),
    vintage(3, {2025: 300.0}),
    vintage(4, {2024: 100.0, 2025: 113.0}),
]


def published(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    rows = warehouse.rows(
        "select year(period_end) as year, value, status, version, held, superseded_by is null as stands from claim "
        "where source_id = 'world_bank' order by year, version"
    )
    return [tuple(row.values()) for row in rows]


def start(folder: Path) -> Warehouse:
    warehouse = Warehouse(folder / "warehouse.duckdb")
    load(warehouse, TRACKERS, "island_ferry")
    warehouse.write_rows("feed", [FEED])
    return warehouse


def test_vintages_supersede_withdraw_and_are_held_and_a_rebuild_gives_the_same_rows(tmp_path: Path) -> None:
    warehouse = start(tmp_path)
    with warehouse.connect():
        for rows in VINTAGES:
            warehouse.write_rows("raw_world_bank", rows)
            look(warehouse)
        assert published(warehouse) == [
            (2024, 100.0, "reported", 1, False, False),
            (2024, 100.0, "withdrawn", 2, False, False),
            (2024, 100.0, "reported", 3, False, True),
            (2025, 110.0, "reported", 1, False, False),
            (2025, 112.0, "reported", 2, False, False),
            (2025, 300.0, "reported", 3, True, False),
            (2025, 113.0, "reported", 4, False, True),
        ]
        kept = {name: warehouse.fingerprint(name) for name in OBSERVED}
        warehouse.write_rows("claim_version", [])
        warehouse.write_rows("raw_world_bank", [row for rows in VINTAGES for row in rows])
        look(warehouse)
        assert {name: warehouse.fingerprint(name) for name in OBSERVED} == kept


def test_a_held_revision_is_used_once_accepted_and_a_rebuild_agrees(tmp_path: Path) -> None:
    warehouse = start(tmp_path)
    with warehouse.connect():
        for rows in VINTAGES[:3]:
            warehouse.write_rows("raw_world_bank", rows)
            look(warehouse)
        (held,) = warehouse.rows("select claim_id from claim where held")
        accepted = {"tracker_id": "island_ferry", "claim_id": held["claim_id"], "accepted_on": date(2026, 3, 3)}
        warehouse.write_rows("accepted", [accepted])
        warehouse.write_rows("raw_world_bank", VINTAGES[3])
        look(warehouse)
        in_2025 = [row for row in published(warehouse) if row[0] == 2025]
        assert [row[4:] for row in in_2025] == [(False, False), (False, False), (False, True), (True, True)]
        kept = warehouse.fingerprint("claim")
        warehouse.write_rows("claim_version", [])
        warehouse.write_rows("raw_world_bank", [row for rows in VINTAGES for row in rows])
        look(warehouse)
        assert warehouse.fingerprint("claim") == kept


# ---- as Dagster runs it, and on the first tracker


def test_dagster_makes_every_table_of_the_stage(ferry: Warehouse, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path))
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(TRACKERS))
    run = MonitoringRun(as_of=AS_OF.isoformat(), started_at=NOW.isoformat(), trackers=["island_ferry"])
    with run.warehouse().connect():
        load(run.warehouse(), TRACKERS, "island_ferry")
    made = dg.materialize([assets.claim, assets.milestone, assets.readings, assets.freshness], resources={"run": run})
    assert made.success
    assert run.warehouse().fingerprint("reading") == ferry.fingerprint("reading")


def test_the_first_tracker_has_a_value_or_a_reason_everywhere(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    with warehouse.connect():
        load(warehouse, CHECKOUT / "catalogue", "russia_iran")
        look(warehouse)
        assert observe.validate_kept_rows(warehouse) == []
        broken = [
            rule.check_name for rule in load_rules() if rule.target == "reading" and warehouse.rows(rule.statement)
        ]
        assert broken == []
        (trade,) = warehouse.rows(
            "select log_sd from observation where observation_id = 'trade_total_usd-017' and as_of = $as_of",
            as_of=AS_OF,
        )
        assert trade["log_sd"] == pytest.approx(0.066, abs=0.001)
