"""Collecting over real HTTP: none lost, none twice, and every way a feed fails is said while the others go on."""

import gzip
import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from signposts.catalogue import load_catalogue
from signposts.desk.collect import collect_leads, rebuild_leads
from signposts.desk.leads import LeadLog, lead_key
from signposts.desk.ranking import rank_leads
from signposts.desk.reads import FeedRead, all_reads, feed_health, record_read
from signposts.settings import Settings
from tests.desk.loopback import Answer, FeedServer, desk_catalogue, feed_server, rss

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
FEEDS = ("tass_en", "mehr_en", "kremlin_en", "isw")


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        for feed_id in FEEDS:
            running.pages[f"/{feed_id}"] = Answer(rss([call(feed_id)]))
        yield running


@pytest.fixture
def settings(tmp_path: Path, server: FeedServer) -> Settings:
    root = desk_catalogue(tmp_path / "catalogue", server.url, FEEDS)
    return Settings(tmp_path / "home", root)


def call(
    feed_id: str, title: str = "Lavrov, Araghchi hold phone call on regional issues"
) -> tuple[str, str, str, date]:
    return (f"https://{feed_id}.example/call", title, "The ministers spoke.", TODAY)


def collect(settings: Settings, now: datetime = NOW, **options: object) -> dict[str, FeedRead]:
    catalogue = load_catalogue(settings.catalogue_root)
    return {read.feed_id: read for read in collect_leads(settings, catalogue, now, **options)}  # type: ignore[arg-type]


def test_what_matches_becomes_a_lead_with_its_bytes_in_the_archive(settings: Settings, server: FeedServer) -> None:
    reads = collect(settings)
    assert {name: read.outcome for name, read in reads.items()} == dict.fromkeys(FEEDS, "items")
    leads = LeadLog(settings).leads()
    assert len(leads) == len(FEEDS)
    lead = leads[lead_key("https://tass_en.example/call")]
    assert lead.indicators("russia_iran")["leader_contacts"] == 1.0
    assert (lead.published_on, lead.outlet, lead.reliability) == (TODAY, "TASS", "B")
    assert (settings.archive / "objects" / lead.sha256[:2] / f"{lead.sha256[2:]}.zst").exists()


def test_reading_again_adds_nothing_and_a_page_in_two_feeds_is_one_lead(settings: Settings, server: FeedServer) -> None:
    same = ("http://www.tass_en.example/call/?utm_source=rss#top", "Lavrov, Araghchi hold phone call", "", TODAY)
    server.pages["/mehr_en"] = Answer(rss([same, same]), headers={"ETag": '"x"'})
    collect(settings)
    collect(settings, NOW + timedelta(hours=1))
    leads = LeadLog(settings).leads()
    assert len(leads) == len(FEEDS) - 1
    carriers = leads[lead_key("https://tass_en.example/call")]
    assert {carriers.feed_id, *carriers.also_in} == {"tass_en", "mehr_en"}
    assert any(headers.get("if-none-match") == '"x"' for path, headers in server.asked if path == "/mehr_en")


def test_a_run_killed_between_archive_and_log_loses_nothing(settings: Settings, server: FeedServer) -> None:
    for feed_id in FEEDS:
        server.pages[f"/{feed_id}"] = Answer(rss([call(feed_id)]), headers={"ETag": f'"{feed_id}"'})
    collect(settings)
    (settings.home / "desk" / "leads.jsonl").unlink()
    collect(settings, NOW + timedelta(hours=1))
    assert len(LeadLog(settings).leads()) == len(FEEDS)


CHALLENGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
)
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<rss version='2.0'><channel><title>&b;</title></channel></rss>"
)


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (Answer(status=404), "failed", "HTTP 404"),
        (Answer(status=403), "failed", "refuses us"),
        (Answer(CHALLENGE), "failed", "challenge page"),
        (Answer(b"<html><body>Our feed has moved</body></html>"), "failed", "web page"),
        (Answer(BOMB), "failed", "entities"),
        (Answer(gzip.compress(bytes(30_000_000)), headers={"Content-Encoding": "gzip"}), "failed", "more than"),
        (Answer(b""), "failed", "not a feed"),
        (Answer(rss([])), "empty", "0 items"),
        (Answer(rss([call("a"), call("b")])[:-180]), "truncated", "cut short"),
        (Answer(status=302, headers={"Location": "http://10.0.0.1/feed"}), "failed", "not https"),
        (Answer(rss([("", "No address here", "", TODAY)])), "empty", "without an address"),
        (Answer(rss([call("a")[:3] + (TODAY + timedelta(days=40),)])), "items", "lies ahead"),
        (Answer(rss([call("a")[:3] + (None,)])), "items", "1 without a day"),  # type: ignore[list-item]
    ],
)
def test_each_way_to_fail_is_said_and_the_others_go_on(
    settings: Settings, server: FeedServer, answer: Answer, outcome: str, words: str
) -> None:
    server.pages["/mehr_en"] = answer
    reads = collect(settings)
    assert reads["mehr_en"].outcome == outcome
    assert words in reads["mehr_en"].message
    others = [reads[name].outcome for name in FEEDS if name != "mehr_en"]
    assert others == ["items"] * 3
    if outcome not in ("items", "empty"):
        assert reads["mehr_en"].covers_from is None


