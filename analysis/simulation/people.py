"""People: what they look like, how their limbs move, where they walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
Legs = Literal["trousers", "shorts", "skirt"]
Carried = Literal["", "handbag", "shopping bag", "umbrella", "stick", "wheelchair"]


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
    bag_bgr: tuple[int, int, int] | None = None  # a backpack
    hat_bgr: tuple[int, int, int] | None = None
    legs: Legs = "trousers"
    carries: Carried = ""
    carried_bgr: tuple[int, int, int] = (60, 60, 66)
    stoop: float = 0.0  # forward lean of the trunk, radians

    @property
    def carried_things(self) -> tuple[str, ...]:
        """Names of everything carried, for the truth."""
        return tuple(name for name in ("backpack" if self.bag_bgr else "", self.carries) if name)


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

    def heading_at(self, time: float) -> float:
        """Always the same."""
        return self.heading

    def speed_at(self, time: float) -> float:
        """Always the same."""
        return self.speed


@dataclass(frozen=True, slots=True)
class Stroll:
    """A walk with turns and pauses: places at times, straight in between.

    stations: ``(time, east, north)`` seconds and metres, ascending in time; two at one place are a pause.
    """

    person: Person
    stations: tuple[tuple[float, float, float], ...]

    @property
    def begin(self) -> float:
        """Second of the first station."""
        return self.stations[0][0]

    @property
    def end(self) -> float:
        """Second of the last station."""
        return self.stations[-1][0]

    def at(self, time: float) -> NDArray[np.float64]:
        """East, north at a time, ``(2,)`` metres."""
        times, east, north = np.array(self.stations).T
        return np.array([np.interp(time, times, east), np.interp(time, times, north)])

    def speed_at(self, time: float) -> float:
        """Metres a second."""
        return float(np.linalg.norm(self.at(time + 0.1) - self.at(time - 0.1))) / 0.2

    def heading_at(self, time: float) -> float:
        """Degrees from north; who pauses looks where they were going, who turns does so within half a second."""
        for reach in (0.25, 1.0, 4.0, 16.0, 64.0):
            step = self.at(time + reach) - self.at(time - reach)
            if np.linalg.norm(step) > 0.02:
                return float(np.degrees(np.arctan2(step[0], step[1])) % 360)
        return 0.0


class Moving(Protocol):
    """Somebody who is somewhere at each time between ``begin`` and ``end`` (seconds)."""

    @property
    def person(self) -> Person: ...
    @property
    def begin(self) -> float: ...
    @property
    def end(self) -> float: ...

    def at(self, time: float) -> NDArray[np.float64]:
        """East, north in metres from the camera's foot, ``(2,)``."""

    def heading_at(self, time: float) -> float:
        """Degrees from north."""

    def speed_at(self, time: float) -> float:
        """Metres a second."""


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


def joints(person: Person, time: float, speed: float = 1.2) -> dict[str, NDArray[np.float64]]:
    """Points of the body relative to the feet's middle: right, forward, up in metres."""
    if person.carries == "wheelchair":
        return _seated(person)
    h = person.height
    step = float(np.clip(speed / 1.1, 0.0, 1.35))
    phase = 2 * np.pi * (time * (0.7 + 0.25 * step) + (hash_share(person.key) % 1.0))
    swing = 0.20 * h * np.sin(phase) * min(step, 1.2)
    lift = 0.05 * h * min(step, 1.0)
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
    if person.carries == "umbrella":
        points["right_elbow"] = np.array([0.13 * h, 0.08 * h, 0.62 * h])
        points["right_hand"] = np.array([0.10 * h, 0.17 * h, 0.70 * h])
    return _leaning(points, person.stoop, hip) if person.stoop else points


def _leaning(points: dict[str, NDArray[np.float64]], angle: float, pivot: float) -> dict[str, NDArray[np.float64]]:
    """Everything above the hips turned forward about them; hands hang down all the same."""
    turned = dict(points)
    for name, point in points.items():
        up = point[2] - pivot
        if up > 0.01 and "hip" not in name and "knee" not in name:
            forward = point[1] * np.cos(angle) + up * np.sin(angle)
            turned[name] = np.array([point[0], forward, pivot + up * np.cos(angle) - point[1] * np.sin(angle)])
    return turned


def _seated(person: Person) -> dict[str, NDArray[np.float64]]:
    """In a wheelchair: hips at 0.5 m, knees forward."""
    h, seat = person.height, 0.50
    points: dict[str, NDArray[np.float64]] = {
        "head": np.array([0, 0.02, seat + 0.395 * h]),
        "neck": np.array([0, 0, seat + 0.30 * h]),
        "chest": np.array([0, 0, seat + 0.20 * h]),
        "belly": np.array([0, 0.01, seat + 0.05 * h]),
        "hem": np.array([0, 0.04, seat + 0.01]),
        "back": np.array([0, -0.10 * h, seat + 0.17 * h]),
        "back_low": np.array([0, -0.10 * h, seat + 0.05 * h]),
    }
    for side, sign in (("left", -1.0), ("right", 1.0)):
        points[f"{side}_hip"] = np.array([sign * 0.06 * h, 0, seat])
        points[f"{side}_knee"] = np.array([sign * 0.065 * h, 0.25 * h, seat + 0.02])
        points[f"{side}_ankle"] = np.array([sign * 0.06 * h, 0.27 * h, 0.14])
        points[f"{side}_toe"] = np.array([sign * 0.06 * h, 0.34 * h, 0.12])
        points[f"{side}_shoulder"] = np.array([sign * 0.115 * h * person.girth, 0, seat + 0.255 * h])
        points[f"{side}_elbow"] = np.array([sign * 0.15 * h, 0.04 * h, seat + 0.11 * h])
        points[f"{side}_hand"] = np.array([sign * 0.16 * h, 0.14 * h, seat + 0.07 * h])
    return points


def hash_share(text: str) -> float:
    """A number from 0 to 1 that depends on the text alone (unlike ``hash``, in every process the same)."""
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value / 2**32
