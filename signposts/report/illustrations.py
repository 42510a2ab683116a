"""The figures about a tracker as a whole: its odds through time, what moved them, and what they would be otherwise.

Belongs here: one function a figure, from a release's rows to a chart's data. Not here: figures of one indicator or of
projects (indicator_illustrations.py), and how a chart is drawn (charts.py).
"""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from signposts.report import wording
from signposts.report.attribution import (
    LogRatios,
    claim_ratios,
    group_moves,
    release_moves,
    rounded_to_add_up,
    trust_variants,
)
from signposts.report.drawing import ChartRequest
from signposts.report.figures import Figure, Key, marked_breaks, scenario_colors, scenario_keys, span_text
from signposts.report.history import months, pins, readout
from signposts.report.records import Row, Rows, TrackerTables, grouped
from signposts.report.verdict import other_settings


def history(tables: TrackerTables, name: str = "history", height: int = 340) -> Figure:
    """Return the probability of each scenario at every as-of date as steps: hindsight faint, interval, breaks, pins."""
    rows = months(tables)
    if not rows:
        return Figure(name, "Probability through time", "No probabilities yet.", None, "", (), ())
    marked = pins(tables, rows)
    days = [row["as_of"] for row in rows]
    drawn = [(row, row["retrospective"]) for row in rows]
    first = next((row for row in rows if not row["retrospective"]), None)
    if first is not None and first is not rows[0]:
        # the faint line reaches to where the published one begins
        drawn.append((first, True))
    steps = [
        _step(tables, row["as_of"], scenario, share, hindsight=hindsight)
        for row, hindsight in drawn
        for scenario, share in sorted(row["values"].items())
    ]
    leader = tables.ranked[0]["scenario_id"]
    band = [
        {"date": row["as_of"].isoformat(), "scenario": leader, "p05": round(row["p05"], 5), "p95": round(row["p95"], 5)}
        for row in sorted(tables.rows.get("probability_interval", []), key=lambda row: row["as_of"])
        if row["scenario_id"] == leader
    ]
    registered = tables.tracker["registered_on"]
    data = {
        **_steps_data(tables, days, steps),
        "band": band,
        "pins": [
            {"date": pin["as_of"].isoformat(), "probability": round(pin["at"], 5), "number": str(pin["number"])}
            for pin in marked
        ],
        "published_from": registered.isoformat() if registered and days[0] < registered <= days[-1] else None,
    }
    table = [
        [wording.day(row["as_of"])]
        + [wording.percent(row["values"].get(one["scenario_id"])) for one in tables.scenarios]
        for row in reversed(rows)
    ]
    breaks = [f"{row['label']} ({wording.day(row['date'])})" for row in tables.rows["structural_break"]]
    note = (
        f"Faint: computed in hindsight. The predictions were put into numbers on {wording.day(registered)}, "
        "though each point uses only what was published by then."
    )
    ends = "; ".join(
        f"{_title(tables, key)} ends at {wording.percent(share)}" for key, share in sorted(rows[-1]["values"].items())
    )
    summary = f"Steps of the probability of each scenario. {ends}"
    return Figure(
        name,
        "Probability of each scenario through time",
        f"{summary}. Marked: {wording.listed(breaks)}." if breaks else f"{summary}.",
        ChartRequest("probability_history", data, height),
        "table scenario_probability, variant headline; causes from its variants without one indicator",
        ["As of"] + [row["title"] for row in tables.scenarios],
        table,
        scenario_keys(tables),
        note if any(row["retrospective"] for row in rows) else "",
        readout=readout(tables, rows),
        pins=marked,
    )


