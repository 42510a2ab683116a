"""Golden values of the method, each by the code in force and by a second way that shares nothing with it.

The second ways are loops, quadrature or SQL written out here from docs/method.md.
"""

import math
from dataclasses import replace
from datetime import date
from itertools import product

import duckdb
import numpy as np
import pytest
from scipy import integrate, stats

from signposts.scoring import combining
from signposts.scoring.completeness import list_completeness
from signposts.scoring.families.base import fill_silent
from signposts.scoring.information import diagnosticity, entropy_bits
from signposts.scoring.model import build_model
from signposts.scoring.observations import KIND, blank_observations
from signposts.scoring.predictive import likelihood, log_density, predictive_cdf

PRIOR = np.array([0.327586, 0.524138, 0.098276, 0.05])
T0 = date(2025, 1, 17)
BY = "2031-12-31"
LENGTH = (date(2031, 12, 31) - T0).days / 365.25  # 6.9514 years


def scenarios(delayed=("event_by",)):
    rows = [{"scenario_id": name, "prior": prior} for name, prior in zip("dpf", PRIOR, strict=False)]
    rows[2] |= {"baseline_id": "p", "delayed_types": ",".join(delayed)}
    return [*rows, {"scenario_id": "other", "prior": PRIOR[3]}]


def model_of(predictions, onsets=(0.0,), **settings):
    """Return a model of the scenarios d, p and f about indicator `x`; only f has onsets."""
    hypotheses = [{"scenario_id": name, "onset": 0.0, "onset_weight": 1.0} for name in "dp"]
    hypotheses += [{"scenario_id": "f", "onset": onset, "onset_weight": 1 / len(onsets)} for onset in onsets]
    return build_model(
        t0=T0,
        scenarios=scenarios(),
        hypotheses=hypotheses,
        indicators=[{"indicator_id": "x"} | settings],
        predictions=[
            {"indicator_id": "x", "scenario_id": name, "type": kind, "parameters": numbers}
            for name, (kind, numbers) in predictions.items()
        ],
        scoring={"shared_sd": True, "obs_sd": 0.03, "open_list_coverage": [0.4, 1.0], "contamination": 0.2},
    )


# ---- triggers


def by(p, **more):
    return ("event_by", {"by": BY, "p": p, "shape": 1.0, **more})


BASELINE_TRIGGER = {"trigger_share": 0.35, "trigger_lag": 1.0, "after_onset": "baseline"}


def survival_and_density(model, onset, time):
    column = list(zip(model.hypothesis_scenario, model.hypothesis_onset, strict=True)).index((2, onset))
    row = np.array([0])
    none = blank_observations(row, KIND["none_seen"], np.array([time]))
    at = np.array([time])
    seen = blank_observations(row, KIND["event"], at, happened_from=at, happened_to=at)
    return 1 - predictive_cdf(model, none)[0, column], math.exp(log_density(model, seen)[0, column])


@pytest.mark.parametrize(
    ("onset", "survives", "density"), [(0.625, 0.6090, 0.0252), (2.125, 0.8015, 0.3752), (4.125, 0.9590, 0.0252)]
)
def test_a_trigger_comes_within_its_lag_before_the_onset_or_as_the_baseline_has_it(onset, survives, density):
    model = model_of({"d": by(0.08), "p": by(0.25), "f": by(0.65, **BASELINE_TRIGGER)}, (0.625, 2.125, 4.125))
    found = survival_and_density(model, onset, 1.575)
    assert found == pytest.approx((survives, density), abs=5e-5)
    # by hand: with .35 evenly between a and the onset, with .65 at the baseline's constant hazard
    rate, begins = -math.log(1 - 0.25) / LENGTH, max(0.0, onset - 1)
    come = min(max((1.575 - begins) / (onset - begins), 0.0), 1.0)
    rest = math.exp(-rate * 1.575)
    inside = 1 / (onset - begins) if begins < 1.575 <= onset else 0.0
    by_hand = (0.65 * rest + 0.35 * (1 - come), 0.65 * rate * rest + 0.35 * inside)
    assert found == pytest.approx(by_hand, abs=1e-9)


