"""`signposts elicit`: one analyst's own numbers for a tracker's predictions, asked blind.

Belongs here: which numbers are asked for, the questions, writing the answers. Not here: how answers are pooled
(scoring/interval.py). The catalogue's own numbers, the readings and other analysts' answers are never shown.
"""

import csv
from pathlib import Path

import typer

from signposts.catalogue.elicitation import COLUMNS, ElicitedNumber, NumberAsked, fault, numbers_asked, read_answers
from signposts.cli.desk_claims import chosen_tracker
from signposts.errors import InputError

STOP = ("q", "quit", "stop")


def elicit(who: str, tracker: str) -> None:
    """Ask for every number that this analyst has not answered yet, and write each answer at once."""
    owner = chosen_tracker(tracker)
    if not who.isidentifier() or who != who.lower():
        raise InputError(f"{who!r} cannot name a file; write a name as anna_k: small letters, digits and _")
    path = owner.folder / "elicitation" / f"{who}.csv"
    answers = read_answers(path) if path.exists() else ()
    answered = {(answer.indicator, answer.scenario, answer.number) for answer in answers}
    asked = list(numbers_asked(owner.indicators, owner.scenarios))
    open_ones = [question for question in asked if question.key not in answered]
    typer.echo(
        f"{len(asked)} numbers of {owner.settings.title}; {len(asked) - len(open_ones)} answered. Answer with your own "
        "number; an empty line leaves one out, q stops. Neither readings nor anyone else's numbers are shown."
    )
    last = ""
    for place, question in enumerate(open_ones, start=len(asked) - len(open_ones) + 1):
        if question.indicator != last:
            indicator = owner.indicators[question.indicator]
            typer.echo(f"\n{indicator.title} ({indicator.unit})\n{indicator.meaning}")
            last = question.indicator
        value = _answer(f"[{place}/{len(asked)}] if `{owner.scenarios[question.scenario].title}` holds: ", question)
        if value is None:
            break
        if value:
            _append(path, ElicitedNumber(question.indicator, question.scenario, question.number, float(value)))
    typer.echo(f"\n{path}")


def _answer(before: str, asked: NumberAsked) -> str | None:
    """Return a number as text, nothing for one left out, None to stop; what cannot be is asked again."""
    while True:
        text = typer.prompt(before + asked.question, default="", show_default=False)
        if text.strip().lower() in STOP:
            return None
        reason = fault(asked, text)
        if not text or not reason:
            return str(text)
        typer.echo(reason)


def _append(path: Path, answer: ElicitedNumber) -> None:
    """Add one answer to the analyst's file."""
    fresh = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        if fresh:
            writer.writerow(COLUMNS)
        writer.writerow((answer.indicator, answer.scenario, answer.number, f"{answer.value:g}"))
