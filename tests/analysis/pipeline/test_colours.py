"""Colours by name, as a person in the street would say them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from analysis.pipeline.cloth import light_of
from analysis.pipeline.colours import COLOURS, NAMES, clothes, clothing, is_grey_picture, likeness, named, summary


def bgr(colour: str) -> np.ndarray:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return np.array([blue, green, red], np.uint8)


@pytest.mark.parametrize("name", NAMES)
def test_the_typical_colour_has_its_own_name(name):
    assert NAMES[named(bgr(COLOURS[name])[None])[0]] == name


@pytest.mark.parametrize("light", [0.8, 1.1])
@pytest.mark.parametrize("name", ["red", "yellow", "green", "blue", "white", "black"])
def test_the_name_survives_other_light(name, light):
    colour = np.clip(bgr(COLOURS[name]) * light, 0, 255).astype(np.uint8)
    assert likeness(name, NAMES[named(colour[None])[0]]) >= 0.3


def test_upper_and_lower_are_told_apart():
    person = np.zeros((160, 60, 3), np.uint8)
    person[:80], person[80:] = bgr("#c9302c"), bgr("#1d1d20")
    upper, lower = clothing(person)
    assert (NAMES[upper.argmax()], NAMES[lower.argmax()]) == ("red", "black")


def test_infrared_pictures_are_known():
    noise = np.random.default_rng(1).integers(0, 255, (90, 160), dtype=np.uint8)
    assert is_grey_picture(cv2.cvtColor(noise, cv2.COLOR_GRAY2BGR))
    assert not is_grey_picture(np.full((90, 160, 3), bgr("#85588d"), np.uint8))


def test_summaries_add_up_and_leave_out_crumbs():
    total = np.zeros(len(NAMES))
    total[NAMES.index("red")], total[NAMES.index("grey")], total[NAMES.index("blue")] = 90, 7, 3
    assert summary(total) == {"red": 1.0}
    assert summary(np.zeros(len(NAMES))) == {}


def test_several_people_are_seen_as_each_for_themselves():
    rng = np.random.default_rng(2)
    crops = [cv2.GaussianBlur(rng.integers(0, 255, (h, h // 3, 3), np.uint8), (0, 0), 7) for h in (60, 130, 301)]
    light = light_of(crops[2])
    for number, both in enumerate(zip(*clothes(crops, light), strict=True)):
        for together, alone in zip(both, clothing(crops[number], light), strict=True):
            assert together == pytest.approx(alone, abs=1e-5)
            assert together.sum() == pytest.approx(1, abs=1e-5)
