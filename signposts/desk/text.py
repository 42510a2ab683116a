"""Titles and summaries as plain text and as words.

Belongs here: what is safe to store and show, and the form in which words of several scripts are compared. Not here:
which words matter (matching.py, stories.py).
"""

import re
import unicodedata
from html import unescape

TITLE_LETTERS = 300
SUMMARY_LETTERS = 600
TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|</?[a-zA-Z!?][^>]*>", re.DOTALL | re.IGNORECASE)
# Overrides of the direction of writing can make a text read otherwise than it is stored.
DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
HYPHENS = re.compile("[-\u2010-\u2015\u2212\u00ad\u200b\u200c\u200d/]")
WORD = re.compile(r"\w+")
LETTERS = str.maketrans({"ё": "е", "Ё": "Е", "ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا"})
ARABIC_MARKS = re.compile("[\u064b-\u065f\u0670\u0640]")


def clean(text: str, letters: int) -> str:
    """Return text without tags, control characters, lone surrogates and direction overrides, cut to a length."""
    plain = unescape(TAGS.sub(" ", unescape(text[: 20 * letters])))
    plain = TAGS.sub(" ", DIRECTION.sub("", plain))
    plain = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") else letter for letter in plain)
    plain = " ".join(plain.split())
    return plain if len(plain) <= letters else plain[: letters - 1].rstrip() + "…"


def split_words(text: str) -> list[str]:
    """Return the words of a text as written: compatibility forms resolved, hyphens and joiners taken for blanks."""
    plain = unicodedata.normalize("NFKC", HYPHENS.sub(" ", text)).translate(LETTERS)
    return WORD.findall(ARABIC_MARKS.sub("", plain).replace("%", " percent "))


def fold(words: list[str]) -> list[str]:
    """Return words in lower case, for comparison."""
    return [word.lower() for word in words]
