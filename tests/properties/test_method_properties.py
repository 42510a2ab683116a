"""Properties of the method (docs/method.md, 6), each seen to fail on the planted error its docstring names."""

from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from signposts.scoring import combining, fans
from signposts.scoring.families import FAMILIES
from signposts.scoring.families.event import LAST_YEAR
from signposts.scoring.model import build_model
from signposts.scoring.observations import KINDS, blank_observations
from signposts.scoring.predictive import log_density, log_lambda, predictive_cdf, survival

T0 = date(2025, 1, 17)
SCENARIOS = ("rise", "stay", "fall")
ONSETS = {"rise": {0.0: 0.4, 1.0: 0.6}, "stay": {0.0: 1.0}, "fall": {0.5: 0.3, 2.5: 0.4, 4.5: 0.3}}
FIRST = np.zeros(1, dtype=np.int64)


def numbers(low, high):
    return st.floats(low, high, allow_nan=False)


def start(value=4.0):
    return {"date": "2024-12-31", "value": value}


def drift(change, sigma, drift_sd, value=4.0):
    return "drift", {"start": start(value), "annual_change": change, "sigma": sigma, "drift_sd": drift_sd}


def lognormal(value=4.0):
    ratio = st.tuples(numbers(0.3, 0.95), numbers(1.05, 3.0), numbers(0.5, 0.95)).map(
        lambda x: (
            "range",
            {"start": start(value), "lo": x[0] * value, "hi": x[1] * value, "coverage": x[2], "reach_by": "2028-12-31"},
        )
    )
    path = st.tuples(numbers(0.4, 3.0), numbers(0.05, 0.4)).map(
        lambda x: (
            "path",
            {"start": start(value), "target": {"date": "2030-12-31", "value": x[0] * value}, "sigma": x[1]},
        )
    )
    fall = st.builds(drift, numbers(-0.3, 0.4), numbers(0.05, 0.4), numbers(0, 0.1), st.just(value))
    return st.one_of(ratio, path, fall)


def share():
    plain = st.tuples(numbers(0.05, 0.95), numbers(4, 80)).map(
        lambda x: ("share", {"mean": x[0], "concentration": x[1]})
    )
    threshold = st.tuples(numbers(0.3, 0.9), numbers(0.1, 0.9), numbers(5, 100)).map(
        lambda x: ("threshold", {"op": ">=", "value": x[0], "p_beyond": x[1], "concentration": x[2]})
    )
    return st.one_of(plain, threshold)


def event():
    return st.tuples(
        numbers(0.01, 0.95),
        numbers(1.0, 3.0),
        st.sampled_from(["2028-06-30", "2030-12-31"]),
        st.sampled_from(["", "2026-06-30"]),
    ).map(lambda x: ("event_by", {"p": x[0], "shape": x[1], "by": x[2], "earliest": x[3] or None}))


def rate():
    return st.tuples(numbers(0.2, 15), numbers(0.3, 1.2)).map(lambda x: ("rate", {"mean": x[0], "cv": x[1]}))


def ordinal():
    return st.lists(numbers(0.02, 1), min_size=3, max_size=3).map(
        lambda x: ("ordinal", {"probs": dict(zip("abc", x, strict=True))})
    )


FAMILY = {"lognormal": lognormal(), "beta": share(), "event": event(), "rate": rate(), "ordinal": ordinal()}


def model_of(predictions, *, order=SCENARIOS, shared=True, detect_prob=1.0):
    """Return a model of one indicator `x`; predictions by scenario; None is silent."""
    waits = "rate,share,threshold,ordinal,event_by,drift,range"
    return build_model(
        t0=T0,
        scenarios=[
            {"scenario_id": name, "baseline_id": None if name == "stay" else "stay", "delayed_types": waits}
            for name in order
        ],
        hypotheses=[
            {"scenario_id": name, "onset": onset, "onset_weight": weight}
            for name in order
            for onset, weight in ONSETS[name].items()
        ],
        indicators=[{"indicator_id": "x"}],
        predictions=[
            {"indicator_id": "x", "scenario_id": name, "type": given_[0], "parameters": given_[1]}
            for name, given_ in predictions.items()
            if given_ is not None
        ],
        scoring={"shared_sd": shared, "obs_sd": 0.03, "open_list_coverage": [0.4, 1.0]},
        indicator_settings={"x": {"detect_prob": detect_prob, "categories": list("abc")}},
    )


