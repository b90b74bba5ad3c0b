"""Which footage to scan next, and why some is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from .belief import beliefs
from .reach import LastKnown, reach

Ends = NDArray[np.float64]


LEAST = 0.02  # of what a camera is reckoned to see: even one that seems blind is looked at, last


class LeftOut(StrEnum):
    """Why a camera is not searched."""

    OUT_OF_REACH = "out_of_reach"
    NO_RECORDING = "no_recording"
    RETENTION_OVER = "retention_over"
    FAULTY = "faulty"
    BROKEN_FILE = "broken_file"


@dataclass(frozen=True, slots=True)
class Footage:
    """A recording as the planner sees it; times in seconds of a common clock, place in WGS84 degrees. sees: chance that
    the camera notices who passes, against one in good order."""

    recording: int
    camera: int
    lon: float
    lat: float
    start: float
    end: float
    sees: float = 1.0


@dataclass(frozen=True, slots=True)
class Planned:
    """priority: chance to find per hour of footage, higher is sooner."""

    recording: int
    camera: int
    priority: float


def plan(knowns: list[LastKnown], footage: list[Footage], until: float) -> tuple[list[Planned], set[int]]:
    """Reachable footage, most promising first, and the cameras that are out of reach.

    knowns: every place where the person was, or perhaps was; a recording is reached from the latest one
    before its end. Footage that ends before the first of them, or begins after ``until``, is out.
    """
    if not footage or not knowns:
        return [], set()
    lons, lats = np.array([f.lon for f in footage]), np.array([f.lat for f in footage])
    starts, ends = np.array([f.start for f in footage]), np.minimum([f.end for f in footage], until)
    chance = sum(
        belief.probability * np.max([part for _, part in _chances(belief.knowns, lons, lats, starts, ends)], axis=0)
        for belief in beliefs(knowns)
        if belief.knowns
    )
    chance = chance * np.array([max(f.sees, LEAST) for f in footage])
    hours = np.maximum(np.array([f.end - f.start for f in footage]), 1.0) / 3600
    planned = [
        Planned(f.recording, f.camera, float(c / h)) for f, c, h in zip(footage, chance, hours, strict=True) if c > 0
    ]
    planned.sort(key=lambda p: -p.priority)
    return planned, {f.camera for f in footage} - {p.camera for p in planned}


def coverage(
    knowns: list[LastKnown],
    places: NDArray[np.float64],
    scanned: list[Footage],
    start: float,
    until: float,
    every: int = 1,
) -> float | None:
    """Of all the passages by cameras that the person may have made, the share (0 to 1) that lies in scanned footage, as
    far as its cameras notice who passes; None where no camera is in reach.

    places ``(n, 2)``: lon, lat of every camera, whether or not there is footage of it; or of one in ``every`` so many,
    which stands for the others.
    """
    if not len(places) or not knowns:
        return None
    stories = beliefs(knowns)
    starts, ends = np.full(len(places), start), np.full(len(places), until)

    def passages(lons: Ends, lats: Ends, begins: Ends, finishes: Ends, noticed: Ends | float = 1.0) -> float:
        return sum(
            belief.probability * float((part * noticed).sum())
            for belief in stories
            for _, part in _chances(belief.knowns, lons, lats, begins, finishes)
        )

    whole = every * passages(places[:, 0], places[:, 1], starts, ends)
    if not whole:
        return None
    seen = 0.0
    if scanned:
        spans = np.array([(f.lon, f.lat, f.start, min(f.end, until), f.sees) for f in scanned])
        seen = passages(*spans.T)
    return min(seen / whole, 1.0)


def _chances(
    knowns: Sequence[LastKnown], lons: Ends, lats: Ends, starts: Ends, ends: Ends
) -> Iterator[tuple[LastKnown, NDArray[np.float64]]]:
    """From each place in turn (ascending in time) until the next: the chance to pass each camera between its times."""
    for known, following in zip_longest(knowns, knowns[1:]):
        begin, finish = np.maximum(starts, known.time), np.minimum(ends, following.time if following else np.inf)
        yield known, np.where(finish > begin, reach(known, lons, lats).chance(begin, finish), 0.0)
