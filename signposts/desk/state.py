"""The desk of one tracker: what is open now, in memory, read again only where a file has changed.

Belongs here: what the page and the commands ask. Not here: HTML, printing, or writing decisions (triage.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from signposts.catalogue import Catalogue, LedgerRow, Tracker, load_catalogue
from signposts.catalogue.faults import FaultList
from signposts.catalogue.searches import read_searches, searches_path
from signposts.catalogue.triage import TriageRow, is_open, triage_path
from signposts.catalogue.watch import LeadFeed
from signposts.desk.claims import all_claims, superseded_by, with_ledger_of_now
from signposts.desk.leads import Lead, LeadLog, stories_of
from signposts.desk.ranking import RankedLead, indicator_weights, rank_leads
from signposts.desk.reads import FeedRead, all_reads
from signposts.desk.stories import near_but_different
from signposts.desk.triage import decisions_now
from signposts.errors import InputError
from signposts.settings import Settings
from signposts.warehouse import Warehouse

Mark = tuple[int, int, int]


def mark_of(path: Path) -> Mark:
    """Return what changes when a file is replaced: inode, size and time; zeros if it is not there."""
    try:
        state = path.stat()
    except OSError:
        return (0, 0, 0)
    return (state.st_ino, state.st_size, state.st_mtime_ns)


@dataclass(slots=True)
class DeskState:
    """The tracker, its leads and decisions as the files say now."""

    settings: Settings
    tracker: Tracker
    feeds: Mapping[str, LeadFeed]
    log: LeadLog
    _marks: dict[Path, Mark] = field(default_factory=dict)
    decisions: dict[str, TriageRow] = field(default_factory=dict)
    reads: list[FeedRead] = field(default_factory=list)
    _weights: dict[str, float] = field(default_factory=dict)

    def refresh(self) -> None:
        """Read again what has changed on disk: ledgers one by one, decisions, searches, the newest release."""
        folder = self.tracker.folder
        if self._changed(
            *sorted((folder / "indicators").glob("*.yaml")), folder / "watch.yaml", folder / "tracker.yaml"
        ):
            catalogue = load_catalogue(folder.parent, [self.tracker.tracker_id])
            self.tracker, self.feeds = catalogue.trackers[0], catalogue.lead_feeds
        for path in sorted((folder / "ledger").glob("*.csv")):
            if self._changed(path):
                self.tracker = with_ledger_of_now(self.tracker, path.stem)
        if self._changed(triage_path(folder)):
            self.decisions = decisions_now(self.tracker.folder)
        if self._changed(searches_path(folder)):
            faults = FaultList()
            searches = read_searches(folder, self.tracker.indicators, datetime.now(UTC).date(), faults)
            faults.raise_if_any()
            self.tracker = replace(self.tracker, searches=searches)
        if self._changed(self.settings.released_database):
            self._weights = indicator_weights(released(self.settings), self.tracker.tracker_id)
        if self._changed(self.settings.desk / "reads.jsonl"):
            self.reads = all_reads(self.settings)

    def _changed(self, *paths: Path) -> bool:
        """Return whether any of the files differs from the last time it was asked."""
        changed = False
        for path in paths:
            mark = mark_of(path)
            changed |= self._marks.get(path) != mark
            self._marks[path] = mark
        return changed

    def leads(self) -> list[Lead]:
        """Return the tracker's leads."""
        start = f"{self.tracker.tracker_id}/"
        return [lead for lead in self.log.leads().values() if any(name.startswith(start) for name in lead.matches)]

    def lead(self, lead_id: str) -> Lead:
        """Return a lead by its identifier, or by a beginning of it that is its own.

        Raises:
            InputError: there is none, or several begin so.
        """
        leads = self.log.leads()
        lead_ids = [lead_id] if lead_id in leads else [name for name in leads if lead_id and name.startswith(lead_id)]
        if len(lead_ids) != 1:
            raise InputError(f"{'no lead' if not lead_ids else 'more than one lead begins with'} {lead_id!r}")
        return leads[lead_ids[0]]

    def queue(self, today: date, indicator: str = "") -> Sequence[RankedLead]:
        """Return the open leads in the order of their rank."""
        open_leads = [lead for lead in self.leads() if is_open(self.decisions.get(lead.lead_id), today)]
        caps = {name: entry.watch.cap_per_week for name, entry in self.tracker.indicators.items() if entry.watch}
        return rank_leads(open_leads, self.tracker.tracker_id, self._weights, today, caps, indicator)

    def story(self, lead: Lead) -> list[Lead]:
        """Return the leads of a lead's story, itself first."""
        others = stories_of(self.leads()).get(lead.story_id, [])
        return [lead, *(other for other in others if other.lead_id != lead.lead_id)]

    def open_story(self, lead: Lead, today: date) -> list[Lead]:
        """Return the open leads of a lead's story, itself first: what one decision covers."""
        return [
            member for member in self.story(lead)
            if member is lead or is_open(self.decisions.get(member.lead_id), today)
        ]  # fmt: skip

    def near(self, lead: Lead) -> list[tuple[Lead, list[str]]]:
        """Return leads of the days around whose titles are alike and yet differ, with what differs."""
        around = {
            other.lead_id: other
            for other in self.leads()
            if other.story_id != lead.story_id and abs((other.day - lead.day).days) <= 7
        }
        pairs = near_but_different(lead.title, ((name, other.title) for name, other in around.items()))
        return [(around[name], apart) for name, apart in pairs[:10]]

    def standing_claims(self, indicator: str) -> dict[str, LedgerRow]:
        """Return the claims of an indicator that are neither corrected nor withdrawn."""
        newer = superseded_by(self.tracker)
        return {
            row.claim.claim_id: row
            for name, row in all_claims(self.tracker)
            if name == indicator and row.claim.claim_id not in newer and row.claim.status != "withdrawn"
        }


def released(settings: Settings) -> Warehouse | None:
    """Return the newest release for our own reading; None if nothing was released."""
    database = settings.released_database
    return Warehouse(database, read_only=True) if database.exists() else None


def sole_tracker(catalogue: Catalogue) -> Tracker:
    """Return the one tracker that was loaded.

    Raises:
        InputError: there is more than one.
    """
    names = [tracker.tracker_id for tracker in catalogue.trackers]
    if len(names) != 1:
        raise InputError(f"there are {len(names)} trackers; name one with --tracker: {', '.join(names)}")
    return catalogue.trackers[0]


def open_desk(settings: Settings, tracker_id: str = "") -> DeskState:
    """Return the desk of the named tracker, or of the only one."""
    catalogue = load_catalogue(settings.catalogue_root, [tracker_id] if tracker_id else ())
    state = DeskState(settings, sole_tracker(catalogue), catalogue.lead_feeds, LeadLog(settings))
    state.refresh()
    return state
