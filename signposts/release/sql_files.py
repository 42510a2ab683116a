"""What a file of sql/ says at its head, and the statement below it.

Belongs here: reading that text. Not here: running it.
"""

import re

HEADER = re.compile(r"^-- (?P<key>[A-Z][A-Za-z ]+): (?P<text>.+)$", re.MULTILINE)
PARAMETER = re.compile(r"\$(?P<name>[a-z_]+)")


def header(text: str) -> dict[str, str]:
    """Return what the comment lines at the head of a file of sql/ say, by key."""
    return {match["key"].lower(): match["text"] for match in HEADER.finditer(text)}


def statement(text: str) -> str:
    """Return a file's statement without its comment lines."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip().rstrip(";")
