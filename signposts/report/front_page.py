"""The front page, its brief for paper, and the calendar: where things stand, why, how sure, and what comes next.

Belongs here: what these pages show, from rows. Not here: the sentences (verdict.py), charts, other pages (pages.py).
"""

from datetime import date
from typing import Any

from signposts.report import attribution, illustrations, verdict, wording
from signposts.report.attribution import LogRatios
from signposts.report.cards import Bar, Card
from signposts.report.cautions import cautions, headline_warnings
from signposts.report.citations import Citation, cite
from signposts.report.page import Page, page_values
from signposts.report.records import Row, Rows, TrackerTables, grouped

GRAVITY = ("contradicted", "missed", "behind", "fulfilled")
"""Words that a date can bring, the gravest first."""
NEXT_DATES = 6


def front(tables: TrackerTables, current: LogRatios) -> Page:
    """Return the front page: where things stand, how sure that is, what moved it, what would change it."""
    published = illustrations.as_published(tables)
    since = illustrations.since_last_release(tables)
    figures = [illustrations.history(tables), *([since] if since else []), illustrations.from_prior(tables, current)]
    content = {**_content(tables), "figures": figures, "published": published}
    figures = [*figures, published] if published else figures
    said = [one.text for one in content["sentences"]]
    bars = [
        Bar(row["title"], row["posterior"], row["prior"], wording.percent(row["posterior"]), row["key"])
        for row in tables.scenarios
    ]
    card = Card(f"{tables.tracker['title']} \u00b7 {wording.day(tables.as_of)}", content["headline"], (), bars)
    description = " ".join([content["headline"] + ".", *said[:2]])
    return Page(
        "index.html", "front.html", tables.tracker["title"], content, figures, _citations(tables), description, card
    )


def printable(tables: TrackerTables) -> Page:
    """Return the brief of two sides: verdict, standing, for and against the leader, next dates, warnings."""
    figures = [illustrations.history(tables, height=260)]
    leader = next((row for row in tables.ranked if not row["is_other"]), tables.ranked[0])
    content = {
        **_content(tables),
        "figures": figures,
        "leading": leader,
        "for_and_against": for_and_against(tables, leader, most=4),
    }
    return Page("print.html", "print.html", "Brief for paper", content, figures, _citations(tables))


def calendar(tables: TrackerTables) -> Page:
    """Return every date on which a prediction would change its word."""
    content = {"rows": calendar_rows(tables, tables.deadlines)}
    citations = [cite("deadlines", **page_values(tables))]
    return Page("calendar.html", "calendar.html", "Calendar", content, (), citations)


def _citations(tables: TrackerTables) -> list[Citation]:
    names = ["probabilities", "change", "starting_odds", "rests_on", "coverage", "surprise", "most_influential"]
    names += ["failed_conditions", "unread", "overturn", "deadlines", "priorities", "outlook", "ratios"]
    names += [name for name, rows in (("interval", tables.interval), ("begun", tables.begun)) if rows]
    return [cite(name, **page_values(tables)) for name in names]


def _content(tables: TrackerTables) -> dict[str, Any]:
    return {
        "headline": verdict.headline(tables),
        "sentences": verdict.sentences(tables),
        "warnings": headline_warnings(tables),
        "standings": standings(tables),
        "shake": verdict.shake(tables),
        "settled": verdict.settled(tables),
        "health": verdict.health(tables),
        "coverage": verdict.coverage(tables),
        "feeding": verdict.feeding(tables),
        "leader": tables.ranked[0],
        "influential": [_influential(tables, row) for row in attribution.most_influential(tables)],
        "next_dates": telling_apart(tables)[:NEXT_DATES],
        "look_next": tables.look_next[:5],
    }


def standings(tables: TrackerTables) -> Rows:
    """Return a row a scenario for the axis from 0 to 100: start, now, interval, equal odds, move, begun."""
    return [
        {
            "scenario": row,
            "interval": tables.interval.get(row["scenario_id"]),
            "equal": tables.equal_odds.get(row["scenario_id"]) if not row["is_other"] else None,
            "before": row["posterior"] - row["change"] if abs(row["change"] or 0.0) >= 0.005 else None,
            "begun": tables.begun.get(row["scenario_id"]),
        }
        for row in tables.scenarios
    ]


def _influential(tables: TrackerTables, row: Row) -> Row:
    """Return one of the most influential indicators with its reading, cautions, and whom it favours over whom."""
    key = row["indicator"]["indicator_id"]
    cells = [
        (scenario, tables.assessment[key, scenario["scenario_id"]])
        for scenario in tables.named
        if (key, scenario["scenario_id"]) in tables.assessment
    ]
    weighed = [(cell["contribution"], scenario) for scenario, cell in cells if cell["contribution"] is not None]
    favoured = None
    if len(weighed) > 1:
        best = max(weighed, key=lambda item: item[0])
        worst = min(weighed, key=lambda item: item[0])
        if best[0] - worst[0] >= 0.05:
            favoured = {"best": best[1], "worst": worst[1], "decibans": best[0] - worst[0]}
    return {
        **row,
        "cells": cells,
        "favoured": favoured,
        "reading": tables.reading.get(key),
        "cautions": cautions(tables, key),
    }


