"""What sources.yaml may ask of this publisher."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from signposts.catalogue.fields import Entry
from signposts.sources.options import CountryCode, Year


class Ask(Entry):
    """The goods trade of one country with one counterpart, as the country reports it."""

    country: CountryCode
    counterpart: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{2,3}$")]
    frequency: Literal["A", "M"]
    from_year: Year
