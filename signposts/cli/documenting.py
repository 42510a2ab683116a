"""`signposts docs`: write the generated pages of docs/ again.

Belongs here: which page comes from which generator. Not here: their words.
"""

from pathlib import Path

import typer

from signposts.catalogue import coverage_table, load_catalogue
from signposts.release.docs_pages import generated_pages
from signposts.settings import load_settings, project_folder
from signposts.sources.docs_page import sources_page


def pages() -> dict[str, str]:
    """Return the text of every generated page by its name in docs/; calibration.md is written by `calibrate`."""
    catalogue = load_catalogue(load_settings().catalogue_root)
    return {
        **generated_pages(),
        "coverage.md": "\n".join(coverage_table(tracker) for tracker in catalogue.trackers),
        "sources.md": sources_page(catalogue.sources),
    }


def write_documents(folder: Path | None = None) -> None:
    """Write every generated page and print which ones changed."""
    folder = folder or project_folder() / "docs"
    for name, text in pages().items():
        page = folder / name
        changed = not page.exists() or page.read_text(encoding="utf-8") != text
        page.write_text(text, encoding="utf-8")
        typer.echo(f"{'written' if changed else 'unchanged'}  docs/{name}")
