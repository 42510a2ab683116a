"""`signposts explain`: one indicator from its claims to its part in the odds, every step of the arithmetic shown.

Belongs here: laying out published rows for a person. Not here: computing anything that is not published.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from signposts.cli.formatting import number, percent, signed, span, titled_table
from signposts.cli.published import nearest_name, only_tracker, open_release, published_rows
from signposts.errors import InputError

Row = Mapping[str, Any]


def explain_indicator(indicator: str, as_of: str, tracker: str) -> None:
    """Print claims, reading, predictions, log ratios and the arithmetic that gives the published odds."""
    with open_release() as release:
        tracker = tracker or only_tracker(release)
        day = date.fromisoformat(as_of) if as_of else datetime.now(UTC).date()
        subjects = published_rows(release, "explain/indicator", tracker=tracker, indicator=indicator, as_of=day)
        if not subjects:
            indicators = [row["indicator_id"] for row in published_rows(release, "explain/names", tracker=tracker)]
            raise InputError(f"no indicator {indicator!r} in tracker {tracker!r}{nearest_name(indicator, indicators)}")
        subject = subjects[0]
        keys = {"tracker": tracker, "indicator": indicator, "as_of": subject["as_of"]}
        console = Console(highlight=False)
        _print_reading(console, subject)
        _print_searches(console, published_rows(release, "explain/searches", **keys))
        _print_claims(console, published_rows(release, "explain/claims", **keys))
        _print_predictions(
            console,
            published_rows(release, "explain/predictions", **keys, scored_at=subject["scored_at"] or subject["as_of"]),
        )
        if subject["scored"]:
            _print_chain(console, published_rows(release, "explain/chain", **keys))
            for row in published_rows(release, "explain/completeness", **keys):
                console.print(
                    f"The list is thought to hold {percent(row['mean'])} of all events (from {percent(row['least'])} "
                    f"to {percent(row['most'])} over {row['n_nodes']} node(s)); the ratio is averaged over them."
                )
            _print_triggers(console, published_rows(release, "explain/triggers", **keys))
            _print_ratios(console, subject, published_rows(release, "explain/hypotheses", **keys))
            rows = published_rows(release, "explain/arithmetic", **keys)
            _print_luck(console, subject, [row for row in rows if row["n_readings"] is not None])
            _print_arithmetic(console, rows)


def _print_reading(console: Console, subject: Row) -> None:
    """Print what the indicator is and what it says at the as-of date."""
    console.print(f"[bold]{subject['title']}[/bold] ({subject['unit']})", soft_wrap=True)
    console.print(subject["meaning"].strip(), soft_wrap=True, markup=False)
    if subject["usage_warning"]:
        console.print(f"Careful: {subject['usage_warning'].strip()}", soft_wrap=True, markup=False)
    console.print(f"\n[bold]Reading as of {subject['as_of']}[/bold]: {describe_reading(subject)}")
    if not subject["scored"]:
        reason = subject["why_not_scored"] or subject["indicator_why_not_scored"] or "there is no reading"
        console.print(f"Not scored: {reason}", soft_wrap=True, markup=False)


def describe_reading(subject: Row) -> str:
    """Return the reading in words: its value or category, its date, and how many reports stand behind it."""
    if subject["kind"] is None:
        return f"none ({subject['missing_reason']})"
    value = subject["category"] or _value_in_words(subject)
    dated = f" at {subject['reading_date']}" if subject["reading_date"] else ""
    reliability = f", mean reliability {subject['reliability']:.2f}" if subject["reliability"] is not None else ""
    said = f"{subject['kind']} {value}".strip()
    return f"{said}{dated}, {subject['n_reports']} report(s) pooled{reliability}"


def _value_in_words(subject: Row) -> str:
    """Return a numeric reading with its range and, for counts, its exposure."""
    low, high = subject["value_low"], subject["value_high"]
    words = span(low, high) if subject["value"] is None else number(subject["value"])
    if subject["value"] is not None and low is not None and high is not None and low != high:
        words += f" (reports from {number(low)} to {number(high)})"
    if subject["trials"] is not None:
        words += f" of {subject['trials']}"
    if subject["exposure_start"] is not None:
        words += f" from {subject['exposure_start']} to {subject['exposure_end']}"
    return words


def _print_searches(console: Console, searches: Sequence[Row]) -> None:
    """Print until when somebody looked, and the searches from which that and the completeness follow."""
    for row in searches:
        recapture, reach = "", ""
        if row["n_found"] is not None:
            recapture = f"; {row['n_known']} events known before, {row['n_found']} found, {row['n_both']} of them known"
        if row["reach_low"] is not None:
            reach = f"; such a search sees {percent(row['reach_low'])} to {percent(row['reach_high'])} of the events"
        console.print(
            f"Looked until {row['looked_until']}, from {row['window_from']}, by {row['searched_by']} on "
            f"{row['searched_on']}: {row['leads_read']} leads read{recapture}{reach}"
            f"{'; feeds: ' + row['feeds'] if row['feeds'] else ''}{'; gaps: ' + row['gaps'] if row['gaps'] else ''}.",
            soft_wrap=True,
            markup=False,
        )


def _print_claims(console: Console, claims: Sequence[Row]) -> None:
    """Print every claim known at the date, those pooled into the reading first with their share."""
    headings = ("claim", "what it says", "speaker", "grade", "r", "published", "share")
    table = titled_table("Claims known by then", headings, headings, fold=True)
    for claim in claims:
        unused = "held" if claim["held"] else "superseded" if claim["superseded_by"] else "-"
        unused = "plan" if unused == "-" and claim["kind"] == "plan" else unused
        table.add_row(
            claim["claim_id"],
            _claim_in_words(claim),
            claim["speaker"] or claim["source_name"],
            claim["grade"],
            f"{claim['reliability_value']:.2f}",
            str(claim["published_on"]),
            percent(claim["pool_weight"]) if claim["pool_weight"] is not None else unused,
        )
    console.print(table)


def _claim_in_words(claim: Row) -> str:
    """Return a claim's kind, value and period in a few words."""
    period = f" for {claim['period_start']} to {claim['period_end']}" if claim["period_end"] else ""
    if claim["kind"] == "interval":
        return f"{span(claim['value_low'], claim['value_high'])}{period}"
    if claim["kind"] == "none_seen":
        return f"none seen by {claim['searched_until']}"
    if claim["kind"] in ("count", "event"):
        return f"{claim['category'] or claim['kind']} ({claim['happened_from']})"
    if claim["kind"] == "plan":
        return f"plan: {claim['category'] or ''} {claim['planned_for'] or ''}".strip()
    unit = " %" if claim["kind"] == "growth" else ""
    return f"{claim['category'] or number(claim['value'])}{unit}{period}"


