"""A closer look: some seconds of footage, picture by picture, and what it adds to what a survey found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import decode
from .accelerator import ON_CPU
from .boxes import overlap
from .consistency import Clothes
from .counts import Counts
from .describe import Glance, Looks, ThingsModel, describe, look_at
from .detect import Detector
from .embed import Embedder
from .geometry import CameraGeometry
from .track import Tracker, TrackerConfig, foot, unit
from .types import Appearance, Detection, Track, Tracklet, Window


@dataclass(frozen=True, slots=True)
class CloserConfig:
    """rate: pictures a second, where everybody is followed and in a look at a candidate; longest: pixels of the longer
    side that they are scaled to (the survey found the candidate at that size); times in seconds."""

    rate: float = 5.0
    rate_candidate: float = 3.0
    batch: int = 8
    decoder: str = ON_CPU
    longest: int = 1280
    longest_candidate: int = 416
    spell_s: float = 300.0  # tracks are cut there at the latest
    look_s: float = 2.0  # at a candidate, from the best moment on
    enough: int = 5  # looks of a survey at one person, to which a closer one would add little
    tracker: TrackerConfig = field(default_factory=TrackerConfig)


class Corridor:
    """Where people found before may be between the moments at which they were seen."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self.tracks = tracks

    def among(self, people: list[Detection]) -> list[Detection]:
        """Those of the detections that lie there."""
        return [one for one in people if any(self._near(track, one) for track in self.tracks)]

    def _near(self, track: Track, one: Detection) -> bool:
        place = np.array([np.interp(one.time, track.times, column) for column in track.boxes.T])
        height = place[3] - place[1]
        unsure = np.abs(track.times - one.time).min()  # seconds
        apart = np.abs(foot(one.box) - foot(place)) / max(height, 1.0)
        return bool(unsure <= FARTHEST_S and (apart <= [0.5 + SIDEWAYS * unsure, 0.4 + INWARDS * unsure]).all())


FARTHEST_S = 6.0
SIDEWAYS, INWARDS = 1.0, 0.4  # heights a second in which a person may stray from the straight line between two looks


class Closer:
    """Follows everybody through windows of a recording."""

    def __init__(
        self,
        detector: Detector,
        embedder: Embedder,
        config: CloserConfig,
        counts: Counts,
        things: ThingsModel | None = None,
    ) -> None:
        self.detector, self.embedder, self.config, self.counts = detector, embedder, config, counts
        self.things = things

    def follow(
        self,
        path: Path,
        window: Window,
        geometry: CameraGeometry | None,
        damage: decode.Damage,
        within: Callable[[float], None] = lambda at: None,
        wanted: Corridor | None = None,
    ) -> Iterator[Tracklet]:
        """Everybody in the window; with ``wanted`` only who is there, in pictures of the size at which they were found
        before. within: told how far (seconds of the recording) it has come."""
        config, longest = self.config, self.config.longest_candidate if wanted else None
        rate = min(config.rate, config.rate_candidate) if wanted else config.rate
        things = None if wanted else self.things  # of whom the survey found, it told what they carry
        spell = Spell(self, rate, things)
        source = decode.frames(
            path, window, rate, longest or config.longest, damage, roughly=wanted is not None, by=config.decoder
        )
        for batch in self.counts.ahead("frames", decode.in_batches(source, config.batch)):
            self.counts.frames += len(batch)
            with self.counts.stage("detect closely"):
                found = self.detector(batch, longest)
            people = [wanted.among(several) for several in found] if wanted else found
            seen = look_at(batch, people, self.embedder, self.counts, things)
            for frame, glances in zip(batch, seen, strict=True):
                if spell.over(frame.time):
                    yield from spell.finished(geometry)
                    spell = Spell(self, rate, things)
                spell.add(frame.time, glances)
            within(batch[-1].time)
        yield from spell.finished(geometry)


