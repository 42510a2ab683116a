"""`signposts doctor` and `signposts archive verify`: what is wrong, since when, and the one next thing to do.

Belongs here: reading the installation's state and saying it in words. Not here: mending anything.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from signposts.errors import CatalogueError, InputError, SignpostsError, WriterBusy
from signposts.release import latest
from signposts.release.latest import release_faults
from signposts.release.publish import failed_check_sentence, releases_to_keep
from signposts.settings import Settings, load_settings
from signposts.sources.archive import open_archive, split_by_clock
from signposts.warehouse import Warehouse, current_writer, load_sql

if TYPE_CHECKING:
    import dagster as dg

    from signposts.alerts.accepted import AcceptedProblem

STALE_HOURS = 30
LONG_RUN = timedelta(hours=2)
LEAST_FREE_BYTES = 1_000_000_000
HEARTBEAT = timedelta(minutes=2)
FAILED_CHECKS = "select * from check_result where not passed order by severity, target, check_name"
LAST_RELEASE = "select release_id, created_at, as_of from release order by created_at desc limit 1"
# Every verdict of the doctor has a paragraph of this name in docs/operations.md; the first that holds is the next thing
# to do.
VERDICTS = (
    "state folder",
    "catalogue",
    "not examined",
    "never run",
    "published file",
    "archive gone",
    "disk",
    "failed check",
    "tracker held back",
    "last run failed",
    "run too long",
    "old release",
    "nothing runs",
    "schedule off",
    "source failed",
    "clock",
    "claims held",
    "values kept",
    "rows vanished",
    "alerts not sent",
    "acceptance expired",
    "source stale",
    "source unknown",
    "feeds failed",
    "check warning",
    "too few releases kept",
    "damaged files kept",
)
# What makes a command's input wrong rather than the installation ill: exit code 2.
WRONG_INPUT = ("state folder", "catalogue")


@dataclass(frozen=True, slots=True)
class Diagnosis:
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
    """Print one page on the installation's health, the next thing to do last.

    Return 0 if nothing new wants doing, 1 if something does, 2 if what a person wrote or chose cannot be used at all.
    """
    settings, now = load_settings(), datetime.now(UTC)
    diagnoses = list(examine(settings, now))
    for line in diagnoses:
        typer.echo(f"{'!' if line.verdict else ' '} {line.topic}: {line.text}")
    ill = sorted((line for line in diagnoses if line.verdict), key=lambda line: VERDICTS.index(line.verdict))
    if not ill:
        typer.echo("Next: nothing; all is well.")
        return 0
    first = ill[0]
    typer.echo(f'Next: {first.remedy} (docs/operations.md, "{first.verdict}")')
    return 2 if first.verdict in WRONG_INPUT else 1


def examine(settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """Yield every diagnosis, in the order of the page; a part that cannot be examined is one, and the others go on."""
    parts: tuple[tuple[str, Callable[[], Iterator[Diagnosis]]], ...] = (
        ("State", partial(_state, settings)),
        ("Catalogue", partial(_catalogue, settings)),
        ("Release", partial(_release, settings, now)),
        ("Checks", partial(_checks, settings)),
        ("Archive", partial(_archive, settings, now)),
        ("Running", partial(_running, settings, now)),
        ("Sources", partial(_sources, settings, now)),
        ("Claims", partial(_claims, settings, now)),
        ("Leads", partial(_leads, settings, now)),
        ("Alerts", partial(_alerts, settings, now)),
        ("Writer", lambda: iter([Diagnosis("Writer", current_writer(settings.lock) or "nobody is writing")])),
    )
    for topic, part in parts:
        try:
            yield from part()
        except WriterBusy as error:
            yield Diagnosis(topic, f"not examined while a run is writing ({error})")
        except CatalogueError:
            yield Diagnosis(topic, "not examined while the catalogue has faults")
        except Exception as error:  # noqa: BLE001 - a doctor that dies of what it finds is of no use
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            remedy = reason if isinstance(error, SignpostsError) else f"mend what keeps {topic.lower()} from being read"
            yield Diagnosis(topic, f"could not be examined: {reason}", "not examined", remedy)


def _state(settings: Settings) -> Iterator[Diagnosis]:
    """Yield whether state can be written, how much room there is, and what damage was set aside."""
    folder = settings.home
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"signposts")
            probe.flush()
    except OSError as error:
        text = f"{folder} cannot be written: {error.strerror}"
        yield Diagnosis("State", text, "state folder", f"make {folder} writable and make room on its disk")
    else:
        yield Diagnosis("State", str(folder))
    free = shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.is_dir())).free
    low = free < LEAST_FREE_BYTES
    remedy = f"make room under {folder}, or keep fewer releases (SIGNPOSTS_KEEP_RELEASES)"
    yield Diagnosis("Disk", f"{free / 1e9:.1f} GB free", *(("disk", remedy) if low else ()))
    aside = [*folder.glob("warehouse.duckdb.damaged-*"), *(settings.published.glob("damaged-*"))]
    for path in sorted(aside):
        if path.suffix != ".wal":
            text = f"{path} was set aside"
            yield Diagnosis("Damage", text, "damaged files kept", f"look at the disk, then delete {path}")


def _catalogue(settings: Settings) -> Iterator[Diagnosis]:
    """Yield whether the catalogue and its ledgers can be used."""
    from signposts.catalogue import load_catalogue

    try:
        catalogue = load_catalogue(settings.catalogue_root)
    except InputError as error:
        lines = str(error).splitlines()
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        yield Diagnosis("Catalogue", f"{lines[0]}{more}", "catalogue", "mend what `signposts check` lists")
    else:
        yield Diagnosis("Catalogue", f"{len(catalogue.trackers)} trackers, sound")


def _release(settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """Yield when the last release was made, whether its files are whole, and which trackers it holds back."""
    faults = release_faults(settings)
    for fault in faults:
        remedy = "run `signposts run --offline`: it restores the file from the other copy or the release before"
        yield Diagnosis("Release", fault, "published file", remedy)
    release = latest(settings)
    if release is None:
        if not faults:
            yield Diagnosis("Release", "none yet", "never run", "run `signposts run`")
        return
    with release.connect():
        (last,) = release.rows(LAST_RELEASE)
        held_back = release.rows("from withheld_tracker") if release.has_table("withheld_tracker") else []
    hours = (now.replace(tzinfo=None) - last["created_at"]).total_seconds() / 3600
    text = f"{last['release_id']}, as of {last['as_of']}, {hours:.1f} hours old"
    old = ("old release", "see why nothing was published: `signposts run --offline` says it")
    yield Diagnosis("Release", text, *(old if hours > STALE_HOURS else ()))
    accepted = _accepted(settings, now)
    for row in held_back:
        reason = (row["reason"] or "").splitlines()[0]
        remedy = f"mend what holds {row['tracker_id']} back and run `signposts run`: {reason}"
        line = Diagnosis("Tracker", f"{row['tracker_id']} is held back: {reason}", "tracker held back", remedy)
        yield _unless_accepted(line, accepted.get(("withheld", row["tracker_id"])))


def _checks(settings: Settings) -> Iterator[Diagnosis]:
    """Yield which checks failed in the last run, whether it published or not: the working database knows."""
    working = Warehouse(settings.warehouse, read_only=True) if settings.warehouse.is_file() else None
    if working is None or not working.has_table("check_result"):
        return
    for row in working.rows(FAILED_CHECKS):
        verdict = {"critical": "failed check", "warning": "check warning"}.get(row["severity"], "")
        sentence = failed_check_sentence(row)
        remedy = f"mend what breaks {row['check_name']} on {row['target']}: {sentence}"
        yield Diagnosis("Check", f"{row['severity']}: {sentence}", verdict, remedy if verdict else "")


def _archive(settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """Yield whether the archive holds what was fetched, and whether an attempt is dated after now."""
    objects = settings.archive / "objects"
    stored = sum(1 for _ in objects.rglob("*.zst")) if objects.is_dir() else 0
    release = latest(settings)
    fetched = 0
    if release is not None:
        with release.connect():
            statement = "select count(distinct sha256) as n from fetch_attempt where outcome in ('hit', 'unchanged')"
            fetched = release.rows(statement)[0]["n"]
    if fetched and stored < fetched:
        text = f"{stored} objects, though {fetched} documents were fetched into it"
        remedy = f"bring {settings.archive} back from its backup; without it nothing can be built anew"
        yield Diagnosis("Archive", text, "archive gone", remedy)
    else:
        yield Diagnosis("Archive", f"{stored} objects")
    archive = open_archive(settings)
    for source_id in archive.sources():
        _, ahead = split_by_clock(archive.attempts(source_id), now + timedelta(days=1))
        if not ahead:
            continue
        text = f"an attempt at {source_id} is dated after now and set aside: the clock was wrong, now or then"
        yield Diagnosis("Clock", text, "clock", "set the machine's clock and run `signposts run`")


def _running(settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """Yield whether a daemon is alive, what its schedules do, and how the last runs ended."""
    if not (settings.dagster_home / "dagster.yaml").exists():
        yield Diagnosis("Running", "never started")
        return
    import dagster as dg

    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    try:
        with dg.DagsterInstance.get() as instance:
            diagnoses = [_daemon(instance, now), *_schedules(instance), *_last_runs(instance, now)]
    except Exception as error:  # noqa: BLE001 - whatever keeps Dagster's storage from being read is the diagnosis
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        remedy = f"move {settings.dagster_home} aside and start again: only the history of runs is in it"
        yield Diagnosis("Running", f"Dagster's files cannot be read: {reason}", "not examined", remedy)
    else:
        yield from diagnoses


def _daemon(instance: "dg.DagsterInstance", now: datetime) -> Diagnosis:
    """Return when the daemon was last heard; none at all is well where cron starts the runs."""
    heard = [
        status.last_heartbeat.timestamp
        for status in instance.get_daemon_statuses().values()
        if status.last_heartbeat is not None
    ]
    if not heard:
        return Diagnosis("Running", "no daemon was ever heard here: runs come by hand or from cron")
    silent = now - datetime.fromtimestamp(max(heard), UTC)
    if silent > HEARTBEAT:
        text = f"the daemon was last heard {_ago(silent)} ago"
        return Diagnosis("Running", text, "nothing runs", "start `signposts serve` (or its systemd unit) again")
    return Diagnosis("Running", f"yes; the daemon was heard {silent.total_seconds():.0f} s ago")


def _schedules(instance: "dg.DagsterInstance") -> Iterator[Diagnosis]:
    """Yield each schedule and sensor that the daemon knows, and its last tick."""
    for state in sorted(instance.all_instigator_state(), key=lambda state: state.instigator_name):
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
        tick = f"last tick {datetime.fromtimestamp(ticks[0].timestamp, UTC):%Y-%m-%d %H:%M}" if ticks else "no tick yet"
        on = state.is_running
        text = f"{state.instigator_name} is {'on' if on else 'off'}, {tick}"
        remedy = f"turn {state.instigator_name} on again in Dagster's pages"
        yield Diagnosis("Schedule", text, *(() if on else ("schedule off", remedy)))


def _last_runs(instance: "dg.DagsterInstance", now: datetime) -> Iterator[Diagnosis]:
    """Yield how the last run of each job ended and when the last good one was, and which run has gone on too long."""
    import dagster as dg

    last: dict[str, dg.RunRecord] = {}
    good: dict[str, dg.RunRecord] = {}
    for record in instance.get_run_records(limit=200):
        run = record.dagster_run
        # Trackers side by side have a run each: the good one of another tracker does not cover a bad one.
        name = " ".join(filter(None, (run.job_name, run.tags.get("dagster/partition"))))
        last.setdefault(name, record)
        if run.status == dg.DagsterRunStatus.SUCCESS:
            good.setdefault(name, record)
        began = datetime.fromtimestamp(record.start_time, UTC) if record.start_time else now
        if run.status == dg.DagsterRunStatus.STARTED and now - began > LONG_RUN:
            text = f"run {run.run_id[:8]} of {run.job_name} has gone on for {_ago(now - began)}"
            remedy = f"stop run {run.run_id[:8]} in Dagster's pages or end its process; the next run mends the rest"
            yield Diagnosis("Run", text, "run too long", remedy)
    for name, record in sorted(last.items()):
        run = record.dagster_run
        at = f"{good[name].create_timestamp:%Y-%m-%d %H:%M}" if name in good else "never"
        text = f"{name} {run.status.value.lower()}, run {run.run_id[:8]}; last good run {at}"
        bad = run.status == dg.DagsterRunStatus.FAILURE
        again = "probe" if run.job_name == "weekly_probe" else "run --verbose"
        remedy = f"run `signposts {again}` and mend what it names"
        yield Diagnosis("Last run", text, *(("last run failed", remedy) if bad else ()))


def _sources(settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """Yield each source's verdict and since when; what somebody has accepted is said and not counted."""
    release = latest(settings)
    if release is None:
        return
    accepted = _accepted(settings, now)
    for row in release.rows(load_sql("alerts/source_verdict")):
        yield _unless_accepted(_source(row), accepted.get(("source", f"source:{row['source_id']}")))


