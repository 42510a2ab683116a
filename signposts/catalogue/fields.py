"""Types that the entries share: texts, numbers within bounds, grades, and the strictness of every entry.

Belongs here: a type used by more than one module of this package. Not here: entries.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

PROBABILITY_TOLERANCE = 1e-6
# What no table and no page can show, or shows as something else: control characters, lone surrogates, and marks that
# turn the direction of writing.
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
WORDS = r"^[^{}|]*\{(n|x|p|change)\}[^{}|]*(\|[^{}|]*\{(n|x|p|change)\}[^{}|]*)?$"


def has_a_slot(words: str) -> str:
    """Refuse words that leave no room for the number, or room for several."""
    if not re.match(WORDS, words):
        raise ValueError(
            f"{words!r} has no single slot for the number|write {{n}} for a count, {{x}} for a number, {{p}} for a "
            "share or {change} for a ratio, and after a bar the words for several"
        )
    return words


UnitWords = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(has_a_slot),
    WithJsonSchema({"type": "string", "pattern": WORDS}),
]
"""Words for an indicator's numbers with one slot: {n} a count, {x} a number, {p} a share in percent, {change} a ratio
as percent above or below; after | the words for any number but one."""
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]
InnerProbability = Annotated[float, Field(gt=0, lt=1)]
WEB_ADDRESS = r"^https?://[^\s/]+\S*$"
WebAddress = Annotated[str, StringConstraints(pattern=WEB_ADDRESS)]
Letter = Literal["A", "B", "C", "D", "E", "F"]
Number = Literal["1", "2", "3", "4", "5", "6"]
Direction = Literal["up", "down"]
ClaimStatus = Literal["reported", "estimated", "preliminary", "final", "disputed", "unverified", "withdrawn"]
PredictionType = Literal[
    "path", "drift", "range", "threshold", "share", "event_by", "rate", "ordinal", "trajectory", "silent"
]


def number_as_text(value: Any) -> Any:
    """Return an Admiralty number as text: YAML reads it as an integer."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


AdmiraltyNumber = Annotated[
    Number, BeforeValidator(number_as_text), WithJsonSchema({"enum": ["1", "2", "3", "4", "5", "6", 1, 2, 3, 4, 5, 6]})
]


class Entry(BaseModel):
    """Base of all entries: unknown keys, infinite numbers and silent conversions are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
