"""A loaded catalogue: trackers, their entries and ledgers, the sources they share.

Belongs here: the shape of what the loader returns. Not here: reading or judging it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from signposts.catalogue.claims import Claim
from signposts.catalogue.models import Indicator, Project, Scenario, Source, Statement, TrackerSettings
from signposts.catalogue.searches import SearchRow
from signposts.catalogue.watch import LeadFeed, WatchNames

OTHER = "other"
LEDGER_SOURCE = "ledger"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A claim, the line it stands on, and its fields as written."""

    line: int
    fields: Mapping[str, str]
    claim: Claim


@dataclass(frozen=True, slots=True)
class Ledger:
    """The dated claims about one indicator, in the order they were written."""

    indicator_id: str
    path: Path
    sha256: str
    rows: tuple[LedgerRow, ...]


@dataclass(frozen=True, slots=True)
class Tracker:
    """One set of scenarios with its indicators and ledgers."""

    tracker_id: str
    folder: Path
    settings: TrackerSettings
    scenarios: Mapping[str, Scenario]
    indicators: Mapping[str, Indicator]
    projects: Mapping[str, Project]
    coverage: tuple[Statement, ...]
    ledgers: Mapping[str, Ledger]
    searches: tuple[SearchRow, ...]
    catalogue_sha256: str
    watch_names: WatchNames = WatchNames()
    answers: Mapping[tuple[str, str, str], Sequence[float]] = field(default_factory=dict)
    """Numbers that further analysts gave, by indicator, scenario and number."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims of the ledgers, by indicator and line."""
        return tuple(row.claim for ledger in self.ledgers.values() for row in ledger.rows)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a run tracks."""

    root: Path
    trackers: tuple[Tracker, ...]
    sources: Mapping[str, Source]
    warnings: tuple[str, ...]
    lead_feeds: Mapping[str, LeadFeed] = field(default_factory=dict)

    def tracker(self, tracker_id: str) -> Tracker:
        """Return the tracker of an identifier; KeyError if it was not loaded."""
        for tracker in self.trackers:
            if tracker.tracker_id == tracker_id:
                return tracker
        raise KeyError(tracker_id)
