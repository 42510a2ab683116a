"""What machines and mail read: the Atom feed, report.json and summary.md.

Belongs here: the same verdict in other forms. Not here: HTML. Everything comes from the release.
"""

import json
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from signposts.report import verdict, wording
from signposts.report.attribution import most_influential, release_moves
from signposts.report.records import Row, TrackerTables


def atom(tables: TrackerTables, identifier: str) -> str:
    """Return an Atom feed with an entry a release, newest first; the newest carries the verdict."""
    entries = [_entry(tables, row, identifier) for row in tables.releases]
    updated = _moment(tables.release["created_at"] or datetime.combine(tables.as_of, datetime.min.time()))
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"  <id>{_xml(identifier)}</id>",
        f"  <title>{_xml(tables.tracker['title'])}</title>",
        f"  <updated>{updated}</updated>",
        "  <author><name>Signposts</name></author>",
        '  <link rel="self" href="feed.xml"/>',
        '  <link rel="alternate" href="index.html"/>',
    ]
    return "\n".join([*head, *entries, "</feed>", ""])


def _entry(tables: TrackerTables, row: Row, identifier: str) -> str:
    own = row["release_id"] == tables.release["release_id"]
    title = verdict.headline(tables) if own else f"Release of {wording.day(row['created_at'])}"
    text = (
        " ".join(one.text for one in verdict.sentences(tables))
        if own
        else f"As of {wording.day(row['as_of'])}; predictions {row['scenario_version'] or 'without version'}."
    )
    if own:
        text += " " + _moved(tables)
    address = quoteattr("index.html" if own else "changes.html")
    lines = [
        "  <entry>",
        f"    <id>{_xml(identifier)}:{_xml(row['release_id'])}</id>",
        f"    <title>{_xml(title)}</title>",
        f"    <updated>{_moment(row['created_at'])}</updated>",
        f'    <link rel="alternate" href={address}/>',
        f"    <summary>{_xml(text.strip())}</summary>",
        "  </entry>",
    ]
    return "\n".join(lines)


def _moved(tables: TrackerTables) -> str:
    moves = [
        f"{row['title']} {wording.points(row['change'], 1)}" for row in tables.scenarios if row["change"] is not None
    ]
    return f"Points since the release before: {'; '.join(moves)}." if moves else "This is the first release."


def _xml(text: object) -> str:
    """Return text fit for XML: escaped, and without the control characters that XML forbids."""
    kept = "".join(
        letter for letter in str(text) if letter in "\t\n\r" or (letter >= " " and letter not in "\ufffe\uffff")
    )
    return escape(kept)


def _moment(moment: datetime | None) -> str:
    return (moment or datetime(1970, 1, 1)).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ001 (clocks of a release are UTC)


def summary(tables: TrackerTables) -> str:
    """Return the verdict as Markdown, for mail or a wiki."""
    lines = [f"# {_plain(tables.tracker['title'])}", "", f"**{_plain(verdict.headline(tables))}.**", ""]
    lines += [" ".join(_plain(one.text) for one in verdict.sentences(tables)), ""]
    lines += [
        "| Scenario | The analysis says | At the start | Now | Since the release before |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for row in tables.scenarios:
        moved = wording.points(row["change"], 1) if row["change"] is not None else "first release"
        cells = (
            row["title"],
            row["likelihood_word"] or "\u2013",
            wording.percent(row["prior"]),
            wording.percent(row["posterior"]),
            moved,
        )
        lines.append("| " + " | ".join(_plain(cell) for cell in cells) + " |")
    leader = tables.ranked[0]
    lines += ["", "## What weighs most", ""]
    for found in most_influential(tables):
        indicator = found["indicator"]
        reading = wording.reading_words(tables.reading.get(indicator["indicator_id"]), indicator)
        without = wording.percent(found["without"].get(leader["scenario_id"]))
        lines.append(
            f"- {_plain(indicator['title'])}: {_plain(reading)}. Without it the leader would stand at {without}."
        )
    lines += ["", "## Next dates", ""]
    for row in [row for row in tables.deadlines if row["date"] > tables.as_of][:6]:
        indicator = tables.indicator.get(row["indicator_id"], {})
        title = indicator.get("title", row["indicator_id"])
        scenario = tables.scenario.get(row["scenario_id"], {}).get("title", row["scenario_id"])
        condition = wording.condition_words([row], indicator)
        lines.append(
            f"- {wording.day(row['date'])}: {_plain(title)}: {row['becomes']} for {_plain(scenario)} if "
            f"{_plain(condition)}."
        )
    lines += ["", f"{_plain(verdict.coverage(tables))}. {_plain(verdict.health(tables))}", ""]
    lines += [f"As of {wording.day(tables.as_of)}, release {tables.release['release_id']}.", ""]
    return "\n".join(lines)


def _plain(text: object) -> str:
    """Return text on one line with what Markdown and HTML would read as marks made harmless."""
    found = " ".join(str(text).split())
    for mark in "\\`*_[]|":
        found = found.replace(mark, "\\" + mark)
    return found.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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
        "scenarios": [
            {
                name: row[name]
                for name in (
                    "scenario_id",
                    "title",
                    "likelihood_word",
                    "prior",
                    "posterior",
                    "change",
                    "decibans",
                    "surprise",
                )
            }
            for row in tables.scenarios
        ],
        "changes": release_moves(tables),
        "most_influential": [
            {"indicator_id": row["indicator"]["indicator_id"], "distance": row["distance"], "without": row["without"]}
            for row in most_influential(tables)
        ],
        "overturn": [_without_release(row) for row in tables.rows["overturn"]],
        "deadlines": [_without_release(row) for row in tables.deadlines[:50]],
        "look_next": [_without_release(row) for row in _by_rank(tables)[:20]],
        "indicators": [_indicator(tables, row) for row in tables.indicators],
    }


def _by_rank(tables: TrackerTables) -> list[Row]:
    return sorted(tables.rows["collection_priority"], key=lambda row: row["rank"] or 0)


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
            scenario["scenario_id"]: {name: found[name] for name in ("status", "decibans", "contribution", "cell")}
            for scenario in tables.named
            if (found := tables.assessment.get((key, scenario["scenario_id"])))
        },
    }


def to_json(content: Any) -> str:
    """Return plain data as JSON; dates in ISO form."""
    return json.dumps(content, ensure_ascii=False, indent=1, default=_iso) + "\n"


def _iso(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"cannot write {type(value)} as JSON")