def test_a_feed_that_moves_says_where_and_a_future_day_is_not_kept(settings: Settings, server: FeedServer) -> None:
    server.pages["/new_place"] = Answer(rss([call("a")[:3] + (TODAY + timedelta(days=3),)]))
    server.pages["/mehr_en"] = Answer(status=301, headers={"Location": f"{server.url}/new_place"})
    reads = collect(settings)
    assert f"moved to {server.url}/new_place" in reads["mehr_en"].message
    assert LeadLog(settings).leads()[lead_key("https://a.example/call")].published_on is None


def test_a_second_silence_of_a_feed_that_never_was_empty_is_a_failure(settings: Settings, server: FeedServer) -> None:
    server.pages["/mehr_en"] = lambda visit: Answer(rss([call("m")] if visit == 1 else []))
    outcomes = [collect(settings, NOW + timedelta(days=day))["mehr_en"].outcome for day in range(3)]
    assert outcomes == ["items", "empty", "failed"]


def test_hostile_titles_are_stored_as_plain_text(settings: Settings, server: FeedServer) -> None:
    title = (
        "Lavrov\u202e, Araghchi\x0b <script>alert(1)</script>hold &lt;img src=x onerror=alert(2)&gt; phone call\ud83d"
    )
    body = rss([("https://a.example/1", "TITLE", "", TODAY)]).replace(
        b"TITLE", title.encode("utf-8", "surrogatepass").replace(b"\x0b", b" ").replace(b"<", b"&lt;")
    )
    server.pages["/mehr_en"] = Answer(body.replace(b"\xed\xa0\xbd", b""))
    collect(settings)
    stored = LeadLog(settings).leads()[lead_key("https://a.example/1")].title
    assert stored == "Lavrov, Araghchi hold phone call"


def test_a_stale_feed_that_still_answers_is_not_fresh_and_covers_nothing_new(
    settings: Settings, server: FeedServer
) -> None:
    old = TODAY - timedelta(days=200)
    server.pages["/isw"] = Answer(rss([call("isw")[:3] + (old,)]))
    read = collect(settings)["isw"]
    assert covered(read) is None
    catalogue = load_catalogue(settings.catalogue_root)
    health = {row["feed_id"]: row for row in feed_health(catalogue.lead_feeds, all_reads(settings), NOW)}
    assert health["isw"]["verdict"] == "stale"
    assert health["tass_en"]["verdict"] == "fresh"


def covered(read: FeedRead) -> tuple[date, date] | None:
    """Return the days that a read covers."""
    if not read.covers_from or not read.covers_to:
        return None
    return date.fromisoformat(read.covers_from), date.fromisoformat(read.covers_to)


def test_a_read_covers_whole_days_since_its_oldest_item_or_since_reading_was_last_broken_off(
    settings: Settings, server: FeedServer
) -> None:
    def entries(*days_ago: int) -> Answer:
        days = [(step, TODAY - timedelta(days=step)) for step in days_ago]
        return Answer(rss([(f"https://m.example/{step}", f"Weather {step}", "", day) for step, day in days]))

    server.pages["/mehr_en"] = entries(0, 3)
    first = collect(settings)["mehr_en"]
    assert covered(first) == (TODAY - timedelta(days=2), TODAY - timedelta(days=1)), "the day of the read is not over"
    assert first.unseen is None
    server.pages["/mehr_en"] = entries(-4, -3, 0)
    joined = collect(settings, NOW + timedelta(days=4))["mehr_en"]
    assert (joined.unseen, joined.items) == (2, 3)
    assert covered(joined) == (TODAY - timedelta(days=2), TODAY + timedelta(days=3)), "an item was still there"
    server.pages["/mehr_en"] = entries(-9, -7)
    broken = collect(settings, NOW + timedelta(days=9))["mehr_en"]
    assert covered(broken) == (TODAY + timedelta(days=8), TODAY + timedelta(days=8)), "older ones may have rolled off"
    server.pages["/mehr_en"] = entries(-9)
    crowded = collect(settings, NOW + timedelta(days=9, hours=1))["mehr_en"]
    assert covered(crowded) == covered(broken)
    (health,) = feed_health({"mehr_en": load_catalogue(settings.catalogue_root).lead_feeds["mehr_en"]},
                            all_reads(settings), NOW + timedelta(days=9))  # fmt: skip
    assert health["unseen_share"] == 0.0


