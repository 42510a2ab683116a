"""What stands on each page of a tracker: its figures, its words, and the statements behind its numbers.

Belongs here: one function a kind of page. Not here: markup (templates/), charts (charts.py), writing files (site.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from signposts.report import attribution, illustrations, indicator_illustrations, verdict, wording
from signposts.report.attribution import LogRatios
from signposts.report.citations import Citation, cite
from signposts.report.figures import Figure
from signposts.report.records import Row, Rows, TrackerTables, grouped

MOST_CLAIMS = 300
"""Claims listed on an indicator's page; the release has them all."""
STATUS_ORDER = (
    "contradicted",
    "missed",
    "behind",
    "below",
    "above",
    "ahead",
    "on track",
    "fulfilled",
    "open",
    "too early to tell",
    "no data",
)


@dataclass(frozen=True)
class Page:
    """One page to be written: where, by which template, from what."""

    path: str
    template: str
    title: str
    context: dict[str, Any] = field(default_factory=dict)
    figures: Sequence[Figure] = ()
    citations: Sequence[Citation] = ()


def tracker_pages(tables: TrackerTables, method_text: str, calibration_text: str = "") -> list[Page]:
    """Return every page of a tracker."""
    current = attribution.log_ratios(tables)
    ratios = attribution.claim_ratios(tables, current)
    return [
        front(tables, current),
        evidence_matrix(tables),
        Page("indicators.html", "indicators.html", "Indicators", {"domains": indicator_list(tables)}),
        *(indicator_page(tables, current, ratios, row) for row in tables.indicators),
        Page("scenarios.html", "scenarios.html", "Scenarios"),
        *(scenario_page(tables, row) for row in tables.named),
        milestones(tables),
        calendar(tables),
        sensitivity(tables, current),
        track_record(tables, calibration_text),
        health(tables),
        changes(tables),
        Page("method.html", "method.html", "Method", {"method": method_html(method_text)}),
        printable(tables, current),
    ]


def _values(tables: TrackerTables) -> dict[str, Any]:
    return {"tracker": tables.tracker["tracker_id"], "as_of": tables.as_of}


# ---------------------------------------------------------------------- front page


def _front_content(tables: TrackerTables) -> dict[str, Any]:
    leader = tables.ranked[0]
    settings = [found.get(leader["scenario_id"], 0.0) for _, found in verdict.other_settings(tables)]
    best = max((row["surprise"] for row in tables.named if row["surprise"] is not None), default=None)
    overturn = tables.rows["overturn"][0] if tables.rows["overturn"] else None
    return {
        "headline": verdict.headline(tables),
        "paragraph": [one.text for one in verdict.sentences(tables)],
        "overturn": overturn,
        "overturn_sentence": verdict.shake(tables),
        "health": verdict.health(tables),
        "coverage": verdict.coverage(tables),
        "leader": leader,
        "settings_range": (min(settings), max(settings), len(settings)) if settings else None,
        "best_surprise": best,
        "other": tables.scenario.get("other"),
        "influential": [_influential(tables, row) for row in attribution.most_influential(tables)],
        "next_dates": next_dates(tables)[:6],
        "look_next": sorted(tables.rows["collection_priority"], key=lambda row: row["rank"] or 0)[:5],
        "settled": sorted(tables.rows["outlook"], key=lambda row: row["year"]),
    }


def _influential(tables: TrackerTables, row: Row) -> Row:
    """Return one of the most influential indicators with its reading, and which scenario it favours over which."""
    indicator = row["indicator"]
    key = indicator["indicator_id"]
    cells = [
        (scenario, tables.assessment[key, scenario["scenario_id"]])
        for scenario in tables.named
        if (key, scenario["scenario_id"]) in tables.assessment
    ]
    weighed = [(found["contribution"], scenario) for scenario, found in cells if found["contribution"] is not None]
    favoured = None
    if len(weighed) > 1:
        best = max(weighed, key=lambda item: item[0])
        worst = min(weighed, key=lambda item: item[0])
        if best[0] - worst[0] >= 0.05:
            favoured = {"best": best[1], "worst": worst[1], "decibans": best[0] - worst[0]}
    return {**row, "cells": cells, "favoured": favoured, "reading": tables.reading.get(key)}


