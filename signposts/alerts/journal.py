"""What has been raised and what became of it: a line an alert and outcome, on disk before anything relies on it.

Belongs here: the journal that makes each alert go out once, whatever happens to releases, warehouse or process.
Not here: rules, messages, sending.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

# States of an alert that still wants telling; the others are ends: sent, accepted.
OPEN = ("pending", "quiet", "failed", "dry_run")
# What is older than this when it could at last be told is history, not news.
STALE_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as the published table has it; times are ISO in UTC without a zone."""

    kind: str
    severity: str
    message: str
    alert_key: str
    raised_at: str
    tracker_id: str | None = None
    indicator_id: str | None = None
    scenario_id: str | None = None
    delivery: str = "pending"

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
        return {**asdict(self), "raised_at": datetime.fromisoformat(self.raised_at)}


def read_journal(path: Path) -> dict[str, Alert]:
    """Return the last state of every alert by key; a line that a crash cut short is passed over."""
    found: dict[str, Alert] = {}
    if not path.exists():
        return found
    for line in path.read_bytes().splitlines():
        try:
            alert = Alert(**json.loads(line))
        except (ValueError, TypeError):
            continue
        found[alert.alert_key] = alert
    return found


def note(path: Path, alert: Alert, delivery: str) -> Alert:
    """Add an alert's new state to the journal, on disk before this returns."""
    noted = replace(alert, delivery=delivery)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            # A crash left half a line: end it, so that it spoils itself alone.
            cut = file.read(1) != b"\n"
            file.write(b"\n" * cut)
        file.write(json.dumps(asdict(noted), sort_keys=True).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return noted


def untold(journal: Mapping[str, Alert], now: datetime) -> list[Alert]:
    """Return the alerts that still want telling, oldest first."""
    oldest = (now.replace(tzinfo=None) - STALE_AFTER).isoformat()
    waiting = [alert for alert in journal.values() if alert.delivery in OPEN and alert.raised_at >= oldest]
    return sorted(waiting, key=lambda alert: (alert.raised_at, alert.alert_key))
