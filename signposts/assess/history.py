"""The fans against history: which series there are before a tracker began, and how the forecasts of them scored.

Belongs here: choosing series and spreads, shaping scores into rows. Not here: the scores (method/backtest.py).
"""

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.assess.models import TrackerModel
from signposts.scoring.backtest import LEAST_HISTORY, rolling_scores

if TYPE_CHECKING:
    from signposts.warehouse import Warehouse


def write_backtest(warehouse: "Warehouse", trackers: list[TrackerModel]) -> None:
    """Write table backtest: every yearly series of positive values that is long enough."""
    series = warehouse.rows("from yearly_series order by tracker_id, indicator_id, year")
    by_tracker = {tracker.tracker_id: tracker for tracker in trackers}
    rows: list[dict[str, Any]] = []
    for (tracker_id, indicator_id), group in groupby(series, key=lambda row: (row["tracker_id"], row["indicator_id"])):
        points = list(group)
        if len(points) > LEAST_HISTORY and tracker_id in by_tracker:
            rows += _series_rows(by_tracker[tracker_id], indicator_id, points)
    warehouse.write_rows("backtest", rows)


def _series_rows(tracker: TrackerModel, indicator_id: str, points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the scores of one series."""
    sigma, drift_sd = spread(tracker, indicator_id)
    scores = rolling_scores(
        [point["year"] for point in points],
        [point["value"] for point in points],
        sigma=sigma,
        drift_sd=drift_sd,
        obs_sd=tracker.model.obs_sd,
    )
    return [
        {
            "tracker_id": tracker.tracker_id,
            "series": indicator_id,
            "forecast": score.forecast,
            "horizon_years": score.horizon_years,
            "n_forecasts": score.n_forecasts,
            "crps": score.crps,
            "log_score": score.log_score,
            "coverage_80": score.coverage_80,
            "sigma": sigma,
        }
        for score in scores
    ]


def spread(tracker: TrackerModel, indicator_id: str) -> tuple[float, float]:
    """Return sigma and drift_sd of an indicator's own paths and drifts, or the tracker's median where it has none."""
    model = tracker.model
    sigma, drift = model.parameters["sigma"], model.parameters["drift_sd"]
    spoken = sigma > 0
    if indicator_id in model.indicator_ids:
        row = model.indicator_ids.index(indicator_id)
        if spoken[row].any():
            return float(sigma[row][spoken[row]].mean()), float(drift[row][spoken[row]].mean())
    return float(np.median(sigma[spoken])), float(np.median(drift[spoken]))