def calendar_rows(tables: TrackerTables, rows: Rows) -> Rows:
    """Return deadlines one row an indicator and date, each scenario's conditions for one word said together."""
    found: dict[tuple[date, str], dict[tuple[str, str], Rows]] = {}
    for row in rows:
        turns = found.setdefault((row["date"], row["indicator_id"]), {})
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
        for (when, key), turns in found.items()
    ]


FIRM = ("missed", "fulfilled", "behind")
"""Words that a date brings of itself; contradicted needs an extreme reading besides."""


def next_dates(tables: TrackerTables, scenario_id: str | None = None) -> Rows:
    """Return the next dates after today, of one scenario or of all.

    Those on which a prediction falls due stand before those that need an extreme reading.
    """
    ahead = [
        row
        for row in tables.deadlines
        if row["date"] > tables.as_of and (scenario_id is None or row["scenario_id"] == scenario_id)
    ]
    firm = calendar_rows(tables, [row for row in ahead if row["becomes"] in FIRM])
    rest = calendar_rows(tables, [row for row in ahead if row["becomes"] not in FIRM])
    return firm + rest


def calendar(tables: TrackerTables) -> Page:
    """Return every date on which a prediction would change its word."""
    return Page(
        "calendar.html",
        "calendar.html",
        "Calendar",
        {"rows": calendar_rows(tables, tables.deadlines)},
        (),
        [cite("deadlines", **_values(tables))],
    )


def front(tables: TrackerTables, current: LogRatios) -> Page:
    """Return the front page: where things stand, how sure that is, what moved it, what would change it."""
    figures = [illustrations.history(tables), illustrations.from_prior(tables, current)]
    since = illustrations.since_last_release(tables)
    if since:
        figures.append(since)
    names = (
        "probabilities",
        "change",
        "coverage",
        "surprise",
        "most_influential",
        "overturn",
        "deadlines",
        "priorities",
        "outlook",
        "ratios",
    )
    return Page(
        "index.html",
        "front.html",
        tables.tracker["title"],
        {**_front_content(tables), "figures": figures},
        figures,
        [cite(name, **_values(tables)) for name in names],
    )


def printable(tables: TrackerTables, current: LogRatios) -> Page:
    """Return the verdict and all indicators on pages made for paper."""
    figures = [illustrations.history(tables, height=260), illustrations.from_prior(tables, current, most=6)]
    content = {**_front_content(tables), "figures": figures, "matrix": matrix_rows(tables)}
    return Page("print.html", "print.html", "Printable", content, figures, [cite("probabilities", **_values(tables))])


# ---------------------------------------------------------------------- evidence and indicators


def matrix_rows(tables: TrackerTables) -> Rows:
    """Return the scored indicators with their cells, by domain and then diagnosticity."""
    influence = {
        row["left_out"].partition(":")[2]: abs(row["move"])
        for row in tables.rows["influence"]
        if row["left_out"].startswith("indicator:") and row["scenario_id"] == tables.ranked[0]["scenario_id"]
    }
    rows = []
    for indicator in tables.indicators:
        key = indicator["indicator_id"]
        cells = [tables.assessment.get((key, scenario["scenario_id"])) for scenario in tables.named]
        if not indicator["scored"] and not any(cells):
            continue
        rows.append(
            {
                "indicator": indicator,
                "reading": tables.reading.get(key),
                "cells": cells,
                "bits": tables.bits.get(key, {}).get(0),
                "bits_later": tables.bits.get(key, {}).get(4),
                "influence": influence.get(key),
                "fresh": (tables.freshness.get(f"indicator:{key}") or {}).get("verdict"),
            }
        )
    return sorted(
        rows, key=lambda row: (row["indicator"]["domain"] or "", -(row["bits"] or 0), row["indicator"]["title"])
    )


