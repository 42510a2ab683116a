"""Can a scenario be recognised when it happens? Its own central path, read year by year, and what would be believed.

Belongs here: the readings of a scenario's central path and of its prose world, and the probabilities that follow. Not
here: what a release does about one that cannot be recognised. P paths, T years, I indicators, S scenarios.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import numpy as np

from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.combining import (
    by_scenario,
    evidence_weights,
    hypothesis_prior,
    log_joint,
    luck_scores,
    plain_pool,
    pooled_places,
    pooled_ratios,
    posterior,
    shared_luck,
)
from signposts.scoring.families import FAMILIES
from signposts.scoring.fans import quantiles
from signposts.scoring.interval import Weighing
from signposts.scoring.model import Model
from signposts.scoring.observations import DAYS_PER_YEAR, KIND, Observations, blank_observations, years_since
from signposts.scoring.predictive import likelihood

CLEAR_REPORT = 0.9
"""Reliability of the readings of a central path and of a prose world."""
EXPECTED = 0.5
RECOGNISED = 0.8
"""A scenario is recognised if it would be believed by more than this."""
LATER_ONSETS = (1.0, 3.0, 5.0)
"""Years after now of the onsets that are tried beside the one just past."""


@dataclass(frozen=True)
class Coverage:
    """Which indicators are read, how reliably and how completely, and how long before the year's end; each (I,)."""

    name: str
    indicator: Integers
    """(R,) indices into the model's indicators."""
    reliability: Floats
    completeness: Floats
    delay: float
    """Years before the year's end at which they are read."""
    prose: bool = False
    """Whether stated events come halfway to their date, as an account of the scenario would put them."""


def full_coverage(indicator: Integers) -> Coverage:
    """Return the coverage in which everything is read at the year's end."""
    ones = np.ones(len(indicator))
    return Coverage("full", indicator, CLEAR_REPORT * ones, ones, 0.0)


def prose_coverage(model: Model, indicator: Integers, scenario: int) -> Coverage:
    """Return the coverage in which only what a scenario's own text states is read."""
    stated = indicator[model.stated[indicator, scenario] & model.speaks[indicator, scenario]]
    ones = np.ones(len(stated))
    return Coverage("prose", stated, CLEAR_REPORT * ones, ones, 0.0, prose=True)


def hypotheses_tried(model: Model, now: float) -> list[int]:
    """Return the hypotheses whose recognition is tried.

    Of a scenario with few onsets the first and the last; with many the grid point before now and those nearest to one,
    three and five years later; of one without onset its only hypothesis.
    """
    tried: list[int] = []
    for scenario in range(model.n_scenarios):
        hypotheses = np.flatnonzero(model.hypothesis_scenario == scenario)
        onset = model.hypothesis_onset[hypotheses]
        if len(hypotheses) <= len(LATER_ONSETS):
            chosen = {0, len(hypotheses) - 1}
        else:
            past = int(np.flatnonzero(onset <= now)[-1]) if (onset <= now).any() else 0
            chosen = {past} | {int(np.argmin(np.abs(onset - (now + later)))) for later in LATER_ONSETS}
        tried += [int(hypotheses[place]) for place in sorted(chosen)]
    return tried


def event_dates(model: Model, hypothesis: int, coverage: Coverage) -> Floats:
    """Return when each event of the coverage comes in a hypothesis's world, (R,); infinite for never, NaN for others.

    A silent scenario takes its baseline's. The date does not depend on when somebody looks.
    """
    source, spoken = _sources(model, hypothesis, coverage)
    is_event = model.family[coverage.indicator] == FAMILIES.index("event")
    rows = np.flatnonzero(is_event & spoken)
    indicator = coverage.indicator[rows]
    result = np.full(len(coverage.indicator), math.nan)
    if coverage.prose:
        # as an account would put it: halfway to its date if it is expected, else never
        scenario = int(model.hypothesis_scenario[hypothesis])
        p, by, earliest = (model.parameters[name][indicator, scenario] for name in ("p", "by", "earliest"))
        first = np.maximum(earliest, model.hypothesis_onset[hypothesis])
        dates = np.where(p >= EXPECTED, (first + by) / 2, np.inf)
    else:
        dates = quantiles(model, indicator, source[rows], np.ones(len(rows)), np.full(len(rows), 0.5))
    result[rows] = _trigger_dates(model, hypothesis, indicator, dates, coverage.prose)
    return result


