"""Where the person can be, when: from last known point, direction and way of moving.

Distances follow what is known of lost people with dementia on foot (half are found within
0.7 km, 80 % within 2 km, 95 % within 5.8 km of where they were last seen); a street path is
about 1.3 times the straight line; who wanders tends to keep straight on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from . import geo

PATH_FACTOR = 1.3
MEDIAN_DISTANCE_M = 700.0
DISTANCE_SIGMA = 1.25  # of the logarithm: puts 80 % within 2 km, 95 % within 5.5 km
TIME_SIGMA = 0.7  # of the logarithm of the time needed: pauses and detours
KAPPA = 1.5  # how firmly the direction is kept (von Mises)
TURNED_AROUND = 0.3  # share of people of whom the direction says nothing


@dataclass(frozen=True, slots=True)
class Pace:
    """Metres a second: what is usual, and what is hardly ever exceeded between two cameras."""

    usual: float
    fastest: float


PACES = {
    "foot": Pace(1.1, 2.2),
    "slow": Pace(0.7, 1.5),
    "wheelchair": Pace(0.9, 2.0),
    "bicycle": Pace(3.5, 8.0),
}


@dataclass(frozen=True, slots=True)
class LastKnown:
    """A place (WGS84 degrees) and moment (seconds of any common clock) where the person surely was."""

    lon: float
    lat: float
    time: float
    direction: float | None = None
    mobility: str = "foot"

    @property
    def pace(self) -> Pace:
        return PACES[self.mobility]


@dataclass(frozen=True, slots=True)
class Reach:
    """For each camera, ``(n,)``: straight distance (m), earliest arrival (s, same clock as the
    last known moment) and ``weight`` (0 to 1): how likely the person ever comes that way."""

    distance_m: NDArray[np.float64]
    earliest: NDArray[np.float64]
    weight: NDArray[np.float64]
    last: LastKnown

    def chance(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
        """Chance that the person passes between two times; 0 where arrival by then is impossible."""
        usual = np.maximum(self.distance_m, 5.0) * PATH_FACTOR / self.last.pace.usual

        def arrived(time: NDArray[np.float64]) -> NDArray[np.float64]:
            elapsed = np.maximum(time - self.last.time, 1e-3)
            return ndtr((np.log(elapsed) - np.log(usual)) / TIME_SIGMA)

        inside = arrived(end) - arrived(start)
        return np.where(end >= self.earliest, self.weight * np.maximum(inside, 1e-6), 0.0)


def reach(last: LastKnown, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> Reach:
    """Reach of n cameras, from one last known point. Shapes ``(n,)``."""
    distance = geo.distance_m(last.lon, last.lat, lons, lats)
    still_going = 1.0 - ndtr((np.log(np.maximum(distance, 1.0)) - np.log(MEDIAN_DISTANCE_M)) / DISTANCE_SIGMA)
    weight = still_going
    if last.direction is not None:
        turned = np.radians(geo.turn(last.direction, geo.bearing(last.lon, last.lat, lons, lats)))
        kept = TURNED_AROUND + (1 - TURNED_AROUND) * np.exp(KAPPA * (np.cos(turned) - 1))
        near = np.exp(-distance / 50.0)  # at the spot itself every direction is the same
        weight = still_going * np.maximum(kept, near)
    return Reach(distance, last.time + np.maximum(distance - 30.0, 0.0) / last.pace.fastest, weight, last)
