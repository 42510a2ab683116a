"""`signposts probe`: does each publisher answer, and do we still understand it?

Belongs here: which sources are probed, the exit code. Not here: asking, and its words (sources/probe.py).
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import typer

from signposts.catalogue.accepted import accepted_documents
from signposts.catalogue.faults import nearest
from signposts.errors import InputError
from signposts.gather import load_publishers
from signposts.settings import load_settings
from signposts.sources.probe import probe


def probe_command(names: Sequence[str], as_json: bool) -> int:
    """Print a line a document; return 1 if one that was asked for did not come or is not understood."""
    settings = load_settings()
    sources = {name: source for name, source in load_publishers(settings.catalogue_root).items() if source.documents}
    for name in names:
        if name not in sources:
            raise InputError(f"sources.yaml has no source {name!r}; {nearest(name, sources)}")
    chosen = {name: source for name, source in sources.items() if not names or name in names}
    accepted = accepted_documents(settings.catalogue_root)
    rows = probe(chosen, settings.archive, settings.inbox, datetime.now(UTC), accepted)
    failed = sum(row.failed for row in rows)
    if as_json:
        typer.echo(json.dumps([row.row() for row in rows], indent=1, ensure_ascii=False))
    else:
        for row in rows:
            typer.echo(f"{'!' if row.failed else ' '} {row.sentence()}")
        typer.echo(f"{sum(row.asked for row in rows)} documents asked for, {failed} of them failed; nothing was stored")
    return 1 if failed else 0
