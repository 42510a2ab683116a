"""The Financial Action Task Force's list of countries with a call for action: a web page after each plenary.

Belongs here: the page of the newest plenary, its headings. Not here: which country (sources.yaml).
"""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from signposts.errors import SourceChanged
from signposts.sources.fatf.options import Ask
from signposts.sources.html_page import read_page
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult

BASE_URL = "https://www.fatf-gafi.org"
FOLDER = "/en/publications/High-risk-and-other-monitored-jurisdictions"


def gather(run: SourceRun, today: date) -> None:
    """Ask for the page of the newest plenary whose month is over."""
    for name, ask in run.asks.items():
        month = newest_plenary(ask.months, today)
        page = f"call-for-action-{calendar.month_name[month.month].lower()}-{month.year}.html"
        run.fetch(HttpRequest(f"{name}/{month:%Y-%m}", f"{FOLDER}/{page}"))


def newest_plenary(months: Sequence[int], today: date) -> date:
    """Return the first day of the newest plenary's month that has ended by a day."""
    month = today.replace(day=1)
    while True:
        month = (month - timedelta(days=1)).replace(day=1)
        if month.month in months:
            return month


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Return one row: whether the country stands on the list, valid to the end of the plenary's month."""
    headings = read_page(payload).headings
    listed = any(ask.country in heading for heading in headings)
    if not listed and not any(ask.control in heading for heading in headings):
        raise SourceChanged(
            f"is a web page whose headings name neither {ask.country} nor {ask.control}: {'; '.join(headings)[:80]!r}"
        )
    month = date.fromisoformat(f"{document.partition('/')[2]}-01")
    last_day = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    detail = f"{ask.country} is {'on' if listed else 'not on'} the list of the plenary of {month:%B %Y}"
    return ParseResult(
        [{"row_number": 1, "series": "listed", "holds": listed, "detail": detail, "valid_until": last_day}], judged=1
    )
