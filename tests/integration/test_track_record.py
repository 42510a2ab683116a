"""The track record on two of the shipped sets: the ordinary stages, the tables, and the page."""

import csv
import shutil
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from signposts.cli import app
from signposts.cli.track_record import constants_part, findings, write_page
from signposts.cli.track_record_other import other_part
from signposts.errors import InputError
from signposts.track_record import TrackRecord, run_track_record, write_tables
from signposts.warehouse import Warehouse
from tests.paths import CHECKOUT

RESOLVED = CHECKOUT / "examples" / "resolved"
SETS = ("oecd2020", "wpp2012_bra")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> TrackRecord:
    """The small version: two sets."""
    return run_track_record(RESOLVED, Warehouse(tmp_path_factory.mktemp("run") / "warehouse.duckdb"), SETS)


def test_every_date_of_every_set_has_probabilities_that_sum_to_one(record: TrackRecord) -> None:
    for each in record.sets:
        assert each.probability.sum(axis=1) == pytest.approx(1.0, abs=1e-9)
        assert len(each.days) >= 2


def test_a_date_knows_only_what_was_published_by_then(record: TrackRecord) -> None:
    two_waves = next(each for each in record.sets if each.set_id == "oecd2020")
    first = two_waves.probability[0]
    assert first[: two_waves.n_named].max() < 1
    assert [row["as_of"].isoformat() for row in record.curve_rows if row["set_id"] == "oecd2020"][0] == "2021-01-31"


def test_the_tables_go_into_the_warehouse_that_releases_are_made_of(record: TrackRecord, tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    write_tables(warehouse, record)
    assert warehouse.count("resolved_set") == len(SETS)
    (mean,) = warehouse.rows(
        "select value from resolved_score where set_id = 'all' and rule = 'equal' and measure = 'log_score'"
    )
    assert mean["value"] == pytest.approx(-0.5 * (0.6931471805599453 + 1.0986122886681098))


def test_the_page_says_first_what_was_shown_and_what_was_not(record: TrackRecord, tmp_path: Path) -> None:
    page = write_page(tmp_path, record).read_text(encoding="utf-8")
    first = page.split("# Track record")[1].split("\n## ")[0]
    for line in findings(record):
        assert line in first
        assert line.startswith(("Shown", "Not shown", "2 scenario sets"))
    assert all(
        (tmp_path / "track-record" / f"{name}.svg").exists() for name in ("probabilities", "reliability", "scores")
    )


def test_the_first_making_of_other_is_the_one_in_force(record: TrackRecord) -> None:
    (two_waves,) = (each for each in record.sets if each.ended_outside)
    assert record.making_rows[0]["other"] == {"oecd2020": pytest.approx(two_waves.probability[-1, -1], abs=1e-12)}
    assert record.outside_rows[0]["said"] == pytest.approx(two_waves.probability[-1, -1], abs=1e-12)


def test_no_making_of_other_says_more_than_one_that_foreknew_every_reading(record: TrackRecord) -> None:
    (bound,) = record.outside_rows
    prior = record.making_rows[0]["making"].other_mass
    for row in record.making_rows:
        if row["making"].other_mass == prior:
            assert row["other"]["oecd2020"] < bound["if_foreknown"], row["making"]
    assert bound["said"] < bound["if_nothing_fitted"]


def test_the_most_that_other_can_say_follows_from_reliability_and_contamination(record: TrackRecord) -> None:
    """Four readings: odds of .05 / .95 times ((1 - r + 2 epsilon r) / (1 - r))^4 at kappa 1."""
    r, epsilon = (0.98 * 0.85) ** 0.5, 0.2
    odds = 0.05 / 0.95 * ((1 - r + 2 * epsilon * r) / (1 - r)) ** 4
    assert record.outside_rows[0]["if_nothing_fitted"] == pytest.approx(odds / (1 + odds), abs=1e-9)


def test_the_page_says_why_none_of_the_above_does_not_rise(record: TrackRecord) -> None:
    words = "\n".join(other_part(record))
    assert "| oecd2020 | 4 | 3 | 0.04 | 0.97 | 0.85 |" in words
    assert len([line for line in words.splitlines() if line.startswith("- ")]) >= 3


@pytest.mark.slow
def test_no_number_depends_on_a_sets_name(record: TrackRecord, tmp_path: Path) -> None:
    root = tmp_path / "renamed"
    root.mkdir()
    shutil.copy(RESOLVED / "sources.yaml", root)
    shutil.copytree(RESOLVED / "oecd2020", root / "something_else")
    rows = list(csv.DictReader((RESOLVED / "outcomes.csv").read_text(encoding="utf-8").splitlines()))
    with (root / "outcomes.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0])
        writer.writeheader()
        writer.writerows({**row, "set_id": "something_else"} for row in rows if row["set_id"] == "oecd2020")
    renamed = run_track_record(root, Warehouse(tmp_path / "warehouse.duckdb"))
    own = next(each for each in record.sets if each.set_id == "oecd2020")
    assert renamed.sets[0].probability == pytest.approx(own.probability, abs=1e-12)


def test_the_command_prints_the_findings_of_the_sets_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path))
    result = CliRunner().invoke(app, ["track-record", str(RESOLVED), "--set", "oecd2020"])
    assert result.exit_code == 0, result.output
    assert "1 scenario set of 1 family," in result.output


