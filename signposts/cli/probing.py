"""`signposts probe`: does each publisher answer, and do we still understand it?

Belongs here: which sources are probed, the lines, the exit code. Not here: asking (sources/probe.py).
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import typer

from signposts.catalogue.faults import nearest
from signposts.errors import InputError
from signposts.gather import load_publishers
from signposts.settings import load_settings
from signposts.sources.probe import Probed, probe


def probe_command(names: Sequence[str], as_json: bool) -> int:
    """Print a line a document; return 1 if one that was asked for did not come or is not understood."""
    settings = load_settings()
    sources = {name: source for name, source in load_publishers(settings.catalogue_root).items() if source.documents}
    for name in names:
        if name not in sources:
            raise InputError(f"sources.yaml has no source {name!r}; {nearest(name, sources)}")
    chosen = {name: source for name, source in sources.items() if not names or name in names}
    rows = probe(chosen, settings.archive, settings.inbox, datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps([row.row() for row in rows], indent=1, ensure_ascii=False))
    else:
        for row in rows:
            typer.echo(line(row))
        failed = sum(row.asked and not row.understood for row in rows)
        typer.echo(f"{sum(row.asked for row in rows)} documents asked for, {failed} of them failed; nothing was stored")
    return 1 if any(row.asked and not row.understood for row in rows) else 0


def line(row: Probed) -> str:
    """Return what came of a document in one line; one that needs a person begins with an exclamation mark."""
    name = f"{row.source_id} {row.document}".strip()
    if not row.asked:
        return f"  {name}: not asked: {row.message}"
    if not row.answered:
        return f"! {name}: no answer: {row.message}"
    if not row.understood:
        return f"! {name}: answered, not understood: {row.message}"
    parts = [f"answered, understood, {row.rows} rows"]
    parts += [f"newest period {row.newest_period}"] if row.newest_period else []
    return f"  {name}: {'; '.join([*parts, *row.new_in_shape])}"
