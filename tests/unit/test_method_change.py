"""The split of a move adds up, knows no order, and gives nothing to what did not move. Numbers are invented."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from signposts.scoring.change import scenario_shares, split_move
from signposts.warehouse import Warehouse, load_sql

SCENARIO = np.array([0, 0, 1, 2])
START = np.log(np.array([0.2, 0.1, 0.6, 0.1]))


def test_the_parts_add_up_to_the_move_even_when_the_evidence_is_overwhelming():
    moves = np.array([[3.0, -9.0, 1.0, 0.0], [-40.0, 2.0, 0.5, 0.0], [0.1, 0.2, -0.3, 0.0]])
    parts = split_move(START, moves, SCENARIO, 3)
    before, after = scenario_shares(START, SCENARIO, 3), scenario_shares(START + moves.sum(axis=0), SCENARIO, 3)
    assert parts.sum(axis=0) == pytest.approx(after - before, abs=1e-12)
    assert parts.sum(axis=1) == pytest.approx(np.zeros(3), abs=1e-9)


def test_a_piece_that_says_the_same_of_all_hypotheses_moves_nothing():
    parts = split_move(START, np.array([[1.0, 1.0, 1.0, 1.0], [0.5, 0.5, -0.5, 0.0]]), SCENARIO, 3)
    assert parts[0] == pytest.approx(np.zeros(3), abs=1e-12)


def test_the_order_of_the_pieces_does_not_matter():
    moves = np.array([[1.0, 0.0, -1.0, 0.0], [0.0, 2.0, 1.0, -1.0]])
    assert split_move(START, moves, SCENARIO, 3) == pytest.approx(split_move(START, moves[::-1], SCENARIO, 3)[::-1])


def test_two_equal_pieces_share_equally():
    piece = np.array([0.4, 0.1, -0.2, 0.0])
    parts = split_move(START, np.array([piece, piece]), SCENARIO, 3)
    assert parts[0] == pytest.approx(parts[1])


def test_no_pieces_no_parts():
    assert split_move(START, np.zeros((0, 4)), SCENARIO, 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("corrects", "released", "is_revised"),
    [
        ("rides-1", ["rides-1"], True),
        ("rides-1", ["rides-1", "rides-2"], False),
        (None, ["rides-1"], False),
    ],
)
def test_a_reading_is_revised_only_by_a_correction_that_came_since_the_release_before(corrects, released, is_revised):
    own = {"tracker_id": "ferry", "indicator_id": "rides"}
    tables = {
        "as_of_date": [{"tracker_id": "ferry", "as_of": date(2026, 6, 30), "is_latest": True}],
        "claim": [own | {"claim_id": "rides-1"}, own | {"claim_id": "rides-2", "corrects": corrects}],
        "reading_claim": [own | {"claim_id": "rides-2", "as_of": date(2026, 6, 30)}],
        "unchanged_observation": [own | {"observation_id": "rides-1", "as_of": date(2026, 6, 30)}],
        "released_claim": [{"tracker_id": "ferry", "claim_id": name} for name in released],
    }
    warehouse = Warehouse(Path(":memory:"))
    with warehouse.connect():
        for name, rows in tables.items():
            warehouse.write_rows(name, rows)
        found = warehouse.rows(load_sql("assess/revised_indicator"), tracker="ferry")
    assert bool(found) == is_revised
