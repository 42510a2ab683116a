"""IMF International Trade in Goods by partner country (IMTS), SDMX 2.1 as CSV.

Belongs here: the address, the key, the columns. Not here: which countries (sources.yaml). OBS_VALUE is plain US dollars
although SCALE says 6; DERIVATION_TYPE and STATUS separate reported from estimated values and are kept as they come.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.http import HttpRequest
from signposts.sources.imf_imts.options import Ask
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row

BASE_URL = "https://api.imf.org"
ACCEPT = "application/vnd.sdmx.data+csv;version=1.0.0"
SERIES = ("XG_FOB_USD", "MG_CIF_USD")
NEEDED = ("COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY", "TIME_PERIOD", "OBS_VALUE", "UNIT")
# Columns that a recorded answer has beside them; the metadata among them come and go.
KNOWN = frozenset(
    (
        *("DATAFLOW", "SCALE", "PRECISION", "DECIMALS_DISPLAYED", "TRADE_FLOW", "VALUATION", "DERIVATION_TYPE"),
        *("OVERLAP", "STATUS", "DOI", "FULL_DESCRIPTION", "AUTHOR", "PUBLISHER", "DEPARTMENT", "CONTACT_POINT"),
        *("TOPIC", "TOPIC_DATASET", "KEYWORDS", "KEYWORDS_DATASET", "LANGUAGE", "PUBLICATION_DATE", "UPDATE_DATE"),
        *("METHODOLOGY", "METHODOLOGY_NOTES", "ACCESS_SHARING_LEVEL", "ACCESS_SHARING_NOTES"),
        *("SECURITY_CLASSIFICATION", "SOURCE", "SHORT_SOURCE_CITATION", "FULL_SOURCE_CITATION", "LICENSE"),
        *("SUGGESTED_CITATION", "KEY_INDICATOR", "SERIES_NAME"),
    )
)
MONTH = re.compile(r"(\d{4})-M(\d{2})", re.ASCII)
DOLLARS = frozenset({"", "USD", "US dollar", "US Dollar"})
# More than all the goods that the world trades in a year.
LARGEST_TRADE_USD = 1e14


def gather(run: SourceRun, today: date) -> None:
    """Ask for each directed pair and frequency; a wrong key is answered with no rows, which the visit refuses."""
    for name, ask in run.asks.items():
        key = f"{ask.country}.{'+'.join(SERIES)}.{ask.counterpart}.{ask.frequency}"
        address = f"/external/sdmx/2.1/data/IMF.STA,IMTS/{key}"
        run.fetch(HttpRequest(name, address, {"startPeriod": str(ask.from_year)}, {"Accept": ACCEPT}))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Return a row a series and period; values in US dollars."""
    table = strict.read_table(strict.decode(payload), NEEDED, KNOWN)
    result = strict.set_aside(
        table.lines, lambda number, line: _understand(strict.columns(line, table.names), ask, today)
    )
    if not result.rows and not result.rejected:
        raise SourceChanged("is empty: a header and no observation; perhaps the key is wrong")
    strict.refuse_duplicates(result.rows, "series", "period_start")
    strict.refuse_future((row["period_start"] for row in result.rows), today)
    result.missing = strict.missing_series(SERIES, result.rows)
    result.held = strict.step_of_unit(result.rows)
    result.news = table.news
    return result


def _understand(line: Mapping[str, str], ask: Ask, today: date) -> Row | None:
    """Return a line as a row; None for a line of metadata, or where the publisher has no value."""
    if not line["TIME_PERIOD"] and not line["OBS_VALUE"]:
        return None
    spoken_of = (line["COUNTRY"], line["COUNTERPART_COUNTRY"], line["FREQUENCY"])
    if spoken_of != (ask.country, ask.counterpart, ask.frequency):
        raise SourceChanged(f"speaks of {' '.join(spoken_of)[:60]!r}, which was not asked for")
    if line["INDICATOR"] not in SERIES:
        raise SourceChanged(f"has a series {line['INDICATOR'][:40]!r}, which was not asked for")
    if line["UNIT"] not in DOLLARS:
        raise SourceChanged(f"has another unit: {line['UNIT'][:40]!r} instead of US dollars")
    with strict.about(line["INDICATOR"]):
        start, end = _span(line["TIME_PERIOD"], ask.frequency)
    if line["OBS_VALUE"] == "" or start.year < ask.from_year:
        return None
    derivation, status = line.get("DERIVATION_TYPE", ""), line.get("STATUS", "")
    with strict.about(line["INDICATOR"], start):
        return {
            "series": line["INDICATOR"],
            "period_start": start,
            "period_end": end,
            "value": strict.number(line["OBS_VALUE"], 0, LARGEST_TRADE_USD),
            "frequency": line["FREQUENCY"],
            "derivation_type": derivation,
            "obs_status": status,
            "published_on": _published_on(line.get("UPDATE_DATE", ""), today),
            "note": f"derivation {derivation}, status {status}",
        }


def _published_on(updated: str, today: date) -> date | None:
    """Return the day of the publisher's last update; None where it gives none."""
    if not updated:
        return None
    day = strict.day(updated[:10], name="UPDATE_DATE")
    if day > today + timedelta(days=1):
        raise SourceChanged(f"was updated in the future, {day}")
    return day


def _span(period: str, frequency: str) -> tuple[date, date]:
    """Return the first and last day of a period such as 2024 or 2024-M03."""
    if frequency == "A":
        return strict.year_span(period)
    match = MONTH.fullmatch(period)
    if match is None:
        raise strict.RowFault(f"period {period[:20]!r} is no month")
    return strict.month_span(int(match[1]), int(match[2]))
