"""Small drawings without axes, as SVG path data: a fan with the reading in it, and readings in time.

Belongs here: scaling rows into a box of a hundred by forty. Not here: which rows, and what surrounds them (templates).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from signposts.report.records import Row, Rows

WIDTH, HEIGHT = 100.0, 40.0
ROOM = 3.0


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Path data for a box of WIDTH by HEIGHT; `band` and `median` of a fan, `line` of what was read, its last point."""

    band: str
    median: str
    line: str
    end: tuple[float, float] | None
    first: date
    last: date


def fan_sparkline(fan: Rows, readings: Sequence[tuple[date, float]], until: date) -> Sparkline | None:
    """Return a scenario's fan up to a date with what was read so far; None where there is no fan to draw."""
    fan = [row for row in fan if row["p50"] is not None and row["date"] <= until][::2]
    if len(fan) < 2:
        return None
    days = [row["date"] for row in fan] + [day for day, _ in readings]
    levels = [row[name] for row in fan for name in ("p10", "p90")] + [value for _, value in readings]
    place = _scale(days, levels)
    upper = [place(row["date"], row["p90"]) for row in fan]
    lower = [place(row["date"], row["p10"]) for row in reversed(fan)]
    read = [place(day, value) for day, value in readings]
    return Sparkline(
        _path([*upper, *lower]) + "Z",
        _path([place(row["date"], row["p50"]) for row in fan]),
        _path(read) if len(read) > 1 else "",
        read[-1] if read else None,
        min(days),
        max(days),
    )


def line_sparkline(readings: Sequence[tuple[date, float]]) -> Sparkline | None:
    """Return what was read in time; None where there are fewer than two different readings."""
    if len({value for _, value in readings}) < 2:
        return None
    days, levels = [day for day, _ in readings], [value for _, value in readings]
    place = _scale(days, levels)
    points = [place(day, value) for day, value in readings]
    return Sparkline("", "", _path(points), points[-1], min(days), max(days))


def readings_in_time(rows: Rows) -> list[tuple[date, float]]:
    """Return the numeric readings of one indicator by the date they are scored at, each date's newest."""
    readings: dict[date, float] = {}
    ordered: list[Row] = sorted(rows, key=lambda row: row["as_of"])
    for row in ordered:
        day = row["scored_at"] or row["exposure_end"]
        if row["value"] is not None and day is not None:
            # the reading of k of n is its number counted, its fan a share
            shared = row["kind"] == "share_count" and row["trials"] and row["value"] > 1
            readings[day] = float(row["value"]) / (row["trials"] if shared else 1)
    return sorted(readings.items())


def _scale(days: Sequence[date], levels: Sequence[float]) -> Callable[[date, float], tuple[float, float]]:
    """Return where a level on a day stands, from the box's top left corner; a range of nothing is in the middle."""
    first, low = min(days), min(levels)
    length, height = (max(days) - first).days or 1, max(levels) - low

    def place(day: date, level: float) -> tuple[float, float]:
        x = ROOM + (WIDTH - 2 * ROOM) * (day - first).days / length
        share = (level - low) / height if height > 0 else 0.5
        return round(x, 1), round(HEIGHT - ROOM - (HEIGHT - 2 * ROOM) * share, 1)

    return place


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points)
