"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field, StringConstraints

from signposts.catalogue.fields import Entry
from signposts.sources.options import Day


class Ask(Entry):
    """The events of one country in one version of the data."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)+$")]
    # Gleditsch-Ward number.
    country: Annotated[int, Field(ge=1, le=999)]
    first_day: Day = Field(alias="from")
