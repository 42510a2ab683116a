"""What each hypothesis expects of a report, and the likelihood ratio against `other`, for all reports at once.

Belongs here: onset rules, the shared spread, the reference S0, and the ratios and distribution functions that follow.
Not here: single formulas (families.py), quantiles (fans.py), pooling, weights and odds (combining.py), words.

Shapes: n reports, H hypotheses with `other` last. Inside, a family is computed in columns: the S named scenarios
without onset, the wide reference p_wide, and one for each (scenario, onset > 0). See docs/method.md, 3.2, 4.3 and 4.4.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from signposts.scoring import families
from signposts.scoring.model import FAMILIES, KINDS, TYPES, Booleans, Floats, Integers, Model, Reports

LOG_FLOOR = -700.0
"""Least log ratio that is handed out: e^-700 is still a number above 0."""
WIDE_RATE_CV = 1.5
CHUNK_ROWS = 4096
"""Rows computed together: their columns fit the processor's cache."""

_EVENT, _NONE_SEEN = KINDS.index("event"), KINDS.index("none_seen")
_INTERVAL, _NOWCAST, _OPEN = KINDS.index("interval"), KINDS.index("nowcast"), KINDS.index("open_count")
_SHARE_COUNT = KINDS.index("share_count")
_RANGE = TYPES.index("range")

_NUMBERS = (
    "value",
    "value_low",
    "value_high",
    "trials",
    "exposure_start",
    "exposure_end",
    "happened_from",
    "happened_to",
)

Formula = Callable[[Model, Reports, "Columns"], Floats]


@dataclass(frozen=True)
class Delayed:
    """The pairs (report, onset column) in which a prediction waits for its onset; flat arrays of equal length."""

    row: Integers
    column: Integers
    scenario: Integers
    baseline: Integers
    onset: Floats
    baseline_speaks: Booleans


@dataclass(frozen=True)
class Columns:
    """Parameters of a family, each (n, C), C = S scenarios + 1 wide reference + onset columns."""

    first: Floats
    """Log mean; beta a; mean count per year; H at happened_from; probability of the category."""
    second: Floats
    """Log sd; beta b; shape of the count; H at the date; probability of lower categories."""
    third: Floats
    """Log hazard at the date, for events; unused by others."""


def log_lambda(model: Model, reports: Reports, threads: int = 1) -> Floats:
    """Return ln p(y | h) / p(y | S0) of every report and hypothesis, shape (n, H) (docs/method.md, 1).

    0 for `other` and for a scenario that is silent; never below LOG_FLOOR. A report that is impossible under the
    reference too says nothing: 0.
    """
    return _by_chunk(model, reports, threads, lambda part: _ratios(model, part)[1])


def log_density(model: Model, reports: Reports, threads: int = 1) -> Floats:
    """Return the absolute ln p(y | h), shape (n, H); a silent scenario has the density of the reference.

    Log-normal densities are those of ln y, so that units do not matter; intervals, counts, categories and `none_seen`
    have probabilities.
    """

    def absolute(part: Reports) -> Floats:
        reference, ratio = _ratios(model, part)
        return np.maximum(reference[:, None] + ratio, LOG_FLOOR)

    return _by_chunk(model, reports, threads, absolute)


def predictive_cdf(model: Model, reports: Reports) -> Floats:
    """Return u = F_h(y) of every report and hypothesis, shape (n, H) (docs/method.md, 3.4).

    Mid-PIT for counts, votes and categories; the mean of F(low) and F(high) for an interval; for an event report
    F(date) = 1 - S(date). A silent scenario has NaN.
    """
    return _by_chunk(model, reports, 1, lambda part: _distribution(model, part))


def survival(model: Model, indicator: Integers, time: Floats) -> Floats:
    """Return S_h(t) = P_h(event not yet by t), detection left aside, shape (n, H) (docs/method.md, 3.2)."""
    reports = blank_reports(indicator, KINDS.index("none_seen"), time)
    return 1 - predictive_cdf(model, reports)


