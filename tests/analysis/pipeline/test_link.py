"""People seen every two seconds are told apart by where they go, how they look, how tall they are."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.pipeline.link import LinkConfig, link
from analysis.pipeline.types import Detection

CONFIG = LinkConfig()
RED, BLUE = np.array([1, 0, 0], np.float32), np.array([0, 1, 0], np.float32)
WALK = 1.4 * 100  # pixels in two seconds, of somebody 100 px tall


def glimpse(time: float, x: float, y: float = 300.0, height: float = 100.0) -> Detection:
    return Detection(time, np.array([x, y - height, x + 0.4 * height, y], np.float32), 0.8)


def linked(*people: list[tuple[Detection, np.ndarray]], looks=None, exposed=None) -> list[list[Detection]]:
    rows = sorted((row for person in people for row in person), key=lambda row: row[0].time)
    glimpses = [one for one, _ in rows]
    times = np.array(sorted({g.time for g in glimpses})) if looks is None else np.array(looks, float)
    shown = np.ones(len(rows)) if exposed is None else exposed
    paths = link(glimpses, np.array([vector for _, vector in rows]), shown, times, CONFIG)
    assert sorted(i for path in paths for i in path) == list(range(len(rows)))  # nobody is lost, or twice
    return [[glimpses[i] for i in path] for path in paths]


def walk(first: float, speed: float, look: np.ndarray, times=(0, 2, 4, 6, 8), **more):
    return [(glimpse(t, first + speed * t / 2, **more), look) for t in times]


def starts_and_ends(paths) -> set[tuple[float, float]]:
    return {(float(p[0].box[0]), float(p[-1].box[0])) for p in paths}


def test_it_works():
    assert len(linked(walk(0, WALK, RED))) == 1


def test_two_who_cross_are_told_apart_by_looks():
    paths = linked(walk(0, WALK, RED), walk(4 * WALK, -WALK, BLUE))
    assert starts_and_ends(paths) == {(0, 4 * WALK), (4 * WALK, 0)}


def test_two_who_look_alike_and_cross_are_told_apart_by_their_speed():
    paths = linked(walk(0, WALK, RED), walk(4 * WALK + 30, -WALK, RED, y=320))
    assert starts_and_ends(paths) == {(0, 4 * WALK), (4 * WALK + 30, 30)}


def test_an_adult_and_a_child_are_two():
    paths = linked(walk(0, WALK, RED, times=(0, 2)), walk(0, WALK, RED, times=(4, 6), height=40))
    assert len(paths) == 2


def test_somebody_hidden_at_one_look_goes_on():
    looks = (0, 2, 4, 6, 8)
    assert len(linked(walk(0, WALK, RED, times=(0, 2, 6, 8)), looks=looks)) == 1


def test_another_person_at_another_place_begins_anew():
    assert len(linked(walk(0, WALK, RED, times=(0, 2)), walk(900, WALK, BLUE, times=(4, 6)))) == 2


def test_who_rests_is_the_same_after_a_minute_in_which_nothing_moved():
    rest = [(glimpse(t, 500), RED) for t in (0, 60, 120)]
    assert len(linked(rest)) == 1
    assert len(linked([(glimpse(0, 500), RED), (glimpse(60, 800), RED)])) == 2


def test_looks_count_less_where_half_of_the_person_is_cut_off():
    """Who enters at the picture's edge shows one sleeve; the next look shows all of them."""
    half = np.array([0.45, 0.893, 0], np.float32)
    person = [(glimpse(0, 0), half), *walk(0, WALK, RED, times=(2, 4, 6))]
    assert len(linked(person)) == 2
    assert len(linked(person, exposed=np.array([0.4, 1, 1, 1]))) == 1


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0, 5.0])
def test_at_any_rate(rate):
    times = np.arange(0, 10, 1 / rate)
    paths = linked(walk(0, WALK, RED, times=times), walk(9 * WALK, -WALK, BLUE, times=times))
    assert len(paths) == 2


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_or_one(count):
    assert len(linked([(glimpse(0, 0), RED)] * count)) == count if count else True
    assert link([], np.zeros((0, 3), np.float32), np.zeros(0), np.zeros(0), CONFIG) == []
