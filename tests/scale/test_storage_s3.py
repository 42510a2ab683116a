"""Archive and releases in S3, asked of a moto server on loopback: its protocol is S3's, its disk is its memory.

The rules are those of tests/integration/test_delivering.py; here they meet signatures, listings and a process that
dies in the middle.
"""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.cli.running import RunRequest, run_monitor
from assets.errors import ArchiveCorrupt, StorageFailed
from assets.publish.delivering import POINTER, deliver
from assets.publish.placing import DATABASE, shown_release
from assets.settings import CHECKOUT, Settings, load_settings, prepare_home
from assets.sources.archive import Archive, Attempt
from assets.sources.collect import PUBLISHERS
from assets.storage import ObjectStore
from assets.warehouse import Warehouse
from tests.integration.test_delivering import (
    follow_the_page,
    make_release,
    prefixes,
    read_elsewhere,
    settings_of,
    shown,
)
from tests.integration.test_gather import hasten, run_gather
from tests.publishers.catalogue import without_ledger
from tests.publishers.documents import PUBLISHERS as SPOKEN_FOR
from tests.publishers.documents import un_general_assembly
from tests.publishers.server import LoopbackPublishers, loopback_publishers
from tests.sql_desk.fixture import fill

pytest.importorskip("s3fs", reason="s3fs is not installed: pip install -e '.[remote-test]'")
pytest.importorskip("moto", reason="moto is not installed: pip install -e '.[remote-test]'")
pytestmark = [pytest.mark.scale, pytest.mark.timeout(900)]

SECRET = "opensesame-4711-with-a-tail"
KEY = "AKIAOPENSESAME4711XY"
KEEP = 2
STARTED_IN_SECONDS = 60
# Dies at the moment asked for, with nothing flushed and nothing told.
DELIVER = """
import os, signal, sys
from pathlib import Path
from assets.publish.delivering import deliver
from assets.settings import Settings
from assets.storage import ObjectStore
home, url, moment = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
send = ObjectStore.upload
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def send_half(self, files):
    send(self, dict(list(files.items())[: len(files) // 2]))
    die()
if moment == "before the pointer":
    ObjectStore.write = die
else:
    ObjectStore.upload = send_half
deliver(Settings(home, home, published_url=url), 2)
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of an S3 server of our own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Return once the server listens."""
    deadline = time.monotonic() + STARTED_IN_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.fixture
