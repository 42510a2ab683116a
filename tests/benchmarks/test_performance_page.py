"""The page of measured figures cannot say something else than the file they were written to."""

import json

from .harness import JSON, PAGE, page


def test_the_table_of_the_page_is_the_measured_file():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, json.loads(JSON.read_text(encoding="utf-8"))) == text


def test_an_edited_figure_is_noticed():
    found = json.loads(JSON.read_text(encoding="utf-8"))
    found["cases"]["made up"] = {"failure": "never measured"}
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, found) != text
