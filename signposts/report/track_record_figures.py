"""Figures of the track record for docs/: probabilities through time, reliability, scores; plain SVG files.

Belongs here: how the three figures look. Not here: their numbers (tables), the page around them (cli/track_record.py).
"""

from collections.abc import Mapping
from typing import Any

from signposts.report.charts import SCHEMA
from signposts.report.drawing import svg

Rows = list[dict[str, Any]]
WIDTH, HEIGHT, PANELS = 220, 110, 3
NEUTRAL = "#8a8a8a"
CLOSEST, OTHER = "#1f6f8b", "#b3541e"


def probabilities_through_time(rows: Rows) -> str:
    """Return a panel a set: blue the scenario that came closest, orange `other`, grey the rest; of resolved_curve."""
    shown = [
        {
            "set": row["set_id"],
            "as_of": row["as_of"].isoformat(),
            "scenario": row["scenario_id"],
            "probability": row["posterior"],
            "role": "none of the above"
            if row["scenario_id"] == "other"
            else ("came closest" if row["closest"] else "another scenario"),
        }
        for row in rows
    ]
    colours = {"domain": ["came closest", "another scenario", "none of the above"], "range": [CLOSEST, NEUTRAL, OTHER]}
    dates = {"tickCount": 3, "format": "%b %Y", "grid": False}
    encoding = {
        "x": {"field": "as_of", "type": "temporal", "title": None, "axis": dates},
        "y": _quantity("probability", None, scale={"domain": [0, 1]}, axis={"tickCount": 3, "format": "%"}),
        "color": {"field": "role", "type": "nominal", "title": None, "scale": colours, "legend": {"orient": "top"}},
        "detail": {"field": "scenario", "type": "nominal"},
    }
    mark = {"type": "line", "point": {"size": 12}, "strokeWidth": 1.6}
    return svg(
        {
            "$schema": SCHEMA,
            "data": {"values": shown},
            "facet": {"field": "set", "type": "nominal", "title": None},
            "columns": PANELS,
            "spec": {"mark": mark, "encoding": encoding, "width": WIDTH, "height": HEIGHT},
            "resolve": {"scale": {"x": "independent"}},
        }
    )


def reliability(rows: Rows) -> str:
    """Return what was said against how often it was right, with the diagonal; size is the number of probabilities."""
    x = _quantity("said", "probability said", scale={"domain": [0, 1]})
    y = _quantity("came", "share that came closest", scale={"domain": [0, 1]})
    ends = [{"said": 0.0, "came": 0.0}, {"said": 1.0, "came": 1.0}]
    size = _quantity("n", "probabilities", scale={"range": [20, 400]})
    layers = [
        {"data": {"values": ends}, "mark": {"type": "line", "color": NEUTRAL, "strokeDash": [4, 4]}},
        {"mark": {"type": "line", "color": CLOSEST}},
        {"mark": {"type": "circle", "color": CLOSEST, "opacity": 0.9}, "encoding": {"size": size}},
    ]
    encoding = {"x": x, "y": y}
    return svg(
        {
            "$schema": SCHEMA,
            "data": {"values": rows},
            "encoding": encoding,
            "layer": layers,
            "width": 320,
            "height": 320,
        }
    )


def scores(rows: Rows, names: Mapping[str, str]) -> str:
    """Return the log score of each family by the method and two baselines; equal odds are the grey tick."""
    rule = {"field": "rule", "type": "nominal", "title": None}
    domain = list(names.values())
    encoding = {
        "x": _quantity("value", "mean log score of the closest scenario (right is better)"),
        "y": {"field": "family", "type": "nominal", "title": None, "sort": None},
        "color": rule | {"scale": {"domain": domain, "range": [CLOSEST, NEUTRAL, OTHER][: len(domain)]}},
        "shape": rule | {"scale": {"domain": domain}},
    }
    shown = [{**row, "rule": names[row["rule"]]} for row in rows]
    mark = {"type": "point", "filled": True, "size": 70}
    return svg(
        {"$schema": SCHEMA, "data": {"values": shown}, "mark": mark, "encoding": encoding, "width": 420, "height": 240}
    )


def _quantity(field: str, title: str | None, **settings: Any) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, **settings}
