"""Spread of a series read off its own history, before anything is predicted of it.

Belongs here: the mechanical rule that parts a walk from noise. Not here: the fans that use it (families/trajectory.py),
or any judgement about which history to take.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from signposts.scoring.arrays import Floats

Scale = Literal["log", "linear"]
LEAST_VALUES = 6
"""Values below which a walk and noise cannot be told apart."""
LONGEST_LAG = 5
LEAST_WALK_SHARE = 0.1
"""Of the mean squared one-step change, the least share that is taken to be walk."""
LOG_FLOOR = 0.005
"""Standard deviation that every reading on a log scale has, for rounding."""


@dataclass(frozen=True, slots=True)
class HistorySpread:
    """How far a series wanders and how much its readings jitter, on the log or the linear scale."""

    walk: float
    """Standard deviation of the walk, per square root of a year."""
    noise: float
    """Standard deviation of one reading around the walk."""
    floor: float
    """Standard deviation added for rounding."""
    degrees: float
    """Degrees of freedom of the estimate: the spans of `lag` steps that fit into the history without overlap."""
    changes: int
    lag: int
    step: float
    """Median years between readings."""


def spread_from_history(years: Sequence[float], values: Sequence[float], scale: Scale) -> HistorySpread:
    """Return walk and noise of a series, from its mean squared change over one step and over several.

    years (n,) rise; values (n,) are positive on a log scale. With the mean trend taken out, V1 is the mean squared
    change over one step, VL that over L = min(5, n // 3) steps: a walk's grows with L, noise's does not. walk^2 =
    (VL - V1) / ((L - 1) step), at least a tenth of V1 / step; noise^2 = (V1 - walk^2 step) / 2, at least 0.

    Raises:
        ValueError: fewer than six values, years that do not rise, or a value that has no logarithm.
    """
    if len(values) < LEAST_VALUES:
        raise ValueError(f"{len(values)} values; at least {LEAST_VALUES} are needed to part a walk from noise")
    time = np.asarray(years, dtype=np.float64)
    if (np.diff(time) <= 0).any():
        raise ValueError("the dates do not rise: one value a date, the oldest first")
    level = _on_scale(np.asarray(values, dtype=np.float64), scale)
    n_values = len(level)
    lag = min(LONGEST_LAG, n_values // 3)
    step = float(np.median(np.diff(time)))
    trend = (level[-1] - level[0]) / (time[-1] - time[0])
    rest = level - trend * (time - time[0])
    one_step = float(np.mean(np.diff(rest) ** 2))
    several = float(np.mean((rest[lag:] - rest[:-lag]) ** 2))
    walk_variance = max((several - one_step) / ((lag - 1) * step), LEAST_WALK_SHARE * one_step / step)
    noise_variance = max((one_step - walk_variance * step) / 2, 0.0)
    return HistorySpread(
        walk=math.sqrt(walk_variance),
        noise=math.sqrt(noise_variance),
        floor=LOG_FLOOR if scale == "log" else 0.0,
        degrees=(n_values - 1) / lag,
        changes=n_values - 1,
        lag=lag,
        step=step,
    )


def _on_scale(values: Floats, scale: Scale) -> Floats:
    """Return the values, or their logarithms."""
    if scale == "linear":
        return values
    if (values <= 0).any():
        raise ValueError(f"{float(values.min()):g} has no logarithm: use the linear scale")
    logs: Floats = np.log(values)
    return logs