def predictions_of(family, silent=True):
    cell = st.one_of(FAMILY[family], st.none()) if silent else FAMILY[family]
    return st.fixed_dictionaries(dict.fromkeys(SCENARIOS, cell)).filter(lambda p: any(p.values()))


def report(kind, time, rows=1, **columns):
    given_ = {name: np.broadcast_to(np.asarray(value, dtype=float), rows) for name, value in columns.items()}
    return blank_observations(np.zeros(rows, dtype=np.int64), KINDS.index(kind), np.full(rows, float(time)), **given_)


def usual_report(family, time):
    """Return a report such as each family is read from."""
    return {
        "lognormal": report("value", time, value=5.0),
        "beta": report("value", time, value=0.6),
        "event": report("none_seen", time),
        "rate": report("count", time, value=3.0, exposure_end=time),
        "ordinal": report("category", time, category=1),
    }[family]


def spoken(model):
    return np.append(model.speaks[0], True)[model.hypothesis_scenario]


TIMES = numbers(0.1, 9.0)

# ------------------------------------------------------------------ predictives sum and integrate to one


@given(predictions_of("rate"), TIMES, st.booleans())
@settings(max_examples=40, deadline=None)
def test_masses_of_a_count_sum_to_one(predictions, time, is_open):
    """Planted: ln N! as lgamma(N) in place of lgamma(N + 1) in densities.negative_binomial_log_mass."""
    model = model_of(predictions)
    kind = "open_count" if is_open else "count"
    top = 6000
    masses = np.exp(log_density(model, report(kind, time, top, value=np.arange(top), exposure_end=time)))
    light = np.isfinite(masses).all(axis=0) & (masses[-1] < 1e-9)
    assert light.any()
    np.testing.assert_allclose(masses.sum(axis=0)[light], 1, atol=1e-5)


