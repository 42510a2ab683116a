"""Trajectories: a path through dated waypoints, on a log or a linear scale, whose spread its own history gives.

Belongs here: all that the scorer asks of a series with a published path. Not here: how a history gives walk and noise
(scoring/history.py). The spread is an estimate from few independent spans, so fans are Student's t with as many
degrees of freedom. On the log scale densities are those of ln y; on the linear scale those of y, which may be negative.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import gammaln, stdtr, stdtrit

from signposts.scoring.arrays import Booleans, Floats
from signposts.scoring.families.base import Cells, Columns, MixedFamily, cells_between, is_interval
from signposts.scoring.families.mixtures import between, bisect, mixed
from signposts.scoring.families.truths import Truths, is_waiting, path_before
from signposts.scoring.families.words import Cases, Table
from signposts.scoring.observations import KIND, Observations, blank_observations, years_since
from signposts.scoring.onsets import before_or_after

if TYPE_CHECKING:
    from signposts.scoring.model import Model
    from signposts.scoring.outcomes import ReadingDesign

CELLS = 96
REACH = 8.0
"""Cells reach this many spreads beyond the outermost mean; the rest is in two open cells."""


def waypoints(t0: date, given: Mapping[str, Any]) -> Floats:
    """Return years since t0 and level, on the prediction's scale, of the start and the points after it, shape (P, 2).

    A rebased path keeps its published shape and is moved to pass through the start: on the log scale its level times
    start value / published value at the start date.
    """
    linear = given.get("scale") == "linear"
    start = given["start"]
    start_time = years_since(t0, start["date"])
    start_level = _level(float(start["value"]), linear)
    published = sorted(
        (years_since(t0, day), _level(float(value), linear)) for day, value in given["waypoints"].items()
    )
    time, level = np.array(published).T
    if given.get("rebase"):
        level = level - np.interp(start_time, time, level) + start_level
    later = time > start_time
    if not later.any():
        raise ValueError("no waypoint is later than the start")
    return np.stack([np.append(start_time, time[later]), np.append(start_level, level[later])], axis=1)


def _level(value: float, linear: bool) -> float:
    """Return a value on the scale."""
    return value if linear else math.log(value)


class Trajectory(MixedFamily):
    """A published path, straight between its waypoints and held after the last: type trajectory."""

    name = "trajectory"
    types = ("trajectory",)
    kinds = ("value", "interval")
    parameters = ("start_time", "walk", "noise", "floor", "degrees", "linear")
    figure = "fan"
    probe = "value"

    def parse(self, t0: date, kind: str, given: Mapping[str, Any]) -> dict[str, float]:
        """Return start and spread; the path itself is in `waypoints`."""
        sigma = given["sigma"]
        return {
            "start_time": years_since(t0, given["start"]["date"]),
            "linear": float(given.get("scale") == "linear"),
            **{name: float(sigma[name]) for name in ("walk", "noise", "floor", "degrees")},
        }

    def words(self, cases: Cases) -> Table:
        """Return the rows of the table of status words for values."""
        return cases.value_table()

    def columns(self, model: Model, observations: Observations) -> Columns:
        """Return location, scale and degrees of freedom of every column on the prediction's scale.

        Variance walk^2 D + 2 noise^2 + floor^2, D years since the start: both the start and the reading jitter. The
        yardstick has `yardstick_spread` times the root of the mean variance and the variance between the paths.
        """
        indicator = observations.indicator
        number = {name: model.parameters[name][indicator] for name in self.parameters}
        speaks = model.speaks[indicator]
        mean = self._paths(model, observations)
        years = np.maximum(observations.time[:, None] - number["start_time"], 0.0)
        variance = number["walk"] ** 2 * years + 2 * number["noise"] ** 2 + number["floor"] ** 2
        count = np.maximum(speaks.sum(axis=1), 1)
        mean_variance = np.where(speaks, variance, 0.0).sum(axis=1) / count
        centre = np.where(speaks, mean, 0.0).sum(axis=1) / count
        apart = np.where(speaks, (mean - centre[:, None]) ** 2, 0.0).sum(axis=1) / count
        wide = model.yardstick_spread**2 * (mean_variance + apart)
        if model.shared_sd:
            variance = np.broadcast_to(mean_variance[:, None], variance.shape)
        least = np.where(speaks, number["degrees"], np.inf).min(axis=1)
        return Columns(
            *(
                before_or_after(model, observations, np.concatenate([scenarios, other[:, None]], axis=1))
                for scenarios, other in ((mean, centre), (np.sqrt(variance), np.sqrt(wide)), (number["degrees"], least))
            )
        )

    def _paths(self, model: Model, observations: Observations) -> Floats:
        """Return each scenario's level at each observation, shape (n, S); NaN where it is silent."""
        points = model.waypoints
        level = np.full((len(observations), model.n_scenarios), math.nan)
        for indicator in np.unique(observations.indicator):
            rows = np.flatnonzero(observations.indicator == indicator)
            for scenario in np.flatnonzero(~np.isnan(points[indicator, :, 0, 0])):
                time, levels = points[indicator, scenario].T
                level[rows, scenario] = np.interp(observations.time[rows], time, levels)
        return level

    def _linear(self, model: Model, observations: Observations) -> Booleans:
        """Return which observations are read on the linear scale."""
        is_linear: Booleans = np.nanmax(model.parameters["linear"][observations.indicator], axis=1) > 0
        return is_linear

    def _on_scale(self, model: Model, observations: Observations, values: Floats) -> Floats:
        """Return values on the predictions' scale, shape (n, 1)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled: Floats = np.where(self._linear(model, observations), values, np.log(values))
        return scaled[:, None]

    def _ends(self, model: Model, observations: Observations) -> tuple[Floats, Floats]:
        """Return both ends on the scale; an open end is infinite, a value has two equal ends."""
        interval = is_interval(observations)
        low = np.where(interval, observations.value_low, observations.value)
        high = np.where(interval, observations.value_high, observations.value)
        below, above = (self._on_scale(model, observations, end) for end in (low, high))
        return np.where(np.isnan(below), -np.inf, below), np.where(np.isnan(above), np.inf, above)

    def column_log_density(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the log density of each column, shape (n, C)."""
        value = self._on_scale(model, observations, observations.value)
        location, scale, degrees = columns.first, columns.second, columns.third
        z = (value - location) / scale
        result: Floats = (
            gammaln((degrees + 1) / 2)
            - gammaln(degrees / 2)
            - 0.5 * np.log(degrees * math.pi)
            - np.log(scale)
            - (degrees + 1) / 2 * np.log1p(z * z / degrees)
        )
        interval = is_interval(observations)
        if interval.any():
            low, high = self._ends(model, observations)
            below, above = (_cdf(end, columns) for end in (low, high))
            with np.errstate(divide="ignore"):
                result[interval] = np.log(np.maximum(above - below, 0.0))[interval]
        return result

    def column_cdf(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the distribution function of each column, shape (n, C)."""
        low, high = self._ends(model, observations)
        return (_cdf(low, columns) + _cdf(high, columns)) / 2

    def mixture_quantiles(self, model: Model, observations: Observations, weights: Floats, share: Floats) -> Floats:
        """Return the quantiles of the columns mixed with weights (n, C), shape (n, Q)."""
        columns = self.columns(model, observations)
        location, scale, degrees = (part[:, :, None] for part in (columns.first, columns.second, columns.third))

        def single(q: Floats, c: int) -> Floats:
            return np.asarray(location[:, c] + scale[:, c] * stdtrit(degrees[:, c], q))

        def cdf(x: Floats) -> Floats:
            return mixed(weights, lambda at, c: stdtr(degrees[:, c], (at - location[:, c]) / scale[:, c]), x)

        quantile = bisect(*between(single, weights, share), share, cdf)
        return np.where(self._linear(model, observations)[:, None], quantile, np.exp(quantile))

    def cells(self, model: Model, design: ReadingDesign) -> Cells:
        """Cut the scale evenly over all hypotheses' reach."""
        ones = np.ones(len(design.indicator))
        probe = blank_observations(design.indicator, KIND["value"], design.time, value=ones)
        columns = self.columns(model, probe)
        least = np.nanmin(columns.first - REACH * columns.second, axis=1)
        most = np.nanmax(columns.first + REACH * columns.second, axis=1)
        steps = np.linspace(least, most, CELLS + 1, axis=1)
        linear = self._linear(model, probe)[:, None]
        edges = np.where(linear, steps, np.exp(np.where(linear, 0.0, steps)))
        mass = cells_between(self, model, design, edges)
        lowest, highest = np.where(linear, -np.inf, 0.0), np.full(linear.shape, np.inf)
        return mass, np.concatenate([lowest, edges], axis=1), np.concatenate([edges, highest], axis=1)

    def sample(self, model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
        """Draw how wrong the estimated spread is, then the walk and the two errors with the spread that is right."""
        scenario = np.where(is_waiting(model, truths), path_before(model, truths), truths.scenario)
        number = {name: model.parameters[name][truths.indicator, scenario] for name in self.parameters}
        probe = blank_observations(truths.indicator, KIND["value"], truths.time)
        level = self._paths(model, probe)[np.arange(len(scenario)), scenario]
        years = np.maximum(truths.time - number["start_time"], 0.0)
        stretch = np.sqrt(number["degrees"] / generator.chisquare(number["degrees"]))
        walk, start, reading, rounding = generator.standard_normal((4, len(level)))
        moved = number["walk"] * np.sqrt(years) * walk + number["noise"] * (start + reading)
        drawn = level + stretch * (moved + number["floor"] * rounding)
        linear = number["linear"] > 0
        return np.where(linear, drawn, np.exp(np.where(linear, 0.0, drawn)))


def _cdf(x: Floats, columns: Columns) -> Floats:
    """Return the distribution function of each column at x (n, 1)."""
    result: Floats = stdtr(columns.third, (x - columns.first) / columns.second)
    return result
