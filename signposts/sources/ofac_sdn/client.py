"""OFAC's list of Specially Designated Nationals, as CSV without a header.

Belongs here: the twelve columns, counting entries by programme, comparing two snapshots. Not here: which programmes
(sources.yaml). The list carries no listing dates, so additions and removals are found by entry number.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.http import HttpRequest
from signposts.sources.ofac_sdn.options import Ask
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult, Row, RowFault

BASE_URL = "https://sanctionslistservice.ofac.treas.gov"
COLUMNS = (
    *("ent_num", "name", "type", "programme", "title", "call_sign", "vessel_type", "tonnage", "gross_tonnage"),
    *("vessel_flag", "vessel_owner", "remarks"),
)
PATH = "/api/download/SDN.CSV"
DROPPED = "*sdn*.csv"
NULL = "-0-"
# The file ends with the end-of-file character of another age.
END_OF_FILE = "\x1a"
TYPES = frozenset({NULL, "individual", "vessel", "aircraft"})


def gather(run: SourceRun, today: date) -> None:
    """Ask for the whole list, or take the file that a person dropped into the inbox since the list was last read.

    The host has refused clients that are not browsers; a person's download serves as well.
    """
    for name in run.asks:
        looked = run.looked_at()
        dropped = [
            path
            for path in run.inbox_files(DROPPED)
            if looked is None or datetime.fromtimestamp(path.stat().st_mtime, UTC) > looked
        ]
        if dropped:
            run.ingest_file(name, dropped[-1].read_bytes(), f"{BASE_URL}{PATH}")
        else:
            run.fetch(HttpRequest(name, PATH))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Read a snapshot, count its entries by programme, and compare them with the snapshot before."""
    listed = parse(payload, ask)
    before = parse(previous, ask.model_copy(update={"least_entries": 0})) if previous is not None else None
    # An entry set aside is neither added nor removed, so no difference is drawn over a list that has one.
    whole = before if before is not None and not before.rejected and not listed.rejected else None
    note = strict.set_aside_note(listed.rejected)
    counted = [
        {**row, "scope": f"{document}/{today}", "note": note}
        for row in count(listed.rows, whole.rows if whole else None, ask.programmes, today)
    ]
    result = ParseResult(counted, listed.rejected, judged=len(listed.rows) + len(listed.rejected))
    if before is not None:
        result.held = change_of_list(before.rows, listed.rows, len(listed.rejected))
    return result


def change_of_list(before: Sequence[Row], now: Sequence[Row], set_aside: int) -> str:
    """Return in words what is not plausible beside the list before: entries gone, or their programme renamed."""
    then = {entry["ent_num"]: entry["programmes"] for entry in before}
    here = {entry["ent_num"]: entry["programmes"] for entry in now}
    missing = strict.entries_missing(set(then), set(here), set_aside)
    if missing:
        return missing
    changed = Counter((old, new) for number, old in then.items() if (new := here.get(number, old)) != old)
    if sum(changed.values()) > strict.MOST_CHANGED * len(then):
        (old, new), times = changed.most_common(1)[0]
        return (
            f"{sum(changed.values())} of {len(then)} entries have another programme than in the version before, "
            f"{times} of them {', '.join(new)} instead of {', '.join(old)}"
        )
    return ""


def parse(payload: bytes, ask: Ask) -> ParseResult:
    """Return a row an entry: its number, type and programmes."""
    text = strict.decode(payload).rstrip("\r\n \x1a")
    if END_OF_FILE in text:
        raise SourceChanged("has an end-of-file character before its end")
    result = strict.set_aside(strict.read_csv(text), lambda number, line: _understand(line))
    strict.refuse_duplicates(result.rows, "ent_num")
    entries = len(result.rows) + len(result.rejected)
    if entries < ask.least_entries:
        raise SourceChanged(f"has {entries} entries; fewer than {ask.least_entries} cannot be the whole list")
    return result


def _understand(line: Sequence[str]) -> Row:
    if len(line) > len(COLUMNS):
        raise SourceChanged(f"has {len(line)} columns, not {len(COLUMNS)}")
    entry = {name: value.strip() for name, value in strict.columns(line, COLUMNS).items()}
    if entry["type"] not in TYPES:
        raise RowFault(f"type {entry['type'][:40]!r} is not known")
    if entry["programme"] in ("", NULL):
        raise RowFault("has no programme")
    return {
        "ent_num": strict.whole(entry["ent_num"], 1, 10_000_000, "ent_num"),
        "name": strict.word(entry["name"], "name"),
        "type": entry["type"],
        "programmes": tuple(entry["programme"].strip("[]").split("] [")),
    }


def count(
    entries: Sequence[Row], before: Sequence[Row] | None, programmes: Mapping[str, Sequence[str]], today: date
) -> list[Row]:
    """Return the entries listed by group of programmes, and those added and removed since the snapshot before."""
    rows = []
    for group, prefixes in programmes.items():
        now = _numbers(entries, prefixes)
        rows.append(_counted(f"{group}/listed", len(now), today))
        if before is not None:
            then = _numbers(before, prefixes)
            rows.append(_counted(f"{group}/added", len(now - then), today))
            rows.append(_counted(f"{group}/removed", len(then - now), today))
    return [{"row_number": number, **row} for number, row in enumerate(rows, start=1)]


def _numbers(entries: Sequence[Row], prefixes: Sequence[str]) -> set[int]:
    """Return the numbers of the entries that stand under a programme which begins with one of the prefixes."""
    beginnings = tuple(prefixes)
    return {entry["ent_num"] for entry in entries if any(name.startswith(beginnings) for name in entry["programmes"])}


def _counted(series: str, value: int, today: date) -> Row:
    return {"series": series, **strict.of_day(today), "value": float(value)}
