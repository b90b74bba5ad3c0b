"""What a plan takes: by hand."""

import numpy as np
import pytest

from cameras.planning.choosing import (
    Merits,
    chosen_areas,
    conversion_score,
    phases,
    taken_poles,
    within_budget,
)

RANK = np.array([3, 1, 2, 5, 4])
KNOWN = np.ones(5, bool)
DISTRICT = ["a", "b", "b", "c", "c"]


def test_the_best_are_taken_in_order():
    assert chosen_areas(RANK, KNOWN, DISTRICT, 3, 0).tolist() == [1, 2, 0]


def test_no_district_goes_empty():
    assert chosen_areas(RANK, KNOWN, DISTRICT, 3, 1).tolist() == [1, 0, 4]
    assert chosen_areas(RANK, KNOWN, DISTRICT, 4, 1).tolist() == [1, 2, 0, 4]


def test_more_promised_than_there_is():
    with pytest.raises(ValueError):
        chosen_areas(RANK, KNOWN, DISTRICT, 2, 1)


def test_of_what_nothing_is_known_is_never_taken():
    known = KNOWN.copy()
    known[1] = False
    assert chosen_areas(RANK, known, DISTRICT, 9, 0).tolist() == [2, 0, 4, 3]


def test_each_merit_counts():
    plain = np.array([1.0, 1.0])
    for name in ("index", "age", "pixels", "gain"):
        merits = {"index": plain, "age": plain, "pixels": plain, "gain": plain, name: np.array([1.0, 2.0])}
        score = conversion_score(Merits(**merits))
        assert score[1] > score[0], name


def test_the_unknown_counts_as_the_middle():
    plain = np.array([1.0, 1.0, 1.0])
    score = conversion_score(Merits(plain, np.array([1.0, np.nan, 9.0]), plain, plain))
    assert score[0] < score[1] < score[2]


def test_poles_are_counted_by_their_cameras():
    score, count = np.array([0.9, 0.8, 0.7, 0.6]), np.array([2, 3, 1, 2])
    assert taken_poles(score, count, 4).tolist() == [0, 2]  # the pole of three does not fit, nor does the last
    assert taken_poles(score, count, 5).tolist() == [0, 1]
    assert taken_poles(score, count, 100).tolist() == [0, 1, 2, 3]


def test_what_can_be_paid():
    assert within_budget([10, 10, 10], 20) == 2
    assert within_budget([10, 10, 10], 19.9) == 1
    assert within_budget([10, 10, 10], None) == 3
    assert within_budget([], 5) == 0


def test_phases_are_even_and_tear_no_area_apart():
    groups = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4]
    assert phases(groups, 2).tolist() == [1] * 8 + [2] * 8
    three = phases(groups, 3)
    assert set(three) == {1, 2, 3}
    assert (np.diff(three) >= 0).all()
    assert all(len(set(three[np.array(groups) == group])) == 1 for group in (1, 2, 3, 4))
    assert phases([7], 3).tolist() == [2]
    with pytest.raises(ValueError):
        phases(groups, 0)
