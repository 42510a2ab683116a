"""Numbers, dates and status words as people read them.

Belongs here: small functions from a value to its words, used by pages, charts and the summary alike. Not here: whole
sentences about a tracker (verdict.py).
"""

import json
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
    "not_due": "Not due yet",
    "not_in_ledger": "Not in our ledger",
    "never_asked": "Never asked: comes with a run that reaches its source",
    "source_failed": "Its source could not be read",
    "none_seen": "Looked for, none seen",
    "before_the_clock": "Only an old figure, from before the start",
    "list_not_searched": "Listed, but nobody has searched for what the list lacks",
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
    "unexpectedly happened": "off",
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


def percent(share: float | None) -> str:
    """Return a probability as whole percent; the ends are named, never rounded to certainty."""
    if share is None:
        return "unknown"
    if share < 0.01:
        return "under 1 %"
    return "over 99 %" if share > 0.99 else f"{share * 100:.0f} %"


def share_text(share: float | None) -> str:
    """Return a measured share in percent, with a decimal where it matters."""
    return "unknown" if share is None else f"{number(share * 100, 3)} %"


def points(move: float | None, digits: int = 0) -> str:
    """Return a change of probability in percentage points, with its sign."""
    return "no change known" if move is None else signed(move * 100, digits)


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign; nought has none."""
    text = f"{abs(value):.{digits}f}"
    return text if float(text) == 0 else f"{'+' if value > 0 else MINUS}{text}"


def number(value: float | None, digits: int = 4) -> str:
    """Return a number with as many digits as it deserves."""
    if value is None or not math.isfinite(value):
        return "unknown"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}".replace("-", MINUS)
    text = f"{value:,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"
    return text.replace("-", MINUS) if "e" not in text else text


def amount(value: float | None, indicator: Row | None, digits: int = 4) -> str:
    """Return a value in its indicator's own words: `13 rounds of talks`, `$5.3 bn`, `96 % of trade`."""
    return "unknown" if value is None else _in_words(value, None, indicator, digits)


def span(low: float, high: float, indicator: Row | None, digits: int = 4) -> str:
    """Return a range in its indicator's own words: `9 to 31 meetings`, `14 to 75 % above 2024`."""
    return _in_words(low, high, indicator, digits)


def _in_words(low: float, high: float | None, indicator: Row | None, digits: int) -> str:
    """Fill the slot of an indicator's words with a number or a range; without words its unit follows."""
    unit, words = (indicator or {}).get("unit"), (indicator or {}).get("words")
    if not words:
        words = {"share": "{p}", "percent": "{x} %", "event": "{x}", "category": "{x}", None: "{x}"}.get(
            unit, f"{{x}} {unit}"
        )
    one, _, many = words.partition("|")
    template = one if not many or (high is None and low == 1) else many
    slot = re.search(r"\{(n|x|p|change)\}", template)
    if slot is None:
        return template
    if slot.group(1) == "change":
        return template.replace("{change}", _change(low, high)).strip()
    scale = 100 if slot.group(1) == "p" else 1
    texts = [number(value * scale, 3 if scale == 100 else digits) for value in (low, high) if value is not None]
    if slot.group(1) == "p":
        texts[-1] += " %"
    return template.replace(slot.group(), " to ".join(dict.fromkeys(texts))).strip()


def _change(low: float, high: float | None) -> str:
    """Return a ratio as its distance from one in percent, with the side: `14 to 75 % above`."""
    if high is not None and (low - 1) * (high - 1) < 0:
        return f"{number((1 - low) * 100, 2)} % below to {number((high - 1) * 100, 2)} % above"
    sizes = [number(abs(value - 1) * 100, 2) for value in (low, high) if value is not None]
    side = "above" if (low if high is None else high) >= 1 else "below"
    sizes = sizes if side == "above" else sizes[::-1]
    return f"{' to '.join(dict.fromkeys(sizes))} % {side}"


def day(moment: date | datetime | None) -> str:
    """Return a date as 5 March 2026."""
    return "no date" if moment is None else f"{moment.day} {moment:%B %Y}"


def month(moment: date) -> str:
    """Return a date's month as March 2026."""
    return f"{moment:%B %Y}"


def short_day(moment: date | datetime | None) -> str:
    """Return a date as 5 Mar 2026."""
    return "\u2013" if moment is None else f"{moment.day} {moment:%b %Y}"


def with_days(text: str) -> str:
    """Return text with its ISO dates as people write them."""
    return _ISO_DAY.sub(_day_of, text)


