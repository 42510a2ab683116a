"""`signposts check` while another process writes the working database."""

import subprocess
import sys
from pathlib import Path

from tests.ferry import ferry_installation

HOLD = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


def test_a_check_during_a_run_says_what_it_could_not_compare(tmp_path: Path) -> None:
    installation = ferry_installation(tmp_path)
    installation.home.mkdir()
    command = [sys.executable, "-c", HOLD, str(installation.home / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "held\n"
        said = installation.signposts("check")
        writer.communicate("")
    assert said.returncode == 0, said.stderr
    assert "not compared with what was recorded: a run is writing" in said.stdout
