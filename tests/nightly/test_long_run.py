"""What months of running do to an installation: 200 kills while publishers are asked, and a year with 36 faulty days.

The runs are real processes on a small invented tracker, its publishers real servers on loopback; only the days are
invented, and the waiting between requests is left out. docs/operations.md states the figures.
"""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from signposts.sources.archive import Archive
from tests.nightly.workshop import TRACKER, Workshop
from tests.publishers.server import LoopbackPublishers, Reply, loopback_publishers

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(6 * 3600)]

FIRST_DAY = date(2026, 12, 1)
KILLS = 200
DAYS, EVERY = 365, 10


@pytest.fixture
def server() -> Iterator[LoopbackPublishers]:
    with loopback_publishers() as publishers:
        yield publishers


@pytest.fixture
def workshop(server: LoopbackPublishers, tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path / "disturbed", server, FIRST_DAY)
    yield made
    made.close()


def assert_nothing_is_lost(workshop: Workshop, server: LoopbackPublishers, folder: Path, spoilt: int = 0) -> None:
    """All bytes but those spoilt are whole, and what stands is what a first asking on that day would find."""
    assert len([fault for _, fault in Archive(workshop.home / "archive").verify() if fault]) <= spoilt
    fresh = Workshop(folder, server, workshop.world.today)
    assert fresh.run()[0] == 0, fresh.said()
    assert workshop.standing() == fresh.standing()
    fresh.close()


def test_two_hundred_kills_while_publishers_are_asked_lose_nothing_and_publish_no_half(workshop, server, tmp_path):
    assert workshop.run()[0] == 0, workshop.said()
    workshop.world.today += timedelta(days=1)
    length = workshop.run()[1]
    dice, killed = random.Random(3), 0
    places = [(place + dice.random()) / KILLS for place in range(KILLS)]
    dice.shuffle(places)
    while places:
        workshop.world.today += timedelta(days=1)
        before = workshop.claims()
        code, seconds = workshop.run(kill_after=places[-1] * length)
        assert code in (0, -9), workshop.said()
        workshop.assert_whole()
        assert before <= workshop.claims()
        if code == 0:
            # It was faster than the one that was timed: once more.
            length = seconds
            continue
        killed += 1
        places.pop()
        if killed % 10 == 0:
            code, length = workshop.run(hour="09:00:00")
            assert code == 0, workshop.said()
            workshop.assert_whole()
            assert workshop.dates()[-1] == workshop.world.today
            assert not list((workshop.home / "published").glob(".unfinished-*"))
            print(f"{killed} kills, {len(before)} claims, {length:.1f} s a run: {workshop.sizes()}", flush=True)
    assert killed == KILLS
    assert_nothing_is_lost(workshop, server, tmp_path / "fresh")


# ---------------------------------------------------------------------- a year

Fault = Callable[[Workshop], AbstractContextManager[object]]


def answers(source_id: str, change: Callable[[Reply], Reply]) -> Fault:
    """A publisher whose replies are changed for a day."""

    @contextmanager
    def fault(workshop: Workshop) -> Iterator[None]:
        workshop.world.server.faults[source_id] = lambda _path, _attempt, reply: change(reply)
        yield
        del workshop.world.server.faults[source_id]

    return fault


