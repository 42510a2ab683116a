"""Searches of a tracker: searches.csv, one row a window of time that somebody read to its end for one indicator.

Belongs here: columns, types and rules of a search. Not here: what follows from it (observe, scoring/completeness.py).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from signposts.catalogue.claims import Day
from signposts.catalogue.documents import read_rows
from signposts.catalogue.entries import build_row
from signposts.catalogue.faults import FaultList, nearest
from signposts.catalogue.fields import Identifier, Text


def whole_number(text: Any) -> Any:
    """Return the number of a text of digits alone, and nothing that merely looks like one."""
    if isinstance(text, str):
        if not text.isdecimal() or not text.isascii():
            raise ValueError(f"{text!r} is not a whole number|write digits alone, as 14")
        return int(text)
    return text


Count = Annotated[int, BeforeValidator(whole_number), Field(ge=0)]
Share = Annotated[float, Field(gt=0, le=1)]


class Search(BaseModel):
    """One search of one indicator: where, in which window, until when, and what of it was known already."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    indicator_id: Identifier
    searched_on: Day
    window_from: Day
    looked_until: Day
    n_known: Count | None = None
    n_found: Count | None = None
    n_both: Count | None = None
    reach_low: Share | None = None
    reach_high: Share | None = None
    queries: Text
    feeds: str | None = None
    gaps: str | None = None
    leads_read: Count | None = None
    searched_by: Text
    note: str | None = None

    @model_validator(mode="after")
    def window_can_be(self) -> Self:
        """Refuse a window that ends before it begins, or after the day of the search and a day of grace."""
        if self.window_from > self.looked_until:
            raise ValueError(
                f"window_from {self.window_from} is after looked_until {self.looked_until}|correct one of the two dates"
            )
        if (self.looked_until - self.searched_on).days > 1:
            raise ValueError(f"looked_until {self.looked_until} is after searched_on|nobody can have looked yet")
        return self

    @model_validator(mode="after")
    def recapture_is_whole(self) -> Self:
        """Refuse half a recapture, more events found twice than once, and half a reach."""
        counts = (self.n_known, self.n_found, self.n_both)
        if any(count is None for count in counts) != all(count is None for count in counts):
            raise ValueError("n_known, n_found and n_both belong together|fill in all three or none")
        if self.n_both is not None and self.n_both > min(self.n_known or 0, self.n_found or 0):
            raise ValueError(f"n_both {self.n_both} is above n_known or n_found|it counts what both lists hold")
        if (self.reach_low is None) != (self.reach_high is None):
            raise ValueError("reach_low and reach_high belong together|fill in both, or neither for the usual reach")
        if self.reach_low is not None and self.reach_high is not None and self.reach_low > self.reach_high:
            raise ValueError(f"reach_low {self.reach_low:g} is above reach_high|correct one of the two")
        return self


SEARCH_COLUMNS = tuple(Search.model_fields)


@dataclass(frozen=True, slots=True)
class SearchRow:
    """A search and the line it stands on."""

    line: int
    search: Search


def searches_path(folder: Path) -> Path:
    """Return where a tracker's searches stand."""
    return folder / "searches.csv"


def read_searches(folder: Path, indicators: Collection[str], today: date, faults: FaultList) -> tuple[SearchRow, ...]:
    """Return a tracker's searches that can be understood; the others become faults with file and line."""
    path = searches_path(folder)
    content = read_rows(path, SEARCH_COLUMNS, faults) if path.exists() else None
    searches: list[SearchRow] = []
    for row in content[1] if content else ():
        name = row.fields.get("indicator_id", "search")
        search = build_row(Search, path, row, name, faults)
        if search is None:
            continue
        if name not in indicators:
            faults.refuse(path, row.line, name, "there is no such indicator", nearest(name, indicators))
        elif (search.searched_on - today).days > 1:
            why = f"searched_on {search.searched_on} lies ahead of today, {today}"
            faults.refuse(path, row.line, f"{name} searched_on", why, "correct the date, or the clock")
        else:
            searches.append(SearchRow(row.line, search))
    return tuple(searches)
