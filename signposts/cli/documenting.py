"""`signposts docs`: write the generated pages of docs/ again.

Belongs here: which page comes from which generator. Not here: their words.
"""

from pathlib import Path

import typer

from signposts.catalogue import Catalogue, coverage_table, load_catalogue
from signposts.catalogue.feeding import feeding_page
from signposts.release.docs_pages import generated_pages
from signposts.settings import load_settings, project_folder
from signposts.sources.docs_page import sources_page


def pages() -> dict[str, str]:
    """Return the text of every generated page by its name in docs/; calibration.md is written by `calibrate`."""
    catalogue = load_catalogue(load_settings().catalogue_root)
    return {
        **generated_pages(),
        "coverage.md": coverage_page(catalogue),
        "sources.md": sources_page(catalogue.sources),
    }


def coverage_page(catalogue: Catalogue) -> str:
    """Return docs/coverage.md: what answers each statement of the briefs, and what feeds each scored indicator."""
    parts = [(coverage_table(tracker), feeding_page(tracker, catalogue.sources)) for tracker in catalogue.trackers]
    return "\n".join(text for pair in parts for text in pair)


def write_documents(folder: Path | None = None) -> None:
    """Write every generated page and print which ones changed."""
    folder = folder or project_folder() / "docs"
    for name, text in pages().items():
        page = folder / name
        changed = not page.exists() or page.read_text(encoding="utf-8") != text
        page.write_text(text, encoding="utf-8")
        typer.echo(f"{'written' if changed else 'unchanged'}  docs/{name}")
