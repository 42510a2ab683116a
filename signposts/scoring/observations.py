"""What was observed: one row an observation that is pooled into a reading, as arrays.

Belongs here: the type `Observations`, its kinds, and times as years since t0. Not here: what is expected of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from signposts.scoring.arrays import Floats, Integers

DAYS_PER_YEAR = 365.25
KINDS = ("value", "interval", "nowcast", "count", "open_count", "event", "none_seen", "category", "share_count")
KIND = {name: code for code, name in enumerate(KINDS)}
_NUMBERS = (
    "value",
    "value_low",
    "value_high",
    "trials",
    "exposure_start",
    "exposure_end",
    "happened_from",
    "happened_to",
)


@dataclass(frozen=True)
class Observations:
    """Observations to be scored, one row each: the columns of table observation with dates as years since t0.

    Every array has shape (n,); a column that the kind does not use is NaN.
    """

    indicator: Integers
    kind: Integers
    value: Floats
    value_low: Floats
    value_high: Floats
    category: Integers
    """Index into the indicator's categories; -1 where the kind has none."""
    time: Floats
    """Date the observation refers to."""
    log_sd: Floats
    trials: Floats
    exposure_start: Floats
    exposure_end: Floats
    happened_from: Floats
    happened_to: Floats
    completeness: Floats
    """(n, K) nodes of the share of all events that an incomplete list holds; 1 where it holds all."""
    completeness_weight: Floats
    """(n, K) weights of the nodes; each row sums to 1."""

    def __len__(self) -> int:
        return len(self.indicator)

    def take(self, rows: NDArray[Any] | slice) -> Observations:
        """Return the chosen rows."""
        return Observations(**{name: column[rows] for name, column in vars(self).items()})


def years_since(t0: date, when: date | str | None) -> float:
    """Return years from t0 to a date (days / 365.25); NaN for none."""
    if when is None:
        return math.nan
    if isinstance(when, str):
        when = date.fromisoformat(when)
    if isinstance(when, datetime):
        when = when.date()
    return (when - t0).days / DAYS_PER_YEAR


def years_of_dates(t0: date, dates: NDArray[Any]) -> Floats:
    """Return years from t0 of an array of dates (datetime64 of any unit); NaN where the date is missing."""
    days = (np.asarray(dates, dtype="datetime64[D]") - np.datetime64(t0, "D")).astype("timedelta64[D]")
    missing = np.isnat(days)
    years: Floats = np.where(missing, np.nan, days.astype(np.int64) / DAYS_PER_YEAR)
    return years


def blank_observations(
    indicator: Integers,
    kind: int | Integers,
    time: Floats,
    **columns: Floats,
) -> Observations:
    """Return observations of one kind with every other column empty but those given, each of shape (n,)."""
    indicator = np.asarray(indicator, dtype=np.int64)
    n_rows = len(indicator)
    empty = np.full(n_rows, math.nan)
    numbers = dict.fromkeys(_NUMBERS, empty)
    numbers["log_sd"] = np.zeros(n_rows)
    numbers |= {name: np.asarray(column, dtype=np.float64) for name, column in columns.items() if name != "category"}
    return Observations(
        indicator=indicator,
        kind=np.broadcast_to(np.asarray(kind, dtype=np.int64), (n_rows,)),
        time=np.broadcast_to(np.asarray(time, dtype=np.float64), (n_rows,)),
        category=np.asarray(columns.get("category", np.full(n_rows, -1)), dtype=np.int64),
        completeness=np.ones((n_rows, 1)),
        completeness_weight=np.ones((n_rows, 1)),
        **numbers,
    )


def spoken_date(observations: Observations) -> Floats:
    """Return the last date that each observation speaks about."""
    happened = np.where(observations.kind == KIND["event"], observations.happened_to, math.nan)
    counted = np.where(np.isnan(happened), observations.exposure_end, happened)
    return np.where(np.isnan(counted), observations.time, counted)


def latest_date(observations: Observations) -> float:
    """Return the last date that any of the observations speaks about; t0 where there are none."""
    return float(np.fmax(observations.time, spoken_date(observations)).max(initial=0.0))


def direction(word: Any) -> int:
    """Return 1 for `up`, -1 for `down`, 0 for anything else."""
    return {"up": 1, "down": -1}.get(word, 0)


COMPLETENESS_NODES = 12


def even_completeness(size: int, low: float, high: float) -> tuple[Floats, Floats]:
    """Return nodes and weights of a completeness spread evenly from low to high, each (size, COMPLETENESS_NODES)."""
    points, weights = np.polynomial.legendre.leggauss(COMPLETENESS_NODES)
    shape = (size, COMPLETENESS_NODES)
    return np.broadcast_to(low + (high - low) * (points + 1) / 2, shape), np.broadcast_to(weights / 2, shape)
