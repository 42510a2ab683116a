"""`signposts doctor` and `signposts archive verify`: what is wrong, since when, and the one next thing to do.

Belongs here: reading the installation's state and saying it in words. Not here: mending anything.
"""

import shutil
from datetime import UTC, datetime
from typing import Any

import typer

from assets.settings import Settings, load_settings
from assets.sources.archive import Archive
from assets.warehouse import Warehouse, current_writer, load_sql

STALE_HOURS = 30
LEAST_FREE_BYTES = 1_000_000_000


def verify_archive() -> int:
    """Hash every stored object again and name those that are broken; return 1 if any is."""
    archive = Archive(load_settings().archive)
    checked = broken = 0
    for path, fault in archive.verify():
        checked += 1
        if fault:
            broken += 1
            typer.echo(f"broken: {path}: {fault}; it will be fetched again by the next run")
    typer.echo(f"{checked} objects checked, {broken} broken")
    return 1 if broken else 0


def diagnose() -> int:
    """Print one page on the installation's health, the next thing to do last; return 0 if all is well."""
    settings = load_settings()
    todo: list[str] = []
    _say_release(settings, todo)
    _say_writer(settings)
    _say_disk(settings, todo)
    typer.echo(f"Next: {todo[0]}" if todo else "Next: nothing; all is well.")
    return 1 if todo else 0


def _say_release(settings: Settings, todo: list[str]) -> None:
    """Say when the last release was made, which checks failed, and how each source stands."""
    if not settings.published_database.exists():
        typer.echo("Release: none yet")
        todo.append("run `signposts run`")
        return
    release = Warehouse(settings.published_database)
    (last,) = release.rows("select release_id, created_at, as_of from release order by created_at desc limit 1")
    hours = (datetime.now(UTC).replace(tzinfo=None) - last["created_at"]).total_seconds() / 3600
    typer.echo(f"Release: {last['release_id']}, as of {last['as_of']}, {hours:.1f} hours old")
    if hours > STALE_HOURS:
        todo.append("nothing was published for more than a day: is the daemon running (`signposts serve`)?")
    for row in release.rows("select * from check_result where not passed order by severity, check_name"):
        typer.echo(f"Check: {row['severity']}: {row['check_name']} on {row['target']}: {row['failing_rows']} rows")
    for row in release.rows(load_sql("standings/source_health")):
        _say_source(row, todo)


def _say_source(row: dict[str, Any], todo: list[str]) -> None:
    """Say how one source stands and since when."""
    since = f"last answered {row['last_looked']:%Y-%m-%d}" if row["last_looked"] else "never answered"
    typer.echo(f"Source {row['source_id']}: {row['verdict']}, {since}; {row['detail']}")
    if row["verdict"] == "failed":
        todo.append(f"see why {row['source_id']} fails: {row['detail']}")


def _say_writer(settings: Settings) -> None:
    """Say who holds the writer's lock."""
    holder = current_writer(settings.lock)
    typer.echo(f"Writer: {holder}" if holder else "Writer: nobody")


def _say_disk(settings: Settings, todo: list[str]) -> None:
    """Say how much space is left where state lives."""
    folder = settings.home if settings.home.exists() else settings.home.parent
    free = shutil.disk_usage(folder).free
    typer.echo(f"Disk: {free / 1e9:.1f} GB free under {settings.home}")
    if free < LEAST_FREE_BYTES:
        todo.append(f"make room under {settings.home}")
