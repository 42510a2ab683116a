"""The `signposts` command: words in, one call to a stage, an exit code out.

Belongs here: options, help texts, exit codes; the work of each command is in the module named after it, imported only
when the command is used. Not here: anything that a scheduled run needs.
"""

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from signposts.errors import InputError, SignpostsError

DONE, WITHHELD, WRONG_INPUT = 0, 1, 2

app = typer.Typer(
    name="signposts",
    help="Keeps score of published scenarios: dated claims in, odds and a report out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
archive_app = typer.Typer(help="The stored bytes of publishers.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(archive_app, name="archive")

AsOf = Annotated[str, typer.Option("--as-of", metavar="DATE", help="Assess as of this day (YYYY-MM-DD), not today.")]
TrackerName = Annotated[str, typer.Option("--tracker", metavar="ID", help="Tracker; default the only one.")]
TrackerOption = Annotated[list[str], typer.Option("--tracker", metavar="ID", help="Only this tracker; repeatable.")]


@app.command()
def run(
    as_of: AsOf = "",
    offline: Annotated[bool, typer.Option("--offline", help="Make no outside request.")] = False,
    tracker: TrackerOption = [],  # noqa: B006 - typer copies the default
    source: Annotated[
        list[str], typer.Option("--source", metavar="ID", help="Also fetch this large or slow source; may be repeated.")
    ] = [],  # noqa: B006 - typer copies the default
    from_archive: Annotated[
        bool, typer.Option("--from-archive", help="Rebuild the warehouse from the archive and the ledger alone.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if a source failed.")] = False,
    wait: Annotated[float, typer.Option("--wait", metavar="SECONDS", help="Wait this long for another run.")] = 600.0,
    verbose: Annotated[bool, typer.Option("--verbose", help="One line an event on standard error.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The same lines as JSON.")] = False,
) -> None:
    """One monitoring run, as the schedule does it; ends with a table and the paths of what it published."""
    from signposts.cli.running import RunRequest, run_monitor

    asked = RunRequest(as_of, offline, tuple(tracker), tuple(source), from_archive, strict, wait, verbose, as_json)
    raise typer.Exit(run_monitor(asked))


@app.command()
def report(open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False) -> None:
    """Where the report is."""
    from signposts.settings import load_settings

    page = load_settings().published / "report" / "index.html"
    if not page.exists():
        raise InputError(f"no report yet at {page}: run `signposts run` first")
    typer.echo(page)
    if open_it:
        import webbrowser

        webbrowser.open(page.as_uri())


@app.command()
def sql(
    query: Annotated[str, typer.Argument(metavar='["SELECT …" | NAME]', help="A statement or a cookbook query.")] = "",
    list_queries: Annotated[bool, typer.Option("--list", help="List the cookbook.")] = False,
    output: Annotated[str, typer.Option("--format", help="table, csv, json or parquet.")] = "table",
    parameter: Annotated[
        list[str], typer.Option("--set", metavar="NAME=VALUE", help="A parameter of a cookbook query.")
    ] = [],  # noqa: B006 - typer copies the default
) -> None:
    """Ask the published file, read-only; with no argument, list the cookbook."""
    from signposts.cli.querying import answer, list_cookbook

    if list_queries or not query:
        list_cookbook()
    else:
        answer(query, output, parameter)


@app.command()
def explain(
    indicator: Annotated[str, typer.Argument(help="Indicator.")],
    as_of: AsOf = "",
    tracker: TrackerName = "",
) -> None:
    """The readings, claims and sources of an indicator, and the arithmetic from them to the odds."""
    from signposts.cli.explaining import explain_indicator

    explain_indicator(indicator, as_of, tracker)


@app.command("what-if")
def what_if(
    readings: Annotated[list[str], typer.Argument(metavar="INDICATOR=VALUE …", help="Readings to suppose.")],
    tracker: TrackerName = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="Date the readings refer to; default the release's own.")
    ] = "",
    reliability: Annotated[
        float, typer.Option("--reliability", help="Chance that what is supposed is accurate; the default is grade A1.")
    ] = 0.98,
) -> None:
    """How the odds would move if these were the readings.

    VALUE is a number, LOW..HIGH, K/N votes, a number of events, a category, the day something happened, or `none`:
    nothing seen by the date.
    """
    from signposts.cli.what_if import print_what_if

    print_what_if(readings, tracker, on, reliability)


@app.command()
def record(
    indicator: Annotated[str, typer.Argument(help="Indicator the claim is about.")],
    fields: Annotated[
        list[str], typer.Argument(metavar="[FIELD=VALUE …]", help="Fields of the claim; the rest is asked for.")
    ] = [],  # noqa: B006 - typer copies the default
    tracker: TrackerName = "",
    archive_page: Annotated[bool, typer.Option("--archive-page", help="Store the cited page with the claim.")] = False,
) -> None:
    """Add a claim to the ledger, validated, with a question for each field that is missing."""
    from signposts.cli.recording import record_claim

    record_claim(indicator, fields, tracker, archive_page)


