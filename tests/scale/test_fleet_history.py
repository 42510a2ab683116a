"""Two releases of a fleet with news between them, against two of one process: what compares with the past, compared."""

import json
from pathlib import Path

import pytest

from tests.scale.conftest import CODE, STARTED_AT, Installation, differences
from tests.scale.many_trackers import write_trackers


@pytest.mark.scale
@pytest.mark.timeout(900)
def test_two_releases_with_news_between_them_are_the_same_in_one_process_and_as_a_fleet(tmp_path):
    """So that what compares with the release before, the moves and the alerts, is compared as well."""
    write_trackers(tmp_path / "catalogue", 3)
    ways = {name: Installation(tmp_path / name, tmp_path / "catalogue") for name in ("one", "fleet")}
    for hour, news in (("06", ""), ("07", "invented_000-news")):
        if news:
            tell_news(tmp_path / "catalogue")
        clock = STARTED_AT.replace("T06", f"T{hour}")
        ways["one"].prepare()
        execute(ways["one"], "monitor", started_at=clock)
        ways["fleet"].prepare()
        execute(ways["fleet"], "gather_fleet", started_at=clock)
        for number in range(3):
            tag = json.dumps({"dagster/partition": f"invented_00{number}"})
            execute(ways["fleet"], "assess_trackers", "--tags", tag)
        execute(ways["fleet"], "publish_fleet", started_at=clock)
    one, fleet = (way.tables() for way in ways.values())
    assert one["change"], "the news must have moved something"
    # Names of releases are made of figures and times, and so must be equal too.
    assert differences(one, fleet) == {}


def tell_news(catalogue: Path) -> None:
    """Add a claim to the first ledger of pieces made."""
    ledger = next(iter(sorted(catalogue.glob("*/ledger/pieces_made.csv"))))
    lines = ledger.read_text(encoding="utf-8").splitlines()
    number = len(lines)
    fields = lines[-3].split(",")
    fields[0] = f"pieces_made-{number}"
    fields[lines[0].split(",").index("recorded_at")] = "2026-11-20T06:00:00Z"
    fields[lines[0].split(",").index("published_on")] = "2026-11-19"
    ledger.write_text("\n".join([*lines, ",".join(fields)]) + "\n", encoding="utf-8")


def execute(made: Installation, job: str, *more: str, started_at: str = "") -> None:
    """Execute a job by Dagster's command."""
    outcome = made.dagster("job", "execute", *CODE, "-j", job, *more, started_at=started_at)
    assert outcome.returncode == 0, outcome.stderr[-4000:]
