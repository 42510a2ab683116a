"""What sources.yaml may ask of this publisher."""

from signposts.catalogue.fields import Entry
from signposts.sources.options import Pair, Year


class Ask(Entry):
    """The pair whose votes are compared."""

    pair: Pair
    from_year: Year
