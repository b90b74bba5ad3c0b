"""Walking people from shaded capsules, and how a camera sees them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..pipeline.geometry import CameraGeometry
from ..pipeline.types import Image


@dataclass(frozen=True, slots=True)
class Person:
    """Colours are BGR 0 to 255; height metres; ``upper``, ``lower``: the colours' names."""

    key: str
    height: float
    upper: str
    lower: str
    upper_bgr: tuple[int, int, int]
    lower_bgr: tuple[int, int, int]
    skin_bgr: tuple[int, int, int]
    hair_bgr: tuple[int, int, int]
    girth: float = 1.0
    coat: bool = False
    bag_bgr: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """A straight walk over the ground: east, north metres from the camera's foot; heading in degrees."""

    person: Person
    east: float
    north: float
    heading: float
    speed: float
    moment: float  # seconds at which the person is at (east, north)
    begin: float = -1e9
    end: float = 1e9

    def at(self, time: float) -> NDArray[np.float64]:
        """East, north at a time, ``(2,)`` metres."""
        angle = np.radians(self.heading)
        step = self.speed * (time - self.moment)
        return np.array([self.east + step * np.sin(angle), self.north + step * np.cos(angle)])


#: Typical clothing colours, BGR.
CLOTH_BGR: dict[str, tuple[int, int, int]] = {
    "black": (34, 32, 32),
    "grey": (132, 130, 128),
    "white": (228, 230, 232),
    "red": (42, 40, 190),
    "orange": (40, 120, 226),
    "yellow": (50, 198, 226),
    "green": (70, 132, 56),
    "blue": (188, 100, 44),
    "navy": (86, 44, 30),
    "purple": (150, 66, 112),
    "pink": (172, 140, 226),
    "brown": (44, 66, 98),
    "beige": (146, 182, 204),
}


def joints(person: Person, time: float) -> dict[str, NDArray[np.float64]]:
    """Points of the body relative to the feet's middle: right, forward, up in metres."""
    h = person.height
    phase = 2 * np.pi * (time / 1.05 + (hash_share(person.key) % 1.0))
    swing = 0.20 * h * np.sin(phase)
    lift = 0.05 * h
    hip, shoulder, neck = 0.53 * h, 0.785 * h, 0.83 * h
    points: dict[str, NDArray[np.float64]] = {
        "head": np.array([0, 0.015 * h, 0.925 * h]),
        "neck": np.array([0, 0, neck]),
        "chest": np.array([0, 0, 0.715 * h]),
        "belly": np.array([0, 0, 0.56 * h]),
        "hem": np.array([0, 0, (0.40 if person.coat else 0.50) * h]),
        "back": np.array([0, -0.10 * h, 0.70 * h]),
        "back_low": np.array([0, -0.11 * h, 0.60 * h]),
    }
    for side, sign in (("left", -1.0), ("right", 1.0)):
        forward = sign * swing
        raised = lift * max(0.0, sign * np.cos(phase))
        points[f"{side}_hip"] = np.array([sign * 0.055 * h, 0, hip])
        points[f"{side}_knee"] = np.array([sign * 0.06 * h, 0.55 * forward + 0.02 * h, 0.285 * h + raised / 2])
        points[f"{side}_ankle"] = np.array([sign * 0.06 * h, forward, 0.04 * h + raised])
        points[f"{side}_toe"] = np.array([sign * 0.06 * h, forward + 0.09 * h, 0.02 * h + raised])
        points[f"{side}_shoulder"] = np.array([sign * 0.115 * h * person.girth, 0, shoulder])
        points[f"{side}_elbow"] = np.array([sign * 0.14 * h * person.girth, -0.35 * forward, 0.64 * h])
        points[f"{side}_hand"] = np.array([sign * 0.13 * h * person.girth, -0.75 * forward + 0.05 * h, 0.49 * h])
    return points


def hash_share(text: str) -> float:
    """A number from 0 to 1 that depends on the text alone (unlike ``hash``, in every process the same)."""
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value / 2**32


