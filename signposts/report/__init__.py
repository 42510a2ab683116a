"""The report: a static site from the tables of one release, and from nothing else.

Belongs here: the one entrance, `build`. Not here: anything that needs pandas, so that importing the package is cheap.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def build(
    tables: Mapping[str, pd.DataFrame], folder: Path, cache: Path, method_text: str = "", calibration_text: str = ""
) -> None:
    """Write the site of one release into `folder`; the same tables give the same bytes.

    `tables` are the release's tables as sql/dictionary.yaml names them, each with release_id. Drawn charts are kept in
    `cache` by content. `method_text` is the method in Markdown, rendered as a page; without it that page says so.
    `calibration_text` is how the method does in simulated worlds, in Markdown, for the page of the track record.
    """
    from signposts.report.site import write_site

    write_site(tables, folder, cache, method_text, calibration_text)
