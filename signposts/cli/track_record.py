"""`signposts track-record`: the method on scenario sets whose end is known, and the page that says how it did.

Belongs here: running it aside, printing the main figures, docs/track-record.md. Not here: the run (track_record.py),
the scores (scoring/resolved.py), the figures (report/track_record_figures.py).
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import typer

from signposts.cli.formatting import markdown_table
from signposts.cli.track_record_other import other_part
from signposts.errors import InputError
from signposts.report.wording import plural
from signposts.settings import load_settings, prepare_home
from signposts.track_record import ALL, METHOD, TrackRecord, run_track_record, write_tables
from signposts.track_record.constants import NORMAL
from signposts.warehouse import Warehouse, single_writer

Rows = Sequence[Mapping[str, Any]]
NAMES = {METHOD: "the method", "equal": "equal odds", "nearest_80": "nearest by last value (.8)"}
LEAST_PROBABILITIES = 50
"""A tenth of the reliability curve is judged where so many probabilities were said."""
NEAR_DIAGONAL = 0.1


def track_record(folder: Path | None, only: Sequence[str], page: bool, wait_seconds: float) -> None:
    """Run the resolved sets, keep their tables for the next release, and write the page with its figures."""
    settings = load_settings()
    root = folder or settings.catalogue_root.parent / "examples" / "resolved"
    if not root.is_dir():
        raise InputError(f"{root} is not a folder; name the folder of resolved sets")
    with tempfile.TemporaryDirectory(prefix="signposts-track-record-") as aside:
        record = run_track_record(root, Warehouse(Path(aside) / "warehouse.duckdb"), only)
    for line in findings(record):
        typer.echo(line)
    if only:
        return
    prepare_home(settings)
    with single_writer(settings.lock, wait_seconds=wait_seconds, purpose="track-record"):
        write_tables(Warehouse(settings.warehouse), record)
    if page:
        typer.echo(f"\nWritten to {write_page(settings.catalogue_root.parent / 'docs', record)}")


# ------------------------------------------------------------------ what was shown, in words


def _value(record: TrackRecord, rule: str, measure: str, set_id: str = ALL) -> Mapping[str, Any]:
    """Return the row of one score."""
    rows = (row for row in record.score_rows if (row["set_id"], row["rule"], row["measure"]) == (set_id, rule, measure))
    return next(rows)


def findings(record: TrackRecord) -> list[str]:
    """Return what was shown and what was not, a sentence a line; each carries figures of the tables."""
    families = len({resolved_set.family for resolved_set in record.sets})
    counted = f"{plural(len(record.sets), 'scenario set')} of {plural(families, 'family', 'families')}"
    said = [f"{counted}, run as of each date on which a reading came."]
    said.append(_against(record, "equal", families))
    said.append(_against(record, "nearest_80", families))
    gain = _value(record, METHOD, "next_reading")
    better = int(_value(record, METHOD, "next_reading:families_better")["value"])
    word = "Shown" if gain["low"] > 0 else "Not shown"
    said.append(
        f"{word}: the next reading is foretold better than with equal odds, by {gain['value']:.2f} in log density "
        f"(90 % interval {gain['low']:.2f} to {gain['high']:.2f}), in {better} of {families} families. This knows no "
        "closest scenario, so it is not circular."
    )
    said.append(_reliability_finding(record))
    said.append(_other_finding(record))
    said += [f"Left out: {name}, of which no reading can be scored." for name in record.left_out]
    return said


def _against(record: TrackRecord, rule: str, families: int) -> str:
    """Return how the method did against one baseline."""
    method, other = _value(record, METHOD, "log_score"), _value(record, rule, "log_score")
    gain = _value(record, rule, "log_score:gain_over")
    better = int(_value(record, rule, "log_score:families_better")["value"])
    word = "Shown" if gain["low"] > 0 else "Not shown"
    return (
        f"{word}: better than {NAMES[rule]}. Mean log score of the closest scenario over families "
        f"{method['value']:.3f} against {other['value']:.3f}; gain {gain['value']:.3f} (90 % interval "
        f"{gain['low']:.3f} to {gain['high']:.3f}), better in {better} of {families} families."
    )


def _reliability_finding(record: TrackRecord) -> str:
    """Return whether what was said came true as often as it was said."""
    judged = [row for row in record.reliability_rows if row["rule"] == METHOD and row["n"] >= LEAST_PROBABILITIES]
    off = [row for row in judged if abs(row["said"] - row["came"]) > NEAR_DIAGONAL]
    if not judged:
        return (
            "Not shown: that probabilities mean what they say. No tenth has the "
            f"{LEAST_PROBABILITIES} probabilities that it takes to judge one."
        )
    if not off:
        return (
            f"Shown: in all {len(judged)} tenths with {LEAST_PROBABILITIES} probabilities or more, what was said lies "
            "within .1 of what came."
        )
    worst = max(off, key=lambda row: abs(row["said"] - row["came"]))
    return (
        f"Not shown: that probabilities mean what they say. In {len(off)} of {len(judged)} tenths with "
        f"{LEAST_PROBABILITIES} probabilities or more they are off by more than .1; worst where {worst['said']:.2f} "
        f"was said and {worst['came']:.2f} came ({worst['n']} probabilities of {worst['n_sets']} sets; "
        f"{worst['came_low']:.2f} to {worst['came_high']:.2f} if families are drawn anew)."
    )


def _other_finding(record: TrackRecord) -> str:
    """Return whether `none of the above` was seen where nothing fitted."""
    outside = [row for row in record.set_rows if row["verdict"] == "none"]
    seen = [row for row in outside if row["p_other_at_end"] > 0.5]
    inside = [row for row in record.set_rows if row["verdict"] != "none" and row["p_other_most"] > 0.5]
    named = ", ".join(
        f"{row['set_id']} {row['p_other_at_end']:.2f} (at most {row['p_other_most']:.2f})" for row in outside
    )
    word = "Shown" if outside and len(seen) * 3 >= len(outside) * 2 else "Not shown"
    return (
        f"{word}: that `none of the above` is recognised. Of {len(outside)} sets that ended outside every scenario, it "
        f"stands above one half at the end in {len(seen)}: {named or 'there is none'}. Of the others it rose above one "
        f"half at some date in {len(inside)}."
    )


# ------------------------------------------------------------------ the page


def write_page(docs: Path, record: TrackRecord) -> Path:
    """Write docs/track-record.md and its figures; return the page's path."""
    from signposts.report import track_record_figures as figures

    folder = docs / "track-record"
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [
        {"family": family, "rule": rule, "value": value}
        for rule in NAMES
        for family, value in _family_scores(record, rule).items()
    ]
    drawn = {
        "probabilities": figures.probabilities_through_time(list(record.curve_rows)),
        "reliability": figures.reliability([row for row in record.reliability_rows if row["rule"] == METHOD]),
        "scores": figures.scores(chosen, NAMES),
    }
    for name, svg in drawn.items():
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    page = docs / "track-record.md"
    page.write_text("\n".join(page_lines(record)) + "\n", encoding="utf-8")
    return page


