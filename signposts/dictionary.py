"""The data dictionary, checked: which tables there are, what each column means and what a careful reader must know.

Belongs here: reading sql/dictionary.yaml and the comments that it makes. Not here: databases, pages.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from signposts.settings import sql_root

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
ColumnType = Literal["varchar", "date", "double", "boolean", "integer", "bigint", "timestamp", "json"]
Stage = Literal["catalogue", "raw", "gather", "observe", "assess", "publish"]


class Entry(BaseModel):
    """Base of all entries: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Entry):
    """One column: its type in DuckDB's words, its meaning, and what to know before using it."""

    type: ColumnType
    meaning: Sentence
    warnings: Sentence | None = None

    @property
    def comment(self) -> str:
        """Return the meaning and the warnings as one text."""
        return with_warnings(self.meaning, self.warnings)


class Table(Entry):
    """One table: the stage that makes it, what a row is, what to know before using it, and its columns in order."""

    stage: Stage
    grain: Sentence
    warnings: Sentence | None = None
    columns: dict[Name, Column]

    @property
    def comment(self) -> str:
        """Return the grain and the warnings as one text."""
        return with_warnings(f"{self.grain[:1].upper()}{self.grain[1:]}.", self.warnings)


class Dictionary(Entry):
    """The published tables, and the working ones that stay in the warehouse."""

    tables: dict[Name, Table]
    working: dict[Name, Table]


RELEASE_ID = Column(
    type="varchar", meaning="Release that this file is: the same in every row of every table but release."
)


def with_warnings(meaning: str, warnings: str | None) -> str:
    """Return a meaning followed by its warnings, if it has any."""
    return f"{meaning} Warning: {warnings}" if warnings else meaning


def published_columns(name: str, table: Table) -> dict[str, Column]:
    """Return the columns of a published table: release_id first, then those of the dictionary."""
    return {"release_id": RELEASE_ID} | table.columns if name != "release" else dict(table.columns)


@cache
def load_dictionary(path: Path | None = None) -> Dictionary:
    """Return the dictionary; raises pydantic's error, which names the table and column, if an entry is wrong."""
    import yaml

    text = (path or sql_root() / "dictionary.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Dictionary.model_validate(yaml.load(text, Loader=loader))  # noqa: S506 - a safe loader
