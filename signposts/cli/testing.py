"""`signposts calibrate` and `signposts backtest`: the method held against simulated worlds and against history.

Belongs here: setting the simulation up from the catalogue, laying out what it found. Not here: any check or bound
(method/calibration.py), the scores of the backtest (method/backtest.py).
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from signposts.cli.formatting import markdown_table, titled_table
from signposts.cli.published import only_tracker, open_release, published_rows
from signposts.settings import load_settings

if TYPE_CHECKING:
    from signposts.catalogue import Catalogue, Tracker
    from signposts.scoring.calibration import Calibration, Design, Outside
    from signposts.scoring.model import Model

DRAWS = 20000
"""Worlds a date: the calibration error of a perfect forecaster is then well inside its bound of .01."""


def run_calibration(draws: int, tracker: str) -> int:
    """Calibrate the method on one tracker's predictions, write docs/calibration.md; return 1 if a bound is broken."""
    from signposts.catalogue import load_catalogue
    from signposts.desk.state import sole_tracker
    from signposts.scoring.calibration import calibrate

    settings = load_settings()
    catalogue = load_catalogue(settings.catalogue_root, [tracker] if tracker else ())
    chosen = sole_tracker(catalogue)
    model, design = calibration_design(catalogue, chosen)
    seed = chosen.settings.simulation.seed
    result = calibrate(model, design, draws=draws or DRAWS, seed=seed)
    page = settings.catalogue_root.parent / "docs" / "calibration.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(calibration_page(result, chosen, design, draws or DRAWS), encoding="utf-8")
    console = Console(highlight=False)
    for line in plain_words(result, design):
        console.print(line, soft_wrap=True)
    console.print(f"\nWritten to {page}", soft_wrap=True)
    return 1 if result.broken else 0


