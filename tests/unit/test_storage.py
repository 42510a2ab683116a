"""Where files may be kept: which addresses are taken, and that a folder and an object store keep the same promises."""

import json
import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assets.errors import ArchiveCorrupt, InputError, StorageFailed
from assets.settings import CHECKOUT, load_settings
from assets.sources.archive import Archive, Attempt, open_archive
from assets.storage import MOST_SEGMENTS, FolderStore, ObjectStore, Store, open_store

SECRET = "opensesame-4711"


def memory_url() -> str:
    pytest.importorskip("fsspec", reason="fsspec is not installed: pip install -e '.[remote]'")
    return f"memory://{uuid.uuid4().hex}"


@pytest.fixture(params=["folder", "file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    url = {"folder": "", "file": (tmp_path / "a folder").as_uri()}.get(request.param)
    return open_store(memory_url() if url is None else url, tmp_path)


# ---------------------------------------------------------------------- addresses


@pytest.mark.parametrize("variable", ["SIGNPOSTS_ARCHIVE", "SIGNPOSTS_PUBLISHED"])
@pytest.mark.parametrize(
    "url",
    [
        f"s3://AKIAX:{SECRET}@bucket/prefix",
        f"s3://AKIAX:with/{SECRET}@bucket/prefix",
        f"s3://AKIAX:{SECRET}/bucket",
        f"https://{SECRET}@host/prefix",
        f"abfs://container:{SECRET}@account/prefix",
        f"abfs://container@account/prefix?sig={SECRET}",
        f"s3://bucket/prefix#{SECRET}",
    ],
)
def test_an_address_that_holds_a_secret_is_refused_without_showing_it(
    variable: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, url)
    with pytest.raises(InputError, match=f"{variable} .*environment") as refused:
        load_settings()
    assert SECRET not in str(refused.value)
    assert "AKIAX" not in str(refused.value)


@pytest.mark.parametrize("url", ["/data/published", "bucket/prefix", "simplecache::s3://bucket", "file://host/folder"])
def test_an_address_that_is_no_plain_url_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNPOSTS_PUBLISHED", url)
    with pytest.raises(InputError, match="SIGNPOSTS_PUBLISHED"):
        load_settings()


@pytest.mark.parametrize(
    "url",
    [
        "s3://bucket/prefix",
        "memory://place",
        "file:///srv/signposts",
        "abfs://container@account.example/prefix",
        "sftp://host.example:2222/folder",
    ],
)
def test_a_bare_address_is_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNPOSTS_ARCHIVE", f"{url}/")
    assert load_settings().archive_url == url


def test_unset_means_the_folders_under_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("SIGNPOSTS_ARCHIVE", "SIGNPOSTS_PUBLISHED"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path))
    settings = load_settings()
    assert settings.published_url == ""
    open_archive(settings).store(b"bytes", {})
    assert list((tmp_path / "archive" / "objects").rglob("*.zst"))


def test_a_kind_of_place_that_nobody_knows_is_the_users_mistake() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(InputError, match="nosuch://"):
        open_store("nosuch://place", Path())


def test_local_paths_load_no_library_of_the_remote_kind(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from assets.settings import load_settings
from assets.sources.archive import open_archive
import assets.publish.delivering
assets.publish.delivering.deliver(load_settings(), 1)
open_archive(load_settings()).store(b"bytes", {})
print(sorted({"fsspec", "upath", "s3fs", "botocore"} & set(sys.modules)))
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIGNPOSTS_")}
    said = subprocess.run(
        [sys.executable, "-c", script],
        env=environment | {"SIGNPOSTS_HOME": str(tmp_path)},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "[]"


# ---------------------------------------------------------------------- any place


def test_bytes_come_back_and_a_name_without_any_says_so(store: Store) -> None:
    store.write("a/b.bin", b"\x00one")
    store.write("a/b.bin", b"\x00two")
    assert store.read("a/b.bin") == b"\x00two"
    with pytest.raises(FileNotFoundError):
        store.read("a/c.bin")


def test_uploaded_files_are_listed_with_their_sizes_and_removed_by_name(store: Store, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"1")
    two.write_bytes(b"22")
    store.upload({"releases/x/one": one, "releases/x/deep/two": two, "releases/y/one": one})
    assert store.sizes("releases/x/") == {"releases/x/one": 1, "releases/x/deep/two": 2}
    store.remove(["releases/x/one", "releases/x/gone already"])
    assert store.sizes("releases/") == {"releases/x/deep/two": 2, "releases/y/one": 1}
    assert store.sizes("nothing here/") == {}


def test_a_log_holds_the_lines_of_every_writer(store: Store, tmp_path: Path) -> None:
    assert store.lines("log/s.jsonl") == []
    store.append("log/s.jsonl", b"first")
    store.append("log/s.jsonl", b"second")
    assert store.lines("log/s.jsonl") == [b"first", b"second"]
    other = ObjectStore(store.url) if isinstance(store, ObjectStore) else store
    other.append("log/s.jsonl", b"third")
    assert sorted(store.lines("log/s.jsonl")) == [b"first", b"second", b"third"]
    other.append("log/s.jsonl", b"fourth")
    assert sorted(store.lines("log/s.jsonl")) == [b"first", b"fourth", b"second", b"third"]


def many_segments(url: str, number: int, first: datetime) -> list[bytes]:
    """Write a log as that many runs would, two lines each; return its lines in order."""
    written = []
    for day in range(number):
        writer = ObjectStore(url)
        writer._segment = f"{first + timedelta(days=day):%Y%m%dT%H%M%SZ}-{day:08x}"
        for line in (f"day {day}, first".encode(), f"day {day}, second".encode()):
            writer.append("log/s.jsonl", line)
            written.append(line)
    return written


def test_the_old_segments_of_a_log_are_folded_and_no_line_is_lost_or_told_twice() -> None:
    url = memory_url()
    written = many_segments(url, 3 * MOST_SEGMENTS, datetime(2026, 1, 1, tzinfo=UTC))
    store = ObjectStore(url)
    assert len(store.sizes("log/")) <= MOST_SEGMENTS + 1
    assert store.lines("log/s.jsonl") == written


def test_segments_of_runs_that_may_still_be_writing_are_not_folded() -> None:
    url = memory_url()
    written = many_segments(url, MOST_SEGMENTS + 5, datetime.now(UTC))
    store = ObjectStore(url)
    assert len(store.sizes("log/")) == MOST_SEGMENTS + 5
    assert store.lines("log/s.jsonl") == written


@pytest.mark.parametrize("survivors", ["all", "some"])
def test_a_fold_that_was_cut_short_counts_nothing_twice(monkeypatch: pytest.MonkeyPatch, survivors: str) -> None:
    url = memory_url()
    written = many_segments(url, MOST_SEGMENTS + 1, datetime(2026, 1, 1, tzinfo=UTC))
    remove = ObjectStore.remove

    def cut_short(self: ObjectStore, names: list[str]) -> None:
        remove(self, names[:10] if survivors == "some" else [])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "remove", cut_short)
        with pytest.raises(KeyboardInterrupt):
            ObjectStore(url).append("log/s.jsonl", b"never written")
    store = ObjectStore(url)
    assert any("/fold-" in name for name in store.sizes("log/"))
    assert store.lines("log/s.jsonl") == written
    store.append("log/s.jsonl", b"the next run")
    assert ObjectStore(url).lines("log/s.jsonl") == [*written, b"the next run"]
    assert len(store.sizes("log/")) <= MOST_SEGMENTS


def test_a_fault_of_a_library_is_told_in_one_line_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    store = ObjectStore(memory_url())
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(f"signed with {SECRET}\nand more")

    monkeypatch.setattr(store._files, "pipe_file", refuse)
    with pytest.raises(StorageFailed, match=r"memory://.*/latest.json cannot be written: PermissionError") as told:
        store.write("latest.json", b"{}")
    assert SECRET not in str(told.value)
    assert "\n" not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


# ---------------------------------------------------------------------- the archive in any place


@pytest.fixture
def archive(store: Store) -> Archive:
    return Archive(store)


def test_the_archive_gives_back_what_it_was_given(archive: Archive, store: Store) -> None:
    payload = bytes(range(256)) * 1000
    sha256 = archive.store(payload, {"licence": "CC0"})
    assert archive.load(sha256) == payload
    name = archive.object_name(sha256)
    assert store.sizes("objects/")[name] < len(payload) / 10
    assert json.loads(store.read(name.replace(".zst", ".json"))) == {
        "licence": "CC0",
        "sha256": sha256,
        "bytes": len(payload),
    }


def test_bytes_that_are_there_are_not_put_again(
    archive: Archive, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = archive.store(b"good", {"seen": "first"})

    def refuse(*_: object) -> None:
        raise AssertionError("written twice")

    monkeypatch.setattr(store, "write", refuse)
    assert archive.store(b"good", {"seen": "second"}) == sha256


@pytest.mark.parametrize("damage", ["gone", "half", "other", "empty"])
def test_the_archive_never_returns_a_damaged_object_and_mends_it(archive: Archive, store: Store, damage: str) -> None:
    sha256, other = archive.store(b"good" * 100, {}), archive.store(b"other", {})
    name = archive.object_name(sha256)
    whole = store.read(name)
    if damage == "gone":
        store.remove([name])
    else:
        store.write(name, {"half": whole[:-4], "other": store.read(archive.object_name(other)), "empty": b""}[damage])
    with pytest.raises(ArchiveCorrupt, match="fetches it again"):
        archive.load(sha256)
    found = dict(archive.verify())
    assert found[store.place(archive.object_name(other))] == ""
    assert damage == "gone" or found[store.place(name)]
    archive.store(b"good" * 100, {})
    assert archive.load(sha256) == b"good" * 100


@pytest.mark.parametrize("left", [None, b'{"licence": "CC'])
def test_a_sidecar_that_a_crash_left_out_or_half_is_written_the_next_time(
    archive: Archive, store: Store, left: bytes | None
) -> None:
    sha256 = archive.store(b"good", {"licence": "CC0"})
    name = archive.object_name(sha256).replace(".zst", ".json")
    store.remove([name])
    if left is not None:
        store.write(name, left)
    archive.store(b"good", {"licence": "CC0"})
    assert json.loads(store.read(name))["licence"] == "CC0"


def test_the_log_of_attempts_comes_back_in_order_and_passes_over_half_a_line(archive: Archive, store: Store) -> None:
    first = Attempt("s", "d", None, "2026-11-23T06:00:00+00:00", "hit", message="first")
    second = Attempt("s", "d", None, "2026-11-24T06:00:00+00:00", "unchanged", message="second")
    archive.record(second)
    store.append(archive.log_name("s"), b'{"source_id": "s", "docu')
    archive.record(first)
    again = Archive(ObjectStore(store.url) if isinstance(store, ObjectStore) else store)
    assert again.attempts("s") == [first, second]
    assert again.attempts("nobody") == []


def test_a_place_that_does_not_answer_is_not_taken_for_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    store = ObjectStore(memory_url())
    archive = Archive(store)
    sha256 = archive.store(b"good", {})

    def refuse(*_: object) -> None:
        raise ConnectionError("nobody there")

    monkeypatch.setattr(store._files, "cat_file", refuse)
    with pytest.raises(StorageFailed, match="nobody there"):
        archive.holds(sha256)


def test_a_folder_is_never_left_with_half_a_file(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.write("a/b", b"old")

    with pytest.raises(TypeError):
        store.write("a/b", object())  # type: ignore[arg-type]
    assert store.read("a/b") == b"old"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]
