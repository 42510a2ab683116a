"""The verdict in plain words, composed from rows and never saying more than they do.

Belongs here: the headline, the sentences beneath it, their severity, and the order they come in. Not here: single
numbers and dates in words (wording.py), warnings of one indicator (cautions.py), anything a person wrote.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from signposts.catalogue.feeding import feeding_sentence
from signposts.report import wording
from signposts.report.attribution import most_influential, release_moves
from signposts.report.cautions import cautions
from signposts.report.records import Row, Rows, TrackerTables

CLOSE = 0.10
"""A lead of fewer points than this is called narrow."""
NEWS = 0.02
"""A move of at least this much is the headline of a release."""
MAINLY, WHOLLY = 0.6, 0.9
"""Shares of a move from which one cause is named, and from which it is named alone."""
CANNOT_TELL = 1.0
"""Decibans below which the reports cannot tell two scenarios apart: 1.26 to 1."""
CARRIES = 0.005
"""An indicator carries the verdict if the probabilities would stand half a point elsewhere without it."""
UNLIKELY = 0.001

Severity = Literal["news", "reason", "doubt", "alarm"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the verdict: how it is to be taken, and the statement of sql/report/ whose rows it is made from."""

    text: str
    severity: Severity
    citation: str


def quoted(row: Row) -> str:
    """Return a scenario's title between quotation marks; 'none of the above' needs none."""
    return "none of the above" if row["is_other"] else f"\u201c{row['title']}\u201d"


def _name(row: Row) -> str:
    return "None of the above" if row["is_other"] else str(row["title"])


def _title(tables: TrackerTables, indicator_id: str) -> str:
    return f"\u201c{tables.indicator.get(indicator_id, {}).get('title', indicator_id)}\u201d"


# ---------------------------------------------------------------------- headline


def headline(tables: TrackerTables) -> str:
    """Return one line: from the second release on the move and its cause, on the first the lead and its reason."""
    first, second = tables.ranked[0], tables.ranked[1]
    share = wording.percent(first["posterior"])
    if first["is_other"]:
        if first["change"] is not None and first["change"] >= NEWS:
            return f"None of the above {_moved_words(first)}: no scenario fits what is reported"
        return f"None of the above {share}: no scenario fits what is reported"
    if tables.alarm:
        return f"No scenario fits well; {_name(first)} fits least badly, at {share}"
    if tables.has_earlier:
        return _headline_since(tables, first)
    if first["posterior"] - second["posterior"] < CLOSE:
        return f"{_name(first)} {share}, narrowly ahead of {_name(second)} at {wording.percent(second['posterior'])}"
    return f"{_name(first)} {share}, {reason(tables)}"


def _headline_since(tables: TrackerTables, first: Row) -> str:
    """Return the headline of a release after the first: who overtook whom, who moved, or that nobody did."""
    share = wording.percent(first["posterior"])
    before = max(tables.scenarios, key=lambda row: row["posterior"] - (row["change"] or 0.0))
    if before["scenario_id"] != first["scenario_id"]:
        gap = f"{share} to {wording.percent(before['posterior'])}"
        return f"{_name(first)} overtakes {_name(before)}, {gap}: {cause(tables, first)}"
    moved = [row for row in tables.scenarios if row["change"] is not None and abs(row["change"]) >= NEWS]
    if first["scenario_id"] in [row["scenario_id"] for row in moved]:
        return f"{_name(first)} {_moved_words(first)}: {cause(tables, first)}"
    if moved:
        other = max(moved, key=lambda row: abs(row["change"]))
        return f"{_name(first)} holds at {share}; {_name(other)} {_moved_words(other)}: {cause(tables, other)}"
    since = f" since {_moment(tables)}" if tables.previous else ""
    return f"{_name(first)} holds at {share}: no scenario has moved by two points{since}"


def _moved_words(row: Row) -> str:
    """Return a scenario's move as `down 10 points to 57 %`."""
    way = "up" if row["change"] > 0 else "down"
    return f"{way} {_points(row['change'])} to {wording.percent(row['posterior'])}"


def _points(move: float) -> str:
    """Return the size of a move as `10 points`."""
    return wording.plural(float(f"{abs(move) * 100:.0f}"), "point")


