"""A real HTTP server on loopback that speaks for every publisher and fails in every way asked of it.

Belongs here: serving and faults of transport. Not here: formats (documents.py), or what a test expects.
"""

import gzip
import hashlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from inspect import signature
from urllib.parse import parse_qsl, urlsplit

from tests.publishers.documents import CONTENT_TYPES, PUBLISHERS

# Turns the good bytes of one document into spoilt ones.
Spoil = Callable[[bytes], bytes]


@dataclass
class Reply:
    """What goes over the wire."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    # How the connection is mistreated: reset, close, hang, hang_midway, cut, trickle_head, trickle_body, cut_chunks.
    mishap: str = ""


# path, number of the attempt at it (from 1), good reply -> the reply sent instead
Fault = Callable[[str, int, Reply], Reply]


class LoopbackPublishers:
    """Serves /<source>/... ; ``faults`` and ``spoil`` change what one source sends."""

    def __init__(self) -> None:
        self.faults: dict[str, Fault] = {}
        self.spoil: dict[str, Spoil] = {}
        self.etags = False
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.visits: Counter[str] = Counter()
        self.release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, source_id: str) -> str:
        return f"http://127.0.0.1:{self.port}/{source_id}"

    def close(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reply(self, source_id: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Reply:
        make = PUBLISHERS[source_id]
        offered = {"query": query, "path": path, "headers": headers, "body": body}
        content = make(**{name: offered[name] for name in signature(make).parameters if name in offered})
        if source_id in self.spoil:
            content = self.spoil[source_id](content)
        reply = Reply(200, {"Content-Type": CONTENT_TYPES[source_id]}, content)
        if self.etags:
            reply.headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
            if headers.get("if-none-match") == reply.headers["ETag"]:
                reply = Reply(304, reply.headers, b"")
        key = f"{source_id}{path}?{sorted(query.items())}"
        self.visits[key] += 1
        if source_id in self.faults:
            reply = self.faults[source_id](path, self.visits[key], reply)
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a handler and its ways to fail
        publishers = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                _, source_id, rest = parts.path.split("/", 2)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                publishers.requests.append((source_id, self.path, headers))
                query = dict(parse_qsl(parts.query))
                self._send(publishers.reply(source_id, f"/{rest}", query, headers, body))

            def do_POST(self) -> None:
                self.do_GET()

            def _send(self, reply: Reply) -> None:
                if reply.mishap in {"reset", "close", "hang"}:
                    self._mistreat(reply.mishap)
                    return
                if reply.mishap in {"trickle_head", "trickle_body", "cut_chunks"}:
                    self._drip(reply)
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in reply.headers:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                half = reply.body[: len(reply.body) // 2] if reply.mishap else reply.body
                try:
                    self.wfile.write(half)
                    self.wfile.flush()
                except OSError:
                    self.close_connection = True
                    return
                if reply.mishap:
                    self._mistreat("hang" if reply.mishap == "hang_midway" else "close")

            def _drip(self, reply: Reply) -> None:
                """Send the head or the body a byte at a time, for ever; or chunks, of which the last never comes."""
                self.close_connection = True
                head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
                try:
                    if reply.mishap == "cut_chunks":
                        half = reply.body[: len(reply.body) // 2]
                        self.wfile.write(head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(half), half))
                        return
                    self.wfile.write(head + (b"X-Slow: " if reply.mishap == "trickle_head" else b"\r\n"))
                    while not publishers.release.wait(0.03):
                        self.wfile.write(b"x")
                        self.wfile.flush()
                except OSError:
                    return

            def _mistreat(self, how: str) -> None:
                if how == "hang":
                    publishers.release.wait(30)
                if how == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                self.close_connection = True

            def log_message(self, format: str, *arguments: object) -> None:
                """Stay quiet."""

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    self.close_connection = True

            def finish(self) -> None:
                try:
                    super().finish()
                except (OSError, ValueError):
                    self.close_connection = True

        return Handler


@contextmanager
def loopback_publishers() -> Iterator[LoopbackPublishers]:
    """Yield a running server, closed at the end."""
    publishers = LoopbackPublishers()
    try:
        yield publishers
    finally:
        publishers.close()


def packed(reply: Reply) -> Reply:
    """Return the reply compressed on the way, as a server may send it."""
    return Reply(reply.status, {**reply.headers, "Content-Encoding": "gzip"}, gzip.compress(reply.body))