def _print_predictions(console: Console, predictions: Sequence[Row]) -> None:
    """Print what each scenario predicted, its fan nearest the reading's date, and the verdict."""
    if not predictions:
        return
    headings = ("scenario", "prediction", "fan: 10 % - median - 90 %", "status", "u", "dB", "dB x f")
    table = titled_table("What each scenario predicted", headings, headings, fold=True)
    for row in predictions:
        fan = f"{number(row['p10'])} - {number(row['p50'])} - {number(row['p90'])} ({row['fan_date']})"
        fan = fan if row["p50"] is not None else row["type"]
        whose = f" (mean of {row['analysts']} analysts, spread {float(row['spread']):.2f})" if row["analysts"] else ""
        table.add_row(
            row["title"],
            f"{row['claim']} [{row['basis']}]{whose}".replace("[", "\\["),
            fan,
            row["status"] or "",
            "" if row["fit"] is None else f"{row['fit']:.3f}",
            signed(row["decibans"]),
            signed(row["contribution"]),
        )
    console.print(table)


def _print_ratios(console: Console, subject: Row, hypotheses: Sequence[Row]) -> None:
    """Print the log ratios against the reference, with the reading's weight."""
    if not hypotheses:
        return
    weight = next(row["weight"] for row in hypotheses)
    said = "ordinary evidence"
    if weight != subject["evidence_weight"]:
        said = f"it defines the scenario {subject['defines']} and has happened"
    console.print(
        "\nLog ratio l = ln of the sum over reports of share x (r x ratio + what is left unbelieved), against the "
        f"reference.\nWeight f = {weight:g}: {said}."
    )
    table = Table("scenario", "l, onset summed out", "l over its onsets", "f x l")
    for row in hypotheses:
        over = "" if row["n_onsets"] == 1 else f"{row['least']:+.4f} to {row['most']:+.4f}"
        table.add_row(row["scenario_id"], f"{row['log_ratio']:+.4f}", over, f"{weight * row['log_ratio']:+.4f}")
    console.print(table)


