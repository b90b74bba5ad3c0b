"""From pixels to metres and back."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.pipeline.geometry import CameraGeometry
from analysis.pipeline.types import Track

CAMERA = CameraGeometry(mounting_height=4, heading=30, tilt=18, field_of_view=70, picture_width=960, picture_height=540)


def test_ground_inverts_projection():
    spots = np.array([[3.0, 9.0, 0.0], [8.0, 12.0, 0.0], [2.0, 20.0, 0.0]])
    pixels, depth = CAMERA.project(spots)
    assert (depth > 0).all()
    assert CAMERA.ground(pixels) == pytest.approx(spots[:, :2], abs=1e-6)


def test_nothing_is_on_the_ground_above_the_horizon():
    assert np.isnan(CAMERA.ground(np.array([[480.0, 0.0]]))).all()


def walking(height: float, heading: float, speed: float = 1.2) -> Track:
    angle, times = np.radians(heading), np.arange(0, 6, 0.2)
    feet = np.array([5.5, 9.5]) + np.outer((times - 3) * speed, [np.sin(angle), np.cos(angle)])
    ground = CAMERA.project(np.column_stack([feet, np.zeros(len(feet))]))[0]
    heads = CAMERA.project(np.column_stack([feet, np.full(len(feet), height)]))[0]
    boxes = np.column_stack([ground[:, 0] - 20, heads[:, 1], ground[:, 0] + 20, ground[:, 1]]).astype(np.float32)
    return Track(1, times, boxes, np.ones(len(times), np.float32))


@pytest.mark.parametrize("height", [1.1, 1.56, 1.85])
def test_height(height):
    assert CAMERA.height_of(walking(height, 120)).value == pytest.approx(height, abs=0.03)


@pytest.mark.parametrize("heading", [0, 95, 120, 275, 300])
def test_heading(heading):
    found = CAMERA.heading_of(walking(1.6, heading))
    assert abs((found.value - heading + 180) % 360 - 180) < 5


def test_who_stands_has_no_heading():
    assert CAMERA.heading_of(walking(1.6, 0, speed=0.01)) is None
