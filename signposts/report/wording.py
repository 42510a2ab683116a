"""Numbers, dates and status words as people read them.

Belongs here: small functions from a value to its words, used by pages, charts and the summary alike. Not here: whole
sentences about a tracker (verdict.py).
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

Row = dict[str, Any]

MINUS = "\u2212"
_ISO_DAY = re.compile(r"\b\d{4}-(?:0[1-9]|1[0-2])-[0-3]\d\b")
_MISSING = {
    "not_due": "not due yet",
    "not_in_ledger": "nothing in our ledger",
    "never_asked": "its publisher was never asked",
    "source_failed": "its publisher could not be read",
    "none_seen": "looked for, none seen",
    "before_the_clock": "only figures from before the clock started",
    "list_not_searched": "nobody has searched for all such events",
}
STATUS_TONE = {
    "fulfilled": "good",
    "on track": "good",
    "ahead": "good",
    "open": "calm",
    "too early to tell": "calm",
    "above": "off",
    "below": "off",
    "behind": "off",
    "missed": "bad",
    "contradicted": "bad",
    "no data": "none",
    "no prediction": "none",
}
CAUSES = {
    "new_reading": "new readings",
    "revised_reading": "revised readings",
    "time": "time passing",
    "catalogue": "edits to the catalogue",
    "method": "edits to the method",
}
SETTINGS = {
    "headline": "As published",
    "prior": "Other meaning of the words",
    "other_mass": "Other share for none of the above",
    "temper": "Other trust in the evidence as a whole",
    "only": "Only part of the predictions",
    "without": "One indicator left out",
    "without_group": "One storyline left out",
}


def percent(share: float | None) -> str:
    """Return a probability as whole percent; the ends are named, never rounded to certainty."""
    if share is None:
        return "unknown"
    if share < 0.01:
        return "under 1%"
    return "over 99%" if share > 0.99 else f"{share:.0%}"


def share_text(share: float | None) -> str:
    """Return a measured share in percent, with a decimal where it matters."""
    return "unknown" if share is None else f"{number(share * 100, 3)}%"


def points(move: float | None, digits: int = 0) -> str:
    """Return a change of probability in percentage points, with its sign."""
    if move is None:
        return "no change known"
    text = f"{abs(move) * 100:.{digits}f}"
    if float(text) == 0:
        return "0" if digits == 0 else f"{0:.{digits}f}"
    return f"{'+' if move > 0 else MINUS}{text}"


def number(value: float | None, digits: int = 4) -> str:
    """Return a number with as many digits as it deserves."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "unknown"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}".replace("-", MINUS)
    text = f"{value:,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"
    return text.replace("-", MINUS) if "e" not in text else text


def amount(value: float | None, unit: str | None) -> str:
    """Return a value with its unit; a share is said in percent."""
    if value is None:
        return "unknown"
    if unit in ("share", "percent"):
        return share_text(value if unit == "share" else value / 100)
    return f"{number(value)} {unit}" if unit and unit not in ("event", "category") else number(value)


def day(moment: date | datetime | None) -> str:
    """Return a date as 5 March 2026."""
    return "no date" if moment is None else f"{moment.day} {moment:%B %Y}"


def short_day(moment: date | datetime | None) -> str:
    """Return a date as 5 Mar 2026."""
    return "\u2013" if moment is None else f"{moment.day} {moment:%b %Y}"


def with_days(text: str) -> str:
    """Return text with its ISO dates as people write them."""
    return _ISO_DAY.sub(_day_of, text)


def _day_of(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found.group()))
    except ValueError:
        return found.group()


def clock(moment: datetime | None) -> str:
    """Return a moment in UTC."""
    return "never" if moment is None else f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def decibans(value: float | None) -> str:
    """Return decibans with sign and a decimal."""
    if value is None:
        return "\u2013"
    text = f"{abs(value):.1f}"
    return "0.0" if float(text) == 0 else f"{'+' if value > 0 else MINUS}{text}"


def evidence_word(distance: float) -> str:
    """Return what so many decibans are called, after Kass and Raftery (1995): 5, 10 and 20 decibans part the words."""
    size = abs(distance)
    if size < 5:
        return "hardly worth a mention"
    if size < 10:
        return "substantial"
    return "strong" if size < 20 else "decisive"


def odds(distance: float) -> str:
    """Return decibans as so many to one."""
    factor = 10 ** (abs(distance) / 10)
    return f"{factor:.1f} to 1" if factor < 10 else f"{factor:,.0f} to 1"


def plural(count: int | float, noun: str, many: str | None = None) -> str:
    """Return a count with its noun."""
    return f"{int(count):,} {noun if int(count) == 1 else many or noun + 's'}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words as a list in a sentence."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def lower_first(text: str) -> str:
    """Return text fit to stand inside a sentence; an abbreviation at the start stays."""
    return text[:1].lower() + text[1:] if len(text) > 1 and text[1:2].islower() and " " in text else text


