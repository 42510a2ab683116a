"""Draws the pictures of docs/authors.md: what each number of a prediction does, computed by the method itself.

Run it from the checkout: python docs/authors/draw.py
"""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import vl_convert

from signposts.scoring.combining import luck_of_sums
from signposts.scoring.completeness import list_completeness
from signposts.scoring.fans import fan_quantiles, quantiles
from signposts.scoring.model import Model, build_model

HERE = Path(__file__).resolve().parent
T0 = date(2026, 1, 1)
START = {"start": {"date": "2026-01-01", "value": 100.0}}
SHARES = {"p05": 0.05, "p10": 0.1, "p50": 0.5, "p90": 0.9, "p95": 0.95}
TARGET = {**START, "target": {"date": "2031-01-01", "value": 150.0}}
RANGE = {**START, "lo": 120.0, "hi": 160.0, "reach_by": "2029-01-01", "toward": "up"}
WAYPOINTS = {**START, "waypoints": {"2028-01-01": 130.0, "2031-01-01": 140.0}, "scale": "log"}
NUMBERS: dict[str, tuple[str, str, tuple[float, ...], dict[str, Any]]] = {
    "path-sigma": ("path", "sigma", (0.03, 0.1, 0.25), {**TARGET, "drift_sd": 0.02, "toward": "up"}),
    "path-drift_sd": ("path", "drift_sd", (0.01, 0.04, 0.1), {**TARGET, "sigma": 0.03, "toward": "up"}),
    "drift": ("drift", "annual_change", (-0.04, 0.02, 0.08), {**START, "sigma": 0.03, "drift_sd": 0.02}),
    "range": ("range", "coverage", (0.5, 0.8, 0.95), RANGE),
    "trajectory": ("trajectory", "walk", (0.01, 0.04, 0.1), WAYPOINTS),
    "threshold": ("threshold", "concentration", (5, 20, 60), {"op": ">=", "value": 0.6, "p_beyond": 0.8}),
    "share": ("share", "concentration", (5, 20, 60), {"mean": 0.7}),
    "event_by": ("event_by", "shape", (0.6, 1, 2), {"by": "2029-01-01", "p": 0.8}),
    "rate": ("rate", "cv", (0.1, 0.3, 0.6), {"mean": 4.0}),
}
YEARS = np.arange(0.25, 5.01, 0.25)


def model_of(kind: str, number: str, values: tuple[float, ...], rest: dict[str, Any]) -> Model:
    """Return a model of one indicator in which each scenario gives the number another value."""
    names = [f"{number} {value:g}" for value in values]
    rows = []
    for name, value in zip(names, values, strict=True):
        own = {**rest, number: value}
        if kind == "trajectory":
            own["sigma"] = {"from": "history", "walk": value, "noise": 0.01, "floor": 0.005, "degrees": 12.0}
        if kind == "drift":
            own["toward"] = "up" if value > 0 else "down"
        rows.append({"indicator_id": "one", "scenario_id": name, "type": kind, "basis": "stated", "parameters": own})
    return build_model(
        t0=T0,
        scenarios=[{"scenario_id": name, "display_order": place} for place, name in enumerate(names)],
        hypotheses=[{"scenario_id": name, "onset": 0.0, "onset_weight": 1.0} for name in names],
        indicators=[{"indicator_id": "one"}],
        predictions=rows,
        scoring={"shared_sd": False, "obs_sd": 0.01, "open_list_coverage": (0.4, 1.0)},
    )


def fan_rows(model: Model) -> list[dict[str, Any]]:
    """Return the fan of each scenario, a row a date."""
    found = fan_quantiles(model, np.zeros(len(YEARS), dtype=int), YEARS, np.array(list(SHARES.values())))
    return [
        {"panel": name, "year": 2026 + year, **dict(zip(SHARES, found[place, scenario].tolist(), strict=True))}
        for scenario, name in enumerate(model.scenario_ids)
        for place, year in enumerate(YEARS)
    ]


def event_rows(model: Model) -> list[dict[str, Any]]:
    """Return by when an event has happened with which chance, a row a chance."""
    shares = np.arange(0.02, 0.99, 0.02)
    rows = []
    for scenario, name in enumerate(model.scenario_ids):
        same = np.full(len(shares), scenario)
        found = quantiles(model, np.zeros(len(shares), dtype=int), same, np.ones(len(shares)), shares)
        rows += [
            {"panel": name, "year": 2026 + year, "p50": share}
            for year, share in zip(found.tolist(), shares.tolist(), strict=True)
            if year <= YEARS[-1]
        ]
    return rows


