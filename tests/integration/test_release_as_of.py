"""What a release says of an earlier day is what a run at that day says, on the second tracker (invented)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from signposts.release.directory import kept_releases, shown_release
from signposts.release.query import ask

TRACKERS = Path(__file__).resolve().parents[1] / "trackers"
DAY = "2026-02-28"

pytestmark = pytest.mark.slow


def run(folder: Path, *words: str) -> None:
    environment = os.environ | {
        "SIGNPOSTS_HOME": str(folder / "home"),
        "SIGNPOSTS_CATALOGUE": str(folder / "catalogue"),
    }
    command = [str(Path(sys.executable).parent / "signposts"), "run", "--offline", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr


def test_probability_as_of_a_day_is_what_a_run_as_of_that_day_publishes(tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()
    shutil.copy(TRACKERS / "sources.yaml", tmp_path / "catalogue" / "sources.yaml")
    shutil.copytree(TRACKERS / "island_ferry", tmp_path / "catalogue" / "island_ferry")
    run(tmp_path)
    run(tmp_path, "--as-of", DAY)
    published = tmp_path / "home" / "published"
    today, back_then = kept_releases(published)
    assert shown_release(published) == today
    for macro, view in (
        ("probability_as_of", "latest_scenario_probability where variant = 'headline'"),
        ("readings_as_of", "latest_reading"),
    ):
        said_today = ask(
            published / "signposts.duckdb", f"select * exclude (release_id) from {macro}('{DAY}') order by all"
        )
        said_then = ask(
            published / "releases" / back_then / "signposts.duckdb",
            f"select * exclude (release_id) from {view} order by all",
        )
        assert said_today.rows
        assert said_today.rows == said_then.rows
