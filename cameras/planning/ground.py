"""The city as cells of a grid: which area each belongs to, which are covered; sums by area, windows of areas.

Coordinates are metres in a projected system (east, north); rows run from north to south.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Mask = NDArray[np.bool_]
Cells = NDArray[np.int32]
NOBODY = -1  # the number of no area
SHIFT = 4  # bits of a pixel's fraction, for OpenCV
FINE = 8  # pixels a cell, where areas are drawn
EPSILON = 1e-9  # degrees
MOST_CELLS = 4_000_000  # that are reckoned with at once
_NUMBERS = ("east", "north", "field", "far")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one camera covers: where it stands in metres, its heading in degrees from north (None: all around), its field in
    degrees, how far it sees in metres."""

    east: float
    north: float
    heading: float | None
    field: float
    far: float


@dataclass(frozen=True, slots=True)
class Ground:
    """west, north: of the grid's corner, metres; cell: metres; shape: rows and columns."""

    west: float
    north: float
    cell: float
    shape: tuple[int, int]

    @classmethod
    def over(cls, points: Points, cell: float, margin: float = 0.0) -> Ground:
        """A grid that holds all points ``(n, 2)``. ValueError for no points or no cells."""
        if not len(points) or cell <= 0:
            raise ValueError("points, and cells of a size")
        low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
        rows, columns = ceil((high[1] - low[1]) / cell) or 1, ceil((high[0] - low[0]) / cell) or 1
        return cls(float(low[0]), float(high[1]), cell, (rows, columns))

    def cells(self, points: Points) -> tuple[Cells, Cells, Mask]:
        """Rows, columns and which lie on the grid, of ``(n, 2)`` east, north; others are told row and column 0."""
        at = np.asarray(points, float).reshape(-1, 2)
        rows, columns = self._at(at[:, 0], at[:, 1])
        inside = (rows >= 0) & (rows < self.shape[0]) & (columns >= 0) & (columns < self.shape[1])
        return np.where(inside, rows, 0), np.where(inside, columns, 0), inside

    def middle(self, row: int, column: int) -> tuple[float, float]:
        """East and north of a cell's middle."""
        return self.west + (column + 0.5) * self.cell, self.north - (row + 0.5) * self.cell

    def labels(self, shapes: Sequence[Iterable[Sequence[Points]]]) -> Cells:
        """``(rows, columns)``: the number of the shape each cell's middle lies in, ``NOBODY`` elsewhere. shapes: each some
        polygons, each its outer ring and its holes ``(n, 2)``. Where two overlap, the later one."""
        drawn = np.full(self.shape, NOBODY, np.int32)
        for number, polygons in enumerate(shapes):
            for rings in polygons:
                corners = np.asarray(rings[0], float)[:, :2]
                low, high = self._place(corners.min(axis=0)), self._place(corners.max(axis=0))
                first = np.clip([int(high[1]) - 1, int(low[0]) - 1], 0, self.shape)
                last = np.clip([int(low[1]) + 2, int(high[0]) + 2], 0, self.shape)
                if (first < last).all():
                    part = drawn[first[0] : last[0], first[1] : last[1]]
                    part[self._inside(rings, first, part.shape)] = number
        return drawn

    def covered(self, cameras: Iterable[Seen]) -> Mask:
        """``(rows, columns)``: cells whose middle some camera covers, and the one each stands in."""
        drawn = np.zeros(self.shape, bool)
        for _numbers, rows, columns, seen in self._views(list(cameras)):
            drawn[rows[seen], columns[seen]] = True
        return drawn

    def worth(self, cameras: Sequence[Seen], weight: NDArray[np.generic]) -> NDArray[np.float64]:
        """Sum of ``weight`` ``(rows, columns)`` over the cells that each camera covers alone: ``(n,)``."""
        told = np.zeros(len(cameras))
        for numbers, rows, columns, seen in self._views(cameras):
            within = np.where(seen, weight[np.where(seen, rows, 0), np.where(seen, columns, 0)], 0)
            told[numbers] = within.sum(axis=1)
        return told

    def _views(self, cameras: Sequence[Seen]) -> Iterator[tuple[list[int], Cells, Cells, Mask]]:
        """Many at once: their numbers; the cells around each, along the second axis; which of those it covers."""
        alike: dict[int, list[int]] = {}
        for number, one in enumerate(cameras):
            alike.setdefault(ceil(one.far / self.cell), []).append(number)
        for reach, several in alike.items():
            most = max(1, MOST_CELLS // (2 * reach + 1) ** 2)
            for start in range(0, len(several), most):
                numbers = several[start : start + most]
                yield (numbers, *self._view([cameras[number] for number in numbers], reach))

    def _view(self, several: Sequence[Seen], reach: int) -> tuple[Cells, Cells, Mask]:
        east, north, field, far = (np.array([getattr(one, name) for one in several], float) for name in _NUMBERS)
        field = np.where([one.heading is None for one in several], 360.0, field)
        heading = np.array([one.heading or 0.0 for one in several])
        row, column = self._at(east, north)
        south, across = (part.reshape(1, -1) for part in np.mgrid[-reach : reach + 1, -reach : reach + 1])
        rows, columns = row[:, None] + south, column[:, None] + across
        x = self.west + (columns + 0.5) * self.cell - east[:, None]
        y = self.north - (rows + 0.5) * self.cell - north[:, None]
        seen = within_sector(x, y, heading[:, None], field[:, None], far[:, None])
        seen |= (south == 0) & (across == 0)
        seen &= (rows >= 0) & (rows < self.shape[0]) & (columns >= 0) & (columns < self.shape[1])
        return rows, columns, seen

    def _at(self, east: Points, north: Points) -> tuple[Cells, Cells]:
        rows = np.floor((self.north - north) / self.cell).astype(np.int32)
        return rows, np.floor((east - self.west) / self.cell).astype(np.int32)

    def _place(self, point: Points) -> Points:
        return np.array([(point[0] - self.west) / self.cell, (self.north - point[1]) / self.cell])

    def _inside(self, rings: Sequence[Points], first: NDArray[np.int64], shape: tuple[int, ...]) -> Mask:
        """Drawn finer, then the middle of each cell looked at: OpenCV draws outlines too, which would be half a cell more."""
        fine = FINE if max(shape) <= 400 else 2
        drawn = np.zeros((shape[0] * fine, shape[1] * fine), np.uint8)
        corners = [
            np.column_stack([
                (np.asarray(ring, float)[:, 0] - self.west) / self.cell - first[1],
                (self.north - np.asarray(ring, float)[:, 1]) / self.cell - first[0],
            ]) * fine - 0.5
            for ring in rings
        ]  # fmt: skip
        cv2.fillPoly(drawn, [np.round(ring * (1 << SHIFT)).astype(np.int32) for ring in corners], 1, shift=SHIFT)
        return drawn[fine // 2 :: fine, fine // 2 :: fine] > 0


def within_sector(east: Points, north: Points, heading: Any, field: Any, far: Any) -> Mask:
    """Which places, told from where a camera stands, lie in its sector: metres and degrees. Of two sectors that meet, one has the
    places on their common edge; 360 degrees are all around."""
    off = (np.degrees(np.arctan2(east, north)) - heading + 180) % 360 - 180
    ahead = (off > -field / 2 + EPSILON) & (off <= field / 2 + EPSILON)
    return np.asarray((np.hypot(east, north) <= far) & (ahead | (np.asarray(field) >= 360)))


def by_area(labels: Cells, number: int, weight: NDArray[np.generic] | None = None) -> NDArray[np.float64]:
    """Sum of ``weight`` (cells, where none is given) in each of ``number`` areas: ``(number,)``."""
    flat = labels.ravel()
    within = flat >= 0
    values = None if weight is None else np.asarray(weight, float).ravel()[within]
    return np.bincount(flat[within], weights=values, minlength=number)[:number].astype(float)


def windows(labels: Cells, number: int, margin: int) -> list[tuple[slice, slice] | None]:
    """Rows and columns around each area, ``margin`` cells wider as far as the grid goes; None for areas without a cell."""
    rows, columns = np.nonzero(labels >= 0)
    of = labels[rows, columns]
    told: list[tuple[slice, slice] | None] = [None] * number
    low = np.full((number, 2), np.iinfo(np.int32).max)
    high = np.full((number, 2), -1)
    for axis, at in enumerate((rows, columns)):
        np.minimum.at(low[:, axis], of, at)
        np.maximum.at(high[:, axis], of, at)
    for area in np.flatnonzero(high[:, 0] >= 0):
        first, last = np.maximum(low[area] - margin, 0), np.minimum(high[area] + margin + 1, labels.shape)
        told[area] = (slice(int(first[0]), int(last[0])), slice(int(first[1]), int(last[1])))
    return told
