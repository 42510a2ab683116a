"""`signposts watch` on the second tracker (invented): a save is published, a broken file is told and waited for."""

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests.ferry import COMMAND, ferry_installation

HANGS_SECONDS = 240
# As `nohup signposts watch &` in a script: the command begins with both signals ignored.
IN_BACKGROUND = ("sh", "-c", "trap '' INT TERM; exec \"$@\"", "sh")


@pytest.mark.slow
def test_a_broken_ledger_is_told_by_line_its_mending_is_published_and_a_signal_ends_it_in_the_background_too(
    tmp_path: Path,
) -> None:
    made = ferry_installation(tmp_path)
    environment = os.environ | {"SIGNPOSTS_HOME": str(made.home), "SIGNPOSTS_CATALOGUE": str(made.catalogue)}
    ledger = made.ledger("passengers")
    good = ledger.read_text(encoding="utf-8")
    with subprocess.Popen(
        [*IN_BACKGROUND, *COMMAND, "watch"], env=environment, stdout=subprocess.PIPE, text=True
    ) as watching:
        assert watching.stdout is not None
        alarm = threading.Timer(HANGS_SECONDS, watching.kill)
        alarm.start()
        try:
            assert "watching" in watching.stdout.readline()
            ledger.write_text(good + "nonsense,row\n", encoding="utf-8")
            told = watching.stdout.readline()
            assert told.startswith("passengers.csv: not published: ")
            assert f"passengers.csv:{len(good.splitlines()) + 1}" in told
            assert not (made.home / "published" / "signposts.duckdb").exists()
            ledger.write_text(good, encoding="utf-8")
            told = [watching.stdout.readline()]
            while not told[-1].startswith("passengers.csv: "):
                told.append(watching.stdout.readline())
            assert "passengers.csv: previewed in" in told[-1]
            assert any("not released yet" in line for line in told)
            assert not (made.home / "published" / "signposts.duckdb").exists(), "the odds are told before the release"
            assert "passengers.csv: published in" in watching.stdout.readline()
            assert (made.home / "published" / "report" / "index.html").exists()
        finally:
            watching.send_signal(signal.SIGTERM)
            alarm.cancel()
        assert watching.wait(timeout=30) == 0