def for_and_against(tables: TrackerTables, scenario: Row, most: int = 5) -> dict[str, Any]:
    """Return what speaks for and against a scenario: its readings against its strongest rival, in points.

    A reading's points are the change of the scenario's probability that its decibans make by themselves, at the odds of
    today between the two: p(1 - p) ln(10)/10 a deciban, p the scenario's share of the pair.
    """
    key = scenario["scenario_id"]
    rivals = [row for row in tables.ranked if not row["is_other"] and row["scenario_id"] != key]
    if not rivals:
        return {"rival": None, "for": [], "against": [], "early": 0}
    rival = rivals[0]
    pair = scenario["posterior"] + rival["posterior"]
    share = scenario["posterior"] / pair if pair else 0.5
    rows, early = [], 0
    for indicator in tables.indicators:
        cell = tables.assessment.get((indicator["indicator_id"], key))
        rival_cell = tables.assessment.get((indicator["indicator_id"], rival["scenario_id"]))
        if not cell or not rival_cell or cell["contribution"] is None or rival_cell["contribution"] is None:
            continue
        if cell["status"] == rival_cell["status"] == "too early to tell":
            early += 1
            continue
        decibans = cell["contribution"] - rival_cell["contribution"]
        used = [
            tables.claim[key] for key in tables.used_claims.get(indicator["indicator_id"], ()) if key in tables.claim
        ]
        rows.append(
            {
                "indicator": indicator,
                "status": cell["status"],
                "reading": tables.reading.get(indicator["indicator_id"]),
                "decibans": decibans,
                "points": attribution.points_of(decibans, share),
                "claim": max(used, key=lambda row: (row["published_on"] or date.min, row["claim_id"]), default=None),
                "cautions": cautions(tables, indicator["indicator_id"]),
            }
        )
    rows = [row for row in rows if abs(row["points"]) >= 0.0005]
    rows.sort(key=lambda row: (-abs(row["decibans"]), row["indicator"]["title"]))
    widest = max((abs(row["points"]) for row in rows), default=1.0)
    for row in rows:
        row["width"] = abs(row["points"]) / widest
    return {
        "rival": rival,
        "for": [row for row in rows if row["decibans"] > 0][:most],
        "against": [row for row in rows if row["decibans"] < 0][:most],
        "early": early,
    }


def calendar_rows(tables: TrackerTables, rows: Rows) -> Rows:
    """Return deadlines one row an indicator and date, each scenario's conditions for one word said together."""
    deadlines: dict[tuple[date, str], dict[tuple[str, str], Rows]] = {}
    for row in rows:
        turns = deadlines.setdefault((row["date"], row["indicator_id"]), {})
        turns.setdefault((row["scenario_id"], row["becomes"]), []).append(row)
    order = {row["scenario_id"]: place for place, row in enumerate(tables.scenarios)}
    return [
        {
            "date": when,
            "indicator_id": key,
            "indicator": tables.indicator.get(key),
            "turns": [
                {
                    "scenario": tables.scenario.get(scenario),
                    "scenario_id": scenario,
                    "becomes": becomes,
                    "condition": wording.condition_words(conditions, tables.indicator.get(key)),
                }
                for (scenario, becomes), conditions in sorted(
                    turns.items(), key=lambda item: (order.get(item[0][0], 99), item[0][1])
                )
            ],
        }
        for (when, key), turns in deadlines.items()
    ]


def next_dates(tables: TrackerTables, scenario_id: str | None = None) -> Rows:
    """Return the next dates after today, of one scenario or of all; of one condition the gravest word only."""
    ahead = [
        row
        for row in tables.deadlines
        if row["date"] > tables.as_of and (scenario_id is None or row["scenario_id"] == scenario_id)
    ]
    return [
        {**row, "turns": [min(turns, key=_rank) for turns in grouped(row["turns"], "scenario_id").values()]}
        for row in calendar_rows(tables, ahead)
    ]


def _rank(turn: Row) -> int:
    """Return the place of a word; a contradiction by an extreme level stands last, since the date does not bring it."""
    if turn["becomes"] == "contradicted" and "not happened" not in turn["condition"]:
        return len(GRAVITY)
    return GRAVITY.index(turn["becomes"]) if turn["becomes"] in GRAVITY else len(GRAVITY)


def telling_apart(tables: TrackerTables) -> Rows:
    """Return the next dates that tell the scenarios apart, a line a date and indicator, the words that differ in it."""
    dates = []
    for row in next_dates(tables):
        said: dict[tuple[str, str], list[Row]] = {}
        for turn in row["turns"]:
            if turn["scenario"]:
                said.setdefault((turn["becomes"], turn["condition"]), []).append(turn["scenario"])
        extreme = all(_rank(turn) == len(GRAVITY) for turn in row["turns"])
        same_for_all = len(said) == 1 and len(next(iter(said.values()))) == len(tables.named)
        if said and not extreme and not same_for_all:
            lines = [
                {"becomes": becomes, "condition": condition, "scenarios": scenarios}
                for (becomes, condition), scenarios in said.items()
            ]
            dates.append({**row, "lines": lines})
    return sorted(dates, key=lambda row: (row["date"], row["indicator_id"]))
