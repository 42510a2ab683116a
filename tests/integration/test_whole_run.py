"""The whole run on the second tracker (invented): from ledger to release again and again, and what reads a release."""

import csv
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from signposts.assess.changes import write_changes
from signposts.observe import read_without_news
from signposts.run_key import run_key
from signposts.settings import Settings
from signposts.warehouse import Warehouse
from tests.ferry import ferry_installation

STABLE = ("scenario_probability", "assessment", "reading", "log_ratio", "claim", "fan", "deadline", "influence")


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    made = ferry_installation(tmp_path_factory.mktemp("ferry"))
    made.first = made.run()
    return made


def test_a_run_ends_with_scenarios_their_odds_and_the_paths(installation):
    said = installation.first.stdout
    assert "The ferry thrives" in said
    assert "None of the above" in said
    assert "signposts.duckdb" in said
    assert (installation.home / "published" / "report" / "index.html").exists()


def test_a_run_says_a_line_a_step_on_standard_error_and_nothing_else(installation):
    said = installation.first.stderr.splitlines()
    assert len(said) > 10
    assert [line for line in said if not re.fullmatch(r"  \w+ +\d+\.\d\d s", line)] == []


def test_a_second_run_with_nothing_new_leaves_the_release_as_it_is_and_says_so(installation):
    before = installation.rows("select release_id from release order by all")
    outcome = installation.signposts("run", "--offline")
    assert outcome.returncode == 0
    assert "Nothing is new since this release was made; it stands." in outcome.stdout
    assert installation.rows("select release_id from release order by all") == before


def key_with(installation, path):
    """Return the key of a run before and after a file under the home grew by a line."""
    settings = Settings(installation.home, installation.catalogue)
    before = run_key(settings, "2026-11-26")
    file = installation.home / path
    file.parent.mkdir(parents=True, exist_ok=True)
    held = file.read_bytes() if file.exists() else None
    file.write_bytes((held or b"") + b"\n")
    after = run_key(settings, "2026-11-26")
    file.unlink() if held is None else file.write_bytes(held)
    return before, after


@pytest.mark.parametrize(
    "path",
    ["desk/leads.jsonl", "archive/log/world_bank.jsonl", "alerts.jsonl", "inbox/page.html", "an_input_nobody_listed/x"],
)
def test_what_came_since_the_release_is_news_also_without_the_network(installation, path):
    before, after = key_with(installation, path)
    assert before != after


def test_what_comes_into_a_folder_that_is_a_link_is_news_as_well(installation, tmp_path):
    inbox = installation.home / "inbox"
    inbox.rmdir()
    inbox.symlink_to(tmp_path, target_is_directory=True)
    before, after = key_with(installation, "inbox/page.html")
    inbox.unlink()
    inbox.mkdir()
    assert before != after


@pytest.mark.parametrize(
    "path",
    [
        "cache/new.json",
        "published/releases/new",
        "inbox/.half-copied",
        "dagster/storage/new",
        "alive/run",
        "trackers/one/warehouse.duckdb",
        "warehouse.duckdb.wal",
        "writer.lock",
    ],
)
def test_what_a_run_itself_makes_is_no_news(installation, path):
    before, after = key_with(installation, path)
    assert before == after


@pytest.mark.parametrize(
    ("name", "is_news"),
    [("SIGNPOSTS_REPORT_URL", True), ("SIGNPOSTS_NEW_SETTING", True), ("SIGNPOSTS_ANALYST", False), ("EDITOR", False)],
)
def test_a_setting_of_the_environment_is_news_unless_no_run_is_made_otherwise_by_it(
    installation, monkeypatch, name, is_news
):
    settings = Settings(installation.home, installation.catalogue)
    before = run_key(settings, "2026-11-26")
    monkeypatch.setenv(name, "another")
    assert (run_key(settings, "2026-11-26") != before) == is_news


@pytest.mark.slow
def test_without_news_what_stands_is_what_the_release_before_would_have_read(installation):
    forget_what_was_made(installation)
    assert installation.signposts("run", "--offline").returncode == 0
    (as_of,) = installation.rows("select max(as_of) from release")[0]
    warehouse = Warehouse(installation.home / "warehouse.duckdb")
    with warehouse.connect():
        taken_over = warehouse.rows("from unchanged_observation order by all")
        read_without_news(warehouse, as_of, datetime.now(UTC))
        assert taken_over == warehouse.rows("from unchanged_observation order by all")
        assert taken_over


