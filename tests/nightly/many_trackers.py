"""A catalogue of as many small trackers as a test wants; every one of them is invented.

Belongs here: writing folders that the loader of the catalogue accepts. Not here: running anything on them.

Each tracker has two to four scenarios and three to five indicators of different families, with a handful of claims of
most kinds: values, an interval, growth, counts, votes, events, a search that found nothing, categories, a plan, a
correction and a withdrawal. The numbers come from a generator seeded by the tracker's number, so the same count gives
the same files.
"""

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from signposts.catalogue.claims import LEDGER_COLUMNS
from tests.invented_model import THRESHOLDS

T0 = date(2025, 1, 1)
SCENARIOS = ("growing", "steady", "shrinking", "ending")
WORDS = ("Possible", "Likely", "Unlikely", "Unlikely")

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class InventedIndicator:
    """One indicator file and the rows of its ledger."""

    entry: Fields
    claims: list[Fields] = field(default_factory=list)


def write_trackers(root: Path, count: int) -> None:
    """Write a catalogue of ``count`` invented trackers into ``root``, named ``invented_000`` and so on."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "sources.yaml").write_text("# Publishers of the invented trackers: none.\n{}\n", encoding="utf-8")
    for number in range(count):
        write_tracker(root / f"invented_{number:03d}", number)


def write_tracker(folder: Path, number: int) -> None:
    """Write one invented tracker: its settings, scenarios, indicators, ledgers, coverage and rulings."""
    chance = random.Random(number)
    names = SCENARIOS[: chance.randint(2, 4)]
    indicators = invented_indicators(chance, names)
    (folder / "indicators").mkdir(parents=True)
    (folder / "ledger").mkdir()
    write_yaml(folder / "tracker.yaml", settings(number))
    write_yaml(folder / "scenarios.yaml", scenarios(names))
    write_yaml(folder / "projects.yaml", {"second_hall": {"title": "A second hall", "meaning": "Invented."}})
    write_yaml(folder / "coverage.yaml", coverage(list(indicators)))
    (folder / "decisions.md").write_text("# Rulings\n\n## Style is not measured\n\nInvented.\n", encoding="utf-8")
    (folder / "README.md").write_text("Invented for tests: every name, number and link.\n", encoding="utf-8")
    for indicator_id, indicator in indicators.items():
        write_yaml(folder / "indicators" / f"{indicator_id}.yaml", indicator.entry)
        write_ledger(folder / "ledger" / f"{indicator_id}.csv", indicator_id, indicator.claims)


def write_yaml(path: Path, content: object) -> None:
    """Write one YAML file with its keys in the order given."""
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def write_ledger(path: Path, indicator_id: str, claims: list[Fields]) -> None:
    """Write one ledger; rows are numbered from 1 and a correction names the number of the row it corrects."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, LEDGER_COLUMNS, lineterminator="\n")
        writer.writeheader()
        for number, claim in enumerate(claims, start=1):
            corrected = f"{indicator_id}-{claim['corrects']}" if "corrects" in claim else ""
            writer.writerow({"claim_id": f"{indicator_id}-{number}", **claim, "corrects": corrected})


