"""The report's charts, drawn by Altair from plain data.

Belongs here: one function a kind of chart, from rows to a Vega-Lite specification. Not here: which charts a page shows,
their captions and tables, and the rendering, which is kept by content in drawing.py. Colours are the page's style
properties, so that one drawing serves light and dark. Imported only when a chart is missing from the cache.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import altair as alt

Rows = list[dict[str, Any]]
Data = Mapping[str, Any]

INK, MUTED, RULE, GRID = "var(--ink)", "var(--muted)", "var(--rule)", "var(--grid)"
PAPER = "var(--paper)"
SHARE_LABEL = "format(100 * datum.value, '.3~r') + ' %'"
DASHES = [[1, 0], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4]]
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]

CONFIG: dict[str, Any] = {
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


def _rows(rows: Rows) -> alt.InlineData:
    return alt.InlineData(values=tuple(rows))


def _time(field: str, span: list[str]) -> alt.X:
    """Return the axis of time over the whole span, in UTC so that no clock of a machine moves a mark."""
    years = int(span[1][:4]) - int(span[0][:4])
    axis = (
        # a year's name stands inside the year, beside the tick at which it begins
        alt.Axis(
            tickCount={"interval": "year", "step": 1},
            format="%Y",
            tickSize=16,
            labelAlign="left",
            labelOffset=3,
            labelPadding=-10,
            labelFlush=False,
        )
        if years > 3
        else alt.Axis(tickCount=5, format="%b %Y")
    )
    return alt.X(
        f"{field}:T", title=None, scale=alt.Scale(type="utc", domain=[_moment(day) for day in span]), axis=axis
    )


def _moment(day: str) -> alt.DateTime:
    year, month, number = (int(part) for part in day.split("-"))
    return alt.DateTime(year=year, month=month, date=number, utc=True)


def _haloed(base: alt.Chart, **mark: Any) -> list[alt.Chart]:
    """Return words twice: with a rim of paper, which keeps them apart from the lines they cross, and plain."""
    color = mark.pop("fill", INK)
    return [
        base.mark_text(fill=PAPER, stroke=PAPER, strokeWidth=4, strokeJoin="round", **mark),
        base.mark_text(fill=color, **mark),
    ]


def _level(title: str, **settings: Any) -> alt.Axis:
    """Return a y axis whose title lies flat above it, where it is read first."""
    return alt.Axis(
        title=title, titleAngle=0, titleAlign="left", titleBaseline="bottom", titleX=0, titleY=-8, **settings
    )


def _labels(form: str) -> dict[str, Any]:
    """Return how an axis writes its numbers: a share with a blank before its sign, as everywhere else."""
    return {"labelExpr": SHARE_LABEL} if form == ".0%" else {"format": form}


def _row(order: list[str], inner: float = 0.5, outer: float = 0.3) -> alt.Y:
    """Return a row for each name in `order`; the words stand above the marks, so there is no axis."""
    return alt.Y("row:N", sort=order, axis=None, scale=alt.Scale(paddingInner=inner, paddingOuter=outer))


def _scenario_color(data: Data) -> alt.Color:
    return alt.Color(
        "scenario:N",
        scale=alt.Scale(domain=data["scenarios"], range=data["colors"]),
        legend=None,
    )


def _scenario_dash(data: Data) -> alt.StrokeDash:
    dashes = [DASHES[place % len(DASHES)] for place in range(len(data["scenarios"]))]
    return alt.StrokeDash("scenario:N", scale=alt.Scale(domain=data["scenarios"], range=dashes), legend=None)


def _line_below_breaks(data: Data) -> int:
    """Return where the line of words below those of the structural breaks stands."""
    return max((row["line"] for row in data.get("breaks", [])), default=-13) + 15


def _marks_in_time(data: Data, height: int) -> list[alt.Chart]:
    """Return the rules and words of structural breaks and of the as-of date, one line of words each."""
    layers = []
    if data.get("as_of"):
        now = alt.Chart(_rows([{"date": data["as_of"]}]))
        x = _time("date", data["span"])
        layers.append(now.mark_rule(stroke=INK, strokeWidth=1).encode(x=x))
        named = f"as of {date.fromisoformat(data['as_of']):%-d %b %Y}"
        layers += [
            words.encode(x=x, y=alt.YValue(_line_below_breaks(data)), text=alt.TextValue(named))
            for words in _haloed(now, fill=MUTED, align="right", dx=-4, fontSize=11, baseline="top")
        ]
    for row in data.get("breaks", []):
        base = alt.Chart(_rows([row]))
        side = row["side"]
        x = _time("date", data["span"])
        layers.append(base.mark_rule(strokeDash=[3, 3], stroke=MUTED).encode(x=x))
        dx = 4 if side == "left" else -4
        layers += [
            words.encode(x=x, y=alt.YValue(row["line"]), text=alt.Text("label:N"))
            for words in _haloed(base, fill=MUTED, align=side, dx=dx, fontSize=11, baseline="top", limit=190)
        ]
    return layers


def probability_history(data: Data, height: int) -> list[alt.Chart]:
    """Return the scenarios' probabilities through time as steps, with the share at the end of each line.

    What is computed in hindsight is faint; the leader is the solid line, with the band of its interval.
    """
    base = alt.Chart(_rows(data["rows"]))
    scale = alt.Scale(domain=[0, 1])
    y = alt.Y("probability:Q", scale=scale, axis=_level("Probability", labelExpr=SHARE_LABEL, tickCount=5))
    x = _time("date", data["span"])
    layers = _marks_in_time(data, height)
    if data["band"]:
        layers.append(
            alt.Chart(_rows(data["band"]))
            .mark_area(interpolate="step-after", opacity=0.14)
            .encode(x=x, y=alt.Y("p05:Q", scale=scale), y2=alt.Y2("p95:Q"), color=_scenario_color(data))
        )
    # The leader's line is the solid one. Both scales name the scenarios in one order, or the renderer would join them.
    ranked = sorted(data["scenarios"], key=lambda scenario: scenario != data["leader"])
    dashes = [DASHES[ranked.index(scenario) % len(DASHES)] for scenario in data["scenarios"]]
    dash = alt.StrokeDash("scenario:N", scale=alt.Scale(domain=data["scenarios"], range=dashes), legend=None)
    faint = alt.Opacity("when:O", scale=alt.Scale(domain=["hindsight", "published"], range=[0.5, 1]), legend=None)
    layers.append(
        base.mark_line(strokeWidth=2.5, interpolate="step-after").encode(
            x=x, y=y, color=_scenario_color(data), strokeDash=dash, opacity=faint
        )
    )
    if data.get("published_from"):
        from_here = alt.Chart(_rows([{"date": data["published_from"]}]))
        layers.append(from_here.mark_rule(stroke=INK, strokeDash=[1, 2]).encode(x=x))
        layers += [
            words.encode(x=x, y=alt.YValue(-4), text=alt.TextValue("published from here"))
            for words in _haloed(from_here, fill=MUTED, align="right", fontSize=11, baseline="bottom")
        ]
    if data["pins"]:
        pins = alt.Chart(_rows(data["pins"]))
        at = alt.Y("probability:Q", scale=scale)
        layers.append(
            pins.mark_point(size=230, filled=True, fill=PAPER, stroke=INK, opacity=1, yOffset=-14).encode(x=x, y=at)
        )
        layers.append(
            pins.mark_text(fontSize=11, fontWeight="bold", yOffset=-14).encode(x=x, y=at, text=alt.Text("number:N"))
        )
    ends = alt.Chart(_rows(data["ends"]))
    layers.append(
        ends.mark_point(size=45, filled=True, opacity=1).encode(
            x=x, y=alt.Y("probability:Q"), color=_scenario_color(data), tooltip=alt.Tooltip("words:N")
        )
    )
    layers.append(
        ends.mark_text(align="left", dx=8, fontWeight="bold", fontSize=13).encode(
            x=x, y=alt.Y("label_at:Q"), text=alt.Text("label:N"), color=_scenario_color(data)
        )
    )
    return layers


def moves(data: Data, height: int) -> list[alt.Chart]:
    """Return bars from one level to another, one a row, each with its words above it: waterfalls and tornados."""
    order = [row["row"] for row in data["rows"]]
    base = alt.Chart(_rows(data["rows"]))
    y = _row(order, 0.62, 0.25)
    scale = alt.Scale(domain=data["domain"], nice=False, zero=False)
    axis = alt.Axis(title=data["title"], labelExpr=SHARE_LABEL, tickCount=5, grid=True)
    x = alt.X("low:Q", scale=scale, axis=axis)
    color = alt.Color(
        "direction:N",
        scale=alt.Scale(domain=["up", "down", "level"], range=["var(--up)", "var(--down)", "var(--level)"]),
        legend=None,
    )
    layers = []
    if data.get("links"):
        links = alt.Chart(_rows(data["links"]))
        layers.append(
            links.mark_rule(stroke=RULE).encode(x=alt.X("at:Q", scale=scale, axis=axis), y=y, y2=alt.Y2("next:N"))
        )
    if data.get("reference") is not None:
        layers.append(
            alt.Chart(_rows([{"at": data["reference"]}]))
            .mark_rule(stroke=INK, strokeDash=[2, 2])
            .encode(x=alt.X("at:Q", scale=scale, axis=axis))
        )
    bars = alt.Chart(_rows([row for row in data["rows"] if row["direction"] != "level"]))
    levels = [row for row in data["rows"] if row["direction"] == "level"]
    layers.append(
        bars.mark_bar(cornerRadius=1).encode(x=x, x2=alt.X2("high:Q"), y=y, color=color, tooltip=alt.Tooltip("words:N"))
    )
    if levels:
        # a level is a mark and no bar: its length would say nothing on an axis that does not start at nothing
        at = alt.X("high:Q", scale=scale, axis=axis)
        layers.append(
            alt.Chart(_rows(levels))
            .mark_point(shape="diamond", size=130, filled=True, opacity=1)
            .encode(x=at, y=y, color=color, tooltip=alt.Tooltip("words:N"))
        )
    layers += [
        words.encode(x=alt.XValue(2), y=y, text=alt.Text("name:N"))
        for words in _haloed(base, align="left", baseline="bottom", dy=-10, limit=alt.ExprRef("width - 64"))
    ]
    layers += [
        words.encode(x=alt.XValue("width"), y=y, text=alt.Text("label:N"))
        for words in _haloed(base, align="right", baseline="bottom", dy=-10, fontWeight="bold")
    ]
    return layers


def fans(data: Data, height: int) -> list[alt.Chart]:
    """Return an indicator's claims over the fans of its scenarios: band of 80 percent, median, and the reports."""
    scale = alt.Scale(domain=data["range"], zero=False, clamp=True, nice=False)
    axis = _level(data["unit"], tickCount=5, **_labels(data["format"]))
    span = data["span"]
    fan = alt.Chart(_rows(data["fan"]))
    layers = []
    if data["fan"]:
        layers.append(
            # outlines, since three fills on one another give a colour that means nothing
            fan.mark_area(fillOpacity=0.06, strokeWidth=1, strokeOpacity=0.8).encode(
                x=_time("date", span),
                y=alt.Y("p10:Q", scale=scale, axis=axis),
                y2=alt.Y2("p90:Q"),
                color=_scenario_color(data),
                stroke=alt.Stroke(
                    "scenario:N", scale=alt.Scale(domain=data["scenarios"], range=data["colors"]), legend=None
                ),
            )
        )
        layers.append(
            fan.mark_line(strokeWidth=2).encode(
                x=_time("date", span),
                y=alt.Y("p50:Q", scale=scale, axis=axis),
                color=_scenario_color(data),
                strokeDash=_scenario_dash(data),
            )
        )
    layers += _marks_in_time(data, height)
    if data["claims"]:
        layers += _claim_marks(data, scale, axis)
    return layers


