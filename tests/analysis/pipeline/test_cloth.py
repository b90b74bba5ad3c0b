"""Names of clothing colours stay the same under haze, casts and dusk, and are right for real people."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.pipeline.cloth import CLOTH, COMMON, light_of, probabilities, table
from analysis.pipeline.colours import NAMES, clothing, likeness
from analysis.simulation.people import CLOTH_BGR
from tests.benchmarks.clothes import accuracy, likeliest, second_eye


def test_probabilities_add_up():
    assert table().shape == (32**3, len(NAMES))
    assert table().sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert sum(COMMON.values()) == pytest.approx(1)
    assert tuple(COMMON) == tuple(CLOTH)


def test_what_cannot_be_told_is_not_claimed():
    black, navy = NAMES.index("black"), NAMES.index("navy")
    (dark,) = probabilities(np.array([[38, 30, 28]], np.uint8))
    assert min(dark[black], dark[navy]) > 0.05
    (red,) = probabilities(np.array([[42, 40, 190]], np.uint8))
    assert red[NAMES.index("red")] > 0.9


def street(upper: str, lower: str) -> np.ndarray:
    """A grey street with somebody in the middle."""
    rng = np.random.default_rng(1)
    picture = rng.normal(118, 22, (360, 640, 3))
    picture[:, :60] = 12  # a dark doorway
    picture[120:200, 300:340], picture[200:280, 305:335] = CLOTH_BGR[upper], CLOTH_BGR[lower]
    return np.clip(picture, 0, 255)


@pytest.mark.parametrize(
    "camera",
    [
        lambda p: p,
        lambda p: 40 + p * 215 / 255,  # haze
        lambda p: p * 0.5,  # dusk
        lambda p: p * np.array([1.12, 1.0, 0.9]),  # bluish
        lambda p: 25 + 0.6 * p,
    ],
    ids=["plain", "haze", "dusk", "bluish", "hazy dusk"],
)
@pytest.mark.parametrize(
    ("upper", "lower"), [("red", "black"), ("white", "navy"), ("green", "beige"), ("yellow", "blue")]
)
def test_cameras_do_not_change_the_name(camera, upper, lower):
    picture = np.clip(camera(street(upper, lower)), 0, 255).astype(np.uint8)
    shares = clothing(picture[100:290, 285:355], light_of(picture))
    for wanted, share in zip((upper, lower), shares, strict=True):
        assert likeness(wanted, NAMES[int(share.argmax())]) >= 0.45
    assert NAMES[int(shares[0].argmax())] == upper


@pytest.mark.parametrize("size", [(72, 128), (234, 416), (1080, 1920)])
def test_black_is_told_from_small_dark_places(size):
    """Windows, tyres, gaps: no place in the street is dark as a whole."""
    rng = np.random.default_rng(4)
    picture = rng.normal(120, 5, (*size, 3))
    picture[rng.random(size) < 0.03] = 20
    hazy = np.clip(50 + picture * 205 / 255, 0, 255).astype(np.uint8)
    black, grey = light_of(hazy).curves[[60, 150], 0].mean(axis=1)
    assert black < 15
    assert 90 < grey < 130


def test_an_empty_or_black_picture_is_no_error():
    light = light_of(np.zeros((36, 64, 3), np.uint8))
    upper, lower = clothing(np.zeros((4, 2, 3), np.uint8), light)
    assert upper.sum() == pytest.approx(1)
    assert lower.sum() == pytest.approx(1)
    light_of(np.full((36, 64, 3), 255, np.uint8))


def test_the_street_between_the_legs_is_not_what_they_wear():
    picture = np.full((128, 48, 3), 150, np.uint8)
    picture[20:62, 12:36] = CLOTH_BGR["red"]
    picture[62:120, 13:19] = picture[62:120, 29:35] = CLOTH_BGR["navy"]
    _upper, lower = clothing(picture)
    assert NAMES[int(lower.argmax())] in ("navy", "black")


def test_real_people_of_two_cameras(shared):
    folder = shared / "reid" / "pku"
    best = likeliest(folder)
    figures = accuracy(folder, best)
    assert np.mean([right for right, _, _ in figures.values()]) > 0.66
    assert np.mean([near for _, near, _ in figures.values()]) > 0.78
    assert min(right for right, _, _ in figures.values()) > 0.55
    by_either = [either for _, _, either in second_eye(folder, best).values()]
    assert np.mean(by_either) > 0.78
