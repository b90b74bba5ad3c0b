"""A fixed camera over flat ground: from pixels to metres, headings and heights.

Pinhole model without distortion. World: east, north, up in metres from the point on the
ground under the camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .types import Estimate, Track

SINGLE_SD = 0.12  # metres: how wrong a height from one picture is (measured on rendered people)


@dataclass(frozen=True, slots=True)
class CameraGeometry:
    """mounting_height: metres; heading: degrees clockwise from north; tilt: degrees below the
    horizon; field_of_view: degrees across the picture's width; picture_width, picture_height: pixels."""

    mounting_height: float
    heading: float
    tilt: float
    field_of_view: float
    picture_width: int
    picture_height: int

    @property
    def focal(self) -> float:
        """Focal length, pixels."""
        return self.picture_width / 2 / np.tan(np.radians(self.field_of_view) / 2)

    def axes(self) -> NDArray[np.float64]:
        """Right, down and forward of the picture in the world, rows of ``(3, 3)``."""
        yaw, tilt = np.radians(self.heading), np.radians(self.tilt)
        forward = np.array([np.sin(yaw) * np.cos(tilt), np.cos(yaw) * np.cos(tilt), -np.sin(tilt)])
        right = np.array([np.cos(yaw), -np.sin(yaw), 0.0])
        return np.array([right, np.cross(forward, right), forward])

    def project(self, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """World points ``(n, 3)`` to pixels ``(n, 2)`` and depth ``(n,)`` metres (<= 0: behind)."""
        seen = (points - np.array([0.0, 0.0, self.mounting_height])) @ self.axes().T
        depth = seen[:, 2]
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)[:, None]
        return seen[:, :2] / safe * self.focal + np.array([self.picture_width / 2, self.picture_height / 2]), depth

    def ground(self, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels ``(n, 2)`` to the ground ``(n, 2)`` east, north metres; NaN at or above the horizon."""
        centred = (pixels - np.array([self.picture_width / 2, self.picture_height / 2])) / self.focal
        rays = np.column_stack([centred, np.ones(len(centred))]) @ self.axes()
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(rays[:, 2] < -1e-3, -self.mounting_height / rays[:, 2], np.nan)
        return rays[:, :2] * reach[:, None]

    def height_of(self, track: Track) -> Estimate | None:
        """Standing height in metres: median over the track; None when the ground is not seen.

        Few points are worth less, for people stride and boxes are cut off.
        """
        feet = np.column_stack([(track.boxes[:, 0] + track.boxes[:, 2]) / 2, track.boxes[:, 3]]).astype(float)
        inside = (track.boxes[:, 3] < self.picture_height - 3) & (track.boxes[:, 1] > 3)
        spots = self.ground(feet)
        good = inside & np.isfinite(spots[:, 0]) & (np.hypot(spots[:, 0], spots[:, 1]) < 60)
        count = int(good.sum())
        if not count:
            return None
        heights = np.array(
            [self._height_at(spot, float(top)) for spot, top in zip(spots[good], track.boxes[good, 1], strict=True)]
        )
        middle = float(np.median(heights))
        spread = 1.4826 * float(np.median(np.abs(heights - middle)))
        least = max(0.05, SINGLE_SD / np.sqrt(count))
        return Estimate(round(middle, 3), round(max(least, spread), 3))

    def _height_at(self, spot: NDArray[np.float64], top: float) -> float:
        """Height at which a vertical line over ``spot`` meets the picture row ``top``."""
        row = (top - self.picture_height / 2) / self.focal
        _, down, forward = self.axes()
        base = np.array([spot[0], spot[1], -self.mounting_height])
        # (base + z up) . down = row * (base + z up) . forward
        return float((row * base @ forward - base @ down) / (down[2] - row * forward[2]))

    def heading_of(self, track: Track) -> Estimate | None:
        """Degrees clockwise from north in which the person walked; None when they hardly moved."""
        feet = np.column_stack([(track.boxes[:, 0] + track.boxes[:, 2]) / 2, track.boxes[:, 3]]).astype(float)
        spots = self.ground(feet)
        good = np.isfinite(spots[:, 0]) & (np.hypot(spots[:, 0], spots[:, 1]) < 80)
        if good.sum() < 2:
            return None
        times, path = track.times[good], spots[good]
        velocity = np.polyfit(times - times.mean(), path, 1)[0]
        walked = float(np.linalg.norm(velocity)) * float(times[-1] - times[0])
        if walked < 1.5:
            return None
        residual = float(np.std(path - path.mean(axis=0) - np.outer(times - times.mean(), velocity)))
        spread = np.degrees(np.arctan2(residual + 0.3, walked))
        return Estimate(
            round(float(np.degrees(np.arctan2(velocity[0], velocity[1])) % 360), 1), round(float(spread) + 5.0, 1)
        )
