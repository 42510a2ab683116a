"""Quantiles of what is expected: of one hypothesis (for quadrature and simulation) and of a scenario (for its fan).

Belongs here: inverses of the predictive distribution functions of predictive.py, onset summed out or not. Not here:
scoring. Values are in the indicator's unit; of a rate, the number counted from the start of exposure to the date; of an
event, its date in years since t0; of an ordinal indicator, the category's index.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assets.method.model import FAMILIES, KINDS, Floats, Integers, Model, Reports
from assets.method.predictive import blank_reports, predictive_cdf

STEPS = 60
"""Halvings of a bracket: to about 1e-15 of its width."""
LAST_YEAR = 1000.0
"""An event later than this many years after t0 is reported as this late."""

_FAMILY_KIND = {"lognormal": "value", "beta": "value", "event": "none_seen", "rate": "count", "ordinal": "category"}


def quantiles(model: Model, indicator: Integers, hypothesis: Integers, time: Floats, share: Floats) -> Floats:
    """Return y with F_h(y) = share, row by row, shape (n,): indicator, hypothesis, date and share are (n,).

    `hypothesis` indexes the model's H hypotheses, `other` included. Counts and categories: the least one whose
    distribution function reaches the share; an event: the date by which it has happened with that probability.
    A silent scenario has NaN. Used with quantile midpoints for diagnosticity (5.2) and with random shares in simulation.
    """

    def mix(reports: Reports) -> Floats:
        cdf = predictive_cdf(model, reports)
        result: Floats = np.take_along_axis(cdf, hypothesis_of[reports.trials.astype(np.int64)], axis=1)[:, 0]
        return result

    hypothesis_of = np.asarray(hypothesis, dtype=np.int64)[:, None]
    return _invert(model, np.asarray(indicator), np.asarray(time), np.asarray(share), mix)


def fan_quantiles(model: Model, indicator: Integers, time: Floats, shares: Floats) -> Floats:
    """Return each named scenario's quantiles with the onset summed out, shape (n, S, Q) (docs/method.md, 4.3).

    indicator and time (n,), shares (Q,). NaN where a scenario is silent.
    """
    n_rows, n_named, n_shares = len(indicator), model.n_scenarios, len(shares)
    scenario = np.tile(np.repeat(np.arange(n_named), n_shares), n_rows)
    weight = np.where(
        model.hypothesis_scenario[None, :] == np.arange(n_named)[:, None], model.onset_weight[None, :], 0.0
    )

    def mix(reports: Reports) -> Floats:
        cdf = predictive_cdf(model, reports)
        chosen = weight[scenario[reports.trials.astype(np.int64)]]
        result: Floats = np.where(chosen > 0, chosen * cdf, 0.0).sum(axis=1)
        return result

    found = _invert(
        model,
        np.repeat(indicator, n_named * n_shares),
        np.repeat(time, n_named * n_shares),
        np.tile(shares, n_rows * n_named),
        mix,
    )
    return found.reshape(n_rows, n_named, n_shares)


def _invert(model: Model, indicator: Integers, time: Floats, share: Floats, mix: Callable[[Reports], Floats]) -> Floats:
    """Return the inverse of `mix` row by row; `mix` finds its row's number in column trials of the reports."""
    result = np.full(len(indicator), math.nan)
    row = np.arange(len(indicator))
    family = model.family[indicator]
    for name, kind in _FAMILY_KIND.items():
        rows = row[family == FAMILIES.index(name)]
        if not len(rows):
            continue

        def at(value: Floats, rows: Integers = rows, name: str = name, kind: str = kind) -> Floats:
            reports = _reports_at(model, name, kind, indicator[rows], time[rows], value)
            return mix(_numbered(reports, rows))

        found = _BRACKETS[name](model, indicator[rows], time[rows], share[rows], at)
        result[rows] = np.where(np.isnan(at(found)), math.nan, found)
    return result


def _numbered(reports: Reports, rows: Integers) -> Reports:
    return Reports(**{**vars(reports), "trials": rows.astype(np.float64)})


def _reports_at(model: Model, family: str, kind: str, indicator: Integers, time: Floats, value: Floats) -> Reports:
    code = KINDS.index(kind)
    if family == "event":
        return blank_reports(indicator, code, value)
    if family == "ordinal":
        return blank_reports(indicator, code, time, category=value)
    return blank_reports(indicator, code, time, value=value, exposure_end=time)


Distribution = Callable[[Floats], Floats]


def _bisect(low: Floats, high: Floats, share: Floats, cdf: Distribution) -> Floats:
    for _ in range(STEPS):
        middle = (low + high) / 2
        under = cdf(middle) < share
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return high


def _lognormal(model: Model, indicator: Integers, _time: Floats, share: Floats, cdf: Distribution) -> Floats:
    start = np.nanmax(np.where(model.type[indicator] > 0, model.parameters["log_start"][indicator], np.nan), axis=1)
    # ten units of the log scale either way is a factor of 22,000
    return np.exp(_bisect(start - 10, start + 10, share, lambda x: cdf(np.exp(x))))


def _beta(_model: Model, indicator: Integers, _time: Floats, share: Floats, cdf: Distribution) -> Floats:
    return _bisect(np.zeros(len(indicator)), np.ones(len(indicator)), share, cdf)


def _event(_model: Model, indicator: Integers, _time: Floats, share: Floats, cdf: Distribution) -> Floats:
    return _bisect(np.zeros(len(indicator)), np.full(len(indicator), LAST_YEAR), share, cdf)


def _whole(low: Floats, high: Floats, share: Floats, reach: Distribution) -> Floats:
    """Return the least whole number in (low, high] at which `reach` is at least the share."""
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        under = reach(middle) < share
        low = np.where(high - low > 1, np.where(under, middle, low), low)
        high = np.where(high - low > 1, np.where(under, high, middle), high)
    return high


def _rate(_model: Model, indicator: Integers, _time: Floats, share: Floats, cdf: Distribution) -> Floats:
    top = np.full(len(indicator), 1.0)
    for _ in range(30):
        short = cdf(top) < share
        if not short.any():
            break
        top = np.where(short, 2 * top, top)
    # mid-PIT at n and n + 1 gives F(n) only through the masses, so the half-way form F(n - .5) is asked for instead
    return _whole(np.full(len(indicator), -1.0), top, share, lambda n: cdf(n + 0.5))


def _ordinal(model: Model, indicator: Integers, _time: Floats, share: Floats, cdf: Distribution) -> Floats:
    last = np.array([len(model.categories[index]) - 1 for index in indicator], dtype=np.float64)
    total = np.zeros(len(indicator))
    found = np.full(len(indicator), -1.0)
    for category in range(int(last.max()) + 1):
        inside = category <= last
        # the mid-PIT of a category is what came before plus half its own probability
        total = np.where(inside, 2 * cdf(np.minimum(category, last)) - total, total)
        found = np.where(inside & (found < 0) & (total >= share - 1e-12), category, found)
    return np.where(found < 0, last, found)


_BRACKETS: dict[str, Callable[[Model, NDArray[np.int64], Floats, Floats, Distribution], Floats]] = {
    "lognormal": _lognormal,
    "beta": _beta,
    "event": _event,
    "rate": _rate,
    "ordinal": _ordinal,
}
