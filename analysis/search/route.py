"""The route through confirmed sightings: legs with distance, time, speed and borders crossed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import StrEnum

from . import geo
from .reach import PACES, PATH_FACTOR, ridden


class Verdict(StrEnum):
    """Whether a leg can have been walked."""

    PLAUSIBLE = "plausible"
    TIGHT = "tight"
    RIDE = "ride"
    IMPOSSIBLE = "impossible"


SAME_PASSAGE_S = 60.0  # seconds between them within which two sightings by one camera are one passage


@dataclass(frozen=True, slots=True)
class Stop:
    """One confirmed sighting; times in seconds of a common clock, place in WGS84 degrees."""

    key: int
    lon: float
    lat: float
    start: float
    end: float
    district: str


@dataclass(frozen=True, slots=True)
class Leg:
    """From one stop to the next. ``speed``: straight distance over time, metres a second."""

    start: Stop
    end: Stop
    distance_m: float
    duration_s: float
    speed: float
    crosses: bool
    verdict: Verdict


def legs(stops: list[Stop], mobility: str) -> list[Leg]:
    """The legs between stops, in order of time."""
    ordered = sorted(stops, key=lambda stop: (stop.start, stop.key))
    return [_leg(a, b, mobility) for a, b in itertools.pairwise(ordered)]


def _leg(a: Stop, b: Stop, mobility: str) -> Leg:
    distance = float(geo.distance_m(a.lon, a.lat, b.lon, b.lat))
    duration = max(b.start - a.end, 0.0)
    speed = distance / max(duration, 1.0)
    return Leg(a, b, distance, duration, speed, a.district != b.district, verdict(distance, duration, mobility))


def verdict(distance_m: float, duration_s: float, mobility: str) -> Verdict:
    """Impossible: faster than anybody moves in a straight line. Ride: too fast for the way in which the person moves, yet
    there was time for a bus or a car. Tight: only on a direct, brisk way. Two cameras within sight of each other are
    never impossible."""
    pace = PACES[mobility]
    if distance_m > 60 and distance_m > pace.fastest * max(duration_s, 1.0):
        return Verdict.RIDE if ridden(distance_m, duration_s) else Verdict.IMPOSSIBLE
    if distance_m > 60 and distance_m * PATH_FACTOR > 1.3 * pace.usual * max(duration_s, 1.0):
        return Verdict.TIGHT
    return Verdict.PLAUSIBLE
