"""The one composition: a recording in, tracklets and statistics out.

packets -> active windows -> keyframes -> windows with people -> frames -> detections
-> tracks -> appearances. Each step only narrows, and what it left out is reported.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import activity, colours, decode
from .cloth import light_of, overview
from .consistency import Clothes
from .describe import Embedder, Looks, crop_of, describe
from .detect import Detector
from .geometry import CameraGeometry
from .track import Tracker, TrackerConfig
from .types import Detection, Frame, Interrupted, ScanResult, ScanStats, Skipped, SkipReason, Tracklet, Window

#: Told the share done, 0 to 1; returns False to stop the scan.
Progress = Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class ScanConfig:
    """rate: frames a second in the dense pass. Widths in pixels, other times in seconds."""

    rate: float = 5.0
    batch: int = 8
    keyframe_width: int = 640
    first_size: int = 416  # of the detector's look at keyframes
    first_confidence: float = 0.2  # lower than later: who is missed here is not looked for again
    frame_width: int = 1280
    short_gop_s: float = 2.5  # keyframes further apart than this miss people: look densely instead
    quiet_look_s: float = 30.0  # in quiet parts, one keyframe this often all the same
    spell_s: float = 300.0  # tracks are cut there at the latest
    tracker: TrackerConfig = field(default_factory=TrackerConfig)


@dataclass(slots=True)
class Counts:
    """Running totals of one scan."""

    keyframes: int = 0
    frames: int = 0
    detections: int = 0
    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds the wall time of the block to a stage."""
        begin = clock.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + clock.perf_counter() - begin

    def timed(self, name: str, source: Iterable[list[Frame]]) -> Iterator[list[Frame]]:
        """The same items; the time that each took to come is the stage's."""
        iterator = iter(source)
        while True:
            with self.stage(name):
                item = next(iterator, None)
            if item is None:
                return
            yield item


class Scanner:
    """Scans recordings with one detector and one embedder, which are loaded once."""

    def __init__(self, detector: Detector, embedder: Embedder, config: ScanConfig | None = None) -> None:
        self.detector = detector
        self.embedder = embedder
        self.config = config or ScanConfig()
        self.tracking = replace(self.config.tracker, same_person=embedder.same_person)

    @property
    def version(self) -> str:
        """Tracklets carry it: which weights, which sampling."""
        return f"{self.detector.version}/{self.config.first_size}+{self.embedder.name}~{self.config.rate:g}"

    def scan(
        self,
        path: Path,
        geometry: CameraGeometry | None = None,
        progress: Progress = lambda share: True,
    ) -> ScanResult:
        """Everybody in the recording. PipelineError when it cannot be read, Interrupted when stopped."""
        begin = clock.perf_counter()
        counts, damage = Counts(), decode.Damage()
        with counts.stage("packets"):
            packets = decode.read_packets(path)
        whole = Window(0.0, packets.duration)
        active = activity.active_windows(packets)
        _tell(progress, 0.02)
        dense = self._windows_with_people(path, packets, active, counts, damage, progress)
        tracklets: list[Tracklet] = []
        total, done = sum(window.duration for window in dense) or 1.0, 0.0
        for window in dense:
            before = done

            def within(at: float, window: Window = window, before: float = before) -> None:
                _tell(progress, 0.25 + 0.75 * (before + at - window.start) / total)

            tracklets += self._track(path, window, geometry, counts, damage, within)
            done += window.duration
        _tell(progress, 1.0)
        skipped = [Skipped(gap, SkipReason.QUIET) for gap in activity.gaps(activity.joined(active + dense), whole)]
        skipped += [
            Skipped(gap, SkipReason.NOBODY)
            for window in active
            for gap in activity.gaps([w for w in dense if w.end > window.start and w.start < window.end], window)
        ]
        stats = ScanStats(
            footage_s=packets.duration,
            active_s=sum(window.duration for window in active),
            dense_s=sum(window.duration for window in dense),
            wall_s=clock.perf_counter() - begin,
            keyframes=counts.keyframes,
            frames=counts.frames,
            detections=counts.detections,
            damaged_packets=damage.packets,
            stages={name: round(seconds, 3) for name, seconds in counts.stages.items()},
            skipped=tuple(sorted(skipped, key=lambda s: s.window.start)),
        )
        return ScanResult(tuple(sorted(tracklets, key=lambda t: t.track.start)), stats)

    def _windows_with_people(
        self,
        path: Path,
        packets: decode.PacketTable,
        active: list[Window],
        counts: Counts,
        damage: decode.Damage,
        progress: Progress,
    ) -> list[Window]:
        keys = packets.times[packets.keyframes]
        looked, windows = keyframe_plan(keys, active, packets.duration, self.config)
        source = decode.keyframes(path, looked, self.config.keyframe_width, damage)
        for batch in counts.timed("keyframes", decode.in_batches(source, self.config.batch)):
            counts.keyframes += len(batch)
            with counts.stage("detect"):
                found = self.detector(batch, self.config.first_size, self.config.first_confidence)
            for frame, people in zip(batch, found, strict=True):
                if people:
                    windows.append(gop_around(frame.time, keys, packets.duration))
            _tell(progress, 0.02 + 0.23 * batch[-1].time / packets.duration)
        return activity.joined(windows, gap=self.config.tracker.max_gap_s)

    def _track(
        self,
        path: Path,
        window: Window,
        geometry: CameraGeometry | None,
        counts: Counts,
        damage: decode.Damage,
        within: Callable[[float], None],
    ) -> list[Tracklet]:
        spell, tracklets = Spell(self), []
        source = decode.frames(path, window, self.config.rate, self.config.frame_width, damage)
        for batch in counts.timed("frames", decode.in_batches(source, self.config.batch)):
            counts.frames += len(batch)
            with counts.stage("detect"):
                found = self.detector(batch)
            for frame, people in zip(batch, found, strict=True):
                counts.detections += len(people)
                if spell.over(frame.time):
                    tracklets += spell.finished(geometry, counts)
                    spell = Spell(self)
                spell.add(frame, people, counts)
            within(batch[-1].time)
        return tracklets + spell.finished(geometry, counts)


