"""The Dagster skin of the stage and the order in which its tables are made.

Belongs here: the assets and what each of them reads. Not here: how a table is made.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.resources import MonitoringRun
from assets.unchanged import MODELLED, PUBLISHED_STATE, READ_BY_THE_METHOD, once, state_key

if TYPE_CHECKING:
    from assets.assess.models import TrackerModel
    from assets.warehouse import Warehouse

GROUP = "assess"
ODDS = ("log_ratio", "reading_claim_ratio", "variant", "scenario_probability", "onset_probability", "influence")
# In this order: each reads what stands before it.
MADE_OF_RATIOS = (
    "subset_evidence",
    "log_ratio",
    "reading_claim_ratio",
    "variant",
    "hypothesis_probability",
    "scenario_probability",
    "onset_probability",
    "influence",
)
READ_BY_BACKTEST = ("yearly_series", *MODELLED)
VERDICTS = ("assessment", "fan")
FORESIGHT = ("diagnosticity", "surprise", "collection_priority", "deadline", "overturn", "outlook")


def _specs(names: tuple[str, ...], deps: tuple[str, ...]) -> list[dg.AssetSpec]:
    """Return the specs of tables that are made together from the same tables."""
    return [dg.AssetSpec(name, deps=list(deps), group_name=GROUP, kinds={"duckdb"}) for name in names]


def _made(warehouse: "Warehouse", names: tuple[str, ...]) -> Iterator[dg.MaterializeResult[None]]:
    """Yield what was made, with its number of rows."""
    for name in names:
        yield dg.MaterializeResult(asset_key=name, metadata={"dagster/row_count": warehouse.count(name)})


@dg.multi_asset(name="odds", specs=_specs(ODDS, ("prediction", "reading", "pooled_report", "reading_claim")))
def odds(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Log ratios and, for every as-of date and variant, the odds of the scenarios."""
    warehouse = run.warehouse()

    def make() -> None:
        from assets.assess.models import tracker_models
        from assets.assess.scoring import report_ratios

        ratios = report_ratios(tracker_models(warehouse), warehouse.read_frame("pooled_report"))
        warehouse.write_frame("report_ratio", ratios)
        for name in MADE_OF_RATIOS:
            warehouse.build_table(f"assess/{name}")

    once(warehouse, "odds", state_key(warehouse, READ_BY_THE_METHOD), make)
    yield from _made(warehouse, ODDS)


@dg.multi_asset(name="verdicts", specs=_specs(VERDICTS, ("log_ratio", "scenario_probability")))
def verdicts(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Status words, cells of the evidence matrix and fans."""
    warehouse, as_of = run.warehouse(), run.as_of_date()

    def make() -> None:
        from assets.assess.models import tracker_models
        from assets.assess.verdicts import status_words

        trackers = tracker_models(warehouse)
        words, growth = status_words(trackers, warehouse.read_frame("reading"), warehouse.read_frame("pooled_report"))
        warehouse.write_frame("status_word", words)
        warehouse.write_frame("required_growth", growth)
        warehouse.build_table("assess/assessment")

    def draw_fans() -> None:
        from assets.assess.models import tracker_models
        from assets.assess.prospects import fans

        warehouse.write_frame("fan", fans(tracker_models(warehouse), as_of))

    once(warehouse, "fan", state_key(warehouse, MODELLED, as_of), draw_fans)
    once(warehouse, "verdicts", state_key(warehouse, READ_BY_THE_METHOD, as_of), make)
    yield from _made(warehouse, VERDICTS)


@dg.multi_asset(name="foresight", specs=_specs(FORESIGHT, ("assessment", "scenario_probability")))
def foresight(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """What is worth checking, what falls due, how odd the readings are, and when we will know."""
    warehouse, as_of = run.warehouse(), run.as_of_date()

    write_prospects(warehouse, as_of)

    def make() -> None:
        from assets.assess.foresight import write_foresight
        from assets.assess.models import tracker_models

        write_foresight(warehouse, tracker_models(warehouse), as_of)

    once(warehouse, "foresight", state_key(warehouse, READ_BY_THE_METHOD, as_of), make)
    yield from _made(warehouse, FORESIGHT)


def write_prospects(warehouse: "Warehouse", as_of: date) -> None:
    """Make what follows from the catalogue and the date alone, each table only when either has changed for it."""

    def write(table: str, rows: Callable[["TrackerModel"], list[dict[str, Any]]]) -> None:
        from assets.assess.models import tracker_models

        warehouse.write_rows(table, [row for tracker in tracker_models(warehouse) for row in rows(tracker)])

    def information() -> None:
        from assets.assess.prospects import diagnosticity_rows

        write("diagnosticity", lambda tracker: diagnosticity_rows(tracker, as_of))

    def silences() -> None:
        from assets.assess.prospects import silence_rows

        write("silence_date", silence_rows)

    def years_ahead() -> None:
        from assets.assess.prospects import outlook_rows

        write("outlook", lambda tracker: outlook_rows(tracker, as_of.year))

    once(warehouse, "diagnosticity", state_key(warehouse, MODELLED, as_of), information)
    once(warehouse, "silence_date", state_key(warehouse, MODELLED), silences)
    once(warehouse, "outlook", state_key(warehouse, MODELLED, as_of.year), years_ahead)


@dg.asset(deps=["claim"], group_name=GROUP, kinds={"duckdb"})
def backtest(run: MonitoringRun) -> dg.MaterializeResult[None]:
    """One row a series, forecast and horizon: the fans against history before the trackers began."""
    warehouse = run.warehouse()

    def make() -> None:
        from assets.assess.history import write_backtest
        from assets.assess.models import tracker_models

        write_backtest(warehouse, tracker_models(warehouse))

    warehouse.build_table("assess/yearly_series")
    once(warehouse, "backtest", state_key(warehouse, READ_BY_BACKTEST), make)
    return dg.MaterializeResult(metadata={"dagster/row_count": warehouse.count("backtest")})


@dg.asset(deps=["scenario_probability", "pooled_report"], group_name=GROUP, kinds={"duckdb"})
def change(run: MonitoringRun) -> dg.MaterializeResult[None]:
    """One row per scenario, cause and indicator: the move since the release before, in parts that add up."""
    warehouse, released = run.warehouse(), run.settings.released_database

    def make() -> None:
        from assets.assess.changes import write_changes

        write_changes(warehouse, released)

    once(warehouse, "change", state_key(warehouse, PUBLISHED_STATE, run.as_of_date()), make)
    return dg.MaterializeResult(metadata={"dagster/row_count": warehouse.count("change")})