def calibration_design(catalogue: "Catalogue", tracker: "Tracker") -> tuple["Model", "Design"]:
    """Return a tracker's model and what is simulated with it: every scored indicator, read at each year end."""
    from signposts.catalogue import headline_priors, reliability_value, tables
    from signposts.cli.checking import catalogue_models
    from signposts.scoring.calibration import Design
    from signposts.scoring.observations import years_since
    from signposts.scoring.simulation import Correlation

    model, settings = catalogue_models(catalogue)[tracker.tracker_id].model, tracker.settings
    predictions = [row for row in tables(catalogue)["prediction"] if row["tracker_id"] == tracker.tracker_id]
    scored = {name: indicator.group or "" for name, indicator in tracker.indicators.items() if indicator.scored}
    spoken = [name for index, name in enumerate(model.indicator_ids) if name in scored and model.family[index] > 0]
    groups = sorted(settings.groups)
    priors = headline_priors(tracker)
    years = range(settings.t0.year + 1, settings.horizon_end.year + 1)
    ends = {year: years_since(settings.t0, date(year, 12, 31)) for year in years}
    simulation = settings.simulation
    design = Design(
        indicator=model.indicator_index(spoken),
        group=np.array([groups.index(scored[name]) for name in spoken]),
        rho=np.array([settings.groups[name].rho for name in groups]),
        prior=np.array([*(priors[name] for name in model.scenario_ids), priors["other"]]),
        evidence_weight=settings.scoring.evidence_weight,
        defining_weight=settings.scoring.defining_weight,
        alarm_other=settings.thresholds.alarm_other,
        predictions=[row | {"parameters": json.loads(str(row["parameters"] or "{}"))} for row in predictions],
        bounded_time=ends[min(settings.t0.year + 3, settings.horizon_end.year)],
        reliability=reliability_value(settings.reliability, "B", "2"),
        correlation=Correlation(simulation.global_correlation, simulation.group_correlation),
        settled=settings.thresholds.settled,
        times=list(ends.values()),
        middle_time=ends[(settings.t0.year + settings.horizon_end.year) // 2],
    )
    return model, design


# ---- the page


def plain_words(result: "Calibration", design: "Design") -> list[str]:
    """Return what the calibration found, a sentence a line."""
    from signposts.scoring.calibration import HEAD_COUNT_TEMPER, Bounds

    middle = next(row for row in result.recovery if row.time == design.middle_time)
    gap = max(float(np.abs(row.mean_posterior - row.share_of_worlds).max()) for row in result.recovery)
    error = max(row.calibration_error for row in result.recovery)
    worst = max(result.identities, key=lambda row: row.standard_errors)
    last, bounds = result.outlook[-1], Bounds()
    wrong = {row.weighting: row for row in result.wrong}
    at_bound = {(row.weighting, row.evidence_weight): row for row in result.weights if row.time == design.bounded_time}
    force, before = at_bound["luck", design.evidence_weight], at_bound["head count", HEAD_COUNT_TEMPER]
    lines = [
        f"Where indicators are independent and reports perfect, the mean probabilities lie within {gap:.4f} of the "
        f"truth (bound .01), the calibration error is at most {error:.4f} (bound .01), and half way to the horizon the "
        f"true scenario leads in {100 * middle.accuracy:.1f} % of worlds (bound 92 %).",
        f"Likelihood ratios average 1 where the reference is true: of {len(result.identities)} pairs of indicator and "
        f"hypothesis the farthest lies {worst.standard_errors:.1f} standard errors off (bound 4).",
        "Readings drawn step by step fall evenly over the predictive distributions: "
        + ", ".join(f"{row.family} p = {row.p_value:.2f}" for row in result.uniformity)
        + " (bound .001).",
        f"In correlated worlds read after {design.bounded_time:.1f} years the log score is {force.log_score:.3f} "
        f"(standard error {force.standard_error:.3f}, bound {bounds.correlated_log_score:g}), where counting heads in "
        f"a group gives {before.log_score:.3f}; the "
        f"calibration error is {force.calibration_error:.3f} (bound {bounds.correlated_error:g}).",
        f"Where every fan is wrong by its spread, the log score is {wrong['luck'].log_score:.3f} and the calibration "
        f"error {wrong['luck'].calibration_error:.3f}; counting heads gives {wrong['head count'].log_score:.3f}.",
        "None of the above passes its alarm in "
        + ", ".join(
            f"{100 * row.found:.1f} % of worlds ({row.worlds}; {100 * alone.found:.1f} % with independent indicators)"
            for row, alone in _outside_pairs(result)
        )
        + f"; inside the bound is {100 * bounds.false_alarm:g} %. Worlds in which each storyline follows a scenario "
        "of its own are hardly recognised.",
        f"By the horizon some scenario is expected to have passed {100 * design.settled:.0f} % and be right in "
        f"{100 * last.p_settled_right:.0f} % of worlds, and be wrong in {100 * last.p_settled_wrong:.1f} %.",
    ]
    return [*lines, *(f"BROKEN: {sentence}" for sentence in result.broken)]


def calibration_page(result: "Calibration", tracker: "Tracker", design: "Design", draws: int) -> str:
    """Return docs/calibration.md."""
    settings = tracker.settings
    years = dict(zip(design.times, range(settings.t0.year + 1, settings.horizon_end.year + 1), strict=True))
    parts = [
        "# Calibration: the method against worlds whose truth is known\n",
        f"Written by `signposts calibrate`, never by hand. Tracker `{tracker.tracker_id}`, version "
        f"{settings.scenario_version}: {len(design.indicator)} scored indicators, {draws} worlds a date, seed "
        f"{settings.simulation.seed}. The same catalogue, seed and number of worlds give the same page.\n",
        "## In plain words\n",
        "\n".join(f"- {line}" for line in plain_words(result, design)) + "\n",
        _recovery_part(result, design, years, list(tracker.scenarios)),
        _identity_part(result),
        _uniformity_part(result),
        _weight_part(result, design, years),
        _wrong_part(result, design),
        _outside_part(result, design),
        _outlook_part(result, design, years),
    ]
    return "\n".join(parts)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of the page."""
    return "\n".join(markdown_table(heads, rows)) + "\n"


def _recovery_part(result: "Calibration", design: "Design", years: dict[float, int], scenarios: list[str]) -> str:
    """Return the part on independent worlds."""
    rows = []
    for row in result.recovery:
        shares = (f"{share:.4f}" for share in (*row.mean_posterior, row.calibration_error))
        rows.append([str(years[row.time]), *shares, f"{row.accuracy:.3f}"])
    prior = ["prior", *(f"{share:.4f}" for share in design.prior), "", ""]
    return (
        "## Recovery\n\nEach world has a scenario drawn from the prior, and every indicator is read once at the end of "
        "the year. Here indicators are independent, reports are perfect, and evidence counts in "
        "full: Bayes' rule alone. Then the mean posterior must be the share of worlds, and what is called 70 % must "
        "come true in 70 %. The calibration error has ten bins and is averaged over the scenarios.\n\n"
        + _table(
            ["end of", *(f"mean P({name})" for name in [*scenarios, "other"]), "calibration error", "true one leads"],
            [prior, *rows],
        )
    )


def _identity_part(result: "Calibration") -> str:
    """Return the part on Good's identity."""
    seen: dict[str, list[str]] = {}
    for row in sorted(result.identities, key=lambda row: -row.standard_errors):
        cells = [row.scenario_id, f"{row.onset:g}", f"{row.mean:.4f}", f"{row.standard_errors:.2f}"]
        seen.setdefault(row.indicator_id, [row.indicator_id, *cells])
    return (
        "## Good's identity\n\nIf the reference is true, the likelihood ratio of any hypothesis against it must "
        "average exactly 1, whatever the indicator: otherwise the scores would drift though nothing was learned. "
        "Readings are drawn from the reference, an event unnoticed with its own probability. The ten farthest "
        "indicators:\n\n"
        + _table(
            ["indicator", "scenario", "onset, years", "mean ratio", "standard errors from 1"], list(seen.values())[:10]
        )
    )


def _uniformity_part(result: "Calibration") -> str:
    """Return the part on probability integral transforms."""
    rows = [[row.family, str(row.readings), f"{row.distance:.4f}", f"{row.p_value:.3f}"] for row in result.uniformity]
    return (
        "## Probability integral transform\n\nReadings are drawn without the distribution functions: growth walked in "
        "small steps, counts at a rate that is itself drawn, shares as part of two gamma variables, events by spending "
        "hazard; before its onset a scenario follows its baseline. The share of the predictive distribution that "
        "lies below each reading must then be uniform. Distance and p after Kolmogorov and Smirnov; every fan with its "
        "own spread, since the shared one is an average.\n\n" + _table(["family", "readings", "distance", "p"], rows)
    )


def _weight_part(result: "Calibration", design: "Design", years: dict[float, int]) -> str:
    """Return the part on correlated worlds and the weight of evidence."""
    from signposts.scoring.calibration import HEAD_COUNT_TEMPER

    scores = {(row.time, row.weighting, row.evidence_weight): row for row in result.weights}
    weights = sorted({row.evidence_weight for row in result.weights if row.weighting == "luck"})
    shown = [*(("luck", weight) for weight in weights), ("head count", HEAD_COUNT_TEMPER)]
    rows = [
        [
            str(year),
            *(f"{scores[time, *key].log_score:.3f} / {scores[time, *key].calibration_error:.3f}" for key in shown),
        ]
        for time, year in years.items()
    ]
    heads = [f"{weight:g}" if name == "luck" else name for name, weight in shown]
    return (
        "## Correlated worlds\n\nReal indicators share causes. In these worlds a Gaussian copula gives all of "
        f"them {design.correlation.everywhere:g} of their variance in common and those of one group "
        f"{design.correlation.group:g} more, towards cooperation or away from it, and a report is accurate with "
        f"probability {design.reliability:.3f} (grade B2). Log score (higher is better) / calibration error (lower is "
        f"better) by the weight of evidence, {design.evidence_weight:g} in force, beside the former head count:\n\n"
        + _table(["end of", *heads], rows)
    )


def _wrong_part(result: "Calibration", design: "Design") -> str:
    """Return the part on fans that are wrong."""
    rows = [[row.weighting, f"{row.log_score:.3f}", f"{row.calibration_error:.3f}"] for row in result.wrong]
    return (
        "## Fans that are wrong\n\nThe same correlated worlds after "
        f"{design.bounded_time:.1f} years, drawn from other numbers than those that score them: every invented number "
        "is moved by its stated spread.\n\n" + _table(["weighting", "log score", "calibration error"], rows)
    )


def _outside_pairs(result: "Calibration") -> list[tuple["Outside", "Outside"]]:
    """Return each kind of world from outside, with shared causes and with independent indicators."""
    shared, alone = ([row for row in result.outside if row.independent == independent] for independent in (False, True))
    return list(zip(shared, alone, strict=True))


def _outside_part(result: "Calibration", design: "Design") -> str:
    """Return the part on worlds that no scenario holds."""
    rows = [
        [row.worlds, *(f"{value:.3f}" for kind in (row, alone) for value in (kind.found, kind.median_other))]
        for row, alone in _outside_pairs(result)
    ]
    return (
        "## Worlds from outside\n\nHow often none of the above passes "
        f"{design.alarm_other:g}, and its median: in worlds that a scenario holds, where every reading comes from the "
        "reference, where a share comes from nowhere, and where each storyline follows a scenario of its own. Readings "
        "that share causes agree by luck, and are excused in part.\n\n"
        + _table(["worlds", "found", "median", "found, independent", "median, independent"], rows)
    )


def _outlook_part(result: "Calibration", design: "Design", years: dict[float, int]) -> str:
    """Return the part on when the probabilities settle."""
    rows = []
    for row in result.outlook:
        settled = (f"{share:.3f}" for share in (row.p_settled_right, row.p_settled_wrong))
        rows.append([str(years[row.time]), f"{row.expected_entropy:.2f}", *settled])
    return (
        "## When will we know\n\nThe same correlated worlds with the weights in force: the uncertainty "
        "expected to be left, in bits, and the chance that some scenario has passed "
        f"{100 * design.settled:.0f} % and is right, or is wrong.\n\n"
        + _table(["end of", "bits left", "settled and right", "settled and wrong"], rows)
    )


# ---- the backtest


def show_backtest(tracker: str) -> None:
    """Print how the fans and two naive forecasts would have done on history, as the newest release has it."""
    with open_release() as release:
        chosen = tracker or only_tracker(release)
        rows = published_rows(release, "run_summary/backtest", tracker=chosen)
        console = Console(highlight=False)
        if not rows:
            console.print("No yearly series of this tracker reaches far enough back: five values before it began.")
            return
        console.print(
            "Forecasts of each yearly series from every year that had four values behind it, on the log scale. CRPS: "
            "lower is better; log score: higher is better; coverage of the 80 % band: .80 is right.",
            soft_wrap=True,
        )
        for _, group in groupby(rows, key=lambda row: row["series"]):
            console.print(_backtest_table(list(group)))


def _backtest_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Return one series' scores."""
    first = rows[0]
    title = f"{first['title'] or first['series']} (fan: sigma {first['sigma']:.2f})"
    headings = ("years ahead", "forecast", "forecasts", "CRPS", "log score", "coverage")
    table = titled_table(title, headings, left_headings=("forecast",))
    for row in rows:
        table.add_row(
            str(row["horizon_years"]),
            row["forecast"].replace("_", " "),
            str(row["n_forecasts"]),
            f"{row['crps']:.3f}" + (" *" if row["best"] else "  "),
            f"{row['log_score']:.2f}",
            f"{row['coverage_80']:.2f}",
        )
    table.caption = "* lowest CRPS at that horizon"
    return table
