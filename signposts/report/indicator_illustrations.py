"""The figures about one indicator, and the timeline of projects.

Belongs here: claims over fans, counts, events and categories in time, milestones with their slips. Not here: figures of
a tracker as a whole (illustrations.py), and how a chart is drawn (charts.py).
"""

import json
from collections import Counter
from collections.abc import Container
from datetime import date, timedelta
from typing import Any

from signposts.report import wording
from signposts.report.drawing import ChartRequest
from signposts.report.figures import (
    SHAPES,
    TABLE_ROWS,
    Figure,
    Key,
    marked_breaks,
    scenario_colors,
    scenario_keys,
    span_text,
)
from signposts.report.records import Row, Rows, TrackerTables, grouped


def indicator_figure(tables: TrackerTables, indicator: Row) -> Figure:
    """Return an indicator's claims over what its scenarios predict, in the form that suits its kind."""
    claims = tables.claims.get(indicator["indicator_id"], [])
    kinds = {claim["kind"] for claim in claims}
    types = {row["type"] for key, row in tables.prediction.items() if key[0] == indicator["indicator_id"]}
    if "event_by" in types or (not types and kinds <= {"event", "none_seen", "plan"} and kinds):
        return _event_figure(tables, indicator, claims)
    if "ordinal" in types:
        return _category_figure(tables, indicator, claims)
    if "rate" in types:
        return _count_figure(tables, indicator, claims)
    return _value_figure(tables, indicator, claims)


def _sources(claims: Rows) -> tuple[list[str], dict[str, str]]:
    """Return up to six names of speakers, and the name each speaker is drawn under."""
    counts = Counter(_speaker(claim) for claim in claims)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    kept = ranked if len(ranked) <= len(SHAPES) else [*ranked[: len(SHAPES) - 1], "Others"]
    return kept, {name: name if name in kept else "Others" for name in ranked}


def _speaker(claim: Row) -> str:
    return str(claim["speaker"] or claim["source_name"] or claim["source_id"] or "unnamed")


def _is_gone(claim: Row) -> bool:
    return bool(claim["superseded_by"] or claim["held"] or claim["status"] == "withdrawn")


def _state(claim: Row, used: Container[str]) -> str:
    return "superseded" if _is_gone(claim) else "used" if claim["claim_id"] in used else "shown"


