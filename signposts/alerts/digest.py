"""The week in one message: odds now and a week ago, alerts, sources, what falls due.

Belongs here: reading the newest release and the one of a week ago, and the digest's words. Not here: sending.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from signposts.alerts.accepted import expired, load_accepted
from signposts.alerts.journal import read_journal
from signposts.alerts.rules import release_file
from signposts.errors import CatalogueError
from signposts.release import latest
from signposts.settings import Settings
from signposts.warehouse import Warehouse, load_sql

WEEK = timedelta(days=7)
# A release is as good as a week old if it is the newest one from before the week began.
RELEASES = "select release_id, as_of, created_at from release order by release_id"


def weekly_digest(settings: Settings, now: datetime) -> tuple[str, str]:
    """Return title and text of the week's digest; it says so if nothing was published."""
    moment = now.astimezone(UTC).replace(tzinfo=None)
    release = latest(settings)
    if release is None:
        return "Signposts: nothing published yet", "No release has been made; `signposts doctor` says why."
    with release.connect():
        releases = release.rows(RELEASES)
        odds = release.rows(load_sql("alerts/week_odds"))
        sources = release.rows(load_sql("alerts/week_sources"))
        due = release.rows(load_sql("alerts/week_deadlines"), day=moment.date(), days=7)
        leads = release.rows(load_sql("alerts/week_leads"))
    made = [row for row in releases if row["created_at"] > moment - WEEK]
    # Those of the newest release from before the week that is still kept.
    earlier = [release_file(settings, row["release_id"]) for row in releases if row["created_at"] <= moment - WEEK]
    kept = [Warehouse(path, read_only=True) for path in earlier if path.exists()][-1:]
    rows = kept[0].rows(load_sql("alerts/week_odds")) if kept else []
    then = {(row["tracker_id"], row["scenario_id"]): row["posterior"] for row in rows}
    parts = [
        [_made(made, releases)],
        list(_probabilities(odds, then)),
        list(_alerts(settings, moment)),
        list(_sources(sources)),
        [
            f"Due {row['date']}: {row['indicator_title']} becomes {row['becomes']} under {row['scenario_title']} "
            f"({row['if_what']})."
            for row in due
        ],
        [
            f"Lead {row['rank']} of {row['n_open']}: {row['title']} ({row['source_name']}, {row['url']})"
            for row in leads
        ],
        list(_accepted(settings, now)),
    ]
    return f"Signposts: week to {moment.date()}", "\n\n".join("\n".join(part) for part in parts if part)


def _made(made: list[dict[str, Any]], releases: list[dict[str, Any]]) -> str:
    """Return how many releases the week has seen."""
    if made:
        return f"{len(made)} releases this week, the last one as of {made[-1]['as_of']}."
    return f"NO release this week; the last one is of {releases[-1]['created_at']:%Y-%m-%d}. Ask `signposts doctor`."


def _probabilities(odds: list[dict[str, Any]], then: dict[tuple[str, str], float]) -> Iterator[str]:
    """Yield the trackers' odds, and how far they moved where that is known."""
    for title, rows in groupby(odds, key=lambda row: row["tracker_title"]):
        yield f"{title}:"
        for row in rows:
            before = then.get((row["tracker_id"], row["scenario_id"]))
            moved = "" if before is None else f" ({100 * (row['posterior'] - before):+.1f} points)"
            yield f"  {row['title']}: {100 * row['posterior']:.1f} %{moved}"


def _alerts(settings: Settings, moment: datetime) -> Iterator[str]:
    """Yield the week's alerts."""
    since = (moment - WEEK).isoformat()
    alerts = [alert for alert in read_journal(settings.alert_journal).values() if alert.raised_at >= since]
    yield f"{len(alerts)} alerts this week." if alerts else "No alerts this week."
    for alert in sorted(alerts, key=lambda alert: alert.raised_at):
        yield f"  {alert.raised_at[:10]} {alert.severity} ({alert.delivery}): {alert.message}"


def _sources(sources: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the sources that are not fresh."""
    yield "Sources that are not fresh:" if sources else "Every source is fresh."
    for row in sources:
        yield f"  {row['source_id']}: {row['verdict']}: {row['detail']}"


def _accepted(settings: Settings, now: datetime) -> Iterator[str]:
    """Yield the accepted problems whose date has passed."""
    try:
        problems = load_accepted(settings.catalogue_root)
    except CatalogueError as error:
        yield str(error)
        return
    for line in expired(problems, now.date()):
        yield f"No longer accepted: {line}"
