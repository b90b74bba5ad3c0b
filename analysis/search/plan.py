"""Which footage to scan next, and why some is left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .reach import LastKnown, reach


class LeftOut(StrEnum):
    """Why a camera is not searched."""

    OUT_OF_REACH = "out_of_reach"
    NO_RECORDING = "no_recording"
    FAULTY = "faulty"
    BROKEN_FILE = "broken_file"


@dataclass(frozen=True, slots=True)
class Footage:
    """A recording as the planner sees it; times in seconds of a common clock, place in WGS84 degrees."""

    recording: int
    camera: int
    lon: float
    lat: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Planned:
    """priority: chance to find per hour of footage, higher is sooner."""

    recording: int
    camera: int
    priority: float


def plan(knowns: list[LastKnown], footage: list[Footage], until: float) -> tuple[list[Planned], set[int]]:
    """Reachable footage, most promising first, and the cameras that are out of reach.

    knowns: every place where the person surely was; a recording is reached from the latest one
    before its end. Footage that ends before the first of them, or begins after ``until``, is out.
    """
    knowns = sorted(knowns, key=lambda known: known.time)
    if not footage or not knowns:
        return [], set()
    lons, lats = np.array([f.lon for f in footage]), np.array([f.lat for f in footage])
    starts, ends = np.array([f.start for f in footage]), np.minimum([f.end for f in footage], until)
    chance = np.zeros(len(footage))
    for index, known in enumerate(knowns):
        following = knowns[index + 1].time if index + 1 < len(knowns) else np.inf
        begin, finish = np.maximum(starts, known.time), np.minimum(ends, following)
        part = reach(known, lons, lats).chance(begin, finish)
        chance = np.maximum(chance, np.where(finish > begin, part, 0.0))
    hours = np.maximum(np.array([f.end - f.start for f in footage]), 1.0) / 3600
    planned = [
        Planned(f.recording, f.camera, float(c / h)) for f, c, h in zip(footage, chance, hours, strict=True) if c > 0
    ]
    planned.sort(key=lambda p: -p.priority)
    return planned, {f.camera for f in footage} - {p.camera for p in planned}