def test_minute_files_are_filtered_and_what_was_missing_is_noted(tmp_path: Path, server: FeedServer) -> None:
    root = desk_catalogue(tmp_path / "cat", server.url, ("gdelt_article_list",))
    settings = Settings(tmp_path / "home2", root)
    minute = NOW - timedelta(minutes=45)
    hour_ago = (NOW - timedelta(hours=1)).isoformat()
    three_days_ago = (NOW - timedelta(days=3)).isoformat()
    record_read(
        settings, FeedRead("gdelt_article_list", hour_ago, "items", query=hour_ago, unbroken_from=three_days_ago)
    )
    lines = [
        {
            "url": "https://one.example/a",
            "title": "Putin and Pezeshkian hold phone call",
            "desc": "",
            "date": "2026-11-25",
        },
        {"url": "https://one.example/b", "title": "Local bakery wins a prize", "desc": "", "date": "2026-11-25"},
    ]
    body = "".join(json.dumps(line) + "\n" for line in lines).encode() + b"{broken\n"
    server.pages[f"/gdelt_article_list/{minute:%Y%m%d%H%M}00.gal.json.gz"] = Answer(gzip.compress(body))
    read = collect(settings)["gdelt_article_list"]
    assert "1 minute files, 39 missing, 1 matches" in read.message
    assert covered(read) == (TODAY - timedelta(days=2), TODAY - timedelta(days=1)), "whole days without a break"
    (lead,) = LeadLog(settings).leads().values()
    assert lead.published_on is None, "a day seen is never taken for a day published"
    again = collect(settings, NOW + timedelta(minutes=30))["gdelt_article_list"]
    assert "30 missing" in again.message


def test_a_refusal_of_gdelt_is_not_silence(tmp_path: Path, server: FeedServer) -> None:
    root = desk_catalogue(tmp_path / "cat", server.url, ("gdelt_doc",))
    settings = Settings(tmp_path / "home2", root)
    server.pages["/gdelt_doc"] = Answer(b"Please limit requests to one every 5 seconds or contact us.")
    catalogue = load_catalogue(root)
    reads = collect_leads(settings, catalogue, NOW, named=["gdelt_doc"], budget_seconds=20.0)
    assert {read.outcome for read in reads} <= {"failed", "missed"}
    assert "refused for now" in reads[0].message
    assert len(reads) == 2, "two refusals end the sweep"


def test_dropped_files_are_read_once_each_with_its_outcome(settings: Settings) -> None:
    folder = settings.inbox / "leads"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text("url;title;date\nhttps://c.example/1;Lavrov and Araghchi hold talks;2026-11-20\n")
    (folder / "b.ris").write_text(
        "TY  - NEWS\nTI  - Putin receives Araghchi\nUR  - https://c.example/2\nDA  - 2026/11/21/\nER  - \n"
    )
    (folder / "c.html").write_text('<a href="https://c.example/3">Lavrov and Araghchi hold phone call</a>')
    (folder / "d.pdf").write_bytes(b"%PDF")
    catalogue = load_catalogue(settings.catalogue_root)
    reads = collect_leads(settings, catalogue, NOW, offline=True)
    assert sorted(read.outcome for read in reads) == ["failed", "items", "items", "items"]
    leads = LeadLog(settings).leads()
    assert {str(lead.published_on) for lead in leads.values()} == {"2026-11-20", "2026-11-21", "None"}
    again = collect_leads(settings, catalogue, NOW + timedelta(days=1), offline=True)
    assert [read.outcome for read in again] == ["failed"]


