"""Quantiles of what is expected: of one hypothesis (for quadrature and simulation) and of a scenario (for its fan).

Belongs here: inverses of the predictive distribution functions of predictive.py, onset summed out or not. Not here:
scoring. Values are in the indicator's unit; of a rate, the number counted from the start of exposure to the date; of an
event, its date in years since t0; of an ordinal indicator, the category's index.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import betainc, betaincinv, ndtri

from signposts.scoring import families
from signposts.scoring.model import FAMILIES, KINDS, Booleans, Floats, Integers, Model, Reports
from signposts.scoring.predictive import (
    COLUMNS,
    HazardParameters,
    before_or_after,
    blank_reports,
    delayed_pairs,
    hypothesis_columns,
    onset_columns,
    own_hazard_parameters,
    reference_mean,
)

STEPS = 55
"""Halvings of a bracket at most."""
EXACT = 1e-14
"""Relative width at which a bracket is narrow enough."""
LAST_YEAR = 1000.0
"""An event later than this many years after t0 is reported as this late."""

NUMERIC = ("lognormal", "beta", "rate")
"""Families whose scenarios draw a fan."""
_FAMILY_KIND = {"lognormal": "value", "beta": "value", "event": "none_seen", "rate": "count", "ordinal": "category"}


def quantiles(model: Model, indicator: Integers, hypothesis: Integers, time: Floats, share: Floats) -> Floats:
    """Return y with F_h(y) = share, row by row, shape (n,): indicator, hypothesis, date and share are (n,).

    `hypothesis` indexes the model's H hypotheses, `other` included. Counts and categories: the least one whose
    distribution function reaches the share; an event: the date by which it has happened with that probability.
    A silent scenario has NaN. For quantile midpoints (docs/method.md, 5.2) and for draws in simulation.
    """
    hypothesis, share = np.asarray(hypothesis), np.asarray(share, dtype=np.float64)
    result = np.full(len(hypothesis), math.nan)
    for name, rows, reports in _by_family(model, indicator, time):
        for chosen in np.unique(hypothesis[rows]):
            inside = np.flatnonzero(hypothesis[rows] == chosen)
            part = reports.take(inside)
            if name == "event":
                result[rows[inside]] = _event_dates(model, part, int(chosen), share[rows[inside]])
                continue
            weights = _column_weights(model, part, np.eye(model.n_hypotheses)[chosen])
            result[rows[inside]] = _INVERSES[name](model, part, weights, share[rows[inside], None])[:, 0]
    return result


def fan_quantiles(model: Model, indicator: Integers, time: Floats, shares: Floats) -> Floats:
    """Return each named scenario's quantiles with the onset summed out, shape (n, S, Q) (docs/method.md, 4.3).

    indicator and time (n,), shares (Q,). NaN where a scenario is silent, and for events and categories.
    """
    result = np.full((len(indicator), model.n_scenarios, len(shares)), math.nan)
    for name, rows, reports in _by_family(model, indicator, time):
        if name not in NUMERIC:
            continue
        wanted = np.broadcast_to(np.asarray(shares, dtype=np.float64), (len(rows), len(shares)))
        for scenario in range(model.n_scenarios):
            onsets = np.where(model.hypothesis_scenario == scenario, model.onset_weight, 0.0)
            weights = _column_weights(model, reports, onsets)
            result[rows, scenario] = _INVERSES[name](model, reports, weights, wanted)
    return result


def _by_family(model: Model, indicator: Integers, time: Floats) -> list[tuple[str, Integers, Reports]]:
    indicator, time = np.asarray(indicator, dtype=np.int64), np.asarray(time, dtype=np.float64)
    found = []
    for name, kind in _FAMILY_KIND.items():
        rows = np.flatnonzero(model.family[indicator] == FAMILIES.index(name))
        if len(rows):
            at = time[rows]
            reports = blank_reports(indicator[rows], KINDS.index(kind), at, exposure_end=at, category=np.zeros(len(at)))
            found.append((name, rows, reports))
    return found


def _column_weights(model: Model, reports: Reports, hypothesis_weight: Floats) -> Floats:
    """Return the weight of each column of predictive.py in a mixture of hypotheses, shape (n, C); 0 where silent."""
    column, is_other = hypothesis_columns(model)
    n_named, n_rows = model.n_scenarios, len(reports)
    speaks = model.speaks[reports.indicator]
    n_columns = n_named + 1 + int((column > n_named).sum())
    weights = np.zeros((n_rows, n_columns))
    spoken = speaks[:, np.minimum(model.hypothesis_scenario, n_named - 1)][:, ~is_other]
    weights[:, column[~is_other]] = hypothesis_weight[~is_other] * spoken
    # `other`, and hypotheses that wait for an onset while their baseline is silent, follow the reference
    reference = np.full(n_rows, hypothesis_weight[is_other].sum())
    pairs = delayed_pairs(model, reports)
    waiting = ~pairs.baseline_speaks & (reports.time[pairs.row] <= pairs.onset)
    lost = (pairs.row[waiting], pairs.column[waiting])
    reference += np.bincount(lost[0], weights=weights[lost], minlength=n_rows)
    weights[lost] = 0.0
    weights[:, :n_named] += reference[:, None] * 0.5 * speaks / np.maximum(speaks.sum(axis=1, keepdims=True), 1)
    weights[:, n_named] += reference * 0.5 * speaks.any(axis=1)
    return weights


def _bisect(low: Floats, high: Floats, share: Floats, cdf: Callable[[Floats], Floats]) -> Floats:
    for _ in range(STEPS):
        if not (high - low > EXACT * np.abs(high)).any():
            break
        middle = (low + high) / 2
        under = cdf(middle) < share
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return high


def _between(single: Callable[[Floats, int], Floats], weights: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Return the least and greatest quantile among the parts of a mixture: its own lies between, (n, Q)."""
    low, high = np.full(share.shape, np.inf), np.full(share.shape, -np.inf)
    for column in np.flatnonzero((weights > 0).any(axis=0)):
        counts = weights[:, column, None] > 0
        found = single(share, int(column))
        low = np.where(counts, np.minimum(low, found), low)
        high = np.where(counts, np.maximum(high, found), high)
    silent = low > high
    return np.where(silent, math.nan, low), np.where(silent, math.nan, high)


