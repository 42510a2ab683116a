"""Make trackers of a folder of resolved scenario sets: `python generate.py FOLDER [TARGET]`, by default beside it.

Each set is a folder with set.yaml (what was published), history.csv (what was known then) and observed.csv (what came);
outcomes.csv beside them says which scenario came closest. Nothing that a tracker holds, its ledger apart, depends on
what came, and no number depends on a set's name. The constants of the method stand in settings.yaml and are written
into every tracker alike.

Rules: a reading, a start and a waypoint carry the date the set gives them; the clock starts the day after the newest
start; named scenarios are equally likely; a scale is linear where a value known at publication is not positive or the
unit is a temperature, else logarithmic; the spread is that of the whole history known at publication. Sets that rest
on one publication are one family.
"""

import csv
import os
import re
import shutil
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from signposts.catalogue import LEDGER_COLUMNS
from signposts.catalogue.json_schema import schema_comment
from signposts.scoring.history import HistorySpread, Scale, spread_from_history

HERE = Path(__file__).parent
RECORDED_AT = "2026-11-24T00:00:00Z"
GRADE = {"reliability": "A", "credibility": "2"}
"""Every series alike: an official or academic source, not confirmed by a second one."""
FAR = 100.0
"""Times the greatest value known at publication: bounds that hold nothing but a misprint."""
GROUP = "outcome"
DOMAIN = "measured"


def identifier(text: str) -> str:
    """Return a name as an identifier of the catalogue."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def days(text: str) -> date:
    """Return an ISO date."""
    return date.fromisoformat(str(text))


def known_history(rows: Iterable[dict[str, str]], published_on: date) -> dict[date, float]:
    """Return the newest value of each date that was known at publication, the oldest date first."""
    known = [row for row in rows if days(row["published_on"]) <= published_on]
    known.sort(key=lambda row: (row["date"], row["published_on"]))
    return {days(row["date"]): float(row["value"]) for row in known}


def scale_of(unit: str, values: Iterable[float]) -> Scale:
    """Return linear for a temperature and for what is not always positive."""
    return "linear" if unit == "kelvin" or min(values) <= 0 else "log"


def spread_of(history: dict[date, float], scale: Scale) -> HistorySpread:
    """Return walk and noise of the history known at publication."""
    first = next(iter(history))
    years = [(day - first).days / 365.25 for day in history]
    return spread_from_history(years, list(history.values()), scale)


def sigma_entry(found: HistorySpread) -> dict[str, Any]:
    """Return the catalogue's entry of a spread read off a history, with its numbers."""
    return {
        "from": "history",
        "walk": float(f"{found.walk:.5g}"),
        "noise": float(f"{found.noise:.5g}"),
        "floor": found.floor,
        "degrees": round(found.degrees, 3),
    }


def plausible_entry(known: list[float]) -> dict[str, Any]:
    """Return bounds for a quantity that may be negative, which is otherwise held; far beyond all that was known."""
    if min(known) > 0:
        return {}
    most = FAR * max(abs(value) for value in known)
    return {"plausible": [-most, most]}


def indicator_entry(given: dict[str, Any], scenarios: dict[str, str], history: dict[date, float]) -> dict[str, Any]:
    """Return indicators/<id>.yaml of one indicator."""
    values = [value for points in given["predictions"].values() for _, value in points]
    scale = scale_of(given["unit"], [*values, *history.values(), given["start"]["value"]])
    sigma = sigma_entry(spread_of(history, scale))
    return {
        "title": given["title"],
        "meaning": f"{given['meaning']}. Known with this delay: {given['publication_lag']}.",
        "domain": DOMAIN,
        "role": "outcome",
        "unit": given["unit"],
        **plausible_entry([*values, *history.values()]),
        "frequency": "irregular",
        "usual_period_months": 1,
        "group": GROUP,
        "scored": True,
        "cooperative_reason": "Which way is cooperation does not arise in this set.",
        "sources": ["ledger"],
        "max_age_days": 2000,
        "predictions": {
            scenarios[name]: {
                "type": "trajectory",
                "basis": "stated",
                "claim": f"{given['title']} as published for scenario {name}.",
                "brief_ref": str(given["prediction_source"]).split()[0],
                "start": {"date": days(given["start"]["date"]), "value": given["start"]["value"]},
                "waypoints": {days(day): float(value) for day, value in points},
                "rebase": bool(given["rebase"]),
                "scale": scale,
                "sigma": sigma,
            }
            for name, points in given["predictions"].items()
        },
    }


