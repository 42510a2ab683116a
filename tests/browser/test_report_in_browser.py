"""The report in a real browser, from disk: nothing fails, nothing leaves the folder, and everything can be used."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from signposts import report
from tests.browser import fixture

pytestmark = pytest.mark.browser

METHOD = (
    "# The method\n\n```\nlog P(h | D) = const + log prior + temper * sum of weight * ratio over "
    "all the indicators there are\n```\n"
)
KINDS = (
    "index",
    "evidence",
    "indicators",
    "indicators/passengers",
    "indicators/bridge_opened",
    "indicators/council_mood",
    "indicators/cancelled_crossings",
    "indicators/weather_context",
    "indicators/fuel_price",
    "scenarios",
    "scenarios/closure",
    "milestones",
    "calendar",
    "claims",
    "sources/harbour_office",
    "what-if",
    "search",
    "sensitivity",
    "backtest",
    "health",
    "checks",
    "changes",
    "method",
    "print",
)
# A page is given time for its charts: each is drawn when it comes near the window.
SETTLE = 700


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    report.build(
        fixture.as_rows(fixture.tables() | fixture.interval_tables()), folder, tmp_path_factory.mktemp("cache"), METHOD
    )
    return folder


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def _open(page: Page, site: Path, name: str) -> None:
    page.goto((site / f"{name}.html").as_uri())
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 800):
        page.evaluate(f"scrollTo({{top: {top}, behavior: 'instant'}})")
        page.wait_for_timeout(50)
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    page.wait_for_timeout(SETTLE)


def _width_beyond_window(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("name", KINDS)
def test_a_page_loads_without_complaint_and_without_leaving_the_folder(page: Page, site: Path, name: str) -> None:
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    _open(page, site, name)
    assert complaints == []
    outside = [url for url in requests if not url.startswith((site.as_uri(), "data:"))]
    assert outside == []
    # a chart in a pane that is not chosen is drawn when it is
    visible = "[...document.querySelectorAll('.chart')].filter((one) => one.clientWidth).length"
    assert page.evaluate(f"{visible} === document.querySelectorAll('.live svg').length")


@pytest.mark.parametrize("name", KINDS)
def test_a_phone_never_scrolls_sideways(page: Page, site: Path, name: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    _open(page, site, name)
    assert _width_beyond_window(page) <= 0


@pytest.mark.parametrize("look", ["light", "dark", "forced", "phone", "print"])
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_no_serious_violation(browser: Browser, site: Path, name: str, look: Any) -> None:
    # axe is brought in past the policy of the page, which it would otherwise have to keep
    context = browser.new_context(
        viewport={"width": 390 if look == "phone" else 1440, "height": 900},
        color_scheme="dark" if look == "dark" else "light",
        forced_colors="active" if look == "forced" else "none",
        bypass_csp=True,
    )
    page = context.new_page()
    if look == "print":
        page.emulate_media(media="print")
    _open(page, site, name)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page)["violations"]
    context.close()
    serious = [
        f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes']][:4]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_no_script_from_outside_runs(page: Page, site: Path) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    for name in ("indicators/passengers", "indicators/weather_context", "health", "checks", "milestones"):
        _open(page, site, name)
        assert page.locator("img").count() == 0


def test_an_inline_script_is_refused(page: Page, site: Path) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((site / "index.html").as_uri())
    ran = page.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = 'window.ran = true';"
        " document.body.append(one); return window.ran === true; }"
    )
    assert not ran
    assert any("Content Security Policy" in text for text in complaints)


def test_every_page_is_complete_without_scripts(browser: Browser, site: Path) -> None:
    for width, shown in ((1280, "wide"), (360, "narrow")):
        context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
        page = context.new_page()
        page.goto((site / "indicators/passengers.html").as_uri())
        assert page.locator(f".drawn .{shown} svg").is_visible()
        page.goto((site / "index.html").as_uri())
        assert page.locator(f"#figure-history .{shown} svg").is_visible()
        assert not page.locator("#theme").is_visible()
        context.close()


def test_a_click_on_a_heading_sorts_the_matrix_both_ways(page: Page, site: Path) -> None:
    page.goto((site / "evidence.html").as_uri())
    heading = page.locator("#matrix thead th", has_text="Hangs on it")
    assert heading.get_attribute("aria-sort") == "descending"
    page.locator("#matrix thead th", has_text="Indicator").get_by_role("button").click()
    heading.get_by_role("button").click()
    column = heading.evaluate("(cell) => cell.cellIndex")
    values = page.eval_on_selector_all(
        f"#matrix tbody td:nth-child({column + 1})", "(cells) => cells.map((cell) => cell.dataset.value)"
    )
    numbers = [float(value) for value in values if value]
    assert heading.get_attribute("aria-sort") == "descending"
    assert numbers == sorted(numbers, reverse=True)
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"


def test_filters_narrow_the_matrix_and_say_how_many_are_left(page: Page, site: Path) -> None:
    page.goto((site / "evidence.html").as_uri())
    rows = page.locator("#matrix tbody tr:visible")
    page.locator("#all").check()
    assert rows.count() == 10
    page.locator("#domain").select_option("council")
    assert rows.count() == 2
    assert page.locator("#shown").inner_text() == "2 of 10 indicators"
    page.locator("#find").fill("mood")
    assert rows.count() == 1
    page.locator("#find").fill("no such title")
    assert page.locator("#nothing").is_visible()


def test_the_list_of_indicators_can_be_searched(page: Page, site: Path) -> None:
    page.goto((site / "indicators.html").as_uri())
    page.locator("#find").fill("bridge")
    assert page.locator(".indicator-list > li:visible").count() == 1
    assert page.locator("section.domain:visible").count() == 1


def test_the_theme_is_chosen_kept_and_seen_by_the_charts(page: Page, site: Path) -> None:
    _open(page, site, "index")
    color = "getComputedStyle(document.body).backgroundColor"
    line = "getComputedStyle(document.querySelector('#figure-history .live path[stroke]')).stroke"
    light, light_line = page.evaluate(color), page.evaluate(line)
    page.get_by_role("button", name="Switch to dark theme").click()
    assert page.evaluate(color) != light
    page.goto((site / "evidence.html").as_uri())
    assert page.evaluate(color) != light
    _open(page, site, "index")
    assert page.evaluate(line) != light_line
    page.get_by_role("button", name="Switch to light theme").click()
    assert page.evaluate(color) == light


def test_a_chart_tells_what_the_pointer_is_on(page: Page, site: Path) -> None:
    _open(page, site, "index")
    page.locator("#figure-waterfall").scroll_into_view_if_needed()
    page.wait_for_timeout(SETTLE)
    page.locator("#figure-waterfall .live .mark-rect.layer_1_marks path, #figure-waterfall .live .mark-rect path").nth(
        1
    ).hover(force=True)
    tip = page.locator("#vg-tooltip-element")
    tip.wait_for(state="visible")
    assert "of the ferry" in tip.inner_text()


def test_the_nearest_mark_tells_its_words_without_aiming_and_by_arrow_keys(page: Page, site: Path) -> None:
    _open(page, site, "indicators/passengers")
    chart = page.locator("#figure-claims .chart")
    mark = chart.locator(".live .mark-symbol path").first.bounding_box()
    assert mark is not None
    page.mouse.move(mark["x"] + 25, mark["y"] + 20)
    tip = page.locator("#vg-tooltip-element")
    tip.wait_for(state="visible")
    chart.focus()
    page.keyboard.press("ArrowRight")
    first = tip.inner_text()
    page.keyboard.press("ArrowRight")
    assert "Source" in first
    assert tip.inner_text() != first


def test_a_mark_leads_to_its_claim(page: Page, site: Path) -> None:
    _open(page, site, "indicators/passengers")
    page.locator("#figure-claims .chart .live .mark-symbol path").first.click(force=True)
    assert "#claim-passengers-" in page.url
    assert page.locator(f"[id='{page.url.partition('#')[2]}']").count() == 1


def test_a_word_of_the_field_is_explained_to_the_keyboard(page: Page, site: Path) -> None:
    page.goto((site / "evidence.html").as_uri())
    page.locator("a.term").first.focus()
    tip = page.get_by_role("tooltip")
    assert "ten times as likely" in tip.inner_text()
    page.keyboard.press("Escape")
    assert not page.locator("#tip").is_visible()


def test_the_page_does_not_jump_when_charts_come_alive(page: Page, site: Path) -> None:
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) "
        "window.shift += one.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        _open(page, site, "index")
        assert page.evaluate("window.shift") < 0.02


def test_the_skip_link_comes_first(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_printed_page_fits_a4_and_shows_its_charts_once(page: Page, site: Path) -> None:
    page.set_viewport_size({"width": 794, "height": 1123})
    _open(page, site, "print")
    page.emulate_media(media="print")
    assert _width_beyond_window(page) <= 0
    assert (
        page.locator("#figure-history svg:visible").count()
        - page.locator("#figure-history .legend svg:visible").count()
        == 1
    )
    assert not page.locator("nav").is_visible()


def test_the_brief_for_paper_has_two_sides(page: Page, site: Path) -> None:
    page.goto((site / "print.html").as_uri())
    assert sides(page) == 2


def sides(page: Page) -> int:
    """Return how many sheets a page is printed on."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))


