"""Decisions on leads, from lead to ledger row to closed search, with kills, second desks and refusals on the way."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signposts.catalogue import load_catalogue
from signposts.catalogue.faults import FaultList
from signposts.catalogue.triage import read_triage
from signposts.desk.collect import collect_leads
from signposts.desk.reads import FeedRead, record_read
from signposts.desk.searches import SearchPlan, plan_search
from signposts.desk.state import DeskState, open_desk
from signposts.desk.triage import accept, decide, undo
from signposts.errors import InputError
from signposts.settings import load_settings
from tests.desk.loopback import Answer, FeedServer, desk_catalogue, feed_server, rss
from tests.desk.shell import signposts

pytestmark = pytest.mark.slow
NOW = datetime.now(UTC)
TODAY = NOW.date()
DAY = TODAY - timedelta(days=1)
"""The last day that is over, of which the leads are."""
WATCHED = ("kremlin_ru", "kremlin_en", "mid_ru", "mid_en", "president_ir_fa", "irna_en", "mehr_en")
NAVIGATION = "".join(f"<li><a href='/{number}'>Section {number} of an invented paper</a></li>" for number in range(60))
PAGE = (
    f"<html><title>Call</title><body><nav><ul>{NAVIGATION}</ul></nav><div>We value your privacy. Accept all</div>"
    "<article>{day}"
    + "".join(f"<p>Lavrov and Araghchi held a phone call, paragraph {number} of ours says.</p>" for number in range(20))
    + "</article></body></html>"
)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> DeskState:
    """A desk with four leads, three of them of one story, and feeds that cover the last forty days."""
    root = desk_catalogue(tmp_path / "catalogue", server.url, WATCHED)
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(root))
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SIGNPOSTS_CITED_PAGE_URL", server.url)
    monkeypatch.setenv("SIGNPOSTS_ANALYST", "tester")
    title = "Lavrov, Araghchi hold phone call"
    filler = [
        (f"https://filler.example/{step}", f"Weather {step}", "", TODAY - timedelta(days=step)) for step in range(1, 42)
    ]
    for feed_id in WATCHED:
        server.pages[f"/{feed_id}"] = Answer(rss([(f"{server.url}/page/{feed_id}", title, "", DAY), *filler]))
        server.pages[f"/page/{feed_id}"] = Answer(
            PAGE.replace("{day}", "").encode(), headers={"Content-Type": "text/html"}
        )
    for feed_id in WATCHED[4:]:
        server.pages[f"/{feed_id}"] = Answer(rss(filler))
    other = (f"{server.url}/page/other", "Lavrov, Araghchi hold no phone call", "", DAY)
    server.pages["/mid_en"] = Answer(rss([other, *filler]))
    collect_leads(load_settings(), load_catalogue(root), NOW)
    return open_desk(load_settings())


def head(desk: DeskState) -> str:
    return next(each.lead.lead_id for each in desk.queue(TODAY) if " no " not in each.lead.title)


def claims(desk: DeskState) -> list[str]:
    return list(
        load_catalogue(desk.settings.catalogue_root).trackers[0].ledgers["leader_contacts"].rows[-1].fields.values()
    )


FIELDS = {
    "kind": "count", "happened_from": DAY.isoformat(), "category": "phone call", "source_name": "MFA",
    "speaker": "MFA", "reliability": "A", "credibility": "2", "published_on": DAY.isoformat(),
}  # fmt: skip


def test_accepting_writes_the_claim_keeps_its_page_and_covers_the_open_story(desk: DeskState) -> None:
    lead = desk.lead(head(desk))
    covered = desk.open_story(lead, TODAY)
    assert len(covered) == 3, "the denial is near, not of the story"
    made = accept(desk.tracker, covered, "leader_contacts", FIELDS, NOW)
    desk.refresh()
    row = desk.standing_claims("leader_contacts")[made.claim_id]
    assert row.fields["source_url"] == lead.url
    assert (desk.settings.archive / "objects" / row.fields["sha256"][:2]).is_dir()
    decisions = read_triage(desk.tracker.folder, FaultList())
    assert [(each.decision, each.claim_id, each.decided_by) for each in decisions] == [
        ("accept", made.claim_id, "tester")
    ] * 3
    assert len(desk.queue(TODAY)) == 1
    assert desk.near(lead)[0][1] == ["negation: no"]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Answer(status=404), "no such document"),
        (Answer(b"<title>Just a moment...</title>" + b"x" * 300, headers={"Content-Type": "text/html"}), "gate"),
        (Answer(b"", headers={"Content-Type": "text/html"}), "empty"),
        (
            Answer(b"<p>We value your privacy. Accept all cookies</p>" * 9, headers={"Content-Type": "text/html"}),
            "consent",
        ),
        (
            Answer(
                f"<nav>{NAVIGATION}</nav><article><p>Lavrov, Araghchi hold phone call.</p></article>".encode(),
                headers={"Content-Type": "text/html"},
            ),
            "words only",
        ),
        (
            Answer(b"<p>entirely unrelated content of another page</p>" * 50, headers={"Content-Type": "text/html"}),
            "no word",
        ),
    ],
)
def test_a_page_that_proves_nothing_is_refused_and_nothing_is_written(
    desk: DeskState, server: FeedServer, page: Answer, said: str
) -> None:
    lead = desk.lead(head(desk))
    server.pages[lead.url.removeprefix(server.url)] = page
    before = claims(desk)
    with pytest.raises(InputError, match=said):
        accept(desk.tracker, [lead], "leader_contacts", FIELDS, NOW)
    assert claims(desk) == before
    assert read_triage(desk.tracker.folder, FaultList()) == []


def test_a_day_that_was_only_seen_must_be_the_one_that_the_page_names(desk: DeskState, server: FeedServer) -> None:
    lead = desk.lead(head(desk))
    named = DAY - timedelta(days=2)
    page = PAGE.replace("{day}", f"<time datetime='{named}' class='published'>{named:%d %B %Y}</time>")
    server.pages[lead.url.removeprefix(server.url)] = Answer(page.encode(), headers={"Content-Type": "text/html"})
    seen = FIELDS | {"happened_from": named.isoformat(), "published_on_inferred": "yes"}
    with pytest.raises(InputError, match=f"published on {named}; the form has {DAY}"):
        accept(desk.tracker, [lead], "leader_contacts", seen, NOW)
    made = accept(desk.tracker, [lead], "leader_contacts", seen | {"published_on": named.isoformat()}, NOW)
    desk.refresh()
    claim = desk.standing_claims("leader_contacts")[made.claim_id].claim
    assert (claim.published_on, claim.published_on_inferred) == (named, False)


def test_undo_opens_the_story_again_and_withdraws_the_claim_in_one_write(desk: DeskState) -> None:
    lead = desk.lead(head(desk))
    made = accept(desk.tracker, desk.open_story(lead, TODAY), "leader_contacts", FIELDS, NOW)
    undo(desk.tracker, lead, NOW + timedelta(seconds=1))
    desk.refresh()
    assert made.claim_id not in desk.standing_claims("leader_contacts")
    assert len(desk.queue(TODAY)) == 4
    load_catalogue(desk.settings.catalogue_root)


def test_a_further_report_of_a_known_event_is_no_second_event(desk: DeskState) -> None:
    lead = desk.lead(head(desk))
    first = accept(desk.tracker, [lead], "leader_contacts", FIELDS, NOW)
    other = next(each.lead for each in open_desk(desk.settings).queue(TODAY) if " no " not in each.lead.title)
    second = accept(desk.tracker, [other], "leader_contacts", {}, NOW, corroborates=first.claim_id)
    desk.refresh()
    standing = desk.standing_claims("leader_contacts")
    assert first.claim_id not in standing
    assert standing[second.claim_id].fields["credibility"] == "1"
    undo(desk.tracker, other, NOW + timedelta(seconds=2))
    desk.refresh()
    newest = max(desk.standing_claims("leader_contacts"))
    assert desk.standing_claims("leader_contacts")[newest].fields["credibility"] == "2"


def test_two_desks_at_once_see_each_others_decisions(desk: DeskState) -> None:
    second = open_desk(desk.settings)
    lead = desk.lead(head(desk))
    outcomes: list[str] = []

    def try_to_accept(own: DeskState) -> None:
        try:
            outcomes.append(accept(own.tracker, [lead], "leader_contacts", FIELDS, datetime.now(UTC)).claim_id)
        except InputError as error:
            outcomes.append(str(error))

    threads = [threading.Thread(target=try_to_accept, args=(own,)) for own in (desk, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("decided already: accept" in outcome for outcome in outcomes) == 1
    second.refresh()
    assert lead.lead_id not in {each.lead.lead_id for each in second.queue(TODAY)}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dismiss", "--reason", "boring"), "no reason to dismiss"),
        (("later", "--until", "2020-01-01"), "not after today"),
        (("later", "--until", "soon"), "no day"),
        (("duplicate", "--claim", "leader_contacts-999"), "no claim"),
        (("ignore",), "no decision"),
        (("accept", "--indicator", "leader_contact"), "no indicator"),
    ],
)
def test_a_decision_without_what_it_needs_is_refused(desk: DeskState, words: tuple[str, ...], said: str) -> None:
    answer = signposts("triage", head(desk), *words)
    assert answer.code == 2
    assert said in answer.err
    assert read_triage(desk.tracker.folder, FaultList()) == []


def test_what_is_put_off_comes_back_on_its_day(desk: DeskState) -> None:
    lead = desk.lead(head(desk))
    day = TODAY + timedelta(days=3)
    assert signposts("triage", lead.lead_id, "later", "--until", day.isoformat()).code == 0
    desk.refresh()
    assert lead.lead_id not in {each.lead.lead_id for each in desk.queue(TODAY)}
    assert lead.lead_id in {each.lead.lead_id for each in desk.queue(day)}


def test_decisions_survive_the_loss_of_leads_and_two_files_merge(desk: DeskState) -> None:
    lead = desk.lead(head(desk))
    decide(desk.tracker, [lead], "dismiss", NOW, reason="off_topic")
    path = desk.tracker.folder / "triage.csv"
    header, row = path.read_text(encoding="utf-8").splitlines()
    later = row.replace("dismiss", "reopen").replace(NOW.strftime("%Y-"), f"{NOW.year + 0}-")
    later = later.replace(row.split(",")[8], (NOW + timedelta(hours=1)).isoformat())
    # The newer decision stands above the older one, as a union merge may leave it.
    path.write_text("\n".join([header, later, row]) + "\n", encoding="utf-8")
    desk.refresh()
    assert lead.lead_id in {each.lead.lead_id for each in desk.queue(TODAY)}


def test_a_damaged_row_of_triage_is_named_by_file_and_line(desk: DeskState) -> None:
    path = desk.tracker.folder / "triage.csv"
    decide(desk.tracker, [desk.lead(head(desk))], "dismiss", NOW, reason="off_topic")
    path.write_text(path.read_text(encoding="utf-8").replace("off_topic", "whatever"), encoding="utf-8")
    with pytest.raises(Exception, match=r"triage.csv:2: .*no reason to dismiss"):
        load_catalogue(desk.settings.catalogue_root)


ACCEPT_AND_DIE = """
import os, signal, sys
from datetime import UTC, datetime
from signposts import files
from signposts.desk.state import open_desk
from signposts.desk.triage import accept
from signposts.settings import load_settings
steps, lead_id, day = int(sys.argv[1]), sys.argv[2], sys.argv[3]
desk = open_desk(load_settings())
real, done = os.fsync, 0
def fsync(descriptor):
    global done
    done += 1
    if done > steps:
        os.kill(os.getpid(), signal.SIGKILL)
    real(descriptor)
