"""Reading of publishers that have only web pages: texts by identifier, headings, links.

Belongs here: taking a page apart. Not here: what any one publisher's page means.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from signposts.errors import SourceChanged

HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
PARTS = frozenset({"span", "a"})


@dataclass(slots=True)
class Page:
    """What a page holds: the text of each span and link with an identifier, its headings, and where its links lead."""

    parts: dict[str, str] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._part = ""
        self._heading: list[str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        if tag in PARTS:
            self._part = named.get("id") or ""
            if tag == "span" and self._part in self.page.parts:
                raise SourceChanged(f"is a web page that has two parts with the identifier {self._part[:60]!r}")
            if self._part:
                self.page.parts[self._part] = ""
        elif tag in HEADINGS:
            self._heading = []
        if tag == "a" and named.get("href"):
            self.page.links.append(str(named["href"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in PARTS:
            self._part = ""
        elif tag in HEADINGS and self._heading is not None:
            self.page.headings.append(" ".join("".join(self._heading).split()))
            self._heading = None

    def handle_data(self, data: str) -> None:
        if self._part:
            self.page.parts[self._part] += data
        if self._heading is not None:
            self._heading.append(data)


def read_page(payload: bytes) -> Page:
    """Return what a web page holds.

    Raises:
        SourceChanged: the bytes are no UTF-8, empty, or no web page.
    """
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceChanged(f"is not utf-8 from byte {error.start} on") from error
    if "<html" not in text[:2000].lower():
        raise SourceChanged("is no web page" if text.strip() else "is empty")
    collector = _Collector()
    try:
        collector.feed(text)
        collector.close()
    except AssertionError as error:
        # The standard library's way to say that a declaration in the page is none.
        raise SourceChanged(f"is a web page that cannot be read: {error}") from error
    page = collector.page
    page.parts = {name: " ".join(value.split()) for name, value in page.parts.items()}
    return page
