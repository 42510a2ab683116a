"""What moved the odds: exact splits of a move, and the verdict under other trust in the reports.

Belongs here: arithmetic on the released log ratios (docs/method.md, 1, 4.2 and 5.5). Not here: words and charts.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signposts.report.records import Row, Rows, TrackerTables
from signposts.scoring.change import scenario_shares, split_move

Floats = NDArray[np.float64]
Hypothesis = tuple[str, float]
OTHER = "other"


@dataclass(frozen=True)
class LogRatios:
    """The newest log ratios over strands: each named hypothesis, plain and again contaminated: what `other` is."""

    keys: list[Hypothesis]
    """The named hypotheses; strand j + len(keys) is the contaminated twin of strand j."""
    scenario_ids: list[str]
    scenario: NDArray[np.int64]
    start: Floats
    ratio: dict[str, Floats]
    weight: dict[str, float]
    luck: dict[str, Floats]
    """By group: the luck that its readings share, weighed."""

    def shares(self, changed: dict[str, Floats] | None = None) -> dict[str, float]:
        """Return P(s) with some indicators' log ratios replaced, weights and shared luck held."""
        ratio = {**self.ratio, **(changed or {})}
        total = np.sum([self.start, *(self.weight[key] * ratio[key] for key in ratio), *self.luck.values()], axis=0)
        probabilities = scenario_shares(total, self.scenario, len(self.scenario_ids))
        return dict(zip(self.scenario_ids, probabilities.tolist(), strict=True))


def log_ratios(tables: TrackerTables) -> LogRatios:
    """Return the newest log ratios with the headline's priors."""
    scenario_ids = [row["scenario_id"] for row in tables.scenarios]
    prior = {row["scenario_id"]: row["prior"] for row in tables.scenarios}
    hypotheses = [
        row
        for row in tables.rows["hypothesis"]
        if row["scenario_id"] != OTHER and row["onset_weight"] > 0 and prior.get(row["scenario_id"], 0) > 0
    ]
    keys: list[Hypothesis] = [(row["scenario_id"], row["onset"]) for row in hypotheses]
    place = {key: number for number, key in enumerate(keys)}
    ratio: dict[str, Floats] = defaultdict(lambda: np.zeros(2 * len(keys)))
    weight: dict[str, float] = {}
    for row in tables.rows["log_ratio"]:
        at = place.get((row["scenario_id"], row["onset"]))
        if at is not None:
            ratio[row["indicator_id"]][at] = row["log_ratio"]
            ratio[row["indicator_id"]][at + len(keys)] = row["log_ratio_contaminated"]
            weight[row["indicator_id"]] = row["weight"]
    luck: dict[str, Floats] = defaultdict(lambda: np.zeros(2 * len(keys)))
    for row in tables.rows["shared_luck"]:
        at = place.get((row["scenario_id"], row["onset"]))
        if at is not None and row["n_readings"] > 1:
            luck[row["group_id"]][[at, at + len(keys)]] = tables.tracker["evidence_weight"] * row["log_correction"]
    named = np.array([math.log(prior[row["scenario_id"]]) + math.log(row["onset_weight"]) for row in hypotheses])
    other = prior.get(OTHER, 0.0)
    shift = math.log(other) - math.log1p(-other) if other else -math.inf
    return LogRatios(
        keys,
        scenario_ids,
        np.array(
            [scenario_ids.index(key[0]) for key in keys] + [scenario_ids.index(OTHER)] * len(keys), dtype=np.int64
        ),
        np.concatenate([named, named + shift]),
        dict(ratio),
        weight,
        dict(luck),
    )


def group_moves(tables: TrackerTables, current: LogRatios) -> list[tuple[str, dict[str, float]]]:
    """Return each storyline's part of each scenario's way from its prior to now, largest for the leader first.

    The parts add up to the move. What the log ratios do not account for, if anything, is a part of its own.
    """
    group = {key: row["group_id"] or "" for key, row in tables.indicator.items()}
    names = sorted({group.get(key, "") for key in current.ratio} | set(current.luck))
    zero = np.zeros(2 * len(current.keys))
    if not current.keys:
        return []
    weighed = {key: current.weight[key] * current.ratio[key] for key in sorted(current.ratio)}
    pieces = np.array(
        [
            sum((weighed[key] for key in weighed if group.get(key, "") == name), current.luck.get(name, zero))
            for name in names
        ]
    ).reshape(len(names), len(zero))
    parts = split_move(current.start, pieces, current.scenario, len(current.scenario_ids))
    moves = [
        (name, dict(zip(current.scenario_ids, row.tolist(), strict=True)))
        for name, row in zip(names, parts, strict=True)
    ]
    rest = {
        row["scenario_id"]: row["posterior"] - row["prior"] - sum(part[row["scenario_id"]] for _, part in moves)
        for row in tables.scenarios
    }
    if any(abs(value) > 1e-6 for value in rest.values()):
        moves.append(("unexplained", rest))
    leader = tables.ranked[0]["scenario_id"]
    return sorted(moves, key=lambda item: (-abs(item[1][leader]), item[0]))


