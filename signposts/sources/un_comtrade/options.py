"""What sources.yaml may ask of this publisher."""

from typing import Annotated, Literal

from pydantic import Field, Strict

from signposts.catalogue.fields import Entry, Text
from signposts.sources.options import Year


class Ask(Entry):
    """The goods trade of one reporter with one partner."""

    reporter: Annotated[int, Field(ge=1, le=999)]
    partner: Annotated[int, Field(ge=0, le=999)]
    commodity: Text
    flows: Annotated[tuple[Literal["X", "M", "RX", "RM"], ...], Strict(False), Field(min_length=1)]
    from_year: Year
