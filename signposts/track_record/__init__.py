"""The track record: scenario sets whose end is known, run as of each of their dates through the ordinary stages.

Belongs here: running the stages over a folder of resolved trackers in one pass, and the rows of the tables that follow.
Not here: the scores (scoring/resolved.py), other constants (constants.py), the page (cli/track_record.py), or anything
about one particular set.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts import gather, observe
from signposts.assess.models import TrackerModel, observations_of, tracker_models
from signposts.assess.tables import write_probabilities
from signposts.catalogue import load_catalogue
from signposts.errors import InputError
from signposts.scoring import resolved
from signposts.scoring.arrays import Floats
from signposts.scoring.fans import fan_quantiles
from signposts.scoring.predictive import log_density
from signposts.scoring.resolved import ResolvedSet
from signposts.track_record.constants import Readings, constant_rows
from signposts.track_record.outside import making_rows, outside_rows
from signposts.warehouse import Warehouse, load_sql

if TYPE_CHECKING:
    import pandas as pd

MOST_DATES = 24
OUTCOMES = "outcomes.csv"
METHOD = "method"
NEAREST = {"nearest_80": 0.8, "nearest_60": 0.6}
"""Baselines by the share that the nearest scenario gets."""
SEED = 20250117
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a set: its family, the scenario that came closest, and how clearly."""

    family: str
    closest: str
    verdict: str


@dataclass(frozen=True)
class TrackRecord:
    """The resolved sets, and the rows of the tables that say how the method did on them."""

    sets: Sequence[ResolvedSet]
    outcomes: Mapping[str, Outcome]
    trackers: Mapping[str, TrackerModel]
    set_rows: Rows
    score_rows: Rows
    curve_rows: Rows
    reliability_rows: Rows
    constant_rows: Rows
    outside_rows: Rows
    """Not kept as a table: what `other` could say at most of each set that ended outside every scenario."""
    making_rows: Rows
    """Not kept as a table: other makings of `other`."""
    left_out: Sequence[str] = ()
    """Sets of which no reading can be scored."""


def read_outcomes(path: Path) -> dict[str, Outcome]:
    """Return what came of each set: columns set_id, family, scenario_id, closest, verdict."""
    if not path.is_file():
        raise InputError(f"{path} is not a file; it must say which scenario of each set came closest")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["closest"] == "yes"]
    return {row["set_id"]: Outcome(row["family"], row["scenario_id"], row["verdict"]) for row in rows}


def run_track_record(root: Path, warehouse: Warehouse, only: Sequence[str] = ()) -> TrackRecord:
    """Run every resolved set of a folder in one pass of an empty warehouse, and score what was said.

    Raises:
        InputError: the folder holds no tracker, a tracker whose outcome is not known, or no reading that can be scored.
    """
    outcomes = read_outcomes(root / OUTCOMES)
    catalogue = load_catalogue(root, only)
    unknown = [tracker.tracker_id for tracker in catalogue.trackers if tracker.tracker_id not in outcomes]
    if unknown:
        raise InputError(f"{root / OUTCOMES} says nothing of {unknown[0]}; add a row for each of its scenarios")
    now = datetime.now(UTC)
    with warehouse.connect():
        warehouse.ensure_tables()
        gather.write_catalogue(warehouse, catalogue)
        observe.append_versions(warehouse)
        observe.hold_versions(warehouse)
        warehouse.build_table("observe/claim")
        warehouse.build_table("track_record/as_of_date", dates=MOST_DATES)
        observe.make_readings(warehouse, now)
        write_probabilities(warehouse)
        trackers = {tracker.tracker_id: tracker for tracker in tracker_models(warehouse)}
        all_sets = [_resolved_set(warehouse, tracker, outcomes[name]) for name, tracker in trackers.items()]
        scored = warehouse.query(load_sql("assess/scored_observation"))
    sets = [resolved_set for resolved_set in all_sets if len(resolved_set.days)]
    if not sets:
        raise InputError(f"{root}: no reading of any set can be scored; `signposts check` says what each one lacks")
    readings = []
    for resolved_set in sets:
        rows = scored[scored["tracker_id"] == resolved_set.set_id].reset_index(drop=True)
        readings.append(Readings(trackers[resolved_set.set_id], resolved_set, rows))
    return TrackRecord(
        sets=sets,
        outcomes=outcomes,
        trackers=trackers,
        set_rows=[
            _set_row(resolved_set, trackers[resolved_set.set_id], outcomes[resolved_set.set_id])
            for resolved_set in sets
        ],
        score_rows=list(score_rows(sets)),
        curve_rows=[row for resolved_set in sets for row in _curve_rows(resolved_set, trackers[resolved_set.set_id])],
        reliability_rows=list(reliability_rows(sets)),
        constant_rows=[] if only else list(constant_rows(readings)),
        outside_rows=list(outside_rows(readings)),
        making_rows=list(making_rows(readings)),
        left_out=[resolved_set.set_id for resolved_set in all_sets if not len(resolved_set.days)],
    )


