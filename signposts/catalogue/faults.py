"""Faults of a load: gathered while reading, reported together.

Belongs here: what a fault is, how it is worded, the nearest known name. Not here: the rules that find faults.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from signposts.errors import CatalogueError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend: where it stands, what it is, why it cannot be used, how to mend it."""

    path: str
    line: int
    what: str
    why: str
    mend: str

    def __str__(self) -> str:
        """Return the fault as one line."""
        return f"{self.path}:{self.line}: {self.what}: {self.why}: {self.mend}"


@dataclass(slots=True)
class FaultList:
    """The faults found so far, and the warnings that stop nothing."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def refuse(self, path: Path, line: int, what: str, why: str, mend: str) -> None:
        """Note something that makes the catalogue unusable."""
        self.faults.append(Fault(shown(path), line, what, why, mend))

    def warn(self, path: Path, line: int, what: str, why: str, mend: str) -> None:
        """Note something that a careful author would look at."""
        self.warnings.append(Fault(shown(path), line, what, why, mend))

    def raise_if_any(self) -> None:
        """Raise one CatalogueError that lists every fault, one a line, in the order of files and lines."""
        if self.faults:
            raise CatalogueError("\n".join(str(fault) for fault in sorted(set(self.faults))))


def shown(path: Path) -> str:
    """Return a path as a person in the current folder would write it."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def nearest(name: object, candidates: Iterable[object]) -> str:
    """Return the end of a sentence: the nearest known name if one is near, else all that are known."""
    names = [str(candidate) for candidate in candidates]
    close = get_close_matches(str(name), names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    if not names:
        return "none are known"
    listed = ", ".join(sorted(names)[:8])
    return f"known are {listed}" + (" …" if len(names) > 8 else "")
