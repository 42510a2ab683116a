"""Writes the site: every page, the feed and the files for machines, into one folder.

Belongs here: which files there are and where. Not here: what stands on a page (pages.py) or how it looks (templates/).
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, select_autoescape

from signposts.report import cards, drawing, feed, glossary, pages, search, share, verdict, wording
from signposts.report.page import Page
from signposts.report.records import Rows, TrackerTables, tables_by_tracker
from signposts.report.track_record_page import record_title

HERE = Path(__file__).parent
_BEFORE_PERCENT = re.compile(r"(?<=\d) %(?![\w])")
"""The blank between a number and its percent sign, at which no line may break."""
STATIC = ("report.css", "theme.js", "report.js", "what_if.js", "favicon.svg")


@dataclass(frozen=True, slots=True)
class Publication:
    """Where a site will be served, empty if unknown, and the earlier releases whose reports are kept beside it."""

    address: str = ""
    kept: frozenset[str] = frozenset()


def write_site(
    rows: Mapping[str, Rows], folder: Path, cache: Path, texts: tuple[str, str], publication: Publication
) -> None:
    """Write all files of the site and take away pages that an earlier build left.

    `texts` are the method and the calibration in Markdown.
    """
    trackers = tables_by_tracker(rows)
    files: dict[str, str | bytes] = {}
    alone = len(trackers) == 1
    for tables in trackers:
        base = "" if alone else f"{wording.file_name(tables.tracker['tracker_id'])}/"
        files |= _tracker_files(tables, base, cache, texts, publication)
    if not alone:
        shown = [
            {
                "tables": tables,
                "base": wording.file_name(tables.tracker["tracker_id"]),
                "headline": verdict.headline(tables),
                "coverage": verdict.coverage(tables),
            }
            for tables in trackers
        ]
        template = _environment(cache).get_template("trackers.html")
        files["index.html"] = template.render(trackers=shown, root="", home="", path="index.html", **_stamp())
        files["report.json"] = feed.to_json([feed.machine_report(tables) for tables in trackers])
    for name in STATIC:
        files[f"static/{name}"] = (HERE / "static" / name).read_text(encoding="utf-8")
    files["static/vega.js"] = drawing.script_bundle(cache)
    _write(folder, files)


def _tracker_files(
    tables: TrackerTables, base: str, cache: Path, texts: tuple[str, str], publication: Publication
) -> dict[str, str | bytes]:
    """Return one tracker's files by path: pages, cards, figures as CSV, the search index, feed and summaries."""
    made = pages.tracker_pages(tables, *texts)
    requests = {
        f"{page.path}#{figure.name}": figure.request
        for page in made
        for figure in page.figures
        if figure.request is not None
    }
    drawn = drawing.draw(requests, cache)
    address = f"{publication.address}/{base}".rstrip("/") if publication.address else ""
    index = search.search_index(tables, texts[0])
    files: dict[str, str | bytes] = {base + "search-index.js": index}
    common = {
        "tables": tables,
        "several": bool(base),
        "kept": publication.kept,
        "record_title": record_title(tables),
        "address": address,
        "index_mark": hashlib.sha256(index.encode()).hexdigest()[:10],
        **_stamp(),
    }
    environment = _environment(cache)
    for page in made:
        files[base + page.path] = _page(page, environment, common, drawn)
        for figure in page.figures:
            if figure.rows:
                files[base + share.csv_path(page, figure)] = share.csv_text(figure)
    pictures = {page.card_path: page.card for page in made if page.card is not None}
    files |= {base + path: picture for path, picture in cards.draw_cards(pictures, cache).items()}
    files[base + "feed.xml"] = feed.atom(tables, f"tag:signposts,2025:{tables.tracker['tracker_id']}", address)
    files[base + "report.json"] = feed.to_json(feed.machine_report(tables))
    files[base + "summary.md"] = feed.summary(tables, address)
    return files


def _page(page: Page, environment: Environment, common: dict[str, Any], drawn: Mapping[str, drawing.Drawing]) -> str:
    """Return a page's HTML; between a number and its percent sign no line breaks."""
    home = "../" * page.path.count("/")
    text = environment.get_template(page.template).render(
        **common,
        page=page,
        path=page.path,
        title=page.title,
        home=home,
        root=home + ("../" if common["several"] else ""),
        drawings={figure.name: drawn.get(f"{page.path}#{figure.name}") for figure in page.figures},
        share={figure.name: share.kit(common["tables"], page, figure, common["address"]) for figure in page.figures},
        citations=page.citations,
        **page.context,
    )
    return _BEFORE_PERCENT.sub("\u00a0%", text)


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
    environment.filters.update(inspect.getmembers(wording, inspect.isfunction))
    return environment


def _write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write the files and take away what an earlier build left of their kinds."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            target.write_text(content, encoding="utf-8", newline="\n")
    for kind in ("*.html", "*.png", "*.csv"):
        for stale in sorted(folder.rglob(kind)):
            if stale.relative_to(folder).as_posix() not in files:
                stale.unlink()
