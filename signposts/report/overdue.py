"""Promises kept and promises overdue: the board of projects, stage by stage.

Belongs here: which promises are overdue and by how much, stages reached, promises to come, from the table milestone.
Not here: markup, and the timeline chart (indicator_illustrations.py).
"""

from datetime import date
from typing import Any

from signposts.report import indicator_illustrations, places
from signposts.report.citations import cite
from signposts.report.page import Page, page_values
from signposts.report.records import Row, Rows, TrackerTables, grouped


def milestones(tables: TrackerTables) -> Page:
    """Return the board: what is overdue, longest first; stages reached; promises still to come; the timeline."""
    figure = indicator_illustrations.milestones(tables)
    late = overdue(tables)
    project_map = places.project_map(tables)
    figures = [one for one in (figure, project_map) if one]
    content: dict[str, Any] = {
        "figure": figure,
        "map": project_map,
        "overdue": late,
        "scale": _scale(late, tables.as_of),
        "reached": _reached(tables),
        "to_come": _to_come(tables),
        "projects": sorted(tables.rows["project"], key=lambda row: row["title"] or ""),
    }
    citations = [cite("milestones", **page_values(tables))]
    return Page("milestones.html", "milestones.html", "Promises", content, figures, citations)


def overdue(tables: TrackerTables) -> Rows:
    """Return each project's stage that was promised by now and is not reached, with its first and newer promises."""
    stages = []
    for promises in _by_stage([row for row in tables.rows["milestone"] if row["planned_for"] is not None]):
        late = [row for row in promises if row.get("days_overdue") is not None]
        if not late:
            continue
        first = max(late, key=lambda row: row["days_overdue"])
        stages.append(
            {
                **_shown(tables, first),
                "promised_for": first["planned_for"],
                "days": int(first["days_overdue"]),
                "newer": sorted({row["planned_for"] for row in promises if row["planned_for"] > first["planned_for"]}),
            }
        )
    return sorted(stages, key=lambda row: (-row["days"], row["project"]))


def _scale(late: Rows, as_of: date) -> dict[str, Any]:
    """Return the axis of time of the board: its ends, the years on it, and where a day stands on it, from 0 to 1."""
    days = [row["promised_for"] for row in late] + [day for row in late for day in row["newer"]] + [as_of]
    first, last = date(min(days).year, 1, 1), max(days)
    length = max(1, (last - first).days)
    for row in late:
        row["from"] = (row["promised_for"] - first).days / length
        row["to"] = (as_of - first).days / length
        row["ticks"] = [(day - first).days / length for day in row["newer"]]
    years = [date(year, 1, 1) for year in range(first.year, last.year + 1)]
    step = max(1, -(-len(years) // 8))
    return {
        "years": [(day.year, (day - first).days / length) for day in years[::step]],
        "today": (as_of - first).days / length,
    }


def _reached(tables: TrackerTables) -> Rows:
    """Return the stages reached, newest first, once each."""
    steps = [row for row in tables.rows["milestone"] if row["happened_on"] is not None]
    stages: dict[tuple[str, str, str], Row] = {}
    for row in sorted(steps, key=lambda row: (row["happened_on"], row["claim_id"])):
        stages.setdefault((row["project_id"], row["stage"], str(row["detail"])), row)
    newest = sorted(stages.values(), key=lambda row: (row["happened_on"], row["claim_id"]), reverse=True)
    return [_shown(tables, row) for row in newest]


def _to_come(tables: TrackerTables) -> Rows:
    """Return the newest promise of each stage whose date is still to come, the next date first."""
    ahead = [
        row for row in tables.rows["milestone"] if row["planned_for"] is not None and row["planned_for"] >= tables.as_of
    ]
    newest = [
        max(rows, key=lambda row: (row["published_on"] or date.min, row["claim_id"])) for rows in _by_stage(ahead)
    ]
    return [_shown(tables, row) for row in sorted(newest, key=lambda row: (row["planned_for"], row["project_id"]))]


def _by_stage(rows: Rows) -> list[Rows]:
    """Return the milestones of each stage of a project."""
    return list(grouped([{**row, "key": (row["project_id"], row["stage"])} for row in rows], "key").values())


def _shown(tables: TrackerTables, row: Row) -> Row:
    """Return a milestone with its project's title and its claim."""
    project = tables.project_titles.get(row["project_id"], row["project_id"])
    return {**row, "project": project, "claim": tables.claim.get(row["claim_id"])}