def _claim_marks(data: Data, scale: alt.Scale, axis: alt.Axis) -> list[alt.Chart]:
    span = data["span"]
    base = alt.Chart(_rows(data["claims"]))
    level = alt.Y("value:Q", scale=scale, axis=axis)
    line = base.mark_line(stroke=INK, strokeWidth=1.2, opacity=0.7).encode(
        x=_time("date", span), y=level, detail=alt.Detail("source:N")
    )
    shape = alt.Shape("source:N", scale=alt.Scale(domain=data["sources"], range=data["shapes"]), legend=None)
    faint = alt.Opacity(
        "state:O", scale=alt.Scale(domain=["used", "shown", "superseded"], range=[1, 0.65, 0.25]), legend=None
    )
    fill = alt.Fill(
        "state:O", scale=alt.Scale(domain=["used", "shown", "superseded"], range=[INK, PAPER, PAPER]), legend=None
    )
    return [
        *([line] if data.get("series") else []),
        base.mark_rule(stroke=INK, strokeWidth=1.5).encode(
            x=_time("date", span), y=alt.Y("low:Q", scale=scale, axis=axis), y2=alt.Y2("high:Q"), opacity=faint
        ),
        base.mark_rule(stroke=INK, strokeWidth=1.5, clip=True).encode(
            x=alt.X("from:T", title=None), x2=alt.X2("date:T"), y=level, opacity=faint
        ),
        base.mark_point(size=data.get("point_size", 70), stroke=INK, strokeWidth=1.5, cursor="pointer").encode(
            x=_time("date", span),
            y=alt.Y("value:Q", scale=scale, axis=axis),
            shape=shape,
            fill=fill,
            opacity=faint,
            tooltip=[
                alt.Tooltip("words:N", title="Claim"),
                alt.Tooltip("source:N", title="Source"),
                alt.Tooltip("day:N", title="Speaks of"),
            ],
        ),
    ]


