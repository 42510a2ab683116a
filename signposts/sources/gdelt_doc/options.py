"""What sources.yaml may ask of this publisher."""

import re

from pydantic import Field, field_validator

from signposts.catalogue.fields import Entry, Text
from signposts.sources.options import Day


class Ask(Entry):
    """One query and the first day wanted."""

    query: Text
    first_day: Day = Field(alias="from")

    @field_validator("query")
    @classmethod
    def brackets_hold_alternatives(cls, query: str) -> str:
        """Refuse what the publisher refuses: brackets around anything but alternatives, or left open."""
        if query.count("(") != query.count(")"):
            raise ValueError("a bracket is left open; close it, or leave it out")
        if any(" OR " not in part for part in re.findall(r"\(([^()]*)\)", query)):
            raise ValueError("the publisher takes brackets around alternatives joined by OR only; leave them out")
        return query
