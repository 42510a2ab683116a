"""`python -m tests.guarantees`: write docs/guarantees.md, what is promised and which tests hold it.

Belongs here: joining guarantees.yaml with the tests' own names. Not here: the promises, the tests.
"""

import re
from pathlib import Path

import yaml

from tests.paths import CHECKOUT

PAGE = CHECKOUT / "docs" / "guarantees.md"


def load_guarantees() -> dict[str, dict[str, list[str]]]:
    """Return the promises by part, each with the tests that hold it."""
    text = (CHECKOUT / "tests" / "guarantees.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def exists(test: str) -> bool:
    """Return whether a test function or a case of a statement has this name."""
    path, _, name = test.partition("::")
    if not name:
        return (CHECKOUT / path).is_dir()
    source = CHECKOUT / path
    return (
        source.is_file() and re.search(rf"^\s*def test_{name}\(", source.read_text("utf-8"), re.MULTILINE) is not None
    )


def guarantees_page() -> str:
    """Return the page: a table a part, with each promise and the names of its tests in words."""
    lines = [
        "# What is promised, and what holds it",
        "",
        "Each promise is held by the tests beside it, named as they are in the code.",
        "Written by `python -m tests.guarantees`.",
    ]
    for part, promises in load_guarantees().items():
        lines += ["", f"## {part}", "", "| promise | held by |", "| --- | --- |"]
        for promise, tests in promises.items():
            named = "<br>".join(f"[{words_of(test)}](../{test.split('::')[0]})" for test in tests)
            lines.append(f"| {promise} | {named} |")
    return "\n".join(lines) + "\n"


def words_of(test: str) -> str:
    """Return a test's name as words."""
    return Path(test.replace("::", "/")).name.replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(guarantees_page(), encoding="utf-8")
