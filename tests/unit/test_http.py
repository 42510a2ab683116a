"""The session: how long it waits, whom it trusts, what it hides. Waiting is recorded instead of done."""

import dataclasses
import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from signposts.errors import ArchiveCorrupt, SourceChanged, SourceUnavailable
from signposts.sources import http
from signposts.sources.archive import Archive, Attempt
from signposts.sources.cited_page import refuse_junk, store_page
from signposts.sources.http import (
    Clock,
    HttpRequest,
    HttpResponse,
    Limits,
    OutOfTime,
    Session,
    check_address,
    without_secrets,
)
from tests.publishers.server import LoopbackPublishers, Reply, loopback_publishers

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
ASK = HttpRequest("sdn", "/api/PublicationPreview/exports/SDN.CSV")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each wait would have been."""
    waited: list[float] = []
    monkeypatch.setattr(http.Clock, "wait", lambda clock, seconds: waited.append(seconds))
    return waited


def ask(server: LoopbackPublishers, limits: Limits | None = None, clock: Clock | None = None) -> HttpResponse:
    session = Session(server.url("ofac_sdn"), limits or Limits(requests=100, timeout_seconds=2.0), clock or Clock())
    try:
        return session.get(ASK)
    finally:
        session.close()


@pytest.mark.parametrize(("asked", "least", "most"), [("7", 7, 7), ("date", 8, 10)])
def test_a_publisher_that_names_a_time_is_given_it(waits: list[float], asked: str, least: float, most: float) -> None:
    after = asked if asked != "date" else format_datetime(datetime.now(UTC) + timedelta(seconds=10), usegmt=True)
    with loopback_publishers() as server:
        server.faults["ofac_sdn"] = lambda path, attempt, good: (
            good if attempt > 1 else Reply(503, {"Retry-After": after})
        )
        assert ask(server).status == 200
    assert least <= max(waits) <= most


def test_one_that_names_none_is_left_alone_as_long_as_its_terms_say(waits: list[float]) -> None:
    with loopback_publishers() as server:
        server.faults["ofac_sdn"] = lambda path, attempt, good: good if attempt > 1 else Reply(429)
        ask(server, Limits(requests=100, wait_after_429_seconds=60.0))
    assert max(waits) == 60


def test_waits_grow_and_are_not_the_same_for_all(waits: list[float]) -> None:
    with loopback_publishers() as server:
        server.faults["ofac_sdn"] = lambda path, attempt, good: Reply(500)
        for _ in range(3):
            with pytest.raises(SourceUnavailable, match=r"HTTP 500 \(4 tries\)"):
                ask(server, Limits(requests=100, attempts=4))
    backoff = [seconds for seconds in waits if seconds > 0.1]
    assert len(set(backoff)) == len(backoff) == 6
    assert all(second > first for first, second in zip(backoff[::2], backoff[1::2], strict=True))


def test_a_wait_that_is_longer_than_the_time_left_is_not_begun() -> None:
    with loopback_publishers() as server:
        server.faults["ofac_sdn"] = lambda path, attempt, good: Reply(429, {"Retry-After": "60"})
        with pytest.raises(OutOfTime, match="more than the time left"):
            ask(server, clock=Clock(5.0))


@pytest.mark.parametrize("mishap", ["trickle_head", "trickle_body"])
def test_a_request_ends_by_its_deadline_however_it_trickles(mishap: str) -> None:
    with loopback_publishers() as server:
        server.faults["ofac_sdn"] = lambda path, attempt, good: Reply(mishap=mishap)
        began = datetime.now(UTC)
        with pytest.raises(SourceUnavailable, match="sends too slowly: not whole after 1 s"):
            ask(server, Limits(requests=100, timeout_seconds=0.2))
        assert datetime.now(UTC) - began < timedelta(seconds=3), "and it is not tried three times"
        server.release.set()


def test_a_body_cut_between_chunks_is_not_whole(waits: list[float]) -> None:
    with loopback_publishers() as server:
        server.faults["ofac_sdn"] = lambda path, attempt, good: Reply(200, {}, good.body, mishap="cut_chunks")
        with pytest.raises(SourceUnavailable, match="ends early|without an answer|broken"):
            ask(server)


def test_a_body_of_several_compressed_members_is_read_to_its_end(waits: list[float]) -> None:
    with loopback_publishers() as server:

        def members(path: str, attempt: int, good: Reply) -> Reply:
            half = len(good.body) // 2
            body = gzip.compress(good.body[:half]) + gzip.compress(good.body[half:])
            return Reply(200, {"Content-Encoding": "gzip"}, body)

        whole = ask(server).body
        server.faults["ofac_sdn"] = members
        assert ask(server).body == whole
        server.faults["ofac_sdn"] = lambda path, attempt, good: dataclasses.replace(
            members(path, attempt, good), body=members(path, attempt, good).body[:-9]
        )
        with pytest.raises(SourceUnavailable, match="ends early"):
            ask(server)


def test_requests_keep_to_the_publishers_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    with loopback_publishers() as server:
        session = Session(server.url("ofac_sdn"), Limits(requests=1, seconds=0.3), Clock())
        began = datetime.now(UTC)
        for _ in range(3):
            session.get(ASK)
        session.close()
    assert datetime.now(UTC) - began >= timedelta(seconds=0.55)


def test_a_publisher_that_cannot_be_reached_costs_no_turns() -> None:
    began = datetime.now(UTC)
    session = Session("https://publisher.invalid", Limits(requests=1, seconds=30.0), Clock())
    with pytest.raises(SourceUnavailable, match="3 tries"):
        session.get(ASK)
    session.close()
    assert datetime.now(UTC) - began < timedelta(seconds=15)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/",
        "ftp://example.org/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/",
        "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/",
    ],
)
def test_only_public_hosts_are_followed_and_only_under_tls(address: str) -> None:
    with pytest.raises(SourceChanged, match="not https|not public"):
        check_address(address, "https://publisher.example")


def test_keys_do_not_go_along_to_another_host(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "check_address", lambda url, trusted: None)
    with loopback_publishers() as first, loopback_publishers() as second:
        first.faults["ofac_sdn"] = lambda path, attempt, good: Reply(302, {"Location": second.url("ofac_sdn") + path})
        session = Session(first.url("ofac_sdn"), Limits(requests=100), Clock())
        session.get(HttpRequest("sdn", "/x", headers={"x-access-token": "hidden", "Accept": "text/csv"}))
        session.close()
        assert first.requests[0][2]["x-access-token"] == "hidden"
        assert "x-access-token" not in second.requests[0][2]
        assert second.requests[0][2]["accept"] == "text/csv"


def test_addresses_are_shown_without_what_is_secret() -> None:
    signed = without_secrets("https://example.org/a?X-Amz-Credential=C&X-Amz-Signature=S&sig=T&period=2021")
    assert signed == "https://example.org/a?X-Amz-Credential=***&X-Amz-Signature=***&sig=***&period=2021"
    shown = without_secrets("https://me:pass@example.org/a?subscription-key=K&period=2021&Token=T#x")
    assert shown == "https://example.org/a?subscription-key=***&period=2021&Token=***"


def test_a_certificate_that_is_not_valid_is_not_accepted() -> None:
    assert Session("https://example.org", Limits(), Clock())._requests.verify is True


# ---- the archive


def test_bytes_come_back_as_they_were_kept_and_the_sidecar_says_whence(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    payload = bytes(range(256)) * 1000
    sha256 = archive.store(payload, {"url": "https://example.org", "licence": "CC0"})
    assert archive.load(sha256) == payload
    assert archive.object_path(sha256).stat().st_size < len(payload) / 10
    sidecar = archive.object_path(sha256).with_suffix(".json").read_text()
    assert '"licence": "CC0"' in sidecar
    assert f'"bytes": {len(payload)}' in sidecar
    assert not list(tmp_path.rglob(".new-*"))


@pytest.mark.parametrize(
    "damage",
    [lambda path: path.unlink(), lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"no zstd")],
)
def test_a_damaged_object_is_never_returned(tmp_path: Path, damage: object) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.store(b"good", {})
    damage(archive.object_path(sha256))  # type: ignore[operator]
    with pytest.raises(ArchiveCorrupt, match="fetches it again"):
        archive.load(sha256)
    assert not archive.holds(sha256)
    assert archive.store(b"good", {}) == sha256
    assert archive.load(sha256) == b"good"


def test_verify_names_the_object_that_is_not_whole(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    good, bad = archive.store(b"good", {}), archive.store(b"bad", {})
    archive.object_path(bad).write_bytes(archive.object_path(good).read_bytes())
    found = dict(archive.verify())
    assert found[str(archive.object_path(good))] == ""
    assert "does not hold what its name says" in found[str(archive.object_path(bad))]


@pytest.mark.parametrize("name", ["../../etc/passwd", "AB" * 32, "", "0" * 63])
def test_a_name_that_is_no_hash_reaches_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveCorrupt, match="not a SHA-256"):
        Archive(tmp_path).load(name)
    with pytest.raises(ArchiveCorrupt, match="not the identifier"):
        Archive(tmp_path).log_path("../" + name)


def test_a_line_cut_short_by_a_crash_spoils_only_itself(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first = Attempt("s", "d", None, "2026-11-23T06:00:00+00:00", "hit", message="first")
    archive.record(first)
    with archive.log_path("s").open("ab") as log:
        log.write(b'{"source_id": "s", "docu')
    second = Attempt("s", "d", None, "2026-11-24T06:00:00+00:00", "unchanged", message="second")
    archive.record(second)
    assert archive.attempts("s") == [first, second]


# ---- a cited page


PAGE = (
    "<html><head><title>Trade grew</title></head><body>"
    + "<p>An invented sentence about trade.</p>" * 20
    + "</body></html>"
)


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("", "next to empty"),
        ("<html><body><script>" + "x" * 5000 + "</script></body></html>", "next to empty"),
        ("<html><title>Just a moment...</title><body>" + "wait " * 100 + "</body></html>", "a gate"),
        ("<html><body>Please verify you are human. " + "captcha " * 30 + "</body></html>", "a gate"),
        (PAGE.replace("Trade grew", "404 - Page not found"), "not there"),
    ],
)
def test_what_is_no_page_is_not_kept_as_one(page: str, reason: str) -> None:
    with pytest.raises(SourceChanged, match=reason):
        refuse_junk(HttpResponse("https://example.org", 200, {"Content-Type": "text/html"}, page.encode()))


def test_a_cited_page_is_kept_under_its_hash(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with loopback_publishers() as server:
        server.faults["ofac_sdn"] = lambda path, attempt, good: Reply(200, {"Content-Type": "text/html"}, PAGE.encode())
        origin = server.url("ofac_sdn").removesuffix("/ofac_sdn")
        sha256 = store_page(f"{origin}/ofac_sdn/story", archive, NOW, trusted=origin).sha256
        server.faults["ofac_sdn"] = lambda path, attempt, good: Reply(404)
        with pytest.raises(SourceUnavailable, match="404"):
            store_page(f"{origin}/ofac_sdn/gone", archive, NOW, trusted=origin)
    assert archive.load(sha256) == PAGE.encode()
    assert [attempt.sha256 for attempt in archive.attempts("cited_page")] == [sha256]


def test_a_cited_page_on_a_private_host_is_not_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="not public"):
        store_page("http://127.0.0.1:9/page", Archive(tmp_path), NOW)
