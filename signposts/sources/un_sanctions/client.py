"""The United Nations Security Council's consolidated list, XML read as a stream.

Belongs here: the elements of an entry, counting entries. Not here: which lists are counted (sources.yaml).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from xml.etree.ElementTree import Element

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Rejected, Row, RowFault
from signposts.sources.un_sanctions.options import Ask

BASE_URL = "https://scsanctions.un.org"
ENTRIES = ("INDIVIDUAL", "ENTITY")
WANTED = ("DATAID", "UN_LIST_TYPE", "REFERENCE_NUMBER", "LISTED_ON")
KNOWN = frozenset(
    (
        *("VERSIONNUM", "FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME", "GENDER", "SUBMITTED_BY"),
        *("SUBMITTED_ON", "NAME_ORIGINAL_SCRIPT", "COMMENTS1", "NATIONALITY2", "TITLE", "DESIGNATION", "NATIONALITY"),
        *("LIST_TYPE", "LAST_DAY_UPDATED", "DELISTED_ON", "SORT_KEY", "SORT_KEY_LAST_MOD", "INDIVIDUAL_ALIAS"),
        *("INDIVIDUAL_ADDRESS", "INDIVIDUAL_DATE_OF_BIRTH", "INDIVIDUAL_PLACE_OF_BIRTH", "INDIVIDUAL_DOCUMENT"),
        *("ENTITY_ALIAS", "ENTITY_ADDRESS"),
    )
)


def gather(run: SourceRun, today: date) -> None:
    """Ask for the whole list."""
    for name in run.asks:
        run.fetch(HttpRequest(name, "/resources/xml/en/consolidated.xml"))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Read the list and count its entries."""
    listed, generated_on = parse(payload, ask, today)
    note = strict.set_aside_note(listed.rejected)
    counted = [
        {**row, "scope": f"{document}/{generated_on}", "note": note}
        for row in count(listed.rows, ask.lists, generated_on)
    ]
    result = ParseResult(counted, listed.rejected, judged=len(listed.rows) + len(listed.rejected), news=listed.news)
    if previous is not None:
        before, _ = parse(previous, ask.model_copy(update={"least_entries": 0}), today)
        result.held = strict.entries_missing(
            {row["data_id"] for row in before.rows}, {row["data_id"] for row in listed.rows}, len(listed.rejected)
        )
    return result


def parse(payload: bytes, ask: Ask, today: date) -> tuple[ParseResult, date]:
    """Return a row an entry, and the day on which the list was generated."""
    result = ParseResult()
    generated_on: date | None = None
    depth = number = 0
    for event, element in strict.stream_xml(payload):
        if event == "start":
            depth += 1
            if depth == 1:
                generated_on = _generated_on(element)
            elif depth == 2 and element.tag not in {"INDIVIDUALS", "ENTITIES"}:
                raise SourceChanged(f"has a new part <{element.tag[:40]}>")
            continue
        depth -= 1
        if depth == 2:
            number += 1
            _take(element, number, result)
            element.clear()
    assert generated_on is not None
    strict.refuse_duplicates(result.rows, "data_id")
    strict.refuse_future([generated_on, *(row["listed_on"] for row in result.rows)], today)
    entries = len(result.rows) + len(result.rejected)
    if entries < ask.least_entries:
        raise SourceChanged(f"has {entries} entries; fewer than {ask.least_entries} cannot be the whole list")
    return result, generated_on


def _generated_on(root: Element) -> date:
    if root.tag != "CONSOLIDATED_LIST":
        raise SourceChanged(f"begins with <{root.tag[:40]}>, not with the consolidated list")
    try:
        return datetime.fromisoformat(root.attrib.get("dateGenerated", "")).date()
    except ValueError as error:
        raise SourceChanged("does not say when it was generated") from error


def _take(element: Element, number: int, result: ParseResult) -> None:
    """Add an entry to the result, or set it aside."""
    if element.tag not in ENTRIES:
        raise SourceChanged(f"has an element <{element.tag[:40]}> among its entries")
    children = [child for child in element if child.tag in WANTED]
    for child in element:
        remark = f"new element <{child.tag[:40]}>, ignored"
        if child.tag not in WANTED and child.tag not in KNOWN and remark not in result.news:
            result.news.append(remark)
    texts = {child.tag: (child.text or "").strip() for child in children}
    try:
        result.rows.append(_understand(texts, number))
    except RowFault as fault:
        result.rejected.append(Rejected(number, str(fault), texts))


def _understand(texts: Mapping[str, str], number: int) -> Row:
    missing = [name for name in WANTED if not texts.get(name)]
    if missing:
        raise RowFault(f"lacks {missing[0]}")
    return {
        "row_number": number,
        "data_id": texts["DATAID"],
        "list": texts["UN_LIST_TYPE"],
        "reference": texts["REFERENCE_NUMBER"],
        "listed_on": strict.day(texts["LISTED_ON"][:10], name="LISTED_ON"),
    }


def count(entries: Sequence[Row], lists: Mapping[str, Sequence[str]], generated_on: date) -> list[Row]:
    """Return the number of entries on all lists, and on each wanted list by the beginning of the reference number."""
    totals = {"all": len(entries)}
    for name, prefixes in lists.items():
        beginnings = tuple(prefixes)
        totals[name] = sum(entry["reference"].startswith(beginnings) for entry in entries)
    return [
        {"row_number": number, "series": series, **strict.of_day(generated_on), "value": float(value)}
        for number, (series, value) in enumerate(totals.items(), start=1)
    ]
