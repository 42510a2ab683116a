"""Shares: a threshold passed with a probability, a share around a mean, k of n votes (docs/method.md).

Belongs here: all that the scorer asks of a share between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import betainc, betaincinv

from signposts.scoring import densities
from signposts.scoring.arrays import Booleans, Floats
from signposts.scoring.families.base import (
    Cells,
    Columns,
    MixedFamily,
    cells_between,
    interval_ends,
    is_interval,
)
from signposts.scoring.families.mixtures import between, bisect, mixed
from signposts.scoring.families.truths import Truths, is_waiting, number_before, own_number
from signposts.scoring.families.words import Cases, Table
from signposts.scoring.observations import KIND, Observations, blank_observations
from signposts.scoring.onsets import (
    before_or_after,
    delayed_pairs,
    gather,
    onset_columns,
)

if TYPE_CHECKING:
    from signposts.scoring.model import Model
    from signposts.scoring.outcomes import ReadingDesign

CELLS = 200


class Share(MixedFamily):
    """Beta-distributed shares, and beta-binomial votes: types threshold and share."""

    name = "beta"
    types = ("threshold", "share")
    kinds = ("value", "interval", "share_count")
    parameters = ("beta_a", "beta_b")
    figure = "fan"
    probe = "value"

    def parse(self, t0: date, kind: str, given: Mapping[str, Any]) -> dict[str, float]:
        """Return the two parameters of the beta distribution."""
        concentration = float(given["concentration"])
        if kind == "share":
            mean = float(given["mean"])
        else:
            value, p_beyond = float(given["value"]), float(given["p_beyond"])
            mean = densities.solve_threshold_mean(value, p_beyond, concentration, str(given.get("op", ">=")))
        return {"beta_a": mean * concentration, "beta_b": (1 - mean) * concentration}

    def words(self, cases: Cases) -> Table:
        """Return the rows of the table of status words for values."""
        return cases.value_table()

    def columns(self, model: Model, observations: Observations) -> Columns:
        """Return the parameters of every column at each observation."""
        ones = np.ones((len(observations), 1))
        first = np.concatenate([gather(model, observations, "beta_a"), ones], axis=1)
        second = np.concatenate([gather(model, observations, "beta_b"), ones], axis=1)
        return Columns(first, second, second)

    def column_log_density(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the log density of each column, shape (n, C)."""
        logs = np.empty(columns.first.shape)
        interval, votes = is_interval(observations), observations.kind == KIND["share_count"]
        plain = ~interval & ~votes
        a, b = columns.first, columns.second
        logs[plain] = densities.beta_log_density(observations.value[plain, None], a[plain], b[plain])
        if interval.any():
            low, high = interval_ends(observations, top=1.0)
            logs[interval] = densities.beta_log_mass(
                low[interval, None], high[interval, None], a[interval], b[interval]
            )
        if votes.any():
            logs[votes] = densities.beta_binomial_log_mass(
                observations.value[votes, None], observations.trials[votes, None], a[votes], b[votes]
            )
        return before_or_after(model, observations, logs)

    def column_cdf(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the mid-distribution function of each column, shape (n, C)."""
        low, high = (np.clip(end, 0.0, 1.0)[:, None] for end in interval_ends(observations, top=1.0))
        votes = observations.kind == KIND["share_count"]
        shares = (betainc(columns.first, columns.second, low) + betainc(columns.first, columns.second, high)) / 2
        if votes.any():
            shares[votes] = self._vote_distribution(
                observations.value[votes, None], observations.trials[votes, None], columns, votes
            )
        return before_or_after(model, observations, shares)

    def _vote_distribution(self, count: Floats, trials: Floats, columns: Columns, rows: Booleans) -> Floats:
        """Return P(K < count) + P(K = count) / 2 of the beta-binomial in each column."""
        first, second = columns.first[rows], columns.second[rows]
        total = np.zeros(first.shape)
        for k in range(int(count.max()) + 1):
            # below the count a mass counts whole, at the count half, above it not at all
            share = np.clip(count - k + 0.5, 0.0, 1.0)
            at = np.minimum(float(k), trials)
            total += share * np.exp(densities.beta_binomial_log_mass(at, trials, first, second))
        return total

    def mixture_quantiles(self, model: Model, observations: Observations, weights: Floats, share: Floats) -> Floats:
        """Return the quantiles of the columns mixed with weights (n, C), shape (n, Q)."""
        columns = self.columns(model, observations)
        first, second = columns.first[:, :, None], columns.second[:, :, None]
        weights = self._without_onset(model, observations, weights)

        def inverse(q: Floats, column: int) -> Floats:
            quantile: Floats = np.asarray(betaincinv(first[:, column], second[:, column], q), dtype=np.float64)
            return quantile

        def single(x: Floats, column: int) -> Floats:
            return np.asarray(betainc(first[:, column], second[:, column], x), dtype=np.float64)

        def cdf(x: Floats) -> Floats:
            return mixed(weights, single, x)

        return bisect(*between(inverse, weights, share), share, cdf)

    def _without_onset(self, model: Model, observations: Observations, weights: Floats) -> Floats:
        """Return weights (n, S + 1) in which an onset column's share lies with the scenario it speaks like (4.3)."""
        n_own = model.n_scenarios + 1
        moved = weights.copy()
        scenario = onset_columns(model)[0]
        speaks_like = np.broadcast_to(scenario, (len(weights), len(scenario))).copy()
        pairs = delayed_pairs(model, observations)
        early = pairs.baseline_speaks & (observations.time[pairs.row] <= pairs.onset)
        speaks_like[pairs.row[early], pairs.column[early] - n_own] = pairs.baseline[early]
        for late in range(len(scenario)):
            rows = np.arange(len(weights))
            moved[rows, speaks_like[:, late]] += weights[:, n_own + late]
        return moved[:, :n_own]

    def cells(self, model: Model, design: ReadingDesign) -> Cells:
        """Return cells of shares, or of votes where the design are k of n; all of one sort."""
        if np.isnan(design.trials).any():
            return self._share_cells(model, design)
        return self._vote_cells(model, design)

    def _share_cells(self, model: Model, design: ReadingDesign) -> Cells:
        """Cut the shares from 0 to 1 evenly."""
        grid = np.linspace(0, 1, CELLS + 1)
        size = len(design.indicator)
        edges = np.broadcast_to(grid[1:-1], (size, CELLS - 1))
        mass = cells_between(self, model, design, edges)
        low = np.broadcast_to(grid[:-1], (size, CELLS))
        return mass, low, np.broadcast_to(grid[1:], low.shape)

    def _vote_cells(self, model: Model, design: ReadingDesign) -> Cells:
        """List k = 0 … n votes; design with fewer votes than the widest leave the rest empty."""
        indicator, time, votes = design.indicator, design.time, design.trials
        top = int(votes.max())
        counts = np.broadcast_to(np.arange(top + 1.0), (len(indicator), top + 1))
        inside = counts <= votes[:, None]
        observations = blank_observations(
            np.repeat(indicator, top + 1),
            KIND["share_count"],
            np.repeat(time, top + 1),
            value=np.where(inside, counts, 0.0).ravel(),
            trials=np.repeat(votes, top + 1),
        )
        columns = self.columns(model, observations)
        mass = np.where(inside[:, :, None], self.masses(model, observations, columns, len(indicator)), 0.0)
        return mass, counts, counts

    def sample(self, model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
        """Draw the share as one gamma variable's part of two."""
        waits = is_waiting(model, truths)
        first = generator.gamma(
            np.where(waits, number_before(model, truths, "beta_a"), own_number(model, truths, "beta_a"))
        )
        second = generator.gamma(
            np.where(waits, number_before(model, truths, "beta_b"), own_number(model, truths, "beta_b"))
        )
        return first / (first + second)
