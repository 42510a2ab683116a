"""How the probabilities moved from month to month, and what moved them.

Belongs here: months with their changes, their two largest causes, and those that moved by two points or more. Not here:
how the months are drawn (charts.py) and read out (report.js).
"""

import json
from collections import defaultdict
from datetime import date
from typing import Any

from signposts.report import wording
from signposts.report.drawing import safe_in_script
from signposts.report.records import Row, Rows, TrackerTables

PIN = 0.02
"""A month in which the leader of today moved by this much gets a pin."""


def months(tables: TrackerTables) -> Rows:
    """Return a row an as-of date: each scenario's probability, its change, and the causes of today's leader's change.

    The part of an indicator is what it adds at a date, the probability less that without it, less what it added
    before.
    """
    leader = tables.ranked[0]["scenario_id"]
    values: dict[date, dict[str, float]] = defaultdict(dict)
    for row in tables.headline:
        values[row["as_of"]][row["scenario_id"]] = row["posterior"]
    added: dict[date, dict[str, float]] = defaultdict(dict)
    for row in tables.rows["scenario_probability"]:
        family, _, key = row["variant"].partition(":")
        if family == "without" and row["scenario_id"] == leader:
            added[row["as_of"]][key] = values[row["as_of"]].get(leader, 0.0) - row["posterior"]
    retrospective = {row["as_of"]: bool(row["retrospective"]) for row in tables.rows["as_of_date"]}
    rows: Rows = []
    for day in sorted(values):
        before = rows[-1] if rows else None
        last = before["values"] if before else {}
        changes = {key: share - last[key] for key, share in values[day].items() if key in last}
        parts: dict[str, float] = defaultdict(float)
        if before:
            for key in set(added[day]) | set(added[before["as_of"]]):
                parts[key] = added[day].get(key, 0.0) - added[before["as_of"]].get(key, 0.0)
        ranked = sorted(parts, key=lambda key: (-abs(parts[key]), key))[:2]
        rows.append(
            {
                "as_of": day,
                "values": values[day],
                "changes": changes,
                "causes": [(key, parts[key]) for key in ranked if abs(parts[key]) >= 0.0005],
                "retrospective": retrospective.get(day, False),
            }
        )
    return rows


def pins(tables: TrackerTables, rows: Rows) -> Rows:
    """Return the months in which today's leader moved by two points or more, numbered, each with causes and claims."""
    leader = tables.ranked[0]["scenario_id"]
    moved = [row for row in rows if abs(row["changes"].get(leader, 0.0)) >= PIN]
    return [
        {
            "number": number,
            "as_of": row["as_of"],
            "at": row["values"][leader],
            "change": row["changes"][leader],
            "causes": [
                {
                    "indicator": tables.indicator[key],
                    "points": points,
                    "claim": _newest_claim(tables, key, row["as_of"]),
                }
                for key, points in row["causes"]
                if key in tables.indicator
            ],
        }
        for number, row in enumerate(moved, start=1)
    ]


def _newest_claim(tables: TrackerTables, indicator_id: str, day: date) -> Row | None:
    """Return the newest claim about an indicator that was published by a day."""
    published = [
        row
        for row in tables.claims.get(indicator_id, [])
        if row["published_on"] and row["published_on"] <= day and row["kind"] != "plan" and not row["held"]
    ]
    return max(published, key=lambda row: (row["published_on"], row["claim_id"]), default=None)


def readout(tables: TrackerTables, rows: Rows) -> str:
    """Return what the crosshair reads out, as JSON: by date all values, changes, and the two largest causes."""

    def line(row: Row) -> dict[str, Any]:
        causes = [
            f"\u201c{tables.indicator.get(key, {}).get('title', key)}\u201d {wording.points(points, 1)}"
            for key, points in row["causes"]
        ]
        shares = []
        for one in tables.scenarios:
            change = row["changes"].get(one["scenario_id"])
            moved = f" ({wording.points(change, 1)})" if change is not None else ""
            shares.append(f"{one['title']} {wording.percent(row['values'].get(one['scenario_id']))}{moved}")
        return {
            "at": row["as_of"].isoformat(),
            "day": wording.day(row["as_of"]),
            "shares": shares,
            "causes": causes,
            "hindsight": row["retrospective"],
        }

    return safe_in_script(json.dumps([line(row) for row in rows], ensure_ascii=False, separators=(",", ":")))