def _fan_rows(tables: TrackerTables, indicator_id: str) -> Rows:
    rows = [row for row in tables.fans.get(indicator_id, []) if row["p50"] is not None]
    dates = sorted({row["date"] for row in rows})
    step = max(1, len(dates) // 48)
    kept = set(dates[::step]) | set(dates[-1:])
    return [
        {
            "date": row["date"].isoformat(),
            "scenario": row["scenario_id"],
            **{name: float(f"{row[name]:.5g}") for name in ("p10", "p50", "p90")},
        }
        for row in rows
        if row["date"] in kept
    ]


def _range(values: list[float]) -> list[float]:
    low, high = min(values), max(values)
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    floor = 0.0 if low >= 0 and low - room < 0.35 * high else low - room
    return [float(f"{floor:.5g}"), float(f"{high + room:.5g}")]


def _claim_levels(claim: Row) -> tuple[float | None, float | None, float | None]:
    """Return a claim's value, low and high on the indicator's own scale; growth and counts have none."""
    if claim["kind"] in ("growth", "count", "plan"):
        return None, None, None
    low, high, value = claim["value_low"], claim["value_high"], claim["value"]
    if value is None and (low is not None or high is not None):
        ends = [end for end in (low, high) if end is not None]
        value = sum(ends) / len(ends)
    return value, low if low is not None else value, high if high is not None else value


def _point(claim: Row, name: str, used: Container[str], indicator: Row) -> Row | None:
    value, low, high = _claim_levels(claim)
    when = claim["period_end"] or claim["published_on"]
    if value is None or when is None:
        return None
    return {
        "from": max(claim["period_start"] or when, when - timedelta(days=366)).isoformat(),
        "date": when.isoformat(),
        "link": f"#claim-{wording.file_name(claim['claim_id'])}",
        "value": float(f"{value:.6g}"),
        "low": float(f"{low:.6g}"),
        "high": float(f"{high:.6g}"),
        "source": name,
        "state": _state(claim, used),
        "words": wording.claim_words(claim, indicator),
        "day": wording.period_words(claim),
    }


def _readings_so_far(tables: TrackerTables, indicator: Row) -> Rows:
    """Return the readings at each as-of date as points, for what no single claim gives: nowcasts and k of n."""
    points: dict[str, Row] = {}
    for row in tables.rows["reading"]:
        if row["indicator_id"] != indicator["indicator_id"] or row["kind"] not in ("nowcast", "share_count", "mixed"):
            continue
        if row["value"] is None or row["scored_at"] is None:
            continue
        value = row["value"]
        if row["kind"] == "share_count" and row["trials"]:
            value = value / row["trials"] if value > 1 or row["trials"] == 1 else value
        points[row["scored_at"].isoformat()] = {
            **dict.fromkeys(("from", "date"), row["scored_at"].isoformat()),
            **dict.fromkeys(("value", "low", "high"), float(f"{value:.6g}")),
            "source": "Reading of this tracker",
            "state": "used" if row["as_of"] == tables.as_of else "shown",
            "words": wording.reading_words(row, indicator),
            "day": wording.day(row["reading_date"]),
        }
    return [points[when] for when in sorted(points)]


def _value_figure(tables: TrackerTables, indicator: Row, claims: Rows) -> Figure:
    used = tables.used_claims.get(indicator["indicator_id"], ())
    drawable = [claim for claim in claims if _claim_levels(claim)[0] is not None]
    tracker_readings = _readings_so_far(tables, indicator)
    names, drawn_as = _sources(drawable)
    points = [
        point for claim in drawable if (point := _point(claim, drawn_as[_speaker(claim)], used, indicator)) is not None
    ]
    points += tracker_readings
    if tracker_readings:
        names = [*names[: len(SHAPES) - 1], "Reading of this tracker"]
        points = [point if point["source"] in names else {**point, "source": names[0]} for point in points]
    points.sort(key=lambda point: (point["date"], point["source"], point["value"]))
    fan = _fan_rows(tables, indicator["indicator_id"])
    if not points and not fan:
        return _empty_figure(claims, indicator)
    days = [date.fromisoformat(row["date"]) for row in (*points, *fan)]
    last = max(max(days), tables.as_of)
    first = min(days)
    if fan and first < tables.tracker["t0"] - timedelta(days=6 * 365):
        first = tables.tracker["t0"] - timedelta(days=6 * 365)
        points = [point for point in points if point["date"] >= first.isoformat()]
    span = (first - timedelta(days=20), last + timedelta(days=20))
    unit = indicator["unit"] or "Value"
    levels = [row[name] for row in fan for name in ("p10", "p90")]
    levels += [point[name] for point in points if point["state"] != "superseded" for name in ("low", "high")]
    data = {
        **scenario_colors(tables),
        "fan": fan,
        "claims": points,
        "sources": names,
        "shapes": list(SHAPES[: len(names)]),
        "span": span_text(*span),
        "range": _range(levels) if levels and unit != "share" else [0.0, 1.0],
        "unit": {"event": "", "category": ""}.get(unit, unit[:1].upper() + unit[1:]),
        "format": ".0%" if unit == "share" else "~s" if max(map(abs, levels), default=0) >= 1e5 else ",~r",
        "breaks": marked_breaks(tables, span),
        "as_of": tables.as_of.isoformat(),
        "series": not fan and len(points) > 8,
        "point_size": 70 if len(points) <= 40 else 22,
    }
    legend = scenario_keys(tables, named_only=True) if fan else []
    legend += [Key(name, "ink", "shape", place) for place, name in enumerate(names)]
    if any(point["state"] == "used" for point in points):
        legend.append(Key("filled: in the present reading", "ink", "shape"))
    if any(point["state"] == "superseded" for point in points):
        legend.append(Key("faint: superseded, withdrawn or held", "ink", "shape", 0, True, True))
    reading = wording.reading_words(tables.reading.get(indicator["indicator_id"]), indicator)
    note = (
        "Outlines hold 80% of what each scenario predicts; the line inside is its middle. A flat line is the period "
        "that a report speaks of."
        if fan
        else "No scenario draws a fan for this indicator. A flat line is the period that a report speaks of."
    )
    return Figure(
        "claims",
        "What was reported, over what each scenario predicts" if fan else "What was reported",
        f"{indicator['title']}: {wording.plural(len(points), 'report')} drawn. Present reading: {reading}.",
        ChartRequest("fans", data, 340),
        _claim_sources(claims),
        *_claim_table(claims, indicator),
        legend,
        note,
    )


def _claim_sources(claims: Rows) -> str:
    names = list(dict.fromkeys(_speaker(claim) for claim in claims))
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}; fans from table fan" if names else "table fan"


