"""A probe: what every publisher answers today, one polite request a document, nothing kept.

Belongs here: asking without storing, and what came of each document as a row and in a sentence. Not here: printing, or
a run's outcomes.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from signposts.catalogue.models import Source
from signposts.sources.archive import Archive, Attempt
from signposts.sources.collect import Plan, collect
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult

# Beside a list that says where the rows are, a document of many parts is asked for so many of them.
PARTS_A_DOCUMENT = 3
LONGEST_PROBE_SECONDS = 600.0
GOOD = frozenset({"hit", "unchanged"})


class MemoryArchive(Archive):
    """Reads the installation's archive and keeps what is new in memory alone, so that a probe leaves no trace."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._new: dict[str, bytes] = {}

    def store(self, payload: bytes, sidecar: Mapping[str, object]) -> str:
        """Keep the bytes until the probe ends; return their SHA-256."""
        sha256 = hashlib.sha256(payload).hexdigest()
        self._new[sha256] = payload
        return sha256

    def load(self, sha256: str) -> bytes:
        """Return the bytes with this hash, from memory or from the archive."""
        return self._new[sha256] if sha256 in self._new else super().load(sha256)

    def record(self, attempt: Attempt) -> None:
        """Record nothing: a probe is no look that freshness counts."""


class ProbeRun(SourceRun):
    """One source in a probe: each document is asked for once, and read whether it is new or not."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.results: dict[str, ParseResult] = {}
        self._asked: Counter[str] = Counter()

    def fetch(self, request: HttpRequest, needed: bool = False, absent_is_a_gap: bool = False) -> ParseResult | None:
        """Ask for a document unless enough of its parts were asked for; return what it says."""
        name = request.document.partition("/")[0]
        if not needed:
            self._asked[name] += 1
            if self._asked[name] > PARTS_A_DOCUMENT:
                return None
        return self._keep(request.document, super().fetch(request, True, absent_is_a_gap))

    def ingest_file(self, document: str, payload: bytes, origin: str) -> ParseResult | None:
        """Read a file that a person dropped by hand."""
        return self._keep(document, super().ingest_file(document, payload, origin))

    def replay_archive(self, everything: bool = False, only: str | None = None) -> None:
        """Read nothing again: a probe looks at what comes today."""

    def _keep(self, document: str, result: ParseResult | None) -> ParseResult | None:
        if result is not None:
            self.results[document] = result
        return result


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of one document, or of a source that was not asked."""

    source_id: str
    document: str
    asked: bool
    answered: bool
    understood: bool
    message: str
    rows: int = 0
    newest_period: date | None = None
    new_in_shape: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Return whether the document was asked for and did not come, or was not understood."""
        return self.asked and not self.understood

    def sentence(self) -> str:
        """Return what came of the document, in words."""
        name = f"{self.source_id} {self.document}".strip()
        if not self.asked:
            return f"{name}: not asked: {self.message}"
        if not self.answered:
            return f"{name}: no answer: {self.message}"
        if not self.understood:
            return f"{name}: answered, not understood: {self.message}"
        parts = [f"answered, understood, {self.rows} rows"]
        parts += [f"newest period {self.newest_period}"] if self.newest_period else []
        return f"{name}: {'; '.join([*parts, *self.new_in_shape])}"

    def row(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "newest_period": str(self.newest_period) if self.newest_period else None}


def probe(
    sources: Mapping[str, Source], archive: Path, inbox: Path, now: datetime, accepted: Collection[str] = ()
) -> list[Probed]:
    """Ask every source for each document once, side by side; return a row a document, by source.

    ``accepted`` are the versions that were held back and let through.
    """
    plan = Plan(MemoryArchive(archive), now, inbox, LONGEST_PROBE_SECONDS, named=tuple(sources), accepted=accepted)
    runs = collect(sources, plan, ProbeRun)
    return [row for run in runs.values() if isinstance(run, ProbeRun) for row in _probed(run)]


def _probed(run: ProbeRun) -> list[Probed]:
    """Return what came of each attempt, and of each document that was never reached."""
    rows = [_row(run, attempt) for attempt in run.attempts]
    reached = {str(attempt.document).partition("/")[0] for attempt in run.attempts}
    if None not in {attempt.document for attempt in run.attempts}:
        rows += [
            Probed(run.source_id, name, asked=False, answered=False, understood=False, message="was not reached")
            for name in run.asks
            if name not in reached
        ]
    return rows


def _row(run: ProbeRun, attempt: Attempt) -> Probed:
    result = run.results.get(str(attempt.document), ParseResult())
    understood = attempt.outcome in GOOD
    return Probed(
        run.source_id,
        attempt.document or "",
        asked=attempt.outcome != "skipped" or attempt.http_status is not None,
        answered=attempt.http_status is not None or attempt.sha256 is not None,
        understood=understood,
        message=attempt.message,
        rows=len(result.rows) if understood else 0,
        newest_period=newest_period(result) if understood else None,
        new_in_shape=list(result.news) if understood else [],
    )


def newest_period(result: ParseResult) -> date | None:
    """Return the last day that a document's rows speak about; None if they have no days."""
    for name in ("period_end", "searched_until", "added_on", "dated", "published_on"):
        days = [value for row in result.rows if isinstance(value := row.get(name), date)]
        if days:
            return max(days)
    years = [row["last_delivery_year"] for row in result.rows if row.get("last_delivery_year")]
    return date(max(years), 12, 31) if years else None