# ---------------------------------------------------------------------- what the report says, point by point


def test_the_front_page_says_the_headline_the_axis_and_the_reasons_before_anything_else(page: Page, site: Path) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto((site / "index.html").as_uri())
    assert page.locator("h1").inner_text().startswith("The ferry carries on up ")
    for selector in (".standings .dot-now", ".verdict p"):
        box = page.locator(selector).first.bounding_box()
        assert box is not None
        assert box["y"] < 900
    assert page.locator(".standings .band").count() == 4
    assert page.locator(".standings .arrow").count() >= 2
    assert "begun" in page.locator(".standings").inner_text()


def test_the_marks_of_the_axis_can_be_seen_in_forced_colours(browser: Browser, site: Path) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, forced_colors="active")
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for mark in (".dot-now", ".equal", ".rail"):
        colour = page.locator(f".standings {mark}").first.evaluate("(one) => getComputedStyle(one).backgroundColor")
        assert colour not in (paper, "rgba(0, 0, 0, 0)"), mark
    assert page.locator(".standings .start").first.evaluate("(one) => getComputedStyle(one).borderTopWidth") == "2px"
    context.close()


def test_a_warning_travels_with_its_number(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    assert page.locator(".card .flags li").count() >= 1
    page.goto((site / "evidence.html").as_uri())
    assert page.locator("#matrix .flags li", has_text="read with care").count() == 1


def test_both_sides_of_a_scenario_are_named_with_points_and_sources(page: Page, site: Path) -> None:
    page.goto((site / "scenarios" / "steady.html").as_uri())
    assert page.get_by_role("heading", name="Speaks for it").is_visible()
    assert page.get_by_role("heading", name="Speaks against it").is_visible()
    assert "points" in page.locator(".arguments").first.inner_text()
    assert page.locator(".multiples .spark").count() >= 3
    assert page.get_by_role("heading", name="What would have to happen next").is_visible()


def test_the_matrix_is_ordered_by_weight_and_keeps_its_state_in_the_address(page: Page, site: Path) -> None:
    page.goto((site / "evidence.html").as_uri())
    weights = page.eval_on_selector_all(
        "#matrix tbody td:last-child", "(cells) => cells.map((cell) => Number(cell.dataset.value || 0))"
    )
    assert weights == sorted(weights, reverse=True)
    page.locator("#find").fill("harbour master")
    assert page.locator("#matrix tbody tr:visible").count() >= 1
    assert "find=harbour" in page.url
    page.goto("about:blank")
    page.goto((site / "evidence.html").as_uri() + "#find=mood")
    assert page.locator("#matrix tbody tr:visible").count() == 1


def test_the_header_of_the_matrix_stays_while_the_page_scrolls(page: Page, site: Path) -> None:
    page.goto((site / "evidence.html").as_uri())
    page.locator("#all").check()
    page.locator("#matrix tbody tr").last.scroll_into_view_if_needed()
    box = page.locator("#matrix thead th").first.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 60


def test_arrow_keys_read_out_a_month_with_its_causes(page: Page, site: Path) -> None:
    _open(page, site, "index")
    page.locator("#figure-history .chart").focus()
    for _ in range(7):
        page.keyboard.press("ArrowLeft")
    said = page.locator("#figure-history .readout").inner_text()
    assert "The ferry carries on" in said
    assert "Largest causes" in said


def test_what_was_published_stands_beside_what_is_computed_in_hindsight(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    assert not page.locator("#figure-published").is_visible()
    page.get_by_role("radio", name="As published").check()
    assert page.locator("#figure-published").is_visible()
    assert not page.locator("#figure-history").is_visible()


def test_overdue_promises_stand_first_and_longest_first(page: Page, site: Path) -> None:
    page.goto((site / "milestones.html").as_uri())
    days = [int(text.split()[0].replace(",", "")) for text in page.locator(".board-row .days").all_inner_texts()]
    assert days
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize(("width", "forced"), [(1440, "none"), (390, "none"), (1440, "active")])
def test_the_map_stands_beside_the_board_and_names_every_place(
    browser: Browser, site: Path, width: int, forced: Any
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, forced_colors=forced)
    page = context.new_page()
    page.goto((site / "milestones.html").as_uri())
    board, drawn = page.locator(".board").bounding_box(), page.locator("#figure-map .chart").bounding_box()
    assert board is not None
    assert drawn is not None
    assert (drawn["x"] > board["x"] + board["width"]) == (width == 1440)
    words = page.locator("#figure-map .drawn .wide").inner_html()
    assert all(name in words for name in ("North pier", "South pier", "Old yard"))
    assert page.locator("#figure-map .legend li").count() == 2
    context.close()


def test_every_kind_of_news_is_on_the_page_of_changes(page: Page, site: Path) -> None:
    page.goto((site / "changes.html").as_uri())
    newest = page.locator("section.release").first.inner_text()
    for words in (
        "Moves",
        "Words that turned",
        "New claims",
        "Revised",
        "Checks that changed",
        "Our own edits",
        "Held back",
    ):
        assert words in newest, words


def test_claims_can_be_filtered_by_indicator_source_grade_and_date(page: Page, site: Path) -> None:
    page.goto((site / "claims.html").as_uri())
    rows = page.locator("#claims tbody tr:visible")
    everything = rows.count()
    page.locator("#indicator").select_option("passengers")
    assert 0 < rows.count() < everything
    page.locator("#from").fill("2026-03-01")
    assert rows.count() >= 1
    assert "indicator=passengers" in page.url


def test_the_search_finds_an_indicator_a_claim_and_a_source_without_a_network(page: Page, site: Path) -> None:
    page.goto((site / "search.html").as_uri())
    for words, kind in (("passengers", "Indicator"), ("harbour office", "Source"), ("harbour master", "Claim")):
        page.locator("#search-words").fill(words)
        assert kind in page.locator("#search-results").inner_text()
    assert (site / "search-index.js").stat().st_size < 300_000


def test_a_figure_can_be_taken_away(page: Page, site: Path) -> None:
    _open(page, site, "index")
    kit = page.locator("#figure-history .kit")
    kit.get_by_text("Download, cite").click()
    assert "release 2026-11-15T060000Z" in kit.locator(".cite-as").inner_text()
    csv = kit.get_by_role("link", name="CSV of this figure").get_attribute("href")
    assert (site / csv).read_text(encoding="utf-8").startswith("As of,")
    with page.expect_download() as download:
        kit.get_by_role("button", name="SVG of this figure").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "var(--" not in text
    with page.expect_download() as download:
        kit.get_by_role("button", name="PNG of this figure").click()
    picture = Path(download.value.path()).read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)
    assert (site / "cards" / "index.png").read_bytes().startswith(b"\x89PNG")


def test_targets_are_large_enough_to_be_hit(page: Page, site: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((site / "index.html").as_uri())
    small = page.evaluate(
        "[...document.querySelectorAll('nav a, button:not([hidden]), summary, label, select, input')]"
        ".filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 23.5)"
        ".map((one) => one.textContent || one.id)"
    )
    assert small == []


def test_the_first_paint_comes_before_the_charts_on_a_slow_processor(page: Page, site: Path) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto((site / "index.html").as_uri())
    painted = page.evaluate(
        "performance.getEntriesByType('paint').find((one) => one.name === 'first-contentful-paint')?.startTime"
    )
    assert painted is not None
    # 300 ms on an idle machine (docs/performance.md); a busy one gets room
    assert painted < 1500
