"""What the data must satisfy before they are published.

Belongs here: suites of expectations as data, rules in SQL that return the rows that break them, and the runner that
turns both into blocking asset checks. Not here: mending data.
"""
