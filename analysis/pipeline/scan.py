"""The one composition: a recording in, tracklets and statistics out.

packets -> groups of pictures in which something moves -> their keyframes -> people, linked from look to look.
Then a closer look, picture by picture: at those who fit what is wanted, about their best moment; or at everybody,
all the time. Each step only narrows, and what it left out is reported.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import activity, decode
from .closer import Closely, Closer, CloserConfig, Corridor, added, best_moment
from .counts import Counts
from .describe import ThingsModel
from .detect import Detector
from .embed import Embedder
from .geometry import CameraGeometry
from .survey import Plan, Survey, SurveyConfig, survey_plan
from .types import Interrupted, ScanResult, ScanStats, Skipped, SkipReason, Tracklet, Window

#: Told the share done, 0 to 1; returns False to stop the scan.
Progress = Callable[[float], bool]

#: Whether somebody may be the person wanted, and deserves a closer look.
Fits = Callable[[Tracklet], bool]


@dataclass(frozen=True, slots=True)
class ScanConfig:
    """The survey's, the closer look's, and the tracker's settings."""

    survey: SurveyConfig = field(default_factory=SurveyConfig)
    closer: CloserConfig = field(default_factory=CloserConfig)


class Scanner:
    """Scans recordings with one detector, one embedder and one who tells what is carried, which are loaded once."""

    def __init__(
        self,
        detector: Detector,
        embedder: Embedder,
        config: ScanConfig | None = None,
        things: ThingsModel | None = None,
    ) -> None:
        self.detector = detector
        self.embedder = embedder
        self.things = things
        config = config or ScanConfig()
        same = embedder.same_person
        self.config = ScanConfig(
            replace(config.survey, link=replace(config.survey.link, same_person=same)),
            replace(config.closer, tracker=replace(config.closer.tracker, same_person=same)),
        )

    @property
    def version(self) -> str:
        """Tracklets carry it: which weights, which sampling."""
        rate = self.config.closer.rate
        models = "+".join([self.embedder.name, *([self.things.name] if self.things else [])])
        return f"{self.detector.version}/{self.config.survey.size}+{models}~{rate:g}"

    def scan(
        self,
        path: Path,
        geometry: CameraGeometry | None = None,
        progress: Progress = lambda share: True,
        fits: Fits | None = None,
    ) -> ScanResult:
        """Everybody in the recording, followed picture by picture wherever there are people; with ``fits``
        surveyed, and only those who fit looked at closely. PipelineError when it cannot be read, Interrupted
        when stopped."""
        work = _Work(self, path, geometry)
        surveyed = work.survey(lambda share: _tell(progress, (0.9 if fits else 0.25) * share))
        if fits is None:
            windows = work.windows_with_people()
            tracklets = work.follow(windows, lambda share: _tell(progress, 0.25 + 0.75 * share))
        else:
            windows, tracklets = work.with_closer_looks(
                surveyed, fits, lambda share: _tell(progress, 0.9 + 0.1 * share)
            )
        _tell(progress, 1.0)
        return ScanResult(tuple(sorted(tracklets, key=lambda t: t.track.start)), work.stats(windows))

    def survey(
        self, path: Path, geometry: CameraGeometry | None = None, progress: Progress = lambda share: True
    ) -> ScanResult:
        """Everybody in the recording, from keyframes."""
        return self.scan(path, geometry, progress, fits=lambda found: False)

    def look_closer(
        self,
        path: Path,
        before: Sequence[Tracklet],
        wanted: Sequence[int],
        geometry: CameraGeometry | None = None,
        progress: Progress = lambda share: True,
    ) -> Closely:
        """What some seconds about the best moment of one of the people found ``before`` add to them. wanted: indices
        of those who are of interest, the one whose moment it is first."""
        work = _Work(self, path, geometry)
        return work.look_closer(before, wanted, lambda share: _tell(progress, share))[1]


