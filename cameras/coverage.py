"""What a camera covers on the ground.

A camera that looks along a heading covers the part of a ring between where its picture begins and where people become too
small; from height, tilt and field of view where they are known, else with usual values. A pole of several cameras covers
one such part for each heading, a camera that sees all around a whole ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, degrees, radians, sin, tan
from typing import Any

M_PER_DEGREE = 111_320.0  # of latitude
USUAL_RANGE_M = 30.0  # where nothing is known
LONGEST_RANGE_M = 120.0  # beyond it people are too small in any picture, however flat the camera looks
USUAL_FIELD = 60.0  # degrees across
USUAL_ASPECT = 9 / 16
STEP = 7.5  # degrees between the corners of an arc
NEAREST_M = 0.5  # nearer than this, the ring is filled

Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Sight:
    """headings: degrees from north, one for each camera of the pole, none where unknown; field: degrees across; near, far:
    metres; assumed: the field, the range or the heading is not known and a usual value stands for it."""

    headings: tuple[float, ...]
    field: float
    near: float
    far: float
    assumed: bool

    @property
    def all_around(self) -> bool:
        return self.field >= 360 or not self.headings


def sight(
    heading: float | None,
    more: Sequence[float] = (),
    field: float | None = None,
    range_m: float | None = None,
    height_m: float | None = None,
    tilt: float | None = None,
    aspect: float = USUAL_ASPECT,
) -> Sight:
    """height_m: of the camera above the ground; tilt: degrees below the horizon; aspect: picture height by width.

    The picture's lower and upper edge meet the ground at ``height / tan(tilt ± half its field upwards)`` (a pinhole camera
    over flat ground)."""
    across = field or USUAL_FIELD
    near, far = 0.0, range_m or 0.0
    if height_m and tilt is not None and across < 180:
        half = degrees(atan(tan(radians(across / 2)) * aspect))
        low, high = tilt + half, tilt - half
        near = height_m / tan(radians(low)) if 0 < low < 90 else 0.0
        seen = height_m / tan(radians(high)) if high > 0 else LONGEST_RANGE_M
        far = min(seen, range_m or LONGEST_RANGE_M)
    far = far or USUAL_RANGE_M
    known = across >= 360 or (heading is not None and field is not None)
    headings = () if heading is None else (heading, *more)
    return Sight(headings, across, min(near, far), far, not known or not range_m)


def rings(lon: float, lat: float, seen: Sight) -> list[Ring]:
    """One ring of ``(lon, lat)`` for each camera of the pole, closed, WGS84."""
    if seen.all_around:
        return [_part(lon, lat, 0, 360, 0, seen.far)]
    return [_part(lon, lat, heading, seen.field, seen.near, seen.far) for heading in seen.headings]


def sight_of(camera: Any) -> Sight:
    """camera: anything with a camera's fields."""
    aspect = camera.height / camera.width if camera.width and camera.height else USUAL_ASPECT
    return sight(
        camera.heading, camera.more_headings or (), camera.field_of_view, camera.range_m, camera.mounting_height,
        camera.tilt, aspect,
    )  # fmt: skip


def _part(lon: float, lat: float, heading: float, field: float, near: float, far: float) -> Ring:
    steps = max(2, round(field / STEP))
    turns = [heading - field / 2 + field * n / steps for n in range(steps + 1)]
    arc = [_at(lon, lat, turn, far) for turn in turns]
    if field >= 360:
        return [*arc[:-1], arc[0]]
    inner = [_at(lon, lat, turn, near) for turn in reversed(turns)] if near > NEAREST_M else [(lon, lat)]
    return [*arc, *inner, arc[0]]


def _at(lon: float, lat: float, turn: float, distance: float) -> tuple[float, float]:
    east, north = sin(radians(turn)) * distance, cos(radians(turn)) * distance
    return lon + east / (M_PER_DEGREE * cos(radians(lat))), lat + north / M_PER_DEGREE
