"""What feeds each indicator: a publisher, a formula over publishers' series, the desk, or the ledger alone.

Belongs here: the rows, and their page. Not here: whether a publisher has answered (sql/observe/coverage.sql).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from signposts.catalogue.models import Source
from signposts.catalogue.trackers import LEDGER_SOURCE, Tracker

WORDS = {
    "publisher": "a publisher's document, read by a run",
    "derived": "a formula over publishers' series",
    "desk": "people, who record what the desk finds for them",
    "ledger": "people, who record what they know",
}


def feeding_rows(tracker: Tracker, sources: Mapping[str, Source]) -> Iterator[dict[str, Any]]:
    """Yield a row an indicator: what feeds it, by the most automatic way that it has, and how often that can speak."""
    direct: dict[str, list[str]] = {}
    for source_id, source in sources.items():
        for feed in (feed for document in source.documents for feed in document.feeds):
            if feed.tracker == tracker.tracker_id and source_id not in direct.setdefault(feed.indicator, []):
                direct[feed.indicator].append(source_id)
    for indicator_id, indicator in tracker.indicators.items():
        parts = indicator.derive.parts if indicator.derive else ()
        publishers = list(direct.get(indicator_id, []))
        publishers += sorted({name for part in parts for name in direct.get(part, [])} - set(publishers))
        if direct.get(indicator_id):
            fed_by = "publisher"
        elif publishers:
            fed_by = "derived"
        else:
            fed_by = "desk" if indicator.watch else "ledger"
        by_hand = [LEDGER_SOURCE] if LEDGER_SOURCE in indicator.sources else []
        yield {
            "tracker_id": tracker.tracker_id,
            "indicator_id": indicator_id,
            "scored": indicator.scored,
            "fed_by": fed_by,
            "source_ids": ", ".join([*publishers, *by_hand]),
            "cadence": " ".join(sources[name].cadence for name in publishers) or "Whenever a person records a claim.",
        }


def feeding_sentence(fed_by: Sequence[str]) -> str:
    """Return how many of the scored indicators are fed by what, as the docs and the report say it."""
    counts = Counter(fed_by)
    parts = [f"fed by {text}: {counts[word]}" for word, text in WORDS.items() if counts[word]]
    return f"Scored indicators: {len(fed_by)}; {'; '.join(parts)}."


def feeding_page(tracker: Tracker, sources: Mapping[str, Source]) -> str:
    """Return the part of docs/coverage.md about what feeds the scored indicators, as Markdown."""
    rows = [row for row in feeding_rows(tracker, sources) if row["scored"]]
    newest = {
        ledger.indicator_id: max(
            (row.claim.published_on for row in ledger.rows if row.claim.source_url and row.claim.published_on),
            default=None,
        )
        for ledger in tracker.ledgers.values()
    }
    lines = [
        f"# What feeds the scored indicators: {tracker.settings.title}",
        "",
        "Generated from the indicators' files, `sources.yaml` and the ledger by `make docs`; do not edit by hand. What",
        "a publisher has said so far, and whether it answered, stands in the table `coverage` of each release.",
        "",
        feeding_sentence([row["fed_by"] for row in rows]),
        "",
        "| indicator | fed by | sources | how often | newest sourced claim in the ledger |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        cells = (
            f"`{row['indicator_id']}`",
            row["fed_by"],
            row["source_ids"],
            row["cadence"],
            str(newest.get(row["indicator_id"]) or "none"),
        )
        lines.append("| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
