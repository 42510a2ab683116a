"""`signposts desk`: the page on this machine, and the example to try it on.

Belongs here: the address, the example's folder, the preview that the page is given. Not here: the page (desk/page.py).
"""

import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import typer

from signposts.errors import InputError
from signposts.settings import load_settings

if TYPE_CHECKING:
    from signposts.desk.state import DeskState

HOST = "127.0.0.1"


def serve_desk(port: int, open_it: bool, tracker: str, example: bool) -> None:
    """Serve the desk on 127.0.0.1 until it is stopped."""
    import uvicorn

    from signposts.desk.page import create_app
    from signposts.desk.state import open_desk

    first_run = None
    if example:
        from signposts.cli.desk_example import make_example, start_first_run

        make_example()
        first_run = start_first_run()
        # A stop by signal ends the run beside it too, as Ctrl-C does.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    state = open_desk(load_settings(), tracker)
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        raise InputError(f"port {port} is taken ({error.strerror}); choose another with --port") from error
    port = int(listening.getsockname()[1])
    address = f"http://{HOST}:{port}/"
    waiting = len(state.queue(datetime.now(UTC).date()))
    typer.echo(f"{waiting} leads waiting at {address} (stop with Ctrl-C)")
    if open_it:
        import webbrowser

        webbrowser.open(address)
    app = create_app(state, preview_of(state), port, keep_pages=not example)
    config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        if first_run is not None:
            first_run.terminate()
            first_run.wait()


def preview_of(state: "DeskState") -> Callable[[str, Mapping[str, str]], Sequence[Mapping[str, str]]]:
    """Return the function that says what a claim would do to the probabilities of the newest release."""
    kept: dict[Any, Any] = {}

    def preview(indicator: str, fields: Mapping[str, str]) -> list[dict[str, str]]:
        from signposts.cli.formatting import percent
        from signposts.cli.published import open_release
        from signposts.cli.what_if import present_state, what_if_inputs
        from signposts.desk.state import mark_of
        from signposts.scoring.what_if import probabilities

        mark = mark_of(state.settings.released_database)
        with open_release() as release:
            if kept.get("mark") != mark:
                kept.update(mark=mark, present=present_state(release, state.tracker.tracker_id))
            present = kept["present"]
            day = what_if_day(fields)
            value, until = what_if_value(state, release, present.as_of, indicator, fields)
        grade = state.tracker.settings.reliability
        reliability = (grade.letter[fields["reliability"]] * grade.number[fields["credibility"]]) ** 0.5  # type: ignore[index]
        when = until or max(present.as_of, day or present.as_of)
        asked = {indicator: value}
        then = probabilities(present.tracker.model, what_if_inputs(present, asked, when, reliability))
        now = probabilities(present.tracker.model, present.evidence)
        titles = [*(scenario.title for scenario in state.tracker.scenarios.values()), "None of the above"]
        return [
            {
                "scenario": title,
                "now": percent(before),
                "then": percent(after),
                "move": f"{100 * (after - before):+.1f} points",
            }
            for title, before, after in zip(titles, now, then, strict=True)
        ]

    return preview


def what_if_day(fields: Mapping[str, str]) -> date | None:
    """Return the last day that a claim speaks about."""
    text = fields.get("happened_to") or fields.get("happened_from") or fields.get("period_end") or ""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def what_if_value(
    state: "DeskState", release: Any, as_of: date, indicator: str, fields: Mapping[str, str]
) -> tuple[str, date | None]:
    """Return the claim as `what-if` takes it, and for a list the day its reading ends.

    That is one event more, the day, the number or the category.

    Raises:
        InputError: the form holds no value yet, or the event lies outside what a search has covered.
    """
    family = state.tracker.indicators[indicator].family
    if family == "rate":
        return one_event_more(state.tracker.tracker_id, release, as_of, indicator, what_if_day(fields))
    if family == "event":
        return fields.get("happened_from", ""), None
    if family == "ordinal":
        return fields.get("category", ""), None
    if fields.get("value_low") or fields.get("value_high"):
        return f"{fields.get('value_low', '')}..{fields.get('value_high', '')}", None
    value = fields.get("value", "")
    if not value:
        raise InputError("the form holds no value yet")
    return value, None


def one_event_more(
    tracker_id: str, release: Any, as_of: date, indicator: str, day: date | None
) -> tuple[str, date | None]:
    """Return the count of a list with one event more, and the day on which its exposure ends."""
    rows = release.rows(
        "select value, exposure_end from reading where tracker_id = $tracker and indicator_id = $indicator "
        "and as_of = $as_of",
        tracker=tracker_id,
        indicator=indicator,
        as_of=as_of,
    )
    until = rows[0]["exposure_end"] if rows else None
    if until is None:
        raise InputError("nothing yet: a list is scored only as far as somebody searched; close a search first")
    if day is not None and day > until:
        raise InputError(
            f"nothing yet: the list is scored to {until}, where its last search ended; an event of {day} is shown, and "
            "counts once a search that reaches it is closed"
        )
    return str(int(rows[0]["value"] or 0) + 1), until
