"""The commands and odds of docs/authors.md are those that a reader gets."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from signposts.catalogue.claims import REQUIRED_BY_KIND
from signposts.catalogue.predictions import FAMILY_OF_TYPE
from tests.paths import CHECKOUT

PAGE = (CHECKOUT / "docs" / "authors.md").read_text(encoding="utf-8")
COMMAND = str(Path(sys.executable).parent / "signposts")


def signposts(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIGNPOSTS_")}
    return subprocess.run([COMMAND, *words], cwd=folder, env=kept, capture_output=True, text=True, timeout=200)


@pytest.mark.slow
def test_the_first_ten_minutes_end_with_a_preview_of_a_draft(tmp_path: Path) -> None:
    (block,) = re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL)
    folder, shown = tmp_path, ""
    for line in block.splitlines():
        words = line.removeprefix("$ ").split()
        if words[0] == "cd":
            folder = folder / words[1]
            continue
        ended = signposts(*words[1:], folder=folder)
        assert ended.returncode == 0, ended.stderr
        shown = ended.stdout
    assert "(a draft, never released)" in shown
    assert "still a placeholder" in shown


@pytest.mark.slow
def test_the_worked_example_gives_the_odds_that_the_page_names(tmp_path: Path) -> None:
    assert signposts("init", "example", "--example", "climate", folder=tmp_path).returncode == 0
    shown = signposts("preview", folder=tmp_path / "example").stdout
    named = re.search(r"fossil-fuelled (\d+) %, middle of the road (\d+) %, sustainability (\d+) %", PAGE)
    assert named is not None
    titles = ("SSP5-8.5, fossil-fuelled development", "SSP2-4.5, middle of the road", "SSP1-2.6, sustainability")
    for title, share in zip(titles, named.groups(), strict=True):
        assert re.search(rf"{re.escape(title)}\s+{share} %", shown), shown


def test_every_prediction_type_and_kind_of_claim_has_its_row() -> None:
    rows = {line.split("|")[1].strip() for line in PAGE.splitlines() if line.startswith("| ")}
    assert set(REQUIRED_BY_KIND) <= rows
    types = set(re.findall(r"^\| .* \| `(\w+)` \|", PAGE, flags=re.MULTILINE))
    assert types == {*FAMILY_OF_TYPE, "silent"}
