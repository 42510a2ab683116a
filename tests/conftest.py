"""Fixtures that tests of several folders share: a copy of the invented tracker, and a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ferry import FERRY, copy_ferry

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the invented tracker, which the commands know."""
    root = copy_ferry(tmp_path / "catalogue")
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(root))
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path / "home"))
    return root / FERRY


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A real browser, closed at the end."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("no chromium on this machine: install it or name it in CHROMIUM")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()
