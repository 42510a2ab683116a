"""Correcting, withdrawing and importing claims by the command: nothing is edited away, every row gets its answer."""

import csv
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from signposts.catalogue import LEDGER_COLUMNS, load_catalogue
from signposts.catalogue.writing import PENDING, NewRow, append_rows, tracker_lock
from tests.desk.shell import signposts
from tests.paths import CHECKOUT

TRACKERS = CHECKOUT / "tests" / "trackers"


def rows(folder: Path, indicator: str = "passengers") -> list[dict[str, str]]:
    with (folder / "ledger" / f"{indicator}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_correction_is_a_new_row_with_the_old_fields_but_for_the_change(folder: Path) -> None:
    before = (folder / "ledger" / "passengers.csv").read_bytes()
    old = next(row for row in rows(folder) if row["kind"] == "value" and not row["corrects"])
    said = signposts("correct", old["claim_id"], "value=99.5", "--reason", "the table was misread")
    assert said.code == 0, said
    assert said.out.endswith(f"corrects {old['claim_id']}; the next run uses it\n")
    new = rows(folder)[-1]
    assert (folder / "ledger" / "passengers.csv").read_bytes().startswith(before)
    assert (new["corrects"], new["value"]) == (old["claim_id"], "99.5")
    assert new["correction_reason"] == "the table was misread"
    own = {"claim_id", "recorded_at", "recorded_by", "corrects", "correction_reason", "sha256"}
    same = set(LEDGER_COLUMNS) - own - {"value"}
    assert {name: new[name] for name in same} == {name: old[name] for name in same}
    load_catalogue(folder.parent)
    again = signposts("correct", old["claim_id"], "value=1", "--reason", "again")
    assert again.code == 2
    assert "corrected already by" in again.err


def test_a_withdrawal_needs_no_field_typed_again(folder: Path) -> None:
    old = rows(folder)[0]["claim_id"]
    assert old in signposts("claims", "passengers").out
    said = signposts("withdraw", old, "--reason", "the page speaks of another ferry", "--on", "2026-07-01")
    assert said.code == 0, said
    new = rows(folder)[-1]
    assert (new["status"], new["corrects"], new["published_on"]) == ("withdrawn", old, "2026-07-01")
    assert new["correction_reason"] == "the page speaks of another ferry"
    assert new["note"] == rows(folder)[0]["note"]
    load_catalogue(folder.parent)
    assert old not in signposts("claims", "passengers").out
    assert f"{old}  " in signposts("claims", "passengers", "--all").out
    again = signposts("withdraw", old, "--reason", "again")
    assert again.code == 2
    assert "corrected already" in again.err


def test_claims_are_found_by_indicator_and_by_a_text_they_hold(folder: Path) -> None:
    one, text = rows(folder)[0]["claim_id"], rows(folder)[0]["source_name"]
    assert one in signposts("claims", "--contains", text.upper()).out
    assert signposts("claims", "--contains", "a text that no claim holds").out.startswith("0 claims")
    unknown = signposts("claims", "passenger")
    assert unknown.code == 2
    assert "did you mean 'passengers'" in unknown.err


@pytest.mark.parametrize(
    ("words", "reason", "said"),
    [
        (["value=abc"], "r", "not a number"),
        (["colour=red"], "r", "no field 'colour'"),
        (["value"], "r", "FIELD=VALUE"),
        (["value=3"], " ", "needs a reason"),
        (["claim_id=x"], "r", "filled in by the command"),
    ],
)
def test_what_cannot_be_corrected_is_refused_and_nothing_is_written(
    folder: Path, words: list[str], reason: str, said: str
) -> None:
    before = (folder / "ledger" / "passengers.csv").read_bytes()
    answer = signposts("correct", rows(folder)[0]["claim_id"], *words, "--reason", reason)
    assert answer.code == 2
    assert said in answer.err
    assert (folder / "ledger" / "passengers.csv").read_bytes() == before


HEADER = "kind;period_start;period_end;value;unit;source_name;Web page;reliability;credibility;published_on\n"
LINE = "value;01.03.2026;31.03.2026;{value};thousand passengers;Harbour;https://harbour.example/{page};B;2;{day}\n"


def test_every_row_of_an_import_is_accepted_refused_or_already_known(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    content = (
        HEADER
        + LINE.format(value="10,5", page="a", day="10.04.2026")
        + LINE.format(value="10.50", page="a", day="10.04.2026")
        + LINE.format(value="many", page="b", day="10.04.2026")
        + LINE.format(value="11", page="c", day="03/04/2026")
        + LINE.format(value="11", page="c", day="31.04.2026")
        + LINE.format(value="4.090", page="d", day="10.04.2026")
    )
    file.write_bytes(b"\xef\xbb\xbf" + content.replace("\n", "\r\n").encode())
    before = (folder / "ledger" / "passengers.csv").read_bytes()
    command = ("import", str(file), "--indicator", "passengers", "--map", "Web page=source_url")
    dry = signposts(*command, "--dry-run")
    assert dry.code == 1
    assert dry.out.endswith("nothing written\n")
    assert (folder / "ledger" / "passengers.csv").read_bytes() == before
    said = signposts(*command).out
    assert dry.out.splitlines()[:-1] == said.splitlines()[:-1]
    assert "rows.csv:2: accepted" in said
    assert "rows.csv:3: already known" in said
    assert "rows.csv:4: refused: value: 'many' is no number" in said
    assert "rows.csv:5: refused: published_on: '03/04/2026' may be two days" in said
    assert "rows.csv:6: refused: published_on: '31.04.2026' is no day of the calendar" in said
    assert "rows.csv:7: refused: value: '4.090' may be two numbers" in said
    assert rows(folder)[-1]["value"] == "10.5"
    assert "0 accepted, 2 already known" in signposts(*command).out


def test_columns_that_the_ledger_does_not_know_are_named_together_and_may_be_left_out(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(
        HEADER.replace("\n", ";Remark;corrects;correction reason\n")
        + LINE.format(value="10,5", page="a", day="10.04.2026").replace("\n", ";seen;passengers-1;misread\n"),
        encoding="utf-8",
    )
    command = ("import", str(file), "--indicator", "passengers")
    refused = signposts(*command)
    assert refused.code == 2
    assert "no fields of the ledger: 'Web page', 'Remark'" in refused.err
    assert "--map 'Web page=FIELD'" in refused.err
    assert "1 accepted" in signposts(*command, "--map", "Web page=source_url", "--map", "Remark=").out
    assert (rows(folder)[-1]["corrects"], rows(folder)[-1]["correction_reason"]) == ("passengers-1", "misread")


def test_a_workbook_gives_the_same_rows(folder: Path, tmp_path: Path) -> None:
    from datetime import datetime

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    columns = ["kind", "period_start", "period_end", "value", "unit", "source_name", "source_url", "reliability"]
    sheet.append([*columns, "credibility", "published_on", "indicator_id"])
    day = datetime(2026, 3, 31)
    row = ["value", datetime(2026, 3, 1), day, 12.25, "thousand passengers", "Harbour", "https://h.example/x", "B"]
    sheet.append([*row, 2, datetime(2026, 4, 10), "passengers"])
    book.save(tmp_path / "rows.xlsx")
    said = signposts("import", str(tmp_path / "rows.xlsx"))
    assert said.code == 0, said
    assert "1 accepted" in said.out
    assert (rows(folder)[-1]["value"], rows(folder)[-1]["period_end"]) == ("12.25", "2026-03-31")


KILLED = """
import os, signal, sys
from pathlib import Path
from signposts import files
from signposts.catalogue.writing import NewRow, append_rows, tracker_lock
folder, steps = Path(sys.argv[1]), int(sys.argv[2])
real, done = os.fsync, 0
def fsync(descriptor):
    global done
    done += 1
    if done > steps:
        os.kill(os.getpid(), signal.SIGKILL)
    real(descriptor)
files.os.fsync = fsync
with tracker_lock(folder):
    append_rows(folder, [NewRow(folder / name, ("a", "b"), (name, "1")) for name in ("one.csv", "two.csv")])
"""


@pytest.mark.nightly
@pytest.mark.parametrize("steps", range(8))
def test_a_kill_at_any_moment_leaves_both_rows_or_neither(tmp_path: Path, steps: int) -> None:
    (tmp_path / "one.csv").write_text("a,b\nold,1\n")
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(steps)], check=False)
    assert ended.returncode in (0, -signal.SIGKILL)
    with tracker_lock(tmp_path):
        pass
    one = (tmp_path / "one.csv").read_text() == "a,b\nold,1\none.csv,1\n"
    two = (tmp_path / "two.csv").exists() and (tmp_path / "two.csv").read_text() == "a,b\ntwo.csv,1\n"
    assert one == two
    assert not (tmp_path / PENDING).exists()


def test_rows_are_appended_with_the_ending_that_the_file_has(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_bytes(b"a,b\r\nold,1")
    append_rows(tmp_path, [NewRow(tmp_path / "one.csv", ("a", "b"), ("new", "2"))])
    assert (tmp_path / "one.csv").read_bytes() == b"a,b\r\nold,1\r\nnew,2\r\n"
