"""A release with ten million claims: writing it, and asking it every question of the cookbook.

Belongs here: invented claims of 1,000 trackers put beside the real tracker's tables in a copy that is thrown away. Not
here: the report, whose pages show the real tracker only and which `commands` measures.
"""

import os
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from signposts.release.cookbook import load_cookbook
from signposts.release.publish import publish_release
from signposts.release.query import ask, resolve
from signposts.settings import Settings
from signposts.warehouse import Warehouse
from tests.benchmarks.commands import CASES, NOTHING_NEW
from tests.benchmarks.harness import ROOT, peak_memory, process, row, seconds

CLAIMS = 10_000_000
MEMORY = "6GiB"
REPEATS = 3
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
INVENTED = """
insert into claim by name
select
    't' || i % 1000 as tracker_id,
    'invented-' || i as claim_id,
    'i' || i % 66 as indicator_id,
    'value' as kind,
    date '2000-01-01' + cast(i // 1000 % 9000 as integer) as period_start,
    date '2000-01-01' + cast(i // 1000 % 9000 as integer) as period_end,
    cast(hash(i) % 100000 as double) as value,
    'USD' as unit,
    'imf_imts' as source_id,
    'invented for a measurement' as source_name,
    'invented' as speaker,
    'A' as reliability,
    '1' as credibility,
    0.97 as reliability_value,
    'final' as status,
    date '2000-02-01' + cast(i // 1000 % 9000 as integer) as published_on,
    true as published_on_inferred,
    timestamp '2026-01-01 00:00:00' as recorded_at,
    'invented-' || i as first_claim_id,
    1 as version,
    false as held,
    'sha' as sha256,
    cast(i as integer) as row_number,
    'd' || i // 10000 as scope
from range($claims) as made(i)
"""


def measure() -> list[dict[str, Any]]:
    """Return seconds to write the release, its size, and the cookbook's questions: median and worst."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), ROOT / "catalogue")
        process(CASES[NOTHING_NEW], os.environ | {"SIGNPOSTS_HOME": folder, "SIGNPOSTS_NOTIFY_URL": ""})
        warehouse = Warehouse(settings.warehouse)
        with warehouse.connect() as connection:
            connection.execute(f"set memory_limit = '{MEMORY}'")
            connection.execute(f"set temp_directory = '{folder}{os.sep}spill'")
            connection.execute(INVENTED, {"claims": CLAIMS})
            written = seconds(
                lambda: publish_release(warehouse, settings, as_of=NOW.date(), now=NOW, with_report=False)
            )
        peak = peak_memory()
        held = Warehouse(settings.published_database, read_only=True).count("claim")
        if held <= CLAIMS:
            raise ValueError(f"the release holds {held} claims of more than {CLAIMS}")
        size = sum(path.stat().st_size for path in (settings.published / "latest").rglob("*") if path.is_file())
        asked = ask_all(settings.published_database)
    worst = max(asked, key=lambda name: asked[name])
    return [
        row("10 million claims: write DuckDB, Parquet, CSV, datapackage, checksums", [written], "s"),
        row("size of the release", [size / 1e9], "GB"),
        row("peak memory while writing it", [peak], "GiB"),
        row(
            f"a question of the cookbook ({len(asked)} of them, each the median of {REPEATS})",
            list(asked.values()),
            "s",
        ),
        row(f"the slowest question: {worst}", [asked[worst]], "s"),
    ]


def ask_all(database: Path) -> dict[str, float]:
    """Return the median seconds of every question of the cookbook, opening the file included."""
    taken = {}
    for name in sorted(load_cookbook()):
        statement, values = resolve(name, {})
        taken[name] = median(seconds(partial(ask, database, statement, values)) for _ in range(REPEATS))
    return taken
