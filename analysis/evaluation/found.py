"""Tracklets of a scanned scenario beside the truth of whom they follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..pipeline.types import Tracklet
from ..search.belief import beliefs
from ..search.looks import CENTRED, ENOUGH, centred, mean_look
from ..search.match import SHOWN, Seen, Wanted, match
from ..search.reach import LastKnown
from ..simulation.footage import Truth
from ..simulation.people import things_of
from ..simulation.scenario import Scenario, SimulatedCamera


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A tracklet, the camera that saw it, and the key of the person it follows (None: nobody's)."""

    tracklet: Tracklet
    camera: SimulatedCamera
    person: str | None

    @property
    def time(self) -> float:
        """Seconds since the person was last seen, by the camera's own clock."""
        return self.camera.start + self.camera.clock_offset + self.tracklet.track.start

    def seen(self) -> Seen:
        """As the matcher sees it."""
        looks = self.tracklet.appearance
        return Seen(
            upper=looks.upper, lower=looks.lower, height=looks.height, heading=looks.heading, embedding=looks.embedding,
            embedding_model=looks.embedding_model, lon=self.camera.lon, lat=self.camera.lat, time=self.time,
            things=looks.things,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scenario with the truth of its files and what a scan found in them, camera by camera.

    work: seconds of one core that the scan of each file took, in the order of ``truths``; empty: not measured.
    """

    scenario: Scenario
    truths: tuple[Truth, ...]
    found: tuple[Found, ...]
    work: tuple[float, ...] = ()

    @property
    def true_cameras(self) -> set[str]:
        """Cameras that had the person in view."""
        key = self.scenario.target.key
        return {truth.camera.name for truth in self.truths if truth.visible(key) is not None}

    def is_target(self, found: Found) -> bool:
        """Whether the tracklet follows the person sought."""
        return found.person == self.scenario.target.key

    def wanted(self) -> Wanted:
        """The description."""
        return wanted_of(self.scenario)

    def last_seen(self) -> LastKnown:
        """Where, when and walking which way."""
        return last_seen_of(self.scenario)


def wanted_of(scenario: Scenario) -> Wanted:
    """The description as a family would give it: colours, things carried, and the height to ten centimetres."""
    target = scenario.target
    has = things_of(target)
    return Wanted(target.upper, target.lower, target.height - 0.05, target.height + 0.05, has=has)


def last_seen_of(scenario: Scenario) -> LastKnown:
    """Where, when and walking which way."""
    return LastKnown(scenario.lon, scenario.lat, 0.0, scenario.direction, scenario.mobility)


@dataclass(frozen=True, slots=True)
class Fits:
    """Whether a tracklet of a camera would be put before an operator, by the description alone."""

    wanted: Wanted
    last_seen: LastKnown
    camera: SimulatedCamera

    def __call__(self, tracklet: Tracklet) -> bool:
        return match(self.wanted, Found(tracklet, self.camera, None).seen(), beliefs([self.last_seen])).score >= SHOWN


def attribute(
    scenario: Scenario, truths: Sequence[Truth], tracklets: Sequence[Sequence[Tracklet]], work: Sequence[float] = ()
) -> Scanned:
    """Says of each tracklet whom it follows, and takes off its embedding what the camera's people have in common, as a
    search does; ``tracklets`` (and ``work``): one for each truth."""
    tracklets = without_cameras(tracklets)
    found = [
        Found(tracklet, truth.camera, truth.person_at(tracklet.track.times.tolist(), tracklet.track.boxes.tolist()))
        for truth, several in zip(truths, tracklets, strict=True)
        for tracklet in several
    ]
    return Scanned(scenario, tuple(truths), tuple(found), tuple(work))


def without_cameras(tracklets: Sequence[Sequence[Tracklet]]) -> Sequence[Sequence[Tracklet]]:
    """The same people, their embeddings without their cameras' share; as they are where there are too few."""
    looks = [np.array([one.appearance.embedding for one in several], np.float32) for several in tracklets]
    filled = [of for of in looks if len(of)]
    if sum(len(of) for of in filled) < ENOUGH:
        return tracklets
    overall = np.concatenate(filled).mean(axis=0)
    result = []
    for several, of in zip(tracklets, looks, strict=True):
        mean = mean_look(of.reshape(-1, len(overall)), overall)
        result.append([_with_look(one, centred(one.appearance.embedding, mean)) for one in several])
    return result


def _with_look(tracklet: Tracklet, look: NDArray[np.float32]) -> Tracklet:
    looks = tracklet.appearance
    model = CENTRED + looks.embedding_model
    return replace(tracklet, appearance=replace(looks, embedding=look, embedding_model=model))
