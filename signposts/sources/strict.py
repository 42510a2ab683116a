"""Strict reading of what publishers send: JSON, CSV, XML, zip.

Belongs here: decoding and structure, refusing with SourceChanged what is not understood, setting single bad rows aside.
Not here: what any one publisher's fields mean.
"""

import csv
import io
import json
import math
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from signposts.catalogue.fields import UNFIT
from signposts.errors import SourceChanged

Row = dict[str, Any]
LARGEST_FIELD = 1_000_000
csv.field_size_limit(LARGEST_FIELD)


class RowFault(Exception):
    """One row cannot be used; the file around it may be. ``about``: its series, and its first day where it is known."""

    about: tuple[str, date | None] | None = None


NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row set aside: where it stands, why, and what it was."""

    row_number: int
    reason: str
    raw: object
    # Series that it speaks about, and the first day where that could be read: only what it may be is then kept.
    about: tuple[str, date | None] | None = None


@dataclass(slots=True)
class ParseResult:
    """Rows that were understood, rows that were set aside, and what is to be said of the document."""

    rows: list[Row] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    # How many rows were judged, where ``rows`` are counts of them.
    judged: int = 0
    # A list that only says where the rows are: read, but not for the warehouse.
    auxiliary: bool = False
    # Its rows are counted or added up, so that one that cannot be read would make a lower figure: all of them or none.
    counted: bool = False
    # Series that were asked for and have no row.
    missing: list[str] = field(default_factory=list)
    # What is new in the document's shape and was passed over.
    news: list[str] = field(default_factory=list)
    # Why the document is held back until somebody accepts it.
    held: str = ""


def decode(payload: bytes, encoding: str = "utf-8-sig") -> str:
    """Return the text of a document; a web page, or bytes that are not in its encoding, are refused."""
    try:
        text = payload.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceChanged(f"is not {encoding.removesuffix('-sig')} from byte {error.start} on") from error
    start = text[:200].lstrip().lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body")):
        raise SourceChanged(f"is a web page, not data: {excerpt(text)!r}")
    if not start:
        raise SourceChanged("is empty")
    return text


def excerpt(text: str) -> str:
    """Return the start of a text on one line."""
    return " ".join(text[:120].split())


def read_json(payload: bytes) -> Any:
    """Return the value of a JSON document; duplicate keys and numbers that are none are refused."""
    text = decode(payload)
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except SourceChanged:
        raise
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"is not JSON ({error}): {excerpt(text)!r}") from error


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise SourceChanged(f"names a field twice among {', '.join(name for name, _ in pairs)[:100]}")
    return record


def _no_constant(name: str) -> float:
    raise SourceChanged(f"holds {name}, which is no number")


def fields_of_any_name(value: Any, where: str) -> dict[str, Any]:
    """Return a record whose names are data."""
    if isinstance(value, dict):
        return value
    raise SourceChanged(f"{where} is {type(value).__name__}, not a record")


def of_day(day: date) -> dict[str, date]:
    """Return the dates of a figure that speaks of one day and was published on it."""
    return dict.fromkeys(("period_start", "period_end", "published_on"), day)


def fields(value: Any, names: Collection[str], where: str = "a row") -> Mapping[str, Any]:
    """Return a record that has every wanted field; what else it has is passed over."""
    record = fields_of_any_name(value, where)
    missing = [name for name in names if name not in record]
    if missing:
        raise SourceChanged(f"{where} lacks the field {missing[0]!r}")
    return record


def new_fields(records: Iterable[Any], known_names: Collection[str], what: str = "field") -> list[str]:
    """Return a remark for each name in records that this code has never seen, in the order of their coming."""
    names = dict.fromkeys(str(name) for record in records if isinstance(record, Mapping) for name in record)
    return [f"new {what} {name[:60]!r}, ignored" for name in names if name not in known_names]


def missing_series(series: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the wanted series that have no row."""
    present = {row["series"] for row in rows}
    return [name for name in series if name not in present]


def listing(value: Any, where: str) -> list[Any]:
    """Return a list, or refuse what is not one."""
    if not isinstance(value, list):
        raise SourceChanged(f"{where} is {type(value).__name__}, not a list")
    return value


