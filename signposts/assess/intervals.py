"""The interval of each probability, from every invented number moved at once.

Belongs here: finding the distinct readings of all dates, so that each is scored once, and shaping the rows. Not here:
how numbers are moved and weighed (scoring/interval.py).
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.assess.changes import list_nodes
from signposts.assess.models import TrackerModel, observations_of, tracker_models
from signposts.assess.scoring import SAID, completeness_of, pool_of, speaking
from signposts.scoring.arrays import Floats
from signposts.scoring.interval import (
    DRAWS,
    DrawnReadings,
    Moves,
    Weighing,
    drawn_probabilities,
    drawn_readings,
    percentiles,
)
from signposts.warehouse import Warehouse, load_sql

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["as_of", "indicator_id"]
Rows = list[dict[str, Any]]


def write_intervals(warehouse: Warehouse) -> None:
    """Write table probability_interval, one row per as-of date and scenario, and the draws that it summarises."""
    import pandas as pd

    with warehouse.connect():
        observations, nodes = warehouse.query(load_sql("assess/scored_observation")), list_nodes(warehouse)
        dates = warehouse.rows("select tracker_id, as_of from as_of_date order by all")
        rows: Rows = []
        draws: list[pd.DataFrame] = []
        for tracker in tracker_models(warehouse):
            predictions = [
                {**row, "parameters": json.loads(row["parameters"])}
                for row in warehouse.rows("from prediction where tracker_id = $tracker", tracker=tracker.tracker_id)
            ]
            is_scored = observations["indicator_id"].isin(tracker.scored & set(speaking(tracker.model)))
            spoken = observations[(observations["tracker_id"] == tracker.tracker_id) & is_scored].reset_index(drop=True)
            days = [row["as_of"] for row in dates if row["tracker_id"] == tracker.tracker_id]
            names = (*tracker.model.scenario_ids, "other")
            for day, shares in _drawn(tracker, spoken, nodes, predictions, days) if not spoken.empty else ():
                at = {"tracker_id": tracker.tracker_id, "as_of": day}
                draw = np.repeat(np.arange(1, len(shares) + 1), len(names))
                columns = {"draw": draw, "scenario_id": np.tile(names, len(shares)), "probability": shares.ravel()}
                draws.append(pd.DataFrame(at | columns))
                ends, leads = percentiles(shares)
                rows += [
                    at | {"scenario_id": name, "p05": low, "p50": middle, "p95": high, "share_leading": share}
                    for name, (low, middle, high), share in zip(names, ends.T.tolist(), leads.tolist(), strict=True)
                ]
        warehouse.write_rows("probability_interval", rows)
        if draws:
            warehouse.write_frame("interval_draw", pd.concat(draws, ignore_index=True))
        else:
            warehouse.write_rows("interval_draw", [])


def _drawn(
    tracker: TrackerModel,
    rows: "pd.DataFrame",
    nodes: "pd.DataFrame",
    predictions: Rows,
    days: Iterable[date],
) -> Iterator[tuple[date, Floats]]:
    """Yield each date with P(s | D) under every draw, (K, S + 1)."""
    drawn, reading_of = distinct_readings(tracker, rows, nodes, predictions)
    weighing = weighing_of(tracker)
    at = rows.drop_duplicates(KEYS)
    for day in days:
        chosen = reading_of[np.flatnonzero((at["as_of"].dt.date == day).to_numpy())]
        yield day, drawn_probabilities(drawn, chosen, weighing)


def weighing_of(tracker: TrackerModel) -> Weighing:
    """Return how a tracker weighs its evidence."""
    groups = sorted(tracker.rho)
    return Weighing(
        group=np.array([groups.index(tracker.groups[name]) for name in tracker.model.indicator_ids]),
        rho=np.array([tracker.rho[name] for name in groups]),
        prior=np.array([tracker.priors[name] for name in (*tracker.model.scenario_ids, "other")]),
        evidence_weight=tracker.evidence_weight,
        defining_weight=tracker.defining_weight,
    )


def distinct_readings(
    tracker: TrackerModel, rows: "pd.DataFrame", nodes: "pd.DataFrame", predictions: Rows
) -> tuple[DrawnReadings, Any]:
    """Return the distinct readings under every draw, and which one each date and indicator has, (A,)."""
    model = tracker.model
    quantiles, shares = completeness_of(tracker, model, rows, nodes)
    said = rows[SAID].assign(mean_completeness=(quantiles * shares).sum(axis=1).round(12))
    code = said.groupby(list(said.columns), dropna=False, sort=False).ngroup().to_numpy()
    reading = rows.groupby(KEYS, sort=False).ngroup().to_numpy()
    row_links = zip(code, rows["position"], rows["pool_weight"].round(12), rows["reliability"].round(12), strict=True)
    links: dict[int, list[Any]] = {}
    for number, link in zip(reading, row_links, strict=True):
        links.setdefault(int(number), []).append(link)
    signatures = [tuple(sorted(links[number])) for number in range(len(links))]
    places = {signature: place for place, signature in enumerate(dict.fromkeys(signatures))}
    of_date = np.array([places[signature] for signature in signatures])
    _, first = np.unique(of_date, return_index=True)
    used = np.flatnonzero(np.isin(reading, first))
    part = rows.iloc[used].reset_index(drop=True)
    index = np.array([places[signatures[number]] for number in reading[used]])
    pool, indicator, is_defining = pool_of(model, part, index, len(places))
    observed = observations_of(tracker, part, (quantiles[used], shares[used]))
    moves = Moves(tracker.settings["simulation"]["seed"], DRAWS)
    return drawn_readings(model, predictions, observed, pool, (indicator, is_defining), moves), of_date