def _moment(tables: TrackerTables) -> str:
    """Return when the release before was made: its day, with the time if this one was made on the same."""
    before, now = (tables.previous or {}).get("created_at"), tables.release["created_at"]
    same_day = before is not None and now is not None and before.date() == now.date()
    return wording.clock(before) if same_day else wording.day(before)


def reason(tables: TrackerTables) -> str:
    """Return why the leader leads: the analysts' word, or what was reported since, by its lead under equal odds."""
    first = tables.ranked[0]
    rivals = [row for row in tables.ranked[1:] if not row["is_other"]]
    if not rivals:
        return "the only scenario there is"
    equal = tables.equal_odds
    if not equal:
        before = first["prior"] - max(row["prior"] for row in rivals)
        now = first["posterior"] - max(row["posterior"] for row in rivals)
        mostly = "the analysts said so" if before >= now / 2 else "of what was reported since"
        return f"mostly because {mostly}"
    best = max(rivals, key=lambda row: equal.get(row["scenario_id"], 0.0))
    lead_equal = equal.get(first["scenario_id"], 0.0) - equal.get(best["scenario_id"], 0.0)
    lead = first["posterior"] - max(row["posterior"] for row in rivals)
    if lead_equal < 0:
        return f"only because the analysts said so: the reports alone favour {_name(best)}"
    if lead_equal < lead / 2:
        return "mostly because the analysts said so"
    if first["prior"] <= max(row["prior"] for row in rivals):
        return "because of what was reported since"
    return "mostly because of what was reported since"


def cause(tables: TrackerTables, scenario: Row) -> str:
    """Return what moved a scenario since the release before, as far as its parts carry one cause."""
    key, move = scenario["scenario_id"], scenario["change"] or 0.0
    if not move:
        return "nothing in sum"
    parts = [(row, row["moves"].get(key, 0.0) / move) for row in release_moves(tables)]
    causes = {"catalogue": "our own edits of the predictions", "method": "a change of method", "time": "time passing"}
    for name, words in causes.items():
        share = sum(part for row, part in parts if row["cause"] == name)
        if share >= MAINLY:
            return f"{words} did it" if share >= WHOLLY else f"mostly {words}"
    return _cause_by_indicator(tables, [(row, part) for row, part in parts if row["indicator_id"]])


def _cause_by_indicator(tables: TrackerTables, parts: list[tuple[Row, float]]) -> str:
    """Return the fewest indicators that make up most of a move; parts are shares of it."""
    share: dict[str, float] = defaultdict(float)
    for row, part in parts:
        share[row["indicator_id"]] += part
    ranked = sorted(share, key=lambda name: (-share[name], name))
    count = next(
        (size for size in range(1, len(ranked) + 1) if sum(share[name] for name in ranked[:size]) >= MAINLY), 0
    )
    if count == 0:
        return "several causes together"
    top = ranked[0]
    if count == 1:
        why = max(((abs(part), row["cause"]) for row, part in parts if row["indicator_id"] == top))[1]
        news = _news_of(tables, top, why)
        return f"{news} did it" if share[top] >= WHOLLY else f"mostly {news}"
    if count == 2:
        return f"mostly {_title(tables, top)} and {_title(tables, ranked[1])}"
    return f"mostly {count} readings together"


def _news_of(tables: TrackerTables, indicator_id: str, why: str) -> str:
    """Return what is new of an indicator: one report, several, a revision, or a reading made anew."""
    title = _title(tables, indicator_id)
    if why == "revised_reading":
        return f"a revised figure for {title}"
    if why in ("catalogue", "method"):
        return f"{wording.CAUSES[why]} on {title}"
    if why == "time":
        return f"time passing on {title}"
    count = len(new_claims(tables, indicator_id))
    if count == 1:
        return f"one report on {title}"
    return f"{count} reports on {title}" if count else f"a new reading of {title}"


def new_claims(tables: TrackerTables, indicator_id: str | None = None) -> Rows:
    """Return the claims recorded since the release before that stand in the newest reading of one indicator or any."""
    if not tables.previous or tables.previous["created_at"] is None:
        return []
    used = {row["claim_id"] for row in tables.rows["reading_claim"]}
    return [
        row
        for row in tables.rows["claim"]
        if row["claim_id"] in used
        and indicator_id in (None, row["indicator_id"])
        and row["recorded_at"] is not None
        and row["recorded_at"] > tables.previous["created_at"]
    ]


