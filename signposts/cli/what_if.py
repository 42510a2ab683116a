"""`signposts what-if`: the probabilities if readings were others than they are.

Belongs here: reading the words, printing the probabilities now and then. Not here: arithmetic (scoring/what_if.py).
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from rich.console import Console
from rich.table import Table

from signposts.assess.models import tracker_models
from signposts.assess.standing import CONFIRMED, Standing, standing_of
from signposts.assess.what_if import day_of, reading_of
from signposts.cli.explaining import describe_reading
from signposts.cli.formatting import percent, titled_table
from signposts.cli.published import nearest_name, only_tracker, open_release
from signposts.errors import InputError
from signposts.scoring.arrays import Floats
from signposts.scoring.model import Model
from signposts.scoring.what_if import WhatIfInputs, hypothesis_probabilities, probabilities, with_reading
from signposts.warehouse import Warehouse

READING = "from reading where tracker_id = $tracker and indicator_id = $indicator and as_of = $as_of"


def print_what_if(readings: Sequence[str], tracker: str, on: str, reliability: float = CONFIRMED) -> None:
    """Print each scenario's probability now and with all the supposed readings together."""
    if not 0 < reliability <= 1:
        raise InputError(f"--reliability {reliability:g} is no probability; write a number above 0, at most 1")
    with open_release() as release:
        present = present_state(release, tracker or only_tracker(release))
        when = day_of(on, "--on") if on else present.as_of
        asked = read_words(readings)
        supposed = what_if_inputs(present, asked, when, reliability)
        then = probabilities(present.tracker.model, supposed)
        console = Console(highlight=False)
        for name, value in asked.items():
            keys = {"tracker": present.tracker.tracker_id, "indicator": name, "as_of": present.as_of}
            said = next(map(describe_reading, release.rows(READING, **keys)), "none")
            console.print(f"{name}: now {said}; supposed {value}, as of {when}", soft_wrap=True, markup=False)
        console.print(f"Reliability of what is supposed: {reliability:g}. The other readings stay as they are.\n")
        titles = scenario_titles(release, present)
        console.print(_table(titles, present, then))
        for line in (*_parts(present, supposed, asked), *_begun(titles, present, supposed)):
            console.print(line, soft_wrap=True, markup=False)


def read_words(words: Sequence[str]) -> dict[str, str]:
    """Return INDICATOR=VALUE words as a mapping; a word without `=` and an indicator named twice are refused."""
    asked: dict[str, str] = {}
    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if not equals or not name or not value:
            raise InputError(f"{word!r} is not understood; write INDICATOR=VALUE")
        if name in asked:
            raise InputError(f"{name} is named twice; an indicator has one reading")
        asked[name] = value
    return asked


def present_state(release: Warehouse, tracker: str) -> Standing:
    """Return a tracker's state in a release, at the release's own date."""
    models = tracker_models(release)
    names = [model.tracker_id for model in models]
    if tracker not in names:
        raise InputError(f"no tracker {tracker!r} in the newest release{nearest_name(tracker, names)}")
    (newest,) = release.rows(
        "select max(as_of) as day from as_of_date where is_latest and tracker_id = $tracker", tracker=tracker
    )
    ratios = release.rows("from log_ratio where as_of = $as_of", as_of=newest["day"])
    return standing_of(models[names.index(tracker)], newest["day"], ratios)


def what_if_inputs(present: Standing, asked: Mapping[str, str], when: date, reliability: float) -> WhatIfInputs:
    """Return the evidence in which each named indicator has one report alone: what is supposed of it."""
    evidence, tracker = present.evidence, present.tracker
    for name, value in asked.items():
        if name not in present.scored and name in tracker.model.indicator_ids:
            why = f"no reading of it moves the odds; `signposts explain {name}` says why"
            raise InputError(f"{name} is not scored, so {why}")
        if name not in present.scored:
            hint = nearest_name(name, present.scored)
            raise InputError(f"no scored indicator {name!r} in tracker {tracker.tracker_id!r}{hint}")
        reading = reading_of(tracker, name, value, when, reliability)
        evidence = with_reading(evidence, present.scored.index(name), reading)
    return evidence


# ---- printing


def scenario_titles(release: Warehouse, present: Standing) -> dict[str, str]:
    """Return the scenarios' titles."""
    rows = release.rows("from scenario where tracker_id = $tracker", tracker=present.tracker.tracker_id)
    return {row["scenario_id"]: row["title"] for row in rows}


def _parts(present: Standing, supposed: WhatIfInputs, asked: Mapping[str, str]) -> list[str]:
    """Return what each supposed reading counts for, and how its storyline's luck would stand."""
    model, lines = present.tracker.model, []
    groups = sorted(present.tracker.rho)
    before, after = present.evidence.luck, supposed.luck
    for name in asked:
        place = present.scored.index(name)
        group = supposed.group[place]
        weight = supposed.weights[place]
        defining = "; it defines a scenario and has happened" if supposed.is_defining[place] else ""
        ratio = ", ".join(
            f"{model.scenario_ids[scenario]} {_span(supposed.log_ratios[place, :-1], model, scenario)}"
            for scenario in range(model.n_scenarios)
        )
        lines.append(f"{name}: weight {weight:g}{defining}; log ratio {ratio}.")
        luck = ", ".join(
            f"{model.scenario_ids[scenario]} now {_span(before[group], model, scenario)} then "
            f"{_span(after[group], model, scenario)}"
            for scenario in range(model.n_scenarios)
        )
        lines.append(f"Shared luck of its storyline {groups[group]}: {luck}.")
    return lines


def _span(values: Floats, model: Model, scenario: int) -> str:
    """Return the mean over a scenario's onsets of a number of each named hypothesis."""
    hypotheses = model.hypothesis_scenario[:-1] == scenario
    return f"{np.average(values[hypotheses], weights=model.onset_weight[:-1][hypotheses]):+.2f}"


def _begun(titles: Mapping[str, str], present: Standing, supposed: WhatIfInputs) -> list[str]:
    """Return how likely each scenario with an onset has begun, now and then."""
    model = present.tracker.model
    now, then = (hypothesis_probabilities(model, evidence) for evidence in (present.evidence, supposed))
    lines = []
    for scenario, name in enumerate(model.scenario_ids):
        hypotheses = model.hypothesis_scenario == scenario
        if model.hypothesis_onset[hypotheses].max() > 0:
            come = hypotheses & (model.hypothesis_onset <= present.now)
            lines.append(f"{titles[name]} has begun: now {percent(now[come].sum())}, then {percent(then[come].sum())}.")
    return lines


def _table(titles: Mapping[str, str], present: Standing, then: Floats) -> Table:
    """Return the probabilities now, then, and the move between them."""
    tracker = present.tracker
    title = f"Probabilities as of {present.as_of}"
    table = titled_table(title, ("scenario", "now", "then", "move"), left_headings=("scenario",))
    now = probabilities(tracker.model, present.evidence)
    for name, before, after in zip((*tracker.model.scenario_ids, "other"), now, then, strict=True):
        table.add_row(titles[name], percent(before), percent(after), f"{100 * (after - before):+.1f} points")
    return table