def specification(rows: list[dict[str, Any]], panels: list[str], title: str) -> dict[str, Any]:
    """Return the chart: one panel a value of the number; the bands hold 80 and 90 in 100."""
    x = {"field": "year", "type": "quantitative", "axis": {"format": "d", "title": None, "tickCount": 5}}
    y = {"type": "quantitative", "axis": {"title": title}, "scale": {"zero": False}}
    bands = [
        {"mark": {"type": "area", "opacity": 0.25, "color": "#1f5a8a"}, "encoding": {"x": x, "y": y | ends}}
        for ends in ({"field": "p05"}, {"field": "p10"})
    ]
    for band, high in zip(bands, ("p95", "p90"), strict=True):
        band["encoding"]["y2"] = {"field": high}
    line = {"mark": {"type": "line", "color": "#1f5a8a"}, "encoding": {"x": x, "y": y | {"field": "p50"}}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": rows},
        "facet": {"column": {"field": "panel", "sort": panels, "title": None}},
        "spec": {"width": 190, "height": 120, "layer": [*(bands if "p05" in rows[0] else []), line]},
        "config": {"background": "white"},
    }


def ordinal_specification() -> dict[str, Any]:
    """Return three ways to spread belief over the words of an ordinal prediction."""
    beliefs = {"undecided": (0.3, 0.4, 0.3), "leaning": (0.1, 0.3, 0.6), "nearly sure": (0.02, 0.08, 0.9)}
    words = ("worse", "same", "better")
    rows = [
        {"panel": name, "word": word, "probability": share}
        for name, shares in beliefs.items()
        for word, share in zip(words, shares, strict=True)
    ]
    x = {"field": "word", "type": "nominal", "sort": list(words), "axis": {"title": None, "labelAngle": 0}}
    chart = specification(rows, list(beliefs), "probability")
    y = {"field": "probability", "type": "quantitative", "axis": {"title": "probability"}}
    chart["spec"] |= {"layer": [{"mark": {"type": "bar", "color": "#1f5a8a"}, "encoding": {"x": x, "y": y}}]}
    return chart


def completeness_specification() -> dict[str, Any]:
    """Return the chance of each share of all events on a list, by reach, after a search found six of its seven."""
    rows = []
    for low, high in ((0.9, 1.0), (0.7, 1.0), (0.4, 0.9)):
        found = list_completeness(n_known=7, n_found=7, n_both=6, reach=(low, high))
        order = np.argsort(found.q)
        shares, chances = [0.3, *found.q[order], 1.0], [0.0, *np.cumsum(found.weight[order]), 1.0]
        rows += [
            {"panel": f"reach {low:g} to {high:g}", "share": float(share), "chance": float(chance)}
            for share, chance in zip(shares, chances, strict=True)
        ]
    chart = specification(rows, list(dict.fromkeys(row["panel"] for row in rows)), "chance of at most")
    x = {"field": "share", "type": "quantitative", "axis": {"title": "share of all events on the list", "tickCount": 5}}
    x["scale"] = {"domain": [0.3, 1]}
    y = {"field": "chance", "type": "quantitative", "axis": {"title": "chance of at most"}, "stack": None}
    mark = {
        "type": "area",
        "interpolate": "step-after",
        "color": "#1f5a8a",
        "opacity": 0.25,
        "line": {"color": "#1f5a8a"},
    }
    chart["spec"] |= {"layer": [{"mark": mark, "encoding": {"x": x, "y": y}}]}
    return chart


def rho_specification() -> dict[str, Any]:
    """Return what readings that all lie 1.5 standard deviations off say against a prediction, by their number."""
    z, n = 1.5, np.arange(1, 7)
    alone = n * z**2 / 2
    rows = []
    for rho in (0.3, 0.5, 0.7):
        met, missed = (luck_of_sums(n, n * each, n * each**2, np.full(len(n), rho)) for each in (0.0, z))
        for kind, nats in (("each on its own", alone), ("as a group", alone + met - missed)):
            rows += [
                {"panel": f"rho {rho:g}", "kind": kind, "readings": int(count), "decibans": 10 * value / np.log(10)}
                for count, value in zip(n, nats.tolist(), strict=True)
            ]
    chart = specification(rows, list(dict.fromkeys(row["panel"] for row in rows)), "decibans against")
    x = {"field": "readings", "type": "quantitative", "axis": {"title": "readings off alike", "tickCount": 6}}
    y = {"field": "decibans", "type": "quantitative", "axis": {"title": "decibans against"}}
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": ["each on its own", "as a group"], "range": ["#b8c7d6", "#1f5a8a"]},
        "legend": {"title": None, "orient": "bottom"},
    }
    chart["spec"] |= {
        "layer": [{"mark": {"type": "line", "point": True}, "encoding": {"x": x, "y": y, "color": colour}}]
    }
    return chart


if __name__ == "__main__":
    for picture, chart in (
        ("ordinal", ordinal_specification()),
        ("completeness", completeness_specification()),
        ("rho", rho_specification()),
    ):
        (HERE / f"{picture}.svg").write_text(vl_convert.vegalite_to_svg(chart), encoding="utf-8")
    for picture, (kind, number, values, rest) in NUMBERS.items():
        made = model_of(kind, number, values, rest)
        of_event = kind == "event_by"
        titles = {"event_by": "has happened", "rate": "events counted", "threshold": "share", "share": "share"}
        chart = specification(
            event_rows(made) if of_event else fan_rows(made), list(made.scenario_ids), titles.get(kind, "value")
        )
        (HERE / f"{picture}.svg").write_text(vl_convert.vegalite_to_svg(chart), encoding="utf-8")