def unbroken(text: str | None) -> str:
    """Return text as one paragraph that ends with a full stop."""
    plain = " ".join((text or "").split())
    return plain if not plain or plain[-1] in ".!?" else plain + "."


def reading_words(reading: Row | None, unit: str | None) -> str:
    """Return what an indicator says, in words, or why it says nothing."""
    if not reading or not reading.get("kind"):
        return "No reading: " + _MISSING.get((reading or {}).get("missing_reason") or "", "no data")
    return _READING.get(reading["kind"], _value_words)(reading, unit)


def _value_words(reading: Row, unit: str | None) -> str:
    if reading["value"] is None and reading["category"]:
        return str(reading["category"])
    low, high = reading["value_low"], reading["value_high"]
    if reading["value"] is None:
        return _interval_words(reading, unit)
    rivals = (
        f" (reports from {number(low)} to {amount(high, unit)})"
        if low is not None and high is not None and low < high
        else ""
    )
    if unit == "share" and rivals:
        rivals = f" (reports from {share_text(low)} to {share_text(high)})"
    return amount(reading["value"], unit) + rivals


def range_words(fan: Row, unit: str | None) -> str:
    """Return the 80 percent band of a fan in words, to three digits."""
    low, high = fan["p10"], fan["p90"]
    if unit == "share":
        return f"{percent(low)} to {percent(high)}"
    named = "" if unit in (None, "event", "category") else f" {unit}"
    return f"{number(low, 3)} to {number(high, 3)}{named}"


def _interval_words(reading: Row, unit: str | None) -> str:
    low, high = reading["value_low"], reading["value_high"]
    if low is None and high is None:
        return _value_words(reading, unit) if reading["value"] is not None else "a report without a number"
    if high is None:
        return f"at least {amount(low, unit)}"
    if low is None:
        return f"at most {amount(high, unit)}"
    start = share_text(low) if unit == "share" else number(low)
    return f"between {start} and {amount(high, unit)}"


def _nowcast_words(reading: Row, unit: str | None) -> str:
    spread = reading["log_sd"] or 0.0
    value = reading["value"]
    if value is None:
        return "an estimate from part of the year"
    low, high = value * math.exp(-1.645 * spread), value * math.exp(1.645 * spread)
    return f"about {amount(value, unit)} for the year, from part of it (9 in 10: {number(low, 3)} to {number(high, 3)})"


def _count_words(reading: Row, _unit: str | None) -> str:
    low, high, value = reading["value_low"], reading["value_high"], reading["value"]
    closed = "" if reading["list_closed"] else "; the list may be incomplete"
    since = f" from {day(reading['exposure_start'])}" if reading["exposure_start"] else ""
    until = f" to {day(reading['exposure_end'])}" if reading["exposure_end"] else ""
    if low is not None and high is not None and low < high:
        return f"between {number(low)} and {number(high)} counted{since}{until}, depending on the report{closed}"
    return f"{number(value)} counted{since}{until}{closed}"


def _share_count_words(reading: Row, _unit: str | None) -> str:
    value, trials = reading["value"] or 0.0, reading["trials"] or 0
    # the pooled value is the number counted; a mean over several reports can be a share of one
    count = value if value > 1 or trials <= 1 or value == 0 else round(value * trials)
    return f"{number(count)} of {plural(trials, 'occasion')}"


_READING: dict[str, Callable[[Row, str | None], str]] = {
    "interval": _interval_words,
    "nowcast": _nowcast_words,
    "count": _count_words,
    "open_count": _count_words,
    "share_count": _share_count_words,
    "event": lambda reading, _unit: f"happened, by {day(reading['reading_date'])}",
    "none_seen": lambda reading, _unit: f"had not happened by {day(reading['reading_date'])}",
    "category": lambda reading, _unit: str(reading["category"] or "unknown"),
}


def claim_words(claim: Row, unit: str | None) -> str:
    """Return what one claim says, in words."""
    unit = claim["unit"] if claim["kind"] == "growth" else unit
    if claim["kind"] == "growth":
        return f"{'+' if (claim['value'] or 0) >= 0 else MINUS}{number(abs(claim['value'] or 0))}% on the year before"
    if claim["kind"] == "count":
        return _counted_claim(claim)
    if claim["kind"] == "event":
        return f"happened {_between(claim['happened_from'], claim['happened_to'])}"
    if claim["kind"] == "none_seen":
        return f"looked until {short_day(claim['searched_until'])}: nothing seen"
    if claim["kind"] == "plan":
        target = amount(claim["value"], claim["unit"] or unit) if claim["value"] is not None else ""
        return " ".join(
            part
            for part in ("plan:", target, f"for {short_day(claim['planned_for'])}" if claim["planned_for"] else "")
            if part
        )
    if claim["kind"] == "category":
        return str(claim["category"] or "unknown")
    return _value_words({**claim, "log_sd": 0}, unit) if claim["value"] is not None else _interval_words(claim, unit)


