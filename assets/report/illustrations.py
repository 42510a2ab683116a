"""Which chart shows what: a release's rows as data of charts, each with its words, sources and the table behind it.

Belongs here: one function a figure of the report. Not here: how a chart is drawn (charts.py) and the pages' own words.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from assets.report import words
from assets.report.drawing import Request
from assets.report.movement import Evidence, group_moves, release_moves, rounded_to_add_up, trust_variants, claim_ratios
from assets.report.records import Facts, Row, Rows, grouped
from assets.report.verdict import other_settings

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
TABLE_ROWS = 400


@dataclass(frozen=True)
class Key:
    """One entry of a legend: a colour of the page, a shape or a dash, and its meaning."""

    label: str
    color: str = "ink"
    mark: str = "line"
    place: int = 0
    hollow: bool = False
    faint: bool = False


@dataclass(frozen=True)
class Figure:
    """A chart with everything a reader needs to read it without seeing it."""

    name: str
    title: str
    summary: str
    request: Request | None
    source: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    legend: Sequence[Key] = ()
    note: str = ""
    empty: str = "There is nothing to draw yet."
    more: int = field(default=0)


def scenario_keys(facts: Facts, *, mark: str = "line", named_only: bool = False) -> list[Key]:
    """Return the scenarios as entries of a legend."""
    rows = facts.named if named_only else facts.scenarios
    return [Key(row["title"], row["key"], mark, place) for place, row in enumerate(rows)]


def _colors(facts: Facts) -> dict[str, Any]:
    return {
        "scenarios": [row["scenario_id"] for row in facts.scenarios],
        "colors": [f"var(--{row['key']})" for row in facts.scenarios],
    }


def _breaks(facts: Facts, span: tuple[date, date]) -> Rows:
    """Return the structural breaks inside a span, each on a line of words of its own."""
    rows = sorted(facts.tables["structural_break"], key=lambda row: row["date"])
    inside = [row for row in rows if span[0] <= row["date"] <= span[1]]
    middle = span[0] + (span[1] - span[0]) / 2
    return [
        {
            "date": row["date"].isoformat(),
            "label": row["label"],
            "words": f"{row['label']}, {words.day(row['date'])}",
            "line": 2 + 15 * place,
            "side": "right" if row["date"] > middle else "left",
        }
        for place, row in enumerate(inside)
    ]


def _span(first: date, last: date) -> list[str]:
    return [first.isoformat(), last.isoformat()]


def _apart(levels: list[float], gap: float) -> list[float]:
    """Return the levels moved as little as needed to lie `gap` apart, order kept."""
    order = sorted(range(len(levels)), key=lambda place: levels[place])
    placed = list(levels)
    for before, after in zip(order, order[1:], strict=False):
        placed[after] = max(placed[after], placed[before] + gap)
    return placed


def history(facts: Facts, name: str = "history", height: int = 340) -> Figure:
    """Return the probability of each scenario at every as-of date, breaks marked."""
    rows = sorted(facts.headline, key=lambda row: (row["as_of"], row["scenario_id"]))
    dates = sorted({row["as_of"] for row in rows})
    if not dates:
        return Figure(name, "Probability through time", "No probabilities yet.", None, "", (), ())
    first, last = dates[0], dates[-1]
    room = max(timedelta(days=20), (last - first) * 0.09)
    span = (first - timedelta(days=5), last + room)
    ends = [row for row in rows if row["as_of"] == last]
    places = _apart([row["posterior"] for row in ends], 0.065)
    data = {
        **_colors(facts),
        "span": _span(*span),
        "rows": [
            {
                "date": row["as_of"].isoformat(),
                "scenario": row["scenario_id"],
                "probability": round(row["posterior"], 5),
                "words": f"{_title(facts, row['scenario_id'])}: {words.percent(row['posterior'])} on {words.day(row['as_of'])}",
            }
            for row in rows
        ],
        "ends": [
            {
                "date": last.isoformat(),
                "scenario": row["scenario_id"],
                "probability": round(row["posterior"], 5),
                "label": words.percent(row["posterior"]).replace("under ", "<").replace("over ", ">"),
                "label_at": round(place, 4),
            }
            for row, place in zip(ends, places, strict=True)
        ],
        "breaks": _breaks(facts, span),
    }
    by_date = grouped(rows, "as_of")
    table = [
        [words.day(when)] + [words.percent(_of(by_date[when], row["scenario_id"])) for row in facts.scenarios]
        for when in reversed(dates)
    ]
    marks = words.listed([f"{row['label']} ({words.day(row['date'])})" for row in facts.tables["structural_break"]])
    retrospective = [row["as_of"] for row in facts.tables["as_of_date"] if row["retrospective"]]
    note = ""
    if retrospective:
        note = (
            f"Points before {words.day(facts.tracker['registered_on'])} are computed in hindsight: the predictions were "
            "put into numbers after those dates, though each point uses only what was published by then."
        )
    summary = "Lines of the probability of each scenario. " + "; ".join(
        f"{_title(facts, row['scenario_id'])} ends at {words.percent(row['posterior'])}" for row in ends
    )
    if marks:
        summary += f". Marked: {marks}"
    return Figure(
        name,
        "Probability of each scenario through time",
        summary + ".",
        Request("probability_history", data, height),
        "table scenario_probability, variant headline",
        ["As of"] + [row["title"] for row in facts.scenarios],
        table,
        scenario_keys(facts),
        note,
    )


def _title(facts: Facts, scenario_id: str) -> str:
    row = facts.scenario.get(scenario_id)
    return row["title"] if row else scenario_id


def _of(rows: Rows, scenario_id: str) -> float | None:
    return next((row["posterior"] for row in rows if row["scenario_id"] == scenario_id), None)


def _waterfall(
    facts: Facts,
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
    rows, links, at = [], [], start[1]
    rows.append(_bar(0, start[0], 0.0, start[1], "level", f"{first:.1f}%"))
    for place, ((label, part), printed) in enumerate(zip(parts, shown, strict=True), start=1):
        direction = "up" if part > 0 else "down"
        rows.append(_bar(place, label, at, at + part, direction, _signed(printed)))
        at += part
    rows.append(_bar(len(parts) + 1, end[0], 0.0, end[1], "level", f"{last:.1f}%"))
    for before, after in zip(rows, rows[1:], strict=False):
        links.append({"at": before["high"], "row": before["row"], "next": after["row"]})
    levels = [start[1], end[1], *(row[edge] for row in rows[1:-1] for edge in ("low", "high"))]
    room = max(0.03, (max(levels) - min(levels)) * 0.15)
    data = {
        "rows": rows,
        "links": links,
        "title": f"Probability of {facts.ranked[0]['title']}",
        "domain": [max(0.0, round(min(levels) - room, 3)), min(1.0, round(max(levels) + room, 3))],
    }
    table = [[row["name"], row["label"]] for row in rows]
    summary = f"From {first:.1f}% to {last:.1f}%: " + "; ".join(
        f"{label} {_signed(printed)}" for (label, _), printed in zip(parts, shown, strict=True)
    )
    return Figure(
        name,
        title,
        summary + ".",
        Request("moves", data, 46 * len(rows) + 46),
        source,
        ["Step", "Points"],
        table,
        [Key("raises it", "up", "block"), Key("lowers it", "down", "block")],
        note,
    )


def _signed(value: float) -> str:
    text = f"{abs(value):.1f}"
    return "0.0" if float(text) == 0 else f"{'+' if value > 0 else words.MINUS}{text}"


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


def from_prior(facts: Facts, known: Evidence) -> Figure:
    """Return the way of the leading scenario from its prior to now, by storyline; small ones are put together."""
    leader = facts.ranked[0]
    titles = {row["group_id"]: row["title"] for row in facts.tables["evidence_group"]}
    titles |= {"unexplained": "Not explained by the published ratios", "": "Without storyline"}
    moves = [(titles.get(name, name), parts[leader["scenario_id"]]) for name, parts in group_moves(facts, known)]
    shown = moves if len(moves) <= 9 else moves[:8]
    rest = moves[len(shown) :]
    if rest:
        shown = [*shown, (f"{len(rest)} other storylines", sum(part for _, part in rest))]
    word = f"Start: \u201c{leader['likelihood_word']}\u201d" if leader["likelihood_word"] else "Start"
    return _waterfall(
        facts,
        "waterfall",
        f"What moved \u201c{leader['title']}\u201d from its starting odds to now",
        (word, leader["prior"]),
        shown,
        ("Now", leader["posterior"]),
        "tables log_ratio, hypothesis and scenario, method 1",
        "Each bar is one storyline: a group of indicators that tell the same story and so count as less than their number. "
        "The move is split so that the order in which they came makes no difference; the parts add up. The axis does not start at 0%.",
    )


def since_last_release(facts: Facts) -> Figure | None:
    """Return the way of the leading scenario since the release before, by cause; None for a first release."""
    rows = release_moves(facts)
    if not rows:
        return None
    leader = facts.ranked[0]
    parts = [(cause_words(facts, row), row["moves"].get(leader["scenario_id"], 0.0)) for row in rows]
    parts = [part for part in parts if abs(part[1]) > 5e-6]
    shown, rest = (parts, []) if len(parts) <= 9 else (parts[:8], parts[8:])
    if rest:
        shown = [*shown, (f"{len(rest)} smaller causes", sum(part for _, part in rest))]
    move = leader["change"] or 0.0
    return _waterfall(
        facts,
        "since",
        f"What moved \u201c{leader['title']}\u201d since the release before",
        ("Release before", leader["posterior"] - move),
        shown,
        ("Now", leader["posterior"]),
        "table change, method 5.5",
        "New readings, revisions, time passing and edits are told apart; the parts add up to the move. The axis does not start at 0%.",
    )


def cause_words(facts: Facts, row: Row) -> str:
    """Return the cause of a part of a move in words."""
    cause = words.CAUSES.get(row["cause"], str(row["cause"]).replace("_", " "))
    title = facts.indicator.get(row["indicator_id"] or "", {}).get("title", row["indicator_id"])
    return f"{cause[:1].upper()}{cause[1:]}: {title}" if title else f"{cause[:1].upper()}{cause[1:]}"


def tornado(facts: Facts) -> Figure:
    """Return how far the leader would move if one indicator or one storyline were left out."""
    leader = facts.ranked[0]
    groups = {row["group_id"]: row["title"] for row in facts.tables["evidence_group"]}
    own = [row for row in facts.tables["influence"] if row["scenario_id"] == leader["scenario_id"]]
    own.sort(key=lambda row: (-abs(row["move"]), row["left_out"]))
    rows, table = [], []
    now = leader["posterior"]
    for place, row in enumerate(own):
        kind, _, key = row["left_out"].partition(":")
        name = f"Without: {facts.indicator.get(key, {}).get('title', key)}"
        if kind == "group":
            name = f"Without the storyline: {groups.get(key, key)}"
        label = f"{row['posterior'] * 100:.1f}%"
        table.append([name, label, _signed(row["move"] * 100), _signed(row["move_held_weights"] * 100)])
        if place < 14:
            direction = "up" if row["move"] > 0 else "down"
            rows.append(_bar(place, name, min(now, row["posterior"]), max(now, row["posterior"]), direction, label))
    levels = [now, *(value for row in rows for value in (row["low"], row["high"]))]
    room = max(0.02, (max(levels) - min(levels)) * 0.12)
    data = {
        "rows": rows,
        "title": f"Probability of {leader['title']}",
        "reference": round(now, 6),
        "domain": [max(0, round(min(levels) - room, 3)), min(1, round(max(levels) + room, 3))],
    }
    summary = f"Bars from {words.percent(now)}, the published figure. " + (
        f"Largest: {table[0][0]} would give {table[0][1]}." if table else ""
    )
    return Figure(
        "tornado",
        f"\u201c{leader['title']}\u201d with one thing left out",
        summary,
        Request("moves", data, 46 * len(rows) + 46) if rows else None,
        "table influence",
        ["Left out", "Would stand at", "Points", "Points, other weights held"],
        table,
        [Key("would be higher without it", "up", "block"), Key("would be lower without it", "down", "block")],
        f"The dashed line is the published {words.percent(now)}. The fourteen largest are drawn; the table has all.",
        "Nothing is scored yet, so nothing can be left out.",
    )


def settings_spread(facts: Facts, known: Evidence) -> Figure:
    """Return every scenario's probability under every other choice of priors, temper, subset and trust in reports."""
    published = {row["scenario_id"]: row["posterior"] for row in facts.scenarios}
    settings = [("As published", published), *other_settings(facts)]
    settings += trust_variants(facts, known, claim_ratios(facts, known))
    rows, names, table = [], [], []
    for place, (name, shares) in enumerate(settings):
        names.append({"row": f"{place:02d}", "name": name})
        table.append([name] + [words.percent(shares.get(row["scenario_id"])) for row in facts.scenarios])
        for row in facts.scenarios:
            share = shares.get(row["scenario_id"])
            if share is not None:
                rows.append(
                    {
                        "row": f"{place:02d}",
                        "scenario": row["scenario_id"],
                        "probability": round(share, 5),
                        "words": f"{name}: {row['title']} {words.percent(share)}",
                    }
                )
    data = {**_colors(facts), "rows": rows, "names": names, "title": "Probability"}
    return Figure(
        "settings",
        "The odds under other choices",
        "Each row is a choice of method, each dot a scenario's probability under it.",
        Request("spread", data, 44 * len(names) + 46),
        "tables scenario_probability and variant; trust in reports from reading_claim_ratio",
        ["Choice", *(row["title"] for row in facts.scenarios)],
        table,
        scenario_keys(facts, mark="shape"),
        "Each row changes one thing and leaves the rest as published.",
    )


