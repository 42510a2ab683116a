"""An invented release: the tables of one tracker, 'Island ferry', filled to the dictionary with made-up figures.

Belongs here: invented data for the report's tests, hostile strings included. Nothing here is a fact about anything.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml

from signposts import report
from signposts.warehouse import dictionary_columns
from tests.tabular import under

DICTIONARY = Path(__file__).resolve().parents[2] / "sql" / "dictionary.yaml"
READ: dict[tuple[str, int], tuple[pd.DataFrame, list[dict[str, Any]]]] = {}
"""Rows of the frames that were read, by table and frame."""
RELEASE = "2026-11-15T060000Z"
TRACKER = "island_ferry"
T0 = date(2024, 12, 10)
LATEST = date(2026, 11, 15)
KAPPA, GAMMA, EPSILON = 0.3, 0.8, 0.2
"""Weights of readings and of what defines a scenario, and the share of readings from nowhere, as tracker has them."""
HOSTILE = "<script>alert('ferry')</script> \"quoted\" & <img src=x onerror=alert(1)>"
LONG_WORD = "Schifffahrtsgesellschaftsvorstandsvorsitzendenstellvertreterversammlungsprotokoll"
RIGHT_TO_LEFT = "\u0642\u0627\u06cc\u0642 \u062c\u0632\u06cc\u0631\u0647"
SCENARIOS = ("bridge", "steady", "closure", "other")
PRIORS = {"bridge": 0.328, "steady": 0.524, "closure": 0.098, "other": 0.05}
ONSETS = {
    "bridge": ((0.0, 0.4), (1.0, 0.35), (2.0, 0.25)),
    "steady": ((0.0, 1.0),),
    "closure": tuple((year + 0.5, 0.2) for year in range(5)),
    "other": ((0.0, 1.0),),
}
GROUPS = {"traffic": 0.7, "money": 0.5, "council": 0.5, "works": 0.3}

# indicator, title, domain, role, unit, frequency, group, family
INDICATORS = tuple(
    tuple(cell.strip() for cell in line.split("|"))
    for line in f"""
passengers | Passengers a year | traffic | outcome | thousand | annual | traffic | value
freight | Freight carried, calendar year | traffic | outcome | thousand tonnes | annual | traffic | interval
ticket_sales | Ticket sales, growth since last year | money | outcome | m crowns | annual | money | nowcast
punctual_share | Share of crossings on time | traffic | provision | share | annual | traffic | value
council_votes | Council votes in favour of the ferry | council | provision | share | irregular | council | share_count
cancelled_crossings | Crossings cancelled for want of crew|traffic|challenge|count per year|irregular|traffic|count
bridge_opened | The bridge opens to cars | works | outcome | event | event | works | none_seen
subsidy_withdrawn | The subsidy is withdrawn | money | condition | event | event | money | event
council_mood | Mood of the council | council | condition | category | irregular | council | category
fuel_price | Price of fuel {LONG_WORD} | money | condition | crowns a litre | monthly | money | missing
weather_context | Windy days {HOSTILE} {RIGHT_TO_LEFT} | weather | context | days | monthly |  | value
""".strip().splitlines()
)


def tables(*, earlier: bool = True, trackers: tuple[str, ...] = (TRACKER,)) -> dict[str, pd.DataFrame]:
    """Return an invented release; without `earlier` it is the first one; more trackers are copies under other names."""
    rows = _all_rows(earlier)
    columns = yaml.safe_load(DICTIONARY.read_text(encoding="utf-8"))["tables"]
    frames = {}
    for name, table in columns.items():
        found = rows.pop(name, [])
        if "tracker_id" in table["columns"]:
            found = [
                row | ({"tracker_id": tracker} if row.get("tracker_id", TRACKER) else {})
                for tracker in trackers
                for row in found
            ]
        frames[name] = _frame(name, table["columns"], found)
    assert not rows, f"not in the dictionary: {sorted(rows)}"
    return frames


def _frame(name: str, columns: Mapping[str, Any], rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a frame typed as DuckDB hands it over; unknown columns are an error of the fixture."""
    known = set(columns) | ({"release_id"} if name == "release" else set())
    assert all(set(row) <= known for row in rows), (name, [set(row) - known for row in rows][:1])
    frame = pd.DataFrame({column: [row.get(column) for row in rows] for column in columns})
    for column, entry in columns.items():
        if entry["type"] in ("date", "timestamp"):
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
        elif entry["type"] in ("integer", "bigint", "double"):
            whole = entry["type"] != "double" and frame[column].notna().all()
            frame[column] = frame[column].astype("int64" if whole else "float64")
        else:
            frame[column] = frame[column].astype(object)
    if "release_id" not in frame.columns:
        frame.insert(0, "release_id", RELEASE)
    return frame


