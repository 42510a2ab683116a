"""One tracker's evidence at one date, as the tables of a run or a release hold it.

Belongs here: rows of log_ratio as the arrays that a supposed reading changes. Not here: looking ahead (foresight.py),
or anything that needs pandas, since `signposts what-if` must start quickly.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from signposts.assess.models import TrackerModel
from signposts.assess.verdicts import named_prior
from signposts.scoring.arrays import Floats
from signposts.scoring.observations import DAYS_PER_YEAR
from signposts.scoring.what_if import WhatIfInputs

CONFIRMED = 0.98
"""Reliability of a supposed reading: one that nobody doubts (grade A1)."""
COLUMNS = ("log_ratio", "log_ratio_contaminated", "z", "weight")


@dataclass(frozen=True)
class Standing:
    """One tracker's evidence at a date."""

    tracker: TrackerModel
    as_of: date
    scored: tuple[str, ...]
    evidence: WhatIfInputs
    """Its rows in the order of ``scored``."""

    @property
    def now(self) -> float:
        """Years since t0 of the as-of date."""
        return self.tracker.years(self.as_of)

    def day(self, years: float) -> date:
        """Return the date that lies so many years after t0."""
        return self.tracker.t0 + timedelta(days=round(years * DAYS_PER_YEAR))


def standing_of(tracker: TrackerModel, as_of: date, log_ratios: Iterable[Mapping[str, Any]]) -> Standing:
    """Return one tracker's evidence from rows of log_ratio of any trackers at the date."""
    scored = tracker.scored_in_order()
    values = _matrices(tracker, scored, log_ratios)
    has_reading = ~np.isnan(values["log_ratio"][:, 0])
    groups = sorted(tracker.rho)
    evidence = WhatIfInputs(
        indicator=tracker.model.indicator_index(scored),
        log_ratios=np.nan_to_num(values["log_ratio"]),
        contaminated=np.nan_to_num(values["log_ratio_contaminated"]),
        z=values["z"],
        has_reading=has_reading,
        is_defining=has_reading & (values["weight"][:, 0] == tracker.defining_weight),
        group=np.array([groups.index(tracker.groups[name]) for name in scored]),
        rho=np.array([tracker.rho[name] for name in groups]),
        prior=np.append(named_prior(tracker), tracker.priors["other"]),
        evidence_weight=tracker.evidence_weight,
        defining_weight=tracker.defining_weight,
    )
    return Standing(tracker, as_of, scored, evidence)


def _matrices(
    tracker: TrackerModel, scored: tuple[str, ...], log_ratios: Iterable[Mapping[str, Any]]
) -> dict[str, Floats]:
    """Return columns of log_ratio as matrices (I, H) in the model's order of hypotheses; NaN where there is none."""
    model = tracker.model
    hypotheses = zip(model.hypothesis_scenario_ids(), model.hypothesis_onset.tolist(), strict=True)
    place = {hypothesis: column for column, hypothesis in enumerate(hypotheses)}
    line = {name: row for row, name in enumerate(scored)}
    values = {name: np.full((len(scored), len(place)), np.nan) for name in COLUMNS}
    for row in log_ratios:
        if row["tracker_id"] == tracker.tracker_id and row["indicator_id"] in line:
            cell = line[row["indicator_id"]], place[row["scenario_id"], row["onset"]]
            for name in COLUMNS:
                values[name][cell] = np.nan if row[name] is None else row[name]
    return values
