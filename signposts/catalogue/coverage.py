"""The coverage table: which indicator, or which ruling, answers each testable statement of the brief.

Belongs here: that one page. Not here: the rules that keep it whole (rules.py).
"""

from signposts.catalogue.trackers import Tracker


def coverage_table(tracker: Tracker) -> str:
    """Return docs/coverage.md for a tracker, as Markdown."""
    answered = sum(bool(statement.indicators) for statement in tracker.coverage)
    measured = {name for statement in tracker.coverage for name in statement.indicators}
    context = {name for name, indicator in tracker.indicators.items() if indicator.role == "context"}
    unclaimed = sorted(set(tracker.indicators) - measured - context)
    lines = [
        f"# Coverage of the brief: {tracker.settings.title}",
        "",
        f"Generated from `{tracker.settings.brief.statements}` by `make docs`; do not edit by hand.",
        "",
        f"Statements: {len(tracker.coverage)}. Measured: {answered}, by {len(measured)} indicators. "
        f"Answered by a ruling in `decisions.md`: {len(tracker.coverage) - answered}.",
        "",
        "| statement | where in the brief | in our words | measured by, or ruling |",
        "| --- | --- | --- | --- |",
    ]
    for statement in tracker.coverage:
        answer = ", ".join(f"`{name}`" for name in statement.indicators) or f"Ruling: {statement.ruling}"
        cells = (statement.id, statement.brief_ref, statement.statement, answer)
        lines.append("| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |")
    if unclaimed:
        lines += ["", "Indicators that no statement names: " + ", ".join(f"`{name}`" for name in unclaimed) + "."]
    return "\n".join(lines) + "\n"