files.os.fsync = fsync
fields = dict(kind="count", happened_from=day, category="call", source_name="M", speaker="M", reliability="A",
              credibility="2", published_on=day)
accept(desk.tracker, [desk.lead(lead_id)], "leader_contacts", fields, datetime.now(UTC), keep_page=False)
"""


@pytest.mark.nightly
@pytest.mark.parametrize("steps", range(7))
def test_a_kill_at_any_moment_of_accepting_leaves_claim_and_decision_or_neither(desk: DeskState, steps: int) -> None:
    lead_id = head(desk)
    ended = subprocess.run(
        [sys.executable, "-c", ACCEPT_AND_DIE, str(steps), lead_id, DAY.isoformat()], check=False, env=os.environ
    )
    assert ended.returncode in (0, -signal.SIGKILL)
    after = open_desk(desk.settings)
    claimed = [row for row in after.standing_claims("leader_contacts").values() if row.fields.get("source_name") == "M"]
    decided = after.decisions.get(lead_id)
    assert bool(claimed) == (decided is not None)
    if decided is not None:
        assert decided.claim_id == claimed[0].claim.claim_id


def test_closing_asks_for_every_lead_and_writes_who_looked_where_until_when(desk: DeskState) -> None:
    since = (TODAY - timedelta(days=20)).isoformat()
    close = ("close", "leader_contacts", "--until", DAY.isoformat(), "--from", since)
    today = signposts("close", "leader_contacts", "--until", TODAY.isoformat(), "--note", "all read")
    assert "is not over" in today.err
    early = signposts(*close, "--note", "all read")
    assert early.code == 2
    assert "leads up to" in early.err
    denial = next(each.lead.lead_id for each in desk.queue(TODAY) if " no " in each.lead.title)
    assert denial in signposts("leads", "leader_contacts").out
    assert signposts("triage", denial, "dismiss", "--reason", "no_new_fact").out == f"dismiss: {denial}\n"
    fields = ("category=phone call", "credibility=1")
    made = signposts("triage", head(desk)[:8], "accept", *fields, "--indicator", "leader_contacts", "--group")
    assert made.code == 0, made
    assert "claim leader_contacts-" in made.out
    assert "one sentence" in signposts(*close).err
    assert f"would close: looked until {DAY}" in signposts(*close, "--dry-run").out
    closed = signposts(*close, "--note", "One call; the channels were quiet.")
    assert closed.code == 0, closed
    search = load_catalogue(desk.settings.catalogue_root).trackers[0].searches[-1].search
    assert (search.looked_until, search.leads_read, search.n_found) == (DAY, 4, 1)
    assert (search.searched_by, search.gaps) == ("tester", None)
    assert "kremlin_en" in str(search.feeds)
    assert "0 leads waiting" in signposts("leads", "leader_contacts").out


def test_a_gap_of_a_feed_shortens_what_a_search_covers_and_leaving_it_out_is_said(
    desk: DeskState, server: FeedServer
) -> None:
    for each in desk.queue(TODAY):
        decide(desk.tracker, [each.lead], "dismiss", NOW, reason="off_topic")
    server.pages["/irna_en"] = Answer(status=503)
    later = NOW + timedelta(days=2)
    collect_leads(desk.settings, load_catalogue(desk.settings.catalogue_root), later)
    desk.refresh()
    shortened = plan(desk, later)
    assert shortened.looked_until == DAY
    assert any("irna_en" in gap for gap in shortened.gaps)
    left_out = plan(desk, later, "irna_en")
    assert left_out.looked_until == later.date() - timedelta(days=1)
    assert "irna_en: left out" in left_out.gaps
    assert "irna_en" not in left_out.feeds


def plan(desk: DeskState, now: datetime, *without: str) -> SearchPlan:
    """Return the plan of closing the contacts' search to the day before a moment."""
    return plan_search(
        desk.tracker, "leader_contacts", now.date() - timedelta(days=1), desk.leads(), desk.decisions, desk.reads,
        desk.feeds, now, since=TODAY - timedelta(days=5), without=without,
    )  # fmt: skip


