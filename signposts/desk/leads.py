"""Leads: what may bear on an indicator, kept in one log that only grows.

Belongs here: the log, its lock, and a lead as it stands. Not here: where leads come from (collect.py), or what becomes
of them (triage.py).

The log is ``desk/leads.jsonl`` in the home folder: a line a new lead, a line a further feed that carried it, a line
when other terms match it. It can be made again from the archive (collect.rebuild_leads).
"""

import fcntl
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from signposts.desk.feeds import Item, lead_key
from signposts.desk.stories import WINDOW, StoryIndex
from signposts.files import oldest_kept, read_lines, shorten, write_atomically
from signposts.settings import Settings

GRADES = {"A": 1.0, "B": 0.9, "C": 0.75, "D": 0.5, "E": 0.25, "F": 0.5}
"""What a source's letter does to the rank of a lead."""


@dataclass(frozen=True, slots=True)
class Lead:
    """One item that may bear on indicators; ``matches`` is tracker/indicator to strength."""

    lead_id: str
    url: str
    title: str
    summary: str
    outlet: str
    feed_id: str
    reliability: str
    published_on: date | None
    seen_at: datetime
    sha256: str
    story_id: str
    matches: Mapping[str, float]
    also_in: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """Return the day the lead is of: published, else first seen."""
        return self.published_on or self.seen_at.date()

    def indicators(self, tracker_id: str) -> dict[str, float]:
        """Return the indicators of a tracker that the lead may bear on, with the strength of each match."""
        start = f"{tracker_id}/"
        return {name.removeprefix(start): value for name, value in self.matches.items() if name.startswith(start)}


@dataclass(frozen=True, slots=True)
class FoundLead:
    """An item that matches, and where it was found."""

    item: Item
    feed_id: str
    reliability: str
    sha256: str
    seen_at: datetime
    is_seen_day: bool
    matches: Mapping[str, float]


class LeadLog:
    """The leads of one installation; read again only as far as the log has grown."""

    def __init__(self, settings: Settings) -> None:
        self.path = settings.desk / "leads.jsonl"
        self._read = 0
        self._identity: tuple[int, int] = (0, 0)
        self._leads: dict[str, Lead] = {}

    def leads(self) -> Mapping[str, Lead]:
        """Return every lead, in the order in which they were found."""
        if not self.path.exists():
            return {}
        state = self.path.stat()
        if (state.st_dev, state.st_ino) != self._identity or state.st_size < self._read:
            self._leads, self._read, self._identity = {}, 0, (state.st_dev, state.st_ino)
        if state.st_size > self._read:
            with self.path.open("rb") as file:
                file.seek(self._read)
                content = file.read()
            whole = content[: content.rfind(b"\n") + 1]
            for line in whole.splitlines():
                self._take(line)
            self._read += len(whole)
        return self._leads

    def _take(self, line: bytes) -> None:
        """Take one line of the log; one that a crash cut short is passed over."""
        try:
            entry: dict[str, Any] = json.loads(line)
        except ValueError:
            return
        lead = self._leads.get(entry["lead_id"])
        if lead is None and "title" in entry:
            self._leads[entry["lead_id"]] = read_lead(entry)
        elif lead is not None and "seen_by" in entry:
            self._leads[lead.lead_id] = replace(lead, also_in=(*lead.also_in, entry["seen_by"]))
        elif lead is not None and "title" not in entry and "matches" in entry:
            self._leads[lead.lead_id] = replace(lead, matches=entry["matches"])

    def add(self, found_leads: Sequence[FoundLead]) -> int:
        """Add what is new; return how many leads are new. One process at a time writes."""
        with self.lock():
            leads = self.leads()
            stories = story_index(leads.values(), [_day(found_lead) for found_lead in found_leads])
            lines, new = [], 0
            fresh: dict[str, set[str]] = {}
            for found_lead in found_leads:
                lead_id, feed_id = lead_key(found_lead.item.url), found_lead.feed_id
                lead = leads.get(lead_id)
                carried = fresh.get(lead_id) or ({lead.feed_id, *lead.also_in} if lead else set())
                new += not carried
                if not carried:
                    lines.append(self._new_line(lead_id, found_lead, stories))
                elif feed_id not in carried:
                    lines.append({"lead_id": lead_id, "seen_by": feed_id, "at": found_lead.seen_at.isoformat()})
                fresh[lead_id] = carried | {feed_id}
            self._append(lines)
        return new

    def _new_line(self, lead_id: str, found_lead: FoundLead, stories: StoryIndex) -> dict[str, Any]:
        """Return the line of a new lead, with the story it joins."""
        item = found_lead.item
        published = None if found_lead.is_seen_day else item.published_on
        return {
            "lead_id": lead_id,
            "url": item.url,
            "title": item.title,
            "summary": item.summary,
            "outlet": item.outlet,
            "feed_id": found_lead.feed_id,
            "reliability": found_lead.reliability,
            "published_on": published.isoformat() if published else None,
            "seen_at": found_lead.seen_at.isoformat(),
            "sha256": found_lead.sha256,
            "story_id": stories.add(lead_id, item.title, _day(found_lead)),
            "matches": dict(found_lead.matches),
        }

    def rematch(self, matches: Mapping[str, Mapping[str, float]]) -> int:
        """Note the leads that other indicators match now; return how many changed."""
        with self.lock():
            leads = self.leads()
            lines = [
                {"lead_id": lead_id, "matches": dict(strengths)}
                for lead_id, strengths in matches.items()
                if lead_id in leads and dict(leads[lead_id].matches) != dict(strengths)
            ]
            self._append(lines)
        return len(lines)

    def _append(self, lines: list[dict[str, Any]]) -> None:
        """Add lines with one write; half a line that a crash left is ended first."""
        if not lines:
            return
        text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines).encode()
        with self.path.open("ab+") as file:
            if file.tell():
                file.seek(-1, 2)
                text = text if file.read(1) == b"\n" else b"\n" + text
            file.write(text)
            file.flush()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock of the log's writers."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with (self.path.parent / "leads.lock").open("w") as handle:
            fcntl.flock(handle.fileno(), fcntl.LOCK_EX)
            yield

    def forget_old(self, dismissed: Callable[[Lead], bool], now: datetime) -> int:
        """Take out of the log the old leads that somebody dismissed; return how many lines went.

        Leads that became claims, and those that still wait, stay. What was dismissed is made again with the log.
        """
        if not self.path.exists():
            return 0
        with self.lock():
            before = oldest_kept(now).replace(tzinfo=UTC)
            old = {name for name, lead in self.leads().items() if _moment(lead) < before and dismissed(lead)}
            kept = [line for line in read_lines(self.path) if not old or _lead_of(line) not in old]
            return shorten(self.path, kept) if old else 0

    def clear(self) -> None:
        """Empty the log, to be filled again from the archive."""
        write_atomically(self.path, b"")


