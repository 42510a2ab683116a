"""The script that makes trackers of resolved sets, on an invented set with a balance that turns negative."""

import csv
import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from signposts.catalogue import load_catalogue
from signposts.track_record import run_track_record
from signposts.warehouse import Warehouse
from tests.paths import CHECKOUT

COLUMNS = ("indicator", "date", "value", "unit", "published_on", "source_url", "note")
PAGE = "https://balance.example/table"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("generate", CHECKOUT / "examples" / "resolved" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One invented set: the balance of an island's budget, ten years before and four after."""
    own = tmp_path / "raw" / "island2010"
    own.mkdir(parents=True)
    balance = {
        "title": "Balance of the island's budget",
        "unit": "per cent of output",
        "meaning": "Calendar year, invented",
        "publication_lag": "one month",
        "type": "path",
        "rebase": False,
        "prediction_source": PAGE,
        "start": {"date": "2009-07-01", "value": 0.4},
        "predictions": {"Thrift": [["2013-07-01", 2.0]], "Ease": [["2013-07-01", -3.0]]},
    }
    given = {
        "id": "island2010",
        "title": "Two budgets of an island (invented)",
        "citation": "Invented study",
        "citation_url": PAGE,
        "published_on": "2010-03-01",
        "window": {"start": "2010-03-01", "end": "2013-12-31"},
        "scenarios": {"Thrift": {"title": "Thrift"}, "Ease": {"title": "Ease"}},
        "indicators": {"balance": balance},
        "cautions": ["Invented."],
    }
    (own / "set.yaml").write_text(yaml.safe_dump(given), encoding="utf-8")
    levels = [0.5, -0.2, 0.1, 0.6, 0.2, -0.3, 0.0, 0.5, 0.1, 0.4]
    write(own / "history.csv", [(2000 + place, value) for place, value in enumerate(levels)])
    write(own / "observed.csv", [(2010, -0.4), (2011, -1.3), (2012, -2.2), (2013, -2.8)])
    rows = [
        {"set": "island2010", "scenario": "Ease", "mean_abs_log_error": 0.2, "closest": "yes", "verdict": "clear"},
        {"set": "island2010", "scenario": "Thrift", "mean_abs_log_error": 4.8, "closest": "", "verdict": ""},
    ]
    with (tmp_path / "raw" / "outcomes.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path / "raw"


def write(path: Path, points: list[tuple[int, float]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        for year, value in points:
            known = date(year + 1, 2, 1).isoformat()
            writer.writerow(["balance", f"{year}-07-01", value, "per cent of output", known, PAGE, ""])


@pytest.mark.slow
def test_a_set_becomes_an_ordinary_tracker_and_its_odds_follow_the_readings(
    generate: ModuleType, folder: Path, tmp_path: Path
) -> None:
    target = tmp_path / "trackers"
    target.mkdir()
    generate.main(folder, target)
    tracker = load_catalogue(target).tracker("island2010")
    prediction = tracker.indicators["balance"].predictions["ease"]
    assert prediction.type == "trajectory"
    assert (prediction.scale, prediction.sigma.degrees) == ("linear", 3.0)
    record = run_track_record(target, Warehouse(tmp_path / "warehouse.duckdb"))
    (each,) = record.sets
    ease = each.probability[:, each.closest]
    assert len(each.days) == 4
    assert ease[0] < ease[-1]
    assert ease[-1] > 0.6


def test_nothing_but_the_ledger_depends_on_what_came(generate: ModuleType, folder: Path, tmp_path: Path) -> None:
    made = []
    for last in (-2.8, 9.9):
        write(folder / "island2010" / "observed.csv", [(2010, -0.4), (2013, last)])
        target = tmp_path / f"trackers{last}"
        target.mkdir()
        generate.main(folder, target)
        made.append({path.name: path.read_text() for path in (target / "island2010").rglob("*.yaml")})
    assert made[0] == made[1]
