"""Sending alerts: the messages and the way out through apprise, at least once to each address.

Belongs here: who gets them (SIGNPOSTS_NOTIFY_URL), when not (SIGNPOSTS_QUIET_HOURS), what a message says and links to.
Not here: what is worth an alert.
"""

import logging
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from signposts.alerts.journal import Alert, mark_of_address, note, read_journal, unsent
from signposts.alerts.rules import earlier_releases, published_alerts
from signposts.errors import InputError, SignpostsError
from signposts.settings import Settings
from signposts.warehouse import single_writer

QUIET_HOURS = re.compile(r"(?P<start>\d{1,2})-(?P<end>\d{1,2})")
# The types of apprise, which give a message its colour and sign where the service has such.
MESSAGE_TYPES = {"critical": "failure", "warning": "warning", "info": "info", "good_again": "success"}
SEVERITY_ORDER = {"critical": 0, "warning": 1, "info": 2}
LOCK_SECONDS = 120.0


class NotDelivered(SignpostsError):
    """A message could not be handed over to all of the addresses."""


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


def compose(alerts: Sequence[Alert], settings: Settings, now: datetime) -> tuple[str, str]:
    """Return title and text of one message with all the alerts: what, why, how old, where to read more."""
    ordered = sorted(alerts, key=lambda alert: (SEVERITY_ORDER[alert.severity], alert.alert_key))
    first = ordered[0].message
    title = f"Signposts: {first[:120]}" if len(ordered) == 1 else f"Signposts: {len(ordered)} alerts"
    parts = [
        f"{alert.severity.upper()} ({alert.kind}): {alert.message}.{_age(alert, now)}\n{link(alert, settings)}"
        for alert in ordered
    ]
    return title, "\n\n".join(parts)


def _age(alert: Alert, now: datetime) -> str:
    """Return how old an alert is that could not be sent on the day it was raised."""
    days = (now.replace(tzinfo=None) - datetime.fromisoformat(alert.raised_at)).days
    return f" (Raised on {alert.raised_at[:10]}, {days} day{'' if days == 1 else 's'} ago.)" if days >= 1 else ""


def gravest(alerts: Sequence[Alert]) -> str:
    """Return the gravest severity among alerts, or ``good_again`` if there is nothing else."""
    grave = [alert for alert in alerts if alert.kind != "good_again"]
    return min((alert.severity for alert in grave), key=SEVERITY_ORDER.__getitem__) if grave else "good_again"


def send_to(address: str, title: str, text: str, severity: str) -> bool:
    """Hand one message over to one address, typed by its severity; return whether it was taken."""
    import apprise

    # What apprise writes of its own names hosts and paths, which may be secrets.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    messenger = apprise.Apprise()
    return bool(messenger.add(address)) and bool(
        messenger.notify(body=text, title=title, notify_type=MESSAGE_TYPES[severity])
    )


def send(title: str, text: str, severity: str = "info") -> None:
    """Hand one message over to every address.

    Raises:
        NotDelivered: one of them did not take it; the message names its kind and place in the list, never the address.
    """
    refuse_untaken([address for address in addresses() if not send_to(address, title, text, severity)])


def refuse_untaken(failed: Sequence[str]) -> None:
    """Raise NotDelivered if any address did not take a message."""
    numbered = {address: number for number, address in enumerate(addresses(), start=1)}
    lines = [f"address {numbered.get(address, 0)} ({address.split(':', 1)[0]}) did not take it" for address in failed]
    if lines:
        raise NotDelivered("; ".join(lines) + "; see SIGNPOSTS_NOTIFY_URL and try `signposts alerts --test`")


def deliver(settings: Settings, now: datetime) -> list[Alert]:
    """Send what has been raised and not yet sent; return those alerts with what became of them.

    A message that an address did not take is tried again, for that address, with the next run or the next hour. One
    that was handed over and not noted, because the machine died in between, is sent twice rather than never.
    """
    with single_writer(settings.alert_lock, wait_seconds=LOCK_SECONDS, purpose="sending alerts"):
        journal = read_journal(settings.alert_journal)
        for key, alert in published_alerts(settings, earlier_releases(settings)).items():
            if key not in journal or _is_raised_anew(journal[key], alert):
                journal[key] = note(settings.alert_journal, alert, alert.delivery)
        fate = outlook(now)
        outcomes: list[Alert] = []
        ready = []
        for alert in unsent(journal, now):
            if fate[alert.severity] == "pending":
                ready.append(alert)
            elif alert.delivery != fate[alert.severity]:
                outcomes.append(note(settings.alert_journal, alert, fate[alert.severity]))
        return outcomes + _send_ready(ready, settings, now)


def _is_raised_anew(entry: Alert, alert: Alert) -> bool:
    """Return whether a release raises an alert again: its acceptance has lapsed, or it had been good in between."""
    return alert.raised_at > entry.raised_at or (entry.delivery == "accepted" and alert.delivery != "accepted")


def _send_ready(ready: Sequence[Alert], settings: Settings, now: datetime) -> list[Alert]:
    """Send each address one message with what it has not had, and note after each what was taken."""
    states = {alert.alert_key: alert for alert in ready}
    failed = []
    for address in addresses():
        mark = mark_of_address(address)
        due = [alert for alert in states.values() if mark not in alert.sent_to]
        if not due:
            continue
        title, text = compose(due, settings, now)
        if send_to(address, title, text, gravest(due)):
            for alert in due:
                states[alert.alert_key] = note(settings.alert_journal, alert, alert.delivery, [mark])
        else:
            failed.append(address)
    try:
        refuse_untaken(failed)
    except NotDelivered as error:
        logging.getLogger(__name__).warning("alerts not sent: %s", error)
    marks = {mark_of_address(address) for address in addresses()}
    return [
        note(settings.alert_journal, alert, "sent" if marks <= set(alert.sent_to) else "failed")
        for alert in states.values()
    ]


def waiting(settings: Settings, now: datetime) -> list[Alert]:
    """Return what could be sent now and is not yet."""
    if not addresses():
        return []
    fate = outlook(now)
    journal = read_journal(settings.alert_journal)
    return [alert for alert in unsent(journal, now) if fate[alert.severity] == "pending"]