def heuer_ranking(tables: TrackerTables) -> Rows:
    """Return the scenarios by least inconsistency (Heuer 1999) beside their place by probability."""
    counts: Rows = []
    for scenario in tables.named:
        cells = [
            row["cell"]
            for (key, name), row in tables.assessment.items()
            if name == scenario["scenario_id"] and row["cell"] and tables.indicator.get(key, {}).get("scored")
        ]
        counts.append(
            {
                "scenario": scenario,
                "consistent": cells.count("C"),
                "neutral": cells.count("N"),
                "inconsistent": cells.count("I"),
                "very": cells.count("II"),
                "score": cells.count("I") + 2 * cells.count("II"),
            }
        )
    counts.sort(key=lambda row: (row["score"], row["scenario"]["sort_order"] or 0))
    ours = [row["scenario_id"] for row in tables.ranked if not row["is_other"]]
    for row in counts:
        row["rank"] = 1 + sum(other["score"] < row["score"] for other in counts)
        row["ours"] = ours.index(row["scenario"]["scenario_id"]) + 1
    return counts


def evidence_matrix(tables: TrackerTables) -> Page:
    """Return the evidence matrix: indicators by scenarios."""
    rows = matrix_rows(tables)
    statuses = sorted({cell["status"] for row in rows for cell in row["cells"] if cell and cell["status"]})
    content = {
        "rows": rows,
        "heuer": heuer_ranking(tables),
        "domains": sorted({(row["indicator"]["domain"] or "", wording.domain_of(row["indicator"])) for row in rows}),
        "statuses": statuses,
    }
    return Page("evidence.html", "evidence.html", "Evidence", content, (), [cite("matrix", **_values(tables))])


def indicator_list(tables: TrackerTables) -> list[tuple[str, Rows]]:
    """Return all indicators by domain, context included."""
    rows: Rows = [
        {
            "indicator": row,
            "reading": tables.reading.get(row["indicator_id"]),
            "fresh": (tables.freshness.get(f"indicator:{row['indicator_id']}") or {}).get("verdict"),
            "cells": [
                tables.assessment.get((row["indicator_id"], scenario["scenario_id"])) for scenario in tables.named
            ],
        }
        for row in tables.indicators
    ]
    by_domain = grouped([{**row, "domain": wording.domain_of(row["indicator"]) or "other"} for row in rows], "domain")
    return sorted(by_domain.items())


def _expectations(tables: TrackerTables, indicator: Row) -> Rows:
    """Return, for each named scenario, its prediction, how the reading fares, and what it would take."""
    key = indicator["indicator_id"]
    reading_date = (tables.reading.get(key) or {}).get("reading_date") or tables.as_of
    due = [row for row in tables.deadlines if row["indicator_id"] == key]
    found = []
    for scenario in tables.named:
        fan = [
            row
            for row in tables.fans.get(key, [])
            if row["scenario_id"] == scenario["scenario_id"] and row["p10"] is not None
        ]
        at = min(fan, key=lambda row: abs((row["date"] - reading_date).days)) if fan else None
        found.append(
            {
                "scenario": scenario,
                "prediction": tables.prediction.get((key, scenario["scenario_id"])),
                "assessment": tables.assessment.get((key, scenario["scenario_id"])),
                "fan": at,
                "falls": bool(fan) and fan[-1]["p50"] < fan[0]["p50"],
                "deadlines": calendar_rows(
                    tables, [row for row in due if row["scenario_id"] == scenario["scenario_id"]]
                ),
            }
        )
    return found


