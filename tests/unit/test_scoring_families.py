"""The registry of families: whoever adds one answers every question, and nothing else decides by a family's name."""

import importlib
import inspect
import pkgutil
from datetime import date

import numpy as np
import pytest

from signposts.catalogue import predictions
from signposts.catalogue.fields import PredictionType
from signposts.scoring import families
from signposts.scoring.families.base import Family, MixedFamily
from signposts.scoring.observations import KINDS
from tests.invented_model import invented_model

MODEL = invented_model()
QUESTIONS = (
    "parse",
    "columns",
    "column_log_density",
    "column_cdf",
    "quantiles",
    "cells",
    "sample",
    "words",
)
NOT_FAMILIES = {"base", "mixtures", "truths", "words"}


def test_every_module_beside_the_registry_is_one_family_that_is_registered() -> None:
    found = {}
    for module in pkgutil.iter_modules(families.__path__):
        if module.name in NOT_FAMILIES:
            continue
        held = importlib.import_module(f"signposts.scoring.families.{module.name}")
        own = [
            kind
            for _, kind in inspect.getmembers(held, inspect.isclass)
            if issubclass(kind, Family) and kind.__module__ == held.__name__
        ]
        assert len(own) == 1, f"{module.name} holds {own}"
        found[module.name] = own[0]
    assert {type(family) for family in families.REGISTRY.values()} == set(found.values())


@pytest.mark.parametrize("name", families.REGISTRY)
def test_a_family_answers_every_question(name: str) -> None:
    family = families.REGISTRY[name]
    assert not inspect.isabstract(type(family))
    for question in QUESTIONS:
        method = getattr(type(family), question)
        assert method is not getattr(Family, question), f"{name} does not say {question}"
        assert inspect.getdoc(method)
    assert family.figure in ("fan", "survival", "bars")
    assert family.probe in family.kinds
    assert set(family.kinds) <= set(KINDS)


def test_every_type_of_the_catalogue_belongs_to_one_family_or_is_silent() -> None:
    assert set(families.TYPES) == set(PredictionType.__args__)  # type: ignore[attr-defined]
    spoken = [kind for family in families.REGISTRY.values() for kind in family.types]
    assert len(spoken) == len(set(spoken))
    assert set(predictions.FAMILY_OF_TYPE) == set(spoken)


def test_every_kind_of_observation_is_scored_by_some_family() -> None:
    assert {kind for family in families.REGISTRY.values() for kind in family.kinds} == set(KINDS)


def test_parsed_numbers_are_the_ones_that_the_family_keeps() -> None:
    given = {"by": "2030-01-01", "p": 0.5}
    found = families.REGISTRY["event"].parse(date(2025, 1, 1), "event_by", given)
    assert set(found) <= set(families.REGISTRY["event"].parameters)


def test_a_mixture_of_one_hypothesis_has_its_own_quantiles() -> None:
    """Of the families that mix: the quantile of all the weight on one hypothesis gives back the share."""
    from signposts.scoring.observations import KIND, blank_observations

    for name, family in families.REGISTRY.items():
        rows = np.flatnonzero(MODEL.family == families.FAMILIES.index(name))
        if not isinstance(family, MixedFamily) or name in ("rate", "ordinal") or not len(rows):
            continue
        spoken = int(np.flatnonzero(MODEL.speaks[rows[0]])[0])
        hypothesis = int(np.flatnonzero(MODEL.hypothesis_scenario == spoken)[0])
        at = blank_observations(rows[:1], KIND[family.probe], np.array([4.0]))
        weight = np.eye(MODEL.n_hypotheses)[hypothesis]
        value = family.quantiles(MODEL, at, weight, np.array([[0.3]]))[0]
        read = blank_observations(rows[:1], KIND["value"], np.array([4.0]), value=value)
        assert family.cdf(MODEL, read)[0, hypothesis] == pytest.approx(0.3, abs=1e-9)