#: Limbs as (from, to, half thickness in shares of height at both ends, what they wear), back to front.
LIMBS = (
    ("left_hip", "left_knee", 0.052, 0.040, "lower"),
    ("left_knee", "left_ankle", 0.040, 0.028, "lower"),
    ("left_ankle", "left_toe", 0.024, 0.020, "shoe"),
    ("right_hip", "right_knee", 0.052, 0.040, "lower"),
    ("right_knee", "right_ankle", 0.040, 0.028, "lower"),
    ("right_ankle", "right_toe", 0.024, 0.020, "shoe"),
)
ARMS = {
    side: (
        (f"{side}_shoulder", f"{side}_elbow", 0.036, 0.030, "upper"),
        (f"{side}_elbow", f"{side}_hand", 0.030, 0.022, "upper"),
        (f"{side}_hand", f"{side}_hand", 0.022, 0.022, "skin"),
    )
    for side in ("left", "right")
}


def draw(
    image: Image, geometry: CameraGeometry, walk: Walk, time: float, gain: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Paints the person as a camera of that ``gain`` (BGR) sees it; returns the true box ``x1 y1 x2 y2`` in pixels, None when out of sight."""
    person, spot = walk.person, walk.at(time)
    angle = np.radians(walk.heading)
    ahead = np.array([np.sin(angle), np.cos(angle), 0.0])
    right = np.array([np.cos(angle), -np.sin(angle), 0.0])
    foot = np.array([spot[0], spot[1], 0.0])
    body = joints(person, time)
    names = list(body)
    world = np.array(
        [foot + body[n][0] * right + body[n][1] * ahead + body[n][2] * np.array([0, 0, 1.0]) for n in names]
    )
    pixels, depth = geometry.project(world)
    if depth.min() < 2.0:
        return None
    place = dict(zip(names, pixels, strict=True))
    size = geometry.focal * person.height / float(depth.mean())
    low, high = pixels.min(axis=0) - 0.06 * size, pixels.max(axis=0) + 0.06 * size
    if high[0] < 0 or high[1] < 0 or low[0] > geometry.picture_width or low[1] > geometry.picture_height:
        return None
    toward = float(ahead @ geometry.axes()[2])  # > 0: seen from behind
    _shadow(image, place, size)
    person = replace(
        person,
        upper_bgr=_seen(person.upper_bgr, gain),
        lower_bgr=_seen(person.lower_bgr, gain),
        skin_bgr=_seen(person.skin_bgr, gain),
        hair_bgr=_seen(person.hair_bgr, gain),
    )
    wear = {
        "upper": person.upper_bgr,
        "lower": person.lower_bgr,
        "skin": person.skin_bgr,
        "shoe": (40, 40, 44),
    }
    light = 1.0
    nearer = "left" if float(right @ geometry.axes()[2]) > 0 else "right"
    further = "right" if nearer == "left" else "left"
    for limb in (*ARMS[further], *LIMBS):
        _capsule(image, place, size, limb, wear, light * (0.85 if further in limb[0] else 1.0))
    girth = person.girth
    if person.bag_bgr and toward <= 0:
        _blob(image, place["back"], place["back_low"], 0.085 * size, 0.085 * size, person.bag_bgr, light)
    if person.coat:
        _blob(image, place["belly"], place["hem"], 0.098 * size * girth, 0.11 * size * girth, person.upper_bgr, light)
    else:
        _blob(image, place["belly"], place["hem"], 0.088 * size * girth, 0.086 * size * girth, person.lower_bgr, light)
    _blob(image, place["chest"], place["belly"], 0.105 * size * girth, 0.092 * size * girth, person.upper_bgr, light)
    if person.bag_bgr and toward > 0:
        _blob(image, place["back"], place["back_low"], 0.085 * size, 0.085 * size, person.bag_bgr, light)
    for limb in ARMS[nearer]:
        _capsule(image, place, size, limb, wear, light * 1.05)
    _blob(image, place["neck"], place["head"], 0.03 * size, 0.03 * size, person.skin_bgr, light)
    _head(image, place["head"], 0.066 * size, person, toward, light)
    return np.array([low[0] + 0.03 * size, low[1] + 0.02 * size, high[0] - 0.03 * size, high[1] - 0.045 * size])


def _seen(colour: tuple[int, int, int], gain: NDArray[np.float64]) -> tuple[int, int, int]:
    return tuple(int(np.clip(c * g, 0, 255)) for c, g in zip(colour, gain, strict=True))  # type: ignore[return-value]


def _point(p: NDArray[np.float64]) -> tuple[int, int]:
    return round(p[0] * 16), round(p[1] * 16)


def _tone(colour: tuple[int, int, int], light: float) -> tuple[float, float, float]:
    return tuple(float(np.clip(c * light, 0, 255)) for c in colour)  # type: ignore[return-value]


def _capsule(image: Image, place: dict, size: float, limb: tuple, wear: dict, light: float) -> None:
    a, b, thick_a, thick_b, part = limb
    _blob(image, place[a], place[b], thick_a * size, thick_b * size, wear[part], light)


def _blob(
    image: Image, a: NDArray, b: NDArray, radius_a: float, radius_b: float, colour: tuple[int, int, int], light: float
) -> None:
    """A tapered capsule, lit from the upper left: three layers from dark rim to bright core."""
    for shrink, shade, shift in ((1.0, 0.72, 0.0), (0.78, 0.95, -0.12), (0.42, 1.14, -0.28)):
        move = np.array([shift * radius_a, shift * 0.5 * radius_a])
        tone = _tone(colour, light * shade)
        for point, radius in ((a, radius_a), (b, radius_b)):
            cv2.circle(image, _point(point + move), int(max(radius * shrink, 0.6) * 16), tone, -1, cv2.LINE_AA, 4)
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
            polygon = np.array([_point(c) for c in corners], dtype=np.int32)
            cv2.fillConvexPoly(image, polygon, tone, cv2.LINE_AA, 4)


def _head(image: Image, centre: NDArray, radius: float, person: Person, toward: float, light: float) -> None:
    axes = (int(radius * 0.86 * 16), int(radius * 1.12 * 16))
    if toward > 0.3:  # from behind: hair alone
        cv2.ellipse(image, _point(centre), axes, 0, 0, 360, _tone(person.hair_bgr, light), -1, cv2.LINE_AA, 4)
        return
    cv2.ellipse(image, _point(centre), axes, 0, 0, 360, _tone(person.skin_bgr, light * 0.9), -1, cv2.LINE_AA, 4)
    lit = centre + np.array([-0.2 * radius, 0.1 * radius])
    inner = (int(radius * 0.55 * 16), int(radius * 0.8 * 16))
    cv2.ellipse(image, _point(lit), inner, 0, 0, 360, _tone(person.skin_bgr, light * 1.08), -1, cv2.LINE_AA, 4)
    cap = centre + np.array([0.0, -0.38 * radius])
    top = (int(radius * 0.92 * 16), int(radius * 0.78 * 16))
    cv2.ellipse(image, _point(cap), top, 0, 180, 360, _tone(person.hair_bgr, light), -1, cv2.LINE_AA, 4)


def _shadow(image: Image, place: dict, size: float) -> None:
    feet = (place["left_ankle"] + place["right_ankle"]) / 2 + np.array([0.06 * size, 0.035 * size])
    reach = 0.22 * size
    x1, y1 = int(max(feet[0] - reach, 0)), int(max(feet[1] - 0.3 * reach, 0))
    x2, y2 = int(min(feet[0] + reach + 1, image.shape[1])), int(min(feet[1] + 0.3 * reach + 1, image.shape[0]))
    if x2 - x1 < 3 or y2 - y1 < 2:
        return
    part = image[y1:y2, x1:x2]
    ys, xs = np.mgrid[y1:y2, x1:x2]
    distance = ((xs - feet[0]) / reach) ** 2 + ((ys - feet[1]) / (0.3 * reach)) ** 2
    dark = 1.0 - 0.45 * np.clip(1.2 - distance, 0, 1)
    part[:] = (part * dark[..., None]).astype(np.uint8)
