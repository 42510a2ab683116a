"""What one tracker's scenarios predict, as arrays: the scorer's view of the catalogue.

Belongs here: the data types `Model`, and their making from plain catalogue rows and table columns.
Not here: any density (families/), any weighing of evidence (combining.py), any reading of files.
Times are years since t0 (days / 365.25), in every module of this package.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from signposts.errors import InputError
from signposts.scoring.arrays import Booleans, Floats, Integers
from signposts.scoring.families import FAMILIES, FAMILY_OF_TYPE, KINDS_OF_FAMILY, PARAMETERS, REGISTRY, TYPES
from signposts.scoring.families.trajectory import waypoints
from signposts.scoring.observations import (
    DAYS_PER_YEAR,
    KINDS,
    Observations,
    direction,
    even_completeness,
    years_since,
)

OTHER = "other"
OTHER_MASS, CONTAMINATION = 0.05, 0.2
"""Where rows or settings leave them out, as in tests of single formulas; a catalogue always gives both."""
YARDSTICK_SPREAD = 2.0
"""Where the catalogue gives none: that of the log-normal families (docs/method.md, 4.4)."""


@dataclass(frozen=True)
class Model:
    """One tracker's hypotheses and predictions (docs/method.md, 3 and 4).

    I indicators, S named scenarios in order of display, H hypotheses (scenario and onset) with `other` last, K the
    largest number of categories. Arrays `(I, S)` unless said otherwise; a parameter that a type lacks is NaN.
    """

    scenario_ids: tuple[str, ...]
    """The S named scenarios."""
    indicator_ids: tuple[str, ...]
    hypothesis_scenario: Integers
    """(H,) index of the scenario; S stands for `other`."""
    hypothesis_onset: Floats
    """(H,) years after t0."""
    onset_weight: Floats
    """(H,) sums to 1 per scenario."""
    baseline: Integers
    """(S,) index of the scenario that is the path before the onset; -1 for none."""
    delayed: Booleans
    """(S, types) whether a prediction type waits for the onset."""
    cooperative_rank: Floats
    """(S,) order along the axis of the monotone-likelihood-ratio check."""
    type: Integers
    """Index into TYPES; 0 is silent."""
    speaks: Booleans
    """Whether the prediction counts: not silent and inside the chosen subset."""
    stated: Booleans
    """Whether the prediction's basis is `stated`."""
    parameters: Mapping[str, Floats]
    """PARAMETERS, each (I, S)."""
    probabilities: Floats
    """(I, S, K) of categories."""
    categories: tuple[tuple[str, ...], ...]
    """(I) names of the categories, in order."""
    waypoints: Floats
    """(I, S, P, 2) years since t0 and level of a trajectory's points; the last repeated, NaN where none."""
    family: Integers
    """(I,) index into FAMILIES."""
    detect_prob: Floats
    """(I,) chance that an event that happened is seen."""
    exposure_start: Floats
    """(I,) years since t0 at which counting starts."""
    cooperative: Integers
    """(I,) +1 up, -1 down, 0 where no way is more cooperation."""
    prior: Floats
    """(S + 1,) headline prior, `other` last: what a silent scenario's likelihood is mixed with."""
    defines: Integers
    """(I,) scenario that the event is the coming of, index; -1 for none."""
    contamination: float
    """Share of the readings that come from nowhere in a world of `other`."""
    shared_sd: bool
    obs_sd: float
    yardstick_spread: float
    """Times the spread of a trajectory's paths together that its yardstick has."""
    open_list_coverage: tuple[float, float]

    @property
    def type_names(self) -> tuple[str, ...]:
        """Return the names that `type` indexes."""
        return TYPES

    @property
    def n_hypotheses(self) -> int:
        """Return H, `other` included."""
        return len(self.hypothesis_scenario)

    @property
    def hypothesis_weight(self) -> Floats:
        """Return the headline prior of each hypothesis, onset weight included, shape (H,)."""
        weight: Floats = self.prior[self.hypothesis_scenario] * self.onset_weight
        return weight

    @property
    def n_scenarios(self) -> int:
        """Return S, the number of named scenarios."""
        return len(self.scenario_ids)

    def indicator_index(self, indicator_ids: Sequence[str] | NDArray[Any]) -> Integers:
        """Return the index of each indicator; an unknown one is an InputError."""
        codes = {name: index for index, name in enumerate(self.indicator_ids)}
        return _codes(indicator_ids, codes, "indicator")

    def luck_orientation(self, indicator: Integers) -> Floats:
        """Return o of each indicator, of its shape: -1 where a higher place in the fan is less cooperation, else 1.

        An event's place runs from early to late, so that of an event whose coming is cooperation a higher one is less.
        """
        is_event = self.family[indicator] == FAMILIES.index("event")
        result: Floats = np.where(self.cooperative[indicator] < 0, -1.0, 1.0) * np.where(is_event, -1.0, 1.0)
        return result

    def hypothesis_scenario_ids(self) -> tuple[str, ...]:
        """Return the scenario's name of each of the H hypotheses."""
        names = (*self.scenario_ids, OTHER)
        return tuple(names[index] for index in self.hypothesis_scenario)


