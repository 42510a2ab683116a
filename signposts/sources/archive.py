"""The archive: every publisher's bytes under their SHA-256, and a log of every attempt to get them.

Belongs here: storing, finding and re-hashing bytes, the sidecar beside each object, the log that a rebuild replays.
Not here: fetching, or what the bytes mean.

Layout: ``objects/ab/cdef….zst`` with ``objects/ab/cdef….json`` beside it, and ``log/<source>.jsonl``.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import zstandard

from signposts.errors import ArchiveCorrupt
from signposts.files import append_line, oldest_kept, read_lines, shorten, write_atomically
from signposts.settings import Settings

SHA256 = re.compile(r"[0-9a-f]{64}")
SOURCE_ID = re.compile(r"[a-z0-9_]+")
LARGEST_OBJECT_BYTES = 1_000_000_000
REMEDY = "the next run fetches it again if the publisher still gives it, else only a backup has it"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to fetch one document: a row of the table ``fetch_attempt`` and what a later attempt must know."""

    source_id: str
    document: str | None
    url: str | None
    fetched_at: str
    outcome: str
    http_status: int | None = None
    sha256: str | None = None
    bytes: int | None = None
    message: str = ""
    etag: str | None = None
    last_modified: str | None = None

    def row(self) -> dict[str, object]:
        """Return the row of the table ``fetch_attempt``."""
        return {name: value for name, value in asdict(self).items() if name not in {"etag", "last_modified"}}


class Archive:
    """One installation's archive. Safe for the threads of one process; the writer's lock keeps other processes out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()

    def object_path(self, sha256: str) -> Path:
        """Return where the bytes with this hash are kept."""
        if not SHA256.fullmatch(sha256):
            raise ArchiveCorrupt(f"{sha256!r} is not a SHA-256")
        return self.folder / "objects" / sha256[:2] / f"{sha256[2:]}.zst"

    def store(self, payload: bytes, sidecar: Mapping[str, object]) -> str:
        """Keep the bytes and their sidecar; return their SHA-256. Bytes already kept whole are left as they are.

        The sidecar is written last, so that one which a crash prevented is written the next time. Two writers of the
        same bytes do no harm: the name says what they are.
        """
        sha256 = hashlib.sha256(payload).hexdigest()
        path = self.object_path(sha256)
        described = path.with_suffix(".json")
        if not self.holds(sha256):
            write_atomically(path, zstandard.ZstdCompressor(level=6).compress(payload))
        elif self._is_described(described):
            return sha256
        text = json.dumps({**sidecar, "sha256": sha256, "bytes": len(payload)}, indent=1, sort_keys=True)
        write_atomically(described, text.encode())
        return sha256

    def _is_described(self, path: Path) -> bool:
        """Return whether a sidecar is here and whole."""
        try:
            json.loads(path.read_bytes())
        except (OSError, ValueError):
            return False
        return True

    def load(self, sha256: str) -> bytes:
        """Return the bytes with this hash, hashed again.

        Raises:
            ArchiveCorrupt: they are gone or are not what their name says.
        """
        path = self.object_path(sha256)
        try:
            packed = path.read_bytes()
            with zstandard.ZstdDecompressor().stream_reader(packed) as reader:
                payload = reader.read(LARGEST_OBJECT_BYTES + 1)
        except FileNotFoundError as error:
            raise ArchiveCorrupt(f"{path} is gone; {REMEDY}") from error
        except (zstandard.ZstdError, OSError) as error:
            raise ArchiveCorrupt(f"{path} cannot be read ({error}); {REMEDY}") from error
        if hashlib.sha256(payload).hexdigest() != sha256:
            raise ArchiveCorrupt(f"{path} does not hold what its name says; {REMEDY}")
        return bytes(payload)

    def holds(self, sha256: str) -> bool:
        """Return whether the bytes with this hash are here and whole."""
        try:
            self.load(sha256)
        except ArchiveCorrupt:
            return False
        return True

    def verify(self) -> Iterator[tuple[str, str]]:
        """Hash every object again; yield where each is, with '' if it is whole, else what is wrong."""
        for path in sorted((self.folder / "objects").rglob("*.zst")):
            try:
                self.load(path.parent.name + path.stem)
            except ArchiveCorrupt as error:
                yield str(path), str(error)
            else:
                yield str(path), ""

    def log_path(self, source_id: str) -> Path:
        """Return where the log source's attempts is; a name that is not an identifier is refused."""
        if not SOURCE_ID.fullmatch(source_id):
            raise ArchiveCorrupt(f"{source_id!r} is not the identifier of a source")
        return self.folder / "log" / f"{source_id}.jsonl"

    def record(self, attempt: Attempt) -> None:
        """Add an attempt to its source's log, kept before this returns."""
        path = self.log_path(attempt.source_id)
        with self._lock:
            append_line(path, _line_of(attempt))

    def attempts(self, source_id: str) -> list[Attempt]:
        """Return every attempt at one source in the log's order, which no wrong clock changes.

        A line that a crash cut short, or that is none of ours, is passed over.
        """
        attempts = (_attempt_of(line) for line in read_lines(self.log_path(source_id)))
        return [attempt for attempt in attempts if attempt is not None]

    def forget_old(self, source_id: str, now: datetime) -> int:
        """Take out of a source's log the old attempts that only repeat those around them; return how many went."""
        path, before = self.log_path(source_id), oldest_kept(now).isoformat()
        with self._lock:
            attempts = self.attempts(source_id)
            kept = without_repetitions(attempts, before)
            return shorten(path, map(_line_of, kept)) if len(kept) < len(attempts) else 0

    def sources(self) -> list[str]:
        """Return the sources that have a log."""
        return sorted(path.stem for path in (self.folder / "log").glob("*.jsonl") if SOURCE_ID.fullmatch(path.stem))


