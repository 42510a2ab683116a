"""How far one analyst's number may be off, by prediction type.

Belongs here: the spreads that hold where a prediction gives none of its own. Imports nothing, so that the catalogue can
be read without numpy.
"""

from collections.abc import Mapping

SPREADS: Mapping[str, Mapping[str, float]] = {
    "path": {"target": 0.12},
    "range": {"lo": 0.12},
    "drift": {"annual_change": 0.018},
    "threshold": {"p_beyond": 0.36},
    "share": {"mean": 0.25},
    "event_by": {"p": 0.5},
    "rate": {"mean": 0.36},
    "ordinal": {"probs": 0.25},
}
"""Default spread of the number that is moved: on the log scale (path, range, rate, ordinal), the logit scale (shares,
thresholds, events), or as it stands (drift). Both ends of a range move together."""
