"""The SQL behind the figures, as text a reader can run on the published file.

Belongs here: filling a statement of sql/report/ with the values of a page. Not here: running it; the report reads the
tables it is given, and the tests hold each figure against the statement it cites.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from signposts.settings import sql_root

_PARAMETER = re.compile(r"\$([a-z_]+)")


@dataclass(frozen=True)
class Citation:
    """A statement with its values filled in, and what it gives."""

    name: str
    gives: str
    sql: str


def cite(name: str, **values: Any) -> Citation:
    """Return the statement of sql/report/ with every $name replaced by a literal."""
    text = _statement(name)
    comments = [line.removeprefix("-- ").strip() for line in text.splitlines() if line.startswith("--")]
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip()
    gives = comments[0].removeprefix("Grain: ") if comments else name
    return Citation(name, gives, _PARAMETER.sub(lambda match: literal(values[match.group(1)]), body) + ";")


@cache
def _statement(name: str) -> str:
    return (sql_root() / "report" / f"{name}.sql").read_text(encoding="utf-8")


def literal(value: str | date) -> str:
    """Return a text or a date as SQL writes it."""
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"
