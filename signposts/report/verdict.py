"""The verdict in plain words, generated from the numbers and never saying more than they do.

Belongs here: the sentences of the front page, of the summary and of the feed. Not here: single numbers and dates in
words (wording.py), and anything a person wrote about a tracker.
"""

from signposts.report import wording
from signposts.report.records import Row, TrackerTables

CLOSE = 0.10
FAR = 0.90


def quoted(row: Row) -> str:
    """Return a scenario's title between quotation marks; 'none of the above' needs none."""
    return "none of the above" if row["is_other"] else f"\u201c{row['title']}\u201d"


def headline(tables: TrackerTables) -> str:
    """Return one line: which scenario leads, by how much, or that none fits."""
    first, second = tables.ranked[0], tables.ranked[1]
    share = wording.percent(first["posterior"])
    if first["is_other"]:
        return f"No scenario fits: none of the above stands at {share}"
    if first["posterior"] - second["posterior"] < CLOSE:
        return (
            f"{quoted(first)} is narrowly ahead of {quoted(second)}, {share} to {wording.percent(second['posterior'])}"
        )
    if first["posterior"] < 0.5:
        return f"{quoted(first)} leads at {share}, and is still less likely than not"
    return f"{quoted(first)} is {'far ' if first['posterior'] >= FAR else ''}ahead, at {share}"


def paragraph(tables: TrackerTables) -> list[str]:
    """Return the verdict, a sentence or two a string: where it stands, why, how firm it is, what would overturn it."""
    parts = [
        _ranking(tables),
        _since_the_start(tables),
        _evidence_alone(tables),
        _firmness(tables),
        _fit(tables),
        overturn(tables),
    ]
    return [part for part in parts if part]


def _ranking(tables: TrackerTables) -> str:
    first, *rest = tables.ranked
    behind = [f"{quoted(row)} at {wording.percent(row['posterior'])}" for row in rest]
    stands = f"{quoted(first)} stands at {wording.percent(first['posterior'])}"
    return _sentence(f"As of {wording.day(tables.as_of)}, {stands}, followed by {wording.listed(behind)}")


def _since_the_start(tables: TrackerTables) -> str:
    first = tables.ranked[0]
    move = first["posterior"] - first["prior"]
    word = (
        f"The analysis calls it \u201c{first['likelihood_word']}\u201d, which is read here as"
        if first["likelihood_word"]
        else "It started at"
    )
    text = f"{word} {wording.percent(first['prior'])}"
    if abs(move) < 0.005:
        return _sentence(f"{text}; the readings have left it there")
    direction = "added" if move > 0 else "taken away"
    size = f"{abs(move) * 100:.0f}"
    return _sentence(f"{text}; the readings since then have {direction} {size} {'point' if size == '1' else 'points'}")


def _evidence_alone(tables: TrackerTables) -> str:
    """Compare the leader with the best of the other named scenarios by the evidence without the priors."""
    first = tables.ranked[0]
    others = [row for row in tables.ranked[1:] if not row["is_other"] and row["decibans"] is not None]
    if first["decibans"] is None or not others:
        return ""
    rival = max(others, key=lambda row: row["decibans"])
    distance = first["decibans"] - rival["decibans"]
    if abs(distance) < 0.05:
        return _sentence(f"Taken alone, the evidence does not tell it from {quoted(rival)}")
    favoured = first if distance > 0 else rival
    other = rival if distance > 0 else first
    text = (
        f"Taken alone, the evidence favours {quoted(favoured)} over {quoted(other)} by "
        f"{wording.odds(distance)}, {_weight(distance)}"
    )
    return _sentence(text if distance > 0 else f"{text}; the leader leads because it started higher")


def _weight(distance: float) -> str:
    word = wording.evidence_word(distance)
    return word if word.startswith("hardly") else f"which counts as {word}"


def other_settings(tables: TrackerTables) -> list[tuple[str, dict[str, float]]]:
    """Return the odds under each other choice of priors, temper and subset, in words."""
    groups = {row["group_id"]: row["title"] for row in tables.rows["evidence_group"]}
    found = []
    for name, shares in sorted(tables.variant_now.items()):
        row = tables.variants.get(name)
        if row and row["family"] in ("prior", "other_mass", "temper", "only"):
            found.append((wording.variant_words(row, tables.indicator, groups), shares))
    return found


def _firmness(tables: TrackerTables) -> str:
    scored, read, fresh = tables.coverage
    text = f"This rests on {read} of {wording.plural(scored, 'scored indicator')}, {fresh} of them with fresh data"
    leader = tables.ranked[0]["scenario_id"]
    settings = other_settings(tables)
    if not settings:
        return _sentence(text)
    shares = [found.get(leader, 0.0) for _, found in settings]
    leads = sum(max(found, key=lambda key: found[key]) == leader for _, found in settings)
    share = "all of them" if leads == len(settings) else f"{leads} of them"
    return _sentence(
        f"{text}; under {wording.plural(len(settings), 'other choice')} of method and starting odds the "
        "leader stands between "
        f"{wording.percent(min(shares))} and {wording.percent(max(shares))}, and leads under {share}"
    )


def _fit(tables: TrackerTables) -> str:
    if tables.alarm:
        return (
            "Warning: what is observed is odd under every scenario, so a future that none of them "
            "describes has to be reckoned with."
        )
    return ""


UNLIKELY = 0.001


def overturn(tables: TrackerTables) -> str:
    """Return what would change the leader, from the release's own search for it, and how likely that is."""
    rows = tables.rows["overturn"]
    if not rows:
        return ""
    row = rows[0]
    if row["indicator_id"] is None or not row["reading"]:
        return _sentence(wording.with_days(row["detail"] or "No single reading would change the leader"))
    title = tables.indicator.get(row["indicator_id"], {}).get("title", row["indicator_id"])
    wanted = f"\u201c{title}\u201d: {wording.with_days(row['reading'])}"
    chance = row.get("chance")
    new, share = tables.scenario.get(row["new_leading_scenario_id"] or ""), wording.percent(row["new_posterior"])
    if row["new_leading_scenario_id"] == row["leading_scenario_id"]:
        return _sentence(
            "No single reading that is at all likely would put another scenario ahead. What would shake "
            f"it most is {wanted}; "
            f"the leader would then still stand at {share}"
        )
    effect = f"put {quoted(new)} ahead, at {share}" if new else "change the leader"
    if chance is not None and chance < UNLIKELY:
        return _sentence(
            "No single reading that is at all likely would change the leader. The least that would "
            f"{effect}, is {wanted}; "
            "its chance is now under 1 in 1,000"
        )
    likely = f"; its chance is now {wording.percent(chance)}" if chance is not None else ""
    return _sentence(f"What would change this: {wanted} would {effect}{likely}")


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
    held = sum(bool(row["held"]) for row in tables.rows["claim"])
    if held:
        parts.append(f"{wording.plural(held, 'revision')} held back")
    return _sentence("; ".join(parts))


def coverage(tables: TrackerTables) -> str:
    """Return how much of what is scored has a reading, and how much of that is fresh."""
    scored, read, fresh = tables.coverage
    return (
        f"{read} of {wording.plural(scored, 'scored indicator')} {'has' if read == 1 else 'have'} a "
        f"reading, {fresh} fresh"
    )


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text[-1] in ".!?" else text + "."