def _codes(names: Sequence[Any] | NDArray[Any], codes: Mapping[Any, int], what: str) -> Integers:
    try:
        return np.fromiter((codes[name] for name in names), dtype=np.int64, count=len(names))
    except KeyError as error:
        message = f"unknown {what} {error.args[0]!r}: known are {', '.join(map(str, codes))}"
        raise InputError(message) from None


def make_observations(model: Model, columns: Mapping[str, Any]) -> Observations:
    """Return the observations of a mapping of columns of equal length, dates as years since t0 (docs/method.md, 3.1).

    Needed: `indicator_id` (or integer `indicator`), `kind` (or integer codes into KINDS), `reading_date`. The other
    columns of observation may be missing or hold NaN. A kind that the indicator's family cannot score is an
    InputError, as are unknown names.
    """
    indicator = (
        np.asarray(columns["indicator"], dtype=np.int64)
        if "indicator" in columns
        else model.indicator_index(columns["indicator_id"])
    )
    n_rows = len(indicator)
    kinds = columns["kind"]
    if not np.issubdtype(np.asarray(kinds).dtype, np.integer):
        kinds = _codes(kinds, {name: code for code, name in enumerate(KINDS)}, "kind")

    def numbers(name: str, default: float = math.nan) -> Floats:
        column = columns.get(name)
        if column is None:
            return np.full(n_rows, default)
        return np.asarray(column, dtype=np.float64)

    nodes = columns.get("completeness") or even_completeness(n_rows, *model.open_list_coverage)
    observations = Observations(
        indicator=indicator,
        kind=np.asarray(kinds, dtype=np.int64),
        value=numbers("value"),
        value_low=numbers("value_low"),
        value_high=numbers("value_high"),
        category=_category_codes(model, indicator, columns.get("category")),
        time=numbers("reading_date"),
        log_sd=np.nan_to_num(numbers("log_sd", 0.0)),
        trials=numbers("trials"),
        exposure_start=numbers("exposure_start"),
        exposure_end=numbers("exposure_end"),
        happened_from=numbers("happened_from"),
        happened_to=numbers("happened_to"),
        completeness=nodes[0],
        completeness_weight=nodes[1],
    )
    _refuse_unfit_kinds(model, observations)
    return observations


def _category_codes(model: Model, indicator: Integers, names: Any) -> Integers:
    codes = np.full(len(indicator), -1, dtype=np.int64)
    if names is None:
        return codes
    names = np.asarray(names)
    if np.issubdtype(names.dtype, np.integer):
        given: Integers = names.astype(np.int64)
        return given
    for row in np.flatnonzero(model.family[indicator] == FAMILIES.index("ordinal")):
        categories = model.categories[indicator[row]]
        if names[row] not in categories:
            where = model.indicator_ids[indicator[row]]
            raise InputError(f"{where}: unknown category {names[row]!r}, known are {', '.join(categories)}")
        codes[row] = categories.index(names[row])
    return codes


def scoreable(model: Model, indicator: Integers, kind: Integers) -> Booleans:
    """Return which rows have a kind that the indicator's family can score, shape (n,)."""
    table = np.array([[kind_name in KINDS_OF_FAMILY[name] for kind_name in KINDS] for name in FAMILIES])
    return cast(Booleans, table[model.family[indicator], kind])


