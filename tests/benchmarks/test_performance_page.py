"""The page of measured figures cannot say something else than the file they were written to."""

import json
from importlib import import_module

import pytest

from .__main__ import CASES
from .harness import JSON, PAGE, missed, page


def test_the_table_of_the_page_is_the_measured_file():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, json.loads(JSON.read_text(encoding="utf-8"))) == text


def test_an_edited_figure_is_noticed():
    found = json.loads(JSON.read_text(encoding="utf-8"))
    found["cases"]["made up"] = {"failure": "never measured"}
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, found) != text


def test_every_figure_outside_its_target_is_named_with_what_stands_in_the_way():
    section = PAGE.read_text(encoding="utf-8").split("## What is missed")[1].split("\n## ")[0]
    named = [line.split("**")[1] for line in section.splitlines() if line.startswith("- **")]
    assert sorted(named) == sorted(missed(json.loads(JSON.read_text(encoding="utf-8"))))


def test_a_figure_at_fault_is_found():
    rows = [{"what": "slow", "median": 0.5, "target": "< 0.4"}, {"what": "good", "median": 0.5, "target": ">= 0.5"}]
    assert missed({"cases": {"one": {"rows": rows}}}) == ["slow"]


@pytest.mark.parametrize("case", CASES.values())
def test_every_case_can_be_loaded(case):
    module, function = case.split(":")
    assert callable(getattr(import_module(f"tests.benchmarks.{module}"), function))
