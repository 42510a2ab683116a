"""What an indicator's file may say about a reading that is derived from other indicators' series.

Belongs here: the formula's keys and what can be validated within one entry. Not here: rules between files
(derivation_rules.py), or the arithmetic, which is a statement (sql/observe/derived_claim.sql).
"""

from typing import Annotated, Literal, Self

from pydantic import Field, Strict, model_validator

from signposts.catalogue.fields import Entry, Identifier, InnerProbability, Positive

Parts = Annotated[tuple[Identifier, ...], Strict(False)]


class Anchor(Entry):
    """A past value that the formula must reproduce, else nothing is derived: it catches a changed definition."""

    year: Annotated[int, Field(ge=1900, le=2200)]
    value: Positive
    within: InnerProbability


class Derivation(Entry):
    """A formula over the claims of other, unscored indicators about the same period.

    sum: all of `of`; difference: the first less the second; ratio and share: the sum of `of` over that of `to`, or,
    for a ratio with `base_year`, over the same parts in that year. `months`: the same parts by month, from which a part
    of the running year makes a nowcast.
    """

    formula: Literal["sum", "difference", "ratio", "share"]
    of: Annotated[Parts, Field(min_length=1)]
    to: Parts = ()
    base_year: Annotated[int, Field(ge=1900, le=2200)] | None = None
    months: Parts = ()
    anchors: Annotated[tuple[Anchor, ...], Strict(False)] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """Every indicator that the formula names."""
        return (*self.of, *self.to, *self.months)

    @model_validator(mode="after")
    def formula_has_its_parts(self) -> Self:
        """Refuse a formula with too few parts, with too many, or with one twice on a side."""
        if self.formula == "sum" and len(self.of) < 2:
            raise ValueError("a sum of one part is that part|name the others under `of`")
        if self.formula == "difference" and len(self.of) != 2:
            raise ValueError("a difference has two parts|name under `of` what is reduced, then what is taken away")
        if self.formula in ("sum", "difference") and (self.to or self.base_year):
            raise ValueError(f"a {self.formula} has nothing below the line|remove `to` and `base_year`")
        if self.formula == "share" and (not self.to or self.base_year):
            raise ValueError("a share needs the whole|name its parts under `to`, and no `base_year`")
        if self.formula == "ratio" and bool(self.to) == bool(self.base_year):
            raise ValueError("a ratio needs `to` or `base_year`, one of the two|name what stands below the line")
        if self.months and (len(self.months) != len(self.of) or self.formula == "difference" or self.to):
            raise ValueError(
                "months belong to a sum, or to a ratio to a base year, one series for each of `of`|name as many"
            )
        for side in (self.of, self.to, self.months):
            if len(set(side)) < len(side):
                raise ValueError("a part stands twice on one side|name each once")
        return self