def onset(facts: Facts, scenario: Row) -> Figure | None:
    """Return the chance of each onset year if the scenario is the true one; None where it has one onset only."""
    own = [row for row in facts.tables["onset_probability"] if row["scenario_id"] == scenario["scenario_id"]]
    if len(own) < 2:
        return None
    years = grouped(sorted(own, key=lambda row: row["onset"]), "onset_year")
    rows = []
    for year, found in years.items():
        now, before = sum(row["posterior"] for row in found), sum(row["prior"] for row in found)
        rows.append(
            {
                "label": str(int(year)),
                "now": round(now, 5),
                "before": round(before, 5),
                "words": f"{int(year)}: {words.percent(now)} now, {words.percent(before)} at the start",
            }
        )
    top = max(max(row["now"], row["before"]) for row in rows)
    data = {
        "rows": rows,
        "color": f"var(--{scenario['key']})",
        "title": "Chance, if this scenario is the true one",
        "x_title": "Year in which it sets in",
        "top": min(1.0, top * 1.15),
    }
    return Figure(
        f"onset-{words.file_name(scenario['scenario_id'])}",
        "When it would set in",
        "; ".join(row["words"] for row in rows) + ".",
        Request("columns", data, 250),
        "table onset_probability",
        ["Year", "Now", "At the start"],
        [[row["label"], words.percent(row["now"]), words.percent(row["before"])] for row in rows],
        [Key("now", scenario["key"], "block"), Key("at the start", "ink", "line")],
        "A scenario that needs a shock is not refuted because the shock has not come yet: its onset is left open.",
    )


