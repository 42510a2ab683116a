"""The report's charts as Vega-Lite specifications: plain data from plain data.

Belongs here: one function a kind of chart, from rows to layers. Not here: which charts a page shows, their captions and
tables, and the rendering, which is kept by content in drawing.py. Colours are the page's style properties, so that one
drawing serves light and dark. tests/unit/test_report.py holds every specification against Vega-Lite's schema.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

Rows = Sequence[Mapping[str, Any]]
Data = Mapping[str, Any]
Part = dict[str, Any]
"""A part of a specification: a layer, a channel, an axis, a mark."""

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
INK, MUTED, RULE, GRID = "var(--ink)", "var(--muted)", "var(--rule)", "var(--grid)"
PAPER = "var(--paper)"
SHARE_LABEL = "format(100 * datum.value, '.3~r') + ' %'"
DASHES = [[1, 0], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4]]
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
TYPES = {"Q": "quantitative", "N": "nominal", "O": "ordinal", "T": "temporal"}
WORDS: Part = {"field": "words", "type": "nominal"}
LABEL: Part = {"field": "label", "type": "nominal"}
NAME: Part = {"field": "name", "type": "nominal"}

CONFIG: Part = {
    "background": "transparent",
    "aria": False,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "gridColor": GRID,
        "domainColor": RULE,
        "tickColor": RULE,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelPadding": 5,
    },
    "axisX": {"grid": False, "labelOverlap": True, "labelFlush": True},
    "axisY": {"domain": False, "ticks": False},
    "text": {"fontSize": 12, "fill": INK},
    "rule": {"stroke": RULE},
}


def _layer(rows: Rows, mark: str, style: Part, **encoding: Any) -> Part:
    """Return a layer: rows, a mark with its style, and what each channel shows."""
    return {"data": {"values": list(rows)}, "mark": {"type": mark, **style}, "encoding": encoding}


def _channel(shorthand: str, **settings: Any) -> Part:
    """Return a channel of a field and its type, `date:T`."""
    field, letter = shorthand.split(":")
    return {"field": field, "type": TYPES[letter], **settings}


def _category(shorthand: str, domain: Sequence[Any], values: Sequence[Any]) -> Part:
    """Return a channel that gives each name a colour, a dash, a shape or a strength of its own, without a legend."""
    return _channel(shorthand, scale={"domain": domain, "range": values}, legend=None)


def _words(rows: Rows, style: Part, **encoding: Any) -> Part:
    """Return words with a rim of paper, which keeps them apart from the lines they cross; the page paints it first."""
    rim = {"fill": INK, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"}
    return _layer(rows, "text", rim | style, **encoding)


def _time(field: str, span: Sequence[str]) -> Part:
    """Return the axis of time over the whole span, in UTC so that no clock of a machine moves a mark."""
    years = int(span[1][:4]) - int(span[0][:4])
    yearly: Part = {"format": "%Y", "tickCount": {"interval": "year", "step": 1}}
    # a year's name stands inside the year, beside the tick at which it begins
    yearly |= {"tickSize": 16, "labelAlign": "left", "labelOffset": 3, "labelPadding": -10, "labelFlush": False}
    axis = yearly if years > 3 else {"format": "%b %Y", "tickCount": 5}
    ends = [date.fromisoformat(day) for day in span]
    domain = [{"year": day.year, "month": day.month, "date": day.day, "utc": True} for day in ends]
    return _channel(f"{field}:T", title=None, scale={"type": "utc", "domain": domain}, axis=axis)


def _level(title: str, **settings: Any) -> Part:
    """Return a y axis whose title lies flat above it, where it is read first."""
    flat = {"titleAngle": 0, "titleAlign": "left", "titleBaseline": "bottom", "titleX": 0, "titleY": -8}
    return {"title": title, **flat, **settings}


def _labels(form: str) -> Part:
    """Return how an axis writes its numbers: a share with a blank before its sign, as everywhere else."""
    return {"labelExpr": SHARE_LABEL} if form == ".0%" else {"format": form}


def _row(order: Sequence[str], inner: float = 0.5, outer: float = 0.3) -> Part:
    """Return a row for each name in `order`; the words stand above the marks, so there is no axis."""
    return _channel("row:N", sort=order, axis=None, scale={"paddingInner": inner, "paddingOuter": outer})


def _scenario_color(data: Data) -> Part:
    return _category("scenario:N", data["scenarios"], data["colors"])


def _scenario_dash(data: Data, ranked: Sequence[str]) -> Part:
    dashes = [DASHES[ranked.index(scenario) % len(DASHES)] for scenario in data["scenarios"]]
    return _category("scenario:N", data["scenarios"], dashes)


def _marks_in_time(data: Data) -> list[Part]:
    """Return the rules and words of structural breaks and of the as-of date, one line of words each."""
    layers = []
    x = _time("date", data["span"])
    if data.get("as_of"):
        now = [{"date": data["as_of"]}]
        style = {"fill": MUTED, "align": "right", "dx": -4, "fontSize": 11, "baseline": "top"}
        # Its words stand on the line below those of the structural breaks.
        below = max((int(row["line"]) for row in data.get("breaks", [])), default=-13) + 15
        named = {"value": f"as of {date.fromisoformat(data['as_of']):%-d %b %Y}"}
        layers.append(_layer(now, "rule", {"stroke": INK, "strokeWidth": 1}, x=x))
        layers.append(_words(now, style, x=x, y={"value": below}, text=named))
    for row in data.get("breaks", []):
        layers.append(_layer([row], "rule", {"strokeDash": [3, 3], "stroke": MUTED}, x=x))
        style = {"fill": MUTED, "align": row["side"], "dx": 4 if row["side"] == "left" else -4}
        style |= {"fontSize": 11, "baseline": "top", "limit": 190}
        layers.append(_words([row], style, x=x, y={"value": row["line"]}, text=LABEL))
    return layers


def probability_history(data: Data, height: int) -> list[Part]:
    """Return the scenarios' probabilities through time as steps, with the share at the end of each line.

    What is computed in hindsight is faint; the leader is the solid line, with the band of its interval.
    """
    scale = {"domain": [0, 1]}
    y = _channel("probability:Q", scale=scale, axis=_level("Probability", labelExpr=SHARE_LABEL, tickCount=5))
    x = _time("date", data["span"])
    color = _scenario_color(data)
    layers = _marks_in_time(data)
    if data["band"]:
        ends = {"y": _channel("p05:Q", scale=scale), "y2": {"field": "p95"}}
        layers.append(
            _layer(data["band"], "area", {"interpolate": "step-after", "opacity": 0.14}, x=x, color=color, **ends)
        )
    # The leader's line is the solid one. Both scales name the scenarios in one order, or the renderer would join them.
    ranked = sorted(data["scenarios"], key=lambda scenario: scenario != data["leader"])
    dash = _scenario_dash(data, ranked)
    faint = _category("when:O", ["hindsight", "published"], [0.5, 1])
    step = {"strokeWidth": 2.5, "interpolate": "step-after"}
    layers.append(_layer(data["rows"], "line", step, x=x, y=y, color=color, strokeDash=dash, opacity=faint))
    if data.get("published_from"):
        from_here = [{"date": data["published_from"]}]
        style = {"fill": MUTED, "align": "right", "fontSize": 11, "baseline": "bottom"}
        layers.append(_layer(from_here, "rule", {"stroke": INK, "strokeDash": [1, 2]}, x=x))
        layers.append(_words(from_here, style, x=x, y={"value": -4}, text={"value": "published from here"}))
    if data["pins"]:
        at = _channel("probability:Q", scale=scale)
        disc = {"size": 230, "filled": True, "fill": PAPER, "stroke": INK, "opacity": 1, "yOffset": -14}
        number = {"fontSize": 11, "fontWeight": "bold", "yOffset": -14}
        layers.append(_layer(data["pins"], "point", disc, x=x, y=at))
        layers.append(_layer(data["pins"], "text", number, x=x, y=at, text=_channel("number:N")))
    dot = {"size": 45, "filled": True, "opacity": 1}
    layers.append(_layer(data["ends"], "point", dot, x=x, y=_channel("probability:Q"), color=color, tooltip=WORDS))
    words = {"align": "left", "dx": 8, "fontWeight": "bold", "fontSize": 13}
    layers.append(_layer(data["ends"], "text", words, x=x, y=_channel("label_at:Q"), text=LABEL, color=color))
    return layers


def moves(data: Data, height: int) -> list[Part]:
    """Return bars from one level to another, one a row, each with its words above it: waterfalls and tornados."""
    rows = data["rows"]
    y = _row([row["row"] for row in rows], 0.62, 0.25)
    axis = {"title": data["title"], "labelExpr": SHARE_LABEL, "tickCount": 5, "grid": True}
    on_axis = {"scale": {"domain": data["domain"], "nice": False, "zero": False}, "axis": axis}
    color = _category("direction:N", ["up", "down", "level"], ["var(--up)", "var(--down)", "var(--level)"])
    layers = []
    if data.get("links"):
        ends = {"x": _channel("at:Q", **on_axis), "y2": {"field": "next"}}
        layers.append(_layer(data["links"], "rule", {"stroke": RULE}, y=y, **ends))
    if data.get("reference") is not None:
        dashed = {"stroke": INK, "strokeDash": [2, 2]}
        layers.append(_layer([{"at": data["reference"]}], "rule", dashed, x=_channel("at:Q", **on_axis)))
    bars = [row for row in rows if row["direction"] != "level"]
    ends = {"x": _channel("low:Q", **on_axis), "x2": {"field": "high"}}
    layers.append(_layer(bars, "bar", {"cornerRadius": 1}, y=y, color=color, tooltip=WORDS, **ends))
    if levels := [row for row in rows if row["direction"] == "level"]:
        # a level is a mark and no bar: its length would say nothing on an axis that does not start at nothing
        diamond = {"shape": "diamond", "size": 130, "filled": True, "opacity": 1}
        at = _channel("high:Q", **on_axis)
        layers.append(_layer(levels, "point", diamond, x=at, y=y, color=color, tooltip=WORDS))
    above = {"baseline": "bottom", "dy": -10}
    name = above | {"align": "left", "limit": {"expr": "width - 64"}}
    layers.append(_words(rows, name, x={"value": 2}, y=y, text=NAME))
    layers.append(_words(rows, above | {"align": "right", "fontWeight": "bold"}, x={"value": "width"}, y=y, text=LABEL))
    return layers


def fans(data: Data, height: int) -> list[Part]:
    """Return an indicator's claims over the fans of its scenarios: band of 80 percent, median, and the reports."""
    return _fans(data) + (_claim_marks(data) if data["claims"] else [])