def test_a_set_without_an_outcome_is_refused_by_name(tmp_path: Path) -> None:
    shutil.copy(RESOLVED / "sources.yaml", tmp_path)
    shutil.copytree(RESOLVED / "oecd2020", tmp_path / "oecd2020")
    (tmp_path / "outcomes.csv").write_text("set_id,family,scenario_id,distance,closest,verdict\n", encoding="utf-8")
    with pytest.raises(InputError, match="says nothing of oecd2020"):
        run_track_record(tmp_path, Warehouse(tmp_path / "warehouse.duckdb"))


def test_a_set_of_which_no_reading_can_be_scored_is_left_out_by_name_and_the_others_are_judged(tmp_path: Path) -> None:
    for name in ("sources.yaml", "outcomes.csv"):
        shutil.copy(RESOLVED / name, tmp_path)
    for name in ("fed2020", "oecd2020"):
        shutil.copytree(RESOLVED / name, tmp_path / name)
    for ledger in (tmp_path / "fed2020" / "ledger").glob("*.csv"):
        ledger.write_text(ledger.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    found = run_track_record(tmp_path, Warehouse(tmp_path / "warehouse.duckdb"))
    said = findings(found)
    assert [each.set_id for each in found.sets] == ["oecd2020"]
    assert said[-1] == "Left out: fed2020, of which no reading can be scored."
    assert any(line.startswith("Not shown: that probabilities mean what they say. No tenth") for line in said)


@pytest.fixture(scope="module")
def one_set(tmp_path_factory: pytest.TempPathFactory) -> TrackRecord:
    """A set that did not end outside every scenario, with the constants tried on it."""
    folder = tmp_path_factory.mktemp("one")
    for name in ("sources.yaml", "outcomes.csv"):
        shutil.copy(RESOLVED / name, folder)
    shutil.copytree(RESOLVED / "wpp2012_bra", folder / "wpp2012_bra")
    return run_track_record(folder, Warehouse(folder / "warehouse.duckdb"))


def test_the_page_can_be_written_where_no_set_ended_outside_every_scenario(
    one_set: TrackRecord, tmp_path: Path
) -> None:
    text = write_page(tmp_path, one_set).read_text(encoding="utf-8")
    assert "Why none of the above" not in text
    assert "there is none" in text


def test_what_the_page_says_of_constants_comes_from_their_rows(one_set: TrackRecord) -> None:
    changed = [row | {"log_score": 0.0} if row["rho"] == 0.3 else row for row in one_set.constant_rows]
    said, otherwise = ("\n".join(constants_part(rows)) for rows in (one_set.constant_rows, changed))
    assert "share (rho): 0.3 is best" in otherwise
    assert "share (rho): 0.3 is best" not in said
    assert "fifteen" not in said


@pytest.mark.slow
def test_all_sets_hold_what_the_page_says_was_shown(tmp_path: Path) -> None:
    """The bounds of the track record that were reached, in less than three minutes of processor time."""
    begun = time.process_time()
    found = run_track_record(RESOLVED, Warehouse(tmp_path / "warehouse.duckdb"))
    assert time.process_time() - begun < 180
    score = {(row["rule"], row["measure"]): row for row in found.score_rows if row["set_id"] == "all"}
    families = {each.family for each in found.sets}
    assert score["method", "log_score"]["value"] > -0.95
    assert score["equal", "log_score:gain_over"]["low"] > 0
    assert score["nearest_80", "log_score:families_better"]["value"] >= 2 / 3 * len(families)
    limits = {row["set_id"]: row for row in found.outside_rows}
    assert limits["fed2020"]["if_foreknown"] < 0.5
    assert limits["fed2020"]["if_nothing_fitted"] < 0.5
    (chosen,) = (row for row in found.constant_rows if row["kind"] == "chosen")
    assert chosen["log_score"] == pytest.approx(score["method", "log_score"]["value"], abs=1e-9)


def test_the_closest_scenario_is_the_one_nearest_to_the_last_readings(record: TrackRecord) -> None:
    for each in record.sets:
        assert int(each.distance[-1].argmin()) == each.closest
