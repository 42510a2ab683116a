"""Synthetic publishers' claims of 1,000 trackers merged by the product's own statements, beside a bare de-duplication.

Belongs here: the first load, and a batch of 0.1 % in documents of its own. Not here: sql/observe/claim.sql, which
makes the read table anew from the versions.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from signposts.observe import merge_round
from signposts.warehouse import Warehouse
from tests.benchmarks.harness import peak_memory, row, seconds

TRACKERS = 1000
MEMORY = "5GiB"
CANDIDATES = """
select
    't' || i % 1000 as tracker_id,
    'i' || i % 66 as indicator_id,
    'value' as kind,
    date '2000-01-01' + cast(i // 1000 % 9000 as integer) as period_start,
    date '2000-01-01' + cast(i // 1000 % 9000 as integer) as period_end,
    cast(hash(i) % 100000 as double) as value,
    'USD' as unit,
    'imf_imts' as source_id,
    'F' as source_name,
    'F' as speaker,
    'A' as reliability,
    '1' as credibility,
    'final' as status,
    date '2026-01-01' as published_on,
    true as published_on_inferred,
    timestamp '2026-01-01 00:00:00' as recorded_at,
    'd' || i // $document as scope,
    'sha' as sha256,
    cast(i as integer) as row_number
from range($start, $stop) as made(i)
"""
BARE = """
create or replace table bare as
select * from publisher_candidate
qualify row_number() over (partition by tracker_id, claim_key order by row_number) = 1
"""


def merge(warehouse: Warehouse) -> None:
    """Take the candidates at hand in one turn, as the product's run does."""
    warehouse.build_table("observe/document_turn")
    merge_round(warehouse, 1)


def offer(warehouse: Warehouse, start: int, stop: int) -> None:
    """Put the numbered claims before the merge; a document holds a thousandth of ten million."""
    warehouse.write_rows("candidate", [])
    with warehouse.connect() as connection:
        made = {"start": start, "stop": stop, "document": 10_000}
        connection.execute(f"insert into candidate by name {CANDIDATES}", made)
    warehouse.build_table("observe/publisher_candidate")


def measure(claims: int = 1_000_000) -> list[dict[str, Any]]:
    """Return seconds of the bare statement, the first load and a batch, and the shares held against the targets."""
    name = f"{claims / 1e6:g} million"
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "claims.duckdb")
        with warehouse.connect() as connection:
            connection.execute(f"set memory_limit = '{MEMORY}'")
            connection.execute(f"set temp_directory = '{folder}{os.sep}spill'")
            warehouse.ensure_tables()
            offer(warehouse, 0, claims)
            bare = seconds(lambda: connection.execute(BARE))
            connection.execute("drop table bare")
            first = seconds(lambda: merge(warehouse))
            kept = warehouse.count("claim_version")
            offer(warehouse, claims, claims + claims // 1000)
            batch = seconds(lambda: merge(warehouse))
            appended = warehouse.count("claim_version") - kept
    if (kept, appended) != (claims, claims // 1000):
        raise ValueError(f"merged {kept} and {appended} claims of {claims} and {claims // 1000}")
    return [
        row(f"{name}: bare create table as", [bare], "s"),
        row(f"{name}: first load", [first], "s"),
        row(f"{name}: speed against bare", [bare / first], "ratio", ">= 0.5"),
        row(f"{name}: batch of 0.1 %", [batch], "s"),
        row(f"{name}: batch over first load", [batch / first], "ratio", "< 0.05"),
        row(f"{name}: peak memory of the process", [peak_memory()], "GiB", "< 6"),
    ]


def measure_ten() -> list[dict[str, Any]]:
    """Return the figures of 10 million claims."""
    return measure(10_000_000)


def measure_large() -> list[dict[str, Any]]:
    """Return the figures of 50 million claims."""
    return measure(50_000_000)
