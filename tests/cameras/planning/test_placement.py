"""Greedy placement: by hand, within its bound, against an exact solver on small areas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, hstack, identity

from cameras.planning.placement import HEADINGS, View, footprint, place

CELL = 10.0
NARROW = View(range_m=20.0, field=90.0)


def everywhere(shape):
    return np.ones(shape, bool)


def optimum(weight, allowed, number: int, view: View, cell_m: float) -> float:
    """Maximum coverage as an integer programme (HiGHS)."""
    cells = weight.size
    sets = []
    for heading in HEADINGS:
        mask = footprint(view, heading, cell_m)
        reach = mask.shape[0] // 2
        for row, column in np.argwhere(allowed):
            covers = np.zeros(weight.shape)
            for south, east in np.argwhere(mask) - reach:
                if 0 <= row + south < weight.shape[0] and 0 <= column + east < weight.shape[1]:
                    covers[row + south, column + east] = 1
            sets.append(covers.ravel())
    # cell covered <= sum of chosen that cover it; at most ``number`` chosen
    chosen = csr_matrix(np.array(sets).T)
    covered = LinearConstraint(hstack([identity(cells), -chosen]), -np.inf, 0)
    few = LinearConstraint(np.concatenate([np.zeros(cells), np.ones(len(sets))])[None], 0, number)
    cost = np.concatenate([-weight.ravel(), np.zeros(len(sets))])
    found = milp(
        cost, integrality=np.concatenate([np.zeros(cells), np.ones(len(sets))]), bounds=Bounds(0, 1),
        constraints=[covered, few],
    )  # fmt: skip
    assert found.success
    return float(-found.fun)


def test_footprints_by_hand():
    """Twenty metres to the north in cells of ten: the middle, the one above and the one to its right (of two sectors that
    meet, one has the cells on their common edge), and of the row beyond the one straight on."""
    north = footprint(NARROW, 0.0, CELL)
    assert north.astype(int).tolist() == [
        [0, 0, 1, 0, 0],
        [0, 0, 1, 1, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
    ]
    assert (footprint(NARROW, 90.0, CELL) == np.rot90(north, -1)).all()
    assert (footprint(NARROW, 180.0, CELL) == north[::-1, ::-1]).all()
    four = sum(footprint(NARROW, heading, CELL).astype(int) for heading in (0.0, 90.0, 180.0, 270.0))
    four[2, 2] = 1  # where it stands, whichever way it looks
    assert (four == footprint(View(20.0, 360.0), 0.0, CELL)).all()  # they tile the circle
    assert footprint(View(20.0, 360.0), 0.0, CELL).sum() == 13


def test_the_heaviest_first():
    weight = np.zeros((9, 9))
    weight[2, 4] = 10.0
    weight[7, 1] = 3.0
    found = place(weight, everywhere((9, 9)), 3, NARROW, CELL)
    assert [one.adds for one in found.chosen] == [10.0, 3.0]  # a third adds nothing
    assert (found.covered, found.bound) == (13.0, 13.0)


def test_nothing_is_covered_twice_for_gain():
    found = place(np.ones((12, 12)), everywhere((12, 12)), 5, NARROW, CELL)
    seen = np.zeros((12, 12))
    for one in found.chosen:
        mask = footprint(NARROW, one.heading, CELL)
        for south, east in np.argwhere(mask) - mask.shape[0] // 2:
            if 0 <= one.row + south < 12 and 0 <= one.column + east < 12:
                seen[one.row + south, one.column + east] = 1
    assert seen.sum() == found.covered


def test_where_cameras_may_not_stand():
    allowed = np.zeros((9, 9), bool)
    allowed[0, 0] = True
    found = place(np.ones((9, 9)), allowed, 1, NARROW, CELL)
    assert [(one.row, one.column) for one in found.chosen] == [(0, 0)]
    assert not place(np.ones((9, 9)), np.zeros((9, 9), bool), 2, NARROW, CELL).chosen


def test_so_far_from_each_other():
    weight = np.zeros((30, 30))
    weight[10:20, 10:20] = 1.0
    found = place(weight, everywhere((30, 30)), 4, NARROW, CELL, apart_m=60.0)
    at = np.array([(one.row, one.column) for one in found.chosen])
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) * CELL
    assert apart[~np.eye(len(at), dtype=bool)].min() >= 60.0
    nearer = place(weight, everywhere((30, 30)), 4, NARROW, CELL)
    assert nearer.covered >= found.covered


@pytest.mark.parametrize("seed", range(6))
def test_against_the_solver(seed):
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 10, (8, 9)) * (rng.random((8, 9)) < 0.6)
    allowed = rng.random((8, 9)) < 0.5
    found = place(weight.astype(float), allowed, 4, NARROW, CELL)
    best = optimum(weight.astype(float), allowed, 4, NARROW, CELL)
    assert (1 - 1 / np.e) * best - 1e-6 <= found.covered <= best + 1e-6 <= found.bound + 1e-5
    assert found.covered >= 0.85 * best  # what greedy does here, well above what it promises


def test_the_same_again():
    rng = np.random.default_rng(3)
    weight, allowed = rng.random((40, 40)), rng.random((40, 40)) < 0.7
    assert place(weight, allowed, 6, View(), CELL) == place(weight, allowed, 6, View(), CELL)


@pytest.mark.parametrize("wrong", [-np.ones((3, 3)), np.full((3, 3), np.nan), np.ones((3, 4)), np.ones(3)])
def test_what_is_no_area(wrong):
    with pytest.raises(ValueError, match="weights"):
        place(wrong, everywhere((3, 3)), 1, NARROW, CELL)


def test_none_asked_for():
    assert place(np.ones((3, 3)), everywhere((3, 3)), 0, NARROW, CELL).covered == 0


def test_of_equals_they_spread():
    """Four cameras in a bare square of 500 m stand in its quarters, not side by side."""
    found = place(np.ones((50, 50)), everywhere((50, 50)), 4, View(), CELL, apart_m=30.0)
    quarters = {(one.row // 25, one.column // 25) for one in found.chosen}
    assert len(quarters) == 4
    gaps = [
        np.hypot(a.row - b.row, a.column - b.column) for n, a in enumerate(found.chosen) for b in found.chosen[n + 1 :]
    ]
    assert min(gaps) * CELL >= 150


def test_where_a_camera_is_near_comes_last():
    served = np.zeros((50, 50), bool)
    served[:, :30] = True
    found = place(np.ones((50, 50)), everywhere((50, 50)), 2, View(), CELL, served=served)
    assert all(one.column >= 25 for one in found.chosen)


def test_more_ground_comes_before_being_alone():
    weight = np.ones((50, 50))
    weight[:, 25:] = 0.5
    served = np.zeros((50, 50), bool)
    served[:, :25] = True
    (only,) = place(weight, everywhere((50, 50)), 1, View(), CELL, served=served).chosen
    assert only.column < 25
