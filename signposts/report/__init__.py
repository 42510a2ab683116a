"""The report: a static site from the tables of one release, and from nothing else.

Belongs here: the two entrances, `build` and `release_news`. Not here: the pages, so that importing the package is
cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

Rows: TypeAlias = list[dict[str, Any]]

UNREAD = frozenset({"interval_draw", "observation", "resolved_curve"})
"""Large tables that no page shows; one that begins to ask for them fails, since they are not there."""
THROUGH_TIME = frozenset(
    {"as_of_date", "begun", "probability_interval", "reading", "release", "release_note", "scenario_probability"}
)
"""Tables with an as-of date of which the pages show every date.

Of the others only each tracker's newest date is read, without its column: a page that asks when, fails.
"""


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
    from signposts.warehouse import dictionary_columns

    columns = dictionary_columns()
    latest = "(tracker_id, as_of) in (select (tracker_id, max(as_of)) from {} group by tracker_id)"
    queries = {name: f'from "{name}"' for name in tables if name not in UNREAD}
    for name in queries:
        newest = latest.format(name)
        if name == "scenario_probability":
            queries[name] += f" where {newest} or variant = 'headline' or starts_with(variant, 'without:')"
        elif "as_of" in columns.get(name, ()) and name not in THROUGH_TIME:
            queries[name] = f'select * exclude (as_of) from "{name}" where {newest}'  # noqa: S608 - names of the dictionary
    return queries


def news_before() -> dict[str, str]:
    """Return the statements that read, from the release before, what the news is told against."""
    from signposts.report.news import BEFORE

    return dict(BEFORE)


def release_news(tables: Mapping[str, Rows], before: Mapping[str, Rows]) -> Rows:
    """Return the rows of release_note for this release; `before` holds what `news_before` reads, or nothing."""
    from signposts.report.news import tracker_news
    from signposts.report.records import tables_by_tracker

    return [note for tracker in tables_by_tracker(tables) for note in tracker_news(tracker, before)]
