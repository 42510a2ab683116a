"""The map, the page of forecasts and the paper brief of the invented ferry."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from signposts import report
from signposts.dictionary import load_dictionary
from signposts.report import places, track_record_page
from signposts.report.pages import tracker_pages
from signposts.report.records import TrackerTables, tables_by_tracker
from tests.browser import fixture


@pytest.fixture(scope="module")
def ferry() -> TrackerTables:
    (found,) = tables_by_tracker(fixture.as_rows(fixture.tables()))
    return found


def _with(tables: TrackerTables, **rows: list[dict[str, Any]]) -> TrackerTables:
    return dataclasses.replace(tables, rows={**tables.rows, **rows})


def test_the_map_shows_each_project_by_the_last_stage_it_reached(ferry: TrackerTables) -> None:
    figure = places.project_map(ferry)
    assert figure is not None
    reached = [row for row in ferry.rows["milestone"] if row["happened_on"]]
    last = {row["project_id"]: row["stage"] for row in sorted(reached, key=lambda row: row["happened_on"])}
    assert {row[0]: row[1] for row in figure.rows} == {
        "Bridge to the island": last["bridge"],
        "Second ferry": last["new_boat"],
    }
    assert [key.label for key in figure.legend] == [name for name in places.STAGE_SHAPES if name in last.values()]


def test_a_project_without_a_dated_stage_is_hollow_on_the_map(ferry: TrackerTables) -> None:
    figure = places.project_map(_with(ferry, milestone=[]))
    assert figure is not None
    assert [(key.label, key.hollow) for key in figure.legend] == [("no dated stage", True)]


def test_a_tracker_without_places_has_no_map(ferry: TrackerTables) -> None:
    assert places.project_map(_with(ferry, place=[])) is None


def test_outlines_of_countries_end_at_the_edge_of_the_map() -> None:
    found = places.outlines(40.0, 25.0, 60.0, 48.0, 0.5)
    points = [point for country in found for point in country["geometry"]["coordinates"][0]]
    assert len(found) > 10
    assert all(20.0 <= x <= 30.0 and 25.0 <= y <= 48.0 for x, y in points)


def test_names_of_neighbouring_places_do_not_lie_on_one_another(ferry: TrackerTables) -> None:
    near = [
        {"project_id": "bridge", "position": place, "name": name, "latitude": 54.0, "longitude": longitude}
        for place, (name, longitude) in enumerate((("West quay", 8.0), ("East quay", 8.02)), start=1)
    ]
    far = {"project_id": "new_boat", "position": 1, "name": "Old yard", "latitude": 60.0, "longitude": 9.4}
    figure = places.project_map(_with(ferry, place=[*near, far]))
    assert figure is not None
    assert figure.request is not None
    sides = {row["name"]: row["side"] for row in figure.request.data["labels"]}
    assert {sides["West quay"], sides["East quay"]} == {"left", "right"}


def test_a_name_that_a_phone_would_cut_off_stands_on_the_other_side_of_its_place(ferry: TrackerTables) -> None:
    row = {"position": 1, "latitude": 54.0}
    spread = [
        {**row, "project_id": "bridge", "name": "Old yard", "longitude": 4.0},
        {**row, "project_id": "new_boat", "name": "Quay of the eastern island", "longitude": 6.2, "latitude": 56.0},
    ]
    figure = places.project_map(_with(ferry, place=spread))
    assert figure is not None
    assert figure.request is not None
    sides = {row["name"]: row["side"] for row in figure.request.data["labels"]}
    assert sides == {"Old yard": "left", "Quay of the eastern island": "right"}


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_words_in_a_scenarios_colour_can_be_read_on_every_paper() -> None:
    css = (Path(places.__file__).parent / "static" / "report.css").read_text(encoding="utf-8")
    papers = re.findall(r"--paper: (#\w+);.*?(--s1:.*?--s0: #\w+);", css, re.DOTALL)
    assert len(papers) == 4
    for paper, inks in papers:
        ground = 1.0 if paper == "#fff" else _luminance(paper)
        for name, ink in re.findall(r"--(s\d): (#\w{6})", inks):
            light, dark = sorted((ground, _luminance(ink)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (paper, name)


def test_every_page_but_the_search_prints_its_statements(ferry: TrackerTables) -> None:
    assert [page.path for page in tracker_pages(ferry, "", "") if not page.citations] == ["search.html"]


def test_forecasts_that_are_all_pending_are_no_track_record(ferry: TrackerTables) -> None:
    assert track_record_page.record_title(ferry) == "Track record"
    pending = [row for row in ferry.rows["resolved_forecast"] if row["outcome"] == "pending"]
    assert track_record_page.record_title(_with(ferry, resolved_forecast=pending)) == "Forecasts"


def test_forecasts_are_counted_by_what_became_of_them(ferry: TrackerTables) -> None:
    page = track_record_page.track_record(ferry, "")
    assert dict(page.context["counts"]) == {"came_true": 1, "pending": 1}
    assert [row["said"] for row in page.context["resolved"]] == ["40 %"]
    assert page.context["scores"] == [
        {"title": "This method", "count": 1, "brier": 0.36, "log_score": -0.92, "crps": None}
    ]


def test_each_scenario_is_recognised_from_its_earliest_onset(ferry: TrackerTables) -> None:
    figure = next(
        one for one in track_record_page.track_record(ferry, "").context["ahead"] if one.name == "recognition"
    )
    last = {row[0]: row[2] for row in figure.rows if row[1] == "2035"}
    assert last == {
        "A bridge replaces the ferry": "90 %",
        "The ferry carries on": "90 %",
        "The ferry is closed": "87 %",
    }
    assert "The ferry is closed, if true from June 2025: 87 % by the end of 2035" in figure.summary


def test_a_page_is_given_the_newest_date_of_a_table_and_no_date_to_ask_for_unless_it_is_drawn_through_time() -> None:
    dated = {name for name, table in load_dictionary().tables.items() if "as_of" in table.columns}
    rows = fixture.as_rows(fixture.tables())
    with_dates = {name for name in dated - report.UNREAD if rows[name] and "as_of" in rows[name][0]}
    assert with_dates == {name for name in report.THROUGH_TIME if rows[name]}
    assert dated >= report.THROUGH_TIME
    assert not report.UNREAD & set(rows)
