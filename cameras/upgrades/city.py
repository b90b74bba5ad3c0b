"""The city's ground in the database's terms: cells of ten metres, the areas of a set, what cameras cover."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import LineString, MultiPolygon
from django.db.models import FloatField, Func
from numpy.typing import NDArray

from cameras.coverage import sight_of
from cameras.models import Area, AreaSet, Camera, District
from cameras.planning.ground import NOBODY, Cells, Ground, Mask, Points, Seen, by_area

from .areas import METRIC

CELL_M = 10.0
FIELDS = ("heading", "more_headings", "field_of_view", "range_m", "mounting_height", "tilt", "width", "height")


@dataclass(frozen=True, slots=True)
class City:
    """areas: in the order of their codes; labels: the number of the area that each cell belongs to; inside: cells of the
    districts; size ``(n,)``: cells of each area."""

    ground: Ground
    areas: list[Area]
    labels: Cells
    inside: Mask
    size: NDArray[np.float64]

    @property
    def districts(self) -> list[str]:
        return [area.district_id for area in self.areas]

    def share(self, mask: Mask) -> NDArray[np.float64]:
        """Of each area, ``(n,)``; NaN for areas smaller than a cell."""
        with np.errstate(invalid="ignore", divide="ignore"):
            told: NDArray[np.float64] = by_area(self.labels, len(self.areas), mask) / self.size
        return told

    def area_at(self, points: Points) -> NDArray[np.int32]:
        """Number of the area of each point ``(n, 2)`` in metres, ``NOBODY`` outside."""
        rows, columns, on = self.ground.cells(points)
        return np.where(on, self.labels[rows, columns], NOBODY)


def city_of(area_set: AreaSet) -> City:
    """Its areas on the ground of all districts."""
    boundaries = [rings_of(one.metric) for one in District.objects.annotate(metric=Transform("boundary", METRIC))]
    corners = np.concatenate([ring for polygons in boundaries for rings in polygons for ring in rings])
    ground = Ground.over(corners, CELL_M, CELL_M)
    areas = list(
        area_set.areas.annotate(metric=Transform("boundary", METRIC)).select_related("district").defer(
            "boundary", "district__boundary"
        ).order_by("code")
    )  # fmt: skip
    labels = ground.labels([rings_of(area.metric) for area in areas])  # type: ignore[attr-defined]
    inside = ground.labels([[rings for polygons in boundaries for rings in polygons]]) != NOBODY
    return City(ground, areas, labels, inside, by_area(labels, len(areas)))


@dataclass(frozen=True, slots=True)
class Standing:
    """Cameras that work, ``(n,)``: keys, places in metres ``(n, 2)``, how many stand there, what each covers."""

    pk: NDArray[np.int64]
    district: list[str]
    at: Points
    count: NDArray[np.int64]
    intelligent: Mask
    year: NDArray[np.float64]
    pixels: NDArray[np.float64]
    seen: list[list[Seen]]

    def views(self, which: Mask | None = None) -> Iterable[Seen]:
        """Of those that are meant, all without any."""
        return (one for several, meant in zip(self.seen, self._all(which), strict=True) if meant for one in several)

    def _all(self, which: Mask | None) -> Mask:
        return np.ones(len(self.pk), bool) if which is None else which


def standing() -> Standing:
    """All that work, in the order of their keys."""
    place = Transform("location", METRIC)
    working = Camera.objects.filter(status=Camera.Status.WORKING).order_by("pk").annotate(
        east=Func(place, function="ST_X", output_field=FloatField()),
        north=Func(place, function="ST_Y", output_field=FloatField()),
    )  # fmt: skip
    rows = list(working.values("pk", "district_id", "east", "north", "count", "kind", "installed", "pixels", *FIELDS))
    at = np.array([(row["east"], row["north"]) for row in rows], float).reshape(-1, 2)
    installed = [row["installed"] for row in rows]
    return Standing(
        np.array([row["pk"] for row in rows], np.int64),
        [row["district_id"] for row in rows],
        at,
        np.array([row["count"] for row in rows], np.int64),
        np.array([row["kind"] == Camera.Kind.INTELLIGENT for row in rows], bool),
        np.array([np.nan if day is None else day.year + day.month / 12 for day in installed], float),
        np.array([row["pixels"] or np.nan for row in rows], float),
        [_seen(row, east, north) for row, (east, north) in zip(rows, at, strict=True)],
    )


def _seen(row: dict[str, Any], east: float, north: float) -> list[Seen]:
    sight = sight_of(SimpleNamespace(**row))
    if sight.all_around:
        return [Seen(east, north, None, 360.0, sight.far)]
    return [Seen(east, north, heading, sight.field, sight.far) for heading in sight.headings]


def metres(points: Points) -> Points:
    """``(n, 2)`` lon, lat to east, north."""
    return _transformed(points, 4326, METRIC)


def degrees(points: Points) -> Points:
    """``(n, 2)`` east, north to lon, lat."""
    return _transformed(points, METRIC, 4326)


def _transformed(points: Points, source: int, target: int) -> Points:
    if not len(points):
        return np.zeros((0, 2))
    several = points if len(points) > 1 else np.repeat(points, 2, axis=0)  # a line has two points at least
    line = LineString(several, srid=source)
    line.transform(target)
    return np.asarray(line.array, float)[: len(points)]


def rings_of(shape: MultiPolygon) -> list[list[Points]]:
    return [[np.asarray(ring.array, float) for ring in polygon] for polygon in shape]