def test_a_trigger_has_come_by_three_years_with_its_golden_chance():
    model = model_of({"d": by(0.08), "p": by(0.25), "f": by(0.65, **BASELINE_TRIGGER)}, (2.125,))
    assert 1 - survival_and_density(model, 2.125, 3.0)[0] == pytest.approx(0.4259, abs=5e-5)


def test_after_the_onset_the_event_may_follow_its_own_hazard():
    own = {"trigger_share": 0.35, "trigger_lag": 1.0, "after_onset": "own"}
    model = model_of(
        {"d": by(0.08), "p": by(0.30), "f": ("event_by", {"by": BY, "p": 0.75, "shape": 1.2, **own})}, (2.125,)
    )
    assert survival_and_density(model, 2.125, 1.6)[0] == pytest.approx(0.7825, abs=5e-5)
    assert survival_and_density(model, 2.125, 4.0)[0] == pytest.approx(0.4371, abs=5e-5)
    # by hand, after the onset: the baseline's hazard up to it, then the own one over its own length
    base, mine = -math.log(0.70) / LENGTH * 2.125, -math.log(0.25) * ((4.0 - 2.125) / LENGTH) ** 1.2
    assert survival_and_density(model, 2.125, 4.0)[0] == pytest.approx(0.65 * math.exp(-base - mine), abs=1e-9)


@pytest.mark.parametrize("trigger", [BASELINE_TRIGGER, BASELINE_TRIGGER | {"after_onset": "own"}])
def test_survival_and_density_of_a_trigger_add_up_to_one(trigger):
    model = model_of({"d": by(0.08), "p": by(0.25), "f": by(0.65, **trigger)}, (2.125,))
    come = [
        integrate.quad(lambda t: survival_and_density(model, 2.125, t)[1], low, high)[0]
        for low, high in ((1e-9, 1.125), (1.125 + 1e-9, 2.125), (2.125 + 1e-9, 6.0))
    ]
    assert survival_and_density(model, 2.125, 6.0)[0] + sum(come) == pytest.approx(1.0, abs=1e-6)


def test_an_event_that_announces_no_onset_has_the_likelihoods_it_had_before_there_were_triggers():
    predictions = {"d": by(0.08), "p": by(0.25)}
    nothing = model_of(
        predictions | {"f": by(0.65, **BASELINE_TRIGGER | {"trigger_share": 0.0, "after_onset": "own"})}, (2.125,)
    )
    before = model_of(predictions | {"f": by(0.65)}, (2.125,))
    for time in (0.5, 1.575, 2.125, 4.0):
        assert survival_and_density(nothing, 2.125, time) == survival_and_density(before, 2.125, time)


# ---- lists


def rate_place(count, mean, cv, exposure, nodes, weights):
    """Return P(N), mid-PIT of a list with scipy's negative binomial, node by node."""
    shape = cv**-2
    mass = place = 0.0
    for q, weight in zip(nodes, weights, strict=True):
        counted = stats.nbinom(shape, shape / (shape + q * mean * exposure))
        mass += weight * counted.pmf(count)
        place += weight * (counted.cdf(count) - counted.pmf(count) / 2)
    return mass, place


@pytest.mark.parametrize(
    ("known", "found", "both", "count", "mean", "cv", "reach", "golden"),
    [
        (14, 20, 11, 23, 12.0, 0.3, (1 - 1e-12, 1.0), (0.8864, 0.0119, 0.9594)),
        (14, 20, 11, 23, 12.0, 0.3, (0.7, 1.0), (0.7534, 0.0056, 0.9835)),
        (2, 7, 2, 7, 10.0, 0.4, (0.7, 1.0), (0.7083, 0.0905, 0.4365)),
    ],
)
def test_a_list_counts_for_the_share_of_events_that_its_searches_find(
    known, found, both, count, mean, cv, reach, golden
):
    nodes = list_completeness(known, found, both, reach)
    model = model_of({"d": ("rate", {"mean": mean, "cv": cv}), "p": ("rate", {"mean": mean, "cv": cv})})
    plain = blank_observations(
        np.array([0]),
        KIND["open_count"],
        np.array([1.195]),
        value=np.array([float(count)]),
        exposure_start=np.array([0.0]),
        exposure_end=np.array([1.195]),
    )
    listed = replace(plain, completeness=nodes.q[None], completeness_weight=nodes.weight[None])
    found_now = (nodes.mean, math.exp(log_density(model, listed)[0, 0]), predictive_cdf(model, listed)[0, 0])
    assert found_now == pytest.approx(golden, abs=6e-5)
    assert found_now[1:] == pytest.approx(rate_place(count, mean, cv, 1.195, nodes.q, nodes.weight), abs=1e-9)