def _on_scale(data: Data) -> Part:
    """Return scale and axis of an indicator's own numbers."""
    scale = {"domain": data["range"], "zero": False, "clamp": True, "nice": False}
    return {"scale": scale, "axis": _level(data["unit"], tickCount=5, **_labels(data["format"]))}


def _fans(data: Data) -> list[Part]:
    on_scale, x, color = _on_scale(data), _time("date", data["span"]), _scenario_color(data)
    layers = []
    if data["fan"]:
        ends = {"y": _channel("p10:Q", **on_scale), "y2": {"field": "p90"}}
        # outlines, since three fills on one another give a colour that means nothing
        outline = {"fillOpacity": 0.06, "strokeWidth": 1, "strokeOpacity": 0.8}
        layers.append(_layer(data["fan"], "area", outline, x=x, color=color, stroke=color, **ends))
        dash = _scenario_dash(data, data["scenarios"])
        middle = _channel("p50:Q", **on_scale)
        layers.append(_layer(data["fan"], "line", {"strokeWidth": 2}, x=x, y=middle, color=color, strokeDash=dash))
    return layers + _marks_in_time(data)


def _claim_marks(data: Data) -> list[Part]:
    """Return each claim as a bar between its ends and a mark of its source, a series joined by a line."""
    on_scale, x, states = _on_scale(data), _time("date", data["span"]), ["used", "shown", "superseded"]
    level = _channel("value:Q", **on_scale)
    faint = _category("state:O", states, [1, 0.65, 0.25])
    line = {"stroke": INK, "strokeWidth": 1.2, "opacity": 0.7}
    bar = {"stroke": INK, "strokeWidth": 1.5}
    ends = {"y": _channel("low:Q", **on_scale), "y2": {"field": "high"}}
    marks = {
        "shape": _category("source:N", data["sources"], data["shapes"]),
        "fill": _category("state:O", states, [INK, PAPER, PAPER]),
        "opacity": faint,
    }
    tooltip = [
        _channel("words:N", title="Claim"),
        _channel("source:N", title="Source"),
        _channel("day:N", title="Speaks of"),
    ]
    claims = data["claims"]
    period = {"x": _channel("from:T", title=None), "x2": {"field": "date"}}
    point = {"size": data.get("point_size", 70), "cursor": "pointer", **bar}
    return [
        *([_layer(claims, "line", line, x=x, y=level, detail=_channel("source:N"))] if data.get("series") else []),
        _layer(claims, "rule", bar, x=x, opacity=faint, **ends),
        _layer(claims, "rule", {**bar, "clip": True}, opacity=faint, y=level, **period),
        _layer(claims, "point", point, x=x, y=level, tooltip=tooltip, **marks),
    ]


