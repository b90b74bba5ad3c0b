"""Maps as drawings, for paper and pages: no tiles, no script."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


class Projection:
    """Longitude and latitude to a drawing of so many units, all points inside its margins, north above (equirectangular
    about their middle). least: degrees of latitude that it shows at the least."""

    def __init__(self, points: Points, width: float, height: float, margin: float, least: float = 0.0) -> None:
        self.middle = (points.min(axis=0) + points.max(axis=0)) / 2
        self.narrow = float(np.cos(np.radians(self.middle[1])))
        span = np.maximum(np.ptp(points, axis=0) * [self.narrow, 1.0], max(least, 1e-9))
        self.scale = float(min((width - 2 * margin) / span[0], (height - 2 * margin) / span[1]))
        self.width, self.height = width, height

    def __call__(self, points: Points) -> Any:
        """``(n, 2)`` lon, lat to ``(n, 2)`` x, y."""
        x = self.width / 2 + (points[:, 0] - self.middle[0]) * self.narrow * self.scale
        y = self.height / 2 - (points[:, 1] - self.middle[1]) * self.scale
        return np.column_stack([x, y])

    @property
    def corners(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Of the drawing: west and north, east and south."""
        half = np.array([self.width / (2 * self.narrow), self.height / 2]) / self.scale
        west, east = float(self.middle[0] - half[0]), float(self.middle[0] + half[0])
        return (west, float(self.middle[1] + half[1])), (east, float(self.middle[1] - half[1]))


def as_points(places: Any) -> str:
    """As SVG wants them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
