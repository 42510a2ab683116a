"""What-if against the run itself, on the second tracker (invented): the same words give the same odds."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from signposts.assess.standing import Standing
from signposts.assess.what_if import reading_of
from signposts.cli.recording import record_claim
from signposts.cli.what_if import present_state, read_words, what_if_inputs
from signposts.errors import InputError
from signposts.scoring.what_if import probabilities
from signposts.warehouse import Warehouse
from tests.ferry import Installation, ferry_installation

pytestmark = pytest.mark.slow

TRACKER = "island_ferry"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = ferry_installation(tmp_path_factory.mktemp("what_if"))
    made.run()
    return made


@pytest.fixture(scope="module")
def release(installation: Installation) -> Warehouse:
    return Warehouse(installation.home / "published" / "signposts.duckdb", read_only=True)


@pytest.fixture(scope="module")
def present(release: Warehouse) -> Standing:
    return present_state(release, TRACKER)


def published_odds(release: Warehouse, present: Standing) -> list[float]:
    found = {
        row["scenario_id"]: row["posterior"]
        for row in release.rows("from latest_scenario_probability where variant = 'headline'")
    }
    return [found[name] for name in (*present.tracker.model.scenario_ids, "other")]


def words_of(report: dict[str, Any]) -> str:
    """Return a pooled report in the words of the command."""
    if report["kind"] == "none_seen":
        return "none"
    if report["kind"] == "event":
        return f"{report['happened_from']}..{report['happened_to']}"
    if report["kind"] == "share_count":
        return f"{report['value']:.0f}/{report['trials']}"
    if report["kind"] == "interval":
        return f"{report['value_low']!r}..{report['value_high']!r}"
    return report["category"] or (
        f"{report['value']:.0f} events" if report["kind"] == "count" else repr(report["value"])
    )


def test_the_odds_now_are_the_published_ones(release: Warehouse, present: Standing) -> None:
    assert probabilities(present.tracker.model, present.evidence) == pytest.approx(
        published_odds(release, present), abs=1e-9
    )


def test_supposing_what_is_already_read_changes_nothing(release: Warehouse, present: Standing) -> None:
    alone = release.rows(
        """from latest_observation where scored and kind not in ('nowcast', 'open_count')
        and indicator_id not in (select indicator_id from latest_chain_link where position > 1)
        qualify count(*) over (partition by indicator_id) = 1 order by indicator_id"""
    )
    # a search repeated is a chain, and the category was told before its year was over: neither stands alone
    assert {report["kind"] for report in alone} >= {"event", "share_count", "count", "value"}
    before = probabilities(present.tracker.model, present.evidence)
    for report in alone:
        asked = {report["indicator_id"]: words_of(report)}
        evidence = what_if_inputs(present, asked, report["scored_at"], report["reliability"])
        assert probabilities(present.tracker.model, evidence) == pytest.approx(before, abs=1e-12), asked


def test_less_reliability_brings_the_odds_nearer_to_those_without_the_reading(present: Standing) -> None:
    when = date(2026, 11, 1)
    sizes = [
        np.abs(reading_of(present.tracker, "passengers", "150", when, reliability).log_ratio).max()
        for reliability in (0.98, 0.5, 0.1, 1e-9)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 1e-6


@pytest.mark.slow
def test_a_reading_supposed_is_the_reading_that_a_run_makes_of_the_claims(
    installation: Installation, present: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event and a complete list; a level would be a chain with the year before, part of a year's flow no figure."""
    asked = read_words(["ship_sold=2026-06-15", "storm_cancellations=9"])
    when = date(2026, 10, 31)
    expected = probabilities(present.tracker.model, what_if_inputs(present, asked, when, 1.0))
    claimed = Installation(tmp_path)
    shutil.copytree(installation.catalogue, claimed.catalogue)
    sea = ("source_name=Harbour office (invented)", "speaker=Harbour office", "reliability=A", "credibility=1")
    told = [
        ("ship_sold", "kind=event", "happened_from=2026-06-15", "published_on=2026-06-16"),
        *(
            ("storm_cancellations", "kind=count", f"happened_from=2026-0{month}-01", "published_on=2026-11-01", last)
            for month, last in zip(range(4, 10), [*["note=x"] * 5, "searched_until=2026-10-31"], strict=True)
        ),
    ]
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(claimed.catalogue))
    for indicator, *words in told:
        record_claim(indicator, [*words, *sea], "", archive_page=False)
    outcome = claimed.signposts("run", "--offline")
    assert outcome.returncode == 0, outcome.stderr
    release = Warehouse(claimed.home / "published" / "signposts.duckdb", read_only=True)
    assert published_odds(release, present) == pytest.approx(list(expected), abs=1e-9)
    assert max(abs(expected - probabilities(present.tracker.model, present.evidence))) > 0.01


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("passengers", "write INDICATOR=VALUE"),
        ("passengers=", "write INDICATOR=VALUE"),
        ("pasengers=3", "did you mean 'passengers'"),
        ("passengers=0", "above 0"),
        ("passengers=many", "LOW..HIGH"),
        ("passengers=5..4", "not below"),
        ("passengers=nan", "LOW..HIGH"),
        ("subsidy_share=96", "0.96"),
        ("council_votes=5/4", "K at most N"),
        ("council_votes=0/0", "N at least 1"),
        ("storm_cancellations=2.5", "whole number"),
        ("storm_cancellations=-1", "whole number"),
        ("timetable_trend=better", "fewer, same, more"),
        ("ship_sold=soon", "YYYY-MM-DD"),
        ("ship_sold=2026-12-01", "add --on 2026-12-01"),
        ("ship_sold=2026-05-01..2026-04-01", "FIRST..LAST"),
        ("ship_sold=2024-05-01", "when the clock starts"),
        ("harbour_works=2026-01-01", "no scored indicator"),
    ],
)
def test_what_cannot_be_a_reading_is_refused_with_the_remedy(present: Standing, word: str, said: str) -> None:
    with pytest.raises(InputError, match=said.replace(".", r"\.")):
        what_if_inputs(present, read_words([word]), date(2026, 11, 1), 0.98)


def test_a_reading_before_its_predictions_start_is_refused(present: Standing) -> None:
    for name, value in (("passengers", "100"), ("storm_cancellations", "1")):
        with pytest.raises(InputError, match="later day"):
            reading_of(present.tracker, name, value, date(2024, 12, 31), 0.98)


def test_an_indicator_has_one_supposed_reading() -> None:
    with pytest.raises(InputError, match="named twice"):
        read_words(["passengers=1", "passengers=2"])


def test_the_command_prints_what_stands_now_beside_what_is_supposed(installation: Installation) -> None:
    outcome = installation.signposts("what-if", "council_votes=6/7", "ship_sold=none", "--reliability", "0.9")
    assert outcome.returncode == 0, outcome.stderr
    assert "council_votes: now share_count 3 of 4" in outcome.stdout
    assert "supposed 6/7" in outcome.stdout
    assert "Reliability of what is supposed: 0.9" in outcome.stdout
    refused = installation.signposts("what-if", "council_votes=6/7", "--reliability", "1.5")
    assert refused.returncode == 2
    assert "no probability" in refused.stderr
