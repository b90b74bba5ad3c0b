"""Where the person can be, when: from last known point, direction and way of moving.

Distances follow what is known of lost people with dementia on foot (half are found within
0.7 km, 80 % within 2 km, 95 % within 5.8 km of where they were last seen); a street path is
about 1.3 times the straight line; who wanders tends to keep straight on. Some head for a place that
they know, whatever way they set out: a former home, a shop. The river is crossed on bridges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from . import geo
from .ways import way_m

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
    "bus": Pace(4.0, 14.0),  # stops and lights counted
    "subway": Pace(7.0, 20.0),
    "taxi": Pace(6.0, 20.0),
}
RIDES = ("bus", "subway", "taxi")
RODE = 0.5  # share of those said to have ridden who did
RIDE_SIGMA, RIDE_MEDIAN_M = 0.9, 3000.0  # how far rides go: between cameras of a city, an estimate
SHORTEST_RIDE_M = 400.0
NEAREST_M = 60.0  # closer than this one place is as likely as another
HEADS = 0.35  # share of people with such places who head for one of them, an estimate
DETOUR_M = 250.0  # by which they leave the straight way there
ABOUT_M = 80.0  # within which they stay once they are there
BOARDING_S = 120.0  # from the last camera to the moving vehicle, at least


@dataclass(frozen=True, slots=True)
class LastKnown:
    """A place (WGS84 degrees) and moment (seconds of any common clock) where the person was. certainty: 1 for surely;
    key: whose it is; places: lon, lat of where the person may head for."""

    lon: float
    lat: float
    time: float
    direction: float | None = None
    mobility: str = "foot"
    certainty: float = 1.0
    key: int = 0
    places: tuple[tuple[float, float], ...] = ()

    @property
    def pace(self) -> Pace:
        """Of the fastest way in which the person may have gone on."""
        return PACES[self.mobility]

    @property
    def ways(self) -> tuple[tuple[str, float], ...]:
        """Ways of moving with their probabilities: whoever is said to have ridden may have walked."""
        return (("foot", 1 - RODE), (self.mobility, RODE)) if self.mobility in RIDES else ((self.mobility, 1.0),)


@dataclass(frozen=True, slots=True)
class Reach:
    """For each camera, ``(n,)``: distance (m; over a bridge where the river lies between), earliest arrival (s, same clock as the
    last known moment) and ``weights`` (0 to 1) by way of moving: how likely the person ever comes past that way."""

    distance_m: NDArray[np.float64]
    earliest: NDArray[np.float64]
    weights: dict[str, NDArray[np.float64]]
    last: LastKnown
    lons: NDArray[np.float64]
    lats: NDArray[np.float64]

    @property
    def weight(self) -> NDArray[np.float64]:
        """By whatever way, ``(n,)``."""
        return np.asarray(sum(self.weights.values()), float)

    def chance(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
        """Chance that the person passes between two times; 0 where arrival by then is impossible."""
        total = np.zeros(len(self.distance_m))
        for way, weight in self.weights.items():
            inside = self._arrived(way, end) - self._arrived(way, start)
            total += weight * np.maximum(inside, 1e-6)
        return np.where(end >= self.earliest, total, 0.0)

    def present(self, time: float) -> NDArray[np.float64]:
        """How likely the person is about each place at a time, ``(n,)``, for each square metre, up to a common factor.

        Who sets out goes on until they stop for good somewhere (as far as lost people are found) or is still going.
        """
        elapsed = time - self.last.time
        if elapsed < 0:
            return np.zeros(len(self.distance_m))
        far = np.maximum(self.distance_m, NEAREST_M)
        total = np.zeros(len(far))
        for way, weight in self.weights.items():
            median, sigma = _ends(way)
            z = (np.log(far) - np.log(median)) / sigma
            stops = np.exp(-0.5 * z**2) / (far * sigma * np.sqrt(2 * np.pi)) / np.maximum(1 - ndtr(z), 1e-9)
            behind = max(elapsed - (BOARDING_S if way in RIDES else 0.0), 1.0) * PACES[way].usual / PATH_FACTOR
            y = (np.log(far) - np.log(behind)) / TIME_SIGMA
            going = np.exp(-0.5 * y**2) / (far * TIME_SIGMA * np.sqrt(2 * np.pi))
            total += weight * (going + stops * (1 - ndtr(y))) / far
        for lon, lat in self.last.places:
            off = geo.distance_m(lon, lat, self.lons, self.lats)
            there = self._there_by(lon, lat, time) * HEADS / len(self.last.places)
            total += there * np.exp(-0.5 * (off / ABOUT_M) ** 2) / ABOUT_M**2
        return np.where(self.earliest <= time, total, 0.0)

    def _there_by(self, lon: float, lat: float, time: float) -> float:
        """Chance to have come to a place."""
        distance = np.maximum(way_m(self.last.lon, self.last.lat, np.array([lon]), np.array([lat])), 5.0)
        elapsed = max(time - self.last.time, 1e-3)
        return sum(share * float(_by(way, distance, elapsed)[0]) for way, share in self.last.ways)

    def _arrived(self, way: str, time: NDArray[np.float64]) -> NDArray[np.float64]:
        return _by(way, np.maximum(self.distance_m, 5.0), np.maximum(time - self.last.time, 1e-3))


def _by(way: str, distance_m: NDArray[np.float64], elapsed: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Chance to have come so far in so many seconds."""
    usual = distance_m * PATH_FACTOR / PACES[way].usual + (BOARDING_S if way in RIDES else 0.0)
    return np.asarray(ndtr((np.log(elapsed) - np.log(usual)) / TIME_SIGMA))


