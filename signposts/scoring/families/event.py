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
    from signposts.scoring.outcomes import ReadingDesign

LAST_YEAR = 1000.0
"""An event later than this many years after t0 is reported as this late."""
CELLS = 96

HazardParameters = tuple[Floats, Floats, Floats, Floats]


def _curves(model: Model, observations: Observations, time: Floats) -> tuple[Floats, Floats]:
    """Return ln S(t) and ln f(t) of every column, shape (n, C), triggers included (docs/method.md)."""
    numbers = own_hazard_parameters(model, observations)
    hazard = spread_columns(model, densities.cumulative_hazard(time[:, None], *numbers))
    log_rate = spread_columns(model, densities.log_hazard(time[:, None], *numbers))
    pairs = delayed_pairs(model, observations)
    if not len(pairs.row):
        return -hazard, log_rate - hazard
    at = time[pairs.row]
    speaks = model.speaks[observations.indicator]
    before, before_rate = _baseline_hazard(numbers, pairs, np.minimum(at, pairs.onset), speaks)
    cumulative, start, span, shape = (part[pairs.row, pairs.scenario] for part in numbers)
    start = np.maximum(start, pairs.onset)
    after = at > pairs.onset
    gained = densities.cumulative_hazard(at, cumulative, start, span, shape)
    hazard[pairs.row, pairs.column] = before + np.where(after, gained, 0.0)
    late_rate = densities.log_hazard(at, cumulative, start, span, shape)
    log_rate[pairs.row, pairs.column] = np.where(after, late_rate, before_rate)
    log_survival, log_density = -hazard, log_rate - hazard
    _add_triggers(model, observations, pairs, numbers, at, log_survival, log_density)
    return log_survival, log_density


def _add_triggers(
    model: Model,
    observations: Observations,
    pairs: Delayed,
    numbers: HazardParameters,
    at: Floats,
    log_survival: Floats,
    log_density: Floats,
) -> None:
    """Mix into the pairs' columns the chance that the event announces the onset within its lag.

    With the trigger's share q it comes evenly over the lag before the onset; else as the baseline has it throughout, or
    as its own delayed hazard.
    """
    indicator = observations.indicator[pairs.row]
    share, lag, on_baseline = (
        model.parameters[name][indicator, pairs.scenario] for name in ("trigger_share", "trigger_lag", "on_baseline")
    )
    announces = pairs.baseline_speaks & ((share > 0) | (on_baseline > 0))
    if not announces.any():
        return
    share, lag, on_baseline, at, onset = (part[announces] for part in (share, lag, on_baseline, at, pairs.onset))
    cell = pairs.row[announces], pairs.column[announces]
    base = tuple(part[cell[0], pairs.baseline[announces]] for part in numbers)
    base_hazard = densities.cumulative_hazard(at, *base)
    rest = np.where(on_baseline > 0, -base_hazard, log_survival[cell])
    rest_density = np.where(on_baseline > 0, densities.log_hazard(at, *base) - base_hazard, log_density[cell])
    begins = np.maximum(onset - lag, 0.0)
    width = onset - begins
    come = np.clip((at - begins) / width, 0.0, 1.0)
    rising = np.where((at > begins) & (at <= onset), 1 / width, 0.0)
    with np.errstate(divide="ignore"):
        log_survival[cell] = np.log((1 - share) * np.exp(rest) + share * (1 - come))
        log_density[cell] = np.log((1 - share) * np.exp(rest_density) + share * rising)


