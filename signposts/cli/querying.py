"""`signposts sql`: questions to the published file, from the cookbook or written on the spot.

Belongs here: words in, bytes out. Not here: opening the file safely and the formats (the SQL desk).
"""

import sys
from collections.abc import Sequence

from signposts.errors import InputError
from signposts.release import require_latest
from signposts.release.cookbook import load_cookbook
from signposts.release.query import run_query
from signposts.settings import load_settings


def answer(query: str, output: str, parameters: Sequence[str]) -> None:
    """Write the answer to standard output, in the format asked for."""
    database = require_latest(load_settings()).path
    values = {}
    for word in parameters:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise InputError(f"--set {word!r} is not understood; write it as NAME=VALUE")
        values[name] = value
    sys.stdout.buffer.write(run_query(database, query, values, output))
    sys.stdout.buffer.flush()


def list_cookbook() -> None:
    """Print every question of the cookbook with its name."""
    recipes = load_cookbook()
    width = max(len(name) for name in recipes)
    for name, recipe in sorted(recipes.items()):
        print(f"{name:<{width}}  {recipe.question}")
