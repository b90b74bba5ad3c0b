"""Tracklets of a scanned scenario beside the truth of whom they follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..pipeline.types import Tracklet
from ..search.match import SHOWN, Seen, Wanted, match
from ..search.reach import LastKnown
from ..simulation.footage import Truth
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
    """The description as a family would give it: colours, and the height to ten centimetres."""
    target = scenario.target
    return Wanted(target.upper, target.lower, target.height - 0.05, target.height + 0.05)


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
        return match(self.wanted, Found(tracklet, self.camera, None).seen(), [self.last_seen]).score >= SHOWN


def attribute(
    scenario: Scenario, truths: Sequence[Truth], tracklets: Sequence[Sequence[Tracklet]], work: Sequence[float] = ()
) -> Scanned:
    """Says of each tracklet whom it follows; ``tracklets`` (and ``work``): one for each truth."""
    found = [
        Found(tracklet, truth.camera, truth.person_at(tracklet.track.times.tolist(), tracklet.track.boxes.tolist()))
        for truth, several in zip(truths, tracklets, strict=True)
        for tracklet in several
    ]
    return Scanned(scenario, tuple(truths), tuple(found), tuple(work))