def _claim_table(claims: Rows, indicator: Row) -> tuple[list[str], list[list[str]]]:
    rows = []
    for claim in claims[:TABLE_ROWS]:
        says = wording.claim_words(claim, indicator)
        rows.append([wording.period_words(claim), says, _speaker(claim), str(claim["status"] or "")])
    return ["Period", "Claim", "Source", "Status"], rows


def _empty_figure(claims: Rows, indicator: Row) -> Figure:
    words = "Nothing with a number has been reported yet."
    table = _claim_table(claims, indicator)
    return Figure("claims", "What was reported", "No chart.", None, _claim_sources(claims), *table, empty=words)


def _count_figure(tables: TrackerTables, indicator: Row, claims: Rows) -> Figure:
    events: dict[tuple[Any, ...], Row] = {}
    for claim in claims:
        if claim["kind"] == "count" and not _is_gone(claim) and (claim["happened_to"] or claim["period_end"]):
            events.setdefault((claim["category"], claim["happened_from"], claim["happened_to"]), claim)
    start = indicator["exposure_start"] or tables.tracker["t0"]
    ordered = sorted(events.values(), key=lambda claim: claim["happened_to"] or claim["period_end"])
    counted = [claim for claim in ordered if (claim["happened_to"] or claim["period_end"]) >= start]
    fan = _fan_rows(tables, indicator["indicator_id"])
    if not counted and not fan:
        return _value_figure(tables, indicator, claims)
    total, steps = 0.0, [{"date": start.isoformat(), "count": 0.0, "words": f"Counting starts on {wording.day(start)}"}]
    for claim in counted:
        total += claim["value"] or 0.0
        when = claim["happened_to"] or claim["period_end"]
        words = f"{wording.number(total)}: {wording.claim_words(claim, None)}"
        steps.append({"date": when.isoformat(), "count": total, "words": words})
    words = f"{wording.number(total)} by {wording.day(tables.as_of)}"
    steps.append({"date": max(tables.as_of.isoformat(), steps[-1]["date"]), "count": total, "words": words})
    last = max([tables.as_of, *(date.fromisoformat(row["date"]) for row in fan)])
    horizon = min(last, tables.as_of + timedelta(days=4 * 366))
    fan = [row for row in fan if row["date"] <= horizon.isoformat()]
    span = (start - timedelta(days=20), horizon + timedelta(days=20))
    levels = [row["p90"] for row in fan] + [total, 0.0]
    data = {
        **scenario_colors(tables),
        "fan": fan,
        "claims": [],
        "steps": steps,
        "span": span_text(*span),
        "range": _range(levels),
        "unit": "Counted since the start",
        "format": ",~r",
        "breaks": marked_breaks(tables, span),
        "as_of": tables.as_of.isoformat(),
    }
    legend = [*(scenario_keys(tables, named_only=True) if fan else []), Key("counted so far", "ink", "line")]
    return Figure(
        "claims",
        "Counted so far, over what each scenario expects by then" if fan else "Counted so far",
        f"{indicator['title']}: {wording.number(total)} counted since {wording.day(start)}.",
        ChartRequest("counted", data, 340),
        _claim_sources(claims),
        *_claim_table(claims, indicator),
        legend,
        "Outlines hold 80% of what each scenario expects to be counted by each date.",
    )


