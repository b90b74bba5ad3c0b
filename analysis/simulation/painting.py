"""Paints people from shaded capsules, as a camera sees them, and says which pixels they cover."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..pipeline.geometry import CameraGeometry
from ..pipeline.types import Image
from . import carrying
from .brush import Places, blob, pixel, rendered_colour, tone
from .carrying import View
from .people import Colour, Moving, Person, hash_share
from .posture import joints

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
        (f"{side}_shoulder", f"{side}_elbow", 0.036, 0.030, "sleeve"),
        (f"{side}_elbow", f"{side}_hand", 0.030, 0.022, "sleeve"),
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
    image: Image, geometry: CameraGeometry, walk: Moving, time: float, gain: NDArray[np.float64], infrared: bool = False
) -> Painted | None:
    """Paints the person as a camera of that ``gain`` (BGR) sees it; None when out of sight."""
    person, spot = walk.person, walk.at(time)
    angle = np.radians(walk.heading_at(time))
    ahead = np.array([np.sin(angle), np.cos(angle), 0.0])
    right = np.array([np.cos(angle), -np.sin(angle), 0.0])
    foot = np.array([spot[0], spot[1], 0.0])
    up = np.array([0, 0, 1.0])
    body = joints(person, time, walk.speed_at(time), walk.sits_at(time))
    body |= carrying.points(person, body)
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
    nearer = "left" if float(right @ geometry.axes()[2]) > 0 else "right"
    view = View(metre, float(ahead @ geometry.axes()[2]) > 0.3, nearer, "right" if nearer == "left" else "left")
    _paint(image, _under(in_infrared(person) if infrared else person, gain), place, size, view)
    mask = differing(before, image[y1:y2, x1:x2])
    box = np.array([low[0] + 0.03 * size, low[1] + 0.02 * size, high[0] - 0.03 * size, high[1] - 0.045 * size])
    return Painted(box, (x1, y1), mask)


def differing(before: Image, after: Image) -> NDArray[np.bool_]:
    """Which pixels are not the same, ``(h, w) bool``."""
    change = before ^ after
    return (change[..., 0] | change[..., 1] | change[..., 2]) > 0


def in_infrared(person: Person) -> Person:
    """The person under an infrared lamp: what cloth reflects there has little to do with its colour,
    most dyes come out bright; skin is pale."""

    def cloth(part: str, colour: Colour) -> Colour:
        grey = int(0.3 * float(np.mean(colour)) + 60 + 110 * hash_share(f"{person.key} {part} {colour}"))
        return grey, grey, grey

    return replace(
        person,
        upper_bgr=cloth("upper", person.upper_bgr),
        lower_bgr=cloth("lower", person.lower_bgr),
        sleeve_bgr=cloth("sleeve", person.sleeve_bgr) if person.sleeve_bgr else None,
        skin_bgr=(205, 205, 205),
    )


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
        sleeve_bgr=rendered_colour(person.sleeve_bgr, gain) if person.sleeve_bgr else None,
        carried_bgr=rendered_colour(person.carried_bgr, gain),
    )


def _paint(image: Image, person: Person, place: Places, size: float, view: View) -> None:
    """The body from back to front. size: pixels of the person's height."""
    wear = {"upper": person.upper_bgr, "lower": person.lower_bgr, "skin": person.skin_bgr, "shoe": (40, 40, 44)}
    wear["sleeve"] = person.sleeve_bgr or person.upper_bgr
    wear["shin"] = person.lower_bgr if person.legs == "trousers" else person.skin_bgr
    wide = size * person.girth
    carrying.paint_behind(image, person, place, view)
    for limb in (*ARMS[view.further], *LIMBS):
        _capsule(image, place, size, limb, wear, 0.85 if view.further in limb[0] else 1.0)
    if not view.away:
        _backpack(image, person, place, size)
    if person.coat:
        blob(image, place["belly"], place["hem"], 0.098 * wide, 0.11 * wide, person.upper_bgr)
    else:
        blob(image, place["belly"], place["hem"], 0.088 * wide, 0.086 * wide, person.lower_bgr)
    if person.legs == "skirt":
        knees = (place["left_knee"] + place["right_knee"]) / 2
        blob(image, place["hem"], knees, 0.085 * wide, 0.11 * wide, person.lower_bgr)
    blob(image, place["chest"], place["belly"], 0.105 * wide, 0.092 * wide, person.upper_bgr)
    if person.padded:
        _quilting(image, place, wide, person.upper_bgr)
    if view.away:
        _backpack(image, person, place, size)
    for limb in ARMS[view.nearer]:
        _capsule(image, place, size, limb, wear, 1.05)
    blob(image, place["neck"], place["head"], 0.03 * size, 0.03 * size, person.skin_bgr)
    _head(image, place["head"], 0.066 * _head_size(person, size), person, view.away)
    carrying.paint_before(image, person, place, view)


