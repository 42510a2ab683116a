"""A scenario's page: for and against it, what would have to happen next, its fans, and each of its predictions.

Belongs here: what the page shows, from rows. Not here: markup, the sentences of the verdict.
"""

from datetime import date
from typing import Any

from signposts.report import illustrations, wording
from signposts.report.cards import Bar, Card
from signposts.report.citations import cite
from signposts.report.front_page import for_and_against, next_dates
from signposts.report.page import Page, page_values
from signposts.report.records import Row, Rows, TrackerTables, grouped
from signposts.report.sparklines import fan_sparkline, readings_in_time

LADDER = 14
STATUS_ORDER = (
    "contradicted", "missed", "unexpectedly happened", "behind", "below", "above", "ahead", "on track", "fulfilled",
    "open", "no data",
)  # fmt: skip
FOLDED = "too early to tell"


def scenario_page(tables: TrackerTables, scenario: Row) -> Page:
    """Return a scenario's page: story, both sides, the ladder of what is due, fans, and its predictions."""
    key = scenario["scenario_id"]
    predictions = []
    for (name, who), row in tables.prediction.items():
        if who == key and row["type"] != "silent" and name in tables.indicator:
            fares = tables.assessment.get((name, key)) or {}
            predictions.append(
                {
                    "indicator": tables.indicator[name],
                    "prediction": row,
                    "assessment": fares or None,
                    "reading": tables.reading.get(name),
                    "status": fares.get("status") or "no data",
                    "weight": fares.get("contribution") or 0.0,
                }
            )
    by_status = grouped(predictions, "status")
    for rows in by_status.values():
        rows.sort(key=lambda row: (row["weight"], row["indicator"]["title"]))
    order = [name for name in STATUS_ORDER if name in by_status]
    order += sorted(set(by_status) - set(STATUS_ORDER) - {FOLDED})
    figure = illustrations.onset(tables, scenario)
    figures = [figure] if figure else []
    content: dict[str, Any] = {
        "scenario": scenario,
        "begun": tables.begun.get(key),
        "interval": tables.interval.get(key),
        "sides": for_and_against(tables, scenario),
        "ladder": ladder(tables, key),
        "fans": fans(tables, key),
        "groups": [(name, by_status[name]) for name in order],
        "folded": sorted(by_status.get(FOLDED, []), key=lambda row: str(row["indicator"]["title"])),
        "figures": figures,
        "total": len(predictions),
    }
    citations = [cite("predictions", **page_values(tables), scenario=key)]
    citations += [cite(name, **page_values(tables)) for name in ("matrix", "deadlines", "probabilities")]
    path = f"scenarios/{wording.file_name(key)}.html"
    first = {side: rows[0] for side in ("for", "against") if (rows := content["sides"][side])}
    lines = [
        f"{side.capitalize()}: {row['indicator']['title']}: {wording.reading_words(row['reading'], row['indicator'])}"
        for side, row in first.items()
    ]
    now = wording.percent(scenario["posterior"])
    bar = Bar("Now, from the start", scenario["posterior"], scenario["prior"], now, scenario["key"])
    kicker = f"{tables.tracker['title']} \u00b7 {wording.day(tables.as_of)}"
    card = Card(kicker, f"{scenario['title']} {now}", lines, [bar])
    description = f"{scenario['title']} stands at {now}. {scenario['story']}"
    return Page(path, "scenario.html", scenario["title"], content, figures, citations, description, card)


def ladder(tables: TrackerTables, scenario_id: str) -> Rows:
    """Return what would have to happen next for a scenario: its predictions by the date on which each falls due."""
    rungs = []
    for row in next_dates(tables, scenario_id):
        turn = row["turns"][0]
        if turn["becomes"] not in ("missed", "behind", "fulfilled", "contradicted"):
            continue
        prediction = tables.prediction.get((row["indicator_id"], scenario_id))
        rungs.append({**row, "turn": turn, "claim": prediction["claim"] if prediction else ""})
    due = [row for row in rungs if row["turn"]["becomes"] != "contradicted"]
    return (due or rungs)[:LADDER]


def fans(tables: TrackerTables, scenario_id: str) -> Rows:
    """Return the scenario's numeric indicators, each with its fan over four years and what was read so far."""
    until = date(tables.as_of.year + 4, 12, 31)
    rows = []
    for key, fan_rows in tables.fans.items():
        indicator = tables.indicator.get(key)
        fan = [row for row in fan_rows if row["scenario_id"] == scenario_id]
        read = readings_in_time(tables.readings_of.get(key, []))
        drawn = fan_sparkline(fan, read, until)
        if indicator and indicator["scored"] and drawn:
            status = (tables.assessment.get((key, scenario_id)) or {}).get("status") or "no data"
            rows.append({"indicator": indicator, "sparkline": drawn, "status": status, "last": fan[-1], "until": until})
    return sorted(rows, key=lambda row: str(row["indicator"]["title"]))