def _sources(model: Model, hypothesis: int, coverage: Coverage) -> tuple[Integers, Booleans]:
    """Return whose prediction holds for each indicator of the coverage, (R,), and on which somebody speaks, (R,)."""
    scenario = int(model.hypothesis_scenario[hypothesis])
    speaks = model.speaks[coverage.indicator, scenario]
    baseline = int(model.baseline[scenario])
    if baseline < 0:
        return np.full(len(speaks), hypothesis), speaks
    instead = int(np.flatnonzero(model.hypothesis_scenario == baseline)[0])
    return np.where(speaks, hypothesis, instead), speaks | model.speaks[coverage.indicator, baseline]


def central_observations(
    model: Model, hypothesis: int, coverage: Coverage, times: Floats, dates: Floats
) -> Observations:
    """Return the readings of a hypothesis's central path at each date, those of one date together.

    An indicator on which nobody speaks has none.

    ``dates`` are those of `event_dates`. Values, shares and counts at the median, categories at the mode, events at
    their median date if that has come, else not seen; the trigger with the largest share half a lag before the onset,
    in a prose world every trigger. A silent scenario takes its baseline's.
    """
    whose, speaks = _sources(model, hypothesis, coverage)
    at = np.repeat(times - coverage.delay, speaks.sum())
    spoken = np.tile(np.flatnonzero(speaks), len(times))
    indicator, source, middle = coverage.indicator[spoken], whose[spoken], dates[spoken].copy()
    family = np.array(FAMILIES, dtype=object)[model.family[indicator]]
    is_event, is_rate, is_ordinal = (family == name for name in ("event", "rate", "ordinal"))
    rest = np.flatnonzero(~is_event)
    middle[rest] = quantiles(model, indicator[rest], source[rest], at[rest], np.full(len(rest), 0.5))
    happened = is_event & (middle <= at) & (middle > 0)
    count = np.round(coverage.completeness[spoken] * middle)
    kind = np.select(
        [happened, is_event, is_rate, is_ordinal],
        [KIND["event"], KIND["none_seen"], KIND["count"], KIND["category"]],
        KIND["value"],
    )
    category = np.full(len(indicator), -1.0)
    for row in np.flatnonzero(is_ordinal):
        owner = model.hypothesis_scenario[source[row]]
        category[row] = int(model.probabilities[indicator[row], owner].argmax())
    return blank_observations(
        indicator,
        kind,
        np.where(happened, np.where(happened, middle, 0.0), at),
        value=np.where(is_rate, count, np.where(is_event | is_ordinal, math.nan, middle)),
        category=category,
        exposure_end=np.where(is_rate, at, math.nan),
        exposure_start=np.where(is_rate, model.exposure_start[indicator], math.nan),
        happened_from=np.where(happened, middle, math.nan),
        happened_to=np.where(happened, middle, math.nan),
    )


