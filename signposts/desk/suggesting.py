"""The form of a claim, filled in as far as a lead's own words go.

Belongs here: kind, day, number and grade as suggestions, each with where it was read. Not here: deciding: nothing
enters the ledger without a person.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from signposts.catalogue import Indicator
from signposts.desk.leads import Lead

KIND_OF_FAMILY = {"rate": "count", "event": "event", "lognormal": "value", "share": "value", "ordinal": "category"}
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan января ژانویه",
            "february feb февраля فوریه",
            "march mar марта مارس",
            "april apr апреля آوریل",
            "may мая مه",
            "june jun июня ژوئن",
            "july jul июля ژوئیه",
            "august aug августа اوت",
            "september sep sept сентября سپتامبر",
            "october oct октября اکتبر",
            "november nov ноября نوامبر",
            "december dec декабря دسامبر",
        ),
        start=1,
    )
    for name in re.findall(r"\w+", names)
}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({MONTH})\b\.?(?:,?\s+(\d{{4}}))?", re.IGNORECASE)
MONTH_FIRST = re.compile(rf"\b({MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}}))?", re.IGNORECASE)
ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
WEEKDAYS = (
    "on monday|в понедельник", "on tuesday|во вторник", "on wednesday|в среду", "on thursday|в четверг",
    "on friday|в пятницу", "on saturday|в субботу", "on sunday|в воскресенье",
)  # fmt: skip
YESTERDAY = re.compile(r"\byesterday\b|\bвчера\b|دیروز", re.IGNORECASE)
NUMBER = r"(?<![\d.,\u066b])(\d{1,3}(?:[ ,\u00a0\u066c]\d{3})+|\d+(?:[.,\u066b]\d+)?)"
UNITS: tuple[tuple[str, str, float], ...] = (
    ("billion", r"(?:billion|bn|млрд|میلیارد)", 1.0),
    ("million", r"(?:million|mln|mn|млн|میلیون)", 1.0),
    ("share", r"(?:percent|per cent|%|процент\w*|درصد)", 0.01),
)
"""Unit word, pattern after the number, factor."""
LONGEST_BACK = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Suggested:
    """A value for a field, and where it was read."""

    value: str
    read_in: str


def suggest_claim(indicator: Indicator, lead: Lead, story: Sequence[Lead] = ()) -> dict[str, Suggested]:
    """Return the fields of a claim that a lead's words, its feed and its story suggest."""
    kind = KIND_OF_FAMILY.get(indicator.family or "", "value")
    fields = {"kind": Suggested(kind, f"the indicator is a {indicator.family or 'value'}")}
    day, where = suggest_day(lead)
    if kind in ("count", "event"):
        fields["happened_from"] = fields["happened_to"] = Suggested(day.isoformat(), where)
    else:
        fields["period_end"] = Suggested(day.isoformat(), where)
    if kind == "count":
        fields["category"] = Suggested(lead.title, "title")
    elif kind == "value" and (number := suggest_number(indicator.unit, lead)):
        fields["value"] = number
    fields["source_name"] = Suggested(lead.outlet, "the feed's publisher")
    fields["speaker"] = Suggested(lead.outlet, "the feed's publisher; put the person or agency that says it")
    fields["source_url"] = Suggested(lead.url, "the lead")
    fields["reliability"] = Suggested(lead.reliability, f"feed {lead.feed_id}")
    outlets = sorted({member.outlet for member in story} | {lead.outlet})
    said_by = f"{len(outlets)} outlets carry the story: {', '.join(outlets)}" if len(outlets) > 1 else "one outlet"
    fields["credibility"] = Suggested("2" if len(outlets) > 1 else "3", said_by)
    if lead.published_on:
        fields["published_on"] = Suggested(lead.published_on.isoformat(), "the feed's day")
    else:
        seen = "the day it was seen; the page may say another"
        fields["published_on"] = Suggested(lead.seen_at.date().isoformat(), seen)
        fields["published_on_inferred"] = Suggested("yes", "no day in the feed")
    return fields


