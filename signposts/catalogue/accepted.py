"""Held revisions that somebody let through: catalogue/<tracker>/accepted.csv.

Belongs here: reading and adding its rows. Not here: which claims are held (observe).
"""

import csv
from datetime import date
from pathlib import Path

from signposts.errors import CatalogueError

COLUMNS = ("claim_id", "reason", "accepted_on")


def accepted_path(folder: Path) -> Path:
    """Return where a tracker's accepted revisions stand."""
    return folder / "accepted.csv"


def accepted_rows(tracker_id: str, folder: Path) -> list[dict[str, object]]:
    """Return a tracker's accepted revisions; a row that cannot be read is a CatalogueError with file and line."""
    path = accepted_path(folder)
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            raise CatalogueError(f"{path}:1: header: expected {','.join(COLUMNS)}: write that as the first line")
        return [_row(tracker_id, path, reader.line_num, fields) for fields in reader]


def _row(tracker_id: str, path: Path, line: int, fields: list[str]) -> dict[str, object]:
    """Return one row, typed."""
    if len(fields) != len(COLUMNS) or not all(field.strip() for field in fields):
        raise CatalogueError(f"{path}:{line}: row: claim, reason and day are all needed: fill {','.join(COLUMNS)}")
    try:
        accepted_on = date.fromisoformat(fields[2])
    except ValueError as error:
        raise CatalogueError(f"{path}:{line}: accepted_on: {fields[2]!r} is no day: write it as 2026-11-23") from error
    return {"tracker_id": tracker_id, "claim_id": fields[0], "reason": fields[1], "accepted_on": accepted_on}
