"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field, Strict

from signposts.catalogue.fields import Entry, InnerProbability, Probability
from signposts.sources.options import Year

# Number of the Correlates of War project.
State = Annotated[int, Field(ge=2, le=990)]


class Ask(Entry):
    """The yearly agreement of two states, from the end of the file of all pairs."""

    # The repository's number of the file; it changes with each release.
    file: Annotated[int, Field(ge=1)]
    pair: Annotated[tuple[State, State], Strict(False)]
    from_year: Year
    # The file is sorted by session: so many bytes of its end are read.
    tail_bytes: Annotated[int, Field(ge=100)]
    # Years whose agreement is known, and how far the file may lie from it.
    anchors: Annotated[dict[Year, Probability], Field(min_length=1)]
    within: InnerProbability
