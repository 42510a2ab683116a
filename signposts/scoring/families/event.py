"""Something that happens by a date, or has not happened yet (docs/method.md).

Belongs here: hazards, the chance of not yet, and dates. Not here: counts of events (rate.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.scoring import densities
from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.families.base import (
    Cells,
    Columns,
    Family,
    fill_silent,
)
from signposts.scoring.families.mixtures import bisect
from signposts.scoring.families.truths import Truths, number_before, own_number, path_before
from signposts.scoring.families.words import Cases, Table
from signposts.scoring.observations import KIND, Observations, blank_observations, years_since
from signposts.scoring.onsets import (
    Delayed,
    delayed_pairs,
    gather,
    hypothesis_columns,
    reference_mean,
    spread_columns,
)

if TYPE_CHECKING:
    from signposts.scoring.model import Model
    from signposts.scoring.outcomes import Prospects

LAST_YEAR = 1000.0
"""An event later than this many years after t0 is reported as this late."""
CELLS = 96

HazardParameters = tuple[Floats, Floats, Floats, Floats]


def _hazards(model: Model, observations: Observations, time: Floats) -> tuple[Floats, Floats]:
    """Return H(t) and ln H'(t) of every column, shape (n, C) (docs/method.md, 3.2 and 4.3)."""
    own = own_hazard_parameters(model, observations)
    hazard = spread_columns(model, densities.cumulative_hazard(time[:, None], *own))
    log_rate = spread_columns(model, densities.log_hazard(time[:, None], *own))
    pairs = delayed_pairs(model, observations)
    if not len(pairs.row):
        return hazard, log_rate
    at = time[pairs.row]
    before, before_rate = _baseline_hazard(
        own, pairs, np.minimum(at, pairs.onset), model.speaks[observations.indicator]
    )
    cumulative, start, span, shape = (part[pairs.row, pairs.scenario] for part in own)
    start = np.maximum(start, pairs.onset)
    after = at > pairs.onset
    gained = densities.cumulative_hazard(at, cumulative, start, span, shape)
    hazard[pairs.row, pairs.column] = before + np.where(after, gained, 0.0)
    late_rate = densities.log_hazard(at, cumulative, start, span, shape)
    log_rate[pairs.row, pairs.column] = np.where(after, late_rate, before_rate)
    return hazard, log_rate


def own_hazard_parameters(model: Model, observations: Observations) -> HazardParameters:
    """Return cumulative, start, span and shape, each (n, S + 1); the wide one is p = .5 by the latest `by`."""
    speaks = model.speaks[observations.indicator]
    latest = np.where(speaks, gather(model, observations, "by"), -np.inf).max(axis=1, keepdims=True)
    latest = np.where(np.isfinite(latest), latest, 1.0)
    ones = np.ones_like(latest)
    wide = (math.log(2) * ones, 0 * ones, latest, ones)
    named = [gather(model, observations, name) for name in ("cumulative", "earliest", "span", "shape")]
    joined = [np.concatenate(pair, axis=1) for pair in zip(named, wide, strict=True)]
    return joined[0], joined[1], joined[2], joined[3]


def _baseline_hazard(own: HazardParameters, pairs: Delayed, at: Floats, speaks: Booleans) -> tuple[Floats, Floats]:
    """Return H2 and ln H2' of the pairs at a date; a silent baseline is replaced by the reference's survival."""
    base = tuple(part[pairs.row, pairs.baseline] for part in own)
    hazard = densities.cumulative_hazard(at, *base)
    log_rate = densities.log_hazard(at, *base)
    lost = ~pairs.baseline_speaks
    if lost.any():
        rows = pairs.row[lost]
        all_own = tuple(part[rows] for part in own)
        survives = np.exp(-densities.cumulative_hazard(at[lost, None], *all_own))
        hazard[lost] = -np.log(reference_mean(survives, speaks[rows]))
        log_rate[lost] = -np.inf  # replaced by the reference's own density: see _follow_reference
    return hazard, log_rate


def _hazard_dates(cost: Floats, cumulative: Floats, start: Floats, span: Floats, shape: Floats) -> Floats:
    """Return t with H(t) = cost."""
    return start + span * (cost / cumulative) ** (1 / shape)