def ledger_rows(indicator_id: str, rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Return the claims of one series, the first published first."""
    ordered = sorted(rows, key=lambda row: (row["published_on"], row["date"]))
    return [
        {
            "claim_id": f"{indicator_id}-{number:03d}",
            "kind": "value",
            "period_start": row["date"],
            "period_end": row["date"],
            "value": row["value"],
            "unit": row["unit"],
            "source_name": "The series as its publisher has it",
            "speaker": "publisher of the series",
            "source_url": row["source_url"].split()[0],
            "status": "reported",
            "published_on": row["published_on"],
            "recorded_at": RECORDED_AT,
            "note": row["note"],
            **GRADE,
        }
        for number, row in enumerate(ordered, start=1)
    ]


class PlainDumper(yaml.SafeDumper):
    """Writes what stands twice twice."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return that nothing is written as a reference to another place."""
        del data
        return True


def write_yaml(path: Path, content: Any, schema: str) -> None:
    """Write one file of a catalogue; its first line leads editors to its schema."""
    text = yaml.dump(content, Dumper=PlainDumper, sort_keys=False, allow_unicode=True, width=120)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{schema_comment(schema)}\n{text}", encoding="utf-8")


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[dict[str, str]]) -> None:
    """Write one CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write_tracker(folder: Path, into: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """Write the tracker of one set; return what the set says of itself."""
    given = yaml.safe_load((folder / "set.yaml").read_text(encoding="utf-8"))
    target, published_on = into / given["id"], days(given["published_on"])
    history, observed = read_rows(folder / "history.csv"), read_rows(folder / "observed.csv")
    scenarios = {name: identifier(name) for name in given["scenarios"]}
    names = {name: identifier(name) for name in given["indicators"]}
    entries = {}
    for name, indicator_id in names.items():
        own = [row for row in history if row["indicator"] == name]
        entry = indicator_entry(given["indicators"][name], scenarios, known_history(own, published_on))
        entries[indicator_id] = entry
        write_yaml(target / "indicators" / f"{indicator_id}.yaml", entry, "indicator")
        rows = ledger_rows(indicator_id, [*own, *(row for row in observed if row["indicator"] == name)])
        write_rows(target / "ledger" / f"{indicator_id}.csv", LEDGER_COLUMNS, rows)
    first = next(iter(entries.values()))["predictions"]
    starts = [entry["predictions"][name]["start"]["date"] for entry in entries.values() for name in first]
    ends = [max(each["waypoints"]) for entry in entries.values() for each in entry["predictions"].values()]
    tracker = {
        "title": given["title"],
        "t0": max(starts) + timedelta(days=1),
        "horizon_end": max([*ends, days(given["window"]["end"])]),
        "registered_on": published_on,
        "scenario_version": "1.0.0",
        "brief": {"title": given["citation"], "published_on": published_on, "statements": "coverage.yaml"},
        "domains": {DOMAIN: "What was measured"},
        "units": {entry["unit"]: entry["meaning"] for entry in entries.values()},
        "groups": {GROUP: {"title": "What the set is about", **settings["group"]}},
        **settings["tracker"],
    }
    write_yaml(target / "tracker.yaml", tracker, "tracker")
    write_yaml(
        target / "scenarios.yaml",
        {
            scenarios[name]: {
                "title": entry["title"],
                "story": f"{entry['title']}. See the publication: {given['citation_url']}",
                "likelihood_word": "Equal",
                "brief_ref": given["citation_url"],
                "cooperative_rank": rank,
            }
            for rank, (name, entry) in enumerate(given["scenarios"].items(), start=1)
        },
        "scenarios",
    )
    statements = [
        {"id": f"T{place}", "brief_ref": given["citation_url"], "statement": entry["title"], "indicators": [indicator]}
        for place, (indicator, entry) in enumerate(entries.items(), start=1)
    ]
    write_yaml(target / "coverage.yaml", statements, "coverage")
    cautions = "\n".join(f"- {caution}" for caution in given["cautions"])
    text = f"# {given['title']}\n\n{given['citation']}\n\n{given['citation_url']}\n\n## Cautions\n\n{cautions}\n"
    (target / "decisions.md").write_text(text, encoding="utf-8")
    return dict(given)


def families(sets: list[dict[str, Any]]) -> dict[str, str]:
    """Return the family of each set: the sets that rest on one publication, named by what their names share."""
    members: dict[str, list[str]] = {}
    for given in sets:
        members.setdefault(given["citation_url"], []).append(given["id"])
    named = {}
    for names in members.values():
        shared = os.path.commonprefix(names).rstrip("_") if len(names) > 1 else names[0]
        named |= dict.fromkeys(names, shared)
    return named


def main(folder: Path, into: Path) -> None:
    """Write the trackers of every set of a folder, the sources they share, and what came of each."""
    settings = yaml.safe_load((HERE / "settings.yaml").read_text(encoding="utf-8"))
    sets = [write_tracker(path.parent, into, settings) for path in sorted(folder.glob("*/set.yaml"))]
    family = families(sets)
    outcomes = read_rows(folder / "outcomes.csv")
    rows = [
        {
            "set_id": row["set"],
            "family": family[row["set"]],
            "scenario_id": identifier(row["scenario"]),
            "distance": row["mean_abs_log_error"],
            "closest": row["closest"],
            "verdict": row["verdict"],
        }
        for row in outcomes
        if row["set"] in family
    ]
    write_rows(into / "outcomes.csv", rows[0], rows)
    if into != HERE:
        shutil.copy(HERE / "sources.yaml", into / "sources.yaml")
    print(f"{len(sets)} trackers of {len(set(family.values()))} families written to {into}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python generate.py FOLDER_OF_RESOLVED_SETS [TARGET]")
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else HERE)
