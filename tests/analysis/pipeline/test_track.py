"""Tracks think in seconds: the same walk gives the same track at any rate."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.pipeline.track import Fragment, NoJudge, Tracker, TrackerConfig, filled_up, stitched
from analysis.pipeline.types import Detection, Track

CONFIG = TrackerConfig()


def look(*angles: float) -> np.ndarray:
    return np.array([[np.cos(a), np.sin(a)] for a in angles], dtype=np.float32)


def box(x: float, y: float = 200, height: float = 100) -> np.ndarray:
    return np.array([x - 20, y - height, x + 20, y], dtype=np.float32)


def walk(rate: float, places, seconds: float = 8.0) -> list[Track]:
    """places: functions of time that give a person's x, or None when hidden."""
    tracker = Tracker(rate, CONFIG)
    for time in np.arange(0, seconds, 1 / rate):
        seen = [(index, place(time)) for index, place in enumerate(places) if place(time) is not None]
        detections = [Detection(time, box(x), 0.9) for _, x in seen]
        tracker.update(time, detections, look(*(1.2 * index for index, _ in seen)).reshape(-1, 2))
    return [track for track, _ in tracker.finished()]


@pytest.mark.parametrize("rate", [2.5, 5, 10, 25])
def test_two_who_cross_stay_two(rate):
    tracks = walk(rate, [lambda t: 50 + 60 * t, lambda t: 530 - 60 * t])
    assert len(tracks) == 2
    for track in tracks:
        steps = np.diff(track.boxes[:, 0])
        assert (steps > 0).all() or (steps < 0).all()


@pytest.mark.parametrize("rate", [5, 10, 25])
def test_one_who_is_hidden_for_two_seconds_stays_one(rate):
    tracks = walk(rate, [lambda t: None if 3 < t < 5 else 50 + 40 * t])
    assert len(tracks) == 1
    assert tracks[0].end - tracks[0].start > 7


def test_a_flicker_is_no_person():
    assert walk(10, [lambda t: 100 if 2 < t < 2.3 else None]) == []


def test_nobody_gives_nothing():
    assert walk(5, [lambda t: None]) == []


def fragment(start: float, end: float, x0: float, x1: float, angle: float = 0.0) -> Fragment:
    times = np.linspace(start, end, 10)
    boxes = np.array([box(x) for x in np.linspace(x0, x1, 10)])
    return Fragment(Track(0, times, boxes, np.ones(10, np.float32)), look(angle)[0])


def test_fragments_of_one_walk_are_joined():
    (whole,) = stitched([fragment(0, 3, 0, 180), fragment(5, 8, 300, 480)], CONFIG, NoJudge())
    assert (whole.track.start, whole.track.end) == (0, 8)
    assert (np.diff(whole.track.times) > 0).all()


@pytest.mark.parametrize(
    "other",
    [
        fragment(5, 8, 300, 480, angle=1.2),  # looks different
        fragment(5, 8, 2000, 2180),  # too far away
        fragment(30, 33, 300, 480),  # too late
        fragment(2, 6, 120, 300),  # both at once
    ],
)
def test_fragments_of_two_people_are_not(other):
    assert len(stitched([fragment(0, 3, 0, 180), other], CONFIG, NoJudge())) == 2


def test_a_judge_is_heard():
    class Never(NoJudge):
        def alike(self, before, after):
            return False

    assert len(stitched([fragment(0, 3, 0, 180), fragment(5, 8, 300, 480)], CONFIG, Never())) == 2


def test_short_gaps_are_filled_on_the_straight_line():
    times = np.array([0.0, 0.2, 1.0, 4.0])
    boxes = np.array([[x, 10, x + 40, 110] for x in (0, 10, 50, 200)], np.float32)
    filled = filled_up(Track(3, times, boxes, np.ones(4, np.float32)), period=0.2, longest=2.0)
    assert filled.times == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 4.0])
    assert filled.boxes[2:5, 0] == pytest.approx([20, 30, 40])
    assert list(filled.confidences) == [1, 1, 0, 0, 0, 1, 1]
    assert filled.confidence == 1.0
    assert filled_up(filled, period=0.2, longest=2.0).times == pytest.approx(filled.times)
