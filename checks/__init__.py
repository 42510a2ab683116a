"""Suites of Great Expectations and SQL rules, as data of the package."""