def indicator_page(
    tables: TrackerTables, current: LogRatios, ratios: dict[str, dict[str, Any]], indicator: Row
) -> Page:
    """Return an indicator's page: meaning, chart, what each scenario expects, claims, revisions and rivals."""
    key = indicator["indicator_id"]
    claims = tables.claims.get(key, [])
    figure = indicator_illustrations.indicator_figure(tables, indicator)
    used = {row["claim_id"]: row for row in tables.rows["reading_claim"] if row["indicator_id"] == key}
    groups = {row["group_id"]: row for row in tables.rows["evidence_group"]}
    content = {
        "indicator": indicator,
        "reading": tables.reading.get(key),
        "fresh": tables.freshness.get(f"indicator:{key}"),
        "figure": figure,
        "expectations": _expectations(tables, indicator),
        "bits": sorted(tables.bits.get(key, {}).items()),
        "claims": claims[:MOST_CLAIMS],
        "n_claims": len(claims),
        "used": used,
        "revisions": [claim for claim in claims if claim["superseded_by"] or claim["status"] == "withdrawn"],
        "rivals": attribution.rival_verdicts(tables, current, ratios, key),
        "group": groups.get(indicator["group_id"]),
        "weight": current.weight.get(key),
        "without": [
            row
            for row in tables.rows["influence"]
            if row["left_out"] == f"indicator:{key}" and row["scenario_id"] == tables.ranked[0]["scenario_id"]
        ],
        "leader": tables.ranked[0],
    }
    citations = [cite(name, **_values(tables), indicator=key) for name in ("reading", "assessment", "claims")]
    return Page(
        f"indicators/{wording.file_name(key)}.html", "indicator.html", indicator["title"], content, [figure], citations
    )


# ---------------------------------------------------------------------- scenarios


def scenario_page(tables: TrackerTables, scenario: Row) -> Page:
    """Return a scenario's page: story, onset, and each of its predictions with how it fares."""
    key = scenario["scenario_id"]
    own = [
        {
            "indicator": tables.indicator[name],
            "prediction": row,
            "assessment": tables.assessment.get((name, key)),
            "reading": tables.reading.get(name),
        }
        for (name, who), row in tables.prediction.items()
        if who == key and row["type"] != "silent" and name in tables.indicator
    ]
    by_status = grouped(
        [{**row, "status": (row["assessment"] or {}).get("status") or "no data"} for row in own], "status"
    )
    order = [name for name in STATUS_ORDER if name in by_status] + sorted(set(by_status) - set(STATUS_ORDER))
    figure = illustrations.onset(tables, scenario)
    figures = [figure] if figure else []
    content = {
        "scenario": scenario,
        "groups": [(name, sorted(by_status[name], key=lambda row: _weight_of(row))) for name in order],
        "due": next_dates(tables, key)[:10],
        "figures": figures,
        "total": len(own),
    }
    citations = [cite("predictions", **_values(tables), scenario=key), cite("probabilities", **_values(tables))]
    return Page(
        f"scenarios/{wording.file_name(key)}.html", "scenario.html", scenario["title"], content, figures, citations
    )


def _weight_of(row: Row) -> tuple[float, str]:
    found = (row["assessment"] or {}).get("contribution")
    return (found if found is not None else 0.0, row["indicator"]["title"])


# ---------------------------------------------------------------------- the other pages


def milestones(tables: TrackerTables) -> Page:
    """Return the timeline of projects."""
    figure = indicator_illustrations.milestones(tables)
    content = {"figure": figure, "projects": sorted(tables.rows["project"], key=lambda row: row["title"] or "")}
    return Page("milestones.html", "milestones.html", "Milestones", content, [figure] if figure else [])


def sensitivity(tables: TrackerTables, current: LogRatios) -> Page:
    """Return how the odds would stand with one thing changed."""
    figures = [illustrations.tornado(tables), illustrations.settings_spread(tables, current)]
    return Page(
        "sensitivity.html",
        "sensitivity.html",
        "Sensitivity",
        {"figures": figures, "leader": tables.ranked[0]},
        figures,
        [cite("most_influential", **_values(tables))],
    )


