"""Rows of a spreadsheet as claims: each is accepted, refused with its reason, or already known.

Belongs here: reading .csv and .xlsx whatever program wrote them, days that can be read in one way only. Not here: what
a claim must hold (catalogue).
"""

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from signposts.catalogue import LEDGER_COLUMNS, Tracker
from signposts.catalogue.faults import nearest
from signposts.catalogue.writing import append_rows, ledger_row, tracker_lock, with_defaults
from signposts.desk.claims import OWN_FIELDS, all_claims, new_claim, superseded_by, with_ledger_of_now
from signposts.errors import InputError

DAY_FIELDS = tuple(
    name for name in LEDGER_COLUMNS if name.endswith(("_on", "_from", "_to", "_until", "_for", "_start", "_end"))
)
NUMBER_FIELDS = ("value", "value_low", "value_high", "base_value", "base_part", "trials")
# Two claims of one indicator say the same if these agree, and so does the address or, without one, the speaker.
SAME_IF = (
    "kind", "period_start", "period_end", "value", "value_low", "value_high", "category", "happened_from",
    "happened_to", "searched_until", "planned_for",
)  # fmt: skip
LARGEST_FILE = 20_000_000
DECIMAL_COMMA = re.compile(r"-?(0,\d+|\d+,(\d{1,2}|\d{4,})|\d{4,},\d+)")
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
LOCAL = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of one row of the file: accepted, already known or refused."""

    row_number: int
    outcome: str
    detail: str


def import_rows(
    tracker: Tracker, file: Path, indicator: str, mapping: Mapping[str, str], now: datetime, dry_run: bool
) -> list[ImportOutcome]:
    """Take a file's rows into the ledgers, in order; return what became of each.

    ``mapping`` gives the field of a column (COLUMN=FIELD). Rows of different indicators name theirs in a column
    ``indicator_id``.

    Raises:
        InputError: the file cannot be read, or a column is no field of the ledger.
    """
    if dry_run:
        # What would become of a row depends on the rows above it: they are imported into a copy.
        with tempfile.TemporaryDirectory(prefix="signposts-import-") as folder:
            copy = Path(shutil.copytree(tracker.folder, Path(folder) / tracker.folder.name))
            return import_rows(replace(tracker, folder=copy), file, indicator, mapping, now, dry_run=False)
    rows = read_table(file)
    fields = column_fields(rows[0][1] if rows else {}, mapping)
    decimal_comma = any(DECIMAL_COMMA.fullmatch(text) for _, cells in rows for text in cells.values())
    outcomes = []
    with tracker_lock(tracker.folder):
        for indicator_id in tracker.indicators:
            tracker = with_ledger_of_now(tracker, indicator_id)
        for number, cells in rows:
            row = {fields[column]: text for column, text in cells.items() if fields.get(column) and text}
            about = row.pop("indicator_id", "") or indicator
            try:
                outcome = _import_row(tracker, about, row, now, decimal_comma)
            except InputError as error:
                detail = " ".join(str(error).removeprefix("the claim was not recorded:").split())
                outcomes.append(ImportOutcome(number, "refused", detail))
                continue
            outcomes.append(ImportOutcome(number, *outcome))
            if outcome[0] == "accepted":
                tracker = with_ledger_of_now(tracker, about)
    return outcomes


def _import_row(
    tracker: Tracker, indicator: str, row: dict[str, str], now: datetime, decimal_comma: bool
) -> tuple[str, str]:
    """Append one row unless it is known already; return outcome and detail."""
    if not indicator:
        raise InputError("no indicator: name it with --indicator, or in a column indicator_id")
    for name in DAY_FIELDS:
        if row.get(name):
            row[name] = read_day(name, row[name])
    for name in NUMBER_FIELDS:
        if row.get(name):
            row[name] = read_number(name, row[name], decimal_comma)
    row.setdefault("speaker", row.get("source_name", ""))
    if indicator in tracker.indicators:
        twin = known_twin(tracker, indicator, with_defaults(tracker.indicators[indicator], row))
        if twin:
            return "already known", twin
    claim = new_claim(tracker, indicator, row, now)
    append_rows(tracker.folder, [ledger_row(tracker, indicator, claim)])
    return "accepted", claim["claim_id"]


def known_twin(tracker: Tracker, indicator: str, claim: Mapping[str, str]) -> str:
    """Return the standing claim that says the same from the same address or speaker; empty if none does."""
    newer = superseded_by(tracker)
    for about, row in all_claims(tracker):
        if about != indicator or row.claim.claim_id in newer or row.claim.claim_id == claim.get("claim_id"):
            continue
        if any(_same(row.fields.get(name, "")) != _same(claim.get(name, "")) for name in SAME_IF):
            continue
        origin = "source_url" if claim.get("source_url") and row.fields.get("source_url") else "speaker"
        if _same(row.fields.get(origin, "")) == _same(claim.get(origin, "")):
            return row.claim.claim_id
    return ""


def _same(text: str) -> str:
    """Return a text for comparison: case and blanks do not count, nor does the form of a number."""
    try:
        return repr(float(text))
    except ValueError:
        return " ".join(text.lower().split())


def column_fields(cells: Mapping[str, str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Return the ledger's field of each column; columns that the ledger does not know are refused together."""
    names = (*LEDGER_COLUMNS, "indicator_id", "")
    fields = {}
    for column in cells:
        field = mapping.get(column, re.sub(r"\W+", "_", column.strip().lower()).strip("_"))
        if field not in OWN_FIELDS or field in ("corrects", "correction_reason"):
            fields[column] = field
    unknown = [column for column, field in fields.items() if field not in names]
    if unknown:
        raise InputError(
            f"no fields of the ledger: {', '.join(repr(column) for column in unknown)}: give each its field, as "
            f"--map '{unknown[0]}=FIELD', or none to leave it out, as --map '{unknown[0]}='; "
            f"for the first, {nearest(fields[unknown[0]], names[:-1])}"
        )
    unused = [column for column in mapping if column not in cells]
    if unused and cells:
        raise InputError(f"--map names column {unused[0]!r}, which the file lacks; {nearest(unused[0], cells)}")
    return {column: field for column, field in fields.items() if field}