def _day_of(match: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(match.group()))
    except ValueError:
        return match.group()


def clock(moment: datetime | None) -> str:
    """Return a moment in UTC."""
    return "never" if moment is None else f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def last_looked(freshness: Row | None) -> str:
    """Return when a source last answered; one that was asked in vain is not one that nobody looked at."""
    if freshness and freshness["last_looked"] is None and freshness["verdict"] == "failed":
        return "no answer yet"
    return clock(freshness["last_looked"] if freshness else None)


def decibans(value: float | None) -> str:
    """Return decibans with sign and a decimal."""
    return "\u2013" if value is None else signed(value)


def about_odds(distance: float) -> str:
    """Return decibans as odds to no more digits than they deserve: `about 2 to 1`."""
    factor = float(10 ** (abs(distance) / 10))
    rounded = round(factor, 1) if factor < 1.75 else round(factor * 2) / 2 if factor < 4 else float(f"{factor:.2g}")
    return f"about {number(rounded)} to 1"


def chance(share: float) -> str:
    """Return a chance in percent, a small one as one in so many."""
    if share >= 0.01:
        return percent(share)
    if share < 0.001:
        return "under 1 in 1,000"
    return f"1 in {int(float(f'{1 / share:.2g}')):,}"


def count_word(count: int) -> str:
    """Return a small number as a word, a larger one in figures."""
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return words[count] if count < len(words) else f"{count:,}"


def all_of(count: int, total: int) -> str:
    """Return how many of so many, `all 6` for all and `both` for all two."""
    if count == total:
        return "both" if total == 2 else f"all {total}"
    return f"{count} of {total}"


def plural(count: int | float, noun: str, many: str | None = None) -> str:
    """Return a count with its noun."""
    return f"{int(count):,} {noun if int(count) == 1 else many or noun + 's'}"


def looked_words(watch: Mapping[str, Any]) -> str:
    """Return how many leads wait for a decision, and until when somebody looked."""
    until = f"looked until {short_day(watch['looked_until'])}" if watch["looked_until"] else "no search is closed"
    return f"Leads waiting: {int(watch['leads_waiting']):,}; {until}"


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


def reading_words(reading: Row | None, indicator: Row | None) -> str:
    """Return what an indicator says, in words, or why it says nothing."""
    if not reading or not reading.get("kind"):
        old_year = (reading or {}).get("old_year")
        if old_year:
            return f"Only an old figure, of {old_year}"
        return _MISSING.get((reading or {}).get("missing_reason") or "", "No reading")
    return _READING.get(reading["kind"], _value_words)(reading, indicator)


def _value_words(reading: Row, indicator: Row | None) -> str:
    if reading["value"] is None and reading["category"]:
        return category(reading["category"])
    low, high = reading["value_low"], reading["value_high"]
    if reading["value"] is None:
        return _interval_words(reading, indicator)
    if low is None or high is None or not low < high:
        return amount(reading["value"], indicator)
    return f"{amount(reading['value'], indicator, 2)} (reports: {span(low, high, indicator)})"


def expects_words(fan: Row, indicator: Row | None, reading: Row | None) -> str:
    """Return the 80 percent band of a fan as a sentence; a count is said in all since its counting began."""
    band = span(fan["p10"], fan["p90"], indicator, 3)
    since = (reading or {}).get("exposure_start")
    if since is not None and str((indicator or {}).get("unit") or "").startswith("count"):
        return f"By {day(fan['date'])} it expects {band} in all since {day(since)}, eight times in ten."
    return f"At {day(fan['date'])} it expects {band}, eight times in ten."


def _interval_words(reading: Row, indicator: Row | None) -> str:
    low, high = reading["value_low"], reading["value_high"]
    if low is None and high is None:
        return "a report without a number"
    if high is None:
        return f"at least {amount(low, indicator)}"
    if low is None:
        return f"at most {amount(high, indicator)}"
    return span(low, high, indicator)


def _nowcast_words(reading: Row, indicator: Row | None) -> str:
    spread = reading["log_sd"] or 0.0
    value = reading["value"]
    if value is None:
        return "an estimate from part of the year"
    low, high = value * math.exp(-1.645 * spread), value * math.exp(1.645 * spread)
    band = f"{number(low, 3)} to {number(high, 3)}"
    return f"about {amount(value, indicator, 3)} for the year, from part of it (9 in 10: {band})"


