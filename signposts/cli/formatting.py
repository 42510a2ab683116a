"""Numbers as a person reads them.

Belongs here: formats shared by the commands. Not here: verdicts, which the method gives.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Literal

from rich.table import Table


def number(value: float | None) -> str:
    """Return a value with three significant digits, or more where it is a whole number or stands in thousands."""
    if value is None:
        return ""
    return f"{value:,.0f}" if (value == round(value) or abs(value) >= 999.5) and abs(value) < 1e15 else f"{value:,.3g}"


def span(low: float | None, high: float | None) -> str:
    """Return an interval; one with a single end as at least or at most, one without any as nothing."""
    if low is None or high is None:
        return f"at least {number(low)}" if low is not None else f"at most {number(high)}" if high is not None else ""
    return f"{number(low)} to {number(high)}"


def percent(value: float | None) -> str:
    """Return a share as a whole percentage, with a decimal below ten."""
    if value is None:
        return ""
    return f"{100 * value:.1f} %" if abs(value) < 0.0995 else f"{100 * value:.0f} %"


def signed(value: float | None, digits: int = 2) -> str:
    """Return a number with its sign, or nothing."""
    return "" if value is None else f"{value:+.{digits}f}"


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a Markdown table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def titled_table(title: str, headings: Sequence[str], left_headings: Container[str], *, fold: bool = False) -> Table:
    """Return a table to be printed; a column whose heading is not a left one stands to the right."""
    table = Table(title=title, title_justify="left")
    for heading in headings:
        side: Literal["left", "right"] = "left" if heading in left_headings else "right"
        table.add_column(heading, justify=side, overflow="fold" if fold else "ellipsis")
    return table
