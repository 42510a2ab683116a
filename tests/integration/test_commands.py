"""The commands on the second tracker (invented), as a person would use them before there is a release."""

import csv

import pytest

from tests.ferry import ferry_installation


@pytest.fixture
def desk(tmp_path):
    return ferry_installation(tmp_path)


CLAIM = (
    "kind=value",
    "value=117.5",
    "period_start=2026-01-01",
    "period_end=2026-06-30",
    "published_on=2026-07-10",
    "source_name=Harbour office (invented)",
    "speaker=Harbour office",
    "reliability=B",
    "credibility=2",
)


def test_help_lists_every_command(desk):
    said = desk.signposts("--help").stdout
    for command in ("run", "report", "sql", "explain", "record", "what-if", "backtest", "calibrate", "diff", "accept"):
        assert command in said
    for command in ("archive", "new", "watch", "check", "doctor"):
        assert command in said


@pytest.mark.parametrize("words", [("report",), ("sql", "select 1"), ("explain", "freight"), ("diff", "previous")])
def test_a_command_that_needs_a_release_says_how_to_make_one(desk, words):
    outcome = desk.signposts(*words)
    assert outcome.returncode == 2
    assert "signposts run" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_check_counts_what_it_has_checked(desk):
    outcome = desk.signposts("check")
    assert outcome.returncode == 0
    assert "island_ferry: 10 indicators, 30 claims: no faults" in outcome.stdout


def test_record_adds_one_row_and_leaves_the_others_byte_for_byte(desk):
    before = desk.ledger("passengers").read_text(encoding="utf-8")
    outcome = desk.signposts("record", "passengers", *CLAIM)
    assert outcome.returncode == 0, outcome.stderr
    after = desk.ledger("passengers").read_text(encoding="utf-8")
    assert after.startswith(before)
    row = list(csv.DictReader(after.splitlines()))[-1]
    assert (row["value"], row["unit"], row["speaker"]) == ("117.5", "thousand passengers", "Harbour office")
    assert desk.signposts("check").returncode == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("kind=rumour", "kind"),
        ("reliability=Z", "reliability"),
        ("period_end=2025-01-01", "period"),
        ("published_on=yesterday", "published_on"),
        ("unit=miles", "unit"),
        ("colour=blue", "no field 'colour'"),
        ("nonsense", "FIELD=VALUE"),
    ],
)
def test_record_refuses_a_faulty_claim_by_field_and_writes_nothing(desk, change, said):
    before = desk.ledger("passengers").read_bytes()
    outcome = desk.signposts("record", "passengers", *CLAIM, change)
    assert outcome.returncode == 2
    assert said in outcome.stderr
    assert desk.ledger("passengers").read_bytes() == before


def test_record_names_what_is_missing_where_nobody_can_be_asked(desk):
    outcome = desk.signposts("record", "passengers", "kind=value", "value=3")
    assert outcome.returncode == 2
    assert "speaker" in outcome.stderr
    assert "period_end" in outcome.stderr


def test_record_suggests_the_nearest_indicator(desk):
    outcome = desk.signposts("record", "pasengers", *CLAIM)
    assert outcome.returncode == 2
    assert "did you mean 'passengers'" in outcome.stderr


def test_a_scaffolded_tracker_is_sound_and_a_taken_name_is_refused(desk):
    assert desk.signposts("new", "my_tracker").returncode == 0
    assert "my_tracker: 1 indicators, 0 claims: no faults" in desk.signposts("check").stdout
    again = desk.signposts("new", "my_tracker")
    assert again.returncode == 2
    assert "exists already" in again.stderr
