"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field, Strict, StringConstraints

from signposts.catalogue.fields import Entry, Identifier
from signposts.sources.options import Day


class Ask(Entry):
    """One file of the archive and the currencies wanted from it."""

    path: Annotated[str, StringConstraints(pattern=r"^/\S+$")]
    currencies: Annotated[tuple[Identifier, ...], Strict(False), Field(min_length=1)]
    first_day: Day = Field(alias="from")
    # Days on which the unit did change, as when zeros are struck off.
    steps: Annotated[tuple[Day, ...], Strict(False)] = ()
