"""What a reader can take away from a figure: its table as CSV, how to cite it, how to embed it.

Belongs here: paths and texts. Not here: the drawing itself (drawing.py), cards (cards.py).
"""

import csv
import io
from html import escape

from signposts.report import wording
from signposts.report.feed import release_address
from signposts.report.figures import Figure
from signposts.report.page import Page
from signposts.report.records import TrackerTables


def csv_path(page: Page, figure: Figure) -> str:
    """Return where a figure's table stands in the site."""
    return f"figures/{page.path.removesuffix('.html').replace('/', '-')}-{figure.name}.csv"


def csv_text(figure: Figure) -> str:
    """Return a figure's table as CSV; a cell that a spreadsheet would take for a formula is quoted as text."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(figure.head)
    for row in figure.rows:
        formulas = [cell[:1] in ("=", "+", "@", "\t", "\r") and not cell[1:2].isdigit() for cell in row]
        writer.writerow([f"'{cell}" if formula else cell for cell, formula in zip(row, formulas, strict=True)])
    return written.getvalue()


def kit(tables: TrackerTables, page: Page, figure: Figure, address: str) -> dict[str, str]:
    """Return a figure's share kit: its CSV, the page's card, its lasting address, how to cite and embed it.

    Addresses are absolute where the site's address is known.
    """
    release = tables.release["release_id"]
    place = f"{page.path}#figure-{figure.name}"
    lasting = release_address(release, address).removesuffix("index.html") + place if address else ""
    citation = (
        f"\u201c{figure.title}\u201d, {tables.tracker['title']}. Signposts, release {release}, "
        f"as of {wording.day(tables.as_of)}. {lasting}"
    ).strip()
    embed = ""
    if address and page.card is not None:
        embed = (
            f'<a href="{escape(lasting)}"><img src="{escape(address)}/{page.card_path}" width="1200" height="630" '
            f'alt="{escape(figure.title)}. {escape(figure.summary)}"></a>'
        )
    path = csv_path(page, figure)
    return {
        "csv": path if figure.rows else "",
        "card": page.card_path if page.card is not None else "",
        "file_name": path.removeprefix("figures/").removesuffix(".csv"),
        "lasting": lasting,
        "citation": citation,
        "embed": embed,
    }
