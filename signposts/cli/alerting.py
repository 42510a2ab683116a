"""`signposts alerts` and `signposts digest`: what was raised, whether it was sent, and the week in one message.

Belongs here: the commands' words. Not here: rules, messages, sending.
"""

from datetime import UTC, datetime, timedelta

import typer

from signposts.alerts.accepted import expired, load_accepted
from signposts.alerts.delivery import addresses, compose, deliver
from signposts.alerts.delivery import send as send_message
from signposts.alerts.journal import read_journal, unsent
from signposts.errors import InputError
from signposts.settings import Settings, load_settings

SHOWN = timedelta(days=30)
NOBODY = "SIGNPOSTS_NOTIFY_URL names nobody; set it to one or more apprise addresses, separated by spaces"


def alert_command(*, dry_run: bool, send: bool, test: bool) -> int:
    """Do what the options ask for, or list; return 1 if something could not be sent."""
    settings, now = load_settings(), datetime.now(UTC)
    if (send or test) and not addresses():
        raise InputError(NOBODY)
    if test:
        send_message("Signposts: test", "If you read this, alerts reach you.")
        typer.echo(f"{len(addresses())} addresses took the test message")
        return 0
    if send:
        outcomes = deliver(settings, now)
        for alert in outcomes:
            typer.echo(f"{alert.delivery}: {alert.message}")
        return 1 if any(alert.delivery == "failed" for alert in outcomes) else 0
    if dry_run:
        waiting = unsent(read_journal(settings.alert_journal), now)
        typer.echo("\n\n".join(compose(waiting, settings, now)) if waiting else "Nothing waits to be sent.")
    else:
        _list(settings, now)
    return 0


def _list(settings: Settings, now: datetime) -> None:
    """List the alerts of the last thirty days and the accepted problems whose date has passed."""
    since = (now.replace(tzinfo=None) - SHOWN).isoformat()
    alerts = [alert for alert in read_journal(settings.alert_journal).values() if alert.raised_at >= since]
    for alert in sorted(alerts, key=lambda alert: alert.raised_at):
        typer.echo(f"{alert.raised_at}  {alert.severity}  {alert.kind} {alert.subject}  {alert.delivery}")
        typer.echo(f"  {alert.message}")
    if not alerts:
        typer.echo("No alert in the last thirty days.")
    for line in expired(load_accepted(settings.catalogue_root), now.date()):
        typer.echo(f"No longer accepted: {line}")
    if not addresses():
        typer.echo(NOBODY)


def digest_command(send: bool) -> None:
    """Print the week's digest, and send it if asked to."""
    from signposts.alerts.digest import weekly_digest

    title, text = weekly_digest(load_settings(), datetime.now(UTC))
    typer.echo(f"{title}\n\n{text}")
    if send:
        if not addresses():
            raise InputError(NOBODY)
        send_message(title, text)
