"""What was held and let through: claims in a tracker's accepted.csv, publishers' documents in the catalogue's own.

Belongs here: reading their rows. Not here: what is held (observe, sources).
"""

import csv
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from signposts.errors import CatalogueError

COLUMNS = ("claim_id", "reason", "accepted_on")
DOCUMENT_COLUMNS = ("sha256", "reason", "accepted_on")
SHA256 = re.compile(r"[0-9a-f]{64}")


def accepted_path(folder: Path) -> Path:
    """Return where a tracker's accepted claims, or a catalogue's accepted documents, stand."""
    return folder / "accepted.csv"


def accepted_rows(tracker_id: str, folder: Path) -> list[dict[str, object]]:
    """Return a tracker's accepted claims; a row that cannot be read is a CatalogueError with file and line."""
    return [{"tracker_id": tracker_id, **row} for row in _rows(accepted_path(folder), COLUMNS)]


def accepted_documents(root: Path) -> frozenset[str]:
    """Return the SHA-256 of each version of a document that was held and let through; else a CatalogueError."""
    rows = _rows(accepted_path(root), DOCUMENT_COLUMNS)
    for line, row in enumerate(rows, start=2):
        if not SHA256.fullmatch(str(row["sha256"])):
            raise CatalogueError(f"{accepted_path(root)}:{line}: sha256: {row['sha256']!r} is none: write 64 digits")
    return frozenset(str(row["sha256"]) for row in rows)


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, object]]:
    """Return the rows of a file, typed; none if there is no file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if tuple(header) != tuple(columns):
            raise CatalogueError(f"{path}:1: header: expected {','.join(columns)}: write that as the first line")
        return [_row(path, reader.line_num, fields, columns) for fields in reader]


def _row(path: Path, line: int, fields: list[str], columns: Sequence[str]) -> dict[str, object]:
    """Return one row, typed."""
    if len(fields) != len(columns) or not all(field.strip() for field in fields):
        raise CatalogueError(f"{path}:{line}: row: what, reason and day are all needed: fill {','.join(columns)}")
    try:
        accepted_on = date.fromisoformat(fields[2])
    except ValueError as error:
        raise CatalogueError(f"{path}:{line}: accepted_on: {fields[2]!r} is no day: write it as 2026-11-23") from error
    return {columns[0]: fields[0], "reason": fields[1], "accepted_on": accepted_on}
