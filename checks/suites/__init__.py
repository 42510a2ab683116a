"""Suites as data: for each table, what is expected of it.

A suite always asks for rows, since an empty frame passes every other expectation.
"""

from checks.expectations import Expectation
from checks.suites import claim, raw_ledger, reading, scenario_probability

SUITES: dict[str, tuple[Expectation, ...]] = {
    "raw_ledger": raw_ledger.EXPECTATIONS,
    "claim": claim.EXPECTATIONS,
    "reading": reading.EXPECTATIONS,
    "scenario_probability": scenario_probability.EXPECTATIONS,
}