@pytest.mark.slow
@pytest.mark.parametrize("same_code", [False, True])
def test_the_same_claims_read_otherwise_are_method_or_with_the_same_code_catalogue_and_never_time(
    installation, tmp_path, same_code
):
    forget_what_was_made(installation)
    assert installation.signposts("run", "--offline").returncode == 0
    released = shutil.copy(installation.home / "published" / "latest" / "signposts.duckdb", tmp_path)
    with duckdb.connect(str(released)) as connection:
        connection.execute("update observation set value = 1.3 * value where scored and kind = 'value'")
        if not same_code:
            connection.execute("update release set code_version = '0.1.0+invented'")
    warehouse = Warehouse(installation.home / "warehouse.duckdb")
    with warehouse.connect(), warehouse.aside("tried"):
        write_changes(warehouse, Path(released))
        found = warehouse.rows("select cause, sum(abs(move)) as moved from change group by cause")
    moves = {row["cause"]: row["moved"] for row in found}
    assert moves.get("time", 0) < 1e-9
    assert moves["catalogue" if same_code else "method"] > 0.001


@pytest.mark.slow
def test_the_same_state_made_again_gives_the_same_rows(installation):
    before = {name: installation.table(name) for name in STABLE}
    releases = installation.rows("select count(*) from release")[0][0]
    forget_what_was_made(installation)
    assert installation.signposts("run", "--offline").returncode == 0
    assert {name: installation.table(name) for name in STABLE} == before
    assert installation.rows("select count(*) from release")[0][0] == releases + 1


@pytest.mark.slow
def test_a_release_whose_files_were_harmed_is_made_anew_though_nothing_is_new(installation):
    before = installation.rows("select max(release_id) from release")
    (installation.home / "published" / "latest" / "report" / "index.html").write_text("harmed", encoding="utf-8")
    assert installation.signposts("run", "--offline").returncode == 0
    assert installation.rows("select max(release_id) from release") > before
    assert "harmed" not in (installation.home / "published" / "report" / "index.html").read_text(encoding="utf-8")


def forget_what_was_made(installation):
    """Have the next run make everything again."""
    (installation.home / "last_run.json").unlink()


def test_a_broken_ledger_stops_the_run_by_file_and_line_and_leaves_the_release(installation):
    before = installation.rows("select release_id from release order by all")
    ledger = installation.ledger("passengers")
    good = ledger.read_text(encoding="utf-8")
    try:
        ledger.write_text(good + "nonsense,row\n", encoding="utf-8")
        outcome = installation.signposts("run", "--offline")
    finally:
        ledger.write_text(good, encoding="utf-8")
    assert outcome.returncode == 2
    assert f"passengers.csv:{len(good.splitlines()) + 1}" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert installation.rows("select release_id from release order by all") == before


@pytest.mark.slow
def test_a_run_back_in_time_leaves_the_newest_release_and_equals_what_it_says_of_that_date(installation):
    day = installation.rows("select max(as_of) from scenario_probability where as_of < date '2026-06-01'")[0][0]
    newest = installation.rows("select max(release_id) from release")
    columns = "tracker_id, variant, scenario_id, round(posterior, 12)"
    expected = installation.rows(f"select {columns} from probability_as_of(date '{day}') order by all")
    assert expected
    assert installation.signposts("run", "--offline", "--as-of", str(day)).returncode == 0
    assert installation.rows("select max(release_id) from release") == newest
    made = sorted((installation.home / "published" / "releases").iterdir())[-1] / "signposts.duckdb"
    with duckdb.connect(str(made), read_only=True) as connection:
        found = connection.execute(
            f"select {columns} from latest_scenario_probability where variant = 'headline' order by all"
        ).fetchall()
    assert found == expected


def test_a_later_date_without_a_new_claim_moves_no_probability(installation):
    """Lists end where somebody last looked and looks keep their dates: time alone is no evidence."""
    quiet = installation.rows(
        "with day as (select distinct as_of from scenario_probability), pair as (select lag(as_of) over (order by "
        "as_of) as before, as_of from day) select before, as_of from pair where before is not null and not exists "
        "(from claim where published_on > before and published_on <= as_of) order by all"
    )
    assert len(quiet) >= 3
    said = "select scenario_id, posterior from scenario_probability where variant = 'headline' and as_of = "
    for before, later in quiet:
        then, now = (dict(installation.rows(f"{said} timestamp '{day}'")) for day in (before, later))
        assert now == pytest.approx(then, abs=1e-12), later


