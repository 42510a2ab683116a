"""Twelve invented states of the island ferry, and what the report says of each, as a person would read it."""

import dataclasses
import math
from datetime import date, datetime
from functools import cache
from typing import Any

import pandas as pd
import pytest

from signposts.report import verdict, wording
from signposts.report.cautions import headline_warnings
from signposts.report.records import TrackerTables, tables_by_tracker
from tests.browser import fixture

Shares = dict[str, float]
BRIDGE, STEADY, CLOSURE = "A bridge replaces the ferry", "The ferry carries on", "The ferry is closed"
AT_THE_START = {"bridge": 0.328, "steady": 0.524, "closure": 0.098, "other": 0.05}


@cache
def base(earlier: bool) -> dict[str, pd.DataFrame]:
    return fixture.tables(earlier=earlier)


def state(
    now: Shares,
    *,
    before: Shares | None = None,
    equal: Shares | None = None,
    parts: tuple[tuple[str, str | None, float], ...] = (("new_reading", "passengers", 1.0),),
    new_claims: tuple[str, ...] = (),
    decibans: Shares | None = None,
    alarm: bool = False,
    **frames: pd.DataFrame,
) -> TrackerTables:
    """Return an invented release: probabilities now, before and with equal odds, and the move in parts."""
    # what the reports say alone, and the probabilities with equal starting odds, follow from one another
    alone = equal or {key: now[key] / AT_THE_START[key] for key in now if key != "other"}
    named = sum(share for key, share in alone.items() if key != "other")
    equal = {key: (1 - now["other"]) * alone[key] / named for key in alone} | {"other": now["other"]}
    decibans = decibans or {key: 10 * math.log10(share) for key, share in equal.items()}
    tables = base(before is not None) | frames
    latest = tables["scenario_probability"]["as_of"].max()
    rows = tables["scenario_probability"].copy()
    for variant, shares in (("headline", now), ("prior:uniform", equal)):
        chosen = (rows["variant"] == variant) & (rows["as_of"] == latest)
        rows.loc[chosen, "posterior"] = rows.loc[chosen, "scenario_id"].map(shares)
        rows.loc[chosen, "decibans"] = rows.loc[chosen, "scenario_id"].map(decibans)
    tables["scenario_probability"] = rows
    tables["surprise"] = tables["surprise"].assign(alarm=alarm)
    if before is not None:
        tables["change"] = pd.DataFrame(
            [
                {
                    "release_id": fixture.RELEASE,
                    "tracker_id": fixture.TRACKER,
                    "previous_release_id": "2026-10-15T060000Z",
                    "scenario_id": scenario,
                    "cause": cause,
                    "indicator_id": indicator,
                    "move": (now[scenario] - before[scenario]) * share,
                }
                for scenario in now
                for cause, indicator, share in parts
            ]
        )
        claims = tables["claim"].copy()
        claims.loc[claims["claim_id"].isin(new_claims), "recorded_at"] = pd.Timestamp("2026-11-01")
        tables["claim"] = claims
    (found,) = tables_by_tracker(fixture.as_rows(tables))
    return found


def shares(bridge: float, steady: float, closure: float, other: float = 0.05) -> Shares:
    return {"bridge": bridge, "steady": steady, "closure": closure, "other": other}


def lead(tables: TrackerTables) -> str:
    return verdict.sentences(tables)[0].text


def said(tables: TrackerTables) -> str:
    return " ".join(sentence.text for sentence in verdict.sentences(tables))


# ---------------------------------------------------------------------- twelve states


def test_1_a_first_release_that_the_analysts_word_carries_says_so() -> None:
    tables = state(shares(0.21, 0.66, 0.08), equal=shares(0.30, 0.41, 0.24))
    assert verdict.headline(tables) == "The ferry carries on 66 %, mostly because the analysts said so"
    assert "The analysts said “High”, which we read as 52 %. What was reported since has added 14 points." in said(
        tables
    )


def test_2_a_first_release_that_the_reports_carry_says_so() -> None:
    tables = state(shares(0.70, 0.20, 0.05), equal=shares(0.75, 0.13, 0.07))
    assert verdict.headline(tables) == "A bridge replaces the ferry 70 %, because of what was reported since"
    assert lead(tables) == (
        "The analysts said “Moderate”, which we read as 33 %. What was reported since has added 37 points."
    )


def test_3_a_lead_that_equal_starting_odds_would_undo_is_said_to_be_the_analysts_alone() -> None:
    tables = state(shares(0.20, 0.60, 0.15), equal=shares(0.30, 0.28, 0.37))
    assert verdict.headline(tables) == (
        "The ferry carries on 60 %, only because the analysts said so: the reports alone favour The ferry is closed"
    )
    assert lead(tables) == (
        "The analysts said “High”, which we read as 52 %. What was reported since has added 8 points."
    )