def as_published(tables: TrackerTables) -> Figure | None:
    """Return the probabilities as each release stated them when it was made; None before the second release."""
    notes = [row for row in tables.rows.get("release_note", []) if row["kind"] == "standing"]
    moments = sorted({row["created_at"] for row in notes})
    if len(moments) < 2:
        return None
    steps = [
        _step(tables, row["created_at"].date(), row["scenario_id"], row["points"], hindsight=False)
        for row in sorted(notes, key=lambda row: (row["created_at"], row["scenario_id"]))
    ]
    days = [moment.date() for moment in moments]
    shares = {(row["created_at"], row["scenario_id"]): row["points"] for row in reversed(notes)}
    table = [
        [wording.clock(moment)]
        + [wording.percent(shares.get((moment, one["scenario_id"]))) for one in tables.scenarios]
        for moment in reversed(moments)
    ]
    return Figure(
        "published",
        "Probability of each scenario as it was published",
        f"{wording.plural(len(moments), 'release')}, the newest of {wording.day(moments[-1])}.",
        ChartRequest("probability_history", {**_steps_data(tables, days, steps), "band": [], "pins": []}, 340),
        "table release_note, kind standing",
        ["Release of"] + [row["title"] for row in tables.scenarios],
        table,
        scenario_keys(tables),
        "What each release said on its day; nothing is computed anew.",
    )


def _step(tables: TrackerTables, day: date, scenario: str, share: float, *, hindsight: bool) -> Row:
    return {
        "date": day.isoformat(),
        "scenario": scenario,
        "probability": round(share, 5),
        "when": "hindsight" if hindsight else "published",
        "words": f"{_title(tables, scenario)}: {wording.percent(share)} on {wording.day(day)}",
    }


def _steps_data(tables: TrackerTables, days: list[date], steps: Rows) -> dict[str, Any]:
    """Return what a chart of steps takes: the span with room for the numbers at the right end, and the ends."""
    first, last = days[0], days[-1]
    room = max(timedelta(days=20), (last - first) * 0.14)
    span = (first - timedelta(days=5), last + room)
    ends = [row for row in steps if row["date"] == last.isoformat()][-len(tables.scenarios) :]
    # The numbers at the ends are moved as little as needed to lie apart, order kept.
    places = [row["probability"] for row in ends]
    order = sorted(range(len(places)), key=lambda place: places[place])
    for below, above in pairwise(order):
        places[above] = max(places[above], places[below] + 0.065)
    # the words of breaks stand above the field, where no line and no pin can cross them
    breaks = marked_breaks(tables, span)
    return {
        **scenario_colors(tables),
        "span": span_text(*span),
        "rows": steps,
        "leader": tables.ranked[0]["scenario_id"],
        "ends": [
            {
                **row,
                "label": wording.percent(row["probability"]).replace("under ", "<").replace("over ", ">"),
                "label_at": round(place, 4),
            }
            for row, place in zip(ends, places, strict=True)
        ],
        "breaks": [{**row, "line": row["line"] - 15 * len(breaks) - 18} for row in breaks],
    }


def _title(tables: TrackerTables, scenario_id: str) -> str:
    row = tables.scenario.get(scenario_id)
    return row["title"] if row else scenario_id


def _waterfall(
    tables: TrackerTables,
    name: str,
    title: str,
    start: tuple[str, float],
    parts: list[tuple[str, float]],
    end: tuple[str, float],
    source: str,
    note: str,
) -> Figure:
    """Return bars that lead from start to end; the printed parts add up to the printed move."""
    first, shown, last = rounded_to_add_up(start[1], [part for _, part in parts], end[1])
    rows, at = [_bar(0, start[0], 0.0, start[1], "level", f"{first:.1f}%")], start[1]
    for place, ((label, part), printed) in enumerate(zip(parts, shown, strict=True), start=1):
        direction = "up" if part > 0 else "down"
        rows.append(_bar(place, label, at, at + part, direction, wording.signed(printed)))
        at += part
    rows.append(_bar(len(parts) + 1, end[0], 0.0, end[1], "level", f"{last:.1f}%"))
    levels = [start[1], end[1], *(row[edge] for row in rows[1:-1] for edge in ("low", "high"))]
    data = {
        "rows": rows,
        "links": [
            {"at": before["high"], "row": before["row"], "next": after["row"]} for before, after in pairwise(rows)
        ],
        "title": f"Probability of {tables.ranked[0]['title']}",
        "domain": _domain(levels, 0.03, 0.15),
    }
    table = [[row["name"], row["label"]] for row in rows]
    summary = f"From {first:.1f}% to {last:.1f}%: " + "; ".join(
        f"{label} {wording.signed(printed)}" for (label, _), printed in zip(parts, shown, strict=True)
    )
    return Figure(
        name,
        title,
        summary + ".",
        ChartRequest("moves", data, 46 * len(rows) + 46),
        source,
        ["Step", "Points"],
        table,
        [Key("raises it", "up", "block"), Key("lowers it", "down", "block")],
        note,
    )


