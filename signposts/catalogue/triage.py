"""triage.csv of a tracker: what became of each lead, a row a decision, the newest of a lead counts.

Belongs here: columns, types and reading. Not here: making decisions (desk).
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from signposts.catalogue.claims import Day, Moment
from signposts.catalogue.documents import read_rows
from signposts.catalogue.entries import build_row
from signposts.catalogue.faults import FaultList
from signposts.catalogue.fields import Identifier, Text, WebAddress

DecisionWord = Literal["accept", "dismiss", "duplicate", "later", "reopen"]
DISMISSALS = {
    "off_topic": "it is about something else",
    "does_not_count": "it is on the subject, but outside what counts",
    "no_new_fact": "comment or repetition without a fact of its own",
    "cannot_be_trusted": "the source or the text cannot be trusted",
    "gone": "the page is gone or cannot be read",
}
"""Reasons for which a lead is dismissed, and what each means."""


class TriageRow(BaseModel):
    """One decision on one lead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lead_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
    decision: DecisionWord
    indicator_id: Identifier | None = None
    reason: Text | None = None
    later_until: Day | None = None
    claim_id: Text | None = None
    decided_with: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")] | None = Field(
        default=None, description="lead whose decision covered this one"
    )
    decided_by: Text
    decided_at: Moment
    url: WebAddress

    @model_validator(mode="after")
    def has_what_it_needs(self) -> Self:
        """Refuse a decision without what makes it one."""
        if self.decision in ("accept", "duplicate") and not self.claim_id:
            raise ValueError(f"{self.decision} names no claim|fill in claim_id")
        if self.decision == "later" and self.later_until is None:
            raise ValueError("later has no day|fill in later_until")
        if self.decision == "dismiss" and self.reason not in DISMISSALS:
            raise ValueError(f"{self.reason!r} is no reason to dismiss|write one of {', '.join(DISMISSALS)}")
        return self


TRIAGE_COLUMNS = tuple(TriageRow.model_fields)


def triage_path(folder: Path) -> Path:
    """Return where a tracker's decisions stand."""
    return folder / "triage.csv"


def read_triage(folder: Path, faults: FaultList) -> list[TriageRow]:
    """Return the decisions of a tracker in the order of their moments; rows that cannot be read become faults."""
    path = triage_path(folder)
    content = read_rows(path, TRIAGE_COLUMNS, faults) if path.exists() else None
    rows = content[1] if content else []
    decisions = (build_row(TriageRow, path, row, row.fields.get("lead_id", "lead"), faults) for row in rows)
    # Files of two people are joined line by line: the moment says which decision is the newer.
    return sorted((decision for decision in decisions if decision), key=lambda decision: decision.decided_at)


def newest_decisions(decisions: Iterable[TriageRow]) -> dict[str, TriageRow]:
    """Return the decision that counts for each lead; reopened ones have none."""
    newest = {decision.lead_id: decision for decision in decisions}
    return {lead_id: decision for lead_id, decision in newest.items() if decision.decision != "reopen"}


def is_open(decision: TriageRow | None, today: date) -> bool:
    """Return whether a lead waits for a decision: none yet, or put off until a day that has come."""
    if decision is None:
        return True
    return decision.decision == "later" and decision.later_until is not None and decision.later_until <= today
