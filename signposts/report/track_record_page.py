"""The page of forecasts: what was predicted, frozen when, due when, and what came; past sets, backtest, outlook.

Belongs here: what the page shows, from rows. Not here: its figures (illustrations.py), its sentences (verdict.py), the
figures of docs/track-record.md (track_record_figures.py).
"""

from collections import Counter
from statistics import fmean
from typing import Any

from signposts.report import illustrations, verdict, wording
from signposts.report.citations import cite
from signposts.report.markdown import method_html
from signposts.report.page import Page, page_values
from signposts.report.records import Row, Rows, TrackerTables, grouped

DUE_NEXT = 24
"""Pending forecasts listed; the release has them all."""
RESOLVED = ("came_true", "did_not", "measured")
FORECASTERS = {
    "method": "This method",
    "prior": "The analysts\u2019 word alone",
    "as_last_year": "As last year",
}


def record_title(tables: TrackerTables) -> str:
    """Return what the page is called: a track record only once something is resolved."""
    resolved = any(row["outcome"] in RESOLVED for row in tables.rows.get("resolved_forecast", []))
    return "Track record" if resolved or tables.rows.get("resolved_set") else "Forecasts"


def track_record(tables: TrackerTables, calibration_text: str) -> Page:
    """Return forecasts with their outcomes, sets of the past, backtest, calibration, and when the matter is known."""
    figures = [*illustrations.backtests(tables)]
    ahead = [figure for figure in (illustrations.outlook(tables), illustrations.recognition(tables)) if figure]
    forecasts = method_forecasts(tables)
    pending = [row for row in forecasts if row["outcome"] == "pending"]
    content: dict[str, Any] = {
        "backtests": figures,
        "ahead": ahead,
        "rows": sorted(
            tables.rows["backtest"],
            key=lambda row: (str(row["series"]), str(row["forecast"]), row["horizon_years"] or 0),
        ),
        "counts": Counter(row["outcome"] for row in forecasts),
        "resolved": [row for row in forecasts if row["outcome"] in RESOLVED],
        "void": [row for row in forecasts if row["outcome"] == "void"],
        "pending": pending[:DUE_NEXT],
        "scores": scores(tables),
        "sets": sorted(tables.rows.get("resolved_set", []), key=lambda row: row["set_id"]),
        "past": verdict.past_sets(tables),
        "where_fans_fail": verdict.where_fans_fail(tables),
        "calibration": method_html(calibration_text),
    }
    citations = [cite(name, **page_values(tables)) for name in ("forecasts", "outlook", "recognition")]
    return Page("backtest.html", "backtest.html", record_title(tables), content, [*figures, *ahead], citations)


def method_forecasts(tables: TrackerTables) -> Rows:
    """Return the method's own forecasts with what it said and what came, the next due first."""
    said: dict[tuple[Any, ...], Row] = {}
    for row in tables.rows.get("forecast", []):
        if row["forecaster"] == "method":
            said.setdefault((row["indicator_id"], row["date"], row["frozen_on"]), {})[row["quantity"]] = row["value"]
    forecasts = [
        {**row, "indicator": tables.indicator.get(row["indicator_id"]), "said": said_words(row, said, tables)}
        for row in tables.rows.get("resolved_forecast", [])
        if row["forecaster"] == "method"
    ]
    return sorted(forecasts, key=lambda row: (row["date"], row["indicator_id"], row["frozen_on"]))


def said_words(row: Row, said: dict[tuple[Any, ...], Row], tables: TrackerTables) -> str:
    """Return what was forecast: the probability of an event, or the range of a value nine times in ten."""
    quantities = said.get((row["indicator_id"], row["date"], row["frozen_on"]), {})
    if "probability" in quantities:
        return wording.percent(quantities["probability"])
    if "p05" not in quantities or "p95" not in quantities:
        return "\u2013"
    indicator = tables.indicator.get(row["indicator_id"])
    band = wording.span(quantities["p05"], quantities["p95"], indicator, 3)
    return f"{band} more" if str((indicator or {}).get("unit") or "").startswith("count") else band


def scores(tables: TrackerTables) -> Rows:
    """Return each forecaster's count of resolved forecasts and its mean scores; empty while nothing is resolved."""
    done = [row for row in tables.rows.get("resolved_forecast", []) if row["outcome"] in RESOLVED]
    forecasters = []
    for name, rows in grouped(done, "forecaster").items():
        title = FORECASTERS.get(name) or tables.scenario.get(name, {}).get("title", name)
        means = {
            column: fmean(values) if (values := [row[column] for row in rows if row[column] is not None]) else None
            for column in ("brier", "log_score", "crps")
        }
        forecasters.append({"title": title, "count": len(rows), **means})
    return sorted(forecasters, key=lambda row: (row["title"] != FORECASTERS["method"], row["title"]))
