"""Adding rows to the files of a tracker that people keep: the ledger, triage.csv, searches.csv, accepted.csv.

Belongs here: the lock on a tracker's folder, rows appended whole or not at all, several files together. Not here: which
rows are right (ledger_rules.py), or asking for what is missing (cli).

Rows for two files are first noted in one file, PENDING, by an atomic rename: from then on they are written, by this
process or, if it is killed, by the next one that loads or locks the folder (a redo log).
"""

import base64
import csv
import fcntl
import getpass
import io
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from signposts.catalogue.claims import LEDGER_COLUMNS
from signposts.catalogue.models import Indicator
from signposts.catalogue.trackers import Tracker
from signposts.errors import InputError
from signposts.files import write_atomically

# A name that begins with a dot is no ledger to anybody who reads the folder meanwhile.
PENDING = ".pending.json"


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be added to a CSV file, its values in the order of the columns; ``more`` rows follow in one write."""

    path: Path
    columns: Sequence[str]
    values: Sequence[str]
    more: Sequence[Sequence[str]] = ()


@contextmanager
def tracker_lock(folder: Path) -> Iterator[None]:
    """Hold a lock on a tracker's folder, so that two people who record at once get two identifiers."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _redo(folder)
        yield
    finally:
        os.close(descriptor)


def finish_pending(folder: Path) -> None:
    """Write the rows that a killed process had noted and not written; most of the time there are none."""
    if (folder / PENDING).exists():
        with tracker_lock(folder):
            pass


def append_rows(folder: Path, rows: Sequence[NewRow]) -> None:
    """Add rows to several files of a tracker, all of them or none; the folder is locked.

    Raises:
        InputError: a file cannot be written.
    """
    try:
        if len(rows) > 1:
            additions = [
                {"file": str(row.path.relative_to(folder)), "text": base64.b64encode(_addition(row)).decode()}
                for row in rows
            ]
            write_atomically(folder / PENDING, json.dumps(additions).encode())
            _redo(folder)
        else:
            for row in rows:
                _append(row.path, _addition(row))
    except OSError as error:
        raise InputError(f"{error.filename or folder} could not be written: {error.strerror}") from error


def _redo(folder: Path) -> None:
    """Write each noted addition that is not there yet, then drop the note."""
    note = folder / PENDING
    if not note.exists():
        return
    for addition in json.loads(note.read_bytes()):
        path, text = folder / addition["file"], base64.b64decode(addition["text"])
        if not (path.exists() and path.read_bytes().endswith(text)):
            _append(path, text)
    note.unlink()


def _addition(row: NewRow) -> bytes:
    """Return the bytes that a file gains: the row, after its header or a missing line end where needed."""
    target = row.path.resolve()
    before = target.read_bytes() if target.exists() else b""
    ending = "\r\n" if b"\r\n" in before else "\n"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=ending)
    if not before:
        writer.writerow(row.columns)
    elif not before.endswith(b"\n"):
        text.write(ending)
    writer.writerows([row.values, *row.more])
    return text.getvalue().encode()


def _append(path: Path, addition: bytes) -> None:
    """Replace a file by itself and an addition: one rename, every byte before as it was, permissions kept."""
    target = path.resolve()
    before = target.read_bytes() if target.exists() else b""
    mode = target.stat().st_mode if target.exists() else 0o644
    write_atomically(target, before + addition)
    with suppress(OSError):
        target.chmod(mode)


# ---- rows of a ledger


def ledger_row(tracker: Tracker, indicator: str, row: Mapping[str, str]) -> NewRow:
    """Return a claim as a new row of its indicator's ledger."""
    path = tracker.folder / "ledger" / f"{indicator}.csv"
    columns: Sequence[str] = LEDGER_COLUMNS
    if path.exists() and not (row.get("event_key") or row.get("correction_reason")):
        # A file from before the newest columns stays a whole table for other programs too.
        with path.open(encoding="utf-8") as file:
            columns = LEDGER_COLUMNS[: len(file.readline().split(","))]
    return NewRow(path, columns, [row.get(name, "") for name in columns])


def analyst() -> str:
    """Return who records and decides: SIGNPOSTS_ANALYST, else the name of the account."""
    try:
        return os.environ.get("SIGNPOSTS_ANALYST") or getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def next_claim_id(tracker: Tracker, indicator: str, recorded: Collection[str]) -> str:
    """Return the identifier after the highest one used, as wide as that one; an identifier is never used again.

    ``recorded`` are those that were recorded before, whether their rows still stand in the ledger or not.
    """
    ledger = tracker.ledgers.get(indicator)
    claims = {*recorded, *(row.claim.claim_id for row in ledger.rows)} if ledger else recorded
    numbers = [number for name, _, number in (claim.rpartition("-") for claim in claims) if name == indicator]
    highest = max(filter(str.isdecimal, numbers), key=int, default="000")
    return f"{indicator}-{int(highest) + 1:0{len(highest)}d}"


def with_defaults(indicator: Indicator, row: Mapping[str, str]) -> dict[str, str]:
    """Return the row with what its other fields already say: unit, status, the one day of a dated event."""
    filled = {"status": "reported", **row}
    kind = filled.get("kind", "")
    unit = {"value": indicator.unit, "interval": indicator.unit, "growth": "percent"}.get(kind)
    if unit:
        filled.setdefault("unit", unit)
    if kind in ("count", "event") and filled.get("happened_from"):
        filled.setdefault("happened_to", filled["happened_from"])
    if kind == "count":
        if filled.get("happened_to"):
            filled.setdefault("period_start", filled["happened_from"])
            filled.setdefault("period_end", filled["happened_to"])
        if indicator.family == "share":
            filled.setdefault("trials", "1")
        else:
            filled.setdefault("value", "1")
    return filled
