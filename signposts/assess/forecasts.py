"""Forecasts of single indicators: frozen on the day they are made, resolved when they fall due.

Belongs here: which quantities are forecast for which dates, by whom, and what became of them, as rows. Not here: the
formulas and scores (scoring/forecast.py). Rows that an earlier release holds are carried over as they stand: nothing
frozen is ever computed again.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import betainc, ndtr

from signposts.assess.models import TrackerModel, tracker_models
from signposts.scoring import forecast as formulas
from signposts.scoring.arrays import Floats
from signposts.scoring.densities import beta_binomial_log_mass, negative_binomial_cdf
from signposts.scoring.families import FAMILIES, REGISTRY
from signposts.scoring.families.base import Columns
from signposts.scoring.families.mixtures import bisect
from signposts.scoring.forecast import Moments, Process
from signposts.scoring.observations import KIND, blank_observations
from signposts.scoring.onsets import hypothesis_columns, onset_columns
from signposts.warehouse import Warehouse

if TYPE_CHECKING:
    from signposts.scoring.model import Model

METHOD, PRIOR, LAST_YEAR = "method", "prior", "as_last_year"
SHARES = {"p05": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}
PROBABILITY = "probability"
YEAR_ENDS = 3
OVERDUE = timedelta(days=730)
"""A forecast that nobody reports on for so long after its date is void."""
SAME_AS_LAST = 1e-3
"""Spread of `as last year` on the log scale: as good as certain."""
LEAST_WEIGHT = 1e-6
HALVINGS = 80
VALUED = ("value", "nowcast", "interval", "mixed")
"""Kinds of reading that give a level; several pooled ones give their mean."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Standing:
    """One tracker at the date its forecasts are made."""

    tracker: TrackerModel
    as_of: date
    posterior: Floats
    """(H,)."""
    readings: Mapping[str, Mapping[str, Any]]
    """Rows of table reading by indicator."""

    @property
    def now(self) -> float:
        """Years since t0 of the as-of date."""
        return self.tracker.years(self.as_of)


@dataclass(frozen=True)
class Mixture:
    """What is forecast of one indicator at one date: weights and parameters of the components, each (C,)."""

    weight: Floats
    first: Floats
    """Survival at the date; log mean; beta a; mean count."""
    second: Floats
    """Survival now; log sd; beta b; shape of the count."""


def write_forecasts(warehouse: Warehouse, released: Path, as_of: date, now: datetime) -> None:
    """Write table forecast, the rows frozen before and today's new ones, and table resolved_forecast."""
    with warehouse.connect():
        frozen = frozen_rows(released)
        newest: dict[str, date] = {}
        for row in frozen:
            newest[row["tracker_id"]] = max(row["frozen_on"], newest.get(row["tracker_id"], row["frozen_on"]))
        clock = now.replace(tzinfo=None)
        for standing in standings(warehouse, as_of):
            # a run that looks back, or a second one of the day, forecasts nothing anew
            if as_of > newest.get(standing.tracker.tracker_id, date.min):
                frozen += forecast_rows(standing, _stamp(warehouse, standing.tracker.tracker_id, as_of, clock))
        warehouse.write_rows("forecast", frozen)
        warehouse.write_rows("resolved_forecast", list(resolved_rows(warehouse, frozen, as_of)))


def frozen_rows(released: Path) -> Rows:
    """Return the forecasts that the newest release holds; none before the first, or from one without the table."""
    if not released.exists():
        return []
    database = Warehouse(released, read_only=True)
    if not database.has_table("forecast"):
        return []
    return [
        {name: value for name, value in row.items() if name != "release_id"} for row in database.rows("from forecast")
    ]


def _stamp(warehouse: Warehouse, tracker_id: str, as_of: date, clock: datetime) -> dict[str, Any]:
    """Return what every row frozen today carries: when, and of which catalogue and claims."""
    (row,) = warehouse.rows(
        "select tracker.catalogue_sha256, tracker.registered_on, md5(string_agg(claim.claim_id || claim.recorded_at, "
        "',' "
        "order by claim.claim_id)) as claims_md5 from tracker left join claim using (tracker_id) where tracker_id = "
        "$tracker group by all",
        tracker=tracker_id,
    )
    return {
        "tracker_id": tracker_id,
        "frozen_on": as_of,
        "frozen_at": clock,
        "at_registration": row["registered_on"] == as_of,
        "catalogue_sha256": row["catalogue_sha256"],
        "claims_md5": row["claims_md5"],
    }