def _domain(levels: list[float], least: float, share: float) -> list[float]:
    """Return the ends of an axis with room beyond its levels: a share of their range, and at the least so much."""
    room = max(least, (max(levels) - min(levels)) * share)
    return [max(0, round(min(levels) - room, 3)), min(1, round(max(levels) + room, 3))]


def _bar(place: int, name: str, low: float, high: float, direction: str, label: str) -> Row:
    return {
        "row": f"{place:02d}",
        "name": name,
        "low": round(low, 6),
        "high": round(high, 6),
        "direction": direction,
        "label": label,
        "words": f"{name}: {label}",
    }


def _largest(parts: list[tuple[str, float]], rest: str, most: int = 9) -> list[tuple[str, float]]:
    """Return at most so many parts; those beyond are added up as the last one."""
    if len(parts) <= most:
        return parts
    others = parts[most - 1 :]
    return [*parts[: most - 1], (f"{len(others)} {rest}", sum(part for _, part in others))]


def from_prior(tables: TrackerTables, current: LogRatios) -> Figure:
    """Return the way of the leading scenario from its prior to now, by storyline."""
    leader = tables.ranked[0]
    titles = {row["group_id"]: row["title"] for row in tables.rows["evidence_group"]}
    titles |= {"unexplained": "Not explained by the published ratios", "": "Without storyline"}
    moves = [(titles.get(name, name), parts[leader["scenario_id"]]) for name, parts in group_moves(tables, current)]
    word = f"Start: \u201c{leader['likelihood_word']}\u201d" if leader["likelihood_word"] else "Start"
    return _waterfall(
        tables,
        "waterfall",
        f"What moved \u201c{leader['title']}\u201d from its starting odds to now",
        (word, leader["prior"]),
        _largest(moves, "other storylines"),
        ("Now", leader["posterior"]),
        "tables log_ratio, hypothesis and scenario, method 1",
        "Each bar is one storyline: a group of indicators that tell the same story and so count as less "
        "than their number. "
        "The move is split so that the order in which they came makes no difference; the parts add up. "
        "The axis does not start at 0%.",
    )


def since_last_release(tables: TrackerTables) -> Figure | None:
    """Return the way of the leading scenario since the release before, by cause; None for a first release."""
    rows = release_moves(tables)
    if not rows:
        return None
    leader = tables.ranked[0]
    parts = []
    for row in rows:
        cause = wording.CAUSES.get(row["cause"], str(row["cause"]).replace("_", " "))
        title = tables.indicator.get(row["indicator_id"] or "", {}).get("title", row["indicator_id"])
        words = f"{cause[:1].upper()}{cause[1:]}" + (f": {title}" if title else "")
        parts.append((words, row["moves"].get(leader["scenario_id"], 0.0)))
    return _waterfall(
        tables,
        "since",
        f"What moved \u201c{leader['title']}\u201d since the release before",
        ("Release before", leader["posterior"] - (leader["change"] or 0.0)),
        _largest([part for part in parts if abs(part[1]) > 5e-6], "smaller causes"),
        ("Now", leader["posterior"]),
        "table change, method 5.5",
        "New readings, revisions, time passing and edits are told apart; the parts add up to the move. "
        "The axis does not start at 0%.",
    )


