"""Where the person may be at a moment, as a grid over the map.

From the last known point before the moment forwards, and from the next one after it backwards: who is seen at ten and
at eleven was somewhere between at half past. Relative, not a probability of each cell: rivers and streets are not
known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from . import geo
from .belief import beliefs
from .reach import LastKnown, reach

CELLS = 121  # along each side
SMALLEST_M, LARGEST_M = 150.0, 6000.0  # half a side of the grid


@dataclass(frozen=True, slots=True)
class Field:
    """share ``(CELLS, CELLS)``: how likely each cell is, 0 to 1 of the likeliest, rows from north to south; the grid's
    edges in WGS84 degrees."""

    share: NDArray[np.float64]
    west: float
    south: float
    east: float
    north: float


def field(knowns: list[LastKnown], time: float) -> Field | None:
    """At a time (seconds of the knowns' clock); None before the first of them."""
    parts = [(b.probability, part) for b in beliefs(knowns) if (part := _told(list(b.knowns), time)) is not None]
    if len(parts) <= 1:
        return parts[0][1] if parts else None
    west, south, east, north = (
        pick(getattr(part, side) for _, part in parts)
        for pick, side in ((min, "west"), (min, "south"), (max, "east"), (max, "north"))
    )
    steps = (2 * np.arange(CELLS) + 1) / (2 * CELLS)
    lons, lats = np.meshgrid(west + steps * (east - west), north - steps * (north - south))
    share = np.sum([probability * _dense(part, lons, lats) for probability, part in parts], axis=0)
    return Field(share / share.max(), west, south, east, north)


def _dense(part: Field, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.float64]:
    """The field at other places, so that each square degree's share adds up to 1; 0 outside."""
    columns = ((lons - part.west) / (part.east - part.west) * CELLS).astype(int)
    rows = ((part.north - lats) / (part.north - part.south) * CELLS).astype(int)
    inside = (lons >= part.west) & (lons < part.east) & (lats > part.south) & (lats <= part.north)
    size = (part.east - part.west) * (part.north - part.south)
    dense = part.share[np.clip(rows, 0, CELLS - 1), np.clip(columns, 0, CELLS - 1)] / (part.share.sum() * size)
    return np.asarray(np.where(inside, dense, 0.0), np.float64)


def _told(knowns: list[LastKnown], time: float) -> Field | None:
    """Of one story."""
    before = max((k for k in knowns if k.time <= time), key=lambda k: k.time, default=None)
    after = min((k for k in knowns if k.time > time), key=lambda k: k.time, default=None)
    if before is None:
        return None
    half = float(np.clip(before.pace.fastest * (time - before.time), SMALLEST_M, LARGEST_M))
    lon, lat = before.lon, before.lat
    if after is not None:
        apart = float(geo.distance_m(before.lon, before.lat, after.lon, after.lat))
        lon, lat = (before.lon + after.lon) / 2, (before.lat + after.lat) / 2
        slack = max(before.pace.usual * (after.time - before.time) - apart, 0.0)
        half = min(max(apart / 2, half) + 0.5 * slack + SMALLEST_M, LARGEST_M)
    steps = half * (2 * np.arange(CELLS) + 1 - CELLS) / CELLS
    east, north = (axis.ravel() for axis in np.meshgrid(steps, steps[::-1]))
    lons, lats = geo.offset(lon, lat, east, north).T
    share = reach(before, lons, lats).present(time)
    if after is not None:
        backwards = replace(after, time=-after.time, direction=None)
        share = share * reach(backwards, lons, lats).present(-time)
    if not share.max() > 0:  # no time for anything but the straight way: along its middle
        share = np.exp(-0.5 * (geo.distance_m(lon, lat, lons, lats) / SMALLEST_M) ** 2)
    (west, south), (right, top) = geo.offset(lon, lat, [-half, half], [-half, half])
    return Field((share / share.max()).reshape(CELLS, CELLS), float(west), float(south), float(right), float(top))
