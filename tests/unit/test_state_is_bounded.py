"""What an installation keeps is bounded: each run deletes what is past its time, and nothing else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signposts.assets.resources import delete_old_files
from signposts.settings import Settings

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
KEPT_DAYS = {
    "home/cache/charts/drawn.svg": 60,
    "home/archive/objects/ab/.new-k1ll3d": 1,
    "home/.new-k1ll3d": 1,
    "catalogue/ferry/ledger/.new-k1ll3d": 1,
    "home/warehouse.duckdb.damaged-20260901T000000Z": 60,
}
KEPT_FOR_EVER = (
    "home/archive/objects/ab/abcd.zst",
    "home/archive/log/office.jsonl",
    "catalogue/ferry/ledger/rides.csv",
)


@pytest.mark.parametrize("late", [False, True])
def test_what_is_past_its_time_goes_and_what_nothing_else_holds_stays(tmp_path: Path, late: bool) -> None:
    for name, days in {**KEPT_DAYS, **dict.fromkeys(KEPT_FOR_EVER, 4000)}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
        written = NOW - timedelta(days=days) + timedelta(hours=-1 if late else 1)
        os.utime(path, (written.timestamp(), written.timestamp()))
    delete_old_files(Settings(tmp_path / "home", tmp_path / "catalogue"), NOW)
    there = {name for name in (*KEPT_DAYS, *KEPT_FOR_EVER) if (tmp_path / name).exists()}
    assert there == {*KEPT_FOR_EVER, *(() if late else KEPT_DAYS)}
