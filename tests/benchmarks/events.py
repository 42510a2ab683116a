"""GDELT export files: the product's parser beside DuckDB counting the same pairs in the same synthetic file.

The parser is measured on the bytes that DuckDB reads. Unpacking the publisher's zip is a figure of its own: DuckDB does
not read a zip, and one core unpacks it no faster than that.
"""

import io
import random
import tempfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets.sources import gdelt_events, strict
from tests.benchmarks.harness import row, seconds

LINES = 300_000
# Of so many lines one is of the wanted pair: a pair that is much in the news, and one like most.
OFTEN, SELDOM = 20, 200
REPEATS = 5
PAIRS = {"pairs": {"RUS_IRN": ["RUS", "IRN"]}}
COUNT = """
select column07, column17, column01, count(*)
from read_csv($file, delim = '\t', header = false, all_varchar = true, quote = '')
where (column07, column17) in (('RUS', 'IRN'), ('IRN', 'RUS'))
group by all
"""


def export_file(one_in: int) -> bytes:
    """Return a seeded, invented export file, about 130 MB, with a share of lines of the wanted pair."""
    seeded = random.Random(7)
    countries = ("USA", "CHN", "DEU", "FRA", "RUS", "IRN", "")
    words = [f"word{number}" for number in range(1000)]
    lines = []
    for number in range(LINES):
        line = seeded.choices(words, k=gdelt_events.WIDTH)
        pair = ("RUS", "IRN") if number % one_in == 0 else (seeded.choice(countries[:4]), seeded.choice(countries))
        line[0], line[1], line[7], line[17] = str(10**9 + number), "20251001", *pair
        line[25], line[26], line[29], line[30] = "1", "042", "1", "1.9"
        line[31], line[32], line[33], line[34], line[59] = "4", "1", "4", "-2.5", "20251001001500"
        lines.append("\t".join(line))
    return "\n".join(lines).encode() + b"\n"


def measure() -> list[dict[str, Any]]:
    """Return megabytes a second of the parser, of unpacking, and of DuckDB counting pairs and days, in turn."""
    return [*measure_share(OFTEN), *measure_share(SELDOM)]


def measure_share(one_in: int) -> list[dict[str, Any]]:
    """Return the figures of a file with a share of lines of the wanted pair."""
    content = export_file(one_in)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("20251001001500.export.CSV", content)
    payload, size = held.getvalue(), len(content) / 1e6
    ours, unpacked, bare = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "20251001001500.export.CSV"
        path.write_bytes(content)
        for _ in range(REPEATS):
            ours.append(size / seconds(lambda: gdelt_events.parse_export(content, PAIRS, date(2026, 1, 1))))
            unpacked.append(size / seconds(lambda: strict.unzip_one(payload, gdelt_events.MEMBER, 10**9)))
            bare.append(size / seconds(lambda: duckdb.execute(COUNT, {"file": str(path)}).fetchall()))
    shares = [own / other for own, other in zip(ours, bare, strict=True)]
    return [
        row(f"pair in 1 of {one_in} lines: parser, every line checked, the pair's events kept", ours, "MB/s"),
        row("unpacking the zip alone, one core", unpacked, "MB/s"),
        row("DuckDB read_csv and count, nothing checked, both cores", bare, "MB/s"),
        row(f"pair in 1 of {one_in} lines: parser over DuckDB", shares, "ratio", ">= 0.7"),
    ]
