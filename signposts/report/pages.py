"""What stands on each page of a tracker: its figures, its words, and the statements behind its numbers.

Belongs here: one function a kind of page. Not here: markup (templates/), charts (charts.py), writing files (site.py).
"""

from __future__ import annotations

import json
from typing import Any

from signposts.report import attribution, front_page, illustrations, indicator_illustrations, verdict, wording
from signposts.report.attribution import LogRatios
from signposts.report.cards import Card
from signposts.report.cautions import cautions
from signposts.report.citations import cite
from signposts.report.evidence_page import evidence_matrix
from signposts.report.ledger_pages import claims_page, source_pages, stored
from signposts.report.markdown import method_html
from signposts.report.news import by_release
from signposts.report.overdue import milestones
from signposts.report.page import Page, page_values
from signposts.report.records import Row, Rows, TrackerTables, grouped
from signposts.report.scenario_page import scenario_page
from signposts.report.track_record_page import track_record
from signposts.report.what_if_page import what_if_page

MOST_CLAIMS = 300
"""Claims listed on an indicator's page; the release has them all."""


def tracker_pages(tables: TrackerTables, method_text: str, calibration_text: str = "") -> list[Page]:
    """Return every page of a tracker."""
    current = attribution.log_ratios(tables)
    ratios = attribution.claim_ratios(tables, current)
    what_if = what_if_page(tables)
    return [
        *([what_if] if what_if else []),
        front_page.front(tables, current),
        evidence_matrix(tables),
        indicator_list(tables),
        *(indicator_page(tables, current, ratios, row) for row in tables.indicators),
        Page(
            "scenarios.html",
            "scenarios.html",
            "Scenarios",
            citations=[cite(name, **page_values(tables)) for name in ("probabilities", "surprise")],
        ),
        *(scenario_page(tables, row) for row in tables.named),
        milestones(tables),
        front_page.calendar(tables),
        sensitivity(tables, current),
        track_record(tables, calibration_text),
        claims_page(tables),
        *source_pages(tables),
        health(tables),
        checks(tables),
        changes(tables),
        method(tables, method_text),
        front_page.printable(tables),
        Page("search.html", "search.html", "Search"),
    ]


def indicator_list(tables: TrackerTables) -> Page:
    """Return all indicators by domain, context included."""
    rows: Rows = [
        {
            "indicator": row,
            "reading": tables.reading.get(row["indicator_id"]),
            "fresh": (tables.freshness.get(f"indicator:{row['indicator_id']}") or {}).get("verdict"),
            "cells": [
                tables.assessment.get((row["indicator_id"], scenario["scenario_id"])) for scenario in tables.named
            ],
            "domain": wording.domain_of(row) or "other",
        }
        for row in tables.indicators
    ]
    content = {"domains": sorted(grouped(rows, "domain").items())}
    citations = [cite("matrix", **page_values(tables))]
    return Page("indicators.html", "indicators.html", "Indicators", content, (), citations)


