"""Scoring: the likelihood ratio of every report against every hypothesis.

Belongs here: calling the method on whole tables and shaping its answers into rows. Not here: formulas, sums over claims
and indicators (sql/assess).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from signposts.assess.models import TrackerModel, observations_of
from signposts.scoring.model import Model, stated_only
from signposts.scoring.predictive import log_lambda

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["tracker_id", "as_of", "indicator_id", "report_id"]


def observation_ratios(trackers: Iterable[TrackerModel], pooled: "pd.DataFrame") -> "pd.DataFrame":
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
    return [model.indicator_ids[index] for index in np.flatnonzero(model.speaks.any(axis=1))]


def _ratios(model: Model, tracker: TrackerModel, reports: "pd.DataFrame", subset: str) -> "pd.DataFrame":
    """Return the ratios of one subset of the predictions as rows, a report's hypotheses together."""
    import pandas as pd

    ratios = log_lambda(model, observations_of(tracker, reports))
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
