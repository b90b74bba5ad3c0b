"""How far it is on the ground of this city: the Han is crossed on bridges."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import geo

#: Bridges that people walk over, from west to east: the middle of each, degrees of longitude and latitude. Longitudes
#: entered by hand (within some 200 m), latitudes from where the districts' boundaries meet in the river.
BRIDGES = {
    "가양대교": (126.8625, 37.5659), "월드컵대교": (126.8855, 37.5516), "성산대교": (126.8918, 37.5475),
    "양화대교": (126.9025, 37.5415), "서강대교": (126.9255, 37.5355), "마포대교": (126.9370, 37.5333),
    "원효대교": (126.9470, 37.5256), "한강대교": (126.9586, 37.5130), "동작대교": (126.9815, 37.5093),
    "반포대교": (126.9965, 37.5122), "한남대교": (127.0132, 37.5246), "동호대교": (127.0203, 37.5302),
    "성수대교": (127.0350, 37.5349), "영동대교": (127.0567, 37.5273), "잠실대교": (127.0925, 37.5232),
    "올림픽대교": (127.1035, 37.5290), "천호대교": (127.1122, 37.5415), "광진교": (127.1145, 37.5440),
}  # fmt: skip
BEYOND = ((126.78, 37.615), (127.119, 37.5579), (127.20, 37.61))  # the river, further down and up

_GATES = np.array(list(BRIDGES.values()))
_RIVER = np.array(sorted([*BRIDGES.values(), *BEYOND]))


def north_of_the_river(lons: ArrayLike, lats: ArrayLike) -> NDArray[np.bool_]:
    """Which bank places lie on; shapes ``(n,)``."""
    return np.asarray(np.asarray(lats, float) > np.interp(np.asarray(lons, float), _RIVER[:, 0], _RIVER[:, 1]))


def way_m(lon: float, lat: float, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.float64]:
    """From one place to others ``(n,)``: the straight line, over the nearest bridge where the river lies between."""
    distance = geo.distance_m(lon, lat, lons, lats)
    across = north_of_the_river(lons, lats) != north_of_the_river([lon], [lat])[0]
    if across.any():
        there = geo.distance_m(lon, lat, _GATES[:, 0], _GATES[:, 1])
        # Plane geometry from the bridges on: exact to some metres in a city, and much faster.
        scale = np.radians(geo.EARTH_M) * np.array([np.cos(np.radians(lat)), 1.0])
        rest = (np.column_stack([lons[across], lats[across]])[:, None] - _GATES[None]) * scale
        over = (there + np.hypot(rest[..., 0], rest[..., 1])).min(axis=1)
        distance = distance.copy()
        distance[across] = np.maximum(distance[across], over)
    return distance