def tornado(tables: TrackerTables) -> Figure:
    """Return how far the leader would move if one indicator or one storyline were left out."""
    leader = tables.ranked[0]
    groups = {row["group_id"]: row["title"] for row in tables.rows["evidence_group"]}
    influences = [row for row in tables.rows["influence"] if row["scenario_id"] == leader["scenario_id"]]
    influences.sort(key=lambda row: (-abs(row["move"]), row["left_out"]))
    rows, table = [], []
    now = leader["posterior"]
    for place, row in enumerate(influences):
        kind, _, key = row["left_out"].partition(":")
        name = f"Without: {tables.indicator.get(key, {}).get('title', key)}"
        if kind == "group":
            name = f"Without the storyline: {groups.get(key, key)}"
        label = f"{row['posterior'] * 100:.1f}%"
        table.append([name, label, *(wording.points(row[move], 1) for move in ("move", "move_held_weights"))])
        if place < 14:
            direction = "up" if row["move"] > 0 else "down"
            rows.append(_bar(place, name, min(now, row["posterior"]), max(now, row["posterior"]), direction, label))
    data = {
        "rows": rows,
        "title": f"Probability of {leader['title']}",
        "reference": round(now, 6),
        "domain": _domain([now, *(value for row in rows for value in (row["low"], row["high"]))], 0.02, 0.12),
    }
    summary = f"Bars from {wording.percent(now)}, the published figure. " + (
        f"Largest: {table[0][0]} would give {table[0][1]}." if table else ""
    )
    return Figure(
        "tornado",
        f"\u201c{leader['title']}\u201d with one thing left out",
        summary,
        ChartRequest("moves", data, 46 * len(rows) + 46) if rows else None,
        "table influence",
        ["Left out", "Would stand at", "Points", "Points, other weights held"],
        table,
        [Key("would be higher without it", "up", "block"), Key("would be lower without it", "down", "block")],
        f"The dashed line is the published {wording.percent(now)}. The fourteen largest are drawn; the table has all.",
        "Nothing is scored yet, so nothing can be left out.",
    )


def settings_spread(tables: TrackerTables, current: LogRatios) -> Figure:
    """Return every scenario's probability under every other choice of priors, temper, subset and trust in reports."""
    published = {row["scenario_id"]: row["posterior"] for row in tables.scenarios}
    settings = [("As published", published), *other_settings(tables)]
    settings += trust_variants(tables, current, claim_ratios(tables, current))
    rows, names, table = [], [], []
    for place, (name, shares) in enumerate(settings):
        names.append({"row": f"{place:02d}", "name": name})
        table.append([name] + [wording.percent(shares.get(row["scenario_id"])) for row in tables.scenarios])
        for row in tables.scenarios:
            share = shares.get(row["scenario_id"])
            if share is not None:
                words = f"{name}: {row['title']} {wording.percent(share)}"
                dot = {"scenario": row["scenario_id"], "probability": round(share, 5), "words": words}
                rows.append({"row": f"{place:02d}", **dot})
    data = {**scenario_colors(tables), "rows": rows, "names": names, "title": "Probability"}
    return Figure(
        "settings",
        "The odds under other choices",
        "Each row is a choice of method, each dot a scenario's probability under it.",
        ChartRequest("spread", data, 44 * len(names) + 46),
        "tables scenario_probability and variant; trust in reports from reading_claim_ratio",
        ["Choice", *(row["title"] for row in tables.scenarios)],
        table,
        scenario_keys(tables, mark="shape"),
        "Each row changes one thing and leaves the rest as published.",
    )