@pytest.mark.slow
def test_every_move_between_two_releases_is_split_into_parts_that_add_up(installation):
    assert installation.signposts("run", "--offline").returncode == 0
    odds = "select scenario_id, posterior from latest_scenario_probability where variant = 'headline' order by all"
    before = dict(installation.rows(odds))
    ledger = installation.ledger("storm_cancellations")
    good = ledger.read_text(encoding="utf-8")
    row = next(csv.DictReader(good.splitlines()))
    row |= {
        "claim_id": "storm_cancellations-99",
        "happened_from": "2026-11-01",
        "happened_to": "2026-11-01",
        "period_start": "2026-11-01",
        "period_end": "2026-11-01",
        "published_on": "2026-11-02",
        "recorded_at": "2026-11-03T00:00:00Z",
        "searched_until": "",
        "note": "invented",
    }
    try:
        with ledger.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, row, lineterminator="\n").writerow(row)
        outcome = installation.signposts("run", "--offline")
        assert outcome.returncode == 0, outcome.stderr
        after = dict(installation.rows(odds))
        moved = dict(installation.rows("select scenario_id, sum(move) from change group by all"))
        causes = dict(installation.rows("select cause, count(*) from change group by all"))
    finally:
        ledger.write_text(good, encoding="utf-8")
    assert {name: moved.get(name, 0) for name in after} == pytest.approx(
        {name: after[name] - before[name] for name in after}, abs=1e-12
    )
    assert max(abs(move) for move in moved.values()) > 1e-6
    assert "new_reading" in causes


def test_explain_shows_arithmetic_that_ends_in_the_published_figure(installation):
    said = installation.signposts("explain", "passengers")
    assert said.returncode == 0, said.stderr
    published = installation.rows(
        "select posterior from latest_scenario_probability where variant = 'headline' and scenario_id = 'thriving'"
    )[0][0]
    assert f"{published:.4f}" in said.stdout
    assert "grade" in said.stdout
    assert "fan" in said.stdout


def test_explain_shows_the_search_from_which_exposure_and_completeness_follow(installation):
    said = installation.signposts("explain", "inspections").stdout
    assert "Looked until 2026-02-28, from 2025-01-01, by harbour reader on 2026-03-10: 12 leads read" in said
    assert "2 events known before, 1 found, 1 of them known" in said
    assert "The list is thought to hold" in said


# ---- commands that read a release


def test_sql_reads_the_release_and_can_write_nothing(installation):
    assert (
        "steady"
        in installation.signposts("sql", "select scenario_id from scenario order by all", "--format", "csv").stdout
    )
    for statement in ("drop table claim", "create table t as select 1", "copy claim to 'x.csv'"):
        outcome = installation.signposts("sql", statement)
        assert outcome.returncode == 2
        assert "Traceback" not in outcome.stderr


def test_sql_lists_the_cookbook_and_answers_by_name(installation):
    assert "odds_now" in installation.signposts("sql", "--list").stdout
    assert "thriving" in installation.signposts("sql", "odds_now").stdout


def test_what_if_of_a_contradicting_event_moves_the_odds_and_adds_up(installation):
    outcome = installation.signposts("what-if", "ship_sold=2026-06-01")
    assert outcome.returncode == 0, outcome.stderr
    moves = [float(line.split("│")[4].split()[0]) for line in outcome.stdout.splitlines() if "points" in line]
    assert len(moves) == 4
    assert abs(sum(moves)) <= 0.25
    assert max(moves) > 1


@pytest.mark.parametrize(("words", "said"), [("ships=3", "no scored indicator"), ("passengers", "INDICATOR=VALUE")])
def test_what_if_refuses_words_it_does_not_understand(installation, words, said):
    outcome = installation.signposts("what-if", words)
    assert outcome.returncode == 2
    assert said in outcome.stderr


def test_accept_refuses_a_claim_that_is_not_held(installation):
    outcome = installation.signposts("accept", "freight-001", "--reason", "looks right")
    assert outcome.returncode == 2
    assert "none is held" in outcome.stderr


def test_diff_of_a_release_with_itself_says_that_nothing_differs(installation):
    outcome = installation.signposts("diff", "latest", "latest")
    assert outcome.returncode == 0
    assert "0 readings differ" in outcome.stdout


def test_doctor_names_the_release_and_the_one_next_thing(installation):
    outcome = installation.signposts("doctor")
    assert "Release: " in outcome.stdout
    assert outcome.stdout.strip().splitlines()[-1].startswith("Next: ")


def test_archive_verify_counts_objects(installation):
    outcome = installation.signposts("archive", "verify")
    assert outcome.returncode == 0
    assert "objects checked, 0 broken" in outcome.stdout


def test_backtest_prints_scores_or_says_that_no_series_is_long_enough(installation):
    outcome = installation.signposts("backtest")
    assert outcome.returncode == 0, outcome.stderr
