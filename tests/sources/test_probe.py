"""`signposts probe`: one polite request a document, every fault in words, and no trace."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from signposts.cli import app
from signposts.sources.publishers import PUBLISHERS
from tests.publishers.catalogue import real_sources, without_ledger
from tests.publishers.documents import un_general_assembly
from tests.publishers.server import LoopbackPublishers, Reply
from tests.publishers.spoiling import HARMLESS

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path, addresses: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(without_ledger(tmp_path)))
    return tmp_path / "state"


def probed(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit code and the rows of a probe."""
    done = CliRunner().invoke(app, ["probe", "--json", *arguments])
    return done.exit_code, json.loads(done.stdout)


def test_every_publisher_is_asked_once_a_document_and_nothing_is_stored(home: Path, server: LoopbackPublishers) -> None:
    inbox = home / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "2026_02_06_ga_voting.csv").write_bytes(un_general_assembly())
    code, rows = probed()
    assert code == 0, [row for row in rows if row["asked"] and not row["understood"]]
    assert {row["source_id"] for row in rows} == set(PUBLISHERS)
    assert all(row["answered"] and row["understood"] for row in rows if row["asked"])
    # SIPRI's registers are asked for at one address, the body says whose; of a large file beginning and end are.
    asked = Counter((name, path, headers.get("range")) for name, path, headers in server.requests)
    assert {key[0] for key, times in asked.items() if times > 1} <= {"sipri_arms"}
    for source_id, source in real_sources().items():
        requests = [path for name, path, _ in server.requests if name == source_id]
        assert len(requests) <= 4 * len(source.documents), source_id
    assert [path for path in home.rglob("*") if path.is_file()] == [inbox / "2026_02_06_ga_voting.csv"]
    dated = {row["source_id"] for row in rows if row["newest_period"]}
    assert {"world_bank", "imf_imts", "bank_of_russia", "rial_market", "gdelt_doc", "ofac_sdn"} <= dated


def test_a_single_source_is_probed_by_its_name_and_another_name_is_refused(
    home: Path, server: LoopbackPublishers
) -> None:
    code, rows = probed("world_bank")
    assert (code, [row["document"] for row in rows]) == (0, ["gdp"])
    assert rows[0]["newest_period"] == "2025-12-31"
    wrong = CliRunner().invoke(app, ["probe", "world_bnak"])
    assert wrong.exit_code != 0
    assert "did you mean 'world_bank'?" in str(wrong.exception)
    assert {name for name, _, _ in server.requests} == {"world_bank"}


def test_what_failed_is_said_in_words_and_by_the_exit_code(home: Path, server: LoopbackPublishers) -> None:
    server.faults["ofac_sdn"] = lambda path, attempt, good: Reply(403)
    server.spoil["world_bank"] = lambda content: content.replace(b'"value"', b'"worth"')
    done = CliRunner().invoke(app, ["probe", "ofac_sdn", "world_bank", "rial_market"])
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert "! ofac_sdn sdn: no answer: HTTP 403: the publisher refuses us" in lines
    assert "! world_bank gdp: answered, not understood: a row lacks the field 'value'" in lines
    assert any(line.startswith("  rial_market rates: answered, understood, ") for line in lines)
    assert lines[-1] == "3 documents asked for, 2 of them failed; nothing was stored"


def test_what_is_new_in_a_shape_is_named(home: Path, server: LoopbackPublishers) -> None:
    for source_id, (spoil, remark) in HARMLESS.items():
        server.spoil[source_id] = spoil
        code, rows = probed(source_id)
        assert code == 0
        assert any(remark in row["new_in_shape"] for row in rows), (source_id, rows)


def test_a_source_without_its_key_or_its_file_is_not_asked_and_that_is_no_failure(
    home: Path, server: LoopbackPublishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UCDP_ACCESS_TOKEN")
    code, rows = probed("ucdp_ged", "un_general_assembly")
    assert (code, [row["asked"] for row in rows]) == (0, [False, False])
    assert "UCDP_ACCESS_TOKEN" in rows[0]["message"]
    assert "no file named" in rows[1]["message"]
    assert not server.requests


def test_a_secret_is_in_no_line(home: Path) -> None:
    done = CliRunner().invoke(app, ["probe", "ucdp_ged"])
    assert "invented-and-never-shown" not in done.output
