"""Which alerts a release raises: the files of sql/alerts on the warehouse and the two releases before.

Belongs here: reading the earlier releases, running the rules, dropping what was raised before. Not here: what a rule
says (sql/alerts), sending.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from signposts.alerts.accepted import AcceptedProblem
from signposts.alerts.journal import Alert, read_journal, recovery_key, was_heard
from signposts.release import latest
from signposts.settings import Settings
from signposts.warehouse import Warehouse, load_sql

RULES = ("threshold", "move", "status", "no_scenario_fits", "source", "held", "withdrawn", "withheld_tracker")
LINEAGE = "select release_id, as_of, created_at from release order by release_id desc limit 2"
CHANGES = "select tracker_id, scenario_id, cause, indicator_id, move from change"
# A publisher that does not answer is news only when it has not answered for so long.
PATIENCE_DAYS = 3


def earlier_releases(settings: Settings) -> list[dict[str, Any]]:
    """Return the last two releases that readers were shown, newest first: name, as-of date, time."""
    release = latest(settings)
    return [] if release is None else release.rows(LINEAGE)


def release_file(settings: Settings, release_id: str) -> Path:
    """Return where the database of a kept release is."""
    return settings.published / "releases" / release_id / "signposts.duckdb"


def read_earlier(warehouse: Warehouse, settings: Settings, releases: list[dict[str, Any]]) -> None:
    """Make the tables of what earlier releases said; what is not kept any more leaves no rows."""
    odds: list[dict[str, Any]] = []
    last: dict[str, list[dict[str, Any]]] = {"earlier_status": [], "earlier_alarm": [], "earlier_change": []}
    for releases_ago, release_row in enumerate(releases, start=1):
        path = release_file(settings, release_row["release_id"])
        if not path.exists():
            continue
        release = Warehouse(path, read_only=True)
        with release.connect():
            odds += [{**row, "releases_ago": releases_ago} for row in release.rows(load_sql("alerts/latest_odds"))]
            if releases_ago == 1:
                last["earlier_status"] = release.rows(load_sql("alerts/latest_status"))
                last["earlier_alarm"] = release.rows(load_sql("alerts/latest_alarm"))
                last["earlier_change"] = release.rows(CHANGES)
    warehouse.write_rows("earlier_probability", odds)
    for name, rows in last.items():
        warehouse.write_rows(name, rows)


def apply_rules(warehouse: Warehouse, now: datetime, since: datetime) -> list[Alert]:
    """Return every alert whose condition holds, whether it was raised before or not.

    ``since`` is when the last release was made; before the first it is now.
    """
    warehouse.build_table("alerts/alert_mover")
    warehouse.build_table("alerts/odds_path")
    alerts: list[Alert] = []
    parameters: dict[str, dict[str, Any]] = {
        "source": {"now": _plain(now), "patience_days": PATIENCE_DAYS},
        "withdrawn": {"since": since},
    }
    for rule in RULES:
        alerts += [
            Alert(**row, raised_at=_plain(now).isoformat(timespec="seconds"))
            for row in warehouse.rows(load_sql(f"alerts/{rule}"), **parameters.get(rule, {}))
        ]
    return sorted(alerts, key=lambda alert: alert.alert_key)


def new_alerts(warehouse: Warehouse, settings: Settings, as_of: date, now: datetime) -> list[Alert]:
    """Return the alerts of the release in the making: those never raised before, and what befell since the last one.

    A release that looks back raises none.
    """
    warehouse.ensure_tables()
    releases = earlier_releases(settings)
    if releases and as_of < releases[0]["as_of"]:
        return []
    read_earlier(warehouse, settings, releases)
    journal = read_journal(settings.alert_journal)
    earlier_alerts = {**published_alerts(settings, releases), **journal}
    # An accepted problem is raised anew as long as it lasts, so that it is told once its date has passed.
    raised = {key for key, alert in earlier_alerts.items() if alert.delivery != "accepted"}
    last = releases[0]["created_at"] if releases else None
    since = last.isoformat() if last else ""
    meanwhile = [
        alert
        for alert in journal.values()
        if alert.kind == "withheld" and not alert.tracker_id and alert.raised_at > since
    ]
    holding = apply_rules(warehouse, now, last or _plain(now))
    recovered = good_again(warehouse, journal.values(), {alert.alert_key for alert in holding}, now)
    over = {key for key, alert in journal.items() if recovery_key(alert) in journal}
    anew = [alert for alert in holding if alert.alert_key not in raised - over]
    return [*meanwhile, *anew, *(alert for alert in recovered if alert.alert_key not in raised)]


def good_again(warehouse: Warehouse, journal: Iterable[Alert], holding: Collection[str], now: datetime) -> list[Alert]:
    """Return a message for each lasting cause that somebody heard of and that is over; each is sent once.

    Causes that last are sources, held claims, trackers held back, runs without a release, and "no scenario fits".
    """
    alarmed = {row["tracker_id"] for row in warehouse.rows(load_sql("alerts/alarmed_tracker"))}
    return [
        Alert(
            kind="good_again",
            severity="info",
            message=f"Good again: {_what_is_over(alert)}, as raised on {alert.raised_at[:10]}",
            alert_key=recovery_key(alert),
            raised_at=_plain(now).isoformat(timespec="seconds"),
            tracker_id=alert.tracker_id,
        )
        for alert in journal
        if was_heard(alert)
        and alert.alert_key not in holding
        and not (alert.kind == "no_scenario_fits" and alert.tracker_id in alarmed)
    ]


def _what_is_over(alert: Alert) -> str:
    """Return the words for a cause that is over."""
    parts = alert.alert_key.split(":")
    if alert.kind == "source":
        return f"{parts[1]} is no longer {parts[2]}"
    if alert.kind == "held":
        return f"no claim of {parts[2]} is held any more"
    if alert.kind == "no_scenario_fits":
        return f"a scenario of tracker {alert.tracker_id} fits again"
    return f"tracker {alert.tracker_id} is released again" if alert.tracker_id else "a release is made again"


def published_alerts(settings: Settings, releases: list[dict[str, Any]]) -> dict[str, Alert]:
    """Return the alerts that the last releases carry, by key: a run that died before it told them left them there."""
    alerts: dict[str, Alert] = {}
    for row in reversed(releases):
        path = release_file(settings, row["release_id"])
        if path.exists():
            for alert in Warehouse(path, read_only=True).rows("select * exclude (release_id) from alert"):
                raised_at = alert["raised_at"].isoformat(timespec="seconds")
                alerts[alert["alert_key"]] = Alert(**{**alert, "raised_at": raised_at})
    return alerts


def settle(
    alerts: list[Alert], problems: list[AcceptedProblem], today: date, delivery: Mapping[str, str]
) -> list[Alert]:
    """Return the alerts with what will become of each: accepted, or what ``delivery`` says of its severity."""
    settled = []
    for alert in alerts:
        accepted = any(problem.silences(alert, today) for problem in problems)
        fate = "accepted" if accepted else delivery.get(alert.severity, "pending")
        settled.append(alert if alert.delivery == "sent" else replace(alert, delivery=fate))
    return settled


def _plain(now: datetime) -> datetime:
    """Return a time in UTC without its zone, as the tables have it."""
    return now.astimezone(UTC).replace(tzinfo=None)