def outlook(facts: Facts) -> Figure | None:
    """Return the chance that the matter is settled, rightly or wrongly, by the end of each year to come."""
    own = sorted(facts.tables["outlook"], key=lambda row: row["year"])
    if not own:
        return None
    rows = []
    for row in own:
        for series, share in (("rightly", row["p_settled_right"]), ("wrongly", row["p_settled_wrong"])):
            rows.append(
                {
                    "at": str(int(row["year"])),
                    "series": series,
                    "value": round(share, 5),
                    "words": f"{words.percent(share)} settled {series} by the end of {int(row['year'])}",
                }
            )
    data = {
        "rows": rows,
        "series": ["rightly", "wrongly"],
        "colors": ["var(--up)", "var(--down)"],
        "title": "Chance",
        "x_title": "By the end of",
        "format": ".0%",
        "range": [0, 1],
    }
    last = own[-1]
    return Figure(
        "outlook",
        "When will we know?",
        f"By the end of {int(last['year'])}: settled rightly {words.percent(last['p_settled_right'])}, wrongly {words.percent(last['p_settled_wrong'])}.",
        Request("lines", data, 260),
        "table outlook, simulated worlds, method 5.6",
        ["By the end of", "Settled rightly", "Settled wrongly", "Uncertainty left, bits"],
        [
            [
                str(int(row["year"])),
                words.percent(row["p_settled_right"]),
                words.percent(row["p_settled_wrong"]),
                f"{row['expected_entropy']:.2f}",
            ]
            for row in own
        ],
        [
            Key("the true scenario has passed 90%", "up", "line", 0),
            Key("a wrong one has passed 90%", "down", "line", 1),
        ],
        f"From {words.plural(last['draws'] or 0, 'simulated world')} in which one scenario is true and the indicators then follow it.",
    )


