"""Every source against every fault: right outcome, clear message, no row lost or invented, last good data live."""

import dataclasses
import gzip
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from signposts.catalogue.models import Source
from signposts.sources import collect as collecting
from signposts.sources import http
from signposts.sources.archive import Archive
from signposts.sources.collect import Plan, collect
from signposts.sources.probe import Probed, probe
from signposts.sources.source_run import SourceRun
from tests.publishers import spoiling, state_spoiling
from tests.publishers.catalogue import real_sources
from tests.publishers.documents import PUBLISHERS
from tests.publishers.server import Fault, LoopbackPublishers, Reply, packed

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SECRET = "invented-and-never-shown"
CONTENT = {**spoiling.CONTENT, **state_spoiling.CONTENT}
HARMLESS = spoiling.HARMLESS


def smaller(source: Source, ask: dict[str, Any]) -> Source:
    """Return a source with one document, a little history, and short timeouts."""
    document = source.documents[0]
    return source.model_copy(
        update={
            "documents": (document.model_copy(update={"ask": {**document.ask, **ask}}),),
            "timeout_seconds": 0.5,
            "max_body_megabytes": 2.0,
        }
    )


LITTLE: dict[str, dict[str, Any]] = {
    "world_bank": {"from_year": 2021},
    "imf_imts": {"from_year": 2021},
    "bank_of_russia": {"from": "2026-09-01", "currencies": ["IRR"]},
    "gdelt_doc": {"from": "2026-10-01"},
    "rial_market": {"from": "2026-09-01"},
    "un_comtrade": {"from_year": 2019},
    "gdelt_events": {"max_unpacked_megabytes": 1.0},
}
ALL = real_sources()
SOURCES = {source_id: smaller(ALL[source_id], LITTLE.get(source_id, {})) for source_id in PUBLISHERS}


@pytest.fixture
def publishers(server: LoopbackPublishers, monkeypatch: pytest.MonkeyPatch) -> LoopbackPublishers:
    """The server without faults, every publisher's address pointing to it, and no waiting."""
    server.faults.clear()
    server.spoil.clear()
    server.visits.clear()
    server.requests.clear()
    server.etags = False
    monkeypatch.setenv("UCDP_ACCESS_TOKEN", SECRET)
    for source_id in PUBLISHERS:
        monkeypatch.setenv(f"SIGNPOSTS_{source_id.upper()}_URL", server.url(source_id))
    monkeypatch.setattr(http.Clock, "wait", lambda clock, seconds: clock.check())
    monkeypatch.setattr(http, "CONNECT_TIMEOUT_SECONDS", 0.2)
    # A deadline of few milliseconds would pass while a busy machine does something else; test_http.py holds deadlines.
    monkeypatch.setattr(http, "DEADLINE_TIMEOUTS", 1000)
    limits = collecting._limits
    monkeypatch.setattr(
        collecting, "_limits", lambda source: dataclasses.replace(limits(source), requests=100_000, seconds=0.1)
    )
    return server


def visit(archive: Path, source_id: str, day: int = 0, **plan: Any) -> SourceRun:
    moment = NOW + timedelta(days=day)
    sources = {source_id: plan.pop("source", SOURCES[source_id])}
    return collect(sources, Plan(Archive(archive), moment, archive / "inbox", named=(source_id,), **plan))[source_id]


def rows_of(visited: SourceRun) -> list[dict[str, Any]]:
    return [{"document": delivery.document, **row} for delivery in visited.deliveries for row in delivery.rows]


@pytest.fixture(scope="module")
def good_archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, list[dict[str, Any]]]]:
    return {}


@pytest.fixture
def primed(
    publishers: LoopbackPublishers,
    good_archives: dict[str, tuple[Path, list[dict[str, Any]]]],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], tuple[Path, list[dict[str, Any]]]]:
    """Return an archive in which the source was gathered well once, and the rows that it brought."""

    def prime(source_id: str) -> tuple[Path, list[dict[str, Any]]]:
        if source_id not in good_archives:
            folder = tmp_path_factory.mktemp(source_id)
            first = visit(folder, source_id)
            assert {attempt.outcome for attempt in first.attempts} == {"hit"}
            good_archives[source_id] = folder, rows_of(first)
        folder, rows = good_archives[source_id]
        shutil.copytree(folder, tmp_path / "archive")
        publishers.visits.clear()
        publishers.requests.clear()
        return tmp_path / "archive", rows

    return prime


