"""What sources.yaml asks of a publisher, found by the name of a document.

Belongs here: looking up. Not here: what a publisher's own keys mean.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from signposts.catalogue.models import Source
from signposts.errors import InputError


def ask_of(source: Source, document: str) -> Mapping[str, Any]:
    """Return what is asked of a document; its name may go on after a slash."""
    name = document.partition("/")[0]
    for entry in source.documents:
        if entry.name == name:
            return entry.ask
    raise InputError(f"sources.yaml has no document {name!r} in {source.title}; was it renamed?")


def as_day(value: object) -> date:
    """Return a day that YAML gave as a date or a text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))
