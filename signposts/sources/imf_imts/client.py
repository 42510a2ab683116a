"""IMF International Trade in Goods by partner country (IMTS), SDMX 2.1 as CSV.

Belongs here: the address, the key, the columns. Not here: which countries (sources.yaml). OBS_VALUE is plain US dollars
although SCALE says 6; DERIVATION_TYPE and STATUS separate reported from estimated values and are kept as they come.
"""

import re
from collections.abc import Mapping
from datetime import date

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.http import HttpRequest
from signposts.sources.imf_imts.options import Ask
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row

BASE_URL = "https://api.imf.org"
ACCEPT = "application/vnd.sdmx.data+csv;version=1.0.0"
SERIES = ("XG_FOB_USD", "MG_CIF_USD")
COLUMNS = (
    "DATAFLOW",
    "COUNTRY",
    "INDICATOR",
    "COUNTERPART_COUNTRY",
    "FREQUENCY",
    "TIME_PERIOD",
    "OBS_VALUE",
    "SCALE",
    "PRECISION",
    "DECIMALS_DISPLAYED",
    "TRADE_FLOW",
    "VALUATION",
    "UNIT",
    "DERIVATION_TYPE",
    "OVERLAP",
    "STATUS",
)
MONTH = re.compile(r"(\d{4})-M(\d{2})", re.ASCII)
DOLLARS = frozenset({"", "USD", "US dollar", "US Dollar"})
# More than all the goods that the world trades in a year.
LARGEST_TRADE_USD = 1e14


def gather(run: SourceRun, today: date) -> None:
    """Ask for each directed pair and frequency; a wrong key is answered with no rows, which the visit refuses."""
    for name, ask in run.asks.items():
        key = f"{ask.country}.{'+'.join(SERIES)}.{ask.counterpart}.{ask.frequency}"
        run.fetch(
            HttpRequest(
                name,
                f"/external/sdmx/2.1/data/IMF.STA,IMTS/{key}",
                {"startPeriod": str(ask.from_year)},
                {"Accept": ACCEPT},
            )
        )


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Read a document as sources.yaml asks for it."""
    return parse(payload, ask, today)


def parse(payload: bytes, ask: Ask, today: date) -> ParseResult:
    """Return a row a series and period; values in US dollars."""
    lines = strict.read_csv(strict.decode(payload), COLUMNS)
    result = strict.set_aside(lines, lambda number, line: _understand(strict.columns(line, COLUMNS), ask))
    strict.refuse_duplicates(result.rows, "series", "period_start")
    strict.refuse_future((row["period_start"] for row in result.rows), today)
    return result


def _understand(line: Mapping[str, str], ask: Ask) -> Row | None:
    """Return a line as a row; None where the publisher has no value."""
    found = (line["COUNTRY"], line["COUNTERPART_COUNTRY"], line["FREQUENCY"])
    if found != (ask.country, ask.counterpart, ask.frequency):
        raise SourceChanged(f"speaks of {' '.join(found)[:60]!r}, which was not asked for")
    if line["INDICATOR"] not in SERIES:
        raise SourceChanged(f"has a series {line['INDICATOR'][:40]!r}, which was not asked for")
    if line["UNIT"] not in DOLLARS:
        raise SourceChanged(f"has another unit: {line['UNIT'][:40]!r} instead of US dollars")
    start, end = _span(line["TIME_PERIOD"], ask.frequency)
    if line["OBS_VALUE"] == "":
        return None
    return {
        "series": line["INDICATOR"],
        "period_start": start,
        "period_end": end,
        "value": strict.number(line["OBS_VALUE"], 0, LARGEST_TRADE_USD),
        "frequency": line["FREQUENCY"],
        "derivation_type": line["DERIVATION_TYPE"],
        "obs_status": line["STATUS"],
        "note": f"derivation {line['DERIVATION_TYPE']}, status {line['STATUS']}",
    }


def _span(period: str, frequency: str) -> tuple[date, date]:
    """Return the first and last day of a period such as 2024 or 2024-M03."""
    if frequency == "A":
        return strict.year_span(period)
    match = MONTH.fullmatch(period)
    if match is None:
        raise strict.RowFault(f"period {period[:20]!r} is no month")
    return strict.month_span(int(match[1]), int(match[2]))