def onset(tables: TrackerTables, scenario: Row) -> Figure | None:
    """Return the chance of each onset year if the scenario is the true one; None where it has one onset only."""
    onsets = [row for row in tables.rows["onset_probability"] if row["scenario_id"] == scenario["scenario_id"]]
    if len(onsets) < 2:
        return None
    years = grouped(sorted(onsets, key=lambda row: row["onset"]), "onset_year")
    rows = []
    for year, year_rows in years.items():
        now, before = sum(row["posterior"] for row in year_rows), sum(row["prior"] for row in year_rows)
        words = f"{int(year)}: {wording.percent(now)} now, {wording.percent(before)} at the start"
        rows.append({"label": str(int(year)), "now": round(now, 5), "before": round(before, 5), "words": words})
    top = max(max(row["now"], row["before"]) for row in rows)
    data = {
        "rows": rows,
        "color": f"var(--{scenario['key']})",
        "title": "Chance, if this scenario is the true one",
        "x_title": "Year in which it sets in",
        "top": min(1.0, top * 1.15),
    }
    return Figure(
        f"onset-{wording.file_name(scenario['scenario_id'])}",
        "When it would set in",
        "; ".join(row["words"] for row in rows) + ".",
        ChartRequest("columns", data, 250),
        "table onset_probability",
        ["Year", "Now", "At the start"],
        [[row["label"], wording.percent(row["now"]), wording.percent(row["before"])] for row in rows],
        [Key("now", scenario["key"], "block"), Key("at the start", "ink", "line")],
        "A scenario that needs a shock is not refuted because the shock has not come yet: its onset is left open.",
    )


def _point(at: float, series: str, value: float, words: str) -> Row:
    return {"at": str(int(at)), "series": series, "value": round(value, 5), "words": words}


def _shares(title: str, x_title: str) -> Row:
    """Return the axes of a chart of lines whose level is a share."""
    return {"title": title, "x_title": x_title, "format": ".0%", "range": [0, 1]}


def outlook(tables: TrackerTables) -> Figure | None:
    """Return the chance that the matter is settled, rightly or wrongly, by the end of each year to come."""
    years = sorted(tables.rows["outlook"], key=lambda row: row["year"])
    if not years:
        return None
    rows = []
    for row in years:
        for series, share in (("rightly", row["p_settled_right"]), ("wrongly", row["p_settled_wrong"])):
            words = f"{wording.percent(share)} settled {series} by the end of {int(row['year'])}"
            rows.append(_point(row["year"], series, share, words))
    data = {
        **_shares("Chance", "By the end of"),
        "rows": rows,
        "series": ["rightly", "wrongly"],
        "colors": ["var(--up)", "var(--down)"],
    }
    last = years[-1]
    return Figure(
        "outlook",
        "When will we know?",
        f"By the end of {int(last['year'])}: settled rightly {wording.percent(last['p_settled_right'])}, "
        f"wrongly {wording.percent(last['p_settled_wrong'])}.",
        ChartRequest("lines", data, 260),
        "table outlook, simulated worlds, method 5.6",
        ["By the end of", "Settled rightly", "Settled wrongly", "Uncertainty left, bits"],
        [
            [
                str(int(row["year"])),
                *(wording.percent(row[name]) for name in ("p_settled_right", "p_settled_wrong")),
                f"{row['expected_entropy']:.2f}",
            ]
            for row in years
        ],
        [
            Key("the true scenario has passed 90%", "up", "line", 0),
            Key("a wrong one has passed 90%", "down", "line", 1),
        ],
        f"From {wording.plural(last['draws'] or 0, 'simulated world')} in which one scenario is true and "
        "the indicators then follow it.",
    )