def own_hazard_parameters(model: Model, observations: Observations) -> HazardParameters:
    """Return cumulative, start, span and shape, each (n, S + 1).

    The wide one is a constant hazard from t0 that gives the greatest chance of those who speak, at most even, by the
    latest date.
    """
    speaks = model.speaks[observations.indicator]
    latest = np.where(speaks, gather(model, observations, "by"), -np.inf).max(axis=1, keepdims=True)
    latest = np.where(np.isfinite(latest), latest, 1.0)
    greatest = np.where(speaks, gather(model, observations, "p"), 0.0).max(axis=1, keepdims=True)
    greatest = np.minimum(np.where(speaks.any(axis=1, keepdims=True), greatest, 0.5), 0.5)
    ones = np.ones_like(latest)
    wide = (-np.log1p(-greatest), 0 * ones, latest, ones)
    named = [gather(model, observations, name) for name in ("cumulative", "earliest", "span", "shape")]
    joined = [np.concatenate(pair, axis=1) for pair in zip(named, wide, strict=True)]
    return joined[0], joined[1], joined[2], joined[3]


def _baseline_hazard(numbers: HazardParameters, pairs: Delayed, at: Floats, speaks: Booleans) -> tuple[Floats, Floats]:
    """Return H2 and ln H2' of the pairs at a date; a silent baseline is replaced by the reference's survival."""
    base = tuple(part[pairs.row, pairs.baseline] for part in numbers)
    hazard = densities.cumulative_hazard(at, *base)
    log_rate = densities.log_hazard(at, *base)
    lost = ~pairs.baseline_speaks
    if lost.any():
        rows = pairs.row[lost]
        scenarios = tuple(part[rows] for part in numbers)
        survives = np.exp(-densities.cumulative_hazard(at[lost, None], *scenarios))
        hazard[lost] = -np.log(reference_mean(survives, speaks[rows]))
        log_rate[lost] = -np.inf  # replaced by the reference's own density: see _follow_reference
    return hazard, log_rate


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
    parameters = (
        "cumulative",
        "earliest",
        "span",
        "shape",
        "by",
        "p",
        "due",
        "trigger_share",
        "trigger_lag",
        "on_baseline",
    )
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
            "trigger_share": float(given.get("trigger_share") or 0.0),
            "trigger_lag": float(given.get("trigger_lag") or 1.0),
            "on_baseline": float(given.get("after_onset") == "baseline"),
        }

    def words(self, cases: Cases) -> Table:
        """Return the rows of the table for events: those expected and those not."""
        expected = cases.expected
        return [(expected & condition, word) for condition, word in cases.expected_event_table()] + [
            (~expected & condition, word) for condition, word in cases.unexpected_event_table()
        ]

    def columns(self, model: Model, observations: Observations) -> Columns:
        """Return ln S at the early and at the late end of the date, and ln f at the late one, of every column."""
        happened = observations.kind == KIND["event"]
        late = np.where(happened, observations.happened_to, observations.time)
        early = np.where(happened, observations.happened_from, observations.time)
        upper, log_density = _curves(model, observations, late)
        lower = upper if np.array_equal(early, late) else _curves(model, observations, early)[0]
        return Columns(lower, upper, log_density)

    def column_log_density(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return ln of: d f(u) happened at u; d (S(a) - S(b)) within (a, b]; S + (1 - S)(1 - d) not yet."""
        seen = model.detect_prob[observations.indicator][:, None]
        happened = observations.kind == KIND["event"]
        exact = happened & (observations.happened_from == observations.happened_to)
        within = happened & ~exact
        silent = ~happened
        result = np.empty(columns.first.shape)
        result[exact] = np.log(seen[exact]) + columns.third[exact]
        with np.errstate(divide="ignore", invalid="ignore"):
            fallen = columns.first[within] - columns.second[within]
            lost = densities.log_one_minus_exp(np.where(np.isnan(fallen), 0.0, fallen))
            result[within] = np.log(seen[within]) + columns.first[within] + lost
            result[silent] = np.log1p(seen[silent] * np.expm1(columns.second[silent]))
        return result

    def column_cdf(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return F(date) = 1 - S(date), detection left aside."""
        return -np.expm1(columns.second)

    def column_place(self, model: Model, observations: Observations, columns: Columns) -> Floats:
        """Return d F(happened), at (a, b] the mean of both ends, or 1 - P(not seen) / 2."""
        seen = model.detect_prob[observations.indicator][:, None]
        early, late = -np.expm1(columns.first), -np.expm1(columns.second)
        happened = (observations.kind == KIND["event"])[:, None]
        return np.where(happened, seen * (early + late) / 2, 1 - 0.5 * (1 - seen * late))

    def quantiles(self, model: Model, observations: Observations, hypothesis_weight: Floats, share: Floats) -> Floats:
        """Return the dates by which a mixture of hypotheses has the event with each probability, shape (n, Q)."""
        column, is_other = hypothesis_columns(model)
        n_named = model.n_scenarios
        speaks = model.speaks[observations.indicator]
        spoken = speaks[:, np.minimum(model.hypothesis_scenario, n_named - 1)]
        weights = np.zeros((len(observations), column.max() + 1))
        np.add.at(weights.T, column[~is_other], (hypothesis_weight * spoken)[:, ~is_other].T)
        reference = hypothesis_weight[is_other].sum()
        weights[:, :n_named] += reference * 0.5 * speaks / np.maximum(speaks.sum(axis=1, keepdims=True), 1)
        weights[:, n_named] += reference * 0.5 * speaks.any(axis=1)

        def cdf(time: Floats) -> Floats:
            come = [-np.expm1(_curves(model, observations, when)[0]) for when in time.T]
            return np.stack([np.where(weights > 0, weights * part, 0.0).sum(axis=1) for part in come], axis=1)

        total = weights.sum(axis=1, keepdims=True)
        dates = bisect(np.zeros(share.shape), np.full(share.shape, LAST_YEAR), share * total, cdf)
        return np.where(total > 0, dates, math.nan)

    def cells(self, model: Model, design: ReadingDesign) -> Cells:
        """Cut the time from t0 to the date evenly, and add `not yet`, last; one never seen counts as not yet."""
        indicator, time = design.indicator, design.time
        edges = np.linspace(np.zeros(len(indicator)), np.maximum(time, 1e-6), CELLS + 1, axis=1)
        n_edges = edges.shape[1]
        observations = blank_observations(np.repeat(indicator, n_edges), KIND["none_seen"], edges.ravel())
        cdf = self.cdf_with_wide(model, observations).reshape(len(indicator), n_edges, -1)
        seen = model.detect_prob[indicator][:, None, None] * np.maximum(np.diff(cdf, axis=1), 0.0)
        rest = np.maximum(1 - seen.sum(axis=1, keepdims=True), 0.0)
        infinite = np.full((len(indicator), 1), np.inf)
        low = np.concatenate([edges[:, :-1], edges[:, -1:]], axis=1)
        return np.concatenate([seen, rest], axis=1), low, np.concatenate([edges[:, 1:], infinite], axis=1)

    def sample(self, model: Model, truths: Truths, generator: np.random.Generator) -> Floats:
        """Spend a ration of hazard, before the onset the baseline's; or let the event announce the onset."""
        ration = generator.exponential(size=len(truths.indicator))
        earliest = np.maximum(own_number(model, truths, "earliest"), truths.onset)
        early = _spend(model, truths, path_before(model, truths), ration, number_before(model, truths, "earliest"))
        cumulative, span, shape = (number_before(model, truths, name) for name in ("cumulative", "span", "shape"))
        elapsed = np.maximum(truths.onset - number_before(model, truths, "earliest"), 0.0)
        remainder = ration - cumulative * (elapsed / span) ** shape
        late = _spend(model, truths, truths.scenario, np.maximum(remainder, 0.0), earliest)
        changes = (truths.onset > 0) & (own_number(model, truths, "on_baseline") == 0)
        rest = np.where(changes & (early > truths.onset), late, early)
        share, lag = own_number(model, truths, "trigger_share"), own_number(model, truths, "trigger_lag")
        announces = (truths.onset > 0) & (generator.random(len(ration)) < share)
        begins = np.maximum(truths.onset - lag, 0.0)
        return np.where(announces, begins + (truths.onset - begins) * generator.random(len(ration)), rest)
