"""What machines and mail read: the Atom feed, report.json and summary.md.

Belongs here: the same verdict in other forms. Not here: HTML. Everything comes from the release.
"""

import json
import re
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin
from xml.sax.saxutils import escape, quoteattr

from signposts.report import verdict, wording
from signposts.report.attribution import most_influential, release_moves
from signposts.report.cautions import cautions
from signposts.report.front_page import telling_apart
from signposts.report.news import by_release
from signposts.report.records import Row, TrackerTables

SCENARIO_FIELDS = (
    "scenario_id", "title", "likelihood_word", "prior", "posterior", "change", "decibans", "surprise",
)  # fmt: skip


def atom(tables: TrackerTables, identifier: str, address: str) -> str:
    """Return an Atom feed with an entry a release, newest first, each as it was published.

    Links are absolute where the site's address is known; without one they are relative to the feed.
    """
    updated = _moment(tables.release["created_at"] or datetime.combine(tables.as_of, datetime.min.time()))
    base = f"{address}/" if address else ""
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"  <id>{_xml(identifier)}</id>",
        f"  <title>{_xml(tables.tracker['title'])}</title>",
        f"  <updated>{updated}</updated>",
        "  <author><name>Signposts</name></author>",
        f'  <link rel="self" href={quoteattr(base + "feed.xml")}/>',
        f'  <link rel="alternate" href={quoteattr(base + "index.html")}/>',
    ]
    entries = [_entry(row, identifier, address) for row in by_release(tables)]
    return "\n".join([*head, *entries, "</feed>", ""])


def _entry(release: dict[str, Any], identifier: str, address: str) -> str:
    """Return the entry of one release from its kept notes, so that it reads the same for ever."""
    notes = release["notes"]
    title = notes["headline"][0]["text"] if "headline" in notes else f"Release of {wording.day(release['created_at'])}"
    lines = [wording.unbroken(row["text"]) for kind in ("verdict", "move", "status") for row in notes.get(kind, [])]
    where = release_address(release["release_id"], address) if address else "changes.html"
    parts = [
        "  <entry>",
        f"    <id>{_xml(identifier)}:{_xml(release['release_id'])}</id>",
        f"    <title>{_xml(title)}</title>",
        f"    <updated>{_moment(release['created_at'])}</updated>",
        f'    <link rel="alternate" href={quoteattr(where)}/>',
        f"    <summary>{_xml(' '.join(lines).strip())}</summary>",
        "  </entry>",
    ]
    return "\n".join(parts)


def release_address(release_id: str, address: str) -> str:
    """Return the lasting address of a release's report, which stands beside the newest under releases/."""
    return urljoin(f"{address}/", f"../releases/{release_id}/report/index.html")


def _xml(text: object) -> str:
    """Return text fit for XML: escaped, and without the control characters that XML forbids."""
    return escape(re.sub("[^\t\n\r -\ufffd\U00010000-\U0010ffff]", "", str(text)))


def _moment(moment: datetime | None) -> str:
    return (moment or datetime(1970, 1, 1)).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ001 (clocks of a release are UTC)