def environment(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What tells s3fs where the store is and who asks: the environment and nothing else."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def bucket(environment: None) -> str:
    """A bucket of the test's own."""
    import s3fs

    name = f"signposts-{uuid.uuid4().hex[:12]}"
    s3fs.S3FileSystem(skip_instance_cache=True).mkdir(name)
    return name


@pytest.fixture
def store(bucket: str) -> ObjectStore:
    return ObjectStore(f"s3://{bucket}/desk")


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home that shows one release, and the same home when it shows a second."""
    home = tmp_path_factory.mktemp("releases") / "home"
    home.mkdir()
    fill(Warehouse(home / "warehouse.duckdb"))
    make_release(home, 0)
    earlier = home.with_name("earlier")
    shutil.copytree(home, earlier, symlinks=True)
    make_release(home, 1)
    return earlier, home


# ---------------------------------------------------------------------- releases


def test_two_releases_are_delivered_and_the_oldest_goes(homes: tuple[Path, Path], store: ObjectStore) -> None:
    earlier, later = (settings_of(home, store.url) for home in homes)
    deliver(earlier, KEEP)
    assert read_elsewhere(store) == shown(earlier)
    deliver(later, KEEP)
    assert read_elsewhere(store) == shown(later)
    assert prefixes(store) == [shown(earlier), shown(later)]
    deliver(later, 1)
    assert prefixes(store) == [shown(later)]
    assert read_elsewhere(store) == shown(later)


@pytest.mark.parametrize("moment", ["in the middle", "before the pointer"])
def test_a_killed_delivery_leaves_the_old_pointer_and_the_next_run_finishes_it(
    homes: tuple[Path, Path], store: ObjectStore, moment: str
) -> None:
    earlier, later = (settings_of(home, store.url) for home in homes)
    deliver(earlier, KEEP)
    killed = subprocess.run(
        [sys.executable, "-c", DELIVER, str(later.home), store.url, moment], cwd=CHECKOUT, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert prefixes(store) == [shown(earlier), shown(later)], "the killed run had begun to send"
    assert read_elsewhere(store) == shown(earlier)
    deliver(later, KEEP)
    assert read_elsewhere(store) == shown(later)


def test_a_reader_never_meets_a_pointer_that_is_ahead_of_its_files(
    homes: tuple[Path, Path], store: ObjectStore, tmp_path: Path
) -> None:
    """A reader in a process of its own follows the pointer again and again while releases change under it."""
    script = """
import hashlib, json, sys
from pathlib import Path
from assets.publish.delivering import POINTER
from assets.storage import ObjectStore
store, stop, seen = ObjectStore(sys.argv[1]), Path(sys.argv[2]), []
while not stop.exists():
    pointer = json.loads(store.read(POINTER))
    for name, entry in pointer["files"].items():
        payload = store.read(pointer["prefix"] + name)
        assert hashlib.sha256(payload).hexdigest() == entry["sha256"], name
    seen.append(pointer["release_id"])
    print(len(seen), flush=True)
print(json.dumps(sorted(set(seen))))
"""
    earlier, later = (settings_of(home, store.url) for home in homes)
    deliver(earlier, KEEP)
    stop = tmp_path / "stop"
    with subprocess.Popen(
        [sys.executable, "-c", script, store.url, str(stop)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as reader:
        try:
            assert reader.stdout is not None
            assert reader.stdout.readline().strip() == "1"
            deliver(later, KEEP)
            deliver(earlier, KEEP)
            deliver(later, KEEP)
            time.sleep(1)
            assert reader.stdout.readline().strip() == "2"
        finally:
            stop.touch()
        said = reader.communicate(timeout=120)[0]
    assert reader.returncode == 0, said
    assert shown(later) in json.loads(said.splitlines()[-1])


@pytest.mark.parametrize("damage", ["gone", "cut short"])
def test_a_file_that_is_gone_or_cut_short_is_sent_again(
    homes: tuple[Path, Path], store: ObjectStore, damage: str
) -> None:
    settings = settings_of(homes[0], store.url)
    deliver(settings, KEEP)
    name = f"releases/{shown(settings)}/{DATABASE}"
    store.remove([name])
    if damage == "cut short":
        store.write(name, b"short")
    deliver(settings, KEEP)
    assert read_elsewhere(store) == shown(settings)


def test_the_reader_of_the_page_gets_a_file_and_refuses_a_damaged_one(
    homes: tuple[Path, Path], store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(homes[0], store.url)
    deliver(settings, KEEP)
    follow_the_page(store.url, tmp_path / "copy", monkeypatch)
    with duckdb.connect(str(tmp_path / "copy" / DATABASE), read_only=True) as connection:
        assert connection.execute("select max(release_id) from release").fetchone() == (shown(settings),)
    name = f"releases/{shown(settings)}/{DATABASE}"
    payload = bytearray(store.read(name))
    payload[len(payload) // 2] ^= 1
    store.write(name, bytes(payload))
    with pytest.raises(SystemExit, match="is damaged"):
        follow_the_page(store.url, tmp_path / "second copy", monkeypatch)


# ---------------------------------------------------------------------- the archive


def test_the_archive_keeps_and_hashes_and_mends_in_s3(store: ObjectStore) -> None:
    archive = Archive(store)
    payload = os.urandom(3_000_000)
    sha256 = archive.store(payload, {"licence": "CC0"})
    assert sha256 == hashlib.sha256(payload).hexdigest()
    assert archive.load(sha256) == payload
    name = archive.object_name(sha256)
    store.write(name, store.read(name)[:-1000])
    with pytest.raises(ArchiveCorrupt, match=f"s3://.*{name}.*fetches it again"):
        archive.load(sha256)
    assert [fault for _, fault in archive.verify() if fault]
    archive.store(payload, {"licence": "CC0"})
    assert [fault for _, fault in archive.verify()] == [""]


def test_attempts_of_several_runs_come_back_in_order(store: ObjectStore) -> None:
    made = [Attempt("s", "d", None, f"2026-11-{day:02}T06:00:00+00:00", "hit") for day in range(1, 13)]
    for attempt in reversed(made):
        Archive(ObjectStore(store.url)).record(attempt)
    assert len(store.sizes("log/")) == len(made), "a segment a run"
    assert Archive(store).attempts("s") == made


# ---------------------------------------------------------------------- gathering


@pytest.fixture(scope="module")
def publishers() -> Iterator[LoopbackPublishers]:
    with loopback_publishers() as server:
        yield server


def gather_two_days(
    home: Path, archive: str, server: LoopbackPublishers, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Gather every source on two days, with a revision on the second; return a digest of each table's rows."""
    home.mkdir()
    hasten(monkeypatch)
    for source_id in SPOKEN_FOR:
        monkeypatch.setenv(f"SIGNPOSTS_{source_id.upper()}_URL", server.url(source_id))
    for name, value in {
        "SIGNPOSTS_HOME": str(home),
        "SIGNPOSTS_CATALOGUE": str(without_ledger(home)),
        "SIGNPOSTS_ARCHIVE": archive,
        "DAGSTER_HOME": "",
        "UCDP_ACCESS_TOKEN": "invented",
    }.items():
        monkeypatch.setenv(name, value)
    prepare_home(load_settings())
    (load_settings().inbox / "2026_02_06_ga_voting.csv").write_bytes(un_general_assembly())
    server.spoil.clear()
    run_gather("2026-11-23")
    server.spoil["world_bank"] = lambda content: content.replace(b"2174000000000.0", b"2175500000000.0")
    return digests(run_gather("2026-11-24"))


def digests(warehouse: Warehouse) -> dict[str, str]:
    raw = [f"raw_{source_id}" for source_id in PUBLISHERS]
    return {name: warehouse.fingerprint(name) for name in (*raw, "fetch", "claim", "quarantine")}


def test_gathering_into_s3_gives_the_rows_that_a_folder_gives_and_fills_a_lost_warehouse(
    publishers: LoopbackPublishers, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_folder = gather_two_days(tmp_path / "folder", "", publishers, monkeypatch)
    in_s3 = gather_two_days(tmp_path / "s3", f"s3://{bucket}/archive", publishers, monkeypatch)
    assert in_s3 == by_folder
    store = ObjectStore(f"s3://{bucket}/archive")
    here = {path.relative_to(tmp_path / "folder" / "archive").as_posix() for path in by_name(tmp_path / "folder")}
    assert {name for name in store.sizes("objects/") if name.endswith(".zst")} == here
    assert not by_name(tmp_path / "s3")
    (tmp_path / "s3" / "warehouse.duckdb").unlink()
    publishers.requests.clear()
    filled = run_gather("2026-11-25", offline=True)
    assert not publishers.requests
    raw = [f"raw_{source_id}" for source_id in PUBLISHERS]
    assert all(filled.count(name) > 0 for name in raw)


def by_name(home: Path) -> list[Path]:
    return sorted((home / "archive").rglob("*.zst"))


def test_a_run_without_its_archive_says_so_and_publishes_nothing(
    environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    failed = run_elsewhere(tmp_path, "s3://away/archive", "", CHECKOUT / "catalogue")
    assert failed.returncode == 1
    assert "publishers: s3://away/archive/log/" in failed.stderr
    assert shown_release(tmp_path / "published") is None
    for text in (failed.stdout, failed.stderr):
        assert SECRET not in text
        assert KEY not in text


# ---------------------------------------------------------------------- secrets, and a store that is not there


@pytest.mark.parametrize("fault", ["no bucket", "nobody answers"])
def test_a_place_that_fails_is_named_without_its_credentials(
    homes: tuple[Path, Path], environment: None, fault: str, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    if fault == "nobody answers":
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    settings = settings_of(homes[0], "s3://no-such-bucket/desk")
    with pytest.raises(StorageFailed, match=r"s3://no-such-bucket/desk.*the next run tries again") as told:
        deliver(settings, KEEP)
    for text in (str(told.value), caplog.text):
        assert SECRET not in text
        assert KEY not in text
    assert settings.released_database.exists(), "the release stands here"


# ---------------------------------------------------------------------- the whole run


def run_elsewhere(
    home: Path, archive: str, published: str, catalogue: Path = CHECKOUT / "tests" / "trackers"
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "SIGNPOSTS_HOME": str(home),
        "SIGNPOSTS_CATALOGUE": str(catalogue),
        "SIGNPOSTS_ARCHIVE": archive,
        "SIGNPOSTS_PUBLISHED": published,
        "SIGNPOSTS_NOTIFY_URL": "",
    }
    command = [str(Path(sys.executable).parent / "signposts"), "run", "--offline"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=800, check=False)


def test_a_whole_run_delivers_to_s3_and_leaves_no_secret_anywhere(store: ObjectStore, tmp_path: Path) -> None:
    home = tmp_path / "home"
    said = run_elsewhere(home, f"{store.url}/archive", f"{store.url}/published", CHECKOUT / "catalogue")
    assert said.returncode == 0, said.stderr
    assert ObjectStore(f"{store.url}/archive").sizes("log/"), "what was not asked is logged elsewhere"
    elsewhere = ObjectStore(f"{store.url}/published")
    assert read_elsewhere(elsewhere) == shown_release(home / "published")
    assert not list((home / "archive").rglob("*.*")), "the archive is elsewhere"
    for text in (said.stdout, said.stderr):
        assert SECRET not in text
        assert KEY not in text
    for path in (path for path in home.rglob("*") if path.is_file()):
        payload = path.read_bytes()
        assert SECRET.encode() not in payload, path
        assert KEY.encode() not in payload, path


def test_a_whole_run_whose_store_is_away_fails_by_name_and_the_next_delivers(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    home, url = tmp_path / "home", f"s3://{bucket}/published"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    failed = run_elsewhere(home, "", url)
    assert failed.returncode == 1
    assert "was not delivered" in failed.stderr
    assert url in failed.stderr
    standing = shown_release(home / "published")
    for path in (path for path in home.rglob("*") if path.is_file()):
        assert SECRET.encode() not in path.read_bytes(), path
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    mended = run_elsewhere(home, "", url)
    assert mended.returncode == 0, mended.stderr
    assert read_elsewhere(ObjectStore(url)) == shown_release(home / "published")
    assert standing is not None


def test_a_whole_run_delivers_to_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = uuid.uuid4().hex
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path))
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(CHECKOUT / "tests" / "trackers"))
    monkeypatch.setenv("SIGNPOSTS_ARCHIVE", f"memory://{name}/archive")
    monkeypatch.setenv("SIGNPOSTS_PUBLISHED", f"memory://{name}/published")
    monkeypatch.setenv("SIGNPOSTS_NOTIFY_URL", "")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    assert run_monitor(RunRequest(offline=True)) == 0
    settings: Settings = load_settings()
    store = ObjectStore(settings.published_url)
    assert read_elsewhere(store) == shown_release(settings.published)
    assert store.read(POINTER)
