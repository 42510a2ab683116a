"""Two releases side by side: which are meant, and parts that add up over every step between them.

The rows are those of the invented trackers of tests/sql_desk/fixture.py, with invented moves between releases.
"""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from signposts.cli.comparing import adds_up, chosen, compare_releases, line_of_releases, parts_between
from signposts.errors import InputError
from signposts.release.publish import publish_release
from signposts.settings import Settings
from signposts.warehouse import Warehouse
from tests.sql_desk.fixture import MARCH, fill

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
MOVES = (("new_reading", "loaves", 0.06), ("time", None, -0.02), ("revised_reading", "flour", 0.00001))


class Shelf:
    """Releases one after another, each a step of invented moves away from the one before."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home, home)
        self.warehouse = Warehouse(self.settings.warehouse)
        fill(self.warehouse)
        self.names: list[str] = []

    @property
    def published(self) -> Path:
        return self.settings.published

    def move(self, cause: str, indicator: str | None, move: float) -> None:
        """Move probability from one scenario to the other, and say why."""
        signed = {"grows": move, "shrinks": -move}
        before = self.names[-1]
        with self.warehouse.connect() as connection:
            for scenario, part in signed.items():
                connection.execute(
                    "update scenario_probability set posterior = posterior + $part "
                    "where tracker_id = 'bakery' and scenario_id = $scenario and variant = 'headline'",
                    {"part": part, "scenario": scenario},
                )
        rows = [
            {
                "tracker_id": "bakery",
                "previous_release_id": before,
                "scenario_id": scenario,
                "cause": cause,
                "indicator_id": indicator,
                "move": part,
            }
            for scenario, part in signed.items()
        ]
        self.warehouse.write_rows("change", rows)

    def publish(self, as_of: date = MARCH) -> str:
        now = NOON + timedelta(minutes=len(self.names))
        made = publish_release(self.warehouse, self.settings, as_of=as_of, now=now, with_report=False)
        self.names.append(made.release_id)
        return made.release_id


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    made = Shelf(tmp_path_factory.mktemp("shelf"))
    made.warehouse.write_rows("change", [])
    made.publish()
    for cause, indicator, move in MOVES:
        made.move(cause, indicator, move)
        made.publish()
    made.warehouse.write_rows("change", [])
    made.publish(as_of=date(2026, 2, 28))
    return made


@pytest.fixture(autouse=True)
def _home(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNPOSTS_HOME", str(shelf.settings.home))
    monkeypatch.setenv("COLUMNS", "140")


def test_a_look_back_in_time_is_neither_latest_nor_previous(shelf: Shelf) -> None:
    line = line_of_releases(shelf.published)
    assert line == shelf.names[:4]
    assert chosen(shelf.published, line, "latest").release_id == shelf.names[3]
    assert chosen(shelf.published, line, "previous").release_id == shelf.names[2]
    assert chosen(shelf.published, line, "previous", before=shelf.names[1]).release_id == shelf.names[0]
    assert chosen(shelf.published, line, shelf.names[4]).release_id == shelf.names[4]


def test_the_beginning_of_an_identifier_is_enough_where_it_is_the_only_one(shelf: Shelf) -> None:
    line = line_of_releases(shelf.published)
    assert chosen(shelf.published, line, shelf.names[1][:16]).release_id == shelf.names[1]
    with pytest.raises(InputError, match="stands for 5 releases"):
        chosen(shelf.published, line, "2026")
    with pytest.raises(InputError, match=f"is not kept; write one of .*{shelf.names[3]}"):
        chosen(shelf.published, line, "2025")
    with pytest.raises(InputError, match="no release came before"):
        chosen(shelf.published, line, "previous", before=shelf.names[0])


def test_the_parts_of_every_step_between_add_up_to_the_move(shelf: Shelf) -> None:
    parts = parts_between(shelf.published, shelf.names[1:4], shelf.names[3])
    assert parts is not None
    grown = sum(move for (_, _, _, scenario), move in parts.items() if scenario == "grows")
    assert grown == pytest.approx(0.04001)
    assert adds_up(parts, {("bakery", "grows"): 0.04001, ("bakery", "shrinks"): -0.04001})
    assert not adds_up(parts, {("bakery", "grows"): 0.05, ("bakery", "shrinks"): -0.04001})
    assert not adds_up(
        parts, {("bakery", "grows"): 0.04001, ("bakery", "shrinks"): -0.04001, ("bakery", "other"): 1e-3}
    )


def test_one_step_is_shown_by_cause(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    compare_releases(shelf.names[0], shelf.names[1])
    said = capsys.readouterr().out
    assert "+6.00 points" in said
    assert "-6.00 points" in said
    assert "new reading" in said
    assert "loaves" in said
    assert "0 readings differ" in said


def test_several_steps_are_added_up_and_small_parts_are_counted(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    compare_releases(shelf.names[0], "latest")
    said = capsys.readouterr().out
    assert "+4.00 points" in said
    assert "+6.00 points" in said
    assert "-2.00 points" in said
    assert "2 parts of less than a hundredth of a point" in said


def test_without_the_releases_between_the_cause_is_said_to_be_unknown(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    shutil.copytree(shelf.settings.home, home, symlinks=True)
    shutil.rmtree(home / "published" / "releases" / shelf.names[2])
    monkeypatch.setenv("SIGNPOSTS_HOME", str(home))
    compare_releases(shelf.names[0], "latest")
    said = capsys.readouterr().out
    assert "By cause is not known" in said
    assert "+4.00 points" in said


def test_the_later_release_first_is_refused(shelf: Shelf) -> None:
    with pytest.raises(InputError, match="write the older release first"):
        compare_releases("latest", shelf.names[0])


def test_readings_that_differ_are_named_with_what_they_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = Shelf(tmp_path)
    shelf.warehouse.write_rows("change", [])
    shelf.publish()
    with shelf.warehouse.connect() as connection:
        connection.execute("update reading set value = 777 where indicator_id = 'loaves'")
        connection.execute("delete from reading where indicator_id = 'flour'")
    shelf.publish()
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path))
    compare_releases("previous", "latest")
    said = capsys.readouterr().out
    assert "2 readings differ" in said
    assert "-> value 777" in said
    assert "-> nothing" in said