def settings(number: int) -> Fields:
    """Return tracker.yaml; the simulation has a seed of its own so that no two trackers are alike."""
    return {
        "title": f"Workshop {number} (invented, for tests of many trackers)",
        "t0": T0,
        "horizon_end": date(2030, 12, 31),
        "registered_on": date(2025, 12, 31),
        "scenario_version": "1.0.0",
        "brief": {
            "title": "Futures of a workshop (invented)",
            "published_on": date(2024, 12, 15),
            "statements": "coverage.yaml",
        },
        "structural_breaks": [{"date": date(2025, 9, 1) + timedelta(days=number % 60), "label": "Flood (invented)"}],
        "domains": {"work": "Work", "money": "Money"},
        "units": {
            "pieces": "pieces made in a calendar year",
            "share": "part of one",
            "event": "it happens or not",
            "events a year": "dated events in a year",
            "category": "one of the indicator's categories",
        },
        "priors": {
            "other_mass": 0.1,
            "headline": "plain",
            "sets": {
                "plain": {"words": {"Likely": 0.6, "Possible": 0.3, "Unlikely": 0.1}, "origin": "invented"},
                "uniform": {"words": {"Likely": 1.0, "Possible": 1.0, "Unlikely": 1.0}, "origin": "indifference"},
            },
        },
        "reliability": {
            "letter": {"A": 1.0, "B": 0.81, "C": 0.64, "D": 0.5, "E": 0.25, "F": 0.5},
            "number": {1: 1.0, 2: 0.81, 3: 0.64, 4: 0.36, 5: 0.1, 6: 0.5},
            "unverified_cap": 0.2,
        },
        "groups": {
            "making": {"title": "What is made", "rho": 0.5},
            "standing": {"title": "How it stands", "rho": 0.5},
        },
        "scoring": {
            "evidence_weight": 0.3,
            "defining_weight": 0.8,
            "contamination": 0.2,
            "shared_sd": True,
            "obs_sd": 0.03,
            "open_list_coverage": [0.4, 1.0],
            "trailing_months": 18,
            "nowcast": {"base_sd": 0.02, "rest_sd": 0.2, "rest_sd_without_part": 0.3, "least_months": 6},
        },
        "thresholds": {
            **THRESHOLDS,
            "settled": 0.90,
            "alarm_other": 0.5,
            "alarm_surprise": 0.05,
            "alarm_contradicted": 4,
            "alarm_reliability": 0.5,
        },
        "variants": {"other_mass": [0.2], "evidence_weight": [1.0]},
        "simulation": {"draws": 100, "seed": 1000 + number, "global_correlation": 0.2, "group_correlation": 0.4},
        "diagnosticity_years": [0, 2],
        "alerts": {"probability_threshold": [0.5, 0.9], "move": 0.05},
        "revision_gate": {"default_band": 0.25},
    }


def scenarios(names: tuple[str, ...]) -> Fields:
    """Return scenarios.yaml; the last of several begins late and follows `steady` until then."""
    entries: Fields = {}
    for place, name in enumerate(names):
        entries[name] = {
            "title": f"The workshop is {name}",
            "story": "Invented.",
            "likelihood_word": WORDS[place],
            "brief_ref": f"future {place + 1}",
            "cooperative_rank": len(names) - place,
        }
    if len(names) > 2:
        entries[names[-1]] |= {
            "baseline": "steady",
            "delayed_types": ["drift", "rate", "share", "ordinal", "event_by"],
            "onset": [{"years": 0.5, "weight": 0.5}, {"years": 1.5, "weight": 0.5}],
        }
    return entries


def coverage(indicators: list[str]) -> list[Fields]:
    """Return coverage.yaml: a statement of the invented study for all indicators, and one that a ruling leaves out."""
    return [
        {"id": "T1", "brief_ref": "future 1", "statement": "It can be counted.", "indicators": indicators},
        {"id": "T2", "brief_ref": "preface", "statement": "It is pretty.", "ruling": "Style is not measured"},
    ]


def invented_indicators(chance: random.Random, names: tuple[str, ...]) -> dict[str, InventedIndicator]:
    """Return three to five indicators, each of a family of its own."""
    makers: dict[str, Callable[[random.Random, tuple[str, ...]], InventedIndicator]] = {
        "pieces_made": pieces_made,
        "hall_opened": hall_opened,
        "complaints": complaints,
        "orders_share": orders_share,
        "staff_trend": staff_trend,
    }
    chosen = sorted(chance.sample(list(makers), chance.randint(3, 5)))
    return {indicator_id: makers[indicator_id](chance, names) for indicator_id in chosen}


def entry(title: str, unit: str, frequency: str, **more: Any) -> Fields:
    """Return an indicator file without its predictions."""
    written: Fields = {"title": title, "meaning": f"{title}; invented.", "unit": unit, "frequency": frequency}
    if frequency != "event":
        written["usual_period_months"] = 12
    return {
        **written,
        "scored": True,
        "cooperative": "up",
        "cooperative_reason": "More of it is what the study calls growing.",
        "monotone_waiver": "Invented numbers; a scenario that begins late looks like the one before it until then.",
        "sources": ["ledger"],
        "max_age_days": 550,
        **more,
    }


