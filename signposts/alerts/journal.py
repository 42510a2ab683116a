"""What has been raised and what became of it: a line an alert and outcome, on disk before anything relies on it.

Belongs here: the journal that makes each alert go out once to each address, whatever happens to releases, warehouse or
process. Not here: rules, messages, sending.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from signposts.files import append_line, oldest_kept, read_lines, shorten

# States of an alert that is still to be sent; the others are ends: sent, accepted.
OPEN = ("pending", "quiet", "failed", "dry_run")
# Kinds of alert whose cause lasts, so that its end is news too.
LASTING = ("source", "held", "withheld", "no_scenario_fits")
# What is older than this when it could at last be sent is history, not news.
STALE_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as the published table has it; times are ISO in UTC without a zone.

    ``sent_to`` holds the marks of the addresses that took it: it is kept in the journal and not published.
    """

    kind: str
    severity: str
    message: str
    alert_key: str
    raised_at: str
    tracker_id: str | None = None
    indicator_id: str | None = None
    scenario_id: str | None = None
    delivery: str = "pending"
    sent_to: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """Return what an accepted problem must name: source:<id>, or the tracker and what of it."""
        if self.kind == "source":
            return ":".join(self.alert_key.split(":")[:2])
        if self.kind == "withheld":
            return self.tracker_id or "run"
        return "/".join(part for part in (self.tracker_id, self.indicator_id, self.scenario_id) if part)

    def row(self) -> dict[str, Any]:
        """Return the row of the table ``alert``."""
        row = asdict(self) | {"raised_at": datetime.fromisoformat(self.raised_at)}
        del row["sent_to"]
        return row


def mark_of_address(address: str) -> str:
    """Return a mark by which the journal knows an address without holding it: addresses are secrets."""
    return hashlib.sha256(address.encode()).hexdigest()[:12]


def read_journal(path: Path) -> dict[str, Alert]:
    """Return the last state of every alert by key; a line that a crash cut short is passed over."""
    alerts: dict[str, Alert] = {}
    for line in read_lines(path):
        try:
            fields = json.loads(line)
            alert = Alert(**fields | {"sent_to": tuple(fields.get("sent_to", ()))})
        except (ValueError, TypeError):
            continue
        alerts[alert.alert_key] = alert
    return alerts


def note(path: Path, alert: Alert, delivery: str, sent_to: Iterable[str] = ()) -> Alert:
    """Add an alert's new state to the journal, on disk before this returns."""
    noted = replace(alert, delivery=delivery, sent_to=tuple(sorted({*alert.sent_to, *sent_to})))
    append_line(path, json.dumps(asdict(noted), sort_keys=True).encode())
    return noted


def forget_old(path: Path, now: datetime) -> int:
    """Keep one line an alert, and none of an old one unless its end is still to be told; return how many lines went.

    The journal's lock must be held.
    """
    journal, before = read_journal(path), oldest_kept(now).isoformat()
    kept = [
        alert
        for alert in journal.values()
        if alert.raised_at >= before or (was_heard(alert) and recovery_key(alert) not in journal)
    ]
    return shorten(path, [json.dumps(asdict(alert), sort_keys=True).encode() for alert in kept])


def was_heard(alert: Alert) -> bool:
    """Return whether somebody was sent an alert of which the end is news."""
    return alert.kind in LASTING and (bool(alert.sent_to) or alert.delivery == "sent")


def recovery_key(alert: Alert) -> str:
    """Return the key of the message that an alert's cause is over."""
    return f"good_again:{alert.alert_key}:{alert.raised_at}"


def unsent(journal: Mapping[str, Alert], now: datetime) -> list[Alert]:
    """Return the alerts that are still to be sent, oldest first."""
    oldest = (now.replace(tzinfo=None) - STALE_AFTER).isoformat()
    waiting = [alert for alert in journal.values() if alert.delivery in OPEN and alert.raised_at >= oldest]
    return sorted(waiting, key=lambda alert: (alert.raised_at, alert.alert_key))
