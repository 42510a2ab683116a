"""From the tables of the working warehouse to the method's models and observations.

Belongs here: reading rows and handing them to the method as arrays. Not here: formulas.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.scoring.arrays import Floats
from signposts.scoring.model import Model, build_model, make_observations, scoreable
from signposts.scoring.observations import KINDS, Observations, years_of_dates, years_since
from signposts.warehouse import Warehouse

if TYPE_CHECKING:
    import pandas as pd

# Column of table observation to what the method calls it.
DATE_COLUMNS = {"scored_at": "reading_date"} | {
    name: name for name in ("exposure_start", "exposure_end", "happened_from", "happened_to")
}
MODEL_TABLES = (
    "tracker",
    "tracker_setting",
    "scenario",
    "hypothesis",
    "indicator",
    "prediction",
    "indicator_setting",
    "evidence_group",
)
NUMBER_COLUMNS = ("value", "value_low", "value_high", "log_sd", "trials")


@dataclass(frozen=True)
class TrackerModel:
    """One tracker's model, with what the catalogue sets for words, simulation and dates."""

    tracker_id: str
    t0: date
    horizon_end: date
    evidence_weight: float
    """Kappa."""
    defining_weight: float
    """Gamma."""
    model: Model
    settings: Mapping[str, Any]
    priors: Mapping[str, float]
    groups: Mapping[str, str]
    rho: Mapping[str, float]
    scored: frozenset[str]

    def years(self, day: date) -> float:
        """Return years since t0."""
        return years_since(self.t0, day)

    def scored_in_order(self) -> tuple[str, ...]:
        """Return the scored indicators in the model's order."""
        return tuple(name for name in self.model.indicator_ids if name in self.scored)


def tracker_models(warehouse: Warehouse) -> list[TrackerModel]:
    """Return the model of every tracker in the warehouse, in order of identifier."""
    return models_of({name: warehouse.rows(f"from {name} order by all") for name in MODEL_TABLES})


def models_of(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[TrackerModel]:
    """Return the model of every tracker, in order of identifier, from MODEL_TABLES of the catalogue."""
    return [
        _tracker_model(
            {name: [row for row in tables[name] if row["tracker_id"] == tracker_id] for name in MODEL_TABLES}
        )
        for tracker_id in sorted(row["tracker_id"] for row in tables["tracker"])
    ]


def _tracker_model(rows: Mapping[str, list[Mapping[str, Any]]]) -> TrackerModel:
    """Return one tracker's model."""
    (tracker,), (setting,) = rows["tracker"], rows["tracker_setting"]
    settings = json.loads(setting["settings"])
    indicator_settings = {
        row["indicator_id"]: {
            "detect_prob": row["detect_prob"],
            "exposure_start": row["exposure_start"],
            "defines": row["defines"],
            "categories": json.loads(row["categories"]) if row["categories"] else None,
        }
        for row in rows["indicator_setting"]
    }
    predicted = {row["indicator_id"] for row in rows["prediction"]}
    indicators = [row for row in rows["indicator"] if row["indicator_id"] in predicted]
    model = build_model(
        t0=tracker["t0"],
        scenarios=rows["scenario"],
        hypotheses=rows["hypothesis"],
        indicators=indicators,
        predictions=rows["prediction"],
        scoring=settings["scoring"],
        indicator_settings=indicator_settings,
    )
    return TrackerModel(
        tracker_id=tracker["tracker_id"],
        t0=tracker["t0"],
        horizon_end=tracker["horizon_end"],
        evidence_weight=tracker["evidence_weight"],
        defining_weight=tracker["defining_weight"],
        model=model,
        settings=settings,
        priors={row["scenario_id"]: row["prior"] for row in rows["scenario"]},
        groups={row["indicator_id"]: row["group_id"] for row in indicators},
        rho={row["group_id"]: row["rho"] for row in rows["evidence_group"]},
        scored=frozenset(row["indicator_id"] for row in indicators if row["scored"]),
    )


def observations_of(
    tracker: TrackerModel, frame: "pd.DataFrame", completeness: tuple[Floats, Floats] | None = None
) -> Observations:
    """Return the method's observations for rows of observation of one tracker, dates as years since t0.

    ``completeness`` gives the nodes of each row's list and their weights, each (n, K); without it, an incomplete list
    holds an unknown share of its events, spread evenly over the tracker's open_list_coverage.
    """
    columns: dict[str, Any] = {
        "indicator_id": frame["indicator_id"].to_numpy(dtype=object),
        "kind": frame["kind"].to_numpy(dtype=object),
        "category": frame["category"].astype(object).where(frame["category"].notna(), None).to_numpy(dtype=object),
    }
    columns |= {name: frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in NUMBER_COLUMNS}
    columns |= {
        said: years_of_dates(tracker.t0, frame[name].to_numpy(dtype="datetime64[D]"))
        for name, said in DATE_COLUMNS.items()
    }
    if completeness is not None:
        columns["completeness"] = completeness
    return make_observations(tracker.model, columns)


def scoreable_rows(tracker: TrackerModel, rows: "pd.DataFrame") -> "pd.DataFrame":
    """Return the observations that the predictions can score; an edited catalogue may change an indicator's family."""
    codes = np.array([KINDS.index(kind) for kind in rows["kind"]], dtype=np.int64)
    indicator = tracker.model.indicator_index(rows["indicator_id"].to_numpy(dtype=object))
    return rows[scoreable(tracker.model, indicator, codes)] if len(rows) else rows