def test_4_a_narrow_first_lead_is_called_narrow() -> None:
    tables = state(shares(0.44, 0.46, 0.05))
    assert (
        verdict.headline(tables) == "The ferry carries on 46 %, narrowly ahead of A bridge replaces the ferry at 44 %"
    )
    assert lead(tables) == (
        "The analysts said “High”, which we read as 52 %. What was reported since has taken away 6 points."
    )


def test_5_none_of_the_above_in_front_is_said_first() -> None:
    tables = state(shares(0.1, 0.2, 0.1, 0.6), alarm=True)
    assert verdict.headline(tables) == "None of the above 60 %: no scenario fits what is reported"
    assert lead(tables) == (
        "What is observed is odd under every scenario: a future that none of them describes has to be reckoned with."
    )


def test_6_an_alarm_is_never_hidden_behind_a_leader() -> None:
    tables = state(shares(0.3, 0.55, 0.1), alarm=True)
    assert verdict.headline(tables) == "No scenario fits well; The ferry carries on fits least badly, at 55 %"
    assert verdict.sentences(tables)[0].severity == "alarm"


def test_7_a_move_by_one_report_begins_the_headline() -> None:
    tables = state(shares(0.30, 0.57, 0.08), before=shares(0.20, 0.67, 0.08), new_claims=("passengers-4",))
    assert (
        verdict.headline(tables)
        == "The ferry carries on down 10 points to 57 %: one report on “Passengers a year” did it"
    )
    assert (
        "Since the release of 15 October 2026 “The ferry carries on” fell by 10.0 points: "
        "−10.0 from “Passengers a year”."
    ) in said(tables)


def test_8_a_revision_is_not_called_news() -> None:
    tables = state(
        shares(0.25, 0.62, 0.08),
        before=shares(0.30, 0.57, 0.08),
        parts=(("revised_reading", "passengers", 0.8), ("time", None, 0.2)),
    )
    assert verdict.headline(tables) == (
        "The ferry carries on up 5 points to 62 %: mostly a revised figure for “Passengers a year”"
    )
    assert lead(tables) == (
        "Since the release of 15 October 2026 “The ferry carries on” rose by 5.0 points: "
        "+4.0 from “Passengers a year” and +1.0 from time passing."
    )


def test_9_a_change_of_leader_is_the_headline() -> None:
    tables = state(
        shares(0.50, 0.38, 0.07),
        before=shares(0.40, 0.48, 0.07),
        parts=(
            ("new_reading", "passengers", 0.4),
            ("new_reading", "freight", 0.35),
            ("new_reading", "fuel_price", 0.25),
        ),
    )
    assert verdict.headline(tables) == (
        "A bridge replaces the ferry overtakes The ferry carries on, 50 % to 38 %: "
        "mostly “Passengers a year” and “Freight carried, calendar year”"
    )
    assert lead(tables).startswith(
        "Since the release of 15 October 2026 “A bridge replaces the ferry” rose by 10.0 points: "
        "+4.0 from “Passengers a year”, "
    )


def test_10_a_move_by_our_own_edits_is_owned() -> None:
    tables = state(shares(0.25, 0.62, 0.08), before=shares(0.30, 0.57, 0.08), parts=(("catalogue", None, 1.0),))
    assert (
        verdict.headline(tables) == "The ferry carries on up 5 points to 62 %: our own edits of the predictions did it"
    )
    assert lead(tables) == (
        "Since the release of 15 October 2026 “The ferry carries on” rose by 5.0 points: "
        "+5.0 from edits to the catalogue."
    )


def test_11_a_quiet_release_says_that_it_is_quiet() -> None:
    tables = state(shares(0.25, 0.625, 0.08), before=shares(0.26, 0.615, 0.08))
    assert verdict.headline(tables) == (
        "The ferry carries on holds at 62 %: no scenario has moved by two points since 15 October 2026"
    )
    assert lead(tables) == (
        "Since the release of 15 October 2026 “The ferry carries on” rose by 1.0 points: +1.0 from “Passengers a year”."
    )


def test_a_second_release_on_one_day_says_the_time_of_the_first() -> None:
    tables = state(shares(0.25, 0.625, 0.08), before=shares(0.26, 0.615, 0.08))
    morning = tables.release["created_at"].replace(hour=5)
    rows = [row if row is tables.release else {**row, "created_at": morning} for row in tables.rows["release"]]
    tables = dataclasses.replace(tables, rows={**tables.rows, "release": rows})
    assert verdict.headline(tables).endswith("no scenario has moved by two points since 15 Nov 2026, 05:02 UTC")


