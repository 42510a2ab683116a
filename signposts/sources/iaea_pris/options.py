"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field, Strict, StringConstraints

from signposts.catalogue.fields import Entry, Text
from signposts.sources.options import Day


class Ask(Entry):
    """One reactor's page and its country's: whether it feeds the grid, and whether a reactor is new."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    reactor: Annotated[int, Field(ge=1)]
    # What the reactor's page must say, else it is not read: its name and the day on which building began.
    name: Text
    construction_start: Day
    # Names of the country's reactors that are no news.
    known: Annotated[tuple[Text, ...], Strict(False), Field(min_length=1)]
