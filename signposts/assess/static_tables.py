"""What follows from the catalogue and the date alone: fans, what readings to come would tell, when we will know.

Belongs here: tables that no claim changes, so that a run with news need not make them again. Not here: what looks
ahead from the readings at hand (foresight.py).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.assess.models import TrackerModel
from signposts.assess.verdicts import named_prior
from signposts.scoring.arrays import Floats
from signposts.scoring.families import FAMILIES
from signposts.scoring.fans import fan_quantiles
from signposts.scoring.information import diagnosticity, silence_dates
from signposts.scoring.observations import DAYS_PER_YEAR
from signposts.scoring.simulation import Correlation, outlook

if TYPE_CHECKING:
    import pandas as pd

FAN_SHARES = {"p05": 0.05, "p10": 0.10, "p50": 0.50, "p90": 0.90, "p95": 0.95}
NUMERIC_FAMILIES = ("lognormal", "beta", "rate", "trajectory")
SILENCE = {"behind": "event_behind", "contradicted": "event_contradicted"}
"""What an expected event becomes while nothing is seen of it, with the threshold that says when."""
LATEST_YEARS = 25.0

Rows = list[dict[str, Any]]


def fans(trackers: Iterable[TrackerModel], as_of: date) -> "pd.DataFrame":
    """Return rows of table fan: percentiles of each scenario, onset summed out, at year ends and the as-of date."""
    import pandas as pd

    parts = [_tracker_fans(tracker, fan_dates(tracker, as_of)) for tracker in trackers]
    return pd.concat(parts, ignore_index=True)


def fan_dates(tracker: TrackerModel, as_of: date) -> list[date]:
    """Return the dates that fans are drawn at: year ends from before t0 to the horizon, and the as-of date."""
    ends = [date(year, 12, 31) for year in range(tracker.t0.year - 1, tracker.horizon_end.year + 1)]
    return sorted({*ends, as_of})


def _tracker_fans(tracker: TrackerModel, dates: list[date]) -> "pd.DataFrame":
    """Return the fans of one tracker's numeric indicators; a fan begins where its predictions start."""
    import pandas as pd

    model = tracker.model
    families = [FAMILIES.index(name) for name in NUMERIC_FAMILIES]
    numeric = np.flatnonzero(np.isin(model.family, families))
    indicator = np.repeat(numeric, len(dates))
    day = np.tile(np.array(dates, dtype="datetime64[D]"), len(numeric))
    time = np.array([tracker.years(when) for when in dates])[None, :].repeat(len(numeric), axis=0).ravel()
    starts = model.parameters["start_time"][indicator]
    begins = np.where(np.isnan(starts), model.exposure_start[indicator][:, None], starts).min(axis=1)
    rows = np.flatnonzero(time > begins)
    shares = np.array(list(FAN_SHARES.values()))
    quantiles = fan_quantiles(model, indicator[rows], time[rows], shares)
    n_named = model.n_scenarios
    names = np.array(model.indicator_ids, dtype=object)[indicator[rows]]
    frame = pd.DataFrame(
        {
            "tracker_id": tracker.tracker_id,
            "indicator_id": np.repeat(names, n_named),
            "scenario_id": np.tile(np.array(model.scenario_ids, dtype=object), len(rows)),
            "date": np.repeat(day[rows], n_named),
        }
        | {name: quantiles[:, :, position].ravel() for position, name in enumerate(FAN_SHARES)}
    )
    return frame[frame["p50"].notna()]


def votes_by(now: Mapping[str, int | None], names: Iterable[str], growth: Floats | float) -> Floats:
    """Return the votes that each indicator will have, growing in proportion to time; NaN where it is no k of n."""
    votes = np.array([now.get(name) or np.nan for name in names], dtype=np.float64)
    grown: Floats = np.maximum(np.round(votes * growth), 1.0)
    return grown


def diagnosticity_rows(tracker: TrackerModel, as_of: date, votes: Mapping[str, int | None]) -> Rows:
    """Return the information a reading of each scored indicator would carry at the as-of date and later.

    ``votes`` gives n of each indicator that is read as k of n: a share of few votes tells less than the share itself.
    """
    names = tracker.scored_in_order()
    indicator = tracker.model.indicator_index(names)
    rows: Rows = []
    for years in tracker.settings["diagnosticity_years"]:
        time = tracker.years(as_of) + years
        to_come = votes_by(votes, names, time / tracker.years(as_of))
        bits = diagnosticity(tracker.model, named_prior(tracker), indicator, np.full(len(names), time), to_come)
        rows += [
            {
                "tracker_id": tracker.tracker_id,
                "indicator_id": name,
                "date": tracker.t0 + timedelta(days=round(time * DAYS_PER_YEAR)),
                "years_ahead": years,
                "bits": value,
            }
            for name, value in zip(names, bits.tolist(), strict=True)
        ]
    return rows


def silence_rows(tracker: TrackerModel) -> Rows:
    """Return when silence makes an expected event behind, then contradicted: years since t0, as far as it does."""
    model = tracker.model
    scored = model.indicator_index(tracker.scored_in_order())
    indicator = scored[model.family[scored] == FAMILIES.index("event")]
    expected = model.parameters["p"][indicator] >= 0.5
    rows: Rows = []
    for word, threshold in SILENCE.items():
        when = silence_dates(model, indicator, tracker.settings["thresholds"][threshold], LATEST_YEARS)
        rows += [
            {
                "tracker_id": tracker.tracker_id,
                "indicator_id": model.indicator_ids[indicator[position]],
                "scenario_id": model.scenario_ids[column],
                "becomes": word,
                "years": float(when[position, column]),
            }
            for position, column in zip(*np.nonzero(expected & ~np.isnan(when)), strict=True)
        ]
    return rows


def outlook_rows(tracker: TrackerModel, first_year: int) -> Rows:
    """Return when we will know: one row a year end from the first year to the horizon (5.6)."""
    settings, simulation = tracker.settings, tracker.settings["simulation"]
    names, groups = tracker.scored_in_order(), sorted(tracker.rho)
    years = range(first_year, tracker.horizon_end.year + 1)
    rows = outlook(
        tracker.model,
        tracker.model.indicator_index(names),
        [tracker.years(date(year, 12, 31)) for year in years],
        prior=np.append(named_prior(tracker), tracker.priors["other"]),
        reliability=np.full(len(names), typical_reliability(settings)),
        group=np.array([groups.index(tracker.groups[name]) for name in names]),
        rho=np.array([tracker.rho[name] for name in groups]),
        evidence_weight=tracker.evidence_weight,
        defining_weight=tracker.defining_weight,
        correlation=Correlation(simulation["global_correlation"], simulation["group_correlation"]),
        settled=settings["thresholds"]["settled"],
        draws=simulation["draws"],
        seed=simulation["seed"],
    )
    return [
        {
            "tracker_id": tracker.tracker_id,
            "year": year,
            "expected_entropy": row.expected_entropy,
            "p_settled_right": row.p_settled_right,
            "p_settled_wrong": row.p_settled_wrong,
            "draws": simulation["draws"],
        }
        for year, row in zip(years, rows, strict=True)
    ]


def typical_reliability(settings: Mapping[str, Any]) -> float:
    """Return r of a usually reliable source with a probably true statement: grade B2."""
    letter, number = settings["reliability"]["letter"], settings["reliability"]["number"]
    return float((letter["B"] * number["2"]) ** 0.5)
