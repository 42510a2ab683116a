"""searches.csv: what a search must say, and what `check` says of one that cannot be."""

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from signposts.catalogue import load_catalogue, tables
from signposts.catalogue.searches import SEARCH_COLUMNS
from tests.unit.test_catalogue_faults import TRACKER, faults_of
from tests.unit.test_catalogue_faults import root as _root

root = _root

GOOD = {
    "indicator_id": "inspections",
    "searched_on": "2026-03-10",
    "window_from": "2025-01-01",
    "looked_until": "2026-02-28",
    "queries": "ship inspection",
    "searched_by": "reader",
}


@pytest.fixture
def written(root: Path) -> Callable[..., Path]:
    """A function that writes searches into the copy of the invented tracker."""

    def write(*rows: dict[str, str]) -> Path:
        with (root / TRACKER / "searches.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, SEARCH_COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(GOOD | row for row in rows)
        return root

    return write


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"indicator_id": "inspection"}, "there is no such indicator: did you mean 'inspections'?"),
        ({"looked_until": "2024-12-31"}, "window_from 2025-01-01 is after looked_until"),
        ({"looked_until": "2026-03-12"}, "is after searched_on: nobody can have looked yet"),
        ({"searched_on": "2062-03-10"}, "lies ahead of today"),
        ({"n_known": "3"}, "n_known, n_found and n_both belong together"),
        ({"n_known": "3", "n_found": "1", "n_both": "2"}, "n_both 2 is above n_known or n_found"),
        ({"n_known": "3.0", "n_found": "1", "n_both": "1"}, "is not a whole number"),
        ({"reach_low": "0.7"}, "reach_low and reach_high belong together"),
        ({"reach_low": "0.7", "reach_high": "0.5"}, "reach_low 0.7 is above reach_high"),
        ({"reach_low": "0.7", "reach_high": "1.2"}, "less than or equal to 1"),
        ({"window_from": "10 March"}, "is no date: write it as 2026-11-23"),
        ({"searched_by": ""}, "searched_by: required and not there"),
    ],
)
def test_a_search_that_cannot_be_is_refused_at_its_line(written, row, said) -> None:
    (fault,) = faults_of(written({}, row))
    assert "searches.csv:3: " in fault
    assert said in fault


def test_a_day_of_grace_lies_between_time_zones(written) -> None:
    load_catalogue(written({"searched_on": "2026-03-10", "looked_until": "2026-03-11"}))


def test_the_reach_is_the_rows_else_the_indicators_else_the_trackers(written) -> None:
    root = written({}, {"indicator_id": "storm_cancellations"}, {"reach_low": "0.2", "reach_high": "0.4"})
    path = root / TRACKER / "indicators" / "storm_cancellations.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\nreach: [0.95, 1.0]\nreach_reason: A table of the office.\n", encoding="utf-8")
    rows = tables(load_catalogue(root))["search"]
    assert [(row["reach_low"], row["reach_high"]) for row in rows] == [(0.7, 1.0), (0.95, 1.0), (0.2, 0.4)]


def test_a_reach_needs_its_reason(root: Path) -> None:
    path = root / TRACKER / "indicators" / "inspections.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nreach: [0.4, 1.0]\n", encoding="utf-8")
    assert any("reach and reach_reason belong together" in fault for fault in faults_of(root))


def test_check_names_file_line_reason_and_remedy(written, tmp_path: Path) -> None:
    environment = os.environ | {"SIGNPOSTS_CATALOGUE": str(written({"searched_on": "2062-03-10"}))}
    environment |= {"SIGNPOSTS_HOME": str(tmp_path / "home")}
    command = [str(Path(sys.executable).with_name("signposts")), "check"]
    found = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert found.returncode == 2, found.stdout + found.stderr
    assert "searches.csv:2: inspections searched_on" in found.stdout + found.stderr


def test_a_search_may_be_of_today(written) -> None:
    load_catalogue(written({"searched_on": "2026-11-26"}), today=date(2026, 11, 26))
