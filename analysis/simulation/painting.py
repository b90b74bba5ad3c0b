"""Paints people from shaded capsules, as a camera sees them, and says which pixels they cover."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..pipeline.geometry import CameraGeometry
from ..pipeline.types import Image
from .people import Moving, Person, joints

Places = dict[str, NDArray[np.float64]]

#: Limbs as (from, to, half thickness in shares of height at both ends, what they wear), back to front.
LIMBS = (
    ("left_hip", "left_knee", 0.052, 0.040, "lower"),
    ("left_knee", "left_ankle", 0.040, 0.028, "shin"),
    ("left_ankle", "left_toe", 0.024, 0.020, "shoe"),
    ("right_hip", "right_knee", 0.052, 0.040, "lower"),
    ("right_knee", "right_ankle", 0.040, 0.028, "shin"),
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


@dataclass(frozen=True, slots=True)
class Painted:
    """box ``(4,)``: the true box ``x1 y1 x2 y2`` in pixels, which may reach out of the picture;
    region, mask: which pixels the person covers, ``mask (h, w) bool`` at the corner ``region`` (x, y)."""

    box: NDArray[np.float64]
    region: tuple[int, int]
    mask: NDArray[np.bool_]


def draw(
    image: Image, geometry: CameraGeometry, walk: Moving, time: float, gain: NDArray[np.float64]
) -> Painted | None:
    """Paints the person as a camera of that ``gain`` (BGR) sees it; None when out of sight."""
    person, spot = walk.person, walk.at(time)
    angle = np.radians(walk.heading_at(time))
    ahead = np.array([np.sin(angle), np.cos(angle), 0.0])
    right = np.array([np.cos(angle), -np.sin(angle), 0.0])
    foot = np.array([spot[0], spot[1], 0.0])
    up = np.array([0, 0, 1.0])
    body = joints(person, time, walk.speed_at(time))
    body |= _things(person, body)
    names = list(body)
    world = np.array([foot + body[n][0] * right + body[n][1] * ahead + body[n][2] * up for n in names])
    pixels, depth = geometry.project(world)
    if depth.min() < 2.0:
        return None
    place = dict(zip(names, pixels, strict=True))
    size = geometry.focal * person.height / float(depth.mean())
    metre = geometry.focal / float(depth.mean())
    limits = np.array([p for n, p in place.items() if not n.startswith("thing")])
    low, high = limits.min(axis=0) - 0.06 * size, limits.max(axis=0) + 0.06 * size
    if high[0] < 0 or high[1] < 0 or low[0] > geometry.picture_width or low[1] > geometry.picture_height:
        return None
    _shadow(image, place, size)
    reach = int(0.75 * metre)
    x1, y1 = max(int(low[0]) - reach, 0), max(int(low[1]) - reach, 0)
    x2, y2 = min(int(high[0]) + reach, image.shape[1]), min(int(high[1]) + reach, image.shape[0])
    before = image[y1:y2, x1:x2].copy()
    _paint(image, _under(person, gain), place, size, metre, ahead, right, geometry)
    mask = differing(before, image[y1:y2, x1:x2])
    box = np.array([low[0] + 0.03 * size, low[1] + 0.02 * size, high[0] - 0.03 * size, high[1] - 0.045 * size])
    return Painted(box, (x1, y1), mask)


def differing(before: Image, after: Image) -> NDArray[np.bool_]:
    """Which pixels are not the same, ``(h, w) bool``."""
    change = before ^ after
    return (change[..., 0] | change[..., 1] | change[..., 2]) > 0


def _under(person: Person, gain: NDArray[np.float64]) -> Person:
    """The person's colours as the camera renders them."""
    return replace(
        person,
        upper_bgr=rendered_colour(person.upper_bgr, gain),
        lower_bgr=rendered_colour(person.lower_bgr, gain),
        skin_bgr=rendered_colour(person.skin_bgr, gain),
        hair_bgr=rendered_colour(person.hair_bgr, gain),
        bag_bgr=rendered_colour(person.bag_bgr, gain) if person.bag_bgr else None,
        hat_bgr=rendered_colour(person.hat_bgr, gain) if person.hat_bgr else None,
        carried_bgr=rendered_colour(person.carried_bgr, gain),
    )