def _mixed(weights: Floats, single: Callable[[Floats, int], Floats], x: Floats) -> Floats:
    """Return the mixture's distribution function at x (n, Q)."""
    total = np.zeros(x.shape)
    for column in np.flatnonzero((weights > 0).any(axis=0)):
        part = weights[:, column, None]
        total += np.where(part > 0, part * single(x, int(column)), 0.0)
    return total


def _lognormal(model: Model, reports: Reports, weights: Floats, share: Floats) -> Floats:
    columns = COLUMNS["lognormal"](model, reports)
    mean, sd = columns.first[:, :, None], columns.second[:, :, None]
    low, high = _between(lambda q, c: np.asarray(mean[:, c] + sd[:, c] * ndtri(q)), weights, share)

    def cdf(x: Floats) -> Floats:
        return _mixed(weights, lambda at, c: families.normal_cdf(at, mean[:, c], sd[:, c]), x)

    return np.exp(_bisect(low, high, share, cdf))


def _beta(model: Model, reports: Reports, weights: Floats, share: Floats) -> Floats:
    columns = COLUMNS["beta"](model, reports)
    first, second = columns.first[:, :, None], columns.second[:, :, None]
    weights = _without_onset(model, reports, weights)

    def inverse(q: Floats, column: int) -> Floats:
        found: Floats = np.asarray(betaincinv(first[:, column], second[:, column], q), dtype=np.float64)
        return found

    def single(x: Floats, column: int) -> Floats:
        return np.asarray(betainc(first[:, column], second[:, column], x), dtype=np.float64)

    def cdf(x: Floats) -> Floats:
        return _mixed(weights, single, x)

    return _bisect(*_between(inverse, weights, share), share, cdf)


def _without_onset(model: Model, reports: Reports, weights: Floats) -> Floats:
    """Return weights (n, S + 1) in which an onset column's share lies with the scenario it speaks like (4.3)."""
    n_own = model.n_scenarios + 1
    moved = weights.copy()
    scenario = onset_columns(model)[0]
    speaks_like = np.broadcast_to(scenario, (len(weights), len(scenario))).copy()
    pairs = delayed_pairs(model, reports)
    early = pairs.baseline_speaks & (reports.time[pairs.row] <= pairs.onset)
    speaks_like[pairs.row[early], pairs.column[early] - n_own] = pairs.baseline[early]
    for late in range(len(scenario)):
        rows = np.arange(len(weights))
        moved[rows, speaks_like[:, late]] += weights[:, n_own + late]
    return moved[:, :n_own]


