"""docs/sources.md, written from sources.yaml and the notes of recordings.

Belongs here: the wording of the page. Not here: facts about a publisher, which stand in sources.yaml, or where the
shape of its answers was seen, which stands in its folder's recordings.md.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from signposts.catalogue.models import Source

HEAD = """# Sources

Made from catalogue/sources.yaml and each publisher's recordings.md by `signposts docs`; do not edit it here.

Every answer is kept, byte for byte, under its SHA-256 before it is read. Columns are read by name: those needed must be
there with their type and unit, a new one is named and ignored. What a reader does not understand (a web page instead of
data, a missing column, another unit, a key twice, a date in the future) is refused whole: the attempt is a failure with
its reason, the last good data stay live, and the source is shown as failed or stale. A bad row among good ones is set
aside in the table `quarantine`: the value that it may be stays as it was, shown as stale and counted by run, doctor and
report (`kept_value`); where rows are counted or added up, one that cannot be read refuses the document. A series that
was asked for and has no row is said in every run. A publisher that does not answer is asked three times within a run
and again in the next; no request lasts longer than six times its time-out.

Held back until somebody accepts it is a document that is not plausible beside the version before: more than a tenth of
its values or entries missing, a code renamed in a tenth of them, every value a thousand times what it was, or a step of
10, 1,000, 10,000 or a million inside a series. The failure names the command that lets this version through:
`signposts accept SOURCE/DOCUMENT --reason …`, which notes it in catalogue/accepted.csv. `signposts probe` asks every
publisher once and says what came, without storing it.
"""


def sources_page(sources: Mapping[str, Source]) -> str:
    """Return the page: what is fetched from each publisher, on what terms, and what happens when it fails."""
    return "\n".join([HEAD, *(_section(name, source) for name, source in sources.items() if source.documents)])


def _section(name: str, source: Source) -> str:
    """Return one publisher's part of the page."""
    feeds = sorted({feed.indicator for document in source.documents for feed in document.feeds})
    lines = [
        f"## {source.title}",
        "",
        f"- Identifier: `{name}`; address for tests and mirrors: `SIGNPOSTS_{name.upper()}_URL`",
        f"- Homepage: {source.homepage}",
        f"- What is fetched: {source.fetched}",
        f"- Documents: {', '.join(document.name for document in source.documents)}",
        f"- Feeds: {', '.join(feeds)}",
        f"- Licence: {source.licence}",
        f"- Terms: {source.terms}",
        f"- Cadence: {source.cadence}",
        f"- Too old: when its newest period is more than {source.max_age_days} days back",
        f"- When it comes: {_when(source)}",
        f"- When it fails: {_failing(source)}",
        f"- Last seen against a real recording of: {recorded_on(name) or 'none'}",
        f"- Never seen: {never_seen(name)}",
        "",
    ]
    return "\n".join(lines)


def recorded_on(source_id: str) -> str:
    """Return when the newest recording in a publisher's notes was made, as far as known; '' if they name none."""
    days = re.findall(r"^\|.*\| (\d{4}[-\d]*|unknown day) \|$", _notes(source_id), re.MULTILINE)
    return max((day for day in days if day[0].isdigit()), default=days[0] if days else "")


def never_seen(source_id: str) -> str:
    """Return what a publisher's notes say was never seen in a real answer."""
    return " ".join(_notes(source_id).partition("\nNever seen: ")[2].split()).rstrip(".")


def _notes(source_id: str) -> str:
    return (Path(__file__).parent / source_id / "recordings.md").read_text(encoding="utf-8")


def _when(source: Source) -> str:
    """Return in which runs a source is asked."""
    if source.inbox:
        return f"in each run that finds a file named `{source.inbox}` in the inbox folder"
    when = "with the schedule, or with `--source`" if source.bulk else "in each run with a network"
    if source.look_every_days:
        when += f", at most once in {source.look_every_days} days"
    if source.secret:
        when += f"; only with a key in the environment variable `{source.secret}`, else it is skipped and that is said"
    return when


def _failing(source: Source) -> str:
    """Return what happens when a source fails."""
    parts = ["the last good data stay live and are shown as stale"]
    if source.empty == "expected":
        parts.append("an empty answer is no failure")
    if source.wait_after_429_seconds:
        parts.append(f"told that it was too much, it is left alone for {source.wait_after_429_seconds:.0f} seconds")
    parts.append(f"more than {source.quarantine_share:.0%} of bad rows refuse the whole document")
    return "; ".join(parts)
