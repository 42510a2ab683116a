"""What a stranger's bytes, a curious reader or a careless line could do, and that it does not.

The threats are those of SECURITY.md, one part each.
"""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from signposts.errors import ArchiveCorrupt, InputError, SourceChanged
from signposts.release.query import ask, run_query
from signposts.sources import strict
from signposts.sources.archive import Archive
from signposts.warehouse import Warehouse
from tests.paths import CHECKOUT

BIN = Path(sys.executable).parent
TRACKERS = CHECKOUT / "tests" / "trackers"
CODE = sorted([*(CHECKOUT / "assets").rglob("*.py"), *(CHECKOUT / "signposts").rglob("*.py")])
MARK = "opensesame-4711"


# ---------------------------------------------------------------------- bytes from publishers

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>"""
LOCAL_FILE = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>"""
REMOTE_DTD = b"""<?xml version="1.0"?><!DOCTYPE l SYSTEM "http://127.0.0.1:9/l.dtd"><l/>"""


@pytest.mark.parametrize("payload", [LAUGHS, LOCAL_FILE, REMOTE_DTD], ids=["laughs", "local-file", "remote-dtd"])
def test_xml_with_entities_or_a_document_type_is_refused(payload: bytes) -> None:
    with pytest.raises(SourceChanged):
        strict.read_xml(payload)
    with pytest.raises(SourceChanged):
        list(strict.stream_xml(payload))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", "A" * 64, "a" * 63, ""])
def test_an_object_of_the_archive_has_no_name_but_a_hash(name: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveCorrupt):
        Archive(tmp_path).object_path(name)


@pytest.mark.parametrize("name", ["../log", "a/b", "/etc/passwd", ""])
def test_a_log_of_the_archive_has_no_name_but_a_source(name: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveCorrupt):
        Archive(tmp_path).log_path(name)


@pytest.mark.parametrize("name", ["../../escaped.csv", "/escaped.csv", "votes.csv/../../escaped.csv"])
def test_a_packed_file_with_another_name_than_the_one_expected_is_refused(
    name: str, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "a\tb\n")
    with pytest.raises(SourceChanged, match="a file named"):
        strict.unzip_one(packed.getvalue(), re.compile(r"votes\.csv"), 1000)
    assert list(tmp_path.rglob("*")) == []


def test_a_packed_file_that_swells_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("votes.csv", b"0" * 1_000_000)
    with pytest.raises(SourceChanged, match="unpacks to more than"):
        strict.unzip_one(packed.getvalue(), re.compile(r"votes\.csv"), 1000)


def test_nothing_unpacks_to_disk_or_loads_objects_from_bytes_of_others() -> None:
    forbidden = re.compile(
        r"\.extractall\(|\.extract\(|\bpickle\b|\bmarshal\b|\byaml\.(?:unsafe_load|full_load)\(|\beval\("
    )
    found = {(path.name, match[0]) for path in CODE for match in forbidden.finditer(path.read_text("utf-8"))}
    assert found == set()


def test_no_certificate_goes_unchecked_and_no_shell_is_asked() -> None:
    forbidden = re.compile(r"verify\s*=\s*False|shell\s*=\s*True|os\.system\(")
    found = [f"{path.name}: {match[0]}" for path in CODE for match in forbidden.finditer(path.read_text("utf-8"))]
    assert found == []


# ---------------------------------------------------------------------- statements from readers