def test_12_a_move_behind_a_leader_that_holds_is_the_news() -> None:
    tables = state(
        shares(0.20, 0.62, 0.13), before=shares(0.24, 0.62, 0.09), parts=(("new_reading", "council_mood", 1.0),)
    )
    assert verdict.headline(tables).startswith("The ferry carries on holds at 62 %; ")
    assert verdict.headline(tables).endswith(": a new reading of “Mood of the council” did it")
    assert lead(tables) == ("Since the release of 15 October 2026 “The ferry carries on” has not moved.")


# ---------------------------------------------------------------------- the sentences, one rule each


def test_parts_that_cancel_are_said_net_and_not_as_movers() -> None:
    tables = state(
        shares(0.20, 0.62, 0.13),
        before=shares(0.30, 0.52, 0.13),
        parts=(
            ("new_reading", "passengers", 3.0),
            ("revised_reading", "passengers", -3.0),
            ("new_reading", "freight", 1.0),
        ),
    )
    assert verdict.headline(tables).endswith("a new reading of “Freight carried, calendar year” did it")
    assert "Passengers" not in verdict.sentences(tables)[0].text


def test_many_small_causes_are_not_given_to_one() -> None:
    names = ("passengers", "freight", "punctual_share", "council_votes", "council_mood")
    tables = state(
        shares(0.20, 0.62, 0.13),
        before=shares(0.30, 0.52, 0.13),
        parts=tuple(("new_reading", key, 0.2) for key in names),
    )
    assert verdict.headline(tables).endswith(": mostly 3 readings together")


def test_evidence_is_said_as_odds_and_not_where_it_cannot_tell() -> None:
    tables = state(shares(0.21, 0.66, 0.08), decibans={"bridge": 1.0, "steady": 4.0, "closure": 3.6, "other": 0.0})
    assert (
        f"Taken alone, the reports speak about 2 to 1 against “{BRIDGE}” and cannot tell “{STEADY}” from “{CLOSURE}”."
        in said(tables)
    )


def test_evidence_for_a_rival_is_not_said_as_evidence_for_the_leader() -> None:
    tables = state(shares(0.21, 0.66, 0.08), decibans={"bridge": 8.0, "steady": 4.0, "closure": 1.0, "other": 0.0})
    text = said(tables)
    assert f"about 2.5 to 1 for “{BRIDGE}”" in text
    assert f"the leader is ahead of “{BRIDGE}” because it started higher" in text


def test_who_is_second_is_counted_over_the_sets_of_starting_odds() -> None:
    tables = state(shares(0.21, 0.66, 0.08), equal=shares(0.20, 0.41, 0.34))
    assert (
        f"“{STEADY}” leads under both sets of starting odds; "
        f"second is “{BRIDGE}” under 1 of 2 and “{CLOSURE}” under 1 of 2."
    ) in said(tables)


def test_who_leads_instead_under_other_starting_odds_is_named() -> None:
    tables = state(shares(0.42, 0.48, 0.05), equal=shares(0.50, 0.30, 0.15))
    assert (
        f"“{STEADY}” leads under 1 of 2 sets of starting odds, “{BRIDGE}” under 1 of 2; "
        f"second to it is “{BRIDGE}” under 1 of 2."
    ) in said(tables)


def test_the_verdict_says_what_it_rests_on() -> None:
    text = said(state(AT_THE_START))
    assert " of 10 indicators carry it; " in text
    assert "the newest sourced claim is of " in text


def test_a_flagged_indicator_at_the_top_is_taken_out_in_words() -> None:
    tables = state(AT_THE_START)
    top = verdict.most_influential(tables, 1)[0]["indicator"]
    text = said(tables)
    assert ("Most hangs on" in text) == any(
        caution.weighty for caution in verdict.cautions(tables, top["indicator_id"])
    )


def test_the_interval_is_said_where_it_was_computed_and_only_there() -> None:
    assert "nine times in ten" not in said(state(AT_THE_START))
    frame = pd.DataFrame(
        [
            {
                "release_id": fixture.RELEASE,
                "tracker_id": fixture.TRACKER,
                "as_of": pd.Timestamp(fixture.LATEST),
                "scenario_id": "steady",
                "p05": 0.47,
                "p50": 0.53,
                "p95": 0.58,
                "share_leading": 0.97,
            }
        ]
    )
    text = said(state(AT_THE_START, probability_interval=frame))
    assert "it stands between 47 % and 58 % nine times in ten, and leads in 97 % of the draws." in text


