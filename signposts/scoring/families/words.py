"""The table of status words, row by row.

Belongs here: the conditions under which each word is said. Not here: which family uses which rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from signposts.scoring.arrays import Booleans, Floats, Integers

if TYPE_CHECKING:
    from signposts.scoring.model import Model

FULFILLED, MISSED, CONTRADICTED = "fulfilled", "missed", "contradicted"
BEHIND, AHEAD, ABOVE, BELOW = "behind", "ahead", "above", "below"
UNEXPECTED = "unexpectedly happened"
TOO_EARLY, OPEN, ON_TRACK = "too early to tell", "open", "on track"

Table = list[tuple[Booleans, str]]


@dataclass(frozen=True)
class Cases:
    """The rows of the table of 3.4, as conditions of shape (R, S); the first that holds gives the word."""

    model: Model
    indicator: Integers
    time: Floats
    bits: Floats
    u: Floats
    p: Floats
    happened: Booleans
    limits: dict[str, float]

    def _parameter(self, name: str) -> Floats:
        return self.model.parameters[name][self.indicator]

    @property
    def expected(self) -> Booleans:
        """Whether the scenario gives the event at least an even chance by its date."""
        return np.asarray(self._parameter("p") >= 0.5)

    @property
    def due(self) -> Booleans:
        """Whether the date of the prediction's target had come at the reading's date."""
        return np.asarray(self.time[:, None] >= self._parameter("due"))

    @property
    def uninformative(self) -> Booleans:
        """Whether the indicator carries too few bits at this date."""
        return np.broadcast_to((self.bits < self.limits["too_early_bits"])[:, None], self.u.shape)

    def value_table(self) -> Table:
        """Return the column for values, shares and counts."""
        kind = np.array(self.model.type_names, dtype=object)[self.model.type[self.indicator]]
        tail = (1 - self.limits["central"]) / 2
        low, high = self.u < tail, self.u > 1 - tail
        inside = ~low & ~high
        judged = self.due & np.isin(kind, ("path", "range"))
        directed = np.isin(kind, ("path", "drift"))
        upward = self._parameter("toward") > 0
        against = np.where(upward, low, high)
        along = np.where(upward, high, low)
        return [
            (judged & inside, FULFILLED),
            (judged, MISSED),
            (np.minimum(self.u, 1 - self.u) < self.limits["contradicted_tail"], CONTRADICTED),
            (directed & against, BEHIND),
            (directed & along, AHEAD),
            (high, ABOVE),
            (low, BELOW),
            (self.uninformative, TOO_EARLY),
        ]

    def expected_event_table(self) -> Table:
        """Return the column for events with p of at least .5."""
        happened, not_yet = self.happened[:, None] & np.ones_like(self.due), 1 - self.u
        return [
            (happened, FULFILLED),
            (self.due, MISSED),
            (not_yet <= self.limits["event_contradicted"], CONTRADICTED),
            (not_yet <= self.limits["event_behind"], BEHIND),
            (not_yet >= self.limits["too_early_survival"], TOO_EARLY),
            (np.ones_like(self.due), OPEN),
        ]

    def unexpected_event_table(self) -> Table:
        """Return the column for events with p below .5."""
        happened = self.happened[:, None] & np.ones_like(self.due)
        return [
            (~happened & self.due, FULFILLED),
            (happened & (self.u < self.limits["event_contradicted"]), CONTRADICTED),
            (happened & (self.u < self.limits["event_behind"]), UNEXPECTED),
            (~happened & (1 - self.u > self.limits["too_early_survival_unexpected"]), TOO_EARLY),
        ]

    def category_table(self) -> Table:
        """Return the rule for categories."""
        return [
            (self.p <= self.limits["category_contradicted"], CONTRADICTED),
            (self.p < self.limits["category_behind"], BEHIND),
            (self.uninformative, TOO_EARLY),
        ]
