"""The summary that every run ends with: scenarios, what moved them, coverage, what is held or kept, sources, paths.

Belongs here: printing one release in twenty lines. Not here: the report.
"""

from itertools import groupby
from typing import Any

from rich.console import Console

from signposts.cli.formatting import percent, titled_table
from signposts.cli.published import published_rows
from signposts.release import require_latest
from signposts.release.directory import DATABASE, RELEASES, kept_releases
from signposts.settings import Settings
from signposts.warehouse import Warehouse

MOST_HELD = 5


def print_run_summary(settings: Settings, as_of: str = "") -> tuple[int, int]:
    """Print how things stand in the newest release, or, where a date was asked for, in the one just made for it.

    Return how many trackers are held back, and how many sources failed: what the exit code depends on.
    """
    release = require_latest(settings)
    if as_of:
        newest = settings.published / RELEASES / kept_releases(settings.published)[-1]
        release = Warehouse(newest / DATABASE, read_only=True)
    with release.connect():
        counts = _print_release(release)
    if as_of and release.path != settings.released_database.resolve():
        print(f"\nRelease   {release.path.parent}")
    else:
        print(f"\nDatabase  {settings.published_database}")
        print(f"Report    {settings.published / 'report' / 'index.html'}")
    return counts


def _print_release(release: Warehouse) -> tuple[int, int]:
    """Print what a release says, from its odds to its sources; return trackers held back, and sources that failed."""
    console = Console(highlight=False)
    held_back = release.rows("from withheld_tracker order by tracker_id")
    _print_scenarios(console, release)
    _print_movers(console, release)
    for row in published_rows(release, "run_summary/coverage"):
        console.print(
            f"{row['with_reading']} of {row['scored']} scored indicators have a reading, {row['fresh']} of them fresh."
        )
    for row in published_rows(release, "run_summary/feeding"):
        said = f" Not answered: {row['failed']}." if row["failed"] else ""
        if row["never_asked"]:
            said += f" Never asked, so that people's claims stand alone: {row['never_asked']}."
        console.print(
            f"{row['fed']} scored indicators can be fed by publishers; for {row['answered']} of them the publishers "
            f"have answered.{said}"
        )
    _print_held(console, release, held_back)
    for row in published_rows(release, "run_summary/kept_values"):
        console.print(f"{row['message']}.", soft_wrap=True)
    return len(held_back), _print_sources(console, release)


def _print_scenarios(console: Console, release: Warehouse) -> None:
    """Print a table a tracker: prior, now, and the change since the release before."""
    rows = published_rows(release, "run_summary/scenarios")
    for _, group in groupby(rows, key=lambda row: row["tracker_id"]):
        scenarios = list(group)
        title = f"{scenarios[0]['tracker_title']}, as of {scenarios[0]['as_of']}"
        headings = ("scenario", "prior", "now", "change since the last release")
        table = titled_table(title, headings, left_headings=("scenario",))
        for row in scenarios:
            move = "first release" if row["move"] is None else f"{100 * row['move']:+.1f} points"
            table.add_row(row["title"], percent(row["prior"]), percent(row["posterior"]), move)
        console.print(table)


def _print_movers(console: Console, release: Warehouse) -> None:
    """Print, for each tracker, the three indicators that moved it most, or that carry it where nothing moved."""
    rows = published_rows(release, "run_summary/movers")
    trackers = {row["tracker_id"] for row in rows}
    for tracker_id, group in groupby(rows, key=lambda row: row["tracker_id"]):
        movers = list(group)
        what = "moved the probabilities most" if movers[0]["how"] == "moved" else "the probabilities rest on most"
        console.print(f"What {what}{f' ({tracker_id})' if len(trackers) > 1 else ''}:")
        for row in movers:
            console.print(f"  {row['title']}: {100 * row['move']:+.1f} points for {row['scenario_id']}", soft_wrap=True)


def _print_held(console: Console, release: Warehouse, held_back: list[dict[str, Any]]) -> None:
    """Print which trackers are held back and why, and which claims wait for somebody to accept them."""
    for row in held_back:
        last = f"its state of release {row['last_good_release']} stays" if row["last_good_release"] else "none is shown"
        reason = (row["reason"] or "").splitlines()[0]
        console.print(f"Held back: {row['title']}: {reason} ({last})", soft_wrap=True)
    claims = [row["claim_id"] for row in published_rows(release, "run_summary/held_claims")]
    if claims:
        more = f" and {len(claims) - MOST_HELD} more" if len(claims) > MOST_HELD else ""
        named = ", ".join(claims[:MOST_HELD])
        held = "1 claim is" if len(claims) == 1 else f"{len(claims)} claims are"
        console.print(f"{held} held until `signposts accept`: {named}{more}.", soft_wrap=True)


def _print_sources(console: Console, release: Warehouse) -> int:
    """Print how many publishers are fresh, and name the others; return how many failed."""
    rows = published_rows(release, "run_summary/sources")
    bad = [row for row in rows if row["verdict"] != "fresh"]
    if rows:
        named = ", ".join(f"{row['source_id']} {row['verdict']}" for row in bad)
        console.print(f"{len(rows) - len(bad)} of {len(rows)} sources fresh" + (f"; {named}." if bad else "."))
    return sum(row["verdict"] == "failed" for row in bad)
