"""People cut out of pictures, of the full-size one where the decoder still holds it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .types import Frame, Image

MARGIN = 0.12  # share of the box's size that pictures for operators show on each side


def crop_of(frame: Frame, box: NDArray[np.float32], margin: float = 0.0) -> Image:
    """The person's pixels, of the full-size picture where it is there; ``margin``: share of the box's size added
    on each side."""
    return pixels(frame, _bounds(frame, box, margin))


def crops_of(frame: Frame, box: NDArray[np.float32]) -> tuple[Image, Image]:
    """The person's pixels, and the same with a margin; cut out once."""
    inner, outer = _bounds(frame, box, 0.0), _bounds(frame, box, MARGIN)
    wide = pixels(frame, outer)
    left, top = (outer[0] // 2 * 2, outer[1] // 2 * 2) if frame.cut else outer[:2]  # full-size cuts begin at even ones
    return wide[inner[1] - top : inner[3] - top, inner[0] - left : inner[2] - left], wide


def pixels(frame: Frame, bounds: tuple[int, int, int, int]) -> Image:
    """What lies between columns and rows ``x1 y1 x2 y2``, of the full-size picture where it is there."""
    left, top, right, bottom = bounds
    return frame.cut(left, top, right, bottom) if frame.cut else frame.image[top:bottom, left:right]


def _bounds(frame: Frame, box: NDArray[np.float32], margin: float) -> tuple[int, int, int, int]:
    """Columns and rows, inside the picture, at least two of each."""
    scale = 1.0 if frame.cut else frame.scale
    x1, y1, x2, y2 = (float(v) / scale for v in box)
    dx, dy = (x2 - x1) * margin, (y2 - y1) * margin
    height, width = (int(side * frame.scale / scale) for side in frame.image.shape[:2])
    left, top = min(int(max(0, x1 - dx)), width - 2), min(int(max(0, y1 - dy)), height - 2)
    right, bottom = int(min(width, np.ceil(x2 + dx))), int(min(height, np.ceil(y2 + dy)))
    return left, top, max(right, left + 2), max(bottom, top + 2)
