"""People seen every second or two, from one look to the next: all links of a spell are chosen together.

Where pictures lie seconds apart a tracker that goes from frame to frame has nothing to predict from. Here every
pair of glimpses gets the logarithm of how much likelier it is that they show one person than two, from motion,
size and appearance; the set of links with the largest sum, each glimpse with one follower at most, is an
assignment problem. Paths found so give speeds, speeds give better predictions, and the choice is made again.
(Data association as a minimum-cost path cover: Zhang, Li, Nevatia 2008, Global Data Association for Multi-Object
Tracking Using Network Flows; here with links between glimpses only.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from .boxes import overlap
from .types import Detection


@dataclass(frozen=True, slots=True)
class LinkConfig:
    """Times in seconds, distances in heights of the person (which a person walks in two seconds or so)."""

    longest_gap_s: float = 6.0
    longest_rest_s: float = 90.0  # who has not moved at all is the same after this time
    looks_missed: int = 2  # in a row, at most, where pictures lie further apart than this:
    hidden_s: float = 3.0
    wander: tuple[float, float] = (0.25, 0.60)  # sd of the place after t seconds, speed unknown: a + b t
    drift: tuple[float, float] = (0.20, 0.22)  # the same where the speed is known
    growth: tuple[float, float] = (0.08, 0.05)  # sd of the logarithm of the height
    same_person: float = 0.30  # cosine distance at which appearance says nothing
    faith: float = 5.0  # what appearance weighs at distance 0
    least_faith: float = 0.6  # share of it that is left for people who are cut off or covered
    missed: float = 1.5  # what every look without the person costs; no more than
    hidden: float = 0.7  # for every second
    stay: float = 0.3  # likelier than not, whoever is there is there at the next look
    rounds: int = 4


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which glimpses may follow which: indices ``(n,)``, looks missed between them ``(n,)``."""

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    missed: NDArray[np.int64]


def link(
    glimpses: list[Detection],
    vectors: NDArray[np.float32],
    exposed: NDArray[np.float64],
    looks: NDArray[np.float64],
    config: LinkConfig,
) -> list[list[int]]:
    """Paths through glimpses, as lists of indices in order of time; every glimpse is in one of them.

    glimpses: in order of time; vectors ``(n, d) float32`` of length 1; exposed ``(n,)``: 0 to 1, how much of the
    person is to be seen, and so how far appearance is to be believed; looks: ascending times (seconds) of all
    pictures that were looked at, also those without people.
    """
    if len(glimpses) < 2:
        return [[index] for index in range(len(glimpses))]
    boxes = np.array([g.box for g in glimpses], dtype=np.float64)
    times = np.array([g.time for g in glimpses])
    heights = np.maximum(boxes[:, 3] - boxes[:, 1], 1.0)
    feet = np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1)
    pairs = _pairs(times, looks, boxes, config)
    gap = times[pairs.after] - times[pairs.before]
    fixed = _fixed_gain(pairs, gap, heights, vectors, exposed, config)
    rests = gap > config.longest_gap_s
    following: dict[int, int] = {}
    for round_ in range(config.rounds):
        reached, left = _speeds(following, times, feet)
        # Two who cross are told apart from the side of which more is known: first by the way they came.
        speeds = (reached, left if round_ > 1 else np.full_like(left, np.nan))
        gain = fixed + np.where(rests, 0.0, _motion_gain(pairs, gap, feet, heights, speeds, config))
        chosen = _best(pairs, gain, len(glimpses))
        if chosen == following and round_ > 1:
            break
        following = chosen
    return _chains(following, len(glimpses))


def _pairs(
    times: NDArray[np.float64], looks: NDArray[np.float64], boxes: NDArray[np.float64], config: LinkConfig
) -> Pairs:
    at = np.searchsorted(looks, times - 1e-3)
    before, after = [], []
    for index in range(len(times)):
        low = int(np.searchsorted(at, at[index], side="right"))
        soon = int(np.searchsorted(at, at[index] + 1 + config.looks_missed, side="right"))
        high = max(soon, int(np.searchsorted(times, times[index] + config.hidden_s, side="right")))
        if low == high:
            continue
        later = np.arange(low, high)
        gap = times[later] - times[index]
        rested = (gap <= config.longest_rest_s) & (at[later] == at[index] + 1)
        if (rested & (gap > config.longest_gap_s)).any():
            rested[rested] = overlap(boxes[index], boxes[later[rested]])[0] > 0.5
        kept = later[(gap <= config.longest_gap_s) | rested]
        before.append(np.full(len(kept), index))
        after.append(kept)
    first = np.concatenate(before) if before else np.zeros(0, np.int64)
    second = np.concatenate(after) if after else np.zeros(0, np.int64)
    return Pairs(first, second, at[second] - at[first] - 1)


