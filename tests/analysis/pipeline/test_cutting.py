"""Pictures of people brought to a size."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.pipeline.cutting import scaled


@pytest.mark.parametrize("size", [(128, 64), (129, 65), (300, 120), (2000, 24), (24, 2000), (5, 3)])
def test_every_pixel_counts(size):
    """Fine stripes become the grey between, wherever they are much finer than what is asked for."""
    stripes = np.zeros((*size, 3), np.uint8)
    stripes[::2] = 255
    small = scaled(stripes, 16, 32)
    assert small.shape == (32, 16, 3)
    assert small.mean() == pytest.approx(stripes.mean(), abs=6)
    if size[0] >= 4 * 32:
        assert small.std() < 20


def test_what_has_the_size_is_left():
    picture = np.random.default_rng(1).integers(0, 255, (36, 64, 3), np.uint8)
    assert (scaled(picture, 64, 36) == picture).all()


def test_places_stay():
    picture = np.zeros((403, 201, 3), np.uint8)
    picture[200:, 100:] = 200
    small = scaled(picture, 50, 100)
    assert small[:49, :].max() == small[:, :24].max() == 0
    assert small[51:, 26:].min() == 200
