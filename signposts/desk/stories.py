"""Stories: leads that tell the same, grouped and never merged.

Belongs here: when two titles are nearly equal, and what sets them apart although they are. Not here: which page is the
same page (feeds.py).

Two titles are of one story if they are alike, differ in no number, name or negation, and neither replaces a word of the
other by one of its own. Those that are alike but differ are *near*: shown beside each other with the difference named,
never covered by one decision.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from signposts.desk.text import fold, split_words

WINDOW = timedelta(days=7)
ALIKE = 70.0
"""Least likeness, 0 to 100, of two titles of one story; chosen on the labelled pairs of tests/desk."""
LEAST_OF_INTEREST = 55.0
"""Least likeness at which two titles that differ are shown beside each other."""
STEM = 5
VARIANT = 75.0
"""Least likeness, 0 to 100, of two spellings of one word: araghchi and araqchi have 80."""
NEGATION = frozenset(
    split_words(
        "no not never none without denies denied deny denying rejects rejected reject refuses refused refuse neither "
        "nor cannot fails failed halts halted stops stopped suspends suspended cancels cancelled canceled postpones "
        "postponed delays delayed unlikely false fake "
        "нет не ни без отрицает отрицают опроверг опровергает опровергли отверг отказался отказалась отказывается "
        "приостановил приостановили отменил отменили перенес перенесли "
        "نه نیست نکرد ندارد تکذیب رد لغو تعلیق نخواهد نشد بدون"
    )
)
NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        ("", "one один одна одно یک", "two два две دو", "three три سه", "four четыре چهار", "five пять پنج",
         "six шесть شش", "seven семь هفت", "eight восемь هشت", "nine девять نه", "ten десять ده",
         "eleven одиннадцать", "twelve двенадцать"),
    )
    for word in words.split()
    if word != "نه"
} | {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}  # fmt: skip
SCRIPTS = {
    "cyrillic": re.compile("[а-яА-ЯёЁ]"),
    "arabic": re.compile("[\u0600-\u06ff]"),
    "latin": re.compile("[a-zA-Z]"),
}
STOP = frozenset(
    split_words(
        "a an and are as at be been by for from has have in into is it its of on or over s says said say that the "
        "their to was were will with after amid news report reports video photo live update "
        "и в во на с со по о об от для за из к как что это его их будет заявил заявила сообщил сообщили "
        "از به با در و که را این برای است شد"
    )
)


@dataclass(frozen=True, slots=True)
class Title:
    """A title taken apart for comparison."""

    content: frozenset[str]
    words: frozenset[str]
    numbers: frozenset[str]
    negations: frozenset[str]
    names: frozenset[str]
    text: str
    script: str


@lru_cache(maxsize=50_000)
def take_apart(title: str) -> Title:
    """Return the parts of a title that decide whether another tells the same."""
    # Agencies put their own name behind a bar or a dash.
    title = re.sub(r"\s+[|–—-]\s+[\w .]{2,30}$", "", title)
    raw = split_words(re.sub(r"n['’]t\b", " not", title))
    words = fold(raw)
    negations = frozenset(word for word in words if word in NEGATION)
    numbers = frozenset(_number(word) for word in words if _number(word))
    content = [word for word in words if word not in STOP and word not in NEGATION and not _number(word)]
    # The first word may be a name too; what is none stands in the other title as well, or costs a grouping at most.
    capital = {words[place] for place, word in enumerate(raw) if word[:1].isupper() and words[place] not in STOP}
    names = frozenset(word for word in capital if word in content)
    return Title(
        frozenset(word[:STEM] for word in content),
        frozenset(content),
        numbers,
        negations,
        names,
        " ".join(sorted(content)),
        max(SCRIPTS, key=lambda name: len(SCRIPTS[name].findall(title))),
    )


def _number(word: str) -> str:
    """Return a number word as digits, or nothing."""
    if word.isdigit():
        return str(int(word))
    if word in NUMBER_WORDS:
        return str(NUMBER_WORDS[word])
    ordinal = re.fullmatch(r"(\d+)(?:st|nd|rd|th|й|я|го|m|k|bn|mw|km)", word)
    return str(int(ordinal[1])) if ordinal else ""


def likeness(one: Title, other: Title) -> float:
    """Return how alike two titles are, 0 to 100: the mean of shared word stems (Dice) and of shared letters."""
    from rapidfuzz import fuzz

    if one.script != other.script or not one.content or not other.content:
        return 0.0
    shared = 200.0 * len(one.content & other.content) / (len(one.content) + len(other.content))
    if shared < 2 * LEAST_OF_INTEREST - 100:
        return 0.0
    return (shared + fuzz.token_sort_ratio(one.text, other.text)) / 2


def differences(one: Title, other: Title) -> list[str]:
    """Return in words what sets two titles apart although they may be alike."""
    apart = []
    if bool(one.negations) != bool(other.negations):
        apart.append("negation: " + ", ".join(sorted(one.negations | other.negations)))
    elif {word[:4] for word in one.negations} != {word[:4] for word in other.negations}:
        # forms of the same words do not set titles apart
        apart.append("negation: " + ", ".join(sorted(one.negations ^ other.negations)))
    if one.numbers != other.numbers:
        apart.append(
            "number: " + " / ".join(", ".join(sorted(numbers)) or "none" for numbers in (one.numbers, other.numbers))
        )
    only_here, only_there = _strange(one, other), _strange(other, one)
    if only_here and only_there:
        is_name = bool(only_here & one.names or only_there & other.names)
        here, there = (", ".join(sorted(words)) for words in (only_here, only_there))
        apart.append(f"{'name' if is_name else 'word'}: {here} / {there}")
    return apart


def _strange(one: Title, other: Title) -> frozenset[str]:
    """Return words of one title that the other does not hold; inflections and spelling variants are passed over."""
    from rapidfuzz import fuzz

    words = {word for word in one.words - other.words if word[:STEM] not in other.content}
    return frozenset(
        word
        for word in words
        if not any(fuzz.ratio(word, other_word) >= VARIANT or _begins(word, other_word) for other_word in other.words)
    )


def _begins(one: str, other: str) -> bool:
    """Return whether one word begins with the other, as Iranian with Iran."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and long.startswith(short)


