"""The map of the projects: where each stands or runs, and the last stage it reached.

Belongs here: the figure from the tables place and milestone, and the outlines of countries beneath it. Not here: how a
map is drawn (charts.py). The outlines are Natural Earth's, 1:110 million, public domain; natural_earth.json keeps them
as arcs of whole numbers (TopoJSON) and rings of arcs.
"""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from signposts.report import wording
from signposts.report.drawing import NARROW, ChartRequest
from signposts.report.figures import Figure, Key
from signposts.report.indicator_illustrations import STAGE_SHAPES
from signposts.report.records import Row, Rows, TrackerTables, grouped

TONES = {"operating": "up", "delivered": "up", "suspended": "down", "abandoned": "down", "no dated stage": "paper"}
Point = tuple[float, float]
HEIGHT = 500
BESIDE = 14.0
"""Degrees of longitude that a wide page shows beyond the places on either side."""
MARGIN = 1.6
"""Degrees of latitude kept free above and below the places."""


def project_map(tables: TrackerTables) -> Figure | None:
    """Return the map of the projects that have places, coloured and shaped by last stage; None if none has."""
    places = sorted(tables.rows.get("place", []), key=lambda row: (row["project_id"], row["position"]))
    if not places:
        return None
    reached = [row for row in tables.rows["milestone"] if row["happened_on"] is not None]
    stages = {row["project_id"]: row for row in sorted(reached, key=lambda row: (row["happened_on"], row["claim_id"]))}
    titles = tables.project_titles
    south, north = min(row["latitude"] for row in places) - MARGIN, max(row["latitude"] for row in places) + MARGIN
    west, east = min(row["longitude"] for row in places), max(row["longitude"] for row in places)
    squeeze = math.cos(math.radians((south + north) / 2))
    marks, lines, table = [], [], []
    for project, route in grouped(places, "project_id").items():
        stage = stages.get(project)
        word = stage["stage"] if stage else "no dated stage"
        since = f" since {wording.day(stage['happened_on'])}" if stage else ""
        marks.append({**_at(route[0], squeeze), "stage": word, "words": f"{titles[project]}: {word}{since}"})
        lines += [{**_at(row, squeeze), "project": project, "order": row["position"]} for row in route if route[1:]]
        names = wording.listed([row["name"] for row in route])
        table.append([titles[project], word, wording.day(stage["happened_on"]) if stage else "\u2013", names])
    occurring = [name for name in (*STAGE_SHAPES, "no dated stage") if any(row["stage"] == name for row in marks)]
    shapes = {**STAGE_SHAPES, "no dated stage": "circle"}
    colours = {name: TONES.get(name, "ink") for name in occurring}
    data = {
        "countries": outlines(west - BESIDE, south, east + BESIDE, north, squeeze),
        "marks": marks,
        "lines": lines,
        "labels": _labels(places, marks, squeeze),
        "stages": occurring,
        "shapes": [shapes[name] for name in occurring],
        "colors": [f"var(--{colour})" for colour in colours.values()],
        "middle": [round((west + east) / 2 * squeeze, 3), round((south + north) / 2, 3)],
        "scale": round(HEIGHT / (north - south), 3),
    }
    return Figure(
        "map",
        "Where the projects stand",
        " ".join(f"{row['words']}." for row in marks),
        ChartRequest("places", data, HEIGHT),
        "tables place and milestone; outlines of countries: Natural Earth, public domain",
        ["Project", "Last stage", "Since", "Places"],
        table,
        [
            Key(
                name,
                "ink" if colour == "paper" else colour,
                f"shape:{'star' if name == 'operating' else shapes[name]}",
                hollow=colour == "paper",
            )
            for name, colour in colours.items()
        ],
        "Routes are drawn straight from place to place.",
    )


def _at(place: Row, squeeze: float) -> dict[str, Any]:
    return {"x": round(place["longitude"] * squeeze, 3), "y": place["latitude"]}


def _labels(places: Rows, marks: Rows, squeeze: float) -> Rows:
    """Return each place's name once, to the right of its mark unless that is taken or beyond a phone's edge."""
    scale = HEIGHT / (max(row["latitude"] for row in places) - min(row["latitude"] for row in places) + 2 * MARGIN)
    columns = [_at(row, squeeze)["x"] * scale for row in places]
    edge = (min(columns) + max(columns) + NARROW) / 2
    spots = {(mark["x"], mark["y"]) for mark in marks}
    taken: list[tuple[float, float, float, float]] = []
    labels = []
    for row in sorted({place["name"]: place for place in places}.values(), key=lambda row: -row["latitude"]):
        at = _at(row, squeeze)
        x, y, wide = at["x"] * scale, -at["y"] * scale, 7.0 * len(row["name"])
        boxes = {"left": (x + 8, y - 8, x + 8 + wide, y + 8), "right": (x - 8 - wide, y - 8, x - 8, y + 8)}
        free = [
            side
            for side, (west, north, east, south) in boxes.items()
            if not any(west < box[2] and box[0] < east and north < box[3] and box[1] < south for box in taken)
        ]
        side = next((side for side in free if boxes[side][2] < edge), "right" if boxes["left"][2] >= edge else "left")
        taken += [boxes[side], (x - 6, y - 6, x + 6, y + 6)]
        labels.append({**at, "name": row["name"], "side": side, "stands": (at["x"], at["y"]) in spots})
    return labels


def outlines(west: float, south: float, east: float, north: float, squeeze: float) -> Rows:
    """Return the countries inside a window as GeoJSON, cut at its edges, longitudes squeezed to a true shape."""
    features: Rows = []
    for ring in _rings():
        for axis, edge, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
            ring = _cut(ring, axis, edge, sign)
        if ring:
            line = [[round(x * squeeze, 2), round(y, 2)] for x, y in ring]
            features.append({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[*line, line[0]]]}})
    return features


@cache
def _rings() -> tuple[tuple[Point, ...], ...]:
    """Return every country's outlines as rings of longitude and latitude."""
    packed = json.loads((Path(__file__).parent / "natural_earth.json").read_text(encoding="utf-8"))
    (wide, high), (west, south) = packed["transform"]["scale"], packed["transform"]["translate"]
    arcs: list[list[Point]] = []
    for arc in packed["arcs"]:
        x = y = 0
        line: list[Point] = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * wide + west, y * high + south))
        arcs.append(line)
    return tuple(
        tuple(point for number in ring for point in (arcs[number] if number >= 0 else arcs[~number][::-1])[:-1])
        for ring in packed["rings"]
    )


def _cut(ring: tuple[Point, ...], axis: int, edge: float, sign: int) -> tuple[Point, ...]:
    """Return the part of a ring on one side of an upright or level line (Sutherland and Hodgman, 1974)."""
    kept: list[Point] = []
    for before, point in zip((*ring[-1:], *ring[:-1]), ring, strict=True):
        was, stays = sign * (before[axis] - edge) >= 0, sign * (point[axis] - edge) >= 0
        if was != stays:
            part = (edge - before[axis]) / (point[axis] - before[axis])
            kept.append((before[0] + part * (point[0] - before[0]), before[1] + part * (point[1] - before[1])))
        if stays:
            kept.append(point)
    return tuple(kept)
