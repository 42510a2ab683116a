"""Which indicators an item may bear on, by the terms of their `watch:`.

Belongs here: the index of terms, and how strong a match is. Not here: reading feeds (feeds.py), grouping (stories.py).

One pass over an item's words finds every term (an inverted index by first word), so that the cost does not grow with
the number of indicators' terms.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from signposts.catalogue import Tracker
from signposts.catalogue.watch import TermSet, Watch, WatchNames
from signposts.desk.text import fold, split_words

WITHOUT_ACT = 0.6
"""Strength of a match by topic and names alone; one with an act has 1."""
HALF_SAID = 0.35
"""Strength of a match that lacks a required act or one of two names."""
HEADLINE_WORDS = 4
"""An address whose last part has fewer words is no headline."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term as words; a word may be a beginning, and a term in capitals matches capitals only."""

    words: tuple[tuple[str, bool], ...]
    capitals: bool


@dataclass(frozen=True, slots=True)
class CompiledSet:
    """One language's terms of one indicator, as numbers of the index."""

    topic: tuple[frozenset[int], ...]
    act: frozenset[int]
    none: frozenset[int]
    names: Mapping[str, frozenset[int]]


def parse_term(text: str) -> Term:
    """Return a term of the catalogue as words."""
    capitals = text.isupper() and len(text) > 1 and "*" not in text
    words = []
    for part in re.sub(r"\*", "\ue000", text).split():
        pieces = split_words(part.replace("\ue000", " "))
        words += [(piece if capitals else piece.lower(), False) for piece in pieces]
        if part.endswith("\ue000") and pieces:
            words[-1] = (words[-1][0], True)
    return Term(tuple(words), capitals)


class TermIndex:
    """Finds every known term in a text at once."""

    def __init__(self) -> None:
        self._numbers: dict[Term, int] = {}
        self._exact: dict[str, list[tuple[Term, int]]] = defaultdict(list)
        self._beginnings: dict[str, list[tuple[Term, int]]] = defaultdict(list)
        self._lengths: set[int] = set()

    def number(self, text: str) -> int:
        """Return the number of a term, which is indexed if it is new."""
        term = parse_term(text)
        if term not in self._numbers:
            self._numbers[term] = len(self._numbers)
            first, is_beginning = term.words[0] if term.words else ("", False)
            if is_beginning:
                self._beginnings[first].append((term, self._numbers[term]))
                self._lengths.add(len(first))
            elif first:
                self._exact[first.lower()].append((term, self._numbers[term]))
        return self._numbers[term]

    def find(self, text: str) -> set[int]:
        """Return the numbers of the terms that a text holds."""
        raw = split_words(text)
        folded = fold(raw)
        numbers = set()
        for place, word in enumerate(folded):
            for term, number in self._candidates(word):
                if number not in numbers and _holds(term, place, raw if term.capitals else folded):
                    numbers.add(number)
        return numbers

    def _candidates(self, word: str) -> Iterator[tuple[Term, int]]:
        """Yield the terms whose first word may be this one."""
        yield from self._exact.get(word, ())
        for length in self._lengths:
            if length <= len(word):
                yield from self._beginnings.get(word[:length], ())


def _holds(term: Term, place: int, words: Sequence[str]) -> bool:
    """Return whether a term's words stand at a place of a text."""
    if place + len(term.words) > len(words):
        return False
    return all(
        words[place + step].startswith(word) if is_beginning else words[place + step] == word
        for step, (word, is_beginning) in enumerate(term.words)
    )