def _refuse_unfit_kinds(model: Model, observations: Observations) -> None:
    unfit = ~scoreable(model, observations.indicator, observations.kind)
    if unfit.any():
        row = int(np.flatnonzero(unfit)[0])
        name = model.indicator_ids[observations.indicator[row]]
        family = FAMILIES[model.family[observations.indicator[row]]]
        kind = KINDS[observations.kind[row]]
        message = (
            f"{name}: an observation of kind {kind} cannot be scored by {family} predictions ({int(unfit.sum())} rows)"
        )
        raise InputError(message)


def build_model(
    *,
    t0: date,
    scenarios: Sequence[Mapping[str, Any]],
    hypotheses: Sequence[Mapping[str, Any]],
    indicators: Sequence[Mapping[str, Any]],
    predictions: Sequence[Mapping[str, Any]],
    scoring: Mapping[str, Any],
    indicator_settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Model:
    """Return the model of one tracker from rows of tables scenario, hypothesis, indicator and prediction.

    `scoring` is the mapping of tracker.yaml: shared_sd, obs_sd, open_list_coverage. `indicator_settings[id]` may give
    detect_prob, exposure_start and categories; the indicator's own row is asked next. `parameters` of a prediction is
    JSON or a mapping, with ISO dates. Faults are an InputError that names the prediction.
    """
    named = [row for row in scenarios if row["scenario_id"] != OTHER]
    if all(row.get("sort_order") is not None for row in scenarios):
        named.sort(key=lambda row: int(row["sort_order"]))
    listed_types = [row.get("delayed_types") or () for row in named]
    waiting = [types.replace(" ", "").split(",") if isinstance(types, str) else types for types in listed_types]
    scenario_ids = tuple(str(row["scenario_id"]) for row in named)
    position = {name: index for index, name in enumerate(scenario_ids)}
    ordered = sorted(hypotheses, key=lambda row: (position.get(row["scenario_id"], len(position)), float(row["onset"])))
    if not ordered or ordered[-1]["scenario_id"] != OTHER:
        ordered = [*ordered, {"scenario_id": OTHER, "onset": 0.0, "onset_weight": 1.0}]
    cells = _Cells(t0, [str(row["indicator_id"]) for row in indicators], scenario_ids)
    for row in predictions:
        cells.add(row)
    settings = [{**row, **(indicator_settings or {}).get(str(row["indicator_id"]), {})} for row in indicators]
    categories, probabilities = cells.ordinal(settings)
    low, high = scoring["open_list_coverage"]
    return Model(
        scenario_ids=scenario_ids,
        indicator_ids=tuple(cells.indicator_ids),
        hypothesis_scenario=np.array([position.get(row["scenario_id"], len(position)) for row in ordered]),
        hypothesis_onset=np.array([float(row["onset"]) for row in ordered]),
        onset_weight=np.array([float(row["onset_weight"]) for row in ordered]),
        baseline=np.array([position.get(row.get("baseline_id") or "", -1) for row in named]),
        delayed=np.array([[name in listed for name in TYPES] for listed in waiting], dtype=bool).reshape(
            -1, len(TYPES)
        ),
        cooperative_rank=np.array([_number(row.get("cooperative_rank")) for row in named]),
        type=cells.type,
        speaks=cells.type > 0,
        stated=cells.stated,
        parameters=cells.parameters,
        probabilities=probabilities,
        categories=categories,
        waypoints=cells.waypoints(),
        family=cells.families(),
        detect_prob=np.array([_number(row.get("detect_prob"), 1.0) for row in settings]),
        exposure_start=np.array(
            [years_since(t0, row.get("exposure_start") or date(t0.year, 1, 1)) for row in settings]
        ),
        cooperative=np.array([direction(row.get("cooperative")) for row in settings], dtype=np.int64),
        prior=_priors(scenarios, named),
        defines=np.array([position.get(str(row.get("defines") or ""), -1) for row in settings], dtype=np.int64),
        contamination=float(scoring.get("contamination", CONTAMINATION)),
        shared_sd=bool(scoring["shared_sd"]),
        obs_sd=float(scoring["obs_sd"]),
        yardstick_spread=float(scoring.get("yardstick_spread", YARDSTICK_SPREAD)),
        open_list_coverage=(float(low), float(high)),
    )


def _priors(scenarios: Sequence[Mapping[str, Any]], named: Sequence[Mapping[str, Any]]) -> Floats:
    """Return the headline prior with `other` last; rows without one share what is left evenly."""
    other = [_number(row.get("prior")) for row in scenarios if row["scenario_id"] == OTHER]
    mass = other[0] if other and not math.isnan(other[0]) else OTHER_MASS
    shares = np.array([_number(row.get("prior")) for row in named])
    if np.isnan(shares).any():
        shares = np.full(len(named), (1 - mass) / len(named))
    return np.append(shares, mass)


def stated_only(model: Model) -> Model:
    """Return the model in which every prediction that is not `stated` is silent (docs/method.md, 4.2).

    Baselines still serve before an onset, since their parameters stay.
    """
    return replace(model, speaks=model.speaks & model.stated)


def with_trigger_shares(model: Model, factor: float) -> Model:
    """Return the model in which every trigger has so many times its share, below 1."""
    share = np.minimum(model.parameters["trigger_share"] * factor, 0.99)
    return replace(model, parameters={**model.parameters, "trigger_share": share})


def with_one_later_onset(model: Model, latest: float) -> Model:
    """Return the model in which a scenario's onsets too late for any reading up to a date to tell apart are one.

    Neither they nor the triggers that announce them have begun by `latest`, years since t0, so that they predict the
    same of every reading: what is believed of each scenario stays as it is.
    """
    triggers = np.where(model.parameters["trigger_share"] > 0, model.parameters["trigger_lag"], 0.0)
    horizon = max(latest, model.exposure_start.max(initial=0.0)) + triggers.max(initial=0.0)
    later = model.hypothesis_onset > max(horizon, 0.0) + 1 / DAYS_PER_YEAR
    same = later[1:] & later[:-1] & (model.hypothesis_scenario[1:] == model.hypothesis_scenario[:-1])
    kept = np.flatnonzero(np.append(True, ~same))
    return replace(
        model,
        hypothesis_scenario=model.hypothesis_scenario[kept],
        hypothesis_onset=model.hypothesis_onset[kept],
        onset_weight=np.add.reduceat(model.onset_weight, kept),
    )


def with_settings(model: Model, **settings: Any) -> Model:
    """Return the model with other settings, for example shared_sd=False."""
    return replace(model, **settings)


def stack(models: Sequence[Model], names: Sequence[str]) -> Model:
    """Return one model that holds the indicators of several, each named `<name>/<indicator_id>`.

    All must share scenarios, hypotheses, onset rules and settings, so that many trackers are scored in one pass; the
    log ratios equal those of the single models.
    """
    first = models[0]
    shared = ("hypothesis_scenario", "hypothesis_onset", "onset_weight", "baseline", "delayed")
    for model in models:
        same = all(np.array_equal(getattr(model, field), getattr(first, field)) for field in shared)
        settings = (model.shared_sd, model.obs_sd, model.yardstick_spread, model.open_list_coverage)
        if not same or settings != (first.shared_sd, first.obs_sd, first.yardstick_spread, first.open_list_coverage):
            raise InputError("models can be stacked only if hypotheses, onset rules and settings are the same")
    n_categories = max(model.probabilities.shape[2] for model in models)
    padded = [
        np.pad(model.probabilities, ((0, 0), (0, 0), (0, n_categories - model.probabilities.shape[2])))
        for model in models
    ]
    longest = max(model.waypoints.shape[2] for model in models)
    joined: dict[str, Any] = {
        field: np.concatenate([getattr(model, field) for model in models])
        for field in ("type", "speaks", "stated", "family", "detect_prob", "exposure_start", "cooperative", "defines")
    }
    return replace(
        first,
        indicator_ids=tuple(
            f"{name}/{old_id}" for name, model in zip(names, models, strict=True) for old_id in model.indicator_ids
        ),
        parameters={key: np.concatenate([model.parameters[key] for model in models]) for key in PARAMETERS},
        probabilities=np.concatenate(padded),
        waypoints=np.concatenate(
            [
                np.pad(model.waypoints, ((0, 0), (0, 0), (0, longest - model.waypoints.shape[2]), (0, 0)), mode="edge")
                for model in models
            ]
        ),
        categories=tuple(names_ for model in models for names_ in model.categories),
        **joined,
    )


def _number(value: Any, default: float = math.nan) -> float:
    return default if value is None or value != value else float(value)


class _Cells:
    """Fills the (indicator, scenario) arrays of a model, one prediction at a time."""

    def __init__(self, t0: date, indicator_ids: Sequence[str], scenario_ids: Sequence[str]) -> None:
        self.t0 = t0
        self.indicator_ids = list(indicator_ids)
        self._row = {name: index for index, name in enumerate(indicator_ids)}
        self._column = {name: index for index, name in enumerate(scenario_ids)}
        shape = (len(indicator_ids), len(scenario_ids))
        self.type = np.zeros(shape, dtype=np.int64)
        self.stated = np.zeros(shape, dtype=bool)
        self.parameters = {name: np.full(shape, math.nan) for name in PARAMETERS}
        self._probs: dict[tuple[int, int], Mapping[str, float]] = {}
        self._waypoints: dict[tuple[int, int], Floats] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """Add one row of table prediction."""
        where = f"prediction of {row['scenario_id']} about {row['indicator_id']}"
        if row["type"] not in TYPES:
            raise InputError(f"{where}: unknown type {row['type']!r}")
        if row["indicator_id"] not in self._row or row["scenario_id"] not in self._column:
            raise InputError(f"{where}: unknown indicator or scenario")
        cell = (self._row[row["indicator_id"]], self._column[row["scenario_id"]])
        given = row.get("parameters") or {}
        given = json.loads(given) if isinstance(given, str) else given
        self.type[cell] = TYPES.index(row["type"])
        self.stated[cell] = row.get("basis") == "stated"
        if row["type"] == "silent":
            return
        if row["type"] == "ordinal":
            self._probs[cell] = {str(name): float(share) for name, share in given["probs"].items()}
            return
        try:
            for name, value in REGISTRY[FAMILY_OF_TYPE[row["type"]]].parse(self.t0, row["type"], given).items():
                self.parameters[name][cell] = value
            if "waypoints" in given:
                self._waypoints[cell] = waypoints(self.t0, given)
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise InputError(f"{where}: parameters of {row['type']} cannot be used: {error!r}") from error

    def families(self) -> Integers:
        """Return the family of each indicator, shape (I,); two families in one indicator are an InputError."""
        result = np.zeros(len(self.indicator_ids), dtype=np.int64)
        for index, name in enumerate(self.indicator_ids):
            families = {FAMILY_OF_TYPE[TYPES[code]] for code in self.type[index] if code}
            if len(families) > 1:
                raise InputError(f"{name}: predictions of different families cannot be compared: {sorted(families)}")
            result[index] = FAMILIES.index(families.pop()) if families else 0
        return result

    def waypoints(self) -> Floats:
        """Return the points of every trajectory, padded with its last one, shape (I, S, P, 2)."""
        longest = max([1, *map(len, self._waypoints.values())])
        result = np.full((*self.type.shape, longest, 2), math.nan)
        for cell, points in self._waypoints.items():
            result[cell] = np.concatenate([points, np.repeat(points[-1:], longest - len(points), axis=0)])
        return result

    def ordinal(self, settings: Sequence[Mapping[str, Any]]) -> tuple[tuple[tuple[str, ...], ...], Floats]:
        """Return each indicator's categories and the probabilities (I, S, K)."""
        names: list[tuple[str, ...]] = []
        for index, setting in enumerate(settings):
            spoken = [name for (row, _), probs in self._probs.items() if row == index for name in probs]
            names.append(tuple(setting.get("categories") or dict.fromkeys(spoken)))
        widest = max([1, *map(len, names)])
        probabilities = np.zeros((*self.type.shape, widest))
        for (row, column), probs in self._probs.items():
            total = math.fsum(probs.values())
            for name, share in probs.items():
                if name not in names[row]:
                    raise InputError(f"{self.indicator_ids[row]}: category {name!r} is not among {names[row]}")
                probabilities[row, column, names[row].index(name)] = share / total
        return tuple(names), probabilities