def _print_chain(console: Console, links: Sequence[Row]) -> None:
    """Print the chain of the reading: each link takes its reliability of what the newer ones left."""
    if len(links) < 2:
        return
    headings = ("link", "up to", "claims", "r", "counts for")
    table = titled_table("Chain: what a link leaves unbelieved falls to the one before", headings, headings)
    unbelieved = 1.0
    for link in links:
        table.add_row(
            str(link["position"]),
            str(link["date"]),
            link["claim_ids"],
            f"{link['reliability']:.2f}",
            f"{unbelieved * link['reliability']:.3f}",
        )
        unbelieved *= 1 - link["reliability"]
    console.print(table)
    console.print(f"What none of them is believed for, {unbelieved:.3f}, says nothing.")


def _print_triggers(console: Console, rows: Sequence[Row]) -> None:
    """Print whose onset the event may announce, and whether that has begun."""
    for row in rows:
        rest = "the baseline's own chance" if row["after_onset"] == "baseline" else "its own delayed chance"
        console.print(
            f"With chance {row['trigger_share']:g} it comes in the {row['trigger_lag']:g} year(s) before "
            f'"{row["title"]}" begins, else with {rest}.',
            soft_wrap=True,
            markup=False,
        )
        if row["begun"] is not None:
            console.print(
                f'"{row["title"]}" has begun: {percent(row["begun"])}; still to begin: {percent(row["not_begun"])}.',
                soft_wrap=True,
                markup=False,
            )


def _print_luck(console: Console, subject: Row, rows: Sequence[Row]) -> None:
    """Print the reading's luck and what its storyline shares."""
    if not rows or rows[0]["n_readings"] < 2:
        return
    title = f"Shared luck of storyline {subject['group_id']}, {rows[0]['n_readings']} readings"
    headings = ("scenario", "z of this reading", "c of the storyline", f"{subject['evidence_weight']:g} x c")
    table = titled_table(title, headings, headings)
    for row in rows:
        table.add_row(
            row["scenario_id"],
            "not shared" if row["least_z"] is None else _span(row["least_z"], row["most_z"], 2),
            _span(row["least_luck"], row["most_luck"], 3),
            _span(subject["evidence_weight"] * row["least_luck"], subject["evidence_weight"] * row["most_luck"], 3),
        )
    console.print(table)


def _span(least: float, most: float, digits: int) -> str:
    """Return one number, or two where onsets differ."""
    low, high = f"{least:+.{digits}f}", f"{most:+.{digits}f}"
    return low if low == high else f"{low} to {high}"


def _print_arithmetic(console: Console, rows: Sequence[Row]) -> None:
    """Print the probabilities without the reading, its factor and that of luck, and the published figure."""
    headings = ("scenario", "prior", "without it", "x reading", "x luck", "= product", "normalised", "published")
    table = titled_table("From the other readings to the published probabilities", headings, left_headings=())
    total = 0.0
    for row in rows:
        product = row["without_it"] * row["reading_factor"] * row["luck_factor"]
        before = (row[name] for name in ("prior", "without_it", "reading_factor", "luck_factor"))
        shares = (*before, product, row["computed"], row["published"])
        table.add_row(row["title"], *(f"{share:.4f}" for share in shares))
        total += product
    console.print(table)
    console.print(f"The products sum to {total:.4f}; each divided by it is the published probability.")
