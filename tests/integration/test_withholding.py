"""A tracker stands alone: its fault holds it back alone, and a run for one tracker leaves the others as they were.

The commands on two invented trackers, as a person would use them.
"""

import shutil
import sys
from pathlib import Path

import pytest

from tests.ferry import Installation, copy_ferry

PROGRAM = str(Path(sys.executable).parent / "signposts")
OTHER, FERRY = "island_ferry_2", "island_ferry"
COMPARED = ("tracker", "claim", "reading", "log_ratio", "scenario_probability", "assessment", "fan", "deadline")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


class Pair(Installation):
    """An installation with the ferry twice, under two names."""

    def state(self, tracker_id: str) -> dict[str, list[tuple]]:
        return {
            name: self.rows(f"select * exclude (release_id) from {name} where tracker_id = '{tracker_id}' order by all")
            for name in COMPARED
        }


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Two trackers after one good run."""
    made = Pair(tmp_path_factory.mktemp("pair"))
    copy_ferry(made.catalogue, (FERRY, OTHER))
    made.run()
    return made


@pytest.fixture
def pair(first: Pair, tmp_path: Path) -> Pair:
    made = Pair(tmp_path)
    shutil.copytree(first.home, made.home, symlinks=True)
    shutil.copytree(first.catalogue, made.catalogue)
    return made


def test_a_run_for_one_tracker_publishes_all_others_unchanged(pair):
    before = pair.state(OTHER)
    title = pair.catalogue / FERRY / "tracker.yaml"
    title.write_text(title.read_text(encoding="utf-8").replace("The ferry to Skarn", "The boat to Skarn"), "utf-8")
    outcome = pair.signposts("run", "--offline", "--tracker", FERRY)
    assert outcome.returncode == 0, outcome.stderr
    assert pair.state(OTHER) == before
    assert {row[0][:8] for row in pair.rows("select title from tracker")} == {"The boat", "The ferr"}
    assert pair.rows("from withheld_tracker") == []
    report = pair.home / "published" / "report"
    assert all((report / name / "index.html").exists() for name in (FERRY, OTHER))


def test_a_fault_in_one_trackers_files_holds_it_back_and_its_last_good_state_is_released(pair):
    before = pair.state(OTHER)
    (release,) = pair.rows("select max(release_id) from release")[0]
    (pair.catalogue / OTHER / "scenarios.yaml").write_text("not: [a list\n", encoding="utf-8")
    outcome = pair.signposts("run", "--offline")
    said = outcome.stdout + outcome.stderr
    assert outcome.returncode == 1, said
    assert "Held back" in outcome.stdout
    assert "scenarios.yaml" in said
    assert pair.state(OTHER) == before
    ((tracker_id, reason, last_good),) = pair.rows("select tracker_id, reason, last_good_release from withheld_tracker")
    assert (tracker_id, last_good) == (OTHER, release)
    assert "scenarios.yaml" in reason
    page = (pair.home / "published" / "report" / OTHER / "index.html").read_text(encoding="utf-8")
    assert "held back" in page.lower()
    (alert,) = pair.rows("select message from alert where kind = 'withheld' and tracker_id = 'island_ferry_2'")
    assert "island_ferry_2" in alert[0]
    assert "signposts run" in alert[0]


def test_a_critical_check_that_one_tracker_fails_names_table_expectation_and_row_and_stops_no_other(pair):
    """A row that says something else than when it was recorded is the plainest fault of one tracker's ledger."""
    before = pair.state(OTHER)
    ledger = next(iter(sorted((pair.catalogue / OTHER / "ledger").glob("passengers.csv"))))
    text = ledger.read_text(encoding="utf-8")
    first_claim = text.splitlines()[1].split(",")[0]
    ledger.write_text(text.replace("final", "preliminary", 1), encoding="utf-8")
    outcome = pair.signposts("run", "--offline")
    said = outcome.stdout + outcome.stderr
    assert outcome.returncode == 1, said
    assert pair.state(OTHER) == before
    ((reason,),) = pair.rows("select reason from withheld_tracker")
    assert "was edited" in reason
    assert first_claim.split("-")[0] in reason


def test_where_the_only_tracker_is_at_fault_nothing_is_published(pair):
    shutil.rmtree(pair.catalogue / OTHER)
    (pair.catalogue / FERRY / "scenarios.yaml").write_text("not: [a list\n", encoding="utf-8")
    releases = pair.rows("select count(*) from release")
    outcome = pair.signposts("run", "--offline")
    assert outcome.returncode == 2
    assert "scenarios.yaml" in outcome.stderr
    assert pair.rows("select count(*) from release") == releases


def test_a_tracker_whose_folder_is_gone_is_not_carried_over(pair):
    shutil.rmtree(pair.catalogue / OTHER)
    outcome = pair.signposts("run", "--offline")
    assert outcome.returncode == 0, outcome.stderr
    assert pair.rows("select tracker_id from tracker") == [(FERRY,)]


def test_a_tracker_that_is_a_draft_again_is_not_carried_over(pair):
    settings = pair.catalogue / OTHER / "tracker.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "draft: true\n", encoding="utf-8")
    outcome = pair.signposts("run", "--offline")
    assert outcome.returncode == 0, outcome.stderr
    assert pair.rows("select tracker_id from tracker") == [(FERRY,)]
    assert pair.rows("from withheld_tracker") == []
