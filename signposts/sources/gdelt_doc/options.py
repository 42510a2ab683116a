"""What sources.yaml may ask of this publisher."""

from pydantic import Field

from signposts.catalogue.fields import Entry, Text
from signposts.sources.options import Day


class Ask(Entry):
    """One query and the first day wanted."""

    query: Text
    first_day: Day = Field(alias="from")