def _family_scores(record: TrackRecord, rule: str) -> dict[str, float]:
    """Return the mean log score of each family by one rule."""
    scores: dict[str, list[float]] = {}
    for row in record.score_rows:
        if row["rule"] == rule and row["measure"] == "log_score" and row["set_id"] != ALL:
            scores.setdefault(row["family"], []).append(row["value"])
    return {family: sum(values) / len(values) for family, values in scores.items()}


def page_lines(record: TrackRecord) -> Iterator[str]:
    """Yield the page: what was shown, the figures, the scores, where it fails, how it was done."""
    yield "<!-- Generated by `signposts track-record`; edit signposts/cli/track_record.py instead. -->"
    yield from ("", "# Track record", "")
    yield from (f"- {line}" for line in findings(record))
    yield ""
    yield (
        "These sets are of the past: what follows is what the method would have said, with the predictions as "
        "published and only the readings that were known at each date. The sets are few and share years and shocks; "
        "families are drawn anew for the intervals, not futures."
    )
    yield from ("", "## Probabilities through time", "", "![Probabilities of each set](track-record/probabilities.svg)")
    yield from ("", "## What each set says", "")
    yield from _sets_table(record.set_rows)
    yield from ("", "## Scores", "", "![Log scores by family](track-record/scores.svg)", "")
    yield (
        "Mean over families, with a 90 % bootstrap interval. Log score: mean ln P(closest), 0 is best. Brier: 0 is "
        "best. Nearest by last value gives the scenario nearest to the readings of the date .8 (or .6, the share that "
        "turns out best in hindsight), the others the rest. The closest scenario is defined by last values, which "
        "favours that rule."
    )
    yield ""
    yield from _scores_table(record)
    yield from ("", "## Does a probability mean what it says", "", "![Reliability](track-record/reliability.svg)", "")
    yield from _reliability_table(record.reliability_rows)
    yield from _neighbours_together(record.reliability_rows)
    if record.outside_rows:
        yield from ("", "## Why none of the above does not rise", "")
        yield from other_part(record)
    if record.constant_rows:
        yield from ("", "## Which constants", "")
        yield from constants_part(record.constant_rows)
    yield from ("", "## Where it fails", "")
    yield from (f"- {line}" for line in _failures(record))
    yield from ("", "## How it was done", "")
    yield (
        "Each set is a tracker in the ordinary catalogue format under examples/resolved/, generated by generate.py "
        "there from the published numbers; its readings stand in its ledger. `signposts track-record` takes all of "
        "them through the stages of a run in one pass. As-of dates are days on which a reading was published, at most "
        "24, evenly picked; those of the first four fifths of the time are scored. Spreads come from the history known "
        "at publication by the rule of `signposts suggest-sigma`. Named scenarios share .95 equally. Sets that rest on "
        "one publication count as one family. No number depends on a set's name; outcomes.csv is read only to score."
    )