def _count_words(reading: Row, indicator: Row | None) -> str:
    low, high, value = reading["value_low"], reading["value_high"], reading["value"]
    since = f" since {day(reading['exposure_start'])}" if reading["exposure_start"] else ""
    if low is not None and high is not None and low < high:
        return f"{span(low, high, _counted(indicator))}{since}, depending on the report"
    return f"{amount(value, _counted(indicator))}{since}"


def _counted(indicator: Row | None) -> Row:
    """Return words for a count: the indicator's own, or `counted` where it has none."""
    words = (indicator or {}).get("words")
    return {"unit": None, "words": words or "{n} counted"}


def _share_count_words(reading: Row, indicator: Row | None) -> str:
    value, trials = reading["value"] or 0.0, reading["trials"] or 0
    # the pooled value is the number counted; a mean over several reports can be a share of one
    count = value if value > 1 or trials <= 1 or value == 0 else round(value * trials)
    noun = ((indicator or {}).get("words") or "").partition("{p} of ")[2]
    return f"{number(count)} of {number(trials)} {noun or ('occasion' if trials == 1 else 'occasions')}"


def category(name: str | None) -> str:
    """Return a category's name as words."""
    return str(name or "unknown").replace("_", " ")


_READING: dict[str, Callable[[Row, Row | None], str]] = {
    "interval": _interval_words,
    "nowcast": _nowcast_words,
    "count": _count_words,
    "open_count": _count_words,
    "share_count": _share_count_words,
    "event": lambda reading, _indicator: f"happened by {day(reading['reading_date'])}",
    "none_seen": lambda reading, _indicator: f"had not happened by {day(reading['reading_date'])}",
    "category": lambda reading, _indicator: category(reading["category"]),
}


def claim_words(claim: Row, indicator: Row | None) -> str:
    """Return what one claim says, in words."""
    if claim["kind"] == "growth":
        return f"{'+' if (claim['value'] or 0) >= 0 else MINUS}{number(abs(claim['value'] or 0))} % on the year before"
    if claim["kind"] == "count" and claim["trials"]:
        return f"{'yes' if claim['value'] else 'no'}, {number(claim['value'])} of {number(claim['trials'])}"
    if claim["kind"] == "count":
        return f"{claim['category'] or 'one event'}, {_between(claim['happened_from'], claim['happened_to'])}"
    if claim["kind"] == "event":
        return f"happened {_between(claim['happened_from'], claim['happened_to'])}"
    if claim["kind"] == "none_seen":
        return f"looked until {short_day(claim['searched_until'])}: nothing seen"
    if claim["kind"] == "plan":
        target = f" {amount(claim['value'], indicator)}" if claim["value"] is not None else ""
        return f"plan:{target}" + (f" for {short_day(claim['planned_for'])}" if claim["planned_for"] else "")
    if claim["kind"] == "category":
        return category(claim["category"])
    return _value_words(claim, indicator) if claim["value"] is not None else _interval_words(claim, indicator)


_LEVEL = re.compile(r"^if the reading is (above|below) \S+$")


def condition_words(rows: Sequence[Row], indicator: Row | None) -> str:
    """Return the conditions on which a prediction takes one word on one date, joined, without the leading if."""
    levels: dict[str, float] = {}
    others: list[str] = []
    for row in rows:
        text = " ".join(str(row["if_what"] or "").split())
        match = _LEVEL.match(text)
        if match and row["threshold"] is not None:
            levels[match.group(1)] = float(f"{row['threshold']:.3g}")
        else:
            others.append(text[3:] if text[:3].lower() == "if " else lower_first(text))
    return listed([*_level_words(levels, indicator), *dict.fromkeys(sorted(others))], "or")


def _level_words(levels: Mapping[str, float], indicator: Row | None) -> list[str]:
    """Return thresholds as words: of a count as what is on record by then, of a value as above and below."""
    if not levels:
        return []
    if str((indicator or {}).get("unit") or "").startswith("count"):
        parts = []
        if "below" in levels:
            least = math.ceil(levels["below"])
            parts.append("none" if least <= 1 else f"fewer than {number(least)}")
        if "above" in levels:
            parts.append(f"more than {amount(math.floor(levels['above']), _counted(indicator))}")
        return [f"{listed(parts, 'or')} {'is' if parts == ['none'] else 'are'} on record by then"]
    parts = [f"{side} {amount(levels[side], indicator, 3)}" for side in ("below", "above") if side in levels]
    return [f"it is {listed(parts, 'or')}"]