class Spell:
    """People in view for a while, tracked; ended where nobody is left, or when it grows long, so that
    memory does not grow with the footage."""

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.tracker, self.looks = Tracker(scanner.config.rate, scanner.tracking), Looks()
        self.first = self.last = -np.inf

    def over(self, time: float) -> bool:
        """Whether a new one should begin at a time."""
        config = self.scanner.config
        return bool(self.looks.kept) and (
            time - self.last > config.tracker.stitch_gap_s or time - self.first > config.spell_s
        )

    def add(self, frame: Frame, people: list[Detection], counts: Counts) -> None:
        """One frame with the people in it."""
        if people:
            self.first = self.first if self.looks.kept else frame.time
            self.last = frame.time
        with counts.stage("appearance"):
            crops = [crop_of(frame, person.box) for person in people]
            vectors = self.scanner.embedder(crops) if crops else np.zeros((0, 1), np.float32)
            if people:
                small = overview(frame.image)
                grey, light = colours.is_grey_picture(small), light_of(small)
                for person in people:
                    self.looks.add(frame, person, people, grey, light)
        with counts.stage("track"):
            self.tracker.update(frame.time, people, vectors)

    def finished(self, geometry: CameraGeometry | None, counts: Counts) -> list[Tracklet]:
        """Everybody who was seen long enough."""
        with counts.stage("appearance"):
            return [
                Tracklet(track, *describe(track, look, self.scanner.embedder.name, self.looks, geometry))
                for track, look in self.tracker.finished(Clothes(self.looks))
            ]


def keyframe_plan(
    keys: NDArray[np.float64], active: list[Window], duration: float, config: ScanConfig
) -> tuple[NDArray[np.float64], list[Window]]:
    """Which keyframes to look at first, and which windows to scan densely without asking them."""
    looked: list[float] = []
    straight: list[Window] = []
    bounds = np.append(keys, duration)
    last_quiet = -np.inf
    for key, following in pairwise(bounds):
        moving = [w for w in active if w.start < following and w.end > key]
        if moving and following - key > config.short_gop_s:
            straight += [Window(max(w.start, float(key)), min(w.end, float(following))) for w in moving]
        elif moving:
            looked.append(float(key))
        elif key - last_quiet >= config.quiet_look_s:
            looked.append(float(key))
            last_quiet = key
    return np.array(looked), straight


def gop_around(time: float, keys: NDArray[np.float64], duration: float) -> Window:
    """From the keyframe before to the keyframe after the given one, but at most 5 s to each side."""
    index = int(np.argmin(np.abs(keys - time)))
    before = float(keys[index - 1]) if index else 0.0
    after = float(keys[index + 1]) if index + 1 < len(keys) else duration
    return Window(max(before, time - 5.0), min(max(after, time + 1.0), time + 5.0, duration))


def _tell(progress: Progress, share: float) -> None:
    if not progress(min(share, 1.0)):
        raise Interrupted
