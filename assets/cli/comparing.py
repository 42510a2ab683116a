"""`signposts diff`: what changed between two releases, by cause.

Belongs here: choosing two releases and printing their difference. Not here: the split by cause, which a release holds.
"""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from assets.cli.words import percent
from assets.errors import InputError
from assets.settings import load_settings
from assets.warehouse import Warehouse, load_sql


def compare_releases(older: str, newer: str) -> None:
    """Print each scenario's odds in both releases and the indicators whose reading differs, by cause where known."""
    folders = releases(load_settings().published)
    old, new = chosen(folders, older), chosen(folders, newer)
    before, after = (Warehouse(folders[name] / "signposts.duckdb") for name in (old, new))
    console = Console(highlight=False)
    table = Table(title=f"From {old} to {new}", title_justify="left")
    for heading in ("scenario", "then", "now", "move"):
        table.add_column(heading, justify="left" if heading == "scenario" else "right")
    odds = load_sql("diff/odds")
    then = {(row["tracker_id"], row["scenario_id"]): row["posterior"] for row in before.rows(odds)}
    for row in after.rows(odds):
        earlier = then.get((row["tracker_id"], row["scenario_id"]))
        move = "" if earlier is None else f"{100 * (row['posterior'] - earlier):+.2f} points"
        table.add_row(row["title"], percent(earlier), percent(row["posterior"]), move)
    console.print(table)
    _print_causes(console, before, after, old)


def _print_causes(console: Console, before: Warehouse, after: Warehouse, old: str) -> None:
    """Print the parts of the moves if one release followed the other, else the readings that differ."""
    parts = after.rows(load_sql("diff/causes"), previous=old)
    if parts:
        table = Table(title="By cause", title_justify="left")
        for heading in ("cause", "indicator", "scenario", "part of the move"):
            table.add_column(heading)
        for row in parts:
            table.add_row(
                row["cause"], row["indicator_id"] or "-", row["scenario_id"], f"{100 * row['move']:+.2f} points"
            )
        console.print(table)
        return
    readings = load_sql("diff/readings")
    then = {(row["tracker_id"], row["indicator_id"]): row["said"] for row in before.rows(readings)}
    changed = [
        (row["indicator_id"], then.get((row["tracker_id"], row["indicator_id"])), row["said"])
        for row in after.rows(readings)
        if then.get((row["tracker_id"], row["indicator_id"])) != row["said"]
    ]
    console.print(f"{len(changed)} readings differ.")
    for indicator, earlier, now in changed:
        console.print(f"  {indicator}: {earlier or 'nothing'} -> {now or 'nothing'}", soft_wrap=True)


def releases(published: Path) -> dict[str, Path]:
    """Return the folders of the releases that are kept, oldest first."""
    kept = sorted(path for path in (published / "releases").glob("*") if (path / "signposts.duckdb").exists())
    if not kept:
        raise InputError(f"no release under {published}: run `signposts run` first")
    return {path.name: path for path in kept}


def chosen(folders: dict[str, Path], name: str) -> str:
    """Return the release that a word names: an identifier, `latest` or `previous`."""
    names = list(folders)
    if name == "latest":
        return names[-1]
    if name == "previous":
        if len(names) < 2:
            raise InputError("there is only one release, so nothing came before it; run `signposts run` again")
        return names[-2]
    if name not in folders:
        raise InputError(f"no release {name!r} is kept; kept are {', '.join(names[-5:])}")
    return name