def _expectations(tables: TrackerTables, indicator: Row) -> Rows:
    """Return, for each named scenario, its prediction, how the reading fares, and what it would take."""
    key = indicator["indicator_id"]
    reading = tables.reading.get(key) or {}
    counted = str(indicator["unit"] or "").startswith("count")
    scored_at = tables.as_of if counted else reading.get("scored_at") or tables.as_of
    due = [row for row in tables.deadlines if row["indicator_id"] == key]
    expectations = []
    for scenario in tables.named:
        fan = [
            row
            for row in tables.fans.get(key, [])
            if row["scenario_id"] == scenario["scenario_id"] and row["p10"] is not None
        ]
        at = min(fan, key=lambda row: abs((row["date"] - scored_at).days)) if fan else None
        expectations.append(
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
    return expectations


def indicator_page(
    tables: TrackerTables, current: LogRatios, ratios: dict[str, dict[str, Any]], indicator: Row
) -> Page:
    """Return an indicator's page: meaning, chart, what each scenario expects, claims, revisions and rivals."""
    key = indicator["indicator_id"]
    claims = tables.claims.get(key, [])
    figure = indicator_illustrations.indicator_figure(tables, indicator)
    used = {row["claim_id"]: row for row in tables.rows["reading_claim"] if row["indicator_id"] == key}
    groups = {row["group_id"]: row for row in tables.rows["evidence_group"]}
    content: dict[str, Any] = {
        "indicator": indicator,
        "reading": tables.reading.get(key),
        "fresh": tables.freshness.get(f"indicator:{key}"),
        "watch": next((row for row in tables.rows["watch"] if row["indicator_id"] == key), None),
        "figure": figure,
        "expectations": _expectations(tables, indicator),
        "completeness": wording.completeness_words(
            [row for row in tables.rows.get("list_completeness", []) if row["indicator_id"] == key]
        ),
        "chain": wording.chain_words(
            sorted(
                (row for row in tables.rows.get("chain_link", []) if row["indicator_id"] == key),
                key=lambda row: row["position"],
            )
        ),
        "bits_sentence": wording.bits_words(tables.bits.get(key, {})),
        "claims": claims[:MOST_CLAIMS],
        "n_claims": len(claims),
        "used": used,
        "stored": stored,
        "revisions": [claim for claim in claims if claim["superseded_by"] or claim["status"] == "withdrawn"],
        "rivals": attribution.rival_verdicts(tables, current, ratios, key),
        "group": groups.get(indicator["group_id"]),
        "weight": current.weight.get(key),
        "cautions": cautions(tables, key),
        "without": tables.without_one.get(key),
        "leader": tables.ranked[0],
    }
    citations = [
        cite(name, **page_values(tables), indicator=key)
        for name in ("reading", "assessment", "claims", "completeness", "chain")
    ]
    says = wording.reading_words(content["reading"], indicator)
    cells = [(row["title"], tables.assessment.get((key, row["scenario_id"]))) for row in tables.named]
    lines = [says, "", *(f"{title}: {cell['status'] if cell else 'no prediction'}" for title, cell in cells)]
    kicker = f"{tables.tracker['title']} \u00b7 {wording.day(tables.as_of)}"
    return Page(
        f"indicators/{wording.file_name(key)}.html",
        "indicator.html",
        indicator["title"],
        content,
        [figure],
        citations,
        f"{indicator['title']}: {says}.",
        Card(kicker, indicator["title"], lines) if indicator["scored"] else None,
    )


def sensitivity(tables: TrackerTables, current: LogRatios) -> Page:
    """Return how the odds would stand with one thing changed."""
    figures = [illustrations.tornado(tables), illustrations.settings_spread(tables, current)]
    content = {"figures": figures, "leader": tables.ranked[0]}
    citations = [cite("most_influential", **page_values(tables))]
    return Page("sensitivity.html", "sensitivity.html", "Sensitivity", content, figures, citations)


def method(tables: TrackerTables, method_text: str) -> Page:
    """Return the method's text, and the sets of starting odds with their names and origins."""
    sets = [
        (
            wording.set_name(name),
            {"origin": rows[0]["origin"], "shares": {row["scenario_id"]: row["prior"] for row in rows}},
        )
        for name, rows in sorted(grouped(tables.rows["prior_set"], "prior_set").items())
    ]
    content = {"method": method_html(method_text), "sets": sets, "other_mass": tables.tracker["other_mass"]}
    citations = [cite("prior_sets", **page_values(tables))]
    return Page("method.html", "method.html", "Method", content, (), citations)


def health(tables: TrackerTables) -> Page:
    """Return the data's health: sources with both clocks, checks, quarantine and what it could do to the verdict."""
    fetches = sorted(
        tables.rows["fetch_attempt"],
        key=lambda row: (str(row["source_id"]), str(row["document"]), str(row["fetched_at"])),
    )
    content = {
        "line": verdict.health(tables),
        "coverage": verdict.coverage(tables),
        "feeding": verdict.feeding(tables),
        "sources": [
            {"source": row, "fresh": tables.freshness.get(f"source:{row['source_id']}")}
            for row in sorted(tables.rows["source"], key=lambda row: row["title"] or "")
        ],
        "outcomes": sorted((name, len(rows)) for name, rows in grouped(fetches, "outcome").items()),
        "failures": [row for row in fetches if row["outcome"] in ("failure", "miss")],
        "failed": [row for row in _check_results(tables) if not row["passed"]],
        "n_checks": len(tables.rows["check_result"]),
        "quarantine": sorted(
            tables.rows["quarantine"], key=lambda row: (str(row["source_id"]), row["row_number"] or 0)
        ),
        "held": [row for row in tables.rows["claim"] if row["held"] and not row["superseded_by"]],
        "kept_values": [{**tables.claim[row["claim_id"]], "why": row["reason"]} for row in tables.rows["kept_value"]],
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
        "fed": [row for row in tables.rows["coverage"] if row["scored"] and row["publisher_state"]],
        "watched": sorted(
            tables.rows["watch"], key=lambda row: (-row["leads_waiting"], str(row["looked_until"] or ""))
        ),
        "at_stake": tables.without_one,
        "leader": tables.ranked[0],
        "alerts": tables.rows["alert"],
    }
    return Page("health.html", "health.html", "Data health", content, (), [cite("coverage", **page_values(tables))])


def checks(tables: TrackerTables) -> Page:
    """Return each check by its table, those that failed with their first rows, and the publishers not checked."""
    by_table = grouped(_check_results(tables), "target")
    content = {
        "tables_checked": sorted(by_table.items(), key=lambda item: (all(row["passed"] for row in item[1]), item[0])),
        "unchecked": sorted(
            row["title"] or row["source_id"]
            for row in tables.rows["source"]
            if row["source_id"] != "ledger" and f"raw_{row['source_id']}" not in by_table
        ),
    }
    return Page("checks.html", "checks.html", "Checks", content, (), [cite("checks", **page_values(tables))])


def _check_results(tables: TrackerTables) -> Rows:
    """Return every check, the failed and grave ones first, with its first failing rows."""
    rows = [{**row, "first": json.loads(row["first_rows"] or "[]")} for row in tables.rows["check_result"]]
    return sorted(rows, key=lambda row: (bool(row["passed"]), str(row["severity"]), str(row["check_name"])))


KINDS_OF_NEWS = (
    ("move", "Moves"),
    ("cause", "What caused the leader\u2019s move"),
    ("status", "Words that turned"),
    ("new_claim", "New claims"),
    ("revised_claim", "Revised"),
    ("withdrawn_claim", "Withdrawn"),
    ("held_claim", "Held until somebody accepts"),
    ("check", "Checks that changed"),
    ("own_edit", "Our own edits"),
    ("withheld", "Held back"),
)


def changes(tables: TrackerTables) -> Page:
    """Return the ledger of news: what each release said when it was published."""
    figure = illustrations.since_last_release(tables)
    figures = [figure] if figure else []
    content = {"figures": figures, "entries": by_release(tables), "kinds": KINDS_OF_NEWS}
    citations = [cite(name, **page_values(tables)) for name in ("change", "release_notes")]
    return Page("changes.html", "changes.html", "Changes", content, figures, citations)
