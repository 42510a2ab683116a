"""Fifty invented trackers in one run: seconds, memory, and the size of what is published.

Belongs here: the run as a person starts it. Not here: the same by partitions (tests/nightly).
"""

import os
import resource
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.commands import CASES, NOTHING_NEW
from tests.benchmarks.harness import process, row
from tests.nightly.many_trackers import write_trackers

COUNT = 50


def measure() -> list[dict[str, Any]]:
    """Return what a first run of fifty trackers takes, pages and cards included."""
    with tempfile.TemporaryDirectory() as folder:
        home, catalogue = Path(folder) / "home", Path(folder) / "catalogue"
        write_trackers(catalogue, COUNT)
        given = {"SIGNPOSTS_HOME": str(home), "SIGNPOSTS_CATALOGUE": str(catalogue), "SIGNPOSTS_NOTIFY_URL": ""}
        wall, used = process(CASES[NOTHING_NEW], os.environ | given, 600)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**10
        site = home / "published" / "report"
        size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
        pages = sum(1 for _ in site.rglob("*.html"))
    return [
        row(f"{COUNT} trackers, first run", [wall], "s"),
        row(f"{COUNT} trackers, first run: processor", [used], "s"),
        row(f"{COUNT} trackers: peak memory", [memory], "MiB"),
        row(f"{COUNT} trackers: pages", [pages], ""),
        row(f"{COUNT} trackers: site", [size], "MB"),
    ]
