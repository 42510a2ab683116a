"""From data to models: every validation error becomes a fault with its line, its reason and its remedy.

Belongs here: the wording of what pydantic refuses. Not here: the models themselves, or rules between files.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from signposts.catalogue.documents import CsvRow, Document
from signposts.catalogue.faults import FaultList, nearest
from signposts.catalogue.fields import IDENTIFIER, WEB_ADDRESS

T = TypeVar("T", bound=BaseModel)

# A prediction without these can never be resolved, which is a better reason than "it is required".
RESOLUTION_KEYS = {
    "unit": "what has no unit can never be measured",
    "by": "a prediction without a deadline can never be resolved",
    "reach_by": "a prediction without a deadline can never be resolved",
    "target": "a path without a target can never be resolved",
    "predictions": "an indicator without a prediction cannot be scored",
}
MEND_BY_TYPE = {
    "date_type": ("not a date", "write it as 2026-11-23, without quotes"),
    "date_from_datetime_inexact": ("a time, not a date", "write it as 2026-11-23"),
    "float_type": ("not a number", "write a plain number with a point, without quotes or units"),
    "float_parsing": ("not a number", "write a plain number with a point, without units"),
    "int_type": ("not a whole number", "write a whole number"),
    "int_parsing": ("not a whole number", "write a whole number"),
    "int_from_float": ("not a whole number", "write a whole number"),
    "finite_number": ("not a finite number", "write a number that exists, or leave the key out"),
    "bool_type": ("neither true nor false", "write true or false"),
    "string_type": ("not text", "put it in quotes"),
    "string_too_short": ("empty", "fill it in"),
    "too_short": ("too short a list", "add what is missing"),
    "dict_type": ("not a mapping", "write `key: value` lines, indented"),
    "model_type": ("not a mapping", "write `key: value` lines, indented"),
    "tuple_type": ("not a list", "write it as [one, two]"),
    "union_tag_not_found": ("the prediction has no type", "add `type:`, for example `type: silent`"),
}
MEND_BY_PATTERN = {
    WEB_ADDRESS: ("no web address", "write it whole, beginning with https://"),
    r"^\d+\.\d+\.\d+$": ("no version", "write three numbers, as 1.0.0"),
}


def build(model: type[T], document: Document, data: Any, location: Sequence[object], faults: FaultList) -> T | None:
    """Return the model of a part of a document; what it refuses becomes faults, and the answer None."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            place = document.line(*location, *detail["loc"])
            refuse_detail(model, detail, location, document.path, place, faults)
        return None


def build_mapping(model: type[T], document: Document, what: str, faults: FaultList) -> dict[str, T]:
    """Return the models of a file that maps identifiers to entries; entries with faults are left out."""
    if not isinstance(document.data, dict):
        faults.refuse(
            document.path, 1, document.path.name, f"not a mapping of {what}s", f"write `{what}_id:` and its keys"
        )
        return {}
    entries: dict[str, T] = {}
    for key, data in document.data.items():
        entry = build(model, document, data, (key,), faults)
        if not isinstance(key, str) or not IDENTIFIER.fullmatch(key):
            mend = "use lower case letters, digits and underscores, beginning with a letter"
            faults.refuse(document.path, document.line(key), str(key), f"not a name of a {what}", mend)
        elif entry is not None:
            entries[key] = entry
    return entries


def build_row(model: type[T], path: Path, row: CsvRow, what: str, faults: FaultList) -> T | None:
    """Return the model of a row of a CSV file; what it refuses becomes faults, and the answer None."""
    try:
        return model.model_validate(row.fields)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            refuse_detail(model, detail, (what,), path, row.line, faults)
        return None


def refuse_detail(
    model: Any, detail: ErrorDetails, prefix: Sequence[object], path: Path, line: int, faults: FaultList
) -> None:
    """Turn one of pydantic's errors into a fault."""
    location = detail["loc"]
    what = ".".join(str(part) for part in (*prefix, *visible(location, model))) or path.name
    why, mend = explain(model, detail)
    faults.refuse(path, line, what, why, mend)


def explain(model: Any, detail: ErrorDetails) -> tuple[str, str]:
    """Return why pydantic refused something and how to mend it."""
    kind, location = detail["type"], detail["loc"]
    if kind == "extra_forbidden":
        return "unknown key", f"{nearest(location[-1], fields_at(model, location))} Else remove it"
    if kind == "missing":
        key = str(location[-1])
        return RESOLUTION_KEYS.get(key, "required and not there"), f"add `{key}:`"
    if kind == "value_error":
        why, _, mend = str(detail["ctx"]["error"]).partition("|")
        return why, mend or "correct it"
    context = detail.get("ctx") or {}
    if kind in ("literal_error", "union_tag_invalid"):
        expected = [word.strip(" '") for word in str(context.get("expected") or context["expected_tags"]).split(",")]
        expected = [word.strip(" '") for phrase in expected for word in phrase.split(" or ")]
        given = context.get("tag", detail["input"])
        return f"{given!r} is not known here", nearest(given, expected)
    advice = MEND_BY_TYPE.get(kind) or MEND_BY_PATTERN.get(context.get("pattern", ""))
    if advice is None:
        return detail["msg"][0].lower() + detail["msg"][1:], "correct the value"
    given = repr(detail["input"])
    return f"{given if len(given) <= 40 else given[:37] + '…'} is {advice[0]}", advice[1]


def visible(location: Sequence[object], model: Any) -> list[object]:
    """Return a location without the tags that pydantic adds for the members of a union and for keys."""
    shown: list[object] = []
    annotation = model
    for part in location:
        annotation, is_tag = step(annotation, part)
        if not is_tag and part != "[key]":
            shown.append(part)
    return shown


def fields_at(model: Any, location: Sequence[object]) -> list[str]:
    """Return the keys that are known beside an unknown one."""
    annotation = model
    for part in location[:-1]:
        annotation, _ = step(annotation, part)
    annotation = bare(annotation)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return list(annotation.model_fields) if is_model else []


def bare(annotation: Any) -> Any:
    """Return an annotation without Annotated and without None."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
            continue
        members = [member for member in get_args(annotation) if member is not type(None)]
        if type(None) in get_args(annotation) and len(members) == 1:
            annotation = members[0]
            continue
        return annotation


def step(annotation: Any, part: object) -> tuple[Any, bool]:
    """Return the annotation one part further in, and whether the part was only a union's tag."""
    annotation = bare(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(part))
        return (field.annotation if field else None), False
    if origin is dict:
        return arguments[1], False
    if origin is tuple:
        return arguments[0], False
    if origin is Union or type(annotation).__name__ == "UnionType":
        for member in arguments:
            tag = getattr(member, "model_fields", {}).get("type")
            if tag is not None and get_origin(tag.annotation) is Literal and part in get_args(tag.annotation):
                return member, True
    return None, False
