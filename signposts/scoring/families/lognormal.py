"""Log-normal predictions: a path to a target, a drift, a range that is settled into (docs/method.md).

Belongs here: all that the scorer asks of a positive value. Densities are those of ln y, so that units do
not matter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from signposts.scoring import densities
from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.families.base import (
    Cells,
    Columns,
    MixedFamily,
    cells_between,
    interval_ends,
    is_interval,
)
from signposts.scoring.families.mixtures import between, bisect, mixed
from signposts.scoring.families.truths import Truths, path_before
from signposts.scoring.families.words import Cases, Table
from signposts.scoring.observations import KIND, Observations, blank_observations, direction, years_since
from signposts.scoring.onsets import (
    Delayed,
    delayed_pairs,
    spread_columns,
)

if TYPE_CHECKING:
    from signposts.scoring.model import Model
    from signposts.scoring.outcomes import ReadingDesign

_PROCESS = ("slope", "length", "sigma", "drift_sd", "reversion", "long_run_mean", "long_run_variance")
CELLS = 96
REACH = 4.5
"""Cells reach this many standard deviations beyond the outermost mean; the rest is in two open cells."""
STEPS = 40
"""Steps in which a growth path is walked."""


def _process(parameters: dict[str, Floats], log_start: Floats, years: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance on the log scale after `years` from log_start, observation error left aside (3.2)."""
    trend = log_start + parameters["slope"] * np.minimum(years, parameters["length"])
    spread = parameters["sigma"] ** 2 * years + (parameters["drift_sd"] * years) ** 2
    reverts = ~np.isnan(parameters["reversion"])
    if not reverts.any():
        return trend, spread
    decay = np.exp(-np.where(reverts, parameters["reversion"], 0.0) * years)
    pulled = parameters["long_run_mean"] + (log_start - parameters["long_run_mean"]) * decay
    settled = parameters["long_run_variance"] * (1 - decay**2)
    return np.where(reverts, pulled, trend), np.where(reverts, settled, spread)


def _years(start: Floats, time: Floats) -> Floats:
    return np.maximum(time - start, 0.0)


def _walk(
    model: Model, indicator: Integers, scenario: Integers, level: Floats, years: Floats, generator: np.random.Generator
) -> Floats:
    """Return the log level after so many years of one scenario's motion."""
    value = {
        name: model.parameters[name][indicator, scenario]
        for name in ("slope", "length", "sigma", "drift_sd", "reversion", "long_run_mean", "long_run_variance")
    }
    reverts = model.type[indicator, scenario] == model.type_names.index("range")
    years = np.maximum(years, 0.0)
    step = years / STEPS
    luck = np.nan_to_num(value["drift_sd"]) * generator.standard_normal(len(level))
    for number in range(STEPS):
        shock = generator.standard_normal(len(level))
        trending = np.clip(value["length"] - number * step, 0.0, step)
        moved = level + value["slope"] * trending + luck * step + value["sigma"] * np.sqrt(step) * shock
        keep = np.exp(-np.where(reverts, value["reversion"], 0.0) * step)
        pull = np.where(reverts, value["long_run_mean"], 0.0)
        spread = np.sqrt(np.where(reverts, value["long_run_variance"], 0.0) * (1 - keep**2))
        level = np.where(reverts, pull + (level - pull) * keep + spread * shock, moved)
    return level


