"""What every asset needs to know of its run: where state lives, which date, which scope, with or without network.

Belongs here: the Dagster resource that carries a run's scope. Not here: work.
"""

from datetime import UTC, date, datetime

import dagster as dg

from assets.settings import Settings, load_settings


class MonitoringRun(dg.ConfigurableResource[None]):
    """Scope of one monitoring run. Empty strings and lists mean: today, every tracker, every source that is due."""

    as_of: str = ""
    started_at: str = ""
    offline: bool = False
    from_archive: bool = False
    trackers: list[str] = []
    sources: list[str] = []
    budget_seconds: float = 0.0

    @property
    def settings(self) -> Settings:
        """Where state lives, read from the environment when asked."""
        return load_settings()

    def now(self) -> datetime:
        """Return the run's clock in UTC: fixed if ``started_at`` is given, as tests and replays do."""
        return datetime.fromisoformat(self.started_at) if self.started_at else datetime.now(UTC)

    def as_of_date(self) -> date:
        """Return the run's own as-of date: today in UTC unless another was asked for."""
        return date.fromisoformat(self.as_of) if self.as_of else self.now().date()
