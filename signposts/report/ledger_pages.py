"""The pages about what the report is made from: every claim, and each source.

Belongs here: what these pages list, from rows. Not here: markup, and the state of the data as a whole (pages.health).
"""

from collections import Counter

from signposts.report import wording
from signposts.report.citations import cite
from signposts.report.page import Page, page_values
from signposts.report.records import Row, Rows, TrackerTables, grouped

MOST = 2500
"""Claims listed on the page of claims: those about scored indicators first, then the newest; the release has all."""


def claims_page(tables: TrackerTables) -> Page:
    """Return every claim, to be searched and filtered by indicator, source, grade and date."""
    rows: Rows = [
        {
            "claim": row,
            "indicator": tables.indicator[row["indicator_id"]],
            "grade": f"{row['reliability'] or ''}{row['credibility'] or ''}",
            "used": row["claim_id"] in tables.used_claims.get(row["indicator_id"], ()),
            "standing": "held" if row["held"] else "superseded" if row["superseded_by"] else str(row["status"] or ""),
            "stored": stored(row),
        }
        for row in tables.rows["claim"]
        if row["indicator_id"] in tables.indicator
    ]
    rows.sort(key=lambda row: (str(row["claim"]["published_on"] or ""), row["claim"]["claim_id"]), reverse=True)
    if len(rows) > MOST:
        rows.sort(key=lambda row: not row["indicator"]["scored"])
        rows = rows[:MOST]
    content = {
        "rows": rows,
        "total": len(tables.rows["claim"]),
        "indicators": sorted({(row["indicator"]["title"], row["indicator"]["indicator_id"]) for row in rows}),
        "sources": sorted({row["claim"]["source_id"] for row in rows if row["claim"]["source_id"]}),
        "grades": sorted({row["grade"] for row in rows if row["grade"]}),
    }
    citations = [cite("all_claims", **page_values(tables))]
    return Page("claims.html", "claims.html", "Claims", content, (), citations)


def stored(claim: Row) -> str:
    """Return whether the cited page itself is stored, with the day; a ledger's own file is not the page."""
    page = claim.get("page_sha256") or (claim["source_id"] != "ledger" and claim["sha256"])
    return f"yes ({wording.short_day(claim['recorded_at'])})" if page else "no"


def source_pages(tables: TrackerTables) -> list[Page]:
    """Return a page a source: its terms, both clocks, what was asked of it, and what it feeds."""
    claims = grouped(tables.rows["claim"], "source_id")
    attempts = grouped(tables.rows["fetch_attempt"], "source_id")
    return [
        _source_page(tables, row, claims.get(row["source_id"], []), attempts.get(row["source_id"], []))
        for row in tables.rows["source"]
    ]


def _source_page(tables: TrackerTables, source: Row, claims: Rows, attempts: Rows) -> Page:
    key = source["source_id"]
    fed = [row for row in tables.indicators if key in (row["sources"] or "").split(",")]
    speakers = Counter(str(row["speaker"] or row["source_name"] or "unnamed") for row in claims)
    content = {
        "source": source,
        "fresh": tables.freshness.get(f"source:{key}"),
        "indicators": [{"indicator": row, "reading": tables.reading.get(row["indicator_id"])} for row in fed],
        "n_claims": len(claims),
        "speakers": sorted(speakers.items(), key=lambda item: (-item[1], item[0]))[:40],
        "attempts": sorted(attempts, key=lambda row: (str(row["fetched_at"]), str(row["document"])), reverse=True)[:60],
    }
    citations = [cite("source_claims", **page_values(tables), source=key)]
    path = f"sources/{wording.file_name(key)}.html"
    return Page(path, "source.html", source["title"] or key, content, (), citations)