def _counted_claim(claim: Row) -> str:
    if claim["trials"]:
        verdict = "yes" if claim["value"] else "no"
        return f"{verdict}, {number(claim['value'])} of {number(claim['trials'])}"
    return f"{claim['category'] or 'one event'}, {_between(claim['happened_from'], claim['happened_to'])}"


_LEVEL = re.compile(r"^if the reading is (above|below) \S+$")


def condition_words(row: Row, unit: str | None) -> str:
    """Return the condition of a deadline without its leading if, a threshold in the indicator's unit."""
    text = " ".join(str(row["if_what"] or "").split())
    found = _LEVEL.match(text)
    if found and row["threshold"] is not None:
        return f"{found.group(1)} {threshold_words(row['threshold'], unit)}"
    return text[3:] if text[:3].lower() == "if " else lower_first(text)


def threshold_words(value: float, unit: str | None) -> str:
    """Return a threshold to three digits with its unit."""
    if unit == "share":
        return share_text(value)
    if unit and unit.startswith("count"):
        return f"{number(value, 3)} counted"
    return amount(float(f"{value:.3g}"), unit)


def growth_words(needed: float) -> str:
    """Return the growth per year that a prediction still needs, as a sentence."""
    size = f"{abs(needed) * 100:.1f}%"
    if abs(needed) < 0.0005:
        return "No more growth is needed to stay inside its band."
    if needed > 0:
        return f"To stay inside its band it must grow by at least {size} a year."
    return f"It stays inside its band unless it shrinks by more than {size} a year."


def priority_words(row: Row, as_of: date) -> str:
    """Return why an indicator is worth checking, in words for people."""
    reasons = []
    if (row["unreliability"] or 0) >= 0.999:
        reasons.append("there is no reading")
    else:
        if (row["staleness"] or 0) > 0.5:
            reasons.append("the present reading is old")
        if (row["unreliability"] or 0) > 0.3:
            reasons.append("the present reports are weak")
    text = listed(reasons) if reasons else "a new reading would tell most"
    due = row["next_due"]
    if due is not None:
        text += f"; the next one {'was due' if due < as_of else 'is due'} {short_day(due)}"
    return text[:1].upper() + text[1:] + "."


def _between(first: date | None, last: date | None) -> str:
    if first is None or last is None or first == last:
        return f"on {short_day(last or first)}"
    return f"between {short_day(first)} and {short_day(last)}"


def period_words(claim: Row) -> str:
    """Return the period a claim speaks about."""
    first, last = claim["period_start"], claim["period_end"]
    if first is None or last is None:
        return short_day(last or first or claim["happened_to"] or claim["searched_until"])
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    if first == last:
        return short_day(first)
    return f"{short_day(first)} to {short_day(last)}"


def web_address(address: str | None) -> str | None:
    """Return an address if it is http or https, else None: nothing else becomes a link."""
    if not address:
        return None
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    return address.strip() if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def file_name(identifier: str) -> str:
    """Return an identifier as a file name; what is not plain is spelt by code point, so that no two names meet."""
    return re.sub(r"[^A-Za-z0-9_-]", lambda found: f".{ord(found.group()):x}", identifier) or "_"


def variant_words(row: Row, indicator: dict[str, Row], groups: dict[str, str]) -> str:
    """Return a variant of the headline in words."""
    family, _, what = str(row["variant"]).partition(":")
    left_out = row["left_out"] or what
    if family == "without":
        return f"Without: {indicator.get(left_out, {}).get('title', left_out)}"
    if family == "without_group":
        return f"Without the storyline: {groups.get(left_out, left_out)}"
    named = {
        "headline": "As published",
        "prior": f"Starting odds: {what.replace('_', ' ')}",
        "other_mass": f"None of the above starts at {share_text(_float(what))}",
        "temper": f"Evidence counted at {share_text(_float(what))} of its face value",
        "only": {
            "stated": "Only what the analysis states itself",
            "conditions": "Only the conditions",
            "outcomes": "Only the outcomes",
        }.get(what, f"Only {what}"),
    }
    return named.get(family, str(row["variant"]))


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def domain_of(indicator: Mapping[str, Any]) -> str:
    """Return an indicator's domain in words: its title, or its identifier where the release gives none."""
    title = indicator.get("domain_title") or str(indicator["domain"] or "").replace("_", " ")
    return str(title)
