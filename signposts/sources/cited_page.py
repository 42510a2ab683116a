"""A page that a ledger row cites, kept with the claim.

Belongs here: fetching one page, refusing what is no page, and the day it says it was published. Not here: publishers,
or the ledger.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from urllib.parse import urlsplit

from signposts.errors import SourceChanged
from signposts.sources.archive import Archive, Attempt
from signposts.sources.http import Clock, HttpRequest, HttpResponse, Limits, Session, check_address

SOURCE_ID = "cited_page"
LEAST_TEXT = 200
NOT_TEXT = re.compile(r"<(script|style|noscript|head)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)
TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL | re.IGNORECASE)
NOT_FOUND = re.compile(r"\b404\b|not found|no longer available|page (?:does not|doesn't) exist", re.IGNORECASE)
CONSENT = re.compile(
    r"before you continue|we value your privacy|(?:accept|reject) all(?: cookies)?|manage (?:your )?consent",
    re.IGNORECASE,
)
LEAST_WORDS = 40
"""Least words of a page's own text, navigation left out: official notes are short, teasers are shorter."""
GATE = re.compile(
    r"captcha|verify (?:that )?you are (?:a )?human|just a moment|checking your browser|access denied|"
    r"are you a robot|unusual traffic|enable javascript and cookies",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page in the archive, and the day on which it says that it was published."""

    sha256: str
    published_on: date | None


def store_page(url: str, archive: Archive, now: datetime, trusted: str = "", title: str = "") -> KeptPage:
    """Return the page at an address, kept from now on.

    Only public hosts are asked, unless an origin is ``trusted``. With a ``title`` the page must hold a word of it.

    Raises:
        SourceUnavailable: the page did not come, or is gone.
        SourceChanged: what came is no page to cite: a gate for browsers, an error page, or next to nothing.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    check_address(url.replace("http://", "https://", 1) if origin != trusted else url, trusted)
    session = Session(origin, Limits(timeout_seconds=20.0), Clock(60.0))
    try:
        answer = session.get(HttpRequest(url, url.removeprefix(origin)))
    finally:
        session.close()
    refuse_junk(answer)
    refuse_other_page(answer, title)
    sidecar = {"source_id": SOURCE_ID, "document": answer.url, "url": answer.url, "fetched_at": now.isoformat()}
    sha256 = archive.store(answer.body, {**sidecar, "status": answer.status, "headers": dict(answer.headers)})
    attempt = Attempt(
        source_id=SOURCE_ID,
        document=answer.url,
        url=answer.url,
        fetched_at=now.isoformat(),
        outcome="hit",
        http_status=answer.status,
        sha256=sha256,
        bytes=len(answer.body),
        message="cited page",
    )
    archive.record(attempt)
    return KeptPage(sha256, day_of_page(answer, now.date()))


def is_html(answer: HttpResponse) -> bool:
    """Return whether an answer is a web page, as one without a type is taken to be."""
    return "html" in answer.headers.get("Content-Type", "text/html").lower()


def day_of_page(answer: HttpResponse, today: date) -> date | None:
    """Return the day on which a web page says that it was published, in its marks or its text; None if it says none."""
    from htmldate import find_date

    if not is_html(answer):
        return None
    text = answer.body.decode("utf-8", "replace")
    day = find_date(text, original_date=True, url=answer.url, max_date=today.isoformat())
    return date.fromisoformat(day) if day else None


def refuse_junk(answer: HttpResponse) -> None:
    """Refuse what no reader could check a claim against; what is not HTML need only not be empty."""
    if not is_html(answer):
        if not answer.body:
            raise SourceChanged("the cited page is empty")
        return
    text = answer.body.decode("utf-8", "replace")
    title = " ".join(" ".join(TITLE.findall(text)).split())
    shown = " ".join(unescape(NOT_TEXT.sub(" ", text)).split())
    if GATE.search(title) or (len(shown) < 2000 and GATE.search(shown)):
        raise SourceChanged("the cited page is a gate that only a person's browser passes; save it by hand")
    if NOT_FOUND.search(title):
        raise SourceChanged(f"the cited page says that it is not there: {title[:80]!r}")
    if len(shown) < LEAST_TEXT:
        raise SourceChanged(f"the cited page is next to empty: {len(shown)} characters of text")


def refuse_other_page(answer: HttpResponse, title: str) -> None:
    """Refuse a page that holds no word of the title it was found under, a consent wall, or a mere teaser."""
    from trafilatura import extract

    if not title or not is_html(answer):
        return
    page = answer.body.decode("utf-8", "replace")
    shown = " ".join(unescape(NOT_TEXT.sub(" ", page)).split()).lower()
    own_text = extract(page, include_comments=False) or ""
    words = len(own_text.split())
    if CONSENT.search(own_text) or (words < LEAST_WORDS and CONSENT.search(shown)):
        raise SourceChanged("the cited page is a wall that asks for consent; save it by hand")
    if words < LEAST_WORDS:
        raise SourceChanged(f"the cited page has a text of {words} words only, as behind a paywall; save it by hand")
    title_words = re.findall(r"\w{4,}", title.lower())
    if title_words and not any(word in shown for word in title_words):
        raise SourceChanged("the cited page holds no word of the lead's title; it is another page")
