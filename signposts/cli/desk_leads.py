"""`signposts leads`, `triage`, `close`, `watch-terms`: the desk on the command line.

Belongs here: words in, lines out. Not here: what a decision writes (desk/triage.py), the page (cli/desk_page.py).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import typer

from signposts.catalogue.triage import is_open
from signposts.cli.desk_claims import chosen_tracker, field_changes
from signposts.errors import InputError
from signposts.settings import load_settings


def print_leads(indicator: str, tracker: str, at_most: int, everything: bool) -> None:
    """Print the open leads that could move most, without loading the whole catalogue."""
    from signposts.catalogue.faults import nearest
    from signposts.catalogue.loading import tracker_folders
    from signposts.desk.leads import LeadLog
    from signposts.desk.ranking import indicator_weights, rank_leads
    from signposts.desk.state import released
    from signposts.desk.triage import decisions_now

    settings = load_settings()
    folders = tracker_folders(settings.catalogue_root, [tracker] if tracker else [])
    if len(folders) != 1:
        names = ", ".join(folder.name for folder in folders)
        raise InputError(f"there are {len(folders)} trackers; name one with --tracker: {names}")
    folder = folders[0]
    indicators = [path.stem for path in (folder / "indicators").glob("*.yaml")]
    if indicator and indicator not in indicators:
        raise InputError(f"no indicator {indicator!r} in tracker {folder.name!r}; {nearest(indicator, indicators)}")
    decisions = decisions_now(folder)
    today = datetime.now(UTC).date()
    leads = [lead for lead in LeadLog(settings).leads().values() if is_open(decisions.get(lead.lead_id), today)]
    ranked = rank_leads(leads, folder.name, indicator_weights(released(settings), folder.name), today, None, indicator)
    shown = [entry for entry in ranked if everything or not entry.is_cut][: None if everything else at_most]
    for entry in shown:
        lead = entry.lead
        more = f" (+{len(lead.also_in)} feeds)" if lead.also_in else ""
        typer.echo(f"{lead.lead_id}  {lead.day}  {entry.indicator_id}  {lead.title}  [{lead.outlet}{more}]")
    cut = sum(entry.is_cut for entry in ranked)
    waiting = f"{len(ranked)} leads waiting" + (f", {cut} of them beyond the weekly cap" if cut else "")
    if not ranked:
        waiting += "; the next collection is at 04:30 UTC, or now with `signposts leads --collect`"
    elif len(shown) < len(ranked):
        waiting += f"; {len(shown)} shown, all with --all"
    typer.echo(waiting)


def collect_now(offline: bool, feeds: Sequence[str], rebuild: bool) -> None:
    """Read the feeds now and say what came of each."""
    from signposts.catalogue import load_catalogue
    from signposts.catalogue.faults import nearest
    from signposts.desk.collect import collect_leads, rebuild_leads

    settings = load_settings()
    now = datetime.now(UTC)
    catalogue = load_catalogue(settings.catalogue_root)
    unknown = [name for name in feeds if name not in catalogue.lead_feeds]
    if unknown:
        raise InputError(f"no feed {unknown[0]!r} in feeds.yaml; {nearest(unknown[0], catalogue.lead_feeds)}")
    if rebuild:
        typer.echo(f"{rebuild_leads(settings, catalogue, now)} leads made again from the archive")
        return
    for read in collect_leads(settings, catalogue, now, offline=offline, named=feeds, budget_seconds=900.0):
        name = f"{read.feed_id} {read.query}".strip()
        typer.echo(f"{name}: {read.outcome}: {read.message}; {read.new} bear on an indicator")


def triage_lead(
    lead_id: str,
    decision: str,
    *,
    indicator: str,
    fields: Sequence[str],
    reason: str,
    until: str,
    claim: str,
    group: bool,
    keep_page: bool,
    tracker: str,
) -> None:
    """Decide one lead, or with --group its whole story."""
    from signposts.desk.state import open_desk
    from signposts.desk.suggesting import suggest_claim
    from signposts.desk.triage import accept, decide, undo

    state = open_desk(load_settings(), tracker)
    now = datetime.now(UTC)
    lead = state.lead(lead_id)
    covered = state.open_story(lead, now.date()) if group else [lead]
    if decision == "undo":
        made = undo(state.tracker, lead, now)
    elif decision == "accept":
        options = lead.indicators(state.tracker.tracker_id)
        about = indicator or (next(iter(options)) if len(options) == 1 else "")
        if not about:
            raise InputError(f"the lead may bear on {', '.join(options)}; name one with --indicator")
        if about not in state.tracker.indicators:
            raise InputError(f"no indicator {about!r} in tracker {state.tracker.tracker_id!r}")
        suggested = suggest_claim(state.tracker.indicators[about], lead, state.story(lead))
        filled = {name: field.value for name, field in suggested.items()} | field_changes(fields)
        made = accept(state.tracker, covered, about, filled, now, keep_page=keep_page, corroborates=claim)
        for name, field in suggested.items():
            typer.echo(f"  {name}={filled[name]}" + (f"  ({field.read_in})" if filled[name] == field.value else ""))
    elif decision in ("dismiss", "duplicate", "later"):
        made = decide(state.tracker, covered, decision, now, reason=reason, until=until, claim_id=claim)
    else:
        raise InputError(f"{decision!r} is no decision; write accept, dismiss, duplicate, later or undo")
    typer.echo(f"{made.decision}: {', '.join(made.lead_ids)}" + (f"; claim {made.claim_id}" if made.claim_id else ""))


def close_indicator(
    indicator: str, until: str, since: str, without: Sequence[str], sentence: str, dry_run: bool, tracker: str
) -> None:
    """Close the search of an indicator up to a day, or say what is missing."""
    from signposts.assess.what_if import day_of
    from signposts.desk.searches import close_search, plan_search
    from signposts.desk.state import open_desk

    state = open_desk(load_settings(), tracker)
    now = datetime.now(UTC)
    plan = plan_search(
        state.tracker,
        indicator,
        day_of(until, "--until"),
        state.leads(),
        state.decisions,
        state.reads,
        state.feeds,
        now,
        since=day_of(since, "--from") if since else None,
        without=without,
    )
    typer.echo(
        f"{indicator} from {plan.window_from}: {plan.leads_read} leads read; {plan.n_known} events known before, "
        f"{plan.n_found} found, {plan.n_both} of them known; reach {plan.reach[0]:g} to {plan.reach[1]:g}"
    )
    for gap in plan.gaps:
        typer.echo(f"  not covered: {gap}")
    if dry_run:
        typer.echo("; ".join(plan.reasons) or f"would close: looked until {plan.looked_until}")
        return
    looked_until = close_search(state.tracker, plan, sentence, now)
    typer.echo(f"looked until {looked_until}; the next run uses it")


def print_watch_terms(indicator: str, tracker: str, at_most: int) -> None:
    """Print what an indicator's watch would have matched among everything in the archive."""
    from signposts.catalogue import load_catalogue
    from signposts.desk.collect import archived_items, open_collection
    from signposts.desk.matching import ledger_recall, tracker_matcher

    settings = load_settings()
    owner = chosen_tracker(tracker)
    entry = owner.indicators.get(indicator)
    if entry is None or entry.watch is None:
        raise InputError(f"{indicator!r} has no `watch:` in tracker {owner.tracker_id!r}")
    matcher = tracker_matcher(owner)
    catalogue = load_catalogue(settings.catalogue_root, [owner.tracker_id])
    work = open_collection(settings, catalogue, datetime.now(UTC))
    read, matched = set(), {}
    for _, feed, items, _, _ in archived_items(work):
        for item in items:
            read.add(item.url)
            strength = matcher.match(item.title, item.summary, feed.country, item.url).get(indicator)
            if strength:
                matched[item.url] = (strength, item)
    for strength, item in sorted(matched.values(), key=lambda match: (-match[0], match[1].url))[:at_most]:
        typer.echo(f"{strength:.2f}  {item.published_on or 'no day'}  {item.title}  [{item.outlet}]")
    share = f" ({100 * len(matched) / len(read):.1f} %)" if read else ""
    typer.echo(f"{len(matched)} of {len(read)} archived items match{share}")
    if read and len(matched) > 0.25 * len(read):
        typer.echo("that is more than a quarter of everything: narrow the terms")
    hits, tried = ledger_recall(owner, matcher)[indicator]
    typer.echo(f"of {tried} ledger pages whose address reads as a headline it finds {hits}")
