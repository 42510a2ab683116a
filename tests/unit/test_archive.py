"""The archive keeps every publisher's bytes whole, by their hash, and the log of every attempt."""

import json
from pathlib import Path

import pytest

from signposts.errors import ArchiveCorrupt
from signposts.files import append_line, write_atomically
from signposts.sources.archive import Archive, Attempt


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def test_the_archive_gives_back_what_it_was_given(archive: Archive) -> None:
    payload = bytes(range(256)) * 1000
    sha256 = archive.store(payload, {"licence": "CC0"})
    assert archive.load(sha256) == payload
    path = archive.object_path(sha256)
    assert path.stat().st_size < len(payload) / 10
    sidecar = json.loads(path.with_suffix(".json").read_bytes())
    assert sidecar == {"licence": "CC0", "sha256": sha256, "bytes": len(payload)}


def test_bytes_that_are_there_are_not_written_again(archive: Archive) -> None:
    sha256 = archive.store(b"good", {"seen": "first"})
    before = archive.object_path(sha256).stat().st_mtime_ns
    assert archive.store(b"good", {"seen": "second"}) == sha256
    assert archive.object_path(sha256).stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", ["gone", "half", "other", "empty"])
def test_the_archive_never_returns_a_damaged_object_and_mends_it(archive: Archive, damage: str) -> None:
    sha256, other = archive.store(b"good" * 100, {}), archive.store(b"other", {})
    path = archive.object_path(sha256)
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"half": whole[:-4], "other": archive.object_path(other).read_bytes(), "empty": b""}[damage])
    with pytest.raises(ArchiveCorrupt, match="fetches it again"):
        archive.load(sha256)
    found = dict(archive.verify())
    assert found[str(archive.object_path(other))] == ""
    assert damage == "gone" or found[str(path)]
    archive.store(b"good" * 100, {})
    assert archive.load(sha256) == b"good" * 100


@pytest.mark.parametrize("left", [None, b'{"licence": "CC'])
def test_a_sidecar_that_a_crash_left_out_or_half_is_written_the_next_time(archive: Archive, left: bytes | None) -> None:
    sha256 = archive.store(b"good", {"licence": "CC0"})
    sidecar = archive.object_path(sha256).with_suffix(".json")
    sidecar.unlink()
    if left is not None:
        sidecar.write_bytes(left)
    archive.store(b"good", {"licence": "CC0"})
    assert json.loads(sidecar.read_bytes())["licence"] == "CC0"


def test_the_log_of_attempts_keeps_its_own_order_whatever_the_clock_said_and_passes_over_what_is_no_attempt(
    archive: Archive, tmp_path: Path
) -> None:
    first = Attempt("s", "d", None, "2026-11-23T06:00:00+00:00", "hit", message="first")
    second = Attempt("s", "d", None, "2026-11-24T06:00:00+00:00", "unchanged", message="second")
    archive.record(second)
    append_line(archive.log_path("s"), b'{"source_id": "s", "docu')
    append_line(archive.log_path("s"), b'{"source_id": 7, "document": [], "url": {}, "fetched_at": "x", "outcome": 1}')
    append_line(archive.log_path("s"), b"[1, 2]")
    archive.record(first)
    again = Archive(tmp_path)
    assert again.attempts("s") == [second, first]
    assert again.attempts("nobody") == []


def test_a_line_after_half_a_line_stands_alone(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"half")
    append_line(log, b"whole")
    assert log.read_bytes() == b"half\nwhole\n"


def test_a_folder_is_never_left_with_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, object())  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [each.name for each in path.parent.iterdir()] == ["b"]