def _before_onset(
    own: HazardParameters, base: Integers, onset: Floats, base_speaks: Booleans, speaks: Booleans, cost: Floats
) -> tuple[Floats, Floats]:
    """Return the baseline's H at the onset and its date for `cost`; a silent baseline is the reference (4.3)."""
    at = np.arange(len(base))
    parameters = tuple(part[at, base] for part in own)
    spent = densities.cumulative_hazard(onset, *parameters)
    dates = _hazard_dates(cost, *parameters)
    if not base_speaks.all():
        spent = np.where(base_speaks, spent, -np.log(_reference_survival(own, speaks, onset)))
        dates = np.where(base_speaks, dates, _reference_dates(own, speaks, cost))
    return spent, dates


def _reference_survival(own: HazardParameters, speaks: Booleans, time: Floats) -> Floats:
    return reference_mean(np.exp(-densities.cumulative_hazard(time[:, None], *own)), speaks)


def _reference_dates(own: HazardParameters, speaks: Booleans, cost: Floats) -> Floats:
    low, high = np.zeros(len(cost)), np.full(len(cost), LAST_YEAR)
    return bisect(low, high, cost, lambda time: -np.log(np.maximum(_reference_survival(own, speaks, time), 1e-300)))


def _spend(model: Model, truths: Truths, scenario: Integers, ration: Floats, start: Floats) -> Floats:
    """Return the date at which a scenario's hazard from the start on has used up the ration."""
    cumulative, span, shape = (
        model.parameters[name][truths.indicator, scenario] for name in ("cumulative", "span", "shape")
    )
    return start + span * (ration / cumulative) ** (1 / shape)


