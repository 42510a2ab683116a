"""`signposts check`: is the catalogue sound, and does more cooperation ever speak for less?

Belongs here: running the checks of catalogue and method on files alone, and printing what they say. Not here: rules.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from signposts.catalogue import Catalogue, Tracker, load_catalogue, tables
from signposts.catalogue.accepted import accepted_documents, accepted_rows
from signposts.cli.ledger_memory import compare_ledgers, fault_lines
from signposts.errors import CatalogueError, WriterBusy
from signposts.gather import load_publishers
from signposts.settings import load_settings

if TYPE_CHECKING:
    from signposts.assess.models import TrackerModel
    from signposts.scoring.model import Model


def check_catalogue(trackers: Sequence[str], *, strict: bool) -> int:
    """Print warnings and what was checked; return 1 if there are warnings and the check is strict, else 0.

    Raises:
        CatalogueError: there are faults, or a recorded row was edited; the message lists all of them.
    """
    settings = load_settings()
    root = settings.catalogue_root
    catalogue = load_catalogue(root, trackers)
    load_publishers(root)
    warnings = list(catalogue.warnings)
    try:
        faults = compare_ledgers(settings, catalogue)
    except WriterBusy:
        faults = []
        warnings.append("the ledgers were not compared with what was recorded: a run is writing; check again after it")
    if any(fault["fault"] == "edited" for fault in faults):
        raise CatalogueError("\n".join(fault_lines(faults)))
    warnings += fault_lines(faults)
    for tracker_id, tracker_model in catalogue_models(catalogue).items():
        warnings += monotone_lines(catalogue.tracker(tracker_id), tracker_model.model)
        warnings += recognition_lines(tracker_model)
    accepted_documents(root)
    for warning in warnings:
        typer.echo(f"warning: {warning}")
    for tracker in catalogue.trackers:
        accepted_rows(tracker.tracker_id, tracker.folder)
        typer.echo(
            f"{tracker.tracker_id}: {len(tracker.indicators)} indicators, {len(tracker.claims)} claims: no faults"
        )
    return 1 if strict and warnings else 0


def catalogue_models(catalogue: Catalogue) -> "dict[str, TrackerModel]":
    """Return the method's model of each tracker, from its files."""
    from signposts.assess.models import models_of
    from signposts.catalogue.settings_rows import working_tables

    return {tracker.tracker_id: tracker for tracker in models_of(tables(catalogue) | working_tables(catalogue))}


def monotone_lines(tracker: Tracker, model: "Model") -> list[str]:
    """Return a line for each indicator in which a more cooperative reading favours the less cooperative scenario.

    An indicator with a written waiver is left out (docs/method.md, 3.3).
    """
    from signposts.scoring.monotone import monotone_violations

    return [
        f"{tracker.tracker_id}/indicators/{violation.indicator_id}.yaml: a more cooperative reading favours "
        f"{violation.less_cooperative} over {violation.more_cooperative} by {violation.decibans:.2f} decibans near "
        f"{violation.reading:.3g}: change the predictions, or write the reason as monotone_waiver"
        for violation in monotone_violations(model)
        if not tracker.indicators[violation.indicator_id].monotone_waiver
    ]


def recognition_lines(tracker: "TrackerModel") -> list[str]:
    """Return a line for each scenario that would not be believed though all that it predicts came true."""
    from signposts.assess.intervals import weighing_of
    from signposts.assess.scoring import scored_places
    from signposts.scoring.recognition import unrecognised

    model = tracker.model
    scored = scored_places(tracker)
    if not len(scored):
        return []
    names = model.hypothesis_scenario_ids()
    return [
        f"{tracker.tracker_id}/scenarios.yaml: {names[path.hypothesis]} cannot be recognised: if all that it "
        f"{'states' if path.coverage == 'prose' else 'predicts'} came true from "
        f"{model.hypothesis_onset[path.hypothesis]:g} years after t0, it would stand at "
        f"{path.probability[model.hypothesis_scenario[path.hypothesis]]:.2f} at the end of {path.year}: predict "
        "something that no other scenario does, or mark the events that define it"
        for path in unrecognised(model, weighing_of(tracker), scored, tracker.t0, tracker.horizon_end)
    ]
