"""The figures about one indicator, and the timeline of projects.

Belongs here: claims over fans, counts, events and categories in time, milestones with their slips. Not here: figures of
a tracker as a whole (illustrations.py), and how a chart is drawn (charts.py).
"""

import json
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
    order: dict[str, int] = {}
    for claim in claims:
        name = _speaker(claim)
        order[name] = order.get(name, 0) + 1
    ranked = sorted(order, key=lambda name: (-order[name], name))
    kept = ranked if len(ranked) <= len(SHAPES) else [*ranked[: len(SHAPES) - 1], "Others"]
    return kept, {name: name if name in kept else "Others" for name in ranked}


def _speaker(claim: Row) -> str:
    return str(claim["speaker"] or claim["source_name"] or claim["source_id"] or "unnamed")


def _state(claim: Row, used: set[str]) -> str:
    if claim["superseded_by"] or claim["status"] == "withdrawn" or claim["held"]:
        return "superseded"
    return "used" if claim["claim_id"] in used else "shown"


def used_claims(tables: TrackerTables) -> dict[str, set[str]]:
    """Return the claims behind each indicator's newest reading."""
    found = grouped(tables.rows["reading_claim"], "indicator_id")
    return {key: {row["claim_id"] for row in rows} for key, rows in found.items()}


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


def _range(values: list[float], unit: str | None) -> list[float]:
    if unit == "share":
        return [0.0, 1.0]
    if not values:
        return [0.0, 1.0]
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


def _point(claim: Row, name: str, used: set[str], indicator: Row) -> Row | None:
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
    found: dict[str, Row] = {}
    for row in tables.rows["reading"]:
        if row["indicator_id"] != indicator["indicator_id"] or row["kind"] not in ("nowcast", "share_count", "mixed"):
            continue
        if row["value"] is None or row["scored_at"] is None:
            continue
        value = row["value"]
        if row["kind"] == "share_count" and row["trials"]:
            value = value / row["trials"] if value > 1 or row["trials"] == 1 else value
        found[row["scored_at"].isoformat()] = {
            "from": row["scored_at"].isoformat(),
            "date": row["scored_at"].isoformat(),
            "value": float(f"{value:.6g}"),
            "low": float(f"{value:.6g}"),
            "high": float(f"{value:.6g}"),
            "source": "Reading of this tracker",
            "state": "used" if row["as_of"] == tables.as_of else "shown",
            "words": wording.reading_words(row, indicator),
            "day": wording.day(row["reading_date"]),
        }
    return [found[when] for when in sorted(found)]


