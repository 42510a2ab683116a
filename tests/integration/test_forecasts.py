"""Forecasts on the invented ferry: frozen whatever becomes of the catalogue, resolved by the ledger when due."""

import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import betabinom, nbinom

from signposts.assess.forecasts import resolved_rows
from signposts.release.directory import kept_releases
from signposts.release.query import ask
from signposts.warehouse import Warehouse
from tests.ferry import ferry_installation

FORECASTS = "select * exclude (release_id) from forecast where frozen_on = '2026-02-28' order by all"


@pytest.mark.slow
def test_a_frozen_forecast_is_the_same_after_the_catalogue_was_edited(tmp_path: Path) -> None:
    installation = ferry_installation(tmp_path)
    installation.run("--as-of", "2026-02-28")
    edited = tmp_path / "catalogue" / "island_ferry" / "indicators" / "ship_sold.yaml"
    text = edited.read_text(encoding="utf-8")
    assert "p: 0.7" in text
    edited.write_text(text.replace("p: 0.7", "p: 0.9"), encoding="utf-8")
    installation.run()
    releases = tmp_path / "home" / "published" / "releases"
    first, second = (ask(releases / name / "signposts.duckdb", FORECASTS) for name in kept_releases(releases.parent))
    assert first.rows
    assert first.rows == second.rows
    newer = ask(
        releases / kept_releases(releases.parent)[1] / "signposts.duckdb",
        "select count(distinct catalogue_sha256) from forecast",
    )
    assert newer.rows[0][0] == 2


EVENT = {"tracker_id": "ferry", "indicator_id": "sale", "date": date(2026, 12, 31), "frozen_on": date(2026, 1, 1)}


def claim(kind: str, **columns: Any) -> dict[str, Any]:
    return {
        "tracker_id": "ferry",
        "indicator_id": "sale",
        "claim_id": f"sale-{kind}",
        "kind": kind,
        "held": False,
        "status": "reported",
        "reliability_value": 0.9,
        **columns,
    }


def verdicts(
    folder: Path,
    claims: list[dict[str, Any]],
    as_of: date,
    counted: tuple[dict[str, Any], ...] = (),
    reading: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Return what becomes of one frozen forecast of .2, given these claims and counted events."""
    folder.mkdir(exist_ok=True)
    warehouse = Warehouse(folder / "warehouse.duckdb")
    with warehouse.connect():
        warehouse.write_rows("claim", claims)
        own = {"tracker_id": "ferry", "indicator_id": "sale", "as_of": as_of}
        warehouse.write_rows("reading", [own | (reading or {})])
        columns = [*own, "counted_on", "event_share", "value", "trials"]
        warehouse.write_frame("counted_claim", pd.DataFrame([own | row for row in counted], columns=columns))
        frozen = [{**EVENT, "forecaster": "method", "quantity": "probability", "value": 0.2, "mixture": None} | changes]
        (row,) = resolved_rows(warehouse, frozen, as_of)
    return row


def test_an_event_that_happened_in_time_came_true(tmp_path: Path) -> None:
    row = verdicts(tmp_path, [claim("event", happened_to=date(2026, 5, 1))], date(2026, 6, 1))
    assert (row["outcome"], row["brier"]) == ("came_true", pytest.approx(0.64))


def test_an_event_that_nobody_looked_for_is_pending_and_one_looked_for_in_vain_did_not_come(tmp_path: Path) -> None:
    later = date(2027, 2, 1)
    assert verdicts(tmp_path, [], later)["outcome"] == "pending"
    row = verdicts(tmp_path, [claim("none_seen", searched_until=date(2027, 1, 15))], later)
    assert (row["outcome"], row["brier"]) == ("did_not", pytest.approx(0.04))


def test_what_nobody_settles_for_two_years_is_void_with_the_reason(tmp_path: Path) -> None:
    row = verdicts(tmp_path, [], date(2029, 6, 1))
    assert row["outcome"] == "void"
    assert "two years" in row["void_reason"]


def test_a_value_is_scored_against_the_whole_distribution(tmp_path: Path) -> None:
    mixture = '{"family": "lognormal", "weight": [0.3, 0.7], "first": [1.5, 1.7], "second": [0.1, 0.2]}'
    told = claim("value", period_end=date(2026, 12, 31), value=4.953032424395115)
    row = verdicts(tmp_path, [told], date(2027, 3, 1), quantity="p50", value=5.0, mixture=mixture)
    assert row["outcome"] == "measured"
    assert row["crps"] == pytest.approx(0.0485, abs=5e-5)


def event(day: date, **columns: Any) -> dict[str, Any]:
    return {"counted_on": day, "event_share": 1.0, "value": 1.0, **columns}


COUNT = '{"family": "count", "weight": [0.4, 0.6], "first": [4.0, 8.0], "second": [10.0, 25.0], "since": "2026-11-20"}'
VOTES = '{"family": "beta", "weight": [1.0], "first": [8.0], "second": [2.0], "since": "2026-11-20"}'
OF_A_COUNT = {"quantity": "p50", "value": 6.0}


def test_a_count_is_settled_by_what_was_found_since_the_forecast_once_a_search_has_reached_the_date(
    tmp_path: Path,
) -> None:
    """EVENT is due at the end of 2026; one event is older than the forecast, one later than its date."""
    days = (date(2026, 11, 1), date(2026, 12, 1), date(2026, 12, 20), date(2027, 1, 5))
    seen = tuple(event(day) for day in days)
    later = date(2027, 2, 1)
    short = {"looked_until": date(2026, 12, 15), "completeness": 0.5}
    waits = verdicts(tmp_path / "a", [], later, seen, short, mixture=COUNT, **OF_A_COUNT)
    assert waits["outcome"] == "pending"
    whole = {"looked_until": date(2027, 1, 10), "completeness": 0.5}
    row = verdicts(tmp_path / "b", [], later, seen, whole, mixture=COUNT, **OF_A_COUNT)
    masses = [0.4 * nbinom.pmf(k, 10, 10 / 12) + 0.6 * nbinom.pmf(k, 25, 25 / 29) for k in range(200)]
    below = np.cumsum(masses)
    assert (row["outcome"], row["observed"]) == ("measured", 2.0)
    assert row["log_score"] == pytest.approx(math.log(masses[2]))
    assert row["crps"] == pytest.approx(sum((below[k] - (k >= 2)) ** 2 for k in range(200)))


def test_votes_are_settled_by_those_cast_up_to_the_date_and_void_where_none_was(tmp_path: Path) -> None:
    later = date(2027, 2, 1)
    cast = tuple(event(date(2026, 12, day), value=hit, trials=1) for day, hit in ((1, 1.0), (2, 1.0), (3, 0.0)))
    row = verdicts(tmp_path / "a", [], later, cast, mixture=VOTES, **OF_A_COUNT)
    assert (row["outcome"], row["observed"]) == ("measured", 2.0)
    assert row["log_score"] == pytest.approx(math.log(betabinom.pmf(2, 3, 8, 2)))
    none = verdicts(tmp_path / "b", [], later, (), mixture=VOTES, **OF_A_COUNT)
    assert (none["outcome"], none["void_reason"]) == ("void", "no vote was cast by the date")