def as_rows(frames: Mapping[str, pd.DataFrame]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that the report reads of the frames, by its own statements, from tables of the dictionary."""
    found = {}
    for name, statement in report.statements(frames).items():
        frame = frames[name]
        # Most states of a test share most frames; the frame is kept, so that no other one gets its identity.
        if (name, id(frame)) not in READ:
            READ[name, id(frame)] = frame, _rows(name, frame, statement)
        found[name] = READ[name, id(frame)][1]
    return found


def _rows(name: str, frame: pd.DataFrame, statement: str) -> list[dict[str, Any]]:
    """Return what a statement gives on a frame as a table of the dictionary."""
    with duckdb.connect() as connection:
        columns = {"release_id": "varchar", **dictionary_columns()[name]}
        types = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        connection.execute(f'create table "{name}" ({types})')
        connection.register("frame", frame)
        connection.execute(f'insert into "{name}" by name from frame')
        cursor = connection.execute(statement)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def as_of_dates() -> list[date]:
    """Return 24 dates: month ends since t0 and the run's own date."""
    ends = pd.date_range(T0, periods=23, freq="ME")
    return [end.date() for end in ends] + [LATEST]


def _all_rows(earlier: bool) -> dict[str, list[dict[str, Any]]]:
    evidence = _evidence()
    probability = _probabilities(evidence)
    return {
        **_catalogue(),
        **_claims(),
        **_readings(),
        **_assessment(evidence, probability),
        **_outside(),
        **_published(earlier, probability),
        "fan": _fans(),
    }


# ---------------------------------------------------------------------- catalogue


def _catalogue() -> dict[str, list[dict[str, Any]]]:
    titles = {
        "bridge": (
            "A bridge replaces the ferry",
            "Moderate",
            "Money is found, piers go up, and within years cars drive across.",
        ),
        "steady": (
            "The ferry carries on",
            "High",
            "Nothing much changes: the same boat, the same crossings, the same complaints.",
        ),
        "closure": (
            "The ferry is closed",
            "Low",
            "The subsidy goes, the crew leaves, and the island falls back on fishing boats.",
        ),
        "other": ("None of the above", None, "What happens is foreseen by no scenario."),
    }
    scenarios = [
        {
            "scenario_id": key,
            "title": title,
            "story": story,
            "likelihood_word": word,
            "prior": PRIORS[key],
            "baseline_id": "steady" if key in ("bridge", "closure") else None,
            "delayed_types": "rate,share" if key in ("bridge", "closure") else None,
            "cooperative_rank": {"bridge": 3, "steady": 2, "closure": 1}.get(key),
            "brief_ref": None if key == "other" else f"scenario {number}",
            "sort_order": number,
        }
        for number, (key, (title, word, story)) in enumerate(titles.items(), start=1)
    ]
    return {
        "tracker": [
            {
                "tracker_id": TRACKER,
                "title": "Island ferry (invented)",
                "t0": T0,
                "horizon_end": date(2035, 12, 31),
                "registered_on": date(2026, 6, 1),
                "evidence_weight": KAPPA,
                "defining_weight": GAMMA,
                "contamination": EPSILON,
                "shared_sd": True,
                "other_mass": 0.05,
                "prior_set": "survey",
                "scenario_version": "1.0.0",
                "catalogue_sha256": "0" * 64,
            }
        ],
        "structural_break": [
            {"date": date(2025, 6, 13), "label": "Storm of June 2025"},
            {"date": date(2026, 2, 28), "label": "Strike of the crew begins"},
        ],
        "scenario": scenarios,
        "hypothesis": [
            {"scenario_id": key, "onset": onset, "onset_weight": weight}
            for key, pairs in ONSETS.items()
            for onset, weight in pairs
        ],
        "prior_set": [
            {"prior_set": name, "scenario_id": key, "prior": share, "origin": "invented"}
            for name, shares in (("survey", (0.328, 0.524, 0.098, 0.05)), ("uniform", (0.3167, 0.3167, 0.3166, 0.05)))
            for key, share in zip(SCENARIOS, shares, strict=True)
        ],
        "evidence_group": [
            {"group_id": key, "title": f"{key.title()} of the ferry", "rho": rho} for key, rho in GROUPS.items()
        ],
        "indicator": [_indicator(*row) for row in INDICATORS],
        "prediction": [row for indicator in INDICATORS for row in _predictions(indicator[0], indicator[7])],
        "project": [
            {"project_id": "bridge", "title": "Bridge to the island", "meaning": "A road bridge of two lanes."},
            {"project_id": "new_boat", "title": "Second ferry", "meaning": f"A second boat. {HOSTILE}"},
        ],
        "place": [
            {"project_id": "bridge", "position": 1, "name": "North pier", "latitude": 54.2, "longitude": 8.1},
            {"project_id": "bridge", "position": 2, "name": "South pier", "latitude": 53.6, "longitude": 8.3},
            {"project_id": "new_boat", "position": 1, "name": "Old yard", "latitude": 53.9, "longitude": 9.4},
        ],
        "source": under(
            "source_id title homepage licence terms cadence max_age_days secret",
            ("ledger", "Ledger of dated claims", None, "CC BY 4.0", "none", "by hand", 120, None),
            (
                *("harbour_office", "Harbour office (invented)", "https://example.org/harbour", "Open"),
                *("Name the source.", "monthly", 60, "HARBOUR_KEY"),
            ),
            ("bad_link", HOSTILE, "javascript:alert(1)", "unknown", "unknown", "never", 30, None),
        ),
    }


def _indicator(
    key: str, title: str, domain: str, role: str, unit: str, frequency: str, group: str, family: str
) -> dict[str, Any]:
    scored = role != "context"
    return {
        "indicator_id": key,
        "title": title,
        "meaning": f"{title}, as counted by nobody: an invented figure to try the report on. "
        f"{HOSTILE if not scored else ''}",
        "domain": domain,
        "role": role,
        "unit": unit,
        "frequency": frequency,
        "usual_period_months": None if frequency == "event" else 12,
        "group_id": group or None,
        "cooperative": "up",
        "scored": scored,
        "why_not_scored": None if scored else "Context is never scored.",
        "max_age_days": 400,
        "sources": "ledger" if scored else "harbour_office",
        "usage_warning": "Two offices count differently." if key == "passengers" else None,
        "caution": "A mood is not a vote." if key == "council_mood" else None,
        "detect_prob": 0.9 if frequency == "event" else None,
        "exposure_start": date(2025, 1, 1) if family == "count" else None,
        "categories": "hostile,cool,warm" if family == "category" else None,
    }


_TYPES = {
    "value": "path",
    "interval": "range",
    "nowcast": "drift",
    "share_count": "share",
    "count": "rate",
    "none_seen": "event_by",
    "event": "event_by",
    "category": "ordinal",
    "missing": "threshold",
}


def _predictions(indicator: str, family: str) -> list[dict[str, Any]]:
    if indicator == "weather_context":
        return []
    kind = _TYPES[family]
    if indicator == "punctual_share":
        kind = "share"
    levels = {"bridge": 1.6, "steady": 1.0, "closure": 0.5}
    rows = []
    for number, scenario in enumerate(SCENARIOS[:3]):
        level = levels[scenario]
        parameters: dict[str, Any] = {
            "path": {
                "start": {"date": "2024-12-31", "value": 100},
                "target": {"date": "2030-12-31", "value": 100 * level},
                "sigma": 0.1,
                "toward": "up",
            },
            "range": {"lo": 90 * level, "hi": 110 * level, "coverage": 0.8, "reach_by": "2027-12-31"},
            "drift": {"start": {"date": "2024-12-31", "value": 100}, "annual_change": level - 1, "sigma": 0.1},
            "share": {"mean": 0.5 * level, "concentration": 12},
            "rate": {"mean": 4 * level, "cv": 0.5},
            "event_by": {"by": f"{2028 + number}-12-31", "p": 0.2 + 0.3 * number, "shape": 2},
            "ordinal": {"probs": {"hostile": 0.2, "cool": 0.3, "warm": 0.5}},
            "threshold": {"op": ">=", "value": 20 * level, "p_beyond": 0.6, "concentration": 8},
        }[kind]
        silent = indicator == "council_mood" and scenario == "closure"
        rows.append(
            {
                "indicator_id": indicator,
                "scenario_id": scenario,
                "type": "silent" if silent else kind,
                "basis": "stated" if number == 1 else "operationalised",
                "claim": f"Invented prediction number {number + 1}: about {level:.1f} times the level of 2024.",
                "brief_ref": f"scenario {number + 1}",
                "parameters": "{}" if silent else json.dumps(parameters),
                "note": "Invented for the tests.",
            }
        )
    return rows


# ---------------------------------------------------------------------- claims


def _claim(number: int, indicator: str, **fields: Any) -> dict[str, Any]:
    published = fields.pop("published_on", date(2026, 2, 1))
    return {
        "claim_id": f"{indicator}-{number}",
        "indicator_id": indicator,
        "kind": "value",
        "period_start": date(published.year - 1, 1, 1),
        "period_end": date(published.year - 1, 12, 31),
        "source_id": "ledger",
        "source_name": "Harbour master, in the Island Post",
        "speaker": "Harbour master",
        "source_url": "https://example.org/claims/" + str(number),
        "reliability": "B",
        "credibility": "2",
        "reliability_value": 0.875,
        "status": "reported",
        "published_on": published,
        "published_on_inferred": False,
        "recorded_at": datetime(2026, 6, 1, 12, 0),
        "held": False,
        "sha256": f"{number:064x}",
        "row_number": number,
        "note": None,
        **fields,
    }


def _claims() -> dict[str, list[dict[str, Any]]]:
    rows = [
        _claim(1, "passengers", value=100.0, unit="thousand", published_on=date(2025, 2, 1)),
        _claim(
            2,
            "passengers",
            value=104.0,
            unit="thousand",
            superseded_by="passengers-3",
            superseded_at=datetime(2026, 7, 1, 9, 0),
            status="preliminary",
        ),
        _claim(3, "passengers", value=108.0, unit="thousand", corrects="passengers-2", published_on=date(2026, 3, 1)),
        _claim(
            4,
            "passengers",
            value=141.0,
            unit="thousand",
            speaker="Mayor",
            source_name=f"Mayor {HOSTILE}",
            source_url="javascript:alert('claim')",
            note=HOSTILE,
            reliability="D",
            credibility="4",
            reliability_value=0.42,
            published_on=date(2026, 4, 1),
        ),
        _claim(
            5, "passengers", value=300.0, held=True, note="Held by the revision gate.", published_on=date(2026, 5, 1)
        ),
        _claim(
            6, "passengers", kind="plan", value=150.0, planned_for=date(2028, 1, 1), note="A target, not a reading."
        ),
        _claim(1, "freight", kind="interval", value_low=40.0, value_high=48.0, published_on=date(2026, 2, 11)),
        _claim(
            1, "ticket_sales", kind="growth", value=8.0, base_value=12.0, base_part=8.5, published_on=date(2026, 10, 20)
        ),
        _claim(1, "punctual_share", value=0.91, published_on=date(2026, 1, 20)),
        _claim(
            2,
            "punctual_share",
            value=0.88,
            published_on=date(2025, 1, 20),
            speaker=RIGHT_TO_LEFT,
            source_name=RIGHT_TO_LEFT,
        ),
        *(
            _claim(
                number,
                "council_votes",
                kind="count",
                value=float(number % 3 > 0),
                trials=1,
                published_on=date(2025, 3 * number, 5),
            )
            for number in range(1, 5)
        ),
        *(
            _claim(
                number,
                "cancelled_crossings",
                kind="count",
                value=1.0,
                category=f"Crossing {number} {LONG_WORD if number == 2 else ''}",
                happened_from=date(2025, 2 * number, 3),
                happened_to=date(2025, 2 * number, 4),
                published_on=date(2025, 2 * number, 6),
            )
            for number in range(1, 6)
        ),
        _claim(
            9, "cancelled_crossings", kind="none_seen", searched_until=date(2026, 3, 1), published_on=date(2026, 3, 1)
        ),
        _claim(1, "bridge_opened", kind="none_seen", searched_until=date(2026, 3, 31), published_on=date(2026, 4, 1)),
        _claim(
            1,
            "subsidy_withdrawn",
            kind="event",
            happened_from=date(2026, 5, 2),
            happened_to=date(2026, 5, 9),
            published_on=date(2026, 5, 10),
        ),
        _claim(1, "council_mood", kind="category", category="cool", published_on=date(2025, 9, 1)),
        _claim(2, "council_mood", kind="category", category="warm", published_on=date(2026, 8, 1), status="unverified"),
        *(
            _claim(
                number,
                "weather_context",
                value=float(5 + (number * 7) % 11),
                source_id="harbour_office",
                period_start=date(2025, number, 1),
                period_end=date(2025, number, 28),
                published_on=date(2025, number, 28) + timedelta(days=20),
            )
            for number in range(1, 13)
        ),
    ]
    milestone = under(
        "project_id stage happened_on planned_for slip_days",
        ("bridge", "announced", date(2025, 3, 1), None, None),
        ("bridge", "signed", date(2025, 9, 1), None, None),
        ("bridge", "operating", None, date(2027, 6, 1), None),
        ("bridge", "operating", None, date(2028, 9, 1), 458),
        ("bridge", "operating", None, date(2030, 1, 1), 487),
        ("new_boat", "announced", date(2025, 5, 5), None, None),
        ("new_boat", "suspended", date(2026, 2, 20), None, None),
        ("new_boat", "delivered", None, date(2026, 12, 1), None),
        ("new_boat", "signed", None, date(2025, 12, 1), None),
        ("bridge", "financed", None, date(2026, 1, 1), None),
        ("bridge", "financed", None, date(2026, 9, 1), 243),
        claim_id="passengers-1",
    )
    for number, row in enumerate(milestone):
        planned = row["planned_for"]
        row["days_overdue"] = (LATEST - planned).days if planned and planned < LATEST else None
        row["published_on"] = date(2025, 2 + number, 1)
        row["detail"] = f"Invented step {number} {HOSTILE if number == 6 else ''}"
    return {"claim": rows, "milestone": milestone}


TWO_REPORTS = {"n_reports": 2, "n_sources": 2}
_READING: dict[str, dict[str, Any]] = {
    "passengers": {"kind": "mixed", "value": 118.7, "value_low": 108.0, "value_high": 141.0, **TWO_REPORTS},
    "freight": {"kind": "interval", "value": 44.0, "value_low": 40.0, "value_high": 48.0},
    "ticket_sales": {"kind": "nowcast", "value": 12.9, "log_sd": 0.065},
    "punctual_share": {"kind": "value", "value": 0.91},
    "council_votes": {"kind": "share_count", "value": 3.0, "trials": 4},
    "cancelled_crossings": {
        "kind": "count",
        "value": 5.0,
        "exposure_start": date(2025, 1, 1),
        "exposure_end": date(2026, 3, 1),
        "list_closed": True,
        "n_reports": 2,
    },
    "bridge_opened": {"kind": "none_seen", "reading_date": date(2026, 3, 31)},
    "subsidy_withdrawn": {"kind": "event", "reading_date": date(2026, 5, 9)},
    "council_mood": {"kind": "category", "category": "warm", "reading_date": date(2026, 8, 1), "reliability": 0.25},
    "fuel_price": {"missing_reason": "source_failed"},
    "weather_context": {"kind": "value", "value": 12.0, "scored": False, "why_not_scored": "context"},
}


def _readings() -> dict[str, list[dict[str, Any]]]:
    dates = as_of_dates()
    readings = []
    for position, as_of in enumerate(dates):
        for number, (indicator, *_rest) in enumerate(INDICATORS):
            shown = position >= 2 * number or indicator == "fuel_price"
            entry: dict[str, Any] = {"missing_reason": "not_due"} if not shown else dict(_READING[indicator])
            if entry.get("kind"):
                entry = {
                    "reading_date": date(2025, 12, 31),
                    "scored": True,
                    "n_reports": 1,
                    "n_sources": 1,
                    "log_sd": 0.0,
                } | entry
                entry.setdefault("reliability", 0.8)
                entry["scored_at"] = entry["reading_date"]
            else:
                entry |= {"scored": False, "n_reports": 0, "n_sources": 0}
            readings.append({"tracker_id": TRACKER, "as_of": as_of, "indicator_id": indicator, **entry})
    # Two are pooled; of every other indicator one claim stands alone.
    singles = ("freight-1", "ticket_sales-1", "punctual_share-1", "bridge_opened-1", "subsidy_withdrawn-1")
    alone = (*singles, "council_mood-2", "council_votes-1", "cancelled_crossings-1")
    reading_claims = [
        {
            "as_of": LATEST,
            "indicator_id": claim.rsplit("-", 1)[0],
            "claim_id": claim,
            "observation_id": claim,
            "pool_weight": share,
            "reliability": reliability,
        }
        for claim, share, reliability in (
            ("passengers-3", 0.68, 0.875),
            ("passengers-4", 0.32, 0.42),
            *((claim, 1.0, 0.8) for claim in alone),
        )
    ]
    return {
        "as_of_date": [
            {"as_of": day, "is_latest": day == LATEST, "retrospective": day < date(2026, 6, 1)} for day in dates
        ],
        "reading": readings,
        "reading_claim": reading_claims,
        "reading_claim_ratio": [
            {
                "as_of": LATEST,
                "indicator_id": row["indicator_id"],
                "claim_id": row["claim_id"],
                "scenario_id": scenario,
                "onset": onset,
                "log_lambda": (value := _log_lambda(row["claim_id"], scenario)),
                "log_lambda_contaminated": _contaminated(value),
            }
            for row in reading_claims
            for scenario, pairs in ONSETS.items()
            for onset, _weight in pairs
        ],
    }


# ---------------------------------------------------------------------- assessment


def _evidence() -> dict[tuple[int, str], dict[tuple[str, float], float]]:
    """Return invented log ratios by as-of position and indicator."""
    random = np.random.default_rng(7)
    scored = [row[0] for row in INDICATORS if row[7] != "missing" and row[0] != "weather_context"]
    found = {}
    for number, indicator in enumerate(scored):
        direction = {
            scenario: float(shift)
            for scenario, shift in zip(SCENARIOS[:3], random.normal([-0.2, 0.5, -0.6], 0.6), strict=True)
        }
        for position in range(24):
            if position < 2 * INDICATORS.index(next(row for row in INDICATORS if row[0] == indicator)):
                continue
            age = 0.4 + 0.6 * position / 23
            found[position, indicator] = {
                (scenario, onset): 0.0
                if scenario == "other"
                else direction[scenario] * age - 0.05 * onset * (number % 2)
                for scenario, pairs in ONSETS.items()
                for onset, _weight in pairs
            }
    return found


def _log_lambda(claim_id: str, scenario: str) -> float:
    """Return an invented log ratio of one claim."""
    sign = -1 if claim_id == "passengers-4" and scenario == "steady" else 1
    return sign * {"bridge": 0.6, "steady": 0.4, "closure": -1.2, "other": 0.0}[scenario]


def _contaminated(log_ratio: float) -> float:
    """Return l with a share of the readings from nowhere, whose likelihood is that of the reference."""
    return float(np.log((1 - EPSILON) * np.exp(log_ratio) + EPSILON))


def _luck(log_ratio: float) -> float:
    """Return an invented z: the luck of a reading under a hypothesis."""
    return 0.7 * log_ratio


def _luck_sums(evidence: Mapping[str, Mapping[tuple[str, float], float]]) -> dict[tuple[str, tuple[str, float]], Any]:
    """Return n, T and Q of each group and named hypothesis."""
    group = {row[0]: row[6] for row in INDICATORS}
    found = {}
    for name in GROUPS:
        members = [ratios for key, ratios in evidence.items() if group[key] == name]
        for scenario in SCENARIOS[:3]:
            for onset, _weight in ONSETS[scenario]:
                z = [_luck(ratios[scenario, onset]) for ratios in members]
                found[name, (scenario, onset)] = (len(z), sum(z), sum(value * value for value in z))
    return found


def _shared(name: str, n: int, total: float, squares: float) -> float:
    """Return c of a group: a Gaussian copula with one correlation; 0 with fewer than two readings."""
    rho, spread = GROUPS[name], 1 + (n - 1) * GROUPS[name]
    if n < 2:
        return 0.0
    size = (n - 1) * np.log1p(-rho) + np.log(spread)
    return float(-0.5 * size - 0.5 * rho / (1 - rho) * (squares - total**2 / spread))


def _posterior(
    evidence: Mapping[str, Mapping[tuple[str, float], float]], priors: Mapping[str, float], kappa: float
) -> tuple[dict[str, float], dict[str, float], dict[tuple[str, float], float]]:
    """Return P(s), decibans and P(s, onset) from one as-of date's log ratios."""
    luck: dict[tuple[str, float], float] = {}
    for (name, hypothesis), (n, z_sum, squares) in _luck_sums(evidence).items():
        luck[hypothesis] = luck.get(hypothesis, 0.0) + kappa * _shared(name, n, z_sum, squares)
    joint: dict[tuple[str, float], float] = {}
    mixture = 0.0
    for hypothesis, shared in luck.items():
        scenario, onset = hypothesis
        start = priors[scenario] * dict(ONSETS[scenario])[onset] * np.exp(shared)
        joint[hypothesis] = start * np.exp(kappa * sum(ratios[hypothesis] for ratios in evidence.values()))
        mixture += start * np.exp(kappa * sum(_contaminated(ratios[hypothesis]) for ratios in evidence.values()))
    joint["other", 0.0] = priors["other"] / (1 - priors["other"]) * mixture
    whole = sum(joint.values())
    total: dict[str, float] = {}
    for (scenario, _onset), share in joint.items():
        total[scenario] = total.get(scenario, 0.0) + share / whole
    gain = {key: total[key] / priors[key] for key in SCENARIOS}
    decibans = {key: 10 * float(np.log10(gain[key] / gain["other"])) for key in SCENARIOS}
    return total, decibans, {key: value / whole for key, value in joint.items()}


def _probabilities(evidence: Mapping[tuple[int, str], Any]) -> dict[str, list[dict[str, Any]]]:
    rows, onset_rows, variants = [], [], []
    group = {row[0]: row[6] for row in INDICATORS}
    uniform = dict(zip(SCENARIOS, (0.3167, 0.3167, 0.3166, 0.05), strict=True))
    for position, as_of in enumerate(as_of_dates()):
        now = {key: ratios for (place, key), ratios in evidence.items() if place == position}
        settings: list[tuple[str, str, Any, Any, float, Any]] = [
            ("headline", "headline", now, PRIORS, KAPPA, None),
            ("prior:uniform", "prior", now, uniform, KAPPA, None),
            ("evidence_weight:0.15", "evidence_weight", now, PRIORS, 0.15, None),
            ("evidence_weight:0.45", "evidence_weight", now, PRIORS, 0.45, None),
            ("only:stated", "only", dict(list(now.items())[:4]), PRIORS, KAPPA, None),
        ]
        for key in now:
            others = {name: ratios for name, ratios in now.items() if name != key}
            settings.append((f"without:{key}", "without", others, PRIORS, KAPPA, key))
        for name in GROUPS:
            others = {key: ratios for key, ratios in now.items() if group[key] != name}
            settings.append((f"without_group:{name}", "without_group", others, PRIORS, KAPPA, name))
        for variant, family, used, priors, kappa, left_out in settings:
            shares, decibans, joint = _posterior(used, priors, kappa)
            for scenario in SCENARIOS:
                rows.append(
                    {
                        "as_of": as_of,
                        "variant": variant,
                        "scenario_id": scenario,
                        "prior": priors[scenario],
                        "posterior": shares[scenario],
                        "decibans": decibans[scenario],
                    }
                )
            if as_of == LATEST:
                variants.append({"variant": variant, "family": family, "evidence_weight": kappa, "left_out": left_out})
            if variant == "headline":
                for (scenario, onset), share in joint.items():
                    if len(ONSETS[scenario]) > 1:
                        onset_rows.append(
                            {
                                "as_of": as_of,
                                "scenario_id": scenario,
                                "onset": onset,
                                "onset_year": (T0 + timedelta(days=onset * 365.25)).year,
                                "prior": dict(ONSETS[scenario])[onset],
                                "posterior": share / shares[scenario],
                            }
                        )
    return {"scenario_probability": rows, "onset_probability": onset_rows, "variant": variants}


_STATUS = ("on track", "behind", "contradicted", "too early to tell", "open", "fulfilled", "missed", "above", "ahead")


def _log_ratios(evidence: Mapping[tuple[int, str], Any]) -> list[dict[str, Any]]:
    return [
        {
            "as_of": as_of,
            "indicator_id": key,
            "scenario_id": scenario,
            "onset": onset,
            "log_ratio": value,
            "log_ratio_contaminated": _contaminated(value),
            "z": _luck(value),
            "weight": KAPPA,
        }
        for position, as_of in enumerate(as_of_dates())
        for (place, key), ratios in evidence.items()
        if place == position
        for (scenario, onset), value in ratios.items()
        if scenario != "other"
    ]


def _shared_luck(evidence: Mapping[tuple[int, str], Any]) -> list[dict[str, Any]]:
    rows = []
    for position, as_of in enumerate(as_of_dates()):
        now = {key: ratios for (place, key), ratios in evidence.items() if place == position}
        for (name, (scenario, onset)), (n, z_sum, squares) in _luck_sums(now).items():
            rows.append(
                {
                    "as_of": as_of,
                    "group_id": name,
                    "scenario_id": scenario,
                    "onset": onset,
                    "n_readings": n,
                    "z_sum": z_sum,
                    "z_square_sum": squares,
                    "log_correction": _shared(name, n, z_sum, squares),
                }
            )
    return rows


def _what_if(evidence: Mapping[tuple[int, str], Any]) -> list[dict[str, Any]]:
    """Return three readings to suppose of each of three indicators."""
    grid = {
        "passengers": ("90", "120", "180"),
        "subsidy_withdrawn": ("none", LATEST.isoformat(), "2026-06-01"),
        "council_mood": ("hostile", "cool", "warm"),
    }
    rows = []
    for key, texts in grid.items():
        ratios = next(found for (place, name), found in evidence.items() if name == key and place == 23)
        for position, text in enumerate(texts, start=1):
            for (scenario, onset), value in ratios.items():
                if scenario != "other":
                    supposed = value * (position - 2)
                    rows.append(
                        {
                            "indicator_id": key,
                            "position": position,
                            "supposed": text,
                            "scenario_id": scenario,
                            "onset": onset,
                            "log_ratio": supposed,
                            "log_ratio_contaminated": _contaminated(supposed),
                            "z": _luck(supposed),
                            "weight": KAPPA,
                        }
                    )
    return rows


def _assessment(
    evidence: Mapping[tuple[int, str], Any], probability: Mapping[str, list[dict[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    latest = {key: ratios for (position, key), ratios in evidence.items() if position == 23}
    log_ratio = _log_ratios(evidence)
    headline = {
        row["scenario_id"]: row["posterior"]
        for row in probability["scenario_probability"]
        if row["as_of"] == LATEST and row["variant"] == "headline"
    }
    assessment, influence, deadline, diagnosticity = [], [], [], []
    for number, (indicator, *_rest) in enumerate(INDICATORS[:10]):
        best: dict[str, float] = {}
        if indicator in latest:
            for scenario in SCENARIOS[:3]:
                best[scenario] = 10 * float(
                    np.log10(
                        sum(share * np.exp(latest[indicator][scenario, onset]) for onset, share in ONSETS[scenario])
                    )
                )
        for place, scenario in enumerate(SCENARIOS[:3]):
            decibans = best[scenario] - max(best.values()) if best else None
            silent = indicator == "council_mood" and scenario == "closure"
            assessment.append(
                {
                    "as_of": LATEST,
                    "indicator_id": indicator,
                    "scenario_id": scenario,
                    "status": "no data"
                    if not best
                    else "no prediction"
                    if silent
                    else _STATUS[(number + 4 * place) % len(_STATUS)],
                    "fit": None if not best or silent else 0.1 + 0.3 * place,
                    "decibans": decibans,
                    "contribution": None if decibans is None else decibans * KAPPA,
                    "cell": None if decibans is None else "C" if decibans > -1 else "N" if decibans > -3 else "I",
                    "bits": 0.05 * number,
                    "needed_growth": 0.04 + 0.03 * place if number < 3 else None,
                }
            )
            deadline.append(
                {
                    "indicator_id": indicator,
                    "scenario_id": scenario,
                    "date": date(2026, 12, 31) + timedelta(days=97 * number + 31 * place),
                    "becomes": ("behind", "contradicted", "fulfilled")[place],
                    "if_what": "nothing is reported by then"
                    if number > 5
                    else "the next reading is below the threshold",
                    "threshold": None if number > 5 else 0.8 + 0.05 * place if number in (3, 4) else 90.0 + place,
                }
            )
        for years, bits in zip((0, 2, 4, 7), (0.03, 0.08, 0.2, 0.31), strict=True):
            diagnosticity.append(
                {
                    "indicator_id": indicator,
                    "date": date(LATEST.year + years, 11, 15),
                    "years_ahead": years,
                    "bits": bits * (1 + number % 4),
                }
            )
    for row in probability["scenario_probability"]:
        if row["as_of"] == LATEST and row["variant"].startswith("without"):
            kind, _, what = row["variant"].partition(":")
            influence.append(
                {
                    "left_out": ("group:" if kind == "without_group" else "indicator:") + what,
                    "scenario_id": row["scenario_id"],
                    "posterior": row["posterior"],
                    "move": row["posterior"] - headline[row["scenario_id"]],
                    "move_held_weights": (row["posterior"] - headline[row["scenario_id"]]) * 0.9,
                }
            )
    return {
        **probability,
        "log_ratio": log_ratio,
        "shared_luck": _shared_luck(evidence),
        "what_if": _what_if(evidence),
        "assessment": assessment,
        "influence": influence,
        "deadline": deadline,
        "diagnosticity": diagnosticity,
        "surprise": [
            {"as_of": LATEST, "scenario_id": key, "surprise": share, "draws": 2000, "alarm": False}
            for key, share in (("bridge", 0.21), ("steady", 0.44), ("closure", 0.03))
        ],
        "collection_priority": [
            {
                "rank": number + 1,
                "indicator_id": indicator,
                "next_due": date(2027, 1 + number, 20),
                "obtainable_bits": 0.4 - 0.03 * number,
                "staleness": 0.8,
                "unreliability": 0.5,
                "priority": 0.16 - 0.012 * number,
                "reason": "A new figure is due and the present one is old and rests on one source.",
            }
            for number, (indicator, *_rest) in enumerate(INDICATORS[:10])
        ],
        "overturn": [
            {
                "leading_scenario_id": "steady",
                "indicator_id": "passengers",
                "reading": "171 thousand or more, by 2026-12-28",
                "value": 171.0,
                "date": date(2026, 12, 31),
                "new_leading_scenario_id": "bridge",
                "new_posterior": 0.47,
                "chance": 0.021,
                "detail": "Passengers: 171 thousand or more. The chance of such a reading is now put at 2.1 percent.",
            }
        ],
        **_foretold(),
        "outlook": [
            {
                "year": year,
                "expected_entropy": 1.3 - 0.1 * (year - 2026),
                "p_settled_right": 0.05 * (year - 2025),
                "p_settled_wrong": 0.006 * (year - 2025),
                "draws": 2000,
            }
            for year in range(2026, 2036)
        ],
        "backtest": [
            {
                "series": "passengers",
                "forecast": forecast,
                "horizon_years": horizon,
                "n_forecasts": 12 - horizon,
                "crps": 0.05 * horizon * factor,
                "log_score": -0.2 * horizon * factor,
                "coverage_80": 0.8 - 0.02 * horizon * factor,
                "sigma": 0.22,
            }
            for forecast, factor in (("fan", 1.0), ("last_value", 1.3), ("drift", 1.1))
            for horizon in (1, 2, 3)
        ],
    }


def _foretold() -> dict[str, list[dict[str, Any]]]:
    """Return an event foretold twice, once come true and once pending; how soon each scenario would be recognised."""
    frozen = date(2026, 1, 31)
    foretold = {"indicator_id": "bridge_opened", "forecaster": "method", "frozen_on": frozen}
    days = {date(2026, 6, 30): ("came_true", 0.36, -0.92), date(2027, 12, 31): ("pending", None, None)}
    return {
        "forecast": [foretold | {"date": day, "quantity": "probability", "value": 0.4} for day in days],
        "resolved_forecast": [
            foretold | {"date": day, "outcome": outcome, "brier": brier, "log_score": score}
            for day, (outcome, brier, score) in days.items()
        ],
        "recognition": [
            {
                "scenario_id": scenario,
                "onset": onset,
                "coverage": "present",
                "year": year,
                "of_scenario": scenario,
                "posterior": min(0.95, 0.3 + 0.06 * (year - 2025) - 0.05 * onset),
            }
            for scenario in SCENARIOS[:-1]
            for onset, _weight in ONSETS[scenario]
            for year in range(2026, 2036)
        ],
    }


def _fans() -> list[dict[str, Any]]:
    rows = []
    numeric = INDICATORS[:6]
    for indicator, *_rest, family in numeric:
        share = family == "share_count" or indicator == "punctual_share"
        for scenario, growth in (("bridge", 0.10), ("steady", 0.01), ("closure", -0.12)):
            for quarter in range(45):
                years = quarter / 4
                day = date(2025, 1, 1) + timedelta(days=years * 365.25)
                spread = 0.05 + 0.06 * np.sqrt(years)
                middle = {"freight": 45.0, "ticket_sales": 12.0, "cancelled_crossings": 1 + 4 * years}.get(
                    indicator, 100.0
                )
                middle = middle * float(np.exp(growth * years))
                if share:
                    middle, spread = 0.8 * float(np.exp(growth * years / 12)), 0.05
                rows.append(
                    {"indicator_id": indicator, "scenario_id": scenario, "date": day}
                    | {
                        name: min(float(middle * np.exp(spread * z)), 0.999 if share else 1e9)
                        for name, z in (("p05", -1.64), ("p10", -1.28), ("p50", 0.0), ("p90", 1.28), ("p95", 1.64))
                    }
                )
    return rows


# ---------------------------------------------------------------------- sources, checks, releases


def _outside() -> dict[str, list[dict[str, Any]]]:
    looked = datetime(2026, 11, 15, 6, 0)
    freshness = under(
        "tracker_id subject last_looked newest_period age_days max_age_days verdict detail",
        (None, "source:ledger", looked, date(2026, 10, 20), 26, 120, "fresh", "26 days old, at most 120"),
        (None, "source:harbour_office", looked, date(2026, 3, 31), 229, 60, "stale", "229 days old, at most 60"),
        (None, "source:bad_link", None, None, None, 30, "failed", f"503 {HOSTILE}"),
    )
    for number, (indicator, *_rest) in enumerate(INDICATORS):
        freshness.append(
            {
                "tracker_id": TRACKER,
                "subject": f"indicator:{indicator}",
                "last_looked": datetime(2026, 11, 15, 6, 0),
                "newest_period": date(2025, 12, 31),
                "age_days": 319,
                "max_age_days": 400 if number % 3 else 200,
                "verdict": "fresh" if number % 3 else "stale",
                "detail": "319 days old",
            }
        )
    said = {"look_for": "An invented sign.", "cadence_days": 7, "cap_per_week": 30, "n_queries": 1}
    watch = under(
        "indicator_id leads_waiting looked_until",
        ("cancelled_crossings", 12, date(2026, 11, 14)),
        ("bridge_opened", 0, None),
        **said,
        tracker_id=TRACKER,
        recall_found=3,
        recall_tried=4,
        leads_found=20,
    )
    return {
        "watch": watch,
        "freshness": freshness,
        "fetch_attempt": under(
            "source_id document url fetched_at outcome http_status sha256 bytes message",
            (
                *("harbour_office", "windy days", "https://example.org/windy", datetime(2026, 11, 15, 5, 59)),
                *("unchanged", 200, "a" * 64, 4096, "same bytes as before"),
            ),
            (
                *("bad_link", HOSTILE, "javascript:alert(2)", datetime(2026, 11, 15, 5, 59, 30)),
                *("failure", 503, None, None, HOSTILE),
            ),
        ),
        "kept_value": [
            {
                "tracker_id": TRACKER,
                "indicator_id": "ticket_sales",
                "claim_id": "ticket_sales-1",
                "source_id": "ledger",
                "document": "sales",
                "period_start": date(2025, 1, 1),
                "period_end": date(2025, 12, 31),
                "fetched_at": datetime(2026, 11, 15, 6, 0),
                "rows_set_aside": 1,
                "reason": f"day is none {HOSTILE}",
            }
        ],
        "quarantine": [
            {
                "tracker_id": TRACKER,
                "source_id": "ledger",
                "sha256": "b" * 64,
                "row_number": 17,
                "reason": f"value is no number {HOSTILE}",
                "raw": json.dumps({"value": HOSTILE, "unit": "thousand"}),
                "indicator_id": "passengers",
                "quarantined_at": datetime(2026, 11, 15, 6, 0),
            }
        ],
    }


def _published(earlier: bool, probability: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    now = {
        row["scenario_id"]: row["posterior"]
        for row in probability["scenario_probability"]
        if row["as_of"] == LATEST and row["variant"] == "headline"
    }
    before = {"bridge": 0.30, "steady": 0.55, "closure": 0.10, "other": 0.05}
    change = []
    if earlier:
        for scenario in SCENARIOS:
            move = now[scenario] - before[scenario]
            change += under(
                "cause indicator_id move",
                ("new_reading", "council_mood", move * 0.6),
                ("revised_reading", "passengers", move * 0.3),
                ("time", None, move * 0.1),
                previous_release_id="2026-10-15T060000Z",
                scenario_id=scenario,
            )
    releases = [(RELEASE, datetime(2026, 11, 15, 6, 2), LATEST)]
    if earlier:
        releases.append(("2026-10-15T060000Z", datetime(2026, 10, 15, 6, 2), date(2026, 10, 15)))
    return {
        "change": change,
        "alert": [
            {
                "kind": "move",
                "severity": "warning",
                "message": f"steady moved by more than 5 points {HOSTILE}",
                "indicator_id": "council_mood",
                "scenario_id": "steady",
                "alert_key": "move-steady",
                "raised_at": datetime(2026, 11, 15, 6, 1),
                "delivery": "dry_run",
            }
        ],
        "check_result": under(
            "check_name target severity passed failing_rows checked_rows detail first_rows",
            ("claim_has_source", "claim", "critical", True, 0, None, "every claim names its source", None),
            (
                *("fresh_enough", "freshness", "warning", False, 2, 40, HOSTILE),
                json.dumps([{"subject": "source:harbour_office", "detail": HOSTILE}]),
            ),
        ),
        "release_note": _notes(releases),
        "release": [
            {
                "release_id": key,
                "created_at": created,
                "as_of": as_of,
                "code_version": "0.1.0",
                "catalogue_sha256": "0" * 64,
                "scenario_version": "island_ferry 1.0.0",
            }
            for key, created, as_of in releases
        ],
    }


def _notes(releases: list[tuple[str, datetime, date]]) -> list[dict[str, Any]]:
    """Return what each release said when it was published, every kind of news once."""
    said = (
        (
            "headline",
            "The ferry carries on up 30 points to 85 %: one report on \u201cMood of the council\u201d did it",
            {},
        ),
        ("verdict", "Since the release of 15 October 2026 \u201cThe ferry carries on\u201d rose by 30.0 points.", {}),
        ("move", "The ferry carries on +30.0 points to 85 %", {"points": 0.3, "scenario_id": "steady"}),
        ("cause", "\u201cMood of the council\u201d", {"points": 0.2, "indicator_id": "council_mood"}),
        (
            "status",
            "\u201cPassengers a year\u201d for The ferry is closed: on track, now below",
            {"scenario_id": "closure"},
        ),
        ("new_claim", f"Mood of the council: angry; Harbour master {HOSTILE}", {"claim_id": "passengers-4"}),
        ("revised_claim", "Passengers a year: 108 thousand, 2025; Harbour master", {"claim_id": "passengers-3"}),
        ("check", "fresh enough (freshness, warning) fails now: 2 rows", {}),
        ("own_edit", "Predictions version 0.9.0 became 1.0.0", {}),
        ("withheld", "second_ferry is held back: its ledger has a fault in line 3", {}),
    )
    notes = []
    for place, (release, created, as_of) in enumerate(releases):
        chosen = said if place == 0 and len(releases) > 1 else (("headline", "The ferry carries on 55 %", {}),)
        standing = (0.09, 0.85, 0.03, 0.03) if chosen is said else (0.30, 0.55, 0.10, 0.05)
        chosen += tuple(
            ("standing", f"{scenario} {share:.0%}", {"points": share, "scenario_id": scenario})
            for scenario, share in zip(SCENARIOS, standing, strict=True)
        )
        notes += [
            {
                "of_release": release,
                "created_at": created,
                "as_of": as_of,
                "position": position,
                "kind": kind,
                "text": text,
                **more,
            }
            for position, (kind, text, more) in enumerate(chosen, start=1)
        ]
    return notes


def interval_tables() -> dict[str, pd.DataFrame]:
    """Return invented intervals at every date, and how much of the closure has begun."""
    low = (0.01, 0.03, 0.08)
    spread = {"bridge": (0.05, 0.09, 0.2), "steady": (0.7, 0.84, 0.9), "closure": low, "other": low}
    columns = yaml.safe_load(DICTIONARY.read_text(encoding="utf-8"))["tables"]
    intervals = [
        {
            "tracker_id": TRACKER,
            "as_of": day,
            "scenario_id": key,
            **dict(zip(("p05", "p50", "p95"), levels, strict=True)),
            "share_leading": 0.97,
        }
        for day in as_of_dates()
        for key, levels in spread.items()
    ]
    begun = [{"tracker_id": TRACKER, "as_of": LATEST, "scenario_id": "closure", "begun": 0.01, "not_begun": 0.02}]
    return {
        "probability_interval": _frame("probability_interval", columns["probability_interval"]["columns"], intervals),
        "begun": _frame("begun", columns["begun"]["columns"], begun),
    }