def predictions(kind: str, numbers: Iterator[Fields], names: tuple[str, ...]) -> Fields:
    """Return a prediction of one type for every scenario."""
    return {
        name: {
            "type": kind,
            "basis": "operationalised",
            "claim": f"As {name} work goes.",
            "brief_ref": f"future {place + 1}",
            **next(numbers),
        }
        for place, name in enumerate(names)
    }


def claim(kind: str, published_on: date, **more: Any) -> Fields:
    """Return a row of a ledger from the invented newspaper, recorded the day after it was published."""
    return {
        "kind": kind,
        "source_name": "Workshop Courier (invented)",
        "speaker": "Workshop Courier",
        "source_url": "https://courier.example/page",
        "reliability": "B",
        "credibility": "1",
        "status": "reported",
        "published_on": published_on.isoformat(),
        "recorded_at": f"{(published_on + timedelta(days=1)).isoformat()}T06:00:00Z",
        **more,
    }


def pieces_made(chance: random.Random, names: tuple[str, ...]) -> InventedIndicator:
    """Return a yearly quantity: values, an interval, growth over part of a year, a revision and one taken back."""
    base = float(chance.randint(50, 400))
    changes = ({"annual_change": rate, "toward": "up" if rate >= 0 else "down"} for rate in (0.08, 0.0, -0.06, -0.15))
    rest = {
        "start": {"date": date(2024, 12, 31), "value": base, "start_sd": 0.02},
        "sigma": 0.1,
        "drift_sd": 0.02,
    }
    history = [
        claim("value", date(year + 1, 2, 10), period_start=f"{year}-01-01", period_end=f"{year}-12-31", unit="pieces")
        | {"value": round(base * chance.uniform(0.8, 1.2), 1), "recorded_at": "2025-12-31T06:00:00Z"}
        for year in range(2012, 2024)
    ]
    made = round(base * chance.uniform(0.85, 1.15), 1)
    year = {"period_start": "2025-01-01", "period_end": "2025-12-31", "unit": "pieces"}
    return InventedIndicator(
        entry("Pieces made", "pieces", "annual", domain="work", role="outcome", group="making")
        | {"predictions": predictions("drift", ({**rest, **change} for change in changes), names)},
        [
            *history,
            claim("value", date(2025, 2, 10), period_start="2024-01-01", period_end="2024-12-31", value=base)
            | {"unit": "pieces"},
            claim("growth", date(2025, 11, 3), period_start="2025-01-01", period_end="2025-09-30")
            | {"value": chance.randint(-10, 10), "base_value": base, "base_part": round(base * 0.75, 1)}
            | {"base_published_on": "2025-02-10", "unit": "percent"},
            claim("value", date(2026, 1, 20), value=made, **year),
            claim("value", date(2026, 3, 20), value=round(made * 1.02, 1), corrects=15, **year),
            claim("interval", date(2026, 2, 2), value_low=round(made * 0.9, 1), value_high=round(made * 1.1, 1), **year)
            | {"reliability": "C", "credibility": "2"},
            claim("value", date(2026, 2, 5), value=round(made * 1.5, 1), **year) | {"status": "unverified"},
            claim("value", date(2026, 2, 25), value=round(made * 1.5, 1), corrects=18, **year)
            | {"status": "withdrawn"},
        ],
    )