def blank_reports(indicator: Integers, kind: int | Integers, time: Floats, **columns: Floats) -> Reports:
    """Return reports of one kind with every other column empty but those given, each of shape (n,)."""
    indicator = np.asarray(indicator, dtype=np.int64)
    n_rows = len(indicator)
    empty = np.full(n_rows, math.nan)
    numbers = dict.fromkeys(_NUMBERS, empty)
    numbers["log_sd"] = np.zeros(n_rows)
    numbers |= {name: np.asarray(column, dtype=np.float64) for name, column in columns.items() if name != "category"}
    return Reports(
        indicator=indicator,
        kind=np.broadcast_to(np.asarray(kind, dtype=np.int64), (n_rows,)),
        time=np.broadcast_to(np.asarray(time, dtype=np.float64), (n_rows,)),
        category=np.asarray(columns.get("category", np.full(n_rows, -1)), dtype=np.int64),
        **numbers,
    )


# ------------------------------------------------------------------ the frame: chunks, families, reference


def _by_chunk(model: Model, reports: Reports, threads: int, compute: Callable[[Reports], Floats]) -> Floats:
    result = np.empty((len(reports), model.n_hypotheses))
    order = np.argsort(model.family[reports.indicator], kind="stable")

    def fill(rows: Integers) -> None:
        result[rows] = compute(reports.take(rows))

    chunks = [order[at : at + CHUNK_ROWS] for at in range(0, len(order), CHUNK_ROWS)]
    if threads > 1 and len(chunks) > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, chunks))
    else:
        for chunk in chunks:
            fill(chunk)
    return result


def _families_of(model: Model, reports: Reports) -> Iterator[tuple[str, Integers]]:
    family = model.family[reports.indicator]
    for code, name in enumerate(FAMILIES):
        rows = np.flatnonzero(family == code)
        if len(rows) and name != "none":
            yield name, rows


def _ratios(model: Model, reports: Reports) -> tuple[Floats, Floats]:
    """Return ln p(y | S0), shape (n,), and the log ratios, shape (n, H)."""
    reference = np.zeros(len(reports))
    ratios = np.zeros((len(reports), model.n_hypotheses))
    column, is_other = hypothesis_columns(model)
    for name, rows in _families_of(model, reports):
        part = reports.take(rows)
        logs = LOG_DENSITIES[name](model, part, COLUMNS[name](model, part))
        speaks = model.speaks[part.indicator]
        base = _log_reference(logs, speaks)
        _follow_reference(model, part, logs, base)
        with np.errstate(invalid="ignore"):
            found = np.maximum(logs[:, column] - base[:, None], LOG_FLOOR)
        found[~np.isfinite(base)] = 0.0
        silent = ~speaks[:, np.minimum(model.hypothesis_scenario, model.n_scenarios - 1)] | is_other
        found[silent] = 0.0
        ratios[rows] = found
        reference[rows] = np.where(speaks.any(axis=1), np.maximum(base, LOG_FLOOR), 0.0)
    return reference, ratios


def _distribution(model: Model, reports: Reports) -> Floats:
    result = np.full((len(reports), model.n_hypotheses), math.nan)
    column, is_other = hypothesis_columns(model)
    for name, rows in _families_of(model, reports):
        part = reports.take(rows)
        shares = DISTRIBUTIONS[name](model, part, COLUMNS[name](model, part))
        speaks = model.speaks[part.indicator]
        reference = reference_mean(shares, speaks)
        _follow_reference(model, part, shares, reference)
        found = shares[:, column]
        found[~speaks[:, np.minimum(model.hypothesis_scenario, model.n_scenarios - 1)] & ~is_other] = math.nan
        found[:, is_other] = reference[:, None]
        result[rows] = found
    return result


def _log_reference(logs: Floats, speaks: Booleans) -> Floats:
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


def reference_mean(values: Floats, speaks: Booleans) -> Floats:
    """Return half the mean over speaking scenarios + half the wide column, shape (n,), of values (n, >= S + 1)."""
    n_named = speaks.shape[1]
    count = np.maximum(speaks.sum(axis=1), 1)
    mean: Floats = 0.5 * np.where(speaks, values[:, :n_named], 0.0).sum(axis=1) / count + 0.5 * values[:, n_named]
    return mean


