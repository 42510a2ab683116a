"""The cookbook: questions that people ask of the published file, each a file of sql/queries.

Belongs here: reading those files and the values of their parameters. Not here: running them (asking.py).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from signposts.errors import InputError
from signposts.release.sql_files import PARAMETER, header, statement
from signposts.settings import sql_root
from signposts.warehouse import load_sql

Value = str | int | float | date


@dataclass(frozen=True, slots=True)
class Recipe:
    """One question: its name, the sentence, the columns of the answer, its parameters with defaults, the statement."""

    name: str
    question: str
    columns: tuple[str, ...]
    parameters: Mapping[str, Value]
    statement: str

    def values(self, given: Mapping[str, str]) -> dict[str, Value]:
        """Return the value of each parameter: the given text read as its default's type, or the default."""
        unknown = sorted(set(given) - set(self.parameters))
        if unknown:
            parameters = ", ".join(self.parameters) or "none"
            raise InputError(f"query {self.name} has no parameter {unknown[0]!r}; its parameters are: {parameters}")
        return {
            name: _read_like(name, given[name], default) if name in given else default
            for name, default in self.parameters.items()
        }

    @property
    def pasteable(self) -> str:
        """Return the statement with the defaults written in, for any DuckDB client."""
        return PARAMETER.sub(lambda match: _written(self.parameters[match["name"]]), self.statement)


@cache
def load_cookbook() -> Mapping[str, Recipe]:
    """Return every question of sql/queries, by name."""
    return {path.stem: _read_recipe(path.stem) for path in sorted((sql_root() / "queries").glob("*.sql"))}


def _read_recipe(name: str) -> Recipe:
    """Return one question; its file's head says the sentence, the columns and the parameters."""
    text = load_sql(f"queries/{name}")
    described = header(text)
    pairs = [pair.split("=", 1) for pair in described.get("parameters", "").split(",") if pair]
    return Recipe(
        name=name,
        question=described["question"],
        columns=tuple(column.strip() for column in described["columns"].split(",")),
        parameters={key.strip(): _typed(value.strip()) for key, value in pairs},
        statement=statement(text),
    )


def _typed(text: str) -> Value:
    """Return a default as a day, a whole number, a number or a text."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d+\.\d+", text) else text


def _read_like(name: str, text: str, default: Value) -> Value:
    """Return a given text as the type of the default, or say what was expected."""
    try:
        if isinstance(default, date):
            return date.fromisoformat(text)
        return type(default)(text)
    except ValueError as error:
        raise InputError(f"parameter {name}: {text!r} cannot be read; write it like {default}") from error


def _written(value: Value) -> str:
    """Return a value as SQL writes it."""
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