def backtests(facts: Facts) -> list[Figure]:
    """Return how well the fans held on history: their coverage, and their error beside that of simple forecasts."""
    own = [row for row in facts.tables["backtest"] if row["series"] is not None]
    if not own:
        return []
    names = {"fan": "the fan", "last_value": "same as last year", "drift": "same growth as before"}
    found = []
    measures = (
        ("coverage_80", "How often the 80% band held", "Share of outcomes inside", ".0%", 0.8, "mean over the series"),
        ("crps", "How far forecasts were off", "Error (CRPS, log scale)", ".2f", None, "lower is better"),
    )
    for column, title, label, form, reference, note in measures:
        rows, table = [], []
        for forecast in sorted({row["forecast"] for row in own}):
            for horizon in sorted({int(row["horizon_years"]) for row in own}):
                same = [
                    row
                    for row in own
                    if row["forecast"] == forecast and int(row["horizon_years"]) == horizon and row[column] is not None
                ]
                count = sum(row["n_forecasts"] or 0 for row in same)
                if not count:
                    continue
                value = sum(row[column] * (row["n_forecasts"] or 0) for row in same) / count
                name = names.get(forecast, forecast)
                shown = words.percent(value) if form == ".0%" else f"{value:.3f}"
                rows.append(
                    {
                        "at": str(horizon),
                        "series": name,
                        "value": round(value, 5),
                        "words": f"{name}, {horizon} years ahead: {shown}",
                    }
                )
                table.append([name, str(horizon), shown, words.number(count)])
        series = list(dict.fromkeys(row["series"] for row in rows))
        top = max((row["value"] for row in rows), default=1.0)
        data = {
            "rows": rows,
            "series": series,
            "colors": ["var(--s1)", "var(--s2)", "var(--s3)", "var(--s4)"][: len(series)],
            "title": label,
            "x_title": "Years ahead",
            "format": form,
            "range": [0, 1] if form == ".0%" else [0, round(top * 1.1, 3)],
            "reference": reference,
        }
        found.append(
            Figure(
                f"backtest-{column.replace('_', '-')}",
                title,
                f"{title}, {note}.",
                Request("lines", data, 250) if rows else None,
                "table backtest, rolling origins",
                ["Forecast", "Years ahead", label, "Forecasts"],
                table,
                [Key(name, f"s{place + 1}", "line", place) for place, name in enumerate(series)],
                "The dashed line is where a well made 80% band belongs." if reference else "Lower is better.",
            )
        )
    return found


