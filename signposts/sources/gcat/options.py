"""What sources.yaml may ask of this publisher."""

from typing import Annotated

from pydantic import Field, Strict, StringConstraints

from signposts.catalogue.fields import Entry, Text
from signposts.sources.options import Year

State = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{0,5}$")]
Tag = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[A-Z0-9]+$")]


class Ask(Entry):
    """Launches from one state's sites that carried another's satellites to orbit."""

    owner: State
    launched_from: State
    from_year: Year
    # Launches and sites that the files must hold, else they are not read.
    launches: Annotated[tuple[Tag, ...], Strict(False), Field(min_length=1)]
    sites: Annotated[tuple[Text, ...], Strict(False), Field(min_length=1)]