def _rate(model: Model, reports: Reports, weights: Floats, share: Floats) -> Floats:
    columns = COLUMNS["rate"](model, reports)
    mean, shape = columns.first[:, :, None], columns.second[:, :, None]

    def reach(count: Floats) -> Floats:
        return _mixed(weights, lambda n, c: families.negative_binomial_cdf(n, mean[:, c], shape[:, c]), count)

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


def _ordinal(model: Model, reports: Reports, weights: Floats, share: Floats) -> Floats:
    own = model.probabilities[reports.indicator]
    uniform = np.zeros((len(reports), 1, own.shape[2]))
    for row, index in enumerate(reports.indicator):
        uniform[row, 0, : len(model.categories[index])] = 1 / max(len(model.categories[index]), 1)
    own = np.concatenate([own, uniform], axis=1)
    upto = np.zeros(share.shape)
    found = np.zeros(share.shape)
    for category in range(own.shape[2]):
        upto = upto + (weights * before_or_after(model, reports, own[:, :, category])).sum(axis=1)[:, None]
        found = np.where(upto < share - 1e-12, category + 1, found)
    last = (own[:, -1, :] > 0).sum(axis=1)[:, None] - 1
    silent = np.asarray(~(weights > 0).any(axis=1))[:, None]
    return np.where(silent, math.nan, np.minimum(found, last))


def _event_dates(model: Model, reports: Reports, hypothesis: int, share: Floats) -> Floats:
    """Return the date by which the event has happened with probability `share`, shape (n,)."""
    own = own_hazard_parameters(model, reports)
    speaks = model.speaks[reports.indicator]
    column, is_other = hypothesis_columns(model)
    cost = -np.log1p(-np.minimum(share, 1 - 1e-15))
    if is_other[hypothesis]:
        dates = _reference_dates(own, speaks, cost)
        return np.where(speaks.any(axis=1), np.minimum(dates, LAST_YEAR), math.nan)
    scenario = int(model.hypothesis_scenario[hypothesis])
    parameters = tuple(part[:, scenario] for part in own)
    dates = _hazard_dates(cost, *parameters)
    pairs = delayed_pairs(model, reports)
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


def _hazard_dates(cost: Floats, cumulative: Floats, start: Floats, span: Floats, shape: Floats) -> Floats:
    """Return t with H(t) = cost."""
    return start + span * (cost / cumulative) ** (1 / shape)


def _before_onset(
    own: HazardParameters, base: Integers, onset: Floats, base_speaks: Booleans, speaks: Booleans, cost: Floats
) -> tuple[Floats, Floats]:
    """Return the baseline's H at the onset and its date for `cost`; a silent baseline is the reference (4.3)."""
    at = np.arange(len(base))
    parameters = tuple(part[at, base] for part in own)
    spent = families.cumulative_hazard(onset, *parameters)
    dates = _hazard_dates(cost, *parameters)
    if not base_speaks.all():
        spent = np.where(base_speaks, spent, -np.log(_reference_survival(own, speaks, onset)))
        dates = np.where(base_speaks, dates, _reference_dates(own, speaks, cost))
    return spent, dates


def _reference_survival(own: HazardParameters, speaks: Booleans, time: Floats) -> Floats:
    return reference_mean(np.exp(-families.cumulative_hazard(time[:, None], *own)), speaks)


def _reference_dates(own: HazardParameters, speaks: Booleans, cost: Floats) -> Floats:
    low, high = np.zeros(len(cost)), np.full(len(cost), LAST_YEAR)
    return _bisect(low, high, cost, lambda time: -np.log(np.maximum(_reference_survival(own, speaks, time), 1e-300)))


Inverse = Callable[[Model, Reports, Floats, Floats], Floats]
_INVERSES: dict[str, Inverse] = {"lognormal": _lognormal, "beta": _beta, "rate": _rate, "ordinal": _ordinal}