def _source(row: dict[str, Any]) -> Diagnosis:
    """Return how one source stands and what to do about it."""
    name, verdict = row["source_id"], row["verdict"]
    since = f" since {row['since']}" if row["since"] else ""
    text = f"{verdict.replace('_', ' ')}{since}; {row['detail']}"
    remedies = {
        "failed": f"see why {name} fails, and try it alone: `signposts run --source {name}`",
        "stale": "record what has happened since: `signposts record`"
        if name == "ledger"
        else f"look whether {name} still publishes, or accept it in catalogue/accepted_problems.yaml",
        "unknown": f"ask {name} once: `signposts run --source {name}`",
    }
    if verdict not in remedies:
        return Diagnosis(f"Source {name}", text)
    return Diagnosis(f"Source {name}", text, f"source {verdict}", remedies[verdict])


def _claims(settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """Yield what is held until somebody accepts it, and where ledgers differ from what was recorded of them."""
    from signposts.catalogue import load_catalogue
    from signposts.cli.ledger_memory import compare_ledgers, fault_lines

    release = latest(settings)
    if release is None:
        return
    rows, accepted = release.rows(load_sql("run_summary/held_claims")), _accepted(settings, now)
    held = [row["claim_id"] for row in rows if ("held", row["tracker_id"]) not in accepted]
    if len(held) < len(rows):
        yield Diagnosis("Claims", f"{len(rows) - len(held)} are held, which is accepted")
    if held:
        remedy = f"look at {held[0]}, then `signposts accept {held[0]} --reason …` or correct it"
        named = ", ".join(held[:3]) + (" and others" if len(held) > 3 else "")
        yield Diagnosis("Claims", f"{len(held)} are held and not used: {named}", "claims held", remedy)
    for row in release.rows(load_sql("run_summary/kept_values")) if release.has_table("kept_value") else []:
        remedy = f"see what {row['source_id']} sends now: `signposts sql rejected_rows` shows the rows"
        kept = Diagnosis("Claims", row["message"], "values kept", remedy)
        yield _unless_accepted(kept, accepted.get(("source", f"source:{row['source_id']}")))
    for line in fault_lines(compare_ledgers(settings, load_catalogue(settings.catalogue_root))):
        yield Diagnosis("Claims", line, "rows vanished", line)


def _leads(settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """Yield how many leads wait, until when the indicators were looked for, and which feeds fail."""
    from signposts.catalogue import load_catalogue
    from signposts.catalogue.triage import is_open
    from signposts.desk.leads import LeadLog
    from signposts.desk.reads import all_reads, feed_health
    from signposts.desk.triage import decisions_now

    catalogue = load_catalogue(settings.catalogue_root)
    if not catalogue.lead_feeds:
        return
    decided = {name: row for tracker in catalogue.trackers for name, row in decisions_now(tracker.folder).items()}
    waiting = sum(is_open(decided.get(lead_id), now.date()) for lead_id in LeadLog(settings).leads())
    looked = [row.search.looked_until for tracker in catalogue.trackers for row in tracker.searches]
    until = f"; the newest search looked until {max(looked)}" if looked else ""
    yield Diagnosis("Leads", f"{waiting} wait for a decision{until}")
    health = feed_health(catalogue.lead_feeds, all_reads(settings), now)
    asked = [row for row in health if row["verdict"] not in ("not_configured", "unknown")]
    ill = [row for row in asked if row["verdict"] != "fresh"]
    if not asked:
        yield Diagnosis("Feeds", "none was read yet; `signposts leads --collect` reads them now")
    elif ill:
        first = ill[0]
        text = f"{len(ill)} of {len(asked)} do not bring news, for example {first['feed_id']}: {first['message']}"
        remedy = f"correct {first['feed_id']} in feeds.yaml, or set read: false there"
        yield Diagnosis("Feeds", text, "feeds failed", remedy)
    else:
        yield Diagnosis("Feeds", f"{len(asked)} answer")


def _accepted(settings: Settings, now: datetime) -> "dict[tuple[str, str], AcceptedProblem]":
    """Return what is accepted now, by kind and subject; nothing where its file cannot be read, which is said below."""
    from signposts.alerts.accepted import load_accepted

    try:
        problems = load_accepted(settings.catalogue_root)
    except CatalogueError:
        return {}
    return {(problem.kind, problem.subject): problem for problem in problems if now.date() <= problem.expires_on}


def _unless_accepted(line: Diagnosis, problem: "AcceptedProblem | None") -> Diagnosis:
    """Return a diagnosis that counts, or one that is said and not counted where somebody has accepted the problem."""
    if problem is None or not line.verdict:
        return line
    return Diagnosis(line.topic, f"{line.text} (accepted by {problem.owner} until {problem.expires_on})")


def _alerts(settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """Yield whether alerts go out, and which acceptances have lapsed."""
    from signposts.alerts.accepted import expired, load_accepted
    from signposts.alerts.delivery import addresses
    from signposts.alerts.journal import read_journal, unsent

    waiting = unsent(read_journal(settings.alert_journal), now)
    failed = [alert for alert in waiting if alert.delivery == "failed"]
    if failed:
        text = f"{len(failed)} could not be sent to every address, the oldest of {failed[0].raised_at[:10]}"
        yield Diagnosis("Alerts", text, "alerts not sent", "try the addresses: `signposts alerts --test`")
    elif addresses():
        yield Diagnosis("Alerts", f"go to {len(addresses())} addresses")
    else:
        oldest = f"; {len(waiting)} wait, the oldest of {waiting[0].raised_at[:10]}" if waiting else ""
        yield Diagnosis("Alerts", f"not configured: SIGNPOSTS_NOTIFY_URL is not set{oldest} (`signposts alerts`)")
    try:
        for line in expired(load_accepted(settings.catalogue_root), now.date()):
            yield Diagnosis("Accepted", line, "acceptance expired", line)
    except CatalogueError as error:
        yield Diagnosis("Accepted", str(error).splitlines()[0], "catalogue", "mend catalogue/accepted_problems.yaml")
    try:
        if releases_to_keep() < 2:
            text = "one release is kept; moves and thresholds need two to compare with"
            yield Diagnosis("Alerts", text, "too few releases kept", "set SIGNPOSTS_KEEP_RELEASES to 2 or more")
    except InputError as error:
        yield Diagnosis("Alerts", str(error), "too few releases kept", str(error))


def _ago(silence: timedelta) -> str:
    """Return a length of time in the unit that suits it."""
    minutes = silence.total_seconds() / 60
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"
