"""What is news in a release: its headline, moves and causes, words that turned, claims that came or went, checks.

Belongs here: comparing a release's tables with what the release before held, as notes that are kept for good. Not here:
how the notes are shown (templates/changes.html) or sent (feed.py).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from signposts.report import verdict, wording
from signposts.report.records import Row, Rows, TrackerTables

BEFORE = {
    "claim": "select tracker_id, claim_id, status, held from claim",
    "assessment": "select tracker_id, indicator_id, scenario_id, status from latest_assessment",
    "check_result": "select check_name, target, passed from check_result",
    "tracker": "select tracker_id, scenario_version, catalogue_sha256 from tracker",
}
"""What of the release before is read to tell what is new."""
MOST = 25
"""Claims of one kind that are named; the rest are counted."""


def tracker_news(tables: TrackerTables, before: Mapping[str, Rows]) -> Rows:
    """Return the notes of one tracker, in the order in which they are read; `before` is empty for a first release."""
    notes = [*_verdict(tables), *_moves(tables)]
    if before:
        key = tables.tracker["tracker_id"]
        past = {
            name: [row for row in rows if row.get("tracker_id", key) == key or row.get("tracker_id") is None]
            for name, rows in before.items()
        }
        notes += [*_turned(tables, past), *_claims(tables, past), *_checks(tables, past), *_own_edits(tables, past)]
    # Of a run that published nothing before this one the alert spoke; here it would contradict the release.
    notes += [
        _note("withheld", row["message"])
        for row in tables.rows["alert"]
        if row["kind"] == "withheld" and row["tracker_id"] and row["delivery"] != "accepted"
    ]
    return [
        {
            "of_release": tables.release["release_id"],
            "tracker_id": tables.tracker["tracker_id"],
            "created_at": tables.release["created_at"],
            "as_of": tables.as_of,
            "position": position,
            **note,
        }
        for position, note in enumerate(notes, start=1)
    ]


def _note(kind: str, text: str, **fields: Any) -> Row:
    empty = {"points": None, "scenario_id": None, "indicator_id": None, "claim_id": None}
    return {"kind": kind, "text": text, **empty, **fields}


def _verdict(tables: TrackerTables) -> Iterator[Row]:
    yield _note("headline", verdict.headline(tables))
    for sentence in verdict.sentences(tables):
        yield _note("verdict", sentence.text)
    for row in tables.scenarios:
        text = f"{row['title']} {wording.percent(row['posterior'])}"
        yield _note("standing", text, points=row["posterior"], scenario_id=row["scenario_id"])


def _moves(tables: TrackerTables) -> Iterator[Row]:
    """Note each scenario's move of half a point or more, and what caused the leader's."""
    if not tables.has_earlier:
        return
    for row in tables.scenarios:
        if row["change"] is not None and abs(row["change"]) >= 0.005:
            text = f"{row['title']} {wording.points(row['change'], 1)} points to {wording.percent(row['posterior'])}"
            yield _note("move", text, points=row["change"], scenario_id=row["scenario_id"])
    leader = tables.ranked[0]
    for part in verdict.indicator_moves(tables, leader["scenario_id"])[:8]:
        if abs(part["move"]) < 0.0005:
            continue
        key = part["indicator_id"]
        claims = verdict.new_claims(tables, key) if key else []
        newest = max(claims, key=lambda claim: (str(claim["published_on"]), claim["claim_id"]), default=None)
        said = f": {wording.claim_words(newest, tables.indicator.get(key))}, {_speaker(newest)}" if newest else ""
        yield _note(
            "cause",
            f"{part['words']}{said}",
            points=part["move"],
            scenario_id=leader["scenario_id"],
            indicator_id=key,
            claim_id=newest["claim_id"] if newest else None,
        )


def _turned(tables: TrackerTables, before: Mapping[str, Rows]) -> Iterator[Row]:
    """Note each status word that turned."""
    words = {(row["indicator_id"], row["scenario_id"]): row["status"] for row in before.get("assessment", [])}
    turned: dict[tuple[str, str, str], list[str]] = {}
    for (key, scenario), row in sorted(tables.assessment.items()):
        was = words.get((key, scenario))
        if was is not None and was != row["status"] and key in tables.indicator:
            turned.setdefault((key, was, row["status"]), []).append(scenario)
    for (key, was, now), scenarios in turned.items():
        titles = wording.listed([tables.scenario.get(one, {}).get("title", one) for one in scenarios])
        text = f"{tables.indicator[key]['title']}: {was}, now {now}, for {titles}"
        only = scenarios[0] if len(scenarios) == 1 else None
        yield _note("status", text, indicator_id=key, scenario_id=only)


def _claims(tables: TrackerTables, before: Mapping[str, Rows]) -> Iterator[Row]:
    """Note claims that are new, revised, withdrawn or held, the scored indicators' first."""
    earlier_claims = {row["claim_id"]: row for row in before.get("claim", [])}
    kinds: dict[str, Rows] = {"new_claim": [], "revised_claim": [], "withdrawn_claim": [], "held_claim": []}
    for row in tables.rows["claim"]:
        was = earlier_claims.get(row["claim_id"])
        if row["held"] and not (was and was["held"]):
            kinds["held_claim"].append(row)
        elif row["status"] == "withdrawn" and not (was and was["status"] == "withdrawn"):
            kinds["withdrawn_claim"].append(row)
        elif was is None:
            kinds["revised_claim" if row["corrects"] else "new_claim"].append(row)
    for kind, rows in kinds.items():
        scored = {key for key, row in tables.indicator.items() if row["scored"]}
        rows.sort(key=lambda row: (row["indicator_id"] not in scored, row["indicator_id"], row["claim_id"]))
        for row in rows[:MOST]:
            indicator = tables.indicator.get(row["indicator_id"])
            title = indicator["title"] if indicator else row["indicator_id"]
            text = f"{title}: {wording.claim_words(row, indicator)}, {wording.period_words(row)}; {_speaker(row)}"
            yield _note(kind, text, indicator_id=row["indicator_id"], claim_id=row["claim_id"])
        if len(rows) > MOST:
            yield _note(kind, f"and {wording.plural(len(rows) - MOST, 'more claim')} of this kind")


