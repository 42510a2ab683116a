"""The tables of one release as rows, one tracker at a time.

Belongs here: which rows are a tracker's, and looking rows up. Not here: words, charts, pages. Rows are as DuckDB gives
them: a missing value is None, times are in UTC without a zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True)
class TrackerTables:
    """What one release says of one tracker; every row is plain."""

    tracker: Row
    rows: Mapping[str, Rows]

    @cached_property
    def release(self) -> Row:
        """Return the release that the pages describe."""
        rows = [row for row in self.rows["release"] if row["release_id"] == self.tracker["release_id"]]
        return rows[0] if rows else {"release_id": self.tracker["release_id"], "created_at": None, "as_of": self.as_of}

    @cached_property
    def releases(self) -> Rows:
        """Return all releases known, newest first."""
        return sorted(self.rows["release"], key=lambda row: (str(row["created_at"]), row["release_id"]), reverse=True)

    @cached_property
    def as_of(self) -> date:
        """Return the newest as-of date, which the front page speaks about."""
        latest = [row["as_of"] for row in self.rows["as_of_date"] if row["is_latest"]]
        days = latest or [row["as_of"] for row in self.rows["scenario_probability"]]
        newest: date = max(days) if days else self.tracker["t0"]
        return newest

    @cached_property
    def scenarios(self) -> Rows:
        """Return the scenarios in order of display with their probabilities now; `other` stands last."""
        now = {row["scenario_id"]: row for row in self.headline if row["as_of"] == self.as_of}
        surprise = {row["scenario_id"]: row for row in self.rows["surprise"]}
        moves: dict[str, float] = defaultdict(float)
        for row in self.rows["change"]:
            moves[row["scenario_id"]] += row["move"]
        ordered = sorted(self.rows["scenario"], key=lambda row: (row["sort_order"] or 0, row["scenario_id"]))
        scenarios = []
        for place, row in enumerate(ordered, start=1):
            probability = now.get(row["scenario_id"], {})
            is_other = row["scenario_id"] == "other"
            scenarios.append(
                {
                    **row,
                    "key": "s0" if is_other else f"s{(place - 1) % 6 + 1}",
                    "is_other": is_other,
                    "prior": probability.get("prior", row["prior"]),
                    "posterior": probability.get("posterior", row["prior"]),
                    "decibans": probability.get("decibans"),
                    "surprise": (surprise.get(row["scenario_id"]) or {}).get("surprise"),
                    "change": moves[row["scenario_id"]] if self.has_earlier else None,
                }
            )
        return scenarios

    @cached_property
    def named(self) -> Rows:
        """Return the scenarios that the analysis names, `other` left out."""
        return [row for row in self.scenarios if not row["is_other"]]

    @cached_property
    def ranked(self) -> Rows:
        """Return the scenarios from the most probable down."""
        return sorted(self.scenarios, key=lambda row: (-row["posterior"], row["sort_order"] or 0))

    @cached_property
    def scenario(self) -> dict[str, Row]:
        """Return the scenarios by identifier."""
        return {row["scenario_id"]: row for row in self.scenarios}

    @cached_property
    def headline(self) -> Rows:
        """Return the published odds at every as-of date."""
        return [row for row in self.rows["scenario_probability"] if row["variant"] == "headline"]

    @cached_property
    def indicators(self) -> Rows:
        """Return the indicators, scored ones first, by domain and title."""
        return sorted(
            self.rows["indicator"], key=lambda row: (not row["scored"], row["domain"] or "", row["title"] or "")
        )

    @cached_property
    def indicator(self) -> dict[str, Row]:
        """Return the indicators by identifier."""
        return {row["indicator_id"]: row for row in self.indicators}

    @cached_property
    def reading(self) -> dict[str, Row]:
        """Return the newest reading of each indicator, with the year of an old figure where that is all there is."""
        readings = {row["indicator_id"]: row for row in self.rows["reading"] if row["as_of"] == self.as_of}
        for key, row in readings.items():
            if row.get("missing_reason") == "before_the_clock" and self.claims.get(key):
                readings[key] = {**row, "old_year": _last_day(self.claims[key][0]).year}
        return readings

    @cached_property
    def readings_of(self) -> dict[str, Rows]:
        """Return each indicator's readings at all as-of dates."""
        return grouped(self.rows["reading"], "indicator_id")

    @cached_property
    def claims(self) -> dict[str, Rows]:
        """Return each indicator's claims, newest period first."""
        return grouped(
            sorted(self.rows["claim"], key=lambda row: (_last_day(row), row["claim_id"]), reverse=True),
            "indicator_id",
        )

    @cached_property
    def claim(self) -> dict[str, Row]:
        """Return the claims by identifier."""
        return {row["claim_id"]: row for row in self.rows["claim"]}

    @cached_property
    def assessment(self) -> dict[tuple[str, str], Row]:
        """Return the newest assessment by indicator and scenario."""
        return {(row["indicator_id"], row["scenario_id"]): row for row in self.rows["assessment"]}

    @cached_property
    def prediction(self) -> dict[tuple[str, str], Row]:
        """Return the predictions by indicator and scenario."""
        return {(row["indicator_id"], row["scenario_id"]): row for row in self.rows["prediction"]}

    @cached_property
    def fans(self) -> dict[str, Rows]:
        """Return each numeric indicator's fans in order of time."""
        return grouped(sorted(self.rows["fan"], key=lambda row: (row["date"], row["scenario_id"])), "indicator_id")

    @cached_property
    def bits(self) -> dict[str, dict[int, float]]:
        """Return each indicator's expected information in bits, by years ahead."""
        bits: dict[str, dict[int, float]] = defaultdict(dict)
        for row in self.rows["diagnosticity"]:
            bits[row["indicator_id"]][int(row["years_ahead"] or 0)] = row["bits"]
        return bits

    @cached_property
    def freshness(self) -> dict[str, Row]:
        """Return how fresh each indicator and source is, by subject."""
        return {row["subject"]: row for row in self.rows["freshness"]}

    @cached_property
    def project_titles(self) -> dict[str, str]:
        """Return the projects' titles by identifier."""
        return {row["project_id"]: row["title"] for row in self.rows["project"]}

    @cached_property
    def deadlines(self) -> Rows:
        """Return the falsification calendar from the as-of date on, next date first."""
        ahead = [row for row in self.rows["deadline"] if row["date"] is not None and row["date"] >= self.as_of]
        return sorted(ahead, key=lambda row: (row["date"], row["indicator_id"], row["scenario_id"]))

    @cached_property
    def look_next(self) -> Rows:
        """Return what is worth checking, the most first."""
        return sorted(self.rows["collection_priority"], key=lambda row: row["rank"] or 0)

    @cached_property
    def variants(self) -> dict[str, Row]:
        """Return the variants of the headline by name."""
        return {row["variant"]: row for row in self.rows["variant"]}

    @cached_property
    def variant_now(self) -> dict[str, dict[str, float]]:
        """Return P(scenario) now under each variant."""
        variants: dict[str, dict[str, float]] = defaultdict(dict)
        for row in self.rows["scenario_probability"]:
            if row["as_of"] == self.as_of:
                variants[row["variant"]][row["scenario_id"]] = row["posterior"]
        return variants

    @cached_property
    def alarm(self) -> bool:
        """Return whether 'no scenario fits' holds."""
        return any(bool(row["alarm"]) for row in self.rows["surprise"])

    @cached_property
    def has_earlier(self) -> bool:
        """Return whether a release came before this one."""
        return len(self.rows["release"]) > 1

    @cached_property
    def kept(self) -> frozenset[str]:
        """Return the claims that are kept since their row cannot be read any more."""
        return frozenset(row["claim_id"] for row in self.rows["kept_value"])

    @cached_property
    def without_one(self) -> dict[str, Row]:
        """Return what the leader's probability would be without each indicator."""
        leader = self.ranked[0]["scenario_id"]
        return {
            row["left_out"].removeprefix("indicator:"): row
            for row in self.rows["influence"]
            if row["left_out"].startswith("indicator:") and row["scenario_id"] == leader
        }

    @cached_property
    def used_claims(self) -> dict[str, list[str]]:
        """Return the claims behind each indicator's newest reading."""
        claims: dict[str, list[str]] = defaultdict(list)
        for row in self.rows["reading_claim"]:
            claims[row["indicator_id"]].append(row["claim_id"])
        return claims

    @cached_property
    def previous(self) -> Row | None:
        """Return the release before this one."""
        this_release = (str(self.release["created_at"]), self.release["release_id"])
        return next((row for row in self.releases if (str(row["created_at"]), row["release_id"]) < this_release), None)

    @cached_property
    def interval(self) -> dict[str, Row]:
        """Return the 5 to 95 percent interval of each scenario's probability now; empty where none was computed."""
        rows = self.rows.get("probability_interval", [])
        return {row["scenario_id"]: row for row in rows if row["as_of"] == self.as_of}

    @cached_property
    def begun(self) -> dict[str, Row]:
        """Return how much of each scenario with an onset has begun; empty where that was not computed."""
        return {row["scenario_id"]: row for row in self.rows.get("begun", []) if row["as_of"] == self.as_of}

    @cached_property
    def equal_odds(self) -> dict[str, float]:
        """Return the probabilities now had every named scenario started alike; empty where that was not computed."""
        named = {row["scenario_id"] for row in self.named}
        for name, rows in grouped(self.rows["prior_set"], "prior_set").items():
            shares = [row["prior"] for row in rows if row["scenario_id"] in named]
            if len(shares) > 1 and max(shares) - min(shares) < 0.001:
                return self.variant_now.get(f"prior:{name}", {})
        return {}

    @cached_property
    def starting_odds(self) -> dict[str, dict[str, float]]:
        """Return the probabilities now under each set of starting odds, the published one first."""
        sets = {
            name: shares
            for name, shares in sorted(self.variant_now.items())
            if (self.variants.get(name) or {}).get("family") == "prior"
        }
        return {"headline": {row["scenario_id"]: row["posterior"] for row in self.scenarios}, **sets}

    @cached_property
    def coverage(self) -> tuple[int, int, int]:
        """Return how many scored indicators there are, how many have a reading in the odds, and how many are fresh."""
        scored = [row["indicator_id"] for row in self.indicators if row["scored"]]
        read = [key for key in scored if (self.reading.get(key) or {}).get("scored")]
        fresh = [key for key in read if (self.freshness.get(f"indicator:{key}") or {}).get("verdict") == "fresh"]
        return len(scored), len(read), len(fresh)


def _last_day(row: Row) -> date:
    days = (row[name] for name in ("period_end", "happened_to", "searched_until", "published_on"))
    return next((day for day in days if day is not None), date.min)


def grouped(rows: Rows, name: str) -> dict[Any, Rows]:
    """Return the rows by the value of a column, order kept."""
    groups: dict[Any, Rows] = defaultdict(list)
    for row in rows:
        groups[row[name]].append(row)
    return groups


def tables_by_tracker(tables: Mapping[str, Rows]) -> list[TrackerTables]:
    """Return each tracker's tables; those without tracker are shared by all."""
    trackers = sorted(tables["tracker"], key=lambda row: str(row["tracker_id"]))
    return [
        TrackerTables(
            tracker,
            {
                name: [row for row in rows if row.get("tracker_id") in (tracker["tracker_id"], None)]
                for name, rows in tables.items()
            },
        )
        for tracker in trackers
    ]