def impatient(source_id: str, fault: str) -> Source:
    """Return a source that waits only a moment where the fault is that nothing comes: each document is waited for."""
    source = SOURCES[source_id]
    return source.model_copy(update={"timeout_seconds": 0.02}) if fault.startswith("timeout") else source


def always(reply: Reply) -> Fault:
    return lambda path, attempt, good: reply


def first_then_good(reply: Callable[[], Reply]) -> Fault:
    return lambda path, attempt, good: reply() if attempt == 1 else good


def mishap(name: str) -> Fault:
    return lambda path, attempt, good: dataclasses.replace(good, mishap=name)


def body(change: Callable[[bytes], bytes], **headers: str) -> Fault:
    return lambda path, attempt, good: Reply(good.status, {**good.headers, **headers}, change(good.body))


def redirect(location: str) -> Fault:
    return always(Reply(302, {"Location": location}))


BOMB = gzip.compress(b"0" * 30_000_000)

# fault -> (what the server does, outcome, what the message must say)
TRANSPORT: dict[str, tuple[Fault, str, str]] = {
    "reset": (mishap("reset"), "failure", "reset"),
    "closed_without_an_answer": (mishap("close"), "failure", "connection closed"),
    "timeout_at_headers": (mishap("hang"), "failure", "no answer in time"),
    "timeout_midway": (mishap("hang_midway"), "failure", "no answer in time"),
    "body_ends_early": (mishap("cut"), "failure", "ends early"),
    "redirect_loop": (always(Reply(301, {"Location": "#"})), "failure", "redirects more than 5 times"),
    "redirect_without_tls": (redirect("http://example.org/x"), "failure", "not https"),
    "redirect_to_a_file": (redirect("file:///etc/passwd"), "failure", "not https"),
    "redirect_to_private_address": (redirect("https://10.1.2.3/x"), "failure", "10.1.2.3 is not public"),
    "redirect_to_cloud_metadata": (redirect("https://169.254.169.254/latest"), "failure", "not public"),
    "redirect_to_loopback": (redirect("https://127.0.0.1:1/x"), "failure", "not public"),
    "forbidden": (always(Reply(403)), "failure", "HTTP 403"),
    "not_found": (always(Reply(404)), "failure", "HTTP 404"),
    "too_many_for_ever": (always(Reply(429)), "failure", r"HTTP 429 \(3 tries\)"),
    "too_many_come_back_tomorrow": (always(Reply(429, {"Retry-After": "86400"})), "failure", "come back in 86400 s"),
    "too_many_then_good": (first_then_good(lambda: Reply(429, {"Retry-After": "1"})), "unchanged", "same bytes"),
    "too_many_with_date_then_good": (
        first_then_good(
            lambda: Reply(429, {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)})
        ),
        "unchanged",
        "same bytes",
    ),
    "too_many_with_nonsense_then_good": (
        first_then_good(lambda: Reply(429, {"Retry-After": "soon"})),
        "unchanged",
        "same bytes",
    ),
    "error_then_good": (first_then_good(lambda: Reply(500)), "unchanged", "same bytes"),
    "unavailable_for_ever": (always(Reply(503)), "failure", r"HTTP 503 \(3 tries\)"),
    "not_modified_unasked": (always(Reply(304)), "failure", "was not asked"),
    "page_with_200": (
        always(Reply(200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html><body>Maintenance</body></html>")),
        "failure",
        "web page",
    ),
    "empty_body": (always(Reply(200)), "failure", "empty|no line|not end|entries"),
    "binary_noise": (always(Reply(200, {}, bytes(range(256)) * 40)), "failure", "is not|lacks|cannot"),
    "wrong_charset": (
        body(lambda content: content.decode("latin-1", "replace").encode("utf-16")),
        "failure",
        "is not|lacks|cannot|named",
    ),
    "compressed_on_the_way": (lambda path, attempt, good: packed(good), "unchanged", "same bytes"),
    "truncated_compression": (
        body(lambda content: gzip.compress(content)[:-9], **{"Content-Encoding": "gzip"}),
        "failure",
        "early",
    ),
    "broken_compression": (
        body(lambda content: b"\x1f\x8bnonsense" * 9, **{"Content-Encoding": "gzip"}),
        "failure",
        "broken",
    ),
    "decompression_bomb": (
        body(lambda content: BOMB, **{"Content-Encoding": "gzip"}),
        "failure",
        "more than 2,000,000 bytes",
    ),
    "body_over_the_cap": (body(lambda content: b"1" * 3_000_000), "failure", "more than 2,000,000 bytes"),
}


@pytest.mark.parametrize("fault", TRANSPORT)
@pytest.mark.parametrize("source_id", SOURCES)
def test_a_fault_on_the_way_loses_and_invents_nothing(
    source_id: str,
    fault: str,
    publishers: LoopbackPublishers,
    primed: Callable[[str], tuple[Path, list[dict[str, Any]]]],
) -> None:
    archive, rows = primed(source_id)
    make, outcome, message = TRANSPORT[fault]
    publishers.faults[source_id] = make
    visited = visit(archive, source_id, source=impatient(source_id, fault))
    outcomes = {attempt.outcome for attempt in visited.attempts}
    assert outcomes == {outcome}
    assert all(re.search(message, attempt.message) for attempt in visited.attempts)
    assert rows_of(visited) == rows


@pytest.mark.parametrize(("source_id", "fault"), [(source, fault) for source in CONTENT for fault in CONTENT[source]])
def test_changed_content_is_refused_whole_and_the_last_good_rows_stay(
    source_id: str,
    fault: str,
    publishers: LoopbackPublishers,
    primed: Callable[[str], tuple[Path, list[dict[str, Any]]]],
) -> None:
    archive, rows = primed(source_id)
    spoil, message = CONTENT[source_id][fault]
    publishers.spoil[source_id] = spoil
    visited = visit(archive, source_id)
    failures = [attempt for attempt in visited.attempts if attempt.outcome == "failure"]
    assert failures, [attempt.message for attempt in visited.attempts]
    assert all(re.search(message, attempt.message) for attempt in failures), [each.message for each in failures]
    assert rows_of(visited) == rows
    assert all(attempt.sha256 for attempt in failures if attempt.http_status == 200 and "MD5" not in attempt.message)

    publishers.spoil.clear()
    again = visit(archive, source_id, day=0)
    assert {attempt.outcome for attempt in again.attempts} <= {"unchanged", "hit"}
    assert {str(row) for row in rows_of(again)} == {str(row) for row in rows}


@pytest.mark.parametrize("source_id", HARMLESS)
def test_a_new_column_is_named_and_changes_no_row(
    source_id: str,
    publishers: LoopbackPublishers,
    primed: Callable[[str], tuple[Path, list[dict[str, Any]]]],
) -> None:
    archive, rows = primed(source_id)
    spoil, remark = HARMLESS[source_id]
    publishers.spoil[source_id] = spoil
    visited = visit(archive, source_id, live={source_id: {"another": ("version", "")}})
    hits = [attempt for attempt in visited.attempts if attempt.outcome == "hit"]
    assert hits
    assert {attempt.outcome for attempt in visited.attempts} <= {"hit", "unchanged"}
    assert any(remark in attempt.message for attempt in hits), [attempt.message for attempt in hits]
    known = {str(row) for row in rows}
    assert {str(row) for row in rows_of(visited)} <= known


def test_every_publisher_whose_fields_have_names_takes_new_ones() -> None:
    without_names = {"ofac_sdn", "gdelt_events"} | {"fatf", "gcat", "iaea_pris", "voeten_agreement", "wikidata"}
    assert set(SOURCES) - set(HARMLESS) <= without_names | {"ucdp_candidate"}, "files without a header, and pages"


@pytest.mark.parametrize("source_id", SOURCES)
def test_nobody_listening_is_said_once_and_not_tried_for_every_document(
    source_id: str,
    publishers: LoopbackPublishers,
    primed: Callable[[str], tuple[Path, list[dict[str, Any]]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive, rows = primed(source_id)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv(f"SIGNPOSTS_{source_id.upper()}_URL", f"http://127.0.0.1:{unused.getsockname()[1]}")
        visited = visit(archive, source_id)
    assert {attempt.outcome for attempt in visited.attempts} == {"failure"}
    assert "connection refused" in visited.attempts[0].message
    assert rows_of(visited) == rows


@contextmanager
def deaf_port() -> Iterator[int]:
    """Yield a port whose queue is full, so that no connection comes about and none is refused."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        callers = [socket.socket() for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        try:
            yield listener.getsockname()[1]
        finally:
            for caller in callers:
                caller.close()


@pytest.mark.parametrize("source_id", SOURCES)
def test_a_connection_that_never_comes_about_ends_in_time(
    source_id: str,
    publishers: LoopbackPublishers,
    primed: Callable[[str], tuple[Path, list[dict[str, Any]]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive, rows = primed(source_id)
    with deaf_port() as port:
        monkeypatch.setenv(f"SIGNPOSTS_{source_id.upper()}_URL", f"http://127.0.0.1:{port}")
        visited = visit(archive, source_id)
    assert {attempt.outcome for attempt in visited.attempts} == {"failure"}
    assert "no connection in time" in visited.attempts[0].message
    assert rows_of(visited) == rows


BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize("source_id", [name for name in SOURCES if name not in {"gdelt_events", "bank_of_russia"}])
def test_a_byte_order_mark_changes_no_row(
    source_id: str,
    publishers: LoopbackPublishers,
    primed: Callable[[str], tuple[Path, list[dict[str, Any]]]],
    tmp_path: Path,
) -> None:
    _, rows = primed(source_id)
    publishers.spoil[source_id] = lambda content: BOM + content
    visited = visit(tmp_path / "fresh", source_id)
    assert {attempt.outcome for attempt in visited.attempts} == {"hit"}
    assert rows_of(visited) == rows


@pytest.mark.parametrize("source_id", SOURCES)
def test_the_same_bytes_again_are_the_same_version(
    source_id: str, publishers: LoopbackPublishers, primed: Callable[[str], tuple[Path, list[dict[str, Any]]]]
) -> None:
    archive, rows = primed(source_id)
    objects = sorted((archive / "objects").rglob("*"))
    visited = visit(archive, source_id)
    assert {attempt.outcome for attempt in visited.attempts} == {"unchanged"}
    assert sorted((archive / "objects").rglob("*")) == objects
    assert rows_of(visited) == rows


@pytest.mark.parametrize("source_id", SOURCES)
def test_a_publisher_that_knows_versions_is_asked_only_for_new_ones(
    source_id: str, publishers: LoopbackPublishers, tmp_path: Path
) -> None:
    publishers.etags = True
    visit(tmp_path, source_id)
    publishers.requests.clear()
    again = visit(tmp_path, source_id)
    assert {attempt.http_status for attempt in again.attempts} == {304}
    assert all("if-none-match" in headers for _, _, headers in publishers.requests)


@pytest.mark.parametrize("source_id", SOURCES)
def test_a_broken_object_is_said_fetched_again_and_never_used(
    source_id: str, publishers: LoopbackPublishers, primed: Callable[[str], tuple[Path, list[dict[str, Any]]]]
) -> None:
    archive, rows = primed(source_id)
    for stored in (archive / "objects").rglob("*.zst"):
        stored.write_bytes(stored.read_bytes()[:-3] + b"xyz")
    assert all(fault for _, fault in Archive(archive).verify())
    visited = visit(archive, source_id)
    fetched = [attempt for attempt in visited.attempts if attempt.outcome == "unchanged"]
    assert fetched
    # Documents with the same bytes share an object: the first of them mends it for all.
    assert any("was broken and has been fetched again" in attempt.message for attempt in fetched)
    assert not [fault for _, fault in Archive(archive).verify() if fault]
    assert {str(row) for row in rows_of(visited)} == {str(row) for row in rows}


def test_one_bad_row_is_set_aside_and_the_good_ones_come_in(publishers: LoopbackPublishers, tmp_path: Path) -> None:
    good = rows_of(visit(tmp_path / "good", "rial_market"))
    publishers.spoil["rial_market"] = lambda content: content.replace(b'"2026/09/05"', b'"2026/09/55"')
    visited = visit(tmp_path / "spoilt", "rial_market")
    (delivery,) = visited.deliveries
    assert {attempt.outcome for attempt in visited.attempts} == {"hit"}
    assert [row["period_start"] for row in delivery.rows] == [
        row["period_start"] for row in good if row["period_start"].isoformat() != "2026-09-05"
    ]
    assert {rejected.reason for rejected in delivery.rejected} == {"date '2026/09/55' is no day"}
    assert all(rejected.row_number > 0 and "2026/09/55" in str(rejected.raw) for rejected in delivery.rejected)


def test_a_secret_is_in_no_address_sidecar_or_log(publishers: LoopbackPublishers, tmp_path: Path) -> None:
    visited = visit(tmp_path, "ucdp_ged")
    assert any(headers.get("x-ucdp-access-token") == SECRET for _, _, headers in publishers.requests)
    assert SECRET not in "".join(path for _, path, _ in publishers.requests)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*.json*"))
    assert SECRET.encode() not in written
    assert SECRET not in str(visited.attempts)


def test_a_source_without_its_key_is_skipped_and_says_which(
    publishers: LoopbackPublishers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UCDP_ACCESS_TOKEN")
    visited = visit(tmp_path, "ucdp_ged")
    assert [(attempt.outcome, "UCDP_ACCESS_TOKEN" in attempt.message) for attempt in visited.attempts] == [
        ("skipped", True)
    ]
    assert not publishers.requests


def test_every_publisher_is_told_who_asks(publishers: LoopbackPublishers, tmp_path: Path) -> None:
    collect(SOURCES, Plan(Archive(tmp_path), NOW, tmp_path, named=tuple(SOURCES)))
    assert {source_id for source_id, _, _ in publishers.requests} == set(SOURCES)
    assert {headers["user-agent"].split("/")[0] for _, _, headers in publishers.requests} == {"signposts"}


def test_offline_asks_nobody_and_serves_from_the_archive(publishers: LoopbackPublishers, tmp_path: Path) -> None:
    everything = Plan(Archive(tmp_path), NOW, tmp_path, named=tuple(SOURCES))
    before = collect(SOURCES, everything)
    publishers.requests.clear()
    after = collect(SOURCES, dataclasses.replace(everything, offline=True))
    assert not publishers.requests
    assert {attempt.outcome for visited in after.values() for attempt in visited.attempts} == {"skipped"}
    assert {name: rows_of(visited) for name, visited in after.items()} == {
        name: rows_of(visited) for name, visited in before.items()
    }


def test_large_sources_come_only_with_the_schedule_or_by_name(publishers: LoopbackPublishers, tmp_path: Path) -> None:
    visits = collect(SOURCES, Plan(Archive(tmp_path), NOW, tmp_path, budget_seconds=30))
    skipped = {name for name, visited in visits.items() if visited.attempts[0].outcome == "skipped"}
    assert skipped == {name for name, source in SOURCES.items() if source.bulk}
    assert all("--source" in visits[name].attempts[0].message for name in skipped)


def test_what_is_not_back_in_time_is_a_miss_and_the_rest_is_kept(
    publishers: LoopbackPublishers, tmp_path: Path
) -> None:
    patient = SOURCES["ofac_sdn"].model_copy(update={"timeout_seconds": 25.0})
    publishers.faults["ofac_sdn"] = mishap("hang")
    sources = {"world_bank": SOURCES["world_bank"], "ofac_sdn": patient}
    visits = collect(sources, Plan(Archive(tmp_path), NOW, tmp_path, budget_seconds=0.6))
    assert [attempt.outcome for attempt in visits["world_bank"].attempts] == ["hit"]
    assert {attempt.outcome for attempt in visits["ofac_sdn"].attempts} <= {"miss", "failure"}
    assert visits["ofac_sdn"].attempts


def test_a_program_fault_in_one_source_touches_no_other(
    publishers: LoopbackPublishers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting.publisher("ofac_sdn"), "gather", lambda run, today: 1 / 0)
    sources = {name: SOURCES[name] for name in ("world_bank", "ofac_sdn")}
    visits = collect(sources, Plan(Archive(tmp_path), NOW, tmp_path))
    assert [attempt.outcome for attempt in visits["world_bank"].attempts] == ["hit"]
    assert "ZeroDivisionError" in visits["ofac_sdn"].attempts[0].message


def test_snapshots_of_the_sanctions_list_are_compared_by_entry_number(
    publishers: LoopbackPublishers, tmp_path: Path
) -> None:
    visit(tmp_path, "ofac_sdn")

    def dropping_two_adding_one(content: bytes) -> bytes:
        lines = content.split(b"\r\n")
        kept = [line for line in lines if not line.startswith((b"37,", b"43,"))]
        return b"\r\n".join([kept[0].replace(b"36,", b"99999,").replace(b'"SDGT"', b'"IRAN"'), *kept])

    publishers.spoil["ofac_sdn"] = dropping_two_adding_one
    later = visit(tmp_path, "ofac_sdn", day=1, live={"ofac_sdn": {"sdn": ("older", "")}})
    counts = {row["series"]: row["value"] for row in later.deliveries[-1].rows}
    assert counts["iran/added"] == 1
    assert counts["iran/removed"] == 2
    assert counts["russia/added"] == counts["russia/removed"] == 0
    rebuilt = visit(tmp_path, "ofac_sdn", day=1, from_archive=True)
    assert rows_of(rebuilt)[-6:] == rows_of(later)[-6:]


def test_each_currency_is_found_by_its_letters_whatever_its_number(
    publishers: LoopbackPublishers, tmp_path: Path
) -> None:
    publishers.spoil["bank_of_russia"] = lambda content: content.replace(b"R01300", b"R01000")
    visit(tmp_path, "bank_of_russia")
    assert any("VAL_NM_RQ=R01000" in path for _, path, _ in publishers.requests)


def test_a_redirect_within_the_publisher_is_followed(publishers: LoopbackPublishers, tmp_path: Path) -> None:
    def moved(path: str, attempt: int, good: Reply) -> Reply:
        if path.startswith("/moved"):
            return good
        return Reply(302, {"Location": f"/ofac_sdn/moved{path}"})

    publishers.faults["ofac_sdn"] = moved
    assert [attempt.outcome for attempt in visit(tmp_path, "ofac_sdn").attempts] == ["hit"]


# ---- the probe tells every fault in words, and stores nothing


def probed(archive: Path, source_id: str) -> list[Probed]:
    return probe({source_id: SOURCES[source_id]}, archive, archive / "inbox", NOW)


@pytest.mark.slow
@pytest.mark.parametrize(("source_id", "fault"), [(source, fault) for source in CONTENT for fault in CONTENT[source]])
def test_a_probe_tells_changed_content_in_words_and_stores_nothing(
    source_id: str,
    fault: str,
    publishers: LoopbackPublishers,
    primed: Callable[[str], tuple[Path, list[dict[str, Any]]]],
) -> None:
    archive, _ = primed(source_id)
    before = {path: path.stat().st_mtime_ns for path in archive.rglob("*")}
    spoil, message = CONTENT[source_id][fault]
    publishers.spoil[source_id] = spoil
    wrong = [row for row in probed(archive, source_id) if row.asked and not row.understood]
    assert wrong
    assert all(row.answered for row in wrong)
    assert all(re.search(message, row.message) for row in wrong), [row.message for row in wrong]
    assert {path: path.stat().st_mtime_ns for path in archive.rglob("*")} == before


@pytest.mark.slow
@pytest.mark.parametrize("fault", TRANSPORT)
def test_a_probe_tells_a_fault_on_the_way_in_words(
    fault: str, publishers: LoopbackPublishers, primed: Callable[[str], tuple[Path, list[dict[str, Any]]]]
) -> None:
    archive, _ = primed("rial_market")
    make, outcome, message = TRANSPORT[fault]
    publishers.faults["rial_market"] = make
    (row,) = probe({"rial_market": impatient("rial_market", fault)}, archive, archive / "inbox", NOW)
    assert row.understood == (outcome == "unchanged")
    assert re.search(message, row.message), row.message
