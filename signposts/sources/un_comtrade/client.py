"""UN Comtrade, public preview: a pair's goods trade as one side reports it.

Belongs here: the address and the record's fields. Not here: which pair (sources.yaml). One year a call. An empty answer
is news too: the pair is not reported, and the first answer that is not empty tells that it is again.
"""

from datetime import date
from typing import Any

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row
from signposts.sources.un_comtrade.options import Ask

BASE_URL = "https://comtradeapi.un.org"
MOST_RECORDS = 500
LARGEST_TRADE_USD = 1e14
ANSWER_FIELDS = ("count", "data", "error")
WANTED = (
    *("typeCode", "freqCode", "period", "reporterCode", "partnerCode", "partner2Code", "flowCode", "cmdCode"),
    *("customsCode", "motCode", "primaryValue", "isReported"),
)
KNOWN_FIELDS = frozenset(
    (
        *WANTED,
        *("refPeriodId", "refYear", "refMonth", "reporterISO", "reporterDesc", "flowDesc", "partnerISO"),
        *("partnerDesc", "partner2ISO", "partner2Desc", "classificationCode", "classificationSearchCode"),
        *("isOriginalClassification", "cmdDesc", "aggrLevel", "isLeaf", "customsDesc", "mosCode", "motDesc"),
        *("qtyUnitCode", "qtyUnitAbbr", "qty", "isQtyEstimated", "altQtyUnitCode", "altQtyUnitAbbr", "altQty"),
        *("isAltQtyEstimated", "netWgt", "isNetWgtEstimated", "grossWgt", "isGrossWgtEstimated", "cifvalue"),
        *("fobvalue", "legacyEstimationFlag", "isAggregate"),
    )
)


def gather(run: SourceRun, today: date) -> None:
    """Ask for each year since the first, this year's report not being due yet."""
    for name, ask in run.asks.items():
        for year in range(ask.from_year, today.year):
            subject = {"reporterCode": str(ask.reporter), "partnerCode": str(ask.partner), "period": str(year)}
            totals = {"customsCode": "C00", "motCode": "0", "partner2Code": "0"}
            query = {**subject, "cmdCode": str(ask.commodity), "flowCode": ",".join(ask.flows), **totals}
            run.fetch(HttpRequest(f"{name}/{year}", "/public/v1/preview/C/A/HS", query))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Return a row a flow in US dollars; none if the pair is not reported."""
    year = document.partition("/")[2]
    answer = strict.fields(strict.read_json(payload), ANSWER_FIELDS, "the answer")
    if answer["error"]:
        raise SourceChanged(f"answers with an error: {strict.excerpt(str(answer['error']))}")
    records = strict.listing(answer["data"], "the data")
    if answer["count"] != len(records):
        raise SourceChanged(f"announces {answer['count']!r} records and has {len(records)}")
    if len(records) >= MOST_RECORDS:
        raise SourceChanged(f"is cut off at {MOST_RECORDS} records")
    result = strict.set_aside(enumerate(records, start=1), lambda number, record: _understand(record, ask, year))
    strict.refuse_duplicates(result.rows, "series", "period_start")
    strict.refuse_future((row["period_start"] for row in result.rows), today)
    result.news = strict.new_fields(records, KNOWN_FIELDS)
    # That the pair is not reported at all is expected; that one flow of it is missing is not.
    result.missing = strict.missing_series(ask.flows, result.rows) if result.rows else []
    return result


def _understand(record: Any, ask: Ask, year: str) -> Row | None:
    """Return a total as a row; None for a part of one, which would be counted twice."""
    strict.fields(record, WANTED)
    codes = [str(record[name]) for name in ("typeCode", "freqCode", "reporterCode", "partnerCode", "cmdCode", "period")]
    if codes != ["C", "A", str(ask.reporter), str(ask.partner), str(ask.commodity), year]:
        raise SourceChanged(f"speaks of {' '.join(codes)[:60]!r}, which was not asked for")
    if record["flowCode"] not in ask.flows:
        raise SourceChanged(f"has a flow {str(record['flowCode'])[:10]!r}, which was not asked for")
    if (record["customsCode"], record["motCode"], record["partner2Code"]) != ("C00", 0, 0):
        return None
    with strict.about(record["flowCode"]):
        start, end = strict.year_span(record["period"])
    with strict.about(record["flowCode"], start):
        return {
            "series": record["flowCode"],
            "period_start": start,
            "period_end": end,
            "value": strict.number(record["primaryValue"], 0, LARGEST_TRADE_USD),
            "is_reported": bool(record["isReported"]),
            "note": "reported" if record["isReported"] else "not marked as reported",
        }
