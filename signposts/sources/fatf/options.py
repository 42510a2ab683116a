"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field, Strict

from signposts.catalogue.fields import Entry, Text

Month = Annotated[int, Field(ge=1, le=12)]


class Ask(Entry):
    """Whether a country stands on the list of the newest plenary."""

    country: Text
    # A country that is on the list as well: a page with neither is not understood.
    control: Text
    # Months in which plenaries end; only they change the list.
    months: Annotated[tuple[Month, ...], Strict(False), Field(min_length=1)]
