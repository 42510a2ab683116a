"""Where the ledgers on disk and what was recorded from them differ, in words that name the command that mends it.

Belongs here: comparing the two for the commands that say so. Not here: what counts as a difference
(sql/observe/ledger_fault.sql), or mending it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from signposts.catalogue import Catalogue, ledger_rows, tables
from signposts.errors import WriterBusy
from signposts.settings import Settings
from signposts.warehouse import Warehouse

VANISHED = "from ledger_fault where fault = 'gone' order by tracker_id, claim_id"
MOST_NAMED = 5


def compare_ledgers(settings: Settings, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the rows of ledger_fault for the ledgers as they are on disk now.

    Raises:
        WriterBusy: a run is writing what was recorded.
    """
    if not settings.warehouse.is_file():
        return []
    kept = Warehouse(settings.warehouse, read_only=True)
    with kept.connect():
        if not kept.has_table("claim_version"):
            return []
        recorded = kept.rows("from claim_version where source_id = 'ledger'")
    aside = Warehouse(Path(":memory:"))
    with aside.connect():
        aside.write_rows("claim_version", recorded)
        aside.write_rows("tracker", tables(catalogue)["tracker"])
        aside.write_rows("raw_ledger", [row for tracker in catalogue.trackers for row in ledger_rows(tracker)])
        aside.build_table("observe/ledger_fault")
        return aside.rows("from ledger_fault order by fault, tracker_id, claim_id")


def fault_line(row: dict[str, Any]) -> str:
    """Return what a row of ledger_fault says and the command that mends it."""
    claim_id, place = row["claim_id"], f"{row['tracker_id']}/ledger/{row['indicator_id']}.csv"
    if row["fault"] == "gone":
        return (
            f"{place}: {claim_id} has left its ledger and still counts, though a fresh clone would not know it: put "
            f"its row back, or take it back with `signposts withdraw {claim_id} --reason …`"
        )
    return (
        f"{place}:{row['row_number']}: {claim_id} says something else than when it was recorded: restore the row, and "
        f"say what changed with `signposts correct {claim_id} FIELD=VALUE --reason …`"
    )


def fault_lines(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Return a line a fault, the first few; the rest are counted."""
    lines = [fault_line(row) for row in rows]
    more = [f"and {len(lines) - MOST_NAMED} more recorded rows"] if len(lines) > MOST_NAMED else []
    return lines[:MOST_NAMED] + more


def vanished_lines(settings: Settings) -> list[str]:
    """Return a line for each claim that the last run found to have left its ledger; a run that began since says it."""
    try:
        return fault_lines(Warehouse(settings.warehouse, read_only=True).rows(VANISHED))
    except WriterBusy:
        return []
