"""A home in which one publisher on loopback is gathered on given days, without Dagster: what stands in the tables.

Belongs here: serving given bytes, gathering, merging. Not here: what is expected.
"""

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from signposts import gather, observe
from signposts.catalogue import Catalogue, load_catalogue
from signposts.catalogue.accepted import accepted_documents
from signposts.sources import collect as collecting
from signposts.sources import http
from signposts.sources.archive import Archive, Attempt
from signposts.sources.collect import Plan, collect
from signposts.sources.source_run import SourceRun
from signposts.warehouse import Warehouse
from tests.publishers.catalogue import without_ledger
from tests.publishers.server import Fault, LoopbackPublishers, Reply

Answers = Callable[[str], bytes | None]
# By the text of sources.yaml.
LOADED: dict[str, Catalogue] = {}


def hasten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the waiting out of rate limits and retries."""
    limits = collecting._limits
    monkeypatch.setattr(http.Clock, "wait", lambda clock, seconds: clock.check())
    monkeypatch.setattr(
        collecting, "_limits", lambda source: dataclasses.replace(limits(source), requests=100_000, seconds=0.1)
    )


class Home:
    """State folder, catalogue and warehouse of one test."""

    def __init__(self, folder: Path, server: LoopbackPublishers) -> None:
        self.folder = folder
        self.server = server
        self.root = without_ledger(folder)
        self.warehouse = Warehouse(folder / "warehouse.duckdb")
        self.inbox = folder / "inbox"
        self.inbox.mkdir()

    def change_source(self, source_id: str, **changes: Any) -> None:
        """Change what sources.yaml says of a source: an ask of a document by its name, or a key of the source."""
        path = self.root / "sources.yaml"
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        for key, value in changes.items():
            documents = [entry for entry in entries[source_id].get("documents", []) if entry["name"] == key]
            if documents:
                documents[0]["ask"] = {**documents[0]["ask"], **value}
            else:
                entries[source_id][key] = value
        path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")

    def keep_documents(self, source_id: str, *names: str) -> None:
        """Ask the source for these documents alone."""
        path = self.root / "sources.yaml"
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries[source_id]["documents"] = [entry for entry in entries[source_id]["documents"] if entry["name"] in names]
        path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")

    def gather(
        self,
        source_id: str,
        day: str,
        answers: Answers | bytes | None = None,
        fault: Fault | None = None,
        **plan: Any,
    ) -> SourceRun:
        """Gather one source on a day, from given bytes or from the test publisher, and merge what it brought."""
        self.server.faults.pop(source_id, None)
        if fault is not None:
            self.server.faults[source_id] = fault
        if answers is not None:

            def reply(path: str, attempt: int, good: Reply) -> Reply:
                body = answers if isinstance(answers, bytes) else answers(path)
                return good if body is None else Reply(200, {}, body)

            self.server.faults[source_id] = reply
        now = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=6)
        self.warehouse.ensure_tables()
        with self.warehouse.connect():
            gather.write_catalogue(self.warehouse, self.catalogue())
            source = gather.load_publishers(self.root)[source_id]
            live = {} if plan.get("from_archive") else gather.live_versions(self.warehouse)
            archive = Archive(self.folder / "archive")
            accepted = accepted_documents(self.root)
            scope = Plan(archive, now, self.inbox, named=(source_id,), live=live, accepted=accepted, **plan)
            run = collect({source_id: source}, scope)[source_id]
            gather.write_source_runs(self.warehouse, [run], from_archive=bool(plan.get("from_archive")))
            if plan.get("from_archive"):
                self.warehouse.write_rows("claim_version", [])
            observe.write_claims(self.warehouse, now)
        return run

    def catalogue(self) -> Catalogue:
        """Return the catalogue; the tests differ in sources.yaml alone, so each version of it is loaded once."""
        text = (self.root / "sources.yaml").read_text(encoding="utf-8")
        if text not in LOADED:
            LOADED[text] = load_catalogue(self.root)
        return LOADED[text]

    def claims(self, indicator_id: str) -> list[dict[str, Any]]:
        """Return the standing claims of an indicator, by period."""
        return self.warehouse.rows(
            "select * from claim where indicator_id = $name and superseded_by is null and status <> 'withdrawn' "
            "and not held order by period_start, version",
            name=indicator_id,
        )

    def quarantine(self, source_id: str) -> list[dict[str, Any]]:
        """Return the rows of a source that were set aside."""
        return self.warehouse.rows("from quarantine where source_id = $name", name=source_id)


def failures(run: SourceRun) -> list[str]:
    """Return what a run says went wrong."""
    return [attempt.message for attempt in run.attempts if attempt.outcome == "failure"]


def outcomes(run: SourceRun) -> set[str]:
    """Return the outcomes of a run's attempts."""
    return {attempt.outcome for attempt in run.attempts}


def attempt_on(day: str, **values: Any) -> Attempt:
    """Return an attempt of a day."""
    return Attempt(**{"document": "d", "url": None, "outcome": "hit", "fetched_at": f"{day}T06:00:00+00:00", **values})
