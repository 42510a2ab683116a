"""Whole verdicts on frozen readings: the golden one, and what each kind of news must and must not do to it."""

import json
import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from signposts.scoring.families import FAMILIES, base
from signposts.scoring.fans import quantiles
from signposts.scoring.observations import KIND, blank_observations
from signposts.scoring.outcomes import reading_design_at, tabulate
from signposts.scoring.predictive import likelihood
from signposts.scoring.simulation import Correlation, draw_uniforms, simulate_worlds, world_probabilities
from signposts.scoring.what_if import hypothesis_probabilities, probabilities
from tests import golden_readings
from tests.golden_readings import frozen, suppose

DEEPENED, PRAGMATIC, FRAGMENTED, OTHER = range(4)
NOW = "2026-11-25"
PROTOTYPE = [0.1820, 0.6759, 0.1049, 0.0372]
"""What the specification's own code has of the same day."""
SIGNS = {
    "us_iran_deal": "2026-08-16",
    "sanctions_relief_major": "2026-08-21",
    "leadership_priority_shift": "2026-09-01",
    "treaty_denounced": "2026-10-01",
    "energy_project_abandoned": "2026-10-01",
}
ABSURD = {
    "iran_west_talks": 60,
    "leader_contacts": 80,
    "russia_china_trade": 400,
    "strikes_on_iran": 6,
    "iran_isolation": 40,
}


def with_signs(*names, given=None):
    given = given or frozen()
    for name in names:
        given = suppose(given, name, SIGNS[name], NOW)
    return given


def shares(given):
    return probabilities(given.model, given.evidence)


def by_hand(given):
    """The posterior written out with loops over hypotheses, readings and pairs of readings."""
    model, seen = given.model, given.evidence
    named = [h for h in range(model.n_hypotheses) if model.hypothesis_scenario[h] < model.n_scenarios]
    plain, mixed = {}, {}
    for h in named:
        total = total_mixed = 0.0
        for i in range(len(given.names)):
            if seen.has_reading[i]:
                weight = seen.defining_weight if seen.is_defining[i] else seen.evidence_weight
                total += weight * seen.log_ratios[i, h]
                total_mixed += weight * seen.contaminated[i, h]
        luck = 0.0
        for g in range(len(seen.rho)):
            z = [
                seen.z[i, h]
                for i in range(len(given.names))
                if seen.group[i] == g and seen.has_reading[i] and not math.isnan(seen.z[i, 0])
            ]
            if len(z) > 1:
                n, rho = len(z), seen.rho[g]
                matrix = np.full((n, n), rho) + (1 - rho) * np.eye(n)
                vector = np.array(z)
                inverse, (_, size) = np.linalg.inv(matrix), np.linalg.slogdet(matrix)
                luck += -0.5 * size - 0.5 * (vector @ inverse @ vector - vector @ vector)
        plain[h], mixed[h] = total + seen.evidence_weight * luck, total_mixed + seen.evidence_weight * luck
    joint = np.zeros(model.n_scenarios + 1)
    for h in named:
        scenario = model.hypothesis_scenario[h]
        weight = seen.prior[scenario] * model.onset_weight[h]
        joint[scenario] += weight * math.exp(plain[h])
        joint[-1] += seen.prior[-1] * weight / (1 - seen.prior[-1]) * math.exp(mixed[h])
    return joint / joint.sum()


def begun(given):
    found = hypothesis_probabilities(given.model, given.evidence)
    own = (given.model.hypothesis_scenario == FRAGMENTED) & (given.model.hypothesis_onset <= 677 / 365.25)
    return found[own].sum()


def test_the_readings_of_25_november_2026_give_the_golden_verdict_two_ways():
    """The prototype of the specification differs by less than one in a thousand; the next tests say why."""
    given = frozen()
    found = shares(given)
    assert found == pytest.approx([0.1828, 0.6752, 0.1048, 0.0372], abs=5e-5)
    assert found == pytest.approx(PROTOTYPE, abs=1e-3)
    assert begun(given) == pytest.approx(0.0149, abs=1e-4)
    np.testing.assert_allclose(found, by_hand(given), atol=1e-9)


