"""How things stand after a run: the table that every run ends with.

Belongs here: printing the newest release in twenty lines. Not here: the report.
"""

from itertools import groupby

from rich.console import Console
from rich.table import Table

from signposts.cli.formatting import percent
from signposts.cli.published import open_release, published_rows
from signposts.settings import Settings
from signposts.warehouse import Warehouse


def print_run_summary(settings: Settings) -> int:
    """Print scenarios, what moved them, coverage, sources and paths; return the number of failed sources."""
    release = open_release()
    console = Console(highlight=False)
    _print_scenarios(console, release)
    _print_movers(console, release)
    for row in published_rows(release, "run_summary/coverage"):
        console.print(
            f"{row['with_reading']} of {row['scored']} scored indicators have a reading, {row['fresh']} of them fresh."
        )
    for row in published_rows(release, "run_summary/feeding"):
        never = (
            f" Never asked, so that people's claims stand alone: {row['never_asked']}." if row["never_asked"] else ""
        )
        failed_ones = f" Not answered: {row['failed']}." if row["failed"] else ""
        console.print(
            f"{row['fed']} scored indicators can be fed by publishers; for {row['answered']} of them the publishers "
            f"have answered.{failed_ones}{never}"
        )
    failed = _print_sources(console, release)
    console.print(f"\nDatabase  {settings.published_database}", soft_wrap=True)
    console.print(f"Report    {settings.published / 'report' / 'index.html'}", soft_wrap=True)
    return failed


def _print_scenarios(console: Console, release: Warehouse) -> None:
    """Print a table a tracker: prior, now, and the change since the release before."""
    rows = published_rows(release, "run_summary/scenarios")
    for _, group in groupby(rows, key=lambda row: row["tracker_id"]):
        scenarios = list(group)
        table = Table(title=f"{scenarios[0]['tracker_title']}, as of {scenarios[0]['as_of']}", title_justify="left")
        table.add_column("scenario")
        for heading in ("prior", "now", "change since the last release"):
            table.add_column(heading, justify="right")
        for row in scenarios:
            move = "first release" if row["move"] is None else f"{100 * row['move']:+.1f} points"
            table.add_row(row["title"], percent(row["prior"]), percent(row["posterior"]), move)
        console.print(table)


def _print_movers(console: Console, release: Warehouse) -> None:
    """Print the three indicators that moved the odds most, or that carry them where nothing moved."""
    rows = published_rows(release, "run_summary/movers")
    if not rows:
        return
    console.print("What moved the odds most:" if rows[0]["how"] == "moved" else "What the odds rest on most:")
    for row in rows:
        console.print(f"  {row['title']}: {100 * row['move']:+.1f} points for {row['scenario_id']}", soft_wrap=True)


def _print_sources(console: Console, release: Warehouse) -> int:
    """Print how many publishers are fresh, and name the others; return how many failed."""
    rows = published_rows(release, "run_summary/sources")
    bad = [row for row in rows if row["verdict"] != "fresh"]
    if rows:
        named = ", ".join(f"{row['source_id']} {row['verdict']}" for row in bad)
        console.print(f"{len(rows) - len(bad)} of {len(rows)} sources fresh" + (f"; {named}." if bad else "."))
    return sum(row["verdict"] == "failed" for row in bad)
