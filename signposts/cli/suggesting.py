"""`signposts suggest-sigma`: the spread of a series, read off a file of its history.

Belongs here: reading the file, laying out what was found. Not here: the rule (scoring/history.py).
"""

import csv
from datetime import date
from pathlib import Path
from typing import get_args

import typer

from signposts.errors import InputError
from signposts.scoring.history import Scale, spread_from_history
from signposts.scoring.observations import DAYS_PER_YEAR

COLUMNS = ("date", "value")


def suggest_sigma(path: Path, scale: str) -> None:
    """Print walk, noise and degrees of freedom of each series in a CSV file, as the catalogue writes them."""
    chosen = next((word for word in get_args(Scale) if word == scale), None)
    if chosen is None:
        raise InputError(f"no scale {scale!r}: use log for positive quantities, linear for those that can be negative")
    for name, points in read_series(path).items():
        days = sorted(points)
        years = [(day - days[0]).days / DAYS_PER_YEAR for day in days]
        try:
            spread = spread_from_history(years, [points[day] for day in days], chosen)
        except ValueError as error:
            raise InputError(f"{path}: {name}: {error}") from error
        typer.echo(
            f"{name}: {len(days)} values, {days[0]} to {days[-1]}, one every {spread.step:.3g} years\n"
            f"  a walk of {spread.walk:.4g} per square root of a year and noise of {spread.noise:.4g} a reading, on "
            f"the {chosen} scale;\n"
            f"  as certain as {spread.degrees:.1f} independent spans of {spread.lag} steps can make it\n"
            f"  scale: {chosen}\n"
            f"  sigma: {{from: history, walk: {spread.walk:.5g}, noise: {spread.noise:.5g}, floor: {spread.floor:g}, "
            f"degrees: {spread.degrees:.3g}}}"
        )


def read_series(path: Path) -> dict[str, dict[date, float]]:
    """Return the values by date of each series: columns date and value; `indicator` names several in one file.

    Of a date that stands twice the last row counts, as a later revision does.
    """
    if not path.is_file():
        raise InputError(f"{path} is not a file; give a CSV with the columns date and value")
    series: dict[str, dict[date, float]] = {}
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise InputError(f"{path}:1: no column {missing[0]!r}; the first line must name date and value")
        for row in reader:
            try:
                day, value = date.fromisoformat(row["date"] or ""), float(row["value"] or "")
            except ValueError as error:
                mend = "write a date as 2026-11-23 and a number with a point"
                raise InputError(f"{path}:{reader.line_num}: {error}; {mend}") from error
            series.setdefault(row.get("indicator") or "the series", {})[day] = value
    if not series:
        raise InputError(f"{path} holds no rows; add one value a date")
    return series
