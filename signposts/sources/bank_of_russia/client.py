"""Bank of Russia: official rates of the rouble.

Belongs here: the daily list, from which each currency's identifier and nominal are read anew, and the history of a
currency. Not here: which currencies (sources.yaml). Numbers have a decimal comma; VunitRate may have an exponent.
"""

import dataclasses
import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.bank_of_russia.options import Ask
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row, RowFault

BASE_URL = "https://www.cbr.ru"
DAY_PATTERN = "%d.%m.%Y"
CURRENCY_FIELDS = ("CharCode", "Nominal", "Value")
RECORD_FIELDS = ("Nominal", "Value")
KNOWN_FIELDS = frozenset({*CURRENCY_FIELDS, "NumCode", "Name", "VunitRate"})
NUMBER = re.compile(r"\d+(,\d+)?([eE][+-]?\d+)?", re.ASCII)
IDENTIFIER = re.compile(r"R\d{5}[A-Z]?", re.ASCII)
LARGEST_RATE = 1e9
# Value is printed with four decimals, VunitRate with six digits: they agree no better than that.
LAST_DECIMAL = 1e-4
LAST_DIGIT = 1e-5


def gather(run: SourceRun, today: date) -> None:
    """Ask for the day's list, then for the history of each wanted currency under the identifier found in the list."""
    for name, ask in run.asks.items():
        asked = f"{today:%d/%m/%Y}"
        listed = run.fetch(HttpRequest(f"{name}/daily", "/scripts/XML_daily.asp", {"date_req": asked}), needed=True)
        if listed is None:
            continue
        identifiers = {row["series"]: row["publisher_id"] for row in listed.rows}
        for currency in ask.currencies:
            if currency not in identifiers:
                run.record_failure(f"the day's list has no {currency}")
                continue
            since = f"{ask.first_day:%d/%m/%Y}"
            query = {"date_req1": since, "date_req2": asked, "VAL_NM_RQ": identifiers[currency]}
            run.fetch(HttpRequest(f"{name}/{currency}", "/scripts/XML_dynamic.asp", query))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Read the day's list or a currency's history."""
    part = document.partition("/")[2]
    return parse_daily(payload, today) if part == "daily" else parse_history(payload, part, today, ask.steps)


def parse_daily(payload: bytes, today: date) -> ParseResult:
    """Return a row a currency: roubles for one unit on the day of the list."""
    root = strict.read_xml(payload)
    if root.tag != "ValCurs":
        raise SourceChanged(f"begins with <{root.tag[:40]}>, not with a list of rates")
    published_on = _day_of(root, today)

    def understand(number: int, element: Element) -> Row:
        texts = _texts(element, "Valute", CURRENCY_FIELDS)
        identifier = element.attrib.get("ID", "")
        if not IDENTIFIER.fullmatch(identifier):
            raise RowFault(f"identifier {identifier[:20]!r} is none")
        return _row(texts, published_on, identifier, strict.word(texts["CharCode"], "CharCode"))

    result = strict.set_aside(enumerate(root, start=1), understand)
    strict.refuse_duplicates(result.rows, "series")
    result.auxiliary = True
    return _readable(result, root)


def parse_history(payload: bytes, currency: str, today: date, steps: Collection[date] = ()) -> ParseResult:
    """Return a row a day: roubles for one unit of the currency; ``steps`` are days on which its unit did change."""
    root = strict.read_xml(payload)
    if root.tag != "ValCurs":
        raise SourceChanged(f"begins with <{root.tag[:40]}>, not with a list of rates")
    identifier = root.attrib.get("ID", "")
    if len(root) == 0 and not (root.text or "").strip() and "DateRange1" in root.attrib:
        first, last = root.attrib["DateRange1"][:20], root.attrib.get("DateRange2", "")[:20]
        raise SourceChanged(f"has no quotes of {currency} between {first} and {last}")

    def understand(number: int, element: Element) -> Row:
        with strict.about(currency):
            texts = _texts(element, "Record", RECORD_FIELDS)
            day = strict.day(element.attrib.get("Date"), DAY_PATTERN)
        if element.attrib.get("Id") != identifier:
            raise SourceChanged(f"mixes {element.attrib.get('Id')!r} into the history of {identifier[:20]!r}")
        with strict.about(currency, day):
            return _row(texts, day, identifier, currency)

    result = strict.set_aside(enumerate(root, start=1), understand)
    strict.refuse_duplicates(result.rows, "period_start")
    strict.refuse_future((row["period_start"] for row in result.rows), today)
    result.held = strict.step_of_unit(result.rows, steps)
    return _readable(result, root)


def _readable(result: ParseResult, root: Element) -> ParseResult:
    """Name new elements, and put the text of an element in the place of the element in rows set aside."""
    result.news = strict.new_fields([_shown(element) for element in root], KNOWN_FIELDS, "element")
    result.rejected = [dataclasses.replace(rejected, raw=_shown(rejected.raw)) for rejected in result.rejected]
    return result


def _shown(raw: object) -> object:
    return {child.tag: child.text for child in raw} if isinstance(raw, Element) else raw


def _day_of(root: Element, today: date) -> date:
    """Return the day that a list is for, which may be the next working day."""
    try:
        day = strict.day(root.attrib.get("Date"), DAY_PATTERN)
    except RowFault as fault:
        raise SourceChanged(str(fault)) from fault
    # On a Friday evening Monday's rates are published; before a row of holidays those of ten days later.
    if (day - today).days > 14:
        raise SourceChanged(f"holds a date in the future, {day}")
    return day


def _texts(element: Element, tag: str, names: tuple[str, ...]) -> Mapping[str, str]:
    """Return an element's children as texts; another element is refused."""
    if element.tag != tag:
        raise SourceChanged(f"has an element <{str(element.tag)[:40]}> among <{tag}>")
    record: dict[str, Any] = {}
    for child in element:
        if child.tag in record:
            raise RowFault(f"has <{child.tag}> twice")
        record[child.tag] = child.text or ""
    return strict.fields(record, names, f"<{tag}>")


def _decimal(text: str, name: str) -> float:
    """Return a number written with a decimal comma, perhaps in scientific notation."""
    if not NUMBER.fullmatch(text):
        raise RowFault(f"{name} {text[:40]!r} is no number with a decimal comma")
    return strict.number(text.replace(",", "."), 0, LARGEST_RATE, name)


def _row(texts: Mapping[str, str], day: date, identifier: str, currency: str) -> Row:
    """Return a day's rate: roubles for one unit, and the nominal; Value / Nominal must agree with VunitRate."""
    nominal = strict.whole(texts["Nominal"], 1, 1e7, "nominal")
    value = _decimal(texts["Value"], "value")
    if value <= 0:
        raise RowFault("value 0 is no rate")
    rate = value / nominal
    if texts.get("VunitRate"):
        stated = _decimal(texts["VunitRate"], "VunitRate")
        if abs(stated * nominal - value) > LAST_DECIMAL + LAST_DIGIT * value:
            raise RowFault(f"VunitRate {stated:g} is not Value / Nominal, {rate:g}")
    return {"series": currency, **strict.of_day(day), "value": rate, "nominal": nominal, "publisher_id": identifier}
