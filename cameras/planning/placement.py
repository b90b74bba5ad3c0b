"""Where new cameras stand in an area, and where they look: what is uncovered and matters is covered, most of it first.

On a grid of square cells. Each candidate is a place and one of eight headings; what it covers is the cells of its sector.
Greedy maximum coverage: each time the candidate that adds most. No choice of as many covers more than ``1 / (1 - 1/e)`` times
as much (Nemhauser, Wolsey and Fisher 1978); a sharper bound comes from what each candidate could still add (Leskovec et al.
2007, Cost-effective outbreak detection in networks).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from .ground import within_sector

Grid = NDArray[np.float64]
Mask = NDArray[np.bool_]
HEADINGS = tuple(45.0 * n for n in range(8))
EPSILON = 1e-9
NEAR_M = 100.0  # of a place, what counts as its surroundings


@dataclass(frozen=True, slots=True)
class View:
    """What a new camera covers: metres and degrees."""

    range_m: float = 30.0
    field: float = 90.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """row, column: of its cell; heading: degrees from north; adds: weight that nobody covered before."""

    row: int
    column: int
    heading: float
    adds: float


@dataclass(frozen=True, slots=True)
class Placement:
    """chosen: in the order in which they were taken; covered: weight; bound: weight that no choice of as many exceeds."""

    chosen: list[Chosen]
    covered: float
    bound: float


def footprint(view: View, heading: float, cell_m: float) -> Mask:
    """The cells of a sector around the middle one, ``(k, k)`` with ``k`` odd, rows from north to south: those whose middle
    lies within; the middle one always."""
    reach = ceil(view.range_m / cell_m)
    south, east = np.mgrid[-reach : reach + 1, -reach : reach + 1] * cell_m
    inside = within_sector(east, -south, heading, view.field, view.range_m)
    inside[reach, reach] = True
    return inside


def place(
    weight: Grid,
    allowed: Mask,
    number: int,
    view: View,
    cell_m: float,
    apart_m: float = 0.0,
    served: Mask | None = None,
) -> Placement:
    """weight ``(h, w)``: of each cell what covering it is worth, 0 where it is covered already or does not count; allowed
    ``(h, w)``: where a camera may stand; number: at most so many; apart_m: that far from each other, at least; served
    ``(h, w)``: cells that have a camera near already. Of places that add the same, the one with the most weight within
    ``NEAR_M`` that has none near: cameras spread over an area instead of standing side by side. Fewer where nothing is left to
    add. The same input gives the same answer. ValueError where shapes differ or weights are negative."""
    left = np.asarray(weight, float).copy()
    if left.ndim != 2 or left.shape != allowed.shape:
        raise ValueError("weights and places of one shape")
    if not np.isfinite(left).all() or (left < 0).any():
        raise ValueError("weights are not negative")
    prints = [footprint(view, heading, cell_m) for heading in HEADINGS]
    chosen: list[Chosen] = []
    free, bound = allowed.copy(), float("inf")
    alone = np.ones(left.shape, bool) if served is None else ~served
    around = footprint(View(NEAR_M, 360.0), 0.0, cell_m)
    total = float(left.sum())
    for _ in range(number):
        gains = _gains(left, prints)
        gains[:, ~allowed] = 0.0
        done = sum(one.adds for one in chosen)
        bound = min(bound, done + _most(gains, number), total)
        gains[:, ~free] = 0.0
        heading, row, column = _best(gains, left * alone, around)
        adds = float(gains[heading, row, column])
        if adds <= EPSILON:
            break
        chosen.append(Chosen(row, column, HEADINGS[heading], adds))
        _covered(left, prints[heading], row, column)
        _occupy(free, row, column, max(apart_m / cell_m, 0.5))
        _occupy(alone, row, column, NEAR_M / cell_m)
    covered = sum(one.adds for one in chosen)
    if number:
        gains = _gains(left, prints)
        gains[:, ~allowed] = 0.0
        bound = min(bound, covered + _most(gains, number), total)
    return Placement(chosen, covered, max(covered, bound if number else 0.0))


def _best(gains: Grid, lonely: Grid, around: Mask) -> tuple[int, int, int]:
    """Heading, row and column of what adds most, of equals the one in the midst of the most ``lonely`` weight."""
    most = float(gains.max())
    equal = gains >= most * (1 - EPSILON) - EPSILON
    if most > EPSILON and int(equal.sum()) > 1:
        midst = cv2.filter2D(lonely, cv2.CV_64F, around.astype(np.float64), borderType=cv2.BORDER_CONSTANT)
        best = int(np.argmax(np.where(equal, midst[None], -1.0)))
    else:
        best = int(np.argmax(gains))
    heading, row, column = (int(at) for at in np.unravel_index(best, gains.shape))
    return heading, row, column


def _gains(left: Grid, prints: list[Mask]) -> Grid:
    """What a camera at each cell would add, for each heading: ``(8, h, w)``."""
    return np.stack(
        [cv2.filter2D(left, cv2.CV_64F, mask.astype(np.float64), borderType=cv2.BORDER_CONSTANT) for mask in prints]
    )


def _most(gains: Grid, number: int) -> float:
    """What the best ``number`` of them would add if nothing were covered twice."""
    flat = gains.ravel()
    count = min(number, flat.size)
    return float(np.partition(flat, flat.size - count)[flat.size - count :].sum())


def _covered(left: Grid, mask: Mask, row: int, column: int) -> None:
    """Those cells need nobody any more."""
    reach = mask.shape[0] // 2
    top, bottom = max(0, row - reach), min(left.shape[0], row + reach + 1)
    first, last = max(0, column - reach), min(left.shape[1], column + reach + 1)
    part = mask[top - row + reach : bottom - row + reach, first - column + reach : last - column + reach]
    left[top:bottom, first:last][part] = 0.0


def _occupy(free: Mask, row: int, column: int, cells: float) -> None:
    """Nobody else stands so near."""
    rows, columns = np.ogrid[: free.shape[0], : free.shape[1]]
    free[(rows - row) ** 2 + (columns - column) ** 2 < cells**2] = False
