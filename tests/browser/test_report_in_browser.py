"""The report in a real browser, from disk: nothing fails, nothing leaves the folder, and everything can be used."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from signposts import report
from tests.browser import fixture

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("CHROMIUM") or next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
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
    "sensitivity",
    "backtest",
    "health",
    "changes",
    "method",
    "print",
)
# A page is given time for its charts: each is drawn when it comes near the window.
SETTLE = 700


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    report.build(fixture.tables(), folder, tmp_path_factory.mktemp("cache"), METHOD)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: install it or name it in CHROMIUM")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


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
    assert page.evaluate("document.querySelectorAll('.chart').length === document.querySelectorAll('.live svg').length")


@pytest.mark.parametrize("name", KINDS)
def test_a_phone_never_scrolls_sideways(page: Page, site: Path, name: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    _open(page, site, name)
    assert _width_beyond_window(page) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_no_serious_violation(browser: Browser, site: Path, name: str, scheme: Any) -> None:
    # axe is brought in past the policy of the page, which it would otherwise have to keep
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
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
    for name in ("indicators/passengers", "indicators/weather_context", "health", "milestones"):
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
    heading = page.locator("#matrix th", has_text="Tells apart now")
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
    assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