class _Work:
    """One recording being scanned: what was read of it, and what was done."""

    def __init__(self, scanner: Scanner, path: Path, geometry: CameraGeometry | None) -> None:
        self.scanner, self.path, self.geometry = scanner, path, geometry
        self.counts, self.damage = Counts(), decode.Damage()
        self.begin = clock.perf_counter()
        self.duration = float("inf")
        self.keys: NDArray[np.float64] = np.zeros(0)
        self.plan = Plan([], [])
        self.seen: list[float] = []

    def survey(self, told: Callable[[float], None]) -> list[Tracklet]:
        """Everybody from keyframes."""
        with self.counts.stage("packets"):
            packets = decode.read_packets(self.path)
        self.duration, self.keys = packets.duration, packets.times[packets.keyframes]
        config = self.scanner.config.survey
        self.plan = survey_plan(packets, config)
        told(0.02)
        survey = Survey(self.scanner.detector, self.scanner.embedder, config, self.counts, self.scanner.things)

        def within(at: float) -> None:
            told(0.02 + 0.98 * at / self.duration)

        found = list(survey.run(self.path, self.plan, self.geometry, self.damage, within))
        self.seen = survey.seen
        return found

    def windows_with_people(self) -> list[Window]:
        """About every picture of the survey in which somebody was seen."""
        around = [gop_around(time, self.keys, self.duration) for time in self.seen]
        return activity.joined(around, gap=self.scanner.config.closer.tracker.max_gap_s)

    def follow(self, windows: Sequence[Window], told: Callable[[float], None]) -> list[Tracklet]:
        """Everybody in the windows, picture by picture."""
        found: list[Tracklet] = []
        total, done = sum(w.duration for w in windows) or 1.0, 0.0
        for window in windows:

            def within(at: float, start: float = window.start - done) -> None:
                told(min((at - start) / total, 1.0))

            found += self._closer().follow(self.path, window, self.geometry, self.damage, within)
            done += window.duration
        return found

    def with_closer_looks(
        self, surveyed: list[Tracklet], fits: Fits, told: Callable[[float], None]
    ) -> tuple[list[Window], list[Tracklet]]:
        """The people of a survey, those who fit more exact where they were seen a few times only, and who was found only
        then; with the windows that were looked at, joined."""
        result, windows = list(surveyed), []
        enough = self.scanner.config.closer.enough
        waiting = [n for n, found in enumerate(surveyed) if len(found.track.times) < enough and fits(found)]
        total = len(waiting) or 1
        while waiting:
            share = 1 - len(waiting) / total
            window, closely = self.look_closer(result, waiting, lambda part, share=share: told(share + part / total))  # type: ignore[misc]
            windows.append(window)
            for index, exact in closely.known.items():
                result[index] = exact
            result += closely.new
            waiting = [index for index in waiting[1:] if index not in closely.known]
        return activity.joined(windows), result

    def look_closer(
        self, before: Sequence[Tracklet], wanted: Sequence[int], told: Callable[[float], None]
    ) -> tuple[Window, Closely]:
        """At the best moment of the first one wanted."""
        window = best_moment(before[wanted[0]], self.scanner.config.closer)
        corridor = Corridor([before[index].track for index in wanted])

        def within(at: float) -> None:
            told(min((at - window.start) / max(window.duration, 1e-6), 1.0))

        found = list(self._closer().follow(self.path, window, self.geometry, self.damage, within, corridor))
        return window, added(before, found, self.geometry)

    def _closer(self) -> Closer:
        scanner = self.scanner
        return Closer(scanner.detector, scanner.embedder, scanner.config.closer, self.counts, scanner.things)

    def stats(self, closely: list[Window]) -> ScanStats:
        """What was done. closely: windows that were looked at picture by picture, joined."""
        whole, active = Window(0.0, self.duration), self.plan.active
        peopled = activity.joined(self.windows_with_people() + closely)
        parts = [
            (activity.gaps(activity.joined(active + peopled), whole), SkipReason.QUIET),
            (_within(active, activity.gaps(peopled, whole)), SkipReason.NOBODY),
            (_within(peopled, activity.gaps(closely, whole)), SkipReason.NOT_CLOSELY),
        ]
        skipped = [Skipped(gap, reason) for gaps, reason in parts for gap in gaps]
        return ScanStats(
            footage_s=self.duration,
            active_s=sum(window.duration for window in active),
            dense_s=sum(window.duration for window in closely),
            wall_s=clock.perf_counter() - self.begin,
            keyframes=self.counts.keyframes,
            frames=self.counts.frames,
            detections=self.counts.detections,
            damaged_packets=self.damage.packets,
            stages={name: round(seconds, 3) for name, seconds in self.counts.stages.items()},
            skipped=tuple(sorted(skipped, key=lambda s: s.window.start)),
        )


def _within(windows: list[Window], others: list[Window]) -> list[Window]:
    """What of the windows lies in the others."""
    both = [Window(max(w.start, o.start), min(w.end, o.end)) for w in windows for o in others]
    return [window for window in both if window.duration > 0]


def gop_around(time: float, keys: NDArray[np.float64], duration: float) -> Window:
    """From the keyframe before to the keyframe after the given time, but at most 5 s to each side."""
    index = int(np.argmin(np.abs(keys - time))) if len(keys) else 0
    before = float(keys[index - 1]) if index else 0.0
    after = float(keys[index + 1]) if index + 1 < len(keys) else duration
    return Window(max(before, time - 5.0), min(max(after, time + 1.0), time + 5.0, duration))


def _tell(progress: Progress, share: float) -> None:
    if not progress(min(share, 1.0)):
        raise Interrupted
