"""`signposts preview`: what would change is said, and nothing is written. The tracker is invented."""

import hashlib
import re
from pathlib import Path

import pytest

from signposts.warehouse import Warehouse
from tests.ferry import Installation, ferry_installation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = ferry_installation(tmp_path_factory.mktemp("ferry"))
    made.run()
    return made


def digests(home: Path) -> dict[str, str]:
    files = (path for path in home.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_without_news_no_reading_differs_and_nothing_is_written(installation: Installation) -> None:
    before = digests(installation.home)
    outcome = installation.signposts("preview")
    assert outcome.returncode == 0, outcome.stderr
    assert "no reading differs from the last release" in outcome.stdout
    assert "+0.0 points" in outcome.stdout
    assert digests(installation.home) == before


def test_a_new_claim_is_named_with_the_reading_and_the_move_that_would_follow(installation: Installation) -> None:
    ledger = installation.ledger("ship_sold")
    text = ledger.read_text(encoding="utf-8")
    header = text.splitlines()[0].split(",")
    row = dict.fromkeys(header, "")
    row |= {
        "claim_id": "ship_sold-990",
        "kind": "event",
        "happened_from": "2026-06-01",
        "happened_to": "2026-06-01",
        "unit": "event",
        "source_name": "Harbour office (invented)",
        "speaker": "The harbour master (invented)",
        "source_url": "https://example.org/sold",
        "reliability": "A",
        "credibility": "1",
        "status": "reported",
        "published_on": "2026-06-02",
        "recorded_at": "2026-06-03T08:00:00Z",
    }
    ledger.write_text(text + ",".join(row[name] for name in header) + "\n", encoding="utf-8")
    try:
        before = digests(installation.home)
        outcome = installation.signposts("preview")
        assert outcome.returncode == 0, outcome.stderr
        assert "1 new claims: ship_sold-990" in outcome.stdout
        moves = [line for line in outcome.stdout.splitlines() if line.rstrip().endswith("points")]
        assert any("+0.0" not in line for line in moves)
        assert digests(installation.home) == before
    finally:
        ledger.write_text(text, encoding="utf-8")


def test_a_renamed_indicator_keeps_its_claims_and_their_history(installation: Installation) -> None:
    versions = (
        "select replace(claim_id, 'freight-', 'cargo_landed-') as claim_id, recorded_at, version from claim_version "
        "where indicator_id in ('freight', 'cargo_landed') order by all"
    )
    warehouse = Warehouse(installation.home / "warehouse.duckdb")
    before = warehouse.rows(versions)
    statements = (installation.catalogue / "island_ferry" / "coverage.yaml").read_text(encoding="utf-8")
    renamed = installation.signposts("rename", "freight", "cargo_landed")
    assert renamed.returncode == 0, renamed.stderr
    assert not installation.ledger("freight").exists()
    assert warehouse.rows(versions) == before
    assert warehouse.rows("select 1 from claim_version where indicator_id = 'freight'") == []
    now = (installation.catalogue / "island_ferry" / "coverage.yaml").read_text(encoding="utf-8")
    assert now == re.sub(r"\bfreight(?=[],])", "cargo_landed", statements) != statements
    shown = installation.signposts("preview")
    assert shown.returncode == 0, shown.stderr
    assert "+0.0 points" in shown.stdout
    taken = installation.signposts("rename", "cargo_landed", "passengers")
    assert (taken.returncode, "is taken" in taken.stderr) == (2, True)
    assert installation.signposts("rename", "cargo_landed", "freight").returncode == 0


def test_a_draft_is_previewed_and_never_released(installation: Installation) -> None:
    assert installation.signposts("new", "my_tracker").returncode == 0
    shown = installation.signposts("preview", "--tracker", "my_tracker")
    assert shown.returncode == 0, shown.stderr
    assert "a draft, never released" in shown.stdout
    assert "still a placeholder" in shown.stdout
    assert installation.signposts("check", "--tracker", "my_tracker", "--strict").returncode == 1
    assert installation.signposts("run", "--offline").returncode == 0
    assert installation.rows("select distinct tracker_id from tracker") == [("island_ferry",)]


def test_a_placeholder_in_a_tracker_that_is_no_draft_is_a_fault_with_its_line(installation: Installation) -> None:
    settings = installation.catalogue / "my_tracker" / "tracker.yaml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    settings.write_text("\n".join(line for line in lines if not line.startswith("draft:")), encoding="utf-8")
    outcome = installation.signposts("check")
    assert outcome.returncode == 2
    assert "my_tracker/indicators/example.yaml:" in outcome.stderr
    assert "still a placeholder" in outcome.stderr