class Matcher:
    """The watched indicators of one tracker, ready to be held against items."""

    def __init__(self, watches: Mapping[str, Watch], names: WatchNames) -> None:
        self._index = TermIndex()
        self._watches = watches
        self._domains = {tuple(domains): name for name, domains in names.domains.items()}
        self._noise = frozenset(self._index.number(term) for terms in names.noise.values() for term in terms)
        self._sets = {
            indicator_id: [self._compile(terms, language, names) for language, terms in watch.terms.items()]
            for indicator_id, watch in watches.items()
        }

    def _compile(self, terms: TermSet, language: str, names: WatchNames) -> CompiledSet:
        """Return one language's terms as numbers."""

        def numbers(words: Iterable[str]) -> frozenset[int]:
            return frozenset(self._index.number(word) for word in words)

        return CompiledSet(
            tuple(numbers(group) for group in terms.topic),
            numbers(terms.act),
            numbers(terms.none),
            {name: numbers(by_language.get(language, ())) for name, by_language in names.names.items()},
        )

    def match(self, title: str, summary: str, country: str | None = None, url: str = "") -> dict[str, float]:
        """Return the indicators that an item may bear on, each with the strength of the match, 0 to 1."""
        term_numbers = self._index.find(f"{title}\n{summary}")
        if not term_numbers or term_numbers & self._noise:
            return {}
        stands_for = {country, self._name_of_domain(url)} - {None}
        strengths = {}
        for indicator_id, sets in self._sets.items():
            watch = self._watches[indicator_id]
            best = max((_strength(term_numbers, terms, watch, stands_for) for terms in sets), default=0.0)
            if best:
                strengths[indicator_id] = best
        return strengths

    def _name_of_domain(self, url: str) -> str | None:
        """Return the name that an address stands for by the end of its host."""
        host = (urlsplit(url).hostname or "") if url else ""
        for endings, name in self._domains.items():
            if host.endswith(tuple(f".{ending}" for ending in endings)):
                return name
        return None


def _strength(term_numbers: set[int], terms: CompiledSet, watch: Watch, stands_for: set[str | None]) -> float:
    """Return how strongly the terms that were found match one set; 0 if they do not.

    The topic must be there and one of the names; a missing act or further name lowers the strength, since titles and
    summaries leave half unsaid: the filter is broad, precision is the rank's work.
    """
    if term_numbers & terms.none or not all(term_numbers & group for group in terms.topic):
        return 0.0
    names = (*watch.names.all, *watch.names.any)
    named = {name for name in names if name in stands_for or term_numbers & terms.names.get(name, frozenset())}
    if names and not named:
        return 0.0
    acts = bool(term_numbers & terms.act) or not terms.act
    if not named.issuperset(watch.names.all) or (watch.act_required and not acts):
        return HALF_SAID
    return 1.0 if acts else WITHOUT_ACT


def tracker_matcher(tracker: Tracker) -> Matcher:
    """Return the matcher of a tracker's watched indicators."""
    watches = {name: entry.watch for name, entry in tracker.indicators.items() if entry.watch is not None}
    return Matcher(watches, tracker.watch_names)


def headline_of(url: str) -> str:
    """Return the words of an address that reads as a headline; empty if it does not."""
    parts = [part for part in unquote(urlsplit(url).path).split("/") if part]
    longest = max((re.sub(r"\.\w{2,5}$", "", part) for part in parts), key=len, default="")
    words = [word for word in split_words(longest.replace("_", " ")) if not word.isdigit()]
    return " ".join(words) if len(words) >= HEADLINE_WORDS else ""


def ledger_recall(tracker: Tracker, matcher: Matcher | None = None) -> dict[str, tuple[int, int]]:
    """Return per watched indicator how many of its cited pages its own `watch:` finds, and of how many.

    Only pages whose address reads as a headline can be tried; terms were written with these pages in sight, so that the
    share is an upper bound.
    """
    recall: dict[str, tuple[int, int]] = {}
    matcher = matcher or tracker_matcher(tracker)
    for indicator_id in (name for name, entry in tracker.indicators.items() if entry.watch):
        ledger = tracker.ledgers.get(indicator_id)
        addresses = {row.claim.source_url for row in ledger.rows if row.claim.source_url} if ledger else set()
        tried = {url: headline for url in addresses if (headline := headline_of(url))}
        hits = sum(indicator_id in matcher.match(headline, "", None, url) for url, headline in tried.items())
        recall[indicator_id] = (hits, len(tried))
    return recall