def bits_words(bits: Mapping[int, float]) -> str:
    """Return how well an indicator separates the scenarios, now and in four years, without a unit of information."""
    if not bits:
        return ""
    words = ("hardly separates the scenarios", "separates the scenarios a little", "separates the scenarios well")

    def grade(value: float) -> int:
        return 0 if value < 0.05 else 1 if value < 0.25 else 2

    now, later = grade(bits.get(0, 0.0)), grade(bits.get(4, bits.get(0, 0.0)))
    if later > now:
        better = "it will be among the better ones" if later == 2 else "it will do so a little"
        return f"It {words[now]} yet; in four years {better}."
    end = ", and will not soon" if now == 0 else ", now and in four years" if now == later else " now"
    return f"It {words[now]}{end}."


def of_ten(share: float) -> str:
    """Return a share as so many of ten, or of twenty where ten does not do."""
    tenths = share * 10
    if abs(tenths - round(tenths)) < 0.05:
        return f"{count_word(round(tenths))} of ten"
    return f"{round(share * 20)} of twenty"


def completeness_words(nodes: Sequence[Row]) -> str:
    """Return the share of the events that a list is thought to hold, as a sentence; empty for a list without one."""
    if not nodes:
        return ""
    share = sum(row["q"] * row["weight"] for row in nodes)
    if share > 0.995:
        return "Its list is taken to be complete."
    return f"Its list is thought to hold about {of_ten(share)} such events; the count expected is cut to that."


def chain_words(links: Sequence[Row]) -> str:
    """Return the looks or figures a reading is a chain of, newest first, as a sentence; empty for a single one."""
    if len(links) < 2:
        return ""
    named = [f"{day(row['date'])} (believed at {percent(row['reliability'])})" for row in links]
    return f"The reading is a chain: what the word of {named[0]} leaves in doubt falls to that of {listed(named[1:])}."


def growth_words(needed: float, *, falls: bool) -> str:
    """Return the growth per year that a prediction still needs, as a sentence; `falls` says which way it points."""
    size = f"{abs(needed) * 100:.1f} %"
    if abs(needed) < 0.0005:
        return "No more change is needed to stay inside its band."
    if falls == (needed < 0):
        return f"To stay inside its band it must {'shrink' if falls else 'grow'} by at least {size} a year."
    return f"It stays inside its band unless it {'grows' if falls else 'shrinks'} by more than {size} a year."


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
    return re.sub(r"[^A-Za-z0-9_-]", lambda match: f".{ord(match.group()):x}", identifier) or "_"


def whose_numbers(parameters: str | None) -> str:
    """Return whose numbers a prediction has, from its parameters: one analyst's, or the mean of several."""
    given = json.loads(parameters or "{}")
    if "analysts" not in given:
        return "The numbers are one analyst’s."
    apart = f"; they differ, so the numbers may be off by {given['spread']:.2f}" if "spread" in given else ""
    return f"The numbers are the mean of {given['analysts']} analysts’{apart}."


def set_name(name: str) -> str:
    """Return the name of a set of starting odds as words."""
    names = {
        "uniform": "Equal starting odds",
        "icd203_low": "US intelligence standard (ICD 203), lower ends",
        "icd203_mid": "US intelligence standard (ICD 203), middles",
        "kent_1964": "Sherman Kent, 1964",
        "phia_mid": "British PHIA yardstick, middles",
        "survey_high_moderate_low": "Surveys of what readers take the words to mean",
    }
    return names.get(name, name.replace("_", " ").capitalize())


def variant_words(row: Row, indicator: dict[str, Row], groups: dict[str, str]) -> str:
    """Return a variant of the headline in words."""
    family, _, what = str(row["variant"]).partition(":")
    left_out = row["left_out"] or what
    only = {"stated": "what the analysis states itself", "conditions": "the conditions", "outcomes": "the outcomes"}
    named = {
        "without": f"Without: {indicator.get(left_out, {}).get('title', left_out)}",
        "without_group": f"Without the storyline: {groups.get(left_out, left_out)}",
        "headline": "As published",
        "prior": f"Starting odds: {lower_first(set_name(what))}",
        "other_mass": f"None of the above starts at {share_text(_float(what))}",
        "evidence_weight": f"Each reading counted at {share_text(_float(what))} of its face value",
        "trigger_factor": f"Events announce onsets {what} times as often",
        "only": f"Only {only.get(what, what)}",
    }
    return named.get(family, str(row["variant"]))


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def domain_of(indicator: Mapping[str, Any]) -> str:
    """Return an indicator's domain in words: its title, or its identifier where the release gives none."""
    return str(indicator.get("domain_title") or (indicator["domain"] or "").replace("_", " "))
