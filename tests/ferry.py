"""The invented tracker, a ferry to an island: copies of it that a test may break, and the command on one.

Belongs here: what several tests need of it. Not here: the tracker itself (trackers/), or what a test breaks.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import duckdb

from tests.paths import CHECKOUT

FERRY = "island_ferry"
TRACKERS = CHECKOUT / "tests" / "trackers"
COMMAND = [str(Path(sys.executable).parent / "signposts")]


def copy_ferry(catalogue: Path, names: Iterable[str] = (FERRY,)) -> Path:
    """Make a catalogue of the tracker, under as many names as wanted; return the catalogue."""
    for name in names:
        shutil.copytree(TRACKERS / FERRY, catalogue / name)
    shutil.copy(TRACKERS / "sources.yaml", catalogue)
    return catalogue


class Installation:
    """A catalogue and state in a folder of a test's own."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.catalogue = folder / "catalogue"

    def signposts(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Say a command to it, with nobody at the terminal and nobody to be told."""
        places = {"SIGNPOSTS_HOME": str(self.home), "SIGNPOSTS_CATALOGUE": str(self.catalogue)}
        environment = os.environ | places | {"SIGNPOSTS_NOTIFY_URL": "", "COLUMNS": "200"}
        command = [*COMMAND, *words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Make a run without the network, which must end well."""
        outcome = self.signposts("run", "--offline", *words)
        assert outcome.returncode == 0, outcome.stderr
        return outcome

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Return what a statement says of the newest release."""
        with duckdb.connect(str(self.home / "published" / "signposts.duckdb"), read_only=True) as connection:
            return connection.execute(statement).fetchall()

    def table(self, name: str) -> list[tuple[object, ...]]:
        """Return a table of the newest release."""
        return self.rows(f"select * exclude (release_id) from {name} order by all")

    def ledger(self, indicator: str) -> Path:
        """Return where an indicator's claims stand."""
        return self.catalogue / FERRY / "ledger" / f"{indicator}.csv"


def ferry_installation(folder: Path) -> Installation:
    """Return an installation of the tracker, nothing of it run."""
    made = Installation(folder)
    copy_ferry(made.catalogue)
    return made