# ---------------------------------------------------------------------- indicators


def indicator_figure(facts: Facts, indicator: Row) -> Figure:
    """Return an indicator's claims over what its scenarios predict, in the form that suits its kind."""
    claims = facts.claims.get(indicator["indicator_id"], [])
    kinds = {claim["kind"] for claim in claims}
    types = {row["type"] for key, row in facts.prediction.items() if key[0] == indicator["indicator_id"]}
    if "event_by" in types or (not types and kinds <= {"event", "none_seen", "plan"} and kinds):
        return _event_figure(facts, indicator, claims)
    if "ordinal" in types:
        return _category_figure(facts, indicator, claims)
    if "rate" in types:
        return _count_figure(facts, indicator, claims)
    return _value_figure(facts, indicator, claims)


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


def used_claims(facts: Facts) -> dict[str, set[str]]:
    """Return the claims behind each indicator's newest reading."""
    found = grouped(facts.tables["reading_claim"], "indicator_id")
    return {key: {row["claim_id"] for row in rows} for key, rows in found.items()}


def _fan_rows(facts: Facts, indicator_id: str) -> Rows:
    rows = [row for row in facts.fans.get(indicator_id, []) if row["p50"] is not None]
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


def _point(claim: Row, name: str, used: set[str], unit: str | None) -> Row | None:
    value, low, high = _claim_levels(claim)
    when = claim["period_end"] or claim["published_on"]
    if value is None or when is None:
        return None
    return {
        "date": when.isoformat(),
        "value": float(f"{value:.6g}"),
        "low": float(f"{low:.6g}"),
        "high": float(f"{high:.6g}"),
        "source": name,
        "state": _state(claim, used),
        "words": words.claim_words(claim, unit),
        "day": words.period_words(claim),
    }


def _readings_so_far(facts: Facts, indicator: Row) -> Rows:
    """Return the readings at each as-of date as points, for what no single claim gives: nowcasts and k of n."""
    found: dict[str, Row] = {}
    for row in facts.tables["reading"]:
        if row["indicator_id"] != indicator["indicator_id"] or row["kind"] not in ("nowcast", "share_count", "mixed"):
            continue
        if row["value"] is None or row["reading_date"] is None:
            continue
        value = row["value"]
        if row["kind"] == "share_count" and row["trials"]:
            value = value / row["trials"] if value > 1 or row["trials"] == 1 else value
        found[row["reading_date"].isoformat()] = {
            "date": row["reading_date"].isoformat(),
            "value": float(f"{value:.6g}"),
            "low": float(f"{value:.6g}"),
            "high": float(f"{value:.6g}"),
            "source": "Reading of this tracker",
            "state": "used" if row["as_of"] == facts.as_of else "shown",
            "words": words.reading_words(row, indicator["unit"]),
            "day": words.day(row["reading_date"]),
        }
    return [found[when] for when in sorted(found)]


