"""The whole circle on the shipped example: from feeds to decided leads, a closed search, and rows that say so."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from signposts.catalogue import load_catalogue
from signposts.cli import app
from signposts.cli.desk_example import make_example
from signposts.desk.claims import withdraw_claim
from signposts.desk.leads import Lead
from signposts.desk.searches import close_search, plan_search
from signposts.desk.state import DeskState, open_desk
from signposts.desk.suggesting import known_nearby, suggest_claim
from signposts.desk.triage import accept, decide
from signposts.warehouse import Warehouse
from tests.desk.shell import signposts

pytestmark = pytest.mark.slow
ABOUT = "leader_contacts"
UNTIL = date(2026, 3, 13)
# What a reader makes of titles that are no contact of the leaders.
NO_CONTACT = ("no ", "letter", "послание", "не планируется", "clergy", "answers questions", "United Arab Emirates")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeskState:
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path))
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", "")
    monkeypatch.setenv("SIGNPOSTS_ANALYST", "tester")
    return open_desk(make_example())


def judge(desk: DeskState, lead: Lead) -> str:
    """Decide a lead as docs/desk.md tells it; return the decision."""
    now = datetime.now(UTC)
    if any(sign in lead.title for sign in NO_CONTACT):
        return decide(desk.tracker, [lead], "dismiss", now, reason="does_not_count").decision
    entry = desk.tracker.indicators[ABOUT]
    fields = {name: each.value for name, each in suggest_claim(entry, lead, desk.story(lead)).items()}
    standing = {name: row.fields for name, row in desk.standing_claims(ABOUT).items()}
    known = known_nearby(entry, lead, standing, date.fromisoformat(fields["happened_from"]))
    if known:
        return decide(desk.tracker, [lead], "duplicate", now, claim_id=known[0][0]).decision
    return accept(desk.tracker, desk.open_story(lead, now.date()), ABOUT, fields, now, keep_page=False).decision


def test_from_feed_to_closed_search(desk: DeskState) -> None:
    now = datetime.now(UTC)
    assert 35 <= len(desk.leads()) <= 45
    before = desk.standing_claims(ABOUT)
    decisions = []
    while queue := desk.queue(now.date(), ABOUT):
        decisions.append(judge(desk, queue[0].lead))
        desk.refresh()
    assert {"accept", "duplicate", "dismiss"} == set(decisions)
    found = [row.claim for name, row in desk.standing_claims(ABOUT).items() if name not in before]
    days = {claim.happened_from for claim in found}
    assert days == {date(2025, 12, 12), date(2026, 3, 6), date(2026, 3, 10)}, "what the ledger knew and we held back"
    plan = plan_search(desk.tracker, ABOUT, UNTIL, desk.leads(), desk.decisions, desk.reads, desk.feeds, now)
    assert (plan.window_from, plan.looked_until, plan.gaps) == (date(2025, 12, 1), UNTIL, ())
    assert (plan.n_known, plan.n_found, plan.n_both) == (2, 5, 2)
    close_search(desk.tracker, plan, "Five contacts in the window, two of them known before.", now)
    search = load_catalogue(desk.settings.catalogue_root).trackers[0].searches[-1].search
    assert (search.indicator_id, search.looked_until, search.searched_by) == (ABOUT, UNTIL, "tester")


def reading(desk: DeskState) -> dict[str, Any]:
    """Run the monitor on the example; return what the release says of the list, with the leader's odds."""
    done = signposts("run", "--offline")
    assert done.code == 0, done
    release = Warehouse(desk.settings.released_database, read_only=True)
    (row,) = release.rows(
        "select value, exposure_end, looked_until, completeness, "
        "(select max(posterior) from latest_scenario_probability where variant = 'headline') as odds "
        "from latest_reading where indicator_id = $about",
        about=ABOUT,
    )
    return row


@pytest.mark.nightly
def test_a_closed_search_moves_exposure_completeness_and_odds_and_explain_says_why(desk: DeskState) -> None:
    before = reading(desk)
    while queue := desk.queue(datetime.now(UTC).date(), ABOUT):
        judge(desk, queue[0].lead)
        desk.refresh()
    closed = signposts("close", ABOUT, "--until", UNTIL.isoformat(), "--note", "Five contacts, two known before.")
    assert closed.code == 0, closed
    after = reading(desk)
    print(before, after)
    assert (before["exposure_end"], after["exposure_end"]) == (date(2025, 11, 30), UNTIL)
    assert after["value"] == before["value"] + 5
    assert after["completeness"] != before["completeness"]
    assert after["odds"] != before["odds"]
    said = signposts("explain", ABOUT).out
    assert "Looked until 2026-03-13, from 2025-12-01, by tester" in said
    assert "2 events known before, 5 found, 2 of them known" in said
    assert f"{after['odds']:.4f}" in said


def test_every_command_of_the_desk_answers(desk: DeskState) -> None:
    def answer(*words: str) -> str:
        found = CliRunner().invoke(app, list(words))
        assert found.exit_code == 0, (words, found.output, found.exception)
        return found.output

    assert "Leads: 38 wait for a decision; the newest search looked until" in signposts("doctor").out
    lead = desk.queue(datetime.now(UTC).date(), ABOUT)[0].lead.lead_id
    assert f"{lead}  2026-03-" in answer("leads", ABOUT)
    assert "later: " in answer("triage", lead, "later", "--until", "2099-01-01")
    assert "reopen: " in answer("triage", lead, "undo")
    assert "are undecided" in answer("close", ABOUT, "--until", "2026-03-13", "--dry-run")
    assert "archived items match" in answer("watch-terms", ABOUT)
    assert f"{ABOUT}-001" in answer("claims", ABOUT)
    assert f"corrects {ABOUT}-001" in answer("correct", f"{ABOUT}-001", "note=read again", "--reason", "a test")


def test_a_claim_that_left_its_ledger_by_hand_is_taken_back_without_typing_it_again(desk: DeskState) -> None:
    path = desk.tracker.folder / "ledger" / f"{ABOUT}.csv"
    row = desk.tracker.ledgers[ABOUT].rows[2]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(row.claim.claim_id)), encoding="utf-8")
    own = load_catalogue(desk.settings.catalogue_root).trackers[0]
    new_id = withdraw_claim(own, row.claim.claim_id, "it left by a slip", datetime.now(UTC), vanished=row.fields)
    rows = load_catalogue(desk.settings.catalogue_root).trackers[0].ledgers[ABOUT].rows
    assert [each.claim.claim_id for each in rows[-2:]] == [row.claim.claim_id, new_id]
    assert rows[-1].claim.status == "withdrawn"
