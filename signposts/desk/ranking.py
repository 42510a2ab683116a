"""Which lead is read first.

Belongs here: the rank and the weekly cap. Not here: what a reading of an indicator can move, which a release says.

rank = weight of the indicator × grade of the source × newness × strength of the match, where the weight is what a
reading could move (obtainable bits times staleness and unreliability, plus the largest move when the indicator is left
out) and newness halves every two weeks. Among equals the newer day comes first, then the identifier.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from signposts.desk.leads import GRADES, Lead
from signposts.warehouse import Warehouse

HALF_LIFE_DAYS = 14.0
LEAST_WEIGHT = 0.01
"""Weight of an indicator of which the release says nothing, so that its leads are not lost from sight."""
DEFAULT_CAP = 30


@dataclass(frozen=True, slots=True)
class RankedLead:
    """A lead with the indicator it ranks by, its score and its place; below the line where the week's cap cuts it."""

    lead: Lead
    indicator_id: str
    score: float
    place: int
    is_cut: bool


def indicator_weights(release: Warehouse | None, tracker_id: str) -> dict[str, float]:
    """Return what a reading of each indicator could move, by the newest release; empty without one."""
    if release is None:
        return {}
    rows = release.rows(
        "select indicator_id, priority from collection_priority where tracker_id = $tracker",
        tracker=tracker_id,
    )
    weights = {row["indicator_id"]: LEAST_WEIGHT + (row["priority"] or 0.0) for row in rows}
    moves = release.rows(
        "select left_out, max(abs(move)) as move from influence where tracker_id = $tracker "
        "and starts_with(left_out, 'indicator:') group by all",
        tracker=tracker_id,
    )
    for row in moves:
        name = row["left_out"].removeprefix("indicator:")
        weights[name] = weights.get(name, LEAST_WEIGHT) + (row["move"] or 0.0)
    return weights


def rank_leads(
    leads: Iterable[Lead],
    tracker_id: str,
    weights: Mapping[str, float],
    today: date,
    caps: Mapping[str, int] | None = None,
    indicator: str = "",
) -> Sequence[RankedLead]:
    """Return open leads, those that could move most first; beyond an indicator's weekly cap they are cut, not lost."""
    scored = []
    for lead in leads:
        options = lead.indicators(tracker_id)
        if indicator:
            options = {name: value for name, value in options.items() if name == indicator}
        if not options:
            continue
        newness = 0.5 ** (max((today - lead.day).days, 0) / HALF_LIFE_DAYS)
        score, name = max((strength * weights.get(name, LEAST_WEIGHT), name) for name, strength in options.items())
        scored.append((score * GRADES[lead.reliability] * newness, name, lead))
    scored.sort(key=lambda entry: (-entry[0], -entry[2].day.toordinal(), entry[2].lead_id))
    taken: dict[tuple[str, int, int], set[str]] = defaultdict(set)
    ranked = []
    for place, (score, name, lead) in enumerate(scored, start=1):
        year, week, _ = lead.seen_at.date().isocalendar()
        # A story takes one place of the cap, however many outlets carry it.
        stories = taken[name, year, week]
        stories.add(lead.story_id)
        cap = (caps or {}).get(name, DEFAULT_CAP)
        ranked.append(RankedLead(lead, name, score, place, len(stories) > cap))
    return ranked
