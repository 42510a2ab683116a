"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field, Strict

from signposts.catalogue.fields import Entry, Text
from signposts.sources.options import CountryCode, Year


class Ask(Entry):
    """One indicator of several countries."""

    indicator: Text
    # Part of the indicator's title that names the unit.
    unit: Text
    countries: Annotated[tuple[CountryCode, ...], Strict(False), Field(min_length=1)]
    from_year: Year
    # Values outside are set aside.
    value_range: Annotated[tuple[float, float], Strict(False)]
