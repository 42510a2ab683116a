"""A release is brought to readers elsewhere so that whoever follows the pointer finds all of it, or the one before.

In the fast tier the places are a folder and fsspec's memory; tests/scale asks the same of S3.
"""

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from assets.dictionary import load_dictionary
from assets.errors import InputError, StorageFailed
from assets.publish import release
from assets.publish.delivering import POINTER, deliver
from assets.publish.exporting import CHECKSUMS
from assets.publish.lake import copy_tables, copy_to_lake
from assets.publish.placing import DATABASE
from assets.publish.publication import publication
from assets.publish.release import publish_release
from assets.resources import MonitoringRun
from assets.settings import CHECKOUT, Settings
from assets.storage import Store, open_store
from assets.warehouse import Warehouse
from tests.sql_desk.fixture import MARCH, fill

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
KEEP = 2
DELIVER = """
import os, signal, sys
from pathlib import Path
from assets.publish.delivering import deliver
from assets.settings import Settings
from assets.storage import FolderStore
home, url, last = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
write, sent = FolderStore.write, FolderStore.upload
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def send_half(self, files):
    sent(self, dict(list(files.items())[: len(files) // 2]))
    die()
if last == "before the pointer":
    FolderStore.write = die
else:
    FolderStore.upload = send_half
deliver(Settings(home, home, published_url=url), 2)
"""


