"""The frozen readings of tests/golden as a model with evidence, for tests of whole verdicts."""

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from signposts.scoring.combining import Pool, luck_scores, pooled_places, pooled_ratios
from signposts.scoring.families import FAMILIES
from signposts.scoring.model import Model, build_model, make_observations, with_trigger_shares
from signposts.scoring.observations import KIND, blank_observations, even_completeness, years_since
from signposts.scoring.predictive import likelihood, single_evidence
from signposts.scoring.what_if import WhatIfInputs, with_reading

FILE = Path(__file__).parent / "golden" / "readings_2026_11_25.json"
NUMBERS = ("value", "value_low", "value_high", "log_sd", "trials", "reliability", "pool_weight")
DATES = ("reading_date", "happened_from", "happened_to")


@dataclass(frozen=True)
class Frozen:
    """A model and the evidence of its frozen readings: every scored indicator has a place, read or not."""

    model: Model
    t0: date
    names: list[str]
    evidence: WhatIfInputs


def frozen(
    kappa: float | None = None,
    gamma: float | None = None,
    *,
    lists: bool = False,
    chains: bool = True,
    triggers: float = 1.0,
) -> Frozen:
    """Return the frozen readings as evidence, with the catalogue's weights unless others are given.

    ``lists`` scores the lists too, each incomplete by an unknown share; without ``chains`` only the newest link counts;
    ``triggers`` multiplies the share of every trigger.
    """
    held = json.loads(FILE.read_text(encoding="utf-8"))
    t0 = date.fromisoformat(held["t0"])
    model = build_model(
        t0=t0,
        scenarios=held["scenarios"],
        hypotheses=held["hypotheses"],
        indicators=[
            row | ({"exposure_start": date.fromisoformat(row["exposure_start"])} if "exposure_start" in row else {})
            for row in held["indicators"]
        ],
        predictions=held["predictions"],
        scoring=held["scoring"],
    )
    model = with_trigger_shares(model, triggers)
    rows = [row for row in held["observations"] if chains or row["position"] == 1]
    columns = {
        name: np.array([np.nan if row.get(name) is None else row[name] for row in rows], dtype=float)
        for name in NUMBERS
    }
    columns |= {name: np.array([years_since(t0, row.get(name)) for row in rows]) for name in DATES}
    columns |= {name: np.array([row.get(name) for row in rows], dtype=object) for name in ("indicator_id", "category")}
    columns["kind"] = np.array([row["kind"] for row in rows], dtype=object)
    names = [row["indicator_id"] for row in held["indicators"]]
    read = list(dict.fromkeys(columns["indicator_id"]))
    pool = Pool(
        reading=np.array([read.index(name) for name in columns["indicator_id"]]),
        position=np.array([row["position"] for row in rows]),
        weight=columns["pool_weight"],
        reliability=columns["reliability"],
        falls_back=columns["kind"] != "event",
    )
    found = likelihood(model, make_observations(model, columns))
    indicator = model.indicator_index(names)
    place = [names.index(name) for name in read]
    own = indicator[place]
    z = luck_scores(pooled_places(found.place, pool, len(read)), model.luck_orientation(own)[:, None])
    z[~model.speaks[own].all(axis=1)] = np.nan
    groups = sorted(held["rho"])
    shape = (len(names), model.n_hypotheses)
    whole = {"log_ratios": np.zeros(shape), "contaminated": np.zeros(shape), "z": np.full(shape, np.nan)}
    whole["log_ratios"][place] = pooled_ratios(found.log_ratio, pool, len(read))
    whole["contaminated"][place] = pooled_ratios(found.log_ratio_contaminated, pool, len(read))
    whole["z"][place] = z
    whole["z"][:, -1] = np.nan
    has_reading = np.zeros(len(names), dtype=bool)
    has_reading[place] = True
    group_of = {row["indicator_id"]: row["group_id"] for row in held["indicators"]}
    evidence = WhatIfInputs(
        indicator=indicator,
        has_reading=has_reading,
        is_defining=np.zeros(len(names), dtype=bool),
        group=np.array([groups.index(group_of[name]) for name in names]),
        rho=np.array([held["rho"][name] for name in groups]),
        prior=model.prior,
        evidence_weight=held["evidence_weight"] if kappa is None else kappa,
        defining_weight=held["defining_weight"] if gamma is None else gamma,
        **whole,
    )
    given = Frozen(model, t0, names, evidence)
    for row in held["lists"] if lists else ():
        given = suppose(given, row["indicator_id"], row["value"], row["exposure_end"], row["reliability"])
    return given


def suppose(given: Frozen, name: str, said: object, day: str, reliability: float = 0.98) -> Frozen:
    """Return the readings with one replaced: an event on a date (None: not seen), a value, a category or a list."""
    model = given.model
    index = model.indicator_index([name])
    at = np.array([years_since(given.t0, day)])
    family = FAMILIES[model.family[index[0]]]
    if family == "event":
        when = at if said is None else np.array([years_since(given.t0, str(said))])
        kind = KIND["none_seen"] if said is None else KIND["event"]
        ends = {} if said is None else {"happened_from": when, "happened_to": when}
        row = blank_observations(index, kind, when, **ends)
    elif family == "ordinal":
        row = blank_observations(
            index, KIND["category"], at, category=np.array([model.categories[index[0]].index(str(said))])
        )
    else:
        kind = KIND["open_count"] if family == "rate" else KIND["value"]
        row = blank_observations(index, kind, at, value=np.array([float(str(said))]), exposure_end=at)
        if family == "rate":
            nodes, weights = even_completeness(1, *model.open_list_coverage)
            row = replace(row, completeness=nodes, completeness_weight=weights)
    changed = with_reading(given.evidence, given.names.index(name), single_evidence(model, row, reliability))
    return replace(given, evidence=changed)
