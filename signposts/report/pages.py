"""What stands on each page of a tracker: its figures, its words, and the statements behind its numbers.

Belongs here: one function a kind of page. Not here: markup (templates/), charts (charts.py), writing files (site.py).
"""

from __future__ import annotations

from typing import Any

from signposts.report import attribution, front_page, illustrations, indicator_illustrations, verdict, wording
from signposts.report.attribution import LogRatios
from signposts.report.citations import cite
from signposts.report.evidence_page import evidence_matrix
from signposts.report.page import Page, page_values
from signposts.report.records import Row, Rows, TrackerTables, grouped
from signposts.report.scenario_page import scenario_page

MOST_CLAIMS = 300
"""Claims listed on an indicator's page; the release has them all."""


def tracker_pages(tables: TrackerTables, method_text: str, calibration_text: str = "") -> list[Page]:
    """Return every page of a tracker."""
    current = attribution.log_ratios(tables)
    ratios = attribution.claim_ratios(tables, current)
    return [
        front_page.front(tables, current),
        evidence_matrix(tables),
        Page("indicators.html", "indicators.html", "Indicators", {"domains": indicator_list(tables)}),
        *(indicator_page(tables, current, ratios, row) for row in tables.indicators),
        Page("scenarios.html", "scenarios.html", "Scenarios"),
        *(scenario_page(tables, row) for row in tables.named),
        milestones(tables),
        front_page.calendar(tables),
        sensitivity(tables, current),
        track_record(tables, calibration_text),
        health(tables),
        changes(tables),
        Page("method.html", "method.html", "Method", {"method": method_html(method_text)}),
        front_page.printable(tables, current),
    ]


# ---------------------------------------------------------------------- evidence and indicators


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
                "deadlines": front_page.calendar_rows(
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
    citations = [cite(name, **page_values(tables), indicator=key) for name in ("reading", "assessment", "claims")]
    return Page(
        f"indicators/{wording.file_name(key)}.html", "indicator.html", indicator["title"], content, [figure], citations
    )


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
        [cite("most_influential", **page_values(tables))],
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
        [cite("outlook", **page_values(tables))],
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
    return Page("health.html", "health.html", "Data health", content, (), [cite("coverage", **page_values(tables))])


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
    return Page("changes.html", "changes.html", "Changes", content, figures, [cite("change", **page_values(tables))])


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