class Spell:
    """People in view for a while, tracked; ended where nobody is left, or when it grows long, so that
    memory does not grow with the footage."""

    def __init__(self, closer: Closer, rate: float, things: ThingsModel | None = None) -> None:
        self.closer, self.config = closer, closer.config
        self.tracker, self.looks = Tracker(rate, self.config.tracker), Looks(things=things)
        self.first = self.last = -np.inf

    def over(self, time: float) -> bool:
        """Whether a new one should begin at a time."""
        return bool(self.looks.kept) and (
            time - self.last > self.config.tracker.stitch_gap_s or time - self.first > self.config.spell_s
        )

    def add(self, time: float, glances: Sequence[Glance]) -> None:
        """One picture's time and the people in it."""
        if glances:
            self.first = self.first if self.looks.kept else time
            self.last = time
        for glance in glances:
            self.looks.keep(glance)
        vectors = np.array([glance.vector for glance in glances], np.float32)
        with self.closer.counts.stage("track"):
            self.tracker.update(time, [glance.person for glance in glances], vectors)

    def finished(self, geometry: CameraGeometry | None) -> list[Tracklet]:
        """Everybody who was seen long enough."""
        return [self.described(track, look, geometry) for track, look in self.tracks()]

    def tracks(self) -> list[tuple[Track, NDArray[np.float32]]]:
        """Everybody who was seen long enough, with their mean embedding ``(d,)``, so far."""
        with self.closer.counts.stage("track"):
            return self.tracker.finished(Clothes(self.looks))

    def described(self, track: Track, look: NDArray[np.float32], geometry: CameraGeometry | None) -> Tracklet:
        """One of ``tracks`` with what they look like."""
        with self.closer.counts.stage("appearance"):
            return Tracklet(track, *describe(track, look, self.closer.embedder.name, self.looks, geometry))

    def forget(self, tracks: Sequence[Track], before: float) -> None:
        """Drops what belongs to tracks that are over, and of looks older than ``before`` (seconds) those that nobody needs."""
        self.tracker.forget(tracks)
        self.looks.forget(min(before, self.tracker.earliest))


def best_moment(tracklet: Tracklet, config: CloserConfig) -> Window:
    """The seconds from the person's best picture on, or up to it where the person was not seen later.

    Pictures of a survey are keyframes, so that nothing need be decoded in vain.
    """
    best = tracklet.picture_time
    if best < tracklet.track.end or best < config.look_s:
        return Window(best, best + config.look_s)
    return Window(best - config.look_s, best + 0.01)


@dataclass(frozen=True, slots=True)
class Closely:
    """What a closer look adds: ``known``, by the index of the tracklet that becomes more exact; and people who
    were not found before."""

    known: dict[int, Tracklet]
    new: tuple[Tracklet, ...]


def added(before: Sequence[Tracklet], closer: Sequence[Tracklet], geometry: CameraGeometry | None) -> Closely:
    """Whom of the tracklets found before those of a closer look follow."""
    known: dict[int, Tracklet] = {}
    new: list[Tracklet] = []
    for found in sorted(closer, key=lambda t: -len(t.track.times)):
        index = _same(before, found)
        if index is None:
            new.append(found)
        elif index not in known:
            known[index] = _more_exact(before[index], found, geometry)
    return Closely(known, tuple(new))


def _same(before: Sequence[Tracklet], found: Tracklet) -> int | None:
    """The tracklet whose way lies best under the one found closely."""
    shared = [_shared(one.track, found.track) for one in before]
    best = int(np.argmax(shared)) if shared else -1
    return best if shared and shared[best] >= SAME else None


SAME = 0.3  # mean intersection over union
BESIDE_S = 0.5  # before the first and after the last look, a person is about where they were


def _shared(one: Track, other: Track) -> float:
    """Mean overlap of the other's boxes with the straight way between the looks of the one."""
    inside = (other.times >= one.start - BESIDE_S) & (other.times <= one.end + BESIDE_S)
    if not inside.any():
        return 0.0
    way = np.stack([np.interp(other.times[inside], one.times, column) for column in one.boxes.T], axis=1)
    return float(np.mean([overlap(a, b)[0, 0] for a, b in zip(way, other.boxes[inside], strict=True)]))


def _more_exact(before: Tracklet, found: Tracklet, geometry: CameraGeometry | None) -> Tracklet:
    kept = (before.track.times < found.track.start) | (before.track.times > found.track.end)
    order = np.argsort(np.concatenate([before.track.times[kept], found.track.times]), kind="stable")
    times, boxes, confidences = (
        np.concatenate([getattr(before.track, name)[kept], getattr(found.track, name)])[order]
        for name in ("times", "boxes", "confidences")
    )
    track = Track(before.track.number, times, boxes, confidences)
    return replace(found, track=track, appearance=_both(before.appearance, found.appearance, track, geometry))


def _both(before: Appearance, closer: Appearance, track: Track, geometry: CameraGeometry | None) -> Appearance:
    """The mean of two looks at one person: a few moments of the whole passage, and many of its best."""
    return replace(
        closer,
        embedding=unit(before.embedding + closer.embedding),
        upper=_mean(before.upper, closer.upper),
        lower=_mean(before.lower, closer.lower),
        height=geometry.height_of(track) if geometry else closer.height,
        heading=geometry.heading_of(track) if geometry else closer.heading,
        things=_mean(before.things, closer.things),
    )


def _mean(before: dict[str, float], closer: dict[str, float]) -> dict[str, float]:
    if not before or not closer:
        return closer or before
    names = {name: (before.get(name, 0.0) + closer.get(name, 0.0)) / 2 for name in {**closer, **before}}
    return {name: round(share, 3) for name, share in sorted(names.items(), key=lambda item: -item[1])}