class LogNormal(MixedFamily):
    """Values on a log scale: types path, drift and range."""

    name = "lognormal"
    types = ("path", "drift", "range")
    kinds = ("value", "interval", "nowcast")
    parameters = (
        "start_time",
        "log_start",
        "start_sd",
        "sigma",
        "drift_sd",
        "slope",
        "length",
        "long_run_mean",
        "long_run_variance",
        "reversion",
        "due",
        "toward",
    )
    figure = "fan"
    probe = "value"

    def parse(self, t0: date, kind: str, given: Mapping[str, Any]) -> dict[str, float]:
        """Return start, slope and spread on the log scale, times as years since t0."""
        start = given["start"]
        start_time, log_start = years_since(t0, start["date"]), math.log(float(start["value"]))
        numbers = {
            "start_time": start_time,
            "log_start": log_start,
            "start_sd": float(start.get("start_sd") or given.get("start_sd") or 0.0),
            "sigma": float(given.get("sigma") or 0.0),
            "drift_sd": float(given.get("drift_sd") or 0.0),
            "slope": 0.0,
            "length": math.inf,
            "toward": float(direction(given.get("toward"))),
        }
        if kind == "path":
            target = given["target"]
            numbers["due"] = years_since(t0, target["date"])
            numbers["length"] = numbers["due"] - start_time
            numbers["slope"] = (math.log(float(target["value"])) - log_start) / numbers["length"]
        elif kind == "drift":
            numbers["slope"] = math.log1p(float(given["annual_change"]))
        else:
            low, high = math.log(float(given["lo"])), math.log(float(given["hi"]))
            numbers["due"] = years_since(t0, given["reach_by"])
            numbers["long_run_mean"] = (low + high) / 2
            numbers["long_run_variance"] = ((high - low) / (2 * float(ndtri((1 + float(given["coverage"])) / 2)))) ** 2
            numbers["reversion"] = 3 / (numbers["due"] - start_time)
        if not numbers["toward"]:
            numbers["toward"] = math.copysign(1.0, numbers["slope"])
        return numbers

    def words(self, cases: Cases) -> Table:
        """Return the rows of the table of status words for values."""
        return cases.value_table()

    def columns(self, model: Model, observations: Observations) -> Columns:
        """Return the parameters of every column at each observation."""
        indicator, time = observations.indicator, observations.time
        parameters = {name: model.parameters[name][indicator] for name in _PROCESS}
        start = model.parameters["start_time"][indicator]
        mean, variance = _process(parameters, model.parameters["log_start"][indicator], _years(start, time[:, None]))
        uncertainty = model.parameters["start_sd"] ** 2
        # a nowcast's own spread holds the uncertainty of its base already
        fixed = model.obs_sd**2 + np.where((observations.kind == KIND["nowcast"])[:, None], 0.0, uncertainty[indicator])
        variance = variance + fixed

        speaks = model.speaks[indicator]
        count = np.maximum(speaks.sum(axis=1), 1)
        mean_variance = np.where(speaks, variance, 0.0).sum(axis=1) / count
        centre = np.where(speaks, mean, 0.0).sum(axis=1) / count
        between = np.where(speaks, (mean - centre[:, None]) ** 2, 0.0).sum(axis=1) / count
        wide = model.yardstick_spread**2 * (mean_variance + between)
        if model.shared_sd:
            variance = np.broadcast_to(mean_variance[:, None], variance.shape)
        means = spread_columns(model, np.concatenate([mean, centre[:, None]], axis=1))
        variances = spread_columns(model, np.concatenate([variance, wide[:, None]], axis=1))

        pairs = delayed_pairs(model, observations)
        if len(pairs.row):
            late_mean, late_variance = self._onset(model, observations, pairs, fixed)
            keep = pairs.baseline_speaks
            means[pairs.row[keep], pairs.column[keep]] = late_mean[keep]
            if not model.shared_sd:
                variances[pairs.row[keep], pairs.column[keep]] = late_variance[keep]
        sd = np.sqrt(variances + observations.log_sd[:, None] ** 2)
        return Columns(means, sd, sd)

    def _onset(self, model: Model, observations: Observations, pairs: Delayed, fixed: Floats) -> tuple[Floats, Floats]:
        """Return mean and variance of the pairs: the baseline up to the onset, its own motion from there (4.3)."""
        indicator, time = observations.indicator[pairs.row], observations.time[pairs.row]
        base = {name: model.parameters[name][indicator, pairs.baseline] for name in _PROCESS}
        start = model.parameters["start_time"][indicator, pairs.baseline]
        log_start = model.parameters["log_start"][indicator, pairs.baseline]
        baseline_end = np.minimum(time, pairs.onset)
        mean, variance = _process(base, log_start, _years(start, baseline_end))
        late = {name: model.parameters[name][indicator, pairs.scenario] for name in _PROCESS}
        since = np.maximum(time - pairs.onset, 0.0)
        late_mean, late_spread = _process(late, mean, since)
        reverts = ~np.isnan(late["reversion"])
        # a range forgets what came before its onset; a drift carries it along
        carried = np.where(reverts, variance * np.exp(-2 * np.where(reverts, late["reversion"], 0.0) * since), variance)
        is_path = model.type[indicator, pairs.scenario] == model.type_names.index("path")
        unchanged = is_path & (since > 0)
        if unchanged.any():
            path_start = model.parameters["start_time"][indicator, pairs.scenario]
            path_log = model.parameters["log_start"][indicator, pairs.scenario]
            path_mean, path_spread = _process(late, path_log, _years(path_start, time))
            late_mean = np.where(unchanged, path_mean, late_mean)
            late_spread = np.where(unchanged, path_spread, late_spread)
            carried = np.where(unchanged, 0.0, carried)
        before = since <= 0
        error = fixed[pairs.row, np.where(unchanged, pairs.scenario, pairs.baseline)]
        return np.where(before, mean, late_mean), np.where(before, variance, carried + late_spread) + error

    def column_log_density(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the log density of each column, shape (n, C)."""
        with np.errstate(divide="ignore"):
            value = np.log(observations.value)[:, None]
            low = np.log(np.nan_to_num(observations.value_low, nan=0.0))[:, None]
            high = np.log(np.where(np.isnan(observations.value_high), np.inf, observations.value_high))[:, None]
        interval = is_interval(observations)
        result = densities.normal_log_density(value, columns.first, columns.second)
        if interval.any():
            mean, sd = columns.first[interval], columns.second[interval]
            result[interval] = densities.normal_log_mass(low[interval], high[interval], mean, sd)
        return result

    def column_cdf(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the mid-distribution function of each column, shape (n, C)."""
        low, high = interval_ends(observations)
        with np.errstate(divide="ignore"):
            below = densities.normal_cdf(np.log(low)[:, None], columns.first, columns.second)
            above = densities.normal_cdf(np.log(high)[:, None], columns.first, columns.second)
        return (below + above) / 2

    def mixture_quantiles(self, model: Model, observations: Observations, weights: Floats, share: Floats) -> Floats:
        """Return the quantiles of the columns mixed with weights (n, C), shape (n, Q)."""
        columns = self.columns(model, observations)
        mean, sd = columns.first[:, :, None], columns.second[:, :, None]
        low, high = between(lambda q, c: np.asarray(mean[:, c] + sd[:, c] * ndtri(q)), weights, share)

        def cdf(x: Floats) -> Floats:
            return mixed(weights, lambda at, c: densities.normal_cdf(at, mean[:, c], sd[:, c]), x)

        return np.exp(bisect(low, high, share, cdf))

    def cells(self, model: Model, design: ReadingDesign) -> Cells:
        """Cut the log scale evenly over all hypotheses' reach."""
        ones = np.ones(len(design.indicator))
        probe = blank_observations(design.indicator, KIND["value"], design.time, value=ones, log_sd=design.log_sd)
        columns = self.columns(model, probe)
        least = np.nanmin(columns.first - REACH * columns.second, axis=1)
        most = np.nanmax(columns.first + REACH * columns.second, axis=1)
        edges = np.exp(np.linspace(least, most, CELLS + 1, axis=1))
        mass = cells_between(self, model, design, edges)
        zeros, infinite = np.zeros((len(edges), 1)), np.full((len(edges), 1), np.inf)
        return mass, np.concatenate([zeros, edges], axis=1), np.concatenate([edges, infinite], axis=1)

    def sample(self, model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
        """Walk the logarithm in steps: trend or pull, a luck of its own in the slope, and a shock each step."""
        own_path = (model.type[truths.indicator, truths.scenario] == model.type_names.index("path")) & (
            truths.time > truths.onset
        )
        unmoved = (truths.onset == 0) | own_path
        first = np.where(unmoved, truths.scenario, path_before(model, truths))
        start = model.parameters["start_time"][truths.indicator, first]
        change = np.where(unmoved, truths.time, np.minimum(truths.onset, truths.time))
        level = model.parameters["log_start"][truths.indicator, first].copy()
        level = _walk(model, truths.indicator, first, level, np.maximum(change - start, 0.0), generator)
        level = _walk(
            model, truths.indicator, truths.scenario, level, truths.time - np.maximum(change, start), generator
        )
        start_sd = model.parameters["start_sd"][truths.indicator, first]
        error = generator.standard_normal((2, len(level)))
        result: Floats = np.exp(level + start_sd * error[0] + model.obs_sd * error[1])
        return result
