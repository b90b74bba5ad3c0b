"""What else stands and moves in a street: posts, vehicles, trees in the wind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from ..pipeline.geometry import CameraGeometry
from ..pipeline.types import Image
from .brush import rendered_colour
from .painting import Painted, differing
from .people import Colour

UP = np.array([0.0, 0.0, 1.0])


class Prop(Protocol):
    """Something that hides people behind it."""

    def at(self, time: float) -> NDArray[np.float64]:
        """East, north in metres from the camera's foot, ``(2,)``."""

    def moves(self, time: float) -> bool:
        """Whether it looks different from one frame to the next."""

    def drives(self, start: float, end: float) -> bool:
        """Whether it comes through the picture at some time of the span (seconds)."""

    def draw(self, image: Image, geometry: CameraGeometry, time: float, gain: NDArray[np.float64]) -> Painted | None:
        """Paints it; None when out of sight."""


@dataclass(frozen=True, slots=True)
class Post:
    """A street lamp or sign post. Metres."""

    east: float
    north: float
    height: float = 4.0
    radius: float = 0.07
    bgr: Colour = (96, 96, 92)

    def at(self, time: float) -> NDArray[np.float64]:
        """Always there."""
        return np.array([self.east, self.north])

    def moves(self, time: float) -> bool:
        """Never."""
        return False

    def drives(self, start: float, end: float) -> bool:
        """Never."""
        return False

    def draw(self, image: Image, geometry: CameraGeometry, time: float, gain: NDArray[np.float64]) -> Painted | None:
        """A line with a lit side."""
        ends = np.array([[self.east, self.north, 0.0], [self.east, self.north, self.height]])
        pixels, depth = geometry.project(ends)
        if depth.min() < 1.0:
            return None
        width = max(1, round(2 * self.radius * geometry.focal / float(depth[0])))
        with _Covering(image, pixels, width) as covering:
            a, b = (tuple(int(v) for v in p) for p in pixels)
            cv2.line(image, a, b, rendered_colour(self.bgr, gain), width, cv2.LINE_AA)
            cv2.line(image, a, b, rendered_colour(self.bgr, 1.4 * gain), max(1, width // 3), cv2.LINE_AA)
        return covering.painted


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A car, parked or passing at ``speed`` (m/s); at (east, north) at ``moment`` (s). Metres, degrees."""

    east: float
    north: float
    heading: float
    bgr: Colour
    speed: float = 0.0
    moment: float = 0.0
    length: float = 4.4
    width: float = 1.8
    height: float = 1.5

    def at(self, time: float) -> NDArray[np.float64]:
        """East, north of the middle."""
        angle, step = np.radians(self.heading), self.speed * (time - self.moment)
        return np.array([self.east + step * np.sin(angle), self.north + step * np.cos(angle)])

    def moves(self, time: float) -> bool:
        """While it passes by."""
        return self.drives(time, time)

    def drives(self, start: float, end: float) -> bool:
        """Within 40 m of where it is at ``moment``; a parked one never."""
        if self.speed <= 0:
            return False
        reach = 40 / self.speed
        return start < self.moment + reach and end > self.moment - reach

    def draw(self, image: Image, geometry: CameraGeometry, time: float, gain: NDArray[np.float64]) -> Painted | None:
        """A body and a cabin, each a box with shaded sides."""
        if self.speed and not self.moves(time):
            return None
        spot, angle = self.at(time), np.radians(self.heading)
        ahead, right = np.array([np.sin(angle), np.cos(angle), 0.0]), np.array([np.cos(angle), -np.sin(angle), 0.0])
        middle = np.array([spot[0], spot[1], 0.0])
        body = _box(middle, ahead * self.length / 2, right * self.width / 2, 0.25, 0.62 * self.height)
        cabin = _box(
            middle - 0.2 * ahead, ahead * 0.27 * self.length, right * 0.42 * self.width, 0.62 * self.height, self.height
        )
        corners = geometry.project(np.vstack([body, cabin]))
        if corners[1].min() < 1.5:
            return None
        pixels = corners[0]
        if pixels[:, 0].max() < 0 or pixels[:, 0].min() > image.shape[1] or pixels[:, 1].min() > image.shape[0]:
            return None
        with _Covering(image, pixels, 2) as covering:
            shadow = geometry.project(_box(middle, ahead * self.length / 2, right * self.width / 2, 0.0, 0.02))[0]
            cv2.fillConvexPoly(image, cv2.convexHull(shadow.astype(np.int32)), (44, 44, 44))
            _faces(image, geometry, body, rendered_colour(self.bgr, gain))
            _faces(image, geometry, cabin, rendered_colour((70, 64, 58), gain))
            self._wheels(image, geometry, middle, ahead, right)
        return covering.painted

    def _wheels(
        self, image: Image, geometry: CameraGeometry, middle: NDArray[np.float64], ahead: NDArray[np.float64],
        right: NDArray[np.float64],
    ) -> None:  # fmt: skip
        """Of the side that the camera sees."""
        side = right if float(right @ middle) < 0 else -right
        for along in (-0.3, 0.3):
            hub = middle + ahead * along * self.length + side * self.width / 2 + 0.32 * UP
            rim = [hub + 0.32 * (np.cos(a) * ahead + np.sin(a) * UP) for a in np.linspace(0, 2 * np.pi, 14)]
            cv2.fillConvexPoly(image, geometry.project(np.array(rim))[0].astype(np.int32), (38, 38, 38), cv2.LINE_AA)


@dataclass(frozen=True, slots=True)
class Bench:
    """A seat with a back, 1.6 m wide; ``heading``: where those who sit on it look. Metres, degrees."""

    east: float
    north: float
    heading: float
    bgr: Colour = (62, 84, 112)

    def at(self, time: float) -> NDArray[np.float64]:
        """Always there."""
        return np.array([self.east, self.north])

    def moves(self, time: float) -> bool:
        """Never."""
        return False

    def drives(self, start: float, end: float) -> bool:
        """Never."""
        return False

    def draw(self, image: Image, geometry: CameraGeometry, time: float, gain: NDArray[np.float64]) -> Painted | None:
        """Legs, back and seat."""
        angle = np.radians(self.heading)
        ahead, right = np.array([np.sin(angle), np.cos(angle), 0.0]), np.array([np.cos(angle), -np.sin(angle), 0.0])
        middle = np.array([self.east, self.north, 0.0])
        seat = _box(middle, 0.24 * ahead, 0.8 * right, 0.38, 0.45)
        back = _box(middle - 0.25 * ahead, 0.03 * ahead, 0.8 * right, 0.5, 0.88)
        legs = [_box(middle + x * right, 0.2 * ahead, 0.04 * right, 0.0, 0.38) for x in (-0.65, 0.65)]
        pixels, depth = geometry.project(np.vstack([seat, back, *legs]))
        if depth.min() < 1.5 or pixels[:, 0].max() < 0 or pixels[:, 0].min() > image.shape[1]:
            return None
        with _Covering(image, pixels, 2) as covering:
            for part in sorted((seat, back, *legs), key=lambda p: -float(geometry.project(p)[1].mean())):
                _faces(image, geometry, part, rendered_colour(self.bgr, gain))
        return covering.painted


@dataclass(frozen=True, slots=True)
class Tree:
    """A trunk and a crown that the wind (0 to 1) moves. Metres."""

    east: float
    north: float
    height: float = 5.0
    crown: float = 1.6
    wind: float = 0.0
    seed: int = 0
    leaves: tuple[tuple[float, float, float, float], ...] = field(default=(), compare=False)

    def at(self, time: float) -> NDArray[np.float64]:
        """Always there."""
        return np.array([self.east, self.north])

    def moves(self, time: float) -> bool:
        """In any wind."""
        return self.wind > 0

    def drives(self, start: float, end: float) -> bool:
        """Never."""
        return False

    def draw(self, image: Image, geometry: CameraGeometry, time: float, gain: NDArray[np.float64]) -> Painted | None:
        """Tufts of leaves about the crown's middle."""
        top = np.array([self.east, self.north, self.height - self.crown])
        pixels, depth = geometry.project(np.array([[self.east, self.north, 0.0], top]))
        if depth.min() < 2.0:
            return None
        metre = geometry.focal / float(depth[1])
        rng = np.random.default_rng(self.seed)
        with _Covering(image, pixels, int(2.2 * self.crown * metre)) as covering:
            a, b = (tuple(int(v) for v in p) for p in pixels)
            cv2.line(image, a, b, rendered_colour((52, 66, 84), gain), max(2, int(0.22 * metre)), cv2.LINE_AA)
            for _ in range(46):
                x, y, radius, tone, phase = rng.normal(0, 0.5), rng.normal(0, 0.42), rng.uniform(0.2, 0.42), rng.uniform(0.65, 1.2), rng.uniform(0, 6.3)  # fmt: skip
                sway = self.wind * 0.16 * np.sin(2.1 * time + phase) + self.wind * 0.07 * np.sin(5.3 * time + 2 * phase)
                centre = pixels[1] + np.array([(x + sway) * self.crown, y * self.crown - 0.3]) * metre
                colour = rendered_colour(tuple(int(c * tone) for c in (52, 104, 66)), gain)  # type: ignore[arg-type]
                cv2.circle(image, (int(centre[0]), int(centre[1])), max(2, int(radius * self.crown * metre)), colour, -1, cv2.LINE_AA)  # fmt: skip
        return covering.painted


def _box(
    middle: NDArray[np.float64], ahead: NDArray[np.float64], right: NDArray[np.float64], low: float, high: float
) -> NDArray[np.float64]:
    """Corners ``(8, 3)``: the four of the floor, then of the roof, in order around."""
    floor = [middle + sx * ahead + sy * right for sx, sy in ((1, 1), (1, -1), (-1, -1), (-1, 1))]
    return np.array([p + low * UP for p in floor] + [p + high * UP for p in floor])


def _faces(image: Image, geometry: CameraGeometry, corners: NDArray[np.float64], colour: Colour) -> None:
    """Sides and roof, the furthest first."""
    sides = [(i, (i + 1) % 4, (i + 1) % 4 + 4, i + 4) for i in range(4)] + [(4, 5, 6, 7)]
    pixels, depth = geometry.project(corners)
    for face in sorted(sides, key=lambda f: -float(depth[list(f)].mean())):
        shade = 1.12 if face == (4, 5, 6, 7) else 0.72 + 0.2 * (face[0] % 2)
        tone = tuple(float(np.clip(c * shade, 0, 255)) for c in colour)
        cv2.fillConvexPoly(image, pixels[list(face)].astype(np.int32), tone, cv2.LINE_AA)


class _Covering:
    """Notes which pixels are painted inside the block."""

    def __init__(self, image: Image, pixels: NDArray[np.float64], margin: int) -> None:
        height, width = image.shape[:2]
        low, high = pixels.min(axis=0) - margin - 4, pixels.max(axis=0) + margin + 4
        self.corner = int(np.clip(low[0], 0, width)), int(np.clip(low[1], 0, height))
        self.end = int(np.clip(high[0], 0, width)), int(np.clip(high[1], 0, height))
        self.image = image
        self.box = np.array([*pixels.min(axis=0), *pixels.max(axis=0)])
        self.painted: Painted | None = None

    def _part(self) -> Image:
        return self.image[self.corner[1] : self.end[1], self.corner[0] : self.end[0]]

    def __enter__(self) -> _Covering:
        self.before = self._part().copy()
        return self

    def __exit__(self, *error: object) -> None:
        if self.before.size:
            self.painted = Painted(self.box, self.corner, differing(self.before, self._part()))