def counted(data: Data, height: int) -> list[alt.Chart]:
    """Return the events counted so far as steps over the fans of what each scenario expects by then."""
    scale = alt.Scale(domain=data["range"], zero=False, clamp=True, nice=False)
    axis = _level(data["unit"], tickCount=5, **_labels(data["format"]))
    base = alt.Chart(_rows(data["steps"]))
    x = _time("date", data["span"])
    y = alt.Y("count:Q", scale=scale, axis=axis)
    return [
        *fans({**data, "claims": []}, height),
        base.mark_line(interpolate="step-after", stroke=INK, strokeWidth=2).encode(x=x, y=y),
        base.mark_point(size=50, filled=True, fill=INK, opacity=1).encode(x=x, y=y, tooltip=alt.Tooltip("words:N")),
    ]


def moments(data: Data, height: int) -> list[alt.Chart]:
    """Return rows of dated marks: what was reported, what was looked for in vain, what was planned or predicted."""
    base = alt.Chart(_rows(data["rows"]))
    y = _row(data["order"])
    x = _time("date", data["span"])
    color = alt.Color("tone:N", scale=alt.Scale(domain=data["tones"], range=data["colors"]), legend=None)
    shape = alt.Shape("mark:N", scale=alt.Scale(domain=data["marks"], range=data["shapes"]), legend=None)
    filled = alt.Fill("filled:N", scale=alt.Scale(domain=data["fills"], range=data["fill_colors"]), legend=None)
    names = alt.Chart(
        _rows([{"row": row, "name": name} for row, name in zip(data["order"], data["names"], strict=True)])
    )
    lines = alt.Chart(_rows(data["lines"]))
    layers = _marks_in_time(data, height)
    layers.append(names.mark_rule(stroke=GRID).encode(x=alt.XValue(0), x2=alt.X2Value("width"), y=y))
    if data["lines"]:
        layers.append(
            lines.mark_rule(strokeWidth=2).encode(
                x=alt.X("date:T", title=None), x2=alt.X2("until:T"), y=y, color=color, tooltip=alt.Tooltip("words:N")
            )
        )
    layers.append(
        base.mark_point(size=85, strokeWidth=1.6, opacity=1).encode(
            x=x, y=y, color=color, shape=shape, fill=filled, tooltip=alt.Tooltip("words:N")
        )
    )
    layers += [
        words.encode(x=alt.XValue(2), y=y, text=alt.Text("name:N"))
        for words in _haloed(names, align="left", baseline="bottom", dy=-9, limit=alt.ExprRef("width - 8"))
    ]
    return layers


