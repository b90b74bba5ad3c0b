"""The survey: everybody, from few pictures.

Keyframes can be decoded without what lies between them; of the groups of pictures (GOPs) in which packet sizes tell
of movement each is looked at, and people are linked from one to the next. Where keyframes lie too far apart to see
everybody who passes, pictures between them are decoded as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import activity, decode
from .accelerator import ON_CPU
from .consistency import Clothes
from .counts import Counts
from .describe import Glance, Looks, ThingsModel, describe, look_at
from .detect import Detector
from .embed import Embedder
from .geometry import CameraGeometry
from .link import LinkConfig, link
from .track import track_of, unit
from .types import Detection, Frame, Track, Tracklet, Window


@dataclass(frozen=True, slots=True)
class SurveyConfig:
    """Times in seconds; size: pixels of the detector's longer side, and what pictures are scaled to."""

    size: int = 416
    confidence: float = 0.2  # of a glimpse; more of a person, see sure and sure_alone
    sure: float = 0.35  # of the best of several glimpses of one person
    sure_alone: float = 0.5  # of the only one
    look_s: float = 1.8  # keyframes nearer than that to the last are passed over
    short_gop_s: float = 2.5  # keyframes further apart miss people
    sparse_rate: float = 2.0  # pictures a second between those
    quiet_look_s: float = 60.0  # where nothing moves, one keyframe this often all the same
    spell_s: float = 300.0  # paths are cut there at the latest
    batch: int = 8
    decoder: str = ON_CPU
    link: LinkConfig = field(default_factory=LinkConfig)


#: What to look at: times of keyframes, or a window to decode sparsely.
Segment = NDArray[np.float64] | Window


@dataclass(frozen=True, slots=True)
class Plan:
    """segments in order of time; active: windows in which something moves."""

    segments: list[Segment]
    active: list[Window]


def survey_plan(packets: decode.PacketTable, config: SurveyConfig) -> Plan:
    """Keyframes of the GOPs in which something moves, and the one after; sparse windows where GOPs are long."""
    seconds = activity.active_seconds(packets)
    keys = packets.times[packets.keyframes]
    bounds = np.append(keys, packets.duration)
    moving = np.concatenate([[0], np.cumsum(seconds)])
    first = np.clip(bounds.astype(int), 0, len(seconds))
    last = np.clip(np.ceil(bounds).astype(int), 0, len(seconds))
    active = moving[np.maximum(last[1:], first[:-1])] > moving[first[:-1]]  # any active second in the GOP
    segments: list[Segment] = []
    looks: list[float] = []
    windows: list[Window] = []

    def look(time: float, apart: float) -> None:
        if not looks or time - looks[-1] >= apart:
            looks.append(time)

    spells = activity.active_windows(packets)
    for index, key in enumerate(keys):
        start, end = float(key), float(bounds[index + 1])
        if not active[index]:
            look(start, config.look_s if index and active[index - 1] else config.quiet_look_s)
            continue
        windows.append(Window(start, end))
        if end - start <= config.short_gop_s:
            look(start, config.look_s)
            continue
        if looks:
            segments.append(np.array(looks))
            looks = []
        inside = [Window(max(w.start, start), min(w.end, end)) for w in spells if w.start < end and w.end > start]
        segments += [window for window in inside if window.duration > 0]
    if looks:
        segments.append(np.array(looks))
    return Plan(_whole(segments), activity.joined(windows))


def _whole(segments: list[Segment]) -> list[Segment]:
    """Windows that follow each other made one."""
    result: list[Segment] = []
    for segment in segments:
        before = result[-1] if result else None
        if isinstance(segment, Window) and isinstance(before, Window) and segment.start - before.end < 1e-6:
            result[-1] = Window(before.start, segment.end)
            continue
        result.append(segment)
    return result


@dataclass(slots=True)
class Glimpses:
    """People in the pictures of a spell, waiting to be linked."""

    people: list[Detection] = field(default_factory=list)
    vectors: list[NDArray[np.float32]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    looks: Looks = field(default_factory=Looks)

    def over(self, time: float, config: SurveyConfig) -> bool:
        """Whether nobody in it can be seen again at a time, or it grew long."""
        if not self.people:
            return False
        return time - self.people[-1].time > config.link.longest_rest_s or time - self.people[0].time > config.spell_s


class Survey:
    """One pass over a recording. ``seen``: times of the pictures with people in them."""

    def __init__(
        self,
        detector: Detector,
        embedder: Embedder,
        config: SurveyConfig,
        counts: Counts,
        things: ThingsModel | None = None,
    ) -> None:
        self.detector, self.embedder, self.config, self.counts = detector, embedder, config, counts
        self.things = things
        self.seen: list[float] = []

    def run(
        self,
        path: Path,
        plan: Plan,
        geometry: CameraGeometry | None,
        damage: decode.Damage,
        within: Callable[[float], None],
    ) -> Iterator[Tracklet]:
        """Everybody, spell by spell. within: told how far (seconds) it has come."""
        config, glimpses = self.config, Glimpses(looks=Looks(things=self.things))
        pictures = chain.from_iterable(self._pictures(path, segment, damage) for segment in plan.segments)
        for batch in self.counts.ahead("keyframes", decode.in_batches(pictures, config.batch)):
            self.counts.keyframes += len(batch)
            with self.counts.stage("detect"):
                found = self.detector(batch, config.size, config.confidence)
            seen = look_at(batch, found, self.embedder, self.counts, self.things)
            for frame, glances in zip(batch, seen, strict=True):
                if glimpses.over(frame.time, config):
                    yield from self._people(glimpses, geometry)
                    glimpses = Glimpses(looks=Looks(things=self.things))
                self._add(glimpses, frame.time, glances)
            within(batch[-1].time)
        yield from self._people(glimpses, geometry)

    def _pictures(self, path: Path, segment: Segment, damage: decode.Damage) -> Iterator[Frame]:
        if isinstance(segment, Window):
            return decode.frames(
                path, segment, self.config.sparse_rate, self.config.size, damage, by=self.config.decoder
            )
        return decode.keyframes(path, segment, self.config.size, damage, self.config.decoder)

    def _add(self, glimpses: Glimpses, time: float, glances: list[Glance]) -> None:
        glimpses.times.append(time)
        if not glances:
            return
        self.seen.append(time)
        for glance in glances:
            glimpses.looks.keep(glance)
            glimpses.vectors.append(glance.vector)
            glimpses.people.append(glance.person)

    def _people(self, glimpses: Glimpses, geometry: CameraGeometry | None) -> Iterator[Tracklet]:
        if not glimpses.people:
            return
        with self.counts.stage("track"):
            vectors = np.array(glimpses.vectors, dtype=np.float32)
            exposed = glimpses.looks.exposed(glimpses.people)
            paths = link(glimpses.people, vectors, exposed, np.array(glimpses.times), self.config.link)
        judge = Clothes(glimpses.looks)
        for path in paths:
            for part in judge.cuts(track_of([glimpses.people[i] for i in path])):
                track = track_of([glimpses.people[i] for i in path[part]])
                if not self._sure(track):
                    continue
                with self.counts.stage("appearance"):
                    look = unit(vectors[path[part]].mean(axis=0))
                    found = describe(track, look, self.embedder.name, glimpses.looks, geometry)
                yield Tracklet(track, *found)

    def _sure(self, track: Track) -> bool:
        least = self.config.sure if len(track.times) > 1 else self.config.sure_alone
        return bool(track.confidences.max() >= least)
