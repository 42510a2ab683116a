"""`signposts doctor` and `signposts archive verify`: what is wrong, since when, and the one next thing to do.

Belongs here: reading the installation's state and saying it in words. Not here: mending anything.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import typer

from signposts.errors import CatalogueError, InputError, SignpostsError
from signposts.settings import Settings, load_settings
from signposts.sources.archive import open_archive
from signposts.warehouse import Warehouse, current_writer, load_sql

if TYPE_CHECKING:
    import dagster as dg

STALE_HOURS = 30
LEAST_FREE_BYTES = 1_000_000_000
HEARTBEAT = timedelta(minutes=2)
FAILED_CHECKS = "select * from check_result where not passed order by severity, check_name"
LAST_RELEASE = "select release_id, created_at, as_of from release order by created_at desc limit 1"
# Every verdict of the doctor has a paragraph of this name in docs/operations.md; the first that holds is the next thing
# to do.
VERDICTS = (
    "state folder",
    "catalogue",
    "never run",
    "published file",
    "disk",
    "failed check",
    "last run failed",
    "old release",
    "nothing runs",
    "schedule off",
    "source failed",
    "alerts not told",
    "acceptance expired",
    "source stale",
    "source unknown",
    "check warning",
    "too few releases kept",
    "damaged database kept",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the page; ``verdict`` and ``remedy`` are empty where all is well."""

    topic: str
    text: str
    verdict: str = ""
    remedy: str = ""


def verify_archive() -> int:
    """Hash every stored object again and name those that are broken; return 1 if any is."""
    archive = open_archive(load_settings())
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
    settings, now = load_settings(), datetime.now(UTC)
    findings = list(examine(settings, now))
    for finding in findings:
        typer.echo(f"{'!' if finding.verdict else ' '} {finding.topic}: {finding.text}")
    ill = sorted((each for each in findings if each.verdict), key=lambda each: VERDICTS.index(each.verdict))
    if not ill:
        typer.echo("Next: nothing; all is well.")
        return 0
    first = ill[0]
    typer.echo(f'Next: {first.remedy} (docs/operations.md, "{first.verdict}")')
    return 1


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield every finding, in the order of the page."""
    yield from _state(settings)
    yield from _catalogue(settings)
    yield from _release(settings, now)
    yield from _running(settings, now)
    yield from _sources(settings)
    yield from _alerts(settings, now)
    holder = current_writer(settings.lock)
    yield Finding("Writer", holder or "nobody is writing")


def _state(settings: Settings) -> Iterator[Finding]:
    """Yield whether state can be written, how much room there is, and what damage was set aside."""
    folder = settings.home
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Finding(
            "State", f"{folder} cannot be written: {error.strerror}", "state folder", f"make {folder} writable"
        )
    else:
        yield Finding("State", str(folder))
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    low = free < LEAST_FREE_BYTES
    remedy = f"make room under {folder}, or keep fewer releases (SIGNPOSTS_KEEP_RELEASES)"
    yield Finding("Disk", f"{free / 1e9:.1f} GB free", *(("disk", remedy) if low else ()))
    for path in sorted(folder.glob("warehouse.duckdb.damaged-*")):
        if path.suffix != ".wal":
            yield Finding(
                "Damage", f"{path} was set aside", "damaged database kept", f"look at the disk, delete {path}"
            )


def _catalogue(settings: Settings) -> Iterator[Finding]:
    """Yield whether the catalogue and its ledgers can be used."""
    from signposts.catalogue import load_catalogue

    try:
        catalogue = load_catalogue(settings.catalogue_root)
    except InputError as error:
        lines = str(error).splitlines()
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        yield Finding("Catalogue", f"{lines[0]}{more}", "catalogue", "mend what `signposts check` lists")
    else:
        yield Finding("Catalogue", f"{len(catalogue.trackers)} trackers, sound")


def _release(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield when the last release was made, whether it can be read, and which checks failed."""
    if not settings.published_database.exists():
        yield Finding("Release", "none yet", "never run", "run `signposts run`")
        return
    try:
        release = Warehouse(settings.published_database, read_only=True)
        with release.connect():
            (last,) = release.rows(LAST_RELEASE)
            failed = release.rows(FAILED_CHECKS)
    except Exception as error:  # noqa: BLE001 - whatever keeps the file from being read is the finding
        text = f"{settings.published_database} cannot be read: {str(error).splitlines()[0]}"
        yield Finding("Release", text, "published file", f"move {settings.published} aside and run `signposts run`")
        return
    hours = (now.replace(tzinfo=None) - last["created_at"]).total_seconds() / 3600
    text = f"{last['release_id']}, as of {last['as_of']}, {hours:.1f} hours old"
    old = ("old release", "see why nothing was published: `signposts run --offline` says it")
    yield Finding("Release", text, *(old if hours > STALE_HOURS else ()))
    for row in failed:
        text = f"{row['severity']}: {row['check_name']} on {row['target']}: {row['failing_rows']} rows: {row['detail']}"
        remedy = f"see what breaks {row['check_name']}: `signposts sql failed_checks`"
        verdict = {"critical": "failed check", "warning": "check warning"}.get(row["severity"], "")
        yield Finding("Check", text, verdict, remedy if verdict else "")


