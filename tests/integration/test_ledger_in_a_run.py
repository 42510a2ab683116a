"""What a slip of the hand in the ledger, or on the command line, may not do: asked of the command, on the ferry."""

import csv
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signposts.assess.changes import write_changes
from signposts.catalogue import LEDGER_COLUMNS
from signposts.cli.watching import publish_after
from signposts.release.query import ask
from signposts.warehouse import Warehouse
from tests.ferry import ferry_installation
from tests.unit.test_ledger_clock import TRACKER, VALUE, append

Command = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def ferry(tmp_path: Path) -> tuple[Path, Command]:
    """A copy of the invented tracker, and the command on it."""
    made = ferry_installation(tmp_path)
    return made.catalogue, made.signposts


@pytest.mark.parametrize("day", ["2024-12-31", (datetime.now(UTC).date() + timedelta(days=2)).isoformat()])
def test_a_day_before_the_clock_or_ahead_of_today_is_refused(ferry: tuple[Path, Command], day: str) -> None:
    _, say = ferry
    done = say("run", "--offline", "--as-of", day)
    assert done.returncode == 2
    assert f"--as-of {day}" in done.stderr


def test_a_hundredfold_slip_and_a_part_of_a_year_move_nothing(ferry: tuple[Path, Command], tmp_path: Path) -> None:
    root, say = ferry
    assert say("run", "--offline", "--as-of", "2026-06-30").returncode == 0
    released = tmp_path / "home" / "published" / "releases"
    (before,) = released.iterdir()
    slip = VALUE | {"value": "10900", "speaker": "Skarn Courier", "source_url": "https://courier.example/slip"}
    part = VALUE | {
        "period_start": "2026-01-01",
        "period_end": "2026-05-31",
        "value": "60",
        "published_on": "2026-06-10",
        "recorded_at": "2026-06-11T10:00:00Z",
    }
    append(root, "passengers", slip, part)
    done = say("run", "--offline", "--as-of", "2026-06-30")
    assert done.returncode == 0, done.stderr
    assert "passengers-901" in done.stdout
    assert "signposts accept" in done.stdout
    (after,) = set(released.iterdir()) - {before}
    odds = "select scenario_id, posterior from latest_scenario_probability where variant = 'headline' order by all"
    assert ask(after / "signposts.duckdb", odds).rows == ask(before / "signposts.duckdb", odds).rows
    held = ask(after / "signposts.duckdb", "select claim_id, held_reason from claim where held").rows
    assert [row[0] for row in held] == ["passengers-901"]
    assert "said of the same period" in held[0][1]