def recognition(tables: TrackerTables) -> Figure | None:
    """Return by when each scenario would be recognised if it were the true one, with the readings there are now."""
    odds = [
        row
        for row in tables.rows.get("recognition", [])
        if row["scenario_id"] == row["of_scenario"] and row["coverage"] == "present"
    ]
    first = {key: min(row["onset"] for row in rows) for key, rows in grouped(odds, "scenario_id").items()}
    shown = [row for row in odds if row["onset"] == first[row["scenario_id"]] and row["scenario_id"] in tables.scenario]
    if not shown:
        return None
    named = [row for row in tables.named if row["scenario_id"] in first]
    start = tables.tracker["t0"]
    begins = {key: wording.month(start + timedelta(days=round(365.25 * years))) for key, years in first.items()}
    shown.sort(key=lambda row: (row["year"], row["scenario_id"]))
    rows, table = [], []
    for row in shown:
        title, share = _title(tables, row["scenario_id"]), wording.percent(row["posterior"])
        words = f"{title}, if true from {begins[row['scenario_id']]}: {share} by the end of {int(row['year'])}"
        rows.append(_point(row["year"], title, row["posterior"], words))
        table.append([title, str(int(row["year"])), share])
    data = {
        **_shares("Probability it would be given", "By the end of"),
        "rows": rows,
        "series": [row["title"] for row in named],
        "colors": [f"var(--{row['key']})" for row in named],
    }
    return Figure(
        "recognition",
        "If it were the true one, by when would we say so?",
        "; ".join(row["words"] for row in rows if row["at"] == rows[-1]["at"]) + ".",
        ChartRequest("lines", data, 260),
        "table recognition, readings as a scenario\u2019s own predictions say",
        ["Scenario", "By the end of", "Probability it would be given"],
        table,
        [Key(row["title"], row["key"], "line", place) for place, row in enumerate(named)],
        "Each scenario from its earliest onset, with the indicators that have a reading now, as reliable as they are.",
    )


def backtests(tables: TrackerTables) -> list[Figure]:
    """Return how well the fans held on history: their coverage, and their error beside that of simple forecasts."""
    results = [row for row in tables.rows["backtest"] if row["series"] is not None]
    if not results:
        return []
    names = {"fan": "the fan", "last_value": "same as last year", "drift": "same growth as before"}
    figures = []
    measures = (
        ("coverage_80", "How often the 80% band held", "Share of outcomes inside", ".0%", 0.8, "mean over the series"),
        ("crps", "How far forecasts were off", "Error (CRPS, log scale)", ".2f", None, "lower is better"),
    )
    for column, title, label, form, reference, note in measures:
        rows, table = [], []
        for forecast in sorted({row["forecast"] for row in results}):
            for horizon in sorted({int(row["horizon_years"]) for row in results}):
                same = [
                    row
                    for row in results
                    if row["forecast"] == forecast and int(row["horizon_years"]) == horizon and row[column] is not None
                ]
                count = sum(row["n_forecasts"] or 0 for row in same)
                if not count:
                    continue
                value = sum(row[column] * (row["n_forecasts"] or 0) for row in same) / count
                name = names.get(forecast, forecast)
                shown = wording.percent(value) if form == ".0%" else f"{value:.3f}"
                rows.append(_point(horizon, name, value, f"{name}, {horizon} years ahead: {shown}"))
                table.append([name, str(horizon), shown, wording.number(count)])
        series = list(dict.fromkeys(row["series"] for row in rows))
        top = max((row["value"] for row in rows), default=1.0)
        data = {
            **_shares(label, "Years ahead"),
            **({} if form == ".0%" else {"format": form, "range": [0, round(top * 1.1, 3)]}),
            "rows": rows,
            "series": series,
            "colors": ["var(--ink)"] * len(series),
            "reference": reference,
        }
        forecasts = sum(row["n_forecasts"] or 0 for row in results if row["forecast"] == results[0]["forecast"])
        note_of = "The level line is where a well made 80% band belongs. " if reference else "Lower is better. "
        note_of += f"Each line rests on about {wording.plural(forecasts, 'forecast')}, fewer the further ahead."
        figures.append(
            Figure(
                f"backtest-{column.replace('_', '-')}",
                title,
                f"{title}, {note}.",
                ChartRequest("lines", data, 250) if rows else None,
                "table backtest, rolling origins",
                ["Forecast", "Years ahead", label, "Forecasts"],
                table,
                [Key(name, "ink", "line", place) for place, name in enumerate(series)],
                note_of,
            )
        )
    return figures
