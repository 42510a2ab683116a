"""A run with publishers moves the verdict: what they say reaches the odds, and `diff` names them.

The real catalogue and ledger, publishers on loopback in the shape of their recordings, on invented days in April 2027,
when a register of arms for the year before is out. Every number that they send is invented.
"""

import csv
import dataclasses
import html
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from signposts.cli import app, running
from signposts.cli.run_summary import print_run_summary
from signposts.cli.running import RunRequest
from signposts.settings import load_settings
from signposts.sources import collect as collecting
from signposts.sources import http
from signposts.warehouse import Warehouse
from tests.paths import CHECKOUT
from tests.publishers.server import LoopbackPublishers, loopback_publishers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

PUBLISHERS = ("imf_imts", "sipri_arms", "gcat", "ucdp_candidate", "voeten_agreement", "wikidata", "iaea_pris", "fatf")
# By claims of their own; a register that saw no delivery besides lengthens the search of arms_deliveries.
MOVED = {
    "unga_agreement",
    "iran_satellites_by_russia",
    "strikes_on_iran",
    "su35_delivered",
    "s400_delivered",
    "leadership_change_russia",
    "pezeshkian_leaves_early",
    "bushehr2_grid",
    "new_npp_first_concrete",
    "fatf_iran_blacklist",
    "iran_india_trade",
    "russia_gulf_trade",
}
# Dollars a year of one direction of trade in 2024, invented near the levels that the anchors ask for.
LEVEL = {("IND", "IRN"): 0.84e9, ("CHN", "RUS"): 122.4e9, ("ARE", "RUS"): 4.0e9, ("SAU", "RUS"): 1.5e9}


def trade(changed_share: float) -> Callable[[bytes], bytes]:
    """Give the IMF's documents levels a pair, and India's nine months of 2026, the last of them changed by a share."""

    def value(row: dict[str, str]) -> str:
        year, _, month = row["TIME_PERIOD"].partition("-M")
        level = LEVEL.get((row["COUNTRY"], row["COUNTERPART_COUNTRY"]), 1e9) * 1.03 ** (int(year) - 2024)
        if row["TIME_PERIOD"] == "2026-M09" and row["INDICATOR"] == "XG_FOB_USD":
            level *= 1 + changed_share
        return f"{level / 12 if month else level:.0f}"

    def spoil(content: bytes) -> bytes:
        reader = csv.DictReader(io.StringIO(content.decode()))
        rows = [{**row, "OBS_VALUE": value(row)} for row in reader if row["OBS_VALUE"]]
        for row in [row for row in rows if row["COUNTRY"] == "IND" and row["TIME_PERIOD"] == "2025-M01"]:
            later = ({**row, "TIME_PERIOD": f"2026-M{month:02}"} for month in range(1, 10))
            rows += [{**each, "OBS_VALUE": value(each)} for each in later]
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, reader.fieldnames or [], lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue().encode()

    return spoil


def command(*words: str) -> str:
    """Return what a command prints; it must end well."""
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output[-2000:]
    return done.stdout