def write_tables(warehouse: Warehouse, record: TrackRecord) -> None:
    """Replace the tables of the track record, from which the next release takes them."""
    with warehouse.connect():
        warehouse.write_rows("resolved_set", record.set_rows)
        warehouse.write_rows("resolved_score", record.score_rows)
        warehouse.write_rows("resolved_curve", record.curve_rows)
        warehouse.write_rows("resolved_reliability", record.reliability_rows)
        warehouse.write_rows("resolved_constant", record.constant_rows)


# ------------------------------------------------------------------ one set, from the tables


def _resolved_set(warehouse: Warehouse, tracker: TrackerModel, outcome: Outcome) -> ResolvedSet:
    """Return one set's probabilities, distances and reading gains by date."""
    names = (*tracker.model.scenario_ids, "other")
    if outcome.closest not in names:
        raise InputError(f"{tracker.tracker_id}: {OUTCOMES} names a scenario {outcome.closest!r} that it does not have")
    rows = warehouse.rows(
        "select as_of, scenario_id, posterior from scenario_probability where tracker_id = $tracker and variant = "
        "'headline' order by as_of",
        tracker=tracker.tracker_id,
    )
    days = sorted({row["as_of"] for row in rows})
    probability = np.zeros((len(days), len(names)))
    for row in rows:
        probability[days.index(row["as_of"]), names.index(row["scenario_id"])] = row["posterior"]
    (settings,) = warehouse.rows(
        "select registered_on from tracker where tracker_id = $tracker", tracker=tracker.tracker_id
    )
    observations = warehouse.query(
        "from observation where tracker_id = $tracker and scored order by as_of, indicator_id, observation_id",
        tracker=tracker.tracker_id,
    )
    return ResolvedSet(
        set_id=tracker.tracker_id,
        family=outcome.family,
        days=np.array([day.toordinal() for day in days]),
        published=settings["registered_on"].toordinal(),
        probability=probability,
        distance=_distances(tracker, observations, days),
        closest=names.index(outcome.closest),
        ended_outside=outcome.verdict == "none",
        reading_gain=_reading_gains(tracker, observations, days, probability),
    )


def _by_day(observations: "pd.DataFrame", days: Sequence[date]) -> list["pd.DataFrame"]:
    """Return the observations of each date."""
    at = observations["as_of"].dt.date
    return [observations[at == day].reset_index(drop=True) for day in days]


def _distances(tracker: TrackerModel, observations: "pd.DataFrame", days: Sequence[date]) -> Floats:
    """Return each scenario's mean distance from the readings of each date, shape (D, S); on the predictions' scale."""
    model = tracker.model
    result = np.full((len(days), model.n_scenarios), np.nan)
    for place, part in enumerate(_by_day(observations, days)):
        if part.empty:
            continue
        observed = observations_of(tracker, part)
        middle = fan_quantiles(model, observed.indicator, observed.time, np.array([0.5]))[:, :, 0]
        linear = model.parameters["linear"][observed.indicator] > 0
        value = np.broadcast_to(observed.value[:, None], middle.shape)
        with np.errstate(invalid="ignore", divide="ignore"):
            gap = np.abs(np.where(linear, value - middle, np.log(value) - np.log(middle)))
        result[place] = gap.mean(axis=0)
    return result


def _reading_gains(
    tracker: TrackerModel, observations: "pd.DataFrame", days: Sequence[date], probability: Floats
) -> Floats:
    """Return what the odds of the date before added to the log density of each date's new readings, shape (D,)."""
    model = tracker.model
    result = np.full(len(days), np.nan)
    earlier_keys: set[tuple[str, str]] = set()
    for place, part in enumerate(_by_day(observations, days)):
        keys = list(zip(part["indicator_id"], part["observation_id"], strict=True))
        fresh = [row for row, key in enumerate(keys) if key not in earlier_keys]
        earlier_keys |= set(keys)
        if not fresh or place == 0:
            continue
        density = log_density(model, observations_of(tracker, part.iloc[fresh].reset_index(drop=True)))
        odds = probability[place - 1][model.hypothesis_scenario] * model.onset_weight
        even = np.append(np.full(model.n_scenarios, 1 / model.n_scenarios), 0.0)
        equal = even[model.hypothesis_scenario] * model.onset_weight
        result[place] = float((_mixed(density, odds) - _mixed(density, equal)).mean())
    return result


def _mixed(log_densities: Floats, weight: Floats) -> Floats:
    """Return the log density of a mixture of hypotheses, shape (n,)."""
    with np.errstate(divide="ignore"):
        result: Floats = np.logaddexp.reduce(log_densities + np.log(weight), axis=1)
    return result


# ------------------------------------------------------------------ rows


