"""Ledger rows against the clock, and the same thing said twice: what `check` and `record` refuse, warn of, accept."""

import csv
from datetime import date
from pathlib import Path

import pytest

from signposts.catalogue import LEDGER_COLUMNS, load_catalogue
from signposts.catalogue.claims import EARLIER_WIDTHS
from signposts.errors import CatalogueError
from tests.unit.test_catalogue_faults import TRACKER, faults_of
from tests.unit.test_catalogue_faults import root as _root

root = _root

VALUE = {
    "kind": "value",
    "period_start": "2025-01-01",
    "period_end": "2025-12-31",
    "value": "109",
    "unit": "thousand passengers",
    "source_name": "Harbour Gazette",
    "speaker": "Harbour Gazette",
    "source_url": "https://gazette.example/a",
    "reliability": "B",
    "credibility": "2",
    "status": "reported",
    "published_on": "2026-02-10",
    "recorded_at": "2026-02-11T10:00:00Z",
}
EVENT = VALUE | {
    "kind": "count",
    "value": "1",
    "period_start": "2025-06-13",
    "period_end": "2025-06-13",
    "happened_from": "2025-06-13",
    "happened_to": "2025-06-13",
    "published_on": "2025-06-13",
    "category": "lamps",
    "unit": "inspection",
}
NONE_SEEN = VALUE | {
    "kind": "none_seen",
    "period_start": "",
    "period_end": "",
    "value": "",
    "unit": "",
    "searched_until": "2025-12-31",
}


def append(root: Path, indicator: str, *rows: dict[str, str], columns: tuple[str, ...] = LEDGER_COLUMNS) -> Path:
    """Append rows to a ledger of the copied tracker; claim ids are numbered from 901."""
    path = root / TRACKER / "ledger" / f"{indicator}.csv"
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
        for number, row in enumerate(rows, start=901):
            writer.writerow({"claim_id": f"{indicator}-{number}", **row})
    return root


def warnings_of(root: Path) -> list[str]:
    return [line for line in load_catalogue(root).warnings if "-90" in line]


def test_what_was_recorded_in_the_future_is_refused(root: Path) -> None:
    (fault,) = faults_of(append(root, "passengers", VALUE | {"recorded_at": "2062-02-11T10:00:00Z"}))
    assert "recorded_at 2062-02-11 lies ahead of today" in fault


def test_a_figure_about_a_period_that_had_not_begun_is_refused_and_named_a_plan(root: Path) -> None:
    row = VALUE | {"period_start": "2027-01-01", "period_end": "2027-12-31"}
    (fault,) = faults_of(append(root, "passengers", row))
    assert "enter it as a plan" in fault


def test_a_day_of_grace_lies_between_time_zones_in_both_directions(root: Path) -> None:
    evening_before = EVENT | {"published_on": "2025-06-12"}
    looked_tomorrow = NONE_SEEN | {"searched_until": "2026-02-11", "published_on": "2026-02-10"}
    recorded_before = VALUE | {"published_on": "2026-02-12", "speaker": "Other"}
    append(root, "inspections", evening_before)
    append(root, "ship_sold", looked_tomorrow)
    load_catalogue(append(root, "passengers", recorded_before), today=date(2026, 11, 23))


@pytest.mark.parametrize(
    ("indicator", "row"),
    [
        ("inspections", EVENT | {"published_on": "2025-06-11"}),
        ("ship_sold", NONE_SEEN | {"searched_until": "2026-02-12", "published_on": "2026-02-10"}),
    ],
)
def test_two_days_are_no_time_zone(root: Path, indicator: str, row: dict[str, str]) -> None:
    with pytest.raises(CatalogueError):
        load_catalogue(append(root, indicator, row))


def test_an_event_that_one_source_lists_twice_is_a_fault(root: Path) -> None:
    (fault,) = faults_of(append(root, "inspections", EVENT, EVENT | {"speaker": "harbour  GAZETTE"}))
    assert "says what inspections-901 on line 5 says" in fault


def test_a_second_source_of_an_event_shares_its_key_and_is_no_fault(root: Path) -> None:
    other = {"speaker": "Skarn Courier", "source_url": "https://courier.example/b"}
    assert warnings_of(append(root, "inspections", EVENT, EVENT | other | {"event_key": "inspections-901"})) == []


def test_two_events_of_one_day_are_asked_about(root: Path) -> None:
    other = {"speaker": "Skarn Courier", "source_url": "https://courier.example/b"}
    (warning,) = warnings_of(append(root, "inspections", EVENT, EVENT | other))
    assert "if it is the same event, write event_key inspections-901" in warning


def test_a_count_is_denied_only_by_a_search_that_covers_it(root: Path) -> None:
    (fault,) = faults_of(append(root, "inspections", NONE_SEEN | {"period_start": "2025-11-01"}))
    assert "write the search into searches.csv" in fault


def test_a_count_is_not_denied_against_listed_events(root: Path) -> None:
    (fault,) = faults_of(append(root, "inspections", NONE_SEEN))
    assert "denies all events up to 2025-12-31, but inspections-1 lists one" in fault


@pytest.mark.parametrize("width", EARLIER_WIDTHS)
def test_a_row_from_before_the_newest_columns_is_read(root: Path, width: int) -> None:
    load_catalogue(append(root, "passengers", VALUE, columns=LEDGER_COLUMNS[:width]))
