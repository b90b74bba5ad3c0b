"""Cameras of a viewport: one by one where there are few, in clusters where there are many; counted by the database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from django.contrib.gis.geos import Polygon
from django.db import connection
from numpy.typing import NDArray

from seoulcctv.hints import keep, kept

from .coverage import rings, sight_of
from .models import Camera, CameraChange, CameraHealth, Stream
from .problems import stream_problem

MOST_SINGLE = 700  # cameras drawn one by one
CELL_PX = 64  # of a cluster on the screen
TILE_PX = 256
FAR_ZOOM, KEPT_S = 13.5, 20  # up to which zoom, how long
NEAR_ZOOM = 16.5  # from which on it is told what each covers
SHOWN = (
    "location",
    "kind",
    "status",
    "asset_number",
    "address",
    "purpose",
    "count",
    "health__findings",
    "stream__state",
    "stream__problem",
)
NAMED = ("purpose", "status", "kind")
MEASURED = (
    "heading", "more_headings", "field_of_view", "range_m", "mounting_height", "tilt", "width", "height",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Viewport:
    """west, south, east, north: WGS84 degrees; zoom: of web maps, the world is 256 pixels wide at 0."""

    west: float
    south: float
    east: float
    north: float
    zoom: float

    @property
    def cell(self) -> float:
        """Degrees of longitude across a cluster."""
        return float(360 / TILE_PX / 2**self.zoom * CELL_PX)

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a place lies in it."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def cameras_in(view: Viewport, cameras: Any) -> dict[str, Any]:
    """``cameras``: a queryset. ``{"total", "clusters": [[lon, lat, count, of them intelligent, of them faulty]]}`` or
    ``{"total", "cameras": [{...}]}``.

    From far away the clusters of all of them are counted once for everybody who looks, and kept for a while: what an
    inventory's file changes shows at once, anything else some seconds late, from near at once.
    """
    inside = cameras.filter(location__bboverlaps=_box(view)).order_by()
    if view.zoom <= FAR_ZOOM:
        clusters = [c for c in _kept(cameras, view.cell) if view.holds(c[0], c[1])]
    else:
        clusters = _counted(inside, view.cell)
    total = sum(count for _, _, count, *_ in clusters)
    if total > MOST_SINGLE:
        return {"total": total, "clusters": clusters}
    rows = inside.values("pk", *SHOWN, *MEASURED)[: 2 * MOST_SINGLE]
    names = {n: {value: str(label) for value, label in Camera._meta.get_field(n).choices or ()} for n in NAMED}
    found = [_told(row, names, view.zoom >= NEAR_ZOOM) for row in rows]
    return {"total": len(found), "cameras": found}


def _told(row: dict[str, Any], names: dict[str, dict[str, str]], near: bool) -> dict[str, Any]:
    """near: with what it covers, ``[[[lon, lat], ...], ...]``. names: of choices, in the reader's language."""
    lon, lat = row["location"].coords
    told = {
        "id": row["pk"],
        "lon": lon,
        "lat": lat,
        **{name: row[name] for name in ("kind", "status", "asset_number", "address", "count")},
        **{f"{name}_name": names[name][row[name]] for name in NAMED},
        "stream": row["stream__state"] or "",
        "stream_name": _stream_name(row["stream__state"], row["stream__problem"]),
        "finding_names": [str(CameraHealth.Finding(one).label) for one in row["health__findings"] or ()],
    }
    if near and row["status"] != Camera.Status.FAULTY:
        seen = sight_of(SimpleNamespace(**row))
        told["assumed"] = seen.assumed
        told["covers"] = [[(round(x, 6), round(y, 6)) for x, y in ring] for ring in rings(lon, lat, seen)]
    return told


def _stream_name(state: str | None, problem: str | None) -> str:
    """How its live stream does, and why; empty for none."""
    if not state:
        return ""
    label = str(Stream.State(state).label)
    return f"{label}: {stream_problem(problem)}" if problem else label


def _box(view: Viewport) -> Polygon:
    box = Polygon.from_bbox((view.west, view.south, view.east, view.north))
    box.srid = 4326
    return box


def _kept(cameras: Any, cell: float) -> list[list[Any]]:
    """Of all of them; a cache that is away costs time, nothing else."""
    key = _key(f"clusters {cell}", cameras)
    if before := kept([key]):
        found: list[list[Any]] = before[key]
        return found
    found = _counted(cameras, cell)
    keep({key: found}, KEPT_S)
    return found


def _key(what: str, cameras: Any) -> str:
    """Another one as soon as any camera is added or changed."""
    sql, parameters = cameras.order_by().values("pk").query.sql_with_params()
    latest = [model.objects.order_by("-pk").values_list("pk", flat=True).first() for model in (Camera, CameraChange)]
    return "cameras:" + hashlib.sha256(f"{what}{sql}{parameters}{latest}".encode()).hexdigest()


def places_of(cameras: Any) -> NDArray[np.float64]:
    """``(n, 2)`` lon, lat of all of them; kept for a while, as clusters are."""
    key = _key("places", cameras)
    if before := kept([key]):
        return np.frombuffer(before[key], np.float64).reshape(-1, 2)
    sql, parameters = cameras.order_by().values("location").query.sql_with_params()
    with connection.cursor() as cursor:
        # one text for all: a hundred thousand rows would take the driver longer than the database
        cursor.execute(
            f"SELECT string_agg(ST_X(location) || ' ' || ST_Y(location), ' ') FROM ({sql}) AS seen",  # noqa: S608  # nosec B608
            parameters,
        )
        text = cursor.fetchone()[0] or ""
    places = np.array(text.split(), np.float64).reshape(-1, 2)
    keep({key: places.tobytes()}, KEPT_S)
    return places


def _counted(cameras: Any, cell: float) -> list[list[Any]]:
    """The grid is of the world, so that clusters stay where they are while the map is moved."""
    sql, parameters = cameras.order_by().values("location", "kind", "status").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT avg(x), avg(y), count(*), count(*) FILTER (WHERE kind = 'intelligent'),
                count(*) FILTER (WHERE status = 'faulty')
            FROM (SELECT ST_X(location) AS x, ST_Y(location) AS y, kind, status FROM ({sql}) AS seen) AS placed
            GROUP BY floor(x / %s), floor(y / %s)
            """,  # noqa: S608  # nosec B608  (the query is Django's own, with its parameters apart)
            [*parameters, cell, cell * 0.79],
        )
        return [[round(x, 6), round(y, 6), *counts] for x, y, *counts in cursor]