@app.command()
def accept(
    held: Annotated[str, typer.Argument(metavar="CLAIM|SOURCE/DOCUMENT", help="Held claim, or held document.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is right.")],
    tracker: TrackerName = "",
) -> None:
    """Let through a claim or a publisher's document that is held."""
    from signposts.cli.recording import accept_claim, accept_document

    if "/" in held:
        accept_document(held, reason)
    else:
        accept_claim(held, reason, tracker)


@app.command()
def claims(
    indicator: Annotated[str, typer.Argument(help="Indicator; default all.")] = "",
    contains: Annotated[str, typer.Option("--contains", metavar="TEXT", help="Only claims that hold this text.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Superseded and withdrawn claims too.")] = False,
    tracker: TrackerName = "",
) -> None:
    """The claims of the ledger, one a line."""
    from signposts.cli.desk_claims import print_claims

    print_claims(indicator, contains, tracker, everything)


@app.command()
def correct(
    claim: Annotated[str, typer.Argument(help="Claim, as trade_total_usd-003.")],
    fields: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE …", help="What changes.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it becomes the row's correction_reason.")],
    tracker: TrackerName = "",
) -> None:
    """Correct a claim by a new row; nothing is edited away."""
    from signposts.cli import desk_claims

    desk_claims.correct(claim, fields, reason, tracker)


@app.command()
def rename(
    old: Annotated[str, typer.Argument(metavar="INDICATOR", help="The indicator's name now.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The name that it gets.")],
    tracker: TrackerName = "",
) -> None:
    """Give an indicator another name, everywhere; its claims and their history go with it."""
    from signposts.cli import renaming

    renaming.rename(old, new, tracker)


@app.command()
def withdraw(
    claim: Annotated[str, typer.Argument(help="Claim, as trade_total_usd-003.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it becomes the row's correction_reason.")],
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="Day the source took it back; default: it never held.")
    ] = "",
    tracker: TrackerName = "",
) -> None:
    """Take a claim back by a new row; nothing is edited away."""
    from signposts.cli import desk_claims

    desk_claims.withdraw(claim, reason, on, tracker)


@app.command()
def desk(
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1; 0 takes a free one.")] = 8722,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    example: Annotated[
        bool, typer.Option("--example", help="Try it on 38 shipped leads, in a folder of their own; no network.")
    ] = False,
    tracker: TrackerName = "",
) -> None:
    """The desk as a page on this machine: leads to decide, claims, searches to close."""
    from signposts.cli.desk_page import serve_desk

    serve_desk(port, open_it, tracker, example)


