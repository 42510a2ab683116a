"""UCDP's candidate events as CSV files, which need no token.

Belongs here: which files cover the time, their columns by name. Not here: which country and sides (sources.yaml), and
what a campaign is (sql/observe). A monthly file holds its month alone; files of several months hold all of theirs.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.html_page import read_page
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row, RowFault
from signposts.sources.ucdp_candidate.options import Ask

BASE_URL = "https://ucdp.uu.se"
INDEX = "/downloads/"
FOLDER = "/downloads/candidateged"
# v26_0_8 is August 2026; v26_01_26_06 is January to June 2026.
FILE = re.compile(r"GEDEvent_v((\d\d)_0_(\d{1,2})|(\d\d)_(\d\d)_(\d\d)_(\d\d))\.csv$", re.ASCII)
COLUMNS = ("id", "type_of_violence", "dyad_name", "side_a", "side_b", "country_id", "date_start", "date_end", "best")
STATE_BASED = "1"


def gather(run: SourceRun, today: date) -> None:
    """Ask for the list of files, then for the fewest that cover the years wanted."""
    for name, ask in run.asks.items():
        index = run.fetch(HttpRequest(f"{name}/index", INDEX), needed=True)
        if index is None:
            continue
        chosen = covering([row["detail"] for row in index.rows], ask.from_year)
        if not chosen:
            run.record_failure(f"lists no file that covers January {ask.from_year}")
        for version in chosen:
            run.fetch(HttpRequest(f"{name}/{version}", f"{FOLDER}/GEDEvent_{version}.csv"))


def span_of(version: str) -> tuple[date, date]:
    """Return the first and last day that a file covers, from its name.

    Raises:
        SourceChanged: the name is not one of a candidate file.
    """
    match = FILE.fullmatch(f"GEDEvent_{version}.csv")
    if match is None:
        raise SourceChanged(f"has a name that we do not know: {version[:40]!r}")
    if match[2]:
        first_year = last_year = 2000 + int(match[2])
        first = last = int(match[3])
    else:
        first_year, first, last_year, last = 2000 + int(match[4]), int(match[5]), 2000 + int(match[6]), int(match[7])
    if not (1 <= first <= 12 and 1 <= last <= 12 and (first_year, first) <= (last_year, last)):
        raise SourceChanged(f"has a name with months that are none: {version[:40]!r}")
    return date(first_year, first, 1), date(last_year, last, monthrange(last_year, last)[1])


def covering(versions: Iterable[str], from_year: int) -> list[str]:
    """Return the fewest files that cover the time from a year's beginning without a gap, in order."""
    spans = {version: span_of(version) for version in versions}
    chosen: list[str] = []
    due = date(from_year, 1, 1)
    while True:
        next_ones = [version for version, (start, end) in spans.items() if start <= due <= end]
        if not next_ones:
            return chosen
        longest = max(next_ones, key=lambda version: (spans[version][1], version))
        chosen.append(longest)
        due = spans[longest][1] + timedelta(days=1)


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Read the list of files, or a file."""
    version = document.partition("/")[2]
    if version == "index":
        return parse_index(payload)
    return parse(payload, ask, version, today)


def parse_index(payload: bytes) -> ParseResult:
    """Return a row a candidate file that the page links to."""
    names = sorted({match[1] for link in read_page(payload).links if (match := FILE.search(link))})
    if not names:
        raise SourceChanged("is a web page that links to no candidate file")
    rows: list[Row] = [
        {"row_number": place, "series": "file", "detail": f"v{name}"} for place, name in enumerate(names)
    ]
    return ParseResult(rows, judged=len(rows), auxiliary=True)


def parse(payload: bytes, ask: Ask, version: str, today: date) -> ParseResult:
    """Return the wanted events, and a row for the file itself, so that a month without any is known to be read."""
    start, end = span_of(version)
    table = strict.read_table(strict.decode(payload), COLUMNS)
    result = strict.set_aside(
        table.lines, lambda number, line: _understand(strict.columns(line, table.names), ask, start, end)
    )
    result.counted = True
    strict.refuse_duplicates(result.rows, "event_id")
    days = {row["period_start"] for row in result.rows}
    if absent := [day for day in ask.anchors if start <= day <= end and day not in days]:
        raise SourceChanged(f"has no event of {absent[0]}, which must be there")
    strict.refuse_future([start], today)
    whole: Row = {"row_number": 0, "series": "file", "event_id": None, "period_start": start, "period_end": end}
    result.rows.insert(0, whole)
    return result


def _understand(line: Mapping[str, str], ask: Ask, start: date, end: date) -> Row | None:
    """Return a wanted event; None for another country, another kind of violence, or other sides."""
    country = strict.whole(line["country_id"], 1, 999, "country_id")
    sides = (line["side_a"], line["side_b"])
    if country != ask.country or line["type_of_violence"] != STATE_BASED:
        return None
    if not any(attacker in side for attacker in ask.attackers for side in sides):
        return None
    first, last = (strict.day(line[name][:10], name=name) for name in ("date_start", "date_end"))
    if not first <= last or not start <= last or first > end:
        raise RowFault(f"an event of {first} to {last} does not belong to the file")
    return {
        "series": "event",
        "event_id": strict.whole(line["id"], 1, name="id"),
        "period_start": first,
        "period_end": last,
        "value": strict.number(line["best"], 0, 1e6, "best"),
        "dyad": strict.word(line["dyad_name"], "dyad_name"),
    }
