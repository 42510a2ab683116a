"""Everything that README.md claims of the first tracker is tried on a release of it."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
COMMANDS = sorted(set(re.findall(r"^\$ \.venv/bin/(signposts .+)$", README, re.MULTILINE)))
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """An installation of its own with one release of the real catalogue, and a copy of it that may be written to."""
    home = tmp_path_factory.mktemp("readme")
    catalogue = home / "catalogue"
    subprocess.run(["cp", "-r", str(ROOT / "catalogue"), str(catalogue)], check=True)
    values = os.environ | {
        "SIGNPOSTS_HOME": str(home / "var"),
        "SIGNPOSTS_CATALOGUE": str(catalogue),
        "COLUMNS": "120",
    }
    outcome = subprocess.run(
        [str(BIN / "signposts"), "run", "--offline", "--as-of", "2026-11-26"],
        env=values,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert outcome.returncode == 0, outcome.stderr
    values["README_RUN"] = outcome.stdout
    return values


def rows(environment, statement):
    (database,) = (Path(environment["SIGNPOSTS_HOME"]) / "published").glob("signposts.duckdb")
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def test_the_first_lines_lead_to_odds_of_ones_own(tmp_path):
    """The lines after the installation, which tests/wheel tries, are typed into a shell as they stand."""
    first = re.search(r"```console\n(.*?)```", README, re.DOTALL)[1]
    install, *lines = [line.removeprefix("$ ") for line in first.splitlines()]
    assert install.startswith("pip install .")
    assert "Four lines to odds of your own" in README
    assert len(lines) == 3
    outcome = subprocess.run(
        ["sh", "-ec", "\n".join(lines)],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("SIGNPOSTS")}
        | {"PATH": f"{BIN}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert outcome.returncode == 0, outcome.stderr
    odds = re.findall(r"(\d+(?:\.\d+)?) %", outcome.stdout)
    assert len(odds) >= 3
    assert 98 <= sum(map(float, odds)) <= 102


def test_there_are_commands_to_try():
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_of_the_readme_works(environment, command):
    _, *words = shlex.split(command)
    outcome = subprocess.run(
        [str(BIN / "signposts"), *words], env=environment, capture_output=True, text=True, timeout=120
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.strip()


def test_the_table_of_the_readme_is_what_the_run_prints(environment):
    table = [line for line in README.splitlines() if line.startswith(("┃", "│", "┏", "┡", "└"))]
    assert len(table) == 8
    for line in table:
        assert line in environment["README_RUN"]


def test_the_targets_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:`|^\$ )make ([a-z-]+)", README, re.MULTILINE))
    assert {"run", "test", "help", "serve"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("page", ["README.md", *sorted(path.name for path in (ROOT / "docs").glob("*.md"))])
def test_every_relative_link_leads_somewhere(page):
    path = ROOT / page if page == "README.md" else ROOT / "docs" / page
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / link).exists(), f"{page} links to {link}, which is not there"


def test_the_numbers_of_the_readme_are_those_of_the_catalogue_and_the_cookbook(environment):
    counted = {
        "indicators": rows(environment, "select count(*) from indicator where role <> 'context'")[0][0],
        "predictions": rows(environment, "select count(*) from prediction")[0][0],
        "scored": rows(environment, "select count(*) from indicator where scored")[0][0],
        "claims": rows(environment, "select count(*) from claim")[0][0],
    }
    assert f"{counted['indicators']} indicators" in README
    assert f"of which {counted['scored']} are scored" in " ".join(README.split())
    assert f"{counted['predictions']} predictions" in README
    assert f"{counted['claims']} claims" in README
    assert len(list((ROOT / "sql" / "queries").glob("*.sql"))) == 49
    assert "Forty-nine questions" in README


def test_the_citation_file_is_sound():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["license"] == "Apache-2.0"
    assert cited["version"] in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
