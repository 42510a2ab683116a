"""What every asset needs to know of its run: where state lives, which date, which scope, with or without network.

Belongs here: the resource that carries a run's scope and holds the writer's lock while it lasts. Not here: work.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import dagster as dg

from assets.settings import Settings, load_settings

if TYPE_CHECKING:
    from assets.warehouse import Warehouse


def bury_the_dead(instance: dg.DagsterInstance, own_run_id: str) -> None:
    """Mark every other started run as failed: whoever holds the writer's lock knows that they no longer live."""
    started = instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    for run in started:
        if run.run_id != own_run_id:
            instance.report_run_failed(run, f"its process died; marked by run {own_run_id}")


class MonitoringRun(dg.ConfigurableResource["MonitoringRun"]):
    """Scope of one monitoring run. Empty strings and lists mean: today, every tracker, every source that is due."""

    as_of: str = ""
    started_at: str = ""
    offline: bool = False
    from_archive: bool = False
    trackers: list[str] = []
    sources: list[str] = []
    budget_seconds: float = 0.0
    wait_seconds: float = 600.0

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["MonitoringRun"]:
        """Hold the writer's lock and one clock from the run's first write to its release."""
        from assets.warehouse import single_writer

        run_id = context.run.run_id if context.run is not None else ""
        purpose = f"run {run_id or 'without an id'}"
        with single_writer(self.settings.lock, wait_seconds=self.wait_seconds, purpose=purpose):
            if context.instance is not None and run_id:
                bury_the_dead(context.instance, run_id)
            yield self.model_copy(update={"started_at": self.now().isoformat()})

    @property
    def settings(self) -> Settings:
        """Where state lives, read from the environment when asked."""
        return load_settings()

    def warehouse(self) -> "Warehouse":
        """Return the working database, which opens a connection only while it works."""
        from assets.warehouse import Warehouse

        return Warehouse(self.settings.warehouse)

    def now(self) -> datetime:
        """Return the run's clock in UTC: fixed once the run has begun, or by ``started_at``."""
        return datetime.fromisoformat(self.started_at) if self.started_at else datetime.now(UTC)

    def as_of_date(self) -> date:
        """Return the run's own as-of date: today in UTC unless another was asked for."""
        return date.fromisoformat(self.as_of) if self.as_of else self.now().date()
