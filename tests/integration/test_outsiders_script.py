"""The script of docs/using-the-data.md, with nothing of our code, gets every figure of a release from its tables."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ferry import ferry_installation
from tests.paths import CHECKOUT

ALIKE = 1e-9
TABLES = {
    "log_ratio",
    "z",
    "shared_luck",
    "scenario_probability",
    "list_completeness",
    "reading",
    "probability_interval",
}

pytestmark = pytest.mark.slow


def differences(home: Path, folder: Path) -> dict[str, float]:
    """Run the script as the page prints it beside a release, and return what it says."""
    page = (CHECKOUT / "docs" / "using-the-data.md").read_text(encoding="utf-8")
    section = page.split("### Check it yourself")[1]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found
    (folder / "var").symlink_to(home)
    script = found[1].replace("print(apart)", "print({name: float(value) for name, value in apart.items()})")
    outcome = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr
    said: dict[str, float] = ast.literal_eval(outcome.stdout)
    return said


@pytest.mark.parametrize("shipped", [False, True], ids=["invented", "shipped"])
def test_an_outsider_gets_every_figure_of_a_release_from_its_tables(shipped: bool, tmp_path: Path) -> None:
    made = ferry_installation(tmp_path / "made")
    if shipped:
        made.catalogue = CHECKOUT / "catalogue"
    run = made.signposts("run", "--offline")
    assert run.returncode == 0, run.stderr
    (tmp_path / "reader").mkdir()
    said = differences(made.home, tmp_path / "reader")
    assert set(said) == TABLES
    assert max(said.values()) < ALIKE