def suggest_day(lead: Lead) -> tuple[date, str]:
    """Return the day of what happened: written out in title or summary, by weekday, else the lead's own day."""
    for where, text in (("title", lead.title), ("summary", lead.summary)):
        for day in written_days(text, lead.day):
            if lead.day - LONGEST_BACK <= day <= lead.day + timedelta(days=1):
                return min(day, lead.day), f"{where}: {day:%d %B}"
        if YESTERDAY.search(text):
            return lead.day - timedelta(days=1), f"{where}: yesterday"
        for number, names in enumerate(WEEKDAYS):
            if match := re.search(rf"\b(?:{names})\b", text, re.IGNORECASE):
                return lead.day - timedelta(days=(lead.day.weekday() - number) % 7), f"{where}: {match[0]}"
    if lead.published_on:
        return lead.day, "the feed's day: the text names none"
    return lead.day, "the day it was seen: neither text nor feed names one"


def written_days(text: str, near: date) -> list[date]:
    """Return the days written out in a text, in order; a missing year is that nearest to a date."""
    days: list[tuple[int, date]] = []
    for match in ISO_DAY.finditer(text):
        _take(days, match.start(), int(match[1]), int(match[2]), int(match[3]))
    for match in DAY_FIRST.finditer(text):
        _take(days, match.start(), int(match[3] or 0), MONTHS[match[2].lower()], int(match[1]), near)
    for match in MONTH_FIRST.finditer(text):
        _take(days, match.start(), int(match[3] or 0), MONTHS[match[1].lower()], int(match[2]), near)
    return [day for _, day in sorted(days)]


def _take(days: list[tuple[int, date]], place: int, year: int, month: int, day: int, near: date | None = None) -> None:
    """Add a day that exists."""
    years = [year] if year or near is None else [near.year, near.year - 1]
    for candidate_year in years:
        try:
            made = date(candidate_year, month, day)
        except ValueError:
            continue
        if near is None or year or made <= near + timedelta(days=1):
            days.append((place, made))
            return


def suggest_number(unit: str, lead: Lead) -> Suggested | None:
    """Return the first number with a unit that fits the indicator's; shares as numbers between 0 and 1."""
    units = [name for name in ("billion", "million") if name in unit.lower()] or (
        ["share"] if "share" in unit.lower() or "percent" in unit.lower() else []
    )
    for where, text in (("title", lead.title), ("summary", lead.summary)):
        for name, pattern, factor in UNITS:
            if name not in units:
                continue
            match = re.search(rf"{NUMBER}\s*-?{pattern}", text, re.IGNORECASE)
            if match:
                number = float(_plain(match[1]))
                value = number if name == "share" and "percent" in unit.lower() else number * factor
                return Suggested(f"{value:g}", f"{where}: {match[0]}")
    return None


def _plain(text: str) -> str:
    """Return a number as Python reads it."""
    text = re.sub(r"[ \u00a0\u066c]", "", text).replace("\u066b", ".")
    if re.fullmatch(r"\d{1,3}(,\d{3})+", text):
        return text.replace(",", "")
    return text.replace(",", ".")


def known_nearby(
    indicator: Indicator, lead: Lead, claims: Mapping[str, Mapping[str, str]], day: date
) -> list[tuple[str, str]]:
    """Return claims of the indicator near a day, nearest first, with why each looks like the lead."""
    near = []
    title = set(re.findall(r"\w{4,}", lead.title.lower()))
    for claim_id, fields in claims.items():
        text = fields.get("happened_from") or fields.get("period_end") or fields.get("published_on") or ""
        try:
            apart = abs((date.fromisoformat(text) - day).days)
        except ValueError:
            continue
        words = " ".join(fields.get(name, "") for name in ("category", "note", "source_name"))
        shared = sorted(word for word in title & set(re.findall(r"\w{4,}", words.lower())))
        if fields.get("source_url") and fields["source_url"].rstrip("/") == lead.url.rstrip("/"):
            near.append((-1, claim_id, "the same page"))
        elif apart <= 3:
            why = ("the same day", "one day apart", "two days apart", "three days apart")[apart]
            near.append((apart, claim_id, why + (f", same words: {', '.join(shared[:4])}" if shared else "")))
    return [(claim_id, why) for _, claim_id, why in sorted(near)][:8]
