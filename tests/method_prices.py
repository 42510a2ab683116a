"""What each part of the method changes on the frozen readings: the rows of the price table in docs/method.md."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from signposts.scoring.combining import by_scenario, hypothesis_prior, posterior
from signposts.scoring.what_if import probabilities
from tests.golden_readings import Frozen, frozen, suppose

SIGNS = {
    "us_iran_deal": "2026-08-16",
    "sanctions_relief_major": "2026-08-21",
    "leadership_priority_shift": "2026-09-01",
    "treaty_denounced": "2026-10-01",
    "energy_project_abandoned": "2026-10-01",
}
NOW = "2026-11-25"


def with_signs(given: Frozen) -> Frozen:
    """Return the readings with the five signs of a break, each confirmed."""
    for name, day in SIGNS.items():
        given = suppose(given, name, day, NOW)
    return given


def in_force(given: Frozen) -> np.ndarray:
    """Return P(s | D) by the method in force."""
    return probabilities(given.model, given.evidence)


def without_luck(given: Frozen) -> np.ndarray:
    """Return P(s | D) where no storyline shares its luck."""
    return probabilities(given.model, replace(given.evidence, z=np.full_like(given.evidence.z, np.nan)))


def without_defining(given: Frozen) -> np.ndarray:
    """Return P(s | D) where a defining event counts as any other reading."""
    return probabilities(given.model, replace(given.evidence, defining_weight=given.evidence.evidence_weight))


def other_as_yardstick(given: Frozen) -> np.ndarray:
    """Return P(s | D) where none of the above is the reference itself, as before."""
    seen, model = given.evidence, given.model
    log_prior = hypothesis_prior(seen.prior, model.hypothesis_scenario, model.onset_weight)
    luck = seen.evidence_weight * seen.luck.sum(axis=0)
    plain = np.append(seen.weights @ seen.log_ratios[:, :-1] + luck, 0.0)
    return by_scenario(posterior(log_prior + plain), model.hypothesis_scenario, model.n_scenarios)


ROWS: dict[str, tuple[Callable[[], Frozen], Callable[[Frozen], np.ndarray]]] = {
    "as the method has it": (frozen, in_force),
    "without triggers": (lambda: frozen(triggers=0.0), in_force),
    "triggers half as often": (lambda: frozen(triggers=0.5), in_force),
    "triggers half as often again": (lambda: frozen(triggers=1.5), in_force),
    "no shared luck": (frozen, without_luck),
    "defining events as any other": (frozen, without_defining),
    "other as a mere yardstick": (frozen, other_as_yardstick),
    "newest look alone, no chain": (lambda: frozen(chains=False), in_force),
    "weight of evidence .15": (lambda: frozen(kappa=0.15), in_force),
    "weight of evidence .45": (lambda: frozen(kappa=0.45), in_force),
    "lists scored, completeness unknown": (lambda: frozen(lists=True), in_force),
}


def price_rows() -> list[list[str]]:
    """Return the table: name, percent of each scenario now, and of the third after the five signs."""
    rows = []
    for name, (make, weigh) in ROWS.items():
        given = make()
        now, after = 100 * weigh(given), 100 * weigh(with_signs(given))
        rows.append([name, *(f"{share:.1f}" for share in now), f"{after[2]:.0f}"])
    return rows


if __name__ == "__main__":
    for row in price_rows():
        print("| " + " | ".join(row) + " |")
