"""`signposts rename`: another identifier for an indicator, in the catalogue and in what is known of it.

Belongs here: the command, and the working database's rows. Not here: the catalogue's files (catalogue/renaming.py).
"""

import typer

from signposts.catalogue.renaming import rename_indicator
from signposts.cli.desk_claims import chosen_tracker
from signposts.settings import load_settings
from signposts.warehouse import Warehouse, single_writer


def rename(old: str, new: str, tracker: str) -> None:
    """Rename an indicator with its claims; what was recorded of it, and when, stays known under the new name."""
    settings, tracker_id = load_settings(), chosen_tracker(tracker).tracker_id
    with single_writer(settings.lock, wait_seconds=0, purpose="rename"):
        for path in rename_indicator(settings.catalogue_root, tracker_id, old, new):
            typer.echo(f"written  {path}")
        if settings.warehouse.exists():
            Warehouse(settings.warehouse).rename_indicator(tracker_id, old, new)
    typer.echo(f"{old} is now {new}; releases made before keep the old name. Next: signposts check")