def test_the_grade_of_one_look_separates_the_golden_verdict_from_the_prototypes(tmp_path, monkeypatch):
    """The newest look for fighters delivered, believed as B1 and not as B3, gives the prototype's four figures."""
    held = json.loads(golden_readings.FILE.read_text(encoding="utf-8"))
    (look,) = (row for row in held["observations"] if (row["indicator_id"], row["position"]) == ("su35_delivered", 1))
    assert look["reliability"] == pytest.approx(math.sqrt(0.90 * 0.65))
    look["reliability"] = math.sqrt(0.90 * 0.98)
    changed = tmp_path / "readings.json"
    changed.write_text(json.dumps(held), encoding="utf-8")
    monkeypatch.setattr(golden_readings, "FILE", changed)
    assert shares(frozen()) == pytest.approx(PROTOTYPE, abs=5e-5)


def test_silence_that_counts_against_nobody_lowers_the_deepened_alliance_a_little(monkeypatch):
    def said_nothing(model, speaks, values):
        is_other = model.hypothesis_scenario == model.n_scenarios
        spoken = speaks[:, np.minimum(model.hypothesis_scenario, model.n_scenarios - 1)] | is_other
        values[:] = np.where(spoken, values, 1.0)

    now = shares(frozen())
    monkeypatch.setattr(base, "fill_silent", said_nothing)
    assert shares(frozen())[DEEPENED] - now[DEEPENED] == pytest.approx(0.00045, abs=1e-5)


@pytest.mark.parametrize(
    ("names", "golden"),
    [
        (tuple(SIGNS), 0.871),
        (("leadership_priority_shift",), 0.31),
        (("treaty_denounced",), 0.17),
        (("us_iran_deal",), 0.14),
        (("us_iran_deal", "sanctions_relief_major"), 0.20),
    ],
)
def test_signs_of_a_break_raise_fragmentation_as_measured(names, golden):
    given = with_signs(*names)
    assert shares(given)[FRAGMENTED] == pytest.approx(golden, abs=0.012)
    np.testing.assert_allclose(shares(given), by_hand(given), atol=1e-9)


def test_five_signs_of_a_break_make_it_likelier_than_four_in_five():
    assert shares(with_signs(*SIGNS))[FRAGMENTED] > 0.80


def test_without_triggers_the_five_signs_would_not_be_enough():
    given = with_signs(*SIGNS)
    assert shares(given)[FRAGMENTED] - shares(with_signs(*SIGNS, given=frozen(gamma=0.3)))[FRAGMENTED] > 0.2


def test_a_turn_followed_by_a_pragmatic_year_leaves_fragmentation_below_15_percent():
    given = with_signs("leadership_priority_shift")
    year_on = "2027-11-25"
    for name in given.names:
        index = given.model.indicator_index([name])[0]
        if name == "leadership_priority_shift" or not given.model.speaks[index].all():
            continue
        middle = central_reading(given, name, year_on)
        given = suppose(given, name, middle, year_on, reliability=0.9)
    assert shares(given)[FRAGMENTED] < 0.15


def central_reading(given, name, day):
    """Return what the pragmatic path leads to expect by the day: the median, the likeliest category, or not yet."""
    model = given.model
    index = model.indicator_index([name])
    family = FAMILIES[model.family[index[0]]]
    at = np.array([(date.fromisoformat(day) - given.t0).days / 365.25])
    column = int(np.flatnonzero(model.hypothesis_scenario == PRAGMATIC)[0])
    if family == "ordinal":
        return model.categories[index[0]][int(model.probabilities[index[0], PRAGMATIC].argmax())]
    middle = quantiles(model, index, np.array([column]), at, np.array([0.5]))[0]
    if family == "event":
        return None if middle > at[0] else (given.t0 + timedelta(days=round(middle * 365.25))).isoformat()
    return max(middle, 1e-6) if family == "lognormal" else middle


def test_ordinary_readings_leave_other_at_half_its_prior_or_more():
    """In worlds that a scenario holds, as they would be read today; the median of a thousand."""
    given = frozen()
    model, seen = given.model, given.evidence
    spoken = model.speaks[seen.indicator].any(axis=1)
    outcomes = tabulate(model, reading_design_at(model, seen.indicator[spoken], 1.853))
    generator = np.random.default_rng(20250117)
    named = model.hypothesis_weight[:-1] / model.hypothesis_weight[:-1].sum()
    holds = generator.choice(model.n_hypotheses - 1, size=1000, p=named)
    group = seen.group[spoken]
    correlation = Correlation(0.2, 0.4)
    worlds = simulate_worlds(
        model,
        outcomes,
        hypothesis=holds,
        reliability=np.full(int(spoken.sum()), 0.85),
        group=group,
        rho=seen.rho,
        uniforms=draw_uniforms(generator, 1000, group, model.luck_orientation(seen.indicator[spoken]), correlation),
        generator=generator,
    )
    other = world_probabilities(model, worlds, model.prior, seen.evidence_weight, seen.defining_weight)[:, OTHER]
    assert np.median(other) >= 0.025
    assert (other > 0.25).mean() <= 0.03


