"""What the desk looks for: each indicator's `watch:`, the names and noise of a tracker, the feeds.

Belongs here: the keys of `watch:`, watch.yaml and feeds.yaml, and what GDELT's query language refuses. Not here:
matching titles or reading feeds (desk).
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, Strict, StringConstraints, field_validator, model_validator

from signposts.catalogue.fields import Entry, Identifier, Letter, Text, WebAddress

# GDELT refuses longer ones, most of the time (seen at 257 and 288 letters).
LONGEST_QUERY = 250
# Broader than this and a term would let nearly every title through.
SHORTEST_TERM = 2
PHRASE = re.compile(r'"[^"]*"')
NEAR = re.compile(r'\b(?:near|repeat)\d+:"[^"]*"')
OPERATOR = re.compile(r"\b(?:sourcelang|sourcecountry|theme|domain|domainis|tone|toneabs):?[<>]?[^\s()]+")
COMMON = frozenset({"a", "an", "and", "in", "is", "of", "the", "to", "и", "в", "на", "از", "به", "و"})

Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Terms = Annotated[tuple[Term, ...], Strict(False)]


class TermSet(Entry):
    """Terms of one language: every group of ``topic`` must hold, ``act`` raises the rank, ``none`` drops the item."""

    topic: Annotated[tuple[Terms, ...], Strict(False), Field(min_length=1)]
    act: Terms = ()
    none: Terms = ()

    @model_validator(mode="after")
    def can_tell_apart(self) -> "TermSet":
        """Refuse an empty group, and a term that would match nearly every title."""
        for group in self.topic:
            if not group:
                raise ValueError("a topic group is empty, so nothing can match|fill it in, or remove it")
            for term in group:
                word = term.strip('*" ').lower()
                if len(word) < SHORTEST_TERM or word in COMMON:
                    raise ValueError(f"the term {term!r} would match everything|write a longer word")
        return self


class NamesWanted(Entry):
    """Which of the tracker's names an item must hold; the publisher of a country stands for its name."""

    all: Annotated[tuple[Identifier, ...], Strict(False)] = ()
    any: Annotated[tuple[Identifier, ...], Strict(False)] = ()


class Watch(Entry):
    """What to look for about one indicator, where, and how often."""

    look_for: Text
    note: Text | None = None
    expect: Text | None = None
    cadence_days: Annotated[int, Field(ge=1)] = 7
    cap_per_week: Annotated[int, Field(ge=1)] = 30
    feeds: Annotated[tuple[Identifier, ...], Strict(False)] = ()
    queries: dict[Identifier, Text] = Field(default_factory=dict)
    names: NamesWanted = NamesWanted()
    act_required: bool = False
    terms: Annotated[dict[Identifier, TermSet], Field(min_length=1)]

    @field_validator("queries")
    @classmethod
    def can_be_asked(cls, queries: dict[str, str]) -> dict[str, str]:
        """Refuse a query that GDELT's language rejects."""
        for name, query in queries.items():
            for fault in query_faults(query):
                raise ValueError(f"query {name}: {fault}")
        return queries

    @model_validator(mode="after")
    def act_is_there(self) -> "Watch":
        """Refuse a required act where a language has none."""
        for language, terms in self.terms.items():
            if self.act_required and not terms.act:
                raise ValueError(f"act_required, but terms.{language} has no act|add terms, or drop act_required")
        return self


class WatchNames(Entry):
    """watch.yaml of a tracker: names by language, ends of hosts that stand for one, and words that drop an item."""

    names: dict[Identifier, dict[Identifier, Terms]] = Field(default_factory=dict)
    domains: dict[Identifier, Terms] = Field(default_factory=dict)
    noise: dict[Identifier, Terms] = Field(default_factory=dict)


class LeadFeed(Entry):
    """feeds.yaml: one feed that may bring leads."""

    publisher: Text
    address: WebAddress
    format: Literal["rss", "atom", "json", "gdelt_minutes", "gdelt_doc"]
    languages: Annotated[tuple[Identifier, ...], Strict(False), Field(min_length=1)]
    country: Identifier | None = None
    carries: Text | None = None
    reliability: Letter = "C"
    since: date
    terms: Text
    tested: Text | None = None
    note: Text | None = None
    read: bool = True
    stale_after_days: Annotated[int, Field(ge=1)] = 14


def query_faults(query: str) -> Iterator[str]:
    """Yield why GDELT's DOC 2.0 would refuse a query, each as 'why|remedy'; nothing if it would not."""
    if len(query) > LONGEST_QUERY:
        yield f"{len(query)} letters, and GDELT takes {LONGEST_QUERY}|split it into two queries"
    if query.count('"') % 2:
        yield "a quotation mark is not closed|close it"
        return
    shape = re.sub(r"[^()]", "", PHRASE.sub("", query))
    if shape.replace("()", ""):
        yield "the brackets do not pair, or stand inside each other|GDELT takes one level of brackets"
        return
    bare = PHRASE.sub("phrase", NEAR.sub("near", query))
    yield from bracket_faults(bare)
    yield from word_faults(OPERATOR.sub("", bare))
    for phrase in PHRASE.findall(query):
        if len(phrase) < 5:
            yield f"the phrase {phrase} is too short|write a longer one"


def bracket_faults(bare: str) -> Iterator[str]:
    """Yield brackets without OR, and OR without brackets, in a query whose phrases are replaced by one word."""
    for inside in re.findall(r"\(([^)]*)\)", bare):
        if not re.search(r"\bOR\b", inside):
            yield f"({inside}) has no OR, and brackets may stand only around OR'd statements|drop the brackets"
    if re.search(r"\bOR\b", re.sub(r"\([^)]*\)", "", bare)):
        yield "an OR stands outside brackets|put brackets around what it joins"


def word_faults(words: str) -> Iterator[str]:
    """Yield words that are no words to GDELT; nothing but operators would match everything."""
    if re.search(r"\b(?:AND|NOT)\b", words):
        yield "AND and NOT are no operators|leave a blank for AND, write -word for NOT"
    for word in words.replace("(", " ").replace(")", " ").split():
        if re.search(r"\W", word.removeprefix("-")):
            yield f"{word!r} holds a character that GDELT takes only inside quotation marks|quote it"
    if not re.sub(r"[()\s]|\bOR\b", "", words):
        yield "only operators, so it would match everything|add a word to look for"