# ---------------------------------------------------------------------- sentences


def sentences(tables: TrackerTables) -> list[Sentence]:
    """Return the verdict beneath the headline, in the order in which it is read."""
    made: list[Callable[[TrackerTables], Sentence | None]] = [
        _moved,
        _rivals,
        _second,
        _rests_on,
        _interval,
        _without_the_flagged,
        _failed_conditions,
        _unread,
    ]
    odd = "What is observed is odd under every scenario: a future that none of them describes has to be reckoned with."
    alarm = [Sentence(odd, "alarm", "surprise")] if tables.alarm else []
    return [*alarm, *(sentence for make in made if (sentence := make(tables)) is not None)]


def _moved(tables: TrackerTables) -> Sentence | None:
    """Say what moved and why: since the release before, or on a first release since the start."""
    first = tables.ranked[0]
    if not tables.has_earlier:
        said, share, move = (
            first["likelihood_word"],
            wording.percent(first["prior"]),
            first["posterior"] - first["prior"],
        )
        text = f"The analysts said \u201c{said}\u201d, which we read as {share}." if said else f"It started at {share}."
        done = f"{'added' if move > 0 else 'taken away'} {_points(move)}" if abs(move) > 0.005 else "left it there"
        return Sentence(f"{text} What was reported since has {done}.", "reason", "probabilities")
    change = first["change"] or 0.0
    since = f"Since the release of {_moment(tables)}" if tables.previous else "Since then"
    if abs(change) < 0.0005:
        return Sentence(_sentence(f"{since} {quoted(first)} has not moved"), "news", "change")
    parts = indicator_moves(tables, first["scenario_id"])
    shown = [row for row in parts if abs(row["move"]) >= max(0.001, abs(change) / 10)][:3]
    verb = "rose" if change > 0 else "fell"
    text = f"{since} {quoted(first)} {verb} by {abs(change) * 100:.1f} points"
    if shown:
        rest = change - sum(row["move"] for row in shown)
        named = [f"{wording.points(row['move'], 1)} from {row['words']}" for row in shown]
        if abs(rest) >= 0.0005:
            named.append(f"{wording.points(rest, 1)} from all else")
        text += f": {wording.listed(named)}"
    return Sentence(_sentence(text), "news", "change")


def indicator_moves(tables: TrackerTables, scenario_id: str) -> Rows:
    """Return a scenario's move since the release before by indicator, net of its parts, largest first."""
    net: dict[tuple[str | None, str], float] = defaultdict(float)
    for row in release_moves(tables):
        key = row["indicator_id"]
        words = _title(tables, key) if key else wording.CAUSES.get(row["cause"], str(row["cause"]))
        net[key, words] += row["moves"].get(scenario_id, 0.0)
    moves = [{"indicator_id": key, "words": words, "move": move} for (key, words), move in net.items()]
    return sorted(moves, key=lambda row: (-abs(row["move"]), row["words"]))


def _rivals(tables: TrackerTables) -> Sentence | None:
    """Say what the reports, without the starting odds, say against each rival of the leader."""
    first = tables.ranked[0]
    rivals = [row for row in tables.ranked[1:] if not row["is_other"] and row["decibans"] is not None]
    if first["is_other"] or first["decibans"] is None or not rivals:
        return None
    distances = [(first["decibans"] - row["decibans"], row) for row in rivals]
    odds = [(wording.about_odds(distance), distance, row) for distance, row in distances]
    spoken = [f"{words} against {quoted(row)}" for words, distance, row in odds if distance >= CANNOT_TELL]
    favoured = [row for distance, row in distances if distance <= -CANNOT_TELL]
    spoken += [f"{words} for {quoted(row)}" for words, distance, row in odds if distance <= -CANNOT_TELL]
    level = [quoted(row) for distance, row in distances if abs(distance) < CANNOT_TELL]
    parts = [f"speak {wording.listed(spoken)}"] if spoken else []
    if level:
        parts.append(f"cannot tell {quoted(first)} from {wording.listed(level, 'or')}")
    text = f"Taken alone, the reports {' and '.join(parts)}"
    if favoured and all(row["prior"] < first["prior"] for row in favoured):
        named = wording.listed([quoted(row) for row in favoured])
        text += f"; the leader is ahead of {named} because it started higher"
    return Sentence(_sentence(text), "reason", "probabilities")


