"""Which areas, which conversions, and in which order: what a plan takes, within its bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .index import ranked

Table = NDArray[np.float64]
Numbers = NDArray[np.int64]


def chosen_areas(rank: Numbers, known: NDArray[np.bool_], district: Sequence[str], number: int, least: int) -> Numbers:
    """Numbers of the areas that a plan takes, the highest first: the ``least`` best of each district (fewer where it has no
    more), then the best of all. rank ``(n,)`` from 1; known ``(n,)``: areas of which something is known, the others are never
    taken. ValueError where the least of all districts together are more than ``number``."""
    order = np.argsort(rank, kind="stable")
    order = order[known[order]]
    taken: list[int] = []
    if least > 0:
        seen: dict[str, int] = {}
        for area in order:
            if seen.get(district[area], 0) < least:
                seen[district[area]] = seen.get(district[area], 0) + 1
                taken.append(int(area))
        if len(taken) > number:
            raise ValueError("more areas promised to districts than there are to give")
    promised = set(taken)
    rest = [int(area) for area in order if area not in promised]
    whole = taken + rest[: number - len(taken)]
    return np.array(sorted(whole, key=lambda area: int(rank[area])), np.int64)


@dataclass(frozen=True, slots=True)
class Merits:
    """What speaks for converting each of ``(n,)`` poles. index: of the area it stands in, NaN where unknown; age: years, NaN
    where unknown; pixels: ten thousands, NaN where unknown; gain: square metres that intelligent cameras would newly see."""

    index: Table
    age: Table
    pixels: Table
    gain: Table


#: How much each merit weighs: of sum one.
MERITS: Mapping[str, float] = {"index": 0.5, "gain": 0.25, "age": 0.15, "pixels": 0.1}


def conversion_score(merits: Merits, weights: Mapping[str, float] = MERITS) -> Table:
    """``(n,)``, 0 to 1: the weighed mean of ranks between 0 and 1 (equal ones share theirs). Where the search would gain
    more, where the area is more vulnerable, where the camera is older, where its picture is sharper (analysis needs pixels) it
    comes earlier; what is unknown counts as the middle."""
    total = sum(weights.values())
    score = np.zeros(len(merits.index))
    for name, weight in weights.items():
        score += weight / total * _level(getattr(merits, name))
    return score


def _level(column: Table) -> Table:
    level = np.full(len(column), 0.5)
    known = np.isfinite(column)
    if known.sum() > 1 and np.ptp(column[known]) > 0:
        level[known] = ranked(column[known])
    return level


def taken_poles(score: Table, count: Numbers, number: int) -> Numbers:
    """Numbers of the poles to convert, the highest score first (of equal ones the first), of ``number`` cameras together. count
    ``(n,)``: cameras at each pole. A pole with more cameras than are left is passed over."""
    taken, left = [], number
    for pole in np.argsort(-score, kind="stable"):
        if left <= 0:
            break
        if 0 < count[pole] <= left:
            taken.append(int(pole))
            left -= int(count[pole])
    return np.array(taken, np.int64)


def within_budget(costs: Sequence[float], budget: float | None) -> int:
    """How many of them, in their order, can be paid; costs are not negative."""
    if budget is None:
        return len(costs)
    return int(np.searchsorted(np.cumsum(np.asarray(costs, float)), budget + 1e-6, side="right"))


def phases(groups: Sequence[int], number: int) -> Numbers:
    """The phase of each item, from 1. groups: what each belongs to, in order; a group is not torn apart, and phases are as
    even as that allows. ValueError for no phases."""
    if number < 1:
        raise ValueError("one phase at least")
    if not len(groups):
        return np.zeros(0, np.int64)
    first = np.concatenate([[True], np.asarray(groups[1:]) != np.asarray(groups[:-1])])
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], len(groups))
    middles = (starts + ends) / 2
    of_group = np.minimum((middles * number / len(groups)).astype(np.int64), number - 1) + 1
    return np.repeat(of_group, ends - starts)
