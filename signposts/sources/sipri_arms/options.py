"""What sources.yaml may ask of this publisher."""

from signposts.catalogue.fields import Entry, Text
from signposts.sources.options import Year


class Ask(Entry):
    """The deals of one supplier with one recipient."""

    recipient: Text
    supplier: Text
    from_year: Year
