"""The trial that docs/desk.md tells: from an empty folder, by keys alone, to decided leads and a closed search."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ABOUT = "leader_contacts"
# What a reader makes of titles that are no contact of the leaders.
NO_CONTACT = ("no new", "letter", "послание", "не планируется", "answers questions")


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The command in an empty folder: the address that it prints, and the folder."""
    command = [str(Path(sys.executable).with_name("signposts")), "desk", "--example", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIGNPOSTS_")}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as desk:
        assert desk.stdout is not None
        try:
            line = next(line for line in desk.stdout if " waiting at " in line)
            yield line.split(" waiting at ")[1].split()[0], tmp_path / "desk-example" / "catalogue" / "russia_iran"
        finally:
            desk.terminate()
    left = []
    for process in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            left += [process] if process.readlink() == tmp_path else []
    assert not left, "its first run goes on without it"


@pytest.fixture
def page(browser: Browser, started: tuple[str, Path]) -> Iterator[Page]:
    own = browser.new_page()
    own.goto(started[0])
    yield own
    own.close()


class Keys:
    """A keyboard that counts; the only hand on the page."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def press_and_go(self, *keys: str) -> None:
        """Press keys, the last of which leads to another page."""
        self.press(*keys[:-1])
        with self.page.expect_navigation():
            self.press(keys[-1])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_leads_are_decided_and_a_search_is_closed_by_keyboard_alone(started: tuple[str, Path], page: Page) -> None:
    folder, keys, began = started[1], Keys(page), time.monotonic()
    before = rows(folder / "searches.csv")
    while page.locator(".about h2").inner_text() != "Contacts of presidents, supreme leader and foreign ministers":
        keys.press_and_go("j")
    keys.press_and_go("i")
    decided = 0
    while page.locator(".about").count():
        title = page.locator("section.lead h1").inner_text()
        if any(sign in title for sign in NO_CONTACT):
            keys.press_and_go("d", "2")
        elif page.locator(".known li").count():
            keys.press_and_go("u", "Enter")
        else:
            keys.press_and_go("a", "Enter")
        assert page.locator(".problem").all_inner_texts() == []
        decided += 1
    assert "Nothing waits" in page.locator("section.lead h1").inner_text()
    keys.press_and_go("c")
    assert page.evaluate("document.activeElement.id") == "sentence"
    keys.press_and_go(*"Five contacts, two of them known before.", "Enter")
    assert "looked until 2026-03-13" in page.locator(".done").inner_text()
    seconds = time.monotonic() - began
    closed = [row for row in rows(folder / "searches.csv") if row not in before]
    assert [
        (row["indicator_id"], row["looked_until"], row["n_known"], row["n_found"], row["n_both"]) for row in closed
    ] == [(ABOUT, "2026-03-13", "2", "5", "2")]
    assert decided >= 10
    assert {row["decision"] for row in rows(folder / "triage.csv")} == {"accept", "duplicate", "dismiss"}
    print(f"{decided} decisions and a closed search: {keys.pressed} keys, {seconds:.0f} s of the machine")
