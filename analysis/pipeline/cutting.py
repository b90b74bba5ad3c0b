"""People cut out of pictures, of the full-size one where the decoder still holds it, and pictures brought to a size."""

from __future__ import annotations

import cv2
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


def scaled(picture: Image, width: int, height: int) -> Image:
    """The picture at another size. Every pixel counts, however much smaller it becomes: it is halved while it is twice as
    large, and the rest is done between neighbours (averaging over areas of broken sizes, which looks the same, takes three
    to thirty times as long)."""
    while picture.shape[1] >= 2 * width or picture.shape[0] >= 2 * height:
        times = [2 if side >= 2 * least else 1 for side, least in zip(picture.shape, (height, width), strict=False)]
        rows, columns = (side // by for side, by in zip(picture.shape, times, strict=False))
        even = picture[: rows * times[0], : columns * times[1]]
        picture = np.asarray(cv2.resize(even, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
