"""Votes in the United Nations General Assembly, a file that a person drops into the inbox folder.

Belongs here: the file's columns, counting how often a pair votes alike. Not here: which pair (sources.yaml).
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Rejected, Row, RowFault
from signposts.sources.un_general_assembly.options import Ask

BASE_URL = "https://digitallibrary.un.org"
COLUMNS = ("undl_id", "ms_code", "ms_vote", "date", "total_ms")
KNOWN = frozenset(
    (
        *("undl_id", "ms_code", "ms_name", "ms_vote", "date", "session", "resolution", "draft", "committee_report"),
        *("meeting", "title", "agenda_title", "subjects", "vote_note", "total_yes", "total_no"),
        *("total_abstentions", "total_non_voting", "total_ms", "undl_link"),
    )
)
RECORDED = frozenset("YNA")
NOT_VOTING = "X"


def gather(run: SourceRun, today: date) -> None:
    """Take the newest file in the inbox folder; the file stays there, its bytes are in the archive."""
    for name in run.asks:
        newest = run.inbox_files(run.source.inbox or "")[-1]
        most = (run.source.max_body_megabytes or 600.0) * 1e6
        if newest.stat().st_size > most:
            run.record_failure(f"{newest.name} in the inbox folder is larger than {most / 1e6:.0f} megabytes")
            continue
        run.ingest_file(name, newest.read_bytes(), f"{BASE_URL}/record/4060887#{newest.name}")


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Return a row a calendar year: the share of the votes cast by both on which they voted alike.

    Rows at fault are those of the pair, and those that cannot be told apart from them.
    """
    votes: dict[str, dict[str, tuple[str, date]]] = {}
    members: Counter[str] = Counter()
    stated: dict[str, float] = {}
    rejected = []
    judged = number = 0
    names, lines = _table(payload)
    for number, line in lines:
        row: Mapping[str, str] = {}
        try:
            row = strict.columns(line, names)
            resolution = strict.word(row["undl_id"], "undl_id")
            members[resolution] += 1
            stated[resolution] = strict.number(row["total_ms"], 1, 300, "total_ms")
            if row["ms_code"] in ask.pair:
                judged += 1
                _add_vote(votes.setdefault(resolution, {}), row)
        except RowFault as fault:
            rejected.append(Rejected(number, str(fault), line))
    _refuse_cut(members, stated, rejected, number)
    both = {name: cast for name, cast in votes.items() if len(cast) == 2}
    strict.refuse_future((day for cast in both.values() for _, day in cast.values()), today)
    rows = list(_count(both, "-".join(ask.pair), ask.from_year))
    if not rows:
        first = f", for example row {rejected[0].row_number}: {rejected[0].reason}" if rejected else ""
        raise SourceChanged(f"has no vote of {' and '.join(ask.pair)} that can be used{first}")
    note = strict.set_aside_note(rejected)
    rows = [{**row, "note": f"{row['note']}; {note}"} for row in rows] if note else rows
    return ParseResult(rows, rejected, judged=judged, news=strict.new_fields([dict.fromkeys(names)], KNOWN, "column"))


def _table(payload: bytes) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the names of the columns, and the lines below; the file is large, so it is decoded as it is read."""
    if payload[-1:] != b"\n":
        raise SourceChanged("does not end with a whole line; download it again")
    lines = _lines(payload)
    _, names = next(lines, (0, []))
    missing = [name for name in COLUMNS if names.count(name) != 1]
    if missing:
        raise SourceChanged(f"lacks the column {missing[0]!r}, or has it twice; download the voting file again")
    return names, lines


def _lines(payload: bytes) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(payload), "utf-8-sig", newline=""), strict=True)
    try:
        for line in reader:
            if line:
                yield reader.line_num, line
    except (csv.Error, UnicodeDecodeError) as error:
        raise SourceChanged(f"cannot be read after line {reader.line_num}: {error}; download it again") from error


def _add_vote(cast: dict[str, tuple[str, date]], row: Mapping[str, str]) -> None:
    """Add a member's recorded vote to a resolution's."""
    if row["ms_vote"] == NOT_VOTING:
        return
    if row["ms_vote"] not in RECORDED:
        raise RowFault(f"vote {row['ms_vote'][:10]!r} is none of Y, N, A and X")
    if row["ms_code"] in cast:
        raise SourceChanged(f"gives the vote of {row['ms_code']} on {row['undl_id'][:20]} twice")
    cast[row["ms_code"]] = (row["ms_vote"], strict.day(row["date"]))


def _refuse_cut(members: Counter[str], stated: Mapping[str, float], rejected: list[Rejected], last_line: int) -> None:
    """Refuse a file that stops in the middle of its last resolution, where every other one is whole."""
    if rejected and rejected[-1].row_number == last_line:
        raise SourceChanged(f"its last line {rejected[-1].reason}; download it again")
    if len(members) < 2:
        return
    *earlier, last = members
    if all(members[name] == stated[name] for name in earlier) and members[last] != stated[last]:
        raise SourceChanged(f"ends after {members[last]} of {stated[last]:.0f} members' votes; download it again")


def _count(both: Mapping[str, Mapping[str, tuple[str, date]]], series: str, from_year: int) -> Iterator[Row]:
    """Yield a row a calendar year: k alike of n."""
    alike: Counter[int] = Counter()
    trials: Counter[int] = Counter()
    for cast in both.values():
        (first, day), (second, _) = cast.values()
        trials[day.year] += 1
        alike[day.year] += first == second
    for number, year in enumerate(sorted(year for year in trials if year >= from_year), start=1):
        yield {
            "row_number": number,
            "series": series,
            "period_start": date(year, 1, 1),
            "period_end": date(year, 12, 31),
            "value": alike[year] / trials[year],
            "trials": trials[year],
            "published_on": date(year + 1, 1, 1),
            "published_on_inferred": True,
            "note": f"{alike[year]} of {trials[year]} recorded votes",
        }
