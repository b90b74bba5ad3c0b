"""Splits a track where the person in it changes: trackers now and then hand a track on.

Somebody leaves at the edge as another enters, or two meet: motion alone cannot tell, and an
embedding of small crops may not. Clothes do not change within seconds, so the colours before
and after each moment are compared; grey (colourless) pictures are left as they are.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .colours import COLOURS, likeness
from .describe import Look, Looks
from .types import Track

REACH = 12  # looks compared on each side
LEAST = 3  # looks needed on each side
UNLIKE = 0.45  # agreement (0 to 1) below which two sides are two people

_NAMES = tuple(COLOURS)
_LIKENESS = np.array([[likeness(a, b) for b in _NAMES] for a in _NAMES])


def agreement(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(...,)``, 0 (nothing in common) to 1: shares ``(..., n)`` of named colours, likeness of names counted."""
    across = _together(a, b)
    within = np.sqrt(_together(a, a) * _together(b, b))
    return np.divide(across, within, out=np.ones_like(across), where=within > 0)


def _together(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(((a @ _LIKENESS) * b).sum(axis=-1), np.float64)


def change_points(looks: Sequence[Look]) -> list[int]:
    """Indices at which another person begins, ascending; looks in order of time.

    Binary segmentation: the sharpest change first, then each side on its own.
    """
    if any(look.grey for look in looks):
        return []
    weights = np.array([look.quality for look in looks], np.float64)
    upper, lower = (_sums([getattr(look, part) for look in looks], weights) for part in ("upper", "lower"))
    return _changes(upper, lower, 0, len(looks))


def _sums(shares: Sequence[NDArray[np.float64]], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(looks + 1, colours + 1)``: weighted shares and weights up to each look, from which any mean follows."""
    if not len(shares):
        return np.zeros((1, len(_NAMES) + 1))
    rows = np.column_stack([np.asarray(shares, np.float64) * weights[:, None], weights])
    return np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])


def _changes(upper: NDArray[np.float64], lower: NDArray[np.float64], begin: int, end: int) -> list[int]:
    at = np.arange(begin + LEAST, end - LEAST + 1)
    if not len(at):
        return []
    parts = [
        agreement(_between(sums, np.maximum(begin, at - REACH), at), _between(sums, at, np.minimum(at + REACH, end)))
        for sums in (upper, lower)
    ]
    scores = np.minimum(parts[0], (parts[0] + parts[1]) / 2)
    sharpest = int(at[np.argmin(scores)])
    if scores.min() >= UNLIKE:
        return []
    return [*_changes(upper, lower, begin, sharpest), sharpest, *_changes(upper, lower, sharpest, end)]


def _between(sums: NDArray[np.float64], first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.float64]:
    """``(n, colours)``: means of the looks from ``first`` up to ``last``, of each pair."""
    rows = sums[last] - sums[first]
    return np.asarray(rows[:, :-1] / rows[:, -1:], np.float64)


def _agree(before: Sequence[Look], after: Sequence[Look]) -> float:
    upper, lower = (agreement(_mean(before, part), _mean(after, part)) for part in ("upper", "lower"))
    return float(min(upper, (upper + lower) / 2))


def _mean(looks: Sequence[Look], part: str) -> NDArray[np.float64]:
    weights = [look.quality for look in looks]
    return np.average([getattr(look, part) for look in looks], axis=0, weights=weights)


@dataclass(frozen=True, slots=True)
class Clothes:
    """Judges tracks by what their people wear."""

    looks: Looks

    def cuts(self, track: Track) -> list[slice]:
        """Parts of one person each, as slices of the track's points; none is lost."""
        seen, points = self.looks.of(track), len(track.times)
        bounds = [0, *(change_points(seen) if len(seen) == points else []), points]
        return [slice(a, b) for a, b in itertools.pairwise(bounds)]

    def alike(self, before: Track, after: Track) -> bool:
        """False when one person would have to change clothes between the two tracks."""
        a, b = self.looks.of(before)[-REACH:], self.looks.of(after)[:REACH]
        return not a or not b or any(look.grey for look in (*a, *b)) or _agree(a, b) >= UNLIKE