# ---- chains


LINKS = [(0.85, 0.9, 0.50), (0.94, 0.7, 0.45), (0.25, 0.4, 0.30)]
"""Reliability, ratio and place of three looks, the oldest first."""


def test_what_a_look_leaves_unbelieved_falls_to_the_one_before():
    reliability, ratio, place = (np.array(column)[::-1] for column in zip(*LINKS, strict=True))
    pool = combining.Pool(
        reading=np.zeros(3, dtype=np.int64),
        position=np.array([1, 2, 3]),
        weight=np.ones(3),
        reliability=reliability,
        falls_back=np.ones(3, dtype=bool),
    )
    found = combining.pooled_ratios(np.log(ratio)[:, None], pool, 1)[0, 0]
    where = combining.pooled_places(place[:, None], pool, 1)[0, 0]
    assert (found, where) == pytest.approx((-0.4546, 0.4148), abs=5e-5)
    value, middle = 1.0, 0.5
    for r, lam, u in LINKS:
        value, middle = r * lam + (1 - r) * value, r * u + (1 - r) * middle
    assert (found, where) == pytest.approx((math.log(value), middle), abs=1e-12)


def test_event_claims_beside_a_chain_do_not_fall_back_on_it():
    pool = combining.Pool(
        reading=np.zeros(3, dtype=np.int64),
        position=np.array([1, 1, 2]),
        weight=np.array([0.5, 0.5, 1.0]),
        reliability=np.array([0.9, 0.25, 0.8]),
        falls_back=np.array([False, True, True]),
    )
    found = combining.pooled_ratios(np.log(np.array([[3.0], [0.6], [0.5]])), pool, 1)[0, 0]
    older = 0.8 * 0.5 + 0.2
    assert math.exp(found) == pytest.approx(0.5 * (0.9 * 3 + 0.1) + 0.5 * (0.25 * 0.6 + 0.75 * older))


# ---- shared luck


@pytest.mark.parametrize(
    ("z", "rho", "golden"),
    [((1.2, -0.3, 0.5), 0.7, -0.3577), ((1.5, 1.2, 1.4), 0.5, 1.7241), ((1.5, -1.2), 0.5, -1.6712)],
)
def test_shared_luck_is_the_log_density_of_a_copula_with_one_correlation(z, rho, golden):
    n = len(z)
    found = combining.shared_luck(
        np.array(z)[:, None], np.ones(n, dtype=bool), np.zeros(n, dtype=np.int64), np.array([rho])
    )[0, 0]
    assert found == pytest.approx(golden, abs=5e-5)
    matrix = np.full((n, n), rho) + (1 - rho) * np.eye(n)
    together = stats.multivariate_normal(cov=matrix).logpdf(z)
    assert found == pytest.approx(together - stats.norm.logpdf(z).sum(), abs=1e-9)


def test_one_reading_shares_its_luck_with_nobody():
    found = combining.shared_luck(np.array([[2.0]]), np.array([True]), np.array([0]), np.array([0.5]))
    assert found[0, 0] == 0


# ---- the posterior, in numpy and in SQL

FIRST = ((1.6, 0.7, 0.3), 0.9, 0.9, 0.3, (-0.2, 0.6, 1.1))
SECOND = ((1.1, 1.2, 0.8), 0.6, 0.75, 0.3, (0.4, 0.8, 1.3))
ODD = ((0.05, 0.08, 0.02), 1.9, 0.98, 0.3, (0.4, 0.8, 1.3))
DEFINING = ((0.05, 0.3, 3.0), 1.2, 0.98, 0.8, None)
CASES = [
    ([FIRST, SECOND], (0, 1), (0.3823, 0.4989, 0.0697, 0.0491)),
    ([FIRST, SECOND], (0, 0), (0.3632, 0.5094, 0.0782, 0.0492)),
    ([FIRST, ODD], (0, 1), (0.3551, 0.5051, 0.0588, 0.0810)),
    ([FIRST, DEFINING], (0, 1), (0.1005, 0.4320, 0.3976, 0.0698)),
]


