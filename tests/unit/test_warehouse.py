"""The warehouse: tables held to the dictionary, values by name, one writer."""

import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from signposts import warehouse as module
from signposts.errors import InputError, WriterBusy
from signposts.warehouse import Warehouse, dictionary_columns, single_writer


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse.duckdb")


def statement(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, text: str) -> str:
    """Put a statement where the warehouse looks for them and return its name."""
    monkeypatch.setattr(module, "sql_root", lambda: folder)
    module.load_sql.cache_clear()
    path = folder / "observe" / f"{name}.sql"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return f"observe/{name}"


@pytest.fixture(autouse=True)
def forget_statements() -> None:
    dictionary_columns()
    module.load_sql.cache_clear()


def test_rows_are_typed_and_ordered_by_the_dictionary(warehouse: Warehouse) -> None:
    warehouse.write_rows("project", [{"title": "Pier", "tracker_id": "ferry", "project_id": "pier"}])
    (row,) = warehouse.rows("from project")
    assert list(row) == list(dictionary_columns()["project"])
    assert row["meaning"] is None


def test_a_row_with_an_unknown_column_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(InputError, match="'colour'"):
        warehouse.write_rows("project", [{"project_id": "pier", "colour": "red"}])


def test_text_dates_and_zoned_times_become_what_the_dictionary_says(warehouse: Warehouse) -> None:
    at = datetime.fromisoformat("2026-01-02T06:00:00+03:00")
    warehouse.write_rows("claim", [{"claim_id": "a-1", "published_on": "2026-01-01", "recorded_at": at}])
    (row,) = warehouse.rows("select published_on, recorded_at from claim")
    assert row == {"published_on": date(2026, 1, 1), "recorded_at": datetime(2026, 1, 2, 3)}


def test_a_statement_that_lacks_a_column_is_refused(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = statement(monkeypatch, tmp_path, "project", "select 'ferry' as tracker_id, 'pier' as project_id")
    with pytest.raises(InputError, match="lacks column 'title'"):
        warehouse.build_table(name)


def test_a_statement_with_a_surplus_column_is_refused(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "select 'ferry' as tracker_id, 'pier' as project_id, '' as title, '' as meaning, 1 as extra"
    name = statement(monkeypatch, tmp_path, "project", text)
    with pytest.raises(InputError, match="no column 'extra'"):
        warehouse.build_table(name)


def test_a_table_that_cannot_be_made_leaves_the_old_one(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.write_rows("project", [{"project_id": "pier"}])
    name = statement(monkeypatch, tmp_path, "project", "select 'ferry' as tracker_id")
    with pytest.raises(InputError):
        warehouse.build_table(name)
    assert warehouse.count("project") == 1


def test_values_go_in_by_name_and_are_never_read_as_sql(warehouse: Warehouse) -> None:
    hostile = "x'; drop table project; --"
    assert warehouse.rows("select $text as text", text=hostile) == [{"text": hostile}]


def test_a_frame_is_matched_by_column_name(warehouse: Warehouse) -> None:
    warehouse.write_frame("project", pd.DataFrame({"title": ["Pier"], "project_id": ["pier"]}))
    assert warehouse.rows("select project_id, title from project") == [{"project_id": "pier", "title": "Pier"}]


def test_replacing_rows_leaves_the_others(warehouse: Warehouse) -> None:
    warehouse.write_rows("project", [{"tracker_id": "a", "project_id": "x"}, {"tracker_id": "b", "project_id": "y"}])
    warehouse.replace_rows("project", [{"tracker_id": "a", "project_id": "z"}], tracker_id="a")
    found = warehouse.rows("select tracker_id, project_id from project order by all")
    assert [tuple(row.values()) for row in found] == [("a", "z"), ("b", "y")]


def test_a_failed_transaction_leaves_nothing(warehouse: Warehouse) -> None:
    warehouse.ensure_table("project")
    warehouse.write_frame("incoming", pd.DataFrame({"project_id": ["pier"]}))
    with pytest.raises(Exception, match="nowhere"), warehouse.transaction():  # noqa: PT012 - the block is the subject
        warehouse.append_table("project", "incoming")
        warehouse.append_table("project", "nowhere")
    assert warehouse.count("project") == 0


def test_appending_matches_by_name(warehouse: Warehouse) -> None:
    warehouse.write_rows("project", [{"tracker_id": "a", "project_id": "x", "title": "old"}])
    warehouse.write_frame("incoming", pd.DataFrame({"title": ["new"], "project_id": ["x"], "tracker_id": ["a"]}))
    warehouse.append_table("project", "incoming")
    assert [row["title"] for row in warehouse.rows("from project")] == ["old", "new"]


def test_a_kept_table_gets_the_columns_that_the_dictionary_has_gained(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        connection.execute("create table project as select 'ferry' as tracker_id, 'pier' as project_id")
    warehouse.ensure_table("project")
    assert warehouse.rows("select project_id, title from project") == [{"project_id": "pier", "title": None}]


def test_a_connection_is_closed_when_the_block_fails(warehouse: Warehouse) -> None:
    with pytest.raises(RuntimeError), warehouse.connect():
        raise RuntimeError
    with warehouse.connect() as connection:
        assert connection.execute("select 1").fetchall() == [(1,)]


def test_a_connection_inside_another_is_the_same(warehouse: Warehouse) -> None:
    with warehouse.connect() as outer, warehouse.connect() as inner:
        assert inner is outer


def test_reading_only_refuses_to_write(warehouse: Warehouse) -> None:
    warehouse.ensure_table("project")
    with warehouse.connect(read_only=True) as connection, pytest.raises(Exception, match="read-only"):
        connection.execute("delete from project")


def test_equal_rows_have_equal_fingerprints_whatever_their_order(warehouse: Warehouse) -> None:
    rows = [{"project_id": "x"}, {"project_id": "y"}]
    warehouse.write_rows("project", rows)
    first = warehouse.fingerprint("project")
    warehouse.write_rows("project", rows[::-1])
    assert warehouse.fingerprint("project") == first
    warehouse.write_rows("project", rows[:1])
    assert warehouse.fingerprint("project") != first


HOLDER = """
import sys, time
from pathlib import Path
from signposts.warehouse import single_writer
with single_writer(Path(sys.argv[1]), wait_seconds=0, purpose="a run of the test"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_waits_then_names_the_holder_and_a_dead_holder_frees_the_lock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "writer.lock"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        started = time.monotonic()
        with pytest.raises(WriterBusy, match=rf"process {holder.pid}, a run of the test"):  # noqa: SIM117
            with single_writer(lock, wait_seconds=0.5, purpose="another"):
                pass
        assert time.monotonic() - started >= 0.5
        assert f"waiting for process {holder.pid}" in capsys.readouterr().out
        holder.kill()
    with single_writer(lock, wait_seconds=5, purpose="the next run"):
        text = lock.read_text(encoding="utf-8")
        assert f"process {os.getpid()}, the next run" in text
        assert str(datetime.now(UTC).year) in text
