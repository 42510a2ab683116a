"""Recording a claim and accepting a revision: what is filled in, what is refused, and that nothing else changes."""

import csv
import io
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from signposts.catalogue import LEDGER_COLUMNS, Indicator, check, load_catalogue
from signposts.catalogue.accepted import accepted_rows
from signposts.catalogue.writing import NewRow, append_rows
from signposts.cli import recording
from signposts.cli.recording import accept_claim, completed, given_fields, record_claim
from signposts.errors import CatalogueError, InputError
from signposts.sources.archive import Archive
from signposts.warehouse import Warehouse
from tests.paths import CHECKOUT
from tests.publishers.server import Reply, loopback_publishers

TRACKERS = CHECKOUT / "tests" / "trackers"
CLAIM = [
    "kind=value",
    "value=117.5",
    "period_start=2026-01-01",
    "period_end=2026-06-30",
    "published_on=2026-07-10",
    "source_name=Harbour office (invented)",
    "speaker=Harbour office",
    "source_url=https://harbour.example/table",
    "reliability=B",
    "credibility=2",
]
PAGE = "<html><title>Table</title><body>" + "<p>An invented row of the table.</p>" * 20 + "</body></html>"


@pytest.fixture(autouse=True)
def _nobody_at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())


def last_row(ledger: Path) -> dict[str, str]:
    return list(csv.DictReader(ledger.read_text(encoding="utf-8").splitlines()))[-1]


def indicator(folder: Path, name: str) -> Indicator:
    return load_catalogue(folder.parent).tracker("island_ferry").indicators[name]


def test_a_claim_gets_the_next_identifier_the_time_the_unit_and_who_recorded_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNPOSTS_ANALYST", "ann (invented)")
    before = datetime.now(UTC).replace(microsecond=0)
    record_claim("passengers", CLAIM, "", archive_page=False)
    row = last_row(folder / "ledger" / "passengers.csv")
    used = [found.claim.claim_id for found in load_catalogue(folder.parent).trackers[0].ledgers["passengers"].rows]
    assert len(set(used)) == len(used)
    assert int(row["claim_id"].removeprefix("passengers-")) == len(used)
    assert (row["unit"], row["status"], row["sha256"]) == ("thousand passengers", "reported", "")
    assert row["recorded_by"] == "ann (invented)"
    assert before <= datetime.fromisoformat(row["recorded_at"]) <= datetime.now(UTC)
    assert check(folder.parent) == []


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b""])
def test_every_byte_before_the_new_row_stays_whatever_ends_the_lines(folder: Path, ending: bytes) -> None:
    ledger = folder / "ledger" / "passengers.csv"
    before = ledger.read_bytes().replace(b"\n", ending or b"\n")
    before = before if ending else before.rstrip(b"\n")
    ledger.write_bytes(before)
    ledger.chmod(0o664)
    record_claim("passengers", [*CLAIM, "note=a comma, and a line\nmore"], "", archive_page=False)
    assert ledger.read_bytes().startswith(before)
    assert ledger.stat().st_mode & 0o777 == 0o664
    assert load_catalogue(folder.parent).trackers[0].ledgers["passengers"].rows[-1].fields["value"] == "117.5"
    assert sorted(path.suffix for path in ledger.parent.iterdir()) == [".csv"] * len(list(ledger.parent.iterdir()))


def test_the_first_claim_of_an_indicator_makes_its_ledger(folder: Path) -> None:
    (folder / "ledger" / "freight.csv").unlink()
    record_claim("freight", CLAIM, "island_ferry", archive_page=False)
    assert last_row(folder / "ledger" / "freight.csv")["claim_id"] == "freight-001"


def test_two_who_record_at_once_get_two_identifiers(folder: Path) -> None:
    people = [threading.Thread(target=record_claim, args=("passengers", CLAIM, "", False)) for _ in range(4)]
    before = len(load_catalogue(folder.parent).trackers[0].ledgers["passengers"].rows)
    for person in people:
        person.start()
    for person in people:
        person.join()
    rows = load_catalogue(folder.parent).trackers[0].ledgers["passengers"].rows
    assert len({row.claim.claim_id for row in rows}) == before + 4


