"""`signposts check` while another process writes the working database."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.paths import CHECKOUT

HOLD = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


def test_a_check_during_a_run_says_what_it_could_not_compare(tmp_path: Path) -> None:
    home, catalogue = tmp_path / "home", tmp_path / "catalogue"
    home.mkdir()
    catalogue.mkdir()
    trackers = CHECKOUT / "tests" / "trackers"
    shutil.copy(trackers / "sources.yaml", catalogue / "sources.yaml")
    shutil.copytree(trackers / "island_ferry", catalogue / "island_ferry")
    environment = os.environ | {"SIGNPOSTS_HOME": str(home), "SIGNPOSTS_CATALOGUE": str(catalogue)}
    command = [sys.executable, "-c", HOLD, str(home / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "held\n"
        check = [str(Path(sys.executable).parent / "signposts"), "check"]
        said = subprocess.run(check, env=environment, capture_output=True, text=True, timeout=60)
        writer.communicate("")
    assert said.returncode == 0, said.stderr
    assert "not compared with what was recorded: a run is writing" in said.stdout
