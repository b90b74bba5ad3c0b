"""Blind spots: where in the districts somebody can walk farther than so many metres from all that cameras cover."""

from __future__ import annotations

from math import ceil, cos, radians
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
from django.contrib.gis.geos import Polygon
from numpy.typing import NDArray

from seoulcctv.roles import Role, role_of

from .clusters import MEASURED, Viewport, places_of
from .coverage import M_PER_DEGREE, rings, sight_of
from .models import Camera, District

FAR = (50, 100, 200)  # metres that may be chosen
WIDE_PX = 720  # of the picture, whatever the page's width
DRAWN_ABOVE = (
    0.25  # pixels a metre: from here on what each camera covers is drawn, from farther away only where it stands
)
MOST_DRAWN = 2500
COLOUR = (108, 120, 226, 84)  # BGR and opacity
Mask = NDArray[np.uint8]


def blind_spots(view: Viewport, cameras: Any, districts: Any, far_m: float) -> bytes:
    """A transparent PNG of the viewport, tinted where nothing is covered within ``far_m`` metres inside the districts.

    cameras: a queryset; those out of order cover nothing. By the distance transform of what is covered (Felzenszwalb and
    Huttenlocher 2012), at the picture's own resolution."""
    grid = _Grid(view, far_m)
    working = cameras.filter(status=Camera.Status.WORKING).order_by()
    covered = _drawn(grid, working) if grid.px_per_m >= DRAWN_ABOVE else None
    if covered is None:
        covered = _stood(grid, working)
    blind = _inside(grid, districts) > 0
    if covered.any():
        blind &= cv2.distanceTransform((covered == 0).astype(np.uint8), cv2.DIST_L2, 5) > far_m * grid.px_per_m
    margin = grid.margin
    picture = np.zeros((*blind.shape, 4), np.uint8)
    picture[blind] = COLOUR
    picture = picture[margin : margin + grid.high, margin : margin + grid.wide]
    return bytes(cv2.imencode(".png", picture)[1])


class _Grid:
    """Pixels over a viewport, with so much around it as can matter inside."""

    def __init__(self, view: Viewport, far_m: float) -> None:
        across = (view.east - view.west) * M_PER_DEGREE * cos(radians((view.south + view.north) / 2))
        self.px_per_m = WIDE_PX / across
        self.wide = WIDE_PX
        self.high = max(1, min(4 * WIDE_PX, round((view.north - view.south) * M_PER_DEGREE * self.px_per_m)))
        self.margin = min(2 * WIDE_PX, ceil(far_m * self.px_per_m) + 1)
        self.dx = (view.east - view.west) / self.wide
        self.dy = (view.north - view.south) / self.high
        self.west, self.north = view.west - self.margin * self.dx, view.north + self.margin * self.dy
        self.shape = (self.high + 2 * self.margin, self.wide + 2 * self.margin)

    @property
    def box(self) -> Any:
        rows, columns = self.shape
        box = Polygon.from_bbox((self.west, self.north - rows * self.dy, self.west + columns * self.dx, self.north))
        box.srid = 4326
        return box

    def pixels(self, points: Any) -> NDArray[np.int32]:
        """``(n, 2)`` lon, lat to column and row."""
        at = np.asarray(points, float).reshape(-1, 2)
        return np.round(np.stack([(at[:, 0] - self.west) / self.dx, (self.north - at[:, 1]) / self.dy], 1)).astype(
            np.int32
        )


def _drawn(grid: _Grid, cameras: Any) -> Mask | None:
    """What each covers; None where there are too many to draw one by one."""
    found = list(cameras.filter(location__bboverlaps=grid.box).values("location", *MEASURED)[: MOST_DRAWN + 1])
    if len(found) > MOST_DRAWN:
        return None
    covered: Mask = np.zeros(grid.shape, np.uint8)
    drawn = [ring for row in found for ring in rings(*row["location"].coords, sight_of(SimpleNamespace(**row)))]
    if drawn:
        corners = grid.pixels([corner for ring in drawn for corner in ring])
        for ring in np.split(corners, np.cumsum([len(ring) for ring in drawn])[:-1]):
            cv2.fillPoly(covered, [ring], 255)  # one by one: together, what two cover would count as a hole
    return covered


def _stood(grid: _Grid, cameras: Any) -> Mask:
    """Where cameras stand, told from so far away that what they cover is a pixel or two."""
    at = grid.pixels(places_of(cameras))
    covered: Mask = np.zeros(grid.shape, np.uint8)
    inside = (at >= 0).all(axis=1) & (at[:, 0] < grid.shape[1]) & (at[:, 1] < grid.shape[0])
    covered[at[inside, 1], at[inside, 0]] = 255
    return covered


def _inside(grid: _Grid, districts: Any) -> Mask:
    mask: Mask = np.zeros(grid.shape, np.uint8)
    for boundary in districts.filter(boundary__bboverlaps=grid.box).values_list("boundary", flat=True):
        for polygon in boundary:
            cv2.fillPoly(mask, [grid.pixels(ring) for ring in polygon.coords], 255)
    return mask


def districts_of(user: Any) -> Any:
    """Those whose cameras the account may know of: elsewhere it cannot tell what is covered."""
    if role_of(user) == Role.DISTRICT_ADMIN:
        return District.objects.filter(pk=user.district_id)
    return District.objects.all()
