"""What a release says of an earlier day is what a run at that day says, on the second tracker (invented)."""

from pathlib import Path

import pytest

from signposts.release.directory import kept_releases, shown_release
from signposts.release.query import ask
from tests.ferry import ferry_installation

DAY = "2026-02-28"

pytestmark = pytest.mark.slow


def test_probability_as_of_a_day_is_what_a_run_as_of_that_day_publishes(tmp_path: Path) -> None:
    installation = ferry_installation(tmp_path)
    installation.run()
    installation.run("--as-of", DAY)
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
