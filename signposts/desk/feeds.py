"""What a feed, an article list or a dropped file holds, as items.

Belongs here: one reader a format, bytes in, items and what was set aside out. Not here: asking (collect.py), or which
items matter (matching.py).

A read has one of four outcomes: items, empty, truncated, failed. Only the first two count as read; a challenge page or
a refusal with status 200 is a failure, never "no news".
"""

import csv
import hashlib
import io
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

from signposts.desk.text import SUMMARY_LETTERS, TITLE_LETTERS, clean
from signposts.errors import SourceChanged

MOST_ITEMS = 20_000
LARGEST_MINUTE = 50_000_000
TRACKERS = (
    "fbclid", "gclid", "yclid", "mc_cid", "mc_eid", "igshid", "ref", "ref_src", "cmpid", "ocid", "_openstat", "from",
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id",
)  # fmt: skip
CHALLENGE = re.compile(
    r"just a moment|checking your browser|attention required|captcha|are you (?:a )?(?:human|robot)|ddos-guard|"
    r"enable javascript and cookies|access denied",
    re.IGNORECASE,
)
# What GDELT answers as plain text, most of it with status 200.
COME_BACK = ("please limit requests", "too many requests", "query was too short or too long", "try again")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as it was read: what it says, where, and when it was published or seen."""

    url: str
    title: str
    summary: str
    published_on: date | None
    outlet: str


@dataclass(frozen=True, slots=True)
class Items:
    """What a document holds: items in its order, and in words what was set aside."""

    items: tuple[Item, ...]
    set_aside: tuple[str, ...] = ()
    truncated: bool = False

    @property
    def outcome(self) -> str:
        """Return items, truncated or empty."""
        if self.truncated:
            return "truncated"
        return "items" if self.items else "empty"


@dataclass(slots=True)
class ItemList:
    """Items as they are gathered, one an address."""

    outlet: str
    today: date
    items: dict[str, Item] = field(default_factory=dict)
    set_aside: list[str] = field(default_factory=list)

    def add(self, url: object, title: object, summary: object, published: date | None, outlet: str = "") -> None:
        """Add an entry; one without address or title is set aside, a second one of an address is passed over."""
        address = canonical_address(str(url or ""))
        text = clean(str(title or ""), TITLE_LETTERS)
        if not address:
            self.set_aside.append(f"without an address: {text[:60]!r}")
            return
        if not text:
            self.set_aside.append(f"without a title: {address[:80]}")
            return
        if published is not None and published > self.today + timedelta(days=1):
            self.set_aside.append(f"day {published} lies ahead, the item is kept without it: {address[:80]}")
            published = None
        item = Item(address, text, clean(str(summary or ""), SUMMARY_LETTERS), published, outlet or self.outlet)
        self.items.setdefault(address, item)

    def done(self, truncated: bool = False) -> Items:
        """Return what was gathered."""
        return Items(tuple(self.items.values()), tuple(self.set_aside), truncated)


def canonical_address(url: str) -> str:
    """Return an address without trackers, fragment or default port, its query in order; empty if it is none."""
    from w3lib.url import canonicalize_url, url_query_cleaner

    url = url.strip()
    if not re.match(r"https?://[^\s/]+\S*$", url, re.IGNORECASE) or len(url) > 2000:
        return ""
    try:
        plain: str = canonicalize_url(url_query_cleaner(url, TRACKERS, remove=True))
    except ValueError:
        return ""
    return re.sub(r"^(https?://[^/]+):(?:80|443)(?=/|$)", r"\1", plain)


def lead_key(address: str) -> str:
    """Return the identifier of the lead at a canonical address: http, https, www and a last stroke do not count."""
    plain = re.sub(r"^https?://(?:www\.|m\.)?", "", address.rstrip("/"))
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


# ---- feeds


def read_feed(payload: bytes, outlet: str, today: date, content_type: str = "") -> Items:
    """Return the entries of an RSS or Atom feed.

    Raises:
        SourceChanged: it is no feed: a page, a challenge, entities that unfold, or nothing that can be read.
    """
    import feedparser

    head = payload[:4000].lower()
    if b"<!entity" in payload[:200_000].lower():
        raise SourceChanged("declares entities of its own, which a feed has no need of")
    if CHALLENGE.search(clean(payload[:20_000].decode("utf-8", "replace"), 2000)) and b"<item" not in payload:
        raise SourceChanged("is a challenge page for browsers, not a feed")
    parsed = feedparser.parse(
        io.BytesIO(payload),
        response_headers={"content-type": content_type},
        sanitize_html=False,
        resolve_relative_uris=True,
    )
    if not parsed.entries and not parsed.get("version"):
        what = "a web page" if b"<html" in head or b"<!doctype html" in head else "nothing that can be read as one"
        raise SourceChanged(f"is {what}, not a feed")
    if parsed.bozo and not parsed.entries:
        raise SourceChanged(f"is a damaged feed: {str(parsed.get('bozo_exception', ''))[:80]}")
    items = ItemList(outlet, today)
    for entry in parsed.entries[:MOST_ITEMS]:
        address = entry.get("link") or (entry.get("id") if str(entry.get("id", "")).startswith("http") else "")
        items.add(address, entry.get("title"), entry.get("summary"), _entry_day(entry))
    # A feed that ended before its end may miss entries.
    damage = str(parsed.get("bozo_exception", "")).lower() if parsed.bozo else ""
    is_cut = "no element found" in damage or "unclosed token" in damage
    return items.done(truncated=len(parsed.entries) > MOST_ITEMS or is_cut)


def _entry_day(entry: Any) -> date | None:
    """Return the day of an entry in UTC, published before updated; None without a day that can be read."""
    for name in ("published_parsed", "updated_parsed"):
        moment = entry.get(name)
        if moment:
            try:
                return date(moment.tm_year, moment.tm_mon, moment.tm_mday)
            except ValueError:
                continue
    return None


def read_json(payload: bytes, outlet: str, today: date, content_type: str = "") -> Items:
    """Return the entries of a list of documents in JSON, as official registers give it."""
    try:
        document = json.loads(payload)
    except ValueError as error:
        raise SourceChanged("is no JSON") from error
    lists = [document]
    if isinstance(document, dict):
        lists = [document.get(key) for key in ("results", "items", "articles")]
        lists.append([] if document.get("count") == 0 else None)
    rows = next((rows for rows in lists if isinstance(rows, list)), None)
    if rows is None:
        raise SourceChanged("holds no list of documents")
    items = ItemList(outlet, today)
    for row in rows[:MOST_ITEMS]:
        if isinstance(row, dict):
            address = row.get("html_url") or row.get("url") or row.get("link")
            summary = row.get("abstract") or row.get("summary") or row.get("content_text")
            day = row.get("publication_date") or row.get("date_published") or row.get("published_on") or row.get("date")
            items.add(address, row.get("title"), summary, read_iso_day(day))
    return items.done(truncated=len(rows) > MOST_ITEMS)


def read_iso_day(text: object) -> date | None:
    """Return the day that a text begins with, written 2026-11-23 or 20261123; None for anything else."""
    match = re.match(r"(\d{4})-?(\d{2})-?(\d{2})", str(text or ""))
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


# ---- GDELT


def read_doc_list(payload: bytes, today: date, most: int = 250) -> Items:
    """Return the articles of GDELT's DOC 2.0; a full list is truncated. Days are days seen, never published.

    Raises:
        SourceChanged: it refused the query, or asked to come back later; which of the two is said.
    """
    text = payload.decode("utf-8", "replace").strip()
    if not text.startswith("{"):
        words = clean(text, 160) or "nothing"
        if any(sign in text.lower() for sign in COME_BACK):
            raise SourceChanged(f"refused for now: {words}")
        raise SourceChanged(f"refused the query: {words}")
    try:
        document = json.loads(text, strict=False)
    except ValueError:
        try:
            # Titles can hold stray backslashes, which break the whole answer.
            document = json.loads(re.sub(r"\\(?![\"\\/bfnrtu])", r"\\\\", text), strict=False)
        except ValueError as error:
            raise SourceChanged("broken JSON; ask for a shorter span") from error
    articles = document.get("articles", [])
    items = ItemList("", today)
    for row in articles:
        items.add(row.get("url"), row.get("title"), "", read_iso_day(row.get("seendate")), str(row.get("domain", "")))
    return items.done(truncated=len(articles) >= most)


def read_minute(payload: bytes, today: date) -> Items:
    """Return the articles of one of GDELT's minute files (JSON lines, packed). Days are days seen."""
    if payload[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            payload = unpacker.decompress(payload, LARGEST_MINUTE)
        except zlib.error as error:
            raise SourceChanged(f"the packed file is broken: {error}") from error
        if unpacker.unconsumed_tail:
            raise SourceChanged(f"unpacks to more than {LARGEST_MINUTE:,} bytes")
        if not unpacker.eof:
            raise SourceChanged("the packed file ends early")
    items, bad = ItemList("", today), 0
    lines = payload.splitlines()
    for line in lines:
        try:
            row = json.loads(line)
            address, title = row["url"], row["title"]
        except (ValueError, KeyError, TypeError):
            bad += 1
            continue
        outlet = str(row.get("outletName") or row.get("domain") or "")
        items.add(address, title, row.get("desc"), read_iso_day(row.get("date")), outlet)
    if lines and bad == len(lines):
        raise SourceChanged("no line can be read")
    if bad:
        items.set_aside.append(f"{bad} of {len(lines)} lines cannot be read")
    return items.done()


# ---- files dropped into the inbox


class _Links(HTMLParser):
    """Gathers the links of a saved page, with their words."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self._open: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a link."""
        if tag == "a":
            self._open, self._words = dict(attrs).get("href"), []

    def handle_data(self, data: str) -> None:
        """Take the words of an open link."""
        if self._open is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a link."""
        if tag == "a" and self._open:
            self.links.append((self._open, " ".join("".join(self._words).split())))
            self._open = None


def read_saved_page(payload: bytes, outlet: str, today: date) -> Items:
    """Return the links of a saved page that read as headlines: four words and more.

    Raises:
        SourceChanged: a declaration in the page is none, which the standard library says by an assertion.
    """
    parser = _Links()
    try:
        parser.feed(payload.decode("utf-8", "replace"))
    except AssertionError as error:
        raise SourceChanged(f"cannot be read as a page: {error}") from error
    items = ItemList(outlet, today)
    for url, words in parser.links:
        if url.startswith("http") and len(words.split()) >= 4:
            items.add(url, words, "", None)
    return items.done()


def read_ris(payload: bytes, outlet: str, today: date) -> Items:
    """Return the references of a RIS file, as reference managers and press archives write it."""
    items = ItemList(outlet, today)
    entry: dict[str, str] = {}
    for line in payload.decode("utf-8-sig", "replace").splitlines():
        tag = re.match(r"([A-Z][A-Z0-9])  - ?(.*)", line)
        if not tag:
            continue
        if tag[1] == "ER":
            day = read_iso_day(re.sub("/", "-", entry.get("DA") or entry.get("Y1", "")).strip("-"))
            title, outlet = entry.get("TI") or entry.get("T1"), entry.get("JO") or entry.get("PB", "")
            items.add(entry.get("UR") or entry.get("L1"), title, entry.get("AB"), day, outlet)
            entry = {}
        else:
            entry.setdefault(tag[1], tag[2].strip())
    return items.done()


def read_table_rows(rows: Iterable[dict[str, str]], outlet: str, today: date) -> Items:
    """Return the rows of a table of articles: url or link, title, and summary, date and outlet if there."""
    items = ItemList(outlet, today)
    for row in rows:
        cells = {name.strip().lower(): value for name, value in row.items() if name}
        address = cells.get("url") or cells.get("link") or cells.get("address")
        day = read_iso_day(cells.get("date") or cells.get("published_on") or cells.get("published"))
        summary = cells.get("summary") or cells.get("description") or cells.get("desc")
        title, outlet = cells.get("title") or cells.get("headline"), cells.get("outlet") or cells.get("source") or ""
        items.add(address, title, summary, day, outlet)
    return items.done()


def read_dropped(name: str, payload: bytes, today: date) -> Items:
    """Return the items of a dropped file, by the ending of its name.

    Raises:
        SourceChanged: no reader for it, or it holds nothing that can be read.
    """
    ending = name.rpartition(".")[2].lower()
    if ending == "csv":
        text = payload.decode("utf-8-sig", "replace")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        return read_table_rows(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter), name, today)
    if ending == "xlsx":
        return read_table_rows(_sheet_rows(payload), name, today)
    readers: dict[str, Callable[[bytes, str, date], Items]] = {
        "json": read_json,
        "ris": read_ris,
        **dict.fromkeys(("html", "htm"), read_saved_page),
        **dict.fromkeys(("xml", "rss", "atom"), read_feed),
    }
    if ending not in readers:
        raise SourceChanged(f"no reader for .{ending}; drop .csv, .xlsx, .json, .ris, .html or .xml")
    return readers[ending](payload, name, today)


def _sheet_rows(payload: bytes) -> Iterator[dict[str, str]]:
    """Yield the rows of a workbook's first sheet."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(payload), read_only=True, data_only=True)
    except Exception as error:
        raise SourceChanged(f"is no workbook that can be read: {error}") from error
    table = [
        ["" if value is None else str(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)
    ]
    for cells in table[1:]:
        yield dict(zip(table[0], cells, strict=False))


def pack_items(items: Iterable[Item]) -> bytes:
    """Return items as JSON lines: what is kept of a document that is filtered on arrival."""
    lines = []
    for item in items:
        day = item.published_on.isoformat() if item.published_on else None
        line = {"url": item.url, "title": item.title, "desc": item.summary, "date": day, "outletName": item.outlet}
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    return "".join(lines).encode()
