"""Feeds on loopback, and a copy of the real catalogue whose feeds all stand there.

Belongs here: serving what a test wrote, in every way a feed can fail. Test documents are made of values of our own.
"""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

from tests.paths import CHECKOUT


@dataclass
class Answer:
    """What goes over the wire."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/rss+xml; charset=utf-8"})


class FeedServer:
    """Serves what stands in ``pages`` by path; a page may be a function of the number of the visit."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer | Callable[[int], Answer]] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                server.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                page = server.pages.get(path, Answer(status=404))
                visits = sum(asked.partition("?")[0] == path for asked, _ in server.asked)
                answer = page(visits) if callable(page) else page
                etag = answer.headers.get("ETag")
                if etag and self.headers.get("If-None-Match") == etag:
                    answer = Answer(status=304)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, format: str, *arguments: object) -> None:
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def feed_server() -> Iterator[FeedServer]:
    """Yield a running server, closed at the end."""
    server = FeedServer()
    try:
        yield server
    finally:
        server.close()


def rss(entries: list[tuple[str, str, str, date | None]], title: str = "An invented feed") -> bytes:
    """Return an RSS document of entries: address, title, summary, day."""
    from datetime import UTC, datetime, time

    items = []
    for url, heading, summary, day in entries:
        parts = [f"<title>{escape(heading)}</title>", f"<description>{escape(summary)}</description>"]
        if url:
            parts.append(f"<link>{escape(url)}</link><guid>{escape(url)}</guid>")
        if day:
            parts.append(f"<pubDate>{format_datetime(datetime.combine(day, time(9), UTC))}</pubDate>")
        items.append(f"<item>{''.join(parts)}</item>")
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>https://feeds.example/</link><description>x</description>{''.join(items)}</channel></rss>"
    ).encode()


def desk_catalogue(root: Path, server_url: str, read: tuple[str, ...], extra: Mapping[str, str] | None = None) -> Path:
    """Return a copy of the real catalogue whose feeds stand on a server; only those named are read."""
    shutil.copytree(CHECKOUT / "catalogue", root)
    feeds = yaml.safe_load((root / "feeds.yaml").read_text(encoding="utf-8"))
    for feed_id, feed in feeds.items():
        feed["address"] = f"{server_url}/{feed_id}"
        feed["read"] = feed_id in read
        feed["format"] = (extra or {}).get(feed_id, feed["format"])
    (root / "feeds.yaml").write_text(yaml.safe_dump(feeds, allow_unicode=True), encoding="utf-8")
    return root
