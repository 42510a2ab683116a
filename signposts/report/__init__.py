"""The report: a static site from the tables of one release, and from nothing else.

Belongs here: the two entrances, `build` and `release_news`. Not here: the pages, so that importing the package is
cheap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

Rows: TypeAlias = list[dict[str, Any]]


def build(
    tables: Mapping[str, Rows],
    folder: Path,
    cache: Path,
    method_text: str = "",
    calibration_text: str = "",
    *,
    address: str = "",
    kept: Sequence[str] = (),
) -> None:
    """Write the site of one release into `folder`; the same tables give the same bytes.

    `tables` are the rows of the release's tables as sql/dictionary.yaml names them. Drawn charts are kept in `cache` by
    content. `method_text` is the method in Markdown, rendered as a page; without it that page says so.
    `calibration_text` is how the method does in simulated worlds, in Markdown, for the page of the track record.
    `address` is where the site will be served, for links that leave it (feed, cards); `kept` names the earlier releases
    whose reports stand beside this one.
    """
    from signposts.report.site import Publication, write_site

    write_site(
        tables, folder, cache, (method_text, calibration_text), Publication(address.rstrip("/"), frozenset(kept))
    )


UNREAD = frozenset({"interval_draw", "observation"})
"""Tables that no page reads, the largest among them; `build` and `release_news` do without."""


def news_before() -> dict[str, str]:
    """Return the statements that read, from the release before, what the news is told against."""
    from signposts.report.news import BEFORE

    return dict(BEFORE)


def release_news(tables: Mapping[str, Rows], before: Mapping[str, Rows]) -> Rows:
    """Return the rows of release_note for this release; `before` holds what `news_before` reads, or nothing."""
    from signposts.report.news import tracker_news
    from signposts.report.records import tables_by_tracker

    return [note for tracker in tables_by_tracker(tables) for note in tracker_news(tracker, before)]