def read_csv(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line's number and fields; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for line in reader:
            if line:
                yield reader.line_num, line
    except csv.Error as error:
        raise SourceChanged(f"is not CSV in line {reader.line_num}: {error}") from error


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file whose header has the needed columns, wherever they stand."""

    names: Sequence[str]
    lines: Iterator[tuple[int, list[str]]]
    # A remark for each column that this code has never seen.
    news: list[str]


def read_table(text: str, needed: Collection[str], optional: Collection[str] = ()) -> Table:
    """Return a CSV file by the names of its columns; a needed one that is not there, or twice, is refused."""
    lines = read_csv(text)
    _, names = next(lines, (0, []))
    missing = [name for name in needed if name not in names]
    if missing:
        raise SourceChanged(f"lacks the column {missing[0]!r}")
    twice = [name for name in needed if list(names).count(name) > 1]
    if twice:
        raise SourceChanged(f"has the column {twice[0]!r} twice")
    return Table(names, lines, new_fields([dict.fromkeys(names)], {*needed, *optional}, "column"))


def fit(text: str) -> str:
    """Return a text with the characters that no table and no page can show written out."""
    return UNFIT.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def set_unfit_aside(result: ParseResult) -> ParseResult:
    """Set aside each row that holds a text which cannot be stored and shown."""
    rows = []
    for row in result.rows:
        unfit = [name for name, value in row.items() if isinstance(value, str) and UNFIT.search(value)]
        if unfit:
            shown = {name: fit(str(value)) for name, value in row.items()}
            reason = f"{unfit[0]} holds a character that cannot be shown"
            about = (row["series"], row.get("period_start")) if row["series"] and "series" not in unfit else None
            result.rejected.append(Rejected(int(row.get("row_number") or 0), reason, shown, about))
        else:
            rows.append(row)
    result.rows = rows
    return result


def set_aside(lines: Iterable[tuple[int, Any]], understand: Callable[[int, Any], Row | None]) -> ParseResult:
    """Return rows understood one by one; a row at fault is set aside, None is passed over."""
    result = ParseResult()
    for number, raw in lines:
        try:
            row = understand(number, raw)
        except RowFault as fault:
            result.rejected.append(Rejected(number, str(fault), raw, fault.about))
            continue
        if row is not None:
            result.rows.append({"row_number": number, **row})
    return result


@contextmanager
def about(series: str, first_day: date | None = None) -> Iterator[None]:
    """Have a fault of a row say what the row speaks about, as far as that is known where the fault is found."""
    try:
        yield
    except RowFault as fault:
        fault.about = fault.about or (series, first_day)
        raise


def columns(line: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Return a line's fields by name; a line of another width is at fault."""
    if len(line) != len(names):
        raise RowFault(f"has {len(line)} fields, not {len(names)}")
    return dict(zip(names, line, strict=True))


def number(value: Any, low: float = -math.inf, high: float = math.inf, name: str = "value") -> float:
    """Return a finite number within its plausible range; anything else is at fault."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise RowFault(f"{name} {value!r} is no number")
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        raise RowFault(f"{name} {value[:40]!r} is no number")
    try:
        figure = float(value)
    except (OverflowError, ValueError) as error:
        raise RowFault(f"{name} is too large") from error
    if not math.isfinite(figure) or not low <= figure <= high:
        raise RowFault(f"{name} {figure:g} is outside {low:g} to {high:g}")
    return figure


def whole(value: Any, low: float = -math.inf, high: float = math.inf, name: str = "value") -> int:
    """Return a whole number within its plausible range."""
    figure = number(value, low, high, name)
    if not figure.is_integer():
        raise RowFault(f"{name} {figure:g} is not whole")
    return int(figure)


def word(value: Any, name: str) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise RowFault(f"{name} {str(value)[:40]!r} is no text")
    return value.strip()


def day(value: Any, pattern: str = "%Y-%m-%d", name: str = "date") -> date:
    """Return the day that a text names in the publisher's own pattern."""
    try:
        return _day_named(value, pattern)
    except (TypeError, ValueError) as error:
        raise RowFault(f"{name} {str(value)[:40]!r} is no day") from error


@lru_cache(maxsize=10_000)
def _day_named(value: str, pattern: str) -> date:
    """Return the day that a text names; documents name few days, and many times each."""
    return datetime.strptime(value, pattern).date()  # noqa: DTZ007 - a day has no zone


def year_span(value: Any) -> tuple[date, date]:
    """Return the first and last day of a calendar year written in four digits."""
    year = whole(value, 1900, 2200, "year")
    return date(year, 1, 1), date(year, 12, 31)


def month_span(year: int, month: int) -> tuple[date, date]:
    """Return the first and last day of a month."""
    if not 1 <= month <= 12 or not 1900 <= year <= 2200:
        raise RowFault(f"month {year}-{month} is none")
    first = date(year, month, 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def refuse_future(days: Iterable[date], today: date) -> None:
    """Refuse a document that speaks about a period which has not begun, a day for the publisher's clock allowed."""
    latest = max(days, default=None)
    if latest is not None and latest > today + timedelta(days=1):
        raise SourceChanged(f"holds a date in the future, {latest}")


# A list of which a larger share of entries is gone, or stands under another code, is held back.
MOST_CHANGED = 0.1


def entries_missing(before: Collection[Any], now: Collection[Any], set_aside: int) -> str:
    """Return in words that more entries of a list are gone than may be; '' if they are not."""
    missing = len(set(before) - set(now)) - set_aside
    if missing > MOST_CHANGED * len(before):
        return f"{missing} of {len(before)} entries of the version before are missing"
    return ""


def set_aside_note(rejected: Sequence[Rejected]) -> str | None:
    """Return the remark on a count over a document of which entries could not be read; None if all could."""
    return f"{len(rejected)} entries could not be read: may be too low by as many" if rejected else None


# Powers of ten by which units differ: tens, thousands, tens of thousands, millions.
UNIT_POWERS = (1, 3, 4, 6)
# A level: so many values whose largest is less than twice the smallest.
LEVEL_VALUES, LEVEL_SPREAD = 3, 2.0


def unit_power(ratio: float) -> int:
    """Return the power of ten (1, 3, 4, 6 or their negatives) that a ratio is within a fifth of; 0 if none."""
    for power in (*UNIT_POWERS, *(-power for power in UNIT_POWERS)):
        if 0.8 < ratio / 10.0**power < 1.25:
            return power
    return 0


def step_of_unit(rows: Iterable[Mapping[str, Any]], real: Collection[date] = ()) -> str:
    """Return where a series steps by 10, 1,000, 10,000 or a million from one level to another; '' if none does.

    A step by ten counts only between two levels of at least three values; a larger one needs the level before it alone.
    ``real`` are the days of steps that somebody has found to be real.
    """
    by_series: dict[str, list[tuple[date, float]]] = {}
    for row in rows:
        by_series.setdefault(row["series"], []).append((row["period_start"], row["value"]))
    for series, values in by_series.items():
        values.sort()
        for place in range(LEVEL_VALUES, len(values)):
            before = [value for _, value in values[place - LEVEL_VALUES : place]]
            after = [value for _, value in values[place : place + LEVEL_VALUES]]
            if min(before) <= 0 or after[0] <= 0 or values[place][0] in real:
                continue
            power = unit_power(after[0] / before[-1])
            is_level = max(before) < LEVEL_SPREAD * min(before)
            holds = len(after) == LEVEL_VALUES and max(after) < LEVEL_SPREAD * min(after)
            if power and is_level and (holds or abs(power) > 1):
                return (
                    f"{series} steps from {before[-1]:g} to {after[0]:g} on {values[place][0]}, as if its unit had "
                    "changed"
                )
    return ""


def refuse_duplicates(rows: Iterable[Mapping[str, Any]], *key: str) -> None:
    """Refuse a document that gives the same key twice."""
    seen = set()
    for row in rows:
        values = tuple(row[name] for name in key)
        if values in seen:
            raise SourceChanged(f"gives {' '.join(str(part) for part in values)} twice")
        seen.add(values)


def read_xml(payload: bytes) -> Element:
    """Return the root of an XML document; document types, entities and broken XML are refused."""
    (_, root), *_ = stream_xml(payload)
    return root


def stream_xml(payload: bytes) -> Iterator[tuple[str, Element]]:
    """Yield the starts and ends of an XML document's elements as they are read."""
    start = payload[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise SourceChanged(f"is a web page, not data: {excerpt(payload[:200].decode('ascii', 'replace'))!r}")
    if not start:
        raise SourceChanged("is empty")
    try:
        yield from defusedxml.ElementTree.iterparse(io.BytesIO(payload), events=("start", "end"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError, RecursionError) as error:
        declared = isinstance(error, DefusedXmlException)
        why = "it declares a document type or entities" if declared else str(error)[:100]
        raise SourceChanged(f"is not XML that can be read: {why}") from error


def unzip_one(payload: bytes, name: re.Pattern[str], most_bytes: int) -> bytes:
    """Return the one file in a zip; another number of files, another name, or more bytes are refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as packed:
            members = packed.infolist()
            if len(members) != 1:
                raise SourceChanged(f"the zip holds {len(members)} files, not one")
            if not name.fullmatch(members[0].filename):
                raise SourceChanged(f"the zip holds a file named {members[0].filename[:60]!r}")
            with packed.open(members[0]) as file:
                content = file.read(most_bytes + 1)
    except SourceChanged:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise SourceChanged(f"is not a zip that can be read: {str(error)[:100]}") from error
    except (LookupError, OverflowError, UnicodeError) as error:
        raise SourceChanged(f"is not a zip that can be read: {type(error).__name__}") from error
    if len(content) > most_bytes:
        raise SourceChanged(f"unpacks to more than {most_bytes:,} bytes")
    return content
