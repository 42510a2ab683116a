"""The table of a release's alerts, from the rules to what will become of each.

Belongs here: putting rules, journal and accepted problems together. Not here: any of them, or Dagster.
"""

from datetime import date, datetime

from signposts.alerts.accepted import expired, load_accepted
from signposts.alerts.delivery import outlook
from signposts.alerts.journal import Alert
from signposts.alerts.rules import new_alerts, settle
from signposts.settings import Settings
from signposts.warehouse import Warehouse


def write_alerts(warehouse: Warehouse, settings: Settings, as_of: date, now: datetime) -> tuple[list[Alert], list[str]]:
    """Make the table alert for the release in the making; return its alerts, and a line an expired acceptance."""
    problems = load_accepted(settings.catalogue_root)
    with warehouse.connect():
        alerts = settle(new_alerts(warehouse, settings, as_of, now), problems, now.date(), outlook(now))
        warehouse.write_rows("alert", [alert.row() for alert in alerts])
    return alerts, expired(problems, now.date())
