"""What people carry, push or ride: where its points are, and how it is painted."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..pipeline.types import Image
from .brush import Places, blob, pixel, tone
from .people import Colour, Person
from .posture import Points

_CIRCLE = np.linspace(0, 2 * np.pi, 16, endpoint=False)
RUBBER: Colour = (48, 48, 50)
STEEL: Colour = (120, 122, 124)


@dataclass(frozen=True, slots=True)
class View:
    """How the person stands to the camera. metre: pixels of a metre there; away: seen from behind;
    nearer, further: the side (left, right) that is closer to the camera and the other."""

    metre: float
    away: bool
    nearer: str
    further: str


def points(person: Person, body: Points) -> Points:
    """Points of the thing, named ``thing...``: right, forward, up in metres from the feet's middle."""
    h, hand = person.height, body["left_hand"]
    match person.carries:
        case "stick":
            tip = body["right_hand"] + np.array([0.03, 0.10, -0.47 * h])
            return {"thing_top": body["right_hand"], "thing_tip": tip}
        case "handbag" | "shopping bag" as bag:
            top = hand + np.array([-0.02, 0, -0.06])
            return {"thing_top": top, "thing_tip": top - np.array([0, 0, 0.12 if bag == "handbag" else 0.20])}
        case "umbrella":
            rim = [[0.05 * h + 0.48 * np.cos(a), 0.08 * h + 0.48 * np.sin(a), 1.06 * h] for a in _CIRCLE]
            top = np.array([0.05 * h, 0.08 * h, 1.20 * h])
            return {"thing_top": top, "thing_tip": body["right_hand"], **_named("thing_rim", rim)}
        case "wheelchair":
            back = {"thing_back": np.array([0, -0.16, 0.95]), "thing_seat": np.array([0, -0.14, 0.48])}
            return back | _wheel("left", -0.29, -0.02, 0.30) | _wheel("right", 0.29, -0.02, 0.30)
        case "walker":
            frame = {}
            for side, x in (("left", -0.26), ("right", 0.26)):
                frame[f"thing_{side}_grip"] = np.array([x, 0.16, 0.52 * h])
                frame[f"thing_{side}_front"] = np.array([x, 0.52, 0.05])
                frame[f"thing_{side}_rear"] = np.array([x, 0.08, 0.05])
            return frame
        case "stroller":
            wheels = _wheel("left", -0.22, 0.62, 0.14) | _wheel("right", 0.22, 0.62, 0.14)
            return wheels | {
                "thing_grip": np.array([0, 0.34, 0.58 * h]), "thing_foot": np.array([0, 0.98, 0.42]),
                "thing_seat": np.array([0, 0.62, 0.42]), "thing_hood": np.array([0, 0.58, 0.86]),
            }  # fmt: skip
        case "bicycle":
            wheels = _wheel("front", 0.0, 0.58, 0.33) | _wheel("rear", 0.0, -0.48, 0.33)
            return wheels | {
                "thing_saddle": np.array([0, -0.14, 0.86]), "thing_bars": np.array([0, 0.42, 1.0]),
                "thing_crank": np.array([0, 0.02, 0.30]),
            }  # fmt: skip
    return {}


def _named(prefix: str, rows: list[list[float]]) -> Points:
    return {f"{prefix}{i}": np.array(row) for i, row in enumerate(rows)}


def _wheel(side: str, right: float, forward: float, radius: float) -> Points:
    """A wheel that rolls forward: its hub and its rim."""
    rim = [[right, forward + radius * np.cos(a), radius + radius * np.sin(a)] for a in _CIRCLE]
    return {f"thing_{side}": np.array([right, forward, radius]), **_named(f"thing_{side}", rim)}


def paint_behind(image: Image, person: Person, place: Places, view: View) -> None:
    """What lies further from the camera than the body."""
    if person.carries == "wheelchair":
        _paint_wheel(image, place, view.further)
        blob(image, place["thing_back"], place["thing_seat"], 0.22 * view.metre, 0.24 * view.metre, (40, 40, 42))
    elif person.carries == "bicycle":
        _bicycle(image, person, place, view)
    elif person.carries in ("walker", "stroller") and view.away:
        _pushed(image, person, place, view)


def paint_before(image: Image, person: Person, place: Places, view: View) -> None:
    """What lies nearer to the camera than the body, or in the hands."""
    colour, metre = person.carried_bgr, view.metre
    match person.carries:
        case "stick":
            blob(image, place["thing_top"], place["thing_tip"], 0.016 * metre, 0.014 * metre, colour)
        case "handbag":
            blob(image, place["thing_top"], place["thing_tip"], 0.09 * metre, 0.12 * metre, colour)
        case "shopping bag":
            blob(image, place["thing_top"], place["thing_tip"], 0.08 * metre, 0.15 * metre, colour)
        case "umbrella":
            blob(image, place["thing_tip"], place["thing_top"], 0.012 * metre, 0.012 * metre, (60, 60, 60))
            rim = np.array([pixel(place[f"thing_rim{i}"]) for i in range(len(_CIRCLE))] + [pixel(place["thing_top"])])
            cv2.fillConvexPoly(image, cv2.convexHull(rim.astype(np.int32)), tone(colour, 0.95), cv2.LINE_AA, 4)
        case "wheelchair":
            _paint_wheel(image, place, view.nearer)
        case "walker" | "stroller" if not view.away:
            _pushed(image, person, place, view)


def _pushed(image: Image, person: Person, place: Places, view: View) -> None:
    """A walker or a stroller."""
    tube = max(0.016 * view.metre, 0.8)
    if person.carries == "walker":
        for side in (view.further, view.nearer):
            for end in ("front", "rear"):
                blob(image, place[f"thing_{side}_grip"], place[f"thing_{side}_{end}"], tube, tube, STEEL)
        blob(image, place["thing_left_front"], place["thing_right_front"], tube, tube, STEEL)
        return
    _paint_wheel(image, place, view.further)
    blob(image, place["thing_grip"], place["thing_seat"], tube, tube, STEEL)
    blob(image, place["thing_seat"], place["thing_foot"], 0.17 * view.metre, 0.10 * view.metre, person.carried_bgr)
    blob(image, place["thing_seat"], place["thing_hood"], 0.19 * view.metre, 0.21 * view.metre, person.carried_bgr)
    _paint_wheel(image, place, view.nearer)


def _bicycle(image: Image, person: Person, place: Places, view: View) -> None:
    tube = max(0.02 * view.metre, 0.8)
    for wheel in ("rear", "front"):
        _paint_wheel(image, place, wheel)
    for a, b in (("saddle", "crank"), ("saddle", "rear"), ("crank", "rear"), ("crank", "bars"), ("bars", "front")):
        blob(image, place[f"thing_{a}"], place[f"thing_{b}"], tube, tube, person.carried_bgr)


def _paint_wheel(image: Image, place: Places, side: str) -> None:
    rim = np.array([pixel(place[f"thing_{side}{i}"]) for i in range(len(_CIRCLE))], dtype=np.int32)
    cv2.polylines(image, [rim], True, RUBBER, 3, cv2.LINE_AA, 4)
    hub = pixel(place[f"thing_{side}"])
    for i in range(0, len(_CIRCLE), 4):
        cv2.line(image, hub, pixel(place[f"thing_{side}{i}"]), (110, 110, 112), 1, cv2.LINE_AA, 4)
