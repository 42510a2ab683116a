"""One session a publisher: patient, polite, and unable to be led astray, flooded or held up.

Belongs here: deadlines, retries, rate limits, redirects, caps, completeness, conditional requests. Not here: what the
bytes mean, or where they are kept.
"""

import ipaddress
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import requests
import urllib3
from pyrate_limiter import Limiter, Rate
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from signposts.errors import SourceChanged, SourceUnavailable
from signposts.settings import code_version

USER_AGENT = f"signposts/{code_version()} (indicator monitoring; one polite client)"
CONNECT_TIMEOUT_SECONDS = 4.0
LONGEST_WAIT_SECONDS = 120.0
MOST_REDIRECTS = 5
CHUNK_BYTES = 1 << 16
BUSY = frozenset({429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
SECRET_WORDS = ("key", "token", "secret", "password", "sig", "credential", "googleaccessid")
# A whole request, headers and body, may take so many times the time-out of a single wait.
DEADLINE_TIMEOUTS = 6
KEPT_HEADERS = ("Content-Type", "Content-Length", "Date", "ETag", "Last-Modified", "Retry-After", "Content-Range")


class OutOfTime(SourceUnavailable):
    """The run's time was up before the publisher had answered."""


class Unreachable(SourceUnavailable):
    """No connection to the publisher came about, so its other documents need not be tried."""


class TooSlow(SourceUnavailable):
    """The publisher had not sent its whole answer by the request's deadline, so its other documents are not tried."""


class Absent(SourceUnavailable):
    """The publisher says that there is no such document (404 or 410)."""


class Clock:
    """The time a run gives its publishers, shared by all of them; without a budget it never ends by itself."""

    def __init__(self, budget_seconds: float = 0.0) -> None:
        self._ends = time.monotonic() + budget_seconds if budget_seconds > 0 else None
        self._stop = threading.Event()
        self._why: SourceUnavailable = OutOfTime("the run's time is up")
        self.answered = threading.Event()

    def stop(self, why: SourceUnavailable | None = None) -> None:
        """Make every wait and every read of this run end now."""
        self._why = why or self._why
        self._stop.set()

    def seconds_left(self) -> float:
        """Return the seconds left: 0 once stopped, infinity without a budget."""
        if self._stop.is_set():
            return 0.0
        return float("inf") if self._ends is None else max(0.0, self._ends - time.monotonic())

    def wait(self, seconds: float) -> None:
        """Sleep so long, or raise at once if the time left is shorter."""
        self.check()
        if seconds > self.seconds_left():
            raise OutOfTime(f"asked to wait {seconds:.0f} s, which is more than the time left")
        if seconds > 0:
            self._stop.wait(seconds)
            self.check()

    def check(self) -> None:
        """Raise why the run ended, if it has."""
        if self.seconds_left() <= 0:
            raise self._why


@dataclass(frozen=True, slots=True)
class Limits:
    """What one publisher is given and may send."""

    requests: int = 1
    seconds: float = 1.0
    timeout_seconds: float = 20.0
    max_body_bytes: int = 20_000_000
    attempts: int = 3
    wait_after_429_seconds: float | None = None

    @property
    def deadline_seconds(self) -> float:
        """Seconds that a request may take altogether, polite waits apart."""
        return DEADLINE_TIMEOUTS * self.timeout_seconds


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One document to ask for, relative to the publisher's base address."""

    document: str
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    md5: str | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back, under the address that was asked, and where redirects ended; status 304 has no body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    came_from: str = ""


def without_secrets(url: str) -> str:
    """Return the address without user names, passwords, or the values of parameters that hold a key."""
    parts = urlsplit(url)
    query = [
        (name, "***" if any(word in name.lower() for word in SECRET_WORDS) else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(query, safe="/:;,+()*"), ""))


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def check_address(url: str, trusted: str) -> None:
    """Refuse an address that is neither under the trusted base nor https to a public host."""
    if _origin(url) == _origin(trusted):
        return
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise SourceChanged(f"sent us to {without_secrets(url)}, which is not https")
    try:
        addresses = socket.getaddrinfo(parts.hostname or "", parts.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise SourceUnavailable(f"sent us to {parts.hostname}, which has no address: {error}") from error
    for *_, place in addresses:
        if not ipaddress.ip_address(place[0]).is_global:
            raise SourceChanged(f"sent us to {parts.hostname}, whose address {place[0]} is not public")


class RecordingAdapter(HTTPAdapter):
    """Opens connections and remembers their sockets, so that a request that trickles can be ended from outside."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        self._sockets = sockets
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools, each with a connection that says which socket it opened."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _recording_pool(urllib3.HTTPConnectionPool, self._sockets),
            "https": _recording_pool(urllib3.HTTPSConnectionPool, self._sockets),
        }


def _recording_pool(family: Any, sockets: list[socket.socket]) -> Any:
    """Return a kind of connection pool whose connections add their sockets to a list."""

    class Connection(family.ConnectionCls):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    class Pool(family):  # type: ignore[misc]
        ConnectionCls = Connection

    return Pool


class Session:
    """Asks one publisher, one request at a time, within a clock."""

    def __init__(self, base_url: str, limits: Limits, clock: Clock) -> None:
        self.base_url = base_url
        self._limits = limits
        self._clock = clock
        self._limiter = Limiter(Rate(limits.requests, int(limits.seconds * 1000)))
        self._requests = requests.Session()
        self._requests.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"})
        self._sockets: list[socket.socket] = []
        self._ends = 0.0
        self._requests.mount("https://", RecordingAdapter(self._sockets))
        self._requests.mount("http://", RecordingAdapter(self._sockets))

    def close(self) -> None:
        """Close the connections."""
        self._requests.close()

    def address(self, request: HttpRequest) -> str:
        """Return the full address of a request."""
        query = urlencode(request.parameters, safe="/:;,+()*")
        return f"{self.base_url}{request.path}" + (f"?{query}" if query else "")

    def get(self, request: HttpRequest, preconditions: Mapping[str, str] | None = None) -> HttpResponse:
        """Return the publisher's answer, trying again while that can help; ``preconditions`` are sent as headers.

        Raises:
            SourceUnavailable: it did not answer, or said that it could not.
            SourceChanged: it sent us where we do not go, or more than we take.
        """
        retry = Retry(
            total=self._limits.attempts - 1,
            backoff_factor=0.5,
            backoff_max=20,
            backoff_jitter=0.5,
            retry_after_max=10**9,
        )
        url = self.address(request)
        self._acquire_rate_slot()
        self._ends = time.monotonic() + self._limits.deadline_seconds
        while True:
            try:
                answer = self._follow(url, request, dict(preconditions or {}))
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                retry = self._next_try(retry, describe(error), error)
                self._wait(retry.get_backoff_time())
                if not _is_unreachable(error):
                    # What never arrived does not count against the publisher's rate.
                    self._acquire_rate_slot()
                continue
            if answer.status not in BUSY:
                return _accept(answer)
            retry = self._next_try(retry, f"HTTP {answer.status}")
            self._wait(self._asked_wait(retry, answer))
            self._acquire_rate_slot()

    def _wait(self, seconds: float) -> None:
        """Wait as is polite; such a wait does not count against the request's deadline."""
        began = time.monotonic()
        self._clock.wait(seconds)
        self._ends += time.monotonic() - began

    def _acquire_rate_slot(self) -> None:
        """Wait until one more request is within this publisher's rate limit."""
        began = time.monotonic()
        while not self._limiter.try_acquire(blocking=False):
            self._clock.wait(0.02)
        self._ends += time.monotonic() - began
        self._clock.check()

    def _next_try(self, retry: Retry, reason: str, error: BaseException | None = None) -> Retry:
        """Return the retry's next state, or give up with the reason."""
        self._clock.check()
        if not retry.total:
            family = Unreachable if _is_unreachable(error) else SourceUnavailable
            raise family(f"{reason} ({self._limits.attempts} tries)")
        following = retry.new(total=int(retry.total) - 1)
        following.history = (*retry.history, urllib3.util.retry.RequestHistory(None, None, None, None, None))
        return following

    def _asked_wait(self, retry: Retry, answer: HttpResponse) -> float:
        """Return how long to wait after a busy answer: as it asks, or as its terms ask, or a growing while."""
        asked = answer.headers.get("Retry-After")
        if asked is not None:
            try:
                seconds = retry.parse_retry_after(asked)
            except urllib3.exceptions.InvalidHeader:
                return float(retry.get_backoff_time())
            if seconds > LONGEST_WAIT_SECONDS:
                raise SourceUnavailable(f"HTTP {answer.status}, and asks us to come back in {seconds:.0f} s")
            return float(seconds)
        if answer.status == 429 and self._limits.wait_after_429_seconds is not None:
            return self._limits.wait_after_429_seconds
        return float(retry.get_backoff_time())

    def _follow(self, url: str, request: HttpRequest, preconditions: dict[str, str]) -> HttpResponse:
        """Return the answer at the end of the redirects, each of which is checked before it is followed."""
        headers = {**request.headers, **preconditions}
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._once(url, request, headers)
            if answer.status not in REDIRECTS:
                # Signed storage is no address to cite: the one that was asked is.
                return replace(answer, url=without_secrets(self.address(request)), came_from=answer.url)
            target = urljoin(url, answer.headers.get("Location", ""))
            check_address(target, self.base_url)
            if _origin(target) != _origin(url):
                headers = {name: value for name, value in headers.items() if not _is_secret(name)}
            url = target
        raise SourceUnavailable(f"redirects more than {MOST_REDIRECTS} times")

    def _once(self, url: str, request: HttpRequest, headers: Mapping[str, str]) -> HttpResponse:
        """Return one answer with its body read under the caps, within the request's deadline."""
        self._clock.check()
        seconds_left = self._ends - time.monotonic()
        read_timeout = min(self._limits.timeout_seconds, self._clock.seconds_left(), max(seconds_left, 0.01))
        with (
            self._deadline(seconds_left),
            self._requests.request(
                "GET" if request.body is None else "POST",
                url,
                data=request.body,
                headers=headers,
                timeout=(min(CONNECT_TIMEOUT_SECONDS, read_timeout), read_timeout),
                stream=True,
                allow_redirects=False,
            ) as response,
        ):
            self._clock.answered.set()
            body = b"" if response.status_code in REDIRECTS | BUSY | {304} else self._read(response)
            kept = {name: response.headers[name] for name in (*KEPT_HEADERS, "Location") if name in response.headers}
            return HttpResponse(without_secrets(url), response.status_code, kept, body)

    @contextmanager
    def _deadline(self, seconds: float) -> Iterator[None]:
        """Hang up after so many seconds, whatever still trickles in.

        Raises:
            TooSlow: the deadline has passed, whatever the cut connection looked like.
        """
        passed = threading.Event()

        def hang_up() -> None:
            passed.set()
            for opened in self._sockets:
                with suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(seconds, 0.0), hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if passed.is_set():
                raise TooSlow(self._too_slow()) from error
            raise
        finally:
            timer.cancel()
        if passed.is_set():
            raise TooSlow(self._too_slow())

    def _too_slow(self) -> str:
        return f"sends too slowly: not whole after {self._limits.deadline_seconds:.0f} s"

    def _read(self, response: requests.Response) -> bytes:
        """Return the body, unpacked, or stop as soon as it is larger or slower than we take."""
        most = self._limits.max_body_bytes
        packed = response.headers.get("Content-Encoding", "").lower() in {"gzip", "x-gzip", "deflate"}
        unpacker = Unpacker() if packed else None
        parts: list[bytes] = []
        size = 0
        while chunk := response.raw.read(CHUNK_BYTES, decode_content=False):
            self._clock.check()
            part = unpacker.unpack(chunk, most - size) if unpacker else chunk
            size += len(part)
            if size > most:
                raise SourceChanged(f"sends more than {most:,} bytes")
            parts.append(part)
        if unpacker and not unpacker.is_whole:
            raise urllib3.exceptions.ProtocolError("the compressed body ends early")
        return b"".join(parts)


class Unpacker:
    """Unpacks a compressed body as it comes, with all the members that a gzip body may have."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 32)

    @property
    def is_whole(self) -> bool:
        """Whether the last member has ended."""
        return self._member.eof

    def unpack(self, chunk: bytes, room: int) -> bytes:
        """Return what a packed chunk holds, at most a byte more than there is room for."""
        parts: list[bytes] = []
        try:
            while chunk:
                if self._member.eof:
                    if not chunk.strip(b"\0"):
                        break
                    self._member = zlib.decompressobj(zlib.MAX_WBITS | 32)
                parts.append(self._member.decompress(chunk, room + 1 - sum(map(len, parts))))
                chunk = self._member.unused_data
                if sum(map(len, parts)) > room:
                    break
        except zlib.error as error:
            raise urllib3.exceptions.DecodeError(f"the compressed body is broken: {error}") from error
        return b"".join(parts)


def _is_secret(name: str) -> bool:
    return name.lower() == "authorization" or any(word in name.lower() for word in SECRET_WORDS)


def _is_unreachable(error: BaseException | None) -> bool:
    """Return whether not even a connection came about."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = (
        getattr(error.args[0], "reason", None) if isinstance(error, requests.ConnectionError) and error.args else None
    )
    return isinstance(reason, urllib3.exceptions.NewConnectionError)


def _accept(answer: HttpResponse) -> HttpResponse:
    """Return a good answer or 304; name any other status."""
    if answer.status in {200, 206, 304}:
        return answer
    if answer.status in {404, 410}:
        raise Absent(f"HTTP {answer.status}: no such document")
    if answer.status in {401, 403}:
        raise SourceUnavailable(f"HTTP {answer.status}: the publisher refuses us")
    raise SourceUnavailable(f"HTTP {answer.status}")


def describe(error: BaseException) -> str:
    """Return in plain words what went wrong on the way, without addresses that may hold a secret."""
    text = f"{type(error).__name__} {error}".lower()
    for sign, words in (
        ("connecttimeout", "no connection in time"),
        ("refused", "connection refused"),
        ("name or service", "not reachable: no network, or no such name"),
        ("name resolution", "not reachable: no network, or no such name"),
        ("nameresolution", "not reachable: no network, or no such name"),
        ("certificate", "its certificate is not valid"),
        ("reset", "connection reset"),
        ("readtimeout", "no answer in time"),
        ("timed out", "no answer in time"),
        ("incompleteread", "the body ends early"),
        ("ends early", "the compressed body ends early"),
        ("broken", "the body is broken"),
        ("unreachable", "the network cannot be reached"),
        ("closed connection", "connection closed without an answer"),
        ("aborted", "connection closed without an answer"),
    ):
        if sign in text:
            return words
    return type(error).__name__
