"""How well a tracklet fits the description, as evidence that adds up.

Each factor is a log-likelihood ratio (natural logarithm): how much likelier this observation
is if it is the person than if it is somebody else. Unknown is 0. The prior and the factors
add up to the log-odds of the score, so the bars on the screen are the whole story.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..pipeline.colours import likeness
from ..pipeline.things import BASE_RATE as THINGS_RATE
from ..pipeline.things import evidence
from ..pipeline.types import Estimate
from . import geo
from .belief import Belief, mixed
from .looks import CENTRED
from .reach import (
    BOARDING_S,
    MEDIAN_DISTANCE_M,
    PACES,
    PATH_FACTOR,
    RIDE_MEDIAN_M,
    RIDES,
    TIME_SIGMA,
    LastKnown,
    ridden,
)
from .ways import way_m

PRIOR = -3.0  # one person among some twenty who could have passed
SHOWN = 0.10  # candidates below this score are not put before an operator

#: How much of a passer-by's clothing answers to a colour, likeness counted (estimate for city streets).
BASE_RATE = {
    "black": 0.38, "grey": 0.30, "white": 0.22, "navy": 0.26, "blue": 0.18, "beige": 0.14, "brown": 0.13,
    "red": 0.07, "pink": 0.06, "green": 0.07, "orange": 0.06, "yellow": 0.06, "purple": 0.06,
}  # fmt: skip

POPULATION_HEIGHT = Estimate(1.65, 0.11)  # metres, people in the street
UNSURE = 0.5  # what evidence from an unsure statement is worth
COLOURLESS = 0.3  # what likeness is worth under infrared, where clothes lose their colours
UNSAID_RIDE = -3.0  # evidence of a passage that only a ride of which nobody said anything explains
ARRIVING = 1.0  # how firmly somebody walks on away from where they were (von Mises)
HEIGHT_ERROR = 0.07  # metres: shoes, stoop, box edges


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of the person. Heights in metres; looks: embeddings ``(d,)`` by model name; has, has_not: things
    carried (``pipeline.things``); second: another colour of the same clothing; unsure: factors that count half; references: as looks, of pictures that no
    camera took, which count half, and only until a camera saw the person."""

    upper: str = ""
    lower: str = ""
    height_min: float | None = None
    height_max: float | None = None
    looks: dict[str, list[NDArray[np.float32]]] = field(default_factory=dict)
    unlike: dict[str, list[NDArray[np.float32]]] = field(default_factory=dict)
    has: tuple[str, ...] = ()
    has_not: tuple[str, ...] = ()
    upper_second: str = ""
    lower_second: str = ""
    unsure: frozenset[str] = frozenset()
    references: dict[str, list[NDArray[np.float32]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A tracklet as the matcher sees it; time in seconds of the common clock, place WGS84."""

    upper: dict[str, float]
    lower: dict[str, float]
    height: Estimate | None
    heading: Estimate | None
    embedding: NDArray[np.float32]
    embedding_model: str
    lon: float
    lat: float
    time: float
    things: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """score: probability 0 to 1; factors: log-likelihood ratios by name, without the unknown ones."""

    score: float
    factors: dict[str, float]


def match(wanted: Wanted, seen: Seen, stories: Sequence[Belief]) -> Match:
    """Weighs one tracklet. stories: where the person may have been (``belief.beliefs``)."""
    factors = {
        "upper": clothing(wanted.upper, seen.upper, wanted.upper_second),
        "lower": clothing(wanted.lower, seen.lower, wanted.lower_second),
        "things": carried(wanted.has, wanted.has_not, seen.things),
        "height": height(wanted.height_min, wanted.height_max, seen.height),
        "timing": mixed(stories, lambda knowns: timing(seen, knowns)),
        "direction": mixed(stories, lambda knowns: direction(seen, knowns)),
        "likeness": likeness_of(wanted, seen),
    }
    known = {
        name: round(value * (UNSURE if name in wanted.unsure else 1.0), 3)
        for name, value in factors.items()
        if value is not None
    }
    odds = PRIOR + sum(known.values())
    return Match(round(float(1 / (1 + np.exp(-odds))), 4), known)


def clothing(colour: str, shares: dict[str, float], second: str = "") -> float | None:
    """Share of the clothing that answers to the named colour, or to either of two, against passers-by."""
    if not colour or not shares:
        return None
    colours = [name for name in (colour, second) if name]
    fits = sum(share * max(likeness(stated, name) for stated in colours) for name, share in shares.items())
    base = min(sum(BASE_RATE[name] for name in set(colours)), 0.8)
    return float(np.clip(np.log((fits + 0.03) / (base + 0.03)), -2.5, 2.2))


THINGS_TRUST = 0.6  # of what the model says: it learnt from rendered people


def carried(has: tuple[str, ...], has_not: tuple[str, ...], seen: dict[str, float]) -> float | None:
    """What the person carries, pushes or rides. Things are put down and left: their absence says less than their
    presence."""
    with_it = [value for thing in has if (value := evidence(seen, thing)) is not None]
    without = [_absence(seen[thing], THINGS_RATE[thing]) for thing in has_not if thing in seen]
    if not with_it and not without:
        return None
    return float(np.clip(THINGS_TRUST * (sum(with_it) + sum(without)), -1.0, 2.2))


def _absence(probability: float, base: float) -> float:
    return float(np.log(max(1 - probability, 1e-2) / (1 - base)))


def height(low: float | None, high: float | None, seen: Estimate | None) -> float | None:
    """Measured height against the stated range, and against people in the street."""
    if seen is None or (low is None and high is None):
        return None
    low, high = low if low is not None else high - 0.1, high if high is not None else low + 0.1  # type: ignore[operator]
    sd = float(np.hypot(seen.sd, HEIGHT_ERROR))
    off = max(low - seen.value, seen.value - high, 0.0)
    fits = np.exp(-0.5 * (off / sd) ** 2) / (high - low + 2.5 * sd)
    wide = float(np.hypot(POPULATION_HEIGHT.sd, seen.sd))
    others = np.exp(-0.5 * ((seen.value - POPULATION_HEIGHT.value) / wide) ** 2) / (wide * np.sqrt(2 * np.pi))
    return float(np.clip(np.log((fits + 1e-4) / (others + 1e-4)), -2.0, 1.2))


def timing(seen: Seen, knowns: list[LastKnown]) -> float | None:
    """Could the person be there by then, and is it about the time one would expect?

    Judged from the latest known point before and the earliest after the moment.
    """
    before = max((k for k in knowns if k.time <= seen.time), key=lambda k: k.time, default=None)
    after = min((k for k in knowns if k.time > seen.time), key=lambda k: k.time, default=None)
    if before is None:
        return -6.0 if knowns else None
    parts = [_leg(before, seen)]
    if after is not None:
        parts.append(_leg(after, seen))
    return min(parts)


def _leg(known: LastKnown, seen: Seen) -> float:
    distance = float(geo.distance_m(known.lon, known.lat, seen.lon, seen.lat))
    elapsed = abs(seen.time - known.time)
    if distance > 60 and distance / max(elapsed, 1.0) > known.pace.fastest:
        return UNSAID_RIDE if ridden(distance, elapsed) else -6.0
    on_the_ground = float(way_m(known.lon, known.lat, np.array([seen.lon]), np.array([seen.lat]))[0])
    return max(_usual(on_the_ground, elapsed, way) for way, _share in known.ways)


def _usual(distance: float, elapsed: float, way: str) -> float:
    """How well the time fits the distance, moving that way."""
    usual = max(distance, 20.0) * PATH_FACTOR / PACES[way].usual + (BOARDING_S if way in RIDES else 0.0)
    spread = (np.log(max(elapsed, 1.0)) - np.log(usual)) / (2 * TIME_SIGMA)
    far = distance / (4 * (RIDE_MEDIAN_M if way in RIDES else MEDIAN_DISTANCE_M))
    return float(np.clip(0.8 - 0.5 * spread**2 - far, -2.0, 0.8))


def direction(seen: Seen, knowns: list[LastKnown]) -> float | None:
    """Walks on in the way that the person was going, and away from where they were; both are forgotten within half an hour."""
    before = max((k for k in knowns if k.time <= seen.time), key=lambda k: k.time, default=None)
    if before is None:
        return None
    faith = float(np.exp(-(seen.time - before.time) / 1800))
    heading = seen.heading.value if seen.heading is not None and seen.heading.sd < 45 else None
    far = float(geo.distance_m(before.lon, before.lat, seen.lon, seen.lat)) > 60
    way = float(geo.bearing(before.lon, before.lat, seen.lon, seen.lat)) if far else None
    parts = []
    if before.direction is not None and (way is not None or heading is not None):
        angles = [float(geo.turn(before.direction, angle)) for angle in (way, heading) if angle is not None]
        parts.append(faith * float(np.mean(np.cos(np.radians(angles)))))
    if way is not None and heading is not None:
        parts.append(_arrival(float(geo.turn(way, heading)), faith))
    return float(np.clip(sum(parts), -1.0, 1.0)) if parts else None


def _arrival(turn: float, faith: float) -> float:
    """Whoever came from there walks on rather than back; others walk this way or that (von Mises against uniform)."""
    firmness = ARRIVING * faith
    return firmness * float(np.cos(np.radians(turn))) - float(np.log(np.i0(firmness)))


#: Cosine likeness at which same and different people balance, and how fast it tells them apart, by family of models:
#: as measured on rendered people (``tests.benchmarks.likeness``), less steep, for real ones differ more. Without the
#: cameras' share they balance at the same likeness on rendered and on real people; with it they do not.
LIKENESS = {
    "names": (0.62, 5.5), "retail-0288": (0.52, 9.0), "appearance-street-8": (0.44, 6.0),
    "appearance-street": (0.42, 5.0),  # before vectors were whitened
    CENTRED + "names": (0.16, 3.2), CENTRED + "retail-0288": (0.13, 8.0), CENTRED + "appearance-street-8": (0.14, 7.0),
    CENTRED + "appearance-street": (0.13, 7.0),
}  # fmt: skip


def likeness_of(wanted: Wanted, seen: Seen) -> float | None:
    """To those whom cameras saw; else to reference pictures, whose light and time were others."""
    if (found := alike(wanted.looks, wanted.unlike, seen)) is not None:
        return found
    found = alike(wanted.references, wanted.unlike, seen)
    return None if found is None else UNSURE * found


def alike(
    looks: dict[str, list[NDArray[np.float32]]], unlike: dict[str, list[NDArray[np.float32]]], seen: Seen
) -> float | None:
    """Likeness to confirmed sightings; a rejected one that is more alike pulls down."""
    same = looks.get(seen.embedding_model, [])
    if not same:
        return None
    unknown = CENTRED + "names" if seen.embedding_model.startswith(CENTRED) else "names"
    family = next((f for f in LIKENESS if seen.embedding_model.startswith(f)), unknown)
    middle, slope = LIKENESS[family]
    best = float(np.mean(sorted((float(seen.embedding @ look) for look in same), reverse=True)[:3]))
    evidence = slope * (best - middle)
    others = [float(seen.embedding @ look) for look in unlike.get(seen.embedding_model, [])]
    if others and max(others) > best:
        evidence -= slope * (max(others) - best)
    colourless = not seen.upper and not seen.lower
    return float(np.clip(evidence, -2.5, 3.0)) * (COLOURLESS if colourless else 1.0)
