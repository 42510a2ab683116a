"""What daily releases of the real tracker cost in a year: time, disk, and dropping the oldest.

Belongs here: releases made one after another from one working database. Not here: their reports (commands.py).
"""

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from signposts.release.publish import DEFAULT_KEEP, publish_release
from signposts.settings import Settings
from signposts.warehouse import Warehouse
from tests.benchmarks.commands import CASES, NOTHING_NEW
from tests.benchmarks.harness import ROOT, process, row, seconds

BEYOND = 8
"""Releases past the number that is kept: each of them drops the oldest."""


def measure() -> list[dict[str, Any]]:
    """Return seconds of a release and the disk that the kept ones take, before and after the oldest are dropped."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), ROOT / "catalogue")
        process(CASES[NOTHING_NEW], os.environ | {"SIGNPOSTS_HOME": folder, "SIGNPOSTS_NOTIFY_URL": ""})
        whole = disk(settings.published / "latest" / "report")
        warehouse = Warehouse(settings.warehouse)
        now = datetime.now(UTC)
        taken, sizes = [], []
        for day in range(DEFAULT_KEEP + BEYOND):
            at = now + timedelta(seconds=day + 1)
            taken.append(
                seconds(lambda at=at: publish_release(warehouse, settings, as_of=now.date(), now=at, with_report=False))
            )
            sizes.append(disk(settings.published / "releases"))
    return [
        row("a release of the real tracker without its report", taken, "s"),
        row(f"disk of {DEFAULT_KEEP} kept releases without their reports", [sizes[DEFAULT_KEEP]], "MB"),
        row(f"growth of the disk by {BEYOND} more, the oldest dropped", [sizes[-1] - sizes[DEFAULT_KEEP]], "MB"),
        row("a report on disk", [whole], "MB"),
    ]


def disk(folder: Path) -> float:
    """Return the blocks that a folder takes, a file of several names once, in MB."""
    blocks = {path.stat().st_ino: path.stat().st_blocks for path in folder.rglob("*") if path.is_file()}
    return sum(blocks.values()) * 512 / 1e6