def read_day(name: str, text: str) -> str:
    """Return a day as YYYY-MM-DD; one that can be read in two ways is refused."""
    try:
        if match := ISO.fullmatch(text):
            return date(*(int(part) for part in match.groups())).isoformat()
        if match := LOCAL.fullmatch(text):
            first, mark, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
            # Points are written in countries that put the day first; strokes are written both ways.
            if mark == "/" and first <= 12 and second <= 12 and first != second:
                raise InputError(f"{name}: {text!r} may be two days; write it as {year}-{first:02d}-{second:02d} or so")
            day, month = (second, first) if mark == "/" and second > 12 else (first, second)
            return date(year, month, day).isoformat()
    except ValueError as error:
        raise InputError(f"{name}: {text!r} is no day of the calendar") from error
    raise InputError(f"{name}: {text!r} is no day; write it as 2026-11-23")


def read_number(name: str, text: str, decimal_comma: bool) -> str:
    """Return a number with a point; 1,234 may be two numbers and is refused, so is 1.234 in a file with commas."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text)
    separators = ",." if decimal_comma else ","
    if re.fullmatch(rf"-?[1-9]\d{{0,2}}[{separators}]\d{{3}}", plain):
        raise InputError(f"{name}: {text!r} may be two numbers; write it without separators of thousands")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    elif DECIMAL_COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    try:
        float(plain)
    except ValueError as error:
        mend = "0.58 for a share, 58 for growth" if plain.endswith("%") else "4.8; `over 4.8` is 4.8 in value_low"
        raise InputError(f"{name}: {text!r} is no number; write {mend}") from error
    return plain


# ---- files


def read_table(file: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a .csv or .xlsx file with their numbers, cells as text; empty rows are left out."""
    if not file.is_file():
        raise InputError(f"{file} is no file")
    if file.stat().st_size > LARGEST_FILE:
        raise InputError(f"{file} is larger than {LARGEST_FILE // 1_000_000} MB; split it")
    table = read_workbook(file) if file.suffix.lower() == ".xlsx" else read_csv(file)
    if not table:
        raise InputError(f"{file} holds no rows")
    header = [" ".join(cell.split()) for cell in table[0]]
    twice = [name for name in header if name and header.count(name) > 1]
    if twice:
        raise InputError(f"{file} has the column {twice[0]!r} twice; rename one of them")
    rows = []
    for number, cells in enumerate(table[1:], start=2):
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        if any(row.values()):
            rows.append((number, row))
    return rows


def read_csv(file: Path) -> list[list[str]]:
    """Return the cells of a CSV file: UTF-8 with or without mark, else Windows-1252; comma, semicolon or tabulator."""
    content = file.read_bytes()
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InputError(f"{file} is no text that can be read; save it as UTF-8")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(f"{file} is no CSV file: {error}") from error


def read_workbook(file: Path) -> list[list[str]]:
    """Return the cells of a workbook's first sheet as text, days as YYYY-MM-DD."""
    import zipfile

    import openpyxl

    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        table = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputError(f"{file} is no workbook that can be read: {error}") from error
    return table


def _cell(value: Any) -> str:
    """Return a cell of a workbook as text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return f"{value:.15g}" if isinstance(value, float) else str(value)
