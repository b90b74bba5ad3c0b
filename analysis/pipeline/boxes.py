"""Boxes compared with boxes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def overlap(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Intersection over union of ``(n, 4)`` and ``(m, 4)`` boxes ``x1 y1 x2 y2``: ``(n, m)``, 0 to 1."""
    first, second = (np.asarray(boxes, dtype=np.float64).reshape(-1, 4) for boxes in (a, b))
    left_top = np.maximum(first[:, None, :2], second[None, :, :2])
    right_bottom = np.minimum(first[:, None, 2:], second[None, :, 2:])
    inner = np.prod(np.clip(right_bottom - left_top, 0, None), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second)]
    return inner / np.maximum(areas[0][:, None] + areas[1][None] - inner, 1e-9)