def test_a_row_that_left_its_ledger_is_named_with_its_remedy_everywhere_until_it_is_taken_back(
    ferry: tuple[Path, Command], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root, say = ferry
    assert say("run", "--offline").returncode == 0
    ledger = root / TRACKER / "ledger" / "passengers.csv"
    *kept, last = ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    ledger.write_text("".join(kept), encoding="utf-8")
    claim, remedy = last.partition(",")[0], f"signposts withdraw {last.partition(',')[0]}"
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(root))
    assert publish_after([ledger]), "watch"
    assert remedy in capsys.readouterr().out
    for words in (("run", "--offline"), ("check",), ("doctor",)):
        assert remedy in say(*words).stdout, words
    pages = (tmp_path / "home" / "published" / "report").rglob("*.html")
    assert any("take it back with `signposts withdraw`" in page.read_text(encoding="utf-8") for page in pages)
    arguments = ("kind=value", "value=112", "period_start=2025-01-01", "period_end=2025-12-31", "speaker=Harbour")
    said = {"source_url": "https://harbour.example/2025", "source_name": "Harbour", "unit": "thousand passengers"}
    said |= {"published_on": "2026-03-02", "reliability": "B", "credibility": "2"}
    more = [f"{name}={value}" for name, value in said.items()]
    done = say("record", "passengers", *arguments, *more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{claim} recorded" not in done.stdout, "a number that memory knows is never used again"
    assert say("withdraw", claim, "--reason", "It left by a slip.").returncode == 0
    assert say("check").stdout.count("withdraw") == 0
    assert remedy not in say("run", "--offline").stdout


def test_a_recorded_row_that_was_edited_is_refused_by_check_and_run_with_the_command_that_mends_it(
    ferry: tuple[Path, Command],
) -> None:
    root, say = ferry
    assert say("run", "--offline").returncode == 0
    append(root, "passengers", VALUE | {"value": "110", "recorded_by": "Ann"})
    assert say("run", "--offline").returncode == 0
    ledger = root / TRACKER / "ledger" / "passengers.csv"
    text = ledger.read_text(encoding="utf-8")
    ledger.write_text(text.replace("Ann", "Bob"), encoding="utf-8")
    line = len(text.splitlines())
    for words in (("check",), ("run", "--offline")):
        done = say(*words)
        assert done.returncode != 0, words
        assert f"passengers.csv:{line}: passengers-901" in done.stderr
        assert "signposts correct" in done.stderr


def test_an_upgrade_that_adds_a_column_to_the_ledger_finds_no_row_edited_and_a_reason_may_move_there(
    ferry: tuple[Path, Command], tmp_path: Path
) -> None:
    root, say = ferry
    folder = root / TRACKER / "ledger"
    now = {path: path.read_bytes() for path in folder.iterdir()}
    for path in now:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, LEDGER_COLUMNS[:33], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(row | {"note": row["note"] or row["correction_reason"]} for row in rows)
    assert say("run", "--offline", "--as-of", "2026-06-30").returncode == 0
    warehouse = Warehouse(tmp_path / "home" / "warehouse.duckdb")
    with warehouse.connect() as connection:
        for table in ("claim_version", "raw_ledger", "claim"):
            connection.execute(f"alter table {table} drop column correction_reason")
    said = "select claim_id, note, correction_reason, superseded_by from claim where corrects is not null order by all"
    released = tmp_path / "home" / "published" / "signposts.duckdb"
    assert ask(released, said).rows == [
        ("freight-3", "the guest took it back", None, None),
        ("passengers-5", "the newspaper corrected its figure", None, None),
    ]
    for path, text in now.items():
        path.write_bytes(text)
    for words in (("check",), ("run", "--offline", "--as-of", "2026-06-30")):
        done = say(*words)
        assert done.returncode == 0, (words, done.stderr)
    assert ask(released, said).rows == [
        ("freight-3", None, "the guest took it back", None),
        ("passengers-5", None, "the newspaper corrected its figure", None),
    ]
    assert ask(released, "select count(*) from change where cause in ('new_reading', 'revised_reading')").rows == [(0,)]


def test_a_release_from_before_observations_had_their_name_is_compared_piece_by_piece(
    ferry: tuple[Path, Command], tmp_path: Path
) -> None:
    _, say = ferry
    assert say("run", "--offline", "--as-of", "2026-06-30").returncode == 0
    before = shutil.copy(tmp_path / "home" / "published" / "signposts.duckdb", tmp_path)
    old = Warehouse(Path(before))
    with old.connect() as connection:
        for view in ("pooled_report", "latest_observation"):
            connection.execute(f"drop view {view}")
        connection.execute("alter table observation rename to pooled_report")
        connection.execute("alter table pooled_report rename column observation_id to report_id")
        connection.execute("update pooled_report set reading_date = scored_at")
        connection.execute("alter table pooled_report drop column scored_at")
    warehouse = Warehouse(tmp_path / "home" / "warehouse.duckdb")
    with warehouse.connect():
        # Without the old release's observations a change of the rows read would be called one of the method.
        warehouse.build_table("observe/unchanged_observation")
        warehouse.build_table("observe/unchanged_earlier_observation")
        warehouse.build_table("observe/unchanged_list_completeness")
        write_changes(warehouse, Path(before))
        assert warehouse.rows("from change") == []
