"""Writes the site: every page, the feed and the files for machines, into one folder.

Belongs here: which files there are and where. Not here: what stands on a page (pages.py) or how it looks (templates/).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, select_autoescape

from signposts.report import drawing, feed, glossary, pages, verdict, wording
from signposts.report.records import TrackerTables, tables_by_tracker

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).parent
_BEFORE_PERCENT = re.compile(r"(?<=\d) %(?![\w])")
"""The blank between a number and its percent sign, at which no line may break."""
STATIC = ("report.css", "theme.js", "report.js")
FILTERS = (
    "domain_of",
    "percent",
    "share_text",
    "points",
    "number",
    "amount",
    "day",
    "short_day",
    "clock",
    "decibans",
    "about_odds",
    "chance",
    "count_word",
    "plural",
    "listed",
    "lower_first",
    "unbroken",
    "reading_words",
    "claim_words",
    "period_words",
    "web_address",
    "file_name",
    "range_words",
    "with_days",
    "growth_words",
    "priority_words",
)


def write_site(
    frames: Mapping[str, pd.DataFrame], folder: Path, cache: Path, method_text: str, calibration_text: str = ""
) -> None:
    """Write all files of the site and take away pages that an earlier build left."""
    trackers = tables_by_tracker(frames)
    files: dict[str, str] = {}
    alone = len(trackers) == 1
    for tables in trackers:
        base = "" if alone else f"{wording.file_name(tables.tracker['tracker_id'])}/"
        files |= _tracker_files(tables, base, cache, (method_text, calibration_text), several=not alone)
    if not alone:
        files["index.html"] = (
            _environment(cache)
            .get_template("trackers.html")
            .render(
                trackers=[_tracker_card(tables) for tables in trackers], root="", home="", path="index.html", **_stamp()
            )
        )
        files["report.json"] = feed.to_json([feed.machine_report(tables) for tables in trackers])
    for name in STATIC:
        files[f"static/{name}"] = (HERE / "static" / name).read_text(encoding="utf-8")
    files["static/vega.js"] = drawing.script_bundle(cache)
    _write(folder, files)


def _tracker_card(tables: TrackerTables) -> dict[str, object]:
    return {
        "tables": tables,
        "base": wording.file_name(tables.tracker["tracker_id"]),
        "headline": verdict.headline(tables),
        "coverage": verdict.coverage(tables),
    }


def _tracker_files(
    tables: TrackerTables, base: str, cache: Path, texts: tuple[str, str], *, several: bool
) -> dict[str, str]:
    """Return one tracker's files by path."""
    made = pages.tracker_pages(tables, *texts)
    requests = {
        f"{page.path}#{figure.name}": figure.request
        for page in made
        for figure in page.figures
        if figure.request is not None
    }
    drawn = drawing.draw(requests, cache)
    environment = _environment(cache)
    files: dict[str, str] = {}
    for page in made:
        depth = page.path.count("/")
        home = "../" * depth
        files[base + page.path] = environment.get_template(page.template).render(
            tables=tables,
            path=page.path,
            title=page.title,
            home=home,
            root=home + ("../" if several else ""),
            several=several,
            share={figure.name: None for figure in page.figures},
            drawings={figure.name: drawn.get(f"{page.path}#{figure.name}") for figure in page.figures},
            citations=page.citations,
            **_stamp(),
            **page.context,
        )
    identifier = f"tag:signposts,2025:{tables.tracker['tracker_id']}"
    files[base + "feed.xml"] = feed.atom(tables, identifier)
    files[base + "report.json"] = feed.to_json(feed.machine_report(tables))
    files[base + "summary.md"] = feed.summary(tables)
    return files


def _stamp() -> dict[str, object]:
    """Return what every page gets: the glossary, and the address of the static files with their content's mark."""
    digest = hashlib.sha256(b"".join((HERE / "static" / name).read_bytes() for name in STATIC)).hexdigest()[:10]
    return {"glossary": glossary.TERMS, "status_meaning": glossary.STATUS, "mark": digest, "tone": wording.STATUS_TONE}


def _environment(cache: Path) -> Environment:
    """Return the templates' environment: everything is escaped, and an unknown name is an error."""
    compiled = cache / "templates"
    compiled.mkdir(parents=True, exist_ok=True)
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=FileSystemBytecodeCache(str(compiled)),
    )
    environment.filters.update({name: getattr(wording, name) for name in FILTERS})
    return environment


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        if path.endswith(".html"):
            text = _BEFORE_PERCENT.sub("\u00a0%", text)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    for left in sorted(folder.rglob("*.html")):
        if left.relative_to(folder).as_posix() not in files:
            left.unlink()