def _second(tables: TrackerTables) -> Sentence | None:
    """Say who is second, and who leads, under how many of the starting odds."""
    sets = tables.starting_odds
    if len(sets) < 2 or len(tables.named) < 2:
        return None
    first = tables.ranked[0]["scenario_id"]
    places = [sorted(shares, key=lambda key: -shares[key]) for shares in sets.values()]
    leaders = Counter(place[0] for place in places)
    seconds = Counter(place[1] for place in places if place[0] == first)

    def named(counts: Counter[str]) -> str:
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return wording.listed(
            [f"{quoted(tables.scenario[key])} under {wording.all_of(count, len(sets))}" for key, count in ranked]
        )

    led = wording.all_of(leaders[first], len(sets))
    text = f"{quoted(tables.scenario[first])} leads under {led} sets of starting odds"
    others = Counter({key: count for key, count in leaders.items() if key != first})
    if others:
        text += f", {named(others)}"
    text += f"; second{' to it' if others else ''} is {named(seconds)}"
    return Sentence(_sentence(text), "doubt", "starting_odds")


def _rests_on(tables: TrackerTables) -> Sentence:
    """Say how few indicators carry the verdict, how much is too early to tell, and how old the newest word is."""
    cells = [row for row in tables.assessment.values() if tables.indicator[row["indicator_id"]]["scored"]]
    early = sum(row["status"] == "too early to tell" for row in cells)
    carrying = len(carrying_indicators(tables))
    text = (
        f"{wording.count_word(carrying)} of {wording.plural(tables.coverage[0], 'indicator')} "
        f"{'carries' if carrying == 1 else 'carry'} it"
    )
    if cells:
        text += f"; {early} of {wording.plural(len(cells), 'cell')} {'is' if early == 1 else 'are'} too early to tell"
    used = {row["claim_id"] for row in tables.rows["reading_claim"]}
    newest = max(
        (
            row["published_on"]
            for row in tables.rows["claim"]
            if row["claim_id"] in used
            and row["published_on"]
            and wording.web_address(row["source_url"])
            and (tables.reading.get(row["indicator_id"]) or {}).get("scored")
        ),
        default=None,
    )
    if newest:
        text += f"; the newest sourced claim is of {wording.day(newest)}"
    return Sentence(_sentence(text), "doubt", "rests_on")


def carrying_indicators(tables: TrackerTables) -> Rows:
    """Return the indicators without which the probabilities would stand half a point or more elsewhere."""
    return [row for row in most_influential(tables, len(tables.indicator)) if row["distance"] >= CARRIES]


def _interval(tables: TrackerTables) -> Sentence | None:
    """Say how far the leader would move if every invented number were moved by its stated spread."""
    first = tables.ranked[0]
    row = tables.interval.get(first["scenario_id"])
    if row is None:
        return None
    text = (
        f"If every number of ours is moved by its stated doubt, it stands between {wording.percent(row['p05'])} and "
        f"{wording.percent(row['p95'])} nine times in ten"
    )
    if row.get("share_leading") is not None:
        text += f", and leads in {wording.percent(row['share_leading'])} of the draws"
    return Sentence(_sentence(text), "doubt", "interval")


def _without_the_flagged(tables: TrackerTables) -> Sentence | None:
    """Say where the leader would stand without the most influential indicator, if a warning is about that one."""
    top = most_influential(tables, 1)
    if not top or top[0]["distance"] < CARRIES:
        return None
    key = top[0]["indicator"]["indicator_id"]
    weighty = [caution.flag for caution in cautions(tables, key) if caution.weighty]
    without = top[0]["without"]
    if not weighty or not without:
        return None
    first = tables.ranked[0]["scenario_id"]
    best = max(without, key=lambda name: without[name])
    where = (
        f"it would stand at {wording.percent(without[first])}"
        if best == first
        else f"{quoted(tables.scenario[best])} would lead, at {wording.percent(without[best])}"
    )
    text = f"Most hangs on {_title(tables, key)} ({wording.listed(weighty)}); without that, {where}"
    return Sentence(_sentence(text), "doubt", "most_influential")


