"""The strokes that bodies and things are painted with."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..pipeline.types import Image

#: Points in pixels, by name.
Places = dict[str, NDArray[np.float64]]


def rendered_colour(colour: tuple[int, int, int], gain: NDArray[np.float64]) -> tuple[int, int, int]:
    """A colour (BGR, 0 to 255) under a camera's gain."""
    return tuple(int(np.clip(c * g, 0, 255)) for c, g in zip(colour, gain, strict=True))  # type: ignore[return-value]


def pixel(p: NDArray[np.float64]) -> tuple[int, int]:
    """In sixteenths, as OpenCV takes them with a shift of 4."""
    return round(p[0] * 16), round(p[1] * 16)


def tone(colour: tuple[int, int, int], light: float) -> tuple[float, float, float]:
    """Brighter or darker."""
    return tuple(float(np.clip(c * light, 0, 255)) for c in colour)  # type: ignore[return-value]


def blob(
    image: Image, a: NDArray[np.float64], b: NDArray[np.float64], radius_a: float, radius_b: float,
    colour: tuple[int, int, int], light: float = 1.0,
) -> None:  # fmt: skip
    """A tapered capsule, lit from the upper left: three layers from dark rim to bright core. Pixels."""
    for shrink, shade, shift in ((1.0, 0.72, 0.0), (0.78, 0.95, -0.12), (0.42, 1.14, -0.28)):
        move = np.array([shift * radius_a, shift * 0.5 * radius_a])
        shaded = tone(colour, light * shade)
        for point, radius in ((a, radius_a), (b, radius_b)):
            cv2.circle(image, pixel(point + move), int(max(radius * shrink, 0.6) * 16), shaded, -1, cv2.LINE_AA, 4)
        along = b - a
        length = float(np.linalg.norm(along))
        if length > 0.5:
            normal = np.array([-along[1], along[0]]) / length
            corners = [
                a + move + normal * radius_a * shrink,
                b + move + normal * radius_b * shrink,
                b + move - normal * radius_b * shrink,
                a + move - normal * radius_a * shrink,
            ]
            polygon = np.array([pixel(c) for c in corners], dtype=np.int32)
            cv2.fillConvexPoly(image, polygon, shaded, cv2.LINE_AA, 4)
