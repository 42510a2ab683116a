"""The warnings that travel with a number: what a reader must know before leaning on an indicator.

Belongs here: which warnings an indicator carries, from the release's rows. Not here: where they
are shown.
"""

from dataclasses import dataclass

from signposts.report import wording
from signposts.report.records import TrackerTables

HEADLINE_TABLES = frozenset({"scenario_probability", "log_ratio", "reading", "probability_interval", "tracker"})
"""Tables that the headline rests on: a failed warning about one of them is said beneath the headline."""
CARRIES_ALONE, ALONE = "no_indicator_carries_the_headline_alone", 0.05
"""The check that no indicator moves a headline far by itself, and its bound."""


@dataclass(frozen=True, slots=True)
class Caution:
    """A warning in two forms: a few words for a flag, a sentence for whoever asks."""

    flag: str
    sentence: str
    weighty: bool
    """Whether it casts doubt on the reading itself, so that the verdict has to say how it stands without it."""


def cautions(tables: TrackerTables, indicator_id: str) -> list[Caution]:
    """Return the warnings of an indicator at the newest as-of date, the weightiest first."""
    indicator = tables.indicator[indicator_id]
    reading = tables.reading.get(indicator_id) or {}
    flags = []
    if reading.get("kind") in ("count", "open_count") and not reading.get("list_closed"):
        flags.append(Caution("open list", "Nobody has searched for what the list may lack.", weighty=True))
    if indicator["usage_warning"]:
        flags.append(Caution("read with care", wording.unbroken(indicator["usage_warning"]), weighty=True))
    silent = [
        row["title"]
        for row in tables.named
        if (tables.prediction.get((indicator_id, row["scenario_id"])) or {}).get("type") in (None, "silent")
    ]
    if silent and indicator["scored"] and len(silent) < len(tables.named):
        words = f"{wording.listed(silent)} {'predicts' if len(silent) == 1 else 'predict'} nothing here"
        neither = "neither gains nor loses" if len(silent) == 1 else "neither gain nor lose"
        flags.append(Caution(words, f"{words}, and {neither} by the reading.", weighty=False))
    if reading.get("kind"):
        if reading.get("n_sources") == 1:
            flags.append(Caution("one source", "All of it was said by one speaker.", weighty=False))
        fresh = tables.freshness.get(f"indicator:{indicator_id}") or {}
        if not tables.kept.isdisjoint(tables.used_claims.get(indicator_id, ())):
            words = "It rests on a value kept from before: its row in the newest document cannot be read."
            flags.append(Caution("stale", words, weighty=False))
        elif fresh.get("verdict") == "stale":
            age = f", {wording.plural(fresh['age_days'], 'day')} old" if fresh.get("age_days") is not None else ""
            words = f"The newest word on it is of {wording.day(fresh['newest_period'])}{age}."
            flags.append(Caution("stale", words, weighty=False))
    return sorted(flags, key=lambda caution: not caution.weighty)


def headline_warnings(tables: TrackerTables) -> list[str]:
    """Return the failed warning checks about what the headline rests on, a line each."""
    return [
        _alone(tables)
        if row["check_name"] == CARRIES_ALONE
        else wording.unbroken(
            f"A check warns ({str(row['check_name']).replace('_', ' ')}): {row['detail'] or 'it failed'}"
        )
        for row in tables.rows["check_result"]
        if not row["passed"] and row["severity"] == "warning" and row["target"] in HEADLINE_TABLES
    ]


def _alone(tables: TrackerTables) -> str:
    """Name the indicators each of which alone moves a headline further than the check allows."""
    moves: dict[str, float] = {}
    for row in tables.rows["influence"]:
        kind, _, key = row["left_out"].partition(":")
        if kind == "indicator" and key in tables.indicator and abs(row["move"]) > ALONE:
            moves[key] = max(moves.get(key, 0.0), abs(row["move"]))
    ranked = sorted(moves, key=lambda key: (-moves[key], key))
    named = wording.listed([f"\u201c{tables.indicator[key]['title']}\u201d ({moves[key] * 100:.1f})" for key in ranked])
    subject = "one indicator moves" if len(ranked) == 1 else f"{wording.count_word(len(ranked))} indicators each move"
    return f"A check warns: {subject} a headline by more than five points alone: {named}."