def hypothesis_columns(model: Model) -> tuple[Integers, Booleans]:
    """Return the column of each hypothesis, shape (H,), and which one is `other`."""
    n_named = model.n_scenarios
    is_other = model.hypothesis_scenario == n_named
    late = (model.hypothesis_onset > 0) & ~is_other
    column = model.hypothesis_scenario.copy()
    column[late] = n_named + 1 + np.arange(late.sum())
    return column, is_other


def onset_columns(model: Model) -> tuple[Integers, Floats]:
    """Return scenario and onset of the columns after the wide one."""
    late = (model.hypothesis_onset > 0) & (model.hypothesis_scenario < model.n_scenarios)
    return model.hypothesis_scenario[late], model.hypothesis_onset[late]


def delayed_pairs(model: Model, reports: Reports) -> Delayed:
    """Return the pairs in which a prediction waits for its onset (docs/method.md, 4.3)."""
    scenario, onset = onset_columns(model)
    kind = model.type[:, scenario]
    waiting = model.delayed[scenario[None, :], kind] & (kind > 0) & (model.baseline[scenario] >= 0)[None, :]
    waits = waiting[reports.indicator]
    row, late = np.nonzero(waits)
    baseline = model.baseline[scenario[late]]
    speaks = model.type[reports.indicator[row], baseline] > 0
    return Delayed(row, model.n_scenarios + 1 + late, scenario[late], baseline, onset[late], speaks)


def _spread_columns(model: Model, own: Floats) -> Floats:
    """Return (n, C) from the (n, S + 1) columns without onset: an onset column starts as its scenario's own."""
    scenario, _ = onset_columns(model)
    return np.concatenate([own, own[:, scenario]], axis=1)


def _follow_reference(model: Model, reports: Reports, columns: Floats, reference: Floats) -> None:
    """Give the reference to hypotheses before an onset whose baseline is silent: they say nothing yet."""
    baselines = model.baseline[model.baseline >= 0]
    if (model.type[reports.indicator][:, baselines] > 0).all():
        return
    pairs = delayed_pairs(model, reports)
    lost = ~pairs.baseline_speaks
    if lost.any():
        row, column, onset = pairs.row[lost], pairs.column[lost], pairs.onset[lost]
        before = _spoken_date(reports)[row] <= onset
        columns[row[before], column[before]] = reference[row[before]]


def _spoken_date(reports: Reports) -> Floats:
    happened = np.where(reports.kind == _EVENT, reports.happened_to, math.nan)
    counted = np.where(np.isnan(happened), reports.exposure_end, happened)
    return np.where(np.isnan(counted), reports.time, counted)


def _gather(model: Model, reports: Reports, name: str) -> Floats:
    return model.parameters[name][reports.indicator]


# ------------------------------------------------------------------ log-normal


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


_PROCESS = ("slope", "length", "sigma", "drift_sd", "reversion", "long_run_mean", "long_run_variance")


def _lognormal_columns(model: Model, reports: Reports) -> Columns:
    indicator, time = reports.indicator, reports.time
    parameters = {name: model.parameters[name][indicator] for name in _PROCESS}
    start = model.parameters["start_time"][indicator]
    mean, variance = _process(parameters, model.parameters["log_start"][indicator], _years(start, time[:, None]))
    known = model.parameters["start_sd"] ** 2
    # a nowcast's own spread holds the uncertainty of its base already
    fixed = model.obs_sd**2 + np.where((reports.kind == _NOWCAST)[:, None], 0.0, known[indicator])
    variance = variance + fixed

    speaks = model.speaks[indicator]
    count = np.maximum(speaks.sum(axis=1), 1)
    mean_variance = np.where(speaks, variance, 0.0).sum(axis=1) / count
    centre = np.where(speaks, mean, 0.0).sum(axis=1) / count
    between = np.where(speaks, (mean - centre[:, None]) ** 2, 0.0).sum(axis=1) / count
    wide = 4 * (mean_variance + between)
    if model.shared_sd:
        variance = np.broadcast_to(mean_variance[:, None], variance.shape)
    means = _spread_columns(model, np.concatenate([mean, centre[:, None]], axis=1))
    variances = _spread_columns(model, np.concatenate([variance, wide[:, None]], axis=1))

    pairs = delayed_pairs(model, reports)
    if len(pairs.row):
        late_mean, late_variance = _lognormal_onset(model, reports, pairs, fixed)
        keep = pairs.baseline_speaks
        means[pairs.row[keep], pairs.column[keep]] = late_mean[keep]
        if not model.shared_sd:
            variances[pairs.row[keep], pairs.column[keep]] = late_variance[keep]
    sd = np.sqrt(variances + reports.log_sd[:, None] ** 2)
    return Columns(means, sd, sd)


