"""The IAEA's Power Reactor Information System: web pages, no data service.

Belongs here: the addresses, the identifiers of the parts. Not here: which reactor (sources.yaml).
"""

import re
from datetime import date

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.html_page import Page, read_page
from signposts.sources.http import HttpRequest
from signposts.sources.iaea_pris.options import Ask
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, RowFault

BASE_URL = "https://pris.iaea.org"
FOLDER = "/PRIS/CountryStatistics"
PREFIX = "MainContent_MainContent_"
# The links of a country's page lead to scripts; their identifiers end in the row's number, their texts are the names.
REACTOR = re.compile(PREFIX + r"rptCountryReactors_hypReactorName_\d+", re.ASCII)
NO_DATE = frozenset({"", "N/A"})


def gather(run: SourceRun, today: date) -> None:
    """Ask for each reactor's page and for its country's."""
    for name, ask in run.asks.items():
        run.fetch(HttpRequest(f"{name}/reactor", f"{FOLDER}/ReactorDetails.aspx", {"current": str(ask.reactor)}))
        run.fetch(HttpRequest(f"{name}/country", f"{FOLDER}/CountryDetails.aspx", {"current": ask.country}))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Read a reactor's page, or a country's."""
    page = read_page(payload)
    if b"Errorpage" in payload[:2000]:
        raise SourceChanged("is a web page that reports an error")
    if document.partition("/")[2] == "country":
        return parse_country(page, ask)
    return parse_reactor(page, ask, today)


def parse_reactor(page: Page, ask: Ask, today: date) -> ParseResult:
    """Return one row: whether the reactor has no date of its first power to the grid."""
    name, start = _part(page, "lblReactorName"), _day(_part(page, "lblConstructionStartDate"))
    if ask.name not in name or start != ask.construction_start:
        raise SourceChanged(
            f"is a web page about {name[:40]!r}, begun on {start}, not of {ask.name}, {ask.construction_start}"
        )
    connected = _day(_part(page, "lblGridConnectionDate"))
    strict.refuse_future([connected] if connected else [], today)
    status = _part(page, "lblReactorStatus")
    detail = f"{name}: {status}, first power to the grid {connected or 'not yet'}"
    return ParseResult(
        [{"row_number": 1, "series": "grid", "holds": connected is None, "detail": detail, "dated": connected}],
        judged=1,
    )


def _part(page: Page, name: str) -> str:
    if PREFIX + name not in page.parts:
        raise SourceChanged(f"is a web page that lacks the part {name!r}")
    return page.parts[PREFIX + name]


def _day(text: str) -> date | None:
    """Return a day such as 20 Jul, 1976; None where the page has none."""
    if text in NO_DATE:
        return None
    try:
        return strict.day(text, "%d %b, %Y")
    except RowFault as fault:
        raise SourceChanged(str(fault)) from fault


def parse_country(page: Page, ask: Ask) -> ParseResult:
    """Return one row: whether the country's reactors are all known ones."""
    listed = [text for name, text in page.parts.items() if REACTOR.fullmatch(name)]
    if missing := [name for name in ask.known if name not in listed]:
        raise SourceChanged(
            f"is a web page that lists {len(listed)} reactors without {missing[0]}, which must be there"
        )
    new = [name for name in listed if name not in ask.known]
    detail = f"reactors {', '.join(listed)}" + (f", of which new: {', '.join(new)}" if new else "")
    return ParseResult([{"row_number": 1, "series": "no_new_reactor", "holds": not new, "detail": detail}], judged=1)
