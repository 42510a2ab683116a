"""The evidence matrix: scored indicators by scenarios, ordered by how far the probabilities hang on each.

Belongs here: rows, cells and their weight in points, and Heuer's ranking beside ours. Not here: markup and sorting.
"""

import math
from typing import Any

from signposts.report import attribution, verdict, wording
from signposts.report.cautions import cautions
from signposts.report.citations import cite
from signposts.report.page import Page, page_values
from signposts.report.records import Row, Rows, TrackerTables
from signposts.report.sparklines import line_sparkline, readings_in_time


def evidence_matrix(tables: TrackerTables) -> Page:
    """Return the evidence matrix as a heat map, the weightiest indicator first."""
    rows = _rows(tables)
    content = {
        "rows": rows,
        "carrying": sum(row["carries"] for row in rows),
        "heuer": heuer_ranking(tables),
        "domains": sorted({(row["indicator"]["domain"] or "", wording.domain_of(row["indicator"])) for row in rows}),
        "statuses": sorted({cell["status"] for row in rows for cell in row["cells"] if cell and cell["status"]}),
    }
    citations = [cite(name, **page_values(tables)) for name in ("matrix", "most_influential")]
    return Page("evidence.html", "evidence.html", "Evidence", content, (), citations)


def _rows(tables: TrackerTables) -> Rows:
    """Return the indicators with a cell, by how far the probabilities would move without them."""
    influences = attribution.most_influential(tables, len(tables.indicator))
    distance = {row["indicator"]["indicator_id"]: row["distance"] for row in influences}
    carrying = {row["indicator"]["indicator_id"] for row in verdict.carrying_indicators(tables)}
    rows: Rows = []
    for indicator in tables.indicators:
        key = indicator["indicator_id"]
        cells = [tables.assessment.get((key, scenario["scenario_id"])) for scenario in tables.named]
        if not indicator["scored"] and not any(cells):
            continue
        claims = [tables.claim[name] for name in tables.used_claims.get(key, ()) if name in tables.claim]
        searched = [indicator["title"], indicator["meaning"] or "", indicator["sources"] or ""]
        searched += [row["claim"] or "" for (name, _), row in tables.prediction.items() if name == key]
        searched += [f"{row['speaker'] or ''} {row['source_name'] or ''} {row['category'] or ''}" for row in claims]
        rows.append(
            {
                "indicator": indicator,
                "reading": tables.reading.get(key),
                "cells": _cells(tables, cells),
                "distance": distance.get(key),
                "carries": key in carrying,
                "cautions": cautions(tables, key),
                "sparkline": line_sparkline(readings_in_time(tables.readings_of.get(key, []))),
                "search": " ".join(dict.fromkeys(" ".join(searched).casefold().split())),
            }
        )
    # The depth of a cell's colour is its share of the largest, by the square root so that small ones show.
    shown: list[dict[str, Any]] = [cell for row in rows for cell in row["cells"] if cell]
    largest = max((abs(cell["points"] or 0.0) for cell in shown), default=0.0)
    for cell in shown:
        cell["tint"] = round(45 * math.sqrt(abs(cell["points"] or 0.0) / largest)) if largest else 0
    return sorted(rows, key=lambda row: (-(row["distance"] or 0.0), row["indicator"]["title"]))


def _cells(tables: TrackerTables, cells: list[Row | None]) -> list[Row | None]:
    """Return the cells with their points: what the reading does to each scenario among the named, around today.

    P_s (c_s - mean c) ln(10)/10, the mean by P over the named scenarios that have a contribution; they sum to nothing.
    """
    pairs = list(zip(tables.named, cells, strict=True))
    weighed = [
        (one["posterior"], cell["contribution"]) for one, cell in pairs if cell and cell["contribution"] is not None
    ]
    total = sum(share for share, _ in weighed)
    mean = sum(share * value for share, value in weighed) / total if total else 0.0
    cells_with_points: list[Row | None] = []
    for one, cell in pairs:
        contribution = cell["contribution"] if cell else None
        points = None if contribution is None else one["posterior"] * (contribution - mean) * math.log(10) / 10
        cells_with_points.append({**cell, "points": points} if cell else None)
    return cells_with_points


def heuer_ranking(tables: TrackerTables) -> Rows:
    """Return the scenarios by least inconsistency (Heuer 1999) beside their place by probability."""
    counts: Rows = []
    for scenario in tables.named:
        cells = [
            row["cell"]
            for (key, name), row in tables.assessment.items()
            if name == scenario["scenario_id"] and row["cell"] and tables.indicator.get(key, {}).get("scored")
        ]
        names = {"consistent": "C", "neutral": "N", "inconsistent": "I", "very": "II"}
        tally = {name: cells.count(cell) for name, cell in names.items()}
        counts.append({"scenario": scenario, **tally, "score": tally["inconsistent"] + 2 * tally["very"]})
    counts.sort(key=lambda row: (row["score"], row["scenario"]["sort_order"] or 0))
    ours = [row["scenario_id"] for row in tables.ranked if not row["is_other"]]
    for row in counts:
        row["rank"] = 1 + sum(other["score"] < row["score"] for other in counts)
        row["ours"] = ours.index(row["scenario"]["scenario_id"]) + 1
    return counts
