"""Cameras' clocks may be wrong: when sure sightings contradict each other, whose clock would explain it, and by how much."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from . import geo
from .reach import PACES
from .route import Stop, Verdict, verdict

MOST_S = 1800.0  # clocks are hardly ever further off


@dataclass(frozen=True, slots=True)
class Suspect:
    """The clock of a stop's camera. offset_s: what it shows minus the true time, the least that explains the
    contradiction: negative where it is slow, so that the person seems to have come too early."""

    key: int
    offset_s: float


def suspects(stops: list[Stop], mobility: str) -> list[Suspect]:
    """Of every leg that cannot be: the clocks at its ends that alone would explain it, the smaller error first.

    A clock explains a leg if the time can be moved so far that this leg can be, and the leg on the other side still can.
    """
    ordered = sorted(stops, key=lambda stop: (stop.start, stop.key))
    found = []
    for at, (a, b) in enumerate(itertools.pairwise(ordered)):
        distance = _distance(a, b)
        if verdict(distance, max(b.start - a.end, 0.0), mobility) != Verdict.IMPOSSIBLE:
            continue
        lacking = distance / PACES[mobility].fastest - (b.start - a.end)
        before, after = ordered[at - 1] if at else None, ordered[at + 2] if at + 2 < len(ordered) else None
        if lacking <= _slack(b, after, mobility) and lacking <= MOST_S:
            found.append(Suspect(b.key, -lacking))
        if lacking <= _slack(before, a, mobility) and lacking <= MOST_S and at:  # the report has no clock
            found.append(Suspect(a.key, lacking))
    return sorted(found, key=lambda one: abs(one.offset_s))


def _slack(a: Stop | None, b: Stop | None, mobility: str) -> float:
    """Seconds that a leg has to spare; without end where there is no leg."""
    if a is None or b is None:
        return np.inf
    return b.start - a.end - _distance(a, b) / PACES[mobility].fastest


def _distance(a: Stop, b: Stop) -> float:
    return float(geo.distance_m(a.lon, a.lat, b.lon, b.lat))
