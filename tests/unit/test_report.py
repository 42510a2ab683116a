"""The report's pages without a browser: what they say, what they escape, and that they say it the same way twice."""

import json
import math
import re
from collections.abc import Iterator
from functools import cache as cached
from pathlib import Path
from typing import Any

import altair
import duckdb
import feedparser
import html5lib
import pandas as pd
import pytest
from jsonschema import ValidationError

from signposts import report
from signposts.report import attribution, feed, illustrations, verdict, wording
from signposts.report.charts import KINDS, specification
from signposts.report.citations import cite
from signposts.report.drawing import ChartRequest, draw
from signposts.report.evidence_page import heuer_ranking
from signposts.report.pages import method_html, tracker_pages
from signposts.report.records import TrackerTables, tables_by_tracker
from tests.browser import fixture

METHOD = (
    "# The method\n\nA [link](https://example.org) and "
    "[none](javascript:alert(1)).\n\n<script>alert(1)</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return fixture.tables()


@pytest.fixture(scope="module")
def tracker_tables(tables: dict[str, pd.DataFrame]) -> TrackerTables:
    return tables_by_tracker(fixture.as_rows(tables))[0]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def site(tables: dict[str, pd.DataFrame], cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    report.build(fixture.as_rows(tables), folder, cache, METHOD)
    return folder


@pytest.fixture(scope="module")
def database(tables: dict[str, pd.DataFrame]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, frame in tables.items():
            connection.register("frame", frame)
            connection.execute(f'create table "{name}" as select * from frame')
            connection.unregister("frame")
        yield connection


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


@cached
def _parsed(page: Path) -> tuple[Any, list[Any]]:
    """Return a page's tree and the faults of its HTML; parsed once, since pages hold large drawings."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    return parser.parse(page.read_text(encoding="utf-8")), parser.errors


def _tree(page: Path) -> Any:
    return _parsed(page)[0]


def test_the_same_release_gives_the_same_bytes_with_a_cold_and_a_warm_cache(site, cache, tables, tmp_path) -> None:
    report.build(fixture.as_rows(fixture.tables()), tmp_path / "warm", cache, METHOD)
    assert _contents(tmp_path / "warm") == _contents(site)


@pytest.mark.slow
def test_the_same_release_gives_the_same_bytes_when_every_chart_is_drawn_anew(site, tmp_path) -> None:
    report.build(fixture.as_rows(fixture.tables()), tmp_path / "cold", tmp_path / "other_cache", METHOD)
    assert _contents(tmp_path / "cold") == _contents(site)


def test_every_page_is_valid_html(site) -> None:
    for page in _pages(site):
        assert not _parsed(page)[1], page
        identifiers = [node.get("id") for node in _tree(page).iter() if node.get("id")]
        assert len(identifiers) == len(set(identifiers)), page


def test_each_indicator_and_named_scenario_has_a_page(site, tracker_tables) -> None:
    assert {path.stem for path in (site / "indicators").iterdir()} == set(tracker_tables.indicator)
    assert {path.stem for path in (site / "scenarios").iterdir()} == {
        row["scenario_id"] for row in tracker_tables.named
    }


def test_a_value_kept_from_before_is_shown_as_stale_wherever_it_stands(site) -> None:
    health = re.sub(r"<[^>]*>", " ", (site / "health.html").read_text(encoding="utf-8"))
    assert "1 value kept from before, shown as stale" in health
    assert re.search(
        r"Values kept from before\s+A row set aside is not absent: 1 value .*day is none", health, re.DOTALL
    )
    for page in ("indicators/ticket_sales.html", "claims.html"):
        assert (site / page).read_text(encoding="utf-8").count("stale: kept from before") == 1
    indicator = (site / "indicators" / "ticket_sales.html").read_text(encoding="utf-8")
    assert "It rests on a value kept from before: its row in the newest document cannot be read." in indicator


def test_a_source_that_was_asked_and_never_answered_is_not_one_that_nobody_looked_at(site: Path) -> None:
    for page in ("health.html", "sources/bad_link.html"):
        said = re.sub(r"<[^>]*>", " ", (site / page).read_text(encoding="utf-8"))
        assert re.search(r"503.*no answer yet", said, re.DOTALL), page
        assert "never" not in said.split("503")[1][:300], page


def test_leads_waiting_and_the_day_looked_until_stand_beside_the_indicator_and_on_the_health_page(site) -> None:
    crossings = (site / "indicators" / "cancelled_crossings.html").read_text(encoding="utf-8")
    assert "Leads waiting: 12; looked until 14 Nov 2026." in crossings
    bridge = (site / "indicators" / "bridge_opened.html").read_text(encoding="utf-8")
    assert "Leads waiting: 0; no search is closed." in bridge
    rows = re.sub(r"<[^>]*>", " ", (site / "health.html").read_text(encoding="utf-8")).split("What people look for")[-1]
    assert re.search(r"12\s+14 Nov 2026\s+7\s+3 of 4", rows)
    assert "12 leads waiting for a decision" in (site / "health.html").read_text(encoding="utf-8")


def test_internal_links_resolve(site) -> None:
    for page in _pages(site):
        for node in _tree(page).iter():
            address = node.get("href") or node.get("src")
            if not address or address.startswith(("http:", "https:", "data:")):
                continue
            path, _, fragment = address.partition("#")
            target = (page.parent / path.partition("?")[0]).resolve() if path else page
            assert target.is_file(), f"{page.name}: {address}"
            if fragment and "=" not in fragment:  # with a sign of equality it is the state of a filter
                assert any(other.get("id") == fragment for other in _tree(target).iter()), f"{page.name}: {address}"


def test_what_comes_from_outside_is_text(site) -> None:
    for page in _pages(site):
        for node in _tree(page).iter():
            assert node.tag not in ("iframe", "object", "embed", "form") or node.get("id") in (
                "filters",
                "search",
                "what-if",
            )
            assert not [name for name in node.attrib if name.startswith("on")]
            if node.tag == "script":
                assert node.get("src") or node.get("type") == "application/json"
            if node.tag == "a":
                assert not re.match(r"\s*(javascript|data|vbscript):", node.get("href", ""), re.IGNORECASE)
            if node.tag == "img":
                pytest.fail(f"{page}: an image from outside")


def test_links_leave_the_site_without_handing_over_the_page(site) -> None:
    seen = 0
    for page in _pages(site):
        for node in _tree(page).iter("a"):
            if node.get("href", "").startswith(("http:", "https:")):
                seen += 1
                assert node.get("rel") == "noopener noreferrer"
    assert seen > 10


def test_scripts_come_from_the_folder_alone(site) -> None:
    for page in _pages(site):
        policy = next(node for node in _tree(page).iter("meta") if node.get("http-equiv") == "Content-Security-Policy")
        rules = dict(part.strip().split(" ", 1) for part in policy.get("content").split(";"))
        assert rules["script-src"] == "'self'"
        assert rules["default-src"] == "'none'"


def test_every_chart_has_a_table_behind_it_a_source_and_words(site) -> None:
    figures = [node for page in _pages(site) for node in _tree(page).iter("figure")]
    assert len(figures) > 15
    for node in figures:
        classes = [child.get("class", "") for child in node.iter()]
        assert "source" in classes
        if "chart" in classes:
            drawn = next(child for child in node.iter() if child.get("role") == "img")
            assert len(drawn.get("aria-label")) > 20
            assert node.find(".//table") is not None


def test_each_front_page_figure_equals_the_query_it_cites(site, database) -> None:
    tree = _tree(site / "index.html")
    statements = {
        node.get("data-citation"): "".join(node.itertext()) for node in tree.iter("code") if node.get("data-citation")
    }
    checked = 0
    for node in tree.iter("data"):
        name, key, column = node.get("data-cite").split("/")
        rows = database.execute(statements[name]).df().astype(object)
        row = rows[rows.iloc[:, 0].astype(str) == key]
        assert len(row) == 1, node.get("data-cite")
        assert float(node.get("value")) == pytest.approx(float(row.iloc[0][column]), abs=1e-12)
        shown = "".join(node.itertext()).replace("\u00a0", " ")
        value = float(node.get("value"))
        assert shown in {wording.percent(value), wording.points(value, 1), wording.number(value)}
        checked += 1
    assert checked >= 18


def test_every_statement_of_every_page_runs(site, database) -> None:
    seen = set()
    for page in _pages(site):
        for node in _tree(page).iter("code"):
            if node.get("data-citation"):
                database.execute("".join(node.itertext())).fetchall()
                seen.add(node.get("data-citation"))
    assert len(seen) >= 14


def test_a_value_in_a_statement_stays_a_value() -> None:
    text = cite("change", tracker="it's; drop table claim --").sql
    assert "'it''s; drop table claim --'" in text


def test_the_waterfall_adds_up_exactly(tracker_tables) -> None:
    parts = attribution.group_moves(tracker_tables, attribution.log_ratios(tracker_tables))
    for row in tracker_tables.scenarios:
        moved = math.fsum(part[row["scenario_id"]] for _, part in parts)
        assert moved == pytest.approx(row["posterior"] - row["prior"], abs=1e-12)


def test_the_printed_waterfall_adds_up_to_the_printed_move(tracker_tables) -> None:
    figure = illustrations.from_prior(tracker_tables, attribution.log_ratios(tracker_tables))
    printed = [float(label.rstrip("%").replace(wording.MINUS, "-")) for _, label in figure.rows]
    assert printed[0] + sum(printed[1:-1]) == pytest.approx(printed[-1], abs=1e-9)


@pytest.mark.parametrize("parts", [[0.00049] * 7, [0.1, -0.05, 0.0333333], [], [-0.2]])
def test_rounded_parts_add_up(parts) -> None:
    start = 0.3
    first, shown, last = attribution.rounded_to_add_up(start, parts, start + sum(parts))
    assert (not parts) or first + sum(shown) == pytest.approx(last, abs=1e-9)


def test_evidence_unexplained_by_the_ratios_is_said(tables) -> None:
    changed = dict(tables)
    changed["log_ratio"] = tables["log_ratio"].assign(log_ratio=tables["log_ratio"]["log_ratio"] * 0.5)
    (halved,) = tables_by_tracker(fixture.as_rows(changed))
    names = [name for name, _ in attribution.group_moves(halved, attribution.log_ratios(halved))]
    assert "unexplained" in names


def test_a_report_that_stands_alone_gives_the_odds_of_its_ratio_alone(tracker_tables) -> None:
    known = attribution.log_ratios(tracker_tables)
    ratios = attribution.claim_ratios(tracker_tables, known)
    rows = attribution.rival_verdicts(tracker_tables, known, ratios, "passengers")
    assert [row["claim"]["claim_id"] for row in rows] == ["passengers-3", "passengers-4"]
    assert rows[0]["leader_now"] != rows[1]["leader_now"]
    assert sum(row["pool_weight"] for row in rows) == pytest.approx(1)


def test_a_reading_that_is_all_but_impossible_is_not_said_to_be_a_way_to_change_the_verdict(tables) -> None:
    (found,) = tables_by_tracker(fixture.as_rows({**tables, "overturn": tables["overturn"].assign(chance=2.1e-17)}))
    assert "No single reading that is at all likely would change the leader" in verdict.shake(found)


def test_where_no_reading_changes_the_leader_the_leader_is_said_to_stay(tables) -> None:
    (found,) = tables_by_tracker(
        fixture.as_rows({**tables, "overturn": tables["overturn"].assign(new_leading_scenario_id="steady")})
    )
    assert "the leader would then still stand at 47 %" in verdict.shake(found)


def test_the_ends_of_probability_are_never_rounded_to_certainty() -> None:
    assert wording.percent(0.0004) == "under 1 %"
    assert wording.percent(0.9996) == "over 99 %"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//example.org", "ftp://example.org", "https://", "http://[", "", None],
)
def test_only_web_addresses_become_links(address) -> None:
    assert wording.web_address(address) is None


def test_file_names_cannot_meet_or_leave_the_folder() -> None:
    names = ["../etc", ".._etc", "a b", "a.20b", "ä", ""]
    made = [wording.file_name(name) for name in names]
    assert len(set(made)) == len(names)
    assert all("/" not in name for name in made)


def test_heuer_counts_only_what_is_inconsistent(tracker_tables) -> None:
    for row in heuer_ranking(tracker_tables):
        assert row["score"] == row["inconsistent"] + 2 * row["very"]


def test_the_feed_is_an_atom_feed_with_an_entry_a_release(site) -> None:
    parsed = feedparser.parse((site / "feed.xml").read_bytes())
    assert not parsed.bozo
    assert parsed.version == "atom10"
    assert [entry.id.rsplit(":", 1)[1] for entry in parsed.entries] == ["2026-11-15T060000Z", "2026-10-15T060000Z"]
    assert parsed.entries[0].title.endswith("did it")
    assert parsed.entries[1].title == "The ferry carries on 55 %"


def test_the_news_names_a_tracker_newly_held_back_and_no_run_that_failed_before(tables) -> None:
    (alert,) = tables["alert"].to_dict("records")
    held = {**alert, "kind": "withheld", "delivery": "sent"}
    rows = [
        {**held, "message": "Tracker island_ferry is held back"},
        {**held, "message": "Nothing was published; the last release stays in place", "tracker_id": None},
        {**held, "message": "Tracker island_ferry is held back, which is known", "delivery": "accepted"},
    ]
    notes = report.release_news(fixture.as_rows(tables | {"alert": pd.DataFrame(rows)}), {})
    said = [note["text"] for note in notes if note["kind"] == "withheld"]
    assert said == ["Tracker island_ferry is held back"]


def test_the_feed_drops_what_xml_forbids(tables) -> None:
    (found,) = tables_by_tracker(
        fixture.as_rows({**tables, "tracker": tables["tracker"].assign(title="bad \x0b & <b>")})
    )
    parsed = feedparser.parse(feed.atom(found, "tag:x", "https://example.org/report"))
    assert not parsed.bozo


def test_the_machine_report_agrees_with_the_tables(site, tracker_tables) -> None:
    content = json.loads((site / "report.json").read_text(encoding="utf-8"))
    assert {row["scenario_id"]: row["posterior"] for row in content["scenarios"]} == {
        row["scenario_id"]: row["posterior"] for row in tracker_tables.scenarios
    }
    assert content["coverage"] == {"scored": 10, "with_reading": 9, "fresh": 6}


def test_the_summary_holds_no_markup_from_outside(site) -> None:
    text = (site / "summary.md").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "85 %" in text


def test_the_methods_markdown_may_bring_no_html() -> None:
    made = method_html(METHOD)
    assert "<script" not in made
    assert 'href="javascript' not in made
    assert '<a href="https://example.org" rel="noopener noreferrer">' in made
    assert "<table>" in made


def test_a_first_release_says_that_there_is_nothing_to_compare(tmp_path, cache) -> None:
    report.build(fixture.as_rows(fixture.tables(earlier=False)), tmp_path, cache)
    assert "first release" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "nothing to compare" in (tmp_path / "changes.html").read_text(encoding="utf-8")
    assert len(feedparser.parse((tmp_path / "feed.xml").read_bytes()).entries) == 1


@pytest.mark.slow
def test_several_trackers_share_one_front_page(tmp_path, cache) -> None:
    report.build(fixture.as_rows(fixture.tables(trackers=("island_ferry", "second_ferry"))), tmp_path, cache)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="island_ferry/index.html"' in text
    assert 'href="second_ferry/index.html"' in text
    test_internal_links_resolve(tmp_path)
    test_every_page_is_valid_html(tmp_path)


def test_empty_tables_still_give_a_report(tables, tmp_path, cache) -> None:
    kept = ("tracker", "scenario", "hypothesis", "indicator", "release")
    report.build(
        fixture.as_rows({name: frame if name in kept else frame.iloc[:0] for name, frame in tables.items()}),
        tmp_path,
        cache,
    )
    assert "No reading" in (tmp_path / "indicators" / "passengers.html").read_text(encoding="utf-8")
    test_every_page_is_valid_html(tmp_path)


def test_a_release_without_trackers_still_gives_a_report(tables, tmp_path, cache) -> None:
    report.build(fixture.as_rows({name: frame.iloc[:0] for name, frame in tables.items()}), tmp_path, cache)
    assert "no tracker" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_pages_of_an_earlier_build_are_taken_away(tables, tmp_path, cache) -> None:
    left = tmp_path / "indicators" / "gone.html"
    left.parent.mkdir()
    left.write_text("old", encoding="utf-8")
    report.build(fixture.as_rows(tables), tmp_path, cache)
    assert not left.exists()


def test_a_chart_that_did_not_change_is_not_drawn_again(tmp_path) -> None:
    data = {
        "rows": [{"at": "1", "series": "a", "value": 0.5, "words": "half"}],
        "series": ["a"],
        "colors": ["var(--s1)"],
        "title": "t",
        "x_title": "x",
        "format": ".0%",
        "range": [0, 1],
        "reference": None,
    }
    draw({"one": ChartRequest("lines", data, 120)}, tmp_path)
    (kept,) = tmp_path.iterdir()
    before = kept.stat().st_mtime_ns
    draw({"one": ChartRequest("lines", data, 120)}, tmp_path)
    assert kept.stat().st_mtime_ns == before
    draw({"one": ChartRequest("lines", {**data, "title": "other"}, 120)}, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_every_kind_of_chart_keeps_the_schema_of_vega_lite(tracker_tables) -> None:
    """The first chart of each kind and the fullest one, with few rows, which repeat one shape."""
    requests: dict[str, list[ChartRequest]] = {}
    for page in tracker_pages(tracker_tables, METHOD, ""):
        for figure in page.figures:
            if figure.request is not None:
                requests.setdefault(figure.request.kind, []).append(figure.request)
    assert set(requests) == set(KINDS)
    for kind, drawn in requests.items():
        for request in (drawn[0], max(drawn, key=lambda each: len(json.dumps(each.data)))):
            found = specification(kind, request.data, request.height)
            found["datasets"] = {name: rows[:2] for name, rows in found["datasets"].items()}
            altair.LayerChart.from_dict(found)
    found["layer"][0]["mark"]["colour"] = "red"
    with pytest.raises(ValidationError):
        altair.LayerChart.from_dict(found)


def test_a_prediction_says_whose_numbers_it_has_and_how_far_several_analysts_differ() -> None:
    assert wording.whose_numbers('{"p": 0.3}') == "The numbers are one analyst\u2019s."
    said = wording.whose_numbers('{"p": 0.3, "analysts": 3, "spread": 0.62}')
    assert said == "The numbers are the mean of 3 analysts\u2019; they differ, so the numbers may be off by 0.62."


def test_words_in_a_chart_cannot_end_its_script(tmp_path) -> None:
    data = {
        "rows": [{"at": "1", "series": "</script><script>alert(1)</script>", "value": 0.5, "words": "]]><!--"}],
        "series": ["</script><script>alert(1)</script>"],
        "colors": ["var(--s1)"],
        "title": "</svg><script>",
        "x_title": "x",
        "format": ".0%",
        "range": [0, 1],
        "reference": None,
    }
    drawing = draw({"one": ChartRequest("lines", data, 120)}, tmp_path)["one"]
    assert "<" not in drawing.specification
    assert "<script" not in drawing.wide