def hall_opened(chance: random.Random, names: tuple[str, ...]) -> InventedIndicator:
    """Return an event with a deadline: a plan and its slip, a search that found nothing, and here and there it."""
    numbers = ({"by": date(2027, 12, 31), "p": p, "shape": 1.0} for p in (0.8, 0.3, 0.1, 0.02))
    planned = date(2026, 6, 1) + timedelta(days=chance.randint(0, 90))
    project = {"project_id": "second_hall", "stage": "operating", "unit": "event"}
    claims = [
        claim("plan", date(2025, 3, 1), planned_for=planned.isoformat(), **project),
        claim("plan", date(2025, 8, 1), planned_for=(planned + timedelta(days=200)).isoformat(), **project),
        claim("none_seen", date(2026, 1, 15), searched_until="2026-01-15", unit="event"),
    ]
    if chance.random() < 0.4:
        opened = date(2026, 3, 1) + timedelta(days=chance.randint(0, 60))
        happened = {"happened_from": opened.isoformat(), "happened_to": opened.isoformat()}
        claims.append(claim("event", opened + timedelta(days=1), **happened, **project))
    return InventedIndicator(
        entry("A second hall is opened", "event", "event", domain="money", role="outcome", group="standing")
        | {"detect_prob": 0.95, "predictions": predictions("event_by", numbers, names)},
        claims,
    )


def complaints(chance: random.Random, names: tuple[str, ...]) -> InventedIndicator:
    """Return a number of dated events a year, its list closed at the end of 2025."""
    numbers = ({"mean": mean, "cv": 0.5} for mean in (2.0, 4.0, 6.0, 9.0))
    days = sorted(date(2025, 1, 10) + timedelta(days=chance.randint(0, 340)) for _ in range(chance.randint(1, 6)))
    claims = [
        claim("count", day, value=1, category=f"complaint {place}", unit="letter")
        | {"period_start": day.isoformat(), "period_end": day.isoformat()}
        | {"happened_from": day.isoformat(), "happened_to": day.isoformat()}
        for place, day in enumerate(days)
    ]
    claims[-1] |= {"searched_until": "2025-12-31", "published_on": "2025-12-31", "recorded_at": "2026-01-01T06:00:00Z"}
    return InventedIndicator(
        entry("Complaints in the paper", "events a year", "annual", domain="work", role="challenge", group="standing")
        | {"cooperative": "down", "exposure_start": T0, "predictions": predictions("rate", numbers, names)},
        claims,
    )


def orders_share(chance: random.Random, names: tuple[str, ...]) -> InventedIndicator:
    """Return a share, told by votes in some trackers and by a value in the others."""
    numbers = ({"mean": mean, "concentration": 15} for mean in (0.75, 0.6, 0.4, 0.25))
    if chance.random() < 0.5:
        days = [date(2025, month, chance.randint(1, 27)) for month in (3, 6, 9, 12)]
        claims = [
            claim("count", day, value=chance.randint(0, 1), trials=1, category="vote on the order", unit="votes")
            | {"period_start": day.isoformat(), "period_end": day.isoformat()}
            | {"happened_from": day.isoformat(), "happened_to": day.isoformat()}
            for day in days
        ]
        frequency = "irregular"
    else:
        value = round(chance.uniform(0.3, 0.8), 2)
        claims = [
            claim("value", date(2026, 2, 15), value=value, unit="share")
            | {"period_start": "2025-01-01", "period_end": "2025-12-31"},
        ]
        frequency = "annual"
    return InventedIndicator(
        entry("Share of orders from the town", "share", frequency, domain="money", role="condition", group="making")
        | {"predictions": predictions("share", numbers, names)},
        claims,
    )


def staff_trend(chance: random.Random, names: tuple[str, ...]) -> InventedIndicator:
    """Return a category a year: fewer, same or more people at work."""
    odds = ((0.1, 0.3, 0.6), (0.2, 0.6, 0.2), (0.5, 0.4, 0.1), (0.75, 0.22, 0.03))
    numbers = ({"probs": dict(zip(("fewer", "same", "more"), each, strict=True))} for each in odds)
    said = {"period_start": "2025-01-01", "period_end": "2025-12-31", "unit": "category"}
    return InventedIndicator(
        entry("People at work against the year before", "category", "annual", domain="work", role="condition")
        | {"group": "making", "categories": ["fewer", "same", "more"]}
        | {"predictions": predictions("ordinal", numbers, names)},
        [
            claim("category", date(2026, 1, 10), category=chance.choice(["fewer", "same", "more"]), **said),
            claim("category", date(2026, 1, 12), category="same", **said) | {"reliability": "C"},
        ],
    )