def _value_figure(facts: Facts, indicator: Row, claims: Rows) -> Figure:
    used = used_claims(facts).get(indicator["indicator_id"], set())
    drawable = [claim for claim in claims if _claim_levels(claim)[0] is not None]
    own = _readings_so_far(facts, indicator)
    names, drawn_as = _sources(drawable)
    points = [
        point
        for claim in drawable
        if (point := _point(claim, drawn_as[_speaker(claim)], used, indicator["unit"])) is not None
    ]
    points += own
    if own:
        names = [*names[: len(SHAPES) - 1], "Reading of this tracker"]
        points = [point if point["source"] in names else {**point, "source": names[0]} for point in points]
    points.sort(key=lambda point: (point["date"], point["source"], point["value"]))
    fan = _fan_rows(facts, indicator["indicator_id"])
    if not points and not fan:
        return _empty_figure(facts, indicator, claims)
    days = [date.fromisoformat(row["date"]) for row in (*points, *fan)]
    last = max(max(days), facts.as_of)
    first = min(days)
    if fan and first < facts.tracker["t0"] - timedelta(days=6 * 365):
        first = facts.tracker["t0"] - timedelta(days=6 * 365)
        points = [point for point in points if point["date"] >= first.isoformat()]
    span = (first - timedelta(days=20), last + timedelta(days=20))
    levels = [row[name] for row in fan for name in ("p10", "p90")]
    levels += [point[name] for point in points if point["state"] != "superseded" for name in ("low", "high")]
    data = {
        **_colors(facts),
        "fan": fan,
        "claims": points,
        "sources": names,
        "shapes": list(SHAPES[: len(names)]),
        "span": _span(*span),
        "range": _range(levels, indicator["unit"]),
        "unit": _unit_title(indicator["unit"]),
        "format": ".0%" if indicator["unit"] == "share" else "~s" if max(map(abs, levels), default=0) >= 1e5 else ",~r",
        "breaks": _breaks(facts, span),
        "as_of": facts.as_of.isoformat(),
        "series": not fan and len(points) > 8,
        "point_size": 70 if len(points) <= 40 else 22,
    }
    legend = scenario_keys(facts, named_only=True) if fan else []
    legend += [Key(name, "ink", "shape", place) for place, name in enumerate(names)]
    if any(point["state"] == "used" for point in points):
        legend.append(Key("filled: in the present reading", "ink", "shape"))
    if any(point["state"] == "superseded" for point in points):
        legend.append(Key("faint: superseded, withdrawn or held", "ink", "shape", 0, True, True))
    note = (
        "Bands hold 80% of what each scenario predicts; the line inside is its middle. The upright line is the as-of date."
        if fan
        else ("No scenario draws a fan for this indicator. The upright line is the as-of date.")
    )
    return Figure(
        "claims",
        _chart_title(indicator, bool(fan)),
        _value_summary(facts, indicator, len(points)),
        Request("fans", data, 340),
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


def _value_summary(facts: Facts, indicator: Row, count: int) -> str:
    reading = words.reading_words(facts.reading.get(indicator["indicator_id"]), indicator["unit"])
    return f"{indicator['title']}: {words.plural(count, 'report')} drawn. Present reading: {reading}."


def _claim_sources(claims: Rows) -> str:
    names = list(dict.fromkeys(_speaker(claim) for claim in claims))
    if len(names) > 5:
        return f"{', '.join(names[:5])} and {len(names) - 5} more; fans from table fan"
    return f"{', '.join(names)}; fans from table fan" if names else "table fan"


def _claim_table(claims: Rows, indicator: Row) -> tuple[list[str], list[list[str]]]:
    rows = [
        [
            words.period_words(claim),
            words.claim_words(claim, indicator["unit"]),
            _speaker(claim),
            str(claim["status"] or ""),
        ]
        for claim in claims[:TABLE_ROWS]
    ]
    return ["Period", "Claim", "Source", "Status"], rows


def _empty_figure(facts: Facts, indicator: Row, claims: Rows) -> Figure:
    return Figure(
        "claims",
        "What was reported",
        "No chart.",
        None,
        _claim_sources(claims),
        *_claim_table(claims, indicator),
        empty="Nothing with a number has been reported yet.",
    )


def _count_figure(facts: Facts, indicator: Row, claims: Rows) -> Figure:
    events: dict[tuple[Any, ...], Row] = {}
    for claim in claims:
        standing = not (claim["superseded_by"] or claim["held"] or claim["status"] == "withdrawn")
        if claim["kind"] == "count" and standing and (claim["happened_to"] or claim["period_end"]):
            events.setdefault((claim["category"], claim["happened_from"], claim["happened_to"]), claim)
    start = indicator["exposure_start"] or facts.tracker["t0"]
    ordered = sorted(events.values(), key=lambda claim: claim["happened_to"] or claim["period_end"])
    counted = [claim for claim in ordered if (claim["happened_to"] or claim["period_end"]) >= start]
    fan = [row for row in _fan_rows(facts, indicator["indicator_id"])]
    if not counted and not fan:
        return _value_figure(facts, indicator, claims)
    total, steps = 0.0, [{"date": start.isoformat(), "count": 0.0, "words": f"Counting starts on {words.day(start)}"}]
    for claim in counted:
        total += claim["value"] or 0.0
        when = claim["happened_to"] or claim["period_end"]
        steps.append(
            {
                "date": when.isoformat(),
                "count": total,
                "words": f"{words.number(total)}: {words.claim_words(claim, None)}",
            }
        )
    steps.append(
        {
            "date": max(facts.as_of.isoformat(), steps[-1]["date"]),
            "count": total,
            "words": f"{words.number(total)} by {words.day(facts.as_of)}",
        }
    )
    last = max([facts.as_of, *(date.fromisoformat(row["date"]) for row in fan)])
    horizon = min(last, facts.as_of + timedelta(days=4 * 366))
    fan = [row for row in fan if row["date"] <= horizon.isoformat()]
    span = (start - timedelta(days=20), horizon + timedelta(days=20))
    levels = [row["p90"] for row in fan] + [total, 0.0]
    data = {
        **_colors(facts),
        "fan": fan,
        "claims": [],
        "steps": steps,
        "span": _span(*span),
        "range": _range(levels, None),
        "unit": "Counted since the start",
        "format": ",~r",
        "breaks": _breaks(facts, span),
        "as_of": facts.as_of.isoformat(),
    }
    legend = [*(scenario_keys(facts, named_only=True) if fan else []), Key("counted so far", "ink", "line")]
    return Figure(
        "claims",
        "Counted so far, over what each scenario expects by then" if fan else "Counted so far",
        f"{indicator['title']}: {words.number(total)} counted since {words.day(start)}.",
        Request("counted", data, 340),
        _claim_sources(claims),
        *_claim_table(claims, indicator),
        legend,
        "Bands hold 80% of what each scenario expects to be counted by each date. The upright line is the as-of date.",
    )


def _event_figure(facts: Facts, indicator: Row, claims: Rows) -> Figure:
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
    for place, scenario in enumerate(facts.named, start=1):
        prediction = facts.prediction.get((indicator["indicator_id"], scenario["scenario_id"]))
        if not prediction or prediction["type"] != "event_by":
            continue
        wanted = json.loads(prediction["parameters"] or "{}")
        by, chance = str(wanted.get("by", "")), wanted.get("p")
        if not by:
            continue
        first = max(str(wanted.get("earliest") or facts.tracker["t0"].isoformat()), facts.tracker["t0"].isoformat())
        says = f"{scenario['title']}: {words.percent(chance)} by {words.short_day(date.fromisoformat(by))}"
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
        facts,
        indicator,
        claims,
        rows,
        lines,
        order,
        names,
        "Reports, and what each scenario expects by when",
        {"happened": "circle", "nothing seen": "cross", "plan": "diamond", "deadline": "triangle-down"},
        "A cross: somebody looked and saw nothing. A disc: it happened. The upright line is the as-of date.",
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
        "words": f"{_speaker(claim)}: {words.claim_words(claim, None)}",
    }