def _things(person: Person, body: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Points of what is carried, named ``thing...`` so that they do not count for the person's box."""
    h = person.height
    if person.carries == "stick":
        return {"thing_top": body["right_hand"], "thing_tip": body["right_hand"] + np.array([0.03, 0.10, -0.47 * h])}
    if person.carries in ("handbag", "shopping bag"):
        drop = 0.12 if person.carries == "handbag" else 0.20
        hand = body["left_hand"]
        return {"thing_top": hand + np.array([-0.02, 0, -0.06]), "thing_tip": hand + np.array([-0.02, 0, -0.06 - drop])}
    if person.carries == "umbrella":
        top = np.array([0.05 * h, 0.08 * h, 1.20 * h])
        rim = [np.array([0.05 * h + 0.48 * np.cos(a), 0.08 * h + 0.48 * np.sin(a), 1.06 * h]) for a in _CIRCLE]
        return {"thing_top": top, "thing_tip": body["right_hand"], **{f"thing_rim{i}": p for i, p in enumerate(rim)}}
    if person.carries == "wheelchair":
        points = {"thing_back": np.array([0, -0.16, 0.95]), "thing_seat": np.array([0, -0.14, 0.48])}
        for side, x in (("left", -0.29), ("right", 0.29)):
            points[f"thing_{side}"] = np.array([x, -0.02, 0.30])
            points |= {
                f"thing_{side}{i}": np.array([x, -0.02 + 0.30 * np.cos(a), 0.30 + 0.30 * np.sin(a)])
                for i, a in enumerate(_CIRCLE)
            }
        return points
    return {}


_CIRCLE = np.linspace(0, 2 * np.pi, 16, endpoint=False)


def _paint(
    image: Image, person: Person, place: Places, size: float, metre: float, ahead: NDArray[np.float64],
    right: NDArray[np.float64], geometry: CameraGeometry,
) -> None:  # fmt: skip
    """The body from back to front. metre: pixels of a metre at the person's distance."""
    wear = {"upper": person.upper_bgr, "lower": person.lower_bgr, "skin": person.skin_bgr, "shoe": (40, 40, 44)}
    wear["shin"] = person.lower_bgr if person.legs == "trousers" else person.skin_bgr
    toward = float(ahead @ geometry.axes()[2])  # > 0: seen from behind
    nearer = "left" if float(right @ geometry.axes()[2]) > 0 else "right"
    further = "right" if nearer == "left" else "left"
    light, girth = 1.0, person.girth
    if person.carries == "wheelchair":
        _wheel(image, place, further)
        _blob(image, place["thing_back"], place["thing_seat"], 0.22 * metre, 0.24 * metre, (40, 40, 42), light)
    for limb in (*ARMS[further], *LIMBS):
        _capsule(image, place, size, limb, wear, light * (0.85 if further in limb[0] else 1.0))
    if person.bag_bgr and toward <= 0:
        _blob(image, place["back"], place["back_low"], 0.085 * size, 0.085 * size, person.bag_bgr, light)
    if person.coat:
        _blob(image, place["belly"], place["hem"], 0.098 * size * girth, 0.11 * size * girth, person.upper_bgr, light)
    else:
        _blob(image, place["belly"], place["hem"], 0.088 * size * girth, 0.086 * size * girth, person.lower_bgr, light)
    if person.legs == "skirt":
        knees = (place["left_knee"] + place["right_knee"]) / 2
        _blob(image, place["hem"], knees, 0.085 * size * girth, 0.11 * size * girth, person.lower_bgr, light)
    _blob(image, place["chest"], place["belly"], 0.105 * size * girth, 0.092 * size * girth, person.upper_bgr, light)
    if person.bag_bgr and toward > 0:
        _blob(image, place["back"], place["back_low"], 0.085 * size, 0.085 * size, person.bag_bgr, light)
    for limb in ARMS[nearer]:
        _capsule(image, place, size, limb, wear, light * 1.05)
    _blob(image, place["neck"], place["head"], 0.03 * size, 0.03 * size, person.skin_bgr, light)
    _head(image, place["head"], 0.066 * _head_size(person, size), person, toward, light)
    _carried(image, person, place, size, metre)
    if person.carries == "wheelchair":
        _wheel(image, place, nearer)


def _head_size(person: Person, size: float) -> float:
    """Children's heads are larger for their height, and a seated person is as large as a standing one."""
    return size * (1.0 + 0.9 * max(0.0, 1.45 - person.height))


def _carried(image: Image, person: Person, place: Places, size: float, metre: float) -> None:
    colour = person.carried_bgr
    if person.carries == "stick":
        _blob(image, place["thing_top"], place["thing_tip"], 0.016 * metre, 0.014 * metre, colour, 1.0)
    elif person.carries == "handbag":
        _blob(image, place["thing_top"], place["thing_tip"], 0.09 * metre, 0.12 * metre, colour, 1.0)
    elif person.carries == "shopping bag":
        _blob(image, place["thing_top"], place["thing_tip"], 0.08 * metre, 0.15 * metre, colour, 1.0)
    elif person.carries == "umbrella":
        _blob(image, place["thing_tip"], place["thing_top"], 0.012 * metre, 0.012 * metre, (60, 60, 60), 1.0)
        rim = np.array([_point(place[f"thing_rim{i}"]) for i in range(len(_CIRCLE))] + [_point(place["thing_top"])])
        cv2.fillConvexPoly(image, cv2.convexHull(rim.astype(np.int32)), _tone(colour, 0.95), cv2.LINE_AA, 4)


def _wheel(image: Image, place: Places, side: str) -> None:
    rim = np.array([_point(place[f"thing_{side}{i}"]) for i in range(len(_CIRCLE))], dtype=np.int32)
    cv2.polylines(image, [rim], True, (48, 48, 50), 3, cv2.LINE_AA, 4)
    for i in range(0, len(_CIRCLE), 4):
        cv2.line(
            image, _point(place[f"thing_{side}"]), _point(place[f"thing_{side}{i}"]), (110, 110, 112), 1, cv2.LINE_AA, 4
        )


def rendered_colour(colour: tuple[int, int, int], gain: NDArray[np.float64]) -> tuple[int, int, int]:
    """A colour (BGR, 0 to 255) under a camera's gain."""
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
    cap = centre + np.array([0.0, -0.38 * radius])
    top = (int(radius * 0.92 * 16), int(radius * 0.78 * 16))
    if toward > 0.3:  # from behind: hair alone
        cv2.ellipse(image, _point(centre), axes, 0, 0, 360, _tone(person.hair_bgr, light), -1, cv2.LINE_AA, 4)
    else:
        cv2.ellipse(image, _point(centre), axes, 0, 0, 360, _tone(person.skin_bgr, light * 0.9), -1, cv2.LINE_AA, 4)
        lit = centre + np.array([-0.2 * radius, 0.1 * radius])
        inner = (int(radius * 0.55 * 16), int(radius * 0.8 * 16))
        cv2.ellipse(image, _point(lit), inner, 0, 0, 360, _tone(person.skin_bgr, light * 1.08), -1, cv2.LINE_AA, 4)
        cv2.ellipse(image, _point(cap), top, 0, 180, 360, _tone(person.hair_bgr, light), -1, cv2.LINE_AA, 4)
    if person.hat_bgr is not None:
        crown = (int(radius * 0.98 * 16), int(radius * 0.92 * 16))
        cv2.ellipse(image, _point(cap), crown, 0, 180, 360, _tone(person.hat_bgr, light), -1, cv2.LINE_AA, 4)
        brim = (int(radius * 1.25 * 16), int(radius * 0.22 * 16))
        cv2.ellipse(image, _point(cap), brim, 0, 0, 360, _tone(person.hat_bgr, light * 0.8), -1, cv2.LINE_AA, 4)


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
