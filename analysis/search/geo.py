"""Distances and bearings on the ground. WGS84 degrees in, metres and degrees from north out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_M = 6_371_008.8


def distance_m(lon: ArrayLike, lat: ArrayLike, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.float64]:
    """Great-circle distance by the haversine formula; broadcasts."""
    x, y, xs, ys = (np.radians(np.asarray(v, dtype=float)) for v in (lon, lat, lons, lats))
    a = np.sin((ys - y) / 2) ** 2 + np.cos(y) * np.cos(ys) * np.sin((xs - x) / 2) ** 2
    return 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(a, 0, 1)))


def bearing(lon: ArrayLike, lat: ArrayLike, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.float64]:
    """Initial bearing from the first point to the others, degrees clockwise from north, 0 to 360."""
    x, y, xs, ys = (np.radians(np.asarray(v, dtype=float)) for v in (lon, lat, lons, lats))
    east = np.sin(xs - x) * np.cos(ys)
    north = np.cos(y) * np.sin(ys) - np.sin(y) * np.cos(ys) * np.cos(xs - x)
    return np.degrees(np.arctan2(east, north)) % 360


def turn(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Smallest angle between two headings, degrees, 0 to 180."""
    return np.abs((np.asarray(a, dtype=float) - np.asarray(b, dtype=float) + 180) % 360 - 180)


def offset(lon: float, lat: float, east_m: ArrayLike, north_m: ArrayLike) -> NDArray[np.float64]:
    """Points some metres east and north of another, ``(n, 2)`` lon, lat; for distances in a city."""
    east, north = np.atleast_1d(np.asarray(east_m, dtype=float)), np.atleast_1d(np.asarray(north_m, dtype=float))
    return np.column_stack(
        [
            lon + np.degrees(east / (EARTH_M * np.cos(np.radians(lat)))),
            lat + np.degrees(north / EARTH_M),
        ]
    )
