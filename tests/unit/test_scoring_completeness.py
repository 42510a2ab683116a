"""Completeness of a list by recapture (M5): golden values, bounds, and what more searching does."""

import numpy as np
import pytest

from signposts.scoring.completeness import NODES, list_completeness


def test_golden_mean_of_a_list_that_was_searched_twice() -> None:
    assert list_completeness(14, 20, 11, (1.0, 1.0)).mean == pytest.approx(0.8864, abs=5e-5)
    assert list_completeness(14, 20, 11, (0.7, 1.0)).mean == pytest.approx(0.7534, abs=5e-5)
    assert list_completeness(2, 7, 2, (0.7, 1.0)).mean == pytest.approx(0.7083, abs=5e-5)


@pytest.mark.parametrize("counts", [(0, 0, 0), (1, 1, 1), (14, 20, 11), (2, 7, 2), (40, 3, 0)])
def test_nodes_are_shares_with_weights_that_sum_to_one(counts: tuple[int, int, int]) -> None:
    found = list_completeness(*counts, reach=(0.4, 1.0))
    assert found.q.shape == found.weight.shape == (NODES,)
    assert np.all((found.q > 0) & (found.q < 1))
    assert np.all(found.weight > 0)
    assert found.weight.sum() == pytest.approx(1.0, abs=1e-12)


def test_nodes_agree_with_the_beta_distributions_they_stand_for() -> None:
    """E[q] and E[q^2] have closed forms; the nodes meet both."""
    known, seen, both, (low, high) = 9, 12, 7, (0.6, 0.9)
    a, b1, b2 = 1 + both, 1 + seen - both, 1 + known - both
    m1, m2 = b1 / (a + b1), b2 / (a + b2)
    s1, s2 = m1 * (b1 + 1) / (a + b1 + 1), m2 * (b2 + 1) / (a + b2 + 1)
    found = list_completeness(known, seen, both, (low, high))
    assert found.mean == pytest.approx((low + high) / 2 * (1 - m1 * m2), rel=1e-12)
    second = (high**3 - low**3) / (3 * (high - low)) * (1 - 2 * m1 * m2 + s1 * s2)
    assert found.weight @ found.q**2 == pytest.approx(second, rel=1e-12)


def test_a_search_that_finds_nothing_new_makes_the_list_more_complete() -> None:
    assert list_completeness(5, 5, 5, (1, 1)).mean > list_completeness(5, 10, 5, (1, 1)).mean
