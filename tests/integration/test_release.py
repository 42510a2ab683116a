"""A release is put in place whole or not at all, in formats that others read, while readers go on reading.

The rows are those of the invented trackers of tests/sql_desk/fixture.py.
"""

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from signposts.dictionary import load_dictionary, published_columns
from signposts.errors import InputError, ReleaseDamaged, ReleaseWithheld
from signposts.release.database import OLD_NAMES, load_macros, load_views
from signposts.release.directory import kept_releases, shown_release
from signposts.release.export import CSV_TABLES
from signposts.release.publish import Published, publish_release
from signposts.settings import Settings
from signposts.warehouse import Warehouse
from tests.sql_desk.fixture import MARCH, fill

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    fill(Warehouse(tmp_path / "warehouse.duckdb"))
    return Settings(tmp_path, tmp_path)


def release(settings: Settings, number: int = 0, as_of: date = MARCH) -> Published:
    now = NOON + timedelta(minutes=number)
    return publish_release(Warehouse(settings.warehouse), settings, as_of=as_of, now=now, with_report=False)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published folder of one release, for tests that only look."""
    home = tmp_path_factory.mktemp("shown")
    fill(Warehouse(home / "warehouse.duckdb"))
    release(Settings(home, home))
    return home / "published"


def rows(database: Path, statement: str) -> list[tuple[object, ...]]:
    with Warehouse(database, read_only=True).connect() as connection:
        return connection.execute(statement).fetchall()


def content(published: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table's rows without its release_id."""
    with Warehouse(published / "signposts.duckdb", read_only=True).connect() as connection:
        return {
            table: connection.execute(f'select * exclude (release_id) from "{table}"').fetchall()
            for table in load_dictionary().tables
        }


def standing(published: Path) -> tuple[str, str, str, list[tuple[object, ...]]]:
    """What readers see: the release named by the file and by the link, the file's digest, and its odds."""
    database = published / "signposts.duckdb"
    return (
        str(rows(database, "select any_value(release_id) from tracker")[0][0]),
        str(shown_release(published)),
        hashlib.sha256(database.read_bytes()).hexdigest(),
        rows(published / "latest" / "signposts.duckdb", "from scenario_probability"),
    )


# ---------------------------------------------------------------------- the contract


def test_every_column_is_there_with_its_type_and_comment(shown: Path) -> None:
    found = {
        (table, column): (kind, comment)
        for table, column, kind, comment in rows(
            shown / "signposts.duckdb", "select table_name, column_name, data_type, comment from duckdb_columns()"
        )
    }
    for name, table in load_dictionary().tables.items():
        for column, entry in published_columns(name, table).items():
            assert found[name, column] == (entry.type.upper(), entry.comment)
            if f"latest_{name}" in load_views():
                assert found[f"latest_{name}", column] == (entry.type.upper(), entry.comment)


def test_every_table_view_and_macro_has_a_comment(shown: Path) -> None:
    tables = dict(rows(shown / "signposts.duckdb", "select table_name, comment from duckdb_tables()"))
    assert tables == {name: table.comment for name, table in load_dictionary().tables.items()}
    views = dict(rows(shown / "signposts.duckdb", "select view_name, comment from duckdb_views() where not internal"))
    assert set(views) == {*OLD_NAMES, *load_views()}
    assert all(views.values())
    found = rows(shown / "signposts.duckdb", "select function_name, comment from duckdb_functions() where not internal")
    assert {str(name) for name, comment in found if comment} == {macro.name for macro in load_macros()}


def test_release_id_comes_first_and_is_the_same_in_every_table(shown: Path) -> None:
    for name, table in load_dictionary().tables.items():
        assert next(iter(published_columns(name, table))) == "release_id"
    tables = [name for name in load_dictionary().tables if name != "release"]
    union = " union ".join(f'select release_id from "{name}"' for name in tables)
    assert rows(shown / "signposts.duckdb", union) == [(shown_release(shown),)]


def test_no_keys_and_no_indexes_are_shipped(shown: Path) -> None:
    assert (
        rows(shown / "signposts.duckdb", "from duckdb_constraints() where not starts_with(table_name, 'duckdb')") == []
    )
    assert rows(shown / "signposts.duckdb", "from duckdb_indexes()") == []


def test_warnings_stand_in_the_comments(shown: Path) -> None:
    (comment,) = rows(shown / "signposts.duckdb", "select comment from duckdb_tables() where table_name = 'claim'")[0]
    assert "Warning: " in str(comment)
    assert "superseded_by" in str(comment)


# ---------------------------------------------------------------------- the other formats