def columns(data: Data, height: int) -> list[alt.Chart]:
    """Return upright bars of now beside a tick of before, one pair a label: onset years."""
    base = alt.Chart(_rows(data["rows"]))
    x = alt.X("label:O", title=data["x_title"], axis=alt.Axis(labelAngle=0, labelOverlap=True))
    axis = _level(data["title"], labelExpr=SHARE_LABEL, tickCount=4)
    y = alt.Y("now:Q", axis=axis, scale=alt.Scale(domain=[0, data["top"]]))
    return [
        base.mark_bar(color=data["color"], cornerRadius=1).encode(x=x, y=y, tooltip=alt.Tooltip("words:N")),
        base.mark_tick(color=INK, thickness=2).encode(x=x, y=alt.Y("before:Q")),
    ]


def lines(data: Data, height: int) -> list[alt.Chart]:
    """Return lines over a numbered axis, one a series, with points to point at."""
    base = alt.Chart(_rows(data["rows"]))
    x = alt.X("at:O", title=data["x_title"], axis=alt.Axis(labelAngle=0, labelOverlap=True))
    y = alt.Y(
        "value:Q",
        axis=_level(data["title"], tickCount=5, **_labels(data["format"])),
        scale=alt.Scale(domain=data["range"]),
    )
    color = alt.Color("series:N", scale=alt.Scale(domain=data["series"], range=data["colors"]), legend=None)
    dash = alt.StrokeDash(
        "series:N", scale=alt.Scale(domain=data["series"], range=DASHES[: len(data["series"])]), legend=None
    )
    layers = []
    if data.get("reference") is not None:
        layers.append(
            alt.Chart(_rows([{"at": data["reference"]}]))
            .mark_rule(stroke=RULE, strokeWidth=1.5)
            .encode(y=alt.Y("at:Q"))
        )
    layers.append(base.mark_line(strokeWidth=2.5).encode(x=x, y=y, color=color, strokeDash=dash))
    layers.append(
        base.mark_point(filled=True, size=55, opacity=1).encode(x=x, y=y, color=color, tooltip=alt.Tooltip("words:N"))
    )
    return layers


