"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field

from signposts.catalogue.fields import Entry, Identifier
from signposts.sources.options import Prefixes


class Ask(Entry):
    """The whole list, counted by the list that an entry stands on."""

    # Fewer entries cannot be the whole list.
    least_entries: Annotated[int, Field(ge=0)]
    # List -> the beginnings of the reference numbers that belong to it.
    lists: dict[Identifier, Prefixes]
