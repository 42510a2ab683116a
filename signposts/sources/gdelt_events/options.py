"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field

from signposts.catalogue.fields import Entry, Identifier, Positive
from signposts.sources.options import Pair


class Ask(Entry):
    """The pairs of countries wanted, and how many whole days back."""

    days_back: Annotated[int, Field(ge=1, le=4)]
    pairs: Annotated[dict[Identifier, Pair], Field(min_length=1)]
    max_unpacked_megabytes: Positive = 200.0
