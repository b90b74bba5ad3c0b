"""The pictures of one scene, frame by frame, and the truth of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..pipeline.types import Image
from .background import background
from .painting import Painted, draw
from .people import Moving
from .props import Prop
from .scene import Scene

NOISE_FRAMES = 16
RAIN_FRAMES = 8
EXPOSURE_S = {"day": 0.004, "dusk": 0.02, "night": 0.04}  # how long the shutter stays open


@dataclass(frozen=True, slots=True)
class TrueBox:
    """Where somebody is in one frame.

    time: seconds of the file; box: pixels ``x1 y1 x2 y2``, clipped to the picture; visible: share of
    the person (0 to 1) that is inside the picture and not covered; place: metres east, north of the
    camera's foot.
    """

    time: float
    person: str
    box: tuple[float, float, float, float]
    visible: float = 1.0
    place: tuple[float, float] = (0.0, 0.0)


class Studio:
    """Renders frames of one scene; what never changes is painted once."""

    def __init__(self, scene: Scene, walks: Sequence[Moving]) -> None:
        self.scene, self.walks = scene, walks
        g, rng = scene.geometry, np.random.default_rng(scene.seed + 1)
        look = np.radians(g.heading)
        self.forward = np.array([np.sin(look), np.cos(look)])
        plain = background(scene)
        for prop in sorted(scene.props, key=lambda p: -float(p.at(0.0) @ self.forward)):
            if not prop.moves(0.0) and not _drives_ever(prop):
                prop.draw(plain, g, 0.0, scene.gain)
        self.quiet = cv2.GaussianBlur(plain, (0, 0), scene.blur)
        shape = (g.picture_height, g.picture_width, 1 if scene.infrared else 3)
        self.noise = [
            _grey(np.clip(rng.normal(128, scene.noise, shape), 0, 255).astype(np.uint8)) for _ in range(NOISE_FRAMES)
        ]
        self.drops = (
            [_rain(g.picture_height, g.picture_width, scene.rain, rng) for _ in range(RAIN_FRAMES)]
            if scene.rain
            else []
        )
        self.rng = rng

    def frame(self, time: float) -> tuple[Image, list[TrueBox]]:
        """The picture ``(h, w, 3) uint8 BGR`` and who is where in it."""
        frame, boxes = self._people(time)
        if self.scene.infrared:
            frame = cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        if self.drops:
            drops = self.drops[int(self.rng.integers(RAIN_FRAMES))]
            frame = cv2.addWeighted(frame, 1 - 0.18 * self.scene.rain, drops, 0.55, 22 * self.scene.rain)
        noise = self.noise[int(self.rng.integers(NOISE_FRAMES))]
        return cv2.addWeighted(frame, 1.0, noise, 1.0, -128.0), boxes

    def empty(self, start: float, end: float) -> bool:
        """Whether nobody walks and nothing drives in a span of seconds; leaves in the wind do not count."""
        if any(walk.begin <= end and walk.end >= start for walk in self.walks):
            return False
        return not any(prop.drives(start, end) for prop in self.scene.props)

    def _people(self, time: float) -> tuple[Image, list[TrueBox]]:
        there = [walk for walk in self.walks if walk.begin <= time <= walk.end]
        moving = [prop for prop in self.scene.props if prop.moves(time)]
        if not there and not moving:
            return self.quiet, []
        canvas = self.quiet.copy()
        still = [prop for prop in self.scene.props if prop not in moving and not _drives_ever(prop)]
        things: list[tuple[float, Moving | None, Prop | None]] = [
            (float(walk.at(time) @ self.forward), walk, None) for walk in there
        ]
        furthest = max((depth for depth, _, _ in things), default=-np.inf)
        things += [(float(prop.at(time) @ self.forward), None, prop) for prop in moving]
        things += [(d, None, prop) for prop in still if (d := float(prop.at(time) @ self.forward)) < furthest]
        owner = np.zeros(canvas.shape[:2], np.uint8)  # who covers the pixel: index into ``people`` + 1
        people: list[tuple[Moving, Painted]] = []
        for _depth, walk, prop in sorted(things, key=lambda row: -row[0]):
            if walk is not None:
                painted = draw(canvas, self.scene.geometry, walk, time, self.scene.gain, self.scene.infrared)
                mark = len(people) + 1
            elif prop is not None:
                painted, mark = prop.draw(canvas, self.scene.geometry, time, self.scene.gain), 0
            if painted is None:
                continue
            if walk is not None:
                people.append((walk, painted))
            (x, y), mask = painted.region, painted.mask
            owner[y : y + mask.shape[0], x : x + mask.shape[1]][mask] = mark
            self._soften(canvas, painted, walk.speed_at(time) if walk is not None else 0.0)
        boxes = [self._truth(time, walk, painted, owner, n) for n, (walk, painted) in enumerate(people, start=1)]
        return canvas, [box for box in boxes if box is not None]

    def _truth(
        self, time: float, walk: Moving, painted: Painted, owner: NDArray[np.uint8], number: int
    ) -> TrueBox | None:
        g, box = self.scene.geometry, painted.box
        inside = np.array([max(box[0], 0), max(box[1], 0), min(box[2], g.picture_width), min(box[3], g.picture_height)])
        if inside[2] - inside[0] < 2 or inside[3] - inside[1] < 4:
            return None
        share = float(np.prod(inside[2:] - inside[:2]) / np.prod(box[2:] - box[:2]))
        (x, y), mask = painted.region, painted.mask
        own = (owner[y : y + mask.shape[0], x : x + mask.shape[1]] == number) & mask
        visible = share * float(own.sum()) / max(float(mask.sum()), 1.0)
        east, north = walk.at(time)
        return TrueBox(
            round(time, 4), walk.person.key, tuple(round(float(v), 1) for v in inside),  # type: ignore[arg-type]
            round(visible, 3), (round(float(east), 2), round(float(north), 2)),
        )  # fmt: skip

    def _soften(self, image: Image, painted: Painted, speed: float) -> None:
        """The lens blurs people as it blurs the street; a slow shutter smears who walks."""
        (x, y), mask = painted.region, painted.mask
        part = image[y : y + mask.shape[0], x : x + mask.shape[1]]
        if not part.size:
            return
        part[:] = cv2.GaussianBlur(part, (0, 0), self.scene.blur)
        height = max(float(painted.box[3] - painted.box[1]), 1.0)
        smear = round(speed * EXPOSURE_S[self.scene.light] * height / 1.65)
        if smear >= 2:
            part[:] = cv2.blur(part, (smear, 1))


def _drives_ever(prop: Prop) -> bool:
    return prop.drives(-np.inf, np.inf)


def _grey(noise: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Infrared noise is the same in all channels."""
    return np.repeat(noise, 3, axis=2) if noise.shape[2] == 1 else noise


def _rain(height: int, width: int, amount: float, rng: np.random.Generator) -> Image:
    """Slanted streaks."""
    picture = np.zeros((height, width, 3), np.uint8)
    for _ in range(int(900 * amount * width / 1280)):
        x, y, length = int(rng.uniform(0, width)), int(rng.uniform(0, height)), int(rng.uniform(8, 26) * height / 720)
        cv2.line(picture, (x, y), (x + length // 5, y + length), (120, 120, 120), 1, cv2.LINE_AA)
    return cv2.GaussianBlur(picture, (0, 0), 0.8)