@app.command()
def leads(
    indicator: Annotated[str, typer.Argument(help="Indicator; default all.")] = "",
    at_most: Annotated[int, typer.Option("--at-most", metavar="N", help="Show so many.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="Also those beyond the weekly cap.")] = False,
    collect: Annotated[bool, typer.Option("--collect", help="Read the feeds and the inbox first.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="With --collect: the inbox alone.")] = False,
    feed: Annotated[
        list[str], typer.Option("--feed", metavar="ID", help="With --collect: this feed; repeatable.")
    ] = [],  # noqa: B006 - typer copies the default
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the leads again from the archive.")] = False,
    tracker: TrackerName = "",
) -> None:
    """The leads that wait for a decision, those that could move most first."""
    from signposts.cli import desk_leads

    if collect or rebuild:
        desk_leads.collect_now(offline, feed, rebuild)
    desk_leads.print_leads(indicator, tracker, at_most, everything)


@app.command()
def triage(
    lead: Annotated[str, typer.Argument(help="Lead, or the beginning of its identifier.")],
    decision: Annotated[str, typer.Argument(help="accept, dismiss, duplicate, later or undo.")],
    fields: Annotated[
        list[str], typer.Argument(metavar="[FIELD=VALUE …]", help="accept: fields that the suggestion lacks.")
    ] = [],  # noqa: B006 - typer copies the default
    indicator: Annotated[str, typer.Option("--indicator", help="accept: what the claim is about.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="dismiss: off_topic, does_not_count, no_new_fact, …")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="later: the day it comes back.")] = "",
    claim: Annotated[
        str, typer.Option("--claim", help="duplicate: the claim it repeats; accept: the event it corroborates.")
    ] = "",
    group: Annotated[bool, typer.Option("--group", help="The whole story: every open lead of it.")] = False,
    page: Annotated[bool, typer.Option("--page/--no-page", help="accept: keep the page in the archive.")] = True,
    tracker: TrackerName = "",
) -> None:
    """Decide what becomes of a lead."""
    from signposts.cli import desk_leads

    desk_leads.triage_lead(
        lead,
        decision,
        indicator=indicator,
        fields=fields,
        reason=reason,
        until=until,
        claim=claim,
        group=group,
        keep_page=page,
        tracker=tracker,
    )


@app.command()
def close(
    indicator: Annotated[str, typer.Argument(help="Indicator whose search is closed.")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Last day that was read.")],
    since: Annotated[
        str, typer.Option("--from", metavar="DATE", help="First day; default after the last search.")
    ] = "",
    without: Annotated[
        list[str], typer.Option("--without", metavar="FEED", help="Leave a feed out of the record; repeatable.")
    ] = [],  # noqa: B006 - typer copies the default
    sentence: Annotated[str, typer.Option("--note", help="One sentence of judgement.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written.")] = False,
    tracker: TrackerName = "",
) -> None:
    """Close a search: everything about an indicator up to a day was read and decided."""
    from signposts.cli import desk_leads

    desk_leads.close_indicator(indicator, until, since, without, sentence, dry_run, tracker)


@app.command("watch-terms")
def watch_terms(
    indicator: Annotated[str, typer.Argument(help="Indicator.")],
    at_most: Annotated[int, typer.Option("--at-most", metavar="N", help="Show so many.")] = 20,
    tracker: TrackerName = "",
) -> None:
    """What an indicator's terms would have matched among everything that was archived."""
    from signposts.cli import desk_leads

    desk_leads.print_watch_terms(indicator, tracker, at_most)


@app.command("import")
def import_claims(
    file: Annotated[Path, typer.Argument(help="A .csv or .xlsx file with the ledger's columns.")],
    indicator: Annotated[
        str, typer.Option("--indicator", help="Indicator of every row; else a column indicator_id.")
    ] = "",
    mapping: Annotated[
        list[str], typer.Option("--map", metavar="COLUMN=FIELD", help="Which field a column holds; repeatable.")
    ] = [],  # noqa: B006 - typer copies the default
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    tracker: TrackerName = "",
) -> None:
    """Take the rows of a spreadsheet into the ledger; each is accepted, refused with its reason, or already known."""
    from signposts.cli.desk_claims import import_file

    raise typer.Exit(import_file(file, indicator, mapping, dry_run, tracker))


@app.command()
def diff(
    older: Annotated[str, typer.Argument(help="Release, or `previous`.")],
    newer: Annotated[str, typer.Argument(help="Release, or `latest`.")] = "latest",
) -> None:
    """What changed between two releases, by cause."""
    from signposts.cli.comparing import compare_releases

    compare_releases(older, newer)


@app.command()
def backtest(tracker: TrackerName = "") -> None:
    """The fans against history: rolling origins before the tracker began."""
    from signposts.cli.testing import show_backtest

    show_backtest(tracker)


@app.command()
def calibrate(
    draws: Annotated[int, typer.Option("--draws", help="Simulated worlds.")] = 0,
    tracker: TrackerName = "",
) -> None:
    """The method against simulated worlds; writes docs/calibration.md and fails if a bound is broken."""
    from signposts.cli.testing import run_calibration

    raise typer.Exit(run_calibration(draws, tracker))


@app.command("track-record")
def track_record(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="Resolved sets; default examples/resolved.")
    ] = None,
    only: Annotated[
        list[str], typer.Option("--set", metavar="ID", help="Only this set: printed, not kept; repeatable.")
    ] = [],  # noqa: B006 - typer copies the default
    page: Annotated[bool, typer.Option("--page/--no-page", help="Write docs/track-record.md.")] = True,
    wait: Annotated[float, typer.Option("--wait", metavar="SECONDS", help="Wait this long for a run.")] = 600.0,
) -> None:
    """The method on scenario sets whose end is known, scored beside plain rules."""
    from signposts.cli.track_record import track_record as run_it

    run_it(folder, only, page, wait)


@app.command("suggest-sigma")
def suggest_sigma(
    path: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Columns date and value, oldest first.")],
    scale: Annotated[str, typer.Option("--scale", help="log, or linear for what can be negative.")] = "log",
) -> None:
    """The spread of a series from its own history: how far it wanders, how much its readings jitter."""
    from signposts.cli.suggesting import suggest_sigma as print_spread

    print_spread(path, scale)


@app.command()
def elicit(
    who: Annotated[str, typer.Option("--as", metavar="WHO", help="The analyst; names the file of answers.")],
    tracker: TrackerName = "",
) -> None:
    """An analyst's own numbers, asked blind: no readings, no catalogue numbers, no one else's answers."""
    from signposts.cli.eliciting import elicit as ask

    ask(who, tracker)


@app.command()
def check(
    tracker: TrackerOption = [],  # noqa: B006 - typer copies the default
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if there is a warning.")] = False,
) -> None:
    """Validate catalogue and ledger; every error says file:line, what, why and how to mend it."""
    from signposts.cli.checking import check_catalogue

    raise typer.Exit(check_catalogue(tracker, strict=strict))


@app.command()
def new(tracker: Annotated[str, typer.Argument(metavar="TRACKER", help="Identifier: lower case, digits, _.")]) -> None:
    """Scaffold a tracker: folders, commented YAML, an empty ledger."""
    from signposts.cli.scaffolding import new_tracker

    new_tracker(tracker)


@app.command()
def preview(tracker: TrackerOption = []) -> None:  # noqa: B006 - typer copies the default
    """What publishing now would change against the last release: odds, readings, claims; nothing is written."""
    from signposts.cli.preview import preview as show_preview

    raise typer.Exit(show_preview(tracker))


@app.command()
def schema(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Print this schema; with no name, list them.")] = "",
    write: Annotated[bool, typer.Option("--write", help="Write them all where the catalogue's files point.")] = False,
) -> None:
    """JSON schemas of the catalogue's files, for completion and red lines in an editor."""
    from signposts.cli.schema import show_schemas

    show_schemas(name, write)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The project folder to make.")],
    example: Annotated[str, typer.Option("--example", metavar="NAME", help="Bring a worked tracker along.")] = "",
) -> None:
    """Make a project folder, where every other command then works."""
    from signposts.cli.scaffolding import init_project

    init_project(folder, example)


@app.command()
def watch(
    once: Annotated[bool, typer.Option("--once", help="Stop after the first publication.", hidden=True)] = False,
) -> None:
    """Stay warm; publish whenever catalogue, ledger or inbox changes."""
    from signposts.cli.watching import watch_files

    watch_files(once)


@app.command()
def doctor() -> None:
    """Why is it not green: the verdict of each source, since when, and the one next thing to do."""
    from signposts.cli.diagnosing import diagnose

    raise typer.Exit(diagnose())


@app.command()
def probe(
    source: Annotated[list[str], typer.Argument(metavar="[SOURCE]", help="These sources; all if none is named.")] = [],  # noqa: B006 - typer copies the default
    as_json: Annotated[bool, typer.Option("--json", help="A list of rows, one a document.")] = False,
) -> None:
    """Ask each publisher once, store nothing: answered, understood, newest period, what is new in its shape."""
    from signposts.cli.probing import probe_command

    raise typer.Exit(probe_command(source, as_json))


@app.command()
def alerts(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the message that would go out; send nothing.")
    ] = False,
    send: Annotated[bool, typer.Option("--send", help="Tell now what waits to be told.")] = False,
    test: Annotated[bool, typer.Option("--test", help="Send a test message to SIGNPOSTS_NOTIFY_URL.")] = False,
) -> None:
    """What was raised in the last thirty days, and whether it was told."""
    from signposts.cli.alerting import alert_command

    raise typer.Exit(alert_command(dry_run=dry_run, send=send, test=test))


@app.command()
def digest(send: Annotated[bool, typer.Option("--send", help="Send it to SIGNPOSTS_NOTIFY_URL.")] = False) -> None:
    """The week in one message, as the schedule sends it on Mondays."""
    from signposts.cli.alerting import digest_command

    digest_command(send)


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.")] = 3000,
    dev: Annotated[bool, typer.Option("--dev", help="One process for development.")] = False,
) -> None:
    """Dagster's pages and daemon over this installation's state."""
    from signposts.cli.serving import serve_dagster

    raise typer.Exit(serve_dagster(host, port, dev))


@app.command()
def docs() -> None:
    """Write the generated pages of docs/ again."""
    from signposts.cli.documenting import write_documents

    write_documents()


@archive_app.command("verify")
def archive_verify() -> None:
    """Re-hash every stored object."""
    from signposts.cli.diagnosing import verify_archive

    raise typer.Exit(verify_archive())


def main() -> None:
    """Run the command; an error is one line that names the remedy, a traceback only with --debug."""
    # Imports make hundreds of thousands of objects that stay; looking through them often is a fifth of a short run.
    gc.set_threshold(100_000, 50, 100)
    debug = "--debug" in sys.argv
    arguments = [word for word in sys.argv[1:] if word != "--debug"]
    try:
        app(args=arguments, prog_name=Path(sys.argv[0]).name)
    except SignpostsError as error:
        if debug:
            raise
        typer.echo(f"signposts: {error}", err=True)
        sys.exit(WRONG_INPUT if isinstance(error, InputError) else WITHHELD)
