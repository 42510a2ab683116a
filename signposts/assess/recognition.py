"""Whether each scenario would be recognised if it happened: rows of table recognition.

Belongs here: which paths are tried under which coverage, and shaping the rows. Not here: the paths and what would be
believed along them (scoring/recognition.py).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np

from signposts.assess.intervals import weighing_of
from signposts.assess.models import TrackerModel, tracker_models
from signposts.assess.scoring import scored_places
from signposts.scoring.arrays import Integers
from signposts.scoring.recognition import (
    Coverage,
    full_coverage,
    hypotheses_tried,
    prose_coverage,
    recognise,
)
from signposts.warehouse import Warehouse

QUARTER = 0.25
Rows = list[dict[str, Any]]


def write_recognition(warehouse: Warehouse, as_of: date) -> None:
    """Write table recognition: what would be believed along each scenario's path, year by year to the horizon."""
    with warehouse.connect():
        rows: Rows = []
        for tracker in tracker_models(warehouse):
            readings = warehouse.rows(
                "from reading where tracker_id = $tracker and as_of = $as_of", tracker=tracker.tracker_id, as_of=as_of
            )
            rows += recognition_rows(tracker, {row["indicator_id"]: row for row in readings}, as_of)
        warehouse.write_rows("recognition", rows)


def recognition_rows(
    tracker: TrackerModel, readings: Mapping[str, Mapping[str, Any]], as_of: date
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one tracker."""
    model = tracker.model
    scored = scored_places(tracker)
    tried = hypotheses_tried(model, tracker.years(as_of))
    present = present_coverage(tracker, scored, readings)
    paths = [(hypothesis, full_coverage(scored)) for hypothesis in tried]
    paths += [(hypothesis, present) for hypothesis in tried if len(present.indicator)]
    paths += [
        (hypothesis, prose)
        for hypothesis in tried
        if len((prose := prose_coverage(model, scored, int(model.hypothesis_scenario[hypothesis]))).indicator)
    ]
    ends = [date(year, 12, 31) for year in range(as_of.year, tracker.horizon_end.year + 1)]
    names = model.hypothesis_scenario_ids()
    for path in recognise(model, weighing_of(tracker), paths, [(end.year, tracker.years(end)) for end in ends]):
        for of_scenario, probability in zip((*model.scenario_ids, "other"), path.probability, strict=True):
            yield {
                "tracker_id": tracker.tracker_id,
                "scenario_id": names[path.hypothesis],
                "onset": float(model.hypothesis_onset[path.hypothesis]),
                "coverage": path.coverage,
                "year": path.year,
                "of_scenario": of_scenario,
                "posterior": probability,
            }


def present_coverage(tracker: TrackerModel, scored: Integers, readings: Mapping[str, Mapping[str, Any]]) -> Coverage:
    """Return the coverage of today: indicators with a scored reading, as reliable and complete as those are."""
    names = [tracker.model.indicator_ids[index] for index in scored]
    kept = [place for place, name in enumerate(names) if name in readings and readings[name]["scored"]]
    rows = [readings[names[place]] for place in kept]
    return Coverage(
        name="present",
        indicator=scored[kept],
        reliability=np.array([float(row["reliability"]) for row in rows]),
        completeness=np.array([float(row.get("completeness") or 1.0) for row in rows]),
        delay=QUARTER,
    )
