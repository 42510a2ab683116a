"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field, Strict

from signposts.catalogue.fields import Entry
from signposts.sources.options import CountryCode, Day


class Ask(Entry):
    """The history of some currencies."""

    currencies: Annotated[tuple[CountryCode, ...], Strict(False), Field(min_length=1)]
    first_day: Day = Field(alias="from")
    # Days on which a currency's unit did change, as when zeros are struck off.
    steps: Annotated[tuple[Day, ...], Strict(False)] = ()
