"""Writes the site: every page, the feed and the files for machines, into one folder.

Belongs here: which files there are and where. Not here: what stands on a page (pages.py) or how it looks (templates/).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, select_autoescape

from signposts.report import drawing, feed, glossary, pages, verdict, wording
from signposts.report.records import Facts, facts_by_tracker

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).parent
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
    "odds",
    "plural",
    "listed",
    "lower_first",
    "unbroken",
    "reading_words",
    "claim_words",
    "period_words",
    "web_address",
    "file_name",
    "evidence_word",
    "range_words",
    "with_days",
    "growth_words",
    "priority_words",
    "condition_words",
)


def write_site(
    tables: Mapping[str, pd.DataFrame], folder: Path, cache: Path, method_text: str, calibration_text: str = ""
) -> None:
    """Write all files of the site and take away pages that an earlier build left."""
    trackers = facts_by_tracker(tables)
    files: dict[str, str] = {}
    alone = len(trackers) == 1
    for facts in trackers:
        base = "" if alone else f"{wording.file_name(facts.tracker['tracker_id'])}/"
        files |= _tracker_files(facts, base, cache, (method_text, calibration_text), several=not alone)
    if not alone:
        files["index.html"] = (
            _environment(cache)
            .get_template("trackers.html")
            .render(
                trackers=[_tracker_card(facts) for facts in trackers], root="", home="", path="index.html", **_stamp()
            )
        )
        files["report.json"] = feed.to_json([feed.machine_report(facts) for facts in trackers])
    for name in STATIC:
        files[f"static/{name}"] = (HERE / "static" / name).read_text(encoding="utf-8")
    files["static/vega.js"] = drawing.script_bundle(cache)
    _write(folder, files)


def _tracker_card(facts: Facts) -> dict[str, object]:
    return {
        "facts": facts,
        "base": wording.file_name(facts.tracker["tracker_id"]),
        "headline": verdict.headline(facts),
        "coverage": verdict.coverage(facts),
    }


def _tracker_files(facts: Facts, base: str, cache: Path, texts: tuple[str, str], *, several: bool) -> dict[str, str]:
    """Return one tracker's files by path."""
    made = pages.tracker_pages(facts, *texts)
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
            facts=facts,
            path=page.path,
            title=page.title,
            home=home,
            root=home + ("../" if several else ""),
            several=several,
            drawings={figure.name: drawn.get(f"{page.path}#{figure.name}") for figure in page.figures},
            citations=page.citations,
            **_stamp(),
            **page.context,
        )
    identifier = f"tag:signposts,2025:{facts.tracker['tracker_id']}"
    files[base + "feed.xml"] = feed.atom(facts, identifier)
    files[base + "report.json"] = feed.to_json(feed.machine_report(facts))
    files[base + "summary.md"] = feed.summary(facts)
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
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    for left in sorted(folder.rglob("*.html")):
        if left.relative_to(folder).as_posix() not in files:
            left.unlink()
