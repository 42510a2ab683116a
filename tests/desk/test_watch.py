"""What `watch:` may say: a query that GDELT rejects, a term that matches everything, a feed that nobody lists."""

import shutil
from pathlib import Path

import pytest

from signposts.catalogue import load_catalogue
from signposts.catalogue.watch import query_faults
from signposts.errors import CatalogueError
from tests.paths import CHECKOUT

REAL = CHECKOUT / "catalogue"


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("(russia iran)", "no OR"),
        ('("strategic partnership" russia iran)', "no OR"),
        ("russia OR iran", "outside brackets"),
        ("su-35 iran", "only inside quotation marks"),
        ('"iran', "not closed"),
        ("((iran OR tehran) russia)", "inside each other"),
        ("iran AND russia", "no operators"),
        ('russia "ab"', "too short"),
        ("sourcelang:english", "match everything"),
        ("iran " * 60, "letters"),
    ],
)
def test_a_query_that_gdelt_rejects_is_named(query: str, fault: str) -> None:
    assert any(fault in found for found in query_faults(query))


def test_the_shipped_queries_are_accepted_and_every_scored_indicator_is_watched() -> None:
    tracker = load_catalogue(REAL).trackers[0]
    scored = [indicator for indicator in tracker.indicators.values() if indicator.scored]
    assert all(indicator.watch for indicator in scored)
    queries = [query for indicator in scored if indicator.watch for query in indicator.watch.queries.values()]
    assert len(queries) >= 130
    assert not [fault for query in queries for fault in query_faults(query)]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("feeds: [kremlin_ru,", "feeds: [kremlin_rue,", "no feed 'kremlin_rue'"),
        ("- [putin,", "- [the, putin,", "would match everything"),
        ('near12:"putin pezeshkian" (call', 'near12:"putin pezeshkian" (talk) (call', "has no OR"),
        ("  act_required:", "  act_requird:", "unknown key"),
    ],
)
def test_check_refuses_a_watch_that_cannot_work(tmp_path: Path, old: str, new: str, words: str) -> None:
    root = tmp_path / "catalogue"
    shutil.copytree(REAL, root)
    path = root / "russia_iran" / "indicators" / "leader_contacts.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=words) as caught:
        load_catalogue(root)
    assert "leader_contacts.yaml:" in str(caught.value)
