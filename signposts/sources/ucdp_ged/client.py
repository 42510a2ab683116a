"""UCDP's georeferenced events, a page of a thousand at a time, with a token.

Belongs here: pages and the fields of an event. Not here: which countries (sources.yaml). Every page must be there
before a year is added up: sql/observe/candidate_ucdp_ged.sql sees to that.
"""

import os
from datetime import date
from typing import Any

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row, RowFault
from signposts.sources.ucdp_ged.options import Ask

BASE_URL = "https://ucdpapi.pcr.uu.se"
PAGE_SIZE = 1000
MOST_PAGES = 300
ANSWER_FIELDS = ("TotalCount", "TotalPages", "PreviousPageUrl", "NextPageUrl", "Result")
WANTED = ("id", "country_id", "type_of_violence", "date_start", "date_end", "best", "high", "low")
KNOWN_FIELDS = frozenset(
    {
        *WANTED,
        *("relid", "year", "active_year", "code_status", "conflict_dset_id", "conflict_new_id", "conflict_name"),
        *("dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a", "side_b_dset_id"),
        *("side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office", "source_date"),
        *("source_headline", "source_original", "where_prec", "where_coordinates", "where_description"),
        *(
            "adm_1",
            "adm_2",
            "latitude",
            "longitude",
            "geom_wkt",
            "priogrid_gid",
            "country",
            "region",
            "event_clarity",
            "date_prec",
        ),
        *("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "gwnoa", "gwnob", "gwno_a", "gwno_b"),
    }
)


def gather(run: SourceRun, today: date) -> None:
    """Ask for each country's events, page after page until the last."""
    token = os.environ.get(run.source.secret or "", "")
    for name, ask in run.asks.items():
        page = pages = 0
        while page <= max(pages - 1, 0) and page < MOST_PAGES:
            paging = {"pagesize": str(PAGE_SIZE), "page": str(page)}
            query = {**paging, "Country": str(ask.country), "StartDate": str(ask.first_day)}
            address, headers = f"/api/gedevents/{ask.version}", {"x-ucdp-access-token": token}
            result = run.fetch(HttpRequest(f"{name}/{page}", address, query, headers), needed=page == 0)
            if page == 0:
                if result is None:
                    break
                pages = max((row["total_pages"] for row in result.rows), default=0)
            page += 1


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Return a row an event: its days and the best, low and high estimate of deaths."""
    answer = strict.fields(strict.read_json(payload), ANSWER_FIELDS, where="the answer")
    events = strict.listing(answer["Result"], "the result")
    try:
        total = strict.whole(answer["TotalCount"], 0, 1e7, "TotalCount")
        pages = strict.whole(answer["TotalPages"], 0, MOST_PAGES, "TotalPages")
    except RowFault as fault:
        raise SourceChanged(str(fault)) from fault
    page = int(document.partition("/")[2] or 0)
    announced = total - page * PAGE_SIZE if page >= pages - 1 else PAGE_SIZE
    if len(events) != announced:
        raise SourceChanged(f"has {len(events)} of {announced} events; the country is held back")
    result = strict.set_aside(
        enumerate(events, start=1),
        lambda number, event: {**_understand(event, ask), "total": total, "total_pages": pages},
    )
    if result.rejected:
        first = result.rejected[0]
        raise SourceChanged(
            f"{len(result.rejected)} of {len(events)} events cannot be used, for example {first.row_number}: "
            f"{first.reason}; no year of the country can be added up, so it is held back"
        )
    strict.refuse_duplicates(result.rows, "event_id")
    result.news = strict.new_fields(events, KNOWN_FIELDS)
    strict.refuse_future((row["period_start"] for row in result.rows), today)
    return result


def _understand(event: Any, ask: Ask) -> Row:
    strict.fields(event, WANTED)
    country = strict.whole(event["country_id"], 1, 1e4, "country_id")
    if country != ask.country:
        raise SourceChanged(f"speaks of the country {country}, which was not asked for")
    best, low, high = (strict.whole(event[name], 0, 1e7, name) for name in ("best", "low", "high"))
    if not low <= best <= high:
        raise RowFault(f"best {best} is not between low {low} and high {high}")
    start = strict.day(str(event["date_start"])[:10], name="date_start")
    end = strict.day(str(event["date_end"])[:10], name="date_end")
    if end < start:
        raise RowFault(f"ends on {end}, before it starts on {start}")
    return {
        "series": str(country),
        "event_id": strict.whole(event["id"], 1, 1e12, "id"),
        "period_start": start,
        "period_end": end,
        "value": float(best),
        "value_low": float(low),
        "value_high": float(high),
        "type_of_violence": strict.whole(event["type_of_violence"], 1, 3, "type_of_violence"),
    }
