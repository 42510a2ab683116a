"""GDELT 2.0 event database: the export files of whole days, a file each quarter of an hour.

Belongs here: which files make up a day, the 61 columns, keeping the events between wanted pairs. Not here: which pairs
(sources.yaml), or adding events up, which sql/observe/gdelt_event_day.sql does. Event codes stay text: leading zeros.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.gdelt_events.options import Ask
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row, RowFault

if TYPE_CHECKING:
    import numpy as np

# Lines in their fields, each with its number in the file.
Numbered: TypeAlias = list[tuple[int, list[str]]]
# The publisher's own host has no certificate; its mirror has.
BASE_URL = "https://storage.googleapis.com/data.gdeltproject.org"
FOLDER = "/gdeltv2"
# Four days of the list: 3 files each quarter of an hour, about 115 bytes a line.
TAIL_BYTES = 160_000
WIDTH = 61
EVENT_ID, DAY, ACTOR1, ACTOR2, IS_ROOT, EVENT_CODE = 0, 1, 7, 17, 25, 26
QUAD_CLASS, GOLDSTEIN, MENTIONS, SOURCES, ARTICLES, TONE, ADDED = 29, 30, 31, 32, 33, 34, 59
LISTED = re.compile(r"(\d+) ([0-9a-f]{32}) \S+/(\d{14})\.(export\.CSV|mentions\.CSV|gkg\.csv)\.zip", re.ASCII)
MEMBER = re.compile(r"\d{14}\.export\.CSV", re.ASCII)
COUNTRY = re.compile(r"[A-Z]{3}|", re.ASCII)
CODE_LENGTH, MOST_DIGITS = 3, 15
TAB, NEWLINE = 9, 10
PART_BYTES = 4_000_000
LINE = re.compile(r"[^\n]+")
FIRST_DAY = date(2015, 2, 19)
MOST_BAD = 0.05


@dataclass(frozen=True, slots=True)
class Export:
    """One export file that the publisher lists."""

    stamp: str
    md5: str


def gather(run: SourceRun, today: date) -> None:
    """Ask for the list's newest part, then for each export file of the last whole days."""
    for name, ask in run.asks.items():
        index = run.fetch(
            HttpRequest(f"{name}/index", f"{FOLDER}/masterfilelist.txt", headers={"Range": f"bytes=-{TAIL_BYTES}"}),
            needed=True,
        )
        if index is None:
            continue
        exports = [Export(row["stamp"], row["md5"]) for row in index.rows]
        days = {today - timedelta(days=back) for back in range(1, ask.days_back + 1)}
        gather_exports(run, name, [export for export in exports if _day(export.stamp) in days])


def gather_exports(run: SourceRun, name: str, exports: Iterable[Export]) -> None:
    """Ask for export files that the warehouse lacks; one that the publisher does not have is a gap, not a fault."""
    for export in exports:
        document = f"{name}/{export.stamp}"
        if document not in run.live:
            path = f"{FOLDER}/{export.stamp}.export.CSV.zip"
            run.fetch(HttpRequest(document, path, md5=export.md5 or None), absent_is_a_gap=True)


def gather_days(run: SourceRun, days: Sequence[date]) -> None:
    """Ask for every quarter of an hour of whole days, without the publisher's list: for days long past."""
    stamps = [f"{day:%Y%m%d}{quarter // 4:02}{quarter % 4 * 15:02}00" for day in days for quarter in range(96)]
    for name in run.asks:
        gather_exports(run, name, [Export(stamp, "") for stamp in stamps])


