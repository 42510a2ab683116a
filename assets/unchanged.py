"""What need not be made again: a step is passed over while all that it reads is as it was when it last ran.

Belongs here: the key of what a step reads, and running a step once for each key. Not here: which step reads what.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from assets.settings import CHECKOUT

if TYPE_CHECKING:
    from assets.warehouse import Warehouse

# What makes the tables and the pages: a change to any of it makes everything again.
CODE = (("assets", "*"), ("checks", "*"), ("sql", "*"), ("docs", "method.md"), ("docs", "calibration.md"))
LIBRARIES = ("altair", "duckdb", "jinja2", "numpy", "pandas", "scipy", "vl-convert-python")


@cache
def code_digest() -> str:
    """Return a digest of the code, the statements and the versions of the libraries that make figures and pages."""
    digest = hashlib.sha256()
    for folder, pattern in CODE:
        for path in sorted((CHECKOUT / folder).rglob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(CHECKOUT)}\n".encode())
                digest.update(path.read_bytes())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    return digest.hexdigest()


def folder_digest(root: Path) -> str:
    """Return a digest of the names and bytes of all files under a folder."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(root)} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def key_of(*values: object) -> str:
    """Return a digest of values and of the code: equal only if a step would make the same again."""
    return hashlib.sha256("\n".join([code_digest(), *map(str, values)]).encode()).hexdigest()


def state_key(warehouse: "Warehouse", tables: Sequence[str], *values: object) -> str:
    """Return the key of a step that reads tables and values; tables that are not there yet have no rows."""
    return key_of(*warehouse.row_digests(tables).items(), *values)


# What a tracker's model is made of.
MODELLED = (
    "tracker",
    "structural_break",
    "scenario",
    "hypothesis",
    "prior_set",
    "evidence_group",
    "indicator",
    "prediction",
    "tracker_setting",
    "indicator_setting",
    "variant_setting",
)
# What the figures follow from.
READ_BY_THE_METHOD = (*MODELLED, "as_of_date", "reading", "pooled_report", "reading_claim", "claim")
# And what a release shows beside them. The log of attempts is left out: a look that found nothing new is no news, and
# what a look did find stands in `freshness`.
PUBLISHED_STATE = (*READ_BY_THE_METHOD, "project", "source", "quarantine", "milestone", "freshness")


def once(warehouse: "Warehouse", name: str, key: str, make: Callable[[], object]) -> bool:
    """Run a step unless it last ran, to its end, under the same key; return whether it ran."""
    if warehouse.recall(name, key) is not None:
        return False
    # A step that is killed half way must not be taken for the one that ran before it.
    warehouse.forget(name)
    make()
    warehouse.remember(name, key, "")
    return True