@pytest.mark.parametrize(
    ("name", "words", "filled"),
    [
        (
            "storm_cancellations",
            ["kind=count", "happened_from=2026-01-09"],
            {"value": "1", "period_start": "2026-01-09", "period_end": "2026-01-09", "happened_to": "2026-01-09"},
        ),
        ("council_votes", ["kind=count", "happened_from=2026-01-09", "value=0"], {"trials": "1", "value": "0"}),
        ("ship_sold", ["kind=event", "happened_from=2026-01-09"], {"happened_to": "2026-01-09"}),
        (
            "ship_sold",
            ["kind=event", "happened_from=2026-01-09", "happened_to=2026-01-31"],
            {"happened_to": "2026-01-31"},
        ),
        (
            "passengers",
            ["kind=growth", "period_start=2026-01-01", "period_end=2026-06-30", "value=3"],
            {"unit": "percent"},
        ),
    ],
)
def test_what_a_claim_already_says_need_not_be_said_again(
    folder: Path, name: str, words: list[str], filled: dict[str, str]
) -> None:
    row = completed(indicator(folder, name), given_fields([*CLAIM[4:], *words]))
    assert {key: row.get(key) for key in filled} == filled
    record_claim(name, [*CLAIM[4:], *words], "", archive_page=False)
    assert check(folder.parent) == []


def test_a_withdrawal_needs_only_the_claim_that_it_takes_back(folder: Path) -> None:
    words = ["kind=value", "status=withdrawn", "corrects=freight-1", *CLAIM[4:]]
    record_claim("freight", words, "", archive_page=False)
    assert last_row(folder / "ledger" / "freight.csv")["corrects"] == "freight-1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["kind=value"], "period_end"),
        ([], "kind of claim"),
        (["kind=plan"], "planned_for"),
        (["kind=value", "status=withdrawn"], "corrects"),
    ],
)
def test_what_is_missing_is_named_with_its_meaning_and_nothing_is_written(
    folder: Path, words: list[str], said: str
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match=said):
        record_claim("passengers", words, "", archive_page=False)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_at_a_terminal_each_missing_field_is_asked_for_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def prompt(text: str, default: str | None = None, show_default: bool = True) -> str:
        asked.append(text)
        chosen = {
            recording.MEANING["kind"]: "none_seen",
            recording.MEANING["searched_until"]: "2026-07-01",
            recording.MEANING["reliability"]: "A",
            recording.MEANING["credibility"]: "1",
            recording.MEANING["published_on"]: "2026-07-02",
            recording.MEANING["source_url"]: "",
        }
        return chosen.get(text, "Ferry office")

    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(recording.typer, "prompt", prompt)
    record_claim("ship_sold", [], "", archive_page=False)
    assert len(asked) == len(set(asked)) == 8
    assert last_row(folder / "ledger" / "ship_sold.csv")["searched_until"] == "2026-07-01"


@pytest.mark.parametrize("field", ["claim_id=passengers-1", "recorded_at=2020-01-01T00:00:00Z", "sha256=00"])
def test_what_the_command_fills_in_cannot_be_given(field: str) -> None:
    with pytest.raises(InputError, match="leave it out"):
        given_fields([field])


# ---- the cited page