@given(predictions_of("beta"), TIMES, st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_masses_of_votes_sum_to_one(predictions, time, trials):
    """Planted: the binomial coefficient without its ln(n + 1) in densities.beta_binomial_log_mass."""
    model = model_of(predictions)
    counts = np.arange(trials + 1)
    masses = np.exp(log_density(model, report("share_count", time, trials + 1, value=counts, trials=trials)))
    np.testing.assert_allclose(masses.sum(axis=0), 1, atol=1e-9)


@given(predictions_of("ordinal"), TIMES)
@settings(max_examples=40, deadline=None)
def test_masses_of_categories_sum_to_one(predictions, time):
    """Planted: probabilities taken from the catalogue without dividing by their sum."""
    masses = np.exp(log_density(model_of(predictions), report("category", time, 3, category=np.arange(3))))
    np.testing.assert_allclose(masses.sum(axis=0), 1, atol=1e-12)


@given(predictions_of("lognormal"), TIMES, st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_log_normal_density_integrates_to_one(predictions, time, shared):
    """Planted: the density without its - ln sd."""
    logs = np.linspace(np.log(4) - 30, np.log(4) + 30, 60001)
    densities = np.exp(
        log_density(model_of(predictions, shared=shared), report("value", time, len(logs), value=np.exp(logs)))
    )
    np.testing.assert_allclose(np.trapezoid(densities, logs, axis=0), 1, atol=1e-6)


@given(predictions_of("event"), TIMES, numbers(0.5, 1.0))
@settings(max_examples=30, deadline=None)
def test_survival_and_the_density_of_an_event_add_up_to_one(predictions, time, detect_prob):
    """Planted: the density's hazard after the onset left at `earliest` instead of restarting at the onset."""
    model = model_of(predictions, detect_prob=detect_prob)
    cuts = sorted({0.0, time, *(onset for onsets in ONSETS.values() for onset in onsets if onset < time)})
    cuts = sorted({*cuts, *(e for e in (1.4483915,) if e < time)})
    points, weights = np.polynomial.legendre.leggauss(120)
    total = np.zeros(model.n_hypotheses)
    for low, high in zip(cuts, cuts[1:], strict=False):
        at = low + (high - low) * (points + 1) / 2
        happened = report("event", time, len(at), happened_from=at, happened_to=at)
        total += (weights[:, None] * np.exp(log_density(model, happened))).sum(axis=0) * (high - low) / 2
    left = survival(model, FIRST, np.array([time]))[0]
    known = ~np.isnan(left)
    np.testing.assert_allclose((total / detect_prob + left)[known], 1, atol=2e-3)
    seen = np.exp(log_density(model, report("none_seen", time)))[0]
    np.testing.assert_allclose(seen[known] + total[known], 1, atol=2e-3)


@given(st.sampled_from(["lognormal", "beta"]), st.data(), TIMES, numbers(0.05, 0.9), numbers(0.05, 0.5))
@settings(max_examples=40, deadline=None)
def test_an_interval_has_the_integral_of_its_density(family, data, time, low, width):
    """Planted: the mass of an interval taken as F(high) alone."""
    model = model_of(data.draw(predictions_of(family)))
    scale = 1.0 if family == "beta" else 8.0
    ends = np.array([low, min(low + width, 0.98)]) * scale
    grid = np.linspace(*(np.log(ends) if family == "lognormal" else ends), 4001)
    values = np.exp(grid) if family == "lognormal" else grid
    density = np.exp(log_density(model, report("value", time, len(grid), value=values)))
    mass = np.exp(log_density(model, report("interval", time, value_low=ends[0], value_high=ends[1])))[0]
    expected = np.trapezoid(density, grid, axis=0)
    kept = expected > 1e-200
    np.testing.assert_allclose(mass[kept], expected[kept], rtol=2e-3, atol=1e-9)


@given(
    st.sampled_from(["lognormal", "beta", "event"]),
    st.data(),
    TIMES,
    st.lists(numbers(0.01, 0.99), min_size=3, max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_a_quantile_is_where_the_distribution_function_reaches_its_share(family, data, time, shares):
    """Planted: the onset's baseline quantile used after the onset too (fans._event_dates without its late part)."""
    model = model_of(data.draw(predictions_of(family)))
    n_rows = len(shares) * model.n_hypotheses
    hypothesis = np.repeat(np.arange(model.n_hypotheses), len(shares))
    share_ = np.tile(shares, model.n_hypotheses)
    found = fans.quantiles(model, np.zeros(n_rows, dtype=np.int64), hypothesis, np.full(n_rows, time), share_)
    kept = ~np.isnan(found) & (found < LAST_YEAR)
    kind = KINDS.index("none_seen" if family == "event" else "value")

    def cdf(value):
        at = np.nan_to_num(value, nan=1.0) if family == "event" else np.full(n_rows, time)
        reports = blank_observations(np.zeros(n_rows, dtype=np.int64), kind, at, value=value)
        return predictive_cdf(model, reports)[np.arange(n_rows), hypothesis][kept]

    # Where the distribution is steeper than a double can follow, as of shares next to 1, its neighbours hold the share.
    assert (cdf(np.nextafter(found, -np.inf)) - 1e-7 <= share_[kept]).all()
    assert (cdf(np.nextafter(found, np.inf)) + 1e-7 >= share_[kept]).all()
    assert (np.isnan(found) == ~spoken(model)[hypothesis]).all()


@given(predictions_of("rate"), numbers(0.3, 9.0), numbers(0.01, 0.99))
@settings(max_examples=40, deadline=None)
def test_a_quantile_of_counts_is_the_least_that_reaches_its_share(predictions, time, share_):
    """Planted: bisection that returns its lower end."""
    model = model_of(predictions)
    n_rows = model.n_hypotheses
    hypothesis = np.arange(n_rows)
    rows = np.zeros(n_rows, dtype=np.int64)
    found = fans.quantiles(model, rows, hypothesis, np.full(n_rows, time), np.full(n_rows, share_))
    upto = [
        predictive_cdf(model, report("count", time, n_rows, value=np.nan_to_num(found) + move, exposure_end=time))[
            rows + np.arange(n_rows), hypothesis
        ]
        for move in (0.5, -0.5)
    ]
    kept = ~np.isnan(found)
    assert (upto[0][kept] >= share_ - 1e-9).all()
    assert (upto[1][kept] < share_ + 1e-9).all()


# ------------------------------------------------------------------ what a reading may and may not do


@given(st.sampled_from(sorted(FAMILY)), st.data(), TIMES)
@settings(max_examples=60, deadline=None)
def test_relabelling_the_scenarios_permutes_the_answer(family, data, time):
    """Planted: the reference as half the first scenario, in place of half the mean of them."""
    predictions = data.draw(predictions_of(family))
    order = data.draw(st.permutations(SCENARIOS))
    reports = usual_report(family, time)
    plain, turned = model_of(predictions), model_of(predictions, order=order)
    assert FAMILIES[plain.family[0]] == family
    one = _by_hypothesis(plain, log_lambda(plain, reports)[0])
    two = _by_hypothesis(turned, log_lambda(turned, reports)[0])
    assert one.keys() == two.keys()
    for key, value in one.items():
        assert two[key] == pytest.approx(value, abs=1e-9)


def _by_hypothesis(model, values):
    names = model.hypothesis_scenario_ids()
    return {(name, onset): value for name, onset, value in zip(names, model.hypothesis_onset, values, strict=True)}


@given(st.data(), TIMES, numbers(0.5, 20), st.sampled_from([1e-3, 0.37, 12.0, 1e6]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_changing_the_unit_leaves_the_ratios(data, time, value, factor, shared):
    """Planted: an observation error on the scale of the unit (sd grown by a thousandth of the value)."""
    change = st.tuples(numbers(-0.3, 0.4), numbers(0.05, 0.4), numbers(0, 0.1))
    cells = {name: data.draw(change) for name in SCENARIOS}
    ratios = [
        log_lambda(
            model_of({name: drift(*cell, 4.0 * unit) for name, cell in cells.items()}, shared=shared),
            report("value", time, value=value * unit),
        )
        for unit in (1.0, factor)
    ]
    np.testing.assert_allclose(ratios[0], ratios[1], atol=1e-8)


@given(numbers(0.01, 0.95), numbers(0.01, 0.95), numbers(0.8, 3.0), TIMES, TIMES, numbers(0.3, 1.0))
@settings(max_examples=60, deadline=None)
def test_silence_never_helps_the_scenario_with_the_higher_hazard(one, two, shape, time, later, detect_prob):
    """Planted: d (1 - S), the chance of having happened and been seen, in place of S + (1 - S)(1 - d)."""
    high, low = max(one, two), min(one, two)

    def cell(p):
        return "event_by", {"by": "2030-12-31", "p": p, "shape": shape}

    model = model_of({"rise": cell(high), "stay": cell(low), "fall": None}, detect_prob=detect_prob)
    found = log_lambda(model, report("none_seen", time))[0]
    names = model.hypothesis_scenario_ids()
    assert found[names.index("rise")] <= found[names.index("stay")] + 1e-12
    # where an event may pass unnoticed, long silence says less and less; where it cannot, ever more
    first, last = sorted((time, later))
    seen = model_of({"rise": cell(high), "stay": cell(low), "fall": None})
    odds = [
        np.subtract(*log_lambda(seen, report("none_seen", at))[0][[names.index("rise"), names.index("stay")]])
        for at in (first, last)
    ]
    assert odds[1] <= odds[0] + 1e-9


@given(st.lists(numbers(-30, 30), min_size=3, max_size=3), numbers(0.01, 0.98), numbers(0.001, 0.019))
@settings(max_examples=60, deadline=None)
def test_tighter_reliability_never_lowers_the_decibans_of_one_report(ratios, reliability, more):
    """Planted: (1 - r) Lambda + r, the roles of r swapped."""
    found = [pooled_once(np.array([ratios]), np.array([1.0]), np.array([r])) for r in (reliability, reliability + more)]
    assert (np.abs(found[1]) >= np.abs(found[0]) - 1e-12).all()


@given(st.sampled_from(sorted(FAMILY)), st.data(), TIMES)
@settings(max_examples=30, deadline=None)
def test_a_report_that_is_worth_nothing_gives_the_prior(family, data, time):
    """Planted: ln sum omega r Lambda, the term 1 - r left out."""
    model = model_of(data.draw(predictions_of(family)))
    reports = usual_report(family, time)
    ratio = pooled_once(log_lambda(model, reports), np.array([1.0]), np.array([1e-13]))
    prior = combining.hypothesis_prior(np.array([0.3, 0.5, 0.15, 0.05]), model.hypothesis_scenario, model.onset_weight)
    found = combining.posterior(combining.log_joint(prior, ratio[:-1], ratio[:-1]))
    np.testing.assert_allclose(found, np.exp(prior), atol=1e-9)


@given(st.sampled_from(sorted(FAMILY)), st.data(), TIMES)
@settings(max_examples=30, deadline=None)
def test_the_reference_expects_every_ratio_to_be_one(family, data, time):
    """Planted: p_wide left out of the reference, which then sums to one half.

    Good's identity: E under S0 of p_h / p_S0 is 1, summed here over all readings; so is the mass of p_h itself.
    """
    model = model_of(data.draw(predictions_of(family)))
    reports, width = _all_readings(family, time)
    logs = log_density(model, reports)
    reference = np.exp(logs[:, -1])
    expected = (width[:, None] * reference[:, None] * np.exp(log_lambda(model, reports))).sum(axis=0)
    np.testing.assert_allclose(expected, 1, atol=2e-3)


def _all_readings(family, time):
    if family == "lognormal":
        logs = np.linspace(np.log(4) - 20, np.log(4) + 20, 20001)
        return report("value", time, len(logs), value=np.exp(logs)), np.full(len(logs), logs[1] - logs[0])
    if family == "beta":
        counts = np.arange(31)
        return report("share_count", time, 31, value=counts, trials=30), np.ones(31)
    if family == "rate":
        counts = np.arange(6000)
        return report("count", time, 6000, value=counts, exposure_end=time), np.ones(6000)
    if family == "ordinal":
        return report("category", time, 3, category=np.arange(3)), np.ones(3)
    # an event within (0, t], or not yet
    rows = np.zeros(2, dtype=np.int64)
    kind = np.array([KINDS.index("event"), KINDS.index("none_seen")])
    ends = {"happened_from": np.array([0.0, np.nan]), "happened_to": np.array([time, np.nan])}
    return blank_observations(rows, kind, np.full(2, time), **ends), np.ones(2)


# ------------------------------------------------------------------ combining


def pooled_once(log_lambdas, weight, reliability):
    """Return l of one reading pooled from all rows."""
    pool = combining.plain_pool(np.zeros(len(weight), dtype=np.int64), weight, reliability)
    return combining.pooled_ratios(log_lambdas, pool, 1)[0]


def evidence_of(generator, n_indicators, n_hypotheses=6):
    ratios = generator.normal(size=(n_indicators, n_hypotheses)) * 3
    ratios[:, -1] = 0
    return ratios


@given(st.integers(0, 2**32 - 1), st.integers(2, 12))
@settings(max_examples=40, deadline=None)
def test_the_order_of_reports_and_indicators_does_not_matter(seed, n_rows):
    """Planted: pooling that keeps the first report's weight for all of them."""
    generator = np.random.default_rng(seed)
    log_lambdas = evidence_of(generator, n_rows)
    reliability = generator.uniform(0.05, 1, n_rows)
    weight = reliability / reliability.sum()
    group, rho = generator.integers(0, 3, n_rows), np.array([0.3, 0.5, 0.7])
    order = generator.permutation(n_rows)
    pooled = [pooled_once(log_lambdas[rows], weight[rows], reliability[rows]) for rows in (np.arange(n_rows), order)]
    np.testing.assert_allclose(pooled[0], pooled[1], atol=1e-10)
    luck = [
        combining.shared_luck(log_lambdas[rows, :-1], np.ones(n_rows, dtype=bool), group[rows], rho)
        for rows in (np.arange(n_rows), order)
    ]
    np.testing.assert_allclose(luck[0], luck[1], atol=1e-9)


@given(st.integers(0, 2**32 - 1), numbers(-50, 50), st.integers(0, 4))
@settings(max_examples=40, deadline=None)
def test_a_constant_added_to_the_log_ratios_of_an_indicator_changes_nothing(seed, constant, which):
    """Planted: evidence held within +-5 before the posterior is taken."""
    generator = np.random.default_rng(seed)
    ratios, weights = evidence_of(generator, 5), generator.uniform(0.3, 1, 5)
    prior = np.log(generator.dirichlet(np.ones(6)))
    moved = ratios.copy()
    moved[which] += constant
    found = [
        combining.posterior(combining.log_joint(prior, weights @ rows[:, :-1], weights @ rows[:, :-1]))
        for rows in (ratios, moved)
    ]
    np.testing.assert_allclose(found[0], found[1], atol=1e-10)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_posterior_over_prior_of_the_named_is_free_of_the_mass_of_other(seed):
    """Planted: the prior weighed along with the evidence (log prior halved in combining.log_joint)."""
    generator = np.random.default_rng(seed)
    scenario, onset = np.array([0, 0, 1, 2, 2, 3]), np.array([0.4, 0.6, 1.0, 0.3, 0.7, 1.0])
    evidence, mixed = evidence_of(generator, 2)[:, :-1]
    named = generator.dirichlet(np.ones(3))
    found = []
    for mass in (0.05, 0.3):
        prior = np.append((1 - mass) * named, mass)
        joint = combining.log_joint(combining.hypothesis_prior(prior, scenario, onset), evidence, mixed)
        shares = combining.by_scenario(combining.posterior(joint), scenario, 3)
        found.append(shares[:3] / shares[0] / (prior[:3] / prior[0]))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-8)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_readings_that_share_no_luck_leave_that_of_the_others_alone(seed):
    """Planted: n_g as the number of indicators of the group, members or not."""
    generator = np.random.default_rng(seed)
    z, group, rho = evidence_of(generator, 6)[:, :-1], generator.integers(0, 2, 6), np.array([0.5, 0.7])
    member = generator.random(6) > 0.4
    assume(member.any())
    whole = combining.shared_luck(z, member, group, rho)
    alone = combining.shared_luck(z[member], np.ones(member.sum(), dtype=bool), group[member], rho)
    np.testing.assert_allclose(whole, alone, atol=1e-9)


def test_a_beta_density_integrates_to_one_between_the_edges():
    """Planted: betaln left out. The edges, .0001 wide, are not integrated: a reading there counts as that far in."""
    predictions = {
        "rise": ("share", {"mean": 0.8, "concentration": 20}),
        "stay": ("share", {"mean": 0.5, "concentration": 10}),
        "fall": ("threshold", {"op": ">=", "value": 0.5, "p_beyond": 0.2, "concentration": 30}),
    }
    model = model_of(predictions)
    for hypothesis in range(model.n_hypotheses):
        total, _ = quad(
            lambda y, h=hypothesis: np.exp(log_density(model, report("value", 2.0, value=y))[0, h]), 1e-4, 1 - 1e-4
        )
        assert total == pytest.approx(1, abs=2e-4)
