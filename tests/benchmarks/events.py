"""GDELT export files: the product's parser beside DuckDB counting the same pairs in the same synthetic file."""

import io
import random
import tempfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets.sources import gdelt_events
from tests.benchmarks.harness import row, seconds

LINES = 100_000
REPEATS = 3
PAIRS = {"pairs": {"RUS_IRN": ["RUS", "IRN"]}}


def export_file() -> bytes:
    """Return a seeded export file, about 45 MB: one line in 20 is an event between the wanted pair."""
    seeded = random.Random(7)
    countries = ("USA", "CHN", "DEU", "FRA", "RUS", "IRN", "")
    lines = []
    for number in range(LINES):
        line = [f"word{seeded.randrange(1000)}" for _ in range(gdelt_events.WIDTH)]
        pair = ("RUS", "IRN") if number % 20 == 0 else (seeded.choice(countries[:4]), seeded.choice(countries))
        line[0], line[1], line[7], line[17] = str(10**9 + number), "20251001", *pair
        line[25], line[26], line[29], line[30] = "1", "042", "1", "1.9"
        line[31], line[32], line[33], line[34], line[59] = "4", "1", "4", "-2.5", "20251001001500"
        lines.append("\t".join(line))
    return "\n".join(lines).encode() + b"\n"


def measure() -> list[dict[str, Any]]:
    """Return megabytes a second of the parser and of DuckDB, paired; the file is smaller than the issue's 1 GB."""
    content = export_file()
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("20251001001500.export.CSV", content)
    payload = held.getvalue()
    size = len(content) / 1e6
    count = (
        "select column07, column17, column01, count(*) from read_csv(?, delim='\t', header=false, "
        "all_varchar=true, quote='') group by all"
    )
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "20251001001500.export.CSV"
        path.write_bytes(content)
        for _ in range(REPEATS):
            ours.append(size / seconds(lambda: gdelt_events.parse(payload, PAIRS, date(2026, 1, 1))))
            bare.append(size / seconds(lambda: duckdb.execute(count, [str(path)]).fetchall()))
    shares = [own / other for own, other in zip(ours, bare, strict=True)]
    return [
        row("parser, unzipping included", ours, "MB/s"),
        row("DuckDB read_csv and count, not zipped", bare, "MB/s"),
        row("parser over DuckDB", shares, "ratio", ">= 0.7"),
    ]
