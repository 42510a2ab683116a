"""Invented rows written as a table: the names of the columns once, then a tuple a row. Nothing else belongs here."""

from typing import Any


def under(names: str, *rows: tuple[Any, ...], **same: Any) -> list[dict[str, Any]]:
    """Return rows by the names of their columns, each with what is the same in all of them."""
    return [{**same, **dict(zip(names.split(), row, strict=True))} for row in rows]
