"""A track that goes over from one person to another is cut where the clothes change."""

from __future__ import annotations

import numpy as np

from analysis.pipeline.colours import NAMES
from analysis.pipeline.consistency import Clothes, agreement, change_points
from analysis.pipeline.describe import Look, Looks, _key
from analysis.pipeline.types import Track


def shares(**names: float) -> np.ndarray:
    return np.array([names.get(name, 0.0) for name in NAMES])


def looks(*spells: tuple[str, str, int], grey: bool = False) -> list[Look]:
    picture = np.zeros((2, 2, 3), np.uint8)
    return [
        Look(shares(**{upper: 0.8, "grey": 0.2}), shares(**{lower: 1.0}), grey, 1.0, 0.5, picture)
        for upper, lower, count in spells
        for _ in range(count)
    ]


def test_it_works():
    assert change_points(looks(("yellow", "black", 20), ("red", "black", 20))) == [20]


def test_three_people_give_two_cuts():
    assert change_points(looks(("yellow", "black", 12), ("red", "black", 12), ("blue", "beige", 12))) == [12, 24]


def test_one_person_is_not_cut():
    assert change_points(looks(("red", "black", 40))) == []


def test_colours_that_are_taken_for_each_other_are_not_cut():
    assert change_points(looks(("black", "black", 15), ("navy", "black", 15))) == []


def test_a_few_covered_looks_are_not_a_change():
    assert change_points(looks(("red", "black", 15), ("white", "black", 2), ("red", "black", 15))) == []


def test_grey_pictures_are_left_alone():
    assert change_points(looks(("yellow", "black", 20), ("red", "black", 20), grey=True)) == []


def test_tracks_are_judged_by_what_was_seen_of_them():
    seen = looks(("yellow", "black", 10), ("red", "black", 10))
    boxes = np.array([[index, 0, index + 10, 30] for index in range(20)], dtype=np.float32)
    track = Track(1, np.arange(20) / 5, boxes, np.ones(20, np.float32))
    clothes = Clothes(Looks({_key(t, b): one for t, b, one in zip(track.times, boxes, seen, strict=True)}))
    assert clothes.cuts(track) == [slice(0, 10), slice(10, 20)]
    first, second = (Track(1, track.times[part], boxes[part], np.ones(10, np.float32)) for part in clothes.cuts(track))
    assert not clothes.alike(first, second)
    assert clothes.alike(first, first)


def test_agreement_is_between_0_and_1():
    assert agreement(shares(red=1), shares(red=1)) == 1
    assert agreement(shares(red=1), shares(green=1)) == 0
    assert 0.3 < agreement(shares(navy=1), shares(black=1)) < 0.8
