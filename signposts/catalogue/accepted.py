"""What was held and let through: claims in a tracker's accepted.csv, publishers' documents in the catalogue's own.

Belongs here: reading their rows. Not here: what is held (observe, sources).
"""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from signposts.catalogue.documents import read_rows
from signposts.catalogue.faults import FaultList
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
    faults, rows = FaultList(), []
    for row in (read_rows(path, columns, faults) or ("", []))[1]:
        missing = [name for name in columns if not row.fields.get(name, "").strip()]
        day = row.fields.get("accepted_on", "")
        if missing:
            faults.refuse(path, row.line, missing[0], "it is empty", f"fill {','.join(columns)}")
            continue
        try:
            rows.append({**row.fields, "accepted_on": date.fromisoformat(day)})
        except ValueError:
            faults.refuse(path, row.line, "accepted_on", f"{day!r} is no day", "write it as 2026-11-23")
    faults.raise_if_any()
    return rows