def in_numpy(readings, groups):
    plain, contaminated, z, member, weight = [], [], [], [], []
    for ratio, wide, r, f, luck in readings:
        ratio = np.array(ratio)
        plain.append(np.log(r * ratio + 1 - r))
        contaminated.append(np.log(r * (0.8 * ratio + 0.2 * wide) + 1 - r))
        z.append(np.zeros(3) if luck is None else np.array(luck))
        member.append(luck is not None)
        weight.append(f)
    luck = 0.3 * combining.shared_luck(np.array(z), np.array(member), np.array(groups), np.array([0.5, 0.5])).sum(0)
    log_prior = np.log(PRIOR)
    joint = combining.log_joint(log_prior, weight @ np.array(plain) + luck, weight @ np.array(contaminated) + luck)
    return combining.posterior(joint)


def in_sql(readings, groups):
    rows = [
        (g, s, PRIOR[s], ratio[s], wide, r, f, None if luck is None else luck[s])
        for (ratio, wide, r, f, luck), g in zip(readings, groups, strict=True)
        for s in range(3)
    ]
    connection = duckdb.connect()
    connection.execute(
        "create table reading (g int, s int, prior double, ratio double, wide double, r double, f double, z double)"
    )
    connection.executemany("insert into reading values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return [
        row[0]
        for row in connection.execute(
            """
            with luck as (
                select g, s, any_value(prior) as prior, sum(f * ln(r * ratio + 1 - r)) as plain,
                    sum(f * ln(r * (.8 * ratio + .2 * wide) + 1 - r)) as mixed,
                    case when count(z) < 2 then 0 else
                        -.5 * ((count(z) - 1) * ln(.5) + ln(1 + (count(z) - 1) * .5))
                        - .5 * (sum(z * z) - sum(z) ** 2 / (1 + (count(z) - 1) * .5)) end as c
                from reading group by g, s
            ),
            joint as (
                select s, any_value(prior) as prior, sum(plain + .3 * c) as plain, sum(mixed + .3 * c) as mixed
                from luck group by s
            ),
            share as (
                select s, prior * exp(plain) as share from joint
                union all select 3, .05 * sum(prior / .95 * exp(mixed)) from joint
            )
            select share / sum(share) over () from share order by s
            """
        ).fetchall()
    ]


@pytest.mark.parametrize(("readings", "groups", "golden"), CASES)
def test_readings_luck_and_other_give_the_golden_probabilities_in_numpy_and_in_sql(readings, groups, golden):
    assert in_numpy(readings, groups) == pytest.approx(golden, abs=5e-5)
    assert in_sql(readings, groups) == pytest.approx(in_numpy(readings, groups), abs=1e-6)


# ---- silence


def test_a_silent_scenario_neither_gains_nor_loses():
    """Silent d takes the mixture of p, f and other: its probability stays what it was."""
    ratio = np.array([[np.nan, 0.5, 2.0, 1.0]])
    model = model_of({"p": by(0.25), "f": by(0.65)})
    fill_silent(model, np.array([[False, True, True]]), ratio)
    by_hand = (PRIOR[1] * 0.5 + PRIOR[2] * 2 + 0.05) / (PRIOR[1] + PRIOR[2] + 0.05)
    assert ratio[0, 0] == pytest.approx(by_hand) == pytest.approx(0.7565, abs=2e-4)
    joint = PRIOR * ratio[0]
    assert joint[0] / joint.sum() == pytest.approx(0.3276, abs=5e-5)