@dataclasses.dataclass
class Story:
    """Three releases: without a network, with publishers, and on the next day with one changed month."""

    home: Path
    releases: list[str]

    def rows(self, place: int, statement: str) -> list[dict[str, Any]]:
        database = self.home / "published" / "releases" / self.releases[place] / "signposts.duckdb"
        return Warehouse(database, read_only=True).rows(statement)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as monkeypatch, loopback_publishers() as server:
        at_once(monkeypatch)
        monkeypatch.setenv("SIGNPOSTS_HOME", str(home))
        monkeypatch.setenv("COLUMNS", "250")
        for source_id in PUBLISHERS:
            monkeypatch.setenv(f"SIGNPOSTS_{source_id.upper()}_URL", server.url(source_id))
        yield tell(home, server, monkeypatch)


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the waiting out of rate limits and retries."""
    limits = collecting._limits
    monkeypatch.setattr(http.Clock, "wait", lambda clock, seconds: clock.check())
    monkeypatch.setattr(
        collecting, "_limits", lambda source: dataclasses.replace(limits(source), requests=100_000, seconds=0.1)
    )


def tell(home: Path, server: LoopbackPublishers, monkeypatch: pytest.MonkeyPatch) -> Story:
    by_name = [word for source_id in PUBLISHERS for word in ("--source", source_id)]
    configured = running.run_config

    def run(moment: str, *words: str) -> None:
        def at(request: RunRequest) -> dict[str, Any]:
            config = configured(request)
            config["resources"]["run"]["config"]["started_at"] = f"{moment}+00:00"
            return config

        # The clock alone is not the machine's.
        monkeypatch.setattr(running, "run_config", at)
        command("run", *words)

    server.spoil["imf_imts"] = trade(0.0)
    run("2027-04-05T06:00:00", "--offline")
    run("2027-04-05T07:00:00", *by_name)
    server.spoil["imf_imts"] = trade(0.05)
    run("2027-04-06T07:00:00", *by_name)
    return Story(home, sorted(path.name for path in (home / "published" / "releases").iterdir()))


PARTS = "select indicator_id, cause, max(abs(move)) as move from change where cause like '%reading' group by all"


def test_offline_a_run_says_which_readings_publishers_could_feed_and_have_not(story: Story) -> None:
    rows = story.rows(0, "from coverage where scored and publisher_state is not null")
    assert {row["indicator_id"] for row in rows} >= MOVED
    assert {row["publisher_state"] for row in rows} == {"never_asked"}
    assert {row["newest_publisher_claim"] for row in rows} == {None}
    release = story.home / "published" / "releases" / story.releases[0]
    (page,) = release.glob("report/**/health.html")
    section = page.read_text(encoding="utf-8").partition('id="fed"')[2].partition("</section>")[0]
    assert f"{len(rows)} scored indicators can be fed" in section
    assert "for 0 of them the publishers have answered" in section
    assert section.count("<td>never asked</td>") == len(rows)
    counted = (CHECKOUT / "docs" / "coverage.md").read_text(encoding="utf-8").partition("Scored indicators: ")[2]
    for name in ("index.html", "health.html"):
        shown = html.unescape((release / "report" / name).read_text(encoding="utf-8"))
        assert f"Scored indicators: {counted.partition(chr(10))[0]}" in shown, "docs, front page and data health agree"


def test_one_run_with_publishers_moves_at_least_twelve_scored_indicators(story: Story) -> None:
    by_publishers = {
        row["indicator_id"]
        for row in story.rows(
            1,
            "select distinct pooled.indicator_id from latest_reading_claim as pooled "
            "join claim using (tracker_id, claim_id) where claim.source_id <> 'ledger'",
        )
    }
    moved = {row["indicator_id"] for row in story.rows(1, PARTS) if row["move"] > 0} & by_publishers
    assert moved == MOVED
    assert len(moved) >= 12


def test_diff_names_the_publishers_whose_claims_are_the_cause(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNPOSTS_HOME", str(story.home))
    said = command("diff", *story.releases[:2])
    for indicator_id, publisher in (
        ("iran_satellites_by_russia", "General Catalog of Artificial Space Objects, J. McDowell"),
        ("iran_india_trade", "International Monetary Fund"),
        ("strikes_on_iran", "Uppsala Conflict Data Program"),
        ("su35_delivered", "Stockholm International Peace Research Institute"),
    ):
        (line,) = [line for line in said.splitlines() if line.startswith(f"  {indicator_id}: ")]
        assert f"now by {publisher}" in line


def test_a_changed_month_on_the_next_day_moves_exactly_what_follows_from_it(story: Story) -> None:
    assert {row["indicator_id"] for row in story.rows(2, PARTS)} == {"iran_india_trade"}
    readings = [
        {row["indicator_id"]: row["value"] for row in story.rows(place, "from latest_reading")} for place in (1, 2)
    ]
    changed = {name for name, value in readings[1].items() if value != readings[0][name]}
    # The yearly reading, and the month's own, which is context.
    assert changed <= {"iran_india_trade", "imf_exports_india_to_iran_monthly"}
    # A twelfth of a direction, five per cent of it, in a year of which nine months are known.
    assert 1 < readings[1]["iran_india_trade"] / readings[0]["iran_india_trade"] < 1.01
    (claim,) = story.rows(
        2,
        "select claim.* from latest_reading_claim join claim using (tracker_id, claim_id) "
        "where latest_reading_claim.indicator_id = 'iran_india_trade' and claim.source_id = 'imf_imts'",
    )
    assert (claim["kind"], claim["version"], str(claim["period_end"])) == ("growth", 2, "2026-09-30")
    parts = story.rows(2, f"select * from derived_part where claim_id = '{claim['claim_id']}'")
    assert len(parts) == 2 * (12 + 9)


def test_the_end_of_a_run_says_how_many_readings_publishers_feed(
    story: Story, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNPOSTS_HOME", str(story.home))
    print_run_summary(load_settings())
    said = " ".join(capsys.readouterr().out.split())
    assert "scored indicators can be fed by publishers; for" in said