def _failed_conditions(tables: TrackerTables) -> Sentence | None:
    """Name every condition that the analysis itself states for the leader and that is contradicted or has failed."""
    first = tables.ranked[0]["scenario_id"]
    failed = [
        _title(tables, key)
        for (key, scenario), row in tables.assessment.items()
        if scenario == first
        and row["status"] in ("contradicted", "missed")
        and tables.indicator[key]["role"] == "condition"
        and (tables.prediction.get((key, scenario)) or {}).get("basis") == "stated"
    ]
    if not failed:
        return None
    many = len(failed) > 1
    text = (
        f"{wording.count_word(len(failed))} stated {'conditions' if many else 'condition'} of the leader "
        f"{'have' if many else 'has'} failed: {wording.listed(sorted(failed))}"
    )
    return Sentence(_sentence(text), "doubt", "failed_conditions")


def _unread(tables: TrackerTables) -> Sentence | None:
    """Say what could not be read, in one line."""
    text = unread(tables)
    return Sentence(text, "doubt", "unread") if text else None


def unread(tables: TrackerTables) -> str:
    """Return which outside sources could not be read, or were never asked, as one sentence; empty if none."""
    sources = {
        subject.partition(":")[2]: row
        for subject, row in tables.freshness.items()
        if subject.startswith("source:") and subject != "source:ledger"
    }
    never = [key for key, row in sources.items() if row["last_looked"] is None]
    failed = [key for key, row in sources.items() if row["verdict"] == "failed" and key not in never]
    if not sources or not (never or failed):
        return ""
    if len(never) + len(failed) == len(sources):
        return "No outside source could be read in this run: the figures rest on claims collected by hand."
    total = f" of {wording.plural(len(sources), 'outside source')}"
    parts = [f"{len(failed)}{total} could not be read"] if failed else []
    if never:
        parts.append(f"{len(never)}{'' if failed else total} {'was' if len(never) == 1 else 'were'} never asked")
    return _sentence(wording.listed(parts))


def other_settings(tables: TrackerTables) -> list[tuple[str, dict[str, float]]]:
    """Return the probabilities under each other choice of priors, temper and subset, in words."""
    groups = {row["group_id"]: row["title"] for row in tables.rows["evidence_group"]}
    return [
        (wording.variant_words(row, tables.indicator, groups), shares)
        for name, shares in sorted(tables.variant_now.items())
        if (row := tables.variants.get(name)) and row["family"] not in ("headline", "without", "without_group")
    ]


def shake(tables: TrackerTables) -> str:
    """Return the single reading that would change the leader, or shake it most, with its chance."""
    rows = tables.rows["overturn"]
    if not rows:
        return ""
    row = rows[0]
    if row["indicator_id"] is None or not row["reading"]:
        return _sentence(wording.with_days(row["detail"] or "No single reading would change the leader"))
    indicator = tables.indicator.get(row["indicator_id"])
    reading = wording.with_days(row["reading"])
    if row["value"] is not None and reading.startswith("a value of about"):
        reading = f"about {wording.amount(row['value'], indicator, 3)}"
    named_reading = f"{_title(tables, row['indicator_id'])}{' at' if reading.startswith('about') else ':'} {reading}"
    chance = row.get("chance")
    likely = f" Its chance now is {wording.chance(chance)}." if chance is not None else ""
    new, share = tables.scenario.get(row["new_leading_scenario_id"] or ""), wording.percent(row["new_posterior"])
    if row["new_leading_scenario_id"] == row["leading_scenario_id"]:
        text = (
            "No single reading that is at all likely would put another scenario ahead. What would shake it most is "
            f"{named_reading}; the leader would then still stand at {share}"
        )
        return _sentence(text) + likely
    effect = f"put {quoted(new)} ahead, at {share}" if new else "change the leader"
    text = f"What would change this: {named_reading} would {effect}"
    if chance is not None and chance < UNLIKELY:
        text = (
            "No single reading that is at all likely would change the leader. The least that would "
            f"{effect} is {named_reading}"
        )
    return _sentence(text) + likely


