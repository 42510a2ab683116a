"""The report: a static site from the tables of one release, and from nothing else.

Belongs here: the two entrances, `build` and `release_news`. Not here: the pages, so that importing the package is
cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

Rows: TypeAlias = list[dict[str, Any]]

UNREAD = frozenset({"interval_draw", "observation"})
AT_NEWEST_DATE = frozenset(
    {
        "reading_claim",
        "reading_claim_ratio",
        "log_ratio",
        "shared_luck",
        "list_completeness",
        "chain_link",
        "assessment",
        "onset_probability",
        "scenario_probability",
        "surprise",
    }
)


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

    `tables` are the rows that `statements` give. Drawn charts are kept in `cache` by
    content. `method_text` is the method in Markdown, rendered as a page; without it that page says so.
    `calibration_text` is how the method does in simulated worlds, in Markdown, for the page of the track record.
    `address` is where the site will be served, for links that leave it (feed, cards); `kept` names the earlier releases
    whose reports stand beside this one.
    """
    from signposts.report.site import Publication, write_site

    write_site(
        tables, folder, cache, (method_text, calibration_text), Publication(address.rstrip("/"), frozenset(kept))
    )


def statements(tables: Iterable[str]) -> dict[str, str]:
    """Return the statements that read what `build` and `release_news` need of a release's tables, by table.

    The largest tables are not read at all or only at each tracker's newest date; of the probabilities, those drawn
    through time are read at all dates.
    """
    newest = "(tracker_id, as_of) in (select (tracker_id, max(as_of)) from {} group by tracker_id)"
    through_time = " or variant = 'headline' or starts_with(variant, 'without:')"
    return {
        name: f'from "{name}"'
        + (f" where {newest.format(name)}" if name in AT_NEWEST_DATE else "")
        + (through_time if name == "scenario_probability" else "")
        for name in tables
        if name not in UNREAD
    }


def news_before() -> dict[str, str]:
    """Return the statements that read, from the release before, what the news is told against."""
    from signposts.report.news import BEFORE

    return dict(BEFORE)


def release_news(tables: Mapping[str, Rows], before: Mapping[str, Rows]) -> Rows:
    """Return the rows of release_note for this release; `before` holds what `news_before` reads, or nothing."""
    from signposts.report.news import tracker_news
    from signposts.report.records import tables_by_tracker

    return [note for tracker in tables_by_tracker(tables) for note in tracker_news(tracker, before)]
