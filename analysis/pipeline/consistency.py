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


def agreement(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """0 (nothing in common) to 1: shares ``(n,)`` of named colours, likeness of names counted."""
    across = float(a @ _LIKENESS @ b)
    within = float(np.sqrt((a @ _LIKENESS @ a) * (b @ _LIKENESS @ b)))
    return across / within if within else 1.0


def change_points(looks: Sequence[Look]) -> list[int]:
    """Indices at which another person begins, ascending; looks in order of time.

    Binary segmentation: the sharpest change first, then each side on its own.
    """
    if any(look.grey for look in looks):
        return []
    scores = [
        (_agree(looks[max(0, at - REACH) : at], looks[at : at + REACH]), at)
        for at in range(LEAST, len(looks) - LEAST + 1)
    ]
    if not scores or min(scores)[0] >= UNLIKE:
        return []
    at = min(scores)[1]
    return [*change_points(looks[:at]), at, *(at + index for index in change_points(looks[at:]))]


def _agree(before: Sequence[Look], after: Sequence[Look]) -> float:
    upper = agreement(_mean(before, "upper"), _mean(after, "upper"))
    lower = agreement(_mean(before, "lower"), _mean(after, "lower"))
    return min(upper, (upper + lower) / 2)


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