def _sets_table(rows: Rows) -> Iterator[str]:
    """Yield the table of sets."""
    head = ("set", "family", "published", "dates", "closest (verdict)")
    yield from markdown_table(
        (*head, "P(closest) at the end", "P(other) at the end", "leads for good after"),
        (
            (
                row["set_id"],
                row["family"],
                row["published_on"].isoformat(),
                str(row["n_dates"]),
                f"{row['closest']} ({row['verdict']})",
                *(f"{row[name]:.2f}" for name in ("p_closest_at_end", "p_other_at_end")),
                "never" if row["time_to_lead"] is None else f"{100 * row['time_to_lead']:.0f} % of the time",
            )
            for row in rows
        ),
    )


MEASURE_TITLES = {"log_score": "log score", "brier": "Brier", "hit": "hit", "log_score_of_end": "log score of the end"}


def _scores_table(record: TrackRecord) -> Iterator[str]:
    """Yield the table of scores of every rule, and of the method's gains."""
    rules = ("method", "equal", "nearest_80", "nearest_60")
    titles = {**NAMES, "nearest_60": "nearest by last value (.6)"}
    rows = []
    for measure, title in MEASURE_TITLES.items():
        cells = []
        for rule in rules:
            score = _value(record, rule, measure)
            cells.append(f"{score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f})")
        rows.append((title, *cells))
    yield from markdown_table(("measure", *(titles[rule] for rule in rules)), rows)
    yield ""
    yield (
        "`log score of the end` asks for P(other) where the set ended outside every scenario; rules that give `other` "
        "nothing lose everything there."
    )


def _reliability_table(rows: Rows) -> Iterator[str]:
    """Yield the table of the reliability curve."""
    yield from markdown_table(
        ("said", "came", "came, families drawn anew (90 %)", "probabilities", "sets", "rule"),
        (
            (
                *(f"{row[name]:.2f}" for name in ("said", "came")),
                f"{row['came_low']:.2f} to {row['came_high']:.2f}",
                str(row["n"]),
                str(row["n_sets"]),
                row["rule"],
            )
            for row in rows
        ),
    )


def _neighbours_together(rows: Rows) -> Iterator[str]:
    """Yield what the worst tenth becomes with the next one on either side, where it is off by more than allowed."""
    tenths = [row for row in rows if row["rule"] == METHOD]
    judged = [row for row in tenths if row["n"] >= LEAST_PROBABILITIES]
    worst = max(judged, key=lambda row: abs(row["said"] - row["came"]), default=None)
    if worst is None or abs(worst["said"] - worst["came"]) <= NEAR_DIAGONAL:
        return
    place = tenths.index(worst)
    beside = tenths[max(place - 1, 0) : place + 2]
    n = sum(row["n"] for row in beside)
    said, came = (sum(row["n"] * row[name] for row in beside) / n for name in ("said", "came"))
    yield ""
    yield (
        f"The worst tenth and its neighbours together: {said:.2f} said, {came:.2f} came ({n} probabilities). Dates of "
        "one set share one end, so a tenth holds about as many independent cases as sets. No curve is drawn through "
        "these points to correct the method with: docs/method.md, 13, says what was tried."
    )


