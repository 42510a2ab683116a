"""Central paths on the invented model: what is read along them, and that each scenario is believed in its own world."""

import numpy as np
import pytest

from signposts.catalogue import load_catalogue
from signposts.cli.checking import catalogue_models, recognition_lines
from signposts.scoring.interval import Weighing
from signposts.scoring.observations import KIND
from signposts.scoring.recognition import (
    central_observations,
    event_dates,
    full_coverage,
    hypotheses_tried,
    prose_coverage,
    recognise,
)
from tests.invented_model import PRIOR, invented_model
from tests.paths import CHECKOUT

NOW = 1.9


def everything(model):
    return np.arange(len(model.indicator_ids))


def weighing(model, evidence_weight=0.3):
    group = np.zeros(len(model.indicator_ids), dtype=int)
    return Weighing(group, np.array([0.3]), PRIOR, evidence_weight, 0.8)


def central(model, hypothesis, indicator, time):
    coverage = full_coverage(indicator)
    return central_observations(model, hypothesis, coverage, np.array([time]), event_dates(model, hypothesis, coverage))


def test_a_scenario_with_many_onsets_is_tried_at_its_first_and_last():
    model = invented_model()
    tried = [
        (model.hypothesis_scenario_ids()[each], float(model.hypothesis_onset[each]))
        for each in hypotheses_tried(model, NOW)
    ]
    assert tried == [("rise", 0.0), ("rise", 1.0), ("stay", 0.0), ("fall", 0.5), ("fall", 4.5)]


def test_an_event_is_read_as_happened_once_its_median_date_has_come():
    model = invented_model()
    opening = np.array([model.indicator_ids.index("opening")])
    rise = model.hypothesis_scenario_ids().index("rise")
    early, late = (central(model, rise, opening, time) for time in (2.0, 6.0))
    assert (early.kind[0], late.kind[0]) == (KIND["none_seen"], KIND["event"])
    assert 2.0 < float(late.happened_to[0]) < 6.0


def test_a_silent_scenario_takes_its_baselines_reading():
    model = invented_model()
    names = model.hypothesis_scenario_ids()
    fall = names.index("fall")
    trade = central(model, fall, everything(model), 0.4)
    stay = central(model, names.index("stay"), everything(model), 0.4)
    shared = model.indicator_ids.index("trade")
    assert float(trade.value[trade.indicator == shared][0]) == pytest.approx(
        float(stay.value[stay.indicator == shared][0])
    )


def test_a_prose_world_reads_only_what_its_own_text_states():
    model = invented_model()
    rise = model.scenario_ids.index("rise")
    stated = prose_coverage(model, everything(model), rise)
    assert model.stated[stated.indicator, rise].all()


def test_every_scenario_is_believed_in_its_own_world():
    model = invented_model()
    paths = [(each, full_coverage(everything(model))) for each in hypotheses_tried(model, NOW)[:4]]
    found = recognise(model, weighing(model, 1.0), paths, [(2031, 6.0)])
    for row in found:
        own = int(model.hypothesis_scenario[row.hypothesis])
        assert int(np.argmax(row.probability)) == own
        assert sum(row.probability) == pytest.approx(1.0)


def test_the_check_recognises_each_scenario_of_the_shipped_tracker_by_what_defines_it():
    """Without its defining events the deepened scenario, as its text has it from year 2, would stand at .74."""
    catalogue = load_catalogue(CHECKOUT / "catalogue", ["russia_iran"])
    tracker = catalogue.tracker("russia_iran")
    found = catalogue_models(catalogue)["russia_iran"]
    model = found.model
    marked = {name for name, scenario in zip(model.indicator_ids, model.defines, strict=True) if scenario >= 0}
    assert marked == {name for name, indicator in tracker.indicators.items() if indicator.defines}
    assert len(marked) >= 5
    assert recognition_lines(found) == []
