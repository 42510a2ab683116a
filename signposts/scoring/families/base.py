"""What every family of predictions answers, and what follows from it for all hypotheses at once.

Belongs here: the questions, onset rules that all families share, the reference p_ref, and the ratios against it. Not
here: any family's own formula.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from signposts.scoring.arrays import Booleans, Floats
from signposts.scoring.families.truths import Truths
from signposts.scoring.families.words import Cases, Table
from signposts.scoring.observations import KIND, Observations, blank_observations, spoken_date
from signposts.scoring.onsets import delayed_pairs, hypothesis_columns, reference_mean

if TYPE_CHECKING:
    from signposts.scoring.model import Model
    from signposts.scoring.outcomes import ReadingDesign

LOG_FLOOR = -700.0
"""Least log ratio that is handed out: e^-700 is still a number above 0."""

Cells = tuple[Floats, Floats, Floats]
"""Masses (P, C, H + 1) with p_wide last, lower ends (P, C), upper ends (P, C)."""


@dataclass(frozen=True)
class Columns:
    """Parameters of a family, each (n, C), C = S scenarios + 1 wide reference + onset columns."""

    first: Floats
    """Log mean; beta a; mean count per year; H at happened_from; probability of the category."""
    second: Floats
    """Log sd; beta b; shape of the count; H at the date; probability of lower categories."""
    third: Floats
    """Log hazard at the date, for events; degrees of freedom of a trajectory; unused by others."""

    def repeated(self, times: int) -> Columns:
        """Return each row so many times: a design's parameters for every cell of it."""
        return Columns(*(np.repeat(values, times, axis=0) for values in (self.first, self.second, self.third)))


@dataclass(frozen=True)
class Likelihood:
    """What n observations say of H hypotheses, `other` last."""

    log_reference: Floats
    """(n,) ln p_ref(y)."""
    log_ratio: Floats
    """(n, H) ln p(y | h) / p_ref(y); 0 for `other`, of which it is the reference."""
    log_ratio_contaminated: Floats
    """(n, H) the same, where a share of the readings comes from nowhere: what `other` is made of."""
    log_wide: Floats
    """(n,) ln p_wide(y) / p_ref(y)."""
    place: Floats
    """(n, H) u of the reading under h; NaN where h does not speak."""