def test_a_query_that_was_not_answered_leaves_the_window_open_unless_the_article_list_covers_it(
    desk: DeskState,
) -> None:
    for each in desk.queue(TODAY):
        decide(desk.tracker, [each.lead], "dismiss", NOW, reason="off_topic")
    desk.refresh()
    assert plan(desk, NOW).queries == (), "GDELT is not read here"
    since, until = (TODAY - timedelta(days=5)).isoformat(), DAY.isoformat()
    desk.feeds = {
        name: feed.model_copy(update={"read": feed.read or feed.format.startswith("gdelt")})
        for name, feed in desk.feeds.items()
    }
    unanswered = plan(desk, NOW)
    assert unanswered.looked_until is None
    assert any(gap.startswith("query en1: ") for gap in unanswered.gaps)
    assert plan(desk, NOW, "gdelt_doc").looked_until == DAY
    record_read(
        desk.settings, FeedRead("gdelt_article_list", NOW.isoformat(), "items", covers_from=since, covers_to=until)
    )
    desk.refresh()
    by_list = plan(desk, NOW)
    assert (by_list.looked_until, by_list.queries) == (DAY, ())
    assert "gdelt_article_list" in by_list.feeds
    for name in ("en1", "en2", "ru1"):
        query = f"russia_iran/leader_contacts/{name}"
        read = FeedRead("gdelt_doc", NOW.isoformat(), "empty", covers_from=since, covers_to=until, query=query)
        record_read(desk.settings, read)
    desk.refresh()
    assert [query.partition(":")[0] for query in plan(desk, NOW, "gdelt_article_list").queries] == ["en1", "en2", "ru1"]