def test_sources_that_nobody_asked_are_not_said_to_have_failed() -> None:
    def frame(*rows: tuple[str, str, Any]) -> pd.DataFrame:
        return pd.DataFrame(
            [
                {
                    "release_id": fixture.RELEASE,
                    "tracker_id": None,
                    "subject": f"source:{name}",
                    "verdict": word,
                    "last_looked": looked,
                    "newest_period": None,
                    "age_days": None,
                    "max_age_days": 30,
                    "detail": "",
                }
                for name, word, looked in rows
            ]
        )

    looked = datetime(2026, 11, 15, 6, 0)
    some = frame(("ledger", "fresh", looked), ("a", "failed", looked), ("b", "unknown", None), ("c", "fresh", looked))
    assert (
        verdict.unread(state(AT_THE_START, freshness=some))
        == "1 of 3 outside sources could not be read and 1 was never asked."
    )
    none = frame(("ledger", "fresh", looked), ("a", "unknown", None), ("b", "failed", looked))
    assert verdict.unread(state(AT_THE_START, freshness=none)).startswith("No outside source could be read in this run")
    fine = frame(("ledger", "fresh", looked), ("a", "fresh", looked))
    assert verdict.unread(state(AT_THE_START, freshness=fine)) == ""


def test_where_the_fans_failed_is_said_with_how_few_forecasts_it_rests_on() -> None:
    tried = pd.DataFrame(
        [
            {"series": "a", "forecast": "fan", "horizon_years": 1, "n_forecasts": 10, "coverage_80": 0.8},
            {"series": "a", "forecast": "fan", "horizon_years": 2, "n_forecasts": 6, "coverage_80": 0.5},
            {"series": "b", "forecast": "fan", "horizon_years": 2, "n_forecasts": 2, "coverage_80": 1.0},
            {"series": "a", "forecast": "drift", "horizon_years": 2, "n_forecasts": 8, "coverage_80": 0.1},
        ]
    ).assign(tracker_id=fixture.TRACKER)
    assert verdict.where_fans_fail(state(AT_THE_START, backtest=tried)) == (
        "On history the 80 % band of the fans held 62 % of what came at 2 years, of 8 forecasts: "
        "it is too narrow there."
    )
    held = tried[tried["horizon_years"] == 1]
    assert verdict.where_fans_fail(state(AT_THE_START, backtest=held)) == (
        "On history the 80 % band of the fans held 80 % of what came at 1 year, of 10 forecasts."
    )
    assert verdict.where_fans_fail(state(AT_THE_START, backtest=tried[:0])) == ""


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0.1, 0.5, "better than"), (-0.1, 0.5, "no better than"), (-0.5, -0.1, "worse than")]
)
def test_past_sets_are_called_better_only_where_the_interval_says_so(low: float, high: float, said: str) -> None:
    sets = pd.DataFrame([{"set_id": name, "family": name[0]} for name in ("a1", "a2", "b1")])
    scores = pd.DataFrame(
        [
            {"measure": "log_score:gain_over", "value": 0.3, "low": low, "high": high},
            {"measure": "log_score:families_better", "value": 2.0, "low": None, "high": None},
        ]
    ).assign(set_id="all", rule="equal")
    assert verdict.past_sets(state(AT_THE_START, resolved_set=sets, resolved_score=scores)) == (
        f"On 3 scenario sets of the past, of 2 families, the method did {said} equal odds, better in 2 of 2."
    )


def test_a_release_that_does_not_say_what_feeds_an_indicator_says_nothing_of_it() -> None:
    assert verdict.feeding(state(AT_THE_START)) == ""


def test_a_list_says_how_much_it_is_thought_to_hold() -> None:
    assert wording.completeness_words([]) == ""
    assert wording.completeness_words([{"q": 1.0, "weight": 1.0}]) == "Its list is taken to be complete."
    assert wording.completeness_words([{"q": 0.5, "weight": 0.5}, {"q": 0.9, "weight": 0.5}]) == (
        "Its list is thought to hold about seven of ten such events; the count expected is cut to that."
    )


def test_a_chain_says_which_look_gives_way_to_which() -> None:
    links = [{"date": date(2026, month, 1), "reliability": 0.5} for month in (3, 2, 1)]
    assert wording.chain_words(links) == (
        "The reading is a chain: what the word of 1 March 2026 (believed at 50 %) leaves in doubt falls to that of "
        "1 February 2026 (believed at 50 %) and 1 January 2026 (believed at 50 %)."
    )
    assert wording.chain_words(links[:1]) == ""


