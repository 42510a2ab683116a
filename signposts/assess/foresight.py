"""Looking ahead from the newest as-of date: what is worth checking, what falls due, what would overturn the verdict.

Belongs here: asking the method about dates to come and shaping its answers into rows. Not here: the odds at hand.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from signposts.assess.models import TrackerModel, observations_of
from signposts.assess.scoring import completeness_of
from signposts.assess.standing import CONFIRMED, Standing, standing_of
from signposts.assess.verdicts import named_prior
from signposts.assess.what_if import what_if_rows
from signposts.scoring.arrays import Floats, Integers
from signposts.scoring.families import FAMILIES
from signposts.scoring.information import (
    contradiction_bounds,
    diagnosticity,
    staleness,
)
from signposts.scoring.observations import KINDS, Observations
from signposts.scoring.outcomes import ReadingDesign
from signposts.scoring.simulation import Designs, surprise
from signposts.scoring.what_if import probabilities, smallest_overturn, strongest_reading

if TYPE_CHECKING:
    import pandas as pd

    from signposts.warehouse import Warehouse

EVENT, ORDINAL = FAMILIES.index("event"), FAMILIES.index("ordinal")

TABLES = ("collection_priority", "deadline", "overturn", "surprise", "what_if")

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class TrackerState(Standing):
    """One tracker at its newest as-of date, with what was read."""

    readings: "pd.DataFrame"
    """(I,) rows of table reading, in the order of ``scored``."""
    observations: "pd.DataFrame"
    """Rows of observation that are scored."""
    nodes: "pd.DataFrame"
    """Rows of list_completeness."""

    @property
    def indicator(self) -> Integers:
        """Return the scored indicators' places in the model."""
        return self.evidence.indicator


def present_states(warehouse: "Warehouse", trackers: Iterable[TrackerModel], as_of: date) -> Iterator[TrackerState]:
    """Yield every tracker's state at the date."""
    reading, pooled, nodes = (
        warehouse.query(f"from {name} where as_of = $as_of", as_of=as_of)
        for name in ("reading", "observation", "list_completeness")
    )
    ratios = warehouse.rows("from log_ratio where as_of = $as_of", as_of=as_of)
    for tracker in trackers:
        standing = standing_of(tracker, as_of, ratios)
        readings = reading[reading["tracker_id"] == tracker.tracker_id].set_index("indicator_id")
        yield TrackerState(
            **vars(standing),
            readings=readings.reindex(standing.scored),
            observations=pooled[(pooled["tracker_id"] == tracker.tracker_id) & pooled["scored"]],
            nodes=nodes,
        )


# ---- what to look at next


