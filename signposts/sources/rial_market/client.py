"""The archive of open-market rial rates.

Belongs here: the one file and its shape. Not here: which currencies (sources.yaml). Rates are in toman.
"""

from datetime import date
from typing import Any

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.http import HttpRequest
from signposts.sources.rial_market.options import Ask
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row, RowFault

BASE_URL = "https://raw.githubusercontent.com/SamadiPour/rial-exchange-rates-archive"
DAY_PATTERN = "%Y/%m/%d"
LARGEST_RATE = 1e9
KNOWN_FIELDS = frozenset({"sell", "buy", "name"})


def gather(run: SourceRun, today: date) -> None:
    """Ask for the archive's file."""
    for name, ask in run.asks.items():
        run.fetch(HttpRequest(name, ask.path))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Return a row a day and wanted currency: the selling rate in toman, and the buying rate."""
    days = strict.fields_of_any_name(strict.read_json(payload), "the file")
    start = ask.first_day
    records = [(day, strict.fields_of_any_name(rates, f"the day {day[:20]!r}")) for day, rates in days.items()]
    result = strict.set_aside(
        enumerate(((day, code, rates.get(code)) for day, rates in records for code in ask.currencies), start=1),
        lambda number, quote: _understand(quote[0], quote[1], quote[2], start),
    )
    strict.refuse_future((row["period_start"] for row in result.rows), today)
    strict.refuse_duplicates(result.rows, "series", "period_start")
    result.missing = strict.missing_series(ask.currencies, result.rows) if result.rows else []
    if not result.rows and not result.rejected:
        raise SourceChanged(f"has no rate of {', '.join(ask.currencies)} since {start}")
    result.held = strict.step_of_unit(result.rows, ask.steps)
    quotes = (rates.get(code) for rates in days.values() for code in ask.currencies)
    result.news = strict.new_fields(quotes, KNOWN_FIELDS)
    return result


def _understand(day_text: str, code: str, quote: Any, start: date) -> Row | None:
    """Return a quote as a row; None for a day without one, or before the days wanted."""
    with strict.about(code):
        day = strict.day(day_text, DAY_PATTERN)
    if quote is None or day < start:
        return None
    with strict.about(code, day):
        strict.fields(quote, ("sell", "buy"), f"the rate of {code}")
        sell = strict.number(quote["sell"], 1, LARGEST_RATE, "sell")
        buy = strict.number(quote["buy"], 1, LARGEST_RATE, "buy")
        if not 0.5 < buy / sell < 2:
            raise RowFault(f"sell {sell:g} and buy {buy:g} cannot both be right")
        return {"series": code, **strict.of_day(day), "value": sell, "buy": buy}
