"""A page to be written: where it stands, by which template it is made, and from what.

Belongs here: the one class. Not here: which pages there are (pages.py and its neighbours).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from signposts.report.cards import Card
from signposts.report.citations import Citation
from signposts.report.figures import Figure
from signposts.report.records import TrackerTables


@dataclass(frozen=True)
class Page:
    """One page to be written: where, by which template, from what."""

    path: str
    template: str
    title: str
    context: dict[str, Any] = field(default_factory=dict)
    figures: Sequence[Figure] = ()
    citations: Sequence[Citation] = ()
    description: str = ""
    """What the page says in a sentence or two, for search engines and shared links."""
    card: Card | None = None

    @property
    def card_path(self) -> str:
        """Return where the page's card stands in the site."""
        return f"cards/{self.path.removesuffix('.html').replace('/', '-')}.png"


def page_values(tables: TrackerTables) -> dict[str, Any]:
    """Return the values that a page's statements take."""
    return {"tracker": tables.tracker["tracker_id"], "as_of": tables.as_of}