def _backpack(image: Image, person: Person, place: Places, size: float) -> None:
    if person.bag_bgr:
        blob(image, place["back"], place["back_low"], 0.085 * size, 0.085 * size, person.bag_bgr)


def _quilting(image: Image, place: Places, wide: float, colour: Colour) -> None:
    """The seams of a padded jacket, from the chest to the belly."""
    across = place["right_shoulder"] - place["left_shoulder"]
    across = across / max(float(np.linalg.norm(across)), 1e-6) * 0.10 * wide
    for share in (0.0, 0.33, 0.66, 1.0):
        middle = place["chest"] + share * (place["belly"] - place["chest"])
        cv2.line(image, pixel(middle - across), pixel(middle + across), tone(colour, 0.6), 1, cv2.LINE_AA, 4)


def _capsule(image: Image, place: Places, size: float, limb: tuple, wear: dict, light: float) -> None:
    a, b, thick_a, thick_b, part = limb
    blob(image, place[a], place[b], thick_a * size, thick_b * size, wear[part], light)


def _head_size(person: Person, size: float) -> float:
    """Children's heads are larger for their height, and a seated person is as large as a standing one."""
    return size * (1.0 + 0.9 * max(0.0, 1.45 - person.height))


def _head(image: Image, centre: NDArray[np.float64], radius: float, person: Person, away: bool) -> None:
    axes = (int(radius * 0.86 * 16), int(radius * 1.12 * 16))
    cap = centre + np.array([0.0, -0.38 * radius])
    top = (int(radius * 0.92 * 16), int(radius * 0.78 * 16))
    if away:  # hair alone
        cv2.ellipse(image, pixel(centre), axes, 0, 0, 360, tone(person.hair_bgr, 1.0), -1, cv2.LINE_AA, 4)
    else:
        cv2.ellipse(image, pixel(centre), axes, 0, 0, 360, tone(person.skin_bgr, 0.9), -1, cv2.LINE_AA, 4)
        lit = centre + np.array([-0.2 * radius, 0.1 * radius])
        inner = (int(radius * 0.55 * 16), int(radius * 0.8 * 16))
        cv2.ellipse(image, pixel(lit), inner, 0, 0, 360, tone(person.skin_bgr, 1.08), -1, cv2.LINE_AA, 4)
        cv2.ellipse(image, pixel(cap), top, 0, 180, 360, tone(person.hair_bgr, 1.0), -1, cv2.LINE_AA, 4)
    if person.hat_bgr is not None:
        crown = (int(radius * 0.98 * 16), int(radius * 0.92 * 16))
        cv2.ellipse(image, pixel(cap), crown, 0, 180, 360, tone(person.hat_bgr, 1.0), -1, cv2.LINE_AA, 4)
        brim = (int(radius * 1.25 * 16), int(radius * 0.22 * 16))
        cv2.ellipse(image, pixel(cap), brim, 0, 0, 360, tone(person.hat_bgr, 0.8), -1, cv2.LINE_AA, 4)


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
