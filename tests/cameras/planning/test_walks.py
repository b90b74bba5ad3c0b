"""Walks through the city: what must be true of them whatever is drawn."""

import numpy as np
import pytest

from cameras.planning.ground import Ground, Seen
from cameras.planning.walks import passed, starts

GROUND = Ground(0.0, 2000.0, 10.0, (200, 200))
INSIDE = np.ones(GROUND.shape, bool)
NOTHING = np.zeros(GROUND.shape, bool)
BEGIN = starts(np.ones(GROUND.shape), 400, 3)


def test_where_nothing_is_covered_nobody_comes_by():
    told = passed(GROUND, INSIDE, {"none": NOTHING, "all": INSIDE}, BEGIN, limit_s=600)
    assert told["none"].found == 0
    assert told["none"].median_s is None
    assert told["none"].mean_s == 600
    assert told["all"].found == 1
    assert told["all"].median_s == 0 == told["all"].mean_s


def test_more_cameras_are_never_later():
    few = GROUND.covered([Seen(500, 500, None, 60, 60)])
    more = few | GROUND.covered([Seen(1500, 1500, None, 60, 60), Seen(500, 1500, None, 60, 60)])
    told = passed(GROUND, INSIDE, {"few": few, "more": more}, BEGIN, limit_s=3600)
    assert told["more"].found > told["few"].found > 0
    assert told["more"].mean_s < told["few"].mean_s


def test_the_same_seed_gives_the_same():
    cover = {"one": GROUND.covered([Seen(900, 900, None, 60, 80)])}
    assert passed(GROUND, INSIDE, cover, BEGIN, 5) == passed(GROUND, INSIDE, cover, BEGIN, 5)
    assert passed(GROUND, INSIDE, cover, BEGIN, 5) != passed(GROUND, INSIDE, cover, BEGIN, 6)


def test_nobody_leaves_the_city():
    half = INSIDE.copy()
    half[:, 100:] = False
    begin = starts(half.astype(float), 200, 1)
    assert passed(GROUND, half, {"outside": ~half}, begin, limit_s=3600)["outside"].found == 0


def test_walks_begin_where_it_matters():
    weight = np.zeros(GROUND.shape)
    weight[10, 20] = 1
    assert set(starts(weight, 50, 1)) == {10 * 200 + 20}
    with pytest.raises(ValueError):
        starts(NOTHING.astype(float), 5, 1)
