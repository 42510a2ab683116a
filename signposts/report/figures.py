"""A figure of the report: a chart with its words, its sources, its legend and the table behind it.

Belongs here: what a figure is made of, and what every chart of a tracker shares. Not here: single figures
(illustrations.py, indicator_illustrations.py) and how a chart is drawn (charts.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from signposts.report import wording
from signposts.report.drawing import ChartRequest
from signposts.report.records import Row, Rows, TrackerTables

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
TABLE_ROWS = 400


@dataclass(frozen=True)
class Key:
    """One entry of a legend: a colour of the page, a shape or a dash, and its meaning."""

    label: str
    color: str = "ink"
    mark: str = "line"
    place: int = 0
    hollow: bool = False
    faint: bool = False


@dataclass(frozen=True)
class Figure:
    """A chart with everything a reader needs to read it without seeing it."""

    name: str
    title: str
    summary: str
    request: ChartRequest | None
    source: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    legend: Sequence[Key] = ()
    note: str = ""
    empty: str = "There is nothing to draw yet."
    readout: str = ""
    """What a crosshair reads out by date, as JSON; empty where there is none."""
    pins: Sequence[Row] = ()
    """Numbered marks in time, explained beneath the figure."""


def scenario_keys(tables: TrackerTables, *, mark: str = "line", named_only: bool = False) -> list[Key]:
    """Return the scenarios as entries of a legend."""
    rows = tables.named if named_only else tables.scenarios
    if mark != "line" or named_only:
        return [Key(row["title"], row["key"], mark, place) for place, row in enumerate(rows)]
    # the leader has the solid line
    leader = tables.ranked[0]["scenario_id"]
    order = [leader, *(row["scenario_id"] for row in rows if row["scenario_id"] != leader)]
    return [Key(row["title"], row["key"], mark, order.index(row["scenario_id"])) for row in rows]


def scenario_colors(tables: TrackerTables) -> dict[str, Any]:
    """Return the scenarios and their colours, in order of display, as a chart takes them."""
    return {
        "scenarios": [row["scenario_id"] for row in tables.scenarios],
        "colors": [f"var(--{row['key']})" for row in tables.scenarios],
    }


def marked_breaks(tables: TrackerTables, span: tuple[date, date]) -> Rows:
    """Return the structural breaks inside a span, each on a line of words of its own."""
    rows = sorted(tables.rows["structural_break"], key=lambda row: row["date"])
    inside = [row for row in rows if span[0] <= row["date"] <= span[1]]
    middle = span[0] + (span[1] - span[0]) / 2
    return [
        {
            "date": row["date"].isoformat(),
            "label": row["label"],
            "words": f"{row['label']}, {wording.day(row['date'])}",
            "line": 2 + 15 * place,
            "side": "right" if row["date"] > middle else "left",
        }
        for place, row in enumerate(inside)
    ]


def span_text(first: date, last: date) -> list[str]:
    """Return the first and last day of a time axis as text."""
    return [first.isoformat(), last.isoformat()]
