"""What may be true of places where the person was perhaps: reports by people, sightings that nobody is sure of.

Each may be right or wrong, so there are several stories of where the person was. A story is as likely as what it takes
for right and wrong, and as the ways between its places: nobody is at two places at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from . import geo
from .reach import LastKnown, reach
from .route import Verdict, verdict

SURE = 1.0
MOST_DOUBTED = 6  # places; of more than these, the surest
LEAST = 0.01  # stories less likely than this are left out

#: How likely a person's way is one of these, against ways that are plausible.
WAYS = {Verdict.PLAUSIBLE: 1.0, Verdict.TIGHT: 0.5, Verdict.RIDE: 0.15, Verdict.IMPOSSIBLE: 0.01}


@dataclass(frozen=True, slots=True)
class Belief:
    """A story: the places where the person was, in order of time, and how likely it is (all stories: 1)."""

    probability: float
    knowns: tuple[LastKnown, ...]

    @property
    def keys(self) -> frozenset[int]:
        """Of its places."""
        return frozenset(known.key for known in self.knowns)


def beliefs(knowns: Iterable[LastKnown]) -> list[Belief]:
    """All stories, the likeliest first; one where nothing is doubted, and one without places where none is known."""
    ordered = sorted(knowns, key=lambda known: known.time)
    doubted = sorted((k for k in ordered if k.certainty < SURE), key=lambda known: -known.certainty)[:MOST_DOUBTED]
    sure = [known for known in ordered if known.certainty >= SURE]
    stories = []
    for taken in itertools.product((True, False), repeat=len(doubted)):
        believed = [known for known, right in zip(doubted, taken, strict=True) if right]
        weight = float(
            np.prod([k.certainty if right else 1 - k.certainty for k, right in zip(doubted, taken, strict=True)])
        )
        story = sorted([*sure, *believed], key=lambda known: known.time)
        stories.append((weight * _ways(story), tuple(story)))
    total = sum(weight for weight, _ in stories) or 1.0
    found = [Belief(weight / total, story) for weight, story in stories if weight / total >= LEAST]
    kept = sum(belief.probability for belief in found)
    return sorted((replace(b, probability=b.probability / kept) for b in found), key=lambda b: -b.probability)


def _ways(story: Sequence[LastKnown]) -> float:
    """Against the likeliest: from each place to the next."""
    weight = 1.0
    for a, b in itertools.pairwise(story):
        distance = float(geo.distance_m(a.lon, a.lat, b.lon, b.lat))
        weight *= WAYS[verdict(distance, b.time - a.time, a.mobility)]
    return weight


def certainty_of(key: int, stories: Sequence[Belief]) -> float:
    """How likely the person was at one of the places, 0 to 1, all the others weighed."""
    return sum(belief.probability for belief in stories if key in belief.keys)


def mixed(
    stories: Sequence[Belief], told: Callable[[list[LastKnown]], float | None], usual: float = 0.0
) -> float | None:
    """Evidence (natural log of a likelihood ratio) under all stories together; ``usual`` where one says nothing, None
    where none says anything. told: evidence under one."""
    parts = [told(list(belief.knowns)) for belief in stories]
    if all(part is None for part in parts):
        return None
    odds = [np.exp(usual if part is None else part) for part in parts]
    return float(np.log(sum(b.probability * o for b, o in zip(stories, odds, strict=True))))


@dataclass(frozen=True, slots=True)
class Decider:
    """What would tell two stories apart: a camera (index), the moment at which to look (seconds), and how likely the
    person passes about then if the first and if the second is true."""

    camera: int
    time: float
    first: float
    second: float


STEP_S = 300.0  # within which a passage is looked for
LEAST_TOLD = 0.02  # of difference in the chance to see the person


def decider(first: Belief, second: Belief, places: NDArray[np.float64], start: float, until: float) -> Decider | None:
    """The camera and the five minutes in which the chance to see the person differs most between two stories.

    places ``(n, 2)``: lon, lat of cameras. None where nothing would tell them apart.
    """
    moments = np.arange(start, until, STEP_S)
    if not len(places) or not len(moments):
        return None
    one, other = (passing(list(story.knowns), places, moments) for story in (first, second))
    apart = np.abs(one - other)
    camera, step = np.unravel_index(int(apart.argmax()), apart.shape)
    if apart[camera, step] < LEAST_TOLD:
        return None
    at = float(moments[step]) + STEP_S / 2
    return Decider(int(camera), at, float(one[camera, step]), float(other[camera, step]))


def passing(knowns: list[LastKnown], places: NDArray[np.float64], moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chance to pass each camera in each five minutes, from the last place before, ``(n, m)``."""
    found = np.zeros((len(places), len(moments)))
    for known, following in itertools.zip_longest(knowns, knowns[1:]):
        reached = reach(known, places[:, 0], places[:, 1])
        finish = following.time if following else np.inf
        for step, moment in enumerate(moments):
            if known.time <= moment < finish:
                ones = np.ones(len(places))
                found[:, step] = reached.chance(moment * ones, min(moment + STEP_S, finish) * ones)
    return found
