"""The what-if of the page against that of the command, on a release of the real tracker made without a network."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from signposts.assess.foresight import CONFIRMED
from signposts.cli.what_if import present_state, what_if_inputs
from signposts.scoring.what_if import probabilities
from signposts.warehouse import Warehouse
from tests.browser.test_report_in_browser import sides

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUPPOSITIONS = 20
AT_MOST = 0.002


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    command = [str(Path(sys.executable).parent / "signposts"), "run", "--offline", "--tracker", "russia_iran"]
    subprocess.run(command, env=os.environ | {"SIGNPOSTS_HOME": str(home)}, check=True, capture_output=True)
    return home / "published"


@pytest.fixture(scope="module")
def page(browser: Browser, published: Path) -> Page:
    opened = browser.new_page()
    opened.goto((published / "report" / "what-if.html").as_uri())
    return opened


def _controls(page: Page) -> dict[str, list[str]]:
    return {
        one.get_attribute("data-indicator"): json.loads(one.get_attribute("data-supposed"))
        for one in page.locator("[data-indicator]").all()
    }


def _shown(page: Page, address: str) -> list[float]:
    page.goto("about:blank")
    page.goto(address)
    return [float(one.get_attribute("data-value")) for one in page.locator("[data-place] .number").all()]


def test_the_page_gives_what_the_command_gives(page: Page, published: Path) -> None:
    release = Warehouse(published / "signposts.duckdb", read_only=True)
    chosen = random.Random(20250117)
    controls = _controls(page)
    assert len(controls) > 30
    address = page.url.partition("#")[0]
    with release.connect():
        present = present_state(release, "russia_iran")
        for _ in range(SUPPOSITIONS):
            names = chosen.sample(sorted(controls), chosen.randint(1, 3))
            asked = {name: chosen.choice(controls[name]) for name in names}
            evidence = what_if_inputs(present, asked, present.as_of, CONFIRMED)
            wanted = probabilities(present.tracker.model, evidence).tolist()
            state = "&".join(f"{name}={value}" for name, value in asked.items())
            shown = _shown(page, f"{address}#{state}")
            assert shown == pytest.approx(wanted, abs=AT_MOST), asked


def test_nothing_supposed_gives_the_published_probabilities(page: Page, published: Path) -> None:
    report = json.loads((published / "report" / "report.json").read_text(encoding="utf-8"))
    shown = _shown(page, page.url.partition("#")[0])
    assert shown == pytest.approx([row["posterior"] for row in report["scenarios"]], abs=1e-6)
    assert page.locator("#what-if-headline").inner_text() == "Nothing is supposed yet"


def test_a_supposition_stands_in_the_address_and_is_called_one(page: Page) -> None:
    control = page.locator("select[data-indicator]").first
    control.select_option(index=1)
    assert control.get_attribute("data-indicator") in page.url
    assert page.locator("#what-if-headline").inner_text().startswith("Supposed, not reported: ")
    assert page.locator("#what-if-command").inner_text().startswith("signposts what-if ")
    page.get_by_role("button", name="Suppose nothing").click()
    page.wait_for_timeout(50)
    assert page.locator("#what-if-headline").inner_text() == "Nothing is supposed yet"


def test_the_brief_of_the_real_tracker_has_two_sides(page: Page, published: Path) -> None:
    page.goto((published / "report" / "print.html").as_uri())
    assert sides(page) == 2


def test_the_grid_is_small(published: Path) -> None:
    text = (published / "report" / "what-if.html").read_text(encoding="utf-8")
    data = text.partition('id="what-if-data">')[2].partition("</script>")[0]
    assert 10_000 < len(data.encode()) < 150_000