def test_the_likelihood_of_a_silent_scenario_is_that_mixture_too():
    model = model_of({"p": by(0.25), "f": by(0.65)})
    found = likelihood(model, blank_observations(np.array([0]), KIND["none_seen"], np.array([3.0])))
    ratio = np.exp(found.log_ratio[0])
    assert ratio[0] == pytest.approx((PRIOR[1:] * ratio[1:]).sum() / PRIOR[1:].sum(), abs=1e-9)
    assert np.isnan(found.place[0, 0])


# ---- other


def test_the_wide_hazard_gives_an_event_at_most_the_greatest_chance_of_those_who_speak():
    model = model_of({"d": by(0.005), "p": by(0.02), "f": by(0.15)})
    at = np.array([LENGTH])
    found = likelihood(model, blank_observations(np.array([0]), KIND["none_seen"], at))
    wide = math.exp(found.log_reference[0] + found.log_wide[0])
    assert wide == pytest.approx(1 - 0.15, abs=1e-9)


def test_contaminated_ratios_take_their_share_from_the_wide_yardstick():
    model = model_of({"d": by(0.1), "p": by(0.3), "f": by(0.7)})
    found = likelihood(model, blank_observations(np.array([0]), KIND["none_seen"], np.array([4.0])))
    expected = 0.8 * np.exp(found.log_ratio[0, :3]) + 0.2 * math.exp(found.log_wide[0])
    assert np.exp(found.log_ratio_contaminated[0, :3]) == pytest.approx(expected, abs=1e-12)


# ---- information of votes


def test_votes_carry_the_bits_of_their_number_not_of_the_share():
    """Beta means .97, .90 and .55 with concentrations 20, 20 and 8: 7 votes, 40 votes, the share itself."""
    shares = {name: (mean, size) for name, mean, size in (("d", 0.97, 20), ("p", 0.90, 20), ("f", 0.55, 8))}
    model = model_of({name: ("share", {"mean": m, "concentration": n}) for name, (m, n) in shares.items()})
    prior = PRIOR[:3]
    for votes, golden in ((7.0, 0.2938), (40.0, 0.5266), (math.nan, 0.6750)):
        found = diagnosticity(model, prior, np.array([0]), np.array([2.0]), votes=np.array([votes]))[0]
        assert found == pytest.approx(golden, abs=2e-3 if math.isnan(votes) else 5e-5)
        if not math.isnan(votes):
            masses = np.array(
                [stats.betabinom(int(votes), m * n, (1 - m) * n).pmf(np.arange(votes + 1)) for m, n in shares.values()]
            ).T
            joint = masses * (prior / prior.sum())
            left = joint.sum(1) @ entropy_bits(joint / joint.sum(1, keepdims=True))
            assert found == pytest.approx(entropy_bits(prior / prior.sum()) - left, abs=1e-9)


# ---- small promises


def test_the_order_of_readings_and_links_does_not_matter():
    generator = np.random.default_rng(5)
    ratios = generator.normal(size=(6, 4))
    reading = np.array([0, 0, 1, 1, 1, 2])
    position = np.array([1, 2, 1, 1, 2, 1])
    weight = np.array([1, 1, 0.4, 0.6, 1, 1])
    reliability = generator.uniform(0.1, 1, 6)
    order = generator.permutation(6)
    whole = combining.pooled_ratios(
        ratios, combining.Pool(reading, position, weight, reliability, np.ones(6, dtype=bool)), 3
    )
    turned = combining.Pool(reading[order], position[order], weight[order], reliability[order], np.ones(6, dtype=bool))
    np.testing.assert_allclose(combining.pooled_ratios(ratios[order], turned, 3), whole, atol=1e-12)


@pytest.mark.parametrize("order", list(product((0, 1), repeat=2)))
def test_leaving_a_reading_out_recomputes_the_luck_of_its_storyline(order):
    z = np.array([[1.2, -0.4], [-0.3, 0.8], [0.5, 0.1]])
    member = np.array([True, True, True])
    group, rho = np.zeros(3, dtype=np.int64), np.array([0.7])
    left = np.delete(np.arange(3), order[0])
    without = combining.shared_luck(z[left], member[left], group[left], rho)
    masked = member.copy()
    masked[order[0]] = False
    np.testing.assert_allclose(combining.shared_luck(z, masked, group, rho), without, atol=1e-12)
