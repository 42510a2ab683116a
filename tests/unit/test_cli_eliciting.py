"""Numbers asked blind and spreads read off a file: what is shown, what is refused, what is written."""

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from signposts.catalogue import load_catalogue, tables
from signposts.catalogue.elicitation import numbers_asked, read_answers
from signposts.cli import app
from signposts.errors import CatalogueError, InputError
from tests.paths import CHECKOUT

TRACKERS = CHECKOUT / "tests" / "trackers"


def ask(*lines: str) -> str:
    result = CliRunner().invoke(app, ["elicit", "--as", "anna"], input="".join(f"{line}\n" for line in lines))
    assert result.exit_code == 0, result.output
    return result.output


def test_every_number_of_every_prediction_that_speaks_is_asked_for(folder: Path) -> None:
    tracker = load_catalogue(folder.parent).tracker("island_ferry")
    asked = {each.key for each in numbers_asked(tracker.indicators, tracker.scenarios)}
    speaking = {
        (indicator_id, scenario_id)
        for indicator_id, indicator in tracker.indicators.items()
        for scenario_id, prediction in indicator.predictions.items()
        if prediction.type != "silent"
    }
    assert {key[:2] for key in asked} == speaking
    assert ("council_votes", "steady", "mean") in asked


def test_answers_are_written_one_by_one_and_not_asked_again(folder: Path) -> None:
    ask("0.7", "", "q")
    path = folder / "elicitation" / "anna.csv"
    assert [answer.value for answer in read_answers(path)] == [0.7]
    second = ask("0.5", "q")
    assert "1 answered" in second
    assert [answer.value for answer in read_answers(path)] == [0.7, 0.5]


def test_a_number_that_cannot_be_is_asked_again(folder: Path) -> None:
    assert "does not lie between 0 and 1" in ask("1.5", "0.5", "q")


def test_neither_readings_nor_the_catalogues_numbers_are_shown(folder: Path) -> None:
    shown = ask(*[""] * 60)
    tracker = load_catalogue(folder.parent).tracker("island_ferry")
    for indicator in tracker.indicators.values():
        for prediction in indicator.predictions.values():
            assert prediction.claim not in shown
    values = {str(claim.value) for claim in tracker.claims if claim.value is not None and claim.value > 20}
    assert not [value for value in values if value in shown]


def test_a_broken_answer_names_its_line(folder: Path) -> None:
    path = folder / "elicitation" / "anna.csv"
    path.parent.mkdir()
    path.write_text("indicator,scenario,number,value\nfreight,steady,mean,many\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"anna\.csv:2: 'many' is no number"):
        read_answers(path)


def test_a_spread_is_suggested_as_the_catalogue_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    rows = [f"{2000 + year}-07-01,{100 * 1.02**year * (1.01 if year % 3 else 0.99):.3f}" for year in range(20)]
    path.write_text("date,value\n" + "\n".join(rows) + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["suggest-sigma", str(path)])
    assert result.exit_code == 0, result.output
    assert "sigma: {from: history, walk: 0." in result.output
    assert "degrees: 3.8}" in result.output


def test_a_history_without_its_columns_says_which_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("day,value\n2000-01-01,1\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["suggest-sigma", str(path)])
    assert isinstance(result.exception, InputError)
    assert "no column 'date'" in str(result.exception)


def parameters(folder: Path, indicator_id: str, scenario_id: str) -> dict[str, object]:
    rows = tables(load_catalogue(folder.parent))["prediction"]
    (row,) = (row for row in rows if (row["indicator_id"], row["scenario_id"]) == (indicator_id, scenario_id))
    found: dict[str, object] = json.loads(str(row["parameters"]))
    return found


def test_a_second_analyst_moves_the_headline_to_the_mean_and_narrows_or_widens_the_spread(folder: Path) -> None:
    assert parameters(folder, "council_votes", "steady") == {"mean": 0.6, "concentration": 10.0}
    path = folder / "elicitation" / "anna.csv"
    path.parent.mkdir()
    path.write_text("indicator,scenario,number,value\ncouncil_votes,steady,mean,0.8\n", encoding="utf-8")
    found = parameters(folder, "council_votes", "steady")
    logits = [math.log(0.6 / 0.4), math.log(0.8 / 0.2)]
    middle = sum(logits) / 2
    apart = sum((each - middle) ** 2 for each in logits)
    assert found["mean"] == pytest.approx(1 / (1 + math.exp(-middle)))
    assert found["spread"] == pytest.approx(math.sqrt((3 * 0.25**2 + apart) / 4 * 1.5))
    assert found["analysts"] == 2


def test_an_answer_about_nothing_is_a_fault_with_its_line(folder: Path) -> None:
    path = folder / "elicitation" / "anna.csv"
    path.parent.mkdir()
    path.write_text("indicator,scenario,number,value\ncouncil_votes,steady,median,0.8\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"anna\.csv:2.*has a number 'median'"):
        load_catalogue(folder.parent)
