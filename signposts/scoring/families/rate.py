"""Dated events counted over a span of time (docs/method.md).

Belongs here: counts with a gamma-distributed rate, complete lists and incomplete ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.scoring import densities
from signposts.scoring.arrays import Floats
from signposts.scoring.families.base import (
    Cells,
    Columns,
    MixedFamily,
    interval_ends,
    is_interval,
)
from signposts.scoring.families.mixtures import mixed
from signposts.scoring.families.truths import Truths, number_before, own_number
from signposts.scoring.families.words import Cases, Table
from signposts.scoring.observations import KIND, Observations, blank_observations
from signposts.scoring.onsets import (
    delayed_pairs,
    gather,
    spread_columns,
)

if TYPE_CHECKING:
    from signposts.scoring.model import Model
    from signposts.scoring.outcomes import ReadingDesign

WIDE_RATE_CV = 1.5
MOST_COUNTS = 240


def _exposure(model: Model, observations: Observations) -> tuple[Floats, Floats]:
    """Return the start of counting and the years counted, at least a thousandth of a day."""
    start = np.where(
        np.isnan(observations.exposure_start), model.exposure_start[observations.indicator], observations.exposure_start
    )
    end = np.where(np.isnan(observations.exposure_end), observations.time, observations.exposure_end)
    return start, np.maximum(end - start, 1e-6)


def _mid_distribution(low: Floats, high: Floats, mean: Floats, shape: Floats) -> Floats:
    """Return the mean of P(N < low) and P(N <= high): the mid-PIT of a count where both ends are the same."""
    below = densities.negative_binomial_cdf(np.ceil(low) - 1, mean, shape)
    upto = densities.negative_binomial_cdf(np.where(np.isfinite(high), high, 1e12), mean, shape)
    return (below + upto) / 2


class Rate(MixedFamily):
    """Counts: type rate."""

    name = "rate"
    types = ("rate",)
    kinds = ("value", "interval", "count", "open_count", "none_seen")
    parameters = ("rate_mean", "rate_cv")
    figure = "fan"
    probe = "count"

    def parse(self, t0: date, kind: str, given: Mapping[str, Any]) -> dict[str, float]:
        """Return mean and coefficient of variation of the yearly rate."""
        return {"rate_mean": float(given["mean"]), "rate_cv": float(given["cv"])}

    def words(self, cases: Cases) -> Table:
        """Return the rows of the table of status words for values."""
        return cases.value_table()

    def columns(self, model: Model, observations: Observations) -> Columns:
        """Return mean count over the exposure and shape 1 / cv^2 (docs/method.md, 3.2 and 4.3)."""
        start, exposure = _exposure(model, observations)
        rate, spread = gather(model, observations, "rate_mean"), gather(model, observations, "rate_cv")
        speaks = model.speaks[observations.indicator]
        count = np.maximum(speaks.sum(axis=1, keepdims=True), 1)
        middle = np.exp(np.where(speaks, np.log(np.where(speaks, rate, 1.0)), 0.0).sum(axis=1, keepdims=True) / count)
        rates = spread_columns(model, np.concatenate([rate, middle], axis=1))
        spreads = spread_columns(model, np.concatenate([spread, np.full_like(middle, WIDE_RATE_CV)], axis=1))
        pairs = delayed_pairs(model, observations)
        if len(pairs.row):
            where = (pairs.row, pairs.baseline)
            lost = ~pairs.baseline_speaks
            base_rate = np.where(lost, middle[pairs.row, 0], rate[where])
            base_spread = np.where(lost, WIDE_RATE_CV, spread[where])
            years = exposure[pairs.row]
            before = np.clip(pairs.onset - start[pairs.row], 0.0, years) / years
            delayed = (pairs.row, pairs.scenario)
            rates[pairs.row, pairs.column] = base_rate * before + rate[delayed] * (1 - before)
            spreads[pairs.row, pairs.column] = base_spread * before + spread[delayed] * (1 - before)
        mean = rates * exposure[:, None]
        return Columns(mean, spreads**-2, mean)

    def column_log_density(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the log density of each column, shape (n, C)."""
        count = np.where(observations.kind == KIND["none_seen"], 0.0, observations.value)[:, None]
        interval, open_list = is_interval(observations), observations.kind == KIND["open_count"]
        plain = ~interval & ~open_list
        mean, shape = columns.first, columns.second
        result = np.empty(mean.shape)
        result[plain] = densities.negative_binomial_log_mass(count[plain], mean[plain], shape[plain])
        if open_list.any():
            nodes, weights = observations.completeness[open_list], observations.completeness_weight[open_list]
            result[open_list] = densities.thinned_negative_binomial_log_mass(
                count[open_list], mean[open_list], shape[open_list], nodes, weights
            )
        if interval.any():
            low, high = interval_ends(observations)
            result[interval] = densities.negative_binomial_log_interval(
                low[interval, None], high[interval, None], mean[interval], shape[interval]
            )
        return result

    def column_cdf(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the mid-distribution function of each column, shape (n, C)."""
        low, high = interval_ends(observations)
        none = observations.kind == KIND["none_seen"]
        low, high = (np.where(none, 0.0, end)[:, None] for end in (low, high))
        open_list = observations.kind == KIND["open_count"]
        result = np.empty(columns.first.shape)
        closed = ~open_list
        result[closed] = _mid_distribution(low[closed], high[closed], columns.first[closed], columns.second[closed])
        if open_list.any():
            nodes, weights = observations.completeness[open_list], observations.completeness_weight[open_list]
            count, mean, shape = low[open_list], columns.first[open_list], columns.second[open_list]
            upto = sum(
                weights[:, [node]] * densities.negative_binomial_cdf(count, mean * nodes[:, [node]], shape)
                for node in range(nodes.shape[1])
            )
            mass = np.exp(densities.thinned_negative_binomial_log_mass(count, mean, shape, nodes, weights))
            result[open_list] = upto - mass / 2
        return result

    def mixture_quantiles(self, model: Model, observations: Observations, weights: Floats, share: Floats) -> Floats:
        """Return the quantiles of the columns mixed with weights (n, C), shape (n, Q)."""
        columns = self.columns(model, observations)
        mean, shape = columns.first[:, :, None], columns.second[:, :, None]

        def reach(count: Floats) -> Floats:
            return mixed(weights, lambda n, c: densities.negative_binomial_cdf(n, mean[:, c], shape[:, c]), count)

        # NaN weights nothing: a silent row keeps its bracket
        silent = np.asarray(~(weights > 0).any(axis=1))
        high = np.ones(share.shape)
        short = (reach(high) < share) & ~silent[:, None]
        while short.any() and high.max() < 1e9:
            high = np.where(short, 2 * high, high)
            short = (reach(high) < share) & ~silent[:, None]
        low = np.full(share.shape, -1.0)
        while (high - low > 1).any():
            middle = np.floor((low + high) / 2)
            under = reach(middle) < share
            wide = high - low > 1
            low, high = np.where(wide & under, middle, low), np.where(wide & ~under, middle, high)
        return np.where(silent[:, None], math.nan, high)

    def cells(self, model: Model, design: ReadingDesign) -> Cells:
        """List counts from 0 to beyond what any hypothesis expects, and one open cell above."""
        indicator, time, start = design.indicator, design.time, design.exposure_start
        probe = blank_observations(indicator, KIND["count"], time, value=np.zeros(len(indicator)), exposure_start=start)
        columns = self.columns(model, probe)
        spread = np.sqrt(columns.first + columns.first**2 / columns.second)
        top = int(min(MOST_COUNTS, math.ceil(np.nanmax(columns.first + 6 * spread)) + 4))
        counts = np.broadcast_to(np.arange(top + 1.0), (len(indicator), top + 1))
        listed = blank_observations(
            np.repeat(indicator, top + 1),
            np.repeat(np.where(design.is_open, KIND["open_count"], KIND["count"]), top + 1),
            np.repeat(time, top + 1),
            value=counts.ravel(),
            exposure_start=np.repeat(start, top + 1),
            exposure_end=np.repeat(time, top + 1),
        )
        observations = replace(
            listed,
            completeness=np.repeat(design.completeness, top + 1, axis=0),
            completeness_weight=np.repeat(design.completeness_weight, top + 1, axis=0),
        )
        mass = self.masses(model, observations, columns.repeated(top + 1), len(indicator))
        rest = np.maximum(1 - mass.sum(axis=1, keepdims=True), 0.0)
        low = np.concatenate([counts, np.full((len(indicator), 1), top + 1.0)], axis=1)
        high = np.concatenate([counts, np.full((len(indicator), 1), np.inf)], axis=1)
        return np.concatenate([mass, rest], axis=1), low, high

    def sample(self, model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
        """Draw a rate from a gamma distribution and count at it; before the onset at the baseline's, in proportion."""
        start = model.exposure_start[truths.indicator]
        years = np.maximum(truths.time - start, 1e-6)
        share = np.where(truths.onset > 0, np.clip((truths.onset - start) / years, 0.0, 1.0), 0.0)
        mean, spread = (
            share * number_before(model, truths, name) + (1 - share) * own_number(model, truths, name)
            for name in ("rate_mean", "rate_cv")
        )
        rate = generator.gamma(spread**-2, mean * spread**2)
        return generator.poisson(rate * years).astype(np.float64)
