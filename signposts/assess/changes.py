"""What changed since the release before, split exactly by cause: method, catalogue, time, new and revised readings.

Belongs here: the chain of states from the last release to this one, and the cause of each step. Not here: the split of
one step over indicators (method/change.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.assess.models import TrackerModel, observations_of, tracker_models
from signposts.scoring.arrays import Floats
from signposts.scoring.change import scenario_shares, split_move
from signposts.scoring.combining import group_weights, hypothesis_prior, pooled_log_ratios
from signposts.scoring.model import scoreable
from signposts.scoring.predictive import log_lambda
from signposts.warehouse import Warehouse

if TYPE_CHECKING:
    import pandas as pd

Rows = list[dict[str, Any]]
LEAST_MOVE = 1e-15


@dataclass(frozen=True)
class State:
    """One tracker's evidence in one state of the chain."""

    tracker: TrackerModel
    log_prior: Floats
    """(H,)"""
    evidence: Mapping[str, Floats]
    """By indicator: temper x weight x log ratio, (H,)."""

    @property
    def log_joint(self) -> Floats:
        """Return log prior plus all evidence, shape (H,)."""
        total: Floats = np.sum([self.log_prior, *self.evidence.values()], axis=0)
        return total

    def odds(self) -> dict[str, float]:
        """Return P(s | D) by scenario."""
        model = self.tracker.model
        shares = scenario_shares(self.log_joint, model.hypothesis_scenario, model.n_scenarios + 1)
        return dict(zip((*model.scenario_ids, "other"), shares.tolist(), strict=True))

    def shape(self) -> tuple[object, ...]:
        """Return what must be equal for two states to be compared indicator by indicator."""
        model = self.tracker.model
        return (model.hypothesis_scenario_ids(), tuple(model.hypothesis_onset.tolist()))


def state(tracker: TrackerModel, reports: "pd.DataFrame") -> State:
    """Return the state that scored reports give under a tracker's model."""
    model = tracker.model
    known = reports["indicator_id"].isin(tracker.scored)
    own = reports[(reports["tracker_id"] == tracker.tracker_id) & reports["scored"] & known]
    own = own[_fitting(tracker, own)]
    prior = np.array([tracker.priors[name] for name in (*model.scenario_ids, "other")])
    log_prior = hypothesis_prior(prior, model.hypothesis_scenario, model.onset_weight)
    names = list(dict.fromkeys(own["indicator_id"]))
    if not names:
        return State(tracker, log_prior, {})
    place = {name: position for position, name in enumerate(names)}
    log_ratios = pooled_log_ratios(
        log_lambda(model, observations_of(tracker, own)),
        own["pool_weight"].to_numpy(dtype=np.float64),
        own["reliability"].to_numpy(dtype=np.float64),
        np.array([place[name] for name in own["indicator_id"]]),
        len(names),
    )
    groups = sorted(tracker.rho)
    weights = group_weights(
        np.array([groups.index(tracker.groups[name]) for name in names]),
        np.array([tracker.rho[name] for name in groups]),
        np.ones(len(names), dtype=np.bool_),
    )
    evidence = tracker.temper * weights[:, None] * log_ratios
    return State(tracker, log_prior, dict(zip(names, evidence, strict=True)))


def _fitting(tracker: TrackerModel, own: "pd.DataFrame") -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which reports the tracker's predictions can score; an edited catalogue may have changed the family."""
    from signposts.scoring.observations import KINDS

    codes = np.array([KINDS.index(kind) for kind in own["kind"]], dtype=np.int64)
    indicator = tracker.model.indicator_index(own["indicator_id"].to_numpy(dtype=object))
    return scoreable(tracker.model, indicator, codes)


def write_changes(warehouse: Warehouse, released: Path) -> None:
    """Write table change: the move of every scenario since the newest release, by cause and indicator."""
    rows: Rows = []
    if released.exists() and warehouse.count("unchanged_report"):
        before = Warehouse(released, read_only=True)
        with before.connect():
            rows = _changes_since(before, warehouse)
    warehouse.write_rows("change", rows)


def _changes_since(before: Warehouse, warehouse: Warehouse) -> Rows:
    """Return the changes of every tracker that the release before has too."""
    (last,) = before.rows("select release_id, as_of from release order by created_at desc limit 1")
    published = before.rows(
        "select tracker_id, scenario_id, posterior from scenario_probability "
        "where variant = 'headline' and as_of = $as_of",
        as_of=last["as_of"],
    )
    old_reports = before.query("from pooled_report where as_of = $as_of", as_of=last["as_of"])
    old_models = {tracker.tracker_id: tracker for tracker in tracker_models(before)}
    rows: Rows = []
    for tracker in tracker_models(warehouse):
        old = old_models.get(tracker.tracker_id)
        if old is None:
            continue
        odds = {row["scenario_id"]: row["posterior"] for row in published if row["tracker_id"] == tracker.tracker_id}
        rows += [
            {"tracker_id": tracker.tracker_id, "previous_release_id": last["release_id"], **row}
            for row in _tracker_changes(warehouse, old, tracker, old_reports, odds)
        ]
    return rows


def _tracker_changes(
    warehouse: Warehouse,
    old: TrackerModel,
    new: TrackerModel,
    old_reports: "pd.DataFrame",
    old_odds: Mapping[str, float],
) -> Rows:
    """Return one tracker's changes along the chain: method, catalogue, time, readings."""
    chain = [
        state(old, old_reports),
        state(new, old_reports),
        state(new, warehouse.read_frame("unchanged_report")),
        state(new, warehouse.query("from pooled_report where as_of = (select max(as_of) from pooled_report)")),
    ]
    rows: Rows = [
        {"scenario_id": name, "cause": "method", "indicator_id": None, "move": share - old_odds.get(name, 0.0)}
        for name, share in chain[0].odds().items()
    ]
    rows += _step(chain[0], chain[1], lambda _: "catalogue")
    rows += _step(chain[1], chain[2], lambda _: "time")
    revised = _revised(warehouse, new.tracker_id)
    rows += _step(chain[2], chain[3], lambda name: "revised_reading" if name in revised else "new_reading")
    return [row for row in rows if abs(row["move"]) > LEAST_MOVE]


def _step(before: State, after: State, cause: Any) -> Rows:
    """Return one step's moves by scenario and indicator; a step between different hypotheses has no indicator."""
    names = (*after.tracker.model.scenario_ids, "other")
    if before.shape() != after.shape():
        old, new = before.odds(), after.odds()
        return [
            {"scenario_id": name, "cause": cause(None), "indicator_id": None, "move": new[name] - old.get(name, 0.0)}
            for name in names
        ]
    zero = np.zeros_like(before.log_prior)
    indicators = sorted({*before.evidence, *after.evidence})
    pieces = [after.log_prior - before.log_prior]
    pieces += [after.evidence.get(name, zero) - before.evidence.get(name, zero) for name in indicators]
    model = after.tracker.model
    parts = split_move(before.log_joint, np.array(pieces), model.hypothesis_scenario, model.n_scenarios + 1)
    return [
        {"scenario_id": scenario, "cause": cause(indicator), "indicator_id": indicator, "move": float(move)}
        for indicator, moves in zip([None, *indicators], parts, strict=True)
        for scenario, move in zip(names, moves, strict=True)
    ]


def _revised(warehouse: Warehouse, tracker_id: str) -> set[str]:
    """Return the indicators whose reading now rests on a claim that corrects one it rested on before."""
    from signposts.warehouse import load_sql

    return {row["indicator_id"] for row in warehouse.rows(load_sql("assess/revised_indicator"), tracker=tracker_id)}