class Event(Family):
    """An event with a hazard that may change at the onset: type event_by."""

    name = "event"
    types = ("event_by",)
    kinds = ("event", "none_seen")
    parameters = ("cumulative", "earliest", "span", "shape", "by", "p", "due")
    figure = "survival"
    probe = "none_seen"

    def parse(self, t0: date, kind: str, given: Mapping[str, Any]) -> dict[str, float]:
        """Return the cumulative hazard -ln(1 - p) and its dates as years since t0."""
        earliest = max(years_since(t0, given["earliest"]) if given.get("earliest") else 0.0, 0.0)
        by = years_since(t0, given["by"])
        if by <= earliest:
            raise ValueError("`by` is not after `earliest`")
        return {
            "cumulative": -math.log1p(-float(given["p"])),
            "earliest": earliest,
            "span": by - earliest,
            "shape": float(given.get("shape", 1.0)),
            "by": by,
            "p": float(given["p"]),
            "due": by,
        }

    def words(self, cases: Cases) -> Table:
        """Return the rows of the table for events: those expected and those not."""
        expected = cases.expected
        return [(expected & condition, word) for condition, word in cases.expected_event_table()] + [
            (~expected & condition, word) for condition, word in cases.unexpected_event_table()
        ]

    def columns(self, model: Model, observations: Observations) -> Columns:
        """Return the parameters of every column at each observation."""
        happened = observations.kind == KIND["event"]
        late = np.where(happened, observations.happened_to, observations.time)
        early = np.where(happened, observations.happened_from, observations.time)
        upper, log_hazard = _hazards(model, observations, late)
        lower = upper if np.array_equal(early, late) else _hazards(model, observations, early)[0]
        return Columns(lower, upper, log_hazard)

    def column_log_density(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return ln of: d f(u) happened at u; d (S(a) - S(b)) within (a, b]; S + (1 - S)(1 - d) not yet (3.2)."""
        seen = model.detect_prob[observations.indicator][:, None]
        happened = observations.kind == KIND["event"]
        exact = happened & (observations.happened_from == observations.happened_to)
        within = happened & ~exact
        silent = ~happened
        result = np.empty(columns.first.shape)
        result[exact] = np.log(seen[exact]) + columns.third[exact] - columns.second[exact]
        gained = columns.second[within] - columns.first[within]
        result[within] = np.log(seen[within]) - columns.first[within] + densities.log_one_minus_exp(gained)
        with np.errstate(divide="ignore"):
            result[silent] = np.log1p(seen[silent] * np.expm1(-columns.second[silent]))
        return result

    def column_cdf(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return the mid-distribution function of each column, shape (n, C)."""
        return -np.expm1(-columns.second)

    def quantiles(self, model: Model, observations: Observations, hypothesis_weight: Floats, share: Floats) -> Floats:
        """Return the date by which one hypothesis, which has all the weight, has the event with each probability."""
        hypothesis = int(np.argmax(hypothesis_weight))
        return np.stack([self._dates(model, observations, hypothesis, part) for part in share.T], axis=1)

    def _dates(self, model: Model, observations: Observations, hypothesis: int, share: Floats) -> Floats:
        """Return the date by which the event has happened with probability `share`, shape (n,)."""
        own = own_hazard_parameters(model, observations)
        speaks = model.speaks[observations.indicator]
        column, is_other = hypothesis_columns(model)
        cost = -np.log1p(-np.minimum(share, 1 - 1e-15))
        if is_other[hypothesis]:
            dates = _reference_dates(own, speaks, cost)
            return np.where(speaks.any(axis=1), np.minimum(dates, LAST_YEAR), math.nan)
        scenario = int(model.hypothesis_scenario[hypothesis])
        parameters = tuple(part[:, scenario] for part in own)
        dates = _hazard_dates(cost, *parameters)
        pairs = delayed_pairs(model, observations)
        here = np.flatnonzero(pairs.column == column[hypothesis])
        if len(here):
            rows, base, onset = pairs.row[here], pairs.baseline[here], pairs.onset[here]
            mine = (own[0][rows], own[1][rows], own[2][rows], own[3][rows])
            spent, early = _before_onset(mine, base, onset, pairs.baseline_speaks[here], speaks[rows], cost[rows])
            cumulative, start, span, shape = (part[rows] for part in parameters)
            left = np.maximum(cost[rows] - spent, 0.0)
            late = _hazard_dates(left, cumulative, np.maximum(start, onset), span, shape)
            dates[rows] = np.where(cost[rows] <= spent, early, late)
        return np.where(speaks[:, scenario], np.minimum(dates, LAST_YEAR), math.nan)

    def cells(self, model: Model, prospects: Prospects) -> Cells:
        """Cut the time from t0 to the date evenly, and add `not yet`, last; one never seen counts as not yet."""
        indicator, time = prospects.indicator, prospects.time
        edges = np.linspace(np.zeros(len(indicator)), np.maximum(time, 1e-6), CELLS + 1, axis=1)
        n_edges = edges.shape[1]
        observations = blank_observations(np.repeat(indicator, n_edges), KIND["none_seen"], edges.ravel())
        cdf = fill_silent(self.cdf(model, observations)).reshape(len(indicator), n_edges, -1)
        seen = model.detect_prob[indicator][:, None, None] * np.maximum(np.diff(cdf, axis=1), 0.0)
        rest = np.maximum(1 - seen.sum(axis=1, keepdims=True), 0.0)
        infinite = np.full((len(indicator), 1), np.inf)
        low = np.concatenate([edges[:, :-1], edges[:, -1:]], axis=1)
        return np.concatenate([seen, rest], axis=1), low, np.concatenate([edges[:, 1:], infinite], axis=1)

    def sample(self, model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
        """Spend an exponential ration of hazard: first the baseline's up to the onset, then the row's own."""
        ration = generator.exponential(size=len(truths.indicator))
        earliest = np.maximum(own_number(model, truths, "earliest"), truths.onset)
        early = _spend(model, truths, path_before(model, truths), ration, number_before(model, truths, "earliest"))
        cumulative, span, shape = (number_before(model, truths, name) for name in ("cumulative", "span", "shape"))
        elapsed = np.maximum(truths.onset - number_before(model, truths, "earliest"), 0.0)
        left = ration - cumulative * (elapsed / span) ** shape
        late = _spend(model, truths, truths.scenario, np.maximum(left, 0.0), earliest)
        return np.where((truths.onset > 0) & (early > truths.onset), late, early)