def spoilt(path: str, content: bytes | None = None) -> Fault:
    """A file of the state in which every byte of a stretch is zero, or one of the catalogue with other content."""

    @contextmanager
    def fault(workshop: Workshop) -> Iterator[None]:
        (target,) = sorted(workshop.folder.glob(path))[-1:]
        good = target.read_bytes()
        target.chmod(0o644)
        target.write_bytes(
            good[: len(good) // 3] + bytes(4096) + good[len(good) // 2 :] if content is None else content
        )
        yield
        if content is not None:
            target.write_bytes(good)

    return fault


def gone(path: str) -> Fault:
    """A file or folder of the state that somebody deleted."""

    @contextmanager
    def fault(workshop: Workshop) -> Iterator[None]:
        target = workshop.folder / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()
        yield

    return fault


@contextmanager
def held_open(workshop: Workshop) -> Iterator[None]:
    """Somebody has the working database open."""
    with duckdb.connect(str(workshop.home / "warehouse.duckdb")):
        yield


@contextmanager
def row_deleted(workshop: Workshop) -> Iterator[None]:
    """Somebody deleted the last row of a ledger, and puts it back on the next day."""
    path = sorted((workshop.root / TRACKER / "ledger").glob("*.csv"))[0]
    good = path.read_bytes()
    path.write_bytes(b"".join(good.splitlines(keepends=True)[:-1]))
    yield
    path.write_bytes(good)


def other_numbers(factor: float) -> Callable[[Reply], Reply]:
    """Every quote times a factor."""

    def change(reply: Reply) -> Reply:
        days = json.loads(reply.body)
        for rates in days.values():
            rates["usd"] = {name: value * factor for name, value in rates["usd"].items()}
        return Reply(200, {}, json.dumps(days).encode())

    return change


def without_most(reply: Reply) -> Reply:
    """The header and a third of the lines."""
    lines = reply.body.splitlines(keepends=True)
    return Reply(200, {}, b"".join(lines[: len(lines) // 3]))


def with_a_bad_row(reply: Reply) -> Reply:
    """The last figure is no number."""
    head, _, last = reply.body.rstrip().rpartition(b"\r\n")
    return Reply(200, {}, head + b"\r\n" + last.replace(b"16", b"n/a", 1) + b"\r\n")


KILLED = "killed"
FAULTS: dict[str, Fault] = {
    "the server fails": answers("imf_imts", lambda reply: Reply(500)),
    "the connection is reset": answers("rial_market", lambda reply: Reply(mishap="reset")),
    "the body is cut": answers("rial_market", lambda reply: Reply(200, {}, reply.body, mishap="cut")),
    "a wall of HTML": answers("world_bank", lambda reply: Reply(200, {}, b"<!doctype html><p>Prove it.")),
    "nothing": answers("imf_imts", lambda reply: Reply(200, {}, b"")),
    "a third of the file": answers("imf_imts", without_most),
    "a row that is none": answers("imf_imts", with_a_bad_row),
    "another unit": answers("rial_market", other_numbers(1000.0)),
    "noise": answers("world_bank", lambda reply: Reply(200, {}, bytes(reversed(reply.body)))),
    KILLED: lambda workshop: nullcontext(),
    "the copy that people open is damaged": spoilt("home/published/signposts.duckdb"),
    "the newest release is damaged": spoilt("home/published/latest/signposts.duckdb"),
    "the working database is damaged": spoilt("home/warehouse.duckdb"),
    "an archived object is damaged": spoilt("home/archive/objects/*/*.zst"),
    "the working database is gone": gone("home/warehouse.duckdb"),
    "the cache is gone": gone("home/cache"),
    "the working database is open elsewhere": held_open,
    "a row of the ledger is deleted": row_deleted,
    "tracker.yaml is no YAML": spoilt(f"catalogue/{TRACKER}/tracker.yaml", b"title: [\n"),
    "sources.yaml is empty": spoilt("catalogue/sources.yaml", b""),
}
STOPS_THE_RUN = {
    KILLED,
    # Where it shows only in the middle of a run, the next one builds it anew.
    "the working database is damaged",
    "the working database is open elsewhere",
    "tracker.yaml is no YAML",
    "sources.yaml is empty",
}


def test_a_year_with_a_fault_on_every_tenth_day_loses_nothing_and_stays_bounded(workshop, server, tmp_path):
    dice, sizes, length = random.Random(5), {}, 10.0
    faults = list(FAULTS) * 2
    for number in range(DAYS):
        workshop.world.today = FIRST_DAY + timedelta(days=number)
        name = faults[number // EVERY] if number % EVERY == EVERY - 1 else ""
        before = workshop.claims() if number else set()
        with FAULTS[name](workshop) if name else nullcontext():
            # Dagster's own storage of events costs half of the time; the kills above have it.
            code, seconds = workshop.run(
                kill_after=dice.random() * length if name == KILLED else None, keep_events=False
            )
        workshop.assert_whole()
        assert before <= workshop.claims(), f"day {number}, {name}"
        if name:
            print(f"day {number}: {name}: {code}, published {workshop.dates()[-1]}", flush=True)
        if not name or name not in STOPS_THE_RUN:
            assert code == 0, f"day {number}, {name}: {workshop.said()}"
            assert workshop.dates()[-1] == workshop.world.today
            length = seconds
        workshop.let_files_age()
        if number % 30 == 29:
            sizes[number + 1] = workshop.sizes()
            print(f"after {number + 1} days: {sizes[number + 1]}", flush=True)
    # A publisher gives its newest document only: what was spoilt of an older one comes from a backup or never.
    assert_nothing_is_lost(workshop, server, tmp_path / "fresh", spoilt=2)
    # The cache is deleted on days 159 and 359, so that only months before and well after tell whether it grows.
    for part, early, late in (("published", 180, 360), ("cache", 120, 330)):
        assert sizes[late][part] < 1.2 * sizes[early][part], f"{part} grows without bound: {sizes}"
    assert sizes[360]["archive"] < 365 * 40_000
