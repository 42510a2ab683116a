"""One source in one run: ask for documents, keep their bytes, read them, say what came of each.

Belongs here: the order of those steps and the outcome of each fetch. Not here: which documents, or how they are read.
"""

import fnmatch
import hashlib
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from signposts.catalogue.models import Source
from signposts.errors import ArchiveCorrupt, SignpostsError, SourceChanged, SourceError
from signposts.sources import strict
from signposts.sources.archive import Archive, Attempt, last_good, split_by_clock
from signposts.sources.http import (
    Absent,
    HttpRequest,
    HttpResponse,
    OutOfTime,
    Session,
    TooSlow,
    Unreachable,
    without_secrets,
)
from signposts.sources.publishers import reader_digest
from signposts.sources.strict import ParseResult, Rejected, Row, unit_power

logger = logging.getLogger(__name__)

# What the message of a document that is held begins with, or goes on with after MENDED.
HELD = "held back: "
MENDED = "the stored object was broken and has been fetched again; "
# Fewer values than these say nothing about a mass of them.
LEAST_MASS = 3
# So many new columns are named in a message.
MOST_NEWS = 5

# ask, document, payload, day of the fetch, payload of the version before -> what it says
Reader = Callable[[Any, str, bytes, date, bytes | None], ParseResult]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One accepted version of one document, read."""

    document: str
    sha256: str
    parsed_as: str
    fetched_at: datetime
    url: str
    rows: list[Row]
    rejected: list[Rejected]


@dataclass(slots=True)
class SourceRun:
    """What is known of one source at the run's start, and what it has brought so far."""

    source_id: str
    source: Source
    archive: Archive
    read: Reader
    asks: Mapping[str, Any]
    now: datetime
    session: Session | None = None
    inbox: Path | None = None
    live: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    # SHA-256 of the versions that were held back and that somebody let through.
    accepted: Collection[str] = ()
    history: list[Attempt] = field(default_factory=list)
    set_aside: list[Attempt] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    _good: dict[str, Attempt] = field(default_factory=dict)
    _down: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False

    def __post_init__(self) -> None:
        # An attempt dated after now was made under a wrong clock: it is set aside, and `signposts doctor` names it.
        self.history, self.set_aside = split_by_clock(self.archive.attempts(self.source_id), self.now)
        self._good = last_good(self.history)

    def fetch(self, request: HttpRequest, needed: bool = False, absent_is_a_gap: bool = False) -> ParseResult | None:
        """Ask for a document; return what it says if it is new, or if ``needed`` also when it is unchanged.

        None means that there is nothing to read; every outcome is recorded.
        """
        assert self.session is not None
        url = self.session.address(request)
        if self._down:
            self._note(request.document, url, "failure", self._down)
            return None
        good = self._good.get(request.document)
        whole = good is not None and self.archive.holds(str(good.sha256))
        mended = MENDED if good and not whole else ""
        answer: HttpResponse | None = None
        try:
            answer = self.session.get(request, _conditions(good) if whole else {})
            if answer.status == 304 and not (whole and _conditions(good)):
                raise SourceChanged("says that nothing changed, but was not asked that")
            return self._accept(request, answer, good, needed, mended)
        except OutOfTime as error:
            self._note(request.document, url, "miss", str(error))
            return None
        except Absent as error:
            outcome = "skipped" if absent_is_a_gap else "failure"
            self._note(request.document, url, outcome, str(error), 404)
            return None
        except (SourceError, ArchiveCorrupt) as error:
            if isinstance(error, Unreachable | TooSlow):
                self._down = str(error)
            self._note(request.document, url, "failure", f"{mended}{error}", answer.status if answer else None)
            return None

    def ingest_file(self, document: str, payload: bytes, origin: str) -> ParseResult | None:
        """Accept bytes that a person dropped by hand as if they had been fetched."""
        good = self._good.get(document)
        mended = MENDED if good and not self.archive.holds(str(good.sha256)) else ""
        try:
            return self._accept(HttpRequest(document, ""), HttpResponse(origin, 200, {}, payload), good, False, mended)
        except (SourceError, ArchiveCorrupt) as error:
            self._note(document, origin, "failure", str(error))
            return None

    def record_skip(self, message: str) -> None:
        """Say why the source was not asked."""
        self._note(None, None, "skipped", message)

    def record_failure(self, message: str, outcome: str = "failure") -> None:
        """Say why the source as a whole gave nothing."""
        self._note(None, None, outcome, message)

    def inbox_files(self, pattern: str) -> list[Path]:
        """Return the files in the inbox folder that fit a pattern, oldest first; links and folders are left out."""
        if self.inbox is None or not self.inbox.is_dir():
            return []
        fitting = [
            path
            for path in self.inbox.iterdir()
            if fnmatch.fnmatch(path.name.lower(), pattern.lower()) and path.is_file() and not path.is_symlink()
        ]
        return sorted(fitting, key=lambda path: (path.stat().st_mtime, path.name))

    def looked_at(self) -> datetime | None:
        """Return when the source was last looked at with success."""
        moments = [attempt.fetched_at for attempt in self.history if attempt.outcome in {"hit", "unchanged"}]
        return datetime.fromisoformat(max(moments)) if moments else None

    def close(self, message: str, outcome: str) -> None:
        """Say why the run ended early; what its thread still brings is not taken."""
        with self._lock:
            self._closed = True
        attempt = Attempt(self.source_id, None, None, self.now.isoformat(), outcome, message=message)
        self.archive.record(attempt)
        self.attempts.append(attempt)

    def replay_archive(self, everything: bool = False, only: str | None = None) -> None:
        """Read again from the archive what the warehouse lacks, or every accepted version in the log's order.

        The warehouse lacks a version whose bytes it has not, and one that it has read for another ask or with another
        reader. A version that cannot be read any more is said and not used; documents that are no longer asked for are
        passed over.
        """
        before: dict[str, str] = {}
        for attempt in [attempt for attempt in [*self.history, *self.attempts] if attempt.outcome == "hit"]:
            document, sha256 = str(attempt.document), str(attempt.sha256)
            lacking = attempt == self._good[document] and self.live.get(document) != (sha256, self.parsed_as(document))
            is_asked = document.partition("/")[0] in self.asks
            if is_asked and only in (None, document) and (everything or lacking):
                self._read_again(attempt, document, sha256, before.get(document))
            before[document] = sha256

    def parsed_as(self, document: str) -> str:
        """Return what a document's rows depend on beside its bytes: what was asked, and the code that reads it."""
        ask = self.asks.get(document.partition("/")[0])
        asked = ask.model_dump_json() if ask is not None else ""
        return hashlib.sha256(f"{asked} {reader_digest(self.source_id)}".encode()).hexdigest()[:16]

    def _read_again(self, attempt: Attempt, document: str, sha256: str, before: str | None) -> None:
        """Read one stored version; one that cannot be used any more is said, and not used."""
        try:
            payload = self.archive.load(sha256)
            fetched_at = datetime.fromisoformat(attempt.fetched_at)
            previous = self.archive.load(before) if before and self.archive.holds(before) else None
            result = self._read(document, sha256, payload, fetched_at.date(), previous)
        except Exception as error:  # noqa: BLE001 - the boundary of one version
            self._note(document, attempt.url, "failure", f"from the archive: {self.describe(error)}")
            return
        self._deliver(document, sha256, fetched_at, attempt.url or "", result)

    def describe(self, error: Exception) -> str:
        """Return what to say of an error: its own words if it is one of ours, else that this program is at fault."""
        if isinstance(error, SignpostsError):
            return str(error)
        logger.error("source %s", self.source_id, exc_info=error)
        return f"this program failed on it: {type(error).__name__}: {error}"

    def _accept(
        self, request: HttpRequest, answer: HttpResponse, good: Attempt | None, needed: bool, mended: str
    ) -> ParseResult | None:
        """Keep an answer's bytes, then read them."""
        document = request.document
        if good and answer.status == 304:
            return self._unchanged(document, answer, good, needed)
        sidecar = {"source_id": self.source_id, "document": document, "fetched_at": self.now.isoformat()}
        about = {"url": answer.url, "status": answer.status, "headers": dict(answer.headers)}
        sha256 = self.archive.store(answer.body, {**sidecar, **about, "licence": self.source.licence})
        if request.md5 and hashlib.md5(answer.body, usedforsecurity=False).hexdigest() != request.md5:
            raise SourceChanged("the bytes do not have the MD5 sum that the publisher lists")
        if good and sha256 == good.sha256:
            return self._unchanged(document, answer, good, needed, mended)
        try:
            previous = self.archive.load(str(good.sha256)) if good and self.archive.holds(str(good.sha256)) else None
            result = self._read(document, sha256, answer.body, self.now.date(), previous)
        except SourceChanged as error:
            self._note(document, answer.url, "failure", f"{mended}{error}", answer.status, sha256, len(answer.body))
            return None
        counted = f"{len(result.rows)} rows" + (f", {len(result.rejected)} set aside" if result.rejected else "")
        message = mended + "; ".join([counted, *result.news[:MOST_NEWS]])
        attempt = Attempt(
            source_id=self.source_id,
            document=document,
            url=answer.url,
            fetched_at=self.now.isoformat(),
            outcome="hit",
            http_status=answer.status,
            sha256=sha256,
            bytes=len(answer.body),
            message=message,
            etag=answer.headers.get("ETag"),
            last_modified=answer.headers.get("Last-Modified"),
        )
        self._good[document] = self._record(attempt)
        self._deliver(document, sha256, self.now, answer.url, result)
        self._record_missing(document, answer.url, result)
        return result

    def _unchanged(
        self, document: str, answer: HttpResponse, good: Attempt, needed: bool, mended: str = ""
    ) -> ParseResult | None:
        """Record the same bytes; read them only if the caller needs what they say, or if they were broken before."""
        message = f"{mended}the same bytes as before"
        self._note(document, answer.url, "unchanged", message, answer.status, good.sha256, good.bytes)
        if mended:
            self.replay_archive(only=document)
        fetched_on = datetime.fromisoformat(good.fetched_at).date()
        result = self._read(document, str(good.sha256), self.archive.load(str(good.sha256)), fetched_on, None)
        self._record_missing(document, answer.url, result)
        return result if needed else None

    def _record_missing(self, document: str, url: str, result: ParseResult) -> None:
        """Say of each series that was asked for and has no row that it is missing, as often as the document comes."""
        for series in result.missing:
            self._note(
                f"{document}/{series}", url, "failure", f"{document} has no row for {series}, which is asked for"
            )

    def _read(self, document: str, sha256: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
        """Read a payload beside the accepted version before it, and hold it back if it is not plausible after that.

        Raises:
            SourceChanged: it cannot be read, or is held back until somebody accepts it.
        """
        name = document.partition("/")[0]
        if name not in self.asks:
            raise SourceChanged(f"sources.yaml asks for no document {name!r} any more; was it renamed?")
        result = strict.set_unfit_aside(self.read(self.asks[name], document, payload, today, previous))
        validate_result(self.source, result)
        if sha256 in self.accepted:
            return result
        held = result.held or self._change_of_mass(document, result, today, previous)
        if held:
            raise SourceChanged(
                f"{HELD}{held}; if it is right, `signposts accept {self.source_id}/{document} --reason …`"
            )
        return result

    def _change_of_mass(self, document: str, result: ParseResult, today: date, previous: bytes | None) -> str:
        """Return in words what is not plausible in a version beside the one before it; '' if nothing is."""
        if previous is None or result.auxiliary:
            return ""
        try:
            before = self.read(self.asks[document.partition("/")[0]], document, previous, today, None)
        except SourceError:
            return ""
        return change_of_mass(before, result, self.source.missing_share)

    def _deliver(self, document: str, sha256: str, fetched_at: datetime, url: str, result: ParseResult) -> None:
        with self._lock:
            if not self._closed and not result.auxiliary:
                parsed_as = self.parsed_as(document)
                self.deliveries.append(
                    Delivery(document, sha256, parsed_as, fetched_at, url, result.rows, result.rejected)
                )

    def _note(
        self,
        document: str | None,
        url: str | None,
        outcome: str,
        message: str,
        status: int | None = None,
        sha256: str | None = None,
        size: int | None = None,
    ) -> None:
        self._record(
            Attempt(
                source_id=self.source_id,
                document=document,
                url=without_secrets(url) if url else None,
                fetched_at=self.now.isoformat(),
                outcome=outcome,
                http_status=status,
                sha256=sha256,
                bytes=size,
                message=strict.fit(message),
            )
        )

    def _record(self, attempt: Attempt) -> Attempt:
        with self._lock:
            if self._closed:
                raise OutOfTime("the run has gone on without this source")
            self.archive.record(attempt)
            self.attempts.append(attempt)
        return attempt


def change_of_mass(before: ParseResult, after: ParseResult, most_missing: float) -> str:
    """Return in words how a version differs in mass from the one before: values missing, or all in another unit.

    Rows of snapshots, which have a scope of their own, and rows without a period are not compared.
    """
    then, now = (
        {
            (row["series"], row["period_start"], row["period_end"]): row["value"]
            for row in result.rows
            if row.get("scope") is None and row.get("period_end") is not None and row.get("value") is not None
        }
        for result in (before, after)
    )
    missing = len(then.keys() - now.keys()) - len(after.rejected)
    if missing >= LEAST_MASS and missing > most_missing * len(then):
        return f"{missing} of {len(then)} values of the version before are missing"
    ratios = [now[key] / then[key] for key in then.keys() & now.keys() if then[key] and now[key] > 0]
    powers = {unit_power(ratio) for ratio in ratios}
    if len(ratios) >= LEAST_MASS and len(powers) == 1 and powers != {0}:
        return f"every value is {10.0 ** powers.pop():g} times that of the version before, as if its unit had changed"
    return ""


def validate_result(source: Source, result: ParseResult) -> None:
    """Refuse a result that is empty without leave or spoilt by bad rows.

    The share of bad rows is taken over the rows that were wanted: those that concern nobody make none of them good.
    Where rows are counted, a single bad one would make a lower figure.
    """
    judged = max(result.judged, len(result.rows) + len(result.rejected))
    if judged == 0 and source.empty != "expected":
        raise SourceChanged("has no rows")
    most_rejected = 0.0 if result.counted else source.quarantine_share * judged
    if len(result.rejected) > most_rejected:
        first = result.rejected[0]
        why = "; what is counted over them would be too low" if result.counted else ""
        raise SourceChanged(
            f"{len(result.rejected)} of {judged} rows cannot be used, for example row {first.row_number}: "
            f"{first.reason}{why}"
        )


def _conditions(good: Attempt | None) -> dict[str, str]:
    """Return the headers that ask for a document only if it has changed since it was accepted."""
    conditions = {}
    if good and good.etag:
        conditions["If-None-Match"] = good.etag
    if good and good.last_modified:
        conditions["If-Modified-Since"] = good.last_modified
    return conditions
