"""The desk as a page on this machine: the queue, one lead, its form, claims, searches, import.

Belongs here: routes, who may ask, what is rendered. Not here: what a decision writes (triage.py, claims.py,
searches.py).

Served on 127.0.0.1 only. Nothing is written through GET; every POST carries the process's token, and Host and Origin
are checked, so that no page in the same browser can act here. Only own style and script are allowed (CSP). Without the
script everything works with links and buttons.
"""

import logging
import secrets
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from signposts.catalogue import LEDGER_COLUMNS
from signposts.catalogue.claims import REQUIRED_BY_KIND
from signposts.catalogue.triage import DISMISSALS
from signposts.desk.claims import OWN_FIELDS, all_claims, correct_claim, indicator_of, superseded_by, withdraw_claim
from signposts.desk.importing import ImportOutcome, import_rows
from signposts.desk.leads import Lead
from signposts.desk.matching import ledger_recall
from signposts.desk.reads import feed_health
from signposts.desk.searches import SearchPlan, close_search, last_search, plan_search
from signposts.desk.state import DeskState
from signposts.desk.suggesting import known_nearby, suggest_claim
from signposts.desk.triage import Decided, accept, decide, undo
from signposts.errors import InputError, SignpostsError

logger = logging.getLogger(__name__)

LARGEST_FORM = 200_000
SHOWN_BEFORE, SHOWN_AFTER = 5, 45
FORM_FIELDS = (
    "kind", "happened_from", "happened_to", "period_start", "period_end", "value", "value_low", "value_high",
    "category", "trials", "searched_until", "planned_for", "source_name", "speaker", "source_url", "reliability",
    "credibility", "status", "published_on", "published_on_inferred", "project_id", "stage", "note",
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Preview = Callable[[str, Mapping[str, str]], Sequence[Mapping[str, str]]]
"""Indicator and fields of a claim to rows of scenario, now, then and move, in words."""
Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes share: the state, a lock around it, the token of the forms, and the function for the preview."""

    state: DeskState
    lock: threading.Lock
    token: str
    preview: Preview
    templates: Environment
    keep_pages: bool


class SameOriginOnly:
    """Refuses every request that was not made by this page: wrong host, other origin, missing token's carrier."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with 403; add the headers to every answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *extra]
            await send(message)

        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if reason := self._refusal(scope["method"], headers):
            await PlainTextResponse(f"refused: {reason}", 403)(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)

    def _refusal(self, method: str, headers: Mapping[str, str]) -> str:
        """Return why a request is refused; empty if it is not."""
        host = headers.get("host", "")
        if host not in self._hosts:
            return "another host is named"
        if method in ("GET", "HEAD"):
            return ""
        origin = headers.get("origin")
        if origin is not None:
            return "" if origin == f"http://{host}" else "it comes from another page"
        return "" if headers.get("sec-fetch-site") == "same-origin" else "it does not say which page it comes from"


def create_app(state: DeskState, preview: Preview, port: int, keep_pages: bool = True) -> ASGIApp:
    """Return the application, to be served on 127.0.0.1 and the port; ``keep_pages`` is the form's first choice."""
    folder = Path(__file__).with_name("static")
    templates = Environment(
        loader=PackageLoader("signposts.desk"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    desk = Desk(state, threading.Lock(), secrets.token_urlsafe(32), preview, templates, keep_pages)

    def page(make: Callable[[Desk, Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(_locked, desk, request, make)

        return endpoint

    def action(make: Callable[[Desk, Request, Form], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            form = await _read_form(request)
            if form is None:
                return PlainTextResponse("refused: no form of this page", 400)
            if not secrets.compare_digest(_first(form, "token"), desk.token):
                return PlainTextResponse("refused: the form is old; go back, load the page again and send it anew", 403)
            return await run_in_threadpool(_locked, desk, request, lambda desk, request: make(desk, request, form))

        return endpoint

    routes = [
        Route("/", page(show_queue)),
        Route("/lead/{lead_id}", page(show_lead)),
        Route("/lead/{lead_id}/decide", action(decide_lead), methods=["POST"]),
        Route("/lead/{lead_id}/undo", action(undo_lead), methods=["POST"]),
        Route("/lead/{lead_id}/preview", page(show_preview)),
        Route("/decisions", page(show_decisions)),
        Route("/claims", page(show_claims)),
        Route("/claims/{claim_id}/correct", action(correct_one), methods=["POST"]),
        Route("/claims/{claim_id}/withdraw", action(withdraw_one), methods=["POST"]),
        Route("/searches", page(show_searches)),
        Route("/searches/{indicator_id}/close", action(close_one), methods=["POST"]),
        Route("/import", page(show_import)),
        Route("/import/take", action(take_import), methods=["POST"]),
        Route("/feeds", page(show_feeds)),
        Route("/favicon.ico", lambda request: Response(status_code=204)),
        Mount("/static", StaticFiles(directory=folder)),
    ]
    return SameOriginOnly(Starlette(routes=routes), port)


async def _read_form(request: Request) -> Form | None:
    """Return the fields of a form that is not too large; None for anything else."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return None
    form: dict[str, list[str]] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        form.setdefault(name, []).append(value)
    return form


def _locked(desk: Desk, request: Request, make: Callable[[Desk, Request], Response]) -> Response:
    """Answer one request at a time, on files as they are now; what a person can mend is said on a page."""
    try:
        with desk.lock:
            desk.state.refresh()
            return make(desk, request)
    except SignpostsError as error:
        return _render(desk, "problem.html", 400, message=str(error), back=request.headers.get("referer", "/"))


def _first(form: Form, name: str) -> str:
    """Return the first value of a field, or nothing."""
    return next(iter(form.get(name, ())), "").strip()


def _today() -> date:
    """Return the day in UTC."""
    return datetime.now(UTC).date()


def _render(desk: Desk, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page of a template."""
    tracker = desk.state.tracker
    shared = {
        "token": desk.token,
        "tracker": tracker,
        "title_of": lambda name: tracker.indicators[name].title,
        "today": _today(),
    }
    return HTMLResponse(desk.templates.get_template(template).render(**shared, **values), status)


# ---- the queue and one lead


def show_queue(desk: Desk, request: Request) -> Response:
    """Show the queue with its first lead, or say that nothing waits."""
    indicator = request.query_params.get("indicator", "")
    queue = desk.state.queue(_today(), indicator)
    if queue:
        query = f"?{urlencode({'indicator': indicator})}" if indicator else ""
        return RedirectResponse(f"/lead/{queue[0].lead.lead_id}{query}", 303)
    did = _what_was_done(desk, request.query_params.get("did", ""))
    return _render(desk, "lead.html", **_queue_values(desk, "", indicator), lead=None, did=did)


def _queue_values(desk: Desk, lead_id: str, indicator: str) -> dict[str, Any]:
    """Return the part of the queue around a lead, and what waits beyond."""
    queue = desk.state.queue(_today(), indicator)
    place = next((number for number, ranked_lead in enumerate(queue) if ranked_lead.lead.lead_id == lead_id), 0)
    start = max(0, place - SHOWN_BEFORE)
    shown = queue[start : place + SHOWN_AFTER]
    whole_queue = desk.state.queue(_today()) if indicator else queue
    waiting = Counter(ranked_lead.indicator_id for ranked_lead in whole_queue)
    return {
        "shown": shown,
        "n_waiting": len(queue),
        "n_cut": sum(ranked_lead.is_cut for ranked_lead in queue),
        "n_before": start,
        "indicator": indicator,
        "waiting": dict(sorted(waiting.items(), key=lambda entry: (-entry[1], entry[0]))),
        "next_id": queue[place + 1].lead.lead_id if place + 1 < len(queue) else "",
        "previous_id": queue[place - 1].lead.lead_id if place else "",
    }


def show_lead(desk: Desk, request: Request) -> Response:
    """Show one lead beside the queue."""
    return _lead_page(desk, request, "", {})


def _lead_page(desk: Desk, request: Request, problem: str, given: Mapping[str, str]) -> Response:
    """Return the page of a lead, with what went wrong and what had been typed."""
    state, today = desk.state, _today()
    lead = state.lead(request.path_params["lead_id"])
    options = lead.indicators(state.tracker.tracker_id)
    ranked = sorted(options, key=lambda name: -options[name])
    asked = [given.get("indicator", ""), *(request.query_params.get(name, "") for name in ("about", "indicator"))]
    about = next((name for name in (*asked, *ranked) if name in state.tracker.indicators), "")
    entry = state.tracker.indicators[about]
    story = state.story(lead)
    suggested = suggest_claim(entry, lead, story)
    values = {name: given.get(name, suggested[name].value if name in suggested else "") for name in FORM_FIELDS}
    day = day_or(values["happened_from"] or values["period_end"], lead.day)
    standing = {name: row.fields for name, row in state.standing_claims(about).items()}
    shown = _shown_fields(values)
    return _render(
        desk,
        "lead.html",
        400 if problem else 200,
        **_queue_values(desk, lead.lead_id, request.query_params.get("indicator", "")),
        lead=lead,
        about=about,
        entry=entry,
        options=ranked,
        story=story,
        covered={member.lead_id for member in state.open_story(lead, today)},
        near=state.near(lead),
        fields=shown,
        hidden=[name for name in FORM_FIELDS if name not in shown],
        values=values,
        suggested=suggested,
        nearby_claims=[(name, why, standing[name]) for name, why in known_nearby(entry, lead, standing, day)],
        standing=standing,
        dismissals=DISMISSALS,
        keep_pages=desk.keep_pages,
        later=today + timedelta(days=7),
        made=state.decisions.get(lead.lead_id),
        problem=problem,
        did=_what_was_done(desk, request.query_params.get("did", "")),
    )


def day_or(text: str, otherwise: date) -> date:
    """Return the day of a text, or another where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _shown_fields(values: Mapping[str, str]) -> list[str]:
    """Return the fields that a claim of the form's kind needs, and those that are filled."""
    # A dated event says its period and its value, 1, by its day.
    needed = {"kind", "category", *(() if values["happened_from"] else REQUIRED_BY_KIND.get(values["kind"], ()))}
    always = {"source_name", "speaker", "source_url", "reliability", "credibility", "published_on"}
    return [name for name in FORM_FIELDS if name in needed | always or values[name]]


def _what_was_done(desk: Desk, lead_id: str) -> dict[str, Any] | None:
    """Return the decision on a lead that was just made, with its title, for the line above the page."""
    lead = desk.state.log.leads().get(lead_id)
    others = sum(row.decided_with == lead_id for row in desk.state.decisions.values())
    return {"row": desk.state.decisions.get(lead_id), "lead": lead, "others": others} if lead else None


def decide_lead(desk: Desk, request: Request, form: Form) -> Response:
    """Decide a lead and go on to the next; what is wrong is said beside the form."""
    state = desk.state
    lead = state.lead(request.path_params["lead_id"])
    queue = state.queue(_today(), request.query_params.get("indicator", ""))
    given = {name: _first(form, name) for name in (*FORM_FIELDS, "indicator")}
    try:
        made = _decided(state, lead, form, given)
    except InputError as error:
        state.refresh()
        return _lead_page(desk, request, str(error), given)
    gone = set(made.lead_ids)
    ids = [ranked_lead.lead.lead_id for ranked_lead in queue]
    after = ids[ids.index(lead.lead_id) :] + ids if lead.lead_id in ids else ids
    following = next((lead_id for lead_id in after if lead_id not in gone), "")
    query = {"did": lead.lead_id}
    if request.query_params.get("indicator"):
        query["indicator"] = request.query_params["indicator"]
    return RedirectResponse((f"/lead/{following}" if following else "/") + f"?{urlencode(query)}", 303)


def _decided(state: DeskState, lead: Lead, form: Form, given: Mapping[str, str]) -> Decided:
    """Write the decision of a form: the lead with the members of its story that were ticked."""
    now = datetime.now(UTC)
    ticked = set(form.get("covers", ()))
    leads = [lead, *(member for member in state.open_story(lead, now.date())[1:] if member.lead_id in ticked)]
    decision = _first(form, "decision")
    if decision == "accept":
        fields = {name: value for name, value in given.items() if name in FORM_FIELDS and value}
        return accept(
            state.tracker,
            leads,
            given["indicator"],
            fields,
            now,
            keep_page=not form.get("without_page"),
            corroborates=_first(form, "corroborates"),
        )
    if decision not in ("dismiss", "duplicate", "later"):
        raise InputError(f"{decision!r} is no decision")
    return decide(
        state.tracker,
        leads,
        decision,
        now,
        reason=_first(form, "reason") if decision == "dismiss" else "",
        until=_first(form, "until") if decision == "later" else "",
        claim_id=_first(form, "claim_id") if decision == "duplicate" else "",
    )


def undo_lead(desk: Desk, request: Request, form: Form) -> Response:
    """Open a lead again and show it."""
    lead = desk.state.lead(request.path_params["lead_id"])
    undo(desk.state.tracker, lead, datetime.now(UTC))
    return RedirectResponse(f"/lead/{lead.lead_id}", 303)


def show_preview(desk: Desk, request: Request) -> Response:
    """Show what the form's claim would do to the probabilities; nothing is written."""
    lead = desk.state.lead(request.path_params["lead_id"])
    fields = {name: value for name, value in request.query_params.items() if name in FORM_FIELDS and value}
    about = request.query_params.get("indicator", "")
    try:
        rows, problem = desk.preview(about, fields), ""
    except SignpostsError as error:
        rows, problem = [], str(error)
    return _render(desk, "preview.html", rows=rows, problem=problem, lead=lead, about=about)


def show_decisions(desk: Desk, request: Request) -> Response:
    """Show the newest decisions, each with a way back."""
    newest = sorted(desk.state.decisions.values(), key=lambda row: row.decided_at, reverse=True)[:100]
    leads = desk.state.log.leads()
    return _render(desk, "decisions.html", rows=[(row, leads.get(row.lead_id)) for row in newest])


# ---- claims


def show_claims(desk: Desk, request: Request) -> Response:
    """Show the claims of an indicator, or those that hold a text."""
    return _claims_page(desk, request.query_params.get("indicator", ""), request.query_params.get("contains", ""))


def _claims_page(desk: Desk, indicator: str, contains: str = "", done: str = "") -> Response:
    """Return the page of claims."""
    tracker = desk.state.tracker
    newer = superseded_by(tracker)
    claims = [
        (name, row.fields, newer.get(row.claim.claim_id, ""))
        for name, row in all_claims(tracker)
        if (not indicator or name == indicator)
        and (not contains or contains.lower() in " ".join(row.fields.values()).lower())
    ]
    return _render(
        desk,
        "claims.html",
        claims=claims[:300],
        n_claims=len(claims),
        indicator=indicator,
        contains=contains,
        done=done,
        editable=[name for name in LEDGER_COLUMNS if name not in OWN_FIELDS],
    )


def correct_one(desk: Desk, request: Request, form: Form) -> Response:
    """Correct a claim by a new row."""
    claim_id = request.path_params["claim_id"]
    changes = {_first(form, "field"): _first(form, "value")}
    new_id = correct_claim(desk.state.tracker, claim_id, changes, _first(form, "reason"), datetime.now(UTC))
    desk.state.refresh()
    return _claims_page(desk, indicator_of(claim_id), done=f"{new_id} corrects {claim_id}")


def withdraw_one(desk: Desk, request: Request, form: Form) -> Response:
    """Take a claim back by a new row."""
    claim_id = request.path_params["claim_id"]
    new_id = withdraw_claim(desk.state.tracker, claim_id, _first(form, "reason"), datetime.now(UTC))
    desk.state.refresh()
    return _claims_page(desk, indicator_of(claim_id), done=f"{new_id} withdraws {claim_id}")


# ---- searches


def show_searches(desk: Desk, request: Request) -> Response:
    """Show how far each watched indicator was looked for, and what closing one would write."""
    return _searches_page(desk, request.query_params, "", "")


def _searches_page(desk: Desk, asked: Mapping[str, str], problem: str, done: str) -> Response:
    """Return the page of searches; with an indicator and a day, the plan of its closing."""
    state, tracker = desk.state, desk.state.tracker
    queue = state.queue(_today())
    waiting = Counter(name for ranked_lead in queue for name in ranked_lead.lead.indicators(tracker.tracker_id))
    recall = ledger_recall(tracker)
    rows = [
        {
            "indicator_id": name,
            "title": entry.title,
            "looked_until": last_search(tracker, name),
            "waiting": waiting[name],
            "recall": recall.get(name, (0, 0)),
            "cadence": entry.watch.cadence_days,
        }
        for name, entry in tracker.indicators.items()
        if entry.watch
    ]
    plan = None
    if asked.get("close") and not done:
        try:
            plan = _plan(state, asked["close"], asked)
        except InputError as error:
            problem = problem or str(error)
    return _render(
        desk, "searches.html", 400 if problem else 200, rows=rows, plan=plan, asked=asked, problem=problem, done=done
    )


def _plan(state: DeskState, indicator: str, asked: Mapping[str, str]) -> SearchPlan:
    """Return what closing a search would write: up to the day asked for, else as far as the feeds reach."""
    now = datetime.now(UTC)
    try:
        until = date.fromisoformat(asked["until"]) if asked.get("until") else None
        since = date.fromisoformat(asked["since"]) if asked.get("since") else None
    except ValueError as error:
        raise InputError(f"{error}; write days as YYYY-MM-DD") from error

    def plan(day: date) -> SearchPlan:
        return plan_search(
            state.tracker, indicator, day, state.leads(), state.decisions, state.reads, state.feeds, now, since=since,
            without=asked.get("without", "").split(),
        )  # fmt: skip

    furthest = plan(until or now.date() - timedelta(days=1))
    return plan(furthest.looked_until) if until is None and furthest.looked_until else furthest


def close_one(desk: Desk, request: Request, form: Form) -> Response:
    """Close a search as its plan says."""
    indicator = request.path_params["indicator_id"]
    asked = {name: _first(form, name) for name in ("until", "since", "without", "sentence")}
    try:
        plan = _plan(desk.state, indicator, asked)
        looked_until = close_search(desk.state.tracker, plan, asked["sentence"], datetime.now(UTC))
    except InputError as error:
        return _searches_page(desk, {**asked, "close": indicator}, str(error), "")
    desk.state.refresh()
    return _searches_page(desk, {}, "", f"{indicator}: looked until {looked_until}; the next run uses it")


# ---- import, feeds


def _inbox_tables(desk: Desk) -> list[str]:
    """Return the names of the spreadsheets in the inbox."""
    folder = desk.state.settings.inbox
    return sorted(
        path.name
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.suffix.lower() in (".csv", ".xlsx") and path.is_file() and not path.is_symlink()
    )


def show_import(desk: Desk, request: Request) -> Response:
    """Show the spreadsheets of the inbox."""
    return _import_page(desk, None, {})


def _import_page(desk: Desk, outcomes: Sequence[ImportOutcome] | None, asked: Mapping[str, str]) -> Response:
    """Return the page of the inbox, with what became of a spreadsheet's rows."""
    folder = desk.state.settings.inbox
    return _render(desk, "import.html", files=_inbox_tables(desk), outcomes=outcomes, asked=asked, folder=folder)


def take_import(desk: Desk, request: Request, form: Form) -> Response:
    """Say what would become of each row of a spreadsheet, or take them."""
    asked = {name: _first(form, name) for name in ("file", "indicator", "take")}
    if asked["file"] not in _inbox_tables(desk):
        raise InputError(f"{asked['file']!r} is no spreadsheet in the inbox")
    file, dry_run = desk.state.settings.inbox / asked["file"], asked["take"] != "yes"
    outcomes = import_rows(desk.state.tracker, file, asked["indicator"], {}, datetime.now(UTC), dry_run)
    return _import_page(desk, outcomes, asked)


def show_feeds(desk: Desk, request: Request) -> Response:
    """Show what was read of each feed."""
    rows = feed_health(desk.state.feeds, desk.state.reads, datetime.now(UTC))
    return _render(desk, "feeds.html", rows=rows)
