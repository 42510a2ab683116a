"""A run that published nothing: an alert once for each cause, however often it is met.

Belongs here: the alert for a failed run or a withheld release. Not here: what made it fail.
"""

import re
from datetime import UTC, datetime

from signposts.alerts.delivery import deliver
from signposts.alerts.journal import Alert, note, read_journal
from signposts.alerts.rules import earlier_releases
from signposts.settings import Settings

REMEDY = "Mend what it names and run `signposts run`; `signposts doctor` names every failing row"
# Dagster writes the class of an error before its words; people need the words.
CLASS_NAME = re.compile(r"\b(?:[a-z_]\w*\.)+[A-Z]\w*: ")


def raise_withheld(settings: Settings, reasons: list[str], now: datetime, *, offline: bool = False) -> Alert | None:
    """Raise and send that nothing was published, with the first reason; None if this cause was raised before.

    The cause is the step that failed, since the last release; an offline run sends nothing and leaves it to the next.
    """
    last = earlier_releases(settings)
    release = last[0]["release_id"] if last else "none"
    reason = CLASS_NAME.sub("", reasons[0]) if reasons else "no reason given"
    alert = Alert(
        kind="withheld",
        severity="critical",
        message=f"Nothing was published; the last release ({release}) stays in place. {reason.rstrip('.')}. {REMEDY}",
        alert_key=f"withheld:{release}:{reason.split(':', 1)[0]}",
        raised_at=now.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
    )
    if alert.alert_key in read_journal(settings.alert_journal):
        return None
    note(settings.alert_journal, alert, "pending")
    if not offline:
        deliver(settings, now)
    return alert
