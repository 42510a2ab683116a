"""docs/sources.md, written from sources.yaml.

Belongs here: the wording of the page. Not here: facts about a publisher, which stand in sources.yaml.
"""

from collections.abc import Mapping

from signposts.catalogue.models import Source

HEAD = """# Sources

Made from catalogue/sources.yaml by `signposts docs`; do not edit it here.

Every answer is kept, byte for byte, under its SHA-256 before it is read. What a reader does not understand (a web page
instead of data, a new or missing column, another unit, a key twice, a date in the future) is refused whole: the attempt
is a failure with its reason, the last good data stay live, and the source is shown as failed or stale. A single bad row
among good ones is set aside in the table `quarantine`. A publisher that does not answer is asked three times within a
run and again in the next.
"""


def sources_page(sources: Mapping[str, Source]) -> str:
    """Return the page: what is fetched from each publisher, on what terms, and what happens when it fails."""
    return "\n".join([HEAD, *(_section(name, source) for name, source in sources.items() if source.documents)])


def _section(name: str, source: Source) -> str:
    """Return one publisher's part of the page."""
    lines = [
        f"## {source.title}",
        "",
        f"- Identifier: `{name}`; address for tests and mirrors: `SIGNPOSTS_{name.upper()}_URL`",
        f"- Homepage: {source.homepage}",
        f"- What is fetched: {source.fetched}",
        f"- Documents: {', '.join(document.name for document in source.documents)}",
        f"- Feeds: {_fed(source)}",
        f"- Licence: {source.licence}",
        f"- Terms: {source.terms}",
        f"- Cadence: {source.cadence}",
        f"- Too old: when its newest period is more than {source.max_age_days} days back",
        f"- When it comes: {_when(source)}",
        f"- When it fails: {_failing(source)}",
        "",
    ]
    return "\n".join(lines)


def _fed(source: Source) -> str:
    """Return the indicators that a source feeds."""
    return ", ".join(sorted({feed.indicator for document in source.documents for feed in document.feeds}))


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