def _trigger_dates(model: Model, hypothesis: int, indicator: Integers, dates: Floats, all_of_them: bool) -> Floats:
    """Return the dates with the largest trigger's, or every trigger's, half a lag before the onset."""
    scenario, onset = int(model.hypothesis_scenario[hypothesis]), float(model.hypothesis_onset[hypothesis])
    share = np.nan_to_num(model.parameters["trigger_share"][indicator, scenario])
    if onset <= 0 or not (share > 0).any():
        return dates
    lag = model.parameters["trigger_lag"][indicator, scenario]
    come = share > 0 if all_of_them else np.arange(len(share)) == share.argmax()
    return np.where(come, np.maximum(onset - lag / 2, 1e-3), dates)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What would be believed of one path at one date."""

    hypothesis: int
    coverage: str
    year: int
    probability: tuple[float, ...]
    """(S + 1,)"""


def recognise(
    model: Model,
    weighing: Weighing,
    paths: Sequence[tuple[int, Coverage]],
    year_ends: Sequence[tuple[int, float]],
) -> list[Recognised]:
    """Return what would be believed along each path at each year's end, all observations scored in one pass."""
    times = np.array([time for _, time in year_ends])
    parts = [central_observations(model, *path, times, event_dates(model, *path)) for path in paths]
    whole = _joined(parts)
    likelihoods = likelihood(model, whole)
    at, result = 0, []
    for ((hypothesis, coverage), readings), (year, _) in product(zip(paths, parts, strict=True), year_ends):
        rows = np.arange(at, at + len(readings) // len(times))
        at += len(rows)
        part = whole.take(rows)
        reliability = coverage.reliability[np.searchsorted(coverage.indicator, part.indicator)]
        pool = plain_pool(np.arange(len(part)), np.ones(len(part)), reliability)
        probability = _probabilities(
            model,
            weighing,
            part,
            (
                pooled_ratios(likelihoods.log_ratio[rows], pool, len(part)),
                pooled_ratios(likelihoods.log_ratio_contaminated[rows], pool, len(part)),
                pooled_places(np.nan_to_num(likelihoods.place[rows], nan=0.5), pool, len(part)),
            ),
        )
        result.append(Recognised(hypothesis, coverage.name, year, tuple(float(value) for value in probability)))
    return result


def recognition_year(t0: date, horizon_end: date, onset: float) -> int:
    """Return the year by whose end a scenario must be recognised: the third after its onset, at least the fifth of all.

    checks/sql/every_scenario_can_be_recognised.sql says the same of the published table.
    """
    begins = t0 + timedelta(days=round(onset * DAYS_PER_YEAR))
    return min(horizon_end.year, max(begins.year + 3, t0.year + 5))


def unrecognised(model: Model, weighing: Weighing, scored: Integers, t0: date, horizon_end: date) -> list[Recognised]:
    """Return the paths, full and prose, whose own scenario would not be believed by more than .8 in its judged year."""
    lost = []
    for hypothesis in hypotheses_tried(model, 0.0):
        scenario = int(model.hypothesis_scenario[hypothesis])
        year = recognition_year(t0, horizon_end, float(model.hypothesis_onset[hypothesis]))
        coverages = (full_coverage(scored), prose_coverage(model, scored, scenario))
        paths = [(hypothesis, coverage) for coverage in coverages if len(coverage.indicator)]
        ends = [(year, years_since(t0, date(year, 12, 31)))]
        lost += [path for path in recognise(model, weighing, paths, ends) if path.probability[scenario] <= RECOGNISED]
    return lost


def _joined(parts: Sequence[Observations]) -> Observations:
    """Return the rows of all parts together."""
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])}
    return Observations(**columns)


def _probabilities(
    model: Model, weighing: Weighing, part: Observations, evidence: tuple[Floats, Floats, Floats]
) -> Floats:
    """Return P(s | D), shape (S + 1,), of the readings of one date."""
    log_ratio, contaminated, place = evidence
    is_defining: Booleans = (part.kind == KIND["event"]) & (model.defines[part.indicator] >= 0)
    read = np.ones(len(part), dtype=np.bool_)
    weights = evidence_weights(is_defining, read, weighing.evidence_weight, weighing.defining_weight)
    member = model.speaks[part.indicator].all(axis=1) & ~is_defining
    z = luck_scores(place, model.luck_orientation(part.indicator)[:, None])[:, :-1]
    luck = weighing.evidence_weight * shared_luck(z, member, weighing.group[part.indicator], weighing.rho).sum(axis=0)
    prior = hypothesis_prior(weighing.prior, model.hypothesis_scenario, model.onset_weight)
    joint = log_joint(prior, weights @ log_ratio[:, :-1] + luck, weights @ contaminated[:, :-1] + luck)
    return by_scenario(posterior(joint), model.hypothesis_scenario, model.n_scenarios)
