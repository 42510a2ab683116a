"""The index that the search page reads: titles, words and addresses of all that a reader may look for.

Belongs here: which entries there are. Not here: matching, which a few lines of report.js do.
"""

import json
import re

from signposts.report import wording
from signposts.report.records import TrackerTables

_HEADING = re.compile(r"^#{1,3} +(.+)$", re.MULTILINE)
MOST_CLAIMS = 900
LIMIT = 300_000
"""Bytes that the index may weigh: claims beyond it are left out, the oldest first."""


def search_index(tables: TrackerTables, method_text: str) -> str:
    """Return a script that sets the index: rows of kind, title, words to search, address."""
    rows: list[list[str]] = [
        ["Scenario", row["title"], row["story"] or "", f"scenarios/{wording.file_name(row['scenario_id'])}.html"]
        for row in tables.named
    ]
    for row in tables.indicators:
        address = f"indicators/{wording.file_name(row['indicator_id'])}.html"
        words = f"{wording.domain_of(row)}. {wording.unbroken(row['meaning'])}"
        rows.append(["Indicator", row["title"], words, address])
    rows += [
        ["Project", row["title"], row["meaning"] or "", "milestones.html#projects"] for row in tables.rows["project"]
    ]
    for row in tables.rows["source"]:
        address = f"sources/{wording.file_name(row['source_id'])}.html"
        rows.append(["Source", row["title"] or row["source_id"], row["licence"] or "", address])
    headings = _HEADING.findall(re.sub(r"[*`_]", "", method_text))
    rows += [["Method", heading.strip(), "", "method.html"] for heading in headings]
    size = sum(len("".join(row).encode()) + 14 for row in rows)
    claims = sorted(
        tables.rows["claim"], key=lambda row: (str(row["published_on"] or ""), row["claim_id"]), reverse=True
    )
    for claim in claims[:MOST_CLAIMS]:
        indicator = tables.indicator.get(claim["indicator_id"])
        if indicator is None or claim["superseded_by"]:
            continue
        title = f"{claim['speaker'] or claim['source_name'] or ''}: {wording.claim_words(claim, indicator)}"
        address = f"claims.html#claim-{wording.file_name(claim['claim_id'])}"
        row_of_claim = ["Claim", title, f"{indicator['title']}. {claim['note'] or ''}", address]
        size += len("".join(row_of_claim).encode()) + 14
        if size > LIMIT:
            break
        rows.append(row_of_claim)
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return f"window.signpostsIndex={text};\n"
