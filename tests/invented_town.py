"""An installation of an invented tracker whose tables a test sets day by day: each day ends in a real release."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from signposts.alerts.journal import Alert
from signposts.alerts.raising import write_alerts
from signposts.dictionary import load_dictionary
from signposts.release.checksums import write_checksums
from signposts.release.database import assemble
from signposts.release.directory import drop_oldest, folder_in_making, keep_release, show_release
from signposts.release.publish import earlier_releases, releases_to_keep, write_release_table
from signposts.settings import Settings
from signposts.warehouse import Warehouse

FIRST_DAY = date(2026, 3, 2)
SETTINGS = json.dumps({"alerts": {"probability_threshold": [0.5, 0.9], "move": 0.05}})
QUIET_ODDS = {"grows": 0.40, "shrinks": 0.35, "other": 0.25}


class Town:
    """An installation whose tables a test sets day by day."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home, home / "catalogue")
        self.settings.catalogue_root.mkdir(parents=True, exist_ok=True)
        self.warehouse = Warehouse(self.settings.warehouse)
        self.day = FIRST_DAY - timedelta(days=1)
        self.fetches: list[dict[str, Any]] = []

    def copy_to(self, home: Path) -> "Town":
        """Return the same town with state of its own."""
        shutil.copytree(self.settings.home, home, symlinks=True)
        made = Town(home)
        made.day, made.fetches = self.day, list(self.fetches)
        return made

    @property
    def now(self) -> datetime:
        return datetime.combine(self.day, datetime.min.time(), UTC) + timedelta(hours=5, minutes=30)

    def assess(
        self,
        odds: dict[str, float] | None = None,
        *,
        status: str | None = "on track",
        reading_date: date = date(2025, 12, 31),
        alarm: bool | None = False,
        source: tuple[date | None, int | None] = (date(2026, 3, 1), 10),
        attempt: dict[str, Any] | None = None,
    ) -> list[Alert]:
        """One run on the next day: its tables, its alerts, its release; return the alerts raised."""
        self.day += timedelta(days=1)
        with self.warehouse.connect():
            self._write_day(odds, status, reading_date, alarm, source, attempt)
            raised, _ = write_alerts(self.warehouse, self.settings, self.day, self.now)
            self.publish()
        return raised

    def _write_day(
        self,
        odds: dict[str, float] | None,
        status: str | None,
        reading_date: date,
        alarm: bool | None,
        source: tuple[date | None, int | None],
        attempt: dict[str, Any] | None,
    ) -> None:
        """Write the day's tables."""
        moment = self.now.replace(tzinfo=None)
        if attempt is not None:
            usual = {"source_id": "guild", "document": "list", "fetched_at": moment, "message": "", "outcome": "hit"}
            self.fetches.append(usual | attempt)
        newest, age = source
        self.write("tracker", {"title": "Bakery", "scenario_version": "1.0.0", "catalogue_sha256": "0"})
        self.write("tracker_setting", {"settings": SETTINGS})
        self.write(
            "scenario",
            *({"scenario_id": name, "title": name, "sort_order": place} for place, name in enumerate(QUIET_ODDS)),
        )
        self.write("indicator", {"indicator_id": "loaves", "title": "Loaves"})
        self.write("as_of_date", {"as_of": self.day, "is_latest": True})
        self.write(
            "scenario_probability",
            *(
                {"as_of": self.day, "variant": "headline", "scenario_id": name, "posterior": posterior}
                for name, posterior in (QUIET_ODDS if odds is None else odds).items()
            ),
        )
        judged = {"as_of": self.day, "indicator_id": "loaves", "scenario_id": "grows", "status": status}
        self.write("assessment", *([judged] if status else []))
        self.write("reading", {"as_of": self.day, "indicator_id": "loaves", "reading_date": reading_date})
        fit = {"as_of": self.day, "scenario_id": "grows", "surprise": 0.01, "draws": 200, "alarm": alarm}
        self.write("surprise", *([fit] if alarm is not None else []))
        self.write("source", {"source_id": "guild", "title": "Guild", "max_age_days": 60}, tracker=None)
        known = {"subject": "source:guild", "newest_period": newest, "age_days": age, "max_age_days": 60}
        self.write("freshness", known | {"verdict": "unknown" if age is None else "fresh"}, tracker=None)
        self.write("fetch_attempt", *self.fetches, tracker=None)

    def publish_with(self, table: str, *rows: dict[str, Any], tracker: str | None = "bakery") -> None:
        """Publish on the next day what stood, but for one table."""
        self.day += timedelta(days=1)
        with self.warehouse.connect():
            self.write(table, *rows, tracker=tracker)
            self.publish()

    def publish(self) -> None:
        """Keep and show a release, its database alone, made as every release is."""
        published = self.settings.published
        release_id = f"{self.now:%Y%m%dT%H%M%SZ}-00000000"
        write_release_table(
            self.warehouse, earlier_releases(self.settings), release_id, self.now.replace(tzinfo=None), self.day, "0"
        )
        with folder_in_making(published, release_id) as folder:
            assemble(self.warehouse, folder / "signposts.duckdb", release_id, load_dictionary())
            write_checksums(folder)
            keep_release(folder, published, release_id)
        show_release(published, release_id)
        drop_oldest(published, releases_to_keep())

    def write(self, table: str, *rows: dict[str, Any], tracker: str | None = "bakery") -> None:
        self.warehouse.write_rows(table, [({"tracker_id": tracker} if tracker else {}) | row for row in rows])

    def published(self) -> list[dict[str, Any]]:
        return Warehouse(self.settings.published_database, read_only=True).rows("from alert order by alert_key")
