"""Agreement scores of pairs of states in the UN General Assembly, from the Harvard Dataverse.

Belongs here: reading the end of a large file, its columns. Not here: which pair (sources.yaml). Whether `agree` gives
half marks for an abstention is not documented where we could read it, so past years must come out as they are known.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row
from signposts.sources.voeten_agreement.options import Ask

BASE_URL = "https://dataverse.harvard.edu"
# The first columns of the file; those behind them are not read.
COLUMNS = ("", "session.x", "ccode1", "ccode2", "agree", "year")
HEADER_BYTES = 400


def gather(run: SourceRun, today: date) -> None:
    """Ask for the beginning of the file, which names its columns, then for its end."""
    for name, ask in run.asks.items():
        path = f"/api/access/datafile/{ask.file}"
        if run.fetch(HttpRequest(f"{name}/header", path, headers={"Range": f"bytes=0-{HEADER_BYTES}"}), needed=True):
            run.fetch(HttpRequest(name, path, headers={"Range": f"bytes=-{ask.tail_bytes}"}))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Read the names of the columns, or the end of the file."""
    if document.partition("/")[2] == "header":
        return parse_header(payload)
    return parse(payload, ask, today)


def parse_header(payload: bytes) -> ParseResult:
    """Refuse a file whose first columns are others than those that are read."""
    _, names = next(strict.read_csv(strict.decode(payload)), (0, []))
    if tuple(names[: len(COLUMNS)]) != COLUMNS:
        missing = [name for name in COLUMNS if name not in names]
        raise SourceChanged(f"lacks the column {missing[0]!r}" if missing else "has its columns in another order")
    return ParseResult([{"row_number": 1, "series": "header"}], judged=1, auxiliary=True)


def parse(payload: bytes, ask: Ask, today: date) -> ParseResult:
    """Return a row a year of the pair; the first line of the end of a file is cut and left out."""
    text = strict.decode(payload)
    lines = strict.read_csv(text[text.find("\n") + 1 :])
    result = strict.set_aside(lines, lambda number, line: _understand(line, ask))
    years = {row["period_start"].year for row in result.rows}
    if not years or min(years) > min(ask.anchors):
        raise SourceChanged(f"begins after {min(ask.anchors)} in the last {ask.tail_bytes:,} bytes: raise `tail_bytes`")
    result.rows = sorted(_once(result.rows), key=lambda row: row["period_start"])
    _hold_to_anchors(result.rows, ask)
    strict.refuse_future((row["period_start"] for row in result.rows), today)
    return result


def _understand(line: Sequence[str], ask: Ask) -> Row | None:
    """Return a year of the pair; None for other pairs and earlier years."""
    if len(line) < len(COLUMNS):
        raise strict.RowFault(f"has {len(line)} fields, fewer than {len(COLUMNS)}")
    pair = {line[2], line[3]}
    if pair != {str(code) for code in ask.pair}:
        return None
    with strict.about("agree"):
        start, end = strict.year_span(line[5])
    if start.year < ask.from_year:
        return None
    with strict.about("agree", start):
        value = strict.number(line[4], 0, 1, "agree")
    return {"series": "agree", "period_start": start, "period_end": end, "value": value}


def _once(rows: Iterable[Row]) -> Iterable[Row]:
    """Yield each year once; a pair that stands in both directions must say the same."""
    by_year: dict[date, Row] = {}
    for row in rows:
        first = by_year.setdefault(row["period_start"], row)
        if first["value"] != row["value"]:
            raise SourceChanged(f"gives {row['period_start'].year} twice: {first['value']:g} and {row['value']:g}")
    return by_year.values()


def _hold_to_anchors(rows: Iterable[Row], ask: Ask) -> None:
    """Refuse a file in which a known year comes out otherwise: it measures something else."""
    values = {row["period_start"].year: row["value"] for row in rows}
    for year, anchor in sorted(ask.anchors.items()):
        if year not in values:
            raise SourceChanged(f"has no {year} of the pair, which must be there")
        if abs(values[year] - anchor) > ask.within:
            raise SourceChanged(
                f"says {values[year]:.3f} for {year}, where {anchor:.3f} is known: "
                "another definition of agreement, perhaps half marks for abstentions"
            )