def _lead_of(line: bytes) -> str:
    """Return the lead that a line of the log is about; nothing for one that a crash cut short."""
    try:
        return str(json.loads(line)["lead_id"])
    except (ValueError, KeyError, TypeError):
        return ""


def _moment(lead: Lead) -> datetime:
    return lead.seen_at if lead.seen_at.tzinfo else lead.seen_at.replace(tzinfo=UTC)


def read_lead(entry: Mapping[str, Any]) -> Lead:
    """Return the lead of a line of the log."""
    published = date.fromisoformat(entry["published_on"]) if entry["published_on"] else None
    return Lead(**{**entry, "published_on": published, "seen_at": datetime.fromisoformat(entry["seen_at"])})


def _day(found_lead: FoundLead) -> date:
    """Return the day an item is of: published, else seen."""
    published = None if found_lead.is_seen_day else found_lead.item.published_on
    return published or found_lead.seen_at.date()


def story_index(leads: Collection[Lead], days: Collection[date]) -> StoryIndex:
    """Return the index of the stories that items of those days may join, each with all its leads."""
    index = StoryIndex()
    if not days:
        return index
    first, last = min(days) - WINDOW, max(days) + WINDOW
    near = {lead.story_id for lead in leads if first <= lead.day <= last}
    for lead in leads:
        if lead.story_id in near:
            index.add(lead.lead_id, lead.title, lead.day, lead.story_id)
    return index


def stories_of(leads: Iterable[Lead]) -> dict[str, list[Lead]]:
    """Return the leads of each story, in the order in which they were found."""
    grouped: dict[str, list[Lead]] = {}
    for lead in leads:
        grouped.setdefault(lead.story_id, []).append(lead)
    return grouped


def read_log_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a log of JSON lines; a line that a crash cut short is passed over."""
    for line in read_lines(path):
        try:
            yield json.loads(line)
        except ValueError:
            continue