def _category_figure(facts: Facts, indicator: Row, claims: Rows) -> Figure:
    categories = [part.strip() for part in (indicator["categories"] or "").split(",") if part.strip()]
    used = used_claims(facts).get(indicator["indicator_id"], set())
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
                    "words": f"{_speaker(claim)}: {words.claim_words(claim, None)}, {words.period_words(claim)}",
                }
            )
    order = [f"{place:02d}" for place in range(len(categories))]
    return _moments_figure(
        facts,
        indicator,
        claims,
        rows,
        [],
        order,
        [name.replace("_", " ") for name in reversed(categories)],
        "What was reported, by category and date of publication",
        {"report": "circle"},
        "Filled: in the present reading. The upright line is the as-of date.",
    )


def _moments_figure(
    facts: Facts,
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
        return _empty_figure(facts, indicator, claims)
    days = [date.fromisoformat(row["date"]) for row in (*rows, *lines)] + [facts.as_of]
    edge = max(timedelta(days=25), (max(days) - min(days)) * 0.03)
    span = (min(days) - edge, max(days) + edge)
    tones = [row["scenario_id"] for row in facts.scenarios] + ["ink", "faint", "down"]
    colors = [f"var(--{row['key']})" for row in facts.scenarios] + ["var(--ink)", "var(--muted)", "var(--down)"]
    rows = sorted(rows, key=lambda row: (row["row"], row["date"], row["words"]))
    data = {
        "rows": rows,
        "lines": lines,
        "order": order,
        "names": names,
        "span": _span(*span),
        "tones": tones,
        "colors": colors,
        "marks": list(marks),
        "shapes": list(marks.values()),
        "fills": [*tones, "hollow"],
        "fill_colors": [*colors, "var(--paper)"],
        "breaks": [{**row, "line": row["line"] - 36} for row in _breaks(facts, span)],
        "as_of": facts.as_of.isoformat(),
        "padding": {"top": 36, "left": 4, "right": 8, "bottom": 4},
    }
    head, table = _claim_table(claims, indicator)
    return Figure(
        "claims",
        title,
        f"{indicator.get('title', '')}: {words.plural(len(rows), 'mark')} in time.",
        Request("moments", data, 48 * len(order) + 84),
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


# ---------------------------------------------------------------------- milestones

STAGES = ("announced", "signed", "financed", "started", "delivered", "operating", "suspended", "abandoned")
_STAR = "M0,-1L.29,-.4L.95,-.31L.48,.15L.59,.81L0,.5L-.59,.81L-.48,.15L-.95,-.31L-.29,-.4Z"
_STAGE_SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-right", _STAR, "cross", "cross")


def milestones(facts: Facts) -> Figure | None:
    """Return a timeline of the projects: stages reached, dates announced, and each slip from one date to a later."""
    own = [row for row in facts.tables["milestone"] if row["happened_on"] or row["planned_for"]]
    if not own:
        return None
    by_project = grouped(own, "project_id")
    titles = {row["project_id"]: row["title"] for row in facts.tables["project"]}
    order, names, rows, lines, table = [], [], [], [], []
    for place, (project, steps) in enumerate(sorted(by_project.items(), key=lambda item: titles.get(item[0], item[0]))):
        key = f"{place:02d}"
        order.append(key)
        names.append(titles.get(project, project))
        for step in sorted(steps, key=lambda row: (row["published_on"] or date.min, row["claim_id"] or "")):
            when = step["happened_on"] or step["planned_for"]
            planned = step["happened_on"] is None
            said = f"{step['stage']}, {'planned for' if planned else 'on'} {words.day(when)}"
            slip = step["slip_days"]
            if slip:
                said += f", {words.plural(abs(slip), 'day')} {'later' if slip > 0 else 'earlier'} than announced before"
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
                    words.day(step["happened_on"]) if step["happened_on"] else "\u2013",
                    words.day(step["planned_for"]) if step["planned_for"] else "\u2013",
                    words.number(slip) if slip is not None else "\u2013",
                    words.short_day(step["published_on"]),
                    str(step["detail"] or ""),
                ]
            )
    figure = _moments_figure(
        facts,
        {"title": "Projects", "unit": None},
        [],
        rows,
        lines,
        order,
        names,
        "Projects, step by step",
        dict(zip(STAGES, _STAGE_SHAPES, strict=True)),
        "",
    )
    slips = [line for line in lines]
    return Figure(
        "milestones",
        "Projects, step by step",
        f"{len(order)} projects, {words.plural(len(slips), 'slip')} drawn.",
        figure.request,
        "table milestone",
        ["Project", "Stage", "Reached on", "Planned for", "Slip, days", "Known since", "What"],
        table,
        [
            *(
                Key(stage, "down" if shape == "cross" else "ink", "shape:star" if shape == _STAR else f"shape:{shape}")
                for stage, shape in zip(STAGES[:7], _STAGE_SHAPES, strict=False)
            ),
            Key("hollow: planned, not reached", "ink", "shape", 0, True),
            Key("a slip, from the date announced to the later one", "down", "line"),
        ],
        "Announced is not signed, signed is not financed, financed is not started: each step needs its own evidence.",
    )
