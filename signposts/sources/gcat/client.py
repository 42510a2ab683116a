"""GCAT, J. McDowell's catalogue of space objects: satellites, launches and launch sites.

Belongs here: the three files, their fields. Not here: whose satellites from where (sources.yaml), and how they are
joined (sql/observe). In some copies a measure and its mark are one field, so that rows are shorter than the header: the
list of satellites is read up to its field State only, a launch's code is counted from the row's end.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.gcat.options import Ask
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row, RowFault

BASE_URL = "https://planet4589.org"
FILES = {
    "satcat": "/space/gcat/tsv/cat/satcat.tsv",
    "launch": "/space/gcat/tsv/launch/launch.tsv",
    "sites": "/space/gcat/tsv/tables/sites.tsv",
}
SATELLITE_FIELDS = ("JCAT", "Satcat", "Launch_Tag", "Piece", "Type", "Name", "PLName", "LDate")
STATE_PLACE = 15
# LaunchCode begins with O for orbit or D for deep space, then S or F, then perhaps the share that succeeded: OS95.
ORBITAL = ("O", "D")
DAY = re.compile(r"(\d{4}) +([A-Z][a-z]{2}) +(\d{1,2})", re.ASCII)


def gather(run: SourceRun, today: date) -> None:
    """Ask for the three files."""
    for name in run.asks:
        for part, path in FILES.items():
            run.fetch(HttpRequest(f"{name}/{part}", path))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Read one of the three files."""
    parsers: Mapping[str, Callable[[bytes, Ask, date], ParseResult]] = {
        "satcat": parse_satellites,
        "launch": parse_launches,
        "sites": parse_sites,
    }
    return parsers[document.partition("/")[2]](payload, ask, today)


def _lines(payload: bytes) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the names of the header, and each line's number and fields; comments and blank lines are left out."""
    rows = strict.decode(payload).split("\n")
    if not rows[0].startswith("#"):
        raise SourceChanged("has no header that begins with #")
    body = (
        (number, [value.strip() for value in row.split("\t")])
        for number, row in enumerate(rows[1:], start=2)
        if row.strip() and not row.startswith("#")
    )
    return rows[0].removeprefix("#").strip().split("\t"), body


def _places(header: Sequence[str], *columns: tuple[str, ...]) -> list[int]:
    """Return where the wanted columns stand; each may have had other names."""
    places = []
    for names in columns:
        positions = [header.index(name) for name in names if name in header]
        if not positions:
            raise SourceChanged(f"lacks the column {names[0]!r}")
        places.append(positions[0])
    return places


def parse_satellites(payload: bytes, ask: Ask, today: date) -> ParseResult:
    """Return a row a payload of the owner; every launch that must be there must have one."""
    header, body = _lines(payload)
    if tuple(header[: len(SATELLITE_FIELDS)]) != SATELLITE_FIELDS or header[STATE_PLACE : STATE_PLACE + 1] != ["State"]:
        raise SourceChanged("has its first columns in another order, or others")
    result = strict.set_aside(body, lambda number, line: _satellite(line, ask))
    result.counted = True
    strict.refuse_duplicates(result.rows, "object")
    strict.refuse_future((row["period_start"] for row in result.rows), today)
    _refuse_without({row["launch"] for row in result.rows}, ask)
    return result


def _satellite(line: Sequence[str], ask: Ask) -> Row | None:
    if len(line) <= STATE_PLACE:
        raise RowFault(f"has {len(line)} fields, fewer than {STATE_PLACE + 1}")
    if not line[4].startswith("P") or line[STATE_PLACE] != ask.owner or not line[2][:4].isdecimal():
        return None
    if int(line[2][:4]) < ask.from_year:
        return None
    return {
        "series": "satellite",
        "object": strict.word(line[0], "JCAT"),
        "launch": line[2],
        "name": strict.word(line[5], "Name"),
        "period_start": _day(line[7]),
    }


def _day(text: str) -> date:
    """Return a day such as 2024 Nov  4, with a question mark where it is uncertain."""
    match = DAY.match(text)
    if match is None:
        raise RowFault(f"{text[:20]!r} is no day")
    try:
        return datetime.strptime(" ".join(match.groups()), "%Y %b %d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise RowFault(f"{text[:20]!r} is no day") from error


def _refuse_without(tags: set[str], ask: Ask) -> None:
    if missing := [tag for tag in ask.launches if tag not in tags]:
        raise SourceChanged(f"lacks the launch {missing[0]}, which must be there")


def parse_launches(payload: bytes, ask: Ask, today: date) -> ParseResult:
    """Return a row a launch to orbit: where from, and whether it got there."""
    header, body = _lines(payload)
    tag, day, site, code = _places(
        header, ("Launch_Tag",), ("Launch_Date",), ("Launch_Site",), ("LaunchCode", "Launch_Code")
    )
    # Counted from the end: in between, measures and their marks are one field or two.
    code -= len(header)

    def launch(line: Sequence[str]) -> Row | None:
        if len(line) + code <= max(tag, day, site):
            raise RowFault(f"has {len(line)} fields, too few for a launch")
        # Missiles and sounding rockets, many without an exact day, concern nobody here.
        if not line[tag][:4].isdecimal() or int(line[tag][:4]) < ask.from_year or line[code][:1] not in ORBITAL:
            return None
        return {
            "series": "launch",
            "launch": line[tag],
            "site": strict.word(line[site], "Launch_Site"),
            "code": line[code],
            "period_start": _day(line[day]),
        }

    result = strict.set_aside(body, lambda number, line: launch(line))
    result.counted = True
    strict.refuse_duplicates(result.rows, "launch")
    strict.refuse_future((row["period_start"] for row in result.rows), today)
    _refuse_without({row["launch"] for row in result.rows if row["code"].startswith("OS")}, ask)
    return result


def parse_sites(payload: bytes, ask: Ask, today: date) -> ParseResult:
    """Return a row a launch site of the state."""
    header, body = _lines(payload)
    site, state = _places(header, ("Site",), ("StateCode",))

    def launch_site(line: Sequence[str]) -> Row | None:
        if len(line) <= max(site, state):
            raise RowFault(f"has {len(line)} fields, fewer than {max(site, state) + 1}")
        if line[state] != ask.launched_from:
            return None
        return {"series": "site", "site": strict.word(line[site], "Site")}

    result = strict.set_aside(body, lambda number, line: launch_site(line))
    result.counted = True
    sites = {row["site"] for row in result.rows}
    if missing := [name for name in ask.sites if name not in sites]:
        raise SourceChanged(f"does not place {missing[0]} in {ask.launched_from}, where it must be")
    return result
