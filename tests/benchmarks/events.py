"""GDELT export files: the product's parser beside DuckDB counting the same pairs in the same synthetic file.

The parser is measured on the bytes that DuckDB reads. Unpacking the publisher's zip is a figure of its own: DuckDB does
not read a zip, and one core unpacks it no faster than that.
"""

import io
import random
import tempfile
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from signposts.sources import strict
from signposts.sources.gdelt_events import client as gdelt_events
from tests.benchmarks.harness import row, seconds

LINES = 300_000
# The publisher's own files hold a quarter of an hour each; so many make a day.
FILES, LINES_IN_A_FILE = 96, 3_000
# Of so many lines one is of the wanted pair: a pair that is much in the news, and one like most.
OFTEN, SELDOM = 20, 200
REPEATS = 5
Counts: TypeAlias = Mapping[tuple[str, str, date], int]
PAIRS = gdelt_events.Ask(days_back=1, pairs={"russia_iran": ["RUS", "IRN"]})
COUNT = """
select column07, column17, cast(strptime(column01, '%Y%m%d') as date), count(*)
from read_csv($files, delim = '\t', header = false, all_varchar = true, quote = '')
where (column07, column17) in (('RUS', 'IRN'), ('IRN', 'RUS'))
group by all
"""


def export_file(one_in: int, count: int) -> bytes:
    """Return a seeded, invented export file of so many lines of 440 bytes, a share of them the wanted pair's."""
    seeded = random.Random(7)
    countries = ("USA", "CHN", "DEU", "FRA", "RUS", "IRN", "")
    words = [f"word{number}" for number in range(1000)]
    lines = []
    for number in range(count):
        line = seeded.choices(words, k=gdelt_events.WIDTH)
        pair = ("RUS", "IRN") if number % one_in == 0 else (seeded.choice(countries[:4]), seeded.choice(countries))
        line[0], line[1], line[7], line[17] = str(10**9 + number), "20251001", *pair
        line[25], line[26], line[29], line[30] = "1", "042", "1", "1.9"
        line[31], line[32], line[33], line[34], line[59] = "4", "1", "4", "-2.5", "20251001001500"
        lines.append("\t".join(line))
    return "\n".join(lines).encode() + b"\n"


def measure() -> list[dict[str, Any]]:
    """Return megabytes a second of the parser and of DuckDB, both counting by pair and day, and of unpacking."""
    rows = [unpacking()]
    for one_in in (OFTEN, SELDOM):
        rows += measure_share(f"one large file, pair in 1 of {one_in} lines", [export_file(one_in, LINES)])
        rows += measure_share(
            f"{FILES} files of a day, pair in 1 of {one_in} lines", [export_file(one_in, LINES_IN_A_FILE)] * FILES
        )
    return rows


def unpacking() -> dict[str, Any]:
    """Return megabytes a second of unpacking the publisher's zip, which comes on top of parsing."""
    content = export_file(OFTEN, LINES)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("20251001001500.export.CSV", content)
    payload, size = held.getvalue(), len(content) / 1e6
    unpack = partial(strict.unzip_one, payload, gdelt_events.MEMBER, 10**9)
    return row("unpacking the zip alone, one core", [size / seconds(unpack) for _ in range(REPEATS)], "MB/s")


def measure_share(name: str, contents: Sequence[bytes]) -> list[dict[str, Any]]:
    """Return the figures of some files with a share of lines of the wanted pair; both sides must count the same."""
    size = sum(map(len, contents)) / 1e6
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(contents):
            (Path(folder) / f"{number}.export.CSV").write_bytes(content)
        files = f"{folder}/*.export.CSV"
        if count_ours(contents) != count_bare(files):
            raise ValueError("the parser and DuckDB count differently")
        for _ in range(REPEATS):
            ours.append(size / seconds(partial(count_ours, contents)))
            bare.append(size / seconds(partial(count_bare, files)))
    shares = [own / other for own, other in zip(ours, bare, strict=True)]
    return [
        row(f"{name}: parser, every line checked", ours, "MB/s"),
        row(f"{name}: DuckDB read_csv, nothing checked, both cores", bare, "MB/s"),
        row(f"{name}: parser over DuckDB", shares, "ratio", ">= 0.7"),
    ]


def count_ours(contents: Sequence[bytes]) -> Counts:
    """Return events by their two actors and day, from rows that the product's parser understood."""
    results = (gdelt_events.parse_export(content, PAIRS, date(2026, 1, 1)) for content in contents)
    return Counter((row["actor1"], row["actor2"], row["event_on"]) for result in results for row in result.rows)


def count_bare(files: str) -> Counts:
    """Return the same by DuckDB alone."""
    return {
        (first, second, day): count for first, second, day, count in duckdb.execute(COUNT, {"files": files}).fetchall()
    }
