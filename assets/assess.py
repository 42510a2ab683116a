"""Dagster's assets of the stage assess."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from .resources import MonitoringRun

if TYPE_CHECKING:
    from signposts.warehouse import Warehouse

GROUP = "assess"
PROBABILITIES = (
    "log_ratio",
    "reading_claim_ratio",
    "variant",
    "scenario_probability",
    "onset_probability",
    "influence",
)
VERDICTS = ("assessment", "fan")
SCRUTINY = ("probability_interval", "recognition")
FORECASTS = ("forecast", "resolved_forecast")
FORESIGHT = ("diagnosticity", "surprise", "collection_priority", "deadline", "overturn", "outlook")


def _specs(names: tuple[str, ...], deps: tuple[str, ...]) -> list[dg.AssetSpec]:
    """Return the specs of tables that are made together from the same tables."""
    return [dg.AssetSpec(name, deps=list(deps), group_name=GROUP, kinds={"duckdb"}) for name in names]


def _made(warehouse: "Warehouse", names: tuple[str, ...]) -> Iterator[dg.MaterializeResult[None]]:
    """Yield what was made, with its number of rows."""
    for name in names:
        yield dg.MaterializeResult(asset_key=name, metadata={"dagster/row_count": warehouse.count(name)})


@dg.multi_asset(
    name="probabilities", specs=_specs(PROBABILITIES, ("prediction", "reading", "pooled_report", "reading_claim"))
)
def probabilities(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Log ratios and, for every as-of date and variant, the probabilities of the scenarios."""
    from signposts.assess.tables import write_probabilities

    write_probabilities(run.warehouse())
    yield from _made(run.warehouse(), PROBABILITIES)


@dg.multi_asset(name="verdicts", specs=_specs(VERDICTS, ("log_ratio", "scenario_probability")))
def verdicts(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Status words, cells of the evidence matrix and fans."""
    from signposts.assess.tables import write_verdicts

    write_verdicts(run.warehouse(), run.as_of_date())
    yield from _made(run.warehouse(), VERDICTS)


@dg.multi_asset(name="foresight", specs=_specs(FORESIGHT, ("assessment", "scenario_probability")))
def foresight(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """What is worth checking, what falls due, how odd the readings are, and when we will know."""
    from signposts.assess.tables import write_foresight

    write_foresight(run.warehouse(), run.as_of_date())
    yield from _made(run.warehouse(), FORESIGHT)


@dg.asset(deps=["claim"], group_name=GROUP, kinds={"duckdb"})
def backtest(run: MonitoringRun) -> dg.MaterializeResult[None]:
    """One row a series, forecast and horizon: the fans against history before the trackers began."""
    from signposts.assess.history import write_backtest
    from signposts.assess.models import tracker_models

    warehouse = run.warehouse()
    warehouse.build_table("assess/yearly_series")
    write_backtest(warehouse, tracker_models(warehouse))
    return dg.MaterializeResult(metadata={"dagster/row_count": warehouse.count("backtest")})


@dg.multi_asset(name="scrutiny", specs=_specs(SCRUTINY, ("log_ratio", "scenario_probability")))
def scrutiny(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """How far the probabilities move with the invented numbers, and whether each scenario would be recognised."""
    from signposts.assess.intervals import write_intervals
    from signposts.assess.recognition import write_recognition

    write_intervals(run.warehouse())
    write_recognition(run.warehouse(), run.as_of_date())
    yield from _made(run.warehouse(), SCRUTINY)


@dg.multi_asset(name="forecasts", specs=_specs(FORECASTS, ("scenario_probability", "reading")))
def forecasts(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Forecasts frozen on the day they are made, those of earlier releases carried over, and what became of them."""
    from signposts.assess.forecasts import write_forecasts

    write_forecasts(run.warehouse(), run.settings.released_database, run.as_of_date(), run.now())
    yield from _made(run.warehouse(), FORECASTS)


@dg.asset(deps=["scenario_probability", "pooled_report"], group_name=GROUP, kinds={"duckdb"})
def change(run: MonitoringRun) -> dg.MaterializeResult[None]:
    """One row per scenario, cause and indicator: the move since the release before, in parts that add up."""
    from signposts.assess.changes import write_changes

    write_changes(run.warehouse(), run.settings.released_database)
    return dg.MaterializeResult(metadata={"dagster/row_count": run.warehouse().count("change")})
