"""GDELT DOC 2.0: how many articles a day match a query.

Belongs here: the address and the timeline's shape. Not here: which queries (sources.yaml). Errors come as pages with
status 200. The start is fixed and the end is today, so that a document's days never leave it.
"""

from datetime import date
from typing import Any

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.gdelt_doc.options import Ask
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row

BASE_URL = "https://api.gdeltproject.org"
SERIES = "Article Count"
DAY_PATTERN = "%Y%m%dT%H%M%SZ"
MOST_ARTICLES = 1e8
ROW_FIELDS = ("date", "value", "norm")
KNOWN_FIELDS = frozenset(ROW_FIELDS)


def gather(run: SourceRun, today: date) -> None:
    """Ask for each query's timeline, whole days only."""
    for name, ask in run.asks.items():
        span = {"startdatetime": f"{ask.first_day:%Y%m%d}000000", "enddatetime": f"{today:%Y%m%d}000000"}
        query = {"query": ask.query, "mode": "timelinevolraw", "format": "json", **span}
        run.fetch(HttpRequest(name, "/api/v2/doc/doc", query))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Return a row a day: articles that match, and all articles watched."""
    answer = strict.read_json(payload)
    if answer == {}:
        raise SourceChanged("says that nothing was found")
    strict.fields(answer, ("timeline",), "the answer")
    series = strict.listing(answer["timeline"], "the timeline")
    if len(series) > 1:
        raise SourceChanged(f"has {len(series)} series; only one was asked for")
    rows: list[Any] = []
    for part in series:
        one = strict.fields(part, ("series", "data"), where="the series")
        if one["series"] != SERIES:
            raise SourceChanged(f"has another unit: {str(one['series'])[:40]!r} instead of {SERIES!r}")
        rows = strict.listing(one["data"], "the data")
    start = ask.first_day
    result = strict.set_aside(enumerate(rows, start=1), lambda number, record: _understand(record, start))
    strict.refuse_duplicates(result.rows, "period_start")
    strict.refuse_future((row["period_start"] for row in result.rows), today)
    result.news = strict.new_fields(rows, KNOWN_FIELDS) + strict.new_fields([answer], {"timeline", "query_details"})
    return result


def _understand(record: Any, start: date) -> Row:
    strict.fields(record, ROW_FIELDS)
    with strict.about(SERIES):
        day = strict.day(record["date"], DAY_PATTERN)
    if day < start:
        raise SourceChanged(f"holds {day}, before the days asked for")
    with strict.about(SERIES, day):
        value = strict.whole(record["value"], 0, MOST_ARTICLES)
        norm = strict.whole(record["norm"], 0, MOST_ARTICLES, "norm")
        if value > norm:
            raise strict.RowFault(f"value {value} is more than all articles watched, {norm}")
        return {"series": SERIES, **strict.of_day(day), "value": float(value), "norm": float(norm)}