def _years(start: Floats, time: Floats) -> Floats:
    return np.maximum(time - start, 0.0)


def _lognormal_onset(model: Model, reports: Reports, pairs: Delayed, fixed: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of the pairs: the baseline up to the onset, its own motion from there (4.3)."""
    indicator, time = reports.indicator[pairs.row], reports.time[pairs.row]
    base = {name: model.parameters[name][indicator, pairs.baseline] for name in _PROCESS}
    start = model.parameters["start_time"][indicator, pairs.baseline]
    log_start = model.parameters["log_start"][indicator, pairs.baseline]
    left = np.minimum(time, pairs.onset)
    mean, variance = _process(base, log_start, _years(start, left))
    own = {name: model.parameters[name][indicator, pairs.scenario] for name in _PROCESS}
    since = np.maximum(time - pairs.onset, 0.0)
    late_mean, late_spread = _process(own, mean, since)
    reverts = ~np.isnan(own["reversion"])
    # a range forgets what came before its onset; a drift carries it along
    carried = np.where(reverts, variance * np.exp(-2 * np.where(reverts, own["reversion"], 0.0) * since), variance)
    is_path = model.type[indicator, pairs.scenario] == TYPES.index("path")
    unchanged = is_path & (since > 0)
    if unchanged.any():
        path_start = model.parameters["start_time"][indicator, pairs.scenario]
        path_log = model.parameters["log_start"][indicator, pairs.scenario]
        path_mean, path_spread = _process(own, path_log, _years(path_start, time))
        late_mean = np.where(unchanged, path_mean, late_mean)
        late_spread = np.where(unchanged, path_spread, late_spread)
        carried = np.where(unchanged, 0.0, carried)
    before = since <= 0
    error = fixed[pairs.row, np.where(unchanged, pairs.scenario, pairs.baseline)]
    return np.where(before, mean, late_mean), np.where(before, variance, carried + late_spread) + error


def _lognormal_log_density(_model: Model, reports: Reports, columns: Columns) -> Floats:
    with np.errstate(divide="ignore"):
        value = np.log(reports.value)[:, None]
        low = np.log(np.nan_to_num(reports.value_low, nan=0.0))[:, None]
        high = np.log(np.where(np.isnan(reports.value_high), np.inf, reports.value_high))[:, None]
    interval = _is_interval(reports)
    result = families.normal_log_density(value, columns.first, columns.second)
    if interval.any():
        mean, sd = columns.first[interval], columns.second[interval]
        result[interval] = families.normal_log_mass(low[interval], high[interval], mean, sd)
    return result


def _is_interval(reports: Reports) -> Booleans:
    return np.asarray(reports.kind == _INTERVAL)


def _lognormal_distribution(_model: Model, reports: Reports, columns: Columns) -> Floats:
    low, high = _ends(reports)
    with np.errstate(divide="ignore"):
        below = families.normal_cdf(np.log(low)[:, None], columns.first, columns.second)
        above = families.normal_cdf(np.log(high)[:, None], columns.first, columns.second)
    return (below + above) / 2


def _ends(reports: Reports, top: float = math.inf) -> tuple[Floats, Floats]:
    """Return both ends of an interval, or the value twice; an open end is 0 or `top`."""
    interval = _is_interval(reports)
    low = np.where(interval, np.nan_to_num(reports.value_low, nan=0.0), reports.value)
    high = np.where(interval, np.where(np.isnan(reports.value_high), top, reports.value_high), reports.value)
    return low, high


# ------------------------------------------------------------------ beta: thresholds and shares


def _beta_columns(model: Model, reports: Reports) -> Columns:
    ones = np.ones((len(reports), 1))
    first = np.concatenate([_gather(model, reports, "beta_a"), ones], axis=1)
    second = np.concatenate([_gather(model, reports, "beta_b"), ones], axis=1)
    return Columns(first, second, second)


def before_or_after(model: Model, reports: Reports, own: Floats) -> Floats:
    """Return (n, C): the baseline's value before the onset, the scenario's own after (4.3, share and ordinal)."""
    result = _spread_columns(model, own)
    pairs = delayed_pairs(model, reports)
    early = pairs.baseline_speaks & (reports.time[pairs.row] <= pairs.onset)
    result[pairs.row[early], pairs.column[early]] = own[pairs.row[early], pairs.baseline[early]]
    return result


def _beta_log_density(model: Model, reports: Reports, columns: Columns) -> Floats:
    own = np.empty(columns.first.shape)
    interval, votes = _is_interval(reports), reports.kind == _SHARE_COUNT
    plain = ~interval & ~votes
    a, b = columns.first, columns.second
    own[plain] = families.beta_log_density(reports.value[plain, None], a[plain], b[plain])
    if interval.any():
        low, high = _ends(reports, top=1.0)
        own[interval] = families.beta_log_mass(low[interval, None], high[interval, None], a[interval], b[interval])
    if votes.any():
        own[votes] = families.beta_binomial_log_mass(
            reports.value[votes, None], reports.trials[votes, None], a[votes], b[votes]
        )
    return before_or_after(model, reports, own)


def _beta_distribution(model: Model, reports: Reports, columns: Columns) -> Floats:
    from scipy.special import betainc

    low, high = (np.clip(end, 0.0, 1.0)[:, None] for end in _ends(reports, top=1.0))
    votes = reports.kind == _SHARE_COUNT
    own = (betainc(columns.first, columns.second, low) + betainc(columns.first, columns.second, high)) / 2
    if votes.any():
        own[votes] = _vote_distribution(reports.value[votes, None], reports.trials[votes, None], columns, votes)
    return before_or_after(model, reports, own)


def _vote_distribution(count: Floats, trials: Floats, columns: Columns, rows: Booleans) -> Floats:
    """Return P(K < count) + P(K = count) / 2 of the beta-binomial in each column."""
    first, second = columns.first[rows], columns.second[rows]
    total = np.zeros(first.shape)
    for k in range(int(count.max()) + 1):
        # below the count a mass counts whole, at the count half, above it not at all
        share = np.clip(count - k + 0.5, 0.0, 1.0)
        at = np.minimum(float(k), trials)
        total += share * np.exp(families.beta_binomial_log_mass(at, trials, first, second))
    return total


# ------------------------------------------------------------------ events


def _event_columns(model: Model, reports: Reports) -> Columns:
    happened = reports.kind == _EVENT
    late = np.where(happened, reports.happened_to, reports.time)
    early = np.where(happened, reports.happened_from, reports.time)
    upper, log_hazard = _hazards(model, reports, late)
    lower = upper if np.array_equal(early, late) else _hazards(model, reports, early)[0]
    return Columns(lower, upper, log_hazard)


def _hazards(model: Model, reports: Reports, time: Floats) -> tuple[Floats, Floats]:
    """Return H(t) and ln H'(t) of every column, shape (n, C) (docs/method.md, 3.2 and 4.3)."""
    own = own_hazard_parameters(model, reports)
    hazard = _spread_columns(model, families.cumulative_hazard(time[:, None], *own))
    log_rate = _spread_columns(model, families.log_hazard(time[:, None], *own))
    pairs = delayed_pairs(model, reports)
    if not len(pairs.row):
        return hazard, log_rate
    at = time[pairs.row]
    before, before_rate = _baseline_hazard(own, pairs, np.minimum(at, pairs.onset), model.speaks[reports.indicator])
    cumulative, start, span, shape = (part[pairs.row, pairs.scenario] for part in own)
    start = np.maximum(start, pairs.onset)
    after = at > pairs.onset
    gained = families.cumulative_hazard(at, cumulative, start, span, shape)
    hazard[pairs.row, pairs.column] = before + np.where(after, gained, 0.0)
    late_rate = families.log_hazard(at, cumulative, start, span, shape)
    log_rate[pairs.row, pairs.column] = np.where(after, late_rate, before_rate)
    return hazard, log_rate


HazardParameters = tuple[Floats, Floats, Floats, Floats]


def own_hazard_parameters(model: Model, reports: Reports) -> HazardParameters:
    """Return cumulative, start, span and shape, each (n, S + 1); the wide one is p = .5 by the latest `by`."""
    speaks = model.speaks[reports.indicator]
    latest = np.where(speaks, _gather(model, reports, "by"), -np.inf).max(axis=1, keepdims=True)
    latest = np.where(np.isfinite(latest), latest, 1.0)
    ones = np.ones_like(latest)
    wide = (math.log(2) * ones, 0 * ones, latest, ones)
    named = [_gather(model, reports, name) for name in ("cumulative", "earliest", "span", "shape")]
    joined = [np.concatenate(pair, axis=1) for pair in zip(named, wide, strict=True)]
    return joined[0], joined[1], joined[2], joined[3]


def _baseline_hazard(own: HazardParameters, pairs: Delayed, at: Floats, speaks: Booleans) -> tuple[Floats, Floats]:
    """Return H2 and ln H2' of the pairs at a date; a silent baseline is replaced by the reference's survival."""
    base = tuple(part[pairs.row, pairs.baseline] for part in own)
    hazard = families.cumulative_hazard(at, *base)
    log_rate = families.log_hazard(at, *base)
    lost = ~pairs.baseline_speaks
    if lost.any():
        rows = pairs.row[lost]
        all_own = tuple(part[rows] for part in own)
        survives = np.exp(-families.cumulative_hazard(at[lost, None], *all_own))
        hazard[lost] = -np.log(reference_mean(survives, speaks[rows]))
        log_rate[lost] = -np.inf  # replaced by the reference's own density: see _follow_reference
    return hazard, log_rate


def _event_log_density(model: Model, reports: Reports, columns: Columns) -> Floats:
    """Return ln of: d f(u) happened at u; d (S(a) - S(b)) within (a, b]; S + (1 - S)(1 - d) not yet (3.2)."""
    seen = model.detect_prob[reports.indicator][:, None]
    happened = reports.kind == _EVENT
    exact = happened & (reports.happened_from == reports.happened_to)
    within = happened & ~exact
    silent = ~happened
    result = np.empty(columns.first.shape)
    result[exact] = np.log(seen[exact]) + columns.third[exact] - columns.second[exact]
    gained = columns.second[within] - columns.first[within]
    result[within] = np.log(seen[within]) - columns.first[within] + families.log_one_minus_exp(gained)
    with np.errstate(divide="ignore"):
        result[silent] = np.log1p(seen[silent] * np.expm1(-columns.second[silent]))
    return result


def _event_distribution(_model: Model, _reports: Reports, columns: Columns) -> Floats:
    return -np.expm1(-columns.second)


# ------------------------------------------------------------------ rates


def _rate_columns(model: Model, reports: Reports) -> Columns:
    """Return mean count over the exposure and shape 1 / cv^2 (docs/method.md, 3.2 and 4.3)."""
    start, exposure = _exposure(model, reports)
    rate, spread = _gather(model, reports, "rate_mean"), _gather(model, reports, "rate_cv")
    speaks = model.speaks[reports.indicator]
    count = np.maximum(speaks.sum(axis=1, keepdims=True), 1)
    middle = np.exp(np.where(speaks, np.log(np.where(speaks, rate, 1.0)), 0.0).sum(axis=1, keepdims=True) / count)
    rates = _spread_columns(model, np.concatenate([rate, middle], axis=1))
    spreads = _spread_columns(model, np.concatenate([spread, np.full_like(middle, WIDE_RATE_CV)], axis=1))
    pairs = delayed_pairs(model, reports)
    if len(pairs.row):
        where = (pairs.row, pairs.baseline)
        lost = ~pairs.baseline_speaks
        base_rate = np.where(lost, middle[pairs.row, 0], rate[where])
        base_spread = np.where(lost, WIDE_RATE_CV, spread[where])
        years = exposure[pairs.row]
        before = np.clip(pairs.onset - start[pairs.row], 0.0, years) / years
        own = (pairs.row, pairs.scenario)
        rates[pairs.row, pairs.column] = base_rate * before + rate[own] * (1 - before)
        spreads[pairs.row, pairs.column] = base_spread * before + spread[own] * (1 - before)
    mean = rates * exposure[:, None]
    return Columns(mean, spreads**-2, mean)


def _exposure(model: Model, reports: Reports) -> tuple[Floats, Floats]:
    """Return the start of counting and the years counted, at least a thousandth of a day."""
    start = np.where(np.isnan(reports.exposure_start), model.exposure_start[reports.indicator], reports.exposure_start)
    end = np.where(np.isnan(reports.exposure_end), reports.time, reports.exposure_end)
    return start, np.maximum(end - start, 1e-6)


def _rate_log_density(model: Model, reports: Reports, columns: Columns) -> Floats:
    count = np.where(reports.kind == _NONE_SEEN, 0.0, reports.value)[:, None]
    interval, open_list = _is_interval(reports), reports.kind == _OPEN
    plain = ~interval & ~open_list
    mean, shape = columns.first, columns.second
    result = np.empty(mean.shape)
    result[plain] = families.negative_binomial_log_mass(count[plain], mean[plain], shape[plain])
    if open_list.any():
        result[open_list] = families.open_list_log_mass(
            count[open_list], mean[open_list], shape[open_list], model.open_list_coverage
        )
    if interval.any():
        low, high = _ends(reports)
        result[interval] = families.negative_binomial_log_interval(
            low[interval, None], high[interval, None], mean[interval], shape[interval]
        )
    return result


def _rate_distribution(model: Model, reports: Reports, columns: Columns) -> Floats:
    low, high = _ends(reports)
    none = reports.kind == _NONE_SEEN
    low, high = (np.where(none, 0.0, end)[:, None] for end in (low, high))
    open_list = (reports.kind == _OPEN)[:, None]
    points, weights = np.polynomial.legendre.leggauss(families.OPEN_LIST_NODES)
    least, most = model.open_list_coverage
    result = _mid_distribution(low, high, columns.first, columns.second)
    if open_list.any():
        mixed = np.zeros_like(result)
        for point, weight in zip(points, weights, strict=True):
            mean = columns.first * (least + (most - least) * (point + 1) / 2)
            mixed += weight / 2 * _mid_distribution(low, high, mean, columns.second)
        result = np.where(open_list, mixed, result)
    return result


def _mid_distribution(low: Floats, high: Floats, mean: Floats, shape: Floats) -> Floats:
    """Return the mean of P(N < low) and P(N <= high): the mid-PIT of a count where both ends are the same."""
    below = families.negative_binomial_cdf(np.ceil(low) - 1, mean, shape)
    upto = families.negative_binomial_cdf(np.where(np.isfinite(high), high, 1e12), mean, shape)
    return (below + upto) / 2


# ------------------------------------------------------------------ categories


def _ordinal_columns(model: Model, reports: Reports) -> Columns:
    probabilities = model.probabilities[reports.indicator]
    count = np.array([max(len(names), 1) for names in model.categories])[reports.indicator]
    rows = np.arange(len(reports))
    at = probabilities[rows, :, reports.category]
    lower = np.cumsum(probabilities, axis=2)[rows, :, reports.category] - at
    first = np.concatenate([at, 1 / count[:, None]], axis=1)
    second = np.concatenate([lower, (reports.category / count)[:, None]], axis=1)
    return Columns(first, second, second)


def _ordinal_log_density(model: Model, reports: Reports, columns: Columns) -> Floats:
    with np.errstate(divide="ignore"):
        return before_or_after(model, reports, np.log(columns.first))


def _ordinal_distribution(model: Model, reports: Reports, columns: Columns) -> Floats:
    return before_or_after(model, reports, columns.second + columns.first / 2)


COLUMNS: dict[str, Callable[[Model, Reports], Columns]] = {
    "lognormal": _lognormal_columns,
    "beta": _beta_columns,
    "event": _event_columns,
    "rate": _rate_columns,
    "ordinal": _ordinal_columns,
}
LOG_DENSITIES: dict[str, Formula] = {
    "lognormal": _lognormal_log_density,
    "beta": _beta_log_density,
    "event": _event_log_density,
    "rate": _rate_log_density,
    "ordinal": _ordinal_log_density,
}
DISTRIBUTIONS: dict[str, Formula] = {
    "lognormal": _lognormal_distribution,
    "beta": _beta_distribution,
    "event": _event_distribution,
    "rate": _rate_distribution,
    "ordinal": _ordinal_distribution,
}
