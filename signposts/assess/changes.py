"""What changed since the release before, split exactly by cause: method, catalogue, time, new and revised readings.

Belongs here: the chain of states from the last release to this one, and the cause of each step. Not here: the split of
one step over indicators (method/change.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.assess.models import TrackerModel, observations_of, scoreable_rows, tracker_models
from signposts.assess.scoring import completeness_of, evidence_of
from signposts.run_key import code_identity
from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.change import scenario_shares, split_move, strand_priors, strand_scenarios
from signposts.scoring.combining import shared_luck
from signposts.scoring.predictive import likelihood
from signposts.warehouse import Warehouse, load_sql

if TYPE_CHECKING:
    import pandas as pd

Rows = list[dict[str, Any]]
LEAST_MOVE = 1e-15

Piece = tuple[str | None, str | None]
"""A reading by its indicator, or the luck of a storyline by its group."""


@dataclass(frozen=True)
class ChainState:
    """One tracker's evidence in one state of the chain, over strands: each named hypothesis, plain and contaminated.

    The contaminated strands together are `other`, so that every piece of evidence adds to the log joint.
    """

    tracker: TrackerModel
    log_prior: Floats
    """(2 N,)"""
    evidence: Mapping[Piece, Floats]
    """By reading, or storyline's shared luck: weight x log ratio, (2 N,)."""

    @property
    def log_joint(self) -> Floats:
        """Return log prior plus all evidence, shape (2 N,)."""
        total: Floats = np.sum([self.log_prior, *self.evidence.values()], axis=0)
        return total

    @property
    def scenario(self) -> Integers:
        """Return the scenario of each strand, shape (2 N,)."""
        return strand_scenarios(self.tracker.model)

    def probabilities(self) -> dict[str, float]:
        """Return P(s | D) by scenario."""
        model = self.tracker.model
        shares = scenario_shares(self.log_joint, self.scenario, model.n_scenarios + 1)
        return dict(zip((*model.scenario_ids, "other"), shares.tolist(), strict=True))

    def shape(self) -> tuple[object, ...]:
        """Return what must be equal for two states to be compared piece by piece."""
        model = self.tracker.model
        return (model.hypothesis_scenario_ids(), tuple(model.hypothesis_onset.tolist()))


def state(tracker: TrackerModel, observations: "pd.DataFrame", nodes: "pd.DataFrame") -> ChainState:
    """Return the state that scored observations, older links of chains included, give under a tracker's model."""
    model = tracker.model
    is_scored = observations["indicator_id"].isin(tracker.scored)
    rows = observations[(observations["tracker_id"] == tracker.tracker_id) & observations["scored"] & is_scored]
    rows = scoreable_rows(tracker, rows).reset_index(drop=True)
    prior = np.array([tracker.priors[name] for name in (*model.scenario_ids, "other")])
    log_prior = strand_priors(model, prior)
    names = list(dict.fromkeys(rows["indicator_id"]))
    if not names:
        return ChainState(tracker, log_prior, {})
    place = {name: position for position, name in enumerate(names)}
    likelihoods = likelihood(model, observations_of(tracker, rows, completeness_of(tracker, model, rows, nodes)))
    said = evidence_of(model, rows, likelihoods, np.array([place[name] for name in rows["indicator_id"]]), len(names))
    weights = np.where(said["is_defining"], tracker.defining_weight, tracker.evidence_weight)[:, None]
    both = np.concatenate([said["log_ratio"][:, :-1], said["log_ratio_contaminated"][:, :-1]], axis=1)
    pieces: dict[Piece, Floats] = {(name, None): row for name, row in zip(names, weights * both, strict=True)}
    groups = sorted(tracker.rho)
    z = said["z"][:, :-1]
    luck = shared_luck(
        np.nan_to_num(z),
        ~np.isnan(z[:, 0]),
        np.array([groups.index(tracker.groups[name]) for name in names]),
        np.array([tracker.rho[name] for name in groups]),
    )
    pieces |= {
        (None, group): tracker.evidence_weight * np.tile(row, 2)
        for group, row in zip(groups, luck, strict=True)
        if row.any()
    }
    return ChainState(tracker, log_prior, pieces)


def write_changes(warehouse: Warehouse, released: Path) -> None:
    """Write table change: the move of every scenario since the newest release, by cause and indicator."""
    rows: Rows = []
    if released.exists() and warehouse.count("unchanged_observation"):
        before = Warehouse(released, read_only=True)
        with before.connect():
            rows = _changes_since(before, warehouse)
    warehouse.write_rows("change", rows)