def _day(stamp: str) -> date:
    return datetime.strptime(stamp[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Read the list of files, or one export file."""
    part = document.partition("/")[2]
    if part == "index":
        return parse_index(payload, today)
    return parse(payload, ask, today)


def parse_index(payload: bytes, today: date) -> ParseResult:
    """Return a row an export file: its stamp and MD5 sum. The first line may be cut: only the end was asked for."""
    lines = strict.decode(payload, "ascii").splitlines()
    if lines and not LISTED.fullmatch(lines[0]):
        lines = lines[1:]

    def understand(number: int, line: str) -> Row | None:
        match = LISTED.fullmatch(line)
        if match is None:
            raise RowFault(f"is no line of the list of files: {line[:60]!r}")
        strict.day(match[3], "%Y%m%d%H%M%S", "stamp")
        return {"stamp": match[3], "md5": match[2]} if match[4] == "export.CSV" else None

    result = strict.set_aside(enumerate(lines, start=1), understand)
    strict.refuse_duplicates(result.rows, "stamp")
    strict.refuse_future((_day(row["stamp"]) for row in result.rows), today)
    result.auxiliary = True
    return result


def parse(payload: bytes, ask: Ask, today: date) -> ParseResult:
    """Return a row an event between two countries of a wanted pair; every other line is checked and passed over."""
    return parse_export(strict.unzip_one(payload, MEMBER, int(ask.max_unpacked_megabytes * 1e6)), ask, today)


def parse_export(content: bytes, ask: Ask, today: date) -> ParseResult:
    """Return the rows of an export file that is unpacked."""
    pairs = {frozenset(codes): name for name, codes in ask.pairs.items()}
    text = strict.decode(content, "utf-8")
    concerned, seen = _lines_of_pairs(content, pairs) or _every_line(text)
    result = strict.set_aside(concerned, lambda number, line: _understand(line, pairs))
    strict.refuse_duplicates(result.rows, "event_id")
    strict.refuse_future((row["added_on"] for row in result.rows), today)
    _refuse_bad_lines(result, seen)
    if not result.rows:
        # A quarter of an hour without news of the pairs is a fact; the row says that somebody looked.
        result.rows.append({"row_number": 0, "series": None, "event_id": None, "added_on": _first_day(text)})
    result.judged = seen
    return result


def _refuse_bad_lines(result: ParseResult, seen: int) -> None:
    """Refuse a file of which too large a share of the wanted lines, or of all lines, cannot be read.

    A line that cannot be told apart from a wanted one is no sign of a quiet quarter of an hour.
    """
    if not result.rejected:
        return
    first = result.rejected[0]
    rejected_in_order = sum(_is_in_order(rejected.raw) for rejected in result.rejected)
    judged = len(result.rows) + rejected_in_order
    if not result.rows or rejected_in_order > MOST_BAD * judged or len(result.rejected) > MOST_BAD * seen:
        raise SourceChanged(
            f"{len(result.rejected)} of {judged or seen} rows cannot be used, for example row {first.row_number}: "
            f"{first.reason}"
        )


def _is_in_order(line: object) -> bool:
    """Return whether a line has its columns in place, so that it is the values of a wanted event that are at fault."""
    if not isinstance(line, list) or len(line) != WIDTH:
        return False
    return bool(COUNTRY.fullmatch(line[ACTOR1]) and COUNTRY.fullmatch(line[ACTOR2]))


def _every_line(text: str) -> tuple[Numbered, int]:
    """Return every line that is not empty, in its fields and numbered, and how many there are."""
    lines = [line.split("\t") for line in text.split("\n") if line]
    return list(enumerate(lines, start=1)), len(lines)


def _lines_of_pairs(content: bytes, pairs: Mapping[frozenset[str], str]) -> tuple[Numbered, int] | None:
    """Return the lines between wanted pairs, and how many lines there are, once all are found to be in order.

    None if a single line is not as `_understand` wants each: then it must say line by line what is wrong.
    """
    codes = [_code(one) << 24 | _code(other) for pair in pairs for one in pair for other in pair if one != other]
    concerned: Numbered = []
    seen = 0
    for part in _parts(content):
        result = _lines_of_part(part, codes)
        if result is None:
            return None
        concerned += [(seen + number, line) for number, line in result[0]]
        seen += result[1]
    return concerned, seen


def _parts(content: bytes) -> Iterator[bytes]:
    """Yield the content in parts of whole lines that fit into a processor's cache; a last line is ended."""
    start = 0
    while start < len(content):
        end = content.rfind(b"\n", start, start + PART_BYTES) + 1 or len(content)
        part = content[start:end]
        yield part if part.endswith(b"\n") else part + b"\n"
        start = end


def _lines_of_part(part: bytes, codes: Sequence[int]) -> tuple[Numbered, int] | None:
    """Return the wanted lines of a part, numbered from 1, and how many lines it has; None if one is not in order.

    All lines are looked at together, as arrays of their separators' places: far faster than one by one.
    """
    import numpy as np

    held = np.frombuffer(part, np.uint8)
    places = np.flatnonzero(held <= NEWLINE)
    if len(places) % WIDTH:
        return None
    ends = places.reshape(-1, WIDTH)
    separators = held[places].reshape(-1, WIDTH)
    if not ((separators[:, :-1] == TAB).all() and (separators[:, -1] == NEWLINE).all()):
        return None
    starts = np.concatenate(([0], ends[:-1, -1] + 1))
    first, second = (_codes(held, ends[:, field - 1] + 1, ends[:, field]) for field in (ACTOR1, ACTOR2))
    if first is None or second is None or not _are_digits(held, starts, ends[:, EVENT_ID]):
        return None
    rows = np.flatnonzero(np.isin(first << 24 | second, codes))
    return [(row + 1, part[starts[row] : ends[row, -1]].decode().split("\t")) for row in rows.tolist()], len(ends)


def _codes(held: "np.ndarray", starts: "np.ndarray", ends: "np.ndarray") -> "np.ndarray | None":
    """Return a country field's three letters as one number a line, nought where empty; None if one is neither."""
    import numpy as np

    lengths = ends - starts
    filled = lengths == CODE_LENGTH
    if not (filled | (lengths == 0)).all():
        return None
    letters = [held[starts + place] for place in range(CODE_LENGTH)]
    if not all((((letter >= ord("A")) & (letter <= ord("Z"))) | ~filled).all() for letter in letters):
        return None
    first, second, third = (letter.astype(np.int64) for letter in letters)
    return np.where(filled, first << 16 | second << 8 | third, 0)


def _code(letters: str) -> int:
    """Return the number that `_codes` gives a country; one that no country has for anything but three letters."""
    return int.from_bytes(letters.encode(), "big") if COUNTRY.fullmatch(letters) and letters else -1


def _are_digits(held: "np.ndarray", starts: "np.ndarray", ends: "np.ndarray") -> bool:
    """Return whether every field has digits of ASCII and nothing else, as many as a number of events can have."""
    lengths = ends - starts
    if lengths.min() < 1 or lengths.max() > MOST_DIGITS:
        return False
    return all(
        (((held[starts + place] >= ord("0")) & (held[starts + place] <= ord("9"))) | (lengths <= place)).all()
        for place in range(lengths.max())
    )


def _first_day(text: str) -> date:
    """Return the day on which a file's first whole event was added."""
    for match in LINE.finditer(text):
        line = match[0].split("\t")
        if len(line) == WIDTH:
            try:
                return strict.day(line[ADDED][:8], "%Y%m%d")
            except RowFault:
                continue
    raise SourceChanged("has no event with the date on which it was added")


def _understand(line: Sequence[str], pairs: Mapping[frozenset[str], str]) -> Row | None:
    """Return an event between a wanted pair; None for any other event, once its columns are found to be in place."""
    if len(line) != WIDTH:
        if len(line) > WIDTH:
            raise SourceChanged(f"has {len(line)} columns, not {WIDTH}")
        raise RowFault(f"has {len(line)} fields, not {WIDTH}")
    if not (COUNTRY.fullmatch(line[ACTOR1]) and COUNTRY.fullmatch(line[ACTOR2]) and line[EVENT_ID].isdecimal()):
        raise RowFault("has its columns in another place")
    name = pairs.get(frozenset((line[ACTOR1], line[ACTOR2])))
    if name is None or line[ACTOR1] == line[ACTOR2]:
        return None
    return {
        "series": name,
        "event_id": strict.whole(line[EVENT_ID], 0, 1e15, "event number"),
        "event_on": strict.day(line[DAY], "%Y%m%d", "day"),
        "added_on": strict.day(line[ADDED][:8], "%Y%m%d", "date added"),
        "actor1": line[ACTOR1],
        "actor2": line[ACTOR2],
        "event_code": strict.word(line[EVENT_CODE], "event code"),
        "is_root": strict.whole(line[IS_ROOT], 0, 1, "root mark") == 1,
        "quad_class": strict.whole(line[QUAD_CLASS], 1, 4, "class"),
        "goldstein": strict.number(line[GOLDSTEIN], -10, 10, "Goldstein value"),
        "mentions": strict.whole(line[MENTIONS], 0, 1e7, "mentions"),
        "sources": strict.whole(line[SOURCES], 0, 1e7, "sources"),
        "articles": strict.whole(line[ARTICLES], 0, 1e7, "articles"),
        "tone": strict.number(line[TONE], -100, 100, "tone"),
    }