def _ends(way: str) -> tuple[float, float]:
    """How far people come who move that way: median (m) and sigma of the logarithm."""
    return (RIDE_MEDIAN_M, RIDE_SIGMA) if way in RIDES else (MEDIAN_DISTANCE_M, DISTANCE_SIGMA)


def ridden(distance_m: float, elapsed_s: float) -> bool:
    """Whether a bus or a car can have brought the person so far in that time."""
    return distance_m >= SHORTEST_RIDE_M and distance_m <= PACES["bus"].fastest * (elapsed_s - BOARDING_S)


def reach(last: LastKnown, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> Reach:
    """Reach of n cameras, from one last known point. Shapes ``(n,)``."""
    straight, distance = geo.distance_m(last.lon, last.lat, lons, lats), way_m(last.lon, last.lat, lons, lats)
    kept: NDArray[np.float64] | float = 1.0
    if last.direction is not None:
        turned = np.radians(geo.turn(last.direction, geo.bearing(last.lon, last.lat, lons, lats)))
        kept = TURNED_AROUND + (1 - TURNED_AROUND) * np.exp(KAPPA * (np.cos(turned) - 1))
        near = np.exp(-straight / 50.0)  # at the spot itself every direction is the same
        kept = np.maximum(kept, near)
    far = np.log(np.maximum(distance, 1.0))
    weights, towards = {}, _towards(last, lons, lats)
    for way, share in last.ways:
        median, sigma = _ends(way)
        # A ride keeps no walking direction.
        wandering = (1.0 - ndtr((far - np.log(median)) / sigma)) * (1.0 if way in RIDES else kept)
        weights[way] = share * (wandering if towards is None else (1 - HEADS) * wandering + HEADS * towards)
    earliest = last.time + np.maximum(straight - 30.0, 0.0) / last.pace.fastest
    return Reach(distance, earliest, weights, last, lons, lats)


def _towards(last: LastKnown, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """How likely somebody who heads for one of their places comes past, ``(n,)``; None where they have none."""
    if not last.places:
        return None
    here = geo.distance_m(last.lon, last.lat, lons, lats)
    past = np.zeros(len(lons))
    for lon, lat in last.places:
        whole = float(geo.distance_m(last.lon, last.lat, lon, lat))
        past += np.exp(-(here + geo.distance_m(lon, lat, lons, lats) - whole) / DETOUR_M)
    return past / len(last.places)
