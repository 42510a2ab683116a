"""What an installation keeps is bounded: each run deletes what is past its time, and nothing else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signposts.alerts.journal import Alert, note, read_journal, recovery_key
from signposts.assets.resources import delete_old_files, forget_old_lines
from signposts.catalogue.triage import TRIAGE_COLUMNS
from signposts.desk.feeds import Item, lead_key
from signposts.desk.leads import FoundLead, LeadLog
from signposts.desk.reads import FeedRead, all_reads, record_read
from signposts.settings import Settings
from signposts.sources.archive import Attempt, open_archive

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


# ---------------------------------------------------------------------- logs


def days_ago(days: int, hour: int = 6) -> str:
    return (NOW - timedelta(days=days)).replace(hour=hour).isoformat()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = Settings(tmp_path / "home", tmp_path / "catalogue")
    (made.catalogue_root / "ferry").mkdir(parents=True)
    return made


def test_of_an_old_log_of_attempts_what_a_claim_or_a_word_on_the_source_rests_on_stays(settings: Settings) -> None:
    archive = open_archive(settings)
    outcomes = ["hit", *["unchanged"] * 20, "hit", *["failure"] * 10, "unchanged", *["unchanged"] * 3]
    for place, outcome in enumerate(outcomes):
        sha256 = "ab" * 32 if outcome != "failure" else None
        archive.record(
            Attempt("office", "list", None, days_ago(500 - place), outcome, sha256=sha256, message=f"{place}")
        )
    archive.record(Attempt("office", "list", None, days_ago(3), "unchanged", sha256="ab" * 32, message="new"))
    before = archive.attempts("office")
    assert forget_old_lines(settings, NOW) > 20
    kept = archive.attempts("office")
    assert [attempt for attempt in before if attempt.outcome == "hit"] == [a for a in kept if a.outcome == "hit"]
    assert "20" in {attempt.message for attempt in kept}, (
        "the last look before a new version says when it was not there"
    )
    failures = [attempt.message for attempt in kept if attempt.outcome == "failure"]
    assert failures == ["22", "31"], "since when it failed, and until when"
    assert confirmed(kept) == confirmed(before), "the first look of each week at a version stays"
    assert kept[-1].message == "new"
    assert forget_old_lines(settings, NOW) == 0


def confirmed(attempts: list[Attempt]) -> set[str]:
    """Return the first moment of each week in which a version was given, or said to be unchanged."""
    weeks: dict[tuple[str, tuple[int, int]], str] = {}
    for attempt in attempts:
        if attempt.outcome in {"hit", "unchanged"}:
            week = datetime.fromisoformat(attempt.fetched_at).isocalendar()[:2]
            weeks.setdefault((str(attempt.sha256), week), attempt.fetched_at)
    return set(weeks.values())


def test_of_the_journal_of_alerts_old_ones_go_but_for_those_whose_end_is_still_to_be_told(settings: Settings) -> None:
    def alert(key: str, days: int, kind: str = "source") -> Alert:
        return Alert(kind, "warning", "Invented.", key, days_ago(days))

    for raised, state in (
        (alert("open", 500), "sent"),
        (alert("over", 500), "sent"),
        (alert("move", 500, "move"), "sent"),
        (alert("young", 399, "move"), "sent"),
    ):
        note(settings.alert_journal, raised, "pending")
        note(settings.alert_journal, raised, state)
    over = alert("over", 500)
    note(settings.alert_journal, alert(recovery_key(over), 450, "good_again"), "sent")
    forget_old_lines(settings, NOW)
    assert set(read_journal(settings.alert_journal)) == {"open", "young"}
    assert read_journal(settings.alert_journal)["open"].delivery == "sent"
    assert len(settings.alert_journal.read_bytes().splitlines()) == 2, "a line an alert"


def test_old_leads_go_once_they_are_dismissed_and_old_reads_but_for_the_last_of_a_feed(settings: Settings) -> None:
    def found(name: str, days: int) -> FoundLead:
        item = Item(f"https://harbour.example/{name}", f"Ferry {name} sails", "", "Harbour", None)
        seen = NOW - timedelta(days=days)
        return FoundLead(item, "harbour", "B", "ab" * 32, seen, True, {"ferry/rides": 1.0})

    ages = {"dismissed": 500, "accepted": 500, "waiting": 500, "young": 100}
    LeadLog(settings).add([found(name, days) for name, days in ages.items()])
    rows = [",".join(TRIAGE_COLUMNS)]
    for name, decision in (("dismissed", "dismiss"), ("accepted", "accept"), ("young", "dismiss")):
        said = {
            "lead_id": lead_key(f"https://harbour.example/{name}"),
            "decision": decision,
            "decided_at": days_ago(90),
        }
        said |= {"reason": "off_topic" if decision == "dismiss" else "", "decided_by": "A. Baker"}
        said |= {"claim_id": "rides-001" if decision == "accept" else "", "url": f"https://harbour.example/{name}"}
        rows.append(",".join(said.get(column, "") for column in TRIAGE_COLUMNS))
    (settings.catalogue_root / "ferry" / "triage.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for feed, days in (("harbour", 500), ("harbour", 450), ("council", 450), ("harbour", 10)):
        record_read(settings, FeedRead(feed, days_ago(days), "items"))
    forget_old_lines(settings, NOW)
    left = {lead.title.split()[1] for lead in LeadLog(settings).leads().values()}
    assert left == {"accepted", "waiting", "young"}
    assert [read.at for read in all_reads(settings)] == [days_ago(450), days_ago(10)]