def _changes_since(before: Warehouse, warehouse: Warehouse) -> Rows:
    """Return the changes of every tracker that the release before has too."""
    (last,) = before.rows("select release_id, as_of, code_version from release order by created_at desc limit 1")
    published = before.rows(
        "select tracker_id, scenario_id, posterior from scenario_probability "
        "where variant = 'headline' and as_of = $as_of",
        as_of=last["as_of"],
    )
    comparable = before.has_table("shared_luck")
    old_models = {tracker.tracker_id: tracker for tracker in tracker_models(before)} if comparable else {}
    # A release that cannot be compared may lack the tables that this would read.
    old = None
    if comparable:
        # Releases before 0.2 have it by its old name.
        table = "observation" if before.has_table("observation") else "pooled_report"
        links = _links(warehouse, "unchanged_earlier_observation", last["as_of"])
        old = _observed(before, table, last["as_of"], links)
    (newest,) = warehouse.rows("select max(as_of) as day from as_of_date")
    read_again, unchanged = (
        _observed(
            warehouse,
            "unchanged_observation",
            day,
            _links(warehouse, "unchanged_earlier_observation", day),
            "unchanged_list_completeness",
        )
        for day in (last["as_of"], newest["day"])
    )
    now = _observed(warehouse, "observation", newest["day"], _links(warehouse, "earlier_observation", newest["day"]))
    rows: Rows = []
    for tracker in tracker_models(warehouse):
        shares = {row["scenario_id"]: row["posterior"] for row in published if row["tracker_id"] == tracker.tracker_id}
        if not shares:
            continue
        end = state(tracker, now.observations, now.nodes)
        if old is None or tracker.tracker_id not in old_models:
            moves = _method_rows(shares, end.probabilities())
        else:
            chain = [
                state(old_models[tracker.tracker_id], old.observations, old.nodes),
                state(tracker, old.observations, old.nodes),
                state(tracker, read_again.observations, read_again.nodes),
                state(tracker, unchanged.observations, unchanged.nodes),
                end,
            ]
            moves = _chain_rows(warehouse, chain, shares, last["code_version"])
        rows += [
            {"tracker_id": tracker.tracker_id, "previous_release_id": last["release_id"], **row}
            for row in moves
            if abs(row["move"]) > LEAST_MOVE
        ]
    return rows


@dataclass(frozen=True)
class Observed:
    """What a database read at one as-of date: observations with the links behind them, and the nodes of lists."""

    observations: "pd.DataFrame"
    nodes: "pd.DataFrame"


def _links(warehouse: Warehouse, table: str, as_of: date) -> "pd.DataFrame":
    """Return the links behind the newest of each reading; a release does not keep them, so the run's own serve."""
    return warehouse.query(f"from {table} where as_of = $as_of", as_of=as_of).assign(scored=True)


def _observed(
    warehouse: Warehouse, table: str, as_of: date, links: "pd.DataFrame", nodes: str = "list_completeness"
) -> Observed:
    """Return a table's observations at a date with the links behind them, and the nodes of the lists."""
    import pandas as pd

    rows = warehouse.query(f"from {table} where as_of = $as_of", as_of=as_of).assign(position=1)
    if "scored_at" not in rows:
        # Releases before 0.2 dated an observation by what it was scored at.
        rows["scored_at"] = rows["reading_date"]
    scored = rows[rows["scored"]]
    keys = set(zip(scored["tracker_id"], scored["indicator_id"], strict=True))
    behind = links[[key in keys for key in zip(links["tracker_id"], links["indicator_id"], strict=True)]]
    joined = pd.concat([rows, behind.assign(as_of=rows["as_of"].iloc[0])], ignore_index=True) if len(behind) else rows
    return Observed(joined, list_nodes(warehouse, nodes))


def list_nodes(warehouse: Warehouse, table: str = "list_completeness") -> "pd.DataFrame":
    """Return the nodes of the completeness of searched lists, with their weights."""
    return warehouse.read_frame(table)[["tracker_id", "as_of", "indicator_id", "q", "weight"]]


def _method_rows(before: Mapping[str, float], after: Mapping[str, float]) -> Rows:
    """Return the whole move as the method's, where the two cannot be compared piece by piece."""
    return [
        {
            "scenario_id": name,
            "cause": "method",
            "indicator_id": None,
            "group_id": None,
            "move": share - before.get(name, 0.0),
        }
        for name, share in after.items()
    ]


def _chain_rows(
    warehouse: Warehouse, chain: list[ChainState], published: Mapping[str, float], code_version: str
) -> Rows:
    """Return one tracker's changes along the chain: method, catalogue, time, readings.

    What the same claims at the same date are read as differs by the code, or, where that is the same, the catalogue.
    """
    rows = _method_rows(published, chain[0].probabilities())
    rows += _step(chain[0], chain[1], lambda _: "catalogue")
    read_by = "catalogue" if code_version == code_identity() else "method"
    rows += _step(chain[1], chain[2], lambda _: read_by)
    rows += _step(chain[2], chain[3], lambda _: "time")
    corrected = warehouse.rows(load_sql("assess/revised_indicator"), tracker=chain[4].tracker.tracker_id)
    revised = {row["indicator_id"] for row in corrected}
    rows += _step(chain[3], chain[4], lambda name: "revised_reading" if name in revised else "new_reading")
    return rows


def _step(before: ChainState, after: ChainState, cause: Callable[[str | None], str]) -> Rows:
    """Return one step's moves by scenario and piece; a step between different hypotheses has no pieces."""
    names = (*after.tracker.model.scenario_ids, "other")
    if before.shape() != after.shape():
        old, new = before.probabilities(), after.probabilities()
        return [row | {"cause": cause(None)} for row in _method_rows(old, new)]
    zero = np.zeros_like(before.log_prior)
    pieces = sorted({*before.evidence, *after.evidence}, key=lambda piece: (piece[0] or "", piece[1] or ""))
    moves = [after.log_prior - before.log_prior]
    moves += [after.evidence.get(piece, zero) - before.evidence.get(piece, zero) for piece in pieces]
    parts = split_move(before.log_joint, np.array(moves), before.scenario, len(names))
    return [
        {
            "scenario_id": scenario,
            "cause": cause(indicator),
            "indicator_id": indicator,
            "group_id": group,
            "move": float(move),
        }
        for (indicator, group), part in zip([(None, None), *pieces], parts, strict=True)
        for scenario, move in zip(names, part, strict=True)
    ]
