"""Accepted problems: what somebody knows of and has taken on, for a reason and until a date.

Belongs here: reading catalogue/accepted_problems.yaml and saying which alert it silences. Not here: the rules.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from signposts.alerts.journal import Alert
from signposts.catalogue.documents import read_document
from signposts.catalogue.faults import FaultList
from signposts.errors import CatalogueError

Kind = Literal[
    "threshold", "move", "status", "no_scenario_fits", "source", "held", "withdrawn", "withheld", "good_again"
]
AN_ENTRY = "an entry has kind, subject, owner, reason and expires_on (YYYY-MM-DD)"
Words = Annotated[str, Field(min_length=3)]


class AcceptedProblem(BaseModel):
    """One problem: the alert it silences, who answers for it, why, and the last day on which that holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    subject: Words
    owner: Words
    reason: Words
    expires_on: date

    def silences(self, alert: Alert, today: date) -> bool:
        """Return whether the alert is of this problem, and the problem is still accepted."""
        return alert.kind == self.kind and alert.subject == self.subject and today <= self.expires_on


def load_accepted(root: Path) -> list[AcceptedProblem]:
    """Return the accepted problems of a catalogue; none if there is no such file.

    Raises:
        CatalogueError: an entry lacks its owner, reason or date, or the file is no list of entries.
    """
    path = root / "accepted_problems.yaml"
    if not path.exists():
        return []
    faults = FaultList()
    document = read_document(path, faults)
    faults.raise_if_any()
    data = document.data if document else []
    try:
        return TypeAdapter(list[AcceptedProblem]).validate_python(data)
    except ValidationError as error:
        lines = []
        for fault in error.errors():
            place = [f"entry {part + 1}" if isinstance(part, int) else part for part in fault["loc"]]
            lines.append(f"{path}: {' '.join(place) or 'the file'}: {fault['msg']}: {AN_ENTRY}")
        raise CatalogueError("\n".join(lines)) from error


def expired(problems: Sequence[AcceptedProblem], today: date) -> list[str]:
    """Return a line for each problem whose date has passed: it silences nothing any more."""
    return [
        f"{problem.kind} {problem.subject}: accepted by {problem.owner} until {problem.expires_on}, which has passed; "
        "mend it, or give catalogue/accepted_problems.yaml a new date with a reason"
        for problem in problems
        if today > problem.expires_on
    ]
