"""Whatever a person writes into a catalogue, the loader loads it or says what to mend; it never breaks."""

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signposts.catalogue import load_catalogue
from signposts.errors import CatalogueError
from tests.paths import CHECKOUT

FERRY = CHECKOUT / "tests" / "trackers" / "island_ferry"
YAML_FILES = sorted(path.relative_to(FERRY).as_posix() for path in FERRY.rglob("*.yaml"))
LEDGERS = sorted(path.relative_to(FERRY).as_posix() for path in FERRY.rglob("*.csv"))
ODD_VALUES: list[Any] = [None, [], {}, "x", 1, -1.5, True, [1, 2], {"a": 1}, float("nan"), "2025-01-01", {1: 2}, [[{}]]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue")
    shutil.copytree(FERRY, folder / "island_ferry")
    (folder / "sources.yaml").write_text("{}\n", encoding="utf-8")
    return folder


def locations(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield above
    if isinstance(data, dict | list):
        for key in data if isinstance(data, dict) else range(len(data)):
            yield from locations(data[key], (*above, key))


def replaced(data: Any, location: tuple[Any, ...], value: Any) -> Any:
    if not location:
        return value
    changed = copy.deepcopy(data)
    part = changed
    for key in location[:-1]:
        part = part[key]
    part[location[-1]] = value
    return changed


def loads_or_says_why(root: Path, name: str, content: bytes) -> None:
    path = root / "island_ferry" / name
    before = path.read_bytes()
    path.write_bytes(content)
    explanation = ""
    try:
        load_catalogue(root)
    except CatalogueError as error:
        explanation = str(error)
    finally:
        path.write_bytes(before)
    assert all(line.startswith(f"{root.as_posix()}/") for line in explanation.splitlines())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(YAML_FILES), value=st.sampled_from(ODD_VALUES))
def test_an_odd_value_anywhere_is_loaded_or_explained(root: Path, data: st.DataObject, name: str, value: Any) -> None:
    document = yaml.safe_load((FERRY / name).read_bytes())
    location = data.draw(st.sampled_from(list(locations(document))))
    text = yaml.safe_dump(replaced(document, location, value), sort_keys=False)
    loads_or_says_why(root, name, text.encode("utf-8"))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(LEDGERS), byte=st.sampled_from(list(b',\n"x0-\x00\xff\r ')))
def test_an_odd_byte_anywhere_is_loaded_or_explained(root: Path, data: st.DataObject, name: str, byte: int) -> None:
    content = bytearray((FERRY / name).read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] = byte
    loads_or_says_why(root, name, bytes(content))
