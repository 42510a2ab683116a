"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field, Strict

from signposts.catalogue.fields import Entry, Text
from signposts.sources.options import Day, Year


class Ask(Entry):
    """State-based events in one country with one of these governments on a side."""

    # Gleditsch-Ward number of the country.
    country: Annotated[int, Field(ge=1, le=999)]
    attackers: Annotated[tuple[Text, ...], Strict(False), Field(min_length=1)]
    from_year: Year
    # Days on which an event must be there, in the file that covers them.
    anchors: Annotated[tuple[Day, ...], Strict(False), Field(min_length=1)]