@pytest.fixture
def release(tmp_path: Path) -> Path:
    path = tmp_path / "release.duckdb"
    with Warehouse(path).connect() as connection:
        connection.execute("create table note as select '=1+1' as text, 1 as number")
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine as select 1",
        "delete from note",
        "drop table note",
        "copy note to 'stolen.csv'",
        "from read_csv('/etc/passwd')",
        "from read_text('/etc/passwd')",
        "from '/etc/passwd'",
        "attach 'other.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "from glob('/etc/*')",
        "export database 'stolen'",
        "select getenv('HOME')",
    ],
)
def test_a_reader_can_read_one_file_and_do_nothing_else(
    statement: str, release: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = release.read_bytes()
    with pytest.raises(InputError):
        ask(release, statement)
    assert release.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"release.duckdb"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(start: str, release: Path) -> None:
    with Warehouse(release).connect() as connection:
        connection.execute("update note set text = $text", {"text": f"{start}cmd|' /C calc'!A0"})
    written = run_query(release, "select text, -number as number from note", output="csv").decode()
    assert f"'{start}cmd" in written
    assert written.rstrip().endswith("-1"), "numbers stay numbers"


# ---------------------------------------------------------------------- what listens


def test_pages_listen_on_loopback_unless_told_otherwise() -> None:
    import inspect

    from signposts.cli import serve

    assert inspect.signature(serve).parameters["host"].default == "127.0.0.1"


def test_only_the_desk_opens_a_port_and_on_loopback_alone() -> None:
    from signposts.cli import desk_page

    forbidden = re.compile(r"0\.0\.0\.0|\.listen\(|\.bind\(|HTTPServer|socketserver")
    found = {path.name for path in CODE if forbidden.search(path.read_text("utf-8"))}
    assert found == {"desk_page.py", "desk_example.py"}
    assert desk_page.HOST == "127.0.0.1"
    example = (CHECKOUT / "signposts" / "cli" / "desk_example.py").read_text(encoding="utf-8")
    assert re.findall(r"HTTPServer\(\((.*?),", example) == ['"127.0.0.1"']


# ---------------------------------------------------------------------- secrets


@pytest.mark.slow
def test_no_secret_of_the_environment_is_in_any_file_table_or_line_of_a_run(tmp_path: Path) -> None:
    """A real run of the first tracker's sources, all of whose addresses lead to a closed port."""
    import yaml

    sources = yaml.safe_load((CHECKOUT / "catalogue" / "sources.yaml").read_text(encoding="utf-8"))
    names = [entry["secret"] for entry in sources.values() if entry.get("secret")]
    assert names
    environment = os.environ | {
        "SIGNPOSTS_HOME": str(tmp_path / "home"),
        "SIGNPOSTS_CATALOGUE": str(CHECKOUT / "catalogue"),
        "SIGNPOSTS_NOTIFY_URL": f"json://anna:{MARK}@127.0.0.1:9/{MARK}",
        **dict.fromkeys(names, MARK),
        **{f"SIGNPOSTS_{source_id.upper()}_URL": "http://127.0.0.1:9" for source_id in sources},
    }
    outcome = subprocess.run(
        [str(BIN / "signposts"), "run", "--verbose"], env=environment, capture_output=True, text=True, timeout=280
    )
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    assert MARK not in outcome.stdout + outcome.stderr
    for path in (tmp_path / "home").rglob("*"):
        if path.is_file():
            assert MARK.encode() not in path.read_bytes(), path
    for database in (tmp_path / "home" / "warehouse.duckdb", tmp_path / "home" / "published" / "signposts.duckdb"):
        warehouse = Warehouse(database, read_only=True)
        with warehouse.connect() as connection:
            tables = connection.execute("select table_name from duckdb_tables()").fetchall()
            for (name,) in tables:
                found = connection.execute(
                    f'select count(*) from "{name}" as t where contains(cast(t as varchar), $mark)', {"mark": MARK}
                ).fetchone()
                assert found == (0,), name


# ---------------------------------------------------------------------- our own code and what it stands on


def test_the_security_rules_of_the_linter_hold_and_every_exception_says_why() -> None:
    # S101: an assert narrows a type and guards nothing.
    outcome = subprocess.run(
        [str(BIN / "ruff"), "check", "--select", "S", "--ignore", "S101", "--no-cache", "assets", "checks"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stdout
    bare = re.compile(r"# noqa: S\d+(?:, S\d+)*\s*$", re.MULTILINE)
    assert [path.name for path in CODE if bare.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.slow
def test_no_dependency_has_a_known_weakness(tmp_path: Path) -> None:
    outcome = subprocess.run(
        [
            str(BIN / "pip-audit"),
            "-r",
            "requirements.lock",
            "--no-deps",
            "--disable-pip",
            "--timeout",
            "10",
            "-f",
            "json",
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=200,
    )
    if not outcome.stdout.startswith("{"):
        pytest.skip("pip-audit cannot reach its list of weaknesses from here")
    judged = [package for package in json.loads(outcome.stdout)["dependencies"] if "skip_reason" not in package]
    if not judged:
        pytest.skip("pip-audit found none of the packages in the list that it reaches from here")
    assert [package for package in judged if package["vulns"]] == []