SUBJECTS = ("phone call", "talks", "meeting", "telephone conversation")
CITIES = ("Tehran", "Moscow", "Astana", "Baku", "Doha", "Geneva", "Bishkek", "Delhi", "Kazan", "Sochi")


def many(feed_id: str, count: int) -> list[tuple[str, str, str, date]]:
    """Return entries of distinct addresses that all bear on leader_contacts."""
    return [
        (
            f"https://{feed_id}.example/{number}",
            f"Lavrov, Araghchi hold {SUBJECTS[number % 4]} in {CITIES[number % 10]} on file {number}",
            f"Item {number}.",
            TODAY - timedelta(days=number % 25),
        )
        for number in range(count)
    ]


@pytest.mark.slow
def test_ten_thousand_leads_none_lost_none_twice_and_in_a_stable_order(tmp_path: Path, server: FeedServer) -> None:
    listed = "gdelt_article_list"
    settings = Settings(tmp_path / "home", desk_catalogue(tmp_path / "cat", server.url, (*FEEDS, listed)))
    entries = {feed_id: many(feed_id, 3000) for feed_id in FEEDS}
    # A third of each feed stands in the one before it too.
    for feed_id, other in zip(FEEDS, FEEDS[1:], strict=False):
        server.pages[f"/{feed_id}"] = Answer(rss(entries[feed_id] + entries[other][:1000]))
    server.pages[f"/{FEEDS[-1]}"] = Answer(rss(entries[FEEDS[-1]][:1500] * 2))
    wanted = {url for feed_id in FEEDS[:-1] for url, *_ in entries[feed_id]} | {
        url for url, *_ in entries["isw"][:1500]
    }
    # The article list holds a thousand pages of its own and five hundred that a feed has.
    minute, hour_ago = NOW - timedelta(minutes=45), (NOW - timedelta(hours=1)).isoformat()
    record_read(settings, FeedRead(listed, hour_ago, "items", query=hour_ago, unbroken_from=hour_ago))
    pages = many("listed", 1000) + entries["tass_en"][:500]
    wanted |= {url for url, *_ in pages}
    lines = [json.dumps({"url": url, "title": title, "date": str(day)}) for url, title, _, day in pages]
    body = gzip.compress("\n".join(lines).encode())
    server.pages[f"/{listed}/{minute:%Y%m%d%H%M}00.gal.json.gz"] = Answer(body)
    began = time.process_time()
    collect(settings)
    seconds = time.process_time() - began
    leads = LeadLog(settings).leads()
    assert {lead.url for lead in leads.values()} == wanted
    assert len(leads) == len(wanted) == 11_500
    lines_of_log = (settings.home / "desk" / "leads.jsonl").read_bytes().splitlines()
    assert sum(b'"title"' in line for line in lines_of_log) == 11_500
    collect(settings, NOW + timedelta(hours=1))
    assert len(LeadLog(settings).leads()) == 11_500
    first = [each.lead.lead_id for each in rank_leads(leads.values(), "russia_iran", {}, TODAY)]
    turned = [each.lead.lead_id for each in rank_leads(reversed(list(leads.values())), "russia_iran", {}, TODAY)]
    assert first == turned
    assert seconds < 120
    print(f"11,500 leads collected in {seconds:.1f} s of CPU")


def test_the_log_is_made_again_from_the_archive(settings: Settings) -> None:
    collect(settings)
    before = {name: (lead.title, lead.day, dict(lead.matches)) for name, lead in LeadLog(settings).leads().items()}
    rebuild_leads(settings, load_catalogue(settings.catalogue_root), NOW + timedelta(days=1))
    after = {name: (lead.title, lead.day, dict(lead.matches)) for name, lead in LeadLog(settings).leads().items()}
    assert after == before
    assert len(after) == len(FEEDS)


def test_changed_terms_find_what_was_archived_before(settings: Settings, server: FeedServer) -> None:
    server.pages["/mehr_en"] = Answer(rss([("https://m.example/1", "Caviar trade fair opens", "", TODAY)]))
    collect(settings)
    path = settings.catalogue_root / "russia_iran" / "indicators" / "leader_contacts.yaml"
    text = path.read_text(encoding="utf-8")
    changed = text.replace(
        "    en:\n      topic:\n        - [putin,",
        "    sv:\n      topic:\n        - [caviar]\n      act: [fair]\n    en:\n      topic:\n        - [putin,",
    )
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    collect(settings, NOW + timedelta(hours=1))
    assert lead_key("https://m.example/1") in LeadLog(settings).leads()