def counted(data: Data, height: int) -> list[Part]:
    """Return the events counted so far as steps over the fans of what each scenario expects by then."""
    at = {"x": _time("date", data["span"]), "y": _channel("count:Q", **_on_scale(data))}
    step = {"interpolate": "step-after", "stroke": INK, "strokeWidth": 2}
    dot = {"size": 50, "filled": True, "fill": INK, "opacity": 1}
    return [
        *_fans(data),
        _layer(data["steps"], "line", step, **at),
        _layer(data["steps"], "point", dot, tooltip=WORDS, **at),
    ]


def moments(data: Data, height: int) -> list[Part]:
    """Return rows of dated marks: what was reported, what was looked for in vain, what was planned or predicted."""
    y = _row(data["order"])
    color = _category("tone:N", data["tones"], data["colors"])
    marks = {
        "shape": _category("mark:N", data["marks"], data["shapes"]),
        "fill": _category("filled:N", data["fills"], data["fill_colors"]),
    }
    names = [{"row": row, "name": name} for row, name in zip(data["order"], data["names"], strict=True)]
    layers = _marks_in_time(data)
    layers.append(_layer(names, "rule", {"stroke": GRID}, x={"value": 0}, x2={"value": "width"}, y=y))
    if data["lines"]:
        ends = {"x": _channel("date:T", title=None), "x2": {"field": "until"}}
        layers.append(_layer(data["lines"], "rule", {"strokeWidth": 2}, y=y, color=color, tooltip=WORDS, **ends))
    point = {"size": 85, "strokeWidth": 1.6, "opacity": 1}
    x = _time("date", data["span"])
    layers.append(_layer(data["rows"], "point", point, x=x, y=y, color=color, tooltip=WORDS, **marks))
    name = {"align": "left", "baseline": "bottom", "dy": -9, "limit": {"expr": "width - 8"}}
    return [*layers, _words(names, name, x={"value": 2}, y=y, text=NAME)]