def _fixed_gain(
    pairs: Pairs,
    gap: NDArray[np.float64],
    heights: NDArray[np.float64],
    vectors: NDArray[np.float32],
    exposed: NDArray[np.float64],
    config: LinkConfig,
) -> NDArray[np.float64]:
    """What appearance, size and missed looks say; it does not change with the paths."""
    cosine = 1.0 - np.einsum("ij,ij->i", vectors[pairs.before], vectors[pairs.after])
    looks_like = np.clip(config.faith * (1 - cosine / config.same_person), -1.2 * config.faith, config.faith)
    shown = np.minimum(exposed[pairs.before], exposed[pairs.after])
    looks_like *= np.maximum(shown, config.least_faith)
    spread = config.growth[0] + config.growth[1] * np.minimum(gap, config.longest_gap_s)
    grown = np.log(heights[pairs.after] / heights[pairs.before]) / spread
    size = np.log(OTHERS_HEIGHT / spread) - 0.5 * grown**2
    absent = np.minimum(config.missed * pairs.missed, config.hidden * gap)
    return looks_like + size + config.stay - absent


OTHERS_HEIGHT = 0.35  # sd of the logarithm of how tall two people in one picture are to each other
OTHERS_PLACE = 40.0  # heights squared: a picture's area, in which another person may stand anywhere


def _motion_gain(
    pairs: Pairs,
    gap: NDArray[np.float64],
    feet: NDArray[np.float64],
    heights: NDArray[np.float64],
    speeds: tuple[NDArray[np.float64], NDArray[np.float64]],
    config: LinkConfig,
) -> NDArray[np.float64]:
    """How well two places agree: by the speed at which the first was reached, and the second left; or by none."""
    scale = (heights[pairs.before] + heights[pairs.after])[:, None] / 2
    moved = feet[pairs.after] - feet[pairs.before]
    gains = []
    for known in (speeds[0][pairs.before], speeds[1][pairs.after]):
        sure = ~np.isnan(known[:, 0])
        (a, b), (c, d) = config.wander, config.drift
        spread = np.where(sure, c + d * gap, a + b * gap)
        off = np.linalg.norm((moved - np.nan_to_num(known) * gap[:, None]) / scale, axis=1) / spread
        # A heavier tail than the normal distribution's: people turn, stop, ride.
        gains.append(np.log(OTHERS_PLACE / (2 * np.pi * spread**2)) - 2.0 * np.log1p(off**2 / 4))
    return np.mean(gains, axis=0)


def _best(pairs: Pairs, gain: NDArray[np.float64], count: int) -> dict[int, int]:
    """Links with the largest sum of gains, each glimpse before and after one other at most.

    Every glimpse may also lead to an end of its own, which costs nothing.
    """
    useful = gain > 0
    before, after, gain = pairs.before[useful], pairs.after[useful], gain[useful]
    if not len(gain):
        return {}
    top = float(gain.max()) + 1.0
    own = np.arange(count)
    costs = csr_matrix(
        (
            np.concatenate([top - gain, np.full(count, top)]),
            (np.concatenate([before, own]), np.concatenate([after, count + own])),
        ),
        shape=(count, 2 * count),
    )
    rows, columns = min_weight_full_bipartite_matching(costs)
    return {int(row): int(column) for row, column in zip(rows, columns, strict=True) if column < count}


def _chains(following: dict[int, int], count: int) -> list[list[int]]:
    led = set(following.values())
    chains = []
    for head in range(count):
        if head in led:
            continue
        chain = [head]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        chains.append(chain)
    return chains


def _speeds(
    following: dict[int, int], times: NDArray[np.float64], feet: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pixels a second ``(n, 2)`` at which each glimpse was reached and left; NaN without a link there."""
    reached, left = np.full_like(feet, np.nan), np.full_like(feet, np.nan)
    for before, after in following.items():
        reached[after] = left[before] = (feet[after] - feet[before]) / (times[after] - times[before])
    return reached, left