def spread(data: Data, height: int) -> list[alt.Chart]:
    """Return each scenario's probability under every setting as a dot on the setting's row."""
    order = [row["row"] for row in data["names"]]
    names = alt.Chart(_rows(data["names"]))
    base = alt.Chart(_rows(data["rows"]))
    y = _row(order)
    shape = alt.Shape(
        "scenario:N", scale=alt.Scale(domain=data["scenarios"], range=SHAPES[: len(data["scenarios"])]), legend=None
    )
    return [
        names.mark_rule(stroke=GRID).encode(x=alt.XValue(0), x2=alt.X2Value("width"), y=y),
        base.mark_point(filled=True, size=80, opacity=1).encode(
            x=alt.X(
                "probability:Q",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(title=data["title"], labelExpr=SHARE_LABEL, tickCount=5, grid=True),
            ),
            y=y,
            color=_scenario_color(data),
            shape=shape,
            tooltip=alt.Tooltip("words:N"),
        ),
        names.mark_text(align="left", baseline="bottom", dy=-8, limit=alt.ExprRef("width - 8")).encode(
            x=alt.XValue(2), y=y, text=alt.Text("name:N")
        ),
    ]


def places(data: Data, height: int) -> list[alt.Chart]:
    """Return a map at a fixed scale about its middle: countries, routes, and the projects by last stage.

    Positions are plain: longitudes come squeezed, so that a wide page shows more of the map and no larger one.
    """
    (across, up), scale = data["middle"], data["scale"]
    projection: dict[str, Any] = {
        "type": "identity",
        "reflectY": True,
        "scale": scale,
        "translate": {"expr": f"[width / 2 - {across * scale:.2f}, height / 2 + {up * scale:.2f}]"},
    }

    def at(rows: Rows) -> alt.Chart:
        return alt.Chart(_rows(rows), projection=projection).encode(longitude="x:Q", latitude="y:Q")

    stage = alt.Scale(domain=data["stages"], range=data["colors"])
    shape = alt.Shape("stage:N", scale=alt.Scale(domain=data["stages"], range=data["shapes"]), legend=None)
    names = [row for side in ("left", "right") for row in data["labels"] if row["side"] == side]
    waypoints = [row for row in data["labels"] if not row["stands"]]
    countries = alt.Chart(_rows(data["countries"]), projection=projection)
    layers = [countries.mark_geoshape(fill=GRID, stroke=RULE, strokeWidth=0.8, clip=True)]
    if data["lines"]:
        routes = at(data["lines"]).mark_line(stroke=MUTED, strokeWidth=2, strokeDash=[5, 3])
        layers.append(routes.encode(order="order:Q", detail="project:N"))
    if waypoints:
        layers.append(at(waypoints).mark_point(size=22, filled=True, fill=MUTED, opacity=1))
    layers.append(
        at(data["marks"])
        .mark_point(size=120, stroke=INK, strokeWidth=1.4, opacity=1)
        .encode(shape=shape, fill=alt.Fill("stage:N", scale=stage, legend=None), tooltip=alt.Tooltip("words:N"))
    )
    for side, dx in (("left", 9), ("right", -9)):
        own = [row for row in names if row["side"] == side]
        if own:
            layers += [words.encode(text="name:N") for words in _haloed(at(own), align=side, baseline="middle", dx=dx)]
    return layers


KINDS: dict[str, Callable[[Data, int], list[alt.Chart]]] = {
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


def specification(kind: str, data: Data, height: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a chart, without a width: the page gives it one.

    Its layers are put together here, since Altair's own way copies every layer six times and so takes twice as long.
    """
    layers = [layer.to_dict(validate=False) for layer in KINDS[kind](data, height)]
    datasets = {name: rows for layer in layers for name, rows in layer.pop("datasets", {}).items()}
    for layer in layers:
        del layer["config"]
    return {
        "$schema": layers[0]["$schema"],
        "autosize": {"type": "fit", "contains": "padding"},
        "config": CONFIG,
        "datasets": datasets,
        "height": height,
        "layer": [{name: part for name, part in layer.items() if name != "$schema"} for layer in layers],
        "padding": data.get("padding", 4),
    }