def _event_figure(tables: TrackerTables, indicator: Row, claims: Rows) -> Figure:
    rows, lines = [], []
    names = ["Reports"]
    order = ["00"]
    for claim in claims:
        entry = _event_mark(claim)
        if not entry:
            continue
        rows.append({**entry, "row": "00"})
        if claim["kind"] == "event" and claim["happened_from"] and claim["happened_from"] != claim["happened_to"]:
            ends = {"date": claim["happened_from"].isoformat(), "until": claim["happened_to"].isoformat()}
            lines.append({"row": "00", **ends, "tone": "ink", "words": entry["words"]})
    for place, scenario in enumerate(tables.named, start=1):
        prediction = tables.prediction.get((indicator["indicator_id"], scenario["scenario_id"]))
        if not prediction or prediction["type"] != "event_by":
            continue
        parameters = json.loads(prediction["parameters"] or "{}")
        by, chance = str(parameters.get("by", "")), parameters.get("p")
        if not by:
            continue
        first = max(str(parameters.get("earliest") or ""), tables.tracker["t0"].isoformat())
        says = f"{scenario['title']}: {wording.percent(chance)} by {wording.short_day(date.fromisoformat(by))}"
        row, tone = f"{place:02d}", scenario["scenario_id"]
        order.append(row)
        names.append(says)
        lines.append({"row": row, "date": first, "until": by, "tone": tone, "words": says})
        rows.append({"row": row, "date": by, "tone": tone, "mark": "deadline", "filled": tone, "words": says})
    return _moments_figure(
        tables,
        indicator,
        claims,
        rows,
        lines,
        order,
        names,
        "Reports, and what each scenario expects by when",
        {"happened": "circle", "nothing seen": "cross", "plan": "diamond", "deadline": "triangle-down"},
        "A cross: somebody looked and saw nothing. A disc: it happened.",
    )


def _event_mark(claim: Row) -> Row | None:
    when = claim["happened_to"] or claim["searched_until"] or claim["planned_for"] or claim["published_on"]
    if when is None:
        return None
    mark = {"event": "happened", "none_seen": "nothing seen", "plan": "plan"}.get(claim["kind"], "happened")
    gone = _is_gone(claim)
    return {
        "date": when.isoformat(),
        "tone": "faint" if gone else "ink",
        "mark": mark,
        "filled": "hollow" if mark != "happened" or gone else "ink",
        "words": f"{_speaker(claim)}: {wording.claim_words(claim, None)}",
    }


def _category_figure(tables: TrackerTables, indicator: Row, claims: Rows) -> Figure:
    categories = [part.strip() for part in (indicator["categories"] or "").split(",") if part.strip()]
    used = tables.used_claims.get(indicator["indicator_id"], ())
    rows = []
    for claim in claims:
        when = claim["period_end"] if claim["kind"] != "category" else claim["published_on"] or claim["period_end"]
        if claim["category"] in categories and when:
            state = _state(claim, used)
            rows.append(
                {
                    "row": f"{len(categories) - 1 - categories.index(claim['category']):02d}",
                    "date": when.isoformat(),
                    "tone": "faint" if state == "superseded" else "ink",
                    "mark": "report",
                    "filled": "ink" if state == "used" else "hollow",
                    "words": f"{_speaker(claim)}: {wording.claim_words(claim, None)}, {wording.period_words(claim)}",
                }
            )
    order = [f"{place:02d}" for place in range(len(categories))]
    return _moments_figure(
        tables,
        indicator,
        claims,
        rows,
        [],
        order,
        [name.replace("_", " ") for name in reversed(categories)],
        "What was reported, by category and date of publication",
        {"report": "circle"},
        "Filled: in the present reading.",
    )


def _moments_figure(
    tables: TrackerTables,
    indicator: Row,
    claims: Rows,
    rows: Rows,
    lines: Rows,
    order: list[str],
    names: list[str],
    title: str,
    marks: dict[str, str],
    note: str,
) -> Figure:
    if not rows:
        return _empty_figure(claims, indicator)
    return Figure(
        "claims",
        title,
        f"{indicator['title']}: {wording.plural(len(rows), 'mark')} in time.",
        _moments(tables, rows, lines, order, names, marks),
        _claim_sources(claims),
        *_claim_table(claims, indicator),
        [
            Key(name, "ink", "shape", SHAPES.index(shape), hollow=name not in ("happened", "report"))
            for name, shape in marks.items()
        ],
        note,
    )


