"""One small invented tracker fed by three publishers on loopback, whose answers depend on an invented day.

Belongs here: catalogue, answers by day, an installation and what may be asked of its state. Not here: what is done to
it. Every number is invented.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.nightly.many_trackers import entry, write_tracker, write_yaml
from tests.paths import CHECKOUT
from tests.publishers import documents
from tests.publishers.server import LoopbackPublishers

TRACKER = "invented_000"
FED = {
    "rate": ("rial_market", "rates", "usd", 10, "month"),
    "exports": ("imf_imts", "russia_iran_monthly", "XG_FOB_USD", 1e-9, None),
    "output": ("world_bank", "gdp", "RUS", 1e-9, None),
}
FIRST_QUOTE = date(2026, 6, 1)


def write_catalogue(root: Path) -> None:
    """Write the tracker, three context indicators, and the real entries of their publishers, each with one document."""
    write_tracker(root / TRACKER, 0)
    real = yaml.safe_load((CHECKOUT / "catalogue" / "sources.yaml").read_text(encoding="utf-8"))
    sources = {}
    for indicator_id, (source_id, name, series, scale, period) in FED.items():
        (document,) = (each for each in real[source_id]["documents"] if each["name"] == name)
        feed = {"tracker": TRACKER, "indicator": indicator_id, "series": series, "scale": scale}
        document["feeds"] = [feed | ({"period": period} if period else {})]
        sources[source_id] = {**real[source_id], "documents": [document]}
        written = entry(indicator_id.title(), "pieces", "monthly" if period else "annual", domain="money")
        for key in ("cooperative", "cooperative_reason", "monotone_waiver"):
            del written[key]
        written |= {"role": "context", "scored": False, "why_not_scored": "Context; invented.", "sources": [source_id]}
        write_yaml(root / TRACKER / "indicators" / f"{indicator_id}.yaml", written)
    sources["rial_market"]["documents"][0]["ask"]["currencies"] = ["usd"]
    sources["world_bank"]["documents"][0]["ask"]["countries"] = ["RUS"]
    write_yaml(root / "sources.yaml", sources)


class World:
    """What the publishers say on a day."""

    def __init__(self, server: LoopbackPublishers, today: date) -> None:
        self.server = server
        self.today = today
        self.server.spoil = {"rial_market": self.quotes, "imf_imts": self.months, "world_bank": self.years}

    def quotes(self, _content: bytes) -> bytes:
        """A quote a day up to yesterday."""
        days = {}
        for step in range((self.today - FIRST_QUOTE).days):
            days[f"{FIRST_QUOTE + timedelta(days=step):%Y/%m/%d}"] = {
                "usd": {"sell": 90_000 + 40 * step, "buy": 89_000}
            }
        for rates in days.values():
            rates["usd"]["buy"] = rates["usd"]["sell"] - 150
        return json.dumps(days).encode()

    def months(self, _content: bytes) -> bytes:
        """Each month's exports, three months late; of the year before last every tenth month has been revised."""
        lines = [documents.IMTS_HEADER]
        for year in range(2024, self.today.year + 1):
            for month in range(1, 13):
                known_on = date(year, month, 1) + timedelta(days=120)
                if known_on <= self.today:
                    revised = 1.05 if self.today - known_on > timedelta(days=200) and month % 10 == 0 else 1.0
                    value = f"{(1.6e8 + 1e6 * month) * revised:.0f}"
                    lines.append(documents.imts_line("RUS", "XG_FOB_USD", "IRN", "M", f"{year}-M{month:02}", value))
                    lines.append(documents.imts_line("RUS", "MG_CIF_USD", "IRN", "M", f"{year}-M{month:02}", value))
        return "\r\n".join([*lines, ""]).encode()

    def years(self, content: bytes) -> bytes:
        """Each year's output up to the year before last, and the last one from July on; updated once a quarter."""
        about, rows = json.loads(content)
        about["lastupdated"] = f"{self.today.year}-{(self.today.month - 1) // 3 * 3 + 1:02}-01"
        for row in rows:
            year = int(row["date"])
            row["value"] = 1.5e12 + 1e10 * (year - 2010) if year < self.today.year - (self.today.month < 7) else None
        return json.dumps([about, rows]).encode()


class Workshop:
    """An installation of the tracker, its publishers, and the process that runs it."""

    def __init__(self, folder: Path, server: LoopbackPublishers, today: date) -> None:
        self.home, self.root = folder / "home", folder / "catalogue"
        self.root.mkdir(parents=True)
        write_catalogue(self.root)
        self.world = World(server, today)
        self.environment = os.environ | {
            "SIGNPOSTS_HOME": str(self.home),
            "SIGNPOSTS_CATALOGUE": str(self.root),
            "SIGNPOSTS_NOTIFY_URL": "",
            "SIGNPOSTS_KEEP_RELEASES": "5",
            "PYTHONPATH": str(CHECKOUT),
            **{f"SIGNPOSTS_{source_id.upper()}_URL": server.url(source_id) for source_id, *_ in FED.values()},
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.nightly.warm_runs"],
            env=self.environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.folder = folder

    def run(
        self, hour: str = "06:00:00", kill_after: float | None = None, keep_events: bool = True
    ) -> tuple[int, float]:
        """Run as the schedule does on the world's day; return the exit code and how long it took."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        request = {"at": f"{self.world.today}T{hour}+00:00", "kill_after": kill_after, "keep_events": keep_events}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["code"], answer["seconds"]

    def said(self) -> str:
        """Return what the last run printed."""
        return (self.folder / "run.log").read_text(encoding="utf-8")

    def close(self) -> None:
        """End the process."""
        self.process.communicate()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the file that people open."""
        with duckdb.connect(str(self.home / "published" / "signposts.duckdb"), read_only=True) as connection:
            return connection.execute(statement).fetchall()

    def dates(self) -> list[date]:
        """Return the as-of dates of the releases, the oldest first."""
        return [as_of for (as_of,) in self.rows("select as_of from release order by created_at")]

    def claims(self) -> set[str]:
        """Return the identifiers of all versions of claims that are published."""
        return {claim_id for (claim_id,) in self.rows("select claim_id from claim")}

    def standing(self) -> list[tuple[Any, ...]]:
        """Return what stands: of each claim what its newest version says."""
        return self.rows(
            "select indicator_id, source_id, kind, period_start, period_end, round(value, 9), status from claim "
            "where superseded_by is null order by all"
        )

    def assert_whole(self) -> None:
        """What readers see is one release with all its checksums, and none that is kept is half of one."""
        published = self.home / "published"
        for line in (published / "latest" / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
            digest, name = line.split("  ", 1)
            assert hashlib.sha256((published / "latest" / name).read_bytes()).hexdigest() == digest, name
        ((release_id,),) = self.rows("select distinct release_id from tracker")
        kept = {path.name for path in (published / "releases").iterdir()}
        assert release_id in kept
        assert all((published / "releases" / name / "SHA256SUMS").exists() for name in kept)

    def sizes(self) -> dict[str, int]:
        """Return the bytes of each part of the state."""
        parts: dict[str, int] = {}
        for path in self.home.rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                if path.is_file() and not path.is_symlink():
                    part = path.relative_to(self.home).parts[0]
                    parts[part] = parts.get(part, 0) + path.stat().st_size
        return parts

    def let_files_age(self) -> None:
        """Make all files of the state a day older."""
        for path in self.home.rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                state = path.lstat()
                os.utime(path, (state.st_atime - 86_400, state.st_mtime - 86_400), follow_symlinks=False)