def settled(tables: TrackerTables) -> str:
    """Return when the matter will be known: soon, or by when the chance is even, and how far it ever gets."""
    rows = sorted(tables.rows["outlook"], key=lambda row: row["year"])
    if not rows:
        return ""
    last = rows[-1]
    even = next((row for row in rows if row["p_settled_right"] >= 0.5), None)
    if even is None:
        return (
            f"Perhaps never: by {int(last['year'])} the chance that the true scenario has passed 90 % is "
            f"{wording.percent(last['p_settled_right'])}."
        )
    soon = "" if int(even["year"]) - tables.as_of.year <= 1 else "Not soon: "
    end = "" if even is last else f", {wording.percent(last['p_settled_right'])} by {int(last['year'])}"
    text = f"{soon}an even chance by {int(even['year'])}{end}"
    return _sentence(text)


def health(tables: TrackerTables) -> str:
    """Return the data's health in one line."""
    sources = [row for subject, row in tables.freshness.items() if subject.startswith("source:")]
    bad = [row for row in sources if row["verdict"] != "fresh"]
    checks = tables.rows["check_result"]
    failed = [row for row in checks if not row["passed"]]
    quarantined = tables.rows["quarantine"]
    parts = [
        f"{len(sources) - len(bad)} of {wording.plural(len(sources), 'source')} fresh",
        f"{len(checks) - len(failed)} of {wording.plural(len(checks), 'check')} passed",
        f"{wording.plural(len(quarantined), 'row')} in quarantine" if quarantined else "nothing in quarantine",
    ]
    if tables.rows["kept_value"]:
        parts.append(f"{wording.plural(len(tables.rows['kept_value']), 'value')} kept from before, shown as stale")
    held = sum(bool(row["held"] and not row["superseded_by"]) for row in tables.rows["claim"])
    if held:
        parts.append(f"{wording.plural(held, 'claim')} held until somebody accepts")
    return _sentence("; ".join(parts))


def coverage(tables: TrackerTables) -> str:
    """Return how much of what is scored has a reading, and how much of that is fresh."""
    scored, read, fresh = tables.coverage
    return (
        f"{read} of {wording.plural(scored, 'scored indicator')} {'has' if read == 1 else 'have'} a "
        f"reading, {fresh} fresh"
    )


def where_fans_fail(tables: TrackerTables) -> str:
    """Return where the fans did worst on history, by the share of what came inside their 80 % band."""
    counts: dict[int, int] = defaultdict(int)
    held: dict[int, float] = defaultdict(float)
    for row in tables.rows["backtest"]:
        if row["forecast"] == "fan" and row["coverage_80"] is not None:
            counts[int(row["horizon_years"])] += row["n_forecasts"] or 0
            held[int(row["horizon_years"])] += row["coverage_80"] * (row["n_forecasts"] or 0)
    share = {years: held[years] / count for years, count in counts.items() if count}
    if not share:
        return ""
    worst = min(share, key=lambda years: (share[years], years))
    text = (
        f"on history the 80 % band of the fans held {wording.percent(share[worst])} of what came at "
        f"{wording.plural(worst, 'year')}, of {wording.plural(counts[worst], 'forecast')}"
    )
    return _sentence(f"{text}: it is too narrow there" if share[worst] < 0.7 else text)


def past_sets(tables: TrackerTables) -> str:
    """Return how the method did on scenario sets of the past against equal odds; empty where they were not run."""
    scores = {
        (row["rule"], row["measure"]): row for row in tables.rows.get("resolved_score", []) if row["set_id"] == "all"
    }
    gain, better = (scores.get(("equal", f"log_score:{what}")) for what in ("gain_over", "families_better"))
    sets = tables.rows.get("resolved_set", [])
    if not sets or gain is None:
        return ""
    families = len({row["family"] for row in sets})
    did = "better than" if gain["low"] > 0 else "worse than" if gain["high"] < 0 else "no better than"
    counted = wording.plural(families, "family", "families")
    text = f"on {wording.plural(len(sets), 'scenario set')} of the past, of {counted}, the method did {did} equal odds"
    if better is not None:
        text += f", better in {int(better['value'])} of {families}"
    return _sentence(text)


def feeding(tables: TrackerTables) -> str:
    """Return how many scored indicators each thing feeds; empty for a release that does not say."""
    fed_by = [row["fed_by"] for row in tables.rows["coverage"] if row["scored"]]
    return feeding_sentence(fed_by) if fed_by else ""


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text[-1] in ".!?" else text + "."
