"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field

from signposts.catalogue.fields import Entry, Identifier
from signposts.sources.options import Prefixes


class Ask(Entry):
    """The whole list, counted by groups of programmes."""

    # Fewer entries cannot be the whole list.
    least_entries: Annotated[int, Field(ge=0)]
    # Group -> the beginnings of the programmes' names that belong to it.
    programmes: Annotated[dict[Identifier, Prefixes], Field(min_length=1)]