def _line_of(attempt: Attempt) -> bytes:
    return json.dumps(asdict(attempt), sort_keys=True).encode()


def without_repetitions(attempts: list[Attempt], before: str) -> list[Attempt]:
    """Return attempts without those before a moment to which no claim, and no word on a source, refers any more.

    Of each document every new version stays, with the last look before it and the first look of each week that found it
    unchanged, and the first and last of failures, misses and skips in a row.
    """
    by_document: dict[str | None, list[Attempt]] = {}
    for attempt in attempts:
        by_document.setdefault(attempt.document, []).append(attempt)
    repeated = {
        id(attempt)
        for history in by_document.values()
        for earlier, attempt, later in zip(history, history[1:], history[2:], strict=False)
        if attempt.outcome != "hit"
        and attempt.fetched_at < before
        and earlier.outcome == attempt.outcome == later.outcome
        and (attempt.outcome != "unchanged" or _week_of(earlier) == _week_of(attempt))
    }
    return [attempt for attempt in attempts if id(attempt) not in repeated]


def _week_of(attempt: Attempt) -> tuple[int, int]:
    return datetime.fromisoformat(attempt.fetched_at).isocalendar()[:2]


def _attempt_of(line: bytes) -> Attempt | None:
    """Return the attempt that a line of a log records; None if it records none."""
    try:
        attempt = Attempt(**json.loads(line))
        datetime.fromisoformat(attempt.fetched_at)
    except (ValueError, TypeError):
        return None
    texts = (attempt.source_id, attempt.fetched_at, attempt.outcome, attempt.message)
    optional = (attempt.document, attempt.url, attempt.sha256, attempt.etag, attempt.last_modified)
    numbers = (attempt.http_status, attempt.bytes)
    is_sound = (
        all(isinstance(value, str) for value in texts)
        and all(value is None or isinstance(value, str) for value in optional)
        and all(value is None or isinstance(value, int) for value in numbers)
    )
    return attempt if is_sound else None


def split_by_clock(attempts: list[Attempt], now: datetime) -> tuple[list[Attempt], list[Attempt]]:
    """Return the attempts up to now, and those dated after it, which a wrong clock made and nobody uses."""
    past: list[Attempt] = []
    future: list[Attempt] = []
    for attempt in attempts:
        (future if _moment(attempt.fetched_at) > _moment(now.isoformat()) else past).append(attempt)
    return past, future


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def open_archive(settings: Settings) -> Archive:
    """Return the installation's archive."""
    return Archive(settings.archive)


def last_good(attempts: list[Attempt]) -> dict[str, Attempt]:
    """Return the newest accepted attempt of each document."""
    return {attempt.document: attempt for attempt in attempts if attempt.outcome == "hit" and attempt.document}
