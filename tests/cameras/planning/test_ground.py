"""The grid over the city: by hand."""

import numpy as np
import pytest

from cameras.planning.ground import NOBODY, Ground, Seen, by_area, windows

SQUARE = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float)
GROUND = Ground.over(SQUARE, 10.0)


def shape(west, south, east, north):
    return [[np.array([[west, south], [east, south], [east, north], [west, north], [west, south]], float)]]


def test_it_covers_the_points():
    assert Ground(0.0, 100.0, 10.0, (10, 10)) == GROUND
    assert GROUND.middle(0, 0) == (5.0, 95.0)
    rows, columns, inside = GROUND.cells(np.array([[1, 99], [99, 1], [101, 50]], float))
    assert rows.tolist() == [0, 9, 0]
    assert columns.tolist() == [0, 9, 0]
    assert inside.tolist() == [True, True, False]


def test_no_points_or_cells_is_refused():
    with pytest.raises(ValueError):
        Ground.over(np.zeros((0, 2)), 10)
    with pytest.raises(ValueError):
        Ground.over(SQUARE, 0)


def test_each_cell_belongs_to_the_area_its_middle_lies_in():
    labels = GROUND.labels([shape(0, 0, 50, 100), shape(50, 0, 100, 100)])
    counted = by_area(labels, 2)
    assert counted.tolist() == [50, 50]
    assert labels[5, 0] == 0
    assert labels[5, 9] == 1
    assert by_area(labels, 3, np.full((10, 10), 2.0)).tolist() == [100, 100, 0]


def test_a_hole_belongs_to_nobody():
    outer, hole = shape(0, 0, 98, 98)[0][0], shape(40, 40, 60, 60)[0][0]
    labels = GROUND.labels([[[outer, hole]]])
    assert labels[0, 0] == 0
    assert (labels == NOBODY).sum() > 0


@pytest.mark.parametrize(
    ("heading", "covered", "free"),
    [(0, (2, 5), (8, 5)), (90, (5, 8), (5, 1)), (180, (8, 5), (2, 5)), (270, (5, 1), (5, 8))],
)
def test_a_camera_covers_what_lies_ahead(heading, covered, free):
    seen = GROUND.covered([Seen(55, 45, heading, 60, 40)])
    assert seen[covered]
    assert not seen[free]


def test_a_camera_without_heading_covers_all_around():
    seen = GROUND.covered([Seen(55, 45, None, 60, 30)])
    assert seen.sum() * 100 == pytest.approx(np.pi * 30**2, rel=0.1)
    assert seen[5, 5]
    assert seen[2, 5]
    assert seen[8, 5]
    assert not seen[0, 5]


def test_a_sector_is_as_large_as_it_should_be():
    fine = Ground.over(np.array([[0, 0], [400, 400]], float), 1.0)
    seen = fine.covered([Seen(200, 200, 30, 90, 100)])
    assert seen.sum() == pytest.approx(np.pi * 100**2 / 4, rel=0.01)


def test_windows_hold_their_area_and_what_is_around():
    labels = GROUND.labels([shape(0, 0, 28, 98), shape(72, 40, 98, 98)])
    first, second, none = windows(labels, 3, 2)
    assert (labels[first] == 0).sum() == (labels == 0).sum()
    assert (labels[second] == 1).sum() == (labels == 1).sum()
    assert first[1] == slice(0, 5)
    assert none is None


def test_what_a_camera_covers_is_worth_the_sum_of_its_cells():
    weight = np.zeros(GROUND.shape)
    weight[2:5, 5] = [1.0, 2.0, 4.0]
    views = [Seen(55, 45, 0, 60, 40), Seen(55, 45, 180, 60, 40), Seen(55, 45, None, 60, 20)]
    assert GROUND.worth(views, weight).tolist() == [7.0, 0.0, 6.0]
    assert GROUND.worth([], weight).tolist() == []
