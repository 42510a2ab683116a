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
    rows = matrix_rows(tables)
    carrying = {row["indicator"]["indicator_id"] for row in verdict.carrying_indicators(tables)}
    for row in rows:
        row["carries"] = row["indicator"]["indicator_id"] in carrying
    content = {
        "rows": rows,
        "carrying": sum(row["carries"] for row in rows),
        "heuer": heuer_ranking(tables),
        "domains": sorted({(row["indicator"]["domain"] or "", wording.domain_of(row["indicator"])) for row in rows}),
        "statuses": sorted({cell["status"] for row in rows for cell in row["cells"] if cell and cell["status"]}),
    }
    citations = [cite(name, **page_values(tables)) for name in ("matrix", "most_influential")]
    return Page("evidence.html", "evidence.html", "Evidence", content, (), citations)


def matrix_rows(tables: TrackerTables) -> Rows:
    """Return the indicators with a cell, by how far the probabilities would move without them."""
    found = attribution.most_influential(tables, len(tables.indicator))
    distance = {row["indicator"]["indicator_id"]: row["distance"] for row in found}
    rows = []
    for indicator in tables.indicators:
        key = indicator["indicator_id"]
        cells = [tables.assessment.get((key, scenario["scenario_id"])) for scenario in tables.named]
        if not indicator["scored"] and not any(cells):
            continue
        rows.append(
            {
                "indicator": indicator,
                "reading": tables.reading.get(key),
                "cells": _cells(tables, cells),
                "distance": distance.get(key),
                "cautions": cautions(tables, key),
                "sparkline": line_sparkline(readings_in_time(tables.readings_of.get(key, []))),
                "search": _search_text(tables, indicator),
            }
        )
    _tint(rows)
    return sorted(rows, key=lambda row: (-(row["distance"] or 0.0), row["indicator"]["title"]))


def _cells(tables: TrackerTables, cells: list[Row | None]) -> list[Row | None]:
    """Return the cells with their points: what the reading does to each scenario among the named, around today.

    P_s (c_s - mean c) ln(10)/10, the mean by P over the named scenarios that have a contribution; they sum to nothing.
    """
    named = tables.named
    weighed = [
        (one["posterior"], cell["contribution"])
        for one, cell in zip(named, cells, strict=True)
        if cell and cell["contribution"] is not None
    ]
    total = sum(share for share, _ in weighed)
    mean = sum(share * value for share, value in weighed) / total if total else 0.0
    return [
        None
        if cell is None
        else {
            **cell,
            "points": None
            if cell["contribution"] is None
            else one["posterior"] * (cell["contribution"] - mean) * math.log(10) / 10,
        }
        for one, cell in zip(named, cells, strict=True)
    ]


def _tint(rows: Rows) -> None:
    """Give every cell the depth of its colour: its share of the largest, by the square root so that small ones show."""
    cells: list[dict[str, Any]] = [cell for row in rows for cell in row["cells"] if cell]
    largest = max((abs(cell["points"]) for cell in cells if cell["points"] is not None), default=0.0)
    for cell in cells:
        share = abs(cell["points"]) / largest if largest and cell["points"] is not None else 0.0
        cell["tint"] = round(45 * math.sqrt(share))


def _search_text(tables: TrackerTables, indicator: Row) -> str:
    """Return what the filter searches: title, meaning, speakers, predictions and claims."""
    key = indicator["indicator_id"]
    claims = [tables.claim[name] for name in tables.used_claims.get(key, ()) if name in tables.claim]
    parts = [indicator["title"], indicator["meaning"] or "", indicator["sources"] or ""]
    parts += [row["claim"] or "" for (name, _), row in tables.prediction.items() if name == key]
    parts += [f"{row['speaker'] or ''} {row['source_name'] or ''} {row['category'] or ''}" for row in claims]
    words = dict.fromkeys(" ".join(parts).casefold().split())
    return " ".join(words)


def heuer_ranking(tables: TrackerTables) -> Rows:
    """Return the scenarios by least inconsistency (Heuer 1999) beside their place by probability."""
    counts: Rows = []
    for scenario in tables.named:
        cells = [
            row["cell"]
            for (key, name), row in tables.assessment.items()
            if name == scenario["scenario_id"] and row["cell"] and tables.indicator.get(key, {}).get("scored")
        ]
        counts.append(
            {
                "scenario": scenario,
                "consistent": cells.count("C"),
                "neutral": cells.count("N"),
                "inconsistent": cells.count("I"),
                "very": cells.count("II"),
                "score": cells.count("I") + 2 * cells.count("II"),
            }
        )
    counts.sort(key=lambda row: (row["score"], row["scenario"]["sort_order"] or 0))
    ours = [row["scenario_id"] for row in tables.ranked if not row["is_other"]]
    for row in counts:
        row["rank"] = 1 + sum(other["score"] < row["score"] for other in counts)
        row["ours"] = ours.index(row["scenario"]["scenario_id"]) + 1
    return counts
