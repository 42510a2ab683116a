"""The part of docs/track-record.md that says why `none of the above` does not rise, and what raising it would cost.

Belongs here: the words and tables of that part. Not here: its numbers (track_record/outside.py), the rest of the page.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from signposts.cli.formatting import markdown_table
from signposts.track_record import TrackRecord
from signposts.track_record.outside import NO_CHANGE, NOWHERE, SURPRISES, chosen_without

MAKINGS = {
    SURPRISES: "one reading in five comes from nowhere",
    NOWHERE: "every reading comes from nowhere",
    NO_CHANGE: "nothing changes after publication",
}
TARGET_LOG_SCORE = -0.95


def other_part(record: TrackRecord) -> Iterator[str]:
    """Yield what `other` could say at most of each set that ended outside, and what other makings of it would cost."""
    yield (
        "For each set that ended outside every scenario, at its last date. *Inside*: readings within the central 80 % "
        "of the scenario that came closest. *Nothing fits*: the most that P(other) could be whatever the readings "
        "were, since a report is believed only as far as it is reliable, one reading counts once, and in a world of "
        "`other` only one reading in five comes from nowhere. *Foreknown*: what a hypothesis with the scenarios' "
        "spread would have that had guessed every reading to the last digit; none with that spread can have more."
    )
    yield ""
    yield from markdown_table(
        ("set", "readings", "inside", "P(other) said", "nothing fits, at most", "foreknown"),
        (
            (
                row["set_id"],
                str(row["n_readings"]),
                str(row["n_inside"]),
                *(f"{row[name]:.2f}" for name in ("said", "if_nothing_fitted", "if_foreknown")),
            )
            for row in record.outside_rows
        ),
    )
    yield ""
    for row in record.outside_rows:
        if min(row["if_nothing_fitted"], row["if_foreknown"]) > 0.5:
            continue
        yield (
            f"{row['set_id']} cannot pass one half: {row['n_inside']} of its {row['n_readings']} last readings lie "
            "inside the closest scenario, whose spread is that of the history known at publication. A fan so wide "
            f"gives even foreknowledge {row['if_foreknown']:.2f}, and readings so few allow "
            f"{row['if_nothing_fitted']:.2f} at most."
        )
        yield ""
    yield (
        "Other makings of `other`, its prior and its worlds changed, everything else in force. What comes from nowhere "
        "follows the wide yardstick; where nothing changes, a series walks on from its last value before publication "
        "with the spread of its history. The first row is in force."
    )
    yield ""
    head = ["`other` is a world in which", "prior", "log score", "least gain over equal odds"]
    head += ["families better than nearest", "log score of the end"]
    sets = (f"P(other), {name}" for name in record.making_rows[0]["other"])
    cells = (_making_cells(row) for row in record.making_rows)
    yield from markdown_table((*head, *sets, "wrongly above one half"), cells)
    yield ""
    yield from (f"- {line}" for line in _making_words(record))


def _making_cells(row: Mapping[str, Any]) -> list[str]:
    """Return the cells of one making."""
    making = row["making"]
    parts = [
        f"{100 * share:.0f} %: {MAKINGS[name]}" if share < 1 else MAKINGS[name] for name, share in making.worlds.items()
    ]
    return [
        f"{'; '.join(parts)}{f' ({making.yardstick_spread:g} wide)' if NOWHERE in making.worlds else ''}",
        f"{making.other_mass:g}",
        f"{row['log_score']:.3f}",
        f"{row['least_gain']:.3f}",
        str(row["better_than_nearest"]),
        f"{row['log_score_of_end']:.3f}",
        *(f"{value:.2f}" for value in row["other"].values()),
        str(row["false"]),
    ]


def _making_words(record: TrackRecord) -> Iterator[str]:
    """Yield what the makings show: whether one reaches the target within the other bounds, and what it costs."""
    rows, outside = record.making_rows, len(record.outside_rows)
    families = {resolved_set.set_id: resolved_set.family for resolved_set in record.sets}
    kept = [row for row in rows if row["log_score"] > TARGET_LOG_SCORE and row["least_gain"] > 0]
    least = -(-2 * outside // 3)
    seen = [row for row in rows if sum(value > 0.5 for value in row["other"].values()) >= least]

    def reached(row: Mapping[str, Any]) -> float:
        return float(sorted(row["other"].values())[-least])

    near = max(kept, key=reached, default=None)
    if near is not None and reached(near) <= 0.5:
        yield (
            f"Of {len(rows)} makings {len(kept)} keep the log score above {TARGET_LOG_SCORE:g} and the gain over equal "
            f"odds positive; none of them lifts P(other) above one half in {least} of {outside} sets, the nearest "
            f"comes to {reached(near):.2f}."
        )
    if seen:
        cheap = max(seen, key=lambda row: row["log_score"])
        yield (
            f"{len(seen)} do lift it in {least}; the cheapest of them has log score {cheap['log_score']:.3f} and "
            f"scores the end with {cheap['log_score_of_end']:.3f} against {rows[0]['log_score_of_end']:.3f} in force. "
            "It was found by looking at these very ends."
        )
    for measure, name in (("log_score", "log score"), ("log_score_of_end", "log score of the end")):
        score, n_seen = chosen_without(rows, families, measure)
        yield (
            f"If for each family the others choose the making by the {name}, the log score is {score:.3f} and {n_seen} "
            f"of {outside} sets are seen."
        )
    share = outside / len(record.sets)
    yield (
        f"So `other` stays as it is. {outside} of {len(record.sets)} published sets ({100 * share:.0f} %) ended "
        f"outside every scenario, against a prior of {rows[0]['making'].other_mass:g}: who expects as much of a new "
        "set reads the variants with larger priors, which every release has. A low P(other) says that the readings lie "
        "within reach of some scenario, given how far such series wander. It does not say that the scenarios are "
        "complete."
    )
