"""The desk as rows for the warehouse: leads with their decisions, what is watched, the feeds' health.

Belongs here: the rows and the order in which the tables are made. Not here: the statements (sql/desk), or the release.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from signposts.catalogue import Catalogue, Tracker
from signposts.catalogue.triage import is_open
from signposts.desk.leads import GRADES, LeadLog
from signposts.desk.matching import ledger_recall
from signposts.desk.reads import all_reads, feed_health
from signposts.desk.triage import decisions_now
from signposts.settings import Settings
from signposts.warehouse import Warehouse

Row = dict[str, Any]

GATHERED = ("found_lead", "watch_setting", "lead_feed")
DECIDED = ("decision", "reason", "later_until", "decided_by", "decided_at")
MADE = ("lead", "story", "watch")


def write_found_leads(warehouse: Warehouse, settings: Settings, catalogue: Catalogue, now: datetime) -> None:
    """Write what the desk has on file: leads with decisions, what is watched, what was read of the feeds."""
    trackers = catalogue.trackers
    today = now.date()
    warehouse.write_rows("found_lead", [row for tracker in trackers for row in lead_rows(tracker, settings, today)])
    warehouse.write_rows("watch_setting", [row for tracker in trackers for row in watch_rows(tracker)])
    warehouse.write_rows("lead_feed", feed_health(catalogue.lead_feeds, all_reads(settings), now))


def write_desk_tables(warehouse: Warehouse, as_of: date) -> None:
    """Make the published tables of the desk from what was gathered and what the indicators can move."""
    warehouse.build_table("desk/lead", as_of=as_of)
    for name in MADE[1:]:
        warehouse.build_table(f"desk/{name}")


def lead_rows(tracker: Tracker, settings: Settings, today: date) -> Iterator[Row]:
    """Yield a row a lead and indicator of a tracker, with the decision that counts."""
    decisions = decisions_now(tracker.folder)
    for lead in LeadLog(settings).leads().values():
        made = decisions.get(lead.lead_id)
        for indicator_id, strength in lead.indicators(tracker.tracker_id).items():
            if indicator_id not in tracker.indicators:
                continue
            yield {
                "tracker_id": tracker.tracker_id,
                "lead_id": lead.lead_id,
                "indicator_id": indicator_id,
                "story_id": lead.story_id,
                "title": lead.title,
                "url": lead.url,
                "source_name": lead.outlet,
                "feeds": ",".join((lead.feed_id, *lead.also_in)),
                "reliability": lead.reliability,
                "grade": GRADES[lead.reliability],
                "strength": strength,
                "published_on": lead.published_on,
                "seen_at": lead.seen_at.replace(tzinfo=None),
                "is_open": is_open(made, today),
                **{name: getattr(made, name, None) for name in DECIDED},
                "claim_id": made.claim_id if made and made.indicator_id in (None, indicator_id) else None,
                "sha256": lead.sha256,
            }


def watch_rows(tracker: Tracker) -> Iterable[Row]:
    """Yield what is looked for about each watched indicator, and how many of its known pages its terms find."""
    for indicator_id, (hits, tried) in ledger_recall(tracker).items():
        watch = tracker.indicators[indicator_id].watch
        assert watch is not None
        yield {
            "tracker_id": tracker.tracker_id,
            "indicator_id": indicator_id,
            "look_for": watch.look_for,
            "cadence_days": watch.cadence_days,
            "cap_per_week": watch.cap_per_week,
            "n_queries": len(watch.queries),
            "feeds": ",".join(watch.feeds) or None,
            "recall_found": hits,
            "recall_tried": tried,
        }