def test_five_absurd_readings_make_none_of_the_above_likelier_than_even():
    given = frozen(lists=True)
    for name, value in ABSURD.items():
        given = suppose(given, name, value, "2025-12-31" if name == "russia_china_trade" else NOW)
    assert shares(given)[OTHER] > 0.5


def test_the_five_signs_win_with_the_lists_scored_too():
    given = with_signs(*SIGNS, given=frozen(lists=True))
    assert shares(given)[FRAGMENTED] > 0.80


def test_one_more_unverified_look_moves_nothing_by_more_than_a_point():
    given = frozen()
    before = shares(given)
    for name in ("us_iran_deal", "s400_delivered", "gas_first_flow", "treaty_denounced"):
        row = given.names.index(name)
        index = given.model.indicator_index([name])
        at = np.array([1.853])
        look = np.exp(likelihood(given.model, blank_observations(index, KIND["none_seen"], at)).log_ratio[0])
        moved = given.evidence.log_ratios.copy()
        moved[row] = np.log(0.25 * look + 0.75 * np.exp(moved[row]))
        after = probabilities(given.model, replace(given.evidence, log_ratios=moved))
        assert np.abs(after - before).max() <= 0.01, name


# ---- invariances


def test_relabelled_scenarios_and_reordered_readings_give_the_same_verdict():
    given = frozen()
    order = np.random.default_rng(2).permutation(len(given.names))
    seen = given.evidence
    turned = replace(
        seen,
        **{
            name: getattr(seen, name)[order]
            for name in ("indicator", "log_ratios", "contaminated", "z", "has_reading", "is_defining", "group")
        },
    )
    np.testing.assert_allclose(probabilities(given.model, turned), shares(given), atol=1e-12)


def test_reports_that_nobody_believes_leave_the_prior():
    given = frozen()
    blank = np.zeros_like(given.evidence.log_ratios)
    middle = np.where(np.isnan(given.evidence.z), np.nan, 0.0)
    nothing = replace(given.evidence, log_ratios=blank, contaminated=blank, z=middle)
    # equal luck under every hypothesis says nothing either
    np.testing.assert_allclose(probabilities(given.model, nothing), given.model.prior, atol=1e-12)


def test_a_constant_added_to_a_reading_changes_nothing():
    given = frozen()
    row = given.names.index("unsc_iaea_support")
    raised = given.evidence.log_ratios.copy(), given.evidence.contaminated.copy()
    raised[0][row, :-1] += 2.5
    raised[1][row, :-1] += 2.5
    changed = replace(given.evidence, log_ratios=raised[0], contaminated=raised[1])
    np.testing.assert_allclose(probabilities(given.model, changed), shares(given), atol=1e-12)


def test_posterior_over_prior_of_named_scenarios_is_free_of_the_prior_of_other():
    given = frozen()
    prior = np.append(given.model.prior[:-1] / 0.95 * 0.8, 0.2)
    changed = probabilities(given.model, replace(given.evidence, prior=prior))
    ratio, before = changed[:3] / prior[:3], shares(given)[:3] / given.model.prior[:3]
    np.testing.assert_allclose(ratio / ratio[0], before / before[0], atol=1e-12)


def test_every_likelihood_ratio_averages_one_under_the_reference():
    """By sums over cells: mass under the reference times ratio is mass under the hypothesis."""
    model = frozen().model
    indicator = np.flatnonzero(model.speaks.any(axis=1))
    outcomes = tabulate(model, reading_design_at(model, indicator, 3.0))
    np.testing.assert_allclose(outcomes.mass.sum(axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(outcomes.wide.sum(axis=1), 1.0, atol=1e-6)
    ratio = outcomes.mass / np.maximum(outcomes.mass[..., -1:], 1e-300)
    mean = (ratio * outcomes.mass[..., -1:]).sum(axis=1)
    np.testing.assert_allclose(mean, 1.0, atol=1e-6)