def _speaker(claim: Row) -> str:
    return str(claim["speaker"] or claim["source_name"] or claim["source_id"])


def _checks(tables: TrackerTables, before: Mapping[str, Rows]) -> Iterator[Row]:
    """Note checks that passed before and fail now, or the other way."""
    passed = {(row["check_name"], row["target"]): row["passed"] for row in before.get("check_result", [])}
    for row in tables.rows["check_result"]:
        was = passed.get((row["check_name"], row["target"]))
        if was is not None and bool(was) != bool(row["passed"]):
            name = str(row["check_name"]).replace("_", " ")
            word = "passes again" if row["passed"] else f"fails now: {row['detail'] or 'no detail'}"
            yield _note("check", f"{name} ({row['target']}, {row['severity']}) {word}")


def _own_edits(tables: TrackerTables, before: Mapping[str, Rows]) -> Iterator[Row]:
    """Note what we changed ourselves: the predictions' version, and catalogue or method as a cause."""
    (was,) = before.get("tracker", []) or [{}]
    now = tables.tracker
    if was and was.get("scenario_version") != now["scenario_version"]:
        yield _note("own_edit", f"Predictions version {was['scenario_version']} became {now['scenario_version']}")
    elif was and was.get("catalogue_sha256") != now["catalogue_sha256"]:
        yield _note("own_edit", "The catalogue was edited; the version of the predictions is the same")
    leader = tables.ranked[0]["scenario_id"]
    for row in tables.rows["change"]:
        if row["cause"] in ("catalogue", "method") and row["scenario_id"] == leader and abs(row["move"]) >= 0.0005:
            about = tables.indicator.get(row["indicator_id"])
            text = wording.CAUSES[row["cause"]].capitalize() + (f" ({about['title']})" if about else "")
            yield _note("own_edit", text, points=row["move"], scenario_id=leader, indicator_id=row["indicator_id"])


def by_release(tables: TrackerTables) -> list[dict[str, Any]]:
    """Return the notes of each release, newest first, by kind."""
    releases: dict[str, dict[str, Any]] = {}
    for row in sorted(tables.rows.get("release_note", []), key=lambda row: (str(row["of_release"]), row["position"])):
        entry = releases.setdefault(
            row["of_release"],
            {"release_id": row["of_release"], "created_at": row["created_at"], "as_of": row["as_of"], "notes": {}},
        )
        entry["notes"].setdefault(row["kind"], []).append(row)
    return sorted(releases.values(), key=lambda entry: str(entry["created_at"]), reverse=True)
