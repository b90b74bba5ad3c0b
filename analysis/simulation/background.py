"""The empty street, by kind of place."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..pipeline.types import Image
from .scene import Scene

Picture = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ground:
    """For each pixel, ``(h, w)``: metres along the street and across it, and whether it is ground."""

    along: NDArray[np.float64]
    across: NDArray[np.float64]
    seen: NDArray[np.bool_]


def background(scene: Scene) -> Image:
    """The place without people, under the camera's gain, ``(h, w, 3) uint8 BGR``."""
    g, rng = scene.geometry, np.random.default_rng(scene.seed)
    ground = _ground(scene)
    picture = np.empty((g.picture_height, g.picture_width, 3), np.float32)
    if scene.kind == "park":
        _woods(picture, rng)
    else:
        _fronts(picture, rng, lit=scene.light != "day")
    {"road": _road, "crossing": _crossing, "alley": _alley, "park": _park, "station": _station}[scene.kind](
        picture, ground, scene
    )
    _grain(picture, rng)
    picture = np.clip(picture, 0, 255) * scene.gain.astype(np.float32)
    if scene.infrared:
        picture *= _lamp(g.picture_height, g.picture_width)[..., None]
    return np.clip(picture, 0, 255).astype(np.uint8)


def _ground(scene: Scene) -> Ground:
    g = scene.geometry
    xs, ys = np.meshgrid(np.arange(g.picture_width) + 0.5, np.arange(g.picture_height) + 0.5)
    spots = g.ground(np.column_stack([xs.ravel(), ys.ravel()])).reshape(g.picture_height, g.picture_width, 2)
    along, across = spots @ scene.along, spots @ scene.across
    depth = {"alley": scene.far + 0.2, "park": scene.far + 45.0, "station": scene.far + 12.0}.get(
        scene.kind, scene.far + 9.0
    )
    return Ground(along, across, np.isfinite(across) & (np.abs(across) < depth))


def _tiles(picture: Picture, ground: Ground, where: NDArray[np.bool_], side: float, dark: float = 0.86) -> None:
    joint = where & ((np.mod(ground.along, side) < 0.05) | (np.mod(ground.across, side) < 0.05))
    picture[joint] *= dark


def _road(picture: Picture, ground: Ground, scene: Scene) -> None:
    road = ground.seen & (ground.across > scene.near) & (ground.across < scene.far)
    pavement = ground.seen & ~road & (ground.across < scene.far + 4.0)
    picture[ground.seen & ~road & ~pavement] = (96, 118, 106)
    picture[road], picture[pavement] = (92, 90, 88), (148, 150, 152)
    _tiles(picture, ground, pavement, 0.9)
    kerb = ground.seen & ((np.abs(ground.across - scene.near) < 0.12) | (np.abs(ground.across - scene.far) < 0.12))
    picture[kerb] = (176, 178, 180)
    middle = (scene.near + scene.far) / 2
    picture[road & (np.abs(ground.across - middle) < 0.09) & (np.mod(ground.along, 5.0) < 3.0)] = (70, 190, 214)
    picture[road & (np.abs(ground.along - 4.0) < 2.0) & (np.mod(ground.across, 1.0) < 0.5)] = (206, 208, 210)


def _crossing(picture: Picture, ground: Ground, scene: Scene) -> None:
    _road(picture, ground, scene)
    side_road = ground.seen & (np.abs(ground.along + 2.0) < 3.6)
    picture[side_road] = (94, 92, 90)
    main = (ground.across > scene.near) & (ground.across < scene.far)
    stripes = side_road & ~main & (np.mod(ground.along, 1.0) < 0.5)
    near = np.abs(ground.across - scene.near + 1.6) < 1.3
    picture[stripes & (near | (np.abs(ground.across - scene.far - 1.6) < 1.3))] = (208, 210, 212)


def _alley(picture: Picture, ground: Ground, scene: Scene) -> None:
    picture[ground.seen] = (112, 114, 118)
    picture[ground.seen & (np.abs(ground.across - scene.far + 0.35) < 0.12)] = (60, 170, 196)
    drain = ground.seen & (np.abs(ground.across - (scene.near + scene.far) / 2) < 0.15)
    picture[drain] = (92, 94, 98)


