"""The catalogue's loader on the invented tracker: what it returns, and the rows it makes of it."""

import hashlib
import json
import shutil
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from signposts.catalogue import (
    Catalogue,
    check,
    check_claim,
    coverage_table,
    headline_priors,
    hypotheses,
    ledger_rows,
    load_catalogue,
    reliability_value,
    tables,
)
from signposts.catalogue.settings_rows import working_tables
from signposts.cli.documenting import coverage_page
from signposts.errors import InputError
from tests.ferry import copy_ferry
from tests.paths import CHECKOUT, SQL_ROOT

TRACKERS = CHECKOUT / "tests" / "trackers"
PREDICTION_TYPES = {"path", "drift", "range", "threshold", "share", "event_by", "rate", "ordinal", "silent"}
CLAIM_KINDS = {"value", "interval", "growth", "count", "event", "none_seen", "category", "plan"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(TRACKERS, ["island_ferry"])


def test_the_invented_tracker_loads_without_a_warning(catalogue: Catalogue) -> None:
    assert [tracker.tracker_id for tracker in catalogue.trackers] == ["island_ferry"]
    assert check(TRACKERS, ["island_ferry"]) == []


def test_the_invented_tracker_holds_every_prediction_type_and_every_kind_of_claim(catalogue: Catalogue) -> None:
    tracker = catalogue.tracker("island_ferry")
    types = {each.type for indicator in tracker.indicators.values() for each in indicator.predictions.values()}
    assert types == PREDICTION_TYPES
    assert {claim.kind for claim in tracker.claims} == CLAIM_KINDS
    assert {claim.status for claim in tracker.claims} >= {"final", "preliminary", "unverified", "withdrawn"}


def test_rows_have_the_columns_of_the_dictionary(catalogue: Catalogue) -> None:
    dictionary = yaml.safe_load((SQL_ROOT / "dictionary.yaml").read_text(encoding="utf-8"))["tables"]
    rows = tables(catalogue) | {name: made for name, made in working_tables(catalogue).items() if name in dictionary}
    assert set(rows) == {name for name, table in dictionary.items() if table["stage"] == "catalogue"}
    for name, made in rows.items():
        assert made or name == "place", f"{name}: the ferry has everything but places on a map"
        for row in made:
            assert set(row) == set(dictionary[name]["columns"]), name


def test_claim_rows_have_columns_of_the_dictionary(catalogue: Catalogue) -> None:
    columns = yaml.safe_load((SQL_ROOT / "dictionary.yaml").read_text(encoding="utf-8"))["tables"]["claim"]["columns"]
    rows = ledger_rows(catalogue.tracker("island_ferry"))
    assert rows
    for row in rows:
        versioned = {"superseded_by", "superseded_at", "held", "held_reason"}
        versioned |= {"revision_share", "version", "first_claim_id"}
        assert set(columns) - set(row) == versioned
        assert set(row) <= set(columns)


def test_priors_share_what_other_leaves_by_the_weights_of_the_words(catalogue: Catalogue) -> None:
    priors = headline_priors(catalogue.tracker("island_ferry"))
    assert priors == pytest.approx({"thriving": 0.27, "steady": 0.54, "withering": 0.09, "other": 0.1})
    for prior_set in ("plain", "uniform"):
        rows = [row for row in tables(catalogue)["prior_set"] if row["prior_set"] == prior_set]
        assert sum(float(str(row["prior"])) for row in rows) == pytest.approx(1)


def test_other_comes_last_and_every_scenario_without_an_onset_has_onset_zero(catalogue: Catalogue) -> None:
    found = [
        (each.scenario_id, each.onset, each.onset_weight) for each in hypotheses(catalogue.tracker("island_ferry"))
    ]
    assert found == [
        ("thriving", 0.0, 0.75),
        ("thriving", 1.0, 0.25),
        ("steady", 0.0, 1.0),
        ("withering", 0.5, 0.5),
        ("withering", 1.5, 0.5),
        ("other", 0.0, 1.0),
    ]


def test_parameters_are_json_with_sorted_keys_and_dates_as_text(catalogue: Catalogue) -> None:
    rows = {
        (row["indicator_id"], row["scenario_id"]): str(row["parameters"]) for row in tables(catalogue)["prediction"]
    }
    text = rows["second_ship_ordered", "thriving"]
    assert json.loads(text) == {"by": "2027-12-31", "earliest": "2025-06-30", "p": 0.8, "shape": 1.0}
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert rows["freight", "withering"] == "{}"


@pytest.mark.parametrize(
    ("letter", "number", "status", "expected"),
    [("A", "1", "final", 1.0), ("B", "1", "reported", 0.9), ("C", "1", "reported", 0.8), ("F", "6", "unverified", 0.2)],
)
def test_reliability_is_the_root_of_letter_times_number_and_capped_if_unverified(
    catalogue: Catalogue, letter: str, number: str, status: str, expected: float
) -> None:
    scale = catalogue.tracker("island_ferry").settings.reliability
    assert reliability_value(scale, letter, number, status) == pytest.approx(expected)


def test_claims_carry_their_line_and_the_hash_of_their_ledger(catalogue: Catalogue) -> None:
    tracker = catalogue.tracker("island_ferry")
    content = (tracker.folder / "ledger" / "passengers.csv").read_bytes()
    row = next(row for row in ledger_rows(tracker) if row["claim_id"] == "passengers-5")
    assert content.decode().splitlines()[int(str(row["row_number"])) - 1].startswith("passengers-5,")
    assert row["sha256"] == hashlib.sha256(content).hexdigest()
    assert (row["corrects"], row["value"]) == ("passengers-3", 109.0)
    assert row["published_on"] == date(2026, 2, 5)
    assert row["recorded_at"] == datetime(2026, 2, 5, 6, 0)


def test_the_hash_changes_with_the_catalogue_and_not_with_the_ledger(tmp_path: Path, catalogue: Catalogue) -> None:
    root = copy_ferry(tmp_path / "trackers")
    before = catalogue.tracker("island_ferry").catalogue_sha256
    ledger = root / "island_ferry" / "ledger" / "ship_sold.csv"
    ledger.write_text("\n".join(ledger.read_text(encoding="utf-8").splitlines()[:2]) + "\n", encoding="utf-8")
    assert load_catalogue(root).trackers[0].catalogue_sha256 == before
    decisions = root / "island_ferry" / "decisions.md"
    decisions.write_text(decisions.read_text(encoding="utf-8") + "\nOne more.\n", encoding="utf-8")
    assert load_catalogue(root).trackers[0].catalogue_sha256 != before


def test_an_unknown_tracker_is_named_with_its_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no tracker 'island_fery'; did you mean 'island_ferry'"):
        load_catalogue(TRACKERS, ["island_fery"])
    with pytest.raises(InputError, match="holds no tracker"):
        load_catalogue(tmp_path)


def test_a_claim_can_be_judged_before_it_is_written(catalogue: Catalogue) -> None:
    tracker = catalogue.tracker("island_ferry")
    row = next(row for row in tracker.ledgers["passengers"].rows if row.claim.claim_id == "passengers-5")
    good = {**row.fields, "claim_id": "passengers-6", "corrects": "passengers-5"}
    assert check_claim(tracker, "passengers", good) == []
    assert (
        "corrected already by passengers-5"
        in check_claim(tracker, "passengers", {**good, "corrects": "passengers-3"})[0]
    )
    assert (
        "the identifier stands already" in check_claim(tracker, "passengers", {**good, "claim_id": "passengers-1"})[0]
    )
    assert "not the indicator's unit" in check_claim(tracker, "passengers", {**good, "unit": "people"})[0]
    assert "kind value lacks value" in check_claim(tracker, "passengers", {**good, "value": ""})[0]


def test_the_coverage_table_names_indicators_and_rulings(catalogue: Catalogue) -> None:
    text = coverage_table(catalogue.tracker("island_ferry"))
    assert "| T1 | future 1 | Passengers grow to 160 thousand by 2029. | `passengers`, `timetable_trend` |" in text
    assert "Ruling: Scenery is not measured" in text


def test_the_page_about_coverage_is_what_the_catalogue_says() -> None:
    page = (CHECKOUT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert page == coverage_page(load_catalogue(CHECKOUT / "catalogue")), "run `make docs`"
    assert "| `iran_satellites_by_russia` | publisher | gcat, ledger | About weekly. |" in page
    assert "| `iran_india_trade` | derived | imf_imts, ledger |" in page
    assert "| `leader_contacts` | desk | ledger | Whenever a person records a claim. |" in page


def test_loading_imports_nothing_heavy() -> None:
    heavy = "pandas numpy scipy duckdb dagster great_expectations requests"
    program = (
        "import sys; from pathlib import Path; from signposts.catalogue import load_catalogue; "
        f"load_catalogue(Path({str(TRACKERS)!r})); print([name for name in {heavy.split()!r} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    assert answer.stdout.strip() == "[]"


def test_a_hundred_ledgers_load_in_well_under_a_second(tmp_path: Path) -> None:
    for number in range(10):
        shutil.copytree(TRACKERS / "island_ferry", tmp_path / f"ferry_{number}")
    (tmp_path / "sources.yaml").write_text("{}\n", encoding="utf-8")
    began = time.perf_counter()
    loaded = load_catalogue(tmp_path)
    assert sum(len(tracker.ledgers) for tracker in loaded.trackers) == 100
    assert time.perf_counter() - began < 2.0
