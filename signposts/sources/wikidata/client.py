"""Wikidata: who holds an office now.

Belongs here: the two requests, which statement is the current one. Not here: which office and who (sources.yaml). The
holder's label is compared, not an identifier, so that nobody has to look one up.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from signposts.errors import SourceChanged
from signposts.sources import strict
from signposts.sources.http import HttpRequest
from signposts.sources.source_run import SourceRun
from signposts.sources.strict import ParseResult
from signposts.sources.wikidata.options import Ask

BASE_URL = "https://www.wikidata.org"
API = "/w/api.php"
ENDED = "P582"


def gather(run: SourceRun, today: date) -> None:
    """Ask for each office's statements, then for the current holder's label."""
    for name, ask in run.asks.items():
        query = {"action": "wbgetclaims", "entity": ask.entity, "property": ask.property, "format": "json"}
        statements = run.fetch(HttpRequest(f"{name}/statements", API, query), needed=True)
        if statements is None:
            continue
        holder = statements.rows[0]["detail"]
        query = {"action": "wbgetentities", "ids": holder, "props": "labels", "languages": "en", "format": "json"}
        run.fetch(HttpRequest(name, API, query))


def read(ask: Ask, document: str, payload: bytes, today: date, previous: bytes | None) -> ParseResult:
    """Read an office's statements, or a holder's label."""
    if document.partition("/")[2] == "statements":
        return parse_statements(payload, ask)
    return parse_label(payload, ask)


def parse_statements(payload: bytes, ask: Ask) -> ParseResult:
    """Return one row: the item of the current holder."""
    answer = _answer(payload)
    statements = strict.fields_of_any_name(answer.get("claims"), "claims").get(ask.property)
    current = [statement for statement in strict.listing(statements, ask.property) if _is_current(statement)]
    preferred = [statement for statement in current if statement["rank"] == "preferred"] or current
    holders = sorted({_holder(statement) for statement in preferred})
    if len(holders) != 1:
        raise SourceChanged(f"names {len(holders)} holders of the office at once: {', '.join(holders)[:60] or 'none'}")
    return ParseResult([{"row_number": 1, "series": "statement", "detail": holders[0]}], judged=1, auxiliary=True)


def _answer(payload: bytes) -> Mapping[str, Any]:
    answer = strict.fields_of_any_name(strict.read_json(payload), "the answer")
    if "error" in answer:
        raise SourceChanged(f"answers with an error: {str(answer['error'])[:100]}")
    return answer


def _is_current(statement: Any) -> bool:
    """Return whether a statement has no end and was not given up."""
    record = strict.fields_of_any_name(statement, "a statement")
    for name in ("mainsnak", "rank"):
        if name not in record:
            raise SourceChanged(f"a statement lacks the field {name!r}")
    qualifiers = record.get("qualifiers") or {}
    return record["rank"] != "deprecated" and ENDED not in strict.fields_of_any_name(qualifiers, "qualifiers")


def _holder(statement: Mapping[str, Any]) -> str:
    try:
        item = statement["mainsnak"]["datavalue"]["value"]["id"]
    except (KeyError, TypeError) as error:
        raise SourceChanged("a current statement names nobody") from error
    if not isinstance(item, str) or not item.startswith("Q") or not item[1:].isdecimal():
        raise SourceChanged(f"a current statement names {str(item)[:40]!r}, which is no item")
    return item


def parse_label(payload: bytes, ask: Ask) -> ParseResult:
    """Return one row: whether the holder is the one expected, and who it is."""
    entities = strict.fields_of_any_name(_answer(payload).get("entities"), "entities")
    if len(entities) != 1:
        raise SourceChanged(f"describes {len(entities)} items, not one")
    (item, entity), *_ = entities.items()
    try:
        label = entity["labels"]["en"]["value"]
    except (KeyError, TypeError) as error:
        raise SourceChanged(f"has no English label of {str(item)[:20]}") from error
    if not isinstance(label, str) or not label.strip():
        raise SourceChanged(f"has no English label of {str(item)[:20]}")
    row = {"row_number": 1, "series": "holder", "holds": label.strip() == ask.holder, "detail": f"{label} ({item})"}
    return ParseResult([row], judged=1)