def _park(picture: Picture, ground: Ground, scene: Scene) -> None:
    picture[ground.seen] = (72, 118, 92)
    path = ground.seen & (ground.across > scene.near) & (ground.across < scene.far)
    picture[path] = (148, 170, 184)
    edge = ground.seen & ((np.abs(ground.across - scene.near) < 0.1) | (np.abs(ground.across - scene.far) < 0.1))
    picture[edge] = (120, 132, 140)


def _station(picture: Picture, ground: Ground, scene: Scene) -> None:
    picture[ground.seen] = (160, 164, 168)
    _tiles(picture, ground, ground.seen, 1.2, 0.9)
    guide = ground.seen & (np.abs(ground.across - (scene.near + scene.far) / 2) < 0.16)
    picture[guide] = (60, 186, 214)
    g = scene.geometry
    spots = np.array([[*scene.place(-2.2, scene.far + 3), 0.0], [*scene.place(2.2, scene.far + 3), 0.0]])
    corners = np.vstack([spots, spots[::-1] + np.array([0, 0, 2.7])])
    pixels, depth = g.project(corners)
    if depth.min() > 1:
        cv2.fillConvexPoly(picture, pixels.astype(np.int32), (52, 50, 48))
        roof = np.vstack([corners[2:] + np.array([0, 0, 0.7]), corners[2:][::-1]])
        cv2.fillConvexPoly(picture, g.project(roof)[0].astype(np.int32), (150, 96, 40))


def _fronts(picture: Picture, rng: np.random.Generator, lit: bool) -> None:
    """House fronts with windows, some of them lit after dark, and sky above."""
    height, width = picture.shape[:2]
    picture[:] = (214, 204, 192)
    x = 0
    while x < width:
        wide = int(rng.uniform(0.10, 0.24) * width)
        tone = rng.uniform(95, 185) * np.array([rng.uniform(0.88, 1.02), rng.uniform(0.92, 1.0), 1.0])
        roof = int(rng.uniform(0.0, 0.12) * height)
        picture[roof:, x : x + wide] = tone
        step, tall = max(18, wide // int(rng.integers(2, 5))), int(0.09 * height)
        for top in range(roof + tall // 2, height, int(tall * 1.8)):
            for left in range(x + step // 4, x + wide - step // 3, step):
                glass = rng.uniform(50, 110) * np.array([1.08, 1.0, 0.94])
                if lit and rng.random() < 0.3:
                    glass = np.array([150, 220, 250])
                picture[top : top + tall, left : left + step // 2] = glass
        picture[roof:, x : x + 2] *= 0.7
        x += wide


def _woods(picture: Picture, rng: np.random.Generator) -> None:
    """A line of trees against the sky."""
    height, width = picture.shape[:2]
    picture[:] = (220, 210, 196)
    for _ in range(160):
        x, y = int(rng.uniform(0, width)), int(rng.uniform(0.06, 0.6) * height)
        tone = rng.uniform(0.6, 1.15)
        cv2.circle(
            picture,
            (x, y),
            int(rng.uniform(0.03, 0.08) * width),
            tuple(c * tone for c in (58, 100, 70)),
            -1,
            cv2.LINE_AA,
        )


def _grain(picture: Picture, rng: np.random.Generator) -> None:
    """Fine and coarse unevenness, so that no surface is one colour."""
    height, width = picture.shape[:2]
    fine = cv2.resize(rng.normal(0, 1, (height // 3, width // 3)).astype(np.float32), (width, height))
    coarse = cv2.resize(rng.normal(0, 1, (12, 20)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    picture += (5.0 * fine + 6.0 * coarse)[..., None]


def _lamp(height: int, width: int) -> NDArray[np.float32]:
    """The infrared lamp: bright in the middle, dark at the corners."""
    ys, xs = np.mgrid[0:height, 0:width]
    away = np.hypot((xs - width / 2) / width, (ys - 0.6 * height) / height)
    return np.clip(1.25 - 1.1 * away, 0.3, 1.2).astype(np.float32)
