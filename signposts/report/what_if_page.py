"""The what-if page: its controls, and the grid of log ratios that a few lines of script add up.

Belongs here: packing the published rows for the page. Not here: the arithmetic, which stands in static/what_if.js and
is the posterior of docs/method.md.
"""

import json
import math
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from signposts.report import wording
from signposts.report.citations import cite
from signposts.report.drawing import safe_in_script
from signposts.report.page import Page, page_values
from signposts.report.records import Row, Rows, TrackerTables, grouped

SCALE = 1000
"""Log ratios and luck are packed as whole thousandths."""
OTHER = "other"


def what_if_page(tables: TrackerTables) -> Page | None:
    """Return the page on which readings can be supposed; None where the release has no grid for it."""
    grid = tables.rows.get("what_if", [])
    hypotheses = [row for row in tables.rows["hypothesis"] if row["scenario_id"] != OTHER and row["onset_weight"] > 0]
    if not grid or not hypotheses:
        return None
    order = {(row["scenario_id"], row["onset"]): place for place, row in enumerate(hypotheses)}
    controls = _controls(tables, grid)
    data = _data(tables, hypotheses, order, controls)
    content = {
        "controls": controls,
        "sets": _sets(tables),
        "data": safe_in_script(json.dumps(data, ensure_ascii=False, separators=(",", ":"))),
        "standing": tables.ranked,
    }
    citations = [cite(name, **page_values(tables)) for name in ("what_if", "ratios", "shared_luck")]
    return Page("what-if.html", "what-if.html", "What if", content, (), citations)


def _controls(tables: TrackerTables, grid: Rows) -> Rows:
    """Return a control an indicator: its readings to choose from, in the command's words and in people's."""
    controls = []
    for key, rows in grouped(grid, "indicator_id").items():
        indicator = tables.indicator.get(key)
        if indicator is None:
            continue
        steps: dict[int, str] = {row["position"]: row["supposed"] for row in rows}
        texts = [steps[position] for position in sorted(steps)]
        is_event, is_category = indicator["unit"] == "event", indicator["unit"] == "category"
        controls.append(
            {
                "indicator": indicator,
                "reading": tables.reading.get(key),
                "form": "choice" if is_event or is_category else "slider",
                "positions": sorted(steps),
                "supposed": texts,
                "words": [_words(tables, indicator, text) for text in texts],
            }
        )
    return sorted(controls, key=lambda row: (row["indicator"]["domain"] or "", row["indicator"]["title"]))


def _words(tables: TrackerTables, indicator: Row, text: str) -> str:
    """Return a supposed reading as people say it."""
    if indicator["unit"] == "event":
        if text == "none":
            return f"not happened by {wording.day(tables.as_of)}"
        return f"yes, on {wording.day(date.fromisoformat(text))}"
    if indicator["unit"] == "category":
        return wording.category(text)
    return wording.amount(float(text), indicator)


def _sets(tables: TrackerTables) -> Rows:
    """Return the sets of starting odds as buttons: name, origin, and the priors in the order of the scenarios."""
    rows = [
        {
            "id": "published",
            "name": "As published",
            "origin": "the headline's own",
            "priors": [row["prior"] for row in tables.scenarios],
        }
    ]
    for name, odds in sorted(grouped(tables.rows["prior_set"], "prior_set").items()):
        share = {row["scenario_id"]: row["prior"] for row in odds}
        priors = [share.get(row["scenario_id"], 0.0) for row in tables.scenarios]
        if any(abs(a - b) > 1e-9 for a, b in zip(priors, rows[0]["priors"], strict=True)):
            rows.append(
                {"id": name, "name": wording.set_name(name), "origin": odds[0]["origin"] or "", "priors": priors}
            )
    return rows


def _data(
    tables: TrackerTables, hypotheses: Rows, order: dict[tuple[str, float], int], controls: Rows
) -> dict[str, Any]:
    """Return what the script needs: sums over all readings exactly, single readings packed."""
    size = len(hypotheses)
    place = {row["scenario_id"]: number for number, row in enumerate(tables.scenarios)}
    plain, contaminated = [0.0] * size, [0.0] * size
    entries: dict[str, dict[str, Any]] = {}
    for row in tables.rows["log_ratio"]:
        at = order.get((row["scenario_id"], row["onset"]))
        if at is None:
            continue
        plain[at] += row["weight"] * row["log_ratio"]
        contaminated[at] += row["weight"] * row["log_ratio_contaminated"]
        entry = entries.setdefault(row["indicator_id"], _entry(size, row["weight"]))
        _put(entry, at, row)
    groups = sorted(row["group_id"] for row in tables.rows["evidence_group"])
    luck: dict[str, dict[str, Any]] = {key: {"n": 0, "t": [0.0] * size, "q": [0.0] * size} for key in groups}
    for row in tables.rows["shared_luck"]:
        at = order.get((row["scenario_id"], row["onset"]))
        if at is not None and row["group_id"] in luck:
            luck[row["group_id"]]["n"] = row["n_readings"]
            luck[row["group_id"]]["t"][at] = row["z_sum"]
            luck[row["group_id"]]["q"][at] = row["z_square_sum"]
    rho = {row["group_id"]: row["rho"] for row in tables.rows["evidence_group"]}
    grid: dict[str, dict[int, dict[str, Any]]] = {}
    for row in tables.rows["what_if"]:
        at = order.get((row["scenario_id"], row["onset"]))
        if at is not None:
            steps = grid.setdefault(row["indicator_id"], {})
            _put(steps.setdefault(row["position"], _entry(size, row["weight"])), at, row)
    return {
        "scenario": [place[row["scenario_id"]] for row in hypotheses],
        "onset": [math.log(row["onset_weight"]) for row in hypotheses],
        "other": place[OTHER],
        "kappa": tables.tracker["evidence_weight"],
        "plain": plain,
        "contaminated": contaminated,
        "groups": [{**luck[key], "rho": rho[key]} for key in groups],
        "titles": [row["title"] for row in tables.scenarios],
        "now": [row["posterior"] for row in tables.scenarios],
        "indicators": {
            row["indicator"]["indicator_id"]: {
                "group": groups.index(row["indicator"]["group_id"]) if row["indicator"]["group_id"] in groups else -1,
                "now": _packed(entries.get(row["indicator"]["indicator_id"])),
                "steps": [_packed(grid[row["indicator"]["indicator_id"]][position]) for position in row["positions"]],
            }
            for row in controls
        },
    }


def _entry(size: int, weight: float) -> dict[str, Any]:
    return {"f": weight, "l": [0.0] * size, "c": [0.0] * size, "z": [None] * size}


def _put(entry: dict[str, Any], at: int, row: Row) -> None:
    entry["l"][at], entry["c"][at], entry["z"][at] = row["log_ratio"], row["log_ratio_contaminated"], row["z"]


def _packed(entry: dict[str, Any] | None) -> list[Any]:
    """Return a reading as weight, l, contaminated l less l, and z; an empty list where there is none."""
    if entry is None:
        return []
    apart = [c - plain for c, plain in zip(entry["c"], entry["l"], strict=True)]
    z = "" if entry["z"][0] is None else _runs(entry["z"])
    return [entry["f"], _runs(entry["l"]), _runs(apart), z]


def _runs(values: Sequence[float]) -> str:
    """Return numbers in thousandths as text, equal neighbours once with their count: `-123x28 45`."""
    runs = [(whole, len(list(run))) for whole, run in groupby(round(value * SCALE) for value in values)]
    return " ".join(f"{whole}x{count}" if count > 1 else str(whole) for whole, count in runs)