def columns(data: Data, height: int) -> list[Part]:
    """Return upright bars of now beside a tick of before, one pair a label: onset years."""
    x = _channel("label:O", title=data["x_title"], axis={"labelAngle": 0, "labelOverlap": True})
    axis = _level(data["title"], labelExpr=SHARE_LABEL, tickCount=4)
    y = _channel("now:Q", axis=axis, scale={"domain": [0, data["top"]]})
    return [
        _layer(data["rows"], "bar", {"color": data["color"], "cornerRadius": 1}, x=x, y=y, tooltip=WORDS),
        _layer(data["rows"], "tick", {"color": INK, "thickness": 2}, x=x, y=_channel("before:Q")),
    ]


def lines(data: Data, height: int) -> list[Part]:
    """Return lines over a numbered axis, one a series, with points to point at."""
    x = _channel("at:O", title=data["x_title"], axis={"labelAngle": 0, "labelOverlap": True})
    axis = _level(data["title"], tickCount=5, **_labels(data["format"]))
    y = _channel("value:Q", axis=axis, scale={"domain": data["range"]})
    color = _category("series:N", data["series"], data["colors"])
    dash = _category("series:N", data["series"], DASHES[: len(data["series"])])
    level = {"stroke": RULE, "strokeWidth": 1.5}
    references = [{"at": data["reference"]}] if data.get("reference") is not None else []
    point = {"filled": True, "size": 55, "opacity": 1}
    return [
        *(_layer([one], "rule", level, y=_channel("at:Q")) for one in references),
        _layer(data["rows"], "line", {"strokeWidth": 2.5}, x=x, y=y, color=color, strokeDash=dash),
        _layer(data["rows"], "point", point, x=x, y=y, color=color, tooltip=WORDS),
    ]


