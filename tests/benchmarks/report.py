"""Drawing the real tracker's pages: nothing kept, one claim changed, and the size of the site.

Belongs here: the report alone, from a release's tables. Not here: the run around it (commands.py).
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from signposts.dictionary import load_dictionary
from signposts.release.publish import write_report
from signposts.warehouse import Warehouse
from tests.benchmarks.commands import CASES, NOTHING_NEW, append_news
from tests.benchmarks.harness import ROOT, process, row, seconds

REPEATS = 3


def measure() -> list[dict[str, Any]]:
    """Return seconds of drawing all pages and cards, the tables held in memory or read from the release included."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        home, catalogue, before = folder / "home", folder / "catalogue", folder / "before"
        shutil.copytree(ROOT / "catalogue", catalogue)
        given = {"SIGNPOSTS_HOME": str(home), "SIGNPOSTS_CATALOGUE": str(catalogue), "SIGNPOSTS_NOTIFY_URL": ""}
        process(CASES[NOTHING_NEW], os.environ | given)
        shutil.copytree(home / "cache", before)
        append_news(catalogue, 0)
        process(CASES[NOTHING_NEW], os.environ | given)
        release = Warehouse(home / "published" / "signposts.duckdb", read_only=True)
        tables = list(load_dictionary().tables)

        def draw(cache: Path) -> float:
            site = folder / "site"
            shutil.rmtree(site, ignore_errors=True)
            with release.connect():
                return seconds(lambda: write_report(release, site, cache, tables, []))

        draw(home / "cache")
        cold = [draw(folder / f"empty-{number}") for number in range(REPEATS)]
        changed = []
        for number in range(REPEATS):
            kept = folder / f"kept-{number}"
            shutil.copytree(before, kept)
            changed.append(draw(kept))
        size = sum(path.stat().st_size for path in (folder / "site").rglob("*") if path.is_file()) / 1e6
    return [
        row("pages, charts and cards, nothing kept", cold, "s", "< 4"),
        row("pages, charts and cards, one claim changed", changed, "s", "< 1"),
        row("site with cards", [size], "MB", "< 12"),
    ]
