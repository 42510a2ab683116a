"""`signposts diff`: what changed between two releases, by cause.

Belongs here: choosing two releases and printing their difference. Not here: the split by cause, which each release
holds for its step from the release before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from signposts.cli.formatting import percent, titled_table
from signposts.errors import InputError
from signposts.settings import load_settings
from signposts.warehouse import Warehouse, load_sql

DATABASE = "signposts.duckdb"
SHOWN_POINTS = 0.005
"""Parts of a move below this are not printed one by one, but added up."""
ROUNDING = 1e-9

Part = tuple[str, str | None, str, str]


@dataclass(frozen=True, slots=True)
class Release:
    """A release that is kept, and the file that it stands in."""

    release_id: str
    database: Path

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """Return the rows of a file of sql/diff."""
        return Warehouse(self.database, read_only=True).rows(load_sql(statement))


def compare_releases(older: str, newer: str) -> None:
    """Print each scenario's odds in both releases, what the moves are made of, and the readings that differ."""
    published = load_settings().published
    line = line_of_releases(published)
    new = chosen(published, line, newer)
    old = chosen(published, line, older, before=new.release_id)
    if old.release_id > new.release_id:
        raise InputError(f"{old.release_id} is the later of the two; write the older release first")
    console = Console(highlight=False)
    moves = _print_odds(console, old, new)
    parts = parts_between(published, [name for name in line if old.release_id < name <= new.release_id], new.release_id)
    if parts is not None and adds_up(parts, moves):
        _print_parts(console, parts)
    else:
        console.print("By cause is not known: a release between the two is no longer kept, or looked back in time.")
    _print_readings(console, old, new)


# ---- which releases


def line_of_releases(published: Path) -> list[str]:
    """Return the releases that readers have seen one after another, oldest first: the newest one lists them."""
    database = published / "latest" / DATABASE
    if not database.exists():
        raise InputError(f"no release under {published}: run `signposts run` first")
    rows = Warehouse(database, read_only=True).rows("select release_id from release order by release_id")
    return [row["release_id"] for row in rows]


def kept(published: Path, release_id: str) -> Release | None:
    """Return a release if its file is still kept."""
    database = published / "releases" / release_id / DATABASE
    return Release(release_id, database) if database.exists() else None


def chosen(published: Path, line: Sequence[str], word: str, before: str = "") -> Release:
    """Return the release that a word names: the beginning of its identifier, `latest`, or `previous`: that before."""
    if word == "latest":
        names = [line[-1]]
    elif word == "previous":
        earlier = [name for name in line if name < (before or line[-1])]
        if not earlier:
            raise InputError("no release came before it; run `signposts run` again, or name two releases")
        names = [earlier[-1]]
    else:
        here = (path.name for path in (published / "releases").iterdir())
        names = sorted(name for name in here if name.startswith(word) and kept(published, name))
    release = kept(published, names[0]) if len(names) == 1 else None
    if release is None:
        why = f"stands for {len(names)} releases" if len(names) > 1 else "is not kept"
        recent = ", ".join([name for name in line if kept(published, name)][-5:])
        raise InputError(f"release {word!r} {why}; write one of {recent}")
    return release


# ---- what the moves are made of


def parts_between(published: Path, steps: Sequence[str], last: str) -> dict[Part, float] | None:
    """Return the parts of the moves, added up over every step between two releases; None if a step is not kept."""
    if steps and steps[-1] != last:
        return None
    total: dict[Part, float] = {}
    for name in steps:
        step = kept(published, name)
        if step is None:
            return None
        for row in step.rows("diff/causes"):
            part = (row["cause"], row["indicator_id"], row["tracker_id"], row["scenario_id"])
            total[part] = total.get(part, 0.0) + row["move"]
    return total


def adds_up(parts: Mapping[Part, float], moves: Mapping[tuple[str, str], float]) -> bool:
    """Return whether the parts are the whole of every scenario's move."""
    remainders = dict(moves)
    for (_, _, tracker, scenario), move in parts.items():
        remainders[tracker, scenario] = remainders.get((tracker, scenario), 0.0) - move
    return all(abs(rest) < ROUNDING for rest in remainders.values())


# ---- printing


def _print_odds(console: Console, old: Release, new: Release) -> dict[tuple[str, str], float]:
    """Print each scenario's odds then and now; return the moves of scenarios that are in both."""
    then = {(row["tracker_id"], row["scenario_id"]): row["posterior"] for row in old.rows("diff/odds")}
    title = f"From {old.release_id} to {new.release_id}"
    table = titled_table(title, ("scenario", "then", "now", "move"), left_headings=("scenario",))
    moves = {}
    for row in new.rows("diff/odds"):
        key = (row["tracker_id"], row["scenario_id"])
        earlier = then.get(key)
        if earlier is not None:
            moves[key] = row["posterior"] - earlier
        table.add_row(row["title"], percent(earlier), percent(row["posterior"]), _points(moves.get(key)))
    console.print(table)
    return moves


def _points(move: float | None) -> str:
    """Return a move in percentage points."""
    return "new" if move is None else f"{100 * move:+.2f} points"


def _print_parts(console: Console, parts: Mapping[Part, float]) -> None:
    """Print the parts of the moves, the largest first, and the sum of those too small to show."""
    shown = {part: move for part, move in parts.items() if abs(100 * move) >= SHOWN_POINTS}
    if not shown:
        console.print("No part of any move is larger than a hundredth of a point.")
        return
    left_headings = ("cause", "indicator", "scenario")
    table = titled_table("What the moves are made of", (*left_headings, "part of the move"), left_headings, fold=True)
    for part, move in sorted(shown.items(), key=lambda item: (-abs(item[1]), str(item[0]))):
        table.add_row(part[0].replace("_", " "), part[1] or "", part[3], _points(move))
    console.print(table)
    if len(shown) < len(parts):
        console.print(f"{len(parts) - len(shown)} parts of less than a hundredth of a point are not shown.")


def _print_readings(console: Console, old: Release, new: Release) -> None:
    """Print the indicators that say something else than they did, and who says what was not pooled before."""
    then = {(row["tracker_id"], row["indicator_id"]): row["said"] for row in old.rows("diff/readings")}
    changed = list(_changes(then, new.rows("diff/readings")))
    console.print("1 reading differs." if len(changed) == 1 else f"{len(changed)} readings differ.")
    earlier_claims = {(row["tracker_id"], row["claim_id"]) for row in old.rows("diff/claims")}
    speakers: dict[tuple[str, str], set[str]] = {}
    for row in new.rows("diff/claims"):
        if (row["tracker_id"], row["claim_id"]) not in earlier_claims:
            speakers.setdefault((row["tracker_id"], row["indicator_id"]), set()).add(row["speaker"])
    for key, earlier, now in changed:
        by = f", now by {'; '.join(sorted(speakers[key]))}" if key in speakers else ""
        console.print(f"  {key[1]}: {earlier or 'nothing'} -> {now or 'nothing'}{by}", soft_wrap=True, markup=False)


def _changes(
    then: Mapping[tuple[str, str], str | None], rows: Iterable[Mapping[str, Any]]
) -> Iterable[tuple[tuple[str, str], str | None, str | None]]:
    """Yield tracker and indicator, what it said and what it says, where the two differ or it is gone."""
    now = {(row["tracker_id"], row["indicator_id"]): row["said"] for row in rows}
    for key in (*now, *sorted(set(then) - set(now))):
        if then.get(key) != now.get(key):
            yield key, then.get(key), now.get(key)
