"""Categories in an order (docs/method.md).

Belongs here: a probability for each category.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.scoring.arrays import Floats
from signposts.scoring.families.base import (
    Cells,
    Columns,
    MixedFamily,
)
from signposts.scoring.families.truths import Truths, is_waiting, path_before
from signposts.scoring.families.words import Cases, Table
from signposts.scoring.observations import KIND, Observations, blank_observations
from signposts.scoring.onsets import (
    before_or_after,
)

if TYPE_CHECKING:
    from signposts.scoring.model import Model
    from signposts.scoring.outcomes import ReadingDesign


class Ordinal(MixedFamily):
    """Categories: type ordinal."""

    name = "ordinal"
    types = ("ordinal",)
    kinds = ("category",)
    parameters = ()
    figure = "bars"
    probe = "category"

    def parse(self, t0: date, kind: str, given: Mapping[str, Any]) -> dict[str, float]:
        """Return nothing: the probabilities of categories are kept apart (Model.probabilities)."""
        return {}

    def words(self, cases: Cases) -> Table:
        """Return the rows of the table of status words for categories."""
        return cases.category_table()

    def columns(self, model: Model, observations: Observations) -> Columns:
        """Return the parameters of every column at each observation."""
        probabilities = model.probabilities[observations.indicator]
        count = np.array([max(len(names), 1) for names in model.categories])[observations.indicator]
        rows = np.arange(len(observations))
        at = probabilities[rows, :, observations.category]
        lower = np.cumsum(probabilities, axis=2)[rows, :, observations.category] - at
        first = np.concatenate([at, 1 / count[:, None]], axis=1)
        second = np.concatenate([lower, (observations.category / count)[:, None]], axis=1)
        return Columns(first, second, second)

    def column_log_density(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the log density of each column, shape (n, C)."""
        with np.errstate(divide="ignore"):
            return before_or_after(model, observations, np.log(columns.first))

    def column_cdf(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the mid-distribution function of each column, shape (n, C)."""
        return before_or_after(model, observations, columns.second + columns.first / 2)

    def mixture_quantiles(self, model: Model, observations: Observations, weights: Floats, share: Floats) -> Floats:
        """Return the quantiles of the columns mixed with weights (n, C), shape (n, Q)."""
        masses = model.probabilities[observations.indicator]
        uniform = np.zeros((len(observations), 1, masses.shape[2]))
        for row, index in enumerate(observations.indicator):
            uniform[row, 0, : len(model.categories[index])] = 1 / max(len(model.categories[index]), 1)
        masses = np.concatenate([masses, uniform], axis=1)
        upto = np.zeros(share.shape)
        quantile = np.zeros(share.shape)
        for category in range(masses.shape[2]):
            upto = upto + (weights * before_or_after(model, observations, masses[:, :, category])).sum(axis=1)[:, None]
            quantile = np.where(upto < share - 1e-12, category + 1, quantile)
        last = (masses[:, -1, :] > 0).sum(axis=1)[:, None] - 1
        silent = np.asarray(~(weights > 0).any(axis=1))[:, None]
        return np.where(silent, math.nan, np.minimum(quantile, last))

    def cells(self, model: Model, design: ReadingDesign) -> Cells:
        """List the categories in their order."""
        indicator, time = design.indicator, design.time
        sizes = np.array([len(model.categories[index]) for index in indicator])
        top = int(sizes.max())
        codes = np.broadcast_to(np.arange(top), (len(indicator), top))
        inside = codes < sizes[:, None]
        observations = blank_observations(
            np.repeat(indicator, top),
            KIND["category"],
            np.repeat(time, top),
            category=np.where(inside, codes, 0).ravel(),
        )
        columns = self.columns(model, observations)
        mass = np.where(inside[:, :, None], self.masses(model, observations, columns, len(indicator)), 0.0)
        return mass, codes.astype(np.float64), codes.astype(np.float64)

    def sample(self, model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
        """Draw a category by its probability."""
        scenario = np.where(is_waiting(model, truths), path_before(model, truths), truths.scenario)
        shares = model.probabilities[truths.indicator, scenario]
        upto = np.cumsum(shares, axis=1)
        chance = generator.random((len(shares), 1)) * upto[:, -1:]
        drawn: Floats = (upto < chance).sum(axis=1).astype(np.float64)
        return drawn
