"""People: what they look like, how their limbs move, where they walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
Legs = Literal["trousers", "shorts", "skirt"]
Carried = Literal["", "handbag", "shopping bag", "umbrella", "stick", "walker", "wheelchair", "stroller", "bicycle"]


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
    padded: bool = False  # a quilted winter jacket
    sleeve: str = ""  # name of the sleeves' colour in two-tone clothing; empty: as the rest of it
    sleeve_bgr: Colour | None = None
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


#: What the pipeline, which cannot tell them apart, calls them.
ONE_NAME = {"handbag": "bag", "shopping bag": "bag"}


def things_of(person: Person) -> tuple[str, ...]:
    """What the person carries, pushes and rides, by the pipeline's names."""
    return tuple(ONE_NAME.get(name, name) for name in person.carried_things)


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

    def sits_at(self, time: float) -> bool:
        """Never."""
        return False


@dataclass(frozen=True, slots=True)
class Stroll:
    """A walk with turns and pauses: places at times, straight in between.

    stations: ``(time, east, north)`` seconds and metres, ascending in time; two at one place are a pause.
    sits: looking where (degrees) the pauses are sat out; None: standing.
    """

    person: Person
    stations: tuple[tuple[float, float, float], ...]
    sits: float | None = None

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

    def sits_at(self, time: float) -> bool:
        """Whether the pause of that time is sat out."""
        return self.sits is not None and self.speed_at(time) < 0.02

    def heading_at(self, time: float) -> float:
        """Degrees from north; who stands looks where they were going, who turns does so within half a second."""
        if self.sits is not None and self.sits_at(time):
            return self.sits
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

    def sits_at(self, time: float) -> bool:
        """Whether they sit just then."""


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


def hash_share(text: str) -> float:
    """A number from 0 to 1 that depends on the text alone (unlike ``hash``, in every process the same)."""
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value / 2**32