def _set_row(resolved_set: ResolvedSet, tracker: TrackerModel, outcome: Outcome) -> dict[str, Any]:
    """Return the row of table resolved_set."""
    led = resolved.time_to_lead(resolved_set)
    return {
        "set_id": resolved_set.set_id,
        "family": resolved_set.family,
        "published_on": date.fromordinal(resolved_set.published),
        "last_reading_on": date.fromordinal(int(resolved_set.days[-1])),
        "n_scenarios": resolved_set.n_named,
        "n_indicators": len(tracker.scored),
        "n_dates": len(resolved_set.days),
        "n_scored_dates": int(resolved_set.scored.sum()),
        "closest": outcome.closest,
        "verdict": outcome.verdict,
        "p_closest_at_end": float(resolved_set.probability[-1, resolved_set.closest]),
        "p_other_at_end": float(resolved_set.probability[-1, -1]),
        "p_other_most": float(resolved_set.probability[:, -1].max()),
        "time_to_lead": None if np.isnan(led) else led,
    }


def rules(resolved_set: ResolvedSet) -> dict[str, Floats]:
    """Return what the method and each baseline says of a set."""
    return {
        METHOD: resolved_set.probability,
        "equal": resolved.equal_odds(resolved_set),
        **{name: resolved.nearest_by_last_value(resolved_set, share) for name, share in NEAREST.items()},
    }


MEASURES = {
    "log_score": resolved.log_score,
    "log_score_of_end": resolved.end_log_score,
    "brier": resolved.brier,
    "hit": resolved.hit,
}
ALL = "all"


def score_rows(sets: Sequence[ResolvedSet]) -> Iterator[dict[str, Any]]:
    """Yield the rows of table resolved_score: each set's, the mean over families with its bootstrap, and the gains."""
    said = [rules(resolved_set) for resolved_set in sets]
    for measure, score in MEASURES.items():
        families = {}
        for rule in said[0]:
            values = [score(resolved_set, by_rule[rule]) for resolved_set, by_rule in zip(sets, said, strict=True)]
            for resolved_set, value in zip(sets, values, strict=True):
                yield _score_row(resolved_set.set_id, resolved_set.family, rule, measure, (value, None, None))
            families[rule] = resolved.by_family(sets, values)
            yield _score_row(ALL, ALL, rule, measure, resolved.bootstrap_interval(families[rule], SEED))
        for rule in families:
            if rule == METHOD:
                continue
            sign = -1 if measure == "brier" else 1
            gain = {family: sign * (families[METHOD][family] - other) for family, other in families[rule].items()}
            yield _score_row(ALL, ALL, rule, f"{measure}:gain_over", resolved.bootstrap_interval(gain, SEED))
            better = float(sum(value > 0 for value in gain.values()))
            yield _score_row(ALL, ALL, rule, f"{measure}:families_better", (better, None, None))
    values = list(map(resolved.next_reading, sets))
    gains = resolved.by_family(sets, values)
    for resolved_set, value in zip(sets, values, strict=True):
        yield _score_row(resolved_set.set_id, resolved_set.family, METHOD, "next_reading", (value, None, None))
    yield _score_row(ALL, ALL, METHOD, "next_reading", resolved.bootstrap_interval(gains, SEED))
    yield _score_row(
        ALL,
        ALL,
        METHOD,
        "next_reading:families_better",
        (float(sum(value > 0 for value in gains.values())), None, None),
    )


def _score_row(
    set_id: str, family: str, rule: str, measure: str, estimate: tuple[float, float | None, float | None]
) -> dict[str, Any]:
    """Return one row of table resolved_score."""
    value, low, high = estimate
    return {
        "set_id": set_id,
        "family": family,
        "rule": rule,
        "measure": measure,
        "value": value,
        "low": low,
        "high": high,
    }


def _curve_rows(resolved_set: ResolvedSet, tracker: TrackerModel) -> Iterator[dict[str, Any]]:
    """Yield the rows of table resolved_curve."""
    nearest = resolved.nearest_by_last_value(resolved_set, NEAREST["nearest_80"])
    scored = resolved_set.scored
    for place, day in enumerate(resolved_set.days):
        for column, name in enumerate((*tracker.model.scenario_ids, "other")):
            yield {
                "set_id": resolved_set.set_id,
                "as_of": date.fromordinal(int(day)),
                "scenario_id": name,
                "posterior": float(resolved_set.probability[place, column]),
                "nearest_80": float(nearest[place, column]),
                "closest": column == resolved_set.closest,
                "scored": bool(scored[place]),
            }


def reliability_rows(sets: Sequence[ResolvedSet]) -> Iterator[dict[str, Any]]:
    """Yield the rows of table resolved_reliability: the method's and the nearest-value rule's."""
    for rule in (METHOD, "nearest_80"):
        for part in resolved.reliability_curve(sets, [rules(resolved_set)[rule] for resolved_set in sets], SEED):
            yield {"rule": rule, **asdict(part)}
