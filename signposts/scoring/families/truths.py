"""What holds in a drawn world, and the numbers of the predictions that a reading is drawn from.

Belongs here: parameters of a row's own prediction and of the one before its onset. Not here: the draws, which are the
families'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from signposts.scoring.arrays import Booleans, Floats, Integers

if TYPE_CHECKING:
    from signposts.scoring.model import Model


@dataclass(frozen=True)
class Truths:
    """What holds in each drawn world, and which reading is taken; every array (n,)."""

    indicator: Integers
    hypothesis: Integers
    scenario: Integers
    onset: Floats
    """Years after t0; 0 where the prediction does not wait."""
    time: Floats

    def take(self, rows: Integers) -> Truths:
        """Return the chosen rows."""
        return Truths(**{name: column[rows] for name, column in vars(self).items()})


def own_number(model: Model, truths: Truths, name: str) -> Floats:
    """Return a parameter of each row's own prediction."""
    return model.parameters[name][truths.indicator, truths.scenario]


def number_before(model: Model, truths: Truths, name: str) -> Floats:
    """Return a parameter of the prediction that holds before the onset: the row's own where it does not wait."""
    return model.parameters[name][truths.indicator, path_before(model, truths)]


def path_before(model: Model, truths: Truths) -> Integers:
    """Return the scenario whose prediction holds before the onset."""
    return np.where(truths.onset > 0, model.baseline[truths.scenario], truths.scenario)


def is_waiting(model: Model, truths: Truths) -> Booleans:
    """Return where the onset has not come by the date."""
    return np.asarray((truths.onset > 0) & (truths.time <= truths.onset))
