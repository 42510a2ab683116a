"""World Bank v2: yearly indicators of countries, one call for all of them.

Belongs here: the address and the shape of the answer. Not here: which indicator or countries (sources.yaml).
"""

from datetime import date
from typing import Any

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row
from signposts.sources.world_bank.options import Ask

BASE_URL = "https://api.worldbank.org"
PER_PAGE = 20_000
PAGE_FIELDS = ("page", "pages", "per_page", "total", "lastupdated")
ROW_FIELDS = ("indicator", "countryiso3code", "date", "value", "unit", "obs_status")
KNOWN_FIELDS = frozenset({*ROW_FIELDS, "country", "decimal"})
# What the publisher marks with it is a forecast, no observation.
FORECAST = "F"


def gather(run: SourceRun, today: date) -> None:
    """Ask for each document: one call a document, never a second page."""
    for name, ask in run.asks.items():
        address = f"/v2/country/{';'.join(ask.countries)}/indicator/{ask.indicator}"
        query = {"format": "json", "date": f"{ask.from_year}:{today.year}", "per_page": str(PER_PAGE)}
        run.fetch(HttpRequest(name, address, query))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Return a row a country and year that has a value."""
    answer = strict.listing(strict.read_json(payload), "the answer")
    if len(answer) == 1:
        raise SourceChanged(f"answers with an error: {strict.excerpt(str(answer[0]))}")
    if len(answer) != 2:
        raise SourceChanged(f"has {len(answer)} parts, not two")
    about = strict.fields(answer[0], PAGE_FIELDS, "the first part")
    records = strict.listing([] if answer[1] is None else answer[1], "the second part")
    if about["pages"] not in (0, 1) or about["page"] not in (0, 1):
        raise SourceChanged(f"is page {about['page']!r} of {about['pages']!r}; only one was expected")
    if about["total"] != len(records):
        raise SourceChanged(f"announces {about['total']!r} rows and has {len(records)}")
    try:
        published_on = strict.day(about["lastupdated"], name="lastupdated")
    except strict.RowFault as fault:
        raise SourceChanged(str(fault)) from fault
    strict.refuse_future([published_on], today)
    result = strict.set_aside(
        enumerate(records, start=1), lambda number, record: _understand(record, ask, published_on)
    )
    strict.refuse_duplicates(result.rows, "series", "period_start")
    strict.refuse_future((row["period_start"] for row in result.rows), today)
    result.missing = strict.missing_series(ask.countries, result.rows)
    result.held = strict.step_of_unit(result.rows)
    forecasts = sum(record.get("obs_status") == FORECAST for record in records if isinstance(record, dict))
    result.news = strict.new_fields(records, KNOWN_FIELDS)
    result.news += [f"{forecasts} forecasts left out"] if forecasts else []
    return result


def _understand(record: Any, ask: Ask, published_on: date) -> Row | None:
    """Return a record as a row; None for a year without a value."""
    strict.fields(record, ROW_FIELDS)
    indicator = strict.fields(record["indicator"], ("id", "value"), where="the indicator")
    if indicator["id"] != ask.indicator:
        raise SourceChanged(f"speaks of {str(indicator['id'])[:40]!r}, not {ask.indicator}")
    if record["unit"] not in ("", None) or ask.unit not in str(indicator["value"]):
        unit = f"{str(indicator['value'])[:60]} {str(record['unit'])[:20]}".strip()
        raise SourceChanged(f"has another unit: {unit!r} instead of {ask.unit}")
    code = strict.word(record["countryiso3code"], "country")
    if code not in ask.countries:
        raise SourceChanged(f"speaks of {code[:10]!r}, which was not asked for")
    with strict.about(code):
        start, end = strict.year_span(record["date"])
    if record["value"] is None or record["obs_status"] == FORECAST or start.year < ask.from_year:
        return None
    with strict.about(code, start):
        return {
            "series": code,
            "period_start": start,
            "period_end": end,
            "value": strict.number(record["value"], *ask.value_range),
            "published_on": published_on,
            "obs_status": str(record["obs_status"] or ""),
        }