@pytest.mark.slow
def test_parquet_files_hold_the_same_rows_as_the_tables(shown: Path) -> None:
    for name, table in load_dictionary().tables.items():
        columns = ", ".join(
            f"cast({column} as varchar)" if entry.type == "json" else column
            for column, entry in published_columns(name, table).items()
        )
        in_file = rows(shown / "signposts.duckdb", f"from read_parquet('{shown / 'parquet' / name}.parquet')")
        assert in_file == rows(shown / "signposts.duckdb", f'select {columns} from "{name}"'), name


def test_csv_cells_cannot_be_run_as_formulas(shown: Path) -> None:
    assert {path.stem for path in (shown / "csv").iterdir()} == set(CSV_TABLES)
    text = (shown / "csv" / "indicator.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    with (shown / "csv" / "indicator.csv").open(encoding="utf-8-sig", newline="") as handle:
        warnings = {row["indicator_id"]: row["usage_warning"] for row in csv.DictReader(handle)}
    assert warnings["loaves"] == "'=SUM(1): two offices count differently."
    with (shown / "csv" / "claim.csv").open(encoding="utf-8-sig", newline="") as handle:
        notes = {row["claim_id"]: row["note"] for row in csv.DictReader(handle)}
    assert notes["loaves-3"] == "'-1+2 hearsay"
    with (shown / "csv" / "assessment.csv").open(encoding="utf-8-sig", newline="") as handle:
        assert any(row["decibans"].startswith("-") for row in csv.DictReader(handle)), "numbers stay numbers"


def test_checksums_cover_every_file(shown: Path) -> None:
    folder = shown / "latest"
    listed = {}
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        listed[name] = digest
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert set(listed) == set(files) - {"SHA256SUMS"}
    assert all(hashlib.sha256(files[name].read_bytes()).hexdigest() == digest for name, digest in listed.items())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_frictionless_finds_the_datapackage_valid(shown: Path) -> None:
    from frictionless import Package

    report = Package(str(shown / "latest" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "fieldName", "note"])[:5]
    assert {task.name for task in report.tasks} == set(load_dictionary().tables)


def test_datapackage_describes_every_column(shown: Path) -> None:
    package = json.loads((shown / "datapackage.json").read_text(encoding="utf-8"))
    assert package["id"] == shown_release(shown)
    for resource in package["resources"]:
        assert (shown / resource["path"]).is_file()
        columns = published_columns(resource["name"], load_dictionary().tables[resource["name"]])
        assert [(field["name"], field["description"]) for field in resource["schema"]["fields"]] == [
            (column, entry.comment) for column, entry in columns.items()
        ]


# ---------------------------------------------------------------------- from release to release


def test_the_same_warehouse_gives_the_same_rows_and_only_release_grows(settings: Settings) -> None:
    first = release(settings, 0)
    before = content(settings.published)
    second = release(settings, 1)
    after = content(settings.published)
    assert first.release_id < second.release_id
    assert first.release_id.split("-")[1] == second.release_id.split("-")[1], "equal figures, equal digest"
    assert len(before.pop("release")) == 1
    assert len(after.pop("release")) == 2
    # What each release said when it was made, kept under its own name.
    assert len(after.pop("release_note")) > len(before.pop("release_note"))
    assert before == after


def test_a_changed_figure_changes_the_name(settings: Settings) -> None:
    first = release(settings, 0)
    with Warehouse(settings.warehouse).connect() as connection:
        connection.execute("update reading set value = value + 1 where indicator_id = 'flour'")
    assert release(settings, 1).release_id.split("-")[1] != first.release_id.split("-")[1]


@pytest.mark.slow
def test_names_sort_by_time_even_if_the_clock_goes_back(settings: Settings) -> None:
    made = [release(settings, number).release_id for number in (5, 5, 0)]
    assert made == sorted(made)
    assert len(set(made)) == 3
    assert [row[0] for row in rows(settings.published_database, "select release_id from release")] == made


def test_a_table_the_warehouse_lacks_is_published_empty(settings: Settings) -> None:
    with Warehouse(settings.warehouse).connect() as connection:
        connection.execute("drop table alert")
        connection.execute("alter table claim drop column scope")
    release(settings)
    assert rows(settings.published_database, "from alert") == []
    assert {row[0] for row in rows(settings.published_database, "select scope from claim")} == {None}


def test_a_failed_critical_check_withholds_the_release(settings: Settings) -> None:
    release(settings, 0)
    before = standing(settings.published)
    with Warehouse(settings.warehouse).connect() as connection:
        connection.execute("update check_result set severity = 'critical' where not passed")
    with pytest.raises(ReleaseWithheld, match="table claim, scored_indicators_have_claims: staff has none"):
        release(settings, 1)
    assert standing(settings.published) == before
    assert len(kept_releases(settings.published)) == 1


@pytest.mark.slow
def test_looking_back_never_moves_the_newest_release_backwards(settings: Settings) -> None:
    newest = release(settings, 0)
    before = standing(settings.published)
    looking_back = release(settings, 1, as_of=date(2026, 2, 28))
    assert newest.shown
    assert not looking_back.shown
    assert standing(settings.published) == before
    assert (looking_back.folder / "signposts.duckdb").exists()
    assert release(settings, 2).shown


@pytest.mark.slow
def test_the_last_releases_are_kept_and_the_shown_one_always(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNPOSTS_KEEP_RELEASES", "2")
    made = [release(settings, number).release_id for number in range(3)]
    assert kept_releases(settings.published) == made[1:]
    made += [release(settings, 3 + number, as_of=date(2026, 2, 28)).release_id for number in range(3)]
    assert kept_releases(settings.published) == [made[2], *made[-2:]]
    assert shown_release(settings.published) == made[2]


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "1.5"])
def test_a_wrong_number_of_releases_to_keep_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("SIGNPOSTS_KEEP_RELEASES", wrong)
    with pytest.raises(InputError, match="whole number of at least 1"):
        release(settings)


