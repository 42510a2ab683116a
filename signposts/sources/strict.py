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
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from signposts.errors import SourceChanged

Row = dict[str, Any]
LARGEST_FIELD = 1_000_000
csv.field_size_limit(LARGEST_FIELD)


class RowFault(Exception):
    """One row cannot be used; the file around it may be."""


NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row set aside: where it stands, why, and what it was."""

    row_number: int
    reason: str
    raw: object


@dataclass(slots=True)
class ParseResult:
    """Rows that were understood and rows that were set aside."""

    rows: list[Row] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    # Rows looked at, where those that concern nobody are not kept.
    seen: int = 0
    # A list that only tells where the rows are: read, but not for the warehouse.
    auxiliary: bool = False


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
    found = dict(pairs)
    if len(found) != len(pairs):
        raise SourceChanged(f"names a field twice among {', '.join(name for name, _ in pairs)[:100]}")
    return found


def _no_constant(name: str) -> float:
    raise SourceChanged(f"holds {name}, which is no number")


def fields(
    record: Any, wanted: Collection[str], ignored: Collection[str] = (), where: str = "a row"
) -> Mapping[str, Any]:
    """Return a record that has every wanted field and no field that is neither wanted nor named as ignored."""
    if not isinstance(record, dict):
        raise SourceChanged(f"{where} is {type(record).__name__}, not a record")
    missing = [name for name in wanted if name not in record]
    if missing:
        raise SourceChanged(f"{where} lacks the field {missing[0]!r}")
    unknown = [name for name in record if name not in wanted and name not in ignored]
    if unknown:
        raise SourceChanged(f"{where} has a new field {unknown[0]!r}")
    return record


def fields_of_any_name(record: Any, where: str) -> Mapping[str, Any]:
    """Return a record whose names are data, not fields."""
    if not isinstance(record, dict):
        raise SourceChanged(f"{where} is {type(record).__name__}, not a record")
    return record


def listing(value: Any, where: str) -> list[Any]:
    """Return a list, or refuse what is not one."""
    if not isinstance(value, list):
        raise SourceChanged(f"{where} is {type(value).__name__}, not a list")
    return value


def read_csv(text: str, header: Sequence[str] | None, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Yield each line's number and fields, header left out; another header than the known one is refused."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=delimiter == ",")
    try:
        if header is not None:
            found = next(reader, [])
            if found != list(header):
                raise SourceChanged(_header_fault(found, header))
        for line in reader:
            if line:
                yield reader.line_num, line
    except csv.Error as error:
        raise SourceChanged(f"is not CSV in line {reader.line_num}: {error}") from error


def _header_fault(found: Sequence[str], header: Sequence[str]) -> str:
    """Return in words how a header differs from the known one."""
    new = [name for name in found if name not in header]
    missing = [name for name in header if name not in found]
    if new:
        return f"has a new column {new[0][:60]!r}"
    if missing:
        return f"lacks the column {missing[0]!r}"
    return "has its columns in another order"


def set_aside(lines: Iterable[tuple[int, Any]], understand: Callable[[int, Any], Row | None]) -> ParseResult:
    """Return rows understood one by one; a row at fault is set aside, None is passed over."""
    result = ParseResult()
    for number, raw in lines:
        try:
            row = understand(number, raw)
        except RowFault as fault:
            result.rejected.append(Rejected(number, str(fault), raw))
            continue
        if row is not None:
            result.rows.append({"row_number": number, **row})
    return result


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
        found = float(value)
    except (OverflowError, ValueError) as error:
        raise RowFault(f"{name} is too large") from error
    if not math.isfinite(found) or not low <= found <= high:
        raise RowFault(f"{name} {found:g} is outside {low:g} to {high:g}")
    return found


def whole(value: Any, low: float = -math.inf, high: float = math.inf, name: str = "value") -> int:
    """Return a whole number within its plausible range."""
    found = number(value, low, high, name)
    if not found.is_integer():
        raise RowFault(f"{name} {found:g} is not whole")
    return int(found)


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


def refuse_duplicates(rows: Iterable[Mapping[str, Any]], *key: str) -> None:
    """Refuse a document that gives the same key twice."""
    seen = set()
    for row in rows:
        found = tuple(row[name] for name in key)
        if found in seen:
            raise SourceChanged(f"gives {' '.join(str(part) for part in found)} twice")
        seen.add(found)


def read_xml(payload: bytes) -> Element:
    """Return the root of an XML document; document types, entities and broken XML are refused."""
    _refuse_page(payload)
    try:
        root: Element = defusedxml.ElementTree.fromstring(payload, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError, RecursionError) as error:
        raise SourceChanged(f"is not XML that can be read: {_xml_fault(error)}") from error
    return root


def stream_xml(payload: bytes) -> Iterator[tuple[str, Element]]:
    """Yield the starts and ends of an XML document's elements as they are read."""
    _refuse_page(payload)
    try:
        yield from defusedxml.ElementTree.iterparse(io.BytesIO(payload), events=("start", "end"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError, RecursionError) as error:
        raise SourceChanged(f"is not XML that can be read: {_xml_fault(error)}") from error


def _refuse_page(payload: bytes) -> None:
    start = payload[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise SourceChanged(f"is a web page, not data: {excerpt(payload[:200].decode('ascii', 'replace'))!r}")
    if not start:
        raise SourceChanged("is empty")


def _xml_fault(error: Exception) -> str:
    if isinstance(error, DefusedXmlException):
        return "it declares a document type or entities"
    return str(error)[:100]


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