def _value_figure(tables: TrackerTables, indicator: Row, claims: Rows) -> Figure:
    used = used_claims(tables).get(indicator["indicator_id"], set())
    drawable = [claim for claim in claims if _claim_levels(claim)[0] is not None]
    own = _readings_so_far(tables, indicator)
    names, drawn_as = _sources(drawable)
    points = [
        point for claim in drawable if (point := _point(claim, drawn_as[_speaker(claim)], used, indicator)) is not None
    ]
    points += own
    if own:
        names = [*names[: len(SHAPES) - 1], "Reading of this tracker"]
        points = [point if point["source"] in names else {**point, "source": names[0]} for point in points]
    points.sort(key=lambda point: (point["date"], point["source"], point["value"]))
    fan = _fan_rows(tables, indicator["indicator_id"])
    if not points and not fan:
        return _empty_figure(tables, indicator, claims)
    days = [date.fromisoformat(row["date"]) for row in (*points, *fan)]
    last = max(max(days), tables.as_of)
    first = min(days)
    if fan and first < tables.tracker["t0"] - timedelta(days=6 * 365):
        first = tables.tracker["t0"] - timedelta(days=6 * 365)
        points = [point for point in points if point["date"] >= first.isoformat()]
    span = (first - timedelta(days=20), last + timedelta(days=20))
    levels = [row[name] for row in fan for name in ("p10", "p90")]
    levels += [point[name] for point in points if point["state"] != "superseded" for name in ("low", "high")]
    data = {
        **scenario_colors(tables),
        "fan": fan,
        "claims": points,
        "sources": names,
        "shapes": list(SHAPES[: len(names)]),
        "span": span_text(*span),
        "range": _range(levels, indicator["unit"]),
        "unit": _unit_title(indicator["unit"]),
        "format": ".0%" if indicator["unit"] == "share" else "~s" if max(map(abs, levels), default=0) >= 1e5 else ",~r",
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
    note = (
        "Outlines hold 80% of what each scenario predicts; the line inside is its middle. A flat line is the period "
        "that a report speaks of."
        if fan
        else "No scenario draws a fan for this indicator. A flat line is the period that a report speaks of."
    )
    return Figure(
        "claims",
        _chart_title(indicator, bool(fan)),
        _value_summary(tables, indicator, len(points)),
        ChartRequest("fans", data, 340),
        _claim_sources(claims),
        *_claim_table(claims, indicator),
        legend,
        note,
    )


def _unit_title(unit: str | None) -> str:
    return {"share": "Share", "event": "", "category": ""}.get(
        unit or "", (unit or "Value")[:1].upper() + (unit or "Value")[1:]
    )


def _chart_title(indicator: Row, with_fan: bool) -> str:
    return "What was reported, over what each scenario predicts" if with_fan else "What was reported"


def _value_summary(tables: TrackerTables, indicator: Row, count: int) -> str:
    reading = wording.reading_words(tables.reading.get(indicator["indicator_id"]), indicator)
    return f"{indicator['title']}: {wording.plural(count, 'report')} drawn. Present reading: {reading}."


def _claim_sources(claims: Rows) -> str:
    names = list(dict.fromkeys(_speaker(claim) for claim in claims))
    if len(names) > 5:
        return f"{', '.join(names[:5])} and {len(names) - 5} more; fans from table fan"
    return f"{', '.join(names)}; fans from table fan" if names else "table fan"


def _claim_table(claims: Rows, indicator: Row) -> tuple[list[str], list[list[str]]]:
    rows = [
        [
            wording.period_words(claim),
            wording.claim_words(claim, indicator),
            _speaker(claim),
            str(claim["status"] or ""),
        ]
        for claim in claims[:TABLE_ROWS]
    ]
    return ["Period", "Claim", "Source", "Status"], rows


def _empty_figure(tables: TrackerTables, indicator: Row, claims: Rows) -> Figure:
    return Figure(
        "claims",
        "What was reported",
        "No chart.",
        None,
        _claim_sources(claims),
        *_claim_table(claims, indicator),
        empty="Nothing with a number has been reported yet.",
    )


def _count_figure(tables: TrackerTables, indicator: Row, claims: Rows) -> Figure:
    events: dict[tuple[Any, ...], Row] = {}
    for claim in claims:
        standing = not (claim["superseded_by"] or claim["held"] or claim["status"] == "withdrawn")
        if claim["kind"] == "count" and standing and (claim["happened_to"] or claim["period_end"]):
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
        steps.append(
            {
                "date": when.isoformat(),
                "count": total,
                "words": f"{wording.number(total)}: {wording.claim_words(claim, None)}",
            }
        )
    steps.append(
        {
            "date": max(tables.as_of.isoformat(), steps[-1]["date"]),
            "count": total,
            "words": f"{wording.number(total)} by {wording.day(tables.as_of)}",
        }
    )
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
        "range": _range(levels, None),
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
        if entry:
            rows.append({**entry, "row": "00"})
            if claim["kind"] == "event" and claim["happened_from"] and claim["happened_from"] != claim["happened_to"]:
                lines.append(
                    {
                        "row": "00",
                        "date": claim["happened_from"].isoformat(),
                        "until": claim["happened_to"].isoformat(),
                        "tone": "ink",
                        "words": entry["words"],
                    }
                )
    for place, scenario in enumerate(tables.named, start=1):
        prediction = tables.prediction.get((indicator["indicator_id"], scenario["scenario_id"]))
        if not prediction or prediction["type"] != "event_by":
            continue
        wanted = json.loads(prediction["parameters"] or "{}")
        by, chance = str(wanted.get("by", "")), wanted.get("p")
        if not by:
            continue
        first = max(str(wanted.get("earliest") or tables.tracker["t0"].isoformat()), tables.tracker["t0"].isoformat())
        says = f"{scenario['title']}: {wording.percent(chance)} by {wording.short_day(date.fromisoformat(by))}"
        order.append(f"{place:02d}")
        names.append(says)
        lines.append(
            {"row": f"{place:02d}", "date": first, "until": by, "tone": scenario["scenario_id"], "words": says}
        )
        rows.append(
            {
                "row": f"{place:02d}",
                "date": by,
                "tone": scenario["scenario_id"],
                "mark": "deadline",
                "filled": scenario["scenario_id"],
                "words": says,
            }
        )
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
    gone = claim["superseded_by"] or claim["held"] or claim["status"] == "withdrawn"
    filled = "hollow" if mark != "happened" or gone else "ink"
    return {
        "date": when.isoformat(),
        "tone": "faint" if gone else "ink",
        "mark": mark,
        "filled": filled,
        "words": f"{_speaker(claim)}: {wording.claim_words(claim, None)}",
    }


def _category_figure(tables: TrackerTables, indicator: Row, claims: Rows) -> Figure:
    categories = [part.strip() for part in (indicator["categories"] or "").split(",") if part.strip()]
    used = used_claims(tables).get(indicator["indicator_id"], set())
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
        return _empty_figure(tables, indicator, claims)
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
    head, table = _claim_table(claims, indicator)
    return Figure(
        "claims",
        title,
        f"{indicator.get('title', '')}: {wording.plural(len(rows), 'mark')} in time.",
        ChartRequest("moments", data, 48 * len(order) + 84),
        _claim_sources(claims),
        head,
        table,
        [
            Key(
                name,
                "ink",
                "shape",
                SHAPES.index(shape) if shape in SHAPES else 0,
                hollow=name not in ("happened", "report"),
            )
            for name, shape in marks.items()
        ],
        note,
    )


STAGES = ("announced", "signed", "financed", "started", "delivered", "operating", "suspended", "abandoned")
_STAR = "M0,-1L.29,-.4L.95,-.31L.48,.15L.59,.81L0,.5L-.59,.81L-.48,.15L-.95,-.31L-.29,-.4Z"
STAGE_SHAPES = dict(
    zip(
        STAGES,
        ("circle", "square", "diamond", "triangle-up", "triangle-right", _STAR, "cross", "cross"),
        strict=True,
    )
)


def milestones(tables: TrackerTables) -> Figure | None:
    """Return a timeline of the projects: stages reached, dates announced, and each slip from one date to a later."""
    own = [row for row in tables.rows["milestone"] if row["happened_on"] or row["planned_for"]]
    if not own:
        return None
    by_project = grouped(own, "project_id")
    titles = {row["project_id"]: row["title"] for row in tables.rows["project"]}
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
                said += (
                    f", {wording.plural(abs(slip), 'day')} {'later' if slip > 0 else 'earlier'} than announced before"
                )
                lines.append(
                    {
                        "row": key,
                        "date": (when - timedelta(days=int(slip))).isoformat(),
                        "until": when.isoformat(),
                        "tone": "down",
                        "words": f"{names[-1]}: {said}",
                    }
                )
            bad = step["stage"] in ("suspended", "abandoned")
            tone = "down" if bad else "ink"
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
            table.append(
                [
                    names[-1],
                    str(step["stage"]),
                    wording.day(step["happened_on"]) if step["happened_on"] else "\u2013",
                    wording.day(step["planned_for"]) if step["planned_for"] else "\u2013",
                    wording.number(slip) if slip is not None else "\u2013",
                    wording.short_day(step["published_on"]),
                    str(step["detail"] or ""),
                ]
            )
    hollow = any(row["filled"] == "hollow" for row in rows)
    figure = _moments_figure(
        tables,
        {"title": "Projects", "unit": None},
        [],
        rows,
        lines,
        order,
        names,
        "Projects, step by step",
        STAGE_SHAPES,
        "",
    )
    return Figure(
        "milestones",
        "Projects, step by step",
        f"{len(order)} projects, {wording.plural(len(lines), 'slip')} drawn.",
        figure.request,
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
        "",
    )
