"""Scoring: the likelihood ratio of every report against every hypothesis, words, and fans.

Belongs here: calling the method on whole tables and shaping its answers into rows. Not here: formulas, sums over claims
and indicators (sql/assess).
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from assets.assess.models import TrackerModel, reports_of
from assets.method.model import Model, stated_only
from assets.method.predictive import log_lambda

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["tracker_id", "as_of", "indicator_id", "report_id"]


def report_ratios(trackers: Iterable[TrackerModel], pooled: "pd.DataFrame") -> "pd.DataFrame":
    """Return log Lambda of each scored report and hypothesis, for all predictions and for the stated ones alone."""
    import pandas as pd

    parts = []
    for tracker in trackers:
        reports = pooled[(pooled["tracker_id"] == tracker.tracker_id) & pooled["scored"]]
        if reports.empty:
            continue
        parts.append(_ratios(tracker.model, tracker, reports, "all"))
        stated = stated_only(tracker.model)
        spoken = reports[reports["indicator_id"].isin(speaking(stated))]
        if not spoken.empty:
            parts.append(_ratios(stated, tracker, spoken, "stated"))
    columns = [*KEYS, "subset", "scenario_id", "onset", "log_lambda"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def speaking(model: Model) -> list[str]:
    """Return the indicators on which at least one scenario speaks."""
    return [name for name, speaks in zip(model.indicator_ids, model.speaks.any(axis=1), strict=True) if speaks]


def _ratios(model: Model, tracker: TrackerModel, reports: "pd.DataFrame", subset: str) -> "pd.DataFrame":
    """Return the ratios of one subset of the predictions as rows, a report's hypotheses together."""
    import pandas as pd

    ratios = log_lambda(model, reports_of(tracker, reports))
    n_reports, n_hypotheses = ratios.shape
    repeated = {name: np.repeat(reports[name].to_numpy(), n_hypotheses) for name in KEYS}
    return pd.DataFrame(
        repeated
        | {
            "subset": subset,
            "scenario_id": np.tile(np.array(model.hypothesis_scenario_ids(), dtype=object), n_reports),
            "onset": np.tile(model.hypothesis_onset, n_reports),
            "log_lambda": ratios.ravel(),
        }
    )


def fan_dates(tracker: TrackerModel, as_of: date) -> list[date]:
    """Return the dates that fans are drawn at: year ends from before t0 to the horizon, and the as-of date."""
    ends = [date(year, 12, 31) for year in range(tracker.t0.year - 1, tracker.horizon_end.year + 1)]
    halves = [date(year, 6, 30) for year in range(tracker.t0.year, tracker.horizon_end.year + 1)]
    return sorted({*ends, *halves, as_of} - {day for day in halves if day > tracker.horizon_end})