TITLES = {
    "evidence_weight": "weight of every reading (kappa)",
    "contamination": "readings from nowhere in a world of `other` (epsilon)",
    "yardstick_spread": "spread of the yardstick, times that of the paths",
    "reliability": "reliability of every report",
    "rho": "luck that a set's indicators share (rho)",
    "degrees": "degrees of freedom of the fans (0: each history's own)",
    "other_mass": "prior of `other`",
}


def constants_part(rows: Rows) -> Iterator[str]:
    """Yield the curve of each constant, what families left out say, and the choice with its reasons."""
    (chosen,) = (row for row in rows if row["kind"] == "chosen")
    left_out = [row for row in rows if row["kind"] == "family_left_out"]
    (normal,) = (row for row in rows if row["about"] == "degrees" and row["degrees"] == NORMAL)
    seen = max((row["outside_seen"] for row in rows if row["outside_seen"] is not None), default=0)
    yield (
        f"In force: {', '.join(f'{name} {chosen[name]:g}' for name in TITLES)}; log score {chosen['log_score']:.3f} "
        f"({chosen['low']:.3f} to {chosen['high']:.3f}). Each constant changed alone, mean log score over families "
        "(90 % interval), and how many of the sets that ended outside every scenario have P(other) above one half at "
        "the end:"
    )
    yield ""
    yield from markdown_table(
        ("constant", "value", "log score", "outside seen"),
        (
            (
                TITLES[row["about"]],
                f"{row[row['about']]:g}",
                f"{row['log_score']:.3f} ({row['low']:.3f} to {row['high']:.3f})",
                str(row["outside_seen"]),
            )
            for row in rows
            if row["kind"] == "alone"
        ),
    )
    yield ""
    if left_out:
        mean = sum(row["log_score"] for row in left_out) / len(left_out)
        picked = sorted({(row["evidence_weight"], row["contamination"]) for row in left_out})
        yield (
            "Cross-validation: if each family is scored with the kappa and epsilon that the others would choose, the "
            f"mean log score is {mean:.3f}. The others choose "
            f"{'; '.join(f'{kappa:g} and {epsilon:g}' for kappa, epsilon in picked)}."
        )
    else:
        yield "One family leaves no others that could choose for it, so nothing is cross-validated."
    yield ""
    yield "The best value of each tried alone, and what is lost by keeping the one in force:"
    yield ""
    for name, title in TITLES.items():
        best = max(
            (row for row in rows if row["about"] == name and row["kind"] == "alone"), key=itemgetter("log_score")
        )
        lost = best["log_score"] - chosen["log_score"]
        yield f"- {title}: {best[name]:g} is best, {chosen[name]:g} loses {max(lost, 0):.3f}."
    yield ""
    yield (
        f"No value tried alone makes `none of the above` exceed one half in more than {seen} of the sets that ended "
        f"outside every scenario. With normal fans the constants in force score {normal['log_score']:.3f}. Gamma is "
        "not tried. docs/method.md, 13, says why each constant is what it is, and docs/calibration.md what simulated "
        "worlds want."
    )


def _failures(record: TrackRecord) -> Iterator[str]:
    """Yield where the method did worse than equal odds, and the sets in which the closest never leads."""
    equal = _family_scores(record, "equal")
    for family, value in _family_scores(record, METHOD).items():
        if value < equal[family]:
            yield f"{family}: log score {value:.2f}, worse than equal odds ({equal[family]:.2f})."
    for row in record.set_rows:
        if row["time_to_lead"] is None:
            yield (
                f"{row['set_id']}: {row['closest']} came closest ({row['verdict']}) and does not lead at the end "
                f"({row['p_closest_at_end']:.2f})."
            )
    for row in record.set_rows:
        if row["verdict"] == "none" and row["p_other_at_end"] <= 0.5:
            yield (
                f"{row['set_id']}: ended outside every scenario, and `none of the above` stands at "
                f"{row['p_other_at_end']:.2f}."
            )