def release_moves(tables: TrackerTables) -> Rows:
    """Return the parts of the move since the release before, by cause and indicator, each with a move a scenario."""
    parts: dict[tuple[str, str | None], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in tables.rows["change"]:
        parts[row["cause"], row["indicator_id"]][row["scenario_id"]] += row["move"]
    leader = tables.ranked[0]["scenario_id"]
    rows: Rows = [
        {"cause": cause, "indicator_id": indicator, "moves": dict(moves)} for (cause, indicator), moves in parts.items()
    ]
    return sorted(rows, key=lambda row: (-abs(row["moves"].get(leader, 0.0)), row["cause"], row["indicator_id"] or ""))


def most_influential(tables: TrackerTables, how_many: int = 3) -> Rows:
    """Return the indicators without which the odds would stand furthest from where they are."""
    distance: dict[str, float] = defaultdict(float)
    without: dict[str, dict[str, float]] = defaultdict(dict)
    for row in tables.rows["influence"]:
        kind, _, indicator = row["left_out"].partition(":")
        if kind == "indicator" and indicator in tables.indicator:
            distance[indicator] += abs(row["move"]) / 2
            without[indicator][row["scenario_id"]] = row["posterior"]
    ranked = sorted(distance, key=lambda key: (-distance[key], key))[:how_many]
    return [{"indicator": tables.indicator[key], "distance": distance[key], "without": without[key]} for key in ranked]


def claim_ratios(tables: TrackerTables, current: LogRatios) -> dict[str, dict[str, Floats]]:
    """Return each pooled claim's log ratio by hypothesis, reliability not yet in, by indicator and claim."""
    place = {key: number for number, key in enumerate(current.keys)}
    ratios: dict[str, dict[str, Floats]] = defaultdict(lambda: defaultdict(lambda: np.zeros(2 * len(current.keys))))
    for row in tables.rows["reading_claim_ratio"]:
        at = place.get((row["scenario_id"], row["onset"]))
        if at is not None:
            ratios[row["indicator_id"]][row["claim_id"]][at] = row["log_lambda"]
            ratios[row["indicator_id"]][row["claim_id"]][at + len(current.keys)] = row["log_lambda_contaminated"]
    return {indicator: dict(claims) for indicator, claims in ratios.items()}


def rival_verdicts(
    tables: TrackerTables, current: LogRatios, ratios: dict[str, dict[str, Floats]], indicator: str
) -> Rows:
    """Return, for each report pooled into an indicator's reading, the odds if that report stood alone, weights held."""
    claims = [row for row in tables.rows["reading_claim"] if row["indicator_id"] == indicator]
    if indicator not in current.ratio:
        return []
    first_of: dict[str, Row] = {}
    for row in claims:
        if row["claim_id"] in ratios.get(indicator, {}):
            first_of.setdefault(row["observation_id"] or row["claim_id"], row)
    if len(first_of) < 2:
        return []
    leader = tables.ranked[0]["scenario_id"]
    verdicts = []
    for observation_id, row in first_of.items():
        trust = row["reliability"]
        alone = np.log(trust * np.exp(ratios[indicator][row["claim_id"]]) + 1 - trust)
        shares = current.shares({indicator: alone})
        best = max(shares, key=lambda key: shares[key])
        verdicts.append(
            {
                "claim": tables.claim.get(row["claim_id"]),
                "is_list": observation_id == "list",
                "pool_weight": sum(
                    one["pool_weight"] for one in claims if (one["observation_id"] or one["claim_id"]) == observation_id
                ),
                "reliability": trust,
                "leading": best,
                "probability": shares[best],
                "leader_now": shares[leader],
                "flips": best != leader,
            }
        )
    return verdicts


def trust_variants(
    tables: TrackerTables, current: LogRatios, ratios: dict[str, dict[str, Floats]]
) -> list[tuple[str, dict[str, float]]]:
    """Return the odds if every report were taken at its word, and if each were trusted half as much; weights held."""
    pooled: dict[str, Rows] = defaultdict(list)
    for row in tables.rows["reading_claim"]:
        pooled[row["indicator_id"]].append(row)
    if not current.ratio or any(key not in ratios for key in current.ratio):
        return []
    variants = []
    for name, factor in (("Every report taken at its word", None), ("Every report trusted half as much", 0.5)):
        changed = {}
        for indicator in current.ratio:
            rows = [row for row in pooled[indicator] if row["claim_id"] in ratios[indicator]]
            if not rows:
                return []
            values = []
            for row in rows:
                trust = 1.0 if factor is None else row["reliability"] * factor
                values.append(trust * np.exp(ratios[indicator][row["claim_id"]]) + 1 - trust)
            changed[indicator] = np.log(np.average(values, axis=0, weights=[row["pool_weight"] for row in rows]))
        variants.append((name, current.shares(changed)))
    return variants


def points_of(decibans: float, share: float) -> float:
    """Return the move of a probability that so many decibans make around its present value: p(1 - p) ln(10)/10 each."""
    return decibans * math.log(10) / 10 * share * (1 - share)


def rounded_to_add_up(
    start: float, parts: list[float], end: float, digits: int = 1
) -> tuple[float, list[float], float]:
    """Return start, parts and end in percent to `digits`, such that the printed parts add up to the printed move.

    The parts with the largest remainders take up what rounding left over.
    """
    unit = 10**digits
    first, last = round(start * 100 * unit), round(end * 100 * unit)
    exact = [part * 100 * unit for part in parts]
    whole = [math.floor(value) for value in exact]
    difference = (last - first) - sum(whole)
    order = sorted(range(len(parts)), key=lambda place: (-(exact[place] - whole[place]), place))
    for step in range(abs(difference)):
        if order:
            whole[order[step % len(order)]] += 1 if difference > 0 else -1
    return first / unit, [value / unit for value in whole], last / unit
