"""Signs by which a machine outside knows that this one works: a heartbeat after each release, and a metrics file.

Belongs here: the GET to SIGNPOSTS_HEARTBEAT_URL, and published/metrics.prom for Prometheus' file collector. Not here:
alerts.
"""

import os
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from signposts.alerts.journal import read_journal, unsent
from signposts.errors import InputError
from signposts.files import write_atomically
from signposts.release import latest
from signposts.settings import Settings
from signposts.warehouse import load_sql

TIMEOUT_SECONDS = 10.0


def send_heartbeat() -> bool:
    """Ask SIGNPOSTS_HEARTBEAT_URL once, if it is set; return False if it did not answer well. It is a secret."""
    url = os.environ.get("SIGNPOSTS_HEARTBEAT_URL", "")
    if not url:
        return True
    if not url.startswith(("https://", "http://")):
        raise InputError("SIGNPOSTS_HEARTBEAT_URL is no http or https address; set it to the one your monitor gave you")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - held to http and https above
            return 200 <= int(answer.status) < 300
    except (urllib.error.URLError, OSError):
        return False


def write_metrics(settings: Settings, now: datetime, run_seconds: float | None) -> None:
    """Write published/metrics.prom: the release, sources by verdict, what waits for somebody, seconds of the run."""
    lines = "".join(f"{line}\n" for line in metric_lines(settings, now, run_seconds))
    write_atomically(settings.published / "metrics.prom", lines.encode())


def metric_lines(settings: Settings, now: datetime, run_seconds: float | None) -> Iterator[str]:
    """Yield the metrics in Prometheus' text format."""
    release = latest(settings)
    if release is not None:
        with release.connect():
            (made,) = release.rows("select max(created_at) as at from release")
            counted = Counter(row["verdict"] for row in release.rows(load_sql("alerts/source_verdict")))
            held = len(release.rows(load_sql("run_summary/held_claims")))
            (leads,) = release.rows("select count(distinct lead_id) as waiting from lead where is_open")
            held_back = release.rows("select count(*) as n from withheld_tracker")[0]["n"]
        made_at = made["at"].replace(tzinfo=UTC)
        yield from _metric("release_timestamp_seconds", "When the newest release was made.", made_at.timestamp())
        yield from _metric("release_age_seconds", "Its age when this was written.", (now - made_at).total_seconds())
        yield from _header("sources", "Sources by verdict.")
        yield from (f'signposts_sources{{verdict="{name}"}} {number}' for name, number in sorted(counted.items()))
        yield from _metric("claims_held", "Claims held until somebody accepts them.", held)
        yield from _metric("leads_waiting", "Leads that wait for a decision.", leads["waiting"])
        yield from _metric("trackers_held_back", "Trackers that the release could not bring up to date.", held_back)
    waiting = len(unsent(read_journal(settings.alert_journal), now))
    yield from _metric("alerts_unsent", "Alerts raised within the week and not sent to every address.", waiting)
    if run_seconds is not None:
        yield from _metric("run_seconds", "Seconds that the last run took until its release stood.", run_seconds)


def _header(name: str, meaning: str) -> Iterator[str]:
    """Yield the lines that say what a metric is."""
    yield f"# HELP signposts_{name} {meaning}"
    yield f"# TYPE signposts_{name} gauge"


def _metric(name: str, meaning: str, value: float) -> Iterator[str]:
    """Yield a metric without labels."""
    yield from _header(name, meaning)
    yield f"signposts_{name} {value:.3f}".rstrip("0").rstrip(".")