def spread(data: Data, height: int) -> list[Part]:
    """Return each scenario's probability under every setting as a dot on the setting's row."""
    y = _row([row["row"] for row in data["names"]])
    shape = _category("scenario:N", data["scenarios"], SHAPES[: len(data["scenarios"])])
    axis = {"title": data["title"], "labelExpr": SHARE_LABEL, "tickCount": 5, "grid": True}
    x = _channel("probability:Q", scale={"domain": [0, 1]}, axis=axis)
    dot = {"filled": True, "size": 80, "opacity": 1}
    name = {"align": "left", "baseline": "bottom", "dy": -8, "limit": {"expr": "width - 8"}}
    return [
        _layer(data["names"], "rule", {"stroke": GRID}, x={"value": 0}, x2={"value": "width"}, y=y),
        _layer(data["rows"], "point", dot, x=x, y=y, color=_scenario_color(data), shape=shape, tooltip=WORDS),
        _layer(data["names"], "text", name, x={"value": 2}, y=y, text=NAME),
    ]


def places(data: Data, height: int) -> list[Part]:
    """Return a map at a fixed scale about its middle: countries, routes, and the projects by last stage.

    Positions are plain: longitudes come squeezed, so that a wide page shows more of the map and no larger one.
    """
    (across, up), scale = data["middle"], data["scale"]
    middle = {"expr": f"[width / 2 - {across * scale:.2f}, height / 2 + {up * scale:.2f}]"}
    projection = {"type": "identity", "reflectY": True, "scale": scale, "translate": middle}
    at = {"longitude": _channel("x:Q"), "latitude": _channel("y:Q")}
    stages = {
        "shape": _category("stage:N", data["stages"], data["shapes"]),
        "fill": _category("stage:N", data["stages"], data["colors"]),
    }
    route = {"stroke": MUTED, "strokeWidth": 2, "strokeDash": [5, 3]}
    one_each = {"order": _channel("order:Q"), "detail": _channel("project:N")}
    waypoints = [row for row in data["labels"] if not row["stands"]]
    spot = {"size": 120, "stroke": INK, "strokeWidth": 1.4, "opacity": 1}
    layers = [
        _layer(data["countries"], "geoshape", {"fill": GRID, "stroke": RULE, "strokeWidth": 0.8, "clip": True}),
        _layer(data["lines"], "line", route, **at, **one_each),
        _layer(waypoints, "point", {"size": 22, "filled": True, "fill": MUTED, "opacity": 1}, **at),
        _layer(data["marks"], "point", spot, **at, **stages, tooltip=WORDS),
    ]
    for side, dx in (("left", 9), ("right", -9)):
        named = [row for row in data["labels"] if row["side"] == side]
        layers.append(_words(named, {"align": side, "baseline": "middle", "dx": dx}, **at, text=NAME))
    return [{**layer, "projection": projection} for layer in layers if layer["data"]["values"]]


KINDS: dict[str, Callable[[Data, int], list[Part]]] = {
    "probability_history": probability_history,
    "moves": moves,
    "fans": fans,
    "counted": counted,
    "moments": moments,
    "columns": columns,
    "lines": lines,
    "spread": spread,
    "places": places,
}


def specification(kind: str, data: Data, height: int) -> Part:
    """Return the Vega-Lite specification of a chart, without a width: the page gives it one. Rows stand in it once."""
    layers = KINDS[kind](data, height)
    names: dict[str, str] = {}
    datasets = {}
    for layer in layers:
        text = json.dumps(layer["data"]["values"], sort_keys=True)
        name = names.setdefault(text, f"rows{len(names)}")
        datasets[name] = layer["data"]["values"]
        layer["data"] = {"name": name}
    return {
        "$schema": SCHEMA,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": CONFIG,
        "datasets": datasets,
        "height": height,
        "layer": layers,
        "padding": data.get("padding", 4),
    }
