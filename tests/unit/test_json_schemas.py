"""The schemas that help an editor hold for every shipped file and refuse what the loader refuses."""

import copy
import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import frictionless
import jsonschema
import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from signposts.catalogue.json_schema import FILES, json_schema, ledger_schema, schema_comment, write_schemas
from tests.paths import CHECKOUT

FERRY = CHECKOUT / "tests" / "trackers" / "island_ferry"


def as_json(value: Any) -> Any:
    """Return YAML's data as an editor sees them: dates are strings."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def faults(name: str, data: Any) -> list[str]:
    return [error.message for error in validator(name).iter_errors(as_json(data))]


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_every_shipped_file_keeps_its_schema(name: str) -> None:
    root = CHECKOUT / "catalogue"
    paths = sorted(root.glob(FILES[name][0]))
    assert paths
    broken = {str(path.relative_to(root)): found for path in paths if (found := faults(name, read(path)))}
    assert broken == {}
    for examples in ("climate", "resolved"):
        paths += (CHECKOUT / "examples" / examples).glob(FILES[name][0])
    first_lines = {path.read_text(encoding="utf-8").partition("\n")[0] for path in paths}
    assert first_lines == {schema_comment(name)}


Plant = Callable[[Any], None]


def put(*place: Any) -> Plant:
    """Return what sets the last value at the path of keys before it."""

    def plant(data: Any) -> None:
        *keys, last, value = place
        for key in keys:
            data = data[key]
        data[last] = value

    return plant


def drop(*place: Any) -> Plant:
    def plant(data: Any) -> None:
        *keys, last = place
        for key in keys:
            data = data[key]
        del data[last]

    return plant


PATH_INDICATOR = "indicators/passengers.yaml"
MISTAKES: list[tuple[str, str, Plant]] = [
    ("indicator", PATH_INDICATOR, drop("title")),
    ("indicator", PATH_INDICATOR, put("title", "")),
    ("indicator", PATH_INDICATOR, put("titel", "a misspelt key")),
    ("indicator", PATH_INDICATOR, put("role", "hope")),
    ("indicator", PATH_INDICATOR, put("frequency", "often")),
    ("indicator", PATH_INDICATOR, put("usual_period_months", 0)),
    ("indicator", PATH_INDICATOR, put("usual_period_months", 1.5)),
    ("indicator", PATH_INDICATOR, put("scored", "yes")),
    ("indicator", PATH_INDICATOR, put("sources", [])),
    ("indicator", PATH_INDICATOR, put("max_age_days", -3)),
    ("indicator", PATH_INDICATOR, put("detect_prob", 1.2)),
    ("indicator", PATH_INDICATOR, put("exposure_start", "spring 2025")),
    ("indicator", PATH_INDICATOR, put("predictions", "none")),
    ("tracker", "tracker.yaml", drop("t0")),
    ("tracker", "tracker.yaml", put("t0", "17.1.2025")),
    ("tracker", "tracker.yaml", put("scenario_version", "2")),
    ("tracker", "tracker.yaml", put("priors", "other_mass", 1)),
    ("tracker", "tracker.yaml", put("simulation", "draws", 0)),
    ("tracker", "tracker.yaml", put("simulation", "seed", -1)),
    ("tracker", "tracker.yaml", put("domains", {})),
    ("tracker", "tracker.yaml", put("domains", "Two Words", "a name that is no identifier")),
    ("tracker", "tracker.yaml", put("thresholds", "central", 80)),
    ("scenarios", "scenarios.yaml", put("thriving", {"title": "only a title"})),
    ("scenarios", "scenarios.yaml", put("thriving", "a text")),
    ("projects", "projects.yaml", put("pier", {"title": "a title", "meaning": "m", "colour": "red"})),
    (
        "projects",
        "projects.yaml",
        put(
            "pier",
            {"title": "a title", "meaning": "m", "places": [{"name": "pole", "latitude": 95.0, "longitude": 0.0}]},
        ),
    ),
    ("coverage", "coverage.yaml", put(0, "statement", "")),
    ("coverage", "coverage.yaml", drop(0, "id")),
    ("coverage", "coverage.yaml", put(0, "indicators", "passengers")),
    ("sources", "../../../catalogue/sources.yaml", put("world_bank", "homepage", "the bank's page")),
    ("sources", "../../../catalogue/sources.yaml", put("world_bank", "quarantine_share", 5)),
    ("sources", "../../../catalogue/sources.yaml", drop("world_bank", "licence")),
]


@pytest.mark.parametrize(("name", "file", "plant"), MISTAKES)
def test_a_planted_mistake_is_refused_by_the_schema_as_by_the_loader(name: str, file: str, plant: Plant) -> None:
    good = read(FERRY / file)
    assert faults(name, good) == []
    bad = copy.deepcopy(good)
    plant(bad)
    assert faults(name, bad)
    with pytest.raises(ValidationError):
        TypeAdapter(FILES[name][1]).validate_python(bad)


def test_thirty_mistakes_are_planted() -> None:
    assert len(MISTAKES) >= 30


def test_a_ledger_keeps_its_frictionless_schema_and_a_wrong_kind_does_not(tmp_path: Path) -> None:
    ledger = FERRY / "ledger" / "passengers.csv"
    schema = frictionless.Schema.from_descriptor(ledger_schema())
    with frictionless.system.use_context(trusted=True):
        assert frictionless.Resource(path=str(ledger), schema=schema).validate().valid
        spoilt = tmp_path / "passengers.csv"
        spoilt.write_text(ledger.read_text(encoding="utf-8").replace(",value,", ",rumour,", 1), encoding="utf-8")
        assert not frictionless.Resource(path=str(spoilt), schema=schema).validate().valid


def test_the_first_line_of_a_scaffolded_file_leads_to_its_schema(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    scaffold = CHECKOUT / "signposts" / "cli" / "tracker_scaffold"
    for file, name in (("tracker.yaml", "tracker"), ("indicators/example.yaml", "indicator")):
        first = (scaffold / file).read_text(encoding="utf-8").splitlines()[0]
        assert first == schema_comment(name)
        target = (tmp_path / "mine" / file).parent / first.split("$schema=")[1]
        assert json.loads(Path(str(target.resolve())).read_text(encoding="utf-8"))["title"]


def test_a_second_writing_changes_nothing(tmp_path: Path) -> None:
    assert len(write_schemas(tmp_path)) == len(FILES) + 1
    assert write_schemas(tmp_path) == []