def test_an_indicator_that_carries_the_headline_alone_is_named_beneath_it() -> None:
    check = {
        "check_name": "no_indicator_carries_the_headline_alone",
        "target": "scenario_probability",
        "severity": "warning",
        "passed": False,
        "detail": "",
    }
    moves = [("indicator:passengers", -0.068), ("indicator:freight", 0.04), ("group:traffic", 0.2)]
    influence = [
        {"tracker_id": fixture.TRACKER, "left_out": left_out, "scenario_id": "steady", "posterior": 0.5, "move": move}
        for left_out, move in moves
    ]
    tables = state(AT_THE_START, check_result=pd.DataFrame([check]), influence=pd.DataFrame(influence))
    assert headline_warnings(tables) == [
        "A check warns: one indicator moves a headline by more than five points alone: “Passengers a year” (6.8)."
    ]


def test_every_sentence_cites_a_statement_that_is_there() -> None:
    from signposts.report.citations import cite

    for sentence in verdict.sentences(state(AT_THE_START, before=shares(0.2, 0.6, 0.15), alarm=True)):
        assert cite(sentence.citation, tracker="t", as_of=date(2026, 1, 1)).sql.endswith(";")


# ---------------------------------------------------------------------- words of units

MEETINGS = {"unit": "count per year", "words": "{n} meeting|{n} meetings"}
MONEY = {"unit": "USD bn", "words": "${x} bn"}
RATIO = {"unit": "ratio to 2024", "words": "{change} 2024"}
VOTES = {"unit": "share", "words": "{p} of votes"}


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: wording.amount(1, MEETINGS), "1 meeting"),
        (lambda: wording.amount(13, MEETINGS), "13 meetings"),
        (lambda: wording.span(9, 31, MEETINGS), "9 to 31 meetings"),
        (lambda: wording.span(1.14, 1.75, RATIO), "14 to 75 % above 2024"),
        (lambda: wording.span(0.6, 0.9, RATIO), "10 to 40 % below 2024"),
        (lambda: wording.span(0.9, 1.2, RATIO), "10 % below to 20 % above 2024"),
        (lambda: wording.amount(0.955, VOTES), "95.5 % of votes"),
        (lambda: wording.amount(4.8, {"unit": "m crowns", "words": None}), "4.8 m crowns"),
    ],
)
def test_a_number_is_said_in_its_indicators_own_words(made: Any, words: str) -> None:
    assert made() == words


def test_a_pooled_value_is_said_to_two_digits_with_its_reports_in_the_sources_digits() -> None:
    reading = {"kind": "value", "value": 5.34, "value_low": 4.75, "value_high": 5.856, "category": None}
    assert wording.reading_words(reading, MONEY) == "$5.3 bn (reports: $4.75 to 5.856 bn)"


def test_a_count_says_since_when_and_votes_say_of_how_many() -> None:
    count = {"kind": "count", "value": 13.0, "value_low": 13.0, "value_high": 13.0, "exposure_start": date(2025, 1, 1)}
    assert wording.reading_words(count, MEETINGS) == "13 meetings since 1 January 2025"
    assert wording.reading_words({"kind": "share_count", "value": 4.0, "trials": 4}, VOTES) == "4 of 4 votes"


def test_thresholds_of_a_count_are_said_as_what_is_on_record() -> None:
    rows = [
        {"if_what": "if the reading is above 36", "threshold": 36.4},
        {"if_what": "if the reading is below 1", "threshold": 0.7},
    ]
    assert wording.condition_words(rows, MEETINGS) == "none or more than 36 meetings are on record by then"


def test_the_words_for_nothing_tell_its_causes_apart() -> None:
    causes = (
        "not_due",
        "not_in_ledger",
        "never_asked",
        "source_failed",
        "none_seen",
        "before_the_clock",
        "list_not_searched",
    )
    words = {wording.reading_words({"kind": None, "missing_reason": cause}, None) for cause in causes}
    assert len(words) == len(causes)
    assert not any("nobody has published" in text for text in words)


def test_a_prediction_that_must_shrink_is_said_to_shrink() -> None:
    must, may = "To stay inside its band it must", "It stays inside its band unless it"
    assert wording.growth_words(-0.05, falls=True) == f"{must} shrink by at least 5.0 % a year."
    assert wording.growth_words(0.05, falls=True) == f"{may} grows by more than 5.0 % a year."
    assert wording.growth_words(0.05, falls=False) == f"{must} grow by at least 5.0 % a year."
    assert wording.growth_words(-0.05, falls=False) == f"{may} shrinks by more than 5.0 % a year."