def test_the_report_comes_with_its_release_or_neither_does(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from signposts.release import publish as module

    def failing(*_: object) -> None:
        raise RuntimeError("a page that cannot be made")

    release(settings, 0)
    before = standing(settings.published)
    monkeypatch.setattr(module, "write_report", failing)
    with pytest.raises(RuntimeError, match="a page"):
        publish_release(Warehouse(settings.warehouse), settings, as_of=MARCH, now=NOON + timedelta(minutes=1))
    assert standing(settings.published) == before
    assert not list(settings.published.glob(".unfinished-*"))


# ---------------------------------------------------------------------- accidents

PUBLISH_FOREVER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from signposts.release.publish import publish_release
from signposts.settings import Settings
from signposts.warehouse import Warehouse
from tests.sql_desk.fixture import MARCH
home = Path(sys.argv[1])
settings = Settings(home, home)
print("ready", flush=True)
for _ in range(int(sys.argv[2])):
    publish_release(Warehouse(settings.warehouse), settings, as_of=MARCH, now=datetime.now(UTC), with_report=False)
"""
READ_FOREVER = """
import os, sys, time
from pathlib import Path
from signposts.warehouse import Warehouse
from signposts.dictionary import load_dictionary
published, stop = Path(sys.argv[1]), Path(sys.argv[2])
tables = [name for name in load_dictionary().tables if name != "release"]
union = " union ".join(f'select release_id from "{name}"' for name in tables)
of_files = "select distinct release_id from read_parquet($files, union_by_name = true)"
seen, looks = set(), 0
while not stop.exists():
    with Warehouse(published / "signposts.duckdb", read_only=True).connect() as connection:
        first = connection.execute(union).fetchall()
        newest = connection.execute("select max(release_id) from release").fetchall()
        again = connection.execute(union).fetchall()
    assert len(first) == 1 and first == newest == again, (first, newest, again)
    if looks % 5 == 0:
        folder = published / os.readlink(published / "latest")
        files = [str(path) for path in (folder / "parquet").glob("*.parquet") if path.stem != "release"]
        assert len(files) == len(tables), (folder, len(files))
        with Warehouse(folder / "signposts.duckdb", read_only=True).connect() as connection:
            named = connection.execute(of_files, {"files": files}).fetchall()
        assert named == [(folder.name,)], (folder, named)
    seen.add(first[0][0])
    looks += 1
    time.sleep(0.3)
print(looks, len(seen))
"""


def start(script: str, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, *words],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def readers(settings: Settings, number: int) -> Iterator["subprocess.Popen[str]"]:
    for _ in range(number):
        yield start(READ_FOREVER, str(settings.published), str(settings.home / "stop"))


@pytest.mark.parametrize(("number", "releases"), [(2, 3), pytest.param(10, 20, marks=pytest.mark.slow)])
def test_readers_see_no_error_and_never_a_mixture(settings: Settings, number: int, releases: int) -> None:
    release(settings)
    reading = list(readers(settings, number))
    writing = start(PUBLISH_FOREVER, str(settings.home), str(releases))
    _, errors = writing.communicate(timeout=280)
    (settings.home / "stop").touch()
    told = [reader.communicate(timeout=60) for reader in reading]
    assert writing.returncode == 0, errors
    assert [reader.returncode for reader in reading] == [0] * number, [text for _, text in told if text]
    assert all(int(text.split()[0]) >= 1 for text, _ in told)
    assert max(int(text.split()[1]) for text, _ in told) >= 2, "the readers saw the release change"
    assert len(rows(settings.published_database, "from release")) == releases + 1


def test_a_reader_that_holds_the_file_delays_nothing_and_keeps_its_release(settings: Settings) -> None:
    first = release(settings, 0)
    hold = """
import sys
from pathlib import Path
from signposts.warehouse import Warehouse
with Warehouse(Path(sys.argv[1]), read_only=True).connect() as connection:
    print(connection.execute("select any_value(release_id) from tracker").fetchall()[0][0], flush=True)
    sys.stdin.readline()
    print(connection.execute("select any_value(release_id) from log_ratio").fetchall()[0][0], flush=True)
"""
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(settings.published_database)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == first.release_id
    second = release(settings, 1)
    assert shown_release(settings.published) == second.release_id
    assert holder.poll() is None, "the reader still held the file"
    told, _ = holder.communicate("go on\n", timeout=30)
    assert told.strip() == first.release_id


def test_a_client_that_opens_the_file_for_writing_delays_nothing_and_changes_no_kept_release(
    settings: Settings,
) -> None:
    first = release(settings, 0)
    write = """
import sys
from pathlib import Path
from signposts.warehouse import Warehouse
with Warehouse(Path(sys.argv[1])).connect() as connection:
    connection.execute("create table mine as select 1 as one")
    connection.execute("checkpoint")
    print("written", flush=True)
    sys.stdin.readline()
"""
    with subprocess.Popen(
        [sys.executable, "-c", write, str(settings.published_database)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline().strip() == "written"
        second = release(settings, 1)
        assert writer.poll() is None, "the client still held the file"
        writer.communicate("go on\n", timeout=30)
    assert shown_release(settings.published) == second.release_id
    assert_whole(settings.published)
    for kept in (first, second):
        assert rows(kept.folder / "signposts.duckdb", "from duckdb_tables() where table_name = 'mine'") == []


def test_a_last_release_that_cannot_be_read_is_named_with_the_remedy(settings: Settings) -> None:
    made = release(settings, 0)
    (made.folder / "signposts.duckdb").write_bytes(b"damaged")
    with pytest.raises(ReleaseDamaged, match="is damaged"):
        release(settings, 1)


@pytest.mark.slow
def test_a_kill_in_the_middle_leaves_the_last_release_intact(settings: Settings) -> None:
    release(settings)
    killed_in_the_middle = 0
    for attempt in range(6):
        writing = start(PUBLISH_FOREVER, str(settings.home), "100")
        assert writing.stdout is not None
        writing.stdout.readline()
        deadline = time.monotonic() + 20
        while not list(settings.published.glob(".unfinished-2*")) and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.04 * attempt)
        writing.send_signal(signal.SIGKILL)
        writing.communicate(timeout=30)
        killed_in_the_middle += bool(list(settings.published.glob(".unfinished-2*")))
        assert_whole(settings.published)
    assert killed_in_the_middle >= 1
    after = release(settings, 60 * 24 * 365)
    assert shown_release(settings.published) == after.release_id
    assert not list(settings.published.glob(".unfinished-*"))


def assert_whole(published: Path) -> None:
    """What readers see is one whole release, each file with the checksum that its folder lists."""
    named = str(rows(published / "signposts.duckdb", "select any_value(release_id) from tracker")[0][0])
    for folder in (published / "releases" / named, published / "latest"):
        for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
            digest, name = line.split("  ", 1)
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    digest = hashlib.sha256((published / "signposts.duckdb").read_bytes()).hexdigest()
    assert digest == hashlib.sha256((published / "releases" / named / "signposts.duckdb").read_bytes()).hexdigest()


PUBLISH_ON_A_FULL_DISK = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from signposts.errors import ReleaseWithheld
from signposts.release.publish import publish_release
from signposts.settings import Settings
from signposts.warehouse import Warehouse
from tests.sql_desk.fixture import MARCH, fill
home = Path(sys.argv[1])
warehouse = Warehouse(Path(":memory:"))
with warehouse.connect():
    fill(warehouse)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]) * 1024, resource.RLIM_INFINITY))
    try:
        publish_release(warehouse, Settings(home, home), as_of=MARCH, now=datetime.now(UTC), with_report=False)
    except ReleaseWithheld as error:
        print("withheld:", error)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [1, 64, 640])
def test_a_full_disk_withholds_the_release_and_leaves_the_last_intact(settings: Settings, kilobytes: int) -> None:
    release(settings)
    before = standing(settings.published)
    told, errors = start(PUBLISH_ON_A_FULL_DISK, str(settings.home), str(kilobytes)).communicate(timeout=60)
    assert told.startswith("withheld: the release could not be written"), errors
    assert "make room" in told
    assert standing(settings.published) == before
    assert not list(settings.published.glob(".unfinished-*"))
    assert len(kept_releases(settings.published)) == 1
