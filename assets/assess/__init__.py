"""Assess: from readings to odds, verdicts and what lies ahead.

Belongs here: the order in which its tables are made (steps.py) and what asks the method for them. Not here: formulas
(method/), sums over claims and indicators (sql/assess/).
"""
