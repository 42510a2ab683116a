"""Telling people: the messages and the way out through apprise.

Belongs here: who is told (SIGNPOSTS_NOTIFY_URL), when not (SIGNPOSTS_QUIET_HOURS), what a message says and links to.
Not here: what is worth telling.
"""

import logging
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from signposts.alerts.journal import Alert, note, read_journal, untold
from signposts.alerts.rules import earlier_releases, published_alerts
from signposts.errors import InputError, SignpostsError
from signposts.settings import Settings
from signposts.warehouse import single_writer

QUIET_HOURS = re.compile(r"(?P<start>\d{1,2})-(?P<end>\d{1,2})")
SEVERITY_ORDER = {"critical": 0, "warning": 1, "info": 2}
LOCK_SECONDS = 120.0


class NotTold(SignpostsError):
    """A message could not be handed over to any of the addresses."""


def addresses() -> list[str]:
    """Return the addresses of SIGNPOSTS_NOTIFY_URL, several separated by spaces; they are secrets and never shown."""
    return os.environ.get("SIGNPOSTS_NOTIFY_URL", "").split()


def is_quiet(now: datetime) -> bool:
    """Return whether the hour in UTC lies in SIGNPOSTS_QUIET_HOURS, for example 22-7."""
    text = os.environ.get("SIGNPOSTS_QUIET_HOURS", "")
    if not text:
        return False
    match = QUIET_HOURS.fullmatch(text.strip())
    if match is None or int(match["start"]) > 24 or int(match["end"]) > 24:
        raise InputError(f"SIGNPOSTS_QUIET_HOURS is {text!r}; write two hours in UTC, for example 22-7")
    start, end, hour = int(match["start"]), int(match["end"]), now.astimezone(UTC).hour
    return start <= hour < end if start <= end else hour >= start or hour < end


def outlook(now: datetime) -> dict[str, str]:
    """Return what becomes of an alert raised now, by severity: critical ones do not wait for quiet hours to end."""
    if not addresses():
        return dict.fromkeys(SEVERITY_ORDER, "dry_run")
    waiting = "quiet" if is_quiet(now) else "pending"
    return {"critical": "pending", "warning": waiting, "info": waiting}


def link(alert: Alert, settings: Settings) -> str:
    """Return where the report says more: under SIGNPOSTS_REPORT_URL, or the file on this machine."""
    base = os.environ.get("SIGNPOSTS_REPORT_URL", "").rstrip("/")
    report = settings.published / "report"
    folder = f"{alert.tracker_id}/" if alert.tracker_id and (report / alert.tracker_id).is_dir() else ""
    page = "index.html"
    if alert.indicator_id:
        page = f"indicators/{alert.indicator_id}.html"
    elif alert.scenario_id and alert.scenario_id != "other":
        page = f"scenarios/{alert.scenario_id}.html"
    elif alert.kind == "source" and (report / "health.html").exists():
        page = "health.html"
    return f"{base}/{folder}{page}" if base else (report / folder / page).as_uri()


def compose(alerts: Sequence[Alert], settings: Settings) -> tuple[str, str]:
    """Return title and text of one message that tells all the alerts: what, why, where to read more."""
    ordered = sorted(alerts, key=lambda alert: (SEVERITY_ORDER[alert.severity], alert.alert_key))
    first = ordered[0].message
    title = f"Signposts: {first[:120]}" if len(ordered) == 1 else f"Signposts: {len(ordered)} alerts"
    parts = [f"{alert.severity.upper()} ({alert.kind}): {alert.message}.\n{link(alert, settings)}" for alert in ordered]
    return title, "\n\n".join(parts)


def send(title: str, text: str) -> None:
    """Hand one message over to every address.

    Raises:
        NotTold: one of them did not take it; the message names its kind and place in the list, never the address.
    """
    import apprise

    # What apprise writes of its own names hosts and paths, which may be secrets.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    failed = []
    for number, address in enumerate(addresses(), start=1):
        messenger = apprise.Apprise()
        if not messenger.add(address):
            failed.append(f"address {number} is none that apprise knows")
        elif not messenger.notify(body=text, title=title):
            failed.append(f"address {number} ({address.split(':', 1)[0]}) did not take it")
    if failed:
        raise NotTold("; ".join(failed) + "; see SIGNPOSTS_NOTIFY_URL and try `signposts alerts --test`")


def deliver(settings: Settings, now: datetime) -> list[Alert]:
    """Tell what has been raised and not yet told; return those alerts with what became of them.

    A message that could not be handed over is tried again with the next run or the next hour. One that was handed over
    and not noted, because the machine died in between, is told twice rather than never.
    """
    with single_writer(settings.alert_lock, wait_seconds=LOCK_SECONDS, purpose="telling alerts"):
        journal = read_journal(settings.alert_journal)
        for key, alert in published_alerts(settings, earlier_releases(settings)).items():
            if key not in journal or (journal[key].delivery == "accepted" and alert.delivery != "accepted"):
                journal[key] = note(settings.alert_journal, alert, alert.delivery)
        fate = outlook(now)
        told: list[Alert] = []
        ready = []
        for alert in untold(journal, now):
            if fate[alert.severity] == "pending":
                ready.append(alert)
            elif alert.delivery != fate[alert.severity]:
                told.append(note(settings.alert_journal, alert, fate[alert.severity]))
        return told + _tell(ready, settings)


def _tell(ready: Sequence[Alert], settings: Settings) -> list[Alert]:
    """Send one message for all, and note what became of it."""
    if not ready:
        return []
    try:
        send(*compose(ready, settings))
        outcome = "sent"
    except NotTold as error:
        logging.getLogger(__name__).warning("alerts not told: %s", error)
        outcome = "failed"
    return [note(settings.alert_journal, alert, outcome) for alert in ready]


def waiting(settings: Settings, now: datetime) -> list[Alert]:
    """Return what could be told now and is not yet."""
    if not addresses():
        return []
    fate = outlook(now)
    journal = read_journal(settings.alert_journal)
    return [alert for alert in untold(journal, now) if fate[alert.severity] == "pending"]