def track_record(tables: TrackerTables, calibration_text: str) -> Page:
    """Return the backtest, the calibration in simulated worlds, and when the matter will be settled."""
    figures = illustrations.backtests(tables)
    ahead = illustrations.outlook(tables)
    figures = [*figures, ahead] if ahead else figures
    rows = sorted(
        tables.rows["backtest"], key=lambda row: (str(row["series"]), str(row["forecast"]), row["horizon_years"] or 0)
    )
    return Page(
        "backtest.html",
        "backtest.html",
        "Track record",
        {"figures": figures, "rows": rows, "calibration": method_html(calibration_text)},
        figures,
        [cite("outlook", **_values(tables))],
    )


def health(tables: TrackerTables) -> Page:
    """Return the data's health: sources with both clocks, checks, quarantine and what it could do to the verdict."""
    leader = tables.ranked[0]["scenario_id"]
    at_stake = {
        row["left_out"].partition(":")[2]: row
        for row in tables.rows["influence"]
        if row["left_out"].startswith("indicator:") and row["scenario_id"] == leader
    }
    fetches = sorted(
        tables.rows["fetch_attempt"],
        key=lambda row: (str(row["source_id"]), str(row["document"]), str(row["fetched_at"])),
    )
    content = {
        "line": verdict.health(tables),
        "coverage": verdict.coverage(tables),
        "sources": [
            {"source": row, "fresh": tables.freshness.get(f"source:{row['source_id']}")}
            for row in sorted(tables.rows["source"], key=lambda row: row["title"] or "")
        ],
        "outcomes": sorted((name, len(rows)) for name, rows in grouped(fetches, "outcome").items()),
        "failures": [row for row in fetches if row["outcome"] in ("failure", "miss")],
        "checks": sorted(
            tables.rows["check_result"],
            key=lambda row: (bool(row["passed"]), str(row["severity"]), str(row["check_name"])),
        ),
        "quarantine": sorted(
            tables.rows["quarantine"], key=lambda row: (str(row["source_id"]), row["row_number"] or 0)
        ),
        "held": [row for row in tables.rows["claim"] if row["held"]],
        "stale": sorted(
            (
                row
                for key, row in tables.freshness.items()
                if key.startswith("indicator:")
                and row["verdict"] != "fresh"
                and tables.indicator.get(key.partition(":")[2], {}).get("scored")
            ),
            key=lambda row: -(row["age_days"] or 1e9),
        ),
        "at_stake": at_stake,
        "leader": tables.ranked[0],
        "alerts": tables.rows["alert"],
    }
    return Page("health.html", "health.html", "Data health", content, (), [cite("coverage", **_values(tables))])


def changes(tables: TrackerTables) -> Page:
    """Return what changed, release by release."""
    figure = illustrations.since_last_release(tables)
    parts = [{**row, "words": illustrations.cause_words(tables, row)} for row in attribution.release_moves(tables)]
    by_cause: dict[str, dict[str, float]] = {}
    for row in parts:
        sums = by_cause.setdefault(row["cause"], {})
        for scenario, move in row["moves"].items():
            sums[scenario] = sums.get(scenario, 0.0) + move
    figures = [figure] if figure else []
    content = {
        "figures": figures,
        "parts": parts,
        "by_cause": by_cause,
        "cause_words": wording.CAUSES,
        "alerts": tables.rows["alert"],
    }
    return Page("changes.html", "changes.html", "Changes", content, figures, [cite("change", **_values(tables))])


def _is_web_address(url: str) -> bool:
    return wording.web_address(url) is not None


def method_html(text: str) -> str:
    """Return the method's Markdown as HTML; HTML inside it is text, and links are http(s) or within the page."""
    if not text.strip():
        return ""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
    reader.validateLink = _is_web_address  # type: ignore[method-assign]
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + 1)}"
        for child in token.children or []:
            if child.type == "link_open":
                child.attrSet("rel", "noopener noreferrer")
    return str(reader.renderer.render(tokens, reader.options, {}))