class Family(ABC):
    """One family of predictions: how it is read, scored, inverted, drawn, cut into cells and put into words.

    n observations, C columns (onsets.py), H hypotheses with `other` last.
    """

    name: ClassVar[str]
    types: ClassVar[tuple[str, ...]]
    """Prediction types of the catalogue."""
    kinds: ClassVar[tuple[str, ...]]
    """Kinds of observation that it can score."""
    parameters: ClassVar[tuple[str, ...]]
    """Numbers kept for each prediction; what a type lacks is NaN."""
    figure: ClassVar[Literal["fan", "survival", "bars"]]
    """How a prediction is drawn."""
    probe: ClassVar[str]
    """Kind of the observation that stands for `a reading at this date` where no reading is given."""

    @abstractmethod
    def parse(self, t0: date, kind: str, given: Mapping[str, Any]) -> dict[str, float]:
        """Return a prediction's numbers in the form that the densities need, times as years since t0."""

    @abstractmethod
    def columns(self, model: Model, observations: Observations) -> Columns:
        """Return the parameters of every column at each observation."""

    @abstractmethod
    def column_log_density(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the log density, or the log mass of an interval or a count, of each observation, shape (n, C)."""

    @abstractmethod
    def column_cdf(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the mid-distribution function at each observation, shape (n, C)."""

    @abstractmethod
    def quantiles(self, model: Model, observations: Observations, hypothesis_weight: Floats, share: Floats) -> Floats:
        """Return the quantiles of a mixture of hypotheses, shape (n, Q), of shares (n, Q)."""

    @abstractmethod
    def cells(self, model: Model, design: ReadingDesign) -> Cells:
        """Return the cells that a reading may fall in, with every hypothesis's mass in each."""

    @abstractmethod
    def sample(self, model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
        """Draw one reading a row from first principles, shape (n,)."""

    @abstractmethod
    def words(self, cases: Cases) -> Table:
        """Return the conditions and words of the status table, first match wins."""

    # ---- what follows for all hypotheses

    def likelihood(self, model: Model, observations: Observations) -> Likelihood:
        """Return the ratios against p_ref, plain and contaminated, and the place in each hypothesis's fan.

        A silent scenario follows the others: its ratio is theirs, weighed by the headline prior (docs/method.md).
        """
        columns = self.columns(model, observations)
        base, ratio, wide = self._ratios(model, observations, columns)
        column, is_other = hypothesis_columns(model)
        speaks = model.speaks[observations.indicator]
        contaminated = (1 - model.contamination) * ratio + model.contamination * wide[:, None]
        contaminated[:, is_other] = 1.0
        for values in (ratio, contaminated):
            fill_silent(model, speaks, values)
        place = self.column_place(model, observations, columns)[:, column]
        place[~speaks[:, np.minimum(model.hypothesis_scenario, model.n_scenarios - 1)] | is_other] = math.nan
        return Likelihood(base, np.log(ratio), np.log(contaminated), np.log(wide), place)

    def _ratios(self, model: Model, observations: Observations, columns: Columns) -> tuple[Floats, Floats, Floats]:
        """Return ln p_ref (n,), the ratios against it (n, H), a silent scenario's not yet filled, and p_wide's (n,)."""
        column, is_other = hypothesis_columns(model)
        logs = self.column_log_density(model, observations, columns)
        speaks = model.speaks[observations.indicator]
        base = log_reference(logs, speaks)
        follow_reference(model, observations, logs, base)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.exp(np.maximum(logs[:, column] - base[:, None], LOG_FLOOR))
            wide = np.exp(np.maximum(logs[:, model.n_scenarios] - base, LOG_FLOOR))
        impossible = ~np.isfinite(base)
        ratio[impossible], wide[impossible] = 1.0, 1.0
        ratio[:, is_other] = 1.0
        return np.where(speaks.any(axis=1), np.maximum(base, LOG_FLOOR), 0.0), ratio, wide

    def column_place(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return u, the place of each observation in each column's distribution, that shared luck is read from."""
        return self.column_cdf(model, observations, columns)

    def log_density(self, model: Model, observations: Observations) -> Floats:
        """Return the absolute ln p(y | h), shape (n, H); a silent scenario has the mixture of those that speak."""
        likelihoods = self.likelihood(model, observations)
        return np.maximum(likelihoods.log_reference[:, None] + likelihoods.log_ratio, LOG_FLOOR)

    def cdf(self, model: Model, observations: Observations) -> Floats:
        """Return u = F_h(y), shape (n, H): the mid-distribution function; NaN for a silent scenario."""
        by_hypothesis = self.cdf_with_wide(model, observations)[:, :-1]
        spoken = model.speaks[observations.indicator][:, np.minimum(model.hypothesis_scenario, model.n_scenarios - 1)]
        by_hypothesis[~spoken & (model.hypothesis_scenario < model.n_scenarios)] = math.nan
        return by_hypothesis

    def cdf_with_wide(self, model: Model, observations: Observations) -> Floats:
        """Return F(y) of every hypothesis, a silent one the mixture of those that speak, and p_wide, (n, H + 1)."""
        column, is_other = hypothesis_columns(model)
        shares = self.column_cdf(model, observations, self.columns(model, observations))
        speaks = model.speaks[observations.indicator]
        reference = reference_mean(shares, speaks)
        follow_reference(model, observations, shares, reference)
        by_hypothesis = np.concatenate([shares[:, column], shares[:, [model.n_scenarios]]], axis=1)
        by_hypothesis[:, :-1][:, is_other] = reference[:, None]
        fill_silent(model, speaks, by_hypothesis[:, :-1])
        return by_hypothesis

    def masses(self, model: Model, observations: Observations, columns: Columns, n_planned: int) -> Floats:
        """Return the probabilities, p_wide's last, of observations listed design by design: (P, C, H + 1)."""
        base, ratio, wide = self._ratios(model, observations, columns)
        fill_silent(model, model.speaks[observations.indicator], ratio)
        probabilities: Floats = np.exp(base)[:, None] * np.concatenate([ratio, wide[:, None]], axis=1)
        return probabilities.reshape(n_planned, -1, model.n_hypotheses + 1)


class MixedFamily(Family):
    """A family whose quantiles are those of a mixture of its columns."""

    @abstractmethod
    def mixture_quantiles(self, model: Model, observations: Observations, weights: Floats, share: Floats) -> Floats:
        """Return the quantiles of the columns mixed with weights (n, C), shape (n, Q)."""

    def quantiles(self, model: Model, observations: Observations, hypothesis_weight: Floats, share: Floats) -> Floats:
        """Return the quantiles of a mixture of hypotheses, shape (n, Q)."""
        weights = column_weights(model, observations, hypothesis_weight)
        return self.mixture_quantiles(model, observations, weights, share)


def log_reference(logs: Floats, speaks: Booleans) -> Floats:
    """Return ln(half the mean over speaking scenarios + half p_wide), shape (n,) (docs/method.md, 4.4)."""
    n_named = speaks.shape[1]
    named = np.where(speaks, logs[:, :n_named], -np.inf)
    wide = logs[:, n_named]
    top = np.maximum(named.max(axis=1), wide)
    top = np.where(np.isfinite(top), top, 0.0)
    count = np.maximum(speaks.sum(axis=1), 1)
    with np.errstate(divide="ignore"):
        mixture = np.log(0.5 * np.exp(named - top[:, None]).sum(axis=1) / count + 0.5 * np.exp(wide - top))
    result: Floats = top + mixture
    return result


def follow_reference(model: Model, observations: Observations, columns: Floats, reference: Floats) -> None:
    """Give the reference to hypotheses before an onset whose baseline is silent: they say nothing yet."""
    baselines = model.baseline[model.baseline >= 0]
    if (model.type[observations.indicator][:, baselines] > 0).all():
        return
    pairs = delayed_pairs(model, observations)
    lost = ~pairs.baseline_speaks
    if lost.any():
        row, column, onset = pairs.row[lost], pairs.column[lost], pairs.onset[lost]
        before = spoken_date(observations)[row] <= onset
        columns[row[before], column[before]] = reference[row[before]]


def column_weights(model: Model, observations: Observations, hypothesis_weight: Floats) -> Floats:
    """Return the weight of each column of predictive.py in a mixture of hypotheses, shape (n, C); 0 where silent."""
    column, is_other = hypothesis_columns(model)
    n_named, n_rows = model.n_scenarios, len(observations)
    speaks = model.speaks[observations.indicator]
    n_columns = n_named + 1 + int((column > n_named).sum())
    weights = np.zeros((n_rows, n_columns))
    spoken = speaks[:, np.minimum(model.hypothesis_scenario, n_named - 1)][:, ~is_other]
    weights[:, column[~is_other]] = hypothesis_weight[~is_other] * spoken
    # `other`, and hypotheses that wait for an onset while their baseline is silent, follow the reference
    reference = np.full(n_rows, hypothesis_weight[is_other].sum())
    pairs = delayed_pairs(model, observations)
    waiting = ~pairs.baseline_speaks & (observations.time[pairs.row] <= pairs.onset)
    lost = (pairs.row[waiting], pairs.column[waiting])
    reference += np.bincount(lost[0], weights=weights[lost], minlength=n_rows)
    weights[lost] = 0.0
    weights[:, :n_named] += reference[:, None] * 0.5 * speaks / np.maximum(speaks.sum(axis=1, keepdims=True), 1)
    weights[:, n_named] += reference * 0.5 * speaks.any(axis=1)
    return weights


def is_interval(observations: Observations) -> Booleans:
    """Return which observations give two ends."""
    return np.asarray(observations.kind == KIND["interval"])


def interval_ends(observations: Observations, top: float = math.inf) -> tuple[Floats, Floats]:
    """Return both ends of an interval, or the value twice; an open end is 0 or `top`."""
    interval = is_interval(observations)
    low = np.where(interval, np.nan_to_num(observations.value_low, nan=0.0), observations.value)
    high = np.where(
        interval, np.where(np.isnan(observations.value_high), top, observations.value_high), observations.value
    )
    return low, high


def fill_silent(model: Model, speaks: Booleans, values: Floats) -> None:
    """Give a silent scenario the mixture, by the headline prior, of those that speak and of `other`; values (n, H)."""
    is_other = model.hypothesis_scenario == model.n_scenarios
    spoken = speaks[:, np.minimum(model.hypothesis_scenario, model.n_scenarios - 1)] | is_other
    if spoken.all():
        return
    weight = np.where(spoken, model.hypothesis_weight, 0.0)
    weighed = np.where(spoken, values, 0.0) * weight  # a silent column may hold anything, also not-a-number
    mixture = weighed.sum(axis=1, keepdims=True) / weight.sum(axis=1, keepdims=True)
    values[:] = np.where(spoken, values, mixture)


def cells_between(family: Family, model: Model, design: ReadingDesign, edges: Floats) -> Floats:
    """Return the mass between consecutive edges (P, E), with an open cell below and above: (P, E + 1, H + 1)."""
    n_planned, n_edges = edges.shape
    observations = blank_observations(
        np.repeat(design.indicator, n_edges),
        KIND["value"],
        np.repeat(design.time, n_edges),
        value=edges.ravel().astype(np.float64),
        log_sd=np.repeat(design.log_sd, n_edges),
    )
    cdf = family.cdf_with_wide(model, observations).reshape(n_planned, n_edges, -1)
    ends = np.zeros((n_planned, 1, cdf.shape[2]))
    return np.maximum(np.diff(np.concatenate([ends, cdf, ends + 1], axis=1), axis=1), 0.0)
