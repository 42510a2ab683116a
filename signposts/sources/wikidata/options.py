"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import StringConstraints

from signposts.catalogue.fields import Entry, Text


class Ask(Entry):
    """Whether an office is still held by a person: the statement of an item, and the holder's English label."""

    entity: Annotated[str, StringConstraints(pattern=r"^Q[1-9][0-9]*$")]
    # As P35, head of state, or P6, head of government.
    property: Annotated[str, StringConstraints(pattern=r"^P[1-9][0-9]*$")]
    holder: Text