def _moments(
    tables: TrackerTables, rows: Rows, lines: Rows, order: list[str], names: list[str], marks: dict[str, str]
) -> ChartRequest:
    """Return the chart of rows of dated marks."""
    days = [date.fromisoformat(row["date"]) for row in (*rows, *lines)] + [tables.as_of]
    edge = max(timedelta(days=25), (max(days) - min(days)) * 0.03)
    span = (min(days) - edge, max(days) + edge)
    tones = [row["scenario_id"] for row in tables.scenarios] + ["ink", "faint", "down"]
    colors = [f"var(--{row['key']})" for row in tables.scenarios] + ["var(--ink)", "var(--muted)", "var(--down)"]
    rows = sorted(rows, key=lambda row: (row["row"], row["date"], row["words"]))
    data = {
        "rows": rows,
        "lines": lines,
        "order": order,
        "names": names,
        "span": span_text(*span),
        "tones": tones,
        "colors": colors,
        "marks": list(marks),
        "shapes": list(marks.values()),
        "fills": [*tones, "hollow"],
        "fill_colors": [*colors, "var(--paper)"],
        "breaks": [{**row, "line": row["line"] - 36} for row in marked_breaks(tables, span)],
        "as_of": tables.as_of.isoformat(),
        "padding": {"top": 36, "left": 4, "right": 8, "bottom": 4},
    }
    return ChartRequest("moments", data, 48 * len(order) + 84)


_STAR = "M0,-1L.29,-.4L.95,-.31L.48,.15L.59,.81L0,.5L-.59,.81L-.48,.15L-.95,-.31L-.29,-.4Z"
STAGE_SHAPES = {
    "announced": "circle",
    "signed": "square",
    "financed": "diamond",
    "started": "triangle-up",
    "delivered": "triangle-right",
    "operating": _STAR,
    "suspended": "cross",
    "abandoned": "cross",
}


def milestones(tables: TrackerTables) -> Figure | None:
    """Return a timeline of the projects: stages reached, dates announced, and each slip from one date to a later."""
    stages = [row for row in tables.rows["milestone"] if row["happened_on"] or row["planned_for"]]
    if not stages:
        return None
    by_project = grouped(stages, "project_id")
    titles = tables.project_titles
    order, names, rows, lines, table = [], [], [], [], []
    for place, (project, steps) in enumerate(sorted(by_project.items(), key=lambda item: titles.get(item[0], item[0]))):
        key = f"{place:02d}"
        order.append(key)
        names.append(titles.get(project, project))
        for step in sorted(steps, key=lambda row: (row["published_on"] or date.min, row["claim_id"] or "")):
            when = step["happened_on"] or step["planned_for"]
            planned = step["happened_on"] is None
            said = f"{step['stage']}, {'planned for' if planned else 'on'} {wording.day(when)}"
            slip = step["slip_days"]
            if slip:
                way = "later" if slip > 0 else "earlier"
                said += f", {wording.plural(abs(slip), 'day')} {way} than announced before"
                before = (when - timedelta(days=int(slip))).isoformat()
                ends = {"date": before, "until": when.isoformat()}
                lines.append({"row": key, **ends, "tone": "down", "words": f"{names[-1]}: {said}"})
            tone = "down" if step["stage"] in ("suspended", "abandoned") else "ink"
            rows.append(
                {
                    "row": key,
                    "date": when.isoformat(),
                    "tone": tone,
                    "mark": step["stage"],
                    "filled": "hollow" if planned else tone,
                    "words": f"{names[-1]}: {said}",
                }
            )
            days = (wording.day(step[name]) if step[name] else "\u2013" for name in ("happened_on", "planned_for"))
            late = wording.number(slip) if slip is not None else "\u2013"
            known_since = wording.short_day(step["published_on"])
            table.append([names[-1], str(step["stage"]), *days, late, known_since, str(step["detail"] or "")])
    hollow = any(row["filled"] == "hollow" for row in rows)
    return Figure(
        "milestones",
        "Projects, step by step",
        f"{len(order)} projects, {wording.plural(len(lines), 'slip')} drawn.",
        _moments(tables, rows, lines, order, names, STAGE_SHAPES),
        "table milestone",
        ["Project", "Stage", "Reached on", "Planned for", "Slip, days", "Known since", "What"],
        table,
        [
            *(
                Key(stage, "down" if shape == "cross" else "ink", "shape:star" if shape == _STAR else f"shape:{shape}")
                for stage, shape in STAGE_SHAPES.items()
                if any(row["mark"] == stage for row in rows)
            ),
            *([Key("hollow: planned, not reached", "ink", "shape", 0, True)] if hollow else []),
            *([Key("a slip, from the date announced to the later one", "down", "line")] if lines else []),
        ],
    )
