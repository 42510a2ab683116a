"""SIPRI's register of arms transfers, from an address that its own pages use.

Belongs here: finding a recipient's number, the register's columns. Not here: which recipients (sources.yaml).
"""

import base64
import binascii
import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.http import HttpRequest
from signposts.sources.sipri_arms.options import Ask
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row, RowFault

BASE_URL = "https://atbackend.sipri.org"
# What is asked for by years of delivery has the first name, the whole register the second.
DELIVERED = ("Deliveries in the Year Range", "Number delivered")
# The columns needed; those without a name of their own mark the figure before them as uncertain.
COLUMNS = {
    "recipient": "Recipient",
    "supplier": "Supplier",
    "order_year": "Year of order",
    "number_ordered": "Number ordered",
    "designation": "Weapon designation",
    "description": "Weapon description",
    "number_delivered": DELIVERED[0],
    "delivery_years": "Year(s) of delivery",
    "status": "status",
    "tiv_order": "SIPRI TIV for total order",
    "tiv_delivered": "SIPRI TIV of delivered weapons",
}
KNOWN_COLUMNS = frozenset({*COLUMNS.values(), "", "Comments", "SIPRI TIV per unit"})
KNOWN_FIELDS = frozenset({"EntityId", "Name", "CountryCode", "deleted"})
HEADER_START = "Recipient,Supplier,"
YEAR = re.compile(r"\d{4}", re.ASCII)


def gather(run: SourceRun, today: date) -> None:
    """Ask for the countries, then for the register of each wanted recipient."""
    countries = run.fetch(
        HttpRequest(f"{next(iter(run.asks))}/countries", "/api/p/countries/getAllCountriesTrimmed"), needed=True
    )
    if countries is None:
        return
    numbers = {row["series"]: row["entity_id"] for row in countries.rows}
    for name, ask in run.asks.items():
        recipient = ask.recipient
        if recipient not in numbers:
            run.record_failure(f"the list of countries has no {recipient}")
            continue
        body = _question(numbers[recipient], ask.from_year, today.year)
        headers = {"Content-Type": "application/json"}
        run.fetch(HttpRequest(name, "/api/p/trades/trade-register-csv/", headers=headers, body=body))


def _question(recipient: int, first: int, last: int) -> bytes:
    """Return the body that asks for a recipient's deals with deliveries between two years."""

    def condition(name: str, low: object, high: object, chosen: list[int]) -> dict[str, object]:
        kind = "contains" if name != "opendeals" else ""
        about = {"field": name, "oldField": "", "condition": kind}
        return {**about, "value1": low, "value2": high, "listData": chosen}

    filters = [
        condition("Delivery year", first, last, []),
        condition("Recipient", "", "", [recipient]),
        condition("opendeals", "", "", []),
    ]
    return json.dumps({"filters": filters, "logic": "AND"}).encode()


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Read the list of countries, or a register."""
    if document.partition("/")[2] == "countries":
        return parse_countries(payload)
    return parse(payload, ask, today)


def parse_countries(payload: bytes) -> ParseResult:
    """Return a row a country: its name and number."""
    records = strict.listing(strict.read_json(payload), "the answer")

    def understand(number: int, record: Any) -> Row | None:
        strict.fields(record, ("EntityId", "Name"))
        if record.get("deleted") is True:
            return None
        name, entity_id = strict.word(record["Name"], "name"), strict.whole(record["EntityId"], 1, 1e9, "EntityId")
        return {"series": name, "entity_id": entity_id}

    result = strict.set_aside(enumerate(records, start=1), understand)
    strict.refuse_duplicates(result.rows, "series")
    result.news = strict.new_fields(records, KNOWN_FIELDS)
    result.auxiliary = True
    return result


def parse(payload: bytes, ask: Ask, today: date) -> ParseResult:
    """Return a row a deal of the wanted supplier with the recipient."""
    answer = strict.fields(strict.read_json(payload), ("bytes",), "the answer")
    text = _unwrap(answer["bytes"])
    lines = list(_lines(text))
    starts = [place for place, (_, line) in enumerate(lines) if ",".join(line).startswith(HEADER_START)]
    if not starts:
        raise SourceChanged("has no header that starts with Recipient and Supplier")
    names = [DELIVERED[0] if name.strip() in DELIVERED else name.strip() for name in lines[starts[0]][1]]
    missing = [name for name in COLUMNS.values() if names.count(name) != 1]
    if missing:
        raise SourceChanged(f"lacks the column {missing[0]!r}, or has it twice")
    result = strict.set_aside(lines[starts[0] + 1 :], lambda number, line: _understand(line, names, ask, today))
    result.news = strict.new_fields([dict.fromkeys(names)], KNOWN_COLUMNS, "column")
    result.counted = True
    return result


def _unwrap(packed: Any) -> str:
    """Return the text that the answer carries in base64; the register is in UTF-8, or in Latin-1."""
    if not isinstance(packed, str):
        raise SourceChanged("carries no text in base64")
    try:
        content = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SourceChanged(f"is not base64: {error}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _lines(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return [(reader.line_num, line) for line in reader if any(line)]
    except csv.Error as error:
        raise SourceChanged(f"is not CSV in line {reader.line_num}: {error}") from error


def _understand(line: Sequence[str], names: Sequence[str], ask: Ask, today: date) -> Row | None:
    """Return a deal; None for another supplier's."""
    printed = strict.columns(line, names)
    deal = {name: printed[column].strip() for name, column in COLUMNS.items()}
    if deal["recipient"] != ask.recipient:
        raise SourceChanged(f"speaks of {deal['recipient'][:40]!r}, which was not asked for")
    if deal["supplier"] != ask.supplier:
        return None
    years = [int(year) for year in YEAR.findall(deal["delivery_years"])]
    if years and max(years) > today.year:
        raise SourceChanged(f"holds a delivery in the future, {max(years)}")
    return {
        "series": "deal",
        "supplier": deal["supplier"],
        "recipient": deal["recipient"],
        "order_year": strict.whole(deal["order_year"], 1900, today.year, "year of order"),
        "number_ordered": _optional(deal["number_ordered"], "number ordered"),
        "designation": strict.word(deal["designation"], "designation"),
        "description": deal["description"],
        "number_delivered": _optional(deal["number_delivered"], "number delivered"),
        "last_delivery_year": max(years, default=None),
        "delivery_years": deal["delivery_years"],
        "status": deal["status"],
        "tiv_delivered": _optional(deal["tiv_delivered"], "TIV of delivered weapons"),
        "tiv_order": _optional(deal["tiv_order"], "TIV of the order"),
    }


def _optional(text: str, name: str) -> float | None:
    """Return a number; None where the register has none."""
    if text in ("", "?"):
        return None
    if not text.isascii():
        raise RowFault(f"{name} {text[:20]!r} is no number")
    return strict.number(text.strip("()").replace(",", ""), 0, 1e7, name)