def next_due(present: TrackerState, usual_months: Mapping[str, int | None]) -> list[date]:
    """Return when the next reading of each scored indicator is due.

    A periodic figure: the first period end after the as-of date's last complete one that is not yet read; a list of
    events or an event: the end of the quarter.
    """
    due, quarter_end = [], _month_end(present.as_of.year, (present.as_of.month - 1) // 3 * 3 + 3)
    for name, newest in zip(present.scored, _reading_days(present), strict=True):
        months = usual_months.get(name)
        listed = present.tracker.model.family[present.tracker.model.indicator_index([name])[0]]
        periodic = months and FAMILIES[listed] not in ("event", "rate")
        due.append(_next_period_end(present.as_of, newest, months or 3) if periodic else quarter_end)
    return due


def _reading_days(present: TrackerState) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Return the end of the period that each scored indicator's reading is about; not-a-time where there is none."""
    import pandas as pd

    return pd.to_datetime(present.readings["scored_at"]).to_numpy(dtype="datetime64[D]")


def _next_period_end(as_of: date, newest: np.datetime64, months: int) -> date:
    """Return the first end of a calendar period of so many months that is later than the newest reading."""
    last_read = None if np.isnat(newest) else date.fromisoformat(str(newest))
    step = min(max(months, 1), 12)
    ends = [
        _month_end(year, month) for year in range(as_of.year - 1, as_of.year + 3) for month in range(step, 13, step)
    ]
    unread_ends = [end for end in ends if last_read is None or end > last_read]
    recent = [end for end in unread_ends if end > as_of - timedelta(days=31 * step)]
    return (recent or unread_ends)[0]


def _month_end(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def priority_rows(present: TrackerState, due: list[date], max_age_days: Mapping[str, int]) -> Rows:
    """Return the indicators by what checking them is worth: information x staleness x unreliability (5.3)."""
    tracker = present.tracker
    time = np.array([max(tracker.years(day), present.now) for day in due])
    votes = present.readings["trials"].to_numpy(dtype=np.float64, na_value=np.nan)
    to_come = np.maximum(np.round(votes * time / present.now), 1.0)
    bits = diagnosticity(tracker.model, named_prior(tracker), present.indicator, time, to_come)
    # days from each scored reading to the as-of date; NaN where there is none
    days = (np.datetime64(present.as_of, "D") - _reading_days(present)).astype("timedelta64[D]")
    missing = np.isnat(days) | ~present.readings["scored"].eq(True).to_numpy()
    age = np.where(missing, np.nan, days.astype(np.float64))
    limit = np.array([max_age_days[name] for name in present.scored], dtype=np.float64)
    stale = staleness(age, limit)
    reliability = np.nan_to_num(
        present.readings["reliability"].to_numpy(dtype=np.float64, na_value=np.nan)
    ) * present.readings["scored"].eq(True).to_numpy(dtype=np.float64)
    priority = bits * stale * (1 - reliability)
    order = np.argsort(-priority, kind="stable")
    return [
        {
            "tracker_id": tracker.tracker_id,
            "rank": rank + 1,
            "indicator_id": present.scored[position],
            "next_due": due[position],
            "obtainable_bits": float(bits[position]),
            "staleness": float(stale[position]),
            "unreliability": float(1 - reliability[position]),
            "priority": float(priority[position]),
            "reason": _why_look(bits[position], age[position], reliability[position], due[position]),
        }
        for rank, position in enumerate(order.tolist())
    ]


def _why_look(bits: float, age: float, reliability: float, due: date) -> str:
    """Return one sentence that says why the indicator is worth checking."""
    state = (
        "There is no reading"
        if np.isnan(age)
        else f"The reading is {age:.0f} days old with reliability {reliability:.2f}"
    )
    return f"{state}; one at {due} is expected to carry {bits:.2f} bits."


# ---- what it would take


def deadline_rows(present: TrackerState, due: list[date], silences: Iterable[Mapping[str, Any]]) -> Rows:
    """Return the falsification calendar: dates of silence, due dates, and readings that would contradict (5.4)."""
    rows = _silence_rows(present, silences) + _due_rows(present) + _bound_rows(present, due)
    return sorted(rows, key=lambda row: (row["date"], row["indicator_id"], row["scenario_id"], row["becomes"]))


def _happened(present: TrackerState) -> set[str]:
    """Return the events that have been reported as happened."""
    return set(present.observations.loc[present.observations["kind"] == "event", "indicator_id"])


def _silence_rows(present: TrackerState, silences: Iterable[Mapping[str, Any]]) -> Rows:
    """Return when silence makes an event behind or contradicted, of those to come that have not happened."""
    happened = _happened(present)
    condition = "if it has not happened by then"
    place = {name: position for position, name in enumerate(present.scored)}
    column = {name: position for position, name in enumerate(present.tracker.model.scenario_ids)}
    return [
        _deadline(
            present,
            place[row["indicator_id"]],
            column[row["scenario_id"]],
            row["years"],
            row["becomes"],
            condition,
        )
        for row in silences
        if row["years"] > present.now and row["indicator_id"] not in happened
    ]


def _due_rows(present: TrackerState) -> Rows:
    """Return the dates on which a dated prediction is fulfilled or missed."""
    model = present.tracker.model
    due = model.parameters["due"][present.indicator]
    speaks = model.speaks[present.indicator]
    rows: Rows = []
    happened = _happened(present)
    for position, column in zip(*np.nonzero(speaks & (due > present.now)), strict=True):
        name = present.scored[position]
        if model.family[present.indicator[position]] == EVENT:
            if name in happened:
                continue
            expected = model.parameters["p"][present.indicator[position], column] >= 0.5
            word = "missed" if expected else "fulfilled"
            condition = "if it has not happened by then"
        else:
            word, condition = "missed", "if the reading then lies outside the central band"
        rows.append(_deadline(present, position, column, due[position, column], word, condition))
    return rows


def _bound_rows(present: TrackerState, due: list[date]) -> Rows:
    """Return the next reading that would contradict each scenario, below and above."""
    model = present.tracker.model
    rest = np.flatnonzero((model.family[present.indicator] != EVENT) & (model.family[present.indicator] != ORDINAL))
    time = np.array([max(present.tracker.years(due[position]), present.now) for position in rest])
    tail = present.tracker.settings["thresholds"]["contradicted_tail"]
    low, high = contradiction_bounds(model, present.indicator[rest], time, tail)
    shares = model.family[present.indicator[rest]] == FAMILIES.index("beta")
    rows: Rows = []
    for row, position in enumerate(rest.tolist()):
        for column in range(model.n_scenarios):
            for bound, word, trivial in (
                (low[row, column], "below", low[row, column] <= 0),
                (high[row, column], "above", shares[row] and high[row, column] >= 1),
            ):
                if not np.isnan(bound) and not trivial:
                    condition = f"if the reading is {word} {bound:.3g}"
                    rows.append(
                        _deadline(present, position, column, time[row], "contradicted", condition, float(bound))
                    )
    return rows


def _deadline(
    present: TrackerState,
    position: int,
    column: int,
    time: float,
    becomes: str,
    condition: str,
    threshold: float | None = None,
) -> dict[str, Any]:
    """Return one row of the calendar."""
    return {
        "tracker_id": present.tracker.tracker_id,
        "indicator_id": present.scored[position],
        "scenario_id": present.tracker.model.scenario_ids[column],
        "date": present.day(float(time)),
        "becomes": becomes,
        "if_what": condition,
        "threshold": threshold,
    }


# ---- what would overturn it


def overturn_row(present: TrackerState, titles: Mapping[str, str], scenarios: Mapping[str, str]) -> dict[str, Any]:
    """Return the smallest single reading that changes the leading scenario.

    Where none is at all likely, the one that would take most from the leader. At all likely is the chance at which a
    reading counts as contradicting a scenario.
    """
    tracker, model = present.tracker, present.tracker.model
    leader = model.scenario_ids[int(probabilities(model, present.evidence)[:-1].argmax())]
    row: dict[str, Any] = {"tracker_id": tracker.tracker_id, "leading_scenario_id": leader, "date": present.as_of}
    likely = tracker.settings["thresholds"]["contradicted_tail"]
    least = _least_readings(present)
    reading = smallest_overturn(model, present.evidence, present.now, CONFIRMED, least)
    beginning = ""
    if reading is None or reading.chance < likely:
        reading = strongest_reading(model, present.evidence, present.now, CONFIRMED, likely, least)
        beginning = (
            "No single reading that is at all likely would put another scenario ahead. What would shake it most: "
        )
    if reading is None:
        return row | {"detail": "No single reading that is still possible would change which scenario leads."}
    name = present.scored[reading.position]
    words, value = _reading_in_words(present, reading.position, reading.low, reading.high, reading.is_last_cell)
    follower = model.scenario_ids[reading.leading]
    return row | {
        "indicator_id": name,
        "reading": words,
        "value": value,
        "new_leading_scenario_id": follower,
        "new_posterior": reading.probability,
        "chance": reading.chance,
        "detail": f"{beginning}{titles[name]}: {words}, confirmed by {present.as_of}. "
        f'"{scenarios[follower]}" would then lead with {100 * reading.probability:.0f} percent. '
        f"The chance of such a reading is now put at {100 * reading.chance:.2g} percent.",
    }


def _least_readings(present: TrackerState) -> Floats:
    """Return the lowest reading that what is known leaves possible, shape (I,).

    Of a count, the number listed so far; of an event, the last day somebody looked, and none once it has happened; NaN
    for any.
    """
    model = present.tracker.model
    family = np.array(FAMILIES, dtype=object)[model.family[present.indicator]]
    value = present.readings["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    days = _reading_days(present)
    searched = np.array([np.nan if np.isnat(day) else present.tracker.years(day.astype(date)) for day in days])
    happened = np.isin(np.array(present.scored), list(_happened(present)))
    event = np.where(happened, np.inf, searched)
    return np.where(family == "event", event, np.where(family == "rate", value, np.nan))


def _reading_in_words(
    present: TrackerState, position: int, low: float, high: float, is_last_cell: bool
) -> tuple[str, float | None]:
    """Return a cell as a reading in words, and its value where it has one."""
    model = present.tracker.model
    indicator = present.indicator[position]
    family = FAMILIES[model.family[indicator]]
    if family == "event":
        if is_last_cell:
            return f"nothing seen by {present.as_of}", None
        return f"it happens, between {present.day(low)} and {present.day(min(high, present.now))}", None
    if family == "ordinal":
        return f"category {model.categories[indicator][int(low)]!r}", None
    if family == "rate":
        return f"{low:.0f} or more counted" if is_last_cell else f"{low:.0f} counted, list closed", low
    middle = low if not np.isfinite(high) else high if low <= 0 else (low * high) ** 0.5
    return f"a value of about {middle:.3g}", float(middle)


# ---- surprise


def surprise_rows(present: TrackerState, probability_of_other: float, n_contradicted: Mapping[str, int]) -> Rows:
    """Return how odd the readings at hand are under each scenario, and whether no scenario fits.

    The alarm: `other` is likelier than its threshold; or every named scenario has that many reliable readings outside
    its fan; or the readings together are odd under every one.
    """
    tracker, settings = present.tracker, present.tracker.settings
    if present.observations.empty:
        return []
    draws = settings["simulation"]["draws"]
    shares = surprise(tracker.model, _designs(present), draws=draws, seed=settings["simulation"]["seed"])
    limits = settings["thresholds"]
    alarm = (
        probability_of_other > limits["alarm_other"]
        or min(n_contradicted.get(name, 0) for name in tracker.model.scenario_ids) >= limits["alarm_contradicted"]
        or float(shares.max()) < limits["alarm_surprise"]
    )
    return [
        {
            "tracker_id": tracker.tracker_id,
            "as_of": present.as_of,
            "scenario_id": name,
            "surprise": share,
            "draws": draws,
            "n_contradicted": n_contradicted.get(name, 0),
            "alarm": alarm,
        }
        for name, share in zip(tracker.model.scenario_ids, shares.tolist(), strict=True)
    ]


def _designs(present: TrackerState) -> Designs:
    """Return the scored observations as designs that simulated worlds can fill again."""
    observations = observations_of(present.tracker, present.observations)
    kind = np.array(KINDS, dtype=object)[observations.kind]
    counted = np.isin(kind, ("count", "open_count"))
    end = np.where(np.isnan(observations.exposure_end), observations.time, observations.exposure_end)
    time = np.where(kind == "event", present.now, np.where(counted, end, observations.time))
    start = np.where(
        np.isnan(observations.exposure_start),
        present.tracker.model.exposure_start[observations.indicator],
        observations.exposure_start,
    )
    position = {name: place for place, name in enumerate(dict.fromkeys(present.observations["indicator_id"]))}
    reading = np.array([position[name] for name in present.observations["indicator_id"]])
    scored = {name: place for place, name in enumerate(present.scored)}
    weights = present.evidence.weights
    nodes = completeness_of(present.tracker, present.tracker.model, present.observations, present.nodes)
    is_open = np.asarray(kind == "open_count")[:, None]
    return Designs(
        design=ReadingDesign(
            indicator=observations.indicator,
            time=time,
            exposure_start=start,
            trials=np.where(kind == "share_count", observations.trials, np.nan),
            log_sd=observations.log_sd,
            completeness=np.where(is_open, nodes[0], 1.0),
            completeness_weight=nodes[1],
        ),
        observed=_observed(present, observations),
        reading=reading,
        pool_weight=present.observations["pool_weight"].to_numpy(dtype=np.float64),
        reliability=present.observations["reliability"].to_numpy(dtype=np.float64),
        weight=np.array([weights[scored[name]] for name in position]),
    )


def _observed(present: TrackerState, observations: Observations) -> Floats:
    """Return what each observation says as one number.

    A value or count as it is, an interval as its middle or its one end, a category as its index, an event as its date;
    none seen is 0 of a count and infinitely late of an event.
    """
    kind = np.array(KINDS, dtype=object)[observations.kind]
    rates = present.tracker.model.family[observations.indicator] == FAMILIES.index("rate")
    low, high = observations.value_low, observations.value_high
    middle = np.where(np.isnan(low), high, np.where(np.isnan(high), low, (low + high) / 2))
    return np.select(
        [kind == "event", kind == "category", kind == "interval", kind == "none_seen"],
        [
            (observations.happened_from + observations.happened_to) / 2,
            observations.category.astype(np.float64),
            middle,
            np.where(rates, 0.0, np.inf),
        ],
        observations.value,
    )


def write_foresight(warehouse: "Warehouse", trackers: list[TrackerModel], as_of: date) -> None:
    """Write the tables that look ahead from the as-of date."""
    from signposts.warehouse import load_sql

    outside: dict[str, dict[str, int]] = {}
    for row in warehouse.rows(load_sql("assess/outside_fan"), as_of=as_of):
        outside.setdefault(row["tracker_id"], {})[row["scenario_id"]] = row["n_readings"]
    indicators = warehouse.rows("from indicator")
    other = {
        row["tracker_id"]: row["posterior"]
        for row in warehouse.rows(
            "from scenario_probability where as_of = $as_of and variant = 'headline' and scenario_id = 'other'",
            as_of=as_of,
        )
    }
    silences: dict[str, Rows] = {}
    for row in warehouse.rows("from silence_date"):
        silences.setdefault(row["tracker_id"], []).append(row)
    scenario_titles: dict[str, dict[str, str]] = {}
    for row in warehouse.rows("from scenario"):
        scenario_titles.setdefault(row["tracker_id"], {})[row["scenario_id"]] = row["title"]
    tables: dict[str, Rows] = {name: [] for name in TABLES}
    for present in present_states(warehouse, trackers, as_of):
        tracker_indicators = [row for row in indicators if row["tracker_id"] == present.tracker.tracker_id]
        due = next_due(present, {row["indicator_id"]: row["usual_period_months"] for row in tracker_indicators})
        ages = {row["indicator_id"]: row["max_age_days"] for row in tracker_indicators}
        tables["collection_priority"] += priority_rows(present, due, ages)
        tables["what_if"] += what_if_rows(present, CONFIRMED)
        tables["deadline"] += deadline_rows(present, due, silences.get(present.tracker.tracker_id, []))
        titles = {row["indicator_id"]: row["title"] for row in tracker_indicators}
        tables["overturn"].append(overturn_row(present, titles, scenario_titles[present.tracker.tracker_id]))
        tables["surprise"] += surprise_rows(
            present, other[present.tracker.tracker_id], outside.get(present.tracker.tracker_id, {})
        )
    for name, rows in tables.items():
        warehouse.write_rows(name, rows)
