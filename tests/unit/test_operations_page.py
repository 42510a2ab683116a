"""Somebody who is told something finds what to do: each alert and each verdict has its paragraph."""

import re
from typing import get_args

import pytest

from signposts.alerts.accepted import Kind
from signposts.cli.diagnosing import VERDICTS
from tests.paths import CHECKOUT

PAGE = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
PARTS = dict(re.findall(r"^### (.+)\n(.+)", PAGE, re.MULTILINE))


@pytest.mark.parametrize("kind", get_args(Kind))
def test_each_alert_has_its_paragraph(kind: str) -> None:
    assert len(PARTS[f"Alert: {kind}"]) > 40


@pytest.mark.parametrize("verdict", VERDICTS)
def test_each_verdict_has_its_paragraph(verdict: str) -> None:
    assert len(PARTS[verdict]) > 40


def test_no_paragraph_is_about_a_verdict_that_there_is_not() -> None:
    known = {*VERDICTS, *(f"Alert: {kind}" for kind in get_args(Kind)), "Problems that are accepted"}
    assert set(PARTS) == known


@pytest.mark.parametrize("page", ["docs/operations.md", "docs/deploy.md", "SECURITY.md"])
def test_the_files_that_a_page_names_are_there(page: str) -> None:
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    named = re.findall(r"(?<![\w/])((?:tests|deploy)/[\w/.-]+\w)", text)
    assert [name for name in named if not (CHECKOUT / name).exists()] == []