def standings(warehouse: Warehouse, as_of: date) -> Iterator[Standing]:
    """Yield every tracker with its probabilities and readings of the run's date."""
    for tracker in tracker_models(warehouse):
        parameters = {"tracker": tracker.tracker_id, "as_of": as_of}
        rows = warehouse.rows(
            "select scenario_id, onset, posterior from hypothesis_probability where tracker_id = $tracker and as_of = "
            "$as_of and variant = 'headline'",
            **parameters,
        )
        readings = warehouse.rows("from reading where tracker_id = $tracker and as_of = $as_of", **parameters)
        if rows:
            named = {(row["scenario_id"], round(row["onset"], 9)): row["posterior"] for row in rows}
            keys = zip(tracker.model.hypothesis_scenario_ids(), tracker.model.hypothesis_onset, strict=True)
            posterior = np.array([named.get((name, round(float(onset), 9)), 0.0) for name, onset in keys])
            yield Standing(tracker, as_of, posterior, {row["indicator_id"]: row for row in readings})


# ------------------------------------------------------------------ today's forecasts


def forecast_rows(standing: Standing, stamp: Mapping[str, Any]) -> Rows:
    """Return the forecasts of every scored indicator: events by their date and two year ends, numbers at year ends."""
    makers = {"event": _event_rows, "lognormal": _lognormal_rows, "beta": _share_rows, "rate": _count_rows}
    rows: Rows = []
    for name in standing.tracker.scored_in_order():
        index = standing.tracker.model.indicator_ids.index(name)
        maker = makers.get(FAMILIES[standing.tracker.model.family[index]])
        if maker:
            rows += [{**stamp, "indicator_id": name, **row} for row in maker(standing, name, index)]
    return rows


def forecasters(standing: Standing, index: int) -> Iterator[tuple[str, Floats]]:
    """Yield each forecaster with its weights on the columns of one indicator, shape (C,).

    `other` spreads its mass over the named hypotheses as the prior does, less the share of readings that comes from
    nowhere, which follows the yardstick. A scenario that is silent on the indicator makes no forecast of it.
    """
    model = standing.tracker.model
    contamination = float(standing.tracker.settings["scoring"]["contamination"])
    prior = np.array([standing.tracker.priors[name] for name in (*model.scenario_ids, "other")])
    start = prior[model.hypothesis_scenario] * model.onset_weight
    yield METHOD, _column_weights(model, index, standing.posterior, start, contamination)
    yield PRIOR, _column_weights(model, index, start, start, contamination)
    for place, name in enumerate(model.scenario_ids):
        if model.speaks[index, place]:
            alone = np.where(model.hypothesis_scenario == place, model.onset_weight, 0.0)
            yield name, _column_weights(model, index, alone, start, contamination)


def _column_weights(model: "Model", index: int, weight: Floats, start: Floats, contamination: float) -> Floats:
    """Return the weight of each column in a mixture of hypotheses, silent scenarios left out, summing to 1."""
    column, is_other = hypothesis_columns(model)
    n_columns = model.n_scenarios + 1 + len(onset_columns(model)[0])
    named = ~is_other
    ordinary = start[named] / start[named].sum()
    mass = float(weight[is_other].sum())
    share = weight[named] + mass * (1 - contamination) * ordinary
    speaks = model.speaks[index][model.hypothesis_scenario[named]]
    result = np.zeros(n_columns)
    np.add.at(result, column[named], np.where(speaks, share, 0.0))
    result[model.n_scenarios] += mass * contamination
    shares: Floats = result / result.sum()
    return shares


def due_dates(standing: Standing, year_ends: int = YEAR_ENDS, by: Iterable[date] = ()) -> list[date]:
    """Return the dates of forecasts: the next year ends within the horizon, and the given ones that lie ahead."""
    first = standing.as_of.year + (standing.as_of >= date(standing.as_of.year, 12, 31))
    ends = [date(year, 12, 31) for year in range(first, first + year_ends)]
    horizon = standing.tracker.horizon_end
    return sorted({day for day in (*by, *ends) if standing.as_of < day <= horizon})