@pytest.fixture(scope="module")
def two_releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home that shows one release, and the same home when it shows a second."""
    home = tmp_path_factory.mktemp("releases") / "home"
    home.mkdir()
    fill(Warehouse(home / "warehouse.duckdb"))
    make_release(home, 0)
    earlier = home.with_name("earlier")
    shutil.copytree(home, earlier, symlinks=True)
    make_release(home, 1)
    return earlier, home


def make_release(home: Path, minutes: int, as_of: date = MARCH) -> str:
    now = NOON + timedelta(minutes=minutes)
    warehouse = Warehouse(home / "warehouse.duckdb")
    return publish_release(warehouse, Settings(home, home), as_of=as_of, now=now, with_report=False).release_id


@pytest.fixture(params=["file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "file":
        return (tmp_path / "elsewhere").as_uri()
    pytest.importorskip("fsspec", reason="fsspec is not installed: pip install -e '.[remote]'")
    return f"memory://{uuid.uuid4().hex}"


@pytest.fixture
def store(url: str) -> Store:
    return open_store(url, Path())


@pytest.fixture
def first(two_releases: tuple[Path, Path], url: str) -> Settings:
    return settings_of(two_releases[0], url)


@pytest.fixture
def second(two_releases: tuple[Path, Path], url: str) -> Settings:
    return settings_of(two_releases[1], url)


def settings_of(home: Path, url: str) -> Settings:
    return Settings(home, home, published_url=url)


def read_elsewhere(store: Store) -> str:
    """Follow the pointer as a reader does; return the release after hashing every file that it names."""
    pointer = json.loads(store.read(POINTER))
    for name, entry in pointer["files"].items():
        payload = store.read(pointer["prefix"] + name)
        assert len(payload) == entry["bytes"]
        assert hashlib.sha256(payload).hexdigest() == entry["sha256"], name
    assert {DATABASE, CHECKSUMS, "datapackage.json"} <= pointer["files"].keys()
    return str(pointer["release_id"])


def prefixes(store: Store) -> list[str]:
    return sorted({name.split("/")[1] for name in store.sizes("releases/")})


def shown(settings: Settings) -> str:
    return settings.released_database.resolve().parent.name


# ---------------------------------------------------------------------- whole or not at all


def test_whoever_follows_the_pointer_finds_the_release_that_stands_here(first: Settings, store: Store) -> None:
    deliver(first, KEEP)
    assert read_elsewhere(store) == shown(first)
    pointer = json.loads(store.read(POINTER))
    here = {
        path.relative_to(first.published / "latest").as_posix()
        for path in (first.published / "latest").rglob("*")
        if path.is_file()
    }
    assert set(pointer["files"]) == here


def test_nothing_is_delivered_where_no_place_is_named(first: Settings, store: Store) -> None:
    deliver(replace(first, published_url=""), KEEP)
    assert store.sizes("releases/") == {}


def test_before_the_first_release_there_is_nothing_to_deliver(tmp_path: Path, url: str, store: Store) -> None:
    deliver(settings_of(tmp_path, url), KEEP)
    assert store.sizes("releases/") == {}


def test_what_is_delivered_is_not_sent_again(first: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(first, KEEP)

    def refuse(*_: object) -> None:
        raise AssertionError("sent twice")

    kind = type(open_store(first.published_url, Path()))
    monkeypatch.setattr(kind, "upload", refuse)
    monkeypatch.setattr(kind, "write", refuse)
    deliver(first, KEEP)


def test_the_pointer_is_written_after_every_file_that_it_names(
    second: Settings, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    kind, seen = type(store), []
    write = kind.write

    def look_first(self: Store, name: str, payload: bytes) -> None:
        there = self.sizes("releases/")
        pointer = json.loads(payload)
        seen.append(all(there[pointer["prefix"] + file] == entry["bytes"] for file, entry in pointer["files"].items()))
        write(self, name, payload)

    monkeypatch.setattr(kind, "write", look_first)
    deliver(second, KEEP)
    assert seen == [True]


def test_a_place_that_loses_a_file_on_the_way_gets_no_pointer_to_it(
    first: Settings, second: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(first, KEEP)
    kind = type(store)
    send = kind.upload

    def lose_one(self: Store, files: dict[str, Path]) -> None:
        send(self, {name: path for name, path in files.items() if not name.endswith(DATABASE)})

    with monkeypatch.context() as patch:
        patch.setattr(kind, "upload", lose_one)
        with pytest.raises(StorageFailed, match=r"was not delivered.*signposts\.duckdb.*the next run tries again"):
            deliver(second, KEEP)
    assert read_elsewhere(store) == shown(first)
    deliver(second, KEEP)
    assert read_elsewhere(store) == shown(second)


@pytest.mark.parametrize("moment", ["in the middle", "before the pointer"])
def test_a_killed_delivery_leaves_the_old_pointer_and_the_next_run_finishes_it(
    two_releases: tuple[Path, Path], tmp_path: Path, moment: str
) -> None:
    url = (tmp_path / "elsewhere").as_uri()
    store = open_store(url, Path())
    earlier, later = (settings_of(home, url) for home in two_releases)
    deliver(earlier, KEEP)
    killed = subprocess.run([sys.executable, "-c", DELIVER, str(later.home), url, moment], cwd=CHECKOUT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert read_elsewhere(store) == shown(earlier)
    assert prefixes(store) == [shown(earlier), shown(later)], "the killed run had begun to send"
    deliver(later, KEEP)
    assert read_elsewhere(store) == shown(later)


def test_what_a_killed_run_left_of_a_release_that_never_came_is_removed(first: Settings, store: Store) -> None:
    scrap = "20260101T000000Z-deadbeef"
    store.write(f"releases/{scrap}/signposts.duckdb", b"half")
    deliver(first, KEEP)
    assert prefixes(store) == [shown(first)]
    assert read_elsewhere(store) == shown(first)


@pytest.mark.parametrize("damage", ["gone", "cut short"])
def test_a_file_that_is_gone_or_cut_short_elsewhere_is_sent_again(first: Settings, store: Store, damage: str) -> None:
    deliver(first, KEEP)
    name = f"releases/{shown(first)}/{DATABASE}"
    store.remove([name])
    if damage == "cut short":
        store.write(name, b"short")
    deliver(first, KEEP)
    assert read_elsewhere(store) == shown(first)


@pytest.mark.parametrize("damage", [b"", b'{"release_id": "2026'])
def test_a_pointer_that_is_lost_or_damaged_is_written_again(first: Settings, store: Store, damage: bytes) -> None:
    deliver(first, KEEP)
    store.remove([POINTER])
    if damage:
        store.write(POINTER, damage)
    deliver(first, KEEP)
    assert read_elsewhere(store) == shown(first)


# ---------------------------------------------------------------------- how many are kept


def test_as_many_releases_are_kept_as_was_asked_and_never_fewer_than_the_shown_one(
    two_releases: tuple[Path, Path], url: str, store: Store
) -> None:
    earlier, later = (settings_of(home, url) for home in two_releases)
    deliver(earlier, 2)
    deliver(later, 2)
    assert prefixes(store) == [shown(earlier), shown(later)]
    deliver(later, 1)
    assert prefixes(store) == [shown(later)]
    deliver(earlier, 2)
    deliver(earlier, 1)
    assert shown(earlier) in prefixes(store), "the one that readers are pointed to stays, though a newer one is there"
    assert read_elsewhere(store) == shown(earlier)


# ---------------------------------------------------------------------- refusals


def test_the_folder_of_the_installation_is_no_place_elsewhere(two_releases: tuple[Path, Path]) -> None:
    home = two_releases[0]
    with pytest.raises(InputError, match="folder of this installation itself"):
        deliver(settings_of(home, (home / "published").as_uri()), KEEP)


def test_a_place_that_cannot_be_reached_leaves_the_release_standing_here(two_releases: tuple[Path, Path]) -> None:
    pytest.importorskip("fsspec")
    settings = settings_of(two_releases[0], "ftp://127.0.0.1:9/place")
    with pytest.raises(StorageFailed, match=r"ftp://127\.0\.0\.1:9/place"):
        deliver(settings, KEEP)
    assert settings.released_database.exists()


# ---------------------------------------------------------------------- what the page tells a reader to do


def snippet(name: str) -> str:
    """Return the block of docs/scale.md that begins with a comment of that name."""
    text = (CHECKOUT / "docs" / "scale.md").read_text(encoding="utf-8")
    (found,) = [block for block in text.split("```python\n")[1:] if block.startswith(f"# {name}")]
    return found.split("```")[0]


def follow_the_page(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["copy_release.py", url, str(folder)])
    exec(snippet("copy_release.py"), {})


def test_the_reader_of_the_page_gets_a_file_that_duckdb_opens(
    first: Settings, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fsspec")
    deliver(first, KEEP)
    follow_the_page(url, tmp_path / "copy", monkeypatch)
    with duckdb.connect(str(tmp_path / "copy" / DATABASE), read_only=True) as connection:
        assert connection.execute("select max(release_id) from release").fetchone() == (shown(first),)


def test_the_reader_of_the_page_refuses_a_damaged_file(
    first: Settings, url: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fsspec")
    deliver(first, KEEP)
    name = f"releases/{shown(first)}/{DATABASE}"
    payload = bytearray(store.read(name))
    payload[len(payload) // 2] ^= 1
    store.write(name, bytes(payload))
    with pytest.raises(SystemExit, match=r"signposts\.duckdb is damaged"):
        follow_the_page(url, tmp_path / "copy", monkeypatch)
    assert not (tmp_path / "copy" / DATABASE).exists()


# ---------------------------------------------------------------------- a lake


def assert_equal_rows(memory: Warehouse, lake: str, release: Path, counted: dict[str, int]) -> None:
    with memory.connect() as connection:
        connection.execute(f"attach '{lake}' as copied; attach '{release}' as original (read_only)")
        for table, number in counted.items():
            found = connection.execute(f'from copied."{table}" order by all').fetchall()
            assert found == connection.execute(f'from original."{table}" order by all').fetchall(), table
            assert len(found) == number


def test_every_table_is_copied_whole_and_again(two_releases: tuple[Path, Path], tmp_path: Path) -> None:
    lake = str(tmp_path / "lake.duckdb")
    for home in two_releases:
        released = Settings(home, home).released_database
        counted = copy_tables(Warehouse(Path(":memory:")), released, lake)
        assert counted["scenario_probability"] > 0
        assert counted.keys() == load_dictionary().tables.keys()
        assert_equal_rows(Warehouse(Path(":memory:")), lake, released, counted)


@pytest.mark.parametrize(
    "lake",
    [
        "postgres:dbname=signposts",
        "ducklake:postgres:dbname=signposts password=opensesame-4711",
        "ducklake:postgres:postgresql://me:opensesame-4711@db/signposts",
    ],
)
def test_a_lake_by_another_name_or_with_a_password_is_refused_without_showing_it(lake: str) -> None:
    with pytest.raises(InputError, match="its password by PGPASSWORD") as refused:
        copy_to_lake(Path("release.duckdb"), lake)
    assert "opensesame" not in str(refused.value)


def lake_can_be_loaded() -> bool:
    try:
        Warehouse(Path(":memory:")).load_extension("ducklake")
    except InputError:
        return False
    return True


def test_a_lake_gets_equal_rows_or_says_plainly_why_not(two_releases: tuple[Path, Path], tmp_path: Path) -> None:
    released = Settings(two_releases[0], two_releases[0]).released_database
    lake = f"ducklake:{tmp_path / 'catalogue.ducklake'}"
    if not lake_can_be_loaded():
        with pytest.raises(InputError, match=r"extension ducklake is not here and cannot be fetched .*SIGNPOSTS_LAKE"):
            copy_to_lake(released, lake, str(tmp_path / "files"))
        return
    counted = copy_to_lake(released, lake, str(tmp_path / "files"))
    memory = Warehouse(Path(":memory:"))
    with memory.connect():
        memory.load_extension("ducklake")
        assert_equal_rows(memory, lake, released, counted)


def test_delivering_goes_to_the_lake_that_is_named(two_releases: tuple[Path, Path]) -> None:
    home = two_releases[0]
    with pytest.raises(InputError, match="a DuckLake is named like"):
        deliver(Settings(home, home, lake="no lake"), KEEP)


# ---------------------------------------------------------------------- as a run does it


def test_the_step_that_publishes_also_delivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    fill(Warehouse(tmp_path / "warehouse.duckdb"))
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path))
    monkeypatch.setenv("SIGNPOSTS_PUBLISHED", url)
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setattr(release, "write_report", lambda *_: None)
    run = MonitoringRun(as_of=MARCH.isoformat(), started_at=NOON.isoformat())
    assert dg.materialize([publication], resources={"run": run}).success
    assert read_elsewhere(open_store(url, Path())) == shown(Settings(tmp_path, tmp_path))