def summary(tables: TrackerTables, address: str) -> str:
    """Return the verdict as Markdown, for mail or a wiki: the headline first, links where an address is known."""
    title = _plain(tables.tracker["title"])
    lines = [f"# {_plain(verdict.headline(tables))}", ""]
    lines += [f"[{title}]({address}/index.html)" if address else title, ""]
    lines += [f"- {_plain(one.text)}" for one in verdict.sentences(tables)]
    lines += [
        "",
        "| Scenario | The analysts said | At the start | Now | Since the release before |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for row in tables.scenarios:
        moved = wording.points(row["change"], 1) if row["change"] is not None else "first release"
        shares = wording.percent(row["prior"]), wording.percent(row["posterior"])
        cells = (row["title"], row["likelihood_word"] or "\u2013", *shares, moved)
        lines.append("| " + " | ".join(_plain(cell) for cell in cells) + " |")
    leader = tables.ranked[0]
    lines += ["", "## What it hangs on", ""]
    for influence in most_influential(tables):
        indicator = influence["indicator"]
        reading = wording.reading_words(tables.reading.get(indicator["indicator_id"]), indicator)
        without = wording.percent(influence["without"].get(leader["scenario_id"]))
        flags = wording.listed([caution.flag for caution in cautions(tables, indicator["indicator_id"])])
        lines.append(
            f"- {_linked(indicator, address)}: {_plain(reading)}{f' ({_plain(flags)})' if flags else ''}. "
            f"Without it the leader would stand at {without}."
        )
    lines += ["", "## Next dates that tell the scenarios apart", ""]
    for row in telling_apart(tables)[:6]:
        title = _linked(row["indicator"] or {"title": row["indicator_id"]}, address)
        words = "; ".join(
            f"{line['becomes']} for {wording.listed([one['title'] for one in line['scenarios']])} "
            f"if {line['condition']}"
            for line in row["lines"]
        )
        lines.append(f"- {wording.day(row['date'])}: {title}: {_plain(words)}.")
    lines += ["", f"{_plain(verdict.coverage(tables))}. {_plain(verdict.health(tables))}", ""]
    lines += [f"As of {wording.day(tables.as_of)}, release {tables.release['release_id']}.", ""]
    return "\n".join(lines)


def _linked(indicator: Row, address: str) -> str:
    """Return an indicator's title in Markdown, as a link where the site's address is known."""
    title = _plain(indicator["title"])
    if not address or "indicator_id" not in indicator:
        return title
    return f"[{title}]({address}/indicators/{wording.file_name(indicator['indicator_id'])}.html)"


def _plain(text: object) -> str:
    """Return text on one line with what Markdown and HTML would read as marks made harmless."""
    line = " ".join(str(text).split())
    for mark in "\\`*_[]|":
        line = line.replace(mark, "\\" + mark)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def machine_report(tables: TrackerTables) -> dict[str, Any]:
    """Return the report's content as plain data."""
    scored, read, fresh = tables.coverage
    return {
        "tracker_id": tables.tracker["tracker_id"],
        "title": tables.tracker["title"],
        "release_id": tables.release["release_id"],
        "as_of": tables.as_of,
        "headline": verdict.headline(tables),
        "verdict": [one.text for one in verdict.sentences(tables)],
        "no_scenario_fits": tables.alarm,
        "coverage": {"scored": scored, "with_reading": read, "fresh": fresh},
        "scenarios": [{name: row[name] for name in SCENARIO_FIELDS} for row in tables.scenarios],
        "changes": release_moves(tables),
        "most_influential": [
            {"indicator_id": row["indicator"]["indicator_id"], "distance": row["distance"], "without": row["without"]}
            for row in most_influential(tables)
        ],
        "overturn": [_without_release(row) for row in tables.rows["overturn"]],
        "deadlines": [_without_release(row) for row in tables.deadlines[:50]],
        "look_next": [_without_release(row) for row in tables.look_next[:20]],
        "indicators": [_indicator(tables, row) for row in tables.indicators],
    }


def _without_release(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ("release_id", "tracker_id")}


def _indicator(tables: TrackerTables, row: Row) -> dict[str, Any]:
    key = row["indicator_id"]
    reading = tables.reading.get(key) or {}
    return {
        "indicator_id": key,
        "title": row["title"],
        "scored": row["scored"],
        "unit": row["unit"],
        "reading": wording.reading_words(reading, row),
        "value": reading.get("value"),
        "reading_date": reading.get("reading_date"),
        "assessment": {
            scenario["scenario_id"]: {name: assessment[name] for name in ("status", "decibans", "contribution", "cell")}
            for scenario in tables.named
            if (assessment := tables.assessment.get((key, scenario["scenario_id"])))
        },
    }


def to_json(content: Any) -> str:
    """Return plain data as JSON; dates in ISO form."""
    return json.dumps(content, ensure_ascii=False, indent=1, default=date.isoformat) + "\n"