def _at(standing: Standing, index: int, kind: str, day: float, **columns: float) -> Columns:
    """Return one family's columns of one indicator at a date, each (1, C)."""
    model = standing.tracker.model
    given = {name: np.array([value]) for name, value in columns.items()}
    probe = blank_observations(np.array([index]), KIND[kind], np.array([day]), **given)
    return REGISTRY[FAMILIES[model.family[index]]].columns(model, probe)


def _survival(standing: Standing, index: int, day: float) -> Floats:
    """Return P(not yet by a date) of every column, shape (C,)."""
    model = standing.tracker.model
    probe = blank_observations(np.array([index]), KIND["none_seen"], np.array([day]))
    family = REGISTRY[FAMILIES[model.family[index]]]
    survival: Floats = 1 - family.column_cdf(model, probe, family.columns(model, probe))[0]
    return survival


def _event_rows(standing: Standing, name: str, index: int) -> Iterator[dict[str, Any]]:
    """Yield the probability that an event happens by each date, given that it was not seen by the last look."""
    model, reading = standing.tracker.model, standing.readings.get(name)
    if reading is not None and reading["kind"] in ("event", "mixed"):
        return
    looked = reading is not None and reading["reading_date"] is not None and reading["reliability"]
    last = standing.tracker.years(reading["reading_date"]) if looked and reading is not None else 0.0
    reliability = float(reading["reliability"]) if looked and reading is not None else 0.0
    now = _survival(standing, index, last)
    deadlines = {
        standing.tracker.t0 + timedelta(days=round(years * 365.25))
        for years in model.parameters["by"][index][model.speaks[index]]
    }
    for day in due_dates(standing, 2, deadlines):
        then = _survival(standing, index, standing.tracker.years(day))
        for who, weight in forecasters(standing, index):
            spoken = (weight > LEAST_WEIGHT) & ~np.isnan(then) & ~np.isnan(now)
            share = weight[spoken] / weight[spoken].sum()
            said = formulas.event_probability(share, now[spoken], then[spoken], np.array(reliability))
            yield {"date": day, "forecaster": who, "quantity": PROBABILITY, "value": float(said)}
        yield {"date": day, "forecaster": LAST_YEAR, "quantity": PROBABILITY, "value": 0.0}


def _lognormal_rows(standing: Standing, name: str, index: int) -> Iterator[dict[str, Any]]:
    """Yield the quantiles of a positive value at each year end, given its own last reading."""
    seen = _last_value(standing, name)
    for day in due_dates(standing):
        then = _at(standing, index, "value", standing.tracker.years(day))
        mean, variance = then.first[0], then.second[0] ** 2
        if seen:
            mean, variance = _carried_on(standing, index, seen, day, (mean, variance))
        for who, weight in forecasters(standing, index):
            yield from _quantile_rows(day, who, _merged(Mixture(weight, mean, np.sqrt(variance))), "lognormal")
        if seen:
            last = Mixture(np.ones(1), np.array([math.log(seen["value"])]), np.array([SAME_AS_LAST]))
            yield from _quantile_rows(day, LAST_YEAR, last, "lognormal")


def _last_value(standing: Standing, name: str) -> Mapping[str, Any] | None:
    """Return an indicator's last scored value or nowcast; none if it has none."""
    reading = standing.readings.get(name)
    if reading is None or not reading["scored"] or reading["kind"] not in VALUED or not reading["value"]:
        return None
    return reading


