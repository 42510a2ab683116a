"""The numeric fans against history: rolling origins, proper scores, and two naive forecasts to beat.

Belongs here: forecasts of a yearly series from each origin and their scores. Not here: which series (the tables), or
how scenarios are weighed. Everything is on the log scale, as the fans are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]

FORECASTS = ("fan", "last_value", "drift")
LEAST_HISTORY = 4
"""Values an origin needs before it, so that the naive forecasts have three growth rates to learn from."""
BAND = 0.80


@dataclass(frozen=True, slots=True)
class Score:
    """Mean scores of one forecast at one horizon over all origins."""

    forecast: str
    horizon_years: int
    n_forecasts: int
    crps: float
    log_score: float
    coverage_80: float


def normal_crps(observed: Floats, mean: Floats, sd: Floats) -> Floats:
    """Return the continuous ranked probability score of N(mean, sd^2): Gneiting & Raftery 2007, equation 21."""
    z = (observed - mean) / sd
    density = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return sd * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / math.sqrt(math.pi))


def rolling_scores(
    years: Sequence[int],
    values: Sequence[float],
    *,
    sigma: float,
    drift_sd: float,
    obs_sd: float,
    horizons: Sequence[int] = (1, 2, 3),
) -> list[Score]:
    """Return the scores of the three forecasts of a yearly series of positive values, origin by origin.

    fan: centred on the last value, variance sigma^2 h + drift_sd^2 h^2 + obs_sd^2, as the catalogue's fans spread.
    last_value: the same centre, spread learned from the growth rates before the origin. drift: mean growth before the
    origin goes on, same spread, widened by the mean's own error. A gap in the years is no growth rate.
    """
    by_year = {year: math.log(value) for year, value in zip(years, values, strict=True) if value > 0}
    scores = []
    for horizon in horizons:
        pairs = [_forecasts(by_year, origin, horizon, sigma, drift_sd, obs_sd) for origin in sorted(by_year)]
        made = [pair for pair in pairs if pair is not None]
        if made:
            scores += _scores(made, horizon)
    return scores


def _forecasts(
    by_year: dict[int, float], origin: int, horizon: int, sigma: float, drift_sd: float, obs_sd: float
) -> tuple[float, list[tuple[float, float]]] | None:
    """Return what happened and (mean, sd) of each forecast made at the origin; nothing if it cannot be made."""
    history = {year: value for year, value in by_year.items() if year <= origin}
    growth = [value - history[year - 1] for year, value in history.items() if year - 1 in history]
    if len(history) < LEAST_HISTORY or len(growth) < LEAST_HISTORY - 1 or origin + horizon not in by_year:
        return None
    last = by_year[origin]
    spread = max(float(np.std(growth, ddof=1)), obs_sd)
    mean_growth = float(np.mean(growth))
    fan_sd = math.sqrt(sigma**2 * horizon + drift_sd**2 * horizon**2 + obs_sd**2)
    drift_spread = spread * math.sqrt(horizon + horizon**2 / len(growth))
    return by_year[origin + horizon], [
        (last, fan_sd),
        (last, spread * math.sqrt(horizon)),
        (last + mean_growth * horizon, drift_spread),
    ]


def _scores(made: Sequence[tuple[float, list[tuple[float, float]]]], horizon: int) -> list[Score]:
    """Return the mean scores of each forecast over the origins at which it was made."""
    observed = np.array([outcome for outcome, _ in made])
    half_width = float(ndtri((1 + BAND) / 2))
    scores = []
    for position, name in enumerate(FORECASTS):
        mean = np.array([forecasts[position][0] for _, forecasts in made])
        sd = np.array([forecasts[position][1] for _, forecasts in made])
        z = (observed - mean) / sd
        log_density = -0.5 * z * z - np.log(sd) - 0.5 * math.log(2 * math.pi)
        scores.append(
            Score(
                forecast=name,
                horizon_years=horizon,
                n_forecasts=len(made),
                crps=float(np.mean(normal_crps(observed, mean, sd))),
                log_score=float(np.mean(log_density)),
                coverage_80=float(np.mean(np.abs(z) <= half_width)),
            )
        )
    return scores
