"""What apps above know of the city: where people went missing, which ways they took. They register it; nothing here asks who."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
_missed: list[Callable[[], Points]] = []
_walked: list[Callable[[], list[Points]]] = []


def tells_where_people_went_missing(source: Callable[[], Points]) -> Callable[[], Points]:
    """source: ``(n, 2)`` lon, lat, one for each case."""
    _missed.append(source)
    return source


def tells_ways(source: Callable[[], list[Points]]) -> Callable[[], list[Points]]:
    """source: lines ``(n, 2)`` lon, lat, that missing people took."""
    _walked.append(source)
    return source


def went_missing() -> Points:
    """``(n, 2)`` lon, lat."""
    return np.concatenate([np.zeros((0, 2)), *(source() for source in _missed)])


def ways() -> list[Points]:
    """Lines ``(n, 2)`` lon, lat."""
    return [line for source in _walked for line in source()]
