"""Dagster's assets of the stage assess."""

from collections.abc import Callable, Iterator

import dagster as dg

from signposts.release.withholding import isolate_faults

from .by_tracker import joint
from .resources import MonitoringRun
from .table_specs import table_spec

GROUP = "assess"
# Each group in the order in which its tables depend on each other, as Dagster wants them reported.
PROBABILITIES = (
    "variant",
    "log_ratio",
    "shared_luck",
    "reading_claim_ratio",
    "scenario_probability",
    "onset_probability",
    "begun",
    "influence",
)
VERDICTS = ("assessment", "fan")
SCRUTINY = ("probability_interval", "interval_draw", "recognition")
FORECASTS = ("forecast", "resolved_forecast")
FORESIGHT = ("diagnosticity", "surprise", "collection_priority", "deadline", "overturn", "outlook", "what_if")


# What the method's models are built from; it is read by Python, not by a statement.
MODEL = (
    "tracker",
    "tracker_setting",
    "scenario",
    "hypothesis",
    "indicator",
    "indicator_setting",
    "prediction",
    "evidence_group",
)


def _specs(names: tuple[str, ...], deps: tuple[str, ...]) -> list[dg.AssetSpec]:
    """Return the specs of tables that are made together from the same tables."""
    return [table_spec(name, group=GROUP, deps=(*MODEL, *deps)) for name in names]


def _make(run: MonitoringRun, names: tuple[str, ...], work: Callable[[], None]) -> Iterator[dg.MaterializeResult[None]]:
    """Do a step's work, with the trackers that it fails on held back; yield what was made, with its rows' number."""
    warehouse = run.warehouse()
    with warehouse.connect():
        isolate_faults(warehouse, names[0], work)
    yield from run.made(*names)


@dg.multi_asset(
    name="probabilities", specs=_specs(PROBABILITIES, ("prediction", "reading", "observation", "reading_claim"))
)
def probabilities(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Log ratios and, for every as-of date and variant, the probabilities of the scenarios."""
    from signposts.assess.tables import write_probabilities

    yield from _make(run, PROBABILITIES, lambda: write_probabilities(run.warehouse()))


@dg.multi_asset(name="verdicts", specs=_specs(VERDICTS, ("log_ratio", "scenario_probability")))
def verdicts(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Status words, cells of the evidence matrix and fans."""
    from signposts.assess.tables import write_verdicts

    yield from _make(run, VERDICTS, lambda: write_verdicts(run.warehouse(), run.as_of_date()))


@dg.multi_asset(name="foresight", specs=_specs(FORESIGHT, ("assessment", "scenario_probability")))
def foresight(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """What is worth checking, what falls due, how odd the readings are, and when we will know."""
    from signposts.assess.tables import write_foresight

    yield from _make(run, FORESIGHT, lambda: write_foresight(run.warehouse(), run.as_of_date()))


@dg.multi_asset(name="backtest", specs=_specs(("backtest",), ("claim",)))
def backtest(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """One row a series, forecast and horizon: the fans against history before the trackers began."""
    from signposts.assess.history import write_backtest
    from signposts.assess.models import tracker_models

    warehouse = run.warehouse()

    def work() -> None:
        warehouse.build_table("assess/yearly_series")
        write_backtest(warehouse, tracker_models(warehouse))

    yield from _make(run, ("backtest",), work)


@dg.multi_asset(name="scrutiny", specs=_specs(SCRUTINY, ("log_ratio", "scenario_probability")))
def scrutiny(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """How far the probabilities move with the invented numbers, and whether each scenario would be recognised."""
    from signposts.assess.intervals import write_intervals
    from signposts.assess.recognition import write_recognition

    def work() -> None:
        write_intervals(run.warehouse())
        write_recognition(run.warehouse(), run.as_of_date())

    yield from _make(run, SCRUTINY, work)


@dg.multi_asset(name="forecasts", specs=_specs(FORECASTS, ("scenario_probability", "reading")))
def forecasts(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """Forecasts frozen on the day they are made, those of earlier releases carried over, and what became of them."""
    from signposts.assess.forecasts import write_forecasts

    def work() -> None:
        write_forecasts(run.warehouse(), run.settings.released_database, run.as_of_date(), run.now())

    yield from _make(run, FORECASTS, work)


@dg.multi_asset(
    name="change",
    specs=_specs(("change",), ("scenario_probability", "log_ratio", "observation", "reading_claim", *joint())),
)
def change(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """One row per scenario, cause and indicator: the move since the release before, in parts that add up."""
    from signposts.assess.changes import write_changes

    yield from _make(run, ("change",), lambda: write_changes(run.warehouse(), run.settings.released_database))
