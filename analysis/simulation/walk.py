"""The first simulated walk: one person through three districts, past cameras, among others.

Places are real (Dongmyo, Sinseol-dong, Yongdu, Majang in Seoul); the cameras and people are not.
"""

from __future__ import annotations

import numpy as np

from ..pipeline.geometry import CameraGeometry
from ..search import geo
from .city import along, unit
from .people import Person, Walk
from .scenario import Scenario, SimulatedCamera
from .scene import Scene
from .wardrobe import LOWERS, UPPERS, person

#: Where the walk goes, WGS84 lon, lat: Jongno-gu, Dongdaemun-gu, Seongdong-gu.
WAYPOINTS = ((127.0178, 37.5727), (127.0252, 37.5752), (127.0352, 37.5730), (127.0402, 37.5668), (127.0421, 37.5622))
STRAIGHT_SPEED = 0.95  # metres a second along the way; the legs walk at WALKING_SPEED
WALKING_SPEED = 1.15
SIZE = (960, 540)


def first_walk(seed: int = 1, cameras: int = 10, aside: int = 2, minutes: float = 4.0) -> Scenario:
    """``cameras`` along the way, ``aside`` off it, about ``minutes`` of footage of each."""
    rng = np.random.default_rng(seed)
    target = person("target", "red", "black", rng, height=1.56, girth=1.08, hair=(150, 150, 152))
    double = person("double", "red", "black", rng, height=1.74)
    legs = np.array(WAYPOINTS)
    lengths = geo.distance_m(legs[:-1, 0], legs[:-1, 1], legs[1:, 0], legs[1:, 1])
    total = float(lengths.sum())
    spots = np.linspace(0.04, 0.98, cameras) * total + rng.uniform(-0.02, 0.02, cameras) * total
    made = []
    for index, spot in enumerate(spots):
        lon, lat, heading = along(legs, lengths, float(spot))
        passes = float(spot) / STRAIGHT_SPEED
        made.append(_camera(f"{index + 1:02d}", lon, lat, heading, passes, minutes, rng, target, double, index))
    for index in range(aside):
        spot = float(rng.uniform(0.2, 0.9)) * total
        lon, lat, heading = along(legs, lengths, spot)
        side = geo.offset(lon, lat, *(float(v) for v in 260 * unit(heading + 90)))[0]
        made.append(
            _camera(f"{cameras + index + 1:02d}", float(side[0]), float(side[1]), heading, None, minutes, rng, target,
                    double, index, around=spot / STRAIGHT_SPEED)
        )  # fmt: skip
    first = along(legs, lengths, 0.0)
    return Scenario("first_walk", seed, target, first[0], first[1], first[2], tuple(made))


def _camera(
    name: str, lon: float, lat: float, street: float, passes: float | None, minutes: float, rng: np.random.Generator,
    target: Person, double: Person, index: int, around: float = 0.0,
) -> SimulatedCamera:  # fmt: skip
    turned = 1.0 if rng.random() < 0.5 else -1.0
    heading = float((street + turned * rng.uniform(62, 112)) % 360)
    geometry = CameraGeometry(
        mounting_height=float(rng.uniform(3.6, 4.4)),
        heading=heading,
        tilt=float(rng.uniform(16, 20)),
        field_of_view=float(rng.uniform(64, 74)),
        picture_width=SIZE[0],
        picture_height=SIZE[1],
    )
    near, far = 6.4, 11.0
    cast = rng.uniform(0.95, 1.05, 3)
    scene = Scene(geometry, street, near, far, int(rng.integers(2**31)), tuple(float(c) for c in cast),  # type: ignore[arg-type]
                  float(rng.uniform(0.88, 1.06)))  # fmt: skip
    duration = minutes * 60 * float(rng.uniform(0.85, 1.15))
    middle = passes if passes is not None else around
    before = min(float(rng.uniform(0.3, 0.7)) * duration, max(middle - 5.0, 0.0))
    start = middle - before
    walks = []
    if passes is not None:
        walks.append(_walk(target, scene, street, WALKING_SPEED, passes - start, rng))
    if passes is None or index % 3 == 1:
        away = 35.0 if before < duration / 2 else -35.0
        walks.append(_walk(double, scene, street + 180, 1.35, before + away, rng))
    for count in range(int(rng.integers(5, 9))):
        other = person(f"{name}-{count}", str(rng.choice(UPPERS)), str(rng.choice(LOWERS)), rng)
        back = 180.0 if rng.random() < 0.5 else 0.0
        walks.append(
            _walk(other, scene, street + back, float(rng.uniform(0.9, 1.5)), float(rng.uniform(0, duration)), rng)
        )
    return SimulatedCamera(name, lon, lat, scene, start, duration, passes, tuple(walks))


def _walk(who: Person, scene: Scene, heading: float, speed: float, moment: float, rng: np.random.Generator) -> Walk:
    """Past the middle of the picture, on one of the pavements or along the kerb."""
    depth = float(rng.uniform(scene.near - 1.2, scene.far + 2.5))
    look = np.radians(scene.geometry.heading)
    side = unit(scene.street + 90)
    if side @ np.array([np.sin(look), np.cos(look)]) < 0:
        side = -side
    axis = np.array([np.sin(look), np.cos(look)])
    spot = axis * depth / max(float(side @ axis), 0.5)
    reach = 16.0 / speed
    return Walk(
        who, float(spot[0]), float(spot[1]), float(heading % 360), speed, moment, moment - reach, moment + reach
    )