class StoryIndex:
    """The titles of the last days, to which a new lead is joined; stories are never joined with each other.

    Titles that differ in a number are of different stories, so each is held only against those with the same numbers.
    """

    def __init__(self) -> None:
        self._leads: list[tuple[date, Title, str]] = []
        self._by_stem: dict[tuple[frozenset[str], str], list[int]] = defaultdict(list)
        self._titles: dict[str, list[Title]] = defaultdict(list)

    def add(self, lead_id: str, title: str, day: date, story_id: str = "") -> str:
        """Return the story of a lead: the one given, the most alike of the days around, or one of its own."""
        parts = take_apart(title)
        story_id = story_id or self._nearest(parts, day) or lead_id
        for stem in parts.content:
            self._by_stem[parts.numbers, stem].append(len(self._leads))
        self._leads.append((day, parts, story_id))
        if parts not in self._titles[story_id]:
            self._titles[story_id].append(parts)
        return story_id

    def _nearest(self, one: Title, day: date) -> str:
        """Return the story of the most alike lead, the oldest among equals; empty if none is alike enough."""
        best, story = 0.0, ""
        tried: set[tuple[str, Title]] = set()
        for place in self._candidates(one):
            other_day, other, story_id = self._leads[place]
            if abs(day - other_day) > WINDOW or (story_id, other) in tried:
                continue
            tried.add((story_id, other))
            score = likeness(one, other)
            if score >= ALIKE and score > best and not any(differences(one, title) for title in self._titles[story_id]):
                best, story = score, story_id
                if one == other:
                    break
        return story

    def _candidates(self, parts: Title) -> Sequence[int]:
        """Return the places of leads that share enough stems to be alike, in order."""
        shared: dict[int, int] = defaultdict(int)
        for stem in parts.content:
            for place in self._by_stem[parts.numbers, stem]:
                shared[place] += 1
        # Letters can add at most 100, so that shared stems must give the rest.
        least = 2 * ALIKE - 100
        return sorted(
            place
            for place, count in shared.items()
            if 200.0 * count >= least * (len(parts.content) + len(self._leads[place][1].content))
        )


def near_but_different(title: str, others: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Return the leads whose titles are alike and yet differ, with what differs: lead and words."""
    one = take_apart(title)
    pairs = []
    for lead_id, other_title in others:
        other = take_apart(other_title)
        if likeness(one, other) >= LEAST_OF_INTEREST and (apart := differences(one, other)):
            pairs.append((lead_id, apart))
    return pairs