def test_a_cited_page_is_kept_with_the_claim(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with loopback_publishers() as server:
        server.faults["ofac_sdn"] = lambda path, attempt, good: Reply(200, {"Content-Type": "text/html"}, PAGE.encode())
        origin = server.url("ofac_sdn").removesuffix("/ofac_sdn")
        monkeypatch.setenv("SIGNPOSTS_CITED_PAGE_URL", origin)
        record_claim("passengers", [*CLAIM, f"source_url={origin}/ofac_sdn/table"], "", archive_page=True)
    row = last_row(folder / "ledger" / "passengers.csv")
    assert Archive(folder.parents[1] / "home" / "archive").load(row["sha256"]) == PAGE.encode()


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(404), "404"),
        (Reply(200, {"Content-Type": "text/html"}, b"<title>Just a moment...</title>" + b"wait " * 99), "gate"),
        (Reply(200, {"Content-Type": "text/html"}, b"<html></html>"), "next to empty"),
    ],
)
def test_a_claim_whose_page_is_no_page_is_not_recorded(
    folder: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply, said: str
) -> None:
    before = (folder / "ledger" / "passengers.csv").read_bytes()
    with loopback_publishers() as server:
        server.faults["ofac_sdn"] = lambda path, attempt, good: reply
        origin = server.url("ofac_sdn").removesuffix("/ofac_sdn")
        monkeypatch.setenv("SIGNPOSTS_CITED_PAGE_URL", origin)
        with pytest.raises(InputError, match=said):
            record_claim("passengers", [*CLAIM, f"source_url={origin}/ofac_sdn/table"], "", archive_page=True)
    assert (folder / "ledger" / "passengers.csv").read_bytes() == before


def test_a_page_needs_an_address(folder: Path) -> None:
    with pytest.raises(InputError, match="source_url=ADDRESS"):
        record_claim("passengers", [word for word in CLAIM if "source_url" not in word], "", archive_page=True)


# ---- accepting


@pytest.fixture
def held(folder: Path) -> str:
    """A release in which one claim is held."""
    published = folder.parents[1] / "home" / "published"
    (published / "latest").mkdir(parents=True)
    for database in (published / "signposts.duckdb", published / "latest" / "signposts.duckdb"):
        row = {"tracker_id": "island_ferry", "indicator_id": "freight", "status": "reported", "held": True}
        row["claim_id"] = "freight-w-1"
        Warehouse(database).write_rows("claim", [row, {**row, "claim_id": "freight-1", "held": False}])
    return "freight-w-1"


def test_an_accepted_claim_stands_with_its_reason_and_day_where_the_run_reads_it(folder: Path, held: str) -> None:
    digest = load_catalogue(folder.parent).trackers[0].catalogue_sha256
    accept_claim(held, "the office\nconfirmed it", "")
    (row,) = accepted_rows("island_ferry", folder)
    assert (row["claim_id"], row["reason"]) == (held, "the office confirmed it")
    assert row["accepted_on"] == datetime.now(UTC).date()
    assert load_catalogue(folder.parent).trackers[0].catalogue_sha256 == digest
    with pytest.raises(InputError, match="accepted already"):
        accept_claim(held, "again", "")
    assert len(accepted_rows("island_ferry", folder)) == 1


@pytest.mark.parametrize(
    ("claim", "reason", "said"),
    [
        ("freight-1", "looks right", "held are freight-w-1"),
        ("nothing-1", "why", "held are"),
        ("freight-w-1", " ", "reason"),
    ],
)
def test_what_is_not_held_or_has_no_reason_is_not_accepted(
    folder: Path, held: str, claim: str, reason: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        accept_claim(claim, reason, "")
    assert not (folder / "accepted.csv").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("freight-1,why,2026-13-01", "is no day"),
        ("freight-1,,2026-01-01", "it is empty"),
        ("freight-1", "the header has 3"),
    ],
)
def test_a_row_of_accepted_that_cannot_be_read_is_named_by_line(folder: Path, line: str, said: str) -> None:
    (folder / "accepted.csv").write_text(f"claim_id,reason,accepted_on\n{line}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=f"accepted.csv:2: .*{said}"):
        accepted_rows("island_ferry", folder)


def test_a_full_disk_leaves_the_ledger_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = folder / "ledger" / "passengers.csv"
    before = ledger.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("signposts.files.os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        append_rows(folder, [NewRow(ledger, LEDGER_COLUMNS, ["x"] * len(LEDGER_COLUMNS))])
    assert ledger.read_bytes() == before
    assert [path for path in ledger.parent.iterdir() if path.suffix != ".csv"] == []
