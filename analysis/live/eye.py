"""Who walks past one camera, while they do: packets in, people so far out.

The same steps as a scan (``pipeline.scan``), cheap first: sizes of packets tell when something moves; only then pictures are
decoded, from the keyframe on; some a second are looked at; people are tracked in seconds. Nothing is kept of anybody once their
track has ended and been told.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import av
import numpy as np

from analysis.pipeline.activity import FLOOR_BYTES, KEYFRAME_SHARE, QUIET_FACTOR, QUIET_SHARE
from analysis.pipeline.closer import Closer, CloserConfig, Spell
from analysis.pipeline.counts import Counts
from analysis.pipeline.decode import picture
from analysis.pipeline.describe import look_at
from analysis.pipeline.geometry import CameraGeometry
from analysis.pipeline.scan import Scanner
from analysis.pipeline.types import Frame, Track, Tracklet

from .reader import Piece


@dataclass(frozen=True, slots=True)
class EyeConfig:
    """rate, later_rate: pictures a second that are looked at while something moves, and while those in view have been there for
    a while; eased: by how much longer it waits for the next picture, a second that it lies behind; longest_wait_s: at which
    people are still followed from one picture to the next (at 0.6 s they are not); size: pixels of the detector's longer side;
    times in seconds."""

    rate: float = 4.0
    later_rate: float = 2.5
    eased: float = 0.5
    unnoticed_s: float = 0.25  # behind, and not eased yet
    longest_wait_s: float = 0.45
    size: int = 416
    longest: int = 960
    window_s: float = 0.5  # over which packets are added up
    remembered_s: float = 120.0  # of quiet
    rest_s: float = 3.0  # after the last movement pictures are decoded on
    report_s: float = 0.5  # between two reports, while somebody has just come
    fresh_s: float = 3.0  # for which somebody has just come
    later_report_s: float = 2.0  # between two reports of people who have been there for longer
    quiet_look_s: float = 20.0  # where nothing moves, a keyframe this often all the same
    closer: CloserConfig = field(default_factory=lambda: CloserConfig(spell_s=1800.0))


@dataclass(frozen=True, slots=True)
class Report:
    """key: the same for the same person of one spell; tracklet: all of them so far, times in the stream's seconds; final: they
    are out of view; arrived: ``time.monotonic()`` of the packet with which this became known."""

    key: tuple[float, float]
    tracklet: Tracklet
    final: bool
    arrived: float


class Motion:
    """Whether something moves, by the sizes of packets; learns what quiet costs on this camera."""

    def __init__(self, config: EyeConfig) -> None:
        self.config = config
        self.recent: deque[tuple[float, int]] = deque()
        self.seconds: deque[float] = deque(maxlen=int(config.remembered_s))
        self.keyframes: deque[int] = deque(maxlen=20)
        self.second, self.load = 0, 0.0

    def add(self, piece: Piece) -> bool:
        """One packet; whether something moves now."""
        if piece.keyframe:
            self.keyframes.append(piece.size)
        else:
            if int(piece.at) != self.second:
                self.seconds.append(self.load)
                self.second, self.load = int(piece.at), 0.0
            self.load += piece.size
            self.recent.append((piece.at, piece.size))
        while self.recent and piece.at - self.recent[0][0] > self.config.window_s:
            self.recent.popleft()
        rate = sum(size for _at, size in self.recent) / self.config.window_s
        return rate > self.threshold

    @property
    def threshold(self) -> float:
        """Bytes a second above which something moves."""
        most = KEYFRAME_SHARE * float(np.median(self.keyframes)) if self.keyframes else FLOOR_BYTES
        quiet = QUIET_FACTOR * float(np.quantile(self.seconds, QUIET_SHARE)) if len(self.seconds) >= 5 else most
        return max(FLOOR_BYTES, min(quiet, most))


class Eye:
    """One stream, watched. counts: how much was decoded and looked at, and what it took."""

    def __init__(
        self, scanner: Scanner, geometry: CameraGeometry | None = None, config: EyeConfig | None = None
    ) -> None:
        self.config, self.geometry = config or EyeConfig(), geometry
        self.counts = Counts()
        self.closer = Closer(scanner.detector, scanner.embedder, self.config.closer, self.counts, scanner.things)
        self.motion = Motion(self.config)
        self.zero = 0.0  # the stream's own time of its first packet
        self.spell = Spell(self.closer, self.config.rate, self.closer.things)
        self.group: list[Piece] = []  # since the last keyframe, while nothing is decoded
        self.decoding = False
        self.awake_until, self.looked, self.reported = -1.0, -1e9, -1e9
        self.described: dict[tuple[float, float], float] = {}  # by key: when last
        self.fresh = False  # somebody has just come
        self.behind_s = 0.0

    def take(self, piece: Piece, behind_s: float = 0.0) -> list[Report]:
        """One packet, in order; who is known by it. After a break in the stream everybody before is told for good.

        behind_s: how far the last packet lay behind the camera when it was done with: fewer pictures are looked at then, so
        that a machine with too much to do sees people late by parts of a second, not by more and more.
        """
        told: list[Report] = []
        self.behind_s = behind_s
        if piece.fresh:
            told = self._finished(piece)
            unit = float(piece.packet.time_base)
            self._anew(float(piece.packet.pts) * unit - piece.at)
        if self.motion.add(piece):
            self.awake_until = piece.at + self.config.rest_s
        awake = piece.at <= self.awake_until
        if piece.keyframe:
            if not awake:
                self.decoding = False
            self.group = []
        if self.decoding:
            told += self._see(piece)
        else:
            self.group.append(piece)
            if awake:
                waiting, self.group, self.decoding = self.group, [], True
                for one in waiting:
                    told += self._see(one)
            elif piece.keyframe and piece.at - self.looked >= self.config.quiet_look_s:
                told += self._see(piece)
        if self.spell.over(piece.at):
            told += self._finished(piece)
        return told

    def end(self, piece: Piece) -> list[Report]:
        """No packet comes any more: everybody in view is told for good."""
        return self._finished(piece)

    def _see(self, piece: Piece) -> list[Report]:
        try:
            with self.counts.stage("decode"):
                pictures = piece.stream.codec_context.decode(piece.packet)
        except av.FFmpegError:
            return []  # a damaged packet: what follows may be good
        told: list[Report] = []
        for shown in pictures:
            if shown.pts is None or shown.time_base is None:
                continue
            time = float(shown.pts * shown.time_base) - self.zero
            if time - self.looked >= self._wait - 0.02:
                with self.counts.stage("picture"):
                    frame = picture(shown, time, self.config.longest)
                told += self._look(frame, piece)
        return told

    @property
    def _wait(self) -> float:
        """Seconds between two pictures that are looked at."""
        config, known = self.config, bool(self.described) and not self.fresh
        usual = 1 / (config.later_rate if known else config.rate)
        return min(usual + config.eased * max(0.0, self.behind_s - config.unnoticed_s), config.longest_wait_s)

    def _look(self, frame: Frame, piece: Piece) -> list[Report]:
        self.looked = frame.time
        self.counts.frames += 1
        with self.counts.stage("detect"):
            (people,) = self.closer.detector([frame], self.config.size)
        (glances,) = look_at([frame], [people], self.closer.embedder, self.counts, self.closer.things)
        told = self._finished(piece) if self.spell.over(frame.time) else []
        self.spell.add(frame.time, glances)
        if people:
            self.awake_until = max(self.awake_until, frame.time + self.config.rest_s)
        if self.spell.looks.kept and frame.time - self.reported >= self.config.report_s - 0.02:
            self.reported = frame.time
            told += self._in_view(piece, frame.time)
        return told

    def _in_view(self, piece: Piece, now: float) -> list[Report]:
        """Whoever is due: often while they have just come, then now and then; for good and once who is gone, who is forgotten."""
        config, told, over = self.config, [], []
        self.fresh = False
        for track, look in self.spell.tracks():
            key = _key(track)
            gone = now - track.end > config.closer.tracker.stitch_gap_s
            fresh = now - track.start <= config.fresh_s
            self.fresh |= fresh
            wait = config.report_s if fresh else config.later_report_s
            if gone or now - self.described.get(key, -1e9) >= wait - 0.02:
                self.described[key] = now
                told.append(Report(key, self.spell.described(track, look, self.geometry), gone, piece.arrived))
            if gone:
                over.append(track)
                del self.described[key]
        if over:
            self.spell.forget(over, now - config.closer.tracker.stitch_gap_s)
        return told

    def _finished(self, piece: Piece) -> list[Report]:
        found = self.spell.finished(self.geometry) if self.spell.looks.kept else []
        self.spell = Spell(self.closer, self.config.rate, self.closer.things)
        self.described, self.fresh = {}, False
        return [Report(_key(one.track), one, True, piece.arrived) for one in found]

    def _anew(self, zero: float) -> None:
        """After everybody before was told. zero: the stream's own time of its first packet."""
        self.zero = zero
        self.group, self.decoding = [], False
        self.awake_until, self.looked, self.reported = -1.0, -1e9, -1e9


def _key(track: Track) -> tuple[float, float]:
    return round(track.start, 2), round(float(track.boxes[0, 0]), 0)