def _running(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield whether a daemon lives, what its schedules do, and how the last run ended."""
    if not (settings.dagster_home / "dagster.yaml").exists():
        yield Finding("Running", "never started")
        return
    import os

    import dagster as dg

    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    with dg.DagsterInstance.get() as instance:
        yield _daemon(instance, now)
        yield from _schedules(instance)
        yield from _last_runs(instance)


def _daemon(instance: "dg.DagsterInstance", now: datetime) -> Finding:
    """Return when the daemon was last heard; none at all is well where cron starts the runs."""
    heard = [
        status.last_heartbeat.timestamp
        for status in instance.get_daemon_statuses().values()
        if status.last_heartbeat is not None
    ]
    if not heard:
        return Finding("Running", "no daemon was ever heard here: runs come by hand or from cron")
    silent = now - datetime.fromtimestamp(max(heard), UTC)
    if silent > HEARTBEAT:
        text = f"the daemon was last heard {_ago(silent)} ago"
        return Finding("Running", text, "nothing runs", "start `signposts serve` (or its systemd unit) again")
    return Finding("Running", f"yes; the daemon was heard {silent.total_seconds():.0f} s ago")


def _schedules(instance: "dg.DagsterInstance") -> Iterator[Finding]:
    """Yield each schedule and sensor that the daemon knows, and its last tick."""
    for state in sorted(instance.all_instigator_state(), key=lambda state: state.instigator_name):
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
        tick = f"last tick {datetime.fromtimestamp(ticks[0].timestamp, UTC):%Y-%m-%d %H:%M}" if ticks else "no tick yet"
        on = state.is_running
        text = f"{state.instigator_name} is {'on' if on else 'off'}, {tick}"
        remedy = f"turn {state.instigator_name} on again in Dagster's pages"
        yield Finding("Schedule", text, *(() if on else ("schedule off", remedy)))


def _last_runs(instance: "dg.DagsterInstance") -> Iterator[Finding]:
    """Yield how the last run ended, and when the last good one was."""
    import dagster as dg

    records = instance.get_run_records(filters=dg.RunsFilter(job_name="monitor"), limit=1)
    good = instance.get_run_records(
        filters=dg.RunsFilter(job_name="monitor", statuses=[dg.DagsterRunStatus.SUCCESS]), limit=1
    )
    at = f"{good[0].create_timestamp:%Y-%m-%d %H:%M}" if good else "never"
    for record in records:
        run = record.dagster_run
        text = f"{run.status.value.lower()}, run {run.run_id[:8]}; last good run {at}"
        remedy = "run `signposts run --verbose` and mend what it names"
        bad = run.status == dg.DagsterRunStatus.FAILURE
        yield Finding("Last run", text, *(("last run failed", remedy) if bad else ()))


def _sources(settings: Settings) -> Iterator[Finding]:
    """Yield each source's verdict and since when."""
    if not settings.published_database.exists():
        return
    try:
        rows = Warehouse(settings.published_database, read_only=True).rows(load_sql("alerts/source_verdict"))
    except Exception:  # noqa: BLE001 - that the file cannot be read is said already
        return
    for row in rows:
        yield _source(row)


def _source(row: dict[str, Any]) -> Finding:
    """Return how one source stands and what to do about it."""
    name, verdict = row["source_id"], row["verdict"]
    since = f" since {row['since']}" if row["since"] else ""
    remedies = {
        "failed": f"see why {name} fails, and try it alone: `signposts run --source {name}`",
        "stale": "record what has happened since: `signposts record`"
        if name == "ledger"
        else f"look whether {name} still publishes, or accept it in catalogue/accepted_problems.yaml",
        "unknown": f"ask {name} once: `signposts run --source {name}`",
    }
    text = f"{verdict}{since}; {row['detail']}"
    return Finding(f"Source {name}", text, *((f"source {verdict}", remedies[verdict]) if verdict in remedies else ()))


def _alerts(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield whether alerts go out, and which acceptances have lapsed."""
    from signposts.alerts.accepted import expired, load_accepted
    from signposts.alerts.delivery import addresses
    from signposts.alerts.journal import read_journal, untold
    from signposts.release.publish import releases_to_keep

    failed = [alert for alert in untold(read_journal(settings.alert_journal), now) if alert.delivery == "failed"]
    if failed:
        text = f"{len(failed)} could not be told, the oldest of {failed[0].raised_at[:10]}"
        yield Finding("Alerts", text, "alerts not told", "try the addresses: `signposts alerts --test`")
    elif addresses():
        yield Finding("Alerts", f"go to {len(addresses())} addresses")
    else:
        yield Finding("Alerts", "go nowhere: SIGNPOSTS_NOTIFY_URL is not set (`signposts alerts` lists them)")
    try:
        for line in expired(load_accepted(settings.catalogue_root), date.fromisoformat(f"{now:%Y-%m-%d}")):
            yield Finding("Accepted", line, "acceptance expired", line)
    except CatalogueError as error:
        yield Finding("Accepted", str(error).splitlines()[0], "catalogue", "mend catalogue/accepted_problems.yaml")
    try:
        if releases_to_keep() < 2:
            text = "one release is kept; moves and thresholds need two to compare with"
            yield Finding("Alerts", text, "too few releases kept", "set SIGNPOSTS_KEEP_RELEASES to 2 or more")
    except SignpostsError as error:
        yield Finding("Alerts", str(error), "too few releases kept", str(error))


def _ago(silence: timedelta) -> str:
    """Return a length of time in the unit that suits it."""
    minutes = silence.total_seconds() / 60
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"