def _carried_on(
    standing: Standing, index: int, seen: Mapping[str, Any], day: date, then: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Return log mean and variance of every column at a date, given the last value."""
    model, tracker = standing.tracker.model, standing.tracker
    log_sd = float(seen["log_sd"] or 0.0)
    at = tracker.years(seen["scored_at"])
    now = _at(standing, index, "nowcast" if log_sd else "value", at, log_sd=log_sd)
    number = {key: model.parameters[key][index] for key in ("sigma", "drift_sd", "start_sd", "reversion")}
    start = model.parameters["start_time"][index]
    process = Process(**number, long_run_variance=model.parameters["long_run_variance"][index])
    years = np.maximum(at - start, 0.0), np.maximum(tracker.years(day) - start, 0.0)
    covariance = formulas.covariance(process, *years)
    shared = float(np.nanmean(np.where(model.speaks[index], covariance, np.nan)))
    # with a spread that all scenarios share, what they share of it is the mean too
    columns = np.full(then[0].shape, shared)
    if not model.shared_sd:
        columns[: model.n_scenarios] = covariance
        columns[model.n_scenarios + 1 :] = covariance[onset_columns(model)[0]]
    carried = np.minimum(columns, 0.999 * np.minimum(now.second[0] ** 2, then[1]))
    moments = Moments(now.first[0], now.second[0] ** 2, then[0], then[1], carried)
    return formulas.carried_on(moments, np.array(math.log(seen["value"])))


def _merged(mixture: Mixture) -> Mixture:
    """Return the mixture with equal components added up, and those that weigh nothing left out."""
    weights: dict[tuple[float, float], float] = {}
    for weight, first, second in zip(mixture.weight, mixture.first, mixture.second, strict=True):
        if weight > LEAST_WEIGHT and not math.isnan(first):
            key = (round(float(first), 6), round(float(second), 6))
            weights[key] = weights.get(key, 0.0) + float(weight)
    total = sum(weights.values())
    first, second = np.array(list(weights)).T
    return Mixture(np.array(list(weights.values())) / total, first, second)


def _mixture_text(family: str, mixture: Mixture, since: date | None = None) -> str:
    """Return a mixture as JSON: its components' weights and two parameters each, and from when on it counts."""
    columns = {"weight": mixture.weight, "first": mixture.first, "second": mixture.second}
    rounded = {name: [round(float(value), 6) for value in values] for name, values in columns.items()}
    return json.dumps({"family": family, **rounded} | ({"since": since.isoformat()} if since else {}))


def _share_rows(standing: Standing, name: str, index: int) -> Iterator[dict[str, Any]]:
    """Yield the quantiles of a share at each year end; votes already cast teach each hypothesis its share."""
    reading = standing.readings.get(name)
    votes = reading is not None and reading["scored"] and reading["kind"] == "share_count"
    seen = (float(reading["value"]), float(reading["trials"])) if votes and reading is not None else (0.0, 0.0)
    for day in due_dates(standing):
        columns = _at(standing, index, "value", standing.tracker.years(day), value=0.5)
        n_own = standing.tracker.model.n_scenarios + 1
        a, b = columns.first[0][:n_own] + seen[0], columns.second[0][:n_own] + seen[1] - seen[0]
        for who, weight in forecasters(standing, index):
            weights = weight[:n_own].copy()
            np.add.at(weights, onset_columns(standing.tracker.model)[0], weight[n_own:])
            since = reading["reading_date"] if votes and reading is not None else None
            yield from _quantile_rows(day, who, _merged(Mixture(weights, a, b)), "beta", 1.0, since)


def _count_rows(standing: Standing, name: str, index: int) -> Iterator[dict[str, Any]]:
    """Yield the quantiles of how many more events there are up to each year end, from the last search on."""
    reading = standing.readings.get(name)
    is_count = reading is not None and reading["scored"] and reading["kind"] in ("count", "none_seen")
    if not is_count or reading is None or reading["exposure_end"] is None:
        return
    tracker = standing.tracker
    first, last = (tracker.years(reading[key]) for key in ("exposure_start", "exposure_end"))
    found_share = float(reading.get("completeness") or 1.0)
    seen, exposed = float(reading["value"] or 0.0), max(last - first, 1e-6)
    for day in due_dates(standing):
        ahead = tracker.years(day) - last
        columns = _at(standing, index, "count", last, exposure_start=first, exposure_end=last, value=seen)
        shape, rate = columns.second[0], columns.first[0] / exposed
        learned, base = shape + seen, shape / rate + found_share * exposed
        for who, weight in forecasters(standing, index):
            mixture = _merged(Mixture(weight, learned * ahead / base, learned))
            most = float(20 + 6 * (mixture.first + np.sqrt(mixture.first)).max())
            yield from _quantile_rows(day, who, mixture, "count", most, reading["exposure_end"])


def _quantile_rows(
    day: date, who: str, mixture: Mixture, family: str, most: float = 1.0, since: date | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the quantiles of a mixture, of betas or counts between 0 and ``most``; the median's row carries it."""
    is_log = family == "lognormal"
    low = float((mixture.first - 9 * mixture.second).min()) if is_log else 0.0
    high = float((mixture.first + 9 * mixture.second).max()) if is_log else most
    shares = np.array(list(SHARES.values()))

    def cdf(x: Floats) -> Floats:
        return mixture_cdf(family, mixture, np.exp(x) if is_log else x)

    quantiles = bisect(np.full(shares.shape, low), np.full(shares.shape, high), shares, cdf, HALVINGS)
    quantiles = np.exp(quantiles) if is_log else np.ceil(quantiles - 1e-9) if family == "count" else quantiles
    for name, value in zip(SHARES, quantiles, strict=True):
        row = {"date": day, "forecaster": who, "quantity": name, "value": float(value)}
        if name == "p50":
            row["mixture"] = _mixture_text(family, mixture, since)
        yield row


def mixture_cdf(family: str, mixture: Mixture, x: Floats) -> Floats:
    """Return the distribution function of a mixture at x (Q,); counts at whole numbers."""
    at = x[:, None]
    if family == "lognormal":
        parts: Floats = np.asarray(ndtr((np.log(at) - mixture.first) / mixture.second))
    elif family == "beta":
        parts = np.asarray(betainc(mixture.first, mixture.second, np.clip(at, 0.0, 1.0)), dtype=np.float64)
    else:
        parts = negative_binomial_cdf(at, mixture.first, mixture.second)
    result: Floats = (mixture.weight * parts).sum(axis=1)
    return result


# ------------------------------------------------------------------ what became of them

CAME, DID_NOT, PENDING, VOID, MEASURED = "came_true", "did_not", "pending", "void", "measured"


def resolved_rows(warehouse: Warehouse, frozen: Sequence[Mapping[str, Any]], as_of: date) -> Iterator[dict[str, Any]]:
    """Yield what became of each forecast whose row says a probability or carries a distribution.

    An event is settled by a happened date, or by a look after the date that saw nothing; a value by a reading whose
    period ends on the date; a count by a search that reached the date; votes by those cast up to it. A forecast of what
    is tracked no more, or that nobody reports on for two years, is void.
    """
    readings = {
        (row["tracker_id"], row["indicator_id"]): row
        for row in warehouse.rows("from reading where as_of = $as_of", as_of=as_of)
    }
    settled = _settling_claims(warehouse)
    counted: dict[tuple[str, str], Rows] = {}
    for event in warehouse.rows("from counted_claim where as_of = $as_of", as_of=as_of):
        counted.setdefault((event["tracker_id"], event["indicator_id"]), []).append(event)
    for row in frozen:
        if row["quantity"] not in (PROBABILITY, "p50"):
            continue
        key = (row["tracker_id"], row["indicator_id"])
        shared = {name: row[name] for name in ("tracker_id", "indicator_id", "date", "forecaster", "frozen_on")}
        claims = settled.get(key, {}) | {"counted": counted.get(key, [])}
        yield {**shared, **_verdict(row, readings.get(key), claims, as_of)}


def _settling_claims(warehouse: Warehouse) -> dict[tuple[str, str], dict[str, Any]]:
    """Return of each indicator the values by period end, the first day it happened, and the last look that saw none."""
    settled: dict[tuple[str, str], dict[str, Any]] = {}
    rows = warehouse.rows(
        "select tracker_id, indicator_id, kind, period_end, value, happened_to, searched_until, reliability_value from "
        "claim where superseded_by is null and not held and status not in ('withdrawn', 'unverified') order by all"
    )
    for row in rows:
        claims = settled.setdefault(
            (row["tracker_id"], row["indicator_id"]), {"values": {}, "happened": None, "looked": None}
        )
        if row["kind"] == "value" and row["value"] is not None:
            claims["values"].setdefault(row["period_end"], []).append((row["value"], row["reliability_value"]))
        elif row["kind"] == "event":
            claims["happened"] = min(filter(None, (claims["happened"], row["happened_to"])), default=None)
        elif row["kind"] == "none_seen":
            claims["looked"] = max(filter(None, (claims["looked"], row["searched_until"])), default=None)
    return settled


def _verdict(
    row: Mapping[str, Any], reading: Mapping[str, Any] | None, settled: Mapping[str, Any], as_of: date
) -> dict[str, Any]:
    """Return outcome, scores and the reason for which a forecast is void."""
    due = row["date"]
    if reading is None:
        return {"outcome": VOID, "void_reason": "the indicator is tracked no more"}
    if row["quantity"] == PROBABILITY:
        return _event_verdict(row, settled, as_of)
    values = settled.get("values", {}).get(due)
    mixture = json.loads(row["mixture"]) if row.get("mixture") else None
    if mixture and "since" in mixture:
        return _counted_verdict(mixture, reading, settled["counted"], due, as_of)
    if values and mixture and mixture["family"] in ("lognormal", "beta") and due <= as_of:
        total = sum(weight for _, weight in values)
        observed = sum(value * weight for value, weight in values) / total
        return {"outcome": MEASURED, "observed": observed, **_density_scores(mixture, observed)}
    return _unsettled(due, as_of)


def _event_verdict(row: Mapping[str, Any], settled: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """Return whether an event came true by the date, with its scores."""
    due, happened, looked = row["date"], settled.get("happened"), settled.get("looked")
    if happened is not None and happened <= due:
        came = True
    elif due <= as_of and ((happened is not None and happened > due) or (looked is not None and looked >= due)):
        came = False
    else:
        return _unsettled(due, as_of)
    said = np.array(row["value"])
    return {
        "outcome": CAME if came else DID_NOT,
        "brier": float(formulas.brier_score(said, np.array(float(came)))),
        "log_score": float(formulas.log_score(said if came else 1 - said)),
    }


def _counted_verdict(
    mixture: Mapping[str, Any], reading: Mapping[str, Any], counted: Rows, due: date, as_of: date
) -> dict[str, Any]:
    """Return how many events came since the forecast, or how many votes of those cast, with its scores.

    A list holds only a share of what happened: the forecast of a count is thinned by the list's completeness.
    """
    weight, first, second = (np.array(mixture[name]) for name in ("weight", "first", "second"))
    events = [row for row in counted if date.fromisoformat(mixture["since"]) < row["counted_on"] <= due]
    looked = as_of if mixture["family"] == "beta" else reading["looked_until"] or reading["exposure_end"]
    if due > as_of or looked is None or looked < due:
        return _unsettled(due, as_of)
    if mixture["family"] == "count":
        observed = round(math.fsum(row["event_share"] for row in events))
        thinned = first * float(reading["completeness"] or 1.0)
        most = observed + int((thinned + 20 * np.sqrt(thinned + thinned**2 / second)).max()) + 20
        distribution = mixture_cdf("count", Mixture(weight, thinned, second), np.arange(most + 1.0))
    else:
        trials = round(math.fsum(row["trials"] * row["event_share"] for row in events))
        observed = round(math.fsum(row["value"] * row["event_share"] for row in events))
        if not trials:
            return {"outcome": VOID, "void_reason": "no vote was cast by the date"}
        hits = np.arange(trials + 1.0)[:, None]
        masses = np.exp(beta_binomial_log_mass(hits, np.array(trials), first, second))
        distribution = np.cumsum((weight * masses).sum(axis=1))
    mass = np.diff(distribution, prepend=0.0)[observed]
    crps = formulas.count_crps(observed, distribution)
    return {
        "outcome": MEASURED,
        "observed": float(observed),
        "log_score": float(formulas.log_score(mass)),
        "crps": crps,
    }


def _unsettled(due: date, as_of: date) -> dict[str, Any]:
    """Return that a forecast waits, or that nobody will settle it any more."""
    if as_of > due + OVERDUE:
        return {"outcome": VOID, "void_reason": "nobody reported on it for two years after its date"}
    return {"outcome": PENDING}


def _density_scores(mixture: Mapping[str, Any], observed: float) -> dict[str, float]:
    """Return log score and CRPS of a distribution at what was observed: of ln y for positive values."""
    weight, first, second = (np.array(mixture[name]) for name in ("weight", "first", "second"))
    if mixture["family"] == "lognormal":
        at = math.log(observed)
        density = (weight * np.exp(-0.5 * ((at - first) / second) ** 2) / (second * math.sqrt(2 * math.pi))).sum()
        crps = formulas.normal_mixture_crps(at, weight, first, second**2)
        return {"log_score": float(formulas.log_score(density)), "crps": crps}
    grid = np.linspace(0.0, 1.0, 2001)
    distribution = mixture_cdf("beta", Mixture(weight, first, second), grid)
    return {"crps": float(np.trapezoid((distribution - (grid >= observed)) ** 2, grid))}
