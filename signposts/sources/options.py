"""The typed form of what sources.yaml asks of a publisher.

Belongs here: types that several publishers' options share, finding a publisher's own form, and refusing what does not
fit it with file and line. Not here: a publisher's keys, which stand in its folder's options.py.
"""

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from typing import Annotated

from pydantic import Field, Strict, StringConstraints, ValidationError

from signposts.catalogue.documents import Document
from signposts.catalogue.faults import FaultList, nearest
from signposts.catalogue.fields import Entry
from signposts.catalogue.models import Source
from signposts.errors import InputError

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Day = Annotated[date, Strict(False)]
Year = Annotated[int, Field(ge=1900, le=2200)]
Pair = Annotated[tuple[CountryCode, CountryCode], Strict(False)]
Prefixes = Annotated[tuple[Annotated[str, StringConstraints(min_length=1)], ...], Strict(False), Field(min_length=1)]


def ask_model(source_id: str) -> type[Entry]:
    """Return the form of what may be asked of a publisher."""
    model: type[Entry] = import_module(f"signposts.sources.{source_id}.options").Ask
    return model


def asks_of(source_id: str, source: Source) -> dict[str, Entry]:
    """Return what is asked of a publisher, by the name of the document.

    Raises:
        InputError: an ask does not fit the publisher's form; `signposts check` says where.
    """
    try:
        return {document.name: ask_model(source_id).model_validate(document.ask) for document in source.documents}
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InputError(
            f"sources.yaml asks {source_id} for something that it cannot: {where}; see `signposts check`"
        ) from error


def validate_asks(
    document: Document, sources: Mapping[str, Source], publishers: tuple[str, ...], faults: FaultList
) -> None:
    """Refuse each key of an ask that its publisher's form does not have, or whose value does not fit."""
    for source_id, source in sources.items():
        if not source.documents:
            continue
        if source_id not in publishers:
            faults.refuse(
                document.path,
                document.line(source_id),
                source_id,
                "no publisher has this name",
                nearest(source_id, publishers),
            )
            continue
        model = ask_model(source_id)
        for place, entry in enumerate(source.documents):
            try:
                model.model_validate(entry.ask)
            except ValidationError as error:
                for problem in error.errors():
                    location = (source_id, "documents", place, "ask", *problem["loc"])
                    keys = [field.alias or name for name, field in model.model_fields.items()]
                    unknown = problem["type"] == "extra_forbidden"
                    faults.refuse(
                        document.path,
                        document.line(*location),
                        f"{source_id}.{entry.name}.ask.{'.'.join(str(part) for part in problem['loc'])}",
                        "this publisher has no such key" if unknown else problem["msg"],
                        nearest(problem["loc"][-1], keys)
                        if unknown
                        else f"see signposts/sources/{source_id}/options.py",
                    )
